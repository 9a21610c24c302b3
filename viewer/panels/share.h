/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Showing the rep's own screen: the menu of whose screen is shown, what of the rep's to choose, and
 * what is said meanwhile. Main thread. */
#ifndef VIEWER_PANELS_SHARE_H
#define VIEWER_PANELS_SHARE_H

#include "viewer/panels/panels.h"

/* The button with the menu of both directions, at the left of *row. */
void viewer_share_button(struct viewer_panels *p, struct ds_box *row);
/* What its key does: chooses what to show, or goes back to the customer's screen. */
void viewer_share_toggle(struct viewer_panels *p);
/* What stands over the picture while the rep's screen is shown. */
void viewer_share_card(struct viewer_panels *p);
/* The choice, while it is open. */
void viewer_share_choice(struct viewer_panels *p);
/* Tells each end once. */
void viewer_share_tell(struct viewer_panels *p);

#endif
