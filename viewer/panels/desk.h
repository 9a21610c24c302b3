/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of the rep's window beside looking and control: the shared clipboard, and drawing on
 * the customer's screen. Their menu, the row of drawing tools, and what is told about their rights.
 * Main thread. */
#ifndef VIEWER_PANELS_DESK_H
#define VIEWER_PANELS_DESK_H

#include "viewer/panels/panels.h"

/* The button with the menu of tools, at the left of *row. */
void viewer_desk_button(struct viewer_panels *p, struct ds_box *row);
/* Asks for the right, or gives it back. */
void viewer_desk_toggle_clipboard(struct viewer_panels *p);
/* Opens the row of drawing tools, asking for the right when there is none, or closes it. */
void viewer_desk_toggle_drawing(struct viewer_panels *p);
/* The key of a tool, from 0; of the last drawing back; of all away. */
void viewer_desk_choose_tool(struct viewer_panels *p, unsigned index);
void viewer_desk_undo(struct viewer_panels *p);
void viewer_desk_erase(struct viewer_panels *p);
/* The row of drawing tools, while it is open. */
void viewer_desk_row(struct viewer_panels *p);
/* The hand on the picture draws. */
bool viewer_desk_draws(const struct viewer_panels *p);
/* The keyboard is in the row. */
bool viewer_desk_wants_keys(const struct viewer_panels *p);
/* What the hand draws with: tool, colour, text. False: there is no text yet, and that is said. */
bool viewer_desk_tool(struct viewer_panels *p, struct ds_note *like);
/* Tells each change of these rights once. */
void viewer_desk_tell(struct viewer_panels *p);
/* What the customer is being asked, for the chip of what passes by itself; NULL: nothing. */
const char *viewer_desk_passing(const struct viewer_panels *p, enum ds_icon *icon);

#endif
