/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file will still be there after a restart of the computer. Proved by
 * tests/unit/agent_restart.c. */
#ifndef AGENT_RESTART_PLACE_H
#define AGENT_RESTART_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* The program's own file: link is /proc/self/exe, or one that stands for it. False: it is not there
 * any more or was replaced, or the name does not fit. */
bool agent_place_program(const char *link, char *out, size_t size);

/* The file is on a disk, and in no folder that a restart empties (/tmp, /run, /dev/shm). */
bool agent_place_stays(const char *path);

#endif
