/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/motion.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/diff.h"
#include "common/screen/motion_table.h"

#include <stdlib.h>
#include <string.h>

/* Less change than this (pixels) is cheaper to send than to look at. */
#define AREA_MIN 8192
/* Nothing found so often in a row: look at every second, fourth, ... update. */
#define MISSES_FREE 3
#define REST_MAX_LOG 4

int ds_motion_init(struct ds_motion *m, uint32_t width, uint32_t height)
{
    size_t tiles = (size_t)ds_tiles_across(width) * ((height + DS_TILE - 1) / DS_TILE);
    m->votes = ds_alloc_array((size_t)height * 2, sizeof(*m->votes));
    m->table = ds_alloc_array((size_t)1 << DS_MOTION_TABLE_BITS, sizeof(struct ds_motion_place));
    m->filter = ds_alloc_array((size_t)1 << (DS_MOTION_FILTER_BITS - 3), 1);
    m->touched = ds_alloc_array(tiles, 1);
    if (m->votes && m->table && m->filter && m->touched)
        return 0;
    ds_motion_destroy(m);
    return DS_ENOMEM;
}

void ds_motion_destroy(struct ds_motion *m)
{
    free(m->votes);
    free(m->table);
    free(m->filter);
    free(m->touched);
    ds_motion_grid_destroy(&m->grid);
    ds_plan_destroy(&m->next);
    *m = (struct ds_motion){0};
}

/* Appends the copies of one vector and does them to old. */
static int copy_all(struct ds_plan *copies, struct ds_image *old, const struct ds_rect *rects,
                    int count, struct ds_vector v)
{
    for (int i = 0; i < count; i++) {
        struct ds_op op = {.kind = DS_OP_KIND_COPY, .rect = rects[i]};
        op.move.dx = v.dx;
        op.move.dy = v.dy;
        int error = ds_plan_add(copies, &op);
        if (error)
            return error;
        struct ds_rect from = {rects[i].x - v.dx, rects[i].y - v.dy, rects[i].width,
                               rects[i].height};
        ds_image_move(old, from, rects[i].x, rects[i].y);
    }
    return 0;
}

/* True when no copy of one vector overwrites what a later one reads: then each made its rectangle
 * right. */
static bool in_order(const struct ds_rect *rects, int count, struct ds_vector v)
{
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++) {
            struct ds_rect from = {rects[j].x - v.dx, rects[j].y - v.dy, rects[j].width,
                                   rects[j].height};
            if (!ds_rect_is_empty(ds_rect_intersect(rects[i], from)))
                return false;
        }
    return true;
}

static bool is_inside_one(struct ds_rect tile, const struct ds_rect *rects, int count)
{
    for (int i = 0; i < count; i++) {
        struct ds_rect r = ds_rect_intersect(tile, rects[i]);
        if (r.width == tile.width && r.height == tile.height)
            return true;
    }
    return false;
}

/* Compares again what differed and what copies wrote, except tiles that are known to be right. */
static int compare_again(struct ds_motion *m, struct ds_plan *plan, const struct ds_rect *rects,
                         int count, struct ds_vector v, const struct ds_image *old,
                         const struct ds_image *now)
{
    uint32_t across = ds_tiles_across(now->width), seen = 0;
    uint32_t tiles = across * ((now->height + DS_TILE - 1) / DS_TILE);
    bool known = in_order(rects, count, v);
    memset(m->touched, 0, tiles);
    for (size_t i = 0; i < plan->count; i++)
        m->touched[ds_tile_of(now->width, plan->ops[i].rect)] = 1;
    for (int i = 0; i < count && !known; i++) {
        struct ds_rect r = rects[i];
        for (int32_t y = r.y / DS_TILE; y <= (r.y + r.height - 1) / DS_TILE; y++)
            for (int32_t x = r.x / DS_TILE; x <= (r.x + r.width - 1) / DS_TILE; x++)
                m->touched[(uint32_t)y * across + (uint32_t)x] = 1;
    }
    ds_plan_clear(&m->next);
    for (uint32_t t = 0; t < tiles; t++) {
        struct ds_rect tile = ds_tile_rect(now->width, now->height, t);
        if (!m->touched[t] || (known && is_inside_one(tile, rects, count)))
            continue;
        struct ds_op op = ds_diff_crop(old, now, tile, &seen);
        int error = ds_rect_is_empty(op.rect) ? 0 : ds_plan_add(&m->next, &op);
        if (error)
            return error;
    }
    ds_plan_swap(plan, &m->next);
    return 0;
}

static void remember_outcome(struct ds_motion *m, bool found)
{
    m->misses = found ? 0 : m->misses + 1;
    m->rest = 0;
    if (m->misses >= MISSES_FREE) {
        uint32_t log = m->misses - MISSES_FREE + 1;
        m->rest = (1u << (log < REST_MAX_LOG ? log : REST_MAX_LOG)) - 1;
    }
}

/* Tries vectors until little is left. Returns how many copies were added, or an error. */
static int try_vectors(struct ds_motion *m, struct ds_plan *plan, struct ds_plan *copies,
                       struct ds_image *old, const struct ds_image *now,
                       const struct ds_vector *vectors, size_t count)
{
    int made = 0;
    for (size_t i = 0; i < count && ds_plan_area(plan, DS_OP_KIND_UNDECIDED) >= AREA_MIN; i++) {
        struct ds_rect rects[DS_MOTION_COPIES];
        int n =
            ds_motion_verify(&m->grid, plan, old, now, vectors[i], rects, DS_MOTION_COPIES - made);
        if (n < 0)
            return n;
        if (n == 0)
            continue;
        made += n;
        int error = copy_all(copies, old, rects, n, vectors[i]);
        if (!error)
            error = compare_again(m, plan, rects, n, vectors[i], old, now);
        if (error)
            return error;
    }
    return made;
}

int ds_motion_run(struct ds_motion *m, struct ds_plan *plan, struct ds_plan *copies,
                  struct ds_image *old, const struct ds_image *now,
                  const struct ds_motion_hints *hints)
{
    uint64_t area = ds_plan_area(plan, DS_OP_KIND_UNDECIDED);
    if (area < AREA_MIN)
        return 0;
    int told = try_vectors(m, plan, copies, old, now, hints->moves, hints->count);
    if (told < 0)
        return told;
    if (told > 0 && ds_plan_area(plan, DS_OP_KIND_UNDECIDED) * 2 <= area)
        return 0;
    if (m->rest > 0 && !hints->expected) {
        m->rest--;
        return 0;
    }
    struct ds_vector vectors[DS_MOTION_VECTORS];
    size_t count = ds_motion_vote_vertical(m, plan, old, now, vectors);
    int made = try_vectors(m, plan, copies, old, now, vectors, count);
    if (made < 0)
        return made;
    made += told;
    if (made == 0 || ds_plan_area(plan, DS_OP_KIND_UNDECIDED) * 2 > area) {
        count = ds_motion_vote_anywhere(m, plan, old, now, vectors);
        int more = try_vectors(m, plan, copies, old, now, vectors, count);
        if (more < 0)
            return more;
        made += more;
    }
    remember_outcome(m, made > 0);
    return 0;
}
