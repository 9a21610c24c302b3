/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/shape.h"

#include "common/base/error.h"
#include "common/x11/request.h"

#include <string.h>
#include <xcb/xcbext.h>

static xcb_extension_t shape_id = {.name = "SHAPE"};

void ds_shape_rectangles(xcb_connection_t *conn, xcb_window_t window, xcb_shape_op_t op,
                         xcb_shape_kind_t kind, xcb_clip_ordering_t ordering,
                         const xcb_rectangle_t *rects, size_t count)
{
    struct {
        xcb_shape_rectangles_request_t head;
        xcb_rectangle_t rects[DS_SHAPE_RECTS];
    } ask;
    ds_assert(count <= DS_SHAPE_RECTS);
    ask.head = (xcb_shape_rectangles_request_t){.operation = (uint8_t)op,
                                                .destination_kind = (uint8_t)kind,
                                                .ordering = (uint8_t)ordering,
                                                .destination_window = window};
    if (count > 0)
        memcpy(ask.rects, rects, count * sizeof(rects[0]));
    ds_request_send(conn, (struct ds_request){&shape_id, XCB_SHAPE_RECTANGLES}, &ask,
                    sizeof(ask.head) + count * sizeof(rects[0]));
}

bool ds_shape_is_there(const struct ds_display *display)
{
    return ds_display_extension(display, &shape_id) != NULL;
}
