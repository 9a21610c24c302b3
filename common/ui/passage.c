/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a longer text: where they end, how they look with a selection and links in them. Pango
 * knows scripts, directions and what is one character; this only asks it. */
#include "common/base/text.h"
#include "common/ui/inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROW_MAX = 4096, MARK = 3 };

/* ---- breaking ---- */

/* Hinted advances are whole pixels, and kerning only takes away: good enough to say that a short
 * text has room, without a layout. < 0: it has to be asked. */
static double ascii_width(struct ds_ui *ui, const char *text, size_t len)
{
    double sum = 0;
    if (ui->advance_scale != ui->theme.scale) {
        memset(ui->advance, 0, sizeof ui->advance);
        ui->advance_scale = ui->theme.scale;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c > '~')
            return -1;
        uint8_t *advance = &ui->advance[c - ' '];
        if (*advance == 0) {
            char twice[] = {'n', (char)c, 'n', 0}, none[] = "nn";
            double wide = ds_ui_text_width(ui, twice, DS_TYPE_NORMAL, 0) -
                          ds_ui_text_width(ui, none, DS_TYPE_NORMAL, 0);
            *advance = (uint8_t)(wide * ui->theme.scale + 0.5);
        }
        sum += *advance;
    }
    return sum / ui->theme.scale;
}

size_t ds_ui_break(struct ds_ui *ui, const char *text, size_t len, double width, uint16_t *starts,
                   size_t most, bool *is_rtl)
{
    char part[ROW_MAX];
    size_t count = 0;
    double wide = ascii_width(ui, text, len);
    starts[0] = 0;
    *is_rtl = false;
    if (wide >= 0 && wide <= width - 2)
        return 1;
    snprintf(part, sizeof part, "%.*s", (int)len, text);
    PangoLayout *layout =
        ui_layout(ui, part, DS_TYPE_NORMAL, DS_UI_WRAP, (int)(width * ui->theme.scale + 0.5));
    *is_rtl = layout && pango_layout_get_direction(layout, 0) == PANGO_DIRECTION_RTL;
    GSList *at = layout ? pango_layout_get_lines_readonly(layout) : NULL;
    for (; at && count < most; at = at->next)
        starts[count++] = (uint16_t)((const PangoLayoutLine *)at->data)->start_index;
    return count > 0 ? count : 1;
}

/* ---- one row ---- */

/* The row as pango gets it: with a mark where its own first letter runs the other way than the
 * paragraph that it was cut from. Returns how many bytes the mark has. */
static size_t put_row(struct ds_ui *ui, char out[ROW_MAX], const char *text, bool is_rtl)
{
    PangoDirection own = PANGO_DIRECTION_LTR;
    bool is_plain = !is_rtl;
    for (const char *p = text; *p && is_plain; p++)
        is_plain = (unsigned char)*p < 0x80;
    PangoLayout *layout = is_plain ? NULL : ui_layout(ui, text, DS_TYPE_NORMAL, 0, -1);
    if (layout)
        own = pango_layout_get_direction(layout, 0);
    bool is_other = (own == PANGO_DIRECTION_RTL) != is_rtl;
    const char *mark = !is_other ? "" : is_rtl ? "\xe2\x80\x8f" : "\xe2\x80\x8e";
    snprintf(out, ROW_MAX, "%s%s", mark, text);
    return is_other ? MARK : 0;
}

/* A row from the right needs its width to stand at the right; it fits, so nothing becomes "…". */
static unsigned flags_of(bool is_rtl)
{
    return is_rtl ? DS_UI_ELLIPSIS : 0;
}

static PangoLayout *layout_of(struct ds_ui *ui, struct ds_box box, const char *row, bool is_rtl)
{
    int width = is_rtl ? ui_device(ui, box).width : -1;
    return ui_layout(ui, row, DS_TYPE_NORMAL, flags_of(is_rtl), width);
}

/* The link once more over itself, in its colour and with a line below it. */
static void draw_link(struct ds_ui *ui, struct ds_box box, struct ds_box part, const char *row,
                      bool is_rtl)
{
    struct ds_box line = {part.x, part.y + part.height - 3, part.width, 1}, clip = ui->clip;
    uint32_t color = ui_color(ui, DS_COLOR_ACCENT);
    double end = fmin(clip.x + clip.width, part.x + part.width);
    if (ui_is_over(ui, part))
        ui->cursor = DS_UI_HAND;
    ui->clip.x = fmax(clip.x, part.x);
    ui->clip.width = fmax(0, end - ui->clip.x);
    ui_fill(ui, part, ui_color(ui, DS_COLOR_SURFACE), 0);
    ui_fill(ui, line, color, 0);
    ui_text(ui, box, row, DS_TYPE_NORMAL, DS_UI_MIDDLE | flags_of(is_rtl), color);
    ui->clip = clip;
}

/* Bytes from..to of the row, which may be several stretches of it where directions mix. */
static void draw_part(struct ds_ui *ui, struct ds_box box, const char *row, bool is_rtl,
                      struct ds_ui_part bytes, size_t mark, bool is_link)
{
    int *ranges = NULL, count = 0;
    PangoLayout *layout = layout_of(ui, box, row, is_rtl);
    double unit = PANGO_SCALE * ui->theme.scale;
    if (!layout || bytes.from == bytes.to)
        return;
    pango_layout_line_get_x_ranges(pango_layout_get_line_readonly(layout, 0),
                                   (int)(bytes.from + mark), (int)(bytes.to + mark), &ranges,
                                   &count);
    for (int i = 0; i < count; i++) {
        struct ds_box part = {box.x + ranges[2 * i] / unit, box.y,
                              (ranges[2 * i + 1] - ranges[2 * i]) / unit, box.height};
        struct op *op = NULL;
        if (is_link)
            draw_link(ui, box, part, row, is_rtl);
        else
            op = ui_op(ui, OP_FILL, part, ui_color(ui, DS_COLOR_ACCENT));
        if (op)
            op->alpha = 30; /* over the text, whatever its colour */
    }
    g_free(ranges);
}

void ds_ui_passage(struct ds_ui *ui, struct ds_box box, const char *text, bool is_rtl,
                   enum ds_color color, struct ds_ui_part selected, const struct ds_ui_part *links,
                   size_t link_count)
{
    char row[ROW_MAX];
    size_t mark = put_row(ui, row, text, is_rtl);
    if (ui_is_over(ui, box))
        ui->cursor = DS_UI_IBEAM;
    ui_text(ui, box, row, DS_TYPE_NORMAL, DS_UI_MIDDLE | flags_of(is_rtl), ui_color(ui, color));
    for (size_t i = 0; i < link_count; i++)
        draw_part(ui, box, row, is_rtl, links[i], mark, true);
    draw_part(ui, box, row, is_rtl, selected, mark, false);
}

size_t ds_ui_passage_at(struct ds_ui *ui, struct ds_box box, const char *text, bool is_rtl,
                        double x, bool to_left)
{
    char row[ROW_MAX];
    size_t mark = put_row(ui, row, text, is_rtl);
    PangoLayout *layout = layout_of(ui, box, row, is_rtl);
    int index = 0, trailing = 0;
    if (!layout)
        return 0;
    pango_layout_xy_to_index(layout, (int)((x - box.x) * ui->theme.scale * PANGO_SCALE), 0, &index,
                             &trailing);
    const char *p = row + index, *end = row + strlen(row);
    for (; !to_left && trailing > 0 && p < end; trailing--)
        ds_text_next(&p, end);
    size_t at = (size_t)(p - row);
    return at > mark ? at - mark : 0;
}

/* ---- small things ---- */

void ds_ui_copy(struct ds_ui *ui, const char *text, bool primary)
{
    if (ui->host.clipboard_put && text[0])
        ui->host.clipboard_put(ui->host.ctx, text, primary);
}

void ds_ui_badge(struct ds_ui *ui, struct ds_box box, unsigned count)
{
    char text[8];
    if (count == 0)
        return;
    snprintf(text, sizeof text, count > 99 ? "99+" : "%u", count);
    double wide = ds_ui_text_width(ui, text, DS_TYPE_SMALL, DS_UI_BOLD) + DS_SPACE_2;
    wide = wide < 16 ? 16 : wide;
    struct ds_box at = {box.x + box.width - wide, box.y, wide, 16};
    ui_fill(ui, at, ui_color(ui, DS_COLOR_BAD), 8);
    ui_text(ui, at, text, DS_TYPE_SMALL, DS_UI_BOLD | DS_UI_CENTER | DS_UI_MIDDLE,
            ui_color(ui, DS_COLOR_SURFACE));
}
