/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiving half of the mux. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/tunnel/mux.h"

#include <string.h>

/* A channel that once carried a large message does not keep the memory of it. */
#define KEEP_MAX 262144u

static int broken(struct ds_mux *mux, const char *reason)
{
    mux->reason = reason;
    return DS_EPROTO;
}

/* The peer's LEDGER: what it has is dropped here, and the rest goes out again. */
static int feed_ledger(struct ds_mux *mux, const uint8_t *payload, size_t len)
{
    struct ds_ledger ledger;
    if (!mux->awaits_ledger)
        return broken(mux, "a ledger came in the middle of a connection");
    if (ds_ledger_decode(payload, len, &ledger))
        return broken(mux, "a ledger could not be read");
    if (memcmp(ledger.session, mux->session, sizeof(mux->session)) != 0)
        return broken(mux, "the other side's ledger is of another session");
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++) {
        const char *misfit =
            ds_ledger_misfit(&mux->lanes[ds_ledger_channels[i]].queue, ledger.received[i]);
        if (misfit)
            return broken(mux, misfit);
    }
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++)
        ds_queue_release(&mux->lanes[ds_ledger_channels[i]].queue, ledger.received[i]);
    mux->awaits_ledger = false;
    mux->events->on_ledger(mux->ctx);
    ds_mux_tell_room(mux);
    return DS_OK;
}

static int feed_own(struct ds_mux *mux, const uint8_t *payload, size_t len)
{
    struct ds_cursor c = ds_cursor_of(payload, len);
    uint8_t type = ds_cursor_u8(&c);
    if (type == DS_LEDGER_TYPE)
        return feed_ledger(mux, payload, len);
    uint8_t channel = ds_cursor_u8(&c);
    if (type != DS_MUX_CREDIT && type != DS_MUX_ACK)
        return DS_OK; /* of a newer version */
    uint32_t grant = type == DS_MUX_CREDIT ? ds_cursor_u32(&c) : 0;
    uint64_t sequence = type == DS_MUX_ACK ? ds_cursor_u64(&c) : 0;
    if (c.error)
        return broken(mux, "a mux record is too short");
    if (channel < DS_CHANNEL_CONTROL || channel >= DS_CHANNEL_COUNT)
        return DS_OK;
    struct ds_mux_lane *lane = &mux->lanes[channel];
    if (type == DS_MUX_CREDIT && channel == DS_CHANNEL_FILES)
        ds_easing_granted(&mux->easing, grant, mux->now);
    if (type == DS_MUX_CREDIT)
        return ds_credit_add(&lane->send_credit, grant)
                   ? DS_OK
                   : broken(mux, "more credit was granted than is allowed");
    /* A message of which a piece still waits here cannot have arrived. */
    if (!lane->queue.is_ledger || sequence <= lane->queue.acked ||
        sequence > ds_queue_whole(&lane->queue))
        return broken(mux, "a message was acknowledged that was not sent");
    ds_queue_release(&lane->queue, sequence);
    ds_mux_tell_room(mux);
    return DS_OK;
}

static void deliver(struct ds_mux *mux, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct ds_mux_lane *lane = &mux->lanes[channel];
    lane->in_message = false;
    if (lane->queue.is_ledger)
        lane->is_ack_due = true;
    mux->events->on_message(mux->ctx, channel, bytes, len);
}

/* A piece that is not a whole message by itself. */
static int gather(struct ds_mux *mux, enum ds_channel channel, uint8_t flags, const uint8_t *piece,
                  size_t len)
{
    struct ds_mux_lane *lane = &mux->lanes[channel];
    int error = ds_buf_append(&lane->message, piece, len);
    if (error == DS_ELIMIT)
        return broken(mux, "a message is too long");
    if (error)
        return error;
    lane->in_message = true;
    if (!(flags & DS_MUX_LAST))
        return DS_OK;
    deliver(mux, channel, ds_buf_peek(&lane->message), lane->message.len);
    if (lane->message.cap > KEEP_MAX)
        ds_buf_wipe(&lane->message);
    else
        ds_buf_clear(&lane->message);
    return DS_OK;
}

static int feed_record(struct ds_mux *mux, uint8_t number, uint8_t flags, const uint8_t *payload,
                       size_t len)
{
    if (mux->awaits_ledger && (number != DS_MUX_OWN || payload[0] != DS_LEDGER_TYPE))
        return broken(mux, "something came before the ledger");
    if (number == DS_MUX_OWN)
        return feed_own(mux, payload, len);
    if (number >= DS_CHANNEL_COUNT)
        return DS_OK; /* of a newer version; it gets no credit beyond its first window */
    enum ds_channel channel = (enum ds_channel)number;
    struct ds_mux_lane *lane = &mux->lanes[channel];
    if (flags & ~(DS_MUX_FIRST | DS_MUX_LAST))
        return broken(mux, "a record has unknown flags");
    if (!ds_credit_take(&lane->credit, len))
        return broken(mux, "a channel's credit was exceeded");
    if (lane->in_message == ((flags & DS_MUX_FIRST) != 0))
        return broken(mux, "a message began twice or not at all");
    if ((flags & DS_MUX_FIRST) && lane->queue.is_ledger) {
        struct ds_cursor c = ds_cursor_of(payload, len);
        uint64_t sequence = ds_cursor_u64(&c);
        if (c.error || ds_cursor_left(&c) == 0)
            return broken(mux, "a message has no content");
        if (sequence != lane->received_sequence + 1)
            return broken(mux, "a message is missing or came twice");
        lane->received_sequence = sequence;
        payload = c.at;
        len = ds_cursor_left(&c);
    }
    if (flags == (DS_MUX_FIRST | DS_MUX_LAST)) {
        deliver(mux, channel, payload, len);
        return DS_OK;
    }
    return gather(mux, channel, flags, payload, len);
}

/* Length of the record whose header is at bytes; 0 when that cannot be a header. */
static size_t record_size(const uint8_t *bytes)
{
    size_t len = (size_t)bytes[2] << 8 | bytes[3];
    return len >= 1 && len <= DS_MUX_RECORD_MAX ? DS_MUX_HEADER + len : 0;
}

/* Moves bytes into mux->in until it holds `want` of them; false while it does not. */
static bool fill(struct ds_mux *mux, const uint8_t **bytes, size_t *n, size_t want, int *error)
{
    size_t have = mux->in.len;
    if (have >= want)
        return true;
    size_t take = *n < want - have ? *n : want - have;
    *error = ds_buf_append(&mux->in, *bytes, take);
    if (*error)
        return false;
    *bytes += take;
    *n -= take;
    return mux->in.len >= want;
}

/* One record out of what was kept and what is new; *bytes and *n move on. */
static int feed_step(struct ds_mux *mux, const uint8_t **bytes, size_t *n)
{
    int error = DS_OK;
    const uint8_t *record = *bytes;
    size_t size;
    bool is_kept = mux->in.len > 0 || *n < DS_MUX_HEADER;
    if (is_kept) {
        if (!fill(mux, bytes, n, DS_MUX_HEADER, &error))
            return error;
        record = ds_buf_peek(&mux->in);
    }
    size = record_size(record);
    if (size == 0)
        return broken(mux, "a record's length is out of range");
    if (!is_kept && *n < size)
        is_kept = true;
    if (is_kept) {
        if (!fill(mux, bytes, n, size, &error))
            return error;
        record = ds_buf_peek(&mux->in);
    } else {
        *bytes += size;
        *n -= size;
    }
    error = feed_record(mux, record[0], record[1], record + DS_MUX_HEADER, size - DS_MUX_HEADER);
    if (is_kept)
        ds_buf_clear(&mux->in);
    return error;
}

int ds_mux_feed(struct ds_mux *mux, const uint8_t *bytes, size_t len)
{
    int error = DS_OK;
    while (len > 0 && !error)
        error = feed_step(mux, &bytes, &len);
    return error;
}
