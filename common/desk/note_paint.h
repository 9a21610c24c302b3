/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How drawings look, for the agent that shows them on the customer's screen and the viewer's echo
 * of them. Draws with cairo and pango; knows no window system. Proved by
 * tests/unit/note_paint.c. */
#ifndef DS_DESK_NOTE_PAINT_H
#define DS_DESK_NOTE_PAINT_H

#include "common/screen/rect.h"
#include "common/wire/note.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

enum ds_note_look {
    DS_NOTE_SOFT,  /* translucent: highlighter and shade let the screen through */
    DS_NOTE_SOLID, /* every pixel is opaque or not there: both are outlined instead */
};

/* A note and where its picture lies on the surface: picture pixel p is at x + p.x * scale,
 * y + p.y * scale. */
struct ds_note_shape {
    const struct ds_note *note; /* borrowed */
    double x, y, scale;
};

/* Every pixel that painting may change. A soft spotlight changes its whole picture. */
struct ds_rect ds_note_box(const struct ds_note_shape *shape, enum ds_note_look look);

/* The one shade that all spotlights of a soft look share; painted first. Paints nothing without
 * any. */
void ds_note_paint_shade(cairo_t *cr, const struct ds_note_shape *shapes, size_t count);
/* One of them over what is there, without the shade. */
void ds_note_paint_one(cairo_t *cr, const struct ds_note_shape *shape, enum ds_note_look look);
/* The caret of a text that is being written, before its byte at `caret`. */
void ds_note_paint_caret(cairo_t *cr, const struct ds_note_shape *shape, size_t caret);
/* All of them, oldest first, the shade too. */
void ds_note_paint(cairo_t *cr, const struct ds_note_shape *shapes, size_t count,
                   enum ds_note_look look);

#endif
