/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/spare.h"

#include "common/base/error.h"

static bool is_lent(const struct ds_spare_slot *slot, const struct ds_keymap *map)
{
    return slot->keysym != 0 && ds_keymap_sym(map, slot->code, 0, 0) == slot->keysym;
}

static const struct ds_spare_slot *slot_of(const struct ds_spare *spare, unsigned code)
{
    for (size_t i = 0; i < spare->count; i++)
        if (spare->slots[i].code == code)
            return &spare->slots[i];
    return NULL;
}

void ds_spare_review(struct ds_spare *spare, const struct ds_keymap *map)
{
    struct ds_spare old = *spare;
    spare->count = 0;
    /* From the top: high codes are no key of common keyboards. */
    for (unsigned code = map->max; code >= map->min && spare->count < DS_SPARE_MAX; code--) {
        const struct ds_spare_slot *before = slot_of(&old, code);
        if (before && is_lent(before, map))
            spare->slots[spare->count++] = *before;
        else if (ds_keymap_is_spare(map, (uint8_t)code))
            spare->slots[spare->count++] = (struct ds_spare_slot){.code = (uint8_t)code};
        if (code == 0)
            break;
    }
}

void ds_spare_use(struct ds_spare *spare, uint8_t code, ds_tick now)
{
    for (size_t i = 0; i < spare->count; i++)
        if (spare->slots[i].code == code && spare->slots[i].keysym != 0)
            spare->slots[i].used = now;
}

int ds_spare_take(struct ds_spare *spare, uint32_t keysym, ds_tick now, uint8_t *code,
                  ds_tick *again)
{
    struct ds_spare_slot *best = NULL;
    for (size_t i = 0; i < spare->count; i++) {
        struct ds_spare_slot *slot = &spare->slots[i];
        if (!best || slot->used < best->used)
            best = slot;
    }
    if (!best)
        return DS_ENOTFOUND;
    /* A code given back lately counts as well: its last key press may still be unread. */
    if (best->used != 0 && now - best->used < DS_SPARE_KEEP) {
        *again = best->used + DS_SPARE_KEEP;
        return DS_EAGAIN;
    }
    best->keysym = keysym;
    best->used = now;
    *code = best->code;
    return DS_OK;
}

uint8_t ds_spare_give_back(struct ds_spare *spare, ds_tick since)
{
    for (size_t i = 0; i < spare->count; i++)
        if (spare->slots[i].keysym != 0 && spare->slots[i].used <= since) {
            spare->slots[i].keysym = 0;
            return spare->slots[i].code;
        }
    return 0;
}

ds_tick ds_spare_deadline(const struct ds_spare *spare)
{
    ds_tick first = 0;
    for (size_t i = 0; i < spare->count; i++) {
        ds_tick rested = spare->slots[i].used + DS_SPARE_REST;
        if (spare->slots[i].keysym != 0 && (first == 0 || rested < first))
            first = rested;
    }
    return first;
}
