/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the machine share. */
#ifndef VIEWER_SESSION_MACHINE_PRIV_H
#define VIEWER_SESSION_MACHINE_PRIV_H

#include "viewer/session/machine.h"

#include <stddef.h>

/* Copies, cut at size - 1. */
void viewer_machine_text(char *out, size_t size, const char *text);
void viewer_machine_forget_secrets(struct viewer_machine *m);
/* detail: from the other side, or NULL. */
void viewer_machine_trouble(struct viewer_machine *m, enum viewer_trouble trouble,
                            const char *detail);
void viewer_machine_drop_link(struct viewer_machine *m);
/* Tells so when one was asked for; refusal: from the relay. */
void viewer_machine_no_ticket(struct viewer_machine *m, const char *refusal);
/* Forgets everything of a session, keeps the connection to the relay. */
void viewer_machine_clear_session(struct viewer_model *model);
/* The session is over; nothing is said to anybody. Nothing happens without one. */
void viewer_machine_end_session(struct viewer_machine *m, const char *by, const char *reason);
/* We leave: the customer hears it inside the seal, the relay beside it. */
void viewer_machine_leave(struct viewer_machine *m, const char *reason);
int viewer_machine_send_end(struct viewer_machine *m, const char *reason);
int viewer_machine_control(struct viewer_machine *m, const struct ds_control *control);

#endif
