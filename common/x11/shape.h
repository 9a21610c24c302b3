/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of a window, by the one request that is needed, as request.h says why. */
#ifndef DS_X11_SHAPE_H
#define DS_X11_SHAPE_H

#include "common/x11/display.h"

#include <stddef.h>
#include <xcb/shape.h>

#define DS_SHAPE_RECTS 4000 /* in one request: 32 KB, far below what every display takes */

bool ds_shape_is_there(const struct ds_display *display);

/* rects: count of them, at most DS_SHAPE_RECTS; may be NULL with 0, which is a shape of nothing.
 * Does nothing on a display without shapes. */
void ds_shape_rectangles(xcb_connection_t *conn, xcb_window_t window, xcb_shape_op_t op,
                         xcb_shape_kind_t kind, xcb_clip_ordering_t ordering,
                         const xcb_rectangle_t *rects, size_t count);

#endif
