/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/randr.h"

#include "common/base/error.h"
#include "common/x11/request.h"
#include "common/x11/span.h"

#include <assert.h>
#include <stdlib.h>
#include <xcb/xcbext.h>

/* The sizes of the protocol's encoding (randrproto.txt, appendix A). */
static_assert(sizeof(xcb_randr_query_version_request_t) == 12, "RRQueryVersion");
static_assert(sizeof(xcb_randr_select_input_request_t) == 12, "RRSelectInput");
static_assert(sizeof(xcb_randr_get_monitors_request_t) == 12, "RRGetMonitors");
static_assert(sizeof(xcb_randr_get_monitors_reply_t) == 32, "RRGetMonitors' answer, its head");
static_assert(sizeof(xcb_randr_monitor_info_t) == 24, "a monitor, before its outputs");

xcb_extension_t ds_randr_id = {.name = "RANDR"};

static struct ds_request randr(uint8_t opcode)
{
    return (struct ds_request){&ds_randr_id, opcode};
}

bool ds_randr_use(xcb_connection_t *conn)
{
    xcb_randr_query_version_request_t ask = {.major_version = 1, .minor_version = 5};
    size_t got;
    xcb_randr_query_version_reply_t *version =
        ds_request_ask(conn, randr(XCB_RANDR_QUERY_VERSION), &ask, sizeof(ask), &got);
    bool enough = version && (version->major_version > 1 || version->minor_version >= 5);
    free(version);
    return enough;
}

void ds_randr_select(xcb_connection_t *conn, xcb_window_t window, uint16_t mask)
{
    xcb_randr_select_input_request_t ask = {.window = window, .enable = mask};
    ds_request_send(conn, randr(XCB_RANDR_SELECT_INPUT), &ask, sizeof(ask));
}

int ds_randr_get_monitors(xcb_connection_t *conn, xcb_window_t root, xcb_randr_monitor_info_t *out)
{
    xcb_randr_get_monitors_request_t ask = {.window = root, .get_active = 1};
    size_t got;
    void *reply = ds_request_ask(conn, randr(XCB_RANDR_GET_MONITORS), &ask, sizeof(ask), &got);
    int count = reply ? ds_randr_read_monitors(reply, got, out) : 0;
    free(reply);
    return count > 0 ? count : 0;
}

int ds_randr_read_monitors(const void *reply, size_t size, xcb_randr_monitor_info_t *out)
{
    struct ds_span s = ds_span_of(reply, size);
    xcb_randr_get_monitors_reply_t head;
    ds_span_take(&s, &head, sizeof(head));
    int count = 0;
    for (uint32_t i = 0; i < head.nMonitors && !s.is_short && count < DS_RANDR_MONITORS; i++) {
        ds_span_take(&s, &out[count], sizeof(out[count]));
        ds_span_skip(&s, out[count].nOutput * sizeof(xcb_randr_output_t));
        count++;
    }
    return s.is_short ? DS_EPROTO : count;
}
