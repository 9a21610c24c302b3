/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/drop.h"

#include "common/base/error.h"
#include "common/x11/display.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 5, TYPES_MAX = 256 };

enum atom {
    AWARE,
    PROXY,
    ENTER,
    POSITION,
    STATUS,
    LEAVE,
    DROP,
    FINISHED,
    SELECTION,
    TYPE_LIST,
    COPY,
    URIS,
    DROPPED,
    ATOMS
};

static const char *const names[ATOMS] = {
    [AWARE] = "XdndAware",         [PROXY] = "XdndProxy",       [ENTER] = "XdndEnter",
    [POSITION] = "XdndPosition",   [STATUS] = "XdndStatus",     [LEAVE] = "XdndLeave",
    [DROP] = "XdndDrop",           [FINISHED] = "XdndFinished", [SELECTION] = "XdndSelection",
    [TYPE_LIST] = "XdndTypeList",  [COPY] = "XdndActionCopy",   [URIS] = "text/uri-list",
    [DROPPED] = "DESKSIDE_DROPPED"};

struct ds_x11_drop {
    struct ds_display display;
    const struct ds_x11_drop_events *events; /* borrowed */
    void *ctx;
    xcb_window_t window, proxy;
    xcb_atom_t atoms[ATOMS];
    bool is_allowed;
    /* of the drag that is over the window */
    xcb_window_t source; /* 0: none */
    xcb_window_t named;  /* how it calls the window */
    bool has_files;
    bool is_dropped; /* its list was asked for */
    enum ds_x11_drag told;
};

/* ---- what is said ---- */

static void say(struct ds_x11_drop *d, enum atom what, uint32_t flags, uint32_t action)
{
    bool is_status = what == STATUS; /* the rectangle for which it holds is between: none */
    xcb_client_message_event_t message = {
        .response_type = XCB_CLIENT_MESSAGE,
        .format = 32,
        .window = d->source,
        .type = d->atoms[what],
        .data.data32 = {d->named, flags, is_status ? 0 : action, 0, is_status ? action : 0}};
    xcb_send_event(d->display.conn, 0, d->source, 0, (const char *)&message);
}

static bool is_taken(const struct ds_x11_drop *d)
{
    return d->has_files && d->is_allowed;
}

static void tell(struct ds_x11_drop *d)
{
    enum ds_x11_drag now = d->source == 0 || d->is_dropped ? DS_X11_DRAG_NONE
                           : is_taken(d)                   ? DS_X11_DRAG_FILES
                                                           : DS_X11_DRAG_REFUSED;
    if (now == d->told)
        return;
    d->told = now;
    d->events->on_drag(d->ctx, now);
}

static void watch(struct ds_x11_drop *d, uint32_t mask)
{
    xcb_change_window_attributes(d->display.conn, d->source, XCB_CW_EVENT_MASK, &mask);
}

static void forget(struct ds_x11_drop *d)
{
    if (d->source)
        watch(d, 0);
    d->source = 0;
    d->is_dropped = d->has_files = false;
}

/* ---- what comes ---- */

static bool lists_files(struct ds_x11_drop *d)
{
    xcb_get_property_reply_t *reply =
        xcb_get_property_reply(d->display.conn,
                               xcb_get_property(d->display.conn, 0, d->source, d->atoms[TYPE_LIST],
                                                XCB_ATOM_ATOM, 0, TYPES_MAX),
                               NULL);
    bool is_there = false;
    if (reply && reply->format == 32) {
        const xcb_atom_t *types = xcb_get_property_value(reply);
        for (int i = 0; i < xcb_get_property_value_length(reply) / 4; i++)
            is_there |= types[i] == d->atoms[URIS];
    }
    free(reply);
    return is_there;
}

static void on_enter(struct ds_x11_drop *d, const xcb_client_message_event_t *m)
{
    const uint32_t *data = m->data.data32;
    forget(d);
    d->source = data[0];
    d->named = m->window;
    watch(d, XCB_EVENT_MASK_STRUCTURE_NOTIFY); /* a program that dies says no goodbye */
    if (data[1] & 1)
        d->has_files = lists_files(d);
    else
        for (int i = 2; i < 5; i++)
            d->has_files |= data[i] == d->atoms[URIS];
}

static void on_drop(struct ds_x11_drop *d, uint32_t time)
{
    if (!is_taken(d)) {
        say(d, FINISHED, 0, 0);
        forget(d);
        return;
    }
    d->is_dropped = true;
    xcb_convert_selection(d->display.conn, d->proxy, d->atoms[SELECTION], d->atoms[URIS],
                          d->atoms[DROPPED], time);
}

static void on_message(struct ds_x11_drop *d, const xcb_client_message_event_t *m)
{
    const uint32_t *data = m->data.data32;
    if (m->format != 32)
        return;
    if (m->type == d->atoms[ENTER] && data[0] != 0)
        on_enter(d, m);
    else if (d->source == 0 || data[0] != d->source || d->is_dropped)
        return; /* of a drag that is over */
    else if (m->type == d->atoms[POSITION])
        say(d, STATUS, is_taken(d), is_taken(d) ? d->atoms[COPY] : 0);
    else if (m->type == d->atoms[LEAVE])
        forget(d);
    else if (m->type == d->atoms[DROP])
        on_drop(d, data[2]);
}

/* The list, or why not: the source waits for an end in any case. */
static void on_list(struct ds_x11_drop *d, const xcb_selection_notify_event_t *event)
{
    xcb_get_property_reply_t *reply = NULL;
    if (event->selection != d->atoms[SELECTION] || !d->is_dropped)
        return;
    if (event->property == d->atoms[DROPPED])
        reply = xcb_get_property_reply(
            d->display.conn,
            xcb_get_property(d->display.conn, 1, d->proxy, d->atoms[DROPPED],
                             XCB_GET_PROPERTY_TYPE_ANY, 0, DS_X11_DROP_LIST / 4),
            NULL);
    bool is_whole = reply && reply->format == 8 && reply->bytes_after == 0;
    size_t len = is_whole ? (size_t)xcb_get_property_value_length(reply) : 0;
    say(d, FINISHED, is_whole, is_whole ? d->atoms[COPY] : 0);
    forget(d);
    tell(d);
    d->events->on_drop(d->ctx, is_whole ? xcb_get_property_value(reply) : NULL, len);
    free(reply);
}

int ds_x11_drop_poll(struct ds_x11_drop *d)
{
    xcb_generic_event_t *event;
    while ((event = xcb_poll_for_event(d->display.conn))) {
        switch (event->response_type & 0x7f) {
        case XCB_CLIENT_MESSAGE:
            on_message(d, (const xcb_client_message_event_t *)event);
            break;
        case XCB_SELECTION_NOTIFY:
            on_list(d, (const xcb_selection_notify_event_t *)event);
            break;
        case XCB_DESTROY_NOTIFY:
            if (((const xcb_destroy_notify_event_t *)event)->window == d->source) {
                d->source = 0;
                d->is_dropped = d->has_files = false;
            }
            break;
        default:
            break;
        }
        tell(d);
        free(event);
    }
    xcb_flush(d->display.conn);
    return ds_display_is_gone(&d->display) ? DS_ECLOSED : DS_OK;
}

void ds_x11_drop_allow(struct ds_x11_drop *d, bool is_allowed)
{
    d->is_allowed = is_allowed;
    tell(d);
}

int ds_x11_drop_fd(const struct ds_x11_drop *d)
{
    return xcb_get_file_descriptor(d->display.conn);
}

/* ---- life ---- */

static void intern(struct ds_x11_drop *d)
{
    xcb_intern_atom_cookie_t cookies[ATOMS];
    for (int i = 0; i < ATOMS; i++)
        cookies[i] = xcb_intern_atom(d->display.conn, 0, (uint16_t)strlen(names[i]), names[i]);
    for (int i = 0; i < ATOMS; i++) {
        xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(d->display.conn, cookies[i], NULL);
        d->atoms[i] = reply ? reply->atom : 0;
        free(reply);
    }
}

static void set(struct ds_x11_drop *d, xcb_window_t window, enum atom name, xcb_atom_t type,
                uint32_t value)
{
    xcb_change_property(d->display.conn, XCB_PROP_MODE_REPLACE, window, d->atoms[name], type, 32, 1,
                        &value);
}

struct ds_x11_drop *ds_x11_drop_open(const char *display, uint32_t window,
                                     const struct ds_x11_drop_events *events, void *ctx)
{
    struct ds_x11_drop *d = calloc(1, sizeof(*d));
    if (!d || ds_display_open(&d->display, display, NULL, 0) != DS_OK) {
        free(d);
        return NULL;
    }
    d->events = events;
    d->ctx = ctx;
    d->window = window;
    d->proxy = xcb_generate_id(d->display.conn);
    intern(d);
    xcb_create_window(d->display.conn, 0, d->proxy, d->display.screen->root, -1, -1, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
    const xcb_window_t both[] = {d->proxy, window};
    for (int i = 0; i < 2; i++) { /* the proxy first: who sees the other shall find it complete */
        set(d, both[i], AWARE, XCB_ATOM_ATOM, VERSION);
        set(d, both[i], PROXY, XCB_ATOM_WINDOW, d->proxy);
    }
    xcb_flush(d->display.conn);
    return d;
}

void ds_x11_drop_close(struct ds_x11_drop *d)
{
    if (!d)
        return;
    xcb_delete_property(d->display.conn, d->window, d->atoms[PROXY]);
    xcb_delete_property(d->display.conn, d->window, d->atoms[AWARE]);
    xcb_flush(d->display.conn);
    ds_display_close(&d->display);
    free(d);
}
