/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pointer of a display: its shape by XFixes, its position by XInput2 raw motion and a query at
 * a bounded rate, only when it moves. Has a connection of its own and belongs to one thread. (Not
 * called cursor: ds_cursor reads bytes.) */
#ifndef DS_X11_POINTER_H
#define DS_X11_POINTER_H

#include "common/base/clock.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* One position query in 16 ms: what a 60 Hz screen can show. */
#define DS_POINTER_INTERVAL (16 * DS_MS)

struct ds_pointer;

struct ds_pointer_shape {
    uint32_t serial;        /* the display's: the same serial is the same shape */
    uint16_t width, height; /* 1..DS_CURSOR_SIDE_MAX; larger cursors are cut */
    uint16_t hot_x, hot_y;  /* inside */
    bool hidden;            /* every pixel is transparent */
    uint32_t argb[DS_CURSOR_SIDE_MAX * DS_CURSOR_SIDE_MAX]; /* width * height, premultiplied, rows
                                                               top first, host order */
};

/* DS_EIO: the display cannot be opened. A display without XFixes has no shapes, one without XInput2
 * tells no motion: then the position is known only when ds_pointer_ask_position is called. */
int ds_pointer_open(struct ds_pointer **out, const char *display);
/* Accepts NULL. */
void ds_pointer_close(struct ds_pointer *pointer);

/* Readable when ds_pointer_poll has something to do; -1 while a query is held back: then wait for
 * the deadline only, so that a fast mouse wakes nobody 1000 times a second. */
int ds_pointer_fd(const struct ds_pointer *pointer);
/* When ds_pointer_poll has to be called though nothing is readable; 0: never. */
ds_tick ds_pointer_deadline(const struct ds_pointer *pointer);

enum ds_pointer_event {
    DS_POINTER_SHAPE = 1, /* ds_pointer_get_shape has another shape */
    DS_POINTER_MOVED = 2, /* ds_pointer_get_position has another position */
    DS_POINTER_GONE = 4,  /* the display has gone */
};
/* An or of ds_pointer_event. The first call after open tells shape and position. */
int ds_pointer_poll(struct ds_pointer *pointer, ds_tick now);

/* The next poll queries the position even without motion (programs may move the pointer by
 * request, which XInput2 does not tell). Keeps to the bounded rate. */
void ds_pointer_ask_position(struct ds_pointer *pointer);

/* The next poll tells shape and position as if they had changed. */
void ds_pointer_again(struct ds_pointer *pointer);

/* Borrowed until the next poll; NULL when the display tells no shapes. */
const struct ds_pointer_shape *ds_pointer_get_shape(const struct ds_pointer *pointer);

/* On the whole screen, pixels. False: it is on another screen. */
bool ds_pointer_get_position(const struct ds_pointer *pointer, int32_t *x, int32_t *y);

#endif
