/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/merge.h"

#include "common/screen/drawn.h"

/* Pixels of one operation: half a chunk. */
#define INDEX_AREA_MAX ((int64_t)DS_CHUNK_RAW_MAX / 2)
#define COLOUR_AREA_MAX ((int64_t)DS_CHUNK_RAW_MAX / 6)
#define JPEG_AREA_MIN ((int64_t)DS_TILE * DS_TILE)
/* Operations above that are remembered as candidates for joining: a row of tiles. */
#define OPEN_MAX 64

static int64_t area_max(const struct ds_op *op)
{
    switch (op->kind) {
    case DS_OP_KIND_FILL:
    case DS_OP_KIND_SHOW:
        return (int64_t)DS_SCREEN_AREA_MAX;
    case DS_OP_KIND_INDEX:
        return INDEX_AREA_MAX;
    case DS_OP_KIND_DRAWN:
        return (int64_t)DS_DRAWN_AREA_MAX;
    case DS_OP_KIND_COLOUR:
    case DS_OP_KIND_PHOTO:
        return COLOUR_AREA_MAX;
    default:
        return 0;
    }
}

static bool same_manner(const struct ds_op *a, const struct ds_op *b)
{
    if (a->kind != b->kind || a->refine != b->refine || a->smooth != b->smooth)
        return false;
    if (a->kind == DS_OP_KIND_FILL)
        return a->colour == b->colour;
    return a->kind != DS_OP_KIND_INDEX || a->table == b->table;
}

static bool joins_right(const struct ds_op *a, const struct ds_op *b)
{
    return same_manner(a, b) && a->rect.y == b->rect.y && a->rect.height == b->rect.height &&
           a->rect.x + a->rect.width == b->rect.x &&
           (int64_t)(a->rect.width + b->rect.width) * a->rect.height <= area_max(a);
}

static bool joins_below(const struct ds_op *a, const struct ds_op *b, int64_t max)
{
    return same_manner(a, b) && a->rect.x == b->rect.x && a->rect.width == b->rect.width &&
           a->rect.y + a->rect.height == b->rect.y &&
           (int64_t)a->rect.width * (a->rect.height + b->rect.height) <= max;
}

/* Drops what was joined, in place. */
static void compact(struct ds_plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->ops[i].kind != DS_OP_KIND_NOTHING)
            plan->ops[kept++] = plan->ops[i];
    plan->count = kept;
}

/* An INDEX run may swallow additions to its own table by standing after them; when the table is
 * emptied the run has to end. So the run is carried along and put where its last part was. */
static void merge_right(struct ds_plan *plan)
{
    struct ds_op *run = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_op *op = &plan->ops[i];
        if (op->kind == DS_OP_KIND_PALETTE) {
            if (run && run->kind == DS_OP_KIND_INDEX && run->table == op->table &&
                op->palette.reset)
                run = NULL;
            continue;
        }
        if (run && joins_right(run, op)) {
            op->rect = ds_rect_union(run->rect, op->rect);
            run->kind = DS_OP_KIND_NOTHING;
        }
        run = op;
    }
    compact(plan);
}

/* Joins operations of a kind with one that ends where they begin. What they write is disjoint, so
 * their order does not matter. */
static void merge_below(struct ds_plan *plan, enum ds_op_kind kind, int64_t max, bool smooth_only)
{
    struct ds_op *open[OPEN_MAX];
    size_t count = 0, next = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_op *op = &plan->ops[i];
        if (op->kind != kind || (smooth_only && (!op->smooth || op->refine)))
            continue;
        size_t j = 0;
        while (j < count && !joins_below(open[j], op, max))
            j++;
        if (j < count) {
            open[j]->rect = ds_rect_union(open[j]->rect, op->rect);
            op->kind = DS_OP_KIND_NOTHING;
            continue;
        }
        open[next] = op;
        next = (next + 1) % OPEN_MAX;
        count = count < OPEN_MAX ? count + 1 : OPEN_MAX;
    }
    compact(plan);
}

void ds_merge_run(struct ds_plan *plan)
{
    merge_right(plan);
    merge_below(plan, DS_OP_KIND_FILL, (int64_t)DS_SCREEN_AREA_MAX, false);
    merge_below(plan, DS_OP_KIND_SHOW, (int64_t)DS_SCREEN_AREA_MAX, false);
}

void ds_merge_jpeg(struct ds_plan *plan)
{
    merge_below(plan, DS_OP_KIND_PHOTO, (int64_t)DS_JPEG_AREA_MAX, true);
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_op *op = &plan->ops[i];
        if (op->kind == DS_OP_KIND_PHOTO && op->smooth && !op->refine &&
            (int64_t)op->rect.width * op->rect.height >= JPEG_AREA_MIN)
            op->kind = DS_OP_KIND_JPEG;
    }
}
