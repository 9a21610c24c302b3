/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPAKE2 as in RFC 9382, suite P256-SHA256-HKDF-HMAC: two sides that share a small secret agree on
 * a large one, and a stranger between them gets one guess a run. Only the arithmetic; who may
 * guess how often is proof.h's. Proved by tests/unit/spake2.c (the RFC's own vectors). */
#ifndef DS_TUNNEL_SPAKE2_H
#define DS_TUNNEL_SPAKE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_SPAKE2_SCALAR 32 /* big-endian, below the order of the group */
#define DS_SPAKE2_POINT 65  /* SEC1 uncompressed: 04 x y */
#define DS_SPAKE2_MAC 32
#define DS_SPAKE2_KEY 16          /* Ke: half of SHA-256 */
#define DS_SPAKE2_IDENTITY_MAX 64 /* bytes; ours are 31 and 30 */
#define DS_SPAKE2_AAD_MAX 320     /* bytes; ours are version and host name, 257 at most */

enum ds_spake2_role { DS_SPAKE2_A, DS_SPAKE2_B };

struct ds_spake2_config {
    enum ds_spake2_role role;
    const uint8_t *w;      /* DS_SPAKE2_SCALAR bytes, not zero */
    const uint8_t *scalar; /* NULL: random; the RFC's vectors give theirs */
    const void *identity_a, *identity_b, *aad;
    size_t identity_a_len, identity_b_len, aad_len;
};

struct ds_spake2;

/* One run. Everything in config is copied. NULL: memory, no randomness, or a value out of range. */
struct ds_spake2 *ds_spake2_new(const struct ds_spake2_config *config);

/* Wipes. Accepts NULL. */
void ds_spake2_free(struct ds_spake2 *run);

/* This side's message: pA or pB. */
void ds_spake2_point(const struct ds_spake2 *run, uint8_t out[DS_SPAKE2_POINT]);

/* The other side's message; once. DS_EPROTO: not 65 bytes, not uncompressed, not on the curve,
 * infinity, or made so that the shared point is infinity. DS_EINVAL: called twice. */
int ds_spake2_finish(struct ds_spake2 *run, const uint8_t *point, size_t len);

/* This side's confirmation, cA or cB; after finish. */
void ds_spake2_mac(const struct ds_spake2 *run, uint8_t out[DS_SPAKE2_MAC]);

/* Whether mac is the other side's confirmation, in constant time; after finish. */
bool ds_spake2_is_mac(const struct ds_spake2 *run, const uint8_t mac[DS_SPAKE2_MAC]);

/* Ke, the shared key; only to be used after is_mac said yes. */
void ds_spake2_key(const struct ds_spake2 *run, uint8_t out[DS_SPAKE2_KEY]);

/* out = wide mod the order of the group. wide: n bytes, big-endian; 16 more than the order has
 * leave no bias worth the name. DS_EINVAL when the result is zero, DS_ENOMEM. */
int ds_spake2_reduce(const uint8_t *wide, size_t n, uint8_t out[DS_SPAKE2_SCALAR]);

#endif
