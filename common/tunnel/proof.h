/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof of the security number: SPAKE2 between viewer (A) and agent (B) over single DATA
 * payloads, SEAL.md steps 2 to 4, and the count of tries. Ends with a 32-byte key for the inner
 * TLS. Each try is counted before it is checked; tries belong to the session. */
#ifndef DS_TUNNEL_PROOF_H
#define DS_TUNNEL_PROOF_H

#include "common/tunnel/spake2.h"
#include "common/tunnel/tunnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* First byte of every DATA payload. */
enum ds_tunnel_kind {
    DS_KIND_PA = 1,     /* viewer: point, 65 bytes */
    DS_KIND_PB = 2,     /* agent: point, 65 bytes */
    DS_KIND_CA = 3,     /* viewer: confirmation, 32 bytes */
    DS_KIND_CB = 4,     /* agent: confirmation, 32 bytes */
    DS_KIND_WRONG = 5,  /* agent: the number was wrong; u8 tries that remain */
    DS_KIND_TLS = 6,    /* both: bytes of the inner TLS connection */
    DS_KIND_RESUME = 7, /* both: resume.h */
};

#define DS_PROOF_KEY 32
#define DS_PROOF_BODY_MAX DS_SPAKE2_POINT

enum ds_proof_event {
    DS_PROOF_NOTHING,
    DS_PROOF_BEGUN,  /* the first message of a try was sent or answered */
    DS_PROOF_PROVED, /* both sides know the number: the key can be taken */
    DS_PROOF_WRONG,  /* a number was wrong: left says how many tries remain */
};

struct ds_proof;

/* host: bytes as in ds_tunnel_config. tries: wrong numbers so far. NULL: memory, or a host name
 * that is too long. */
struct ds_proof *ds_proof_new(enum ds_tunnel_role role, const uint8_t session[DS_SESSION_ID],
                              const char *host, unsigned tries);

/* Wipes. Accepts NULL. */
void ds_proof_free(struct ds_proof *proof);

/* Six digits. The viewer's begins a try; the agent's answers a waiting pA and stays for later
 * tries. DS_EINVAL: not six digits, or a try is under way. DS_EAUTH: no tries are left. Others as
 * feed. */
int ds_proof_set_number(struct ds_proof *proof, const char *number, enum ds_proof_event *event);

/* One payload's kind and body. DS_EPROTO: not allowed here. DS_EAUTH: the agent's confirmation is
 * wrong, or no tries are left; DS_ENOMEM. After an error the proof is over. */
int ds_proof_feed(struct ds_proof *proof, uint8_t kind, const uint8_t *body, size_t len,
                  enum ds_proof_event *event);

/* The next payload to send (kind and body): its length, at most 1 + DS_PROOF_BODY_MAX, or 0. */
size_t ds_proof_drain(struct ds_proof *proof, uint8_t *out);
bool ds_proof_has_output(const struct ds_proof *proof);

/* Tries counted so far, and those that remain. */
unsigned ds_proof_tries(const struct ds_proof *proof);
unsigned ds_proof_left(const struct ds_proof *proof);

/* The key of the inner TLS: HKDF-Expand(Ke, "deskside psk v1" || S). Only after PROVED, else
 * DS_EINVAL. */
int ds_proof_key(const struct ds_proof *proof, uint8_t out[DS_PROOF_KEY]);

#endif
