/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/window_source.h"

#include "common/base/error.h"
#include "common/x11/request.h"

#include <assert.h>
#include <stdlib.h>
#include <xcb/xcbext.h>

/* Four requests of Composite 0.4 (compositeproto.txt), by hand as request.h says why. */
static xcb_extension_t composite_id = {.name = "Composite"};

enum { QUERY_VERSION = 0, REDIRECT_WINDOW = 1, UNREDIRECT_WINDOW = 2, NAME_WINDOW_PIXMAP = 6 };
enum { AUTOMATIC = 0 }; /* the display goes on showing the window by itself */

struct query_version {
    uint8_t head[4];
    uint32_t major, minor;
};
struct redirect {
    uint8_t head[4];
    uint32_t window;
    uint8_t update, pad[3];
};
struct name_pixmap {
    uint8_t head[4];
    uint32_t window, pixmap;
};
static_assert(sizeof(struct query_version) == 12, "CompositeQueryVersion");
static_assert(sizeof(struct redirect) == 12, "CompositeRedirectWindow");
static_assert(sizeof(struct name_pixmap) == 12, "CompositeNameWindowPixmap");

static struct ds_request composite(uint8_t opcode)
{
    return (struct ds_request){&composite_id, opcode};
}

static void redirect(const struct ds_window_source *s, uint8_t opcode)
{
    struct redirect body = {.window = s->window, .update = AUTOMATIC};
    ds_request_send(s->display->conn, composite(opcode), &body, sizeof(body));
}

/* The display's name for the window's pixels; 0: it is not on the screen. */
static xcb_pixmap_t name_pixmap(const struct ds_window_source *s, uint32_t *width, uint32_t *height)
{
    xcb_connection_t *conn = s->display->conn;
    struct name_pixmap body = {.window = s->window, .pixmap = xcb_generate_id(conn)};
    ds_request_send(conn, composite(NAME_WINDOW_PIXMAP), &body, sizeof(body));
    xcb_get_geometry_reply_t *got =
        xcb_get_geometry_reply(conn, xcb_get_geometry(conn, body.pixmap), NULL);
    if (!got)
        return 0;
    *width = got->width;
    *height = got->height;
    free(got);
    return body.pixmap;
}

static bool has_composite(xcb_connection_t *conn)
{
    struct query_version body = {.major = 0, .minor = 4};
    size_t got;
    uint32_t *reply = ds_request_ask(conn, composite(QUERY_VERSION), &body, sizeof(body), &got);
    bool is_enough = reply && got >= DS_REPLY_HEAD && (reply[2] > 0 || reply[3] >= 2);
    free(reply);
    return is_enough;
}

int ds_window_source_open(struct ds_window_source *s, const struct ds_display *display,
                          xcb_window_t window)
{
    xcb_connection_t *conn = display->conn;
    const uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    bool renewed;
    *s = (struct ds_window_source){.display = display, .window = window};
    if (!has_composite(conn)) {
        s->window = 0;
        return DS_EUNSUPPORTED;
    }
    xcb_change_window_attributes(conn, window, XCB_CW_EVENT_MASK, &events);
    redirect(s, REDIRECT_WINDOW);
    int error = ds_window_source_refresh(s, &renewed);
    if (error)
        ds_window_source_close(s);
    return error;
}

void ds_window_source_close(struct ds_window_source *s)
{
    if (s->window && !ds_display_is_gone(s->display)) {
        if (s->pixmap)
            xcb_free_pixmap(s->display->conn, s->pixmap);
        if (!s->is_gone)
            redirect(s, UNREDIRECT_WINDOW);
        xcb_flush(s->display->conn);
    }
    *s = (struct ds_window_source){0};
}

bool ds_window_source_handle(struct ds_window_source *s, const xcb_generic_event_t *event)
{
    /* All of them begin alike: the window that was asked for, then the one it is about. */
    const xcb_configure_notify_event_t *about = (const void *)event;
    switch (event->response_type & 0x7f) {
    case XCB_DESTROY_NOTIFY:
    case XCB_CONFIGURE_NOTIFY:
    case XCB_MAP_NOTIFY:
    case XCB_REPARENT_NOTIFY:
    case XCB_UNMAP_NOTIFY:
        break;
    default:
        return false;
    }
    if (about->event != s->window)
        return false;
    s->is_gone |= (event->response_type & 0x7f) == XCB_DESTROY_NOTIFY && about->window == s->window;
    s->is_stale = true;
    return true;
}

int ds_window_source_refresh(struct ds_window_source *s, bool *renewed)
{
    xcb_connection_t *conn = s->display->conn;
    uint32_t width = 0, height = 0;
    *renewed = s->is_stale = false;
    if (s->is_gone)
        return DS_ENOTFOUND;
    xcb_get_geometry_cookie_t size = xcb_get_geometry(conn, s->window);
    xcb_translate_coordinates_cookie_t place =
        xcb_translate_coordinates(conn, s->window, s->display->screen->root, 0, 0);
    xcb_get_geometry_reply_t *inside = xcb_get_geometry_reply(conn, size, NULL);
    xcb_translate_coordinates_reply_t *at = xcb_translate_coordinates_reply(conn, place, NULL);
    int error = inside && at && inside->depth >= 24 ? DS_OK : DS_ENOTFOUND;
    xcb_pixmap_t pixmap = error ? 0 : name_pixmap(s, &width, &height);
    if (!error && !pixmap && !s->pixmap)
        error = DS_ENOTFOUND;
    if (!error) {
        s->x = at->dst_x;
        s->y = at->dst_y;
    }
    /* Minimised: what was there stays to be read. */
    if (!error && pixmap && width >= inside->width && height >= inside->height) {
        if (s->pixmap)
            xcb_free_pixmap(conn, s->pixmap);
        *renewed = true;
        s->pixmap = pixmap;
        s->border = inside->border_width;
        s->width = inside->width;
        s->height = inside->height;
    } else if (pixmap) { /* changed between the answers: an event says so */
        xcb_free_pixmap(conn, pixmap);
        error = DS_ENOTFOUND;
    }
    free(inside);
    free(at);
    return error;
}
