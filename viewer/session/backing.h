/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The customer's picture between the decode thread, which changes it, and the main thread, which
 * shows it. Only rectangles of whole updates are offered for showing, each update's acknowledgement
 * with them; newest wins, since the rectangles name places and the pixels there are the newest. */
#ifndef VIEWER_SESSION_BACKING_H
#define VIEWER_SESSION_BACKING_H

#include "common/screen/image.h"
#include "common/screen/region.h"

#include <pthread.h>
#include <stdbool.h>

/* Updates shown together at most; the encoder has fewer on their way at a time. */
#define VIEWER_ACKS_MAX 64

struct viewer_ack {
    uint32_t id;
    uint32_t decode_us;
};

/* What the main thread has to do next. */
struct viewer_fresh {
    struct ds_region region; /* picture pixels */
    bool resized;            /* another size: everything, and the region counts for nothing */
    bool complete;           /* a whole first picture is there */
    struct viewer_ack acks[VIEWER_ACKS_MAX]; /* oldest first, sent when shown */
    size_t ack_count;
};

struct viewer_backing {
    pthread_mutex_t turn;       /* held while waiting for lock: whoever comes next is next */
    pthread_mutex_t lock;       /* after turn */
    struct ds_image image;      /* guarded by lock; pixels NULL before the first layout */
    pthread_mutex_t fresh_lock; /* the last one, nothing is locked inside */
    struct viewer_fresh fresh;  /* guarded by fresh_lock */
};

int viewer_backing_init(struct viewer_backing *backing);
void viewer_backing_destroy(struct viewer_backing *backing);

/* In the order of asking: a decoder that never rests lets the windows in after the chunk it works
 * on. */
void viewer_backing_lock(struct viewer_backing *backing);
void viewer_backing_unlock(struct viewer_backing *backing);

/* Decode thread: a black picture of that size; 0 x 0 forgets the picture. DS_ENOMEM, DS_EINVAL. */
int viewer_backing_resize(struct viewer_backing *backing, uint32_t width, uint32_t height);
/* Decode thread, a whole update is in the image. */
void viewer_backing_publish(struct viewer_backing *backing, const struct ds_region *changed,
                            struct viewer_ack ack);
/* Main thread: moves what is fresh out. False when there is nothing. */
bool viewer_backing_take(struct viewer_backing *backing, struct viewer_fresh *out);

#endif
