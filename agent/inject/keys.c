/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/keys.h"

#include "common/base/error.h"
#include "common/x11/keymap_read.h"
#include "common/x11/keysym.h"
#include "common/x11/xkb.h"
#include "common/x11/xtest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the layout ---- */

static int read_map(struct agent_keys *keys)
{
    struct ds_keymap map = {0};
    int error = ds_keymap_read(&map, keys->display->conn, keys->device);
    if (error && keys->device != DS_KEYBOARD_CORE)
        error = ds_keymap_read(&map, keys->display->conn, DS_KEYBOARD_CORE);
    if (error)
        return error;
    ds_keymap_destroy(&keys->map);
    keys->map = map;
    keys->stale = false;
    ds_spare_review(&keys->spare, &keys->map);
    return DS_OK;
}

int agent_keys_init(struct agent_keys *keys, struct ds_display *display,
                    struct agent_traces *traces, char *message, size_t size)
{
    struct ds_xtest xtest = {.keyboard = 0};
    *keys = (struct agent_keys){.display = display, .traces = traces};
    snprintf(message, size, "The keyboard of this screen cannot be used from here.");
    int error = ds_keymap_use(display->conn);
    if (error)
        return error;
    if (ds_xtest_use(display) == DS_OK)
        ds_xtest_read(display, &xtest);
    keys->device = xtest.keyboard ? xtest.keyboard : DS_KEYBOARD_CORE;
    return read_map(keys);
}

bool agent_keys_handle(struct agent_keys *keys, const xcb_generic_event_t *event)
{
    uint8_t code = 0;
    if (!ds_keymap_is_change(keys->display->conn, event, &code))
        return false;
    bool is_ours = code != 0 && event->sequence == keys->own_change[code];
    keys->stale = keys->stale || !is_ours;
    return true;
}

/* ---- sending ---- */

/* What is held and lent from now on is what the traces say; until here they say more. */
static void flush(struct agent_keys *keys)
{
    struct agent_traces *traces = keys->traces;
    static_assert(sizeof(traces->keys) == sizeof(keys->held.down), "the same keys");
    xcb_flush(keys->display->conn);
    memcpy(traces->keys, keys->held.down, sizeof(traces->keys));
    traces->is_quiet = keys->quiet;
    memset(traces->lent, 0, sizeof(traces->lent));
    for (size_t i = 0; i < keys->spare.count; i++)
        traces->lent[keys->spare.slots[i].code] = keys->spare.slots[i].keysym;
}

/* ---- spare codes ---- */

/* keysym 0 empties the code. Twice the same keysym: a single lower-case one would get a capital
 * under Shift, and a single capital would become lower case (core protocol, section 5). */
static void change_mapping(struct agent_keys *keys, uint8_t code, uint32_t keysym)
{
    const xcb_keysym_t syms[2] = {keysym, keysym};
    struct ds_key key = {.groups = keysym ? 1 : 0, .width = 1}; /* type 0 has one level */
    keys->own_change[code] =
        (uint16_t)xcb_change_keyboard_mapping(keys->display->conn, 1, code, 2, syms).sequence;
    ds_keymap_set(&keys->map, code, &key, &keysym);
}

static int borrow(struct agent_keys *keys, uint32_t keysym, ds_tick now, ds_tick *again)
{
    uint8_t code = 0;
    int error = ds_spare_take(&keys->spare, keysym, now, &code, again);
    if (error)
        return error;
    if (keys->held.down[code]) { /* held since before: it cannot mean two things */
        agent_modifiers_key(keys->display->conn, code, false);
        keys->held.down[code] = false;
    }
    keys->traces->lent[code] = keysym;
    change_mapping(keys, code, keysym);
    return DS_OK;
}

static void give_back(struct agent_keys *keys, ds_tick since)
{
    uint8_t code;
    while ((code = ds_spare_give_back(&keys->spare, since)) != 0)
        change_mapping(keys, code, 0);
}

void agent_keys_tick(struct agent_keys *keys, ds_tick now)
{
    if (now < DS_SPARE_REST)
        return;
    give_back(keys, now - DS_SPARE_REST);
    flush(keys);
}

/* ---- auto-repeat ---- */

static void set_repeat(struct agent_keys *keys, bool on)
{
    if (keys->device == DS_KEYBOARD_CORE || keys->quiet == !on)
        return; /* never switched off for the customer's keyboard */
    xcb_connection_t *conn = keys->display->conn;
    keys->quiet = !on;
    if (!on) {
        keys->traces->had_repeat = ds_xkb_has_repeat(conn, DS_KEYBOARD_CORE);
        keys->traces->is_quiet = true;
    }
    ds_xkb_set_repeat(conn, keys->device, on);
    if (on)
        ds_xkb_put_repeat(conn, keys->traces->had_repeat);
}

/* ---- pressing ---- */

static int find(struct agent_keys *keys, uint32_t keysym, const struct agent_modifiers *state,
                ds_tick now, ds_tick *again, struct ds_key_choice *choice)
{
    int error = ds_keymap_find(&keys->map, keysym, state->group, state->mods, choice);
    if (error != DS_ENOTFOUND || ds_keysym_is_modifier(keysym) || keysym == 0)
        return error;
    error = borrow(keys, keysym, now, again);
    if (error)
        return error;
    return ds_keymap_find(&keys->map, keysym, state->group, state->mods, choice);
}

static int press(struct agent_keys *keys, uint32_t keysym, ds_tick now, ds_tick *again,
                 uint8_t *code)
{
    xcb_connection_t *conn = keys->display->conn;
    struct agent_modifiers state;
    struct agent_modifiers_change change;
    struct ds_key_choice choice;
    if (keys->stale && read_map(keys))
        return DS_EIO;
    if (agent_modifiers_read(conn, &state))
        return DS_EIO;
    int error = find(keys, keysym, &state, now, again, &choice);
    if (error) {
        keys->missing += error == DS_ENOTFOUND;
        return error;
    }
    set_repeat(keys, false);
    keys->traces->keys[choice.code] = true;
    if (keys->held.down[choice.code])
        agent_modifiers_key(conn, choice.code, false);
    agent_modifiers_set(conn, &keys->map, &keys->held, &state, &choice, &change);
    agent_modifiers_key(conn, choice.code, true);
    agent_modifiers_restore(conn, &change);
    ds_spare_use(&keys->spare, choice.code, now);
    *code = choice.code;
    return DS_OK;
}

int agent_keys_down(struct agent_keys *keys, uint32_t keysym, ds_tick now, ds_tick *again)
{
    uint8_t code = 0;
    int error = press(keys, keysym, now, again, &code);
    if (error)
        return error;
    keys->held.down[code] = true;
    keys->held_sym[code] = keysym;
    flush(keys);
    return DS_OK;
}

int agent_keys_tap(struct agent_keys *keys, uint32_t keysym, ds_tick now, ds_tick *again)
{
    uint8_t code = 0;
    int error = press(keys, keysym, now, again, &code);
    if (error)
        return error;
    agent_modifiers_key(keys->display->conn, code, false);
    keys->held.down[code] = false;
    flush(keys);
    return DS_OK;
}

static bool gives(const struct ds_keymap *map, uint8_t code, uint32_t keysym)
{
    const struct ds_key *key = &map->keys[code];
    for (size_t i = 0; i < (size_t)key->groups * key->width; i++)
        if (ds_keysym_is_same(map->syms[key->first + i], keysym))
            return true;
    return false;
}

void agent_keys_up(struct agent_keys *keys, uint32_t keysym)
{
    unsigned found = 0;
    for (unsigned code = 1; code < DS_KEYMAP_CODES && !found; code++)
        if (keys->held.down[code] && keys->held_sym[code] == keysym)
            found = code;
    /* Shift may have changed in between: down as "A", up as "a". */
    for (unsigned code = 1; code < DS_KEYMAP_CODES && !found; code++)
        if (keys->held.down[code] && gives(&keys->map, (uint8_t)code, keysym))
            found = code;
    if (!found)
        return;
    keys->held.down[found] = false;
    agent_modifiers_key(keys->display->conn, (uint8_t)found, false);
    flush(keys);
}

void agent_keys_release(struct agent_keys *keys)
{
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        if (keys->held.down[code]) {
            keys->held.down[code] = false;
            agent_modifiers_key(keys->display->conn, (uint8_t)code, false);
        }
    flush(keys);
}

void agent_keys_destroy(struct agent_keys *keys)
{
    if (!keys->display)
        return;
    if (!ds_display_is_gone(keys->display)) {
        agent_keys_release(keys);
        give_back(keys, UINT64_MAX);
        set_repeat(keys, true);
        flush(keys);
    }
    ds_keymap_destroy(&keys->map);
    *keys = (struct agent_keys){0};
}
