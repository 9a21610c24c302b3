/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/video_region.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define HISTORY_MASK ((1u << DS_VIDEO_HISTORY) - 1)
/* Another rectangle means a new stream, which begins with a large picture: not more often. */
#define KEEP (300 * DS_MS)

static size_t tile_count(const struct ds_video_region *v)
{
    return (size_t)ds_tiles_across(v->width) * ((v->height + DS_TILE - 1) / DS_TILE);
}

int ds_video_region_init(struct ds_video_region *v, uint32_t width, uint32_t height)
{
    *v = (struct ds_video_region){.width = width, .height = height};
    v->history = ds_alloc_array(tile_count(v), sizeof(*v->history));
    return v->history ? 0 : DS_ENOMEM;
}

void ds_video_region_destroy(struct ds_video_region *v)
{
    free(v->history);
    *v = (struct ds_video_region){0};
}

void ds_video_region_clear(struct ds_video_region *v)
{
    memset(v->history, 0, tile_count(v) * sizeof(*v->history));
    v->rect = (struct ds_rect){0};
}

bool ds_video_region_is_lasting(const struct ds_video_region *v, const struct ds_op *op)
{
    return __builtin_popcount(v->history[ds_tile_of(v->width, op->rect)]) >= DS_VIDEO_CHANGES;
}

static bool is_photo(const struct ds_op *op)
{
    return op->kind == DS_OP_KIND_PHOTO && !op->refine;
}

static bool is_change(const struct ds_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!plan->ops[i].refine && plan->ops[i].kind != DS_OP_KIND_PALETTE)
            return true;
    return false;
}

static bool is_inside(struct ds_rect a, struct ds_rect b)
{
    return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width &&
           a.y + a.height <= b.y + b.height;
}

static bool is_allowed(struct ds_rect r)
{
    return r.width >= DS_VIDEO_WIDTH_MIN && r.height >= DS_VIDEO_HEIGHT_MIN &&
           (uint64_t)r.width * (uint64_t)r.height <= DS_VIDEO_AREA_MAX;
}

/* Around all lasting parts that change now. */
static struct ds_rect find(struct ds_video_region *v, const struct ds_plan *plan)
{
    struct ds_rect found = {0};
    for (size_t i = 0; i < plan->count; i++)
        if (is_photo(&plan->ops[i]) && ds_video_region_is_lasting(v, &plan->ops[i]))
            found = ds_rect_union(found, plan->ops[i].rect);
    return found;
}

static void settle(struct ds_video_region *v, struct ds_rect found, ds_tick now)
{
    if (!ds_rect_is_empty(v->rect) && now >= v->last + DS_VIDEO_QUIET)
        v->rect = (struct ds_rect){0};
    if (ds_rect_is_empty(found))
        return;
    if (ds_rect_is_empty(v->rect)) {
        if (!is_allowed(found))
            return;
    } else {
        struct ds_rect both = ds_rect_union(v->rect, found);
        if (is_inside(found, v->rect) || now < v->set_at + KEEP) {
            v->last = now;
            return;
        }
        found = is_allowed(both) ? both : is_allowed(found) ? found : v->rect;
    }
    v->rect = found;
    v->set_at = v->last = now;
}

void ds_video_region_update(struct ds_video_region *v, const struct ds_plan *plan, ds_tick now)
{
    if (!is_change(plan))
        return;
    size_t tiles = tile_count(v);
    if (now >= v->changed + DS_VIDEO_QUIET) /* slides, not a video, however often they come */
        memset(v->history, 0, tiles * sizeof(*v->history));
    v->changed = now;
    for (size_t t = 0; t < tiles; t++)
        v->history[t] = (uint16_t)((uint32_t)v->history[t] << 1 & HISTORY_MASK);
    for (size_t i = 0; i < plan->count; i++)
        if (is_photo(&plan->ops[i]))
            v->history[ds_tile_of(v->width, plan->ops[i].rect)] |= 1;
    settle(v, find(v, plan), now);
}

bool ds_video_region_has(const struct ds_video_region *v, const struct ds_op *op)
{
    if (op->refine || ds_rect_is_empty(v->rect) || !is_inside(op->rect, v->rect))
        return false;
    if (op->kind == DS_OP_KIND_PHOTO && op->smooth)
        return true;
    return (op->kind == DS_OP_KIND_PHOTO || op->kind == DS_OP_KIND_COLOUR) &&
           ds_video_region_is_lasting(v, op);
}
