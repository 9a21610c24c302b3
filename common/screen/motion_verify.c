/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/motion.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define CELL 16
/* A copy takes about 10 bytes, the pixels of a cell of text about as many. */
#define NEED_MIN 3
/* The next cell was looked at already, so edges lie within it. */
#define GROW_MAX CELL

/* True when the pixels of r in new are those of old before the move. */
static bool is_moved(const struct ds_image *old, const struct ds_image *new, struct ds_rect r,
                     struct ds_vector v)
{
    int32_t x = r.x - v.dx, y = r.y - v.dy;
    if (r.x < 0 || r.y < 0 || x < 0 || y < 0 || r.x + r.width > (int32_t) new->width ||
        r.y + r.height > (int32_t) new->height || x + r.width > (int32_t)old->width ||
        y + r.height > (int32_t)old->height)
        return false;
    for (int32_t i = 0; i < r.height; i++)
        if (memcmp(ds_image_row(new, (uint32_t)(r.y + i)) + r.x,
                   ds_image_row(old, (uint32_t)(y + i)) + x, (size_t)r.width * 4) != 0)
            return false;
    return true;
}

static struct ds_rect cell_rect(const struct ds_image *image, int32_t x, int32_t y)
{
    return ds_rect_intersect((struct ds_rect){x * CELL, y * CELL, CELL, CELL},
                             ds_image_bounds(image));
}

static int grid_reserve(struct ds_motion_grid *g)
{
    size_t cells = (size_t)g->cells.width * (size_t)g->cells.height;
    size_t sums = ((size_t)g->cells.width + 1) * ((size_t)g->cells.height + 1);
    if (cells <= g->cap)
        return 0;
    free(g->match);
    free(g->need);
    free(g->sums);
    g->cap = 0;
    g->match = ds_alloc_array(cells, 1);
    g->need = ds_alloc_array(cells, 1);
    /* cells + 1 rows and columns is at most 4 times cells. */
    g->sums = ds_alloc_array(sums > cells * 4 ? sums : cells * 4, sizeof(*g->sums));
    if (!g->match || !g->need || !g->sums)
        return DS_ENOMEM;
    g->cap = cells;
    return 0;
}

static size_t cell_at(const struct ds_motion_grid *g, int32_t x, int32_t y)
{
    return (size_t)(y - g->cells.y) * (size_t)g->cells.width + (size_t)(x - g->cells.x);
}

/* Fills need (within undecided operations) and match (everywhere). */
static bool fill_grid(struct ds_motion_grid *g, const struct ds_plan *plan,
                      const struct ds_image *old, const struct ds_image *new, struct ds_vector v)
{
    memset(g->need, 0, (size_t)g->cells.width * (size_t)g->cells.height);
    bool any = false;
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_rect r = plan->ops[i].rect;
        for (int32_t y = r.y / CELL; y <= (r.y + r.height - 1) / CELL; y++)
            for (int32_t x = r.x / CELL; x <= (r.x + r.width - 1) / CELL; x++)
                g->need[cell_at(g, x, y)] =
                    !is_moved(old, new, cell_rect(new, x, y), (struct ds_vector){0});
    }
    for (int32_t y = g->cells.y; y < g->cells.y + g->cells.height; y++) {
        for (int32_t x = g->cells.x; x < g->cells.x + g->cells.width; x++) {
            size_t at = cell_at(g, x, y);
            g->match[at] = is_moved(old, new, cell_rect(new, x, y), v);
            any = any || (g->match[at] && g->need[at]);
        }
    }
    return any;
}

static void sum_needs(struct ds_motion_grid *g)
{
    int32_t width = g->cells.width;
    size_t stride = (size_t)width + 1;
    memset(g->sums, 0, stride * sizeof(*g->sums));
    for (int32_t y = 0; y < g->cells.height; y++) {
        uint32_t *above = g->sums + (size_t)y * stride, *row = above + stride, sum = 0;
        row[0] = 0;
        for (int32_t x = 0; x < width; x++) {
            sum += g->need[(size_t)y * (size_t)width + (size_t)x];
            row[x + 1] = above[x + 1] + sum;
        }
    }
}

/* Needs in a rectangle given in cells of the grid. */
static uint32_t needs_in(const struct ds_motion_grid *g, struct ds_rect r)
{
    size_t stride = (size_t)g->cells.width + 1;
    const uint32_t *top = g->sums + (size_t)r.y * stride,
                   *bottom = g->sums + (size_t)(r.y + r.height) * stride;
    return bottom[r.x + r.width] - bottom[r.x] - top[r.x + r.width] + top[r.x];
}

struct bar {
    int32_t x, height;
};

/* The rectangle of matching cells with the most needs: every largest rectangle under the histogram
 * of each row is looked at once. */
static uint32_t best_rect(const struct ds_motion_grid *g, struct ds_rect *best)
{
    int32_t heights[DS_SCREEN_SIDE_MAX / CELL] = {0};
    struct bar stack[DS_SCREEN_SIDE_MAX / CELL + 1];
    uint32_t most = 0;
    for (int32_t y = 0; y < g->cells.height; y++) {
        const uint8_t *match = g->match + (size_t)y * (size_t)g->cells.width;
        int32_t depth = 0;
        for (int32_t x = 0; x <= g->cells.width; x++) {
            int32_t height = 0;
            if (x < g->cells.width)
                height = heights[x] = match[x] ? heights[x] + 1 : 0;
            int32_t start = x;
            while (depth > 0 && stack[depth - 1].height >= height) {
                struct bar b = stack[--depth];
                start = b.x;
                struct ds_rect r = {b.x, y - b.height + 1, x - b.x, b.height};
                uint32_t needs = b.height > height ? needs_in(g, r) : 0;
                if (needs > most) {
                    most = needs;
                    *best = r;
                }
            }
            if (height > 0)
                stack[depth++] = (struct bar){start, height};
        }
    }
    return most;
}

/* Takes off rows and columns at the edges that need nothing. */
static struct ds_rect trim(const struct ds_motion_grid *g, struct ds_rect r)
{
    while (needs_in(g, (struct ds_rect){r.x, r.y, r.width, 1}) == 0)
        r.y++, r.height--;
    while (needs_in(g, (struct ds_rect){r.x, r.y + r.height - 1, r.width, 1}) == 0)
        r.height--;
    while (needs_in(g, (struct ds_rect){r.x, r.y, 1, r.height}) == 0)
        r.x++, r.width--;
    while (needs_in(g, (struct ds_rect){r.x + r.width - 1, r.y, 1, r.height}) == 0)
        r.width--;
    return r;
}

/* Moves each edge outwards pixel by pixel while what it takes in matches. */
static struct ds_rect grow(struct ds_rect r, const struct ds_image *old, const struct ds_image *new,
                           struct ds_vector v)
{
    for (int i = 0; i < GROW_MAX; i++) {
        struct ds_rect row = {r.x, r.y - 1, r.width, 1};
        if (!is_moved(old, new, row, v))
            break;
        r.y--, r.height++;
    }
    for (int i = 0; i < GROW_MAX; i++) {
        struct ds_rect row = {r.x, r.y + r.height, r.width, 1};
        if (!is_moved(old, new, row, v))
            break;
        r.height++;
    }
    for (int i = 0; i < GROW_MAX; i++) {
        struct ds_rect column = {r.x - 1, r.y, 1, r.height};
        if (!is_moved(old, new, column, v))
            break;
        r.x--, r.width++;
    }
    for (int i = 0; i < GROW_MAX; i++) {
        struct ds_rect column = {r.x + r.width, r.y, 1, r.height};
        if (!is_moved(old, new, column, v))
            break;
        r.width++;
    }
    return r;
}

static void clear_needs(struct ds_motion_grid *g, struct ds_rect r)
{
    for (int32_t y = r.y; y < r.y + r.height; y++)
        memset(g->need + (size_t)y * (size_t)g->cells.width + (size_t)r.x, 0, (size_t)r.width);
}

/* What lies further along the vector goes first: its place is where the others come from. */
static bool goes_before(struct ds_rect a, struct ds_rect b, struct ds_vector v)
{
    if (v.dy != 0 && a.y != b.y)
        return v.dy > 0 ? a.y > b.y : a.y < b.y;
    return v.dx > 0 ? a.x > b.x : a.x < b.x;
}

int ds_motion_verify(struct ds_motion_grid *g, const struct ds_plan *plan,
                     const struct ds_image *old, const struct ds_image *new, struct ds_vector v,
                     struct ds_rect *out, int max)
{
    struct ds_rect b = ds_plan_bounds(plan);
    g->cells.x = b.x / CELL;
    g->cells.y = b.y / CELL;
    g->cells.width = (b.x + b.width - 1) / CELL - g->cells.x + 1;
    g->cells.height = (b.y + b.height - 1) / CELL - g->cells.y + 1;
    int error = grid_reserve(g);
    if (error)
        return error;
    int count = 0;
    bool any = fill_grid(g, plan, old, new, v);
    while (any && count < max) {
        struct ds_rect cells = {0};
        sum_needs(g);
        if (best_rect(g, &cells) < NEED_MIN)
            break;
        cells = trim(g, cells);
        clear_needs(g, cells);
        struct ds_rect r = {(g->cells.x + cells.x) * CELL, (g->cells.y + cells.y) * CELL,
                            cells.width * CELL, cells.height * CELL};
        r = grow(ds_rect_intersect(r, ds_image_bounds(new)), old, new, v);
        int at = count++;
        for (; at > 0 && goes_before(r, out[at - 1], v); at--)
            out[at] = out[at - 1];
        out[at] = r;
    }
    return count;
}
