/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rep decides about keys during a session: the Tools menu with the switches of the
 * keyboard and the combinations that can be sent, and the notice that a preference keeps keys
 * from the customer. Main thread. */
#ifndef VIEWER_PANELS_KEYS_H
#define VIEWER_PANELS_KEYS_H

#include "viewer/panels/panels.h"

/* The button with the menu, at the left of *row. */
void viewer_keys_button(struct viewer_panels *p, struct ds_box *row);
/* Changes a switch and says what holds now. */
void viewer_keys_toggle(struct viewer_panels *p, enum viewer_preference which);
/* Offers to change the preference that has just kept keys here; stays until it is answered, or for
 * a while. */
void viewer_keys_offer_cure(struct viewer_panels *p, enum viewer_preference which);
/* The notice, while it is offered, below the toolbar. */
void viewer_keys_cure(struct viewer_panels *p);

#endif
