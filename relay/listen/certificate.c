/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/certificate.h"

#include "common/base/error.h"
#include "common/wire/limits.h"
#include "relay/listen/renewal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIFE_DAYS 3652

static int add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    int done = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

static int add_extensions(X509 *cert, const char *host)
{
    char name[DS_TEXT_HOST + 8];
    uint8_t address[16];
    bool is_address =
        inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
    snprintf(name, sizeof(name), "%s:%s", is_address ? "IP" : "DNS", host);
    return add_extension(cert, NID_subject_alt_name, name) &&
           add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
           add_extension(cert, NID_ext_key_usage, "serverAuth") &&
           add_extension(cert, NID_subject_key_identifier, "hash");
}

static X509 *self_sign(EVP_PKEY *key, const char *host)
{
    X509 *cert = X509_new();
    uint8_t serial[16];
    if (!cert || RAND_bytes(serial, sizeof(serial)) != 1)
        goto fail;
    serial[0] &= 0x7f; /* positive */
    BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
    bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
    /* A common name has at most 64 characters; who checks looks at the alternative name. */
    char common[65];
    snprintf(common, sizeof(common), "%.64s", host);
    X509_NAME *subject = X509_get_subject_name(cert);
    if (done && X509_set_version(cert, X509_VERSION_3) &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -3600) &&
        X509_time_adj_ex(X509_getm_notAfter(cert), LIFE_DAYS, 0, NULL) &&
        X509_set_pubkey(cert, key) &&
        X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, (const uint8_t *)common,
                                   -1, -1, 0) &&
        X509_set_issuer_name(cert, subject) && add_extensions(cert, host) &&
        X509_sign(cert, key, EVP_sha256()))
        return cert;
fail:
    X509_free(cert);
    return NULL;
}

static FILE *create(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (fd >= 0 && !file)
        close(fd);
    return file;
}

int relay_certificate_make(const char *host, const char *cert_path, const char *key_path,
                           char *message, size_t size)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = key ? self_sign(key, host) : NULL;
    int error = DS_EIO;
    if (!cert) {
        snprintf(message, size, "The certificate cannot be made.");
        goto out;
    }
    const char *path = key_path;
    FILE *file = create(path, 0600);
    bool done = file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
    if (file)
        done = fclose(file) == 0 && done;
    if (done) {
        path = cert_path;
        file = create(path, 0644);
        done = file && PEM_write_X509(file, cert) == 1;
        if (file)
            done = fclose(file) == 0 && done;
    }
    if (done)
        error = DS_OK;
    else
        snprintf(message, size, "%s cannot be written: %s.", path, strerror(errno));
out:
    X509_free(cert);
    EVP_PKEY_free(key);
    return error;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned in_len, void *ctx)
{
    static const unsigned char ours[] = "\x0a" DS_ALPN;
    (void)ssl;
    (void)ctx;
    return SSL_select_next_proto((unsigned char **)out, out_len, ours, sizeof(ours) - 1, in,
                                 in_len) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

SSL_CTX *relay_certificate_leg_tls(const char *cert_path, const char *key_path, char *message,
                                   size_t size)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    const char *path = cert_path;
    if (!tls || SSL_CTX_use_certificate_chain_file(tls, path) != 1)
        goto fail;
    path = key_path;
    if (SSL_CTX_use_PrivateKey_file(tls, path, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(tls) != 1 || relay_renewal_bound(tls))
        goto fail;
    SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(tls, 0);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    /* Fewer system calls a record: 10 % of the CPU time of eight busy flows (relay_bench tput). */
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_default_read_buffer_len(tls, 2 * SSL3_RT_MAX_PLAIN_LENGTH);
    SSL_CTX_set_alpn_select_cb(tls, choose_alpn, NULL);
    return tls;
fail:
    snprintf(message, size, "%s cannot be used: %s.", path,
             ERR_reason_error_string(ERR_peek_last_error())
                 ? ERR_reason_error_string(ERR_peek_last_error())
                 : "the library refuses it");
    ERR_clear_error();
    SSL_CTX_free(tls);
    return NULL;
}
