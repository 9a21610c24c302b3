/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/leg_tls.h"

#include "common/base/error.h"
#include "common/wire/limits.h"
#include "tests/support/certificate.h"
#include "tests/support/folder.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[256], good_cert[300], good_key[300], old_cert[300], old_key[300];

/* A filter and an OpenSSL server, joined in memory. */
struct pair {
    SSL_CTX *server_context, *client_context;
    SSL *server;
    struct ds_filter *client;
    struct ds_buf up, down;
    int error; /* of the client */
};

static int pick(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                const unsigned char *in, unsigned in_len, void *alpn)
{
    (void)ssl;
    const char *name = alpn;
    for (unsigned at = 0; at < in_len; at += in[at] + 1u) {
        if (in[at] == strlen(name) && memcmp(in + at + 1, name, in[at]) == 0) {
            *out = in + at + 1;
            *out_len = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void pair_init(struct pair *pair, const char *cert, const char *key, const char *alpn,
                      enum ds_tls_use use, const char *ca, const char *host)
{
    int error = 0;
    memset(pair, 0, sizeof(*pair));
    ds_buf_init(&pair->up, 4u << 20);
    ds_buf_init(&pair->down, 4u << 20);
    pair->server_context = SSL_CTX_new(TLS_server_method());
    assert_int_equal(SSL_CTX_use_certificate_chain_file(pair->server_context, cert), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(pair->server_context, key, SSL_FILETYPE_PEM), 1);
    if (alpn)
        SSL_CTX_set_alpn_select_cb(pair->server_context, pick, (void *)alpn);
    pair->client_context = ds_leg_tls_context(use, ca, &error);
    assert_non_null(pair->client_context);
    pair->server = SSL_new(pair->server_context);
    SSL_set_bio(pair->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(pair->server);
    pair->client = ds_leg_tls_new(pair->client_context, use, host);
    assert_non_null(pair->client);
}

static void pair_end(struct pair *pair)
{
    pair->client->ops->destroy(pair->client);
    SSL_free(pair->server);
    SSL_CTX_free(pair->server_context);
    SSL_CTX_free(pair->client_context);
    ds_buf_destroy(&pair->up);
    ds_buf_destroy(&pair->down);
}

/* Carries bytes between the two, `step` at a time towards the client. */
static void carry(struct pair *pair, size_t step)
{
    for (int round = 0; round < 100000 && !pair->error; round++) {
        uint8_t bytes[16384];
        if (pair->down.len > 0)
            BIO_write(SSL_get_rbio(pair->server), ds_buf_peek(&pair->down), (int)pair->down.len);
        ds_buf_clear(&pair->down);
        if (!SSL_is_init_finished(pair->server))
            SSL_do_handshake(pair->server);
        int n = BIO_read(SSL_get_wbio(pair->server), bytes, (int)step);
        if (n <= 0)
            return;
        pair->error =
            pair->client->ops->feed(pair->client, bytes, (size_t)n, &pair->up, &pair->down);
    }
}

static void shake(struct pair *pair, size_t step)
{
    pair->error = pair->client->ops->start(pair->client, &pair->down);
    carry(pair, step);
}

static void expect_fault(const char *cert, const char *key, const char *alpn, const char *host,
                         enum ds_fault_kind kind, const char *words)
{
    struct pair pair;
    pair_init(&pair, cert, key, alpn, DS_TLS_LEG, cert, host);
    shake(&pair, 16384);
    assert_true(pair.error < 0);
    assert_false(pair.client->open);
    assert_int_equal(pair.client->fault.kind, kind);
    if (!strstr(pair.client->fault.detail, words))
        print_error("detail: %s\n", pair.client->fault.detail);
    assert_non_null(strstr(pair.client->fault.detail, words));
    pair_end(&pair);
}

static void bytes_pass_both_ways_however_they_are_cut(void **state)
{
    (void)state;
    static uint8_t big[100000], got[100000];
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (uint8_t)(i * 31);
    for (size_t step = 1; step < 20000; step = step * 7 + 1) {
        struct pair pair;
        pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, good_cert, "relay.example");
        shake(&pair, step < 16384 ? step : 16384);
        assert_true(pair.client->open);
        assert_string_equal(SSL_get_version(pair.server), "TLSv1.3");
        assert_int_equal(SSL_write(pair.server, big, 5000), 5000);
        carry(&pair, step < 16384 ? step : 16384);
        assert_int_equal(pair.up.len, 5000);
        assert_memory_equal(ds_buf_peek(&pair.up), big, 5000);
        assert_int_equal(pair.client->ops->send(pair.client, big, sizeof(big), &pair.down), 0);
        carry(&pair, 1);
        size_t at = 0;
        for (int n; at < sizeof(got) &&
                    (n = SSL_read(pair.server, got + at, (int)(sizeof(got) - at))) > 0;)
            at += (size_t)n;
        assert_int_equal(at, sizeof(got));
        assert_memory_equal(got, big, sizeof(big));
        pair_end(&pair);
    }
}

static void addresses_are_checked_like_names(void **state)
{
    (void)state;
    const char *const hosts[] = {"192.0.2.7", "2001:db8::7", "deep.wild.example"};
    for (size_t i = 0; i < 3; i++) {
        struct pair pair;
        pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, good_cert, hosts[i]);
        shake(&pair, 16384);
        assert_true(pair.client->open);
        pair_end(&pair);
    }
    expect_fault(good_cert, good_key, DS_ALPN, "192.0.2.8", DS_FAULT_UNTRUSTED, "IP address");
    expect_fault(good_cert, good_key, DS_ALPN, "2001:db8::8", DS_FAULT_UNTRUSTED, "IP address");
}

static void a_wrong_name_is_untrusted(void **state)
{
    (void)state;
    expect_fault(good_cert, good_key, DS_ALPN, "other.example", DS_FAULT_UNTRUSTED,
                 "hostname mismatch");
    /* The subject's common name is no name. */
    expect_fault(good_cert, good_key, DS_ALPN, "Deskside test", DS_FAULT_UNTRUSTED,
                 "hostname mismatch");
    expect_fault(good_cert, good_key, DS_ALPN, "too.deep.wild.example", DS_FAULT_UNTRUSTED,
                 "hostname mismatch");
}

static void an_expired_certificate_is_untrusted(void **state)
{
    (void)state;
    expect_fault(old_cert, old_key, DS_ALPN, "relay.example", DS_FAULT_UNTRUSTED, "expired");
}

static void a_certificate_that_nobody_vouches_for_is_untrusted(void **state)
{
    (void)state;
    /* One that --ca does not name, and one that the system does not know. */
    const char *const cas[] = {old_cert, NULL};
    for (size_t i = 0; i < 2; i++) {
        struct pair pair;
        pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, cas[i], "relay.example");
        shake(&pair, 16384);
        assert_int_equal(pair.client->fault.kind, DS_FAULT_UNTRUSTED);
        assert_non_null(strstr(pair.client->fault.detail, "self-signed"));
        pair_end(&pair);
    }
}

static void a_server_without_our_protocol_is_no_relay(void **state)
{
    (void)state;
    /* One that does not know ALPN, and one that refuses ours. */
    expect_fault(good_cert, good_key, NULL, "relay.example", DS_FAULT_UNTRUSTED,
                 "does not speak deskside/1");
    expect_fault(good_cert, good_key, "http/1.1", "relay.example", DS_FAULT_UNTRUSTED,
                 "not a Deskside relay");
}

static void tls_1_2_is_not_enough_for_a_leg(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, good_cert, "relay.example");
    SSL_set_max_proto_version(pair.server, TLS1_2_VERSION);
    shake(&pair, 16384);
    assert_true(pair.error < 0);
    assert_int_equal(pair.client->fault.kind, DS_FAULT_UNTRUSTED);
    pair_end(&pair);
    pair_init(&pair, good_cert, good_key, NULL, DS_TLS_OUTER, good_cert, "relay.example");
    SSL_set_max_proto_version(pair.server, TLS1_2_VERSION);
    shake(&pair, 16384);
    assert_true(pair.client->open); /* but for what carries one */
    pair_end(&pair);
}

static void what_is_no_tls_is_foreign(void **state)
{
    (void)state;
    static const char *const bad[] = {"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", "\x16x",
                                      "\x16\x03\x03\x00\x04\x02\x00\x00\x7f"};
    for (size_t i = 0; i < 4; i++) {
        struct pair pair;
        pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, good_cert, "relay.example");
        assert_int_equal(pair.client->ops->start(pair.client, &pair.down), 0);
        size_t n = i == 3 ? 9 : strlen(bad[i]);
        int error =
            pair.client->ops->feed(pair.client, (const uint8_t *)bad[i], n, &pair.up, &pair.down);
        assert_true(i == 3 || error < 0);
        if (error)
            assert_int_equal(pair.client->fault.kind, DS_FAULT_FOREIGN);
        pair_end(&pair);
    }
}

static void a_farewell_ends_it(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, good_cert, "relay.example");
    shake(&pair, 16384);
    SSL_shutdown(pair.server);
    carry(&pair, 16384);
    assert_int_equal(pair.error, 0);
    assert_true(pair.client->ended);
    pair.client->ops->finish(pair.client, &pair.down);
    assert_true(pair.down.len > 0);
    pair_end(&pair);
}

static void a_bit_flipped_on_the_way_breaks_it(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t bytes[16384];
    pair_init(&pair, good_cert, good_key, DS_ALPN, DS_TLS_LEG, good_cert, "relay.example");
    shake(&pair, 16384);
    SSL_write(pair.server, "hello", 5);
    int n = BIO_read(SSL_get_wbio(pair.server), bytes, sizeof(bytes));
    assert_true(n > 5);
    bytes[n - 1] ^= 1;
    assert_true(pair.client->ops->feed(pair.client, bytes, (size_t)n, &pair.up, &pair.down) < 0);
    assert_int_equal(pair.client->fault.kind, DS_FAULT_SILENT);
    assert_int_equal(pair.up.len, 0);
    pair_end(&pair);
}

static void a_ca_file_that_cannot_be_read_is_said_at_once(void **state)
{
    (void)state;
    int error = 0;
    assert_null(ds_leg_tls_context(DS_TLS_LEG, "/nowhere/ca.pem", &error));
    assert_int_equal(error, DS_EIO);
    error = 0;
    assert_null(ds_leg_tls_context(DS_TLS_LEG, good_key, &error)); /* holds no certificate */
    assert_int_equal(error, DS_EIO);
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(good_cert, sizeof(good_cert), "%s/good.pem", folder);
    snprintf(good_key, sizeof(good_key), "%s/good.key", folder);
    snprintf(old_cert, sizeof(old_cert), "%s/old.pem", folder);
    snprintf(old_key, sizeof(old_key), "%s/old.key", folder);
    if (!test_certificate(good_cert, good_key,
                          "DNS:relay.example,DNS:*.wild.example,IP:192.0.2.7,IP:2001:db8::7", 30) ||
        !test_certificate(old_cert, old_key, "DNS:relay.example", -1))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_pass_both_ways_however_they_are_cut),
        cmocka_unit_test(addresses_are_checked_like_names),
        cmocka_unit_test(a_wrong_name_is_untrusted),
        cmocka_unit_test(an_expired_certificate_is_untrusted),
        cmocka_unit_test(a_certificate_that_nobody_vouches_for_is_untrusted),
        cmocka_unit_test(a_server_without_our_protocol_is_no_relay),
        cmocka_unit_test(tls_1_2_is_not_enough_for_a_leg),
        cmocka_unit_test(what_is_no_tls_is_foreign),
        cmocka_unit_test(a_farewell_ends_it),
        cmocka_unit_test(a_bit_flipped_on_the_way_breaks_it),
        cmocka_unit_test(a_ca_file_that_cannot_be_read_is_said_at_once),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
