/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/palette.h"

#include "common/base/error.h"

#include <string.h>

#define COLOUR_MASK 0x00ffffffu
#define PAIR_MASK 0x00ffffff00ffffffu

static void table_clear(struct ds_palette *t)
{
    t->count = 0;
    memset(t->keys, 0xff, sizeof(t->keys));
}

void ds_palettes_clear(struct ds_palettes *palettes)
{
    for (size_t i = 0; i < DS_PALETTES; i++) {
        table_clear(&palettes->tables[i]);
        palettes->tables[i].used = 0;
    }
    palettes->uses = 0;
    palettes->last = 0;
}

static inline uint32_t place_of(uint32_t colour)
{
    return (colour * 0x9e3779b1u) >> 22;
}
static_assert(DS_PALETTE_HASH == 1u << 10, "place_of gives ten bits");

/* Index of a colour, or -1. */
static inline int find(const struct ds_palette *t, uint32_t colour)
{
    uint32_t i = place_of(colour);
    while (t->keys[i] != colour) {
        if (t->keys[i] == DS_PALETTE_NONE)
            return -1;
        i = (i + 1) % DS_PALETTE_HASH;
    }
    return t->values[i];
}

static void add(struct ds_palette *t, uint32_t colour)
{
    uint32_t i = place_of(colour);
    while (t->keys[i] != DS_PALETTE_NONE)
        i = (i + 1) % DS_PALETTE_HASH;
    t->keys[i] = colour;
    t->values[i] = (uint8_t)t->count;
    t->colours[t->count++] = colour;
}

/* Eight pixels from p all equal to colour (twice in pair)? */
static inline bool run_of_8(const uint32_t *p, uint64_t pair)
{
    uint64_t q[4];
    memcpy(q, p, sizeof(q));
    return (((q[0] ^ pair) | (q[1] ^ pair) | (q[2] ^ pair) | (q[3] ^ pair)) & PAIR_MASK) == 0;
}

bool ds_palette_translate(const struct ds_palette *table, const struct ds_image *image,
                          struct ds_rect rect, uint8_t *out, size_t stride)
{
    uint32_t colour = DS_PALETTE_NONE;
    uint64_t pair = 0;
    uint8_t index = 0;
    for (int32_t y = 0; y < rect.height; y++, out += stride) {
        const uint32_t *p = ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x;
        for (int32_t x = 0; x < rect.width;) {
            if (x + 8 <= rect.width && colour != DS_PALETTE_NONE && run_of_8(p + x, pair)) {
                memset(out + x, index, 8);
                x += 8;
                continue;
            }
            int32_t end = x + 8 < rect.width ? x + 8 : rect.width;
            for (; x < end; x++) {
                uint32_t c = p[x] & COLOUR_MASK;
                if (c != colour) {
                    int found = find(table, c);
                    if (found < 0)
                        return false;
                    colour = c;
                    pair = (uint64_t)c << 32 | c;
                    index = (uint8_t)found;
                }
                out[x] = index;
            }
        }
    }
    return true;
}

void ds_palette_collect(const struct ds_image *image, struct ds_rect rect, struct ds_colours *out)
{
    uint32_t keys[DS_PALETTE_HASH];
    memset(keys, 0xff, sizeof(keys));
    out->count = 0;
    uint32_t colour = DS_PALETTE_NONE;
    for (int32_t y = 0; y < rect.height; y++) {
        const uint32_t *p = ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x;
        for (int32_t x = 0; x < rect.width; x++) {
            uint32_t c = p[x] & COLOUR_MASK;
            if (c == colour)
                continue;
            colour = c;
            uint32_t i = place_of(c);
            while (keys[i] != c && keys[i] != DS_PALETTE_NONE)
                i = (i + 1) % DS_PALETTE_HASH;
            if (keys[i] == c)
                continue;
            keys[i] = c;
            out->colours[out->count++] = c;
            if (out->count > DS_PALETTE_COLOURS)
                return;
        }
    }
}

void ds_palettes_touch(struct ds_palettes *palettes, uint8_t table)
{
    palettes->tables[table].used = ++palettes->uses;
    palettes->last = table;
}

/* Colours that table lacks, written to missing; stops above limit. */
static uint32_t missing_in(const struct ds_palette *t, const struct ds_colours *colours,
                           uint32_t *missing, uint32_t limit)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < colours->count && n <= limit; i++)
        if (find(t, colours->colours[i]) < 0)
            missing[n++] = colours->colours[i];
    return n;
}

/* The table to which the fewest colours must be added; one that shares less than half of them only
 * when no empty one is left. reset: the least recently used has to be given up. */
static uint8_t best_table(const struct ds_palettes *palettes, const struct ds_colours *colours,
                          bool *reset)
{
    uint32_t scratch[DS_PALETTE_COLOURS + 1], fewest = DS_PALETTE_COLOURS + 1;
    int best = -1, empty = -1, oldest = 0;
    for (int i = 0; i < (int)DS_PALETTES; i++) {
        const struct ds_palette *t = &palettes->tables[i];
        if (t->used < palettes->tables[oldest].used)
            oldest = i;
        if (t->count == 0) {
            empty = empty < 0 ? i : empty;
            continue;
        }
        uint32_t limit = fewest > 0 ? fewest - 1 : 0;
        uint32_t n = missing_in(t, colours, scratch, limit);
        if (n < fewest && t->count + n <= DS_PALETTE_COLOURS) {
            fewest = n;
            best = i;
        }
    }
    *reset = false;
    if (best >= 0 && (fewest <= colours->count / 2 || empty < 0))
        return (uint8_t)best;
    if (empty >= 0)
        return (uint8_t)empty;
    *reset = true;
    return (uint8_t)oldest;
}

int ds_palettes_choose(struct ds_palettes *palettes, const struct ds_colours *colours,
                       struct ds_plan *plan, uint8_t *table)
{
    bool reset;
    uint8_t id = best_table(palettes, colours, &reset);
    struct ds_palette *t = &palettes->tables[id];
    if (reset)
        table_clear(t);
    uint32_t missing[DS_PALETTE_COLOURS + 1];
    uint32_t n = missing_in(t, colours, missing, DS_PALETTE_COLOURS);
    if (n > 0) {
        int error = ds_plan_add_palette(plan, id, reset, missing, n);
        if (error)
            return error;
    }
    for (uint32_t i = 0; i < n; i++)
        add(t, missing[i]);
    ds_palettes_touch(palettes, id);
    *table = id;
    return 0;
}
