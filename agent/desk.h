/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rep and customer share beside the screen: the clipboard and the rep's drawings. Enforces
 * the customer's rights on every message, both ways. Loop thread only. */
#ifndef AGENT_DESK_H
#define AGENT_DESK_H

#include "agent/wiring.h"

/* HELLO features for it. */
#define AGENT_DESK_FEATURES                                                                        \
    (DS_FEATURE_CLIPBOARD | DS_FEATURE_OFFERS | DS_FEATURE_NOTES | DS_FEATURE_HANDS)

/* Rights, pause or phase changed. */
void agent_desk_follow(struct agent *agent);
/* After the windows have been told: the drawings make way for a question, or come back. */
void agent_desk_uncover(struct agent *agent);
/* A message of the channel CLIPBOARD. */
void agent_desk_clipboard(struct agent *agent, const uint8_t *bytes, size_t len);
/* The customer lets the clipboard go or come, or no longer: DS_CLIPBOARD_*. False: the session is
 * not active. */
bool agent_desk_switch(struct agent *agent, uint8_t which, bool on);
/* A message of the channel NOTES. */
void agent_desk_note(struct agent *agent, const uint8_t *bytes, size_t len);
/* LASER of the channel INPUT. */
void agent_desk_laser(struct agent *agent, const struct ds_input *input);
/* The customer wants to draw on their own screen with that tool (pen, arrow or box), or with 0 no
 * longer. False: not now. */
bool agent_desk_draw(struct agent *agent, enum ds_note_tool tool);
/* Their hand; root window pixels. */
void agent_desk_hand(struct agent *agent, const struct agent_show_event *event);
/* NULL, or why a whole drawing of theirs cannot be made. */
const char *agent_desk_add(struct agent *agent, const struct ds_note *note);
/* A LAYOUT is sent; the screen's stats are those that go with it. */
void agent_desk_layout(struct agent *agent, const struct ds_rcbuf *message);
/* The customer wants the drawings away. False: there are none. */
bool agent_desk_erase(struct agent *agent);
/* The session is over: what has come into the customer's clipboard can still be pasted. */
void agent_desk_end(struct agent *agent);
/* The program ends. */
void agent_desk_close(struct agent *agent);

#endif
