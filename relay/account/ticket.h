/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tickets: what a signed-in rep's program gets to sign one further leg in without the password. 128
 * random bits, good once and for RELAY_TICKET_LIFE; only SHA-256 of them is kept, in memory alone,
 * so none outlives the relay's process. Arithmetic and memory, no clock. One thread. Proved by
 * tests/unit/relay_ticket.c. */
#ifndef RELAY_ACCOUNT_TICKET_H
#define RELAY_ACCOUNT_TICKET_H

#include "common/base/clock.h"
#include "common/wire/limits.h"

#include <stdbool.h>

#define RELAY_TICKET_LIFE (60 * DS_SECOND)
#define RELAY_TICKETS_EACH 4    /* of one account; another one takes the oldest's place */
#define RELAY_TICKETS_MAX 16384 /* of all; 5 MB */

struct relay_ticket;

struct relay_tickets {
    struct relay_ticket *first, **last; /* owned; oldest first */
    unsigned count;
};

void relay_tickets_init(struct relay_tickets *tickets);
/* Forgets them all. Accepts a zeroed struct. */
void relay_tickets_destroy(struct relay_tickets *tickets);

/* A new one for the account; ticket gets its text (a secret: wipe it). DS_ELIMIT, DS_ENOMEM, DS_EIO
 * (no randomness). */
int relay_tickets_issue(struct relay_tickets *tickets, const char *email, ds_tick now,
                        char ticket[DS_TEXT_TOKEN]);
/* Whose ticket it is; it is gone then. ticket: 32 hex digits. False: wrong, used or expired. */
bool relay_tickets_use(struct relay_tickets *tickets, const char *ticket, ds_tick now,
                       char email[DS_TEXT_EMAIL]);
/* The account is suspended, or has another password. */
void relay_tickets_drop(struct relay_tickets *tickets, const char *email);

#endif
