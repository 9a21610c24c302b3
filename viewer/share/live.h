/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What says on the rep's screen that it is being shown: a coloured frame of 3 px round the monitor
 * (inside it) or the window (outside it, wherever it is moved), and a small bar with a way out.
 * On a connection of its own. Loop thread only. */
#ifndef VIEWER_SHARE_LIVE_H
#define VIEWER_SHARE_LIVE_H

#include "common/screen/rect.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct viewer_live;

struct viewer_live_events {
    void (*on_stop)(void *ctx);
    /* The window lies there now, its inside on the screen. */
    void (*on_moved)(void *ctx, struct ds_rect area);
};

/* window: 0, or the one that is shown. area: of the screen that is shown. scale: of words. NULL: no
 * display, or memory is short. */
struct viewer_live *viewer_live_open(uv_loop_t *loop, uint32_t window, struct ds_rect area,
                                     double scale, const struct viewer_live_events *events,
                                     void *ctx);
/* Frees itself when its handles are closed. Accepts NULL. */
void viewer_live_close(struct viewer_live *live);

/* The screen that is shown lies there now; nothing for a window. */
void viewer_live_place(struct viewer_live *live, struct ds_rect area);
/* What the bar says. Copied. */
void viewer_live_say(struct viewer_live *live, const char *words);
/* The frame or the bar. */
bool viewer_live_owns(const struct viewer_live *live, uint32_t window);

#endif
