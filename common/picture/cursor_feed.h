/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns what ds_pointer sees into CURSOR messages: every shape once, then by its number; positions
 * in pixels of the picture. No I/O. */
#ifndef DS_PICTURE_CURSOR_FEED_H
#define DS_PICTURE_CURSOR_FEED_H

#include "common/base/rcbuf.h"
#include "common/wire/sealed.h"
#include "common/x11/pointer.h"

struct ds_cursor_feed {
    struct {
        uint64_t hash; /* of size, hot spot and pixels; 0: free */
        uint64_t used;
    } shapes[DS_CURSOR_SHAPES];
    uint64_t uses;
    int32_t x, y; /* last told */
    bool visible;
    bool has_position; /* something was told */
};

/* Message for this shape: SHAPE, or USE when the viewer has it. NULL: memory is short. */
struct ds_rcbuf *ds_cursor_feed_shape(struct ds_cursor_feed *feed,
                                      const struct ds_pointer_shape *shape);

/* POSITION, or NULL when it was told already (or memory is short). */
struct ds_rcbuf *ds_cursor_feed_position(struct ds_cursor_feed *feed, int32_t x, int32_t y,
                                         bool visible);

#endif
