/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder of rights in the rep's window: what the customer allows, each rung with its state, to
 * be asked for or given back. Main thread. */
#ifndef VIEWER_PANELS_RIGHTS_H
#define VIEWER_PANELS_RIGHTS_H

#include "viewer/panels/panels.h"

/* The button with the menu of all rungs, at the left of *row. */
void viewer_rights_button(struct viewer_panels *p, struct ds_box *row);
/* The rung as the rep's window calls it. */
const char *viewer_right_word(enum ds_right right);
/* The customer does not show the screen (any more): says so in place of the picture, with the way
 * to ask. */
bool viewer_rights_is_blind(const struct viewer_panels *p);

#endif
