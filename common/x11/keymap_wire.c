/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/keymap_wire.h"

#include "common/base/error.h"
#include "common/x11/span.h"

#include <assert.h>
#include <xcb/xkb.h> /* types and constants only */

/* Sizes and order of the parts: The X Keyboard Extension, appendix D, "KbGetMap". */
static_assert(sizeof(xcb_xkb_get_map_reply_t) == 40, "head");
static_assert(sizeof(xcb_xkb_key_type_t) == 8, "a type");
static_assert(sizeof(xcb_xkb_kt_map_entry_t) == 8, "an entry of a type");
static_assert(sizeof(xcb_xkb_mod_def_t) == 4, "an entry's preserved modifiers");
static_assert(sizeof(xcb_xkb_key_sym_map_t) == 8, "a key, before its symbols");
static_assert(sizeof(xcb_xkb_sa_set_mods_t) == 8, "an action");
static_assert(sizeof(xcb_xkb_set_behavior_t) == 4, "a behaviour");
static_assert(sizeof(xcb_xkb_key_mod_map_t) == 2, "a key of the modifier map");

static void take_types(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *head,
                       struct ds_span *s)
{
    for (unsigned i = 0; i < head->nTypes && !s->is_short; i++) {
        unsigned number = head->firstType + i;
        struct ds_key_type unwanted, *type = &unwanted;
        if (number < DS_KEYMAP_TYPES)
            type = &map->types[number];
        xcb_xkb_key_type_t from;
        ds_span_take(s, &from, sizeof(from));
        type->mask = from.mods_mask;
        type->count = 0;
        for (unsigned n = 0; n < from.nMapEntries && !s->is_short; n++) {
            xcb_xkb_kt_map_entry_t entry;
            ds_span_take(s, &entry, sizeof(entry));
            if (!entry.active || type->count == DS_KEYMAP_ENTRIES)
                continue;
            type->entries[type->count].mods = entry.mods_mask;
            type->entries[type->count++].level = entry.level;
        }
        if (from.hasPreserve)
            ds_span_skip(s, from.nMapEntries * sizeof(xcb_xkb_mod_def_t));
    }
}

static int take_syms(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *head, struct ds_span *s)
{
    int error = DS_OK;
    for (unsigned i = 0; i < head->nKeySyms && !s->is_short && !error; i++) {
        unsigned code = head->firstKeySym + i;
        xcb_xkb_key_sym_map_t from;
        ds_span_take(s, &from, sizeof(from));
        const uint32_t *syms = ds_span_skip(s, from.nSyms * sizeof(*syms));
        struct ds_key key = {
            .groups = from.groupInfo & 0x0f, .wrap = from.groupInfo & 0xf0, .width = from.width};
        if (!syms || key.groups > DS_KEYMAP_GROUPS || from.nSyms < key.groups * key.width)
            key.groups = 0; /* nonsense: the key gives nothing */
        memcpy(key.type, from.kt_index, sizeof(key.type));
        if (code >= map->min && code <= map->max)
            error = ds_keymap_set(map, (uint8_t)code, &key, syms);
        else
            error = DS_EPROTO;
    }
    return error;
}

/* The first action of a key tells whether holding it sets modifiers. */
static void take_actions(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *head,
                         struct ds_span *s)
{
    const uint8_t *counts = ds_span_skip_padded(s, head->nKeyActions);
    unsigned left = head->totalActions;
    for (unsigned i = 0; counts && i < head->nKeyActions; i++) {
        unsigned code = head->firstKeyAction + i;
        for (unsigned n = 0; n < counts[i] && left > 0; n++, left--) {
            xcb_xkb_sa_set_mods_t action; /* as long as every other */
            ds_span_take(s, &action, sizeof(action));
            if (n == 0 && code < DS_KEYMAP_CODES && action.type == XCB_XKB_SA_TYPE_SET_MODS)
                map->keys[code].sets = action.mask;
        }
    }
    ds_span_skip(s, left * sizeof(xcb_xkb_sa_set_mods_t));
}

static void take_modmap(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *head,
                        struct ds_span *s)
{
    for (unsigned i = 0; i < head->totalModMapKeys && !s->is_short; i++) {
        xcb_xkb_key_mod_map_t from;
        ds_span_take(s, &from, sizeof(from));
        map->keys[from.keycode].modmap = from.mods;
    }
    if (head->totalModMapKeys % 2)
        ds_span_skip(s, sizeof(xcb_xkb_key_mod_map_t)); /* up to a multiple of 4 */
}

static unsigned bits(unsigned mask)
{
    unsigned n = 0;
    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

static int take_parts(struct ds_keymap *map, const xcb_xkb_get_map_reply_t *head, struct ds_span *s)
{
    if (head->present & XCB_XKB_MAP_PART_KEY_TYPES)
        take_types(map, head, s);
    if (head->present & XCB_XKB_MAP_PART_KEY_SYMS) {
        int error = take_syms(map, head, s);
        if (error)
            return error;
    }
    if (head->present & XCB_XKB_MAP_PART_KEY_ACTIONS)
        take_actions(map, head, s);
    if (head->present & XCB_XKB_MAP_PART_KEY_BEHAVIORS)
        ds_span_skip(s, head->totalKeyBehaviors * sizeof(xcb_xkb_set_behavior_t));
    if (head->present & XCB_XKB_MAP_PART_VIRTUAL_MODS)
        ds_span_skip_padded(s, bits(head->virtualMods));
    if (head->present & XCB_XKB_MAP_PART_EXPLICIT_COMPONENTS)
        ds_span_skip_padded(s, head->totalKeyExplicit * 2U);
    if (head->present & XCB_XKB_MAP_PART_MODIFIER_MAP)
        take_modmap(map, head, s);
    return s->is_short ? DS_EPROTO : DS_OK;
}

int ds_keymap_decode(struct ds_keymap *out, const void *reply, size_t size)
{
    struct ds_span s = ds_span_of(reply, size);
    xcb_xkb_get_map_reply_t head;
    ds_span_take(&s, &head, sizeof(head));
    if (s.is_short || head.minKeyCode > head.maxKeyCode)
        return DS_EPROTO;
    struct ds_keymap map = {0};
    int error = ds_keymap_init(&map, head.minKeyCode, head.maxKeyCode);
    if (!error)
        error = take_parts(&map, &head, &s);
    if (error)
        ds_keymap_destroy(&map);
    else
        *out = map;
    return error;
}
