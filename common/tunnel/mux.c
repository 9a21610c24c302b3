/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/mux.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <string.h>

#define SEQUENCE 8
/* A piece shorter than this is not begun at the end of a payload when the message has more: the
 * next payload takes it. */
#define LEAST_PIECE 64

static void init_credit(struct ds_mux *mux, int c)
{
    struct ds_mux_lane *lane = &mux->lanes[c];
    lane->send_credit = DS_MUX_WINDOW;
    ds_credit_init(&lane->credit);
    if (c != DS_CHANNEL_FILES)
        return;
    lane->credit.step = DS_EASING_STEP;
    ds_easing_init(&mux->easing);
}

void ds_mux_init(struct ds_mux *mux, const struct ds_mux_events *events, void *ctx)
{
    *mux = (struct ds_mux){.events = events, .ctx = ctx};
    ds_buf_init(&mux->in, DS_MUX_HEADER + DS_MUX_RECORD_MAX);
    for (int c = 0; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        ds_queue_init(&lane->queue, ds_ledger_has((enum ds_channel)c));
        init_credit(mux, c);
        ds_buf_init(&lane->message, DS_MUX_MESSAGE_MAX);
    }
}

void ds_mux_destroy(struct ds_mux *mux)
{
    for (int c = 0; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        ds_queue_destroy(&lane->queue);
        ds_buf_wipe(&lane->message);
    }
    ds_buf_wipe(&mux->in);
    *mux = (struct ds_mux){0};
}

static bool is_channel(enum ds_channel channel)
{
    return channel >= DS_CHANNEL_CONTROL && channel < DS_CHANNEL_COUNT;
}

size_t ds_mux_queue_max(enum ds_channel channel)
{
    switch (channel) {
    case DS_CHANNEL_INPUT: /* more than 64 KiB of key strokes is minutes of typing: refuse, and let
                              the viewer say so, rather than deliver them late */
        return 65536;
    case DS_CHANNEL_FILES: /* one window under way and one ready to follow it */
        return (size_t)2 * DS_MUX_WINDOW;
    default:
        return DS_MUX_QUEUE_BYTES;
    }
}

int ds_mux_send(struct ds_mux *mux, enum ds_channel channel, struct ds_rcbuf *buf)
{
    if (!is_channel(channel) || buf->len < 1 || buf->len > DS_MUX_MESSAGE_MAX)
        return DS_EINVAL;
    struct ds_mux_lane *lane = &mux->lanes[channel];
    struct ds_queue *queue = &lane->queue;
    if (queue->first && (queue->messages >= DS_MUX_QUEUE_MESSAGES ||
                         ds_queue_load(queue) + buf->len > ds_mux_queue_max(channel))) {
        lane->was_refused = true;
        return DS_EAGAIN;
    }
    return ds_queue_push(queue, buf);
}

size_t ds_mux_queued(const struct ds_mux *mux, enum ds_channel channel)
{
    return is_channel(channel) ? mux->lanes[channel].queue.waiting_bytes : 0;
}

size_t ds_mux_kept(const struct ds_mux *mux, enum ds_channel channel)
{
    return is_channel(channel) ? mux->lanes[channel].queue.kept_bytes : 0;
}

void ds_mux_hold(struct ds_mux *mux, enum ds_channel channel, bool hold)
{
    if (is_channel(channel))
        mux->lanes[channel].credit.is_held = hold;
}

void ds_mux_cut(struct ds_mux *mux)
{
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        bool is_held = lane->credit.is_held;
        ds_queue_cut(&lane->queue);
        init_credit(mux, c);
        lane->credit.is_held = is_held;
        ds_buf_wipe(&lane->message);
        if (lane->in_message && lane->queue.is_ledger)
            lane->received_sequence--; /* it comes again, from its beginning */
        lane->in_message = false;
        lane->is_ack_due = false; /* LEDGER says it */
    }
    ds_buf_wipe(&mux->in);
    mux->is_ledger_due = false;
    mux->awaits_ledger = false;
}

void ds_mux_resume(struct ds_mux *mux, const uint8_t session[DS_SESSION_ID])
{
    memcpy(mux->session, session, DS_SESSION_ID);
    mux->is_ledger_due = true;
    mux->awaits_ledger = true;
}

/* Bytes of a sequence number that the lane's next piece begins with. */
static size_t head_of(const struct ds_queue *queue)
{
    return queue->is_ledger && queue->sent_of_turn == 0 ? SEQUENCE : 0;
}

static bool can_send(const struct ds_mux *mux, int channel)
{
    const struct ds_mux_lane *lane = &mux->lanes[channel];
    if (channel == DS_CHANNEL_FILES && !ds_easing_may(&mux->easing))
        return false;
    return lane->queue.turn && lane->send_credit > head_of(&lane->queue);
}

bool ds_mux_has_output(const struct ds_mux *mux)
{
    if (mux->is_ledger_due || mux->awaits_ledger)
        return mux->is_ledger_due;
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        const struct ds_mux_lane *lane = &mux->lanes[c];
        if (lane->is_ack_due || ds_credit_due(&lane->credit) > 0 || can_send(mux, c))
            return true;
    }
    return false;
}

static void put_header(uint8_t *to, uint8_t channel, uint8_t flags, size_t len)
{
    to[0] = channel;
    to[1] = flags;
    ds_put_u16(to + 2, (uint16_t)len);
}

/* Grants and acknowledgements that are due, as long as they fit. */
static size_t drain_own(struct ds_mux *mux, uint8_t *out, size_t cap)
{
    size_t used = 0;
    for (unsigned c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        uint32_t grant = ds_credit_due(&lane->credit);
        if (grant > 0 && cap - used >= DS_MUX_HEADER + 6) {
            put_header(out + used, DS_MUX_OWN, 0, 6);
            out[used + 4] = DS_MUX_CREDIT;
            out[used + 5] = (uint8_t)c;
            ds_put_u32(out + used + 6, grant);
            ds_credit_grant(&lane->credit, grant);
            used += DS_MUX_HEADER + 6;
        }
        if (lane->is_ack_due && cap - used >= DS_MUX_HEADER + 10) {
            put_header(out + used, DS_MUX_OWN, 0, 10);
            out[used + 4] = DS_MUX_ACK;
            out[used + 5] = (uint8_t)c;
            /* A message that has only begun to arrive is not acknowledged. */
            ds_put_u64(out + used + 6, lane->received_sequence - (lane->in_message ? 1 : 0));
            lane->is_ack_due = false;
            used += DS_MUX_HEADER + 10;
        }
    }
    return used;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One record with the next piece of the lane's first message; 0 when room is too small for it. */
static size_t drain_piece(struct ds_mux_lane *lane, enum ds_channel channel, uint8_t *out,
                          size_t room)
{
    struct ds_queue *queue = &lane->queue;
    const struct ds_rcbuf *buf = queue->turn->buf;
    size_t head = head_of(queue), sent = queue->sent_of_turn;
    size_t rest = buf->len - sent;
    if (room < DS_MUX_HEADER + least(head + rest, LEAST_PIECE))
        return 0;
    size_t len = least(least(head + rest, DS_MUX_RECORD_MAX),
                       least(room - DS_MUX_HEADER, lane->send_credit));
    size_t n = len - head;
    uint8_t flags = 0;
    if (sent == 0)
        flags |= DS_MUX_FIRST;
    if (n == rest)
        flags |= DS_MUX_LAST;
    put_header(out, (uint8_t)channel, flags, len);
    if (head > 0)
        ds_put_u64(out + DS_MUX_HEADER, ++queue->begun);
    memcpy(out + DS_MUX_HEADER + head, buf->data + sent, n);
    lane->send_credit -= (uint32_t)len;
    ds_queue_advance(queue, n);
    return DS_MUX_HEADER + len;
}

/* The first record after a cut: what came whole on each ledger channel. */
static size_t drain_ledger(struct ds_mux *mux, uint8_t *out)
{
    struct ds_ledger ledger;
    memcpy(ledger.session, mux->session, sizeof(ledger.session));
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++)
        ledger.received[i] = mux->lanes[ds_ledger_channels[i]].received_sequence;
    put_header(out, DS_MUX_OWN, 0, DS_LEDGER_SIZE);
    ds_ledger_encode(&ledger, out + DS_MUX_HEADER);
    mux->is_ledger_due = false;
    return DS_MUX_HEADER + DS_LEDGER_SIZE;
}

void ds_mux_tell_room(struct ds_mux *mux)
{
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        enum ds_channel channel = (enum ds_channel)c;
        if (!lane->was_refused || ds_queue_load(&lane->queue) > ds_mux_queue_max(channel) / 2 ||
            lane->queue.messages > DS_MUX_QUEUE_MESSAGES / 2)
            continue;
        lane->was_refused = false;
        if (mux->events->on_room)
            mux->events->on_room(mux->ctx, channel);
    }
}

void ds_mux_at(struct ds_mux *mux, ds_tick now)
{
    mux->now = now;
}

size_t ds_mux_drain(struct ds_mux *mux, uint8_t *out, size_t cap)
{
    if (mux->is_ledger_due)
        return drain_ledger(mux, out);
    if (mux->awaits_ledger)
        return 0;
    size_t used = drain_own(mux, out, cap);
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        enum ds_channel channel = (enum ds_channel)c;
        while (can_send(mux, c)) {
            size_t n = drain_piece(lane, channel, out + used, cap - used);
            if (n == 0)
                goto full;
            used += n;
            if (channel == DS_CHANNEL_FILES)
                ds_easing_sent(&mux->easing, n - DS_MUX_HEADER, mux->now);
        }
    }
full:
    ds_mux_tell_room(mux);
    return used;
}
