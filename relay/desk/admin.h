/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The administrator's commands on the store, as JSON in and JSON out, so that a command does the
 * same beside a running relay (through control.sock) as without one.
 *
 * Request: {"command":"rep-add"|"rep-list"|"rep-disable"|"rep-enable"|"rep-reset"|"audit-verify",
 * "email","name","password" (a hash),"without"}. Reply: {"code":0,"text":"..."}; code is the exit
 * code, text is for the person, lines with newlines between. */
#ifndef RELAY_DESK_ADMIN_H
#define RELAY_DESK_ADMIN_H

#include "relay/store/store.h"

#include <jansson.h>

enum relay_exit {
    RELAY_EXIT_OK = 0,
    RELAY_EXIT_USAGE = 1,
    RELAY_EXIT_UNREACHABLE = 2, /* the running relay does not answer */
    RELAY_EXIT_REFUSED = 3,     /* no such rep, already there, the audit log is damaged */
    RELAY_EXIT_INTERNAL = 5,
};

/* A new reply; NULL when memory is short. */
json_t *relay_admin_reply(enum relay_exit code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Does one command; a reply in any case but short memory. Whichever thread has the store. */
json_t *relay_admin_run(struct relay_store *store, const json_t *request);

#endif
