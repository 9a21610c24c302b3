/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/region.h"

void ds_region_clear(struct ds_region *region)
{
    region->count = 0;
}

bool ds_region_is_empty(const struct ds_region *region)
{
    return region->count == 0;
}

static bool contains(struct ds_rect outer, struct ds_rect inner)
{
    return inner.x >= outer.x && inner.y >= outer.y &&
           inner.x + inner.width <= outer.x + outer.width &&
           inner.y + inner.height <= outer.y + outer.height;
}

static int64_t area(struct ds_rect r)
{
    return (int64_t)r.width * r.height;
}

/* Pixels that joining a and b covers beyond the two. */
static int64_t waste(struct ds_rect a, struct ds_rect b)
{
    return area(ds_rect_union(a, b)) - area(a) - area(b) + area(ds_rect_intersect(a, b));
}

void ds_region_add(struct ds_region *region, struct ds_rect rect)
{
    if (ds_rect_is_empty(rect))
        return;
    size_t best = 0, kept = 0;
    int64_t best_waste = INT64_MAX;
    for (size_t i = 0; i < region->count; i++) {
        struct ds_rect r = region->rects[i];
        if (contains(r, rect))
            return;
        int64_t w = waste(r, rect);
        if (w < best_waste) {
            best_waste = w;
            best = i;
        }
    }
    if (region->count > 0 && (best_waste == 0 || region->count == DS_REGION_RECTS))
        rect = region->rects[best] = ds_rect_union(region->rects[best], rect);
    else
        region->rects[best = region->count++] = rect;
    for (size_t i = 0; i < region->count; i++)
        if (i == best || !contains(rect, region->rects[i]))
            region->rects[kept++] = region->rects[i];
    region->count = kept;
}

void ds_region_add_region(struct ds_region *region, const struct ds_region *other)
{
    for (size_t i = 0; i < other->count; i++)
        ds_region_add(region, other->rects[i]);
}

void ds_region_clip(struct ds_region *region, struct ds_rect bounds)
{
    size_t kept = 0;
    for (size_t i = 0; i < region->count; i++) {
        struct ds_rect r = ds_rect_intersect(region->rects[i], bounds);
        if (!ds_rect_is_empty(r))
            region->rects[kept++] = r;
    }
    region->count = kept;
}

struct ds_rect ds_region_bounds(const struct ds_region *region)
{
    struct ds_rect bounds = {0};
    for (size_t i = 0; i < region->count; i++)
        bounds = ds_rect_union(bounds, region->rects[i]);
    return bounds;
}
