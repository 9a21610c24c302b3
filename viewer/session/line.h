/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The net thread: a loop with the link to the relay, the private line to the customer, the
 * session's rules and the automation. Windows talk to it by orders and hear notices. */
#ifndef VIEWER_SESSION_LINE_H
#define VIEWER_SESSION_LINE_H

#include "common/automation/automation.h"
#include "common/base/mailbox.h"
#include "common/picture/backing.h"
#include "viewer/session/letters.h"

struct viewer_line;

struct viewer_line_config {
    const char *ca_file; /* NULL: the system's; borrowed until stop */
    bool new_session;    /* ask for a code as soon as signed in */
    bool view_only;
    uint32_t window;                  /* X's name of the one that files are dropped on; 0: none */
    bool unattended;                  /* credentials came with the command line: a refusal ends the
                                         program when there is nobody but a script (--commands) */
    struct ds_automation *automation; /* borrowed: of the program; NULL: none */
    unsigned number;                  /* of the session in the program, from 1 */
    const char *tag; /* of the command that opened it: answered at once; NULL or "": none */
    struct ds_backing *backing;  /* borrowed */
    struct ds_mailbox *notices;  /* borrowed: where the windows listen */
    void (*on_fresh)(void *ctx); /* backing has something new; any thread */
    void *ctx;
};

/* DS_ENOMEM, DS_EIO. */
int viewer_line_start(struct viewer_line **out, const struct viewer_line_config *config);

/* Main thread. Takes order over in any case; NULL is ignored. False: no room. */
bool viewer_line_order(struct viewer_line *line, struct viewer_order *order);

/* Ends the session, if any, and tells both sides (for at most 1 s); on_fresh is called when that is
 * over and viewer_line_has_left is true. */
void viewer_line_leave(struct viewer_line *line);
bool viewer_line_has_left(const struct viewer_line *line);

/* Leaves, unless it has, and joins. Accepts NULL. */
void viewer_line_stop(struct viewer_line *line);

#endif
