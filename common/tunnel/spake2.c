/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/spake2.h"

#include "common/base/error.h"
#include "common/tunnel/secret.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include <string.h>

/* M and N of RFC 9382 section 6 for P-256, with their second coordinate (the RFC prints them
 * compressed), so that no run has to take a square root. */
static const uint8_t point_m[DS_SPAKE2_POINT] = {
    0x04, 0x88, 0x6e, 0x2f, 0x97, 0xac, 0xe4, 0x6e, 0x55, 0xba, 0x9d, 0xd7, 0x24,
    0x25, 0x79, 0xf2, 0x99, 0x3b, 0x64, 0xe1, 0x6e, 0xf3, 0xdc, 0xab, 0x95, 0xaf,
    0xd4, 0x97, 0x33, 0x3d, 0x8f, 0xa1, 0x2f, 0x5f, 0xf3, 0x55, 0x16, 0x3e, 0x43,
    0xce, 0x22, 0x4e, 0x0b, 0x0e, 0x65, 0xff, 0x02, 0xac, 0x8e, 0x5c, 0x7b, 0xe0,
    0x94, 0x19, 0xc7, 0x85, 0xe0, 0xca, 0x54, 0x7d, 0x55, 0xa1, 0x2e, 0x2d, 0x20};
static const uint8_t point_n[DS_SPAKE2_POINT] = {
    0x04, 0xd8, 0xbb, 0xd6, 0xc6, 0x39, 0xc6, 0x29, 0x37, 0xb0, 0x4d, 0x99, 0x7f,
    0x38, 0xc3, 0x77, 0x07, 0x19, 0xc6, 0x29, 0xd7, 0x01, 0x4d, 0x49, 0xa2, 0x4b,
    0x4f, 0x98, 0xba, 0xa1, 0x29, 0x2b, 0x49, 0x07, 0xd6, 0x0a, 0xa6, 0xbf, 0xad,
    0xe4, 0x50, 0x08, 0xa6, 0x36, 0x33, 0x7f, 0x51, 0x68, 0xc6, 0x4d, 0x9b, 0xd3,
    0x60, 0x34, 0x80, 0x8c, 0xd5, 0x64, 0x49, 0x0b, 0x1e, 0x65, 0x6e, 0xdb, 0xe7};

/* Lives in secret pages. */
struct ds_spake2 {
    enum ds_spake2_role role;
    bool is_finished;
    uint8_t w[DS_SPAKE2_SCALAR], scalar[DS_SPAKE2_SCALAR];
    uint8_t own[DS_SPAKE2_POINT], peer[DS_SPAKE2_POINT];
    uint8_t identity_a[DS_SPAKE2_IDENTITY_MAX], identity_b[DS_SPAKE2_IDENTITY_MAX];
    uint8_t aad[DS_SPAKE2_AAD_MAX];
    size_t identity_a_len, identity_b_len, aad_len;
    uint8_t key[DS_SPAKE2_KEY];
    uint8_t mac_a[DS_SPAKE2_MAC], mac_b[DS_SPAKE2_MAC];
};

/* What one piece of curve arithmetic needs; wiped at its end. */
struct curve {
    EC_GROUP *group;
    BN_CTX *ctx;
    BIGNUM *w, *scalar;
    EC_POINT *mask; /* w*M or w*N */
    EC_POINT *point;
};

static void curve_destroy(struct curve *c)
{
    EC_POINT_clear_free(c->point);
    EC_POINT_clear_free(c->mask);
    BN_clear_free(c->scalar);
    BN_clear_free(c->w);
    BN_CTX_free(c->ctx);
    EC_GROUP_free(c->group);
}

static bool curve_init(struct curve *c)
{
    *c = (struct curve){.group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    if (!c->group)
        return false;
    c->ctx = BN_CTX_secure_new();
    c->w = BN_secure_new();
    c->scalar = BN_secure_new();
    c->mask = EC_POINT_new(c->group);
    c->point = EC_POINT_new(c->group);
    if (!c->ctx || !c->w || !c->scalar || !c->mask || !c->point)
        return false;
    BN_set_flags(c->w, BN_FLG_CONSTTIME);
    BN_set_flags(c->scalar, BN_FLG_CONSTTIME);
    return true;
}

/* mask = w*M or w*N. One scalar a multiplication: with two at once OpenSSL's generic code is not
 * constant in time. */
static bool curve_mask(struct curve *c, const uint8_t w[DS_SPAKE2_SCALAR],
                       const uint8_t base[DS_SPAKE2_POINT])
{
    return BN_bin2bn(w, DS_SPAKE2_SCALAR, c->w) &&
           EC_POINT_oct2point(c->group, c->point, base, DS_SPAKE2_POINT, c->ctx) &&
           EC_POINT_mul(c->group, c->mask, NULL, c->point, c->w, c->ctx);
}

static bool draw_scalar(struct curve *c)
{
    do {
        if (!BN_priv_rand_range(c->scalar, EC_GROUP_get0_order(c->group)))
            return false;
    } while (BN_is_zero(c->scalar));
    return true;
}

static bool is_in_range(const struct curve *c, const BIGNUM *n)
{
    return !BN_is_zero(n) && BN_cmp(n, EC_GROUP_get0_order(c->group)) < 0;
}

/* own = scalar*P + w*M (A) or w*N (B) */
static bool make_own(struct ds_spake2 *run, const uint8_t *scalar)
{
    struct curve c;
    bool ok = curve_init(&c) &&
              (scalar ? BN_bin2bn(scalar, DS_SPAKE2_SCALAR, c.scalar) != NULL : draw_scalar(&c)) &&
              is_in_range(&c, c.scalar) &&
              BN_bn2binpad(c.scalar, run->scalar, DS_SPAKE2_SCALAR) == DS_SPAKE2_SCALAR &&
              curve_mask(&c, run->w, run->role == DS_SPAKE2_A ? point_m : point_n) &&
              is_in_range(&c, c.w) && EC_POINT_mul(c.group, c.point, c.scalar, NULL, NULL, c.ctx) &&
              EC_POINT_add(c.group, c.point, c.point, c.mask, c.ctx) &&
              EC_POINT_point2oct(c.group, c.point, POINT_CONVERSION_UNCOMPRESSED, run->own,
                                 sizeof(run->own), c.ctx) == sizeof(run->own);
    curve_destroy(&c);
    return ok;
}

struct ds_spake2 *ds_spake2_new(const struct ds_spake2_config *config)
{
    if (config->identity_a_len > DS_SPAKE2_IDENTITY_MAX ||
        config->identity_b_len > DS_SPAKE2_IDENTITY_MAX || config->aad_len > DS_SPAKE2_AAD_MAX)
        return NULL;
    struct ds_spake2 *run = ds_secret_alloc(sizeof(*run));
    if (!run)
        return NULL;
    run->role = config->role;
    memcpy(run->w, config->w, sizeof(run->w));
    run->identity_a_len = config->identity_a_len;
    run->identity_b_len = config->identity_b_len;
    run->aad_len = config->aad_len;
    if (config->identity_a_len > 0)
        memcpy(run->identity_a, config->identity_a, config->identity_a_len);
    if (config->identity_b_len > 0)
        memcpy(run->identity_b, config->identity_b, config->identity_b_len);
    if (config->aad_len > 0)
        memcpy(run->aad, config->aad, config->aad_len);
    if (!make_own(run, config->scalar)) {
        ds_spake2_free(run);
        return NULL;
    }
    return run;
}

void ds_spake2_free(struct ds_spake2 *run)
{
    ds_secret_free(run, sizeof(*run));
}

void ds_spake2_point(const struct ds_spake2 *run, uint8_t out[DS_SPAKE2_POINT])
{
    memcpy(out, run->own, DS_SPAKE2_POINT);
}

/* shared = scalar * (peer - w*N) for A, scalar * (peer - w*M) for B; the cofactor of P-256 is 1. */
static int make_shared(const struct ds_spake2 *run, uint8_t shared[DS_SPAKE2_POINT])
{
    struct curve c;
    EC_POINT *peer = NULL;
    int error = DS_ENOMEM;
    if (!curve_init(&c) || !(peer = EC_POINT_new(c.group)) ||
        !BN_bin2bn(run->scalar, DS_SPAKE2_SCALAR, c.scalar) ||
        !curve_mask(&c, run->w, run->role == DS_SPAKE2_A ? point_n : point_m))
        goto out;
    error = DS_EPROTO;
    if (!EC_POINT_oct2point(c.group, peer, run->peer, sizeof(run->peer), c.ctx) ||
        EC_POINT_is_at_infinity(c.group, peer) || EC_POINT_is_on_curve(c.group, peer, c.ctx) != 1)
        goto out;
    if (!EC_POINT_invert(c.group, c.mask, c.ctx) ||
        !EC_POINT_add(c.group, peer, peer, c.mask, c.ctx) ||
        !EC_POINT_mul(c.group, c.point, NULL, peer, c.scalar, c.ctx) ||
        EC_POINT_is_at_infinity(c.group, c.point) ||
        EC_POINT_point2oct(c.group, c.point, POINT_CONVERSION_UNCOMPRESSED, shared, DS_SPAKE2_POINT,
                           c.ctx) != DS_SPAKE2_POINT)
        goto out;
    error = DS_OK;
out:
    EC_POINT_clear_free(peer);
    curve_destroy(&c);
    return error;
}

/* A field of the transcript: its length as 8 bytes little-endian, then the bytes. */
static uint8_t *put_field(uint8_t *to, const void *bytes, size_t len)
{
    uint64_t rest = len;
    for (unsigned i = 0; i < 8; i++, rest >>= 8)
        *to++ = (uint8_t)(rest & 0xff);
    memcpy(to, bytes, len);
    return to + len;
}

#define TRANSCRIPT_MAX (6 * 8 + 2 * DS_SPAKE2_IDENTITY_MAX + 3 * DS_SPAKE2_POINT + DS_SPAKE2_SCALAR)

static size_t make_transcript(const struct ds_spake2 *run, const uint8_t shared[DS_SPAKE2_POINT],
                              uint8_t tt[TRANSCRIPT_MAX])
{
    const uint8_t *a = run->role == DS_SPAKE2_A ? run->own : run->peer;
    const uint8_t *b = run->role == DS_SPAKE2_A ? run->peer : run->own;
    uint8_t *at = put_field(tt, run->identity_a, run->identity_a_len);
    at = put_field(at, run->identity_b, run->identity_b_len);
    at = put_field(at, a, DS_SPAKE2_POINT);
    at = put_field(at, b, DS_SPAKE2_POINT);
    at = put_field(at, shared, DS_SPAKE2_POINT);
    at = put_field(at, run->w, DS_SPAKE2_SCALAR);
    return (size_t)(at - tt);
}

/* Hash(TT) = Ke || Ka; KcA || KcB = HKDF(Ka, nil, "ConfirmationKeys" || AAD); cA = HMAC(KcA, TT),
 * cB = HMAC(KcB, TT). */
static int schedule_keys(struct ds_spake2 *run, const uint8_t *tt, size_t tt_len)
{
    static const char label[] = "ConfirmationKeys";
    uint8_t hash[SHA256_DIGEST_LENGTH], confirm[32];
    uint8_t info[sizeof(label) - 1 + DS_SPAKE2_AAD_MAX];
    memcpy(info, label, sizeof(label) - 1);
    memcpy(info + sizeof(label) - 1, run->aad, run->aad_len);
    int error = DS_ENOMEM;
    if (EVP_Digest(tt, tt_len, hash, NULL, EVP_sha256(), NULL) == 1 &&
        ds_hkdf(hash + 16, 16, NULL, 0, info, sizeof(label) - 1 + run->aad_len, confirm,
                sizeof(confirm)) == DS_OK &&
        HMAC(EVP_sha256(), confirm, 16, tt, tt_len, run->mac_a, NULL) &&
        HMAC(EVP_sha256(), confirm + 16, 16, tt, tt_len, run->mac_b, NULL)) {
        memcpy(run->key, hash, sizeof(run->key));
        error = DS_OK;
    }
    OPENSSL_cleanse(hash, sizeof(hash));
    OPENSSL_cleanse(confirm, sizeof(confirm));
    return error;
}

int ds_spake2_finish(struct ds_spake2 *run, const uint8_t *point, size_t len)
{
    if (run->is_finished)
        return DS_EINVAL;
    if (len != DS_SPAKE2_POINT || point[0] != POINT_CONVERSION_UNCOMPRESSED)
        return DS_EPROTO;
    memcpy(run->peer, point, DS_SPAKE2_POINT);
    uint8_t shared[DS_SPAKE2_POINT], tt[TRANSCRIPT_MAX];
    int error = make_shared(run, shared);
    if (!error) {
        size_t n = make_transcript(run, shared, tt);
        error = schedule_keys(run, tt, n);
        OPENSSL_cleanse(tt, sizeof(tt));
    }
    OPENSSL_cleanse(shared, sizeof(shared));
    OPENSSL_cleanse(run->scalar, sizeof(run->scalar));
    ERR_clear_error(); /* the thread's queue is shared with the link's TLS */
    run->is_finished = !error;
    return error;
}

void ds_spake2_mac(const struct ds_spake2 *run, uint8_t out[DS_SPAKE2_MAC])
{
    ds_check(run->is_finished);
    memcpy(out, run->role == DS_SPAKE2_A ? run->mac_a : run->mac_b, DS_SPAKE2_MAC);
}

bool ds_spake2_is_mac(const struct ds_spake2 *run, const uint8_t mac[DS_SPAKE2_MAC])
{
    ds_check(run->is_finished);
    return CRYPTO_memcmp(run->role == DS_SPAKE2_A ? run->mac_b : run->mac_a, mac, DS_SPAKE2_MAC) ==
           0;
}

void ds_spake2_key(const struct ds_spake2 *run, uint8_t out[DS_SPAKE2_KEY])
{
    ds_check(run->is_finished);
    memcpy(out, run->key, DS_SPAKE2_KEY);
}

int ds_spake2_reduce(const uint8_t *wide, size_t n, uint8_t out[DS_SPAKE2_SCALAR])
{
    struct curve c;
    int error = DS_ENOMEM;
    if (curve_init(&c) && BN_bin2bn(wide, (int)n, c.scalar) &&
        BN_nnmod(c.w, c.scalar, EC_GROUP_get0_order(c.group), c.ctx)) {
        error = BN_is_zero(c.w) ? DS_EINVAL : DS_OK;
        if (!error && BN_bn2binpad(c.w, out, DS_SPAKE2_SCALAR) != DS_SPAKE2_SCALAR)
            error = DS_ENOMEM;
    }
    curve_destroy(&c);
    return error;
}
