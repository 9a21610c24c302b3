/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other end's picture between the decode thread, which changes it, and the main thread, which
 * shows it. Only rectangles of whole updates are offered for showing, each update's acknowledgement
 * with them; newest wins, since the rectangles name places and the pixels there are the newest. */
#ifndef DS_PICTURE_BACKING_H
#define DS_PICTURE_BACKING_H

#include "common/screen/image.h"
#include "common/screen/region.h"

#include <pthread.h>
#include <stdbool.h>

/* Updates shown together at most; the encoder has fewer on their way at a time. */
#define DS_ACKS_MAX 64

struct ds_ack {
    uint32_t id;
    uint32_t decode_us;
};

/* What the main thread has to do next. */
struct ds_fresh {
    struct ds_region region; /* picture pixels */
    bool resized;            /* another size: everything, and the region counts for nothing */
    bool complete;           /* a whole first picture is there */
    struct ds_ack acks[DS_ACKS_MAX]; /* oldest first, sent when shown */
    size_t ack_count;
};

struct ds_backing {
    pthread_mutex_t turn;       /* held while waiting for lock: whoever comes next is next */
    pthread_mutex_t lock;       /* after turn */
    struct ds_image image;      /* guarded by lock; pixels NULL before the first layout */
    pthread_mutex_t fresh_lock; /* the last one, nothing is locked inside */
    struct ds_fresh fresh;      /* guarded by fresh_lock */
};

int ds_backing_init(struct ds_backing *backing);
void ds_backing_destroy(struct ds_backing *backing);

/* In the order of asking: a decoder that never rests lets the windows in after the chunk it works
 * on. */
void ds_backing_lock(struct ds_backing *backing);
void ds_backing_unlock(struct ds_backing *backing);

/* Decode thread: a black picture of that size; 0 x 0 forgets the picture. DS_ENOMEM, DS_EINVAL. */
int ds_backing_resize(struct ds_backing *backing, uint32_t width, uint32_t height);
/* Decode thread, a whole update is in the image. */
void ds_backing_publish(struct ds_backing *backing, const struct ds_region *changed,
                        struct ds_ack ack);
/* Main thread: moves what is fresh out. False when there is nothing. */
bool ds_backing_take(struct ds_backing *backing, struct ds_fresh *out);

#endif
