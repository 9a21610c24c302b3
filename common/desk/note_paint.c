/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/note_paint.h"

#include <math.h>
#include <pango/pangocairo.h>

/* Picture pixels. */
#define LINE 4.0
#define EDGE 1.5    /* a light rim: seen on a ground of the same colour */
#define MARKER 24.0 /* the highlighter */
#define HEAD 22.0   /* of an arrow */
#define LETTERS 20.0
#define PAD 6.0 /* round a text */
#define SHADE 0.45

static void set_color(cairo_t *cr, uint32_t color, double alpha)
{
    cairo_set_source_rgba(cr, (color >> 16 & 0xff) / 255.0, (color >> 8 & 0xff) / 255.0,
                          (color & 0xff) / 255.0, alpha);
}

static bool is_bright(uint32_t color)
{
    return 299 * (color >> 16 & 0xff) + 587 * (color >> 8 & 0xff) + 114 * (color & 0xff) > 150000;
}

/* The pixel's middle, as a hand that points at it means. */
static double px(const struct ds_note_shape *s, unsigned i)
{
    return s->x + (s->note->points[i].x + 0.5) * s->scale;
}

static double py(const struct ds_note_shape *s, unsigned i)
{
    return s->y + (s->note->points[i].y + 0.5) * s->scale;
}

/* Small pictures keep lines that can be seen. */
static double thick(const struct ds_note_shape *s, double width)
{
    static const double factors[DS_NOTE_SIZES] = {1, 0.5, 2};
    return fmax(width * s->scale * factors[s->note->size], 2);
}

/* ---- text ---- */

static PangoLayout *make_layout(const struct ds_note_shape *s, int *width, int *height)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_new();
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY); /* no coloured fringes */
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_font_description_set_family_static(font, "sans-serif");
    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_font_description_set_absolute_size(font, fmax(thick(s, LETTERS), 8) * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, s->note->text, -1);
    pango_layout_get_pixel_size(layout, width, height);
    g_object_unref(context);
    return layout;
}

static void paint_text(cairo_t *cr, const struct ds_note_shape *s)
{
    int width, height;
    double pad = thick(s, PAD);
    PangoLayout *layout = make_layout(s, &width, &height);
    cairo_rectangle(cr, floor(px(s, 0)), floor(py(s, 0)), ceil(width + 2 * pad),
                    ceil(height + 2 * pad));
    set_color(cr, s->note->color, 1);
    cairo_fill(cr);
    set_color(cr, is_bright(s->note->color) ? 0x1a1d21 : 0xffffff, 1);
    cairo_move_to(cr, floor(px(s, 0)) + pad, floor(py(s, 0)) + pad);
    pango_cairo_show_layout(cr, layout);
    g_object_unref(layout);
}

void ds_note_paint_caret(cairo_t *cr, const struct ds_note_shape *s, size_t caret)
{
    int width, height;
    PangoRectangle at;
    double pad = thick(s, PAD);
    PangoLayout *layout = make_layout(s, &width, &height);
    pango_layout_get_cursor_pos(layout, (int)caret, &at, NULL);
    cairo_rectangle(cr, floor(px(s, 0)) + pad + floor(at.x / (double)PANGO_SCALE),
                    floor(py(s, 0)) + pad, 2, height);
    set_color(cr, is_bright(s->note->color) ? 0x1a1d21 : 0xffffff, 1);
    cairo_fill(cr);
    g_object_unref(layout);
}

/* ---- lines ---- */

static void trace(cairo_t *cr, const struct ds_note_shape *s)
{
    cairo_new_path(cr);
    cairo_move_to(cr, px(s, 0), py(s, 0));
    for (unsigned i = 1; i < s->note->count; i++)
        cairo_line_to(cr, px(s, i), py(s, i));
    if (s->note->count == 1) /* a dot */
        cairo_line_to(cr, px(s, 0), py(s, 0));
}

static void trace_arrow(cairo_t *cr, const struct ds_note_shape *s)
{
    double dx = px(s, 1) - px(s, 0), dy = py(s, 1) - py(s, 0), length = hypot(dx, dy);
    double head = fmin(thick(s, HEAD), fmax(length * 0.6, thick(s, LINE)));
    trace(cr, s);
    if (length < 1)
        return;
    for (int side = -1; side <= 1; side += 2) {
        double angle = atan2(dy, dx) + side * 0.45;
        cairo_move_to(cr, px(s, 1), py(s, 1));
        cairo_line_to(cr, px(s, 1) - head * cos(angle), py(s, 1) - head * sin(angle));
    }
}

static void trace_box(cairo_t *cr, const struct ds_note_shape *s)
{
    cairo_new_path(cr);
    cairo_rectangle(cr, px(s, 0), py(s, 0), px(s, 1) - px(s, 0), py(s, 1) - py(s, 0));
}

static void trace_ellipse(cairo_t *cr, const struct ds_note_shape *s)
{
    double rx = fabs(px(s, 1) - px(s, 0)) / 2, ry = fabs(py(s, 1) - py(s, 0)) / 2;
    cairo_save(cr);
    cairo_translate(cr, (px(s, 0) + px(s, 1)) / 2, (py(s, 0) + py(s, 1)) / 2);
    cairo_scale(cr, fmax(rx, 1), fmax(ry, 1));
    cairo_new_sub_path(cr);
    cairo_arc(cr, 0, 0, 1, 0, 2 * M_PI);
    cairo_close_path(cr);
    cairo_restore(cr);
}

/* The path as a line with a light rim. */
static void stroke_line(cairo_t *cr, const struct ds_note_shape *s)
{
    double line = thick(s, LINE), edge = fmax(EDGE * s->scale, 1);
    cairo_set_line_width(cr, line + 2 * edge);
    set_color(cr, is_bright(s->note->color) ? 0x1a1d21 : 0xffffff, 1);
    cairo_stroke_preserve(cr);
    cairo_set_line_width(cr, line);
    set_color(cr, s->note->color, 1);
    cairo_stroke(cr);
}

/* Where nothing can be translucent: the marker's outline, with the screen to be read inside. */
static void outline_marker(cairo_t *cr, const struct ds_note_shape *s)
{
    double line = thick(s, LINE) / 2 + 1;
    cairo_push_group(cr);
    cairo_set_line_width(cr, thick(s, MARKER));
    set_color(cr, s->note->color, 1);
    cairo_stroke_preserve(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
    cairo_set_line_width(cr, fmax(thick(s, MARKER) - 2 * line, 1));
    cairo_stroke(cr);
    cairo_pop_group_to_source(cr);
    cairo_paint(cr);
}

static void paint_marker(cairo_t *cr, const struct ds_note_shape *s, enum ds_note_look look)
{
    trace(cr, s);
    if (look == DS_NOTE_SOLID) {
        outline_marker(cr, s);
        return;
    }
    cairo_set_line_width(cr, thick(s, MARKER));
    set_color(cr, s->note->color, 0.4); /* one stroke: where it crosses itself it is no darker */
    cairo_stroke(cr);
}

void ds_note_paint_one(cairo_t *cr, const struct ds_note_shape *s, enum ds_note_look look)
{
    cairo_save(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_antialias(cr, look == DS_NOTE_SOLID ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_DEFAULT);
    switch (s->note->tool) {
    case DS_NOTE_PEN:
        trace(cr, s);
        stroke_line(cr, s);
        break;
    case DS_NOTE_ARROW:
        trace_arrow(cr, s);
        stroke_line(cr, s);
        break;
    case DS_NOTE_BOX:
        trace_box(cr, s);
        stroke_line(cr, s);
        break;
    case DS_NOTE_HIGHLIGHT:
        paint_marker(cr, s, look);
        break;
    case DS_NOTE_SPOTLIGHT:
        cairo_new_path(cr);
        trace_ellipse(cr, s);
        stroke_line(cr, s);
        break;
    case DS_NOTE_TEXT:
        paint_text(cr, s);
        break;
    default:
        break;
    }
    cairo_restore(cr);
}

/* ---- the shade ---- */

static struct ds_rect outward(double x, double y, double width, double height)
{
    int left = (int)floor(x), top = (int)floor(y);
    return (struct ds_rect){left, top, (int)ceil(x + width) - left, (int)ceil(y + height) - top};
}

static struct ds_rect picture_of(const struct ds_note_shape *s)
{
    return outward(s->x, s->y, s->note->width * s->scale, s->note->height * s->scale);
}

void ds_note_paint_shade(cairo_t *cr, const struct ds_note_shape *shapes, size_t count)
{
    bool has_any = false;
    for (size_t i = 0; i < count; i++)
        has_any |= shapes[i].note->tool == DS_NOTE_SPOTLIGHT;
    if (!has_any)
        return;
    cairo_push_group(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_rgba(cr, 0, 0, 0, SHADE);
    for (size_t i = 0; i < count; i++) {
        struct ds_rect picture = picture_of(&shapes[i]);
        if (shapes[i].note->tool != DS_NOTE_SPOTLIGHT)
            continue;
        cairo_rectangle(cr, picture.x, picture.y, picture.width, picture.height);
        cairo_fill(cr);
    }
    cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
    for (size_t i = 0; i < count; i++) {
        if (shapes[i].note->tool != DS_NOTE_SPOTLIGHT)
            continue;
        cairo_new_path(cr);
        trace_ellipse(cr, &shapes[i]);
        cairo_fill(cr);
    }
    cairo_pop_group_to_source(cr);
    cairo_paint(cr);
}

/* ---- all ---- */

struct ds_rect ds_note_box(const struct ds_note_shape *s, enum ds_note_look look)
{
    double left = px(s, 0), right = left, top = py(s, 0), bottom = top;
    if (s->note->tool == DS_NOTE_SPOTLIGHT && look == DS_NOTE_SOFT)
        return picture_of(s);
    if (s->note->tool == DS_NOTE_TEXT) {
        int width, height;
        PangoLayout *layout = make_layout(s, &width, &height);
        g_object_unref(layout);
        return outward(left - 1, top - 1, width + 2 * thick(s, PAD) + 3,
                       height + 2 * thick(s, PAD) + 3);
    }
    for (unsigned i = 1; i < s->note->count; i++) {
        left = fmin(left, px(s, i));
        right = fmax(right, px(s, i));
        top = fmin(top, py(s, i));
        bottom = fmax(bottom, py(s, i));
    }
    double reach = s->note->tool == DS_NOTE_HIGHLIGHT ? thick(s, MARKER) / 2
                   : s->note->tool == DS_NOTE_ARROW   ? thick(s, HEAD) + thick(s, LINE)
                                                      : thick(s, LINE);
    reach += fmax(EDGE * s->scale, 1) + 1;
    return outward(left - reach, top - reach, right - left + 2 * reach, bottom - top + 2 * reach);
}

void ds_note_paint(cairo_t *cr, const struct ds_note_shape *shapes, size_t count,
                   enum ds_note_look look)
{
    if (look == DS_NOTE_SOFT)
        ds_note_paint_shade(cr, shapes, count);
    for (size_t i = 0; i < count; i++)
        ds_note_paint_one(cr, &shapes[i], look);
}
