/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection of an agent or a viewer, on its worker's thread: TLS on its own socket, frames,
 * heartbeat, link credit, and the splice of DATA to its peer. It knows nothing of sessions. */
#ifndef RELAY_MEET_LEG_H
#define RELAY_MEET_LEG_H

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "relay/meet/credit.h"
#include "relay/worker.h"

enum relay_leg_state {
    RELAY_LEG_HANDSHAKE,
    RELAY_LEG_HELLO,  /* TLS is up, hello has not come */
    RELAY_LEG_OPEN,   /* the desk knows it */
    RELAY_LEG_LAST,   /* closes when its queue is written; what it sends is not read */
    RELAY_LEG_MOVING, /* handle is being closed, another worker takes over */
    RELAY_LEG_CLOSED,
};

struct relay_leg {
    uint64_t id;
    enum relay_leg_state state;
    struct relay_worker *worker; /* borrowed; changes when the leg moves */
    struct relay_leg *next;      /* chain of the worker's hash */
    struct relay_leg *next_ready;
    bool is_ready;
    unsigned move_to;
    int fd;   /* owned */
    SSL *ssl; /* owned */
    uv_poll_t poll;
    int watching;                    /* UV_READABLE | UV_WRITABLE as started */
    bool read_wants_write;           /* TLS has to write before it can go on reading */
    struct relay_leg *peer;          /* borrowed: cleared by whoever goes first; same worker */
    struct ds_buf in;                /* bytes of an unfinished frame */
    struct ds_buf out;               /* whole frames; the first may be written in part */
    size_t words;                    /* bytes of control and PONG queued since out was empty */
    struct relay_credit credit;      /* of what this leg sends */
    uint64_t written;                /* bytes taken off out */
    uint64_t tell_at;                /* written then: the desk is told; 0: it did not ask */
    unsigned asked, said;            /* messages at the desk without an answer */
    unsigned notes;                  /* verified and wrong-number of this pairing */
    ds_tick presence_paid;           /* its `typing` and `seen` use up the time to then */
    ds_tick heard, pinged, deadline; /* deadline: of the state, 0 when none */
};

/* Takes fd and begins the handshake. On failure fd is closed and the desk is told. */
void relay_leg_take(struct relay_worker *worker, uint64_t id, int fd);

/* A leg that another worker has handed over; reads before it polls. */
void relay_leg_arrive(struct relay_worker *worker, struct relay_leg *leg);

/* An end that does not take what it is told: its next words close it, and before that its PINGs are
 * not answered. DATA is bounded by credit, and its sender has an account or was invited by one. */
#define RELAY_LEG_WORDS_MAX 65536
#define RELAY_LEG_PONGS_MAX 16384

/* The desk hears WRITTEN when what is queued now and n bytes more have been written. */
void relay_leg_tell(struct relay_leg *leg, size_t n);

/* Queues whole frames. last: close when they are written. */
void relay_leg_send(struct relay_leg *leg, const uint8_t *frames, size_t n, bool last);

void relay_leg_pair(struct relay_leg *leg, struct relay_leg *other);
void relay_leg_part(struct relay_leg *leg);
void relay_leg_move(struct relay_leg *leg, unsigned to);

/* One close path; safe to call twice. why: static, for the log. */
void relay_leg_close(struct relay_leg *leg, const char *why);

/* Deadlines, heartbeat, memory of idle buffers. */
void relay_leg_sweep(struct relay_leg *leg, ds_tick now);
/* Another turn for bytes that wait inside the SSL. */
void relay_leg_turn(struct relay_leg *leg);

/* Without a loop: frees a leg that travels in a letter that nobody will read. */
void relay_leg_discard(struct relay_leg *leg);

#endif
