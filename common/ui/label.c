/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is only looked at: text, panels, lines, icons, chips, progress. */
#include "common/ui/inside.h"

#include "common/ui/text.h"

#include <string.h>

enum { CHIP_HEIGHT = 24, CHIP_ICON = 16 };

/* Remembers the first text that does not fit; a pixel of rounding is forgiven. */
static void check_cut(struct ds_ui *ui, struct ds_box box, const char *text, double width,
                      double height, unsigned flags)
{
    if (ui->cut || !*text)
        return;
    bool is_wide = width > box.width + 1 && !(flags & DS_UI_ELLIPSIS);
    bool is_high = height > box.height + 1;
    bool is_outside = box.x < -1 || box.y < -1 || box.x + width > ds_ui_width(ui) + 1 ||
                      box.y + height > ds_ui_height(ui) + 1;
    bool is_scrolled = ui->clip.width < ds_ui_width(ui) - 1;
    if (is_wide || is_high || (is_outside && !is_scrolled && !(flags & DS_UI_ELLIPSIS)))
        ui->cut = strdup(text);
}

double ds_ui_label(struct ds_ui *ui, struct ds_box box, const char *text, enum ds_type type,
                   enum ds_color color, unsigned flags)
{
    double width = flags & DS_UI_WRAP ? 0 : ds_ui_text_width(ui, text, type, flags);
    double height = ds_ui_text_height(ui, text, type, flags, box.width);
    check_cut(ui, box, text, width, height, flags);
    ui_text(ui, box, text, type, flags, ui_color(ui, color));
    return height;
}

void ds_ui_paragraph(struct ds_ui *ui, struct ds_box *box, const char *text, enum ds_type type,
                     enum ds_color color, unsigned flags, double gap)
{
    flags |= DS_UI_WRAP;
    double height = ds_ui_text_height(ui, text, type, flags, box->width);
    ds_ui_label(ui, ds_box_top(box, height, gap), text, type, color, flags);
}

void ds_ui_number(struct ds_ui *ui, struct ds_box box, const char *digits, bool large)
{
    char text[64];
    ds_text_grouped(text, sizeof text, digits);
    unsigned flags = DS_UI_CENTER | DS_UI_MIDDLE | DS_UI_BOLD | DS_UI_TABULAR |
                     (large ? (unsigned)TEXT_HUGE : 0);
    ds_ui_label(ui, box, text, DS_TYPE_NUMBER, DS_COLOR_TEXT, flags);
}

void ds_ui_panel(struct ds_ui *ui, struct ds_box box, enum ds_color color, unsigned shape)
{
    double radius = shape & DS_UI_ROUND ? DS_RADIUS : 0;
    ui_cover(ui, box);
    ui_fill(ui, box, ui_color(ui, color), radius);
    if (shape & DS_UI_BORDER)
        ui_border(ui, box, ui_color(ui, DS_COLOR_LINE), radius, 1);
}

void ds_ui_line(struct ds_ui *ui, struct ds_box box)
{
    ui_fill(ui, (struct ds_box){box.x, box.y, box.width, 1}, ui_color(ui, DS_COLOR_LINE), 0);
}

void ds_ui_icon(struct ds_ui *ui, struct ds_box box, enum ds_icon icon, enum ds_color color)
{
    struct op *op = ui_op(ui, OP_ICON, box, ui_color(ui, color));
    if (op)
        op->type = (uint16_t)icon;
}

double ds_ui_chip(struct ds_ui *ui, double x, double y, enum ds_icon icon, const char *word,
                  enum ds_color color)
{
    double text = ds_ui_text_width(ui, word, DS_TYPE_SMALL, DS_UI_BOLD);
    double before = icon ? CHIP_ICON + DS_SPACE_1 : 0;
    struct ds_box box = {x, y, text + before + 2 * DS_SPACE_2, CHIP_HEIGHT};
    double width = box.width;
    ui_cover(ui, box);
    ui_fill(ui, box, ui_color(ui, color), CHIP_HEIGHT / 2.0);
    box = ds_box_pad(box, DS_SPACE_2, 0);
    if (icon)
        ds_ui_icon(ui,
                   ds_box_middle(ds_box_left(&box, CHIP_ICON, DS_SPACE_1), CHIP_ICON, CHIP_ICON),
                   icon, DS_COLOR_ON_ACCENT);
    ds_ui_label(ui, box, word, DS_TYPE_SMALL, DS_COLOR_ON_ACCENT, DS_UI_BOLD | DS_UI_MIDDLE);
    return width;
}

void ds_ui_progress(struct ds_ui *ui, struct ds_box box, double fraction, enum ds_color color)
{
    fraction = fraction >= 0 ? fraction <= 1 ? fraction : 1 : 0;
    ui_fill(ui, box, ui_color(ui, DS_COLOR_LINE), box.height / 2);
    box.width *= fraction;
    if (box.width > 0) {
        box.width = box.width < box.height ? box.height : box.width;
        ui_fill(ui, box, ui_color(ui, color), box.height / 2);
    }
}
