/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread with one loop that carries legs. The main loop gives it orders and hears reports, both
 * by mailbox; nothing else is shared. */
#ifndef RELAY_WORKER_H
#define RELAY_WORKER_H

#include "common/base/clock.h"
#include "common/base/mailbox.h"
#include "common/base/rcbuf.h"
#include "common/wire/message.h"

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

struct relay_leg;

/* A leg's turn ends when it has read this many bytes: one TLS record, the least that can be read at
 * a time, so that the bulk of one does not delay the keys of others. */
#define RELAY_READ_MAX 16384

/* Main to worker, and worker to worker (ARRIVE). */
enum relay_order_kind {
    RELAY_ORDER_TAKE, /* fd: a new connection becomes leg `leg` */
    RELAY_ORDER_SEND, /* bytes: whole frames for the leg, or none; last: close it when they are
                         written */
    RELAY_ORDER_PAIR, /* legs `leg` and `other`, both on this worker, get bytes and other_bytes and
                         from then on exchange DATA: one order, or what an end sends at once on
                         hearing of it would find nobody */
    RELAY_ORDER_PART, /* no more DATA between the leg and its peer */
    RELAY_ORDER_MOVE, /* hand the leg to worker `to` */
    RELAY_ORDER_ARRIVE, /* moving: the leg itself, from its old worker */
    RELAY_ORDER_STOP,   /* write what is queued, then close everything and end the thread */
};

/* What a leg may have under way at the desk is counted; an answer takes one off. */
enum relay_answers {
    RELAY_ANSWERS_NOTHING,
    RELAY_ANSWERS_QUESTION,
    RELAY_ANSWERS_SAY, /* a chat message */
};

struct relay_order {
    struct ds_letter letter;
    uint64_t leg, other;
    unsigned to;
    int fd; /* owned while the order travels; -1 when none */
    bool last;
    enum relay_answers answers;           /* SEND */
    bool tells;                           /* SEND: WRITTEN is wanted */
    struct ds_rcbuf *bytes, *other_bytes; /* owned references or NULL */
    struct relay_leg *moving;             /* owned while the order travels; without handles */
};

/* Worker to main. */
enum relay_report_kind {
    RELAY_REPORT_HELLO,   /* message: the accepted hello */
    RELAY_REPORT_MESSAGE, /* message: what the leg asks of the desk */
    RELAY_REPORT_ARRIVED, /* a moved leg is at work on `worker` */
    RELAY_REPORT_WRITTEN, /* the bytes of the last order that `tells` are with the kernel */
    RELAY_REPORT_GONE,    /* the leg is closed; why: static text for the log */
    RELAY_REPORT_STOPPED, /* the worker's thread has nothing left */
};

struct relay_report {
    struct ds_letter letter;
    uint64_t leg;
    unsigned worker;
    const char *why;
    ds_tick heard; /* GONE: when the leg's last bytes came */
    /* HELLO and MESSAGE, else NULL; owned, made by ds_message_copy. */
    struct ds_message *message;
};

/* What every leg needs to know; the same for all workers, unchanged while they run. */
struct relay_worker_common {
    SSL_CTX *tls;               /* borrowed */
    struct ds_mailbox *reports; /* borrowed: main's mailbox */
    const struct relay_conf *conf;
    struct ds_rcbuf *welcome;       /* borrowed: the frame that answers a hello */
    uint64_t heartbeat_ms, dead_ms; /* scaled */
};

struct relay_worker {
    unsigned index;
    pthread_t thread;
    bool is_started;
    uv_loop_t loop;
    uv_async_t async;
    uv_timer_t sweep; /* deadlines and heartbeats; runs while there are legs */
    uv_idle_t again;  /* runs while some leg's SSL holds bytes already read from its socket */
    struct ds_mailbox orders;
    const struct relay_worker_common *common;
    struct relay_worker *all; /* every worker, by index; borrowed */
    struct relay_leg **slots; /* owned; hash by id */
    struct relay_leg *ready;  /* legs for `again`, linked by next_ready */
    unsigned leg_count;
    bool is_stopping;
    ds_tick stop_at;
    uint8_t scratch[RELAY_READ_MAX]; /* what quiet legs are read into; valid within a turn */
    atomic_ullong bytes_passed;      /* DATA payload, for status */
};

/* Starts the thread. all: array that holds every worker, of which this is the one at index. */
int relay_worker_start(struct relay_worker *worker, unsigned index, struct relay_worker *all,
                       const struct relay_worker_common *common);
/* After RELAY_ORDER_STOP: waits for the thread's end. Accepts one that was never started. */
void relay_worker_join(struct relay_worker *worker);

/* NULL when memory is short. */
struct relay_order *relay_order_new(enum relay_order_kind kind, uint64_t leg);
/* Any thread; takes the order whatever happens. DS_ELIMIT: the box was full, the order is gone. */
int relay_worker_order(struct relay_worker *worker, struct relay_order *order);

/* For the legs of this worker, on its thread. */
void relay_worker_report(struct relay_worker *worker, enum relay_report_kind kind, uint64_t leg,
                         const struct ds_message *message, const char *why);
/* GONE. */
void relay_worker_gone(struct relay_worker *worker, uint64_t leg, ds_tick heard, const char *why);
struct relay_leg *relay_worker_find(struct relay_worker *worker, uint64_t leg);
void relay_worker_add(struct relay_worker *worker, struct relay_leg *leg);
void relay_worker_remove(struct relay_worker *worker, struct relay_leg *leg);
/* The leg gets another turn in the next round of the loop. */
void relay_worker_again(struct relay_worker *worker, struct relay_leg *leg);

#endif
