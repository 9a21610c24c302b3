/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/pointer.h"

#include "common/base/error.h"
#include "common/x11/display.h"
#include "common/x11/xfixes.h"
#include "common/x11/xinput.h"

#include <stdlib.h>
#include <string.h>

struct ds_pointer {
    struct ds_display display;
    bool has_shapes;
    uint8_t shape_event;  /* XFixes CursorNotify */
    uint8_t input_opcode; /* XInput2; 0: none */
    bool shape_due;       /* another shape is shown than shape holds */
    bool position_due;    /* it moved since the last query */
    ds_tick next_query;   /* not before */
    int32_t x, y;
    bool here;
    struct ds_pointer_shape shape;
};

static void watch_shapes(struct ds_pointer *p)
{
    xcb_connection_t *conn = p->display.conn;
    const xcb_query_extension_reply_t *data = ds_display_extension(&p->display, &ds_xfixes_id);
    if (!data)
        return;
    p->has_shapes = ds_xfixes_use(conn, 4) > 0;
    p->shape_event = (uint8_t)(data->first_event + XCB_XFIXES_CURSOR_NOTIFY);
    ds_xfixes_select_cursor(conn, p->display.screen->root);
}

static void watch_motion(struct ds_pointer *p)
{
    xcb_connection_t *conn = p->display.conn;
    const xcb_query_extension_reply_t *data = ds_display_extension(&p->display, &ds_xinput_id);
    if (!data || ds_xinput_use(conn) == 0)
        return;
    ds_xinput_select(conn, p->display.screen->root, XCB_INPUT_DEVICE_ALL_MASTER,
                     XCB_INPUT_XI_EVENT_MASK_RAW_MOTION);
    p->input_opcode = data->major_opcode;
}

int ds_pointer_open(struct ds_pointer **out, const char *display)
{
    struct ds_pointer *p = calloc(1, sizeof(*p));
    if (!p)
        return DS_ENOMEM;
    int error = ds_display_open(&p->display, display, NULL, 0);
    if (error) {
        free(p);
        return error;
    }
    watch_shapes(p);
    watch_motion(p);
    xcb_flush(p->display.conn);
    p->shape_due = p->has_shapes;
    p->position_due = true;
    *out = p;
    return DS_OK;
}

void ds_pointer_close(struct ds_pointer *p)
{
    if (!p)
        return;
    ds_display_close(&p->display);
    free(p);
}

int ds_pointer_fd(const struct ds_pointer *p)
{
    return p->position_due ? -1 : xcb_get_file_descriptor(p->display.conn);
}

ds_tick ds_pointer_deadline(const struct ds_pointer *p)
{
    return p->position_due ? p->next_query + (p->next_query == 0) : 0;
}

void ds_pointer_ask_position(struct ds_pointer *p)
{
    p->position_due = true;
}

void ds_pointer_again(struct ds_pointer *p)
{
    p->shape_due = p->has_shapes;
    p->position_due = true;
    p->next_query = 0;
}

static void read_events(struct ds_pointer *p)
{
    xcb_generic_event_t *event;
    while ((event = xcb_poll_for_event(p->display.conn)) != NULL) {
        uint8_t type = event->response_type & 0x7f;
        const xcb_ge_generic_event_t *ge = (const xcb_ge_generic_event_t *)event;
        if (p->has_shapes && type == p->shape_event)
            p->shape_due = true;
        else if (p->input_opcode && type == XCB_GE_GENERIC && ge->extension == p->input_opcode)
            p->position_due = true;
        free(event);
    }
}

static bool store_shape(struct ds_pointer_shape *shape, const void *reply, size_t size)
{
    xcb_xfixes_get_cursor_image_reply_t head;
    const uint32_t *pixels;
    if (ds_xfixes_read_cursor(reply, size, &head, &pixels))
        return false;
    uint32_t width = head.width, height = head.height;
    if (width == 0 || height == 0)
        return false;
    shape->serial = head.cursor_serial;
    shape->width = (uint16_t)(width < DS_CURSOR_SIDE_MAX ? width : DS_CURSOR_SIDE_MAX);
    shape->height = (uint16_t)(height < DS_CURSOR_SIDE_MAX ? height : DS_CURSOR_SIDE_MAX);
    shape->hot_x = head.xhot < shape->width ? head.xhot : (uint16_t)(shape->width - 1);
    shape->hot_y = head.yhot < shape->height ? head.yhot : (uint16_t)(shape->height - 1);
    shape->hidden = true;
    for (uint32_t y = 0; y < shape->height; y++)
        for (uint32_t x = 0; x < shape->width; x++) {
            uint32_t pixel = pixels[y * width + x];
            shape->argb[y * shape->width + x] = pixel;
            shape->hidden = shape->hidden && pixel >> 24 == 0;
        }
    return true;
}

static bool read_shape(struct ds_pointer *p)
{
    xcb_connection_t *conn = p->display.conn;
    p->shape_due = false;
    size_t size;
    void *reply = ds_xfixes_get_cursor(conn, &size);
    bool changed = reply && store_shape(&p->shape, reply, size);
    free(reply);
    return changed;
}

static bool read_position(struct ds_pointer *p, ds_tick now)
{
    xcb_connection_t *conn = p->display.conn;
    bool first = p->next_query == 0;
    p->position_due = false;
    p->next_query = now + DS_POINTER_INTERVAL;
    xcb_query_pointer_reply_t *reply =
        xcb_query_pointer_reply(conn, xcb_query_pointer(conn, p->display.screen->root), NULL);
    if (!reply)
        return false;
    bool here = reply->same_screen;
    bool changed = first || here != p->here || reply->root_x != p->x || reply->root_y != p->y;
    p->here = here;
    p->x = reply->root_x;
    p->y = reply->root_y;
    free(reply);
    return changed;
}

int ds_pointer_poll(struct ds_pointer *p, ds_tick now)
{
    int events = 0;
    /* Every answer may bring events along: looked at until nothing is due, for the descriptor will
     * not become readable for them. Motion among them waits for the next deadline. */
    for (;;) {
        read_events(p);
        if (ds_display_is_gone(&p->display))
            return DS_POINTER_GONE;
        if (p->shape_due)
            events |= read_shape(p) ? DS_POINTER_SHAPE : 0;
        else if (p->position_due && now >= p->next_query)
            events |= read_position(p, now) ? DS_POINTER_MOVED : 0;
        else
            return events;
    }
}

const struct ds_pointer_shape *ds_pointer_get_shape(const struct ds_pointer *p)
{
    return p->shape.width > 0 ? &p->shape : NULL;
}

bool ds_pointer_get_position(const struct ds_pointer *p, int32_t *x, int32_t *y)
{
    *x = p->x;
    *y = p->y;
    return p->here;
}
