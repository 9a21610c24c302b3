/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that holds keys, and the one key derivation that the seal uses. Memory from here is left
 * out of core dumps and is overwritten before it is given back. */
#ifndef DS_TUNNEL_SECRET_H
#define DS_TUNNEL_SECRET_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed memory in pages of its own: MADV_DONTDUMP, and locked in memory where the system's limit
 * allows. NULL when memory is short. */
void *ds_secret_alloc(size_t size);

/* size: as given to alloc. Overwrites, then frees. Accepts NULL. */
void ds_secret_free(void *secret, size_t size);

/* HKDF (RFC 5869) with SHA-256, extract and expand; salt may be NULL with length 0. DS_ENOMEM when
 * the library fails; then out is zeroed. */
int ds_hkdf(const void *key, size_t key_len, const void *salt, size_t salt_len, const void *info,
            size_t info_len, uint8_t *out, size_t out_len);

/* Only the expand step. */
int ds_hkdf_expand(const void *key, size_t key_len, const void *info, size_t info_len, uint8_t *out,
                   size_t out_len);

#endif
