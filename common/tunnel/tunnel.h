/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end of the private line between agent and viewer: the seal (SEAL.md) and, inside it, the mux.
 * Bytes and a time go in, DATA payloads, messages and events come out. No socket, thread or clock.
 * Not thread-safe: one loop owns it. */
#ifndef DS_TUNNEL_TUNNEL_H
#define DS_TUNNEL_TUNNEL_H

#include "common/base/clock.h"
#include "common/base/rcbuf.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_tunnel;

enum ds_tunnel_role { DS_TUNNEL_VIEWER, DS_TUNNEL_AGENT };

enum ds_tunnel_state {
    DS_TUNNEL_NUMBER, /* viewer: waits for ds_tunnel_set_number; agent: waits for the viewer's first
                         message */
    DS_TUNNEL_PROVING, /* SPAKE2 and the inner handshake are under way */
    DS_TUNNEL_OPEN,
    DS_TUNNEL_CLOSED,
};

struct ds_tunnel_config {
    enum ds_tunnel_role role;
    uint8_t session[DS_SESSION_ID];
    const char
        *host; /* the relay's host name as this end dialled it, lower case; borrowed during new */
    uint32_t epoch; /* connection count, from 1 */
    unsigned tries; /* agent: wrong numbers so far in this session */
};

/* Called from feed, drain, set_number and tick, never from new or destroy. The tunnel may be sent
 * to, but not destroyed, inside a call. */
struct ds_tunnel_events {
    /* Both sides are proved; messages flow from here. */
    void (*on_open)(void *ctx);
    /* A number was wrong. left: tries that remain, 0 = the session has to end (the tunnel is
     * closed). Viewer: ask for the number again when left > 0. Agent: show it, report it to the
     * relay. */
    void (*on_wrong_number)(void *ctx, unsigned left);
    /* One whole message; bytes are borrowed during the call. */
    void (*on_message)(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len);
    /* The peer broke the rules or the seal failed: nothing more will come or go. reason: static
     * English phrase. */
    void (*on_closed)(void *ctx, int error, const char *reason);
};

/* NULL when memory is short. events and ctx are borrowed until destroy. */
struct ds_tunnel *ds_tunnel_new(const struct ds_tunnel_config *config,
                                const struct ds_tunnel_events *events, void *ctx);
/* Wipes all keys. Accepts NULL. */
void ds_tunnel_destroy(struct ds_tunnel *tunnel);

enum ds_tunnel_state ds_tunnel_state(const struct ds_tunnel *tunnel);

/* Agent: the number it shows (made with ds_number_draw). Viewer: the number the rep typed; after
 * on_wrong_number with tries left it is called again with another. Six digits, else DS_EINVAL. */
int ds_tunnel_set_number(struct ds_tunnel *tunnel, const char *number);

/* Draws a number: six uniform digits with a NUL, by RAND_bytes with rejection. DS_EIO when there is
 * no randomness. */
int ds_number_draw(char out[DS_TEXT_NUMBER]);

/* One DATA payload from the peer. Returns DS_OK or the error with which the tunnel closed
 * (on_closed was called). */
int ds_tunnel_feed(struct ds_tunnel *tunnel, const uint8_t *payload, size_t len, ds_tick now);

/* Writes the next DATA payload for the peer, at most cap bytes (cap >= DS_FRAME_DATA_MAX), most
 * urgent content first. Returns its length, 0 when there is nothing to send now, or a negative
 * error. Call it only when the link can take a payload at once: what was drained is no longer
 * ordered by priority. */
int ds_tunnel_drain(struct ds_tunnel *tunnel, uint8_t *out, size_t cap, ds_tick now);

/* Queues one message (1..DS_MUX_MESSAGE_MAX bytes), copied. DS_EAGAIN: the channel's queue is full
 * (its bound is in mux.h); DS_ECLOSED; DS_EINVAL. */
int ds_tunnel_send(struct ds_tunnel *tunnel, enum ds_channel channel, const void *bytes,
                   size_t len);

/* The same without a copy: the tunnel takes its own reference. */
int ds_tunnel_send_buf(struct ds_tunnel *tunnel, enum ds_channel channel, struct ds_rcbuf *buf);

/* Bytes queued on a channel and not yet drained: 0 means that the next message goes out as soon as
 * its turn comes. */
size_t ds_tunnel_queued(const struct ds_tunnel *tunnel, enum ds_channel channel);

/* SHA-256 of the audit exporter, for the VERIFIED message. Only while OPEN, else DS_EINVAL. */
int ds_tunnel_audit(const struct ds_tunnel *tunnel, uint8_t out[32]);

#endif
