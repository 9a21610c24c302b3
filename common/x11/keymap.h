/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyboard layout as XKB describes it: which keysym a key gives in which group and under which
 * modifiers, and the other way round. Plain data and no I/O; keymap_read.h fills it from a display.
 *
 * Modifiers are the eight real ones as a mask: Shift 1, Lock 2, Control 4, Mod1..Mod5 8..128. */
#ifndef DS_X11_KEYMAP_H
#define DS_X11_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_MOD_SHIFT 0x01
#define DS_MOD_LOCK 0x02
#define DS_MOD_CONTROL 0x04

#define DS_KEYMAP_CODES 256
#define DS_KEYMAP_GROUPS 4   /* XKB's bound */
#define DS_KEYMAP_TYPES 256  /* XKB numbers them with one byte */
#define DS_KEYMAP_ENTRIES 64 /* of one type kept; the largest of xkeyboard-config has 28 */
#define DS_KEYMAP_SYMS 65536 /* of a whole layout */

/* Which modifiers choose among the levels of a key. */
struct ds_key_type {
    uint8_t mask; /* the modifiers that count */
    uint8_t count;
    struct {
        uint8_t mods, level; /* exactly mods of mask: this level; no entry: level 0 */
    } entries[DS_KEYMAP_ENTRIES];
};

struct ds_key {
    uint8_t groups; /* 0..4; 0: the key gives nothing */
    uint8_t wrap;   /* group_info of XKB: what a group beyond groups becomes */
    uint8_t width;  /* levels kept for each group */
    uint8_t type[DS_KEYMAP_GROUPS];
    uint8_t modmap; /* real modifiers of the core modifier map */
    uint8_t sets;   /* real modifiers that holding it sets; locks and latches set none */
    uint32_t first; /* syms[first + group * width + level] */
};

struct ds_keymap {
    uint8_t min, max;          /* keycodes */
    struct ds_key_type *types; /* owned, DS_KEYMAP_TYPES */
    struct ds_key keys[DS_KEYMAP_CODES];
    uint32_t *syms; /* owned */
    size_t sym_count;
};

/* Empty layout of keycodes min..max. DS_ENOMEM. */
int ds_keymap_init(struct ds_keymap *map, uint8_t min, uint8_t max);
/* Accepts a zeroed struct. */
void ds_keymap_destroy(struct ds_keymap *map);

/* syms: groups * width keysyms, copied; 0 is no symbol. Replaces what the key gave. DS_EINVAL: code
 * or counts out of range; DS_ELIMIT, DS_ENOMEM. */
int ds_keymap_set(struct ds_keymap *map, uint8_t code, const struct ds_key *key,
                  const uint32_t *syms);

/* The group a key is in when the keyboard is in that group. */
uint8_t ds_keymap_group(const struct ds_key *key, uint8_t group);

/* What the key gives; 0: nothing. */
uint32_t ds_keymap_sym(const struct ds_keymap *map, uint8_t code, uint8_t group, uint8_t mods);

/* What has to be so that a key gives a keysym. */
struct ds_key_choice {
    uint8_t code;
    uint8_t group; /* the keyboard has to be in this one */
    uint8_t mods;  /* and exactly these modifiers effective */
};

/* The key for a keysym that changes least of what is (group, effective modifiers). Control, Mod1
 * and Mod4 are shortcuts: they are never taken away, and Lock never capitalises. DS_ENOTFOUND: no
 * key gives it. */
int ds_keymap_find(const struct ds_keymap *map, uint32_t keysym, uint8_t group, uint8_t mods,
                   struct ds_key_choice *out);

/* A key that sets exactly one of these modifiers while it is held, or 0. Prefers the one that is in
 * the core modifier map. */
uint8_t ds_keymap_modifier(const struct ds_keymap *map, uint8_t mod);

/* True: no group gives anything and no modifier is on it, so it can be borrowed. */
bool ds_keymap_is_spare(const struct ds_keymap *map, uint8_t code);

#endif
