/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/lossy.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/jpeg.h"

#include <stdlib.h>
#include <string.h>

#define CELL DS_LOSSY_CELL
#define CELLS_PER_TILE (DS_TILE / CELL)

int ds_lossy_init(struct ds_lossy *lossy, uint32_t width, uint32_t height)
{
    *lossy = (struct ds_lossy){.width = width,
                               .height = height,
                               .across = (width + CELL - 1) / CELL,
                               .down = (height + CELL - 1) / CELL};
    lossy->cells = ds_alloc_array(lossy->across, lossy->down);
    lossy->before = ds_alloc_array(lossy->across, lossy->down);
    if (lossy->cells && lossy->before)
        return 0;
    ds_lossy_destroy(lossy);
    return DS_ENOMEM;
}

void ds_lossy_destroy(struct ds_lossy *lossy)
{
    free(lossy->cells);
    free(lossy->before);
    *lossy = (struct ds_lossy){0};
}

void ds_lossy_clear(struct ds_lossy *lossy)
{
    memset(lossy->cells, 0, (size_t)lossy->across * lossy->down);
    lossy->count = lossy->coarse = 0;
}

struct cells {
    uint32_t x0, y0, x1, y1; /* x1, y1: the first outside */
};

static struct cells touched(struct ds_rect r)
{
    return (struct cells){(uint32_t)r.x / CELL, (uint32_t)r.y / CELL,
                          (uint32_t)(r.x + r.width + CELL - 1) / CELL,
                          (uint32_t)(r.y + r.height + CELL - 1) / CELL};
}

/* Cells that lie inside r with all their pixels of the picture. */
static struct cells covered(const struct ds_lossy *lossy, struct ds_rect r)
{
    uint32_t right = (uint32_t)(r.x + r.width), bottom = (uint32_t)(r.y + r.height);
    return (struct cells){((uint32_t)r.x + CELL - 1) / CELL, ((uint32_t)r.y + CELL - 1) / CELL,
                          right == lossy->width ? lossy->across : right / CELL,
                          bottom == lossy->height ? lossy->down : bottom / CELL};
}

static void set(struct ds_lossy *lossy, uint32_t x, uint32_t y, uint8_t value)
{
    uint8_t *cell = &lossy->cells[(size_t)y * lossy->across + x];
    lossy->count = lossy->count + (value != DS_LOSS_NONE) - (*cell != DS_LOSS_NONE);
    lossy->coarse = lossy->coarse + (value == DS_LOSS_COARSE) - (*cell == DS_LOSS_COARSE);
    *cell = value;
}

static void set_all(struct ds_lossy *lossy, struct cells c, uint8_t value)
{
    if (!value && lossy->count == 0)
        return;
    for (uint32_t y = c.y0; y < c.y1; y++)
        for (uint32_t x = c.x0; x < c.x1; x++)
            set(lossy, x, y, value);
}

static uint8_t worst_before(const struct ds_lossy *lossy, struct cells c)
{
    uint8_t worst = DS_LOSS_NONE;
    for (uint32_t y = c.y0; y < c.y1; y++)
        for (uint32_t x = c.x0; x < c.x1; x++) {
            uint8_t loss = lossy->before[(size_t)y * lossy->across + x];
            worst = loss > worst ? loss : worst;
        }
    return worst;
}

static void apply_copy(struct ds_lossy *lossy, const struct ds_op *op)
{
    if (lossy->count == 0)
        return;
    memcpy(lossy->before, lossy->cells, (size_t)lossy->across * lossy->down);
    struct cells all = touched(op->rect), whole = covered(lossy, op->rect);
    for (uint32_t y = all.y0; y < all.y1; y++) {
        for (uint32_t x = all.x0; x < all.x1; x++) {
            struct ds_rect cell = {(int32_t)x * CELL, (int32_t)y * CELL, CELL, CELL};
            cell = ds_rect_intersect(cell, op->rect);
            cell.x -= op->move.dx;
            cell.y -= op->move.dy;
            bool inside = x >= whole.x0 && x < whole.x1 && y >= whole.y0 && y < whole.y1;
            uint8_t loss = worst_before(lossy, touched(cell));
            if (inside || loss > lossy->cells[(size_t)y * lossy->across + x])
                set(lossy, x, y, loss);
        }
    }
}

static void apply_load(struct ds_lossy *lossy, const struct ds_op *op)
{
    for (uint32_t i = 0; i < op->tiles.count; i++)
        set_all(lossy,
                covered(lossy, ds_tile_rect(lossy->width, lossy->height, op->tiles.first + i)), 0);
}

/* A cell that is written in part is as bad as its worse part. */
static void apply_jpeg(struct ds_lossy *lossy, struct ds_rect rect, enum ds_loss loss)
{
    struct cells all = touched(rect), whole = covered(lossy, rect);
    for (uint32_t y = all.y0; y < all.y1; y++)
        for (uint32_t x = all.x0; x < all.x1; x++) {
            bool inside = x >= whole.x0 && x < whole.x1 && y >= whole.y0 && y < whole.y1;
            if (inside || loss > lossy->cells[(size_t)y * lossy->across + x])
                set(lossy, x, y, (uint8_t)loss);
        }
}

void ds_lossy_apply(struct ds_lossy *lossy, const struct ds_plan *plan, enum ds_loss jpeg)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct ds_op *op = &plan->ops[i];
        switch (op->kind) {
        case DS_OP_KIND_COPY:
            apply_copy(lossy, op);
            break;
        case DS_OP_KIND_LOAD:
            apply_load(lossy, op);
            break;
        case DS_OP_KIND_RESTORE:
        case DS_OP_KIND_FILL:
        case DS_OP_KIND_INDEX:
        case DS_OP_KIND_COLOUR:
        case DS_OP_KIND_PHOTO:
            set_all(lossy, covered(lossy, op->rect), 0);
            break;
        case DS_OP_KIND_JPEG:
            apply_jpeg(lossy, op->rect, jpeg);
            break;
        case DS_OP_KIND_SHOW:
            apply_jpeg(lossy, op->rect, DS_LOSS_FINE);
            break;
        default:
            break;
        }
    }
}

/* The smallest rectangle around the cells of a tile that are at least so bad. */
static struct ds_rect bad_in_tile(const struct ds_lossy *lossy, uint32_t tile, enum ds_loss least)
{
    struct ds_rect rect = ds_tile_rect(lossy->width, lossy->height, tile), found = {0};
    struct cells c = touched(rect);
    for (uint32_t y = c.y0; y < c.y1; y++) {
        for (uint32_t x = c.x0; x < c.x1; x++) {
            struct ds_rect cell = {(int32_t)x * CELL, (int32_t)y * CELL, CELL, CELL};
            if (lossy->cells[(size_t)y * lossy->across + x] >= least)
                found = ds_rect_union(found, ds_rect_intersect(cell, rect));
        }
    }
    return found;
}

struct ds_rect ds_lossy_in_tile(const struct ds_lossy *lossy, uint32_t tile)
{
    return bad_in_tile(lossy, tile, DS_LOSS_FINE);
}

struct candidate {
    ds_tick changed_at;
    uint32_t tile;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->changed_at != y->changed_at)
        return x->changed_at < y->changed_at ? -1 : 1;
    return x->tile < y->tile ? -1 : x->tile > y->tile;
}

static int compare_tiles(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->tile < y->tile ? -1 : x->tile > y->tile;
}

/* Chooses tiles whose parts are at least so bad, those longest unchanged first, until max_bytes are
 * spent at so many bytes for 1000 pixels, and appends operations like op for those parts. */
static int choose(const struct ds_lossy *lossy, struct ds_plan *plan, const ds_tick *changed_at,
                  ds_tick quiet_since, size_t max_bytes, enum ds_loss least, uint32_t per_1000,
                  struct ds_op op)
{
    uint32_t tiles = ds_tiles_across(lossy->width) * ((lossy->height + DS_TILE - 1) / DS_TILE);
    struct candidate *list = ds_alloc_array(tiles, sizeof(*list));
    if (!list)
        return DS_ENOMEM;
    size_t count = 0, chosen = 0, spent = 0;
    for (uint32_t t = 0; t < tiles; t++)
        if (changed_at[t] <= quiet_since && !ds_rect_is_empty(bad_in_tile(lossy, t, least)))
            list[count++] = (struct candidate){changed_at[t], t};
    qsort(list, count, sizeof(*list), compare_candidates);
    for (; chosen < count && spent < max_bytes; chosen++) {
        struct ds_rect r = bad_in_tile(lossy, list[chosen].tile, least);
        spent += (size_t)r.width * (size_t)r.height * per_1000 / 1000;
        if (spent > max_bytes && chosen > 0)
            break;
    }
    qsort(list, chosen, sizeof(*list), compare_tiles);
    int error = 0;
    for (size_t i = 0; i < chosen && !error; i++) {
        op.rect = bad_in_tile(lossy, list[i].tile, least);
        error = ds_plan_add(plan, &op);
    }
    free(list);
    return error;
}

int ds_lossy_refine(const struct ds_lossy *lossy, struct ds_plan *plan, const ds_tick *changed_at,
                    ds_tick quiet_since, size_t max_bytes)
{
    struct ds_op op = {.kind = DS_OP_KIND_UNDECIDED, .refine = true};
    if (lossy->count == 0 || max_bytes == 0)
        return 0;
    /* About a byte a pixel, as photographs come out. */
    return choose(lossy, plan, changed_at, quiet_since, max_bytes, DS_LOSS_FINE, 1000, op);
}

int ds_lossy_polish(const struct ds_lossy *lossy, struct ds_plan *plan, const ds_tick *changed_at,
                    ds_tick quiet_since, size_t max_bytes)
{
    struct ds_op op = {.kind = DS_OP_KIND_UNDECIDED};
    if (lossy->coarse == 0 || max_bytes == 0)
        return 0;
    return choose(lossy, plan, changed_at, quiet_since, max_bytes, DS_LOSS_COARSE,
                  ds_jpeg_levels[DS_JPEG_FINE].per_1000, op);
}
