/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/modifiers.h"

#include "common/base/error.h"
#include "common/x11/keymap_read.h"
#include "common/x11/xkb.h"

#include <xcb/xtest.h>

int agent_modifiers_read(xcb_connection_t *conn, struct agent_modifiers *out)
{
    xcb_xkb_get_state_reply_t state;
    if (!ds_xkb_get_state(conn, DS_KEYBOARD_CORE, &state))
        return DS_EIO;
    *out = (struct agent_modifiers){.mods = state.mods,
                                    .locked = state.lockedMods,
                                    .latched = state.latchedMods,
                                    .group = state.group,
                                    .locked_group = state.lockedGroup};
    return DS_OK;
}

void agent_modifiers_key(xcb_connection_t *conn, uint8_t code, bool down)
{
    xcb_test_fake_input(conn, down ? XCB_KEY_PRESS : XCB_KEY_RELEASE, code, XCB_CURRENT_TIME,
                        XCB_NONE, 0, 0, 0);
}

/* Our own keys that hold one of these modifiers go up for a moment. The customer's cannot. */
static void release_held(xcb_connection_t *conn, const struct ds_keymap *map,
                         const struct agent_held *held, uint8_t mods,
                         struct agent_modifiers_change *change)
{
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++) {
        if (!held->down[code] || !(map->keys[code].sets & mods) ||
            change->released_count == AGENT_MODIFIER_KEYS)
            continue;
        change->released[change->released_count++] = (uint8_t)code;
        agent_modifiers_key(conn, (uint8_t)code, false);
    }
}

/* Presses a key for each modifier; those that no key holds become locks. */
static uint8_t press_missing(xcb_connection_t *conn, const struct ds_keymap *map, uint8_t mods,
                             struct agent_modifiers_change *change)
{
    uint8_t locks = 0;
    for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
        if (!(mods & bit))
            continue;
        uint8_t code = ds_keymap_modifier(map, (uint8_t)bit);
        if (code == 0) {
            locks |= (uint8_t)bit;
            continue;
        }
        change->pressed[change->pressed_count++] = code; /* at most 8 */
        agent_modifiers_key(conn, code, true);
    }
    return locks;
}

void agent_modifiers_set(xcb_connection_t *conn, const struct ds_keymap *map,
                         const struct agent_held *held, const struct agent_modifiers *now,
                         const struct ds_key_choice *wanted, struct agent_modifiers_change *change)
{
    *change = (struct agent_modifiers_change){.lock_before = now->locked};
    uint8_t remove = now->mods & (uint8_t)~wanted->mods;
    uint8_t add = wanted->mods & (uint8_t)~now->mods;
    release_held(conn, map, held, remove & (uint8_t) ~(now->locked | now->latched), change);
    uint8_t lock = press_missing(conn, map, add, change);
    change->lock_mask = lock | (remove & now->locked);
    if (change->lock_mask)
        ds_xkb_lock_mods(conn, DS_KEYBOARD_CORE, change->lock_mask, lock);
    if (wanted->group != now->group) {
        change->group_changed = true;
        change->group_before = now->locked_group;
        ds_xkb_lock_group(conn, DS_KEYBOARD_CORE, wanted->group);
    }
}

void agent_modifiers_restore(xcb_connection_t *conn, const struct agent_modifiers_change *change)
{
    if (change->group_changed)
        ds_xkb_lock_group(conn, DS_KEYBOARD_CORE, change->group_before);
    for (unsigned i = change->pressed_count; i > 0; i--)
        agent_modifiers_key(conn, change->pressed[i - 1], false);
    if (change->lock_mask)
        ds_xkb_lock_mods(conn, DS_KEYBOARD_CORE, change->lock_mask,
                         change->lock_before & change->lock_mask);
    for (unsigned i = change->released_count; i > 0; i--)
        agent_modifiers_key(conn, change->released[i - 1], true);
}
