/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/selection_serve.h"

#include "common/x11/selection_read.h"

#include <string.h>

/* Bytes in one piece, and of a text that is given whole: far below what any display takes in one
 * request (64 KiB at least, X protocol 3.0). */
#define PIECE 32768u
#define PATIENCE (10 * DS_SECOND)

static void end_transfer(struct ds_selection_serve *s, struct ds_selection_transfer *t)
{
    const uint32_t nothing = 0;
    if (!t->bytes)
        return;
    ds_rcbuf_unref(t->bytes);
    xcb_window_t window = t->window;
    *t = (struct ds_selection_transfer){0};
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++)
        if (s->transfers[i].bytes && s->transfers[i].window == window)
            return;
    xcb_change_window_attributes(s->conn, window, XCB_CW_EVENT_MASK, &nothing);
}

void ds_selection_serve_set(struct ds_selection_serve *s, struct ds_rcbuf *content)
{
    if (s->content && atomic_load(&s->content->refs) == 1)
        explicit_bzero(s->content->data, s->content->len);
    ds_rcbuf_unref(s->content);
    s->content = content;
}

void ds_selection_serve_clear(struct ds_selection_serve *s)
{
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++)
        end_transfer(s, &s->transfers[i]);
    ds_selection_serve_set(s, NULL);
}

static bool begin_transfer(struct ds_selection_serve *s, xcb_window_t window, xcb_atom_t property,
                           xcb_atom_t type, struct ds_rcbuf *bytes, ds_tick now)
{
    struct ds_selection_transfer *t = s->transfers;
    while (t < s->transfers + DS_SELECTION_TRANSFERS && t->bytes)
        t++;
    if (t == s->transfers + DS_SELECTION_TRANSFERS)
        return false;
    *t = (struct ds_selection_transfer){.bytes = ds_rcbuf_ref(bytes),
                                        .window = window,
                                        .property = property,
                                        .type = type,
                                        .until = now + PATIENCE};
    const uint32_t deletions = XCB_EVENT_MASK_PROPERTY_CHANGE, size = (uint32_t)bytes->len;
    xcb_change_window_attributes(s->conn, window, XCB_CW_EVENT_MASK, &deletions);
    xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, window, property, s->incr, 32, 1, &size);
    return true;
}

/* The text as bytes of this type, one reference; NULL: it cannot be had. */
static struct ds_rcbuf *content_as(const struct ds_selection_serve *s, xcb_atom_t type)
{
    if (type != XCB_ATOM_STRING)
        return ds_rcbuf_ref(s->content);
    struct ds_rcbuf *latin = ds_rcbuf_new(s->content->len);
    if (latin)
        latin->len = ds_selection_to_latin1((const char *)s->content->data, s->content->len,
                                            (char *)latin->data);
    return latin;
}

static bool give_text(struct ds_selection_serve *s, const xcb_selection_request_event_t *request,
                      xcb_atom_t property, ds_tick now)
{
    xcb_atom_t type = request->target == s->text ? s->utf8 : request->target;
    struct ds_rcbuf *bytes = s->content ? content_as(s, type) : NULL;
    if (!bytes)
        return false;
    bool is_given = true;
    if (bytes->len > PIECE)
        is_given = begin_transfer(s, request->requestor, property, type, bytes, now);
    else
        xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, request->requestor, property, type, 8,
                            (uint32_t)bytes->len, bytes->data);
    ds_rcbuf_unref(bytes);
    return is_given;
}

static bool give(struct ds_selection_serve *s, const xcb_selection_request_event_t *request,
                 xcb_atom_t property, ds_tick now)
{
    const uint32_t list[] = {s->targets,    s->timestamp,    s->utf8,
                             s->plain_utf8, XCB_ATOM_STRING, s->text};
    xcb_atom_t target = request->target;
    if (target == s->targets) {
        xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, request->requestor, property,
                            XCB_ATOM_ATOM, 32, s->content ? sizeof(list) / sizeof(list[0]) : 2,
                            list);
        return true;
    }
    if (target == s->timestamp) {
        xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, request->requestor, property,
                            XCB_ATOM_INTEGER, 32, 1, &s->since);
        return true;
    }
    if (target == s->utf8 || target == s->plain_utf8 || target == XCB_ATOM_STRING ||
        target == s->text)
        return give_text(s, request, property, now);
    return false;
}

void ds_selection_serve_request(struct ds_selection_serve *s,
                                const xcb_selection_request_event_t *request, ds_tick now)
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
    if (give(s, request, property, now))
        reply.event.property = property;
    xcb_send_event(s->conn, 0, request->requestor, XCB_EVENT_MASK_NO_EVENT, reply.bytes);
}

void ds_selection_serve_deleted(struct ds_selection_serve *s,
                                const xcb_property_notify_event_t *event, ds_tick now)
{
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++) {
        struct ds_selection_transfer *t = &s->transfers[i];
        if (!t->bytes || t->window != event->window || t->property != event->atom)
            continue;
        size_t left = t->bytes->len - t->at, n = left < PIECE ? left : PIECE;
        xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, t->window, t->property, t->type, 8,
                            (uint32_t)n, t->bytes->data + t->at);
        t->at += n;
        t->until = now + PATIENCE;
        if (n == 0) /* an empty piece says that it was all */
            end_transfer(s, t);
        return;
    }
}

ds_tick ds_selection_serve_tick(struct ds_selection_serve *s, ds_tick now)
{
    ds_tick next = 0;
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++) {
        struct ds_selection_transfer *t = &s->transfers[i];
        if (t->bytes && t->until <= now)
            end_transfer(s, t);
        if (t->bytes && (next == 0 || t->until < next))
            next = t->until;
    }
    return next;
}
