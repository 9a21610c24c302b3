/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/diff.h"

#include <string.h>

#define COLOUR_MASK 0x00ffffffu
#define TILES_ACROSS_MAX (DS_SCREEN_SIDE_MAX / DS_TILE)

/* A tile while the rows of its band are compared. */
struct band_tile {
    struct ds_rect part;       /* what is compared; empty: nothing */
    int32_t first, last;       /* rows that differ; first -1: none */
    uint32_t columns[DS_TILE]; /* or of the differences of each column of part */
};

/* Or of the differences of n pixels; *seen gets their or. */
static inline uint32_t row_difference(const uint32_t *restrict a, const uint32_t *restrict b,
                                      int32_t n, uint32_t *seen)
{
    uint32_t differ = 0, any = 0;
    if (n == DS_TILE) { /* a constant length is compiled into a few wide instructions */
        for (int i = 0; i < DS_TILE; i++) {
            differ |= a[i] ^ b[i];
            any |= b[i];
        }
    } else {
        for (int32_t i = 0; i < n; i++) {
            differ |= a[i] ^ b[i];
            any |= b[i];
        }
    }
    *seen |= any;
    return differ & COLOUR_MASK;
}

/* Row by row through all tiles, as memory lies: the pictures are read once, from end to end. */
DS_HOT
static void compare_band(const struct ds_image *old, const struct ds_image *now, int32_t top,
                         int32_t bottom, struct band_tile *tiles, int32_t count, uint32_t *seen)
{
    uint32_t all = 0;
    for (int32_t y = top; y < bottom; y++) {
        for (int32_t t = 0; t < count; t++) {
            struct band_tile *tile = &tiles[t];
            const struct ds_rect *p = &tile->part;
            if (y < p->y || y >= p->y + p->height)
                continue;
            const uint32_t *a = ds_image_row(old, (uint32_t)y) + p->x;
            const uint32_t *b = ds_image_row(now, (uint32_t)y) + p->x;
            if (row_difference(a, b, p->width, &all) == 0)
                continue;
            if (tile->first < 0)
                tile->first = y;
            tile->last = y;
            for (int32_t i = 0; i < p->width; i++)
                tile->columns[i] |= a[i] ^ b[i];
        }
    }
    *seen |= all;
}

static void tile_init(struct band_tile *tile, struct ds_rect part)
{
    tile->part = part;
    tile->first = tile->last = -1;
    memset(tile->columns, 0, sizeof(tile->columns));
}

static struct ds_rect cropped(const struct band_tile *tile)
{
    if (tile->first < 0)
        return (struct ds_rect){0};
    int32_t left = 0, right = tile->part.width;
    while (!(tile->columns[left] & COLOUR_MASK))
        left++;
    while (!(tile->columns[right - 1] & COLOUR_MASK))
        right--;
    left &= ~3;
    right = right + 3 < tile->part.width ? (right + 3) & ~3 : tile->part.width;
    return (struct ds_rect){tile->part.x + left, tile->first, right - left,
                            tile->last - tile->first + 1};
}

struct ds_rect ds_diff_crop(const struct ds_image *old, const struct ds_image *now,
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
        struct ds_op op = {.kind = DS_OP_KIND_UNDECIDED, .rect = cropped(&tiles[t])};
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
