/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/png_offer.h"

#include "common/base/log.h"
#include "common/x11/display.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 65536u /* bytes of one property; every display takes more in one request */
#define TAKERS 4     /* programs that paste at the same time; others are refused */

enum atom { ATOM_CLIPBOARD, ATOM_TARGETS, ATOM_PNG, ATOM_INCR, ATOM_COUNT };

static const char *const names[ATOM_COUNT] = {"CLIPBOARD", "TARGETS", "image/png", "INCR"};

/* Somebody who takes it in pieces (ICCCM 2.7.2). */
struct taker {
    xcb_window_t window; /* 0: none */
    xcb_atom_t property;
    size_t at;
};

struct viewer_png_offer {
    struct ds_display display;
    xcb_window_t window;
    xcb_atom_t atoms[ATOM_COUNT];
    struct ds_rcbuf *png; /* one reference */
    struct taker takers[TAKERS];
    uv_poll_t poll;
};

static bool intern(struct viewer_png_offer *o)
{
    bool has_all = true;
    for (int i = 0; i < ATOM_COUNT; i++) {
        xcb_connection_t *conn = o->display.conn;
        xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
            conn, xcb_intern_atom(conn, 0, (uint16_t)strlen(names[i]), names[i]), NULL);
        o->atoms[i] = reply ? reply->atom : XCB_ATOM_NONE;
        has_all = has_all && reply;
        free(reply);
    }
    return has_all;
}

static bool begin_pieces(struct viewer_png_offer *o, xcb_window_t window, xcb_atom_t property)
{
    const uint32_t deletions = XCB_EVENT_MASK_PROPERTY_CHANGE, size = (uint32_t)o->png->len;
    struct taker *t = o->takers;
    while (t < o->takers + TAKERS && t->window && t->window != window)
        t++;
    if (t == o->takers + TAKERS)
        return false;
    *t = (struct taker){.window = window, .property = property};
    xcb_change_window_attributes(o->display.conn, window, XCB_CW_EVENT_MASK, &deletions);
    xcb_change_property(o->display.conn, XCB_PROP_MODE_REPLACE, window, property,
                        o->atoms[ATOM_INCR], 32, 1, &size);
    return true;
}

static void next_piece(struct viewer_png_offer *o, const xcb_property_notify_event_t *event)
{
    if (event->state != XCB_PROPERTY_DELETE)
        return;
    for (struct taker *t = o->takers; t < o->takers + TAKERS; t++) {
        if (!t->window || t->window != event->window || t->property != event->atom)
            continue;
        size_t left = o->png->len - t->at, n = left < PIECE ? left : PIECE;
        xcb_change_property(o->display.conn, XCB_PROP_MODE_REPLACE, t->window, t->property,
                            o->atoms[ATOM_PNG], 8, (uint32_t)n, o->png->data + t->at);
        t->at += n;
        if (n == 0) /* an empty piece says that it was all */
            *t = (struct taker){.window = 0};
    }
}

static bool give(struct viewer_png_offer *o, const xcb_selection_request_event_t *request,
                 xcb_atom_t property)
{
    const xcb_atom_t list[] = {o->atoms[ATOM_TARGETS], o->atoms[ATOM_PNG]};
    if (request->target == o->atoms[ATOM_TARGETS]) {
        xcb_change_property(o->display.conn, XCB_PROP_MODE_REPLACE, request->requestor, property,
                            XCB_ATOM_ATOM, 32, 2, list);
        return true;
    }
    if (request->target != o->atoms[ATOM_PNG])
        return false;
    if (o->png->len > PIECE)
        return begin_pieces(o, request->requestor, property);
    xcb_change_property(o->display.conn, XCB_PROP_MODE_REPLACE, request->requestor, property,
                        o->atoms[ATOM_PNG], 8, (uint32_t)o->png->len, o->png->data);
    return true;
}

static void answer(struct viewer_png_offer *o, const xcb_selection_request_event_t *request)
{
    xcb_atom_t property = request->property ? request->property : request->target;
    union {
        xcb_selection_notify_event_t event;
        char bytes[32]; /* every event has as many */
    } reply = {.event = {.response_type = XCB_SELECTION_NOTIFY,
                         .time = request->time,
                         .requestor = request->requestor,
                         .selection = request->selection,
                         .target = request->target}};
    if (give(o, request, property))
        reply.event.property = property;
    xcb_send_event(o->display.conn, 0, request->requestor, XCB_EVENT_MASK_NO_EVENT, reply.bytes);
}

static void turn(struct viewer_png_offer *o)
{
    xcb_generic_event_t *event;
    bool is_busy = true;
    while (is_busy) { /* sending reads what comes into xcb's queue: until it was empty after that */
        xcb_flush(o->display.conn);
        is_busy = false;
        while ((event = xcb_poll_for_event(o->display.conn)) != NULL) {
            uint8_t type = event->response_type & 0x7f;
            if (type == XCB_SELECTION_REQUEST)
                answer(o, (const xcb_selection_request_event_t *)event);
            else if (type == XCB_PROPERTY_NOTIFY)
                next_piece(o, (const xcb_property_notify_event_t *)event);
            free(event);
            is_busy = true;
        }
    }
    if (ds_display_is_gone(&o->display))
        uv_poll_stop(&o->poll);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    turn(poll->data);
}

static void destroy(struct viewer_png_offer *o)
{
    ds_rcbuf_unref(o->png);
    ds_display_close(&o->display);
    free(o);
}

struct viewer_png_offer *viewer_png_offer_new(uv_loop_t *loop, struct ds_rcbuf *png)
{
    char message[256] = "";
    struct viewer_png_offer *o = calloc(1, sizeof(*o));
    if (!o)
        return NULL;
    if (ds_display_open(&o->display, NULL, message, sizeof(message))) {
        ds_log_info("the screenshot is not copied: %s", message);
        free(o);
        return NULL;
    }
    o->png = ds_rcbuf_ref(png);
    if (!intern(o) || uv_poll_init(loop, &o->poll, xcb_get_file_descriptor(o->display.conn))) {
        destroy(o);
        return NULL;
    }
    o->poll.data = o;
    o->window = xcb_generate_id(o->display.conn);
    xcb_create_window(o->display.conn, XCB_COPY_FROM_PARENT, o->window, o->display.screen->root, -1,
                      -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
    xcb_set_selection_owner(o->display.conn, o->window, o->atoms[ATOM_CLIPBOARD], XCB_CURRENT_TIME);
    uv_poll_start(&o->poll, UV_READABLE, on_readable);
    turn(o);
    return o;
}

static void on_closed(uv_handle_t *handle)
{
    destroy(handle->data);
}

void viewer_png_offer_close(struct viewer_png_offer *o)
{
    if (!o)
        return;
    uv_poll_stop(&o->poll); /* before its descriptor is closed */
    uv_close((uv_handle_t *)&o->poll, on_closed);
}
