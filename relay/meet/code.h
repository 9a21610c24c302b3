/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Join codes: nine uniform digits, kept only as HMAC under a key of the relay's own. */
#ifndef RELAY_MEET_CODE_H
#define RELAY_MEET_CODE_H

#include "common/wire/limits.h"

#include <stdint.h>

#define RELAY_CODE_HASH 32

struct relay_code_key {
    uint8_t bytes[32]; /* secret */
};

/* The same key for the same audit_key (32 bytes), so that codes are good after a restart. DS_EIO
 * when the library fails. */
int relay_code_key_init(struct relay_code_key *key, const uint8_t *audit_key);
/* Nine digits and a NUL, each of the 10^9 equally likely. DS_EIO. */
int relay_code_draw(char out[DS_TEXT_CODE]);
/* code: nine digits. DS_EIO when the library fails. */
int relay_code_hash(const struct relay_code_key *key, const char *code,
                    uint8_t out[RELAY_CODE_HASH]);

#endif
