/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of the customer's window that shows the rep's screen: a window inside another, on a
 * connection of its own, with memory shared with the display. Takes what is fresh from a backing
 * picture, draws it at the size it has there (smaller: the mean of each area; never larger), the
 * rep's pointer and the customer's own drawings over it, a slice a turn of the loop. Loop thread
 * only. */
#ifndef AGENT_SHARE_CANVAS_H
#define AGENT_SHARE_CANVAS_H

#include "common/picture/backing.h"
#include "common/wire/note.h"
#include "common/wire/sealed.h"

#include <uv.h>

struct agent_canvas;

struct agent_canvas_events {
    /* These updates are in the window; complete: with them a whole first picture. */
    void (*on_presented)(void *ctx, const struct ds_ack *acks, size_t count, bool complete);
    /* It can be seen, or no longer. */
    void (*on_seen)(void *ctx, bool seen);
    /* A hand has drawn; tool, colour, points, width and height are set. Borrowed. */
    void (*on_draw)(void *ctx, const struct ds_note *note);
    /* A double click. */
    void (*on_twice)(void *ctx);
};

/* parent: a window on the same display, whose inside the canvas fills but for margins. backing:
 * borrowed until close. NULL: no display, or memory is short. */
struct agent_canvas *agent_canvas_open(uv_loop_t *loop, const char *display, uint32_t parent,
                                       struct ds_backing *backing,
                                       const struct agent_canvas_events *events, void *ctx);
/* Frees itself when its handles are closed. Accepts NULL. */
void agent_canvas_close(struct agent_canvas *canvas);

/* The backing picture has something fresh. */
void agent_canvas_fresh(struct agent_canvas *canvas);
/* Device pixels that it leaves free at the parent's top and other edges. */
void agent_canvas_margins(struct agent_canvas *canvas, int top, int edge);
/* Every pixel of the picture, the wheel scrolls; else the whole of it is in sight. */
void agent_canvas_exact(struct agent_canvas *canvas, bool exact);
/* What the hand draws with; 0: it does not draw. */
void agent_canvas_tool(struct agent_canvas *canvas, enum ds_note_tool tool);

/* A message of the channel CURSOR. DS_EPROTO: it makes no sense. */
int agent_canvas_cursor(struct agent_canvas *canvas, const struct ds_cursor_message *message);

/* The note is under way: it is drawn here until the picture has it. */
void agent_canvas_echo(struct agent_canvas *canvas, const struct ds_note *note);
/* It is on the rep's screen, and updates above `update` may show it. */
void agent_canvas_note_shown(struct agent_canvas *canvas, uint32_t id, uint32_t update);
/* It, or all up to it, will never be. */
void agent_canvas_note_gone(struct agent_canvas *canvas, uint32_t id, bool all);

#endif
