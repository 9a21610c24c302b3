/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The laser pointer on the customer's screen: a dot that follows the rep's hand, with a short tail
 * that fades. It is no drawing: nothing of it stays, and when the hand is not heard of any more
 * (the line is cut) it goes by itself. Rules and picture; no window system. Proved by
 * tests/unit/trail.c. */
#ifndef DS_DESK_TRAIL_H
#define DS_DESK_TRAIL_H

#include "common/base/clock.h"
#include "common/desk/note_paint.h"

#define DS_TRAIL_POINTS 24
#define DS_TRAIL_FADES (400 * DS_MS)   /* a place where the hand was is seen so long */
#define DS_TRAIL_HOLDS (2 * DS_SECOND) /* a hand at rest says so more often than that */
#define DS_TRAIL_REACH                                                                             \
    400 /* pixels from the dot to the end of its tail: what is painted                             \
           at a time is bounded, however the hand jumps */

struct ds_trail_point {
    int x, y;
    ds_tick at;
};

struct ds_trail {
    struct ds_trail_point points[DS_TRAIL_POINTS]; /* oldest first; the last one is the dot */
    size_t count;
    uint32_t color; /* 0xRRGGBB */
    bool is_held;
    ds_tick until; /* held: not heard of by then, it goes */
};

/* The hand is there, or has let go there. */
void ds_trail_push(struct ds_trail *trail, int x, int y, uint32_t color, bool is_held, ds_tick now);
/* Drops what has faded. When the picture changes next by itself; 0: it does not. */
ds_tick ds_trail_settle(struct ds_trail *trail, ds_tick now);
/* Every pixel that painting may change; empty: there is nothing. */
struct ds_rect ds_trail_box(const struct ds_trail *trail);
void ds_trail_paint(cairo_t *cr, const struct ds_trail *trail, enum ds_note_look look, ds_tick now);

#endif
