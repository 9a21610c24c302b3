/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What takes the customer's hand while they draw on their own screen: a window that shows nothing,
 * below the agent's own and above all others, and the Escape key. There only in that mode. */
#ifndef AGENT_SHOW_SHEET_H
#define AGENT_SHOW_SHEET_H

#include "agent/show/display.h"
#include "agent/show/show.h"

struct agent_sheet {
    struct agent_display *display; /* borrowed */
    Window id;                     /* 0: it was never needed */
    uint8_t tool;                  /* enum ds_note_tool it is there for; 0: it is not */
};

/* There for that tool, directly below that window; 0: not there. */
void agent_sheet_set(struct agent_sheet *sheet, struct agent_display *display, uint8_t tool,
                     Window below);
/* Accepts a zeroed struct. */
void agent_sheet_close(struct agent_sheet *sheet);
/* The event was the hand's, or the key that ends the mode, and *out says so. */
bool agent_sheet_event(const struct agent_sheet *sheet, const XEvent *event,
                       struct agent_show_event *out);

#endif
