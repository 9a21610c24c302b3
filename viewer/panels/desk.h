/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of the rep's window beside looking and control: the shared clipboard, and drawing on
 * the customer's screen (draw.h). Their menu, and what is told about their rights. Main thread. */
#ifndef VIEWER_PANELS_DESK_H
#define VIEWER_PANELS_DESK_H

#include "viewer/panels/panels.h"

/* Their buttons with menus, at the left of *row. */
void viewer_desk_clipboard_button(struct viewer_panels *p, struct ds_box *row);
void viewer_desk_drawing_button(struct viewer_panels *p, struct ds_box *row);
/* Asks for the right, or gives it back. */
void viewer_desk_toggle_clipboard(struct viewer_panels *p);
/* Tells each change of these rights once. */
void viewer_desk_tell(struct viewer_panels *p);
/* What the customer is being asked, for the chip of what passes by itself; NULL: nothing. */
const char *viewer_desk_passing(const struct viewer_panels *p, enum ds_icon *icon);

#endif
