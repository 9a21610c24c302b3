/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/keymap_read.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xkb.h>

#define PARTS                                                                                      \
    (XCB_XKB_MAP_PART_KEY_TYPES | XCB_XKB_MAP_PART_KEY_SYMS | XCB_XKB_MAP_PART_MODIFIER_MAP |      \
     XCB_XKB_MAP_PART_KEY_ACTIONS)

int ds_keymap_use(xcb_connection_t *conn)
{
    const xcb_query_extension_reply_t *data = xcb_get_extension_data(conn, &xcb_xkb_id);
    if (!data || !data->present)
        return DS_EUNSUPPORTED;
    xcb_xkb_use_extension_reply_t *reply =
        xcb_xkb_use_extension_reply(conn, xcb_xkb_use_extension(conn, 1, 0), NULL);
    bool supported = reply && reply->supported;
    free(reply);
    if (!supported)
        return DS_EUNSUPPORTED;
    const uint16_t events = XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY;
    xcb_xkb_select_events(conn, DS_KEYBOARD_CORE, events, 0, events, 0, 0, NULL);
    /* For MapNotify the mask of parts is what selects. */
    xcb_xkb_select_events(conn, DS_KEYBOARD_CORE, XCB_XKB_EVENT_TYPE_MAP_NOTIFY, 0,
                          XCB_XKB_EVENT_TYPE_MAP_NOTIFY, PARTS, PARTS, NULL);
    return DS_OK;
}

bool ds_keymap_is_change(xcb_connection_t *conn, const xcb_generic_event_t *event, uint8_t *code)
{
    const xcb_query_extension_reply_t *data = xcb_get_extension_data(conn, &xcb_xkb_id);
    if (!data || !data->present || (event->response_type & 0x7f) != data->first_event)
        return false;
    const xcb_xkb_map_notify_event_t *map = (const xcb_xkb_map_notify_event_t *)event;
    *code = 0;
    if (map->xkbType == XCB_XKB_MAP_NOTIFY && map->nKeySyms == 1)
        *code = map->firstKeySym;
    return map->xkbType == XCB_XKB_MAP_NOTIFY || map->xkbType == XCB_XKB_NEW_KEYBOARD_NOTIFY;
}

static void read_types(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *reply,
                       const xcb_xkb_get_map_map_t *parts)
{
    xcb_xkb_key_type_iterator_t it = xcb_xkb_get_map_map_types_rtrn_iterator(reply, parts);
    for (unsigned n = reply->firstType; it.rem > 0 && n < DS_KEYMAP_TYPES;
         n++, xcb_xkb_key_type_next(&it)) {
        struct ds_key_type *type = &map->types[n];
        type->mask = it.data->mods_mask;
        xcb_xkb_kt_map_entry_iterator_t entry = xcb_xkb_key_type_map_iterator(it.data);
        for (; entry.rem > 0; xcb_xkb_kt_map_entry_next(&entry)) {
            if (!entry.data->active || type->count == DS_KEYMAP_ENTRIES)
                continue;
            type->entries[type->count].mods = entry.data->mods_mask;
            type->entries[type->count++].level = entry.data->level;
        }
    }
}

static int read_syms(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *reply,
                     const xcb_xkb_get_map_map_t *parts)
{
    xcb_xkb_key_sym_map_iterator_t it = xcb_xkb_get_map_map_syms_rtrn_iterator(reply, parts);
    int error = DS_OK;
    for (unsigned code = reply->firstKeySym; it.rem > 0 && code < DS_KEYMAP_CODES && !error;
         code++, xcb_xkb_key_sym_map_next(&it)) {
        const xcb_xkb_key_sym_map_t *sym = it.data;
        struct ds_key key = {
            .groups = sym->groupInfo & 0x0f, .wrap = sym->groupInfo & 0xf0, .width = sym->width};
        if (key.groups > DS_KEYMAP_GROUPS ||
            xcb_xkb_key_sym_map_syms_length(sym) < key.groups * key.width)
            key.groups = 0; /* nonsense: the key gives nothing */
        memcpy(key.type, sym->kt_index, sizeof(key.type));
        error = ds_keymap_set(map, (uint8_t)code, &key, xcb_xkb_key_sym_map_syms(sym));
    }
    return error;
}

static void read_modmap(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *reply,
                        const xcb_xkb_get_map_map_t *parts)
{
    xcb_xkb_key_mod_map_iterator_t it = xcb_xkb_get_map_map_modmap_rtrn_iterator(reply, parts);
    for (; it.rem > 0; xcb_xkb_key_mod_map_next(&it))
        map->keys[it.data->keycode].modmap = it.data->mods;
}

/* The first action of a key tells whether holding it sets modifiers. */
static void read_actions(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *reply,
                         const xcb_xkb_get_map_map_t *parts)
{
    const uint8_t *counts = xcb_xkb_get_map_map_acts_rtrn_count(parts);
    int codes = xcb_xkb_get_map_map_acts_rtrn_count_length(reply, parts);
    xcb_xkb_action_iterator_t it = xcb_xkb_get_map_map_acts_rtrn_acts_iterator(reply, parts);
    for (int i = 0; i < codes; i++) {
        unsigned code = reply->firstKeyAction + (unsigned)i;
        for (uint8_t n = 0; n < counts[i] && it.rem > 0; n++, xcb_xkb_action_next(&it))
            if (n == 0 && code < DS_KEYMAP_CODES && it.data->type == XCB_XKB_SA_TYPE_SET_MODS)
                map->keys[code].sets = it.data->setmods.mask;
    }
}

int ds_keymap_read(struct ds_keymap *out, xcb_connection_t *conn, uint16_t device)
{
    struct ds_keymap map = {0};
    xcb_xkb_get_map_reply_t *reply = xcb_xkb_get_map_reply(
        conn, xcb_xkb_get_map(conn, device, PARTS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        NULL);
    if (!reply)
        return DS_EIO;
    xcb_xkb_get_map_map_t parts;
    memset(&parts, 0, sizeof(parts));
    xcb_xkb_get_map_map_unpack(xcb_xkb_get_map_map(reply), reply->nTypes, reply->nKeySyms,
                               reply->nKeyActions, reply->totalActions, reply->totalKeyBehaviors,
                               reply->virtualMods, reply->totalKeyExplicit, reply->totalModMapKeys,
                               reply->totalVModMapKeys, reply->present, &parts);
    int error = ds_keymap_init(&map, reply->minKeyCode, reply->maxKeyCode);
    if (!error) {
        read_types(&map, reply, &parts);
        error = read_syms(&map, reply, &parts);
    }
    if (!error) {
        if (reply->present & XCB_XKB_MAP_PART_MODIFIER_MAP)
            read_modmap(&map, reply, &parts);
        if (reply->present & XCB_XKB_MAP_PART_KEY_ACTIONS)
            read_actions(&map, reply, &parts);
    }
    free(reply);
    if (error)
        ds_keymap_destroy(&map);
    else
        *out = map;
    return error;
}
