/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer over a whole X screen that shows drawings and lets all input through. With a compositing
 * manager it is translucent; without one the window has the shape of what is drawn. Its owner draws
 * into its pixels and says what changed. On a connection of its own. One thread. Proved by
 * tests/system/overlay.c. */
#ifndef DS_X11_OVERLAY_H
#define DS_X11_OVERLAY_H

#include "common/base/clock.h"
#include "common/screen/rect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_overlay;

struct ds_overlay_events {
    /* The screen's size or translucency changed: the pixels are empty, all has to be drawn again.
     */
    void (*on_renewed)(void *ctx);
    /* Everything changed before ds_overlay_sync is on the screen. */
    void (*on_drawn)(void *ctx);
    /* A window of the program's own, which the layer never has to come above. */
    bool (*is_own)(void *ctx, uint32_t window);
    /* The layer comes above others in a moment: the window it stays beneath has to be above them,
     * too (below a compositing manager no window is told that it is covered). May be NULL. */
    void (*on_raise)(void *ctx);
};

/* Shows nothing yet. below: a window of the program's own that the layer stays beneath, 0: none.
 * Waits for the display's first answers. NULL: no such display, or one that cannot show it;
 * message (size bytes) gets a plain sentence. */
struct ds_overlay *ds_overlay_open(const char *display, uint32_t below,
                                   const struct ds_overlay_events *events, void *ctx, char *message,
                                   size_t size);
/* Accepts NULL. */
void ds_overlay_close(struct ds_overlay *overlay);

/* Readable: call poll. */
int ds_overlay_fd(const struct ds_overlay *overlay);
/* Does what is due, also when the deadline has come, and sends what the functions below ask of the
 * display: call it after them. Calls back. DS_ECLOSED: the display is gone. */
int ds_overlay_poll(struct ds_overlay *overlay, ds_tick now);
/* When to call poll at the latest; 0: not by time. */
ds_tick ds_overlay_deadline(const struct ds_overlay *overlay);

/* Each pixel may be translucent; else alpha below 128 is not there and everything else opaque. */
bool ds_overlay_is_soft(const struct ds_overlay *overlay);

/* The pixels: ARGB32 premultiplied, rows of *stride bytes, top first, transparent at first; of the
 * root window's size. Made when there are none. NULL: memory is short. Valid until clear, poll or
 * close. */
uint32_t *ds_overlay_pixels(struct ds_overlay *overlay, int *width, int *height, size_t *stride);
/* These pixels have changed; the layer is shown unless hidden. */
void ds_overlay_change(struct ds_overlay *overlay, struct ds_rect box);
/* Takes the layer away and frees the pixels. */
void ds_overlay_clear(struct ds_overlay *overlay);
/* Out of sight for a while, pixels and all. */
void ds_overlay_hide(struct ds_overlay *overlay, bool hide);
/* on_drawn follows. */
void ds_overlay_sync(struct ds_overlay *overlay);

#endif
