/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to an X display and its screen. Each part of x11 has its own, so that waiting for
 * an answer never swallows another part's events. */
#ifndef DS_X11_DISPLAY_H
#define DS_X11_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <xcb/xcb.h>

struct ds_display {
    xcb_connection_t *conn; /* owned */
    xcb_screen_t *screen;   /* borrowed from conn; sizes in it are those of the start */
};

/* display: ":0", or NULL for $DISPLAY. DS_EIO: cannot be opened; then message (size bytes, or NULL
 * and 0) says why in a plain sentence, and *out is zeroed. */
int ds_display_open(struct ds_display *out, const char *display, char *message, size_t size);

/* Accepts a zeroed struct. */
void ds_display_close(struct ds_display *display);

/* True once the display has gone; nothing works any more then. */
bool ds_display_is_gone(const struct ds_display *display);

/* What the display says about an extension, or NULL when it lacks it; borrowed from conn. */
const xcb_query_extension_reply_t *ds_display_extension(const struct ds_display *display,
                                                        xcb_extension_t *extension);

/* 0 when the display has no such atom (it is not created). */
xcb_atom_t ds_display_atom(const struct ds_display *display, const char *name);

#endif
