/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The asking side of commands: the running relay's socket, else the store itself. */
#ifndef RELAY_DESK_ASK_H
#define RELAY_DESK_ASK_H

#include <jansson.h>
#include <stddef.h>

/* Takes request; a reply as of desk/admin.h, NULL when memory is short. */
json_t *relay_ask(const char *dir, json_t *request);

/* The password from a file ("-": standard input; one trailing newline is stripped), or typed on the
 * terminal when file is NULL. NULL, or one sentence (static) that says what is wrong. */
const char *relay_ask_password(const char *file, char *out, size_t size);

#endif
