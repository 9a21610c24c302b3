/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/display.h"

#include "common/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void explain(const char *display, int error, char *message, size_t size)
{
    const char *name = display ? display : getenv("DISPLAY");
    if (!name || !*name)
        snprintf(message, size, "There is no X display: DISPLAY is not set.");
    else if (error == XCB_CONN_CLOSED_PARSE_ERR)
        snprintf(message, size, "\"%s\" is not the name of an X display.", name);
    else if (error == XCB_CONN_CLOSED_INVALID_SCREEN)
        snprintf(message, size, "The X display %s has no such screen.", name);
    else
        snprintf(message, size, "The X display %s cannot be opened.", name);
}

int ds_display_open(struct ds_display *out, const char *display, char *message, size_t size)
{
    *out = (struct ds_display){0};
    int number = 0;
    xcb_connection_t *conn = xcb_connect(display, &number);
    int error = xcb_connection_has_error(conn);
    if (error) {
        if (message && size > 0)
            explain(display, error, message, size);
        xcb_disconnect(conn);
        return DS_EIO;
    }
    xcb_screen_iterator_t it = xcb_setup_roots_iterator(xcb_get_setup(conn));
    while (number-- > 0 && it.rem > 1)
        xcb_screen_next(&it);
    *out = (struct ds_display){.conn = conn, .screen = it.data};
    return DS_OK;
}

void ds_display_close(struct ds_display *display)
{
    if (display->conn)
        xcb_disconnect(display->conn);
    *display = (struct ds_display){0};
}

bool ds_display_is_gone(const struct ds_display *display)
{
    return xcb_connection_has_error(display->conn) != 0;
}

const xcb_query_extension_reply_t *ds_display_extension(const struct ds_display *display,
                                                        xcb_extension_t *extension)
{
    const xcb_query_extension_reply_t *data = xcb_get_extension_data(display->conn, extension);
    return data && data->present ? data : NULL;
}

xcb_atom_t ds_display_atom(const struct ds_display *display, const char *name)
{
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
        display->conn, xcb_intern_atom(display->conn, 1, (uint16_t)strlen(name), name), NULL);
    xcb_atom_t atom = reply ? reply->atom : XCB_ATOM_NONE;
    free(reply);
    return atom;
}
