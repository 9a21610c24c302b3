/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's screen on the customer's: from SHARE until the customer closes the window, sees their
 * own screen shown again, or the rep stops. It never runs while the customer's screen is seen: it
 * begins with a pause and ends with it. Loop thread only. Proved by tests/system/share.c. */
#ifndef AGENT_SHOWN_H
#define AGENT_SHOWN_H

#include "agent/wiring.h"

/* HELLO features for it: that it is shown, and what is decoded. */
uint32_t agent_shown_features(void);

/* SHARE. */
void agent_shown_control(struct agent *agent, const struct ds_control *control);
/* A chunk of the channel SCREEN, a message of CURSOR. DS_EPROTO: it makes no sense. */
int agent_shown_chunk(struct agent *agent, const uint8_t *bytes, size_t len);
int agent_shown_cursor(struct agent *agent, const uint8_t *bytes, size_t len);
/* A message of NOTES about the customer's drawings. False: it is about the rep's. *error as above.
 */
bool agent_shown_note(struct agent *agent, const uint8_t *bytes, size_t len, int *error);

/* Something of the session changed, before the windows hear it. */
void agent_shown_follow(struct agent *agent);
void agent_shown_view(const struct agent *agent, struct agent_view *view);
/* The decoder has something, or the loop was woken for something else. */
void agent_shown_turn(struct agent *agent);
/* The line to the rep is cut: the last picture stays. */
void agent_shown_cut(struct agent *agent);
/* AGENT_SHOW_SHARED of the window. */
void agent_shown_event(struct agent *agent, const struct agent_show_event *event);
/* A command that is about it. NULL: done; else why not. */
const char *agent_shown_command(struct agent *agent, const struct ds_command *command);
/* Whether the commands of drawing are about it now. */
bool agent_shown_is_on(const struct agent *agent);
/* The session is over. */
void agent_shown_close(struct agent *agent);

#endif
