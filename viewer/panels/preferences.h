/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window with the preferences, over every page, made from the table of viewer/preferences.h.
 * Main thread. */
#ifndef VIEWER_PANELS_PREFERENCES_H
#define VIEWER_PANELS_PREFERENCES_H

#include "viewer/panels/panels.h"

/* Opens it, or closes it. */
void viewer_preferences_toggle(struct viewer_panels *p);
/* The button that opens it, at the right of *row, on pages without a picture. */
void viewer_preferences_button(struct viewer_panels *p, struct ds_box *row);
/* While it is open: the window itself. Else, without a picture, its key Ctrl+comma. Last of a
 * frame. */
void viewer_preferences_window(struct viewer_panels *p);

#endif
