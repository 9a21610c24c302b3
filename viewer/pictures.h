/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where screenshots go. Any thread; waits for the disk. Proved by tests/unit/viewer_png.c. */
#ifndef VIEWER_PICTURES_H
#define VIEWER_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The desktop's folder for pictures (XDG_PICTURES_DIR of user-dirs.dirs, else ~/Pictures where
 * there is one), else the home folder. False: there is none. */
bool viewer_pictures_folder(char *out, size_t size);

/* Writes a new file that only this person can read: path, or NULL for "Deskside 2026-11-24
 * 22-30-15.png" in that folder, with " (2)" and so on where the name is taken. saved gets its full
 * name. DS_EIO with errno: it cannot be written, or `path` exists. */
int viewer_picture_save(const char *path, const uint8_t *bytes, size_t len, char *saved,
                        size_t size);

#endif
