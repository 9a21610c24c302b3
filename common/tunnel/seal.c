/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/seal.h"

#include "common/base/error.h"
#include "common/tunnel/secret.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

/* "deskside/1 " 32 hex digits " viewer " ten digits */
#define IDENTITY_MAX 64

/* Lives in secret pages; the keys inside SSL are OpenSSL's own to wipe. */
struct ds_seal {
    enum ds_seal_state state;
    bool is_agent;
    SSL_CTX *ctx; /* owned */
    SSL *ssl;     /* owned, with both memory BIOs */
    BIO *in, *out;
    char identity[IDENTITY_MAX]; /* of the one client identity that this connection accepts */
    uint8_t psk[DS_PROOF_KEY];   /* wiped after the handshake */
    size_t handshake_in;         /* TLS bytes received before OPEN */
    uint64_t key_bytes, sealed_bytes;
    ds_tick keyed_at;
    unsigned renewals;
};

/* The identity names session, role and epoch: a recorded, reflected or older handshake has another
 * one (RFC 9257 section 4.1). */
static void make_identity(struct ds_seal *seal, const struct ds_seal_config *config)
{
    char hex[2 * DS_SESSION_ID + 1];
    for (size_t i = 0; i < DS_SESSION_ID; i++)
        snprintf(hex + 2 * i, 3, "%02x", config->session[i]);
    snprintf(seal->identity, sizeof(seal->identity), "deskside/1 %s viewer %lu", hex,
             (unsigned long)config->epoch);
}

static const SSL_CIPHER *psk_cipher(SSL *ssl)
{
    static const unsigned char aes_128_gcm_sha256[] = {0x13, 0x01};
    return SSL_CIPHER_find(ssl, aes_128_gcm_sha256);
}

static SSL_SESSION *make_session(SSL *ssl, const struct ds_seal *seal)
{
    SSL_SESSION *session = SSL_SESSION_new();
    const SSL_CIPHER *cipher = psk_cipher(ssl);
    if (session && cipher &&
        SSL_SESSION_set1_master_key(session, seal->psk, sizeof(seal->psk)) == 1 &&
        SSL_SESSION_set_cipher(session, cipher) == 1 &&
        SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1)
        return session;
    SSL_SESSION_free(session);
    return NULL;
}

/* Client: the session that stands for the PSK. md: NULL, or the hash that was already negotiated.
 */
static int use_session(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *id_len,
                       SSL_SESSION **out)
{
    struct ds_seal *seal = SSL_get_app_data(ssl);
    *out = NULL;
    if (md && !EVP_MD_is_a(md, "SHA256"))
        return 0;
    SSL_SESSION *session = make_session(ssl, seal);
    if (!session)
        return 0;
    *id = (const unsigned char *)seal->identity;
    *id_len = strlen(seal->identity);
    *out = session;
    return 1;
}

/* Server: only the one identity of this session, role and epoch; any other fails the handshake. */
static int find_session(SSL *ssl, const unsigned char *id, size_t id_len, SSL_SESSION **out)
{
    struct ds_seal *seal = SSL_get_app_data(ssl);
    *out = NULL;
    if (id_len != strlen(seal->identity) || CRYPTO_memcmp(id, seal->identity, id_len) != 0)
        return 0;
    *out = make_session(ssl, seal);
    return *out ? 1 : 0;
}

static SSL_CTX *make_ctx(bool is_agent)
{
    SSL_CTX *ctx = SSL_CTX_new(is_agent ? TLS_server_method() : TLS_client_method());
    if (!ctx)
        return NULL;
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    /* No psk_ke without (EC)DHE, and no disguise as TLS 1.2, which would only add bytes. */
    SSL_CTX_clear_options(ctx, SSL_OP_ALLOW_NO_DHE_KEX | SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    /* No certificate is ever loaded and no authority trusted: a peer that wants to use one cannot
     * get past this even before SSL_session_reused is looked at. */
    if (!is_agent)
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_psk_use_session_callback(ctx, is_agent ? NULL : use_session);
    SSL_CTX_set_psk_find_session_callback(ctx, is_agent ? find_session : NULL);
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
        SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
        SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
        SSL_CTX_set1_groups_list(ctx, "X25519") == 1 &&
        /* Never used; one name keeps the ClientHello below 256 bytes. */
        SSL_CTX_set1_sigalgs_list(ctx, "ed25519") == 1 && SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
        SSL_CTX_set_max_early_data(ctx, 0) == 1 && SSL_CTX_set_recv_max_early_data(ctx, 0) == 1)
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

static bool make_ssl(struct ds_seal *seal)
{
    seal->ctx = make_ctx(seal->is_agent);
    seal->ssl = seal->ctx ? SSL_new(seal->ctx) : NULL;
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (!seal->ssl || !in || !out) {
        BIO_free(in);
        BIO_free(out);
        return false;
    }
    /* An empty BIO means "more later", not the end. */
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(seal->ssl, in, out); /* now the SSL's */
    seal->in = in;
    seal->out = out;
    if (SSL_set_app_data(seal->ssl, seal) != 1)
        return false;
    if (seal->is_agent)
        SSL_set_accept_state(seal->ssl);
    else
        SSL_set_connect_state(seal->ssl);
    return true;
}

/* What must hold before a byte of content: TLS 1.3, resumed from our PSK, one of our suites. */
static bool is_as_agreed(const struct ds_seal *seal)
{
    uint16_t suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(seal->ssl));
    return SSL_session_reused(seal->ssl) == 1 && SSL_version(seal->ssl) == TLS1_3_VERSION &&
           (suite == 0x1301 || suite == 0x1303);
}

static int fail(struct ds_seal *seal, int error)
{
    seal->state = DS_SEAL_FAILED;
    OPENSSL_cleanse(seal->psk, sizeof(seal->psk));
    ERR_clear_error();
    return error;
}

static int go_on_with_handshake(struct ds_seal *seal, ds_tick now)
{
    ERR_clear_error();
    int done = SSL_do_handshake(seal->ssl);
    if (done != 1)
        return SSL_get_error(seal->ssl, done) == SSL_ERROR_WANT_READ ? DS_OK : fail(seal, DS_EAUTH);
    if (!is_as_agreed(seal))
        return fail(seal, DS_EAUTH);
    OPENSSL_cleanse(seal->psk, sizeof(seal->psk));
    seal->state = DS_SEAL_OPEN;
    seal->keyed_at = now;
    return DS_OK;
}

struct ds_seal *ds_seal_new(const struct ds_seal_config *config)
{
    struct ds_seal *seal = ds_secret_alloc(sizeof(*seal));
    if (!seal)
        return NULL;
    seal->is_agent = config->role == DS_TUNNEL_AGENT;
    seal->key_bytes = config->key_bytes ? config->key_bytes : DS_SEAL_KEY_BYTES;
    memcpy(seal->psk, config->psk, sizeof(seal->psk));
    make_identity(seal, config);
    if (!make_ssl(seal) || go_on_with_handshake(seal, 0)) {
        ERR_clear_error();
        ds_seal_free(seal);
        return NULL;
    }
    return seal;
}

void ds_seal_free(struct ds_seal *seal)
{
    if (!seal)
        return;
    SSL_free(seal->ssl);
    SSL_CTX_free(seal->ctx);
    ds_secret_free(seal, sizeof(*seal));
}

enum ds_seal_state ds_seal_state(const struct ds_seal *seal)
{
    return seal->state;
}

int ds_seal_feed(struct ds_seal *seal, const uint8_t *bytes, size_t len, ds_tick now)
{
    if (seal->state == DS_SEAL_FAILED)
        return DS_ECLOSED;
    if (len > DS_FRAME_DATA_MAX)
        return fail(seal, DS_EPROTO);
    if (seal->state == DS_SEAL_HANDSHAKE) {
        seal->handshake_in += len;
        if (seal->handshake_in > DS_SEAL_HANDSHAKE_MAX)
            return fail(seal, DS_EPROTO);
    }
    if (len > 0 && BIO_write(seal->in, bytes, (int)len) != (int)len)
        return fail(seal, DS_ENOMEM);
    return seal->state == DS_SEAL_HANDSHAKE ? go_on_with_handshake(seal, now) : DS_OK;
}

int ds_seal_read(struct ds_seal *seal, uint8_t *out, size_t cap)
{
    if (seal->state != DS_SEAL_OPEN)
        return seal->state == DS_SEAL_FAILED ? DS_EAUTH : DS_EINVAL;
    ERR_clear_error();
    size_t n = 0;
    if (SSL_read_ex(seal->ssl, out, cap, &n) == 1)
        return (int)n;
    switch (SSL_get_error(seal->ssl, 0)) {
    case SSL_ERROR_WANT_READ:
        return 0;
    case SSL_ERROR_ZERO_RETURN:
        return fail(seal, DS_ECLOSED);
    default:
        return fail(seal, DS_EAUTH);
    }
}

static bool is_renewal_due(const struct ds_seal *seal, size_t len, ds_tick now)
{
    return seal->sealed_bytes + len > seal->key_bytes ||
           (now > seal->keyed_at &&
            now - seal->keyed_at >= ds_clock_scaled_ms(DS_SEAL_KEY_MS) * DS_MS);
}

int ds_seal_write(struct ds_seal *seal, const uint8_t *bytes, size_t len, ds_tick now)
{
    if (seal->state != DS_SEAL_OPEN || len == 0 || len > DS_SEAL_WRITE_MAX)
        return DS_EINVAL;
    ERR_clear_error();
    if (is_renewal_due(seal, len, now)) {
        /* Sent before the next record. The peer renews its own direction by its own count. */
        if (SSL_key_update(seal->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1)
            return fail(seal, DS_EAUTH);
        seal->sealed_bytes = 0;
        seal->keyed_at = now;
        seal->renewals++;
    }
    size_t written = 0;
    if (SSL_write_ex(seal->ssl, bytes, len, &written) != 1 || written != len)
        return fail(seal, DS_ENOMEM);
    seal->sealed_bytes += len;
    return DS_OK;
}

size_t ds_seal_pending(const struct ds_seal *seal)
{
    return BIO_ctrl_pending(seal->out);
}

size_t ds_seal_drain(struct ds_seal *seal, uint8_t *out, size_t cap)
{
    int n = cap > 0 ? BIO_read(seal->out, out, cap > INT32_MAX ? INT32_MAX : (int)cap) : 0;
    return n > 0 ? (size_t)n : 0;
}

static int export(const struct ds_seal *seal, const char *label, uint8_t out[DS_SEAL_SECRET])
{
    if (seal->state != DS_SEAL_OPEN)
        return DS_EINVAL;
    return SSL_export_keying_material(seal->ssl, out, DS_SEAL_SECRET, label, strlen(label), NULL, 0,
                                      0) == 1
               ? DS_OK
               : DS_ENOMEM;
}

int ds_seal_resume(const struct ds_seal *seal, uint8_t out[DS_SEAL_SECRET])
{
    return export(seal, "EXPORTER-deskside-resume", out);
}

int ds_seal_audit(const struct ds_seal *seal, uint8_t out[DS_SEAL_SECRET])
{
    return export(seal, "EXPORTER-deskside-audit", out);
}

unsigned ds_seal_renewals(const struct ds_seal *seal)
{
    return seal->renewals;
}
