/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include <math.h>

static void source(cairo_t *cr, uint32_t color, unsigned alpha)
{
    cairo_set_source_rgba(cr, (color >> 16 & 0xff) / 255.0, (color >> 8 & 0xff) / 255.0,
                          (color & 0xff) / 255.0, alpha ? alpha / 100.0 : 1);
}

static void rounded(cairo_t *cr, double x, double y, double width, double height, double radius)
{
    radius = fmin(radius, fmin(width, height) / 2);
    if (radius < 0.5) {
        cairo_rectangle(cr, x, y, width, height);
        return;
    }
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + width - radius, y + radius, radius, -M_PI / 2, 0);
    cairo_arc(cr, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
    cairo_arc(cr, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
    cairo_arc(cr, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
    cairo_close_path(cr);
}

static void paint_text(struct ds_ui *ui, cairo_t *cr, const struct op *op)
{
    PangoLayout *layout = ui_layout(ui, ui_op_text(&ui->shown, op), op->type, op->flags, op->width);
    if (!layout)
        return;
    double y = op->box.y;
    if (op->flags & DS_UI_MIDDLE) {
        int height;
        pango_layout_get_pixel_size(layout, NULL, &height);
        y += floor((op->box.height - height) / 2.0);
    }
    cairo_move_to(cr, op->box.x, y);
    pango_cairo_show_layout(cr, layout);
    cairo_new_path(cr);
}

static void paint_op(struct ds_ui *ui, cairo_t *cr, const struct op *op)
{
    double x = op->box.x, y = op->box.y, width = op->box.width, height = op->box.height;
    source(cr, op->color, op->alpha);
    switch ((enum op_kind)op->kind) {
    case OP_FILL:
        rounded(cr, x, y, width, height, op->radius);
        cairo_fill(cr);
        break;
    case OP_BORDER: {
        double line = op->line;
        rounded(cr, x + line / 2, y + line / 2, width - line, height - line,
                fmax(0, op->radius - line / 2));
        cairo_set_line_width(cr, line);
        cairo_stroke(cr);
        break;
    }
    case OP_TEXT:
        paint_text(ui, cr, op);
        break;
    case OP_ICON:
        ds_icon_draw(cr, (enum ds_icon)op->type, x, y, fmin(width, height));
        break;
    }
}

static void clip_to(cairo_t *cr, const cairo_rectangle_int_t *box)
{
    cairo_rectangle(cr, box->x, box->y, box->width, box->height);
    cairo_clip(cr);
}

void ds_ui_paint(struct ds_ui *ui, cairo_t *cr)
{
    if (!ds_ui_damage(ui, NULL))
        return;
    cairo_save(cr);
    clip_to(cr, &ui->damage);
    if (ui->ground_before >= 0) {
        source(cr, ui_color(ui, (enum ds_color)ui->ground_before), 0);
        cairo_paint(cr);
    } else {
        cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
        cairo_paint(cr);
        cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
    }
    for (size_t i = 0; i < ui->shown.count; i++) {
        const struct op *op = &ui->shown.list[i];
        cairo_save(cr);
        clip_to(cr, &op->clip);
        paint_op(ui, cr, op);
        cairo_restore(cr);
    }
    cairo_restore(cr);
    ui->damage = (cairo_rectangle_int_t){0};
}
