/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resume tokens: 128 random bits that bring one end back into its session. Only SHA-256 of them is
 * kept: of the one that the end is known to have and of the one made after it, both good until the
 * second one has been used. Arithmetic only. Proved by tests/unit/relay_token.c. */
#ifndef RELAY_MEET_TOKEN_H
#define RELAY_MEET_TOKEN_H

#include "common/wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define RELAY_TOKEN_HASH 32

struct relay_token_hash {
    bool is_set;
    uint8_t bytes[RELAY_TOKEN_HASH];
};

struct relay_tokens {
    struct relay_token_hash known; /* the end has used it */
    struct relay_token_hash fresh; /* made since, and stored; may be on its way to the end */
};

/* A token as text (a secret: wipe it) and its hash. DS_EIO: no randomness. */
int relay_token_draw(char token[DS_TEXT_TOKEN], struct relay_token_hash *hash);
/* token: 32 hex digits. DS_EIO when the library fails. */
int relay_token_hash(const char *token, struct relay_token_hash *hash);

/* Whether the token is one of the two; if so it becomes the known one, and the other goes when it
 * was the fresh one that was used. tokens: NULL for a session that does not exist, which takes as
 * long as a wrong token. */
bool relay_tokens_use(struct relay_tokens *tokens, const struct relay_token_hash *hash);

#endif
