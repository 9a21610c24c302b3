/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person's drawings on the other's screen: the list that the rules keep, drawn on a layer over
 * the screen. Loop thread only. Proved by tests/system/drawings.c. */
#ifndef DS_DESK_DRAWINGS_H
#define DS_DESK_DRAWINGS_H

#include "common/screen/rect.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct agent_drawings;

struct agent_drawings_events {
    /* A message for the channel NOTES; bytes are borrowed. */
    int (*send)(void *ctx, const uint8_t *bytes, size_t len);
    /* There are as many now. */
    void (*on_count)(void *ctx, size_t count);
    /* Number of the last picture update that was handed out. */
    uint32_t (*last_update)(void *ctx);
    /* A window of the agent. */
    bool (*is_own)(void *ctx, uint32_t window);
};

/* Opens no display yet. display: NULL for $DISPLAY, borrowed until close. below: a window of the
 * agent that the layer stays beneath. NULL: memory is short. */
struct agent_drawings *agent_drawings_open(uv_loop_t *loop, const char *display, uint32_t below,
                                           const struct agent_drawings_events *events, void *ctx);
/* The screen is as it was; frees itself when its handles are closed. Accepts NULL. */
void agent_drawings_close(struct agent_drawings *drawings);

/* Whether the rep may draw (the right is granted, nobody paused); false erases all. Asked as often
 * as wanted. */
void agent_drawings_allow(struct agent_drawings *drawings, bool allowed);
/* While a question is before the customer nothing may be drawn over it. */
void agent_drawings_hide(struct agent_drawings *drawings, bool hide);
/* The picture of that monitor (0xff: all) lies there on the root window, from its LAYOUT on. */
void agent_drawings_set_area(struct agent_drawings *drawings, uint8_t monitor, struct ds_rect area);

/* A message of the channel NOTES. An error: the peer broke the rules, or send failed. */
int agent_drawings_feed(struct agent_drawings *drawings, const uint8_t *bytes, size_t len);
/* The customer wants them away. False: there are none. */
bool agent_drawings_erase(struct agent_drawings *drawings);

/* This process ends and the session goes on in another one, on a screen without them: erases all.
 * Returns the number of the newest that there ever was, for the other's return, before any message.
 * leave accepts NULL. */
uint32_t agent_drawings_leave(struct agent_drawings *drawings);
void agent_drawings_return(struct agent_drawings *drawings, uint32_t newest);

#endif
