/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/hand_cursor.h"

#include "viewer/present/shapes.h"

#include <math.h>

#define SIDE 36    /* logical pixels of the whole */
#define HOT 9      /* the cross: its middle, from the left and the top */
#define ARM 8      /* its reach */
#define TOOL 18    /* the tool's icon, */
#define TOOL_AT 17 /* and its left and top */

static void trace_cross(cairo_t *cr)
{
    cairo_move_to(cr, HOT + 0.5 - ARM, HOT + 0.5);
    cairo_line_to(cr, HOT + 0.5 + ARM, HOT + 0.5);
    cairo_move_to(cr, HOT + 0.5, HOT + 0.5 - ARM);
    cairo_line_to(cr, HOT + 0.5, HOT + 0.5 + ARM);
}

static void paint_cross(cairo_t *cr)
{
    cairo_set_source_rgb(cr, 1, 1, 1); /* a rim: seen on every ground */
    cairo_set_line_width(cr, 3);
    trace_cross(cr);
    cairo_stroke(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_line_width(cr, 1);
    trace_cross(cr);
    cairo_stroke(cr);
}

static void paint_tool(cairo_t *cr, enum ds_icon icon, uint32_t color)
{
    double r = (color >> 16 & 0xff) / 255.0, g = (color >> 8 & 0xff) / 255.0;
    double b = (color & 0xff) / 255.0, rim = 0.3 * r + 0.6 * g + 0.1 * b > 0.6 ? 0.1 : 1;
    cairo_set_source_rgb(cr, rim, rim, rim);
    for (int i = 0; i < 8; i++)
        ds_icon_draw(cr, icon, TOOL_AT + 1.2 * cos(i * M_PI / 4), TOOL_AT + 1.2 * sin(i * M_PI / 4),
                     TOOL);
    cairo_set_source_rgb(cr, r, g, b);
    ds_icon_draw(cr, icon, TOOL_AT, TOOL_AT, TOOL);
}

static SDL_Cursor *make(enum ds_icon icon, uint32_t color, double scale)
{
    int side = (int)ceil(SIDE * scale), hot = (int)((HOT + 0.5) * scale);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, side, side);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, scale, scale);
    paint_cross(cr);
    paint_tool(cr, icon, color);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    SDL_Cursor *cursor = NULL;
    if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) /* its rows are `side` pixels */
        cursor = viewer_shape_cursor(
            (const uint32_t *)(const void *)cairo_image_surface_get_data(surface), side, side, hot,
            hot);
    cairo_surface_destroy(surface);
    return cursor;
}

SDL_Cursor *viewer_hand_cursor_get(struct viewer_hand_cursor *h, enum ds_icon icon, uint32_t color,
                                   double scale)
{
    if (h->cursor && h->icon == icon && h->color == color && h->scale == scale)
        return h->cursor;
    SDL_Cursor *made = make(icon, color, scale);
    if (made)
        SDL_SetCursor(made); /* before the one in use goes */
    viewer_hand_cursor_destroy(h);
    *h = (struct viewer_hand_cursor){made, icon, color, scale};
    return made;
}

void viewer_hand_cursor_destroy(struct viewer_hand_cursor *h)
{
    if (h->cursor)
        SDL_FreeCursor(h->cursor);
    *h = (struct viewer_hand_cursor){.cursor = NULL};
}
