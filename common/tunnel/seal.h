/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inner TLS 1.3 connection between viewer (client) and agent (server), over memory, SEAL.md
 * steps 5 to 8: an external PSK with (EC)DHE and nothing else, so there is no certificate to fall
 * back to. Plain bytes in, TLS bytes out, and the other way round. The PSK comes from proof.h, or
 * later from the resume secret of the connection before. Proved by tests/unit/seal.c. */
#ifndef DS_TUNNEL_SEAL_H
#define DS_TUNNEL_SEAL_H

#include "common/base/clock.h"
#include "common/tunnel/proof.h"
#include "common/tunnel/tunnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Plain bytes that one write may seal: the TLS record, the kind, the frame's header and a key
 * update before it still fit DS_FRAME_DATA_MAX, and without a key update the whole DATA frame fits
 * one record of the leg's own TLS. */
#define DS_SEAL_WRITE_MAX (16384 - 4 - 1 - 22)
/* What sealing adds at most: record header 5, content type 1, tag 16; and a KeyUpdate of 27. */
#define DS_SEAL_OVERHEAD (22 + 27)
/* TLS bytes that one side may send before the connection is up; a handshake of ours is about 600.
 */
#define DS_SEAL_HANDSHAKE_MAX 2048

/* Keys of a direction are renewed after so many bytes or so long; SEAL.md step 7. */
#define DS_SEAL_KEY_BYTES ((uint64_t)1 << 30)
#define DS_SEAL_KEY_MS ((uint64_t)15 * 60 * 1000)

#define DS_SEAL_SECRET 32

struct ds_seal;

struct ds_seal_config {
    enum ds_tunnel_role role;
    uint8_t session[DS_SESSION_ID];
    uint32_t epoch;
    const uint8_t *psk; /* DS_PROOF_KEY bytes; copied, wiped when the handshake is over */
    uint64_t key_bytes; /* 0: DS_SEAL_KEY_BYTES; tests give less */
};

enum ds_seal_state { DS_SEAL_HANDSHAKE, DS_SEAL_OPEN, DS_SEAL_FAILED };

/* NULL when memory is short. The viewer's has output at once. */
struct ds_seal *ds_seal_new(const struct ds_seal_config *config);

/* Wipes. Accepts NULL. */
void ds_seal_free(struct ds_seal *seal);

enum ds_seal_state ds_seal_state(const struct ds_seal *seal);

/* TLS bytes from the peer, cut anywhere, at most DS_FRAME_DATA_MAX a call. DS_EAUTH: the peer does
 * not have the PSK, has another identity, or TLS failed; DS_EPROTO: too much for a handshake;
 * DS_ENOMEM. Then the state is FAILED and only an alert is left to drain. */
int ds_seal_feed(struct ds_seal *seal, const uint8_t *bytes, size_t len, ds_tick now);

/* Plain bytes from the peer: their count, 0 when there are none, DS_ECLOSED after the peer's
 * close, DS_EAUTH when a record was forged or damaged. Only while OPEN. */
int ds_seal_read(struct ds_seal *seal, uint8_t *out, size_t cap);

/* Seals 1..DS_SEAL_WRITE_MAX bytes into one record, with new keys before it when they are due.
 * Only while OPEN. */
int ds_seal_write(struct ds_seal *seal, const uint8_t *bytes, size_t len, ds_tick now);

/* TLS bytes for the peer: how many wait, and at most cap of them. */
size_t ds_seal_pending(const struct ds_seal *seal);
size_t ds_seal_drain(struct ds_seal *seal, uint8_t *out, size_t cap);

/* Exporters of SEAL.md step 6: equal at both ends. Only while OPEN, else DS_EINVAL. */
int ds_seal_resume(const struct ds_seal *seal, uint8_t out[DS_SEAL_SECRET]);
int ds_seal_audit(const struct ds_seal *seal, uint8_t out[DS_SEAL_SECRET]);

/* How often the keys of this side's direction were renewed. */
unsigned ds_seal_renewals(const struct ds_seal *seal);

#endif
