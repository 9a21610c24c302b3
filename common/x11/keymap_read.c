/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/keymap_read.h"

#include "common/base/error.h"
#include "common/x11/keymap_wire.h"
#include "common/x11/xkb.h"

#include <stdlib.h>

#define PARTS                                                                                      \
    (XCB_XKB_MAP_PART_KEY_TYPES | XCB_XKB_MAP_PART_KEY_SYMS | XCB_XKB_MAP_PART_MODIFIER_MAP |      \
     XCB_XKB_MAP_PART_KEY_ACTIONS)

int ds_keymap_use(xcb_connection_t *conn)
{
    if (!ds_xkb_use(conn))
        return DS_EUNSUPPORTED;
    ds_xkb_select(conn, DS_KEYBOARD_CORE,
                  XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY, PARTS);
    return DS_OK;
}

bool ds_keymap_is_change(xcb_connection_t *conn, const xcb_generic_event_t *event, uint8_t *code)
{
    const xcb_query_extension_reply_t *data = xcb_get_extension_data(conn, &ds_xkb_id);
    if (!data || !data->present || (event->response_type & 0x7f) != data->first_event)
        return false;
    const xcb_xkb_map_notify_event_t *map = (const xcb_xkb_map_notify_event_t *)event;
    *code = 0;
    if (map->xkbType == XCB_XKB_MAP_NOTIFY && map->nKeySyms == 1)
        *code = map->firstKeySym;
    return map->xkbType == XCB_XKB_MAP_NOTIFY || map->xkbType == XCB_XKB_NEW_KEYBOARD_NOTIFY;
}

int ds_keymap_read(struct ds_keymap *out, xcb_connection_t *conn, uint16_t device)
{
    size_t size;
    void *reply = ds_xkb_get_map(conn, device, PARTS, &size);
    int error = reply ? ds_keymap_decode(out, reply, size) : DS_EIO;
    free(reply);
    return error;
}
