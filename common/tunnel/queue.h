/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages that one channel sends, in order. On a ledger channel they are numbered and stay
 * until the peer has acknowledged them, so that a new connection can go on with the first one that
 * did not arrive; on the others they are gone as soon as they are drained. Only the list and its
 * numbers: bounds are the mux's. Proved by tests/unit/queue.c. */
#ifndef DS_TUNNEL_QUEUE_H
#define DS_TUNNEL_QUEUE_H

#include "common/base/rcbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_queue_item {
    struct ds_queue_item *next;
    struct ds_rcbuf *buf; /* one reference */
};

struct ds_queue {
    struct ds_queue_item *first, **last; /* owned; on a ledger the drained ones come first */
    struct ds_queue_item *turn;          /* whose bytes go out now; NULL: nothing waits */
    size_t sent_of_turn;                 /* bytes of it that are drained */
    size_t waiting_bytes;                /* not yet drained, of all */
    size_t kept_bytes;                   /* ledger: of all whole, drained or not */
    unsigned messages;                   /* in the list */
    bool is_ledger;
    /* ledger: numbers of messages, the first one of a session is 1 */
    uint64_t begun; /* the last one of which this connection has drained bytes */
    uint64_t acked; /* the last one that is gone from the list */
    uint64_t sent;  /* the last one that any connection has drained whole */
};

void ds_queue_init(struct ds_queue *queue, bool is_ledger);
/* Drops all. Accepts a zeroed struct. */
void ds_queue_destroy(struct ds_queue *queue);

/* Takes a reference of its own. DS_ENOMEM. */
int ds_queue_push(struct ds_queue *queue, struct ds_rcbuf *buf);

/* Bytes that count against the bound: what waits, and on a ledger what is kept. */
static inline size_t ds_queue_load(const struct ds_queue *queue)
{
    return queue->is_ledger ? queue->kept_bytes : queue->waiting_bytes;
}

/* n more bytes of the message whose turn it is were drained, at most what it has left. */
void ds_queue_advance(struct ds_queue *queue, size_t n);

/* The last message that this connection has drained whole. */
static inline uint64_t ds_queue_whole(const struct ds_queue *queue)
{
    return queue->begun - (queue->sent_of_turn > 0 ? 1 : 0);
}

/* Ledger: the peer has every message up to this number: acked..sent. They are dropped. */
void ds_queue_release(struct ds_queue *queue, uint64_t number);

/* The connection is gone: a ledger begins again with the first message that it keeps, the others
 * drop what they have. */
void ds_queue_cut(struct ds_queue *queue);

#endif
