/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the program off the customer's computer: its own file and what it remembers. Only a file
 * that is the person's own, never one that came with the system. */
#ifndef AGENT_REMOVE_H
#define AGENT_REMOVE_H

#include "agent/show/show.h"

#include <stdbool.h>
#include <stddef.h>

#define AGENT_REMOVE_SELF "/proc/self/exe"

/* self: AGENT_REMOVE_SELF, or a link that stands for it. *path (size bytes) gets the file's full
 * name when the answer is POSSIBLE. NONE: the file is not there any more, was replaced, is no plain
 * file, or its name does not fit. */
enum agent_removal agent_remove_look(const char *self, char *path, size_t size);

/* Looks again, deletes, and says in *text (size bytes) in the person's language what was deleted
 * or why not. True: the file is gone. */
bool agent_remove_do(const char *self, char *text, size_t size);

#endif
