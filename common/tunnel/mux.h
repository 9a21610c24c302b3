/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Channels in one ordered stream of bytes: messages in, small records out by strict priority, and
 * the other way round. Per-channel credit, granted by the receiver; bounded queues; bounded
 * reassembly. Knows nothing of the seal around it.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +---------------+---------------+-------------------------------+
 *    |  channel (8)  |   flags (8)   |     length of payload (16)    |
 *    +---------------+---------------+-------------------------------+
 *    |  payload: a piece of a message, 1..DS_MUX_RECORD_MAX bytes ...
 *
 * Flags: 1 FIRST piece, 2 LAST piece. On the ledger channels (control, notes, clipboard) a FIRST
 * piece begins with the message's u64 sequence number: 1, 2, 3, ... Channel 0 is the mux's own: its
 * payload is a type (8) and CREDIT: channel (8) bytes (32), or ACK: channel (8) sequence (64), or
 * LEDGER (ledger.h), the first record after a cut. It needs no credit. Proved by tests/unit/mux.c.
 */
#ifndef DS_TUNNEL_MUX_H
#define DS_TUNNEL_MUX_H

#include "common/base/buf.h"
#include "common/base/rcbuf.h"
#include "common/tunnel/credit.h"
#include "common/tunnel/easing.h"
#include "common/tunnel/ledger.h"
#include "common/tunnel/queue.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_MUX_HEADER 4
#define DS_MUX_OWN 0 /* channel of the mux's own records */
#define DS_MUX_FIRST 1u
#define DS_MUX_LAST 2u
#define DS_MUX_CREDIT 1
#define DS_MUX_ACK 2

/* Send queue of a channel: never dropped; a message is refused (DS_EAGAIN) when it would pass
 * either bound, but one message of any size always fits an empty queue. On ledger channels messages
 * count until they are acknowledged. The numbers are SEAL.md's for the ledger; ds_mux_queue_max has
 * those of the others. */
#define DS_MUX_QUEUE_BYTES (1u << 20)
#define DS_MUX_QUEUE_MESSAGES 1000

struct ds_mux_lane {
    /* sending */
    struct ds_queue queue;
    bool was_refused; /* DS_EAGAIN was returned since the last on_room */
    uint32_t send_credit;
    /* receiving */
    struct ds_credit credit;
    bool in_message;
    struct ds_buf message;      /* pieces of a message whose LAST has not come */
    uint64_t received_sequence; /* of the last message begun */
    bool is_ack_due;
};

struct ds_mux_events {
    /* One whole message, borrowed during the call. ds_mux_send is allowed inside. */
    void (*on_message)(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len);
    /* A channel that refused a message has come down to half of its bound. May be NULL. */
    void (*on_room)(void *ctx, enum ds_channel channel);
    /* The peer's LEDGER fits: from here messages come and go again. NULL where none is awaited. */
    void (*on_ledger)(void *ctx);
};

struct ds_mux {
    ds_tick now;                                /* as the caller last said */
    struct ds_easing easing;                    /* of FILES */
    struct ds_mux_lane lanes[DS_CHANNEL_COUNT]; /* [0] is not used */
    struct ds_buf in;                           /* a record that is not complete yet */
    const struct ds_mux_events *events;         /* borrowed until destroy */
    void *ctx;
    const char *reason;             /* static; why feed failed */
    uint8_t session[DS_SESSION_ID]; /* after ds_mux_resume */
    bool is_ledger_due;             /* ours is the next record to be drained */
    bool awaits_ledger;             /* the peer's has to be the next record that comes */
};

/* Allocates nothing. */
void ds_mux_init(struct ds_mux *mux, const struct ds_mux_events *events, void *ctx);
/* Wipes what was half received, drops what was queued. Accepts a zeroed struct. */
void ds_mux_destroy(struct ds_mux *mux);

/* Bound of a channel's send queue in bytes. */
size_t ds_mux_queue_max(enum ds_channel channel);

/* Queues a message of 1..DS_MUX_MESSAGE_MAX bytes and takes a reference of its own. DS_EAGAIN,
 * DS_EINVAL, DS_ENOMEM. */
int ds_mux_send(struct ds_mux *mux, enum ds_channel channel, struct ds_rcbuf *buf);

/* Bytes queued and not yet drained. */
size_t ds_mux_queued(const struct ds_mux *mux, enum ds_channel channel);

/* The reader of a channel is behind (or no longer): while held, nothing is granted and the peer
 * stops after at most one window. */
/* Ledger: bytes that the peer has not acknowledged. */
size_t ds_mux_kept(const struct ds_mux *mux, enum ds_channel channel);

void ds_mux_hold(struct ds_mux *mux, enum ds_channel channel, bool hold);

/* The connection is gone. Ledger channels keep what was not acknowledged and begin again with it,
 * half received messages and all that the other channels had queued are dropped, credit and pieces
 * begin anew. What is held stays held. */
void ds_mux_cut(struct ds_mux *mux);

/* A new connection after a cut, before its first byte: LEDGER of this session goes out, and nothing
 * else before the peer's has come. */
void ds_mux_resume(struct ds_mux *mux, const uint8_t session[DS_SESSION_ID]);

/* Calls on_room for the channels that are due for it; feed and drain do so by themselves. */
void ds_mux_tell_room(struct ds_mux *mux);

/* Whether drain would write something. */
bool ds_mux_has_output(const struct ds_mux *mux);

/* What time it is, before feed and drain: files are eased by it. A mux that is never told lets them
 * take the whole window. */
void ds_mux_at(struct ds_mux *mux, ds_tick now);

/* Whole records, most urgent first, at most cap bytes; cap >= DS_MUX_HEADER + 64. Returns the
 * length. */
size_t ds_mux_drain(struct ds_mux *mux, uint8_t *out, size_t cap);

/* Bytes from the peer, cut anywhere. DS_EPROTO with mux->reason set: the stream is over. DS_ENOMEM
 * likewise. */
int ds_mux_feed(struct ds_mux *mux, const uint8_t *bytes, size_t len);

#endif
