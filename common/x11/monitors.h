/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Size of a screen and the monitors that show parts of it, by RandR. */
#ifndef DS_X11_MONITORS_H
#define DS_X11_MONITORS_H

#include "common/wire/sealed.h"
#include "common/x11/display.h"

struct ds_monitors {
    uint32_t width, height; /* of the whole screen, cut to the protocol's limits */
    uint8_t count;          /* one monitor of the whole screen when RandR names none */
    struct ds_monitor list[DS_SCREEN_MONITORS_MAX]; /* cut to the screen, in RandR's order */
};

/* Asks for events about changes. */
void ds_monitors_watch(struct ds_display *display);

/* True when the event says that size or monitors may have changed. */
bool ds_monitors_is_change(const struct ds_display *display, const xcb_generic_event_t *event);

/* Waits for the display's answers. DS_EIO: display gone. */
int ds_monitors_read(struct ds_display *display, struct ds_monitors *out);

/* Index of the monitor of that name, or 0xff. */
uint8_t ds_monitors_find(const struct ds_monitors *monitors, const char *name);

#endif
