/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/plan.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ds_plan_destroy(struct ds_plan *plan)
{
    free(plan->ops);
    free(plan->colours);
    *plan = (struct ds_plan){0};
}

void ds_plan_clear(struct ds_plan *plan)
{
    plan->count = 0;
    plan->colour_count = 0;
}

int ds_plan_add(struct ds_plan *plan, const struct ds_op *op)
{
    if (plan->count == plan->cap) {
        size_t cap = plan->cap ? plan->cap * 2 : 64;
        struct ds_op *ops = ds_realloc_array(plan->ops, cap, sizeof(*ops));
        if (!ops)
            return DS_ENOMEM;
        plan->ops = ops;
        plan->cap = cap;
    }
    plan->ops[plan->count++] = *op;
    return 0;
}

int ds_plan_add_palette(struct ds_plan *plan, uint8_t table, bool reset, const uint32_t *colours,
                        uint32_t count)
{
    if (plan->colour_cap - plan->colour_count < count) {
        size_t cap = plan->colour_cap * 2 + DS_PALETTE_COLOURS;
        uint32_t *bigger = ds_realloc_array(plan->colours, cap, sizeof(*bigger));
        if (!bigger)
            return DS_ENOMEM;
        plan->colours = bigger;
        plan->colour_cap = cap;
    }
    struct ds_op op = {.kind = DS_OP_KIND_PALETTE, .table = table};
    op.palette.first = (uint32_t)plan->colour_count;
    op.palette.count = count;
    op.palette.reset = reset;
    int error = ds_plan_add(plan, &op);
    if (error)
        return error;
    memcpy(plan->colours + plan->colour_count, colours, count * sizeof(*colours));
    plan->colour_count += count;
    return 0;
}

void ds_plan_swap(struct ds_plan *a, struct ds_plan *b)
{
    struct ds_plan swap = *a;
    *a = *b;
    *b = swap;
}

uint64_t ds_plan_area(const struct ds_plan *plan, enum ds_op_kind kind)
{
    uint64_t area = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->ops[i].kind == kind)
            area += (uint64_t)plan->ops[i].rect.width * (uint64_t)plan->ops[i].rect.height;
    return area;
}

struct ds_rect ds_plan_bounds(const struct ds_plan *plan)
{
    struct ds_rect bounds = {0};
    for (size_t i = 0; i < plan->count; i++)
        if (plan->ops[i].kind != DS_OP_KIND_STORE && plan->ops[i].kind != DS_OP_KIND_VIDEO)
            bounds = ds_rect_union(bounds, plan->ops[i].rect);
    return bounds;
}

const char *ds_op_kind_name(enum ds_op_kind kind)
{
    static const char *const names[DS_OP_KIND_COUNT] = {
        "nothing", "undecided", "copy",   "store", "load", "restore", "fill",
        "palette", "index",     "colour", "photo", "jpeg", "video",   "show",
    };
    return kind < DS_OP_KIND_COUNT ? names[kind] : "?";
}

static int print_op(const struct ds_op *op, char *out, size_t size)
{
    const char *name = ds_op_kind_name(op->kind);
    const struct ds_rect *r = &op->rect;
    char detail[64] = "";
    switch (op->kind) {
    case DS_OP_KIND_PALETTE:
        return snprintf(out, size, "%s %u%s %" PRIu32 " colours\n", name, op->table,
                        op->palette.reset ? " anew" : "", op->palette.count);
    case DS_OP_KIND_STORE:
    case DS_OP_KIND_LOAD:
        return snprintf(out, size, "%s tiles %" PRIu32 "+%" PRIu32 " slot %" PRIu32 "\n", name,
                        op->tiles.first, op->tiles.count, op->tiles.slot);
    case DS_OP_KIND_COPY:
        snprintf(detail, sizeof(detail), " by %" PRId32 ",%" PRId32, op->move.dx, op->move.dy);
        break;
    case DS_OP_KIND_FILL:
        snprintf(detail, sizeof(detail), " #%06" PRIx32, op->colour);
        break;
    case DS_OP_KIND_RESTORE:
        snprintf(detail, sizeof(detail), " slot %" PRIu32, op->tiles.slot);
        break;
    case DS_OP_KIND_INDEX:
        snprintf(detail, sizeof(detail), " table %u", op->table);
        break;
    default:
        break;
    }
    return snprintf(out, size, "%s %" PRId32 ",%" PRId32 " %" PRId32 "x%" PRId32 "%s%s\n", name,
                    r->x, r->y, r->width, r->height, detail, op->refine ? " refine" : "");
}

size_t ds_plan_print(const struct ds_plan *plan, char *out, size_t size)
{
    size_t len = 0;
    if (size > 0)
        out[0] = 0;
    for (size_t i = 0; i < plan->count && len + 1 < size; i++) {
        int n = print_op(&plan->ops[i], out + len, size - len);
        if (n < 0)
            break;
        len += (size_t)n < size - len ? (size_t)n : size - len - 1;
    }
    return len;
}
