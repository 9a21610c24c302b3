/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One window of a display as a source of pixels, also where others lie over it: the display keeps
 * them apart (the Composite extension) for as long as somebody asks. Follows moves, resizes and the
 * window's end. Belongs to one thread. */
#ifndef DS_X11_WINDOW_SOURCE_H
#define DS_X11_WINDOW_SOURCE_H

#include "common/x11/display.h"

#include <stdint.h>

struct ds_window_source {
    const struct ds_display *display; /* borrowed */
    xcb_window_t window;
    xcb_pixmap_t pixmap;    /* what can be read; stays when the window is minimised */
    int32_t x, y;           /* of the window's inside on the screen */
    int32_t border;         /* of pixmap: the inside begins there */
    uint32_t width, height; /* of the inside */
    bool is_stale;          /* an event says that it may be another */
    bool is_gone;           /* the window is destroyed */
};

/* DS_EUNSUPPORTED: the display cannot keep windows apart. DS_ENOTFOUND: no such window, or one that
 * is not on the screen. */
int ds_window_source_open(struct ds_window_source *source, const struct ds_display *display,
                          xcb_window_t window);
/* Accepts a zeroed struct. */
void ds_window_source_close(struct ds_window_source *source);

/* True when the event was about the window. */
bool ds_window_source_handle(struct ds_window_source *source, const xcb_generic_event_t *event);

/* Reads where and how large it is now. *renewed: there are other pixels to read, of another size or
 * not. DS_ENOTFOUND: not now (it is closed, or just being changed). */
int ds_window_source_refresh(struct ds_window_source *source, bool *renewed);

#endif
