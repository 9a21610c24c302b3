/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/drag.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#define WAIT (20 * DS_SECOND)

struct test_drag {
    xcb_connection_t *conn;
    xcb_window_t root, own;
    xcb_window_t target; /* the window below the pointer; 0: none */
    xcb_window_t to;     /* where messages go: it, or its proxy */
    xcb_atom_t type;
    bool many;
    const char *content;
};

static xcb_atom_t atom(struct test_drag *d, const char *name)
{
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
        d->conn, xcb_intern_atom(d->conn, 0, (uint16_t)strlen(name), name), NULL);
    assert_non_null(reply);
    xcb_atom_t value = reply->atom;
    free(reply);
    return value;
}

static uint32_t property(struct test_drag *d, xcb_window_t window, const char *name)
{
    uint32_t value = 0;
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        d->conn,
        xcb_get_property(d->conn, 0, window, atom(d, name), XCB_GET_PROPERTY_TYPE_ANY, 0, 1), NULL);
    if (reply && reply->format == 32 && xcb_get_property_value_length(reply) == 4)
        memcpy(&value, xcb_get_property_value(reply), 4);
    free(reply);
    return value;
}

struct test_drag *test_drag_begin(const struct test_display *display, const char *type, bool many,
                                  const char *content)
{
    struct test_drag *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    d->conn = xcb_connect(test_display_name(display), NULL);
    assert_int_equal(0, xcb_connection_has_error(d->conn));
    d->root = xcb_setup_roots_iterator(xcb_get_setup(d->conn)).data->root;
    d->own = xcb_generate_id(d->conn);
    d->many = many;
    d->content = content;
    d->type = atom(d, type);
    xcb_create_window(d->conn, 0, d->own, d->root, -5, -5, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT, 0, NULL);
    const xcb_atom_t types[] = {atom(d, "text/one"), atom(d, "text/two"), atom(d, "text/three"),
                                d->type};
    xcb_change_property(d->conn, XCB_PROP_MODE_REPLACE, d->own, atom(d, "XdndTypeList"),
                        XCB_ATOM_ATOM, 32, 4, types);
    xcb_set_selection_owner(d->conn, d->own, atom(d, "XdndSelection"), XCB_CURRENT_TIME);
    return d;
}

/* The first window from the root down that knows of drags. */
static xcb_window_t find(struct test_drag *d, int x, int y)
{
    xcb_window_t window = d->root;
    while (window != 0 && property(d, window, "XdndAware") == 0) {
        xcb_translate_coordinates_reply_t *reply = xcb_translate_coordinates_reply(
            d->conn, xcb_translate_coordinates(d->conn, d->root, window, (int16_t)x, (int16_t)y),
            NULL);
        window = reply ? reply->child : 0;
        free(reply);
    }
    return window;
}

bool test_drag_is_aware(struct test_drag *d, int x, int y)
{
    return find(d, x, y) != 0;
}

static void say(struct test_drag *d, const char *what, const uint32_t data[4])
{
    xcb_client_message_event_t message = {
        .response_type = XCB_CLIENT_MESSAGE,
        .format = 32,
        .window = d->target,
        .type = atom(d, what),
        .data.data32 = {d->own, data[0], data[1], data[2], data[3]}};
    xcb_send_event(d->conn, 0, d->to, 0, (const char *)&message);
    xcb_flush(d->conn);
}

static void serve(struct test_drag *d, const xcb_selection_request_event_t *request)
{
    xcb_selection_notify_event_t answer = {.response_type = XCB_SELECTION_NOTIFY,
                                           .time = request->time,
                                           .requestor = request->requestor,
                                           .selection = request->selection,
                                           .target = request->target};
    if (request->target == d->type) {
        answer.property = request->property;
        xcb_change_property(d->conn, XCB_PROP_MODE_REPLACE, request->requestor, request->property,
                            d->type, 8, (uint32_t)strlen(d->content), d->content);
    }
    xcb_send_event(d->conn, 0, request->requestor, 0, (const char *)&answer);
    xcb_flush(d->conn);
}

/* Waits for a message about this drag; its flags. */
static uint32_t wait_message(struct test_drag *d, const char *what)
{
    xcb_atom_t wanted = atom(d, what);
    ds_tick deadline = ds_clock_now() + WAIT;
    for (;;) {
        uint32_t flags = 0;
        bool is_it = false;
        xcb_generic_event_t *event = xcb_poll_for_event(d->conn);
        if (event && (event->response_type & 0x7f) == XCB_SELECTION_REQUEST)
            serve(d, (const xcb_selection_request_event_t *)event);
        if (event && (event->response_type & 0x7f) == XCB_CLIENT_MESSAGE) {
            const xcb_client_message_event_t *m = (const xcb_client_message_event_t *)event;
            is_it = m->type == wanted && m->data.data32[0] == d->target;
            flags = m->data.data32[1];
        }
        bool is_none = !event;
        free(event);
        if (is_it)
            return flags;
        if (ds_clock_now() > deadline)
            fail_msg("no %s comes", what);
        if (is_none)
            poll(&(struct pollfd){xcb_get_file_descriptor(d->conn), POLLIN, 0}, 1, 100);
    }
}

bool test_drag_move(struct test_drag *d, int x, int y)
{
    xcb_window_t target = find(d, x, y);
    if (target == 0)
        fail_msg("no window at %d,%d takes drags", x, y);
    if (target != d->target) {
        d->target = target;
        d->to = property(d, target, "XdndProxy");
        if (d->to != 0 && property(d, d->to, "XdndProxy") != d->to)
            fail_msg("the proxy does not say that it is one");
        d->to = d->to ? d->to : target;
        assert_int_equal(5, property(d, d->to, "XdndAware"));
        say(d, "XdndEnter",
            (const uint32_t[]){5u << 24 | d->many, d->many ? atom(d, "text/one") : d->type,
                               d->many ? atom(d, "text/two") : 0,
                               d->many ? atom(d, "text/three") : 0});
    }
    say(d, "XdndPosition",
        (const uint32_t[]){0, (uint32_t)x << 16 | (uint32_t)y, XCB_CURRENT_TIME,
                           atom(d, "XdndActionCopy")});
    return wait_message(d, "XdndStatus") & 1;
}

void test_drag_leave(struct test_drag *d)
{
    say(d, "XdndLeave", (const uint32_t[4]){0});
    d->target = 0;
}

bool test_drag_drop(struct test_drag *d)
{
    say(d, "XdndDrop", (const uint32_t[]){0, XCB_CURRENT_TIME, 0, 0});
    bool is_taken = wait_message(d, "XdndFinished") & 1;
    d->target = 0;
    return is_taken;
}

void test_drag_end(struct test_drag *d)
{
    if (d)
        xcb_disconnect(d->conn);
    free(d);
}
