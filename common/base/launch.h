/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another program of the desktop, started for the person and forgotten. */
#ifndef DS_BASE_LAUNCH_H
#define DS_BASE_LAUNCH_H

#include <stdbool.h>

/* Runs program (found in PATH) with one argument, without a shell: it gets /dev/null, none of our
 * descriptors and a session of its own, and is nobody's child. Any thread; waits only until it has
 * been started. False: it could not be; whether it then does what was wanted is not known. */
bool ds_launch(const char *program, const char *argument);

/* Shows the folder of a file (or of a folder) to the person, never the file itself: path is
 * absolute. As ds_launch. */
bool ds_launch_folder_of(const char *path);

#endif
