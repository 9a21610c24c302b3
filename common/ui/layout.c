/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/ui.h"

static double between(double v, double most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

struct ds_box ds_box_pad(struct ds_box box, double x, double y)
{
    x = between(x, box.width / 2);
    y = between(y, box.height / 2);
    return (struct ds_box){box.x + x, box.y + y, box.width - 2 * x, box.height - 2 * y};
}

struct ds_box ds_box_top(struct ds_box *box, double height, double gap)
{
    height = between(height, box->height);
    struct ds_box out = {box->x, box->y, box->width, height};
    double used = between(height + gap, box->height);
    box->y += used;
    box->height -= used;
    return out;
}

struct ds_box ds_box_bottom(struct ds_box *box, double height, double gap)
{
    height = between(height, box->height);
    struct ds_box out = {box->x, box->y + box->height - height, box->width, height};
    box->height -= between(height + gap, box->height);
    return out;
}

struct ds_box ds_box_left(struct ds_box *box, double width, double gap)
{
    width = between(width, box->width);
    struct ds_box out = {box->x, box->y, width, box->height};
    double used = between(width + gap, box->width);
    box->x += used;
    box->width -= used;
    return out;
}

struct ds_box ds_box_right(struct ds_box *box, double width, double gap)
{
    width = between(width, box->width);
    struct ds_box out = {box->x + box->width - width, box->y, width, box->height};
    box->width -= between(width + gap, box->width);
    return out;
}

struct ds_box ds_box_column(struct ds_box box, unsigned i, unsigned n, double gap)
{
    double each = between((box.width - gap * (n - 1)) / n, box.width);
    return (struct ds_box){box.x + i * (each + gap), box.y, each, box.height};
}

struct ds_box ds_box_row(struct ds_box box, unsigned i, unsigned n, double gap)
{
    double each = between((box.height - gap * (n - 1)) / n, box.height);
    return (struct ds_box){box.x, box.y + i * (each + gap), box.width, each};
}

struct ds_box ds_box_middle(struct ds_box in, double width, double height)
{
    return (struct ds_box){in.x + (in.width - width) / 2, in.y + (in.height - height) / 2, width,
                           height};
}
