/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tunnels in one test, and what their events said. */
#ifndef DS_SUPPORT_ENDS_H
#define DS_SUPPORT_ENDS_H

#include "common/base/error.h"
#include "common/tunnel/tunnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* One end, its tunnel's events written down. */
struct end {
    struct ds_tunnel *tunnel;
    unsigned opened, resumed, cut, wrong, left, closed, messages, rooms;
    int error;
    const char *reason;      /* of closed or cut */
    enum ds_channel channel; /* of the last message */
    size_t len;
    unsigned per_channel[DS_CHANNEL_COUNT];
    uint64_t sums[DS_CHANNEL_COUNT];     /* FNV-1a over a channel's messages, in order */
    uint8_t message[DS_MUX_MESSAGE_MAX]; /* the last message; last, so that it is not cleared */
};

static inline void end_opened(void *ctx)
{
    ((struct end *)ctx)->opened++;
}

static inline void end_resumed(void *ctx)
{
    ((struct end *)ctx)->resumed++;
}

static inline void end_cut(void *ctx, const char *reason)
{
    struct end *e = ctx;
    e->cut++;
    e->reason = reason;
}

static inline void end_wrong(void *ctx, unsigned left)
{
    struct end *e = ctx;
    e->wrong++;
    e->left = left;
}

#define END_SUM_START 14695981039346656037u

static inline uint64_t end_sum(uint64_t sum, const uint8_t *bytes, size_t len)
{
    sum = (sum ^ len) * 1099511628211u;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ bytes[i]) * 1099511628211u;
    return sum;
}

static inline void end_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct end *e = ctx;
    e->channel = channel;
    e->len = len;
    memcpy(e->message, bytes, len);
    e->messages++;
    e->per_channel[channel]++;
    e->sums[channel] = end_sum(e->sums[channel], bytes, len);
}

static inline void end_closed(void *ctx, int error, const char *reason)
{
    struct end *e = ctx;
    e->closed++;
    e->error = error;
    e->reason = reason;
}

static inline void end_room(void *ctx, enum ds_channel channel)
{
    (void)channel;
    ((struct end *)ctx)->rooms++;
}

static const struct ds_tunnel_events end_events = {
    .on_open = end_opened,
    .on_resumed = end_resumed,
    .on_cut = end_cut,
    .on_wrong_number = end_wrong,
    .on_message = end_message,
    .on_closed = end_closed,
    .on_room = end_room,
};

static const struct ds_tunnel_config end_config = {
    .session = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
                0x0e, 0x0f},
    .host = "relay.example",
    .epoch = 1,
};

/* e's tunnel in this role, the rest of the configuration as in config. */
static inline bool end_make(struct end *e, enum ds_tunnel_role role,
                            const struct ds_tunnel_config *config)
{
    struct ds_tunnel_config own = *config;
    own.role = role;
    memset(e, 0, offsetof(struct end, message));
    for (int c = 0; c < DS_CHANNEL_COUNT; c++)
        e->sums[c] = END_SUM_START;
    e->tunnel = ds_tunnel_new(&own, &end_events, e);
    return e->tunnel != NULL;
}

/* Carries one payload; false when `from` has none. */
static inline bool end_carry(struct end *from, struct end *to, ds_tick now)
{
    static uint8_t payload[DS_FRAME_DATA_MAX];
    int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), now);
    if (n <= 0)
        return false;
    ds_tunnel_feed(to->tunnel, payload, (size_t)n, now);
    return true;
}

/* Until neither end has anything to say. */
static inline void ends_settle(struct end *a, struct end *b, ds_tick now)
{
    bool more = true;
    while (more) {
        more = end_carry(a, b, now);
        more = end_carry(b, a, now) || more;
    }
}

/* Both ends lose the line, and the relay joins them anew; ends_settle carries the resume. */
static inline void ends_rejoin(struct end *a, struct end *b, uint32_t round)
{
    ds_check(ds_tunnel_rejoin(a->tunnel, round) == DS_OK);
    ds_check(ds_tunnel_rejoin(b->tunnel, round) == DS_OK);
}

#endif
