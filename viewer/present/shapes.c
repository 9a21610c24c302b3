/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/shapes.h"

#include <string.h>

#define DOT 5

static void shape_clear(struct viewer_shape *shape)
{
    if (shape->cursor)
        SDL_FreeCursor(shape->cursor);
    if (shape->image)
        cairo_surface_destroy(shape->image);
    *shape = (struct viewer_shape){0};
}

/* SDL wants straight alpha; the wire has premultiplied. */
static uint32_t straight(uint32_t p)
{
    uint32_t a = p >> 24;
    if (a == 0 || a == 255)
        return p;
    uint32_t r = ((p >> 16 & 255) * 255 + a / 2) / a;
    uint32_t g = ((p >> 8 & 255) * 255 + a / 2) / a;
    uint32_t b = ((p & 255) * 255 + a / 2) / a;
    return a << 24 | (r > 255 ? 255 : r) << 16 | (g > 255 ? 255 : g) << 8 | (b > 255 ? 255 : b);
}

SDL_Cursor *viewer_shape_cursor(const uint32_t *argb, int width, int height, int hot_x, int hot_y)
{
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888);
    if (!surface)
        return NULL;
    for (int y = 0; y < height; y++) {
        uint32_t *row = (uint32_t *)(void *)((uint8_t *)surface->pixels + y * surface->pitch);
        for (int x = 0; x < width; x++)
            row[x] = straight(argb[y * width + x]);
    }
    SDL_Cursor *cursor = SDL_CreateColorCursor(surface, hot_x, hot_y);
    SDL_FreeSurface(surface);
    return cursor;
}

static cairo_surface_t *make_image(const uint32_t *argb, int width, int height)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return NULL;
    }
    cairo_surface_flush(image);
    unsigned char *to = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);
    for (int y = 0; y < height; y++)
        memcpy(to + y * stride, argb + y * width, (size_t)width * 4);
    cairo_surface_mark_dirty(image);
    return image;
}

void viewer_shapes_init(struct viewer_shapes *shapes)
{
    uint32_t dot[DOT * DOT];
    *shapes = (struct viewer_shapes){.used = -1};
    for (int i = 0; i < DOT * DOT; i++) {
        int x = i % DOT, y = i / DOT;
        bool edge = x == 0 || y == 0 || x == DOT - 1 || y == DOT - 1;
        dot[i] = edge ? 0xffffffffu : 0xff000000u;
    }
    shapes->dot = viewer_shape_cursor(dot, DOT, DOT, DOT / 2, DOT / 2);
}

void viewer_shapes_clear(struct viewer_shapes *shapes)
{
    for (int i = 0; i < DS_CURSOR_SHAPES; i++)
        shape_clear(&shapes->shapes[i]);
    shapes->used = -1;
}

void viewer_shapes_destroy(struct viewer_shapes *shapes)
{
    viewer_shapes_clear(shapes);
    if (shapes->dot)
        SDL_FreeCursor(shapes->dot);
    shapes->dot = NULL;
}

void viewer_shapes_notice(struct viewer_shapes *shapes, const struct viewer_notice *notice)
{
    const struct viewer_cursor_notice *c = &notice->of.cursor;
    struct viewer_shape *shape = &shapes->shapes[c->id];
    if (notice->letter.kind == VIEWER_NOTICE_SHAPE) {
        shape_clear(shape);
        shape->cursor = viewer_shape_cursor(c->argb, c->width, c->height, c->hot_x, c->hot_y);
        shape->image = make_image(c->argb, c->width, c->height);
        shape->hot_x = c->hot_x;
        shape->hot_y = c->hot_y;
    }
    if (shape->image)
        shapes->used = c->id;
}

const struct viewer_shape *viewer_shapes_used(const struct viewer_shapes *shapes)
{
    return shapes->used >= 0 ? &shapes->shapes[shapes->used] : NULL;
}
