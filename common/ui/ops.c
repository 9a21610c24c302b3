/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include "common/base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int snap(double v)
{
    return (int)floor(v + 0.5);
}

/* Edges snap, so that neighbours meet. */
cairo_rectangle_int_t ui_device(const struct ds_ui *ui, struct ds_box box)
{
    double s = ui->theme.scale;
    int x0 = snap(box.x * s), y0 = snap(box.y * s);
    int x1 = snap((box.x + box.width) * s), y1 = snap((box.y + box.height) * s);
    return (cairo_rectangle_int_t){x0, y0, x1 - x0, y1 - y0};
}

void ui_damage_add(struct ds_ui *ui, const cairo_rectangle_int_t *box)
{
    int x0 = box->x < 0 ? 0 : box->x, y0 = box->y < 0 ? 0 : box->y;
    int x1 = box->x + box->width, y1 = box->y + box->height;
    x1 = x1 > ui->width ? ui->width : x1;
    y1 = y1 > ui->height ? ui->height : y1;
    if (x1 <= x0 || y1 <= y0)
        return;
    cairo_rectangle_int_t *d = &ui->damage;
    if (d->width > 0 && d->height > 0) {
        x0 = d->x < x0 ? d->x : x0;
        y0 = d->y < y0 ? d->y : y0;
        x1 = d->x + d->width > x1 ? d->x + d->width : x1;
        y1 = d->y + d->height > y1 ? d->y + d->height : y1;
    }
    *d = (cairo_rectangle_int_t){x0, y0, x1 - x0, y1 - y0};
}

static bool grow(struct ops *ops)
{
    if (ops->count < ops->cap)
        return true;
    size_t cap = ops->cap ? ops->cap * 2 : 64;
    struct op *list = cap <= OPS_MAX ? ds_realloc_array(ops->list, cap, sizeof *list) : NULL;
    if (!list)
        return false;
    ops->list = list;
    ops->cap = cap;
    return true;
}

struct op *ui_op(struct ds_ui *ui, enum op_kind kind, struct ds_box box, uint32_t color)
{
    struct ops *ops = &ui->ops;
    if (!grow(ops))
        return NULL;
    struct op *op = &ops->list[ops->count++];
    memset(op, 0, sizeof *op);
    op->kind = (uint16_t)kind;
    op->layer = (uint16_t)ui->layer;
    op->color = color;
    op->box = ui_device(ui, box);
    op->clip = ui_device(ui, ui->clip);
    op->width = -1;
    return op;
}

void ui_fill(struct ds_ui *ui, struct ds_box box, uint32_t color, double radius)
{
    struct op *op = ui_op(ui, OP_FILL, box, color);
    if (op)
        op->radius = (uint16_t)snap(radius * ui->theme.scale);
}

void ui_border(struct ds_ui *ui, struct ds_box box, uint32_t color, double radius, double line)
{
    struct op *op = ui_op(ui, OP_BORDER, box, color);
    if (!op)
        return;
    op->radius = (uint16_t)snap(radius * ui->theme.scale);
    op->line = (uint16_t)snap(line * ui->theme.scale);
}

static bool add_text(struct ops *ops, const char *text, size_t *at)
{
    size_t n = strlen(text) + 1;
    if (ops->used + n > ops->room) {
        size_t room = ops->room ? ops->room : 1024;
        while (room < ops->used + n && room < TEXTS_MAX)
            room *= 2;
        char *texts = room >= ops->used + n ? ds_realloc_array(ops->texts, room, 1) : NULL;
        if (!texts)
            return false;
        ops->texts = texts;
        ops->room = room;
    }
    memcpy(ops->texts + ops->used, text, n);
    *at = ops->used;
    ops->used += n;
    return true;
}

void ui_text(struct ds_ui *ui, struct ds_box box, const char *text, enum ds_type type,
             unsigned flags, uint32_t color)
{
    struct op *op = *text ? ui_op(ui, OP_TEXT, box, color) : NULL;
    if (!op)
        return;
    if (!add_text(&ui->ops, text, &op->text)) {
        ui->ops.count--;
        return;
    }
    op->type = (uint16_t)type;
    op->flags = (uint16_t)flags;
    if (flags & (DS_UI_WRAP | DS_UI_ELLIPSIS | DS_UI_CENTER | DS_UI_RIGHT))
        op->width = snap(box.width * ui->theme.scale); /* as it was measured */
}

const char *ui_op_text(const struct ops *ops, const struct op *op)
{
    return op->kind == OP_TEXT ? ops->texts + op->text : "";
}

static bool is_same(const struct ops *a, const struct op *x, const struct ops *b,
                    const struct op *y)
{
    return memcmp(x, y, offsetof(struct op, text)) == 0 &&
           strcmp(ui_op_text(a, x), ui_op_text(b, y)) == 0;
}

/* What an operation can touch: text may be wider than its box, up to its clip. */
static cairo_rectangle_int_t reach(const struct ds_ui *ui, const struct op *op)
{
    cairo_rectangle_int_t box = op->box;
    if (op->kind == OP_TEXT && op->width < 0) {
        box.width = op->clip.x + op->clip.width - box.x;
    }
    /* Glyphs and rings may reach a little over the edge. */
    int over = op->kind == OP_TEXT ? 2 + snap(ui->theme.scale * 2) : 0;
    box.x -= over;
    box.y -= over;
    box.width += 2 * over;
    box.height += 2 * over;
    return box;
}

static void damage_op(struct ds_ui *ui, const struct op *op)
{
    cairo_rectangle_int_t box = reach(ui, op);
    ui_damage_add(ui, &box);
}

static void cut(cairo_rectangle_int_t *box, int x0, int y0, int x1, int y1)
{
    int right = box->x + box->width, bottom = box->y + box->height;
    box->x = box->x > x0 ? box->x : x0;
    box->y = box->y > y0 ? box->y : y0;
    box->width = (right < x1 ? right : x1) - box->x;
    box->height = (bottom < y1 ? bottom : y1) - box->y;
}

static bool is_within(const cairo_rectangle_int_t *a, const cairo_rectangle_int_t *b)
{
    return a->x >= b->x && a->y >= b->y && a->x + a->width <= b->x + b->width &&
           a->y + a->height <= b->y + b->height;
}

static void join(cairo_rectangle_int_t *a, const cairo_rectangle_int_t *b)
{
    int x1 = a->x + a->width, y1 = a->y + a->height;
    x1 = b->x + b->width > x1 ? b->x + b->width : x1;
    y1 = b->y + b->height > y1 ? b->y + b->height : y1;
    a->x = b->x < a->x ? b->x : a->x;
    a->y = b->y < a->y ? b->y : a->y;
    a->width = x1 - a->x;
    a->height = y1 - a->y;
}

static size_t add_painted(cairo_rectangle_int_t *boxes, size_t n, size_t most,
                          const cairo_rectangle_int_t *box)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_within(box, &boxes[i]))
            return n;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_within(&boxes[i], box))
            boxes[kept++] = boxes[i];
    }
    if (kept < most)
        boxes[kept++] = *box;
    else
        join(&boxes[kept - 1], box);
    return kept;
}

/* As reach, with a text that is not broken measured. */
static cairo_rectangle_int_t painted_by(struct ds_ui *ui, const struct op *op)
{
    cairo_rectangle_int_t box = reach(ui, op);
    if (op->kind == OP_TEXT && op->width < 0) {
        int width = 0, over = op->box.x - box.x;
        PangoLayout *layout =
            ui_layout(ui, ui_op_text(&ui->shown, op), op->type, op->flags, op->width);
        if (layout) {
            pango_layout_get_pixel_size(layout, &width, NULL);
            box.width = width + 2 * over;
        }
    }
    cut(&box, 0, 0, ui->width, ui->height);
    cut(&box, op->clip.x, op->clip.y, op->clip.x + op->clip.width, op->clip.y + op->clip.height);
    return box;
}

size_t ds_ui_painted(struct ds_ui *ui, cairo_rectangle_int_t *boxes, size_t most)
{
    size_t n = 0;
    if (ui->ground_before >= 0) {
        boxes[0] = (cairo_rectangle_int_t){0, 0, ui->width, ui->height};
        return 1;
    }
    for (size_t i = 0; i < ui->shown.count; i++) {
        cairo_rectangle_int_t box = painted_by(ui, &ui->shown.list[i]);
        if (box.width > 0 && box.height > 0)
            n = add_painted(boxes, n, most, &box);
    }
    return n;
}

/* Layers were declared in any order: painted lowest first, else as declared. */
static void sort_layers(struct ops *ops)
{
    size_t sorted = 0;
    for (unsigned layer = 0; layer < LAYER_COUNT; layer++) {
        for (size_t i = sorted; i < ops->count; i++) {
            if (ops->list[i].layer != layer)
                continue;
            struct op op = ops->list[i];
            memmove(&ops->list[sorted + 1], &ops->list[sorted], (i - sorted) * sizeof op);
            ops->list[sorted++] = op;
        }
    }
}

void ui_ops_settle(struct ds_ui *ui)
{
    struct ops *new = &ui->ops, *old = &ui->shown;
    sort_layers(new);
    size_t first = 0, n = new->count, o = old->count;
    while (first < n && first < o && is_same(new, &new->list[first], old, &old->list[first]))
        first++;
    while (n > first && o > first && is_same(new, &new->list[n - 1], old, &old->list[o - 1])) {
        n--;
        o--;
    }
    bool is_paired = n == o;
    for (size_t i = first; i < n || i < o; i++) {
        if (is_paired && is_same(new, &new->list[i], old, &old->list[i]))
            continue;
        if (i < n)
            damage_op(ui, &new->list[i]);
        if (i < o)
            damage_op(ui, &old->list[i]);
    }
    struct ops swap = ui->shown;
    ui->shown = ui->ops;
    ui->ops = swap;
    ui->ops.count = 0;
    if (ui->ops.texts)
        explicit_bzero(ui->ops.texts, ui->ops.used);
    ui->ops.used = 0;
}

void ui_ops_destroy(struct ops *ops)
{
    free(ops->list);
    if (ops->texts)
        explicit_bzero(ops->texts, ops->room);
    free(ops->texts);
}
