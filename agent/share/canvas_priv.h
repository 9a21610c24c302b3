/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the canvas share: canvas.c (life, events, what is due), canvas_paint.c
 * (pixels), canvas_hand.c (drawing). */
#ifndef AGENT_SHARE_CANVAS_PRIV_H
#define AGENT_SHARE_CANVAS_PRIV_H

#include "agent/share/canvas.h"
#include "common/base/clock.h"
#include "common/x11/display.h"
#include "common/x11/shared.h"

#include <cairo.h>

#define AGENT_CANVAS_ECHOES 32 /* drawings under way; more are seen when the picture has them */

struct agent_canvas_shape {
    uint16_t width, height, hot_x, hot_y;
    uint32_t *argb; /* owned: premultiplied; NULL: never sent */
};

struct agent_canvas {
    struct ds_display display;
    xcb_window_t parent, window;
    xcb_gcontext_t gc;
    struct ds_backing *backing; /* borrowed */
    const struct agent_canvas_events *events;
    void *ctx;
    uv_poll_t poll;
    bool is_closed;

    /* geometry, device pixels */
    int parent_width, parent_height, top, edge;
    int width, height;        /* of the window */
    int picture_w, picture_h; /* 0: there is none */
    bool is_exact;
    int scroll_x, scroll_y;   /* picture pixels, while exact */
    double scale, at_x, at_y; /* of the picture in the window */

    /* pixels: width * height of RGB24 */
    struct ds_shared_memory shared;
    uint32_t *own; /* owned; instead of shared memory */
    cairo_surface_t *surface;

    /* what is to be drawn */
    struct ds_region due; /* window pixels, of the next round */
    struct ds_region now; /* of this round, from rectangle `at` and its row on */
    size_t at;
    int row;
    struct ds_ack acks[DS_ACKS_MAX]; /* of what is in due */
    size_t ack_count;
    struct ds_ack acks_now[DS_ACKS_MAX];
    size_t ack_now_count;
    bool is_complete, was_complete; /* a whole first picture is there; and has been told */
    unsigned answer;                /* number of the request that is not answered yet; 0: none */
    bool is_mapped, is_obscured, was_seen;

    /* the rep's pointer */
    struct agent_canvas_shape shapes[DS_CURSOR_SHAPES];
    int shape; /* -1: none */
    int x, y;  /* picture pixels */
    bool is_visible;

    /* the customer's hand */
    enum ds_note_tool tool;
    bool is_drawing;
    struct ds_note hand; /* while drawing */
    xcb_timestamp_t pressed_at;
    struct agent_canvas_echo {
        struct ds_note *note; /* owned */
        uint32_t update;      /* that may show it is above; 0: not known */
        bool is_shown;
    } echoes[AGENT_CANVAS_ECHOES];
    size_t echo_count;
};

/* canvas.c */
void agent_canvas_damage(struct agent_canvas *canvas, struct ds_rect box); /* window pixels */

/* canvas_paint.c */
/* Pixels for the window's size. False: memory is short. */
bool agent_canvas_fit(struct agent_canvas *canvas);
void agent_canvas_unfit(struct agent_canvas *canvas);
/* Draws that part and sends it. */
void agent_canvas_paint(struct agent_canvas *canvas, struct ds_rect box);
/* Of the window, for a rectangle of the picture; every pixel that it touches. */
struct ds_rect agent_canvas_place(const struct agent_canvas *canvas, struct ds_rect picture);
struct ds_rect agent_canvas_pointer_box(const struct agent_canvas *canvas);
struct ds_rect agent_canvas_note_box(const struct agent_canvas *canvas, const struct ds_note *note);

/* canvas_hand.c: pointer events. True: it was the hand's. */
bool agent_canvas_hand(struct agent_canvas *canvas, const xcb_generic_event_t *event);
void agent_canvas_forget(struct agent_canvas *canvas, size_t echo);

#endif
