/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shapes of the customer's pointer that have come, each as a pointer of the rep's own system
 * (so that it follows the hand without waiting for the network) and as a picture to paint where the
 * customer moves it. Main thread. */
#ifndef VIEWER_PRESENT_SHAPES_H
#define VIEWER_PRESENT_SHAPES_H

#include "viewer/session/letters.h"

#include <SDL.h>
#include <cairo.h>

struct viewer_shape {
    SDL_Cursor *cursor;     /* owned; NULL: none came, or SDL could not make it */
    cairo_surface_t *image; /* owned */
    int hot_x, hot_y;
};

struct viewer_shapes {
    struct viewer_shape shapes[DS_CURSOR_SHAPES];
    int used;        /* index of the one in use, -1: none yet */
    SDL_Cursor *dot; /* owned: while the customer's system hides its pointer */
};

/* A pointer of the system's from premultiplied ARGB32 rows of `width`; the caller's. NULL: SDL
 * could not make it. */
SDL_Cursor *viewer_shape_cursor(const uint32_t *argb, int width, int height, int hot_x, int hot_y);

void viewer_shapes_init(struct viewer_shapes *shapes);
void viewer_shapes_destroy(struct viewer_shapes *shapes);
/* SHAPE: stores and uses it; USE: uses one that came before. */
void viewer_shapes_notice(struct viewer_shapes *shapes, const struct viewer_notice *notice);
/* A new session: nothing has come. */
void viewer_shapes_clear(struct viewer_shapes *shapes);
/* NULL: none yet. */
const struct viewer_shape *viewer_shapes_used(const struct viewer_shapes *shapes);

#endif
