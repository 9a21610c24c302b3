/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/window_ping.h"

#include "common/base/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

static xcb_atom_t atom(xcb_connection_t *conn, const char *name)
{
    xcb_intern_atom_reply_t *reply =
        xcb_intern_atom_reply(conn, xcb_intern_atom(conn, 0, (uint16_t)strlen(name), name), NULL);
    xcb_atom_t value = reply ? reply->atom : XCB_NONE;
    free(reply);
    return value;
}

static void ask_all(xcb_connection_t *conn, xcb_window_t root, xcb_atom_t protocols,
                    xcb_atom_t ping)
{
    xcb_query_tree_reply_t *tree = xcb_query_tree_reply(conn, xcb_query_tree(conn, root), NULL);
    for (int i = 0; tree && i < xcb_query_tree_children_length(tree); i++) {
        xcb_window_t window = xcb_query_tree_children(tree)[i];
        xcb_client_message_event_t event = {
            .response_type = XCB_CLIENT_MESSAGE, .format = 32, .window = window, .type = protocols};
        event.data.data32[0] = ping;
        event.data.data32[2] = window;
        xcb_send_event(conn, 0, window, 0, (const char *)&event);
    }
    free(tree);
    xcb_flush(conn);
}

static bool wait_answer(xcb_connection_t *conn, xcb_atom_t ping, int timeout_ms)
{
    ds_tick deadline = ds_clock_now() + (ds_tick)timeout_ms * DS_MS;
    while (ds_clock_now() < deadline && !xcb_connection_has_error(conn)) {
        xcb_generic_event_t *event = xcb_poll_for_event(conn);
        bool found = event && (event->response_type & 0x7f) == XCB_CLIENT_MESSAGE &&
                     ((xcb_client_message_event_t *)event)->data.data32[0] == ping;
        free(event);
        if (found)
            return true;
        struct pollfd fd = {.fd = xcb_get_file_descriptor(conn), .events = POLLIN};
        if (!event)
            poll(&fd, 1, 50);
    }
    return false;
}

bool test_window_answers(const struct test_display *display, int timeout_ms)
{
    xcb_connection_t *conn = xcb_connect(test_display_name(display), NULL);
    bool answered = false;
    if (!xcb_connection_has_error(conn)) {
        xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(conn)).data->root;
        uint32_t mask = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
        xcb_atom_t ping = atom(conn, "_NET_WM_PING");
        xcb_change_window_attributes(conn, root, XCB_CW_EVENT_MASK, &mask);
        ask_all(conn, root, atom(conn, "WM_PROTOCOLS"), ping);
        answered = wait_answer(conn, ping, timeout_ms);
    }
    xcb_disconnect(conn);
    return answered;
}
