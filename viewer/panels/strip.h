/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strip at the foot of every window while several sessions are open: this session's colour as a
 * band along its top, a tab for each with colour, name and what is unread, and the menu of the
 * windows. It stands below picture and page, never on them. Main thread. */
#ifndef VIEWER_PANELS_STRIP_H
#define VIEWER_PANELS_STRIP_H

#include "viewer/panels/panels.h"

/* How much of the window's height it takes: logical, and device pixels. 0: one session, or nothing
 * but the picture is to be shown. */
double viewer_strip_height(const struct viewer_panels *p);
int viewer_panels_foot(const struct viewer_panels *p);
void viewer_strip(struct viewer_panels *p);
/* What is asked in the middle of the window, while it is: another name; whether all shall end. */
void viewer_strip_dialogs(struct viewer_panels *p);
/* The button in a page's header that opens another session, at the right of *row. */
void viewer_strip_header(struct viewer_panels *p, struct ds_box *row);
/* The viewer's own key combinations for windows: true when it is one. They work on every page. */
bool viewer_strip_chord(struct viewer_panels *p, uint32_t keysym);

#endif
