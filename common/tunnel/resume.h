/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an end keeps from one connection of a session to the next, and the payload RESUME with which
 * both ends agree on how the next one begins (SEAL.md "Resume"). Secret k is the exporter of
 * connection k. An end keeps that of the newest connection that opened here, and the one with which
 * that connection was begun until the peer has been heard under the new keys: the peer may not have
 * come as far. Only bytes and numbers. Proved by tests/unit/resume.c.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +---------------+-----------------------------------------------+
 *    |     7 (8)     |  round (32) ...
 *    +---------------+-----------------------------------------------+
 *    |  last (32): the newest connection that opened at this end     |
 *    +---------------+-----------------------------------------------+
 *    | count (8) 0-2 |  numbers of the secrets, newest first (32 each)
 *    +---------------+-----------------------------------------------+ */
#ifndef DS_TUNNEL_RESUME_H
#define DS_TUNNEL_RESUME_H

#include "common/tunnel/seal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_RESUME_SECRETS 2
#define DS_RESUME_MAX                                                                              \
    (1 + 4 + 4 + 1 + 4 * DS_RESUME_SECRETS) /* bytes of the payload, with its kind */
/* How far the peer's last may be above one's own: ends that lose every connection for ten minutes
 * just after it opened at one of them, at 0.25 s each, are 2,400 apart. */
#define DS_RESUME_AHEAD 65536u

struct ds_resume_secret {
    uint32_t number; /* of the connection whose exporter it is */
    uint8_t bytes[DS_SEAL_SECRET];
};

/* Belongs in secret pages. */
struct ds_resume {
    uint32_t last; /* the newest connection that opened here; 0: none has */
    unsigned count;
    struct ds_resume_secret secrets[DS_RESUME_SECRETS]; /* newest first */
    bool is_verified; /* a record of the peer under a connection's keys was good: from then on both
                         hold a common secret */
    char number[DS_TEXT_NUMBER]; /* the security number while it may be needed for another proof;
                                    empty: none */
};

/* What both ends make of their two RESUME. */
struct ds_resume_choice {
    uint32_t epoch;                        /* of the next connection */
    const struct ds_resume_secret *secret; /* borrowed from the resume; NULL: prove the number */
};

/* The payload RESUME; returns its length, at most DS_RESUME_MAX. */
size_t ds_resume_encode(const struct ds_resume *resume, uint32_t round, uint8_t *out);

/* The round of a payload RESUME (body: after the kind); false: too short for one. */
bool ds_resume_round(const uint8_t *body, size_t len, uint32_t *round);

/* What follows from the peer's RESUME. DS_EPROTO: not well formed, or counts too far ahead.
 * DS_EAUTH: no common secret though there has to be one. */
int ds_resume_choose(const struct ds_resume *resume, const uint8_t *body, size_t len,
                     struct ds_resume_choice *out);

/* Connection `epoch` has opened here and has this exporter; base: the number of the secret it was
 * begun with, 0: the proof. Every other secret is wiped. */
void ds_resume_opened(struct ds_resume *resume, uint32_t epoch, uint32_t base,
                      const uint8_t secret[DS_SEAL_SECRET]);

/* The peer was heard under the keys of the newest connection: the older secret and the security
 * number are wiped. */
void ds_resume_verified(struct ds_resume *resume);

#endif
