/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed on a screen, by XDamage. The display collects the region itself and tells only that
 * it is no longer empty: one event for each time it is taken, however much is drawn, so a picture
 * that is held back costs no wake-ups. */
#ifndef DS_X11_DAMAGE_H
#define DS_X11_DAMAGE_H

#include "common/screen/region.h"
#include "common/x11/display.h"
#include "common/x11/xfixes.h"

#include <xcb/damage.h>

struct ds_damage {
    struct ds_display *display; /* borrowed */
    xcb_damage_damage_t id;
    xcb_xfixes_region_t region;
    uint8_t event;
    bool dirty; /* the display's region is not empty, as far as events tell */
};

/* DS_EUNSUPPORTED: no XDamage or XFixes. */
int ds_damage_init(struct ds_damage *damage, struct ds_display *display);

/* Watches that window and what is in it from now on instead of the whole screen; the rectangles are
 * in its coordinates. DS_EIO: there is no such window. */
int ds_damage_aim(struct ds_damage *damage, xcb_window_t window);

/* True when the event was XDamage's. */
bool ds_damage_handle(struct ds_damage *damage, const xcb_generic_event_t *event);

/* Empties the display's region and adds its rectangles, in root coordinates, to *out. DS_EIO. */
int ds_damage_take(struct ds_damage *damage, struct ds_region *out);

#endif
