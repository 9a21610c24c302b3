/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/xkb.h"

#include "common/x11/request.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

/* The sizes of the protocol's encoding (The X Keyboard Extension, appendix D). */
static_assert(sizeof(xcb_xkb_use_extension_request_t) == 8, "UseExtension");
static_assert(sizeof(xcb_xkb_select_events_request_t) == 16, "SelectEvents without details");
static_assert(sizeof(xcb_xkb_get_state_request_t) == 8, "GetState");
static_assert(sizeof(xcb_xkb_latch_lock_state_request_t) == 16, "LatchLockState");
static_assert(sizeof(xcb_xkb_set_controls_request_t) == 100, "SetControls");
static_assert(sizeof(xcb_xkb_get_controls_request_t) == 8, "GetControls");
static_assert(sizeof(xcb_xkb_get_map_request_t) == 28, "GetMap");
static_assert(sizeof(xcb_xkb_per_client_flags_request_t) == 28, "PerClientFlags");

xcb_extension_t ds_xkb_id = {.name = "XKEYBOARD"};

static struct ds_request xkb(uint8_t opcode)
{
    return (struct ds_request){&ds_xkb_id, opcode};
}

bool ds_xkb_use(xcb_connection_t *conn)
{
    xcb_xkb_use_extension_request_t ask = {.wantedMajor = 1, .wantedMinor = 0};
    size_t got;
    xcb_xkb_use_extension_reply_t *reply =
        ds_request_ask(conn, xkb(XCB_XKB_USE_EXTENSION), &ask, sizeof(ask), &got);
    bool supported = reply && reply->supported;
    free(reply);
    return supported;
}

void ds_xkb_select(xcb_connection_t *conn, uint16_t device, uint16_t events, uint16_t parts)
{
    /* All of each kind: no details follow. For MapNotify the mask of parts is what selects. */
    xcb_xkb_select_events_request_t ask = {.deviceSpec = device,
                                           .affectWhich = events,
                                           .selectAll = events,
                                           .affectMap = parts,
                                           .map = parts};
    ds_request_send(conn, xkb(XCB_XKB_SELECT_EVENTS), &ask, sizeof(ask));
}

void *ds_xkb_get_map(xcb_connection_t *conn, uint16_t device, uint16_t parts, size_t *got)
{
    xcb_xkb_get_map_request_t ask = {.deviceSpec = device, .full = parts};
    return ds_request_ask(conn, xkb(XCB_XKB_GET_MAP), &ask, sizeof(ask), got);
}

bool ds_xkb_get_state(xcb_connection_t *conn, uint16_t device, xcb_xkb_get_state_reply_t *out)
{
    static_assert(sizeof(*out) == DS_REPLY_HEAD, "whole in the shortest answer");
    xcb_xkb_get_state_request_t ask = {.deviceSpec = device};
    size_t got;
    void *reply = ds_request_ask(conn, xkb(XCB_XKB_GET_STATE), &ask, sizeof(ask), &got);
    if (!reply)
        return false;
    memcpy(out, reply, sizeof(*out));
    free(reply);
    return true;
}

void ds_xkb_lock_mods(xcb_connection_t *conn, uint16_t device, uint8_t mask, uint8_t locks)
{
    xcb_xkb_latch_lock_state_request_t ask = {
        .deviceSpec = device, .affectModLocks = mask, .modLocks = locks};
    ds_request_send(conn, xkb(XCB_XKB_LATCH_LOCK_STATE), &ask, sizeof(ask));
}

void ds_xkb_lock_group(xcb_connection_t *conn, uint16_t device, uint8_t group)
{
    xcb_xkb_latch_lock_state_request_t ask = {
        .deviceSpec = device, .lockGroup = 1, .groupLock = group};
    ds_request_send(conn, xkb(XCB_XKB_LATCH_LOCK_STATE), &ask, sizeof(ask));
}

static void switch_repeat(xcb_connection_t *conn, uint16_t device, bool on)
{
    const uint32_t repeat = XCB_XKB_BOOL_CTRL_REPEAT_KEYS;
    xcb_xkb_set_controls_request_t set = {
        .deviceSpec = device, .affectEnabledControls = repeat, .enabledControls = on ? repeat : 0};
    ds_request_send(conn, xkb(XCB_XKB_SET_CONTROLS), &set, sizeof(set));
}

void ds_xkb_set_repeat(xcb_connection_t *conn, uint16_t device, bool on)
{
    const uint32_t repeat = XCB_XKB_BOOL_CTRL_REPEAT_KEYS;
    const uint32_t reset = XCB_XKB_PER_CLIENT_FLAG_AUTO_RESET_CONTROLS;
    switch_repeat(conn, device, on);
    xcb_xkb_per_client_flags_request_t flags = {.deviceSpec = device,
                                                .change = reset,
                                                .value = on ? 0 : reset,
                                                .ctrlsToChange = repeat,
                                                .autoCtrls = repeat,
                                                .autoCtrlsValues = repeat};
    ds_request_send_unheard(conn, xkb(XCB_XKB_PER_CLIENT_FLAGS), &flags, sizeof(flags));
}

bool ds_xkb_has_repeat(xcb_connection_t *conn, uint16_t device)
{
    xcb_xkb_get_controls_request_t ask = {.deviceSpec = device};
    size_t got;
    xcb_xkb_get_controls_reply_t *reply =
        ds_request_ask(conn, xkb(XCB_XKB_GET_CONTROLS), &ask, sizeof(ask), &got);
    bool has = reply && got >= sizeof(*reply) &&
               (reply->enabledControls & XCB_XKB_BOOL_CTRL_REPEAT_KEYS) != 0;
    free(reply);
    return has;
}

void ds_xkb_put_repeat(xcb_connection_t *conn, bool on)
{
    switch_repeat(conn, XCB_XKB_ID_USE_CORE_KBD, on);
}
