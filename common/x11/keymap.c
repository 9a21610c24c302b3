/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/keymap.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/x11/keysym.h"

#include <stdlib.h>
#include <string.h>

/* Taking these away would turn a shortcut into another one. Mod1 is Alt and Mod4 is Super on every
 * layout of xkeyboard-config. */
#define SHORTCUTS (DS_MOD_CONTROL | 0x08 | 0x40)

int ds_keymap_init(struct ds_keymap *map, uint8_t min, uint8_t max)
{
    *map = (struct ds_keymap){.min = min, .max = max};
    map->types = ds_alloc_array(DS_KEYMAP_TYPES, sizeof(*map->types));
    return map->types ? DS_OK : DS_ENOMEM;
}

void ds_keymap_destroy(struct ds_keymap *map)
{
    free(map->types);
    free(map->syms);
    *map = (struct ds_keymap){0};
}

int ds_keymap_set(struct ds_keymap *map, uint8_t code, const struct ds_key *key,
                  const uint32_t *syms)
{
    size_t need = (size_t)key->groups * key->width;
    if (code < map->min || code > map->max || key->groups > DS_KEYMAP_GROUPS)
        return DS_EINVAL;
    struct ds_key *old = &map->keys[code];
    size_t first = old->first;
    if ((size_t)old->groups * old->width < need) {
        if (map->sym_count + need > DS_KEYMAP_SYMS)
            return DS_ELIMIT;
        uint32_t *grown = ds_realloc_array(map->syms, map->sym_count + need, sizeof(*grown));
        if (!grown)
            return DS_ENOMEM;
        map->syms = grown;
        first = map->sym_count;
        map->sym_count += need;
    }
    *old = *key;
    old->first = (uint32_t)first;
    if (need > 0)
        memcpy(map->syms + first, syms, need * sizeof(*syms));
    return DS_OK;
}

uint8_t ds_keymap_group(const struct ds_key *key, uint8_t group)
{
    if (group < key->groups || key->groups == 0)
        return group;
    switch (key->wrap & 0xc0) { /* XKB protocol, "group_info" */
    case 0x40:
        return (uint8_t)(key->groups - 1);
    case 0x80: {
        uint8_t fixed = (key->wrap >> 4) & 3;
        return fixed < key->groups ? fixed : 0;
    }
    default:
        return group % key->groups;
    }
}

static uint8_t level_of(const struct ds_key_type *type, uint8_t mods)
{
    for (uint8_t i = 0; i < type->count; i++)
        if (type->entries[i].mods == (mods & type->mask))
            return type->entries[i].level;
    return 0;
}

static uint32_t sym_at(const struct ds_keymap *map, const struct ds_key *key, uint8_t group,
                       uint8_t level)
{
    if (group >= key->groups || level >= key->width)
        return 0;
    return map->syms[key->first + (size_t)group * key->width + level];
}

uint32_t ds_keymap_sym(const struct ds_keymap *map, uint8_t code, uint8_t group, uint8_t mods)
{
    const struct ds_key *key = &map->keys[code];
    uint8_t in = ds_keymap_group(key, group);
    if (in >= key->groups)
        return 0;
    return sym_at(map, key, in, level_of(&map->types[key->type[in]], mods));
}

/* How disturbing a change of modifiers is. Taking Lock away for a moment is nothing, setting it is
 * the last resort. Other locks (NumLock) come before Shift, which serves the keypad; Shift before
 * those that another key has to hold (AltGr). */
static unsigned cost_of(uint8_t from, uint8_t to, uint8_t holdable)
{
    uint8_t change = from ^ to;
    unsigned cost = 0;
    for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
        if (!(change & bit))
            continue;
        if (bit == DS_MOD_LOCK)
            cost += to & bit ? 6 : 1;
        else if (bit == DS_MOD_SHIFT)
            cost += 4;
        else
            cost += holdable & bit ? 5 : 3;
    }
    return cost;
}

struct search {
    const struct ds_keymap *map;
    uint8_t group, mods; /* as they are */
    uint8_t holdable;    /* modifiers that some key holds */
    bool function;       /* not a character: pressed with whatever is held */
    bool cased;          /* may be a letter, so programs capitalise it under Lock */
    unsigned best;       /* cost of out; UINT32_MAX: none yet */
    struct ds_key_choice out;
};

static void offer(struct search *s, uint8_t code, uint8_t group, uint8_t mods, unsigned extra)
{
    uint8_t lost = (uint8_t)(s->mods & ~mods);
    if (lost & SHORTCUTS)
        return;
    unsigned cost = extra + cost_of(s->mods, mods, s->holdable);
    if (cost < s->best) {
        s->best = cost;
        s->out = (struct ds_key_choice){code, group, mods};
    }
}

/* Every way to reach a level of a key's group. */
static void offer_level(struct search *s, uint8_t code, uint8_t in, uint8_t level, unsigned extra)
{
    const struct ds_key *key = &s->map->keys[code];
    const struct ds_key_type *type = &s->map->types[key->type[in]];
    /* A key that already is in its group stays in the keyboard's. */
    uint8_t group = ds_keymap_group(key, s->group) == in ? s->group : in;
    extra += group == s->group ? 0 : 8;
    uint8_t base = s->mods;
    if (s->cased || (!s->function && (type->mask & DS_MOD_LOCK)))
        base &= (uint8_t)~DS_MOD_LOCK;
    uint8_t outside = (uint8_t)(base & ~type->mask);
    if (level_of(type, base) == level)
        offer(s, code, group, base, extra);
    /* Shift and the shortcut modifiers may choose another level of a function key (Tab, F1); it is
     * pressed all the same, as the hand would press it. */
    else if (s->function && level_of(type, (uint8_t)(base & ~(SHORTCUTS | DS_MOD_SHIFT))) == level)
        offer(s, code, group, base, extra + 2);
    for (uint8_t i = 0; i < type->count; i++)
        if (type->entries[i].level == level)
            offer(s, code, group, outside | type->entries[i].mods, extra);
    if (level == 0 && level_of(type, 0) == 0)
        offer(s, code, group, outside, extra);
}

static void search_key(struct search *s, uint8_t code, uint32_t keysym)
{
    const struct ds_key *key = &s->map->keys[code];
    for (uint8_t in = 0; in < key->groups; in++)
        for (uint8_t level = 0; level < key->width; level++) {
            uint32_t sym = sym_at(s->map, key, in, level);
            if (sym != 0 && ds_keysym_is_same(sym, keysym))
                /* another spelling of the same character is the second choice */
                offer_level(s, code, in, level, sym == keysym ? 0 : 1);
        }
}

/* Digits and punctuation of ASCII are the same under Lock; for others no table is kept. */
static bool is_cased(uint32_t keysym)
{
    uint32_t character = ds_keysym_to_char(keysym);
    if (character >= 0x80)
        return true;
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

int ds_keymap_find(const struct ds_keymap *map, uint32_t keysym, uint8_t group, uint8_t mods,
                   struct ds_key_choice *out)
{
    if (keysym == 0)
        return DS_ENOTFOUND;
    struct search s = {.map = map,
                       .group = group,
                       .mods = mods,
                       .function = ds_keysym_is_function(keysym) || ds_keysym_is_modifier(keysym),
                       .cased = is_cased(keysym),
                       .best = UINT32_MAX};
    for (unsigned code = map->min; code <= map->max; code++)
        s.holdable |= map->keys[code].sets;
    for (unsigned code = map->min; code <= map->max; code++)
        search_key(&s, (uint8_t)code, keysym);
    if (s.best == UINT32_MAX)
        return DS_ENOTFOUND;
    *out = s.out;
    return DS_OK;
}

uint8_t ds_keymap_modifier(const struct ds_keymap *map, uint8_t mod)
{
    uint8_t found = 0;
    for (unsigned code = map->min; code <= map->max; code++) {
        const struct ds_key *key = &map->keys[code];
        if (key->sets != mod)
            continue;
        if (key->modmap == mod)
            return (uint8_t)code;
        found = found ? found : (uint8_t)code;
    }
    return found;
}

bool ds_keymap_is_spare(const struct ds_keymap *map, uint8_t code)
{
    const struct ds_key *key = &map->keys[code];
    if (code < map->min || code > map->max || key->modmap || key->sets)
        return false;
    for (size_t i = 0; i < (size_t)key->groups * key->width; i++)
        if (map->syms[key->first + i] != 0)
            return false;
    return true;
}
