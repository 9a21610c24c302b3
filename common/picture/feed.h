/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A display as SCREEN messages: a thread watches it, encodes what changed when the line can take
 * it, and hands finished messages to the loop. The agent feeds the customer's screen, the viewer
 * the rep's. The functions here belong to the loop's thread; all that crosses goes through
 * mailboxes. */
#ifndef DS_PICTURE_FEED_H
#define DS_PICTURE_FEED_H

#include "common/base/rcbuf.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_feed;
struct ds_capture;

struct ds_feed_config {
    const char *display; /* NULL: $DISPLAY; copied */
    uint32_t features;   /* DS_FEATURE_* of the other end */
    uint32_t tiles;      /* that it remembers */
    /* ds_capture_watch_window, and its window: the picture is that window's. NULL: the screen's. */
    int (*aim)(struct ds_capture *capture, uint32_t window);
    uint32_t window;
};

/* Opens the display and starts the thread; nothing is captured before
 * ds_feed_set_shared(true). wake(ctx) is called from the thread when ds_feed_take has
 * something. NULL on failure: message gets a plain sentence. */
struct ds_feed *ds_feed_start(const struct ds_feed_config *config, void (*wake)(void *ctx),
                              void *ctx, char *message, size_t size);
/* Stops and joins the thread, frees. Accepts NULL. */
void ds_feed_stop(struct ds_feed *screen);

/* What the thread made, oldest first: whole encoded messages ready for ds_tunnel_send_buf on their
 * channel (CONTROL: LAYOUT; SCREEN: chunks; CURSOR), or the sentence why the display is gone. *item
 * is the caller's. False: nothing. */
struct ds_feed_item {
    enum ds_channel channel;  /* 0: the display is gone for good */
    struct ds_rcbuf *message; /* owned by the receiver, who unrefs; NULL when the display is gone */
};
bool ds_feed_take(struct ds_feed *screen, struct ds_feed_item *item);

/* The rep may see the screen (granted, not paused). False stops capturing at once; true starts with
 * a key update. */
void ds_feed_set_shared(struct ds_feed *screen, bool shared);
/* The viewer's window can be seen; hidden, nothing is captured. */
void ds_feed_set_visible(struct ds_feed *screen, bool visible);
/* Monitor index or 0xff for all. */
void ds_feed_select(struct ds_feed *screen, uint8_t monitor);
/* The viewer presented update id. An id that was never sent is ignored. */
void ds_feed_ack(struct ds_feed *screen, uint32_t id, uint32_t decode_us);
/* The rep turned the wheel or pressed a key that scrolls: something is likely to move. */
void ds_feed_expect_scroll(struct ds_feed *screen);
/* Bytes of SCREEN that wait in the tunnel; part of the pace. */
void ds_feed_set_queued(struct ds_feed *screen, size_t bytes);

struct ds_feed_stats {
    uint64_t updates, bytes; /* since the start */
    uint32_t newest;         /* number of the last update that was handed out, 0: none */
    bool exact;              /* the viewer's picture equals the screen */
    uint32_t width, height;  /* of the picture */
    int32_t x, y;            /* where it lies on the root window: input is moved by this */
};
void ds_feed_stats(struct ds_feed *screen, struct ds_feed_stats *stats);

#endif
