/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/diff.h"

#include <stdbool.h>
#include <string.h>

#define COLOUR_MASK 0x00ffffffu
#define TILES_ACROSS_MAX (DS_SCREEN_SIDE_MAX / DS_TILE)

#define CELL 16
/* Eight pixels, wherever they lie: one register, or two where those are narrower. */
typedef uint32_t eight __attribute__((vector_size(32), aligned(4), may_alias));
#define EIGHTS (DS_TILE / 8)

/* A tile while the rows of its band are compared. */
struct band_tile {
    uint32_t columns[DS_TILE]; /* or of the differences of each column of part */
    struct ds_rect part;       /* what is compared; empty: nothing */
    int32_t first, last;       /* rows that differ; first -1: none */
    uint16_t cells;            /* as in struct ds_op */
};

static inline uint32_t or_of(const eight *v)
{
    uint64_t halves[4];
    memcpy(halves, v, sizeof(halves));
    uint64_t both = (halves[0] | halves[1]) | (halves[2] | halves[3]);
    return (uint32_t)both | (uint32_t)(both >> 32);
}

/* Whether a row of a tile differs; or-s its pixels to *any. */
static inline bool row_differs(const uint32_t *before, const uint32_t *after, eight *any)
{
    const eight *a = (const eight *)before, *b = (const eight *)after;
    eight differ = {0}, seen = {0};
    for (int i = 0; i < EIGHTS; i++) {
        differ |= a[i] ^ b[i];
        seen |= b[i];
    }
    *any |= seen;
    return or_of(&differ) & COLOUR_MASK;
}

/* Notes where a row of a whole tile differs. Returns the bits of this row's cells. */
static inline uint32_t note_row(const uint32_t *before, const uint32_t *after, uint32_t *columns)
{
    const eight *a = (const eight *)before, *b = (const eight *)after;
    eight *c = (eight *)columns;
    uint32_t cells = 0;
    for (int i = 0; i < EIGHTS; i += 2) {
        eight left = a[i] ^ b[i], right = a[i + 1] ^ b[i + 1];
        c[i] |= left;
        c[i + 1] |= right;
        left |= right;
        cells |= (uint32_t)((or_of(&left) & COLOUR_MASK) != 0) << i / 2;
    }
    return cells;
}

/* The same for a part of a tile's row, from its column at on; 0: nothing differs. */
static uint32_t note_part(const uint32_t *a, const uint32_t *b, int32_t at, int32_t n,
                          uint32_t *columns, eight *any)
{
    uint32_t cells = 0, seen = 0;
    for (int32_t i = 0; i < n; i++) {
        uint32_t d = a[i] ^ b[i];
        seen |= b[i];
        columns[i] |= d;
        cells |= (uint32_t)((d & COLOUR_MASK) != 0) << (at + i) / CELL;
    }
    (*any)[0] |= seen;
    return cells;
}

/* Row by row through all tiles, as memory lies: the pictures are read once, from end to end. */
DS_HOT
static void compare_band(const struct ds_image *old, const struct ds_image *now, int32_t top,
                         int32_t bottom, struct band_tile *tiles, int32_t count, uint32_t *seen)
{
    eight any = {0};
    for (int32_t y = top; y < bottom; y++) {
        const uint32_t *before = ds_image_row(old, (uint32_t)y);
        const uint32_t *after = ds_image_row(now, (uint32_t)y);
        for (int32_t t = 0; t < count; t++) {
            struct band_tile *tile = &tiles[t];
            const struct ds_rect *p = &tile->part;
            uint32_t cells;
            if (y < p->y || y >= p->y + p->height)
                continue;
            if (p->width < DS_TILE)
                cells = note_part(before + p->x, after + p->x, p->x % DS_TILE, p->width,
                                  tile->columns, &any);
            else if (!row_differs(before + p->x, after + p->x, &any))
                continue;
            else
                cells = note_row(before + p->x, after + p->x, tile->columns);
            if (cells == 0)
                continue;
            if (tile->first < 0)
                tile->first = y;
            tile->last = y;
            tile->cells |= (uint16_t)(cells << y % DS_TILE / CELL * 4);
        }
    }
    *seen |= or_of(&any);
}

static void tile_init(struct band_tile *tile, struct ds_rect part)
{
    tile->part = part;
    tile->first = tile->last = -1;
    tile->cells = 0;
    memset(tile->columns, 0, sizeof(tile->columns));
}

static struct ds_op cropped(const struct band_tile *tile)
{
    struct ds_op op = {.kind = DS_OP_KIND_UNDECIDED};
    if (tile->first < 0)
        return op;
    int32_t left = 0, right = tile->part.width;
    while (!(tile->columns[left] & COLOUR_MASK))
        left++;
    while (!(tile->columns[right - 1] & COLOUR_MASK))
        right--;
    left &= ~3;
    right = right + 3 < tile->part.width ? (right + 3) & ~3 : tile->part.width;
    op.rect = (struct ds_rect){tile->part.x + left, tile->first, right - left,
                               tile->last - tile->first + 1};
    op.cells = tile->cells;
    return op;
}

struct ds_op ds_diff_crop(const struct ds_image *old, const struct ds_image *now,
                          struct ds_rect rect, uint32_t *seen)
{
    struct band_tile tile;
    tile_init(&tile, rect);
    compare_band(old, now, rect.y, rect.y + rect.height, &tile, 1, seen);
    return cropped(&tile);
}

/* The smallest rectangle around the damage inside the tile. */
static struct ds_rect damage_in(const struct ds_region *damage, struct ds_rect tile)
{
    struct ds_rect part = {0};
    for (size_t i = 0; i < damage->count; i++)
        part = ds_rect_union(part, ds_rect_intersect(damage->rects[i], tile));
    return part;
}

static int add_band(struct ds_plan *plan, const struct ds_image *old, const struct ds_image *now,
                    const struct ds_region *damage, struct ds_rect band, uint32_t *seen)
{
    struct band_tile tiles[TILES_ACROSS_MAX];
    int32_t count = 0;
    for (int32_t x = band.x & -DS_TILE; x < band.x + band.width; x += DS_TILE) {
        struct ds_rect part =
            ds_rect_intersect((struct ds_rect){x, band.y, DS_TILE, band.height}, band);
        if (damage)
            part = damage_in(damage, part);
        if (!ds_rect_is_empty(part))
            tile_init(&tiles[count++], part);
    }
    compare_band(old, now, band.y, band.y + band.height, tiles, count, seen);
    for (int32_t t = 0; t < count; t++) {
        struct ds_op op = cropped(&tiles[t]);
        int error = ds_rect_is_empty(op.rect) ? 0 : ds_plan_add(plan, &op);
        if (error)
            return error;
    }
    return 0;
}

int ds_diff_run(struct ds_plan *plan, const struct ds_image *old, const struct ds_image *now,
                const struct ds_region *damage, uint32_t *seen)
{
    struct ds_rect all = ds_image_bounds(old);
    struct ds_rect bounds = damage ? ds_rect_intersect(ds_region_bounds(damage), all) : all;
    for (int32_t y = bounds.y & -DS_TILE; y < bounds.y + bounds.height; y += DS_TILE) {
        struct ds_rect band = {bounds.x, y, bounds.width, DS_TILE};
        int error = add_band(plan, old, now, damage, ds_rect_intersect(band, bounds), seen);
        if (error)
            return error;
    }
    return 0;
}
