/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/mux.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define SEQUENCE 8
/* A piece shorter than this is not begun at the end of a payload when the message has more: the
 * next payload takes it. */
#define LEAST_PIECE 64

void ds_mux_init(struct ds_mux *mux, const struct ds_mux_events *events, void *ctx)
{
    *mux = (struct ds_mux){.events = events, .ctx = ctx};
    ds_buf_init(&mux->in, DS_MUX_HEADER + DS_MUX_RECORD_MAX);
    for (int c = 0; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        lane->last = &lane->first;
        lane->send_credit = DS_MUX_WINDOW;
        ds_credit_init(&lane->credit);
        ds_buf_init(&lane->message, DS_MUX_MESSAGE_MAX);
    }
}

static void drop_first(struct ds_mux_lane *lane)
{
    struct ds_mux_item *item = lane->first;
    lane->first = item->next;
    if (!lane->first)
        lane->last = &lane->first;
    lane->queued_messages--;
    lane->sent_of_first = 0;
    ds_rcbuf_unref(item->buf);
    free(item);
}

void ds_mux_destroy(struct ds_mux *mux)
{
    for (int c = 0; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        while (lane->first)
            drop_first(lane);
        ds_buf_wipe(&lane->message);
    }
    ds_buf_wipe(&mux->in);
    *mux = (struct ds_mux){0};
}

static bool is_channel(enum ds_channel channel)
{
    return channel >= DS_CHANNEL_CONTROL && channel < DS_CHANNEL_COUNT;
}

bool ds_mux_is_ledger(enum ds_channel channel)
{
    return channel == DS_CHANNEL_CONTROL || channel == DS_CHANNEL_NOTES ||
           channel == DS_CHANNEL_CLIPBOARD;
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
    if (lane->first && (lane->queued_messages >= DS_MUX_QUEUE_MESSAGES ||
                        lane->queued_bytes + buf->len > ds_mux_queue_max(channel))) {
        lane->was_refused = true;
        return DS_EAGAIN;
    }
    struct ds_mux_item *item = malloc(sizeof(*item));
    if (!item)
        return DS_ENOMEM;
    *item = (struct ds_mux_item){.buf = ds_rcbuf_ref(buf)};
    *lane->last = item;
    lane->last = &item->next;
    lane->queued_messages++;
    lane->queued_bytes += buf->len;
    return DS_OK;
}

size_t ds_mux_queued(const struct ds_mux *mux, enum ds_channel channel)
{
    return is_channel(channel) ? mux->lanes[channel].queued_bytes : 0;
}

void ds_mux_hold(struct ds_mux *mux, enum ds_channel channel, bool hold)
{
    if (is_channel(channel))
        mux->lanes[channel].credit.is_held = hold;
}

/* Bytes of a sequence number that the lane's next piece begins with. */
static size_t head_of(const struct ds_mux_lane *lane, enum ds_channel channel)
{
    return ds_mux_is_ledger(channel) && lane->sent_of_first == 0 ? SEQUENCE : 0;
}

static bool can_send(const struct ds_mux_lane *lane, enum ds_channel channel)
{
    return lane->first && lane->send_credit > head_of(lane, channel);
}

bool ds_mux_has_output(const struct ds_mux *mux)
{
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        const struct ds_mux_lane *lane = &mux->lanes[c];
        if (lane->is_ack_due || ds_credit_due(&lane->credit) > 0 ||
            can_send(lane, (enum ds_channel)c))
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
    const struct ds_rcbuf *buf = lane->first->buf;
    size_t head = head_of(lane, channel);
    size_t rest = buf->len - lane->sent_of_first;
    if (room < DS_MUX_HEADER + least(head + rest, LEAST_PIECE))
        return 0;
    size_t len = least(least(head + rest, DS_MUX_RECORD_MAX),
                       least(room - DS_MUX_HEADER, lane->send_credit));
    size_t n = len - head;
    uint8_t flags = 0;
    if (lane->sent_of_first == 0)
        flags |= DS_MUX_FIRST;
    if (n == rest)
        flags |= DS_MUX_LAST;
    put_header(out, (uint8_t)channel, flags, len);
    if (head > 0)
        ds_put_u64(out + DS_MUX_HEADER, ++lane->sent_sequence);
    memcpy(out + DS_MUX_HEADER + head, buf->data + lane->sent_of_first, n);
    lane->send_credit -= (uint32_t)len;
    lane->queued_bytes -= n;
    lane->sent_of_first += n;
    if (n == rest)
        drop_first(lane);
    return DS_MUX_HEADER + len;
}

static void tell_room(struct ds_mux *mux)
{
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        enum ds_channel channel = (enum ds_channel)c;
        if (!lane->was_refused || lane->queued_bytes > ds_mux_queue_max(channel) / 2 ||
            lane->queued_messages > DS_MUX_QUEUE_MESSAGES / 2)
            continue;
        lane->was_refused = false;
        if (mux->events->on_room)
            mux->events->on_room(mux->ctx, channel);
    }
}

size_t ds_mux_drain(struct ds_mux *mux, uint8_t *out, size_t cap)
{
    size_t used = drain_own(mux, out, cap);
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        struct ds_mux_lane *lane = &mux->lanes[c];
        enum ds_channel channel = (enum ds_channel)c;
        while (can_send(lane, channel)) {
            size_t n = drain_piece(lane, channel, out + used, cap - used);
            if (n == 0)
                goto full;
            used += n;
        }
    }
full:
    tell_room(mux);
    return used;
}
