/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a tunnel, shared by tunnel.c (a connection), tunnel_rejoin.c (from one connection
 * to the next) and tunnel_saved.c; nobody else includes this. */
#ifndef DS_TUNNEL_TUNNEL_PRIV_H
#define DS_TUNNEL_TUNNEL_PRIV_H

#include "common/tunnel/mux.h"
#include "common/tunnel/proof.h"
#include "common/tunnel/resume.h"
#include "common/tunnel/seal.h"
#include "common/tunnel/tunnel.h"

/* Until the inner connection is up, no payload is longer than this with its kind; SEAL.md "Start".
 */
#define DS_TUNNEL_START_MAX 256

struct ds_tunnel {
    enum ds_tunnel_role role;
    uint8_t session[DS_SESSION_ID];
    char host[DS_TEXT_HOST]; /* for another proof */
    const struct ds_tunnel_events *events;
    void *ctx;
    enum ds_tunnel_state state;
    unsigned tries;           /* of the proof, kept when it is gone */
    bool was_open;            /* on_open was called */
    struct ds_resume *resume; /* owned, secret pages; until closed */

    /* of one connection */
    uint32_t epoch;
    uint32_t base;          /* number of the secret it was begun with, 0: a proof */
    struct ds_proof *proof; /* owned; until it is open or gone */
    struct ds_seal *seal;   /* owned; from the proof or the choice on */
    bool is_up;             /* the seal is open */
    bool is_heard;          /* a record of the peer was good */
    bool is_start_sent;     /* what the seal wrote before it was open is drained */
    bool is_rejoined;       /* begins with RESUME, and its mux with LEDGER */
    uint32_t round;         /* of this connection's RESUME */
    bool is_resume_due;     /* ours is the next payload to be drained */
    bool awaits_resume;     /* all payloads but the peer's RESUME are of the connection before */

    unsigned in_event; /* depth of events that are running */
    bool is_draining;  /* plain is in use */
    struct ds_mux mux;
    uint8_t
        last[DS_TUNNEL_START_MAX]; /* what may still be drained when closed: WRONG or an alert */
    size_t last_len;
    uint8_t plain[DS_SEAL_WRITE_MAX]; /* wiped by destroy */
};

/* A tunnel with nothing in it but its resume, state CUT. NULL: memory, or a host too long. */
struct ds_tunnel *ds_tunnel_alloc(enum ds_tunnel_role role, const uint8_t session[DS_SESSION_ID],
                                  const char *host, const struct ds_tunnel_events *events,
                                  void *ctx);

/* Drops the connection: proof, seal and what the mux does not keep. The state is CUT. */
void ds_tunnel_drop(struct ds_tunnel *t);

/* The tunnel is closed and on_closed told; returns error. */
int ds_tunnel_close(struct ds_tunnel *t, int error, const char *reason);

/* The connection failed. While REJOINING that costs the connection only: CUT, on_cut, DS_OK. Else
 * the tunnel is closed. */
int ds_tunnel_fail(struct ds_tunnel *t, int error, const char *reason);

/* Begins the inner TLS under this key. */
int ds_tunnel_begin_seal(struct ds_tunnel *t, const uint8_t psk[DS_PROOF_KEY]);

/* Goes on after a step of the proof that gave error and event. */
int ds_tunnel_after_proof(struct ds_tunnel *t, int error, enum ds_proof_event event);

/* The first payload of a connection after a cut, while it is awaited: the peer's RESUME begins it,
 * everything else is late and skipped. */
int ds_tunnel_feed_resume(struct ds_tunnel *t, const uint8_t *payload, size_t len);

#endif
