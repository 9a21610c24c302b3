/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/token.h"

#include "common/base/error.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

int relay_token_hash(const char *token, struct relay_token_hash *hash)
{
    unsigned len = RELAY_TOKEN_HASH;
    /* The 32 digits as text: the form in which it travels. */
    if (EVP_Digest(token, strlen(token), hash->bytes, &len, EVP_sha256(), NULL) != 1)
        return DS_EIO;
    hash->is_set = true;
    return DS_OK;
}

int relay_token_draw(char token[DS_TEXT_TOKEN], struct relay_token_hash *hash)
{
    uint8_t bytes[(DS_TEXT_TOKEN - 1) / 2];
    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return DS_EIO;
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    return relay_token_hash(token, hash);
}

bool relay_tokens_use(struct relay_tokens *tokens, const struct relay_token_hash *hash)
{
    static struct relay_tokens nobody;
    const struct relay_tokens *held = tokens ? tokens : &nobody;
    bool is_known = CRYPTO_memcmp(held->known.bytes, hash->bytes, RELAY_TOKEN_HASH) == 0;
    bool is_fresh = CRYPTO_memcmp(held->fresh.bytes, hash->bytes, RELAY_TOKEN_HASH) == 0;
    is_known = is_known && held->known.is_set;
    is_fresh = is_fresh && held->fresh.is_set;
    if (!is_known && !is_fresh)
        return false;
    tokens->known = *hash;
    if (is_fresh)
        tokens->fresh = (struct relay_token_hash){0};
    return true;
}
