/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's own screen, shown to the customer: the agent's picture turned round. What is live has a
 * frame and a bar on the rep's screen. It begins with a pause of the customer's picture and ends
 * with it, so never both are seen at once. Net thread only. Proved by tests/system/share.c. */
#ifndef VIEWER_SHARE_SHARE_H
#define VIEWER_SHARE_SHARE_H

#include "viewer/session/line_priv.h"
#include "viewer/share/sources.h"

/* HELLO features for it. */
#define VIEWER_SHARE_FEATURES DS_FEATURE_SHARE

/* Shows that instead of whatever is shown. DS_EINVAL: not now. DS_EAUTH: the account does not
 * include it. DS_EUNSUPPORTED: the customer's program cannot show it,
 * or the rep's display not that window alone. DS_ENOTFOUND: there is no such source. */
int viewer_share_begin(struct viewer_line *line, const struct viewer_source *source, double scale);
/* Nothing is shown any more; the customer's picture stays paused. DS_EINVAL: nothing was. */
int viewer_share_stop(struct viewer_line *line);
/* The customer's picture again: asks for it where they did not allow it beforehand. */
int viewer_share_customer(struct viewer_line *line);
int viewer_share_command(struct viewer_line *line, const struct ds_command *command);

/* SHARED of the agent. */
void viewer_share_control(struct viewer_line *line, const struct ds_control *control);
/* A message of SCREEN or NOTES that is about it. False: it is about the customer's screen. */
bool viewer_share_screen(struct viewer_line *line, const uint8_t *bytes, size_t len);
bool viewer_share_note(struct viewer_line *line, const uint8_t *bytes, size_t len, int *error);

/* Anything of the session may have changed, or the feed has something. Not inside a tunnel's call.
 */
void viewer_share_follow(struct viewer_line *line);
/* Something was sent. */
void viewer_share_pumped(struct viewer_line *line);
/* The thread ends. */
void viewer_share_close(struct viewer_line *line);

#endif
