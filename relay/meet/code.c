/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/code.h"

#include "common/base/error.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

int relay_code_key_init(struct relay_code_key *key)
{
    return RAND_bytes(key->bytes, sizeof(key->bytes)) == 1 ? DS_OK : DS_EIO;
}

int relay_code_draw(char out[DS_TEXT_CODE])
{
    uint32_t value;
    do {
        if (RAND_bytes((uint8_t *)&value, sizeof(value)) != 1)
            return DS_EIO;
    } while (value >= 4000000000u); /* four whole times 10^9: the rest would favour low codes */
    snprintf(out, DS_TEXT_CODE, "%09u", value % 1000000000u);
    return DS_OK;
}

int relay_code_hash(const struct relay_code_key *key, const char *code,
                    uint8_t out[RELAY_CODE_HASH])
{
    unsigned len = RELAY_CODE_HASH;
    return HMAC(EVP_sha256(), key->bytes, sizeof(key->bytes), (const uint8_t *)code, strlen(code),
                out, &len)
               ? DS_OK
               : DS_EIO;
}
