/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/diff.h"

#include <string.h>

#define COLOUR_MASK 0x00ffffffu

/* Reads the rows first..last (last included, either direction) until one differs; returns that row,
 * or -1. */
DS_HOT
static int32_t find_row(const struct ds_image *old, const struct ds_image *new, struct ds_rect r,
                        int32_t first, int32_t last, uint32_t *seen)
{
    int32_t step = last >= first ? 1 : -1;
    uint32_t any = 0;
    for (int32_t y = first; y != last + step; y += step) {
        const uint32_t *restrict a = ds_image_row(old, (uint32_t)y) + r.x;
        const uint32_t *restrict b = ds_image_row(new, (uint32_t)y) + r.x;
        uint32_t differ = 0;
        if (r.width == DS_TILE) {
            for (int i = 0; i < DS_TILE; i++) {
                differ |= a[i] ^ b[i];
                any |= b[i];
            }
        } else {
            for (int32_t i = 0; i < r.width; i++) {
                differ |= a[i] ^ b[i];
                any |= b[i];
            }
        }
        if (differ & COLOUR_MASK) {
            *seen |= any;
            return y;
        }
    }
    *seen |= any;
    return -1;
}

/* Or of the differences of each column over all rows of r. */
DS_HOT
static void column_differences(const struct ds_image *old, const struct ds_image *new,
                               struct ds_rect r, uint32_t columns[DS_TILE], uint32_t *seen)
{
    uint32_t any = 0;
    uint32_t sums[DS_TILE] = {0};
    for (int32_t y = r.y; y < r.y + r.height; y++) {
        const uint32_t *restrict a = ds_image_row(old, (uint32_t)y) + r.x;
        const uint32_t *restrict b = ds_image_row(new, (uint32_t)y) + r.x;
        if (r.width == DS_TILE) {
            for (int i = 0; i < DS_TILE; i++) {
                sums[i] |= a[i] ^ b[i];
                any |= b[i];
            }
        } else {
            for (int32_t i = 0; i < r.width; i++) {
                sums[i] |= a[i] ^ b[i];
                any |= b[i];
            }
        }
    }
    *seen |= any;
    memcpy(columns, sums, sizeof(sums));
}

struct ds_rect ds_diff_crop(const struct ds_image *old, const struct ds_image *new,
                            struct ds_rect r, uint32_t *seen)
{
    int32_t bottom = r.y + r.height - 1;
    int32_t top = find_row(old, new, r, r.y, bottom, seen);
    if (top < 0)
        return (struct ds_rect){0};
    if (top < bottom)
        bottom = find_row(old, new, r, bottom, top, seen);
    r.y = top;
    r.height = bottom - top + 1;
    uint32_t columns[DS_TILE];
    column_differences(old, new, r, columns, seen);
    int32_t left = 0, right = r.width;
    while (left < right && !(columns[left] & COLOUR_MASK))
        left++;
    while (right > left && !(columns[right - 1] & COLOUR_MASK))
        right--;
    left &= ~3;
    right = right + 3 < r.width ? (right + 3) & ~3 : r.width;
    if (right > r.width)
        right = r.width;
    return (struct ds_rect){r.x + left, r.y, right - left, r.height};
}

/* The smallest rectangle around the damage inside the tile. */
static struct ds_rect damage_in(const struct ds_region *damage, struct ds_rect tile)
{
    struct ds_rect part = {0};
    for (size_t i = 0; i < damage->count; i++)
        part = ds_rect_union(part, ds_rect_intersect(damage->rects[i], tile));
    return part;
}

int ds_diff_run(struct ds_plan *plan, const struct ds_image *old, const struct ds_image *new,
                const struct ds_region *damage, uint32_t *seen)
{
    struct ds_rect all = ds_image_bounds(old);
    struct ds_rect bounds = damage ? ds_rect_intersect(ds_region_bounds(damage), all) : all;
    if (ds_rect_is_empty(bounds))
        return 0;
    for (int32_t y = bounds.y & -DS_TILE; y < bounds.y + bounds.height; y += DS_TILE) {
        for (int32_t x = bounds.x & -DS_TILE; x < bounds.x + bounds.width; x += DS_TILE) {
            struct ds_rect tile = ds_rect_intersect((struct ds_rect){x, y, DS_TILE, DS_TILE}, all);
            if (damage)
                tile = damage_in(damage, tile);
            if (ds_rect_is_empty(tile))
                continue;
            struct ds_op op = {.kind = DS_OP_KIND_UNDECIDED,
                               .rect = ds_diff_crop(old, new, tile, seen)};
            if (ds_rect_is_empty(op.rect))
                continue;
            int error = ds_plan_add(plan, &op);
            if (error)
                return error;
        }
    }
    return 0;
}
