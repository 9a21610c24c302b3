/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where stretches of pixels stand in a picture, by hash; open addressing in caller's memory. */
#ifndef DS_SCREEN_MOTION_TABLE_H
#define DS_SCREEN_MOTION_TABLE_H

#include "common/wire/limits.h"

#include <assert.h>
#include <stdint.h>

#define DS_MOTION_TABLE_BITS 17  /* entries of the whole table */
#define DS_MOTION_FILTER_BITS 19 /* bits of the filter before it: 64 KiB */
#define DS_MOTION_FREE 0xffffu   /* y of an entry that is free */
#define DS_MOTION_TWICE 0xfffeu  /* x of a stretch that stands in several places */
static_assert(DS_SCREEN_SIDE_MAX < DS_MOTION_TWICE, "places fit 16 bits");

struct ds_motion_place {
    uint32_t hash;
    uint16_t x, y;
};

/* The smallest table (log2 of entries) with at least n entries, at most the whole. */
static inline uint32_t ds_motion_bits(uint32_t n)
{
    uint32_t bits = 6;
    while (bits < DS_MOTION_TABLE_BITS && 1u << bits < n)
        bits++;
    return bits;
}

/* The entry with this hash, or the free one where it belongs. The table is never full. */
static inline struct ds_motion_place *ds_motion_find(struct ds_motion_place *table, uint32_t bits,
                                                     uint32_t hash)
{
    uint32_t i = hash >> (32 - bits);
    while (table[i].y != DS_MOTION_FREE && table[i].hash != hash)
        i = (i + 1) & ((1u << bits) - 1);
    return &table[i];
}

#endif
