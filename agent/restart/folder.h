/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of the person (XDG base directories) for the two files of a restart. */
#ifndef AGENT_RESTART_FOLDER_H
#define AGENT_RESTART_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

enum agent_folder {
    AGENT_FOLDER_STATE,  /* $XDG_STATE_HOME, else ~/.local/state */
    AGENT_FOLDER_CONFIG, /* $XDG_CONFIG_HOME, else ~/.config */
};

/* The folder with name (which begins with a slash) behind it. False: no such folder is known, or it
 * does not fit. */
bool agent_folder_of(enum agent_folder which, const char *name, char *out, size_t size);

/* Makes the folders above the file, for this person alone. *made (may be NULL): how many were not
 * there before, counted from the file upwards. DS_EIO with errno. */
int agent_folder_make(const char *file, unsigned *made);

/* What was created, renamed or deleted in the file's folder is on the disk. DS_EIO with errno. */
int agent_folder_sync(const char *file);

/* Removes up to count folders above the file, from the file upwards, as long as they are empty. */
void agent_folder_leave(const char *file, unsigned count);

#endif
