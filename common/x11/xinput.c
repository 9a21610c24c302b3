/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/xinput.h"

#include "common/base/error.h"
#include "common/x11/request.h"
#include "common/x11/span.h"

#include <assert.h>
#include <stdlib.h>
#include <xcb/xcbext.h>

/* The sizes of the protocol's encoding (XI2proto.h). */
static_assert(sizeof(xcb_input_xi_query_version_request_t) == 8, "XIQueryVersion");
static_assert(sizeof(xcb_input_xi_select_events_request_t) == 12, "XISelectEvents, its head");
static_assert(sizeof(xcb_input_event_mask_t) == 4, "a device's mask, its head");
static_assert(sizeof(xcb_input_xi_query_device_request_t) == 8, "XIQueryDevice");
static_assert(sizeof(xcb_input_xi_get_property_request_t) == 24, "XIGetProperty");
static_assert(sizeof(xcb_input_xi_query_device_reply_t) == 32, "XIQueryDevice's answer, its head");
static_assert(sizeof(xcb_input_xi_device_info_t) == 12, "a device, before its name");
static_assert(sizeof(xcb_input_xi_get_property_reply_t) == 32, "XIGetProperty's answer, its head");

xcb_extension_t ds_xinput_id = {.name = "XInputExtension"};

static struct ds_request xinput(uint8_t opcode)
{
    return (struct ds_request){&ds_xinput_id, opcode};
}

uint32_t ds_xinput_use(xcb_connection_t *conn)
{
    xcb_input_xi_query_version_request_t ask = {.major_version = 2, .minor_version = 2};
    size_t got;
    xcb_input_xi_query_version_reply_t *version =
        ds_request_ask(conn, xinput(XCB_INPUT_XI_QUERY_VERSION), &ask, sizeof(ask), &got);
    uint32_t number = version ? (uint32_t)version->major_version << 16 | version->minor_version : 0;
    free(version);
    return number;
}

void ds_xinput_select(xcb_connection_t *conn, xcb_window_t window, uint16_t device, uint32_t mask)
{
    struct {
        xcb_input_xi_select_events_request_t head;
        xcb_input_event_mask_t device;
        uint32_t mask;
    } ask = {{.window = window, .num_mask = 1}, {.deviceid = device, .mask_len = 1}, mask};
    ds_request_send(conn, xinput(XCB_INPUT_XI_SELECT_EVENTS), &ask, sizeof(ask));
}

void *ds_xinput_query_devices(xcb_connection_t *conn, size_t *got)
{
    xcb_input_xi_query_device_request_t ask = {.deviceid = XCB_INPUT_DEVICE_ALL};
    return ds_request_ask(conn, xinput(XCB_INPUT_XI_QUERY_DEVICE), &ask, sizeof(ask), got);
}

static void skip_classes(struct ds_span *s, unsigned count)
{
    for (; count > 0 && !s->is_short; count--) {
        struct {
            uint16_t type, words; /* of 4 bytes, these first ones included */
        } class;
        ds_span_take(s, &class, sizeof(class));
        if (class.words == 0)
            s->is_short = true;
        else
            ds_span_skip(s, (class.words - 1U) * 4U);
    }
}

int ds_xinput_read_devices(const void *reply, size_t size, struct ds_xinput_device *out, int room)
{
    struct ds_span s = ds_span_of(reply, size);
    xcb_input_xi_query_device_reply_t head;
    ds_span_take(&s, &head, sizeof(head));
    int count = 0;
    for (unsigned i = 0; i < head.num_infos && !s.is_short && count < room; i++) {
        xcb_input_xi_device_info_t info;
        ds_span_take(&s, &info, sizeof(info));
        ds_span_skip_padded(&s, info.name_len);
        skip_classes(&s, info.num_classes);
        out[count++] = (struct ds_xinput_device){info.deviceid, info.type, info.attachment};
    }
    return s.is_short ? DS_EPROTO : count;
}

bool ds_xinput_is_marked(xcb_connection_t *conn, uint16_t device, xcb_atom_t mark)
{
    xcb_input_xi_get_property_request_t ask = {
        .deviceid = device, .property = mark, .type = XCB_ATOM_INTEGER, .len = 1};
    size_t got;
    void *reply = ds_request_ask(conn, xinput(XCB_INPUT_XI_GET_PROPERTY), &ask, sizeof(ask), &got);
    bool marked = reply && ds_xinput_read_mark(reply, got);
    free(reply);
    return marked;
}

bool ds_xinput_read_mark(const void *reply, size_t size)
{
    struct ds_span s = ds_span_of(reply, size);
    xcb_input_xi_get_property_reply_t head;
    uint8_t item;
    ds_span_take(&s, &head, sizeof(head));
    ds_span_take(&s, &item, sizeof(item));
    return !s.is_short && head.num_items == 1 && head.format == 8 && item != 0;
}
