/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/code.h"

#include "common/base/error.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LABEL "deskside join codes v1"

int relay_code_key_init(struct relay_code_key *key, const uint8_t *audit_key)
{
    size_t len = sizeof(key->bytes);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    bool is_made =
        ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) == 1 &&
        EVP_PKEY_CTX_set1_hkdf_key(ctx, audit_key, 32) == 1 &&
        EVP_PKEY_CTX_add1_hkdf_info(ctx, (const unsigned char *)LABEL, sizeof(LABEL) - 1) == 1 &&
        EVP_PKEY_derive(ctx, key->bytes, &len) == 1 && len == sizeof(key->bytes);
    EVP_PKEY_CTX_free(ctx);
    return is_made ? DS_OK : DS_EIO;
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
