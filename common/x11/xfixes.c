/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/xfixes.h"

#include "common/base/error.h"
#include "common/x11/request.h"
#include "common/x11/span.h"

#include <assert.h>
#include <stdlib.h>
#include <xcb/xcbext.h>

/* The sizes of the protocol's encoding (xfixesproto.h). */
static_assert(sizeof(xcb_xfixes_query_version_request_t) == 12, "XFixesQueryVersion");
static_assert(sizeof(xcb_xfixes_select_cursor_input_request_t) == 12, "XFixesSelectCursorInput");
static_assert(sizeof(xcb_xfixes_select_selection_input_request_t) == 16,
              "XFixesSelectSelectionInput");
static_assert(sizeof(xcb_xfixes_get_cursor_image_request_t) == 4, "XFixesGetCursorImage");
static_assert(sizeof(xcb_xfixes_get_cursor_image_reply_t) == 32, "its answer's head");
static_assert(sizeof(xcb_xfixes_create_region_request_t) == 8, "XFixesCreateRegion, empty");
static_assert(sizeof(xcb_xfixes_fetch_region_request_t) == 8, "XFixesFetchRegion");
static_assert(sizeof(xcb_xfixes_fetch_region_reply_t) == 32, "its answer's head");
static_assert(sizeof(xcb_rectangle_t) == 8, "a rectangle");

xcb_extension_t ds_xfixes_id = {.name = "XFIXES"};

static struct ds_request xfixes(uint8_t opcode)
{
    return (struct ds_request){&ds_xfixes_id, opcode};
}

uint32_t ds_xfixes_use(xcb_connection_t *conn, uint32_t wanted)
{
    xcb_xfixes_query_version_request_t ask = {.client_major_version = wanted};
    size_t got;
    xcb_xfixes_query_version_reply_t *version =
        ds_request_ask(conn, xfixes(XCB_XFIXES_QUERY_VERSION), &ask, sizeof(ask), &got);
    uint32_t major = version ? version->major_version : 0;
    free(version);
    return major;
}

void ds_xfixes_select_cursor(xcb_connection_t *conn, xcb_window_t window)
{
    xcb_xfixes_select_cursor_input_request_t ask = {
        .window = window, .event_mask = XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR};
    ds_request_send(conn, xfixes(XCB_XFIXES_SELECT_CURSOR_INPUT), &ask, sizeof(ask));
}

void ds_xfixes_select_selection(xcb_connection_t *conn, xcb_window_t window, xcb_atom_t selection)
{
    xcb_xfixes_select_selection_input_request_t ask = {
        .window = window,
        .selection = selection,
        .event_mask = XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
                      XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
                      XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE};
    ds_request_send(conn, xfixes(XCB_XFIXES_SELECT_SELECTION_INPUT), &ask, sizeof(ask));
}

void ds_xfixes_create_region(xcb_connection_t *conn, xcb_xfixes_region_t region)
{
    xcb_xfixes_create_region_request_t ask = {.region = region};
    ds_request_send(conn, xfixes(XCB_XFIXES_CREATE_REGION), &ask, sizeof(ask));
}

void *ds_xfixes_fetch_region(xcb_connection_t *conn, xcb_xfixes_region_t region, size_t *size)
{
    xcb_xfixes_fetch_region_request_t ask = {.region = region};
    return ds_request_ask(conn, xfixes(XCB_XFIXES_FETCH_REGION), &ask, sizeof(ask), size);
}

int ds_xfixes_read_region(const void *reply, size_t size, struct ds_xfixes_region *out)
{
    struct ds_span s = ds_span_of(reply, size);
    xcb_xfixes_fetch_region_reply_t head;
    ds_span_take(&s, &head, sizeof(head));
    if (s.is_short)
        return DS_EPROTO;
    size_t count = s.left / sizeof(xcb_rectangle_t);
    *out = (struct ds_xfixes_region){head.extents,
                                     ds_span_skip(&s, count * sizeof(xcb_rectangle_t)), count};
    return DS_OK;
}

void *ds_xfixes_get_cursor(xcb_connection_t *conn, size_t *size)
{
    xcb_xfixes_get_cursor_image_request_t ask = {.length = 0};
    return ds_request_ask(conn, xfixes(XCB_XFIXES_GET_CURSOR_IMAGE), &ask, sizeof(ask), size);
}

int ds_xfixes_read_cursor(const void *reply, size_t size, xcb_xfixes_get_cursor_image_reply_t *head,
                          const uint32_t **pixels)
{
    struct ds_span s = ds_span_of(reply, size);
    xcb_xfixes_get_cursor_image_reply_t from;
    ds_span_take(&s, &from, sizeof(from));
    const uint32_t *at = ds_span_skip(&s, (size_t)from.width * from.height * sizeof(*at));
    if (s.is_short)
        return DS_EPROTO;
    *head = from;
    *pixels = at;
    return DS_OK;
}
