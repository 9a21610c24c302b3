/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's pointer as the customer's machine sees it: a position in the picture and which buttons
 * are down. A press outside the picture is not passed on; a drag that began inside goes on to the
 * edge. Pure. Proved by tests/unit/viewer_input.c. */
#ifndef VIEWER_INPUT_POINTER_H
#define VIEWER_INPUT_POINTER_H

#include "common/wire/sealed.h"
#include "viewer/present/view.h"

#include <stdbool.h>

enum viewer_button {
    VIEWER_BUTTON_LEFT = 1,
    VIEWER_BUTTON_MIDDLE = 2,
    VIEWER_BUTTON_RIGHT = 4,
    VIEWER_WHEEL_UP = 8,
    VIEWER_WHEEL_DOWN = 16,
    VIEWER_WHEEL_LEFT = 32,
    VIEWER_WHEEL_RIGHT = 64,
};

typedef void viewer_input_emit(void *ctx, const struct ds_input *input);

struct viewer_pointer {
    viewer_input_emit *emit;
    void *ctx;
    int x, y;        /* last position sent */
    uint8_t buttons; /* down now */
    bool moved;      /* something has been sent */
};

/* Window coordinates. Each returns whether it went to the customer. */
bool viewer_pointer_move(struct viewer_pointer *p, const struct viewer_view *view, int x, int y);
bool viewer_pointer_button(struct viewer_pointer *p, const struct viewer_view *view, int x, int y,
                           uint8_t button, bool down);
/* dx, dy: notches, right and up positive; at most 20 of each are passed on. */
bool viewer_pointer_wheel(struct viewer_pointer *p, const struct viewer_view *view, int x, int y,
                          int dx, int dy);
/* Forgets what is down (RELEASE was sent). */
void viewer_pointer_forget(struct viewer_pointer *p);

#endif
