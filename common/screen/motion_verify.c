/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/motion.h"

#define CELL DS_MOTION_CELL
/* The next cell was looked at already, so edges lie within it. */
#define GROW_MAX CELL

/* Columns beside r, to its right or left, that match in every row; row by row, as memory lies. */
static int32_t matching_columns(struct ds_rect r, const struct ds_image *old,
                                const struct ds_image *now, struct ds_vector v, bool right)
{
    int32_t x = right ? r.x + r.width : r.x - 1, from = x - v.dx, step = right ? 1 : -1;
    int32_t count = 0, width = (int32_t)now->width;
    while (count < GROW_MAX && x + step * count >= 0 && x + step * count < width &&
           from + step * count >= 0 && from + step * count < width)
        count++;
    for (int32_t y = r.y; y < r.y + r.height && count > 0; y++) {
        const uint32_t *a = ds_image_row(now, (uint32_t)y) + x;
        const uint32_t *b = ds_image_row(old, (uint32_t)(y - v.dy)) + from;
        int32_t same = 0;
        for (; same < count && *a == *b; a += step, b += step)
            same++;
        count = same;
    }
    return count;
}

/* Moves each edge outwards while what it takes in matches. */
static struct ds_rect grow(struct ds_rect r, const struct ds_image *old, const struct ds_image *now,
                           struct ds_vector v)
{
    for (int i = 0; i < GROW_MAX; i++) {
        struct ds_rect row = {r.x, r.y - 1, r.width, 1};
        if (!ds_motion_is_moved(old, now, row, v))
            break;
        r.y--, r.height++;
    }
    for (int i = 0; i < GROW_MAX; i++) {
        struct ds_rect row = {r.x, r.y + r.height, r.width, 1};
        if (!ds_motion_is_moved(old, now, row, v))
            break;
        r.height++;
    }
    int32_t left = matching_columns(r, old, now, v, false);
    r.x -= left;
    r.width += left;
    r.width += matching_columns(r, old, now, v, true);
    return r;
}

/* What lies further along the vector goes first: its place is where the others come from. */
static bool goes_before(struct ds_rect a, struct ds_rect b, struct ds_vector v)
{
    if (v.dy != 0 && a.y != b.y)
        return v.dy > 0 ? a.y > b.y : a.y < b.y;
    return v.dx > 0 ? a.x > b.x : a.x < b.x;
}

/* A look at four cells of each operation before all are compared: does the move make any of them
 * right that is not? */
static bool is_likely(const struct ds_plan *plan, const struct ds_image *old,
                      const struct ds_image *now, struct ds_vector v)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_rect r = plan->ops[i].rect;
        for (int k = 0; k < 4; k++) {
            struct ds_rect cell = {(r.x + r.width * (1 + k % 2 * 2) / 4) & -CELL,
                                   (r.y + r.height * (1 + k / 2 * 2) / 4) & -CELL, CELL, CELL};
            cell = ds_rect_intersect(cell, ds_image_bounds(now));
            if (ds_motion_is_moved(old, now, cell, v) &&
                !ds_motion_is_moved(old, now, cell, (struct ds_vector){0}))
                return true;
        }
    }
    return false;
}

int ds_motion_verify(struct ds_motion_grid *g, const struct ds_plan *plan,
                     const struct ds_image *old, const struct ds_image *now, struct ds_vector v,
                     struct ds_rect *out, int max)
{
    if (!is_likely(plan, old, now, v))
        return 0;
    int any = ds_motion_grid_fill(g, plan, old, now, v);
    if (any < 0)
        return any;
    int count = 0;
    struct ds_rect cells;
    while (any && count < max && ds_motion_grid_next(g, old, now, v, &cells)) {
        struct ds_rect r = {(g->cells.x + cells.x) * CELL, (g->cells.y + cells.y) * CELL,
                            cells.width * CELL, cells.height * CELL};
        r = grow(ds_rect_intersect(r, ds_image_bounds(now)), old, now, v);
        int at = count++;
        for (; at > 0 && goes_before(r, out[at - 1], v); at--)
            out[at] = out[at - 1];
        out[at] = r;
    }
    return count;
}
