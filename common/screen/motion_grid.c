/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/motion_grid.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define CELL DS_MOTION_CELL
/* A copy takes about 10 bytes, the pixels of a cell of text about as many. */
#define NEED_MIN 3
/* match of a cell that has not been compared: for now it counts as right, or it is about to be. */
#define PRESUMED 2
#define UNKNOWN 3
/* Rectangles may turn out wrong so often; then every cell is compared. */
#define RETRIES 6

void ds_motion_grid_destroy(struct ds_motion_grid *g)
{
    free(g->match);
    free(g->need);
    free(g->sums);
    *g = (struct ds_motion_grid){0};
}

bool ds_motion_is_moved(const struct ds_image *old, const struct ds_image *now, struct ds_rect r,
                        struct ds_vector v)
{
    int32_t x = r.x - v.dx, y = r.y - v.dy;
    if (r.x < 0 || r.y < 0 || x < 0 || y < 0 || r.x + r.width > (int32_t)now->width ||
        r.y + r.height > (int32_t)now->height || x + r.width > (int32_t)old->width ||
        y + r.height > (int32_t)old->height)
        return false;
    for (int32_t i = 0; i < r.height; i++)
        if (memcmp(ds_image_row(now, (uint32_t)(r.y + i)) + r.x,
                   ds_image_row(old, (uint32_t)(y + i)) + x, (size_t)r.width * 4) != 0)
            return false;
    return true;
}

/* Cells of a row, counted from the grid's first; end: the first outside. */
struct span {
    int32_t first, end;
};

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

static struct ds_rect cell_rect(const struct ds_image *image, int32_t x, int32_t y)
{
    return ds_rect_intersect((struct ds_rect){x * CELL, y * CELL, CELL, CELL},
                             ds_image_bounds(image));
}

/* Eight pixels, wherever they lie. */
typedef uint32_t eight __attribute__((vector_size(32), aligned(4), may_alias));

/* Or-s what differs in rows of count cells to differ, one vector a cell: whether any does is asked
 * once, not for each row. */
static inline void compare_rows(const struct ds_image *old, const struct ds_image *now,
                                struct ds_vector v, struct ds_rect rows, const uint16_t *asked,
                                int32_t count, eight *restrict differ)
{
    for (int32_t y = rows.y; y < rows.y + rows.height; y++) {
        const uint32_t *row = ds_image_row(now, (uint32_t)y) + rows.x;
        const uint32_t *moved = ds_image_row(old, (uint32_t)(y - v.dy)) + rows.x - v.dx;
        for (int32_t i = 0; i < count; i++) {
            const eight *a = (const eight *)(row + (size_t)asked[i] * CELL);
            const eight *b = (const eight *)(moved + (size_t)asked[i] * CELL);
            differ[i] |= (a[0] ^ b[0]) | (a[1] ^ b[1]);
        }
    }
}

/* Compares count cells of one row of cells as memory lies and sets their match: now is there what
 * old was before the move by v. Only whole cells whose origin is inside the picture. asked: their
 * numbers in the row, which are overwritten. */
DS_HOT
static void compare_cells(const struct ds_motion_grid *g, const struct ds_image *old,
                          const struct ds_image *now, struct ds_vector v, int32_t cell_y,
                          uint16_t *asked, int32_t count, uint8_t *match)
{
    eight differ[DS_SCREEN_SIDE_MAX / CELL];
    static const int32_t steps[] = {0, 2, CELL}; /* what is wrong shows in its first rows */
    memset(differ, 0, (size_t)count * sizeof(*differ));
    for (int step = 0; step < 2; step++) {
        struct ds_rect rows = {g->cells.x * CELL, cell_y * CELL + steps[step], 0,
                               steps[step + 1] - steps[step]};
        compare_rows(old, now, v, rows, asked, count, differ);
        int32_t kept = 0;
        for (int32_t i = 0; i < count; i++) {
            uint64_t parts[4];
            memcpy(parts, &differ[i], sizeof(parts));
            bool right = ((parts[0] | parts[1]) | (parts[2] | parts[3])) == 0;
            match[asked[i]] = right;
            asked[kept] = asked[i];
            differ[kept] = differ[i];
            kept += right;
        }
        count = kept;
    }
}

/* Cells (within the grid) that are whole and whose origin is inside the picture. */
static struct span whole_cells(const struct ds_motion_grid *g, const struct ds_image *image,
                               struct ds_vector v)
{
    int32_t left = v.dx > 0 ? (v.dx + CELL - 1) / CELL : 0;
    int32_t right = ((int32_t)image->width + (v.dx < 0 ? v.dx : 0)) / CELL;
    struct span s = {left - g->cells.x, right - g->cells.x};
    s.first = s.first < 0 ? 0 : s.first;
    s.end = s.end > g->cells.width ? g->cells.width : s.end;
    return s;
}

/* Compares those cells of a row of the grid, from first to end, whose match is not known. */
static void compare_row(struct ds_motion_grid *g, const struct ds_image *old,
                        const struct ds_image *now, struct ds_vector v, int32_t y,
                        struct span cells)
{
    uint16_t asked[DS_SCREEN_SIDE_MAX / CELL];
    uint8_t *match = g->match + cell_at(g, g->cells.x, y);
    struct span whole = whole_cells(g, now, v);
    int32_t from = y * CELL - v.dy, count = 0;
    bool inside =
        from >= 0 && from + CELL <= (int32_t)old->height && (y + 1) * CELL <= (int32_t)now->height;
    for (int32_t x = cells.first; x < cells.end; x++) {
        if (match[x] != UNKNOWN)
            continue;
        if (inside && x >= whole.first && x < whole.end)
            asked[count++] = (uint16_t)x;
        else
            match[x] = ds_motion_is_moved(old, now, cell_rect(now, g->cells.x + x, y), v);
    }
    compare_cells(g, old, now, v, y, asked, count, match);
}

/* Cells that differ need the move; whether they match is compared. That others match is presumed
 * until a rectangle wants them: most are ground beside text and never asked. */
static void mark_needs(struct ds_motion_grid *g, const struct ds_plan *plan)
{
    size_t count = (size_t)g->cells.width * (size_t)g->cells.height;
    memset(g->need, 0, count);
    memset(g->match, PRESUMED, count);
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_rect r = plan->ops[i].rect;
        int32_t left = r.x / DS_TILE * (DS_TILE / CELL), top = r.y / DS_TILE * (DS_TILE / CELL);
        for (uint32_t cells = plan->ops[i].cells, at = 0; cells; cells >>= 1, at++)
            if (cells & 1) {
                size_t cell = cell_at(g, left + (int32_t)at % 4, top + (int32_t)at / 4);
                g->need[cell] = 1;
                g->match[cell] = UNKNOWN;
            }
    }
}

static bool fill_cells(struct ds_motion_grid *g, const struct ds_plan *plan,
                       const struct ds_image *old, const struct ds_image *now, struct ds_vector v)
{
    mark_needs(g, plan);
    for (int32_t y = 0; y < g->cells.height; y++)
        compare_row(g, old, now, v, g->cells.y + y, (struct span){0, g->cells.width});
    size_t count = (size_t)g->cells.width * (size_t)g->cells.height;
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || (g->match[i] && g->need[i]);
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

static void clear_needs(struct ds_motion_grid *g, struct ds_rect r)
{
    for (int32_t y = r.y; y < r.y + r.height; y++)
        memset(g->need + (size_t)y * (size_t)g->cells.width + (size_t)r.x, 0, (size_t)r.width);
}

/* Compares the presumed cells of a rectangle (in cells of the grid); false when one does not match.
 */
static bool confirm(struct ds_motion_grid *g, struct ds_rect cells, const struct ds_image *old,
                    const struct ds_image *now, struct ds_vector v)
{
    bool all = true;
    for (int32_t y = cells.y; y < cells.y + cells.height; y++) {
        uint8_t *match = g->match + (size_t)y * (size_t)g->cells.width;
        for (int32_t x = cells.x; x < cells.x + cells.width; x++)
            match[x] = match[x] == PRESUMED ? UNKNOWN : match[x];
        compare_row(g, old, now, v, g->cells.y + y, (struct span){cells.x, cells.x + cells.width});
        for (int32_t x = cells.x; x < cells.x + cells.width; x++)
            all = all && match[x];
    }
    return all;
}

bool ds_motion_grid_next(struct ds_motion_grid *g, const struct ds_image *old,
                         const struct ds_image *now, struct ds_vector v, struct ds_rect *cells)
{
    struct ds_rect all = {0, 0, g->cells.width, g->cells.height};
    sum_needs(g);
    for (int tries = 0;; tries++) {
        if (best_rect(g, cells) < NEED_MIN)
            return false;
        *cells = trim(g, *cells);
        if (tries == RETRIES)
            confirm(g, all, old, now, v);
        if (confirm(g, *cells, old, now, v)) {
            clear_needs(g, *cells);
            return true;
        }
    }
}

int ds_motion_grid_fill(struct ds_motion_grid *g, const struct ds_plan *plan,
                        const struct ds_image *old, const struct ds_image *now, struct ds_vector v)
{
    struct ds_rect b = ds_plan_bounds(plan);
    g->cells.x = b.x / CELL;
    g->cells.y = b.y / CELL;
    g->cells.width = (b.x + b.width - 1) / CELL - g->cells.x + 1;
    g->cells.height = (b.y + b.height - 1) / CELL - g->cells.y + 1;
    int error = grid_reserve(g);
    if (error)
        return error;
    return fill_cells(g, plan, old, now, v);
}
