/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's screen thread: watches the display, encodes what changed when the line can take it,
 * and hands finished messages to the loop. The functions here belong to the loop's thread; all that
 * crosses goes through mailboxes. */
#ifndef AGENT_CAPTURE_SCREEN_H
#define AGENT_CAPTURE_SCREEN_H

#include "common/base/rcbuf.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agent_screen;

struct agent_screen_config {
    const char *display; /* NULL: $DISPLAY; copied */
    uint32_t features;   /* DS_FEATURE_* of the viewer */
    uint32_t tiles;      /* that it remembers */
};

/* Opens the display and starts the thread; nothing is captured before
 * agent_screen_set_shared(true). wake(ctx) is called from the thread when agent_screen_take has
 * something. NULL on failure: message gets a plain sentence. */
struct agent_screen *agent_screen_start(const struct agent_screen_config *config,
                                        void (*wake)(void *ctx), void *ctx, char *message,
                                        size_t size);
/* Stops and joins the thread, frees. Accepts NULL. */
void agent_screen_stop(struct agent_screen *screen);

/* What the thread made, oldest first: whole encoded messages ready for ds_tunnel_send_buf on their
 * channel (CONTROL: LAYOUT; SCREEN: chunks; CURSOR), or the sentence why the display is gone. *item
 * is the caller's. False: nothing. */
struct agent_screen_item {
    enum ds_channel channel;  /* 0: the display is gone for good */
    struct ds_rcbuf *message; /* owned by the receiver, who unrefs; NULL when the display is gone */
};
bool agent_screen_take(struct agent_screen *screen, struct agent_screen_item *item);

/* The rep may see the screen (granted, not paused). False stops capturing at once; true starts with
 * a key update. */
void agent_screen_set_shared(struct agent_screen *screen, bool shared);
/* The viewer's window can be seen; hidden, nothing is captured. */
void agent_screen_set_visible(struct agent_screen *screen, bool visible);
/* Monitor index or 0xff for all. */
void agent_screen_select(struct agent_screen *screen, uint8_t monitor);
/* The viewer presented update id. An id that was never sent is ignored. */
void agent_screen_ack(struct agent_screen *screen, uint32_t id, uint32_t decode_us);
/* The rep turned the wheel or pressed a key that scrolls: something is likely to move. */
void agent_screen_expect_scroll(struct agent_screen *screen);
/* Bytes of SCREEN that wait in the tunnel; part of the pace. */
void agent_screen_set_queued(struct agent_screen *screen, size_t bytes);

struct agent_screen_stats {
    uint64_t updates, bytes; /* since the start */
    uint32_t newest;         /* number of the last update that was handed out, 0: none */
    bool exact;              /* the viewer's picture equals the screen */
    uint32_t width, height;  /* of the picture */
    int32_t x, y;            /* where it lies on the root window: input is moved by this */
};
void agent_screen_stats(struct agent_screen *screen, struct agent_screen_stats *stats);

#endif
