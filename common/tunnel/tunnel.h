/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end of the private line between agent and viewer: the seal (SEAL.md) and, inside it, the mux.
 * Bytes and a time go in, DATA payloads, messages and events come out. No socket, thread or clock.
 * Not thread-safe: one loop owns it. */
#ifndef DS_TUNNEL_TUNNEL_H
#define DS_TUNNEL_TUNNEL_H

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/rcbuf.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_tunnel;

enum ds_tunnel_role { DS_TUNNEL_VIEWER, DS_TUNNEL_AGENT };

enum ds_tunnel_state {
    DS_TUNNEL_NUMBER,  /* viewer: waits for ds_tunnel_set_number; agent: for that and for the
                          viewer's first message */
    DS_TUNNEL_PROVING, /* SPAKE2 and the inner handshake are under way */
    DS_TUNNEL_OPEN,
    DS_TUNNEL_CUT,       /* the connection is gone: only ledger messages can be sent, they wait */
    DS_TUNNEL_REJOINING, /* a new one: the peer's RESUME or the inner handshake is under way */
    DS_TUNNEL_CLOSED,
};

struct ds_tunnel_config {
    enum ds_tunnel_role role;
    uint8_t session[DS_SESSION_ID];
    const char
        *host; /* the relay's host name as this end dialled it, lower case; borrowed during new */
    uint32_t epoch; /* of the first connection: 1 */
    unsigned tries; /* wrong numbers so far in this session: ds_tunnel_tries of the tunnel before, 0
                       for the first. Both roles count: the agent what it refused, the viewer what
                       it let the other side test. */
};

/* Called from feed, drain and set_number, never from new, cut, rejoin or destroy. Inside a call the
 * tunnel may be sent to, drained, held and asked, but not fed, cut, rejoined or destroyed. */
struct ds_tunnel_events {
    /* Both sides are proved for the first time; messages flow from here. */
    void (*on_open)(void *ctx);
    /* The same again after a cut: ledger messages go on where they were, all other channels begin
     * anew. Never when the cut was before on_open was called here. */
    void (*on_resumed)(void *ctx);
    /* A connection after a cut came to nothing (its RESUME makes no sense, the inner handshake
     * failed): the state is CUT, nothing of it is kept. Hang up and dial again. reason: static
     * English phrase. */
    void (*on_cut)(void *ctx, const char *reason);
    /* A number was wrong. left: tries that remain, 0 = the session has to end: the tunnel is
     * closed, this was its last event (no on_closed), and feed returns DS_EAUTH; drain it once more
     * before the link closes, so that the other side learns of it. Viewer: ask for the number again
     * when left > 0. Agent: show it, report it to the relay. */
    void (*on_wrong_number)(void *ctx, unsigned left);
    /* One whole message; bytes are borrowed during the call. */
    void (*on_message)(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len);
    /* The peer broke the rules, or the seal failed on an open connection, or the ledgers of both
     * sides do not fit together: nothing more will come or go. reason: static English phrase. */
    void (*on_closed)(void *ctx, int error, const char *reason);
    /* A channel that refused a message with DS_EAGAIN has drained to half of its bound. May be
     * NULL. */
    void (*on_room)(void *ctx, enum ds_channel channel);
};

/* NULL when memory is short or the host name too long. events and ctx are borrowed until destroy.
 */
struct ds_tunnel *ds_tunnel_new(const struct ds_tunnel_config *config,
                                const struct ds_tunnel_events *events, void *ctx);
/* Wipes all keys. Accepts NULL. */
void ds_tunnel_destroy(struct ds_tunnel *tunnel);

enum ds_tunnel_state ds_tunnel_state(const struct ds_tunnel *tunnel);

/* Agent: the number it shows (made with ds_number_draw); once is enough for all tries. Viewer: the
 * number the rep typed; after on_wrong_number with tries left it is called again with another. Six
 * digits and state NUMBER, else DS_EINVAL and nothing changed; also while CUT or REJOINING when no
 * number was given yet: the next connection uses it. DS_ECLOSED. Another error: the tunnel closed
 * (on_closed was called), DS_EAUTH when no tries are left. */
int ds_tunnel_set_number(struct ds_tunnel *tunnel, const char *number);

/* Draws a number: six uniform digits with a NUL, by RAND_bytes with rejection. DS_EIO when there is
 * no randomness. */
int ds_number_draw(char out[DS_TEXT_NUMBER]);

/* The connection under the tunnel is gone, or the peer is away. Any state but CLOSED becomes CUT:
 * drops the inner TLS and what channels without a ledger had queued or half received. What is held
 * stays held; a channel that was refused gets its on_room after the resume. While CUT, feed skips
 * what it gets and drain has nothing. Nothing happens when it is CUT already. */
void ds_tunnel_cut(struct ds_tunnel *tunnel);

/* The relay has joined both ends anew, `round` is that of REJOINED. From any state but CLOSED, also
 * of a new tunnel whose end missed PAIRED (an open tunnel is cut first); drain has the RESUME to
 * send. When the cut was before the proof was verified at both ends, the proof begins anew by
 * itself with the number that was given, which is kept inside until then; an end without one is in
 * state NUMBER once the peer's RESUME has come. A try whose answer was lost by a cut is used up.
 * The tunnel has no clock: an end whose tunnel has been REJOINING for long hangs up. DS_ECLOSED. */
int ds_tunnel_rejoin(struct ds_tunnel *tunnel, uint32_t round);

/* The number of the connection that is open or under way, from 1; while CUT, and REJOINING before
 * the peer's RESUME has come, of the one before. Equal at both ends while OPEN, one that was open
 * at either end never comes again, and each is higher than the one before. */
uint32_t ds_tunnel_epoch(const struct ds_tunnel *tunnel);

/* Most bytes that ds_tunnel_save writes: a full ledger. */
#define DS_TUNNEL_SAVED_MAX (45 + 2 * 36 + 3 * (27 + 1000 * 4 + (1u << 20)) + 32)

/* For a resume file: role, session, tries, epochs, secrets, counters and every ledger message that
 * is not acknowledged, appended to out (bound: DS_TUNNEL_SAVED_MAX; wipe it). The tunnel is not
 * changed, but what is fed or drained afterwards is not in it, and then the resume from it ends the
 * session: save when nothing more will be. DS_EINVAL: closed, or the peer was not heard yet;
 * DS_ENOMEM, DS_ELIMIT. Format: tunnel_saved.c. */
int ds_tunnel_save(const struct ds_tunnel *tunnel, struct ds_buf *out);

/* A tunnel in state CUT from what was saved; host as in the config, events as of ds_tunnel_new. Its
 * next connection is told by on_resumed. NULL: memory is short, or the bytes are not of this
 * version or damaged. */
struct ds_tunnel *ds_tunnel_load(const uint8_t *bytes, size_t len, const char *host,
                                 const struct ds_tunnel_events *events, void *ctx);

/* One DATA payload from the peer, 1..DS_FRAME_DATA_MAX bytes. Returns DS_OK or the error with which
 * the tunnel closed (on_closed was called, or on_wrong_number with 0); DS_ECLOSED when it was
 * closed before. Often leaves something to drain: handshake, credit, acknowledgements. */
int ds_tunnel_feed(struct ds_tunnel *tunnel, const uint8_t *payload, size_t len, ds_tick now);

/* Writes the next DATA payload for the peer, at most cap bytes (cap >= DS_FRAME_DATA_MAX), most
 * urgent content first. Returns its length, 0 when there is nothing to send now, or a negative
 * error. A closed tunnel may have one last payload. Call it only when the link can take a payload
 * at once: what was drained is no longer ordered by priority. */
int ds_tunnel_drain(struct ds_tunnel *tunnel, uint8_t *out, size_t cap, ds_tick now);

/* Whether drain would write a payload now. */
bool ds_tunnel_has_output(const struct ds_tunnel *tunnel);

/* Queues one message (1..DS_MUX_MESSAGE_MAX bytes), copied; before OPEN, and on a ledger channel
 * while CUT or REJOINING, it waits. DS_EAGAIN: the channel's queue is full (its bound is in mux.h;
 * on ledger channels messages count until they are acknowledged); DS_ECLOSED, also for channels
 * without a ledger while CUT or REJOINING; DS_EINVAL. */
int ds_tunnel_send(struct ds_tunnel *tunnel, enum ds_channel channel, const void *bytes,
                   size_t len);

/* The same without a copy: the tunnel takes its own reference. */
int ds_tunnel_send_buf(struct ds_tunnel *tunnel, enum ds_channel channel, struct ds_rcbuf *buf);

/* Bytes queued on a channel and not yet drained: 0 means that the next message goes out as soon as
 * its turn comes. */
size_t ds_tunnel_queued(const struct ds_tunnel *tunnel, enum ds_channel channel);

/* Bytes of ledger messages that the peer has not acknowledged, whether they wait or are on their
 * way; 0 on other channels. */
size_t ds_tunnel_unacknowledged(const struct ds_tunnel *tunnel, enum ds_channel channel);

/* The reader of a channel is behind (or no longer): while held, the peer may send at most what is
 * left of its window (DS_MUX_WINDOW), and its queue fills up instead of ours. Drain after letting
 * go. */
void ds_tunnel_hold(struct ds_tunnel *tunnel, enum ds_channel channel, bool hold);

/* Wrong numbers so far, for the config of the session's next tunnel; also when closed. */
unsigned ds_tunnel_tries(const struct ds_tunnel *tunnel);

/* SHA-256 of the audit exporter, for the VERIFIED message. Only while OPEN, else DS_EINVAL. */
int ds_tunnel_audit(const struct ds_tunnel *tunnel, uint8_t out[32]);

/* The secret that becomes the PSK of the session's next connection, which the tunnel keeps itself.
 * Only while OPEN, else DS_EINVAL; caller wipes. */
int ds_tunnel_resume_secret(const struct ds_tunnel *tunnel, uint8_t out[32]);

#endif
