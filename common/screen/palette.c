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

static void owners_clear(struct ds_palette_owners *o)
{
    memset(o->keys, 0xff, sizeof(o->keys));
    o->count = 0;
}

void ds_palettes_clear(struct ds_palettes *palettes)
{
    owners_clear(&palettes->owners);
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

void ds_palette_collect(const struct ds_image *image, struct ds_rect rect, uint32_t most,
                        struct ds_colours *out)
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
            if (out->count > most)
                return;
        }
    }
}

void ds_palettes_touch(struct ds_palettes *palettes, uint8_t table)
{
    palettes->tables[table].used = ++palettes->uses;
    palettes->last = table;
}

/* The entry of a colour, or the free one where it belongs. */
static inline uint32_t owners_place(const struct ds_palette_owners *o, uint32_t colour)
{
    uint32_t i = (colour * 0x9e3779b1u) >> 18;
    while (o->keys[i] != colour && o->keys[i] != DS_PALETTE_NONE)
        i = (i + 1) % DS_PALETTE_OWNERS;
    return i;
}
static_assert(DS_PALETTE_OWNERS == 1u << 14, "owners_place gives fourteen bits");

static void owners_add(struct ds_palette_owners *o, uint32_t colour, uint8_t table)
{
    uint32_t i = owners_place(o, colour);
    if (o->keys[i] == DS_PALETTE_NONE) {
        o->keys[i] = colour;
        o->tables[i] = 0;
        o->count++;
    }
    o->tables[i] |= 1u << table;
}

/* Empties a table. */
static void give_up(struct ds_palettes *p, uint8_t id)
{
    struct ds_palette *t = &p->tables[id];
    for (uint32_t i = 0; i < t->count; i++)
        p->owners.tables[owners_place(&p->owners, t->colours[i])] &= ~(1u << id);
    table_clear(t);
    if (p->owners.count < DS_PALETTE_OWNERS / 2)
        return;
    owners_clear(&p->owners); /* without colours of no table */
    for (uint8_t k = 0; k < DS_PALETTES; k++)
        for (uint32_t i = 0; i < p->tables[k].count; i++)
            owners_add(&p->owners, p->tables[k].colours[i], k);
}

/* How many of the colours each table has. */
DS_HOT
static void count_held(const struct ds_palette_owners *o, const struct ds_colours *colours,
                       uint32_t held[DS_PALETTES])
{
    memset(held, 0, DS_PALETTES * sizeof(*held));
    for (uint32_t i = 0; i < colours->count; i++) {
        uint32_t place = owners_place(o, colours->colours[i]);
        uint32_t tables = o->keys[place] == DS_PALETTE_NONE ? 0 : o->tables[place];
        for (uint32_t t = 0; t < DS_PALETTES; t++)
            held[t] += tables >> t & 1;
    }
}

/* The table to which the fewest colours must be added; one that shares less than half of them only
 * when no empty one is left. reset: the least recently used has to be given up. */
static uint8_t best_table(const struct ds_palettes *palettes, const struct ds_colours *colours,
                          bool *reset)
{
    uint32_t held[DS_PALETTES], fewest = DS_PALETTE_COLOURS + 1;
    int best = -1, empty = -1, oldest = 0;
    count_held(&palettes->owners, colours, held);
    for (int i = 0; i < (int)DS_PALETTES; i++) {
        const struct ds_palette *t = &palettes->tables[i];
        uint32_t n = colours->count - held[i];
        if (t->used < palettes->tables[oldest].used)
            oldest = i;
        if (t->count == 0) {
            empty = empty < 0 ? i : empty;
        } else if (n < fewest && t->count + n <= DS_PALETTE_COLOURS) {
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

/* Colours that table lacks, written to missing. */
static uint32_t missing_in(const struct ds_palette *t, const struct ds_colours *colours,
                           uint32_t missing[DS_PALETTE_COLOURS])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < colours->count; i++)
        if (find(t, colours->colours[i]) < 0)
            missing[n++] = colours->colours[i];
    return n;
}

int ds_palettes_choose(struct ds_palettes *palettes, const struct ds_colours *colours,
                       struct ds_plan *plan, uint8_t *table)
{
    bool reset;
    uint8_t id = best_table(palettes, colours, &reset);
    struct ds_palette *t = &palettes->tables[id];
    if (reset)
        give_up(palettes, id);
    uint32_t missing[DS_PALETTE_COLOURS];
    uint32_t n = missing_in(t, colours, missing);
    if (n > 0) {
        int error = ds_plan_add_palette(plan, id, reset, missing, n);
        if (error)
            return error;
    }
    for (uint32_t i = 0; i < n; i++) {
        add(t, missing[i]);
        owners_add(&palettes->owners, missing[i], id);
    }
    ds_palettes_touch(palettes, id);
    *table = id;
    return 0;
}
