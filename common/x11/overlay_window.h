/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of an overlay: click-through, over the whole screen, with pixels and, where nothing
 * can be translucent, the shape of them. Part of common/x11/overlay.c. */
#ifndef DS_X11_OVERLAY_WINDOW_H
#define DS_X11_OVERLAY_WINDOW_H

#include "common/screen/rect.h"
#include "common/x11/display.h"

#include <stdbool.h>
#include <stdint.h>

struct ds_overlay_window {
    xcb_connection_t *conn; /* borrowed */
    xcb_window_t id;        /* 0: there is none */
    xcb_gcontext_t gc;
    xcb_colormap_t colormap; /* 0: the screen's own */
    uint8_t depth;
};

/* There is a visual with an alpha channel. */
bool ds_overlay_window_can_be_soft(const struct ds_display *display);
/* The root window's pixels are 0xRRGGBB in 32 bits of this machine, and windows have shapes. */
bool ds_overlay_window_can_be_solid(const struct ds_display *display);

/* Not shown yet; a solid one has the shape of nothing. DS_EUNSUPPORTED. */
int ds_overlay_window_create(struct ds_overlay_window *window, const struct ds_display *display,
                             int width, int height, bool is_soft);
/* Accepts a zeroed struct. */
void ds_overlay_window_destroy(struct ds_overlay_window *window);

void ds_overlay_window_map(struct ds_overlay_window *window);
/* Directly beneath that window; 0: to the top. */
void ds_overlay_window_restack(struct ds_overlay_window *window, xcb_window_t below);

/* pixels: rows of `width` pixels; box: inside them, not empty. */
void ds_overlay_window_put(struct ds_overlay_window *window, const uint32_t *pixels, int width,
                           struct ds_rect box);
/* The window is there, inside the box, where alpha is 128 or more. */
void ds_overlay_window_shape(struct ds_overlay_window *window, const uint32_t *pixels, int width,
                             struct ds_rect box);
/* It is nowhere. */
void ds_overlay_window_unshape(struct ds_overlay_window *window);

#endif
