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

struct parts {
    unsigned n, r, p;
    uint8_t salt[SALT], key[KEY];
};

static bool get_parts(const char *hash, struct parts *parts)
{
    char salt[2 * SALT + 1] = "", key[2 * KEY + 1] = "";
    int end = 0;
    return sscanf(hash, "scrypt$%9u$%4u$%4u$%32[0-9a-f]$%64[0-9a-f]%n", &parts->n, &parts->r,
                  &parts->p, salt, key, &end) == 5 &&
           hash[end] == '\0' && strlen(salt) == 2 * SALT && strlen(key) == 2 * KEY &&
           get_hex(parts->salt, salt, SALT) && get_hex(parts->key, key, KEY);
}

bool relay_password_is_hash(const char *text)
{
    struct parts parts = {0};
    /* Without a key the library only looks at the parameters. */
    return strlen(text) < RELAY_PASSWORD_HASH && get_parts(text, &parts) &&
           EVP_PBE_scrypt(NULL, 0, NULL, 0, parts.n, parts.r, parts.p, MEMORY_MAX, NULL, 0) == 1;
}

bool relay_password_matches(const char *password, const char *hash)
{
    struct parts parts = {.n = COST, .r = BLOCK, .p = PARALLEL};
    uint8_t key[KEY] = {0};
    bool is_real = hash && get_parts(hash, &parts);
    bool is_derived = derive(password, parts.salt, parts.n, parts.r, parts.p, key) == DS_OK;
    bool is_equal = CRYPTO_memcmp(key, parts.key, KEY) == 0;
    OPENSSL_cleanse(key, sizeof(key));
    return is_real && is_derived && is_equal;
}
