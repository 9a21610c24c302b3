/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/beneath.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/diff.h"

#include <stdlib.h>
#include <string.h>

#define COLOUR_MASK 0x00ffffffu
/* A RESTORE takes some 6 bytes, as many pixels of a photograph as here, or a letter. */
#define AREA_MIN 48
/* One of a single colour has to be larger. */
#define GROUND_MIN (DS_TILE * DS_TILE / 2)
/* Rectangles of one tile that come from one layer: each takes another comparison. */
#define PIECES_MAX 4
/* Of so many rows one is looked at before all are: a strip of fewer rows may be missed. */
#define GLANCE_ROWS 4

static size_t tile_count(uint32_t width, uint32_t height)
{
    return (size_t)ds_tiles_across(width) * ((height + DS_TILE - 1) / DS_TILE);
}

int ds_beneath_init(struct ds_beneath *b, uint32_t width, uint32_t height)
{
    size_t tiles = tile_count(width, height);
    b->newest = ds_alloc_array(tiles, 1);
    bool complete = b->newest != NULL;
    for (int i = 0; i < DS_BENEATH_LAYERS; i++) {
        b->tiles[i] = ds_alloc_array(tiles, sizeof(*b->tiles[i]));
        complete = complete && b->tiles[i] && !ds_image_init(&b->layers[i], width, height);
    }
    if (complete)
        return 0;
    ds_beneath_destroy(b);
    return DS_ENOMEM;
}

void ds_beneath_destroy(struct ds_beneath *b)
{
    for (int i = 0; i < DS_BENEATH_LAYERS; i++) {
        ds_image_destroy(&b->layers[i]);
        free(b->tiles[i]);
    }
    free(b->newest);
    ds_plan_destroy(&b->next);
    *b = (struct ds_beneath){0};
}

void ds_beneath_clear(struct ds_beneath *b)
{
    size_t tiles = tile_count(b->layers[0].width, b->layers[0].height);
    for (int i = 0; i < DS_BENEATH_LAYERS; i++)
        memset(b->tiles[i], 0, tiles * sizeof(*b->tiles[i]));
}

static bool is_same(struct ds_hash a, struct ds_hash b)
{
    return a.high == b.high && a.low == b.low;
}

static bool is_held(const struct ds_cache *cache, const struct ds_beneath_tile *t)
{
    return t->used && cache->used[t->slot] && is_same(cache->hashes[t->slot], t->hash);
}

bool ds_beneath_is_kept(const struct ds_beneath *b, const struct ds_cache *cache, uint32_t tile)
{
    const struct ds_beneath_tile *t = &b->tiles[b->newest[tile]][tile];
    return is_held(cache, t);
}

void ds_beneath_keep(struct ds_beneath *b, const struct ds_image *old, uint32_t tile,
                     struct ds_hash hash, uint32_t slot)
{
    for (int i = 0; i < DS_BENEATH_LAYERS; i++) {
        struct ds_beneath_tile *t = &b->tiles[i][tile];
        if (t->used && is_same(t->hash, hash)) {
            t->slot = slot; /* it may have been forgotten and stored anew */
            b->newest[tile] = (uint8_t)i;
            return;
        }
    }
    uint8_t oldest = (uint8_t)((b->newest[tile] + 1) % DS_BENEATH_LAYERS);
    b->tiles[oldest][tile] = (struct ds_beneath_tile){.used = true, .slot = slot, .hash = hash};
    b->newest[tile] = oldest;
    ds_image_copy(&b->layers[oldest], old, ds_tile_rect(old->width, old->height, tile));
}

/* Which rows and columns of a rectangle are equal in two pictures; bit 0 is the first. */
struct equal {
    uint64_t rows, columns;
};

/* The constant length is compiled into a few wide instructions. */
static inline uint32_t whole_row(const uint32_t *restrict a, const uint32_t *restrict b,
                                 uint32_t *restrict columns)
{
    uint32_t any = 0;
    for (int i = 0; i < DS_TILE; i++) {
        uint32_t d = a[i] ^ b[i];
        columns[i] |= d;
        any |= d;
    }
    return any;
}

DS_HOT
static struct equal compare(const struct ds_image *a, const struct ds_image *b, struct ds_rect r)
{
    uint32_t columns[DS_TILE] = {0};
    struct equal e = {0};
    for (int32_t y = 0; y < r.height; y++) {
        const uint32_t *p = ds_image_row(a, (uint32_t)(r.y + y)) + r.x;
        const uint32_t *q = ds_image_row(b, (uint32_t)(r.y + y)) + r.x;
        uint32_t any = 0;
        if (r.width == DS_TILE) {
            any = whole_row(p, q, columns);
        } else {
            for (int32_t x = 0; x < r.width; x++) {
                columns[x] |= p[x] ^ q[x];
                any |= p[x] ^ q[x];
            }
        }
        e.rows |= (uint64_t)((any & COLOUR_MASK) == 0) << y;
    }
    for (int32_t x = 0; x < r.width; x++)
        e.columns |= (uint64_t)((columns[x] & COLOUR_MASK) == 0) << x;
    return e;
}

/* Whether any strip may be equal. Most of the time of a picture that is new everywhere went into
 * comparing it with what it could not be. */
DS_HOT
static bool may_be_equal(const struct ds_image *a, const struct ds_image *b, struct ds_rect r)
{
    uint32_t columns[DS_TILE] = {0};
    for (int32_t y = r.y + (r.height - 1) % GLANCE_ROWS / 2; y < r.y + r.height; y += GLANCE_ROWS) {
        const uint32_t *p = ds_image_row(a, (uint32_t)y) + r.x;
        const uint32_t *q = ds_image_row(b, (uint32_t)y) + r.x;
        uint32_t any = 0;
        if (r.width == DS_TILE) {
            any = whole_row(p, q, columns);
        } else {
            for (int32_t x = 0; x < r.width; x++) {
                columns[x] |= p[x] ^ q[x];
                any |= p[x] ^ q[x];
            }
        }
        if ((any & COLOUR_MASK) == 0)
            return true;
    }
    for (int32_t x = 0; x < r.width; x++)
        if ((columns[x] & COLOUR_MASK) == 0)
            return true;
    return false;
}

/* The longest run of ones among the first n bits; its length, 0 when there is none. */
static int32_t longest_run(uint64_t bits, int32_t n, int32_t *start)
{
    int32_t best = 0, run = 0;
    for (int32_t i = 0; i < n; i++) {
        run = bits >> i & 1 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *start = i - run + 1;
        }
    }
    return best;
}

/* The largest strip, over the whole width or the whole height of r, that equals the layer. */
static struct ds_rect best_strip(struct equal e, struct ds_rect r)
{
    int32_t x = 0, y = 0;
    int32_t columns = longest_run(e.columns, r.width, &x), rows = longest_run(e.rows, r.height, &y);
    if ((int64_t)columns * r.height >= (int64_t)rows * r.width)
        return (struct ds_rect){r.x + x, r.y, columns, columns > 0 ? r.height : 0};
    return (struct ds_rect){r.x, r.y + y, r.width, rows};
}

/* Ground of one colour costs its neighbours' operation next to nothing, and a strip less of it
 * parts that from the next tile's. */
static bool is_ground(const struct ds_image *image, struct ds_rect r)
{
    uint32_t first = ds_image_row(image, (uint32_t)r.y)[r.x], differ = 0;
    for (int32_t y = r.y; y < r.y + r.height && !differ; y++) {
        const uint32_t *row = ds_image_row(image, (uint32_t)y) + r.x;
        for (int32_t x = 0; x < r.width; x++)
            differ |= row[x] ^ first;
    }
    return differ == 0;
}

/* Takes strips out of what differs (*rect, inside a tile) while there are any that pay. */
static int restore_from(struct ds_beneath *b, struct ds_cache *cache, int layer, uint32_t tile,
                        struct ds_rect *rect, struct ds_image *old, const struct ds_image *now)
{
    const struct ds_beneath_tile *t = &b->tiles[layer][tile];
    if (!is_held(cache, t) || !may_be_equal(&b->layers[layer], now, *rect))
        return 0;
    uint32_t seen = 0;
    for (int i = 0; i < PIECES_MAX && !ds_rect_is_empty(*rect); i++) {
        struct ds_rect strip = best_strip(compare(&b->layers[layer], now, *rect), *rect);
        if (!ds_rect_is_empty(strip)) /* what of it is right already need not be written */
            strip = ds_diff_crop(old, now, strip, &seen).rect;
        int64_t area = (int64_t)strip.width * strip.height;
        if (area < AREA_MIN || (area < GROUND_MIN && is_ground(now, strip)))
            return 0;
        struct ds_op op = {.kind = DS_OP_KIND_RESTORE, .rect = strip};
        op.tiles.first = tile;
        op.tiles.count = 1;
        op.tiles.slot = t->slot;
        int error = ds_plan_add(&b->next, &op);
        if (error)
            return error;
        cache->hit[t->slot] = true;
        ds_image_copy(old, now, strip);
        *rect = ds_diff_crop(old, now, *rect, &seen).rect;
    }
    return 0;
}

int ds_beneath_run(struct ds_beneath *b, struct ds_cache *cache, struct ds_plan *plan,
                   struct ds_image *old, const struct ds_image *now)
{
    ds_plan_clear(&b->next);
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_op op = plan->ops[i];
        int error = 0;
        if (op.kind == DS_OP_KIND_UNDECIDED && !op.refine && !op.fresh) {
            uint32_t tile = ds_tile_of(now->width, op.rect);
            for (int k = 0; k < DS_BENEATH_LAYERS && !error; k++)
                error = restore_from(b, cache, (b->newest[tile] + k) % DS_BENEATH_LAYERS, tile,
                                     &op.rect, old, now);
        }
        if (!error && !ds_rect_is_empty(op.rect))
            error = ds_plan_add(&b->next, &op);
        if (error)
            return error;
    }
    /* PALETTE operations, which refer to colours of the plan, come only later. */
    ds_plan_swap(plan, &b->next);
    return 0;
}
