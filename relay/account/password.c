/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/account/password.h"

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/wire/limits.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* RFC 7914's r and p; N = 2^15 is OWASP's smallest for r = 8 with three times p. */
#define COST 32768u
#define BLOCK 8u
#define PARALLEL 3u
#define SALT 16
#define KEY 32
#define MEMORY_MAX (96u << 20)

const char *relay_password_problem(const char *password)
{
    size_t characters = 0;
    size_t n = strlen(password);
    if (!ds_text_is_utf8(password, n))
        return "The password is not valid UTF-8.";
    for (size_t i = 0; i < n; i++)
        characters += ((uint8_t)password[i] & 0xc0) != 0x80;
    if (characters < RELAY_PASSWORD_LEAST)
        return "The password is too short: it needs at least 12 characters.";
    if (n >= DS_TEXT_PASSWORD)
        return "The password is too long: it may have at most 1024 bytes.";
    return NULL;
}

static int derive(const char *password, const uint8_t salt[SALT], unsigned n, unsigned r,
                  unsigned p, uint8_t key[KEY])
{
    return EVP_PBE_scrypt(password, strlen(password), salt, SALT, n, r, p, MEMORY_MAX, key, KEY) ==
                   1
               ? DS_OK
               : DS_EIO;
}

static void put_hex(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static bool get_hex(uint8_t *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            return false;
        out[i] = (uint8_t)value;
    }
    return true;
}

int relay_password_hash(const char *password, char out[RELAY_PASSWORD_HASH])
{
    uint8_t salt[SALT], key[KEY];
    char salt_text[2 * SALT + 1], key_text[2 * KEY + 1];
    if (RAND_bytes(salt, sizeof(salt)) != 1 || derive(password, salt, COST, BLOCK, PARALLEL, key))
        return DS_EIO;
    put_hex(salt_text, salt, SALT);
    put_hex(key_text, key, KEY);
    snprintf(out, RELAY_PASSWORD_HASH, "scrypt$%u$%u$%u$%s$%s", COST, BLOCK, PARALLEL, salt_text,
             key_text);
    OPENSSL_cleanse(key, sizeof(key));
    OPENSSL_cleanse(key_text, sizeof(key_text));
    return DS_OK;
}

bool relay_password_matches(const char *password, const char *hash)
{
    unsigned n = COST, r = BLOCK, p = PARALLEL;
    char salt_text[2 * SALT + 1] = "", key_text[2 * KEY + 1] = "";
    uint8_t salt[SALT] = {0}, key[KEY] = {0}, wanted[KEY] = {0};
    bool is_real = hash && sscanf(hash, "scrypt$%u$%u$%u$%32[0-9a-f]$%64[0-9a-f]", &n, &r, &p,
                                  salt_text, key_text) == 5;
    is_real = is_real && get_hex(salt, salt_text, SALT) && get_hex(wanted, key_text, KEY);
    bool is_derived = derive(password, salt, n, r, p, key) == DS_OK;
    bool is_equal = CRYPTO_memcmp(key, wanted, KEY) == 0;
    OPENSSL_cleanse(key, sizeof(key));
    return is_real && is_derived && is_equal;
}
