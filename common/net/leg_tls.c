/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/leg_tls.h"

#include "common/base/error.h"
#include "common/wire/limits.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define READ_STEP 16384 /* one full TLS record */
#define FIRST_RECORD 20 /* content types of TLS: 20 change_cipher_spec .. 23 application_data */
#define LAST_RECORD 23

struct leg_tls {
    struct ds_filter base;
    SSL *ssl; /* owned, with both BIOs */
    bool is_leg;
    uint8_t seen[2]; /* first bytes of the answer */
    size_t seen_len;
};

static const unsigned char leg_alpn[] = "\x0a" DS_ALPN;
static const unsigned char outer_alpn[] = "\x08http/1.1";
_Static_assert(sizeof(DS_ALPN) - 1 == 0x0a, "length byte of leg_alpn");

static int trust(SSL_CTX *context, enum ds_tls_use use, const char *ca_file)
{
    if (ca_file && SSL_CTX_load_verify_file(context, ca_file) != 1)
        return DS_EIO;
    if (ca_file)
        /* What --ca names is trusted as it is, also when it is the relay's own certificate. */
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    if ((!ca_file || use == DS_TLS_OUTER) && SSL_CTX_set_default_verify_paths(context) != 1)
        return DS_EIO;
    return DS_OK;
}

SSL_CTX *ds_leg_tls_context(enum ds_tls_use use, const char *ca_file, int *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) {
        *error = DS_ENOMEM;
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context, use == DS_TLS_LEG ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    /* Zero is success, unlike everywhere else in OpenSSL. */
    int failed = use == DS_TLS_LEG
                     ? SSL_CTX_set_alpn_protos(context, leg_alpn, sizeof(leg_alpn) - 1)
                     : SSL_CTX_set_alpn_protos(context, outer_alpn, sizeof(outer_alpn) - 1);
    int result = failed ? DS_ENOMEM : trust(context, use, ca_file);
    ERR_clear_error();
    if (!result)
        return context;
    SSL_CTX_free(context);
    *error = result;
    return NULL;
}

/* Moves what OpenSSL wants to say to down. */
static int drain(struct leg_tls *tls, struct ds_buf *down)
{
    BIO *bio = SSL_get_wbio(tls->ssl);
    uint8_t *out;
    size_t waiting = BIO_ctrl_pending(bio);
    int error = waiting > 0 ? ds_buf_reserve(down, waiting, &out) : DS_OK;
    if (error)
        ds_fault_set(&tls->base.fault, DS_FAULT_SILENT, "TLS: %s", ds_error_name(error));
    if (error || waiting == 0)
        return error;
    int n = BIO_read(bio, out, (int)waiting);
    if (n > 0)
        ds_buf_commit(down, (size_t)n);
    return DS_OK;
}

static enum ds_fault_kind kind_of(unsigned long code)
{
    int reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) != ERR_LIB_SSL)
        return DS_FAULT_FOREIGN;
    if (reason == SSL_AD_REASON_OFFSET + SSL_AD_INTERNAL_ERROR)
        return DS_FAULT_SILENT; /* trouble of the relay says nothing about who it is */
    bool is_alert = reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255;
    return is_alert || reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_SSL_VERSION ||
                   reason == SSL_R_BAD_EXTENSION
               ? DS_FAULT_UNTRUSTED
               : DS_FAULT_FOREIGN;
}

/* The handshake, or the connection later, broke; says why. */
static int fail(struct leg_tls *tls)
{
    struct ds_fault *fault = &tls->base.fault;
    unsigned long code = ERR_peek_error();
    long verified = SSL_get_verify_result(tls->ssl);
    const char *reason = ERR_reason_error_string(code);
    if (verified != X509_V_OK)
        ds_fault_set(fault, DS_FAULT_UNTRUSTED, "the certificate is not accepted (%s)",
                     X509_verify_cert_error_string(verified));
    else if (tls->base.open)
        ds_fault_set(fault, DS_FAULT_SILENT, "TLS broke (%s)", reason ? reason : "unknown");
    else
        ds_fault_set(fault, kind_of(code), "%s: TLS (%s)",
                     tls->is_leg ? "not a Deskside relay" : "not accepted",
                     reason ? reason : "unknown");
    ERR_clear_error();
    return DS_EAUTH;
}

static int check_alpn(struct leg_tls *tls)
{
    const unsigned char *name;
    unsigned len;
    SSL_get0_alpn_selected(tls->ssl, &name, &len);
    if (!tls->is_leg || (len == sizeof(DS_ALPN) - 1 && memcmp(name, DS_ALPN, len) == 0))
        return DS_OK;
    ds_fault_set(&tls->base.fault, DS_FAULT_UNTRUSTED,
                 "not a Deskside relay: a TLS server that does not speak " DS_ALPN);
    return DS_EAUTH;
}

static int handshake(struct leg_tls *tls, struct ds_buf *down)
{
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    int why = result == 1 ? SSL_ERROR_NONE : SSL_get_error(tls->ssl, result);
    int error = DS_OK;
    if (result == 1) {
        error = check_alpn(tls);
        tls->base.open = error == DS_OK;
    } else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        error = fail(tls);
    }
    int drained = drain(tls, down); /* an alert too */
    return error ? error : drained;
}

static int start(struct ds_filter *self, struct ds_buf *down)
{
    return handshake((struct leg_tls *)self, down);
}

/* Whether the first bytes can be a TLS record. */
static bool looks_like_tls(struct leg_tls *tls, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n && tls->seen_len < sizeof(tls->seen); i++)
        tls->seen[tls->seen_len++] = bytes[i];
    return (tls->seen_len < 1 || (tls->seen[0] >= FIRST_RECORD && tls->seen[0] <= LAST_RECORD)) &&
           (tls->seen_len < 2 || tls->seen[1] == 3);
}

static int read_plain(struct leg_tls *tls, struct ds_buf *up)
{
    for (;;) {
        uint8_t *out;
        int error = ds_buf_reserve(up, READ_STEP, &out);
        if (error) {
            ds_fault_set(&tls->base.fault, DS_FAULT_SILENT, "TLS: %s", ds_error_name(error));
            return error;
        }
        ERR_clear_error();
        int n = SSL_read(tls->ssl, out, READ_STEP);
        if (n > 0) {
            ds_buf_commit(up, (size_t)n);
            continue;
        }
        switch (SSL_get_error(tls->ssl, n)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return DS_OK;
        case SSL_ERROR_ZERO_RETURN:
            tls->base.ended = true;
            return DS_OK;
        default:
            return fail(tls);
        }
    }
}

static int feed(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *up,
                struct ds_buf *down)
{
    struct leg_tls *tls = (struct leg_tls *)self;
    if (!looks_like_tls(tls, bytes, n)) {
        ds_fault_set(&self->fault, DS_FAULT_FOREIGN, "not a Deskside relay: the answer is not TLS");
        return DS_EPROTO;
    }
    if (n > INT_MAX || BIO_write(SSL_get_rbio(tls->ssl), bytes, (int)n) != (int)n) {
        ds_fault_set(&self->fault, DS_FAULT_SILENT, "TLS: memory");
        return DS_ENOMEM;
    }
    int error = self->open ? DS_OK : handshake(tls, down);
    if (error || !self->open)
        return error;
    error = read_plain(tls, up);
    int drained = drain(tls, down); /* answers to a key update, alerts */
    return error ? error : drained;
}

static int send_plain(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *down)
{
    struct leg_tls *tls = (struct leg_tls *)self;
    ERR_clear_error();
    if (n > INT_MAX || (n > 0 && SSL_write(tls->ssl, bytes, (int)n) != (int)n))
        return fail(tls);
    return drain(tls, down);
}

static void finish(struct ds_filter *self, struct ds_buf *down)
{
    struct leg_tls *tls = (struct leg_tls *)self;
    SSL_shutdown(tls->ssl); /* puts close_notify into the BIO */
    ERR_clear_error();
    drain(tls, down);
}

static void destroy(struct ds_filter *self)
{
    struct leg_tls *tls = (struct leg_tls *)self;
    SSL_free(tls->ssl);
    free(tls);
}

static const struct ds_filter_ops ops = {.name = "TLS",
                                         .deadline_ms = 5000,
                                         .start = start,
                                         .feed = feed,
                                         .send = send_plain,
                                         .finish = finish,
                                         .destroy = destroy};

/* What the certificate has to say. */
static bool expect_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
        return true;
    ERR_clear_error();
    /* Names of certificates stand in the subject's alternative names, and nowhere else. */
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return host[0] && X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
           SSL_set_tlsext_host_name(ssl, host) == 1;
}

struct ds_filter *ds_leg_tls_new(SSL_CTX *context, enum ds_tls_use use, const char *host)
{
    struct leg_tls *tls = calloc(1, sizeof(*tls));
    SSL *ssl = tls ? SSL_new(context) : NULL;
    BIO *in = ssl ? BIO_new(BIO_s_mem()) : NULL;
    BIO *out = in ? BIO_new(BIO_s_mem()) : NULL;
    if (!out || !expect_host(ssl, host)) {
        BIO_free(in);
        BIO_free(out);
        SSL_free(ssl);
        free(tls);
        return NULL;
    }
    BIO_set_mem_eof_return(in, -1); /* empty means "later", not "end" */
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
    tls->base.ops = &ops;
    tls->ssl = ssl;
    tls->is_leg = use == DS_TLS_LEG;
    return &tls->base;
}
