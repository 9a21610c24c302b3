/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the display's modifiers and group what one key press needs, and puts them back. Modifiers
 * that a key can hold are pressed and released like a hand would, for programs that watch keys
 * rather than state (virtual machines); locks and groups are set by XKB, for pressing CapsLock
 * would be seen. */
#ifndef AGENT_INJECT_MODIFIERS_H
#define AGENT_INJECT_MODIFIERS_H

#include "common/x11/keymap.h"

#include <xcb/xcb.h>

/* Effective state of the display's keyboard. */
struct agent_modifiers {
    uint8_t mods;   /* effective */
    uint8_t locked; /* of them, by locks */
    uint8_t latched;
    uint8_t group; /* effective */
    uint8_t locked_group;
};

/* Keys that the injector holds down, by code. */
struct agent_held {
    bool down[DS_KEYMAP_CODES];
};

#define AGENT_MODIFIER_KEYS 16

/* What was changed for one press. */
struct agent_modifiers_change {
    uint8_t pressed[AGENT_MODIFIER_KEYS], released[AGENT_MODIFIER_KEYS];
    unsigned pressed_count, released_count;
    uint8_t lock_mask, lock_before; /* locks touched, and what they were */
    bool group_changed;
    uint8_t group_before;
};

/* Waits for the display. DS_EIO. */
int agent_modifiers_read(xcb_connection_t *conn, struct agent_modifiers *out);

/* Requests only: nothing is waited for. */
void agent_modifiers_set(xcb_connection_t *conn, const struct ds_keymap *map,
                         const struct agent_held *held, const struct agent_modifiers *now,
                         const struct ds_key_choice *wanted, struct agent_modifiers_change *change);
void agent_modifiers_restore(xcb_connection_t *conn, const struct agent_modifiers_change *change);

/* A key of the XTEST keyboard goes down or up. */
void agent_modifiers_key(xcb_connection_t *conn, uint8_t code, bool down);

#endif
