/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/secret.h"

#include "common/base/error.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) / page * page;
}

void *ds_secret_alloc(size_t size)
{
    size_t len = whole_pages(size);
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    /* Both are best effort: a kernel without dump control or a process at its limit of locked
     * memory must still be able to help a customer. */
    (void)madvise(p, len, MADV_DONTDUMP);
    (void)mlock(p, len);
    return p;
}

void ds_secret_free(void *secret, size_t size)
{
    if (!secret)
        return;
    OPENSSL_cleanse(secret, size);
    munmap(secret, whole_pages(size));
}

static int derive(int mode, const void *key, size_t key_len, const void *salt, size_t salt_len,
                  const void *info, size_t info_len, uint8_t *out, size_t out_len)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    OSSL_PARAM params[6], *p = params;
    char digest[] = "SHA256";
    *p++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
    *p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    /* OpenSSL only reads through these; its parameters have no const form. */
    *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_len);
    if (salt_len > 0)
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_len);
    *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_len);
    *p = OSSL_PARAM_construct_end();
    int error = ctx && EVP_KDF_derive(ctx, out, out_len, params) == 1 ? DS_OK : DS_ENOMEM;
    if (error)
        OPENSSL_cleanse(out, out_len);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return error;
}

int ds_hkdf(const void *key, size_t key_len, const void *salt, size_t salt_len, const void *info,
            size_t info_len, uint8_t *out, size_t out_len)
{
    return derive(EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, key, key_len, salt, salt_len, info,
                  info_len, out, out_len);
}

int ds_hkdf_expand(const void *key, size_t key_len, const void *info, size_t info_len, uint8_t *out,
                   size_t out_len)
{
    return derive(EVP_KDF_HKDF_MODE_EXPAND_ONLY, key, key_len, NULL, 0, info, info_len, out,
                  out_len);
}
