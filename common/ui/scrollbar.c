/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places that are dragged in with the pointer, and scroll bars made of them. */
#include "common/ui/inside.h"

#include <math.h>

enum { LEAST_THUMB = 32, MARGIN = 3, NOTCH_PART = 10 /* of a page */ };

bool ds_ui_drag(struct ds_ui *ui, ds_ui_id id, struct ds_box box, double *x, double *y, bool *began)
{
    ui_cover(ui, box);
    ui->tip.last = id;
    ui->tip.last_box = box;
    *began = false;
    const struct ds_ui_event *press = ui_unused(ui, DS_UI_PRESS);
    if (press && press->button == 1 && ui_is_over(ui, box)) {
        ui->active = id;
        *began = true;
        ui_use(ui);
    }
    if (ui->active != id)
        return false;
    *x = ui->x;
    *y = ui->y;
    return true;
}

void ds_ui_shade(struct ds_ui *ui, struct ds_box box, unsigned per_cent)
{
    struct op *op = ui_op(ui, OP_FILL, box, 0x000000);
    if (op)
        op->alpha = (uint16_t)per_cent;
}

void ds_ui_frame(struct ds_ui *ui, struct ds_box box, enum ds_color color, double line)
{
    ui_border(ui, box, ui_color(ui, color), 0, line);
}

bool ds_ui_is_over(const struct ds_ui *ui, struct ds_box box)
{
    return ui_is_over(ui, box);
}

/* ---- Scroll bars ---- */

/* Along the bar: where the thumb begins and how long it is, from the bar's first pixel. */
static void measure(double length, const struct ds_ui_scrollbar *bar, double *at, double *size)
{
    double all = bar->page + bar->most;
    *size = all > 0 ? length * bar->page / all : length;
    *size = fmin(length, fmax(*size, LEAST_THUMB));
    *at = bar->most > 0 ? (length - *size) * bar->value / bar->most : 0;
}

static double wheeled(const struct ds_ui *ui, const struct ds_ui_scrollbar *bar)
{
    const struct ds_ui_event *wheel = ui_unused(ui, DS_UI_WHEEL);
    if (!wheel)
        return 0;
    double notches = bar->is_upright || wheel->dx == 0 ? wheel->dy : wheel->dx;
    return notches * bar->page / NOTCH_PART;
}

bool ds_ui_scrollbar(struct ds_ui *ui, ds_ui_id id, struct ds_box box, struct ds_ui_scrollbar *bar)
{
    double x = 0, y = 0, at, size, before = bar->value;
    double length = bar->is_upright ? box.height : box.width;
    bool began, held = ds_ui_drag(ui, id, box, &x, &y, &began);
    double point = bar->is_upright ? y - box.y : x - box.x;
    measure(length, bar, &at, &size);
    if (began && point >= at && point < at + size) {
        bar->grip = point - at;
    } else if (began) { /* beside the thumb: a page, and holding goes no further */
        bar->grip = NAN;
        bar->value += point < at ? -bar->page : bar->page;
    } else if (held && !isnan(bar->grip) && length > size) {
        bar->value = (point - bar->grip) / (length - size) * bar->most;
    }
    bool is_over = ui_is_over(ui, box) && (ui->active == 0 || ui->active == id);
    double turned = is_over ? wheeled(ui, bar) : 0;
    if (turned != 0) {
        bar->value += turned;
        ui_use(ui);
    }
    bar->value = fmin(bar->most, fmax(0, bar->value));
    measure(length, bar, &at, &size);
    ui_fill(ui, box, ui_color(ui, DS_COLOR_RAISED), 0);
    struct ds_box thumb = bar->is_upright
                              ? (struct ds_box){box.x + MARGIN, box.y + at, box.width, size}
                              : (struct ds_box){box.x + at, box.y + MARGIN, size, box.height};
    if (bar->is_upright)
        thumb.width = fmax(1, box.width - 2 * MARGIN);
    else
        thumb.height = fmax(1, box.height - 2 * MARGIN);
    uint32_t color = ui_color(ui, DS_COLOR_MUTED);
    ui_fill(ui, thumb, held || is_over ? ui_tint(ui, color, held ? 160 : 96) : color,
            (bar->is_upright ? thumb.width : thumb.height) / 2);
    return bar->value != before;
}
