/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening what is beneath a folder without ever leaving it: no link is followed, no "..". Any
 * thread. */
#ifndef DS_COURIER_BENEATH_H
#define DS_COURIER_BENEATH_H

#include <sys/types.h>

/* As openat(2) with O_NOFOLLOW for every component; path: relative. -1 with errno: ELOOP or
 * ENOTDIR where a link is in the way. */
int ds_beneath_open(int folder, const char *path, int flags, mode_t mode);
/* As mkdirat(2); and a folder that is there already is as good. The open folder, or -1. */
int ds_beneath_folder(int folder, const char *path);
/* As unlinkat(2) of a file. 0 or -1. */
int ds_beneath_unlink(int folder, const char *path);
/* Everything in the folder `name`, and that; links are removed, not followed. 0 or -1. */
int ds_beneath_remove(int folder, const char *name);

#endif
