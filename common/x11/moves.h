/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows that somebody moved: the display tells where each child of the root window is put, and
 * what moved as a whole is a vector that the encoder need not search for. A hint, no more: the
 * pixels decide. */
#ifndef DS_X11_MOVES_H
#define DS_X11_MOVES_H

#include "common/screen/motion_grid.h"
#include "common/x11/display.h"

/* Those moved last; beyond that the one longest at rest is forgotten. */
#define DS_MOVES_WINDOWS 32

struct ds_moves {
    xcb_window_t root;
    uint64_t turn;
    struct ds_moves_window {
        xcb_window_t id;        /* 0: free */
        int32_t x, y;           /* now */
        int32_t from_x, from_y; /* when it was last taken */
        uint64_t turn;          /* of the last event */
    } windows[DS_MOVES_WINDOWS];
};

/* Asks for the events. The first move of a window cannot be told: where it was is not known. */
void ds_moves_init(struct ds_moves *moves, const struct ds_display *display);

/* True when the event is about a child of the root window, and done with. */
bool ds_moves_handle(struct ds_moves *moves, const xcb_generic_event_t *event);

/* Vectors of all windows that moved since the last call, newest first; returns how many (at most
 * max). */
size_t ds_moves_take(struct ds_moves *moves, struct ds_vector *out, size_t max);

#endif
