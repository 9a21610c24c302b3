/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/seal.h"

#include "common/base/error.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t psk[DS_PROOF_KEY] = {1, 2, 3};
static uint8_t wire[DS_FRAME_DATA_MAX];

static struct ds_seal_config config_of(enum ds_tunnel_role role)
{
    return (struct ds_seal_config){.role = role, .session = {7}, .epoch = 1, .psk = psk};
}

static struct ds_seal *make(enum ds_tunnel_role role)
{
    struct ds_seal_config config = config_of(role);
    struct ds_seal *seal = ds_seal_new(&config);
    assert_non_null(seal);
    return seal;
}

/* Carries until both are silent; payloads of at most step bytes. */
static void settle(struct ds_seal *a, struct ds_seal *b, size_t step)
{
    bool more = true;
    while (more) {
        more = false;
        struct ds_seal *from = a, *to = b;
        for (int way = 0; way < 2; way++) {
            size_t n = ds_seal_drain(from, wire, step);
            if (n > 0)
                ds_seal_feed(to, wire, n, DS_SECOND);
            more = more || n > 0;
            from = b;
            to = a;
        }
    }
}

static void assert_refused(const struct ds_seal_config *viewer_config,
                           const struct ds_seal_config *agent_config)
{
    struct ds_seal *viewer = ds_seal_new(viewer_config), *agent = ds_seal_new(agent_config);
    assert_non_null(viewer);
    assert_non_null(agent);
    settle(viewer, agent, sizeof(wire));
    assert_int_not_equal(ds_seal_state(viewer), DS_SEAL_OPEN);
    assert_int_not_equal(ds_seal_state(agent), DS_SEAL_OPEN);
    uint8_t out[DS_SEAL_SECRET];
    assert_int_equal(ds_seal_resume(viewer, out), DS_EINVAL);
    assert_int_equal(ds_seal_audit(agent, out), DS_EINVAL);
    assert_int_equal(ds_seal_write(viewer, out, 1, 0), DS_EINVAL);
    ds_seal_free(viewer);
    ds_seal_free(agent);
}

static void the_same_psk_opens_however_the_bytes_are_cut(void **state)
{
    (void)state;
    for (size_t step = 1; step <= 256; step = step < 8 ? step + 1 : step * 2) {
        struct ds_seal *viewer = make(DS_TUNNEL_VIEWER), *agent = make(DS_TUNNEL_AGENT);
        settle(viewer, agent, step);
        assert_int_equal(ds_seal_state(viewer), DS_SEAL_OPEN);
        assert_int_equal(ds_seal_state(agent), DS_SEAL_OPEN);
        ds_seal_free(viewer);
        ds_seal_free(agent);
    }
}

static void no_message_of_the_handshake_is_longer_than_255_bytes(void **state)
{
    (void)state;
    struct ds_seal *viewer = make(DS_TUNNEL_VIEWER), *agent = make(DS_TUNNEL_AGENT);
    size_t hello = ds_seal_drain(viewer, wire, sizeof(wire));
    assert_in_range(hello, 150, 255);
    assert_int_equal(ds_seal_feed(agent, wire, hello, 0), DS_OK);
    size_t answer = ds_seal_drain(agent, wire, sizeof(wire));
    assert_in_range(answer, 100, 255);
    assert_int_equal(ds_seal_feed(viewer, wire, answer, 0), DS_OK);
    assert_int_equal(ds_seal_state(viewer), DS_SEAL_OPEN);
    assert_int_equal(ds_seal_state(agent), DS_SEAL_HANDSHAKE);
    size_t finished = ds_seal_drain(viewer, wire, sizeof(wire));
    assert_in_range(finished, 50, 255);
    assert_int_equal(ds_seal_feed(agent, wire, finished, 0), DS_OK);
    assert_int_equal(ds_seal_state(agent), DS_SEAL_OPEN);
    /* No ticket follows. */
    assert_int_equal(ds_seal_pending(agent), 0);
    ds_seal_free(viewer);
    ds_seal_free(agent);
}

static void exporters_are_equal_at_both_ends_and_differ_by_name_and_connection(void **state)
{
    (void)state;
    uint8_t a[DS_SEAL_SECRET], b[DS_SEAL_SECRET], before[DS_SEAL_SECRET] = {0};
    for (int i = 0; i < 2; i++) {
        struct ds_seal *viewer = make(DS_TUNNEL_VIEWER), *agent = make(DS_TUNNEL_AGENT);
        settle(viewer, agent, sizeof(wire));
        assert_int_equal(ds_seal_resume(viewer, a), DS_OK);
        assert_int_equal(ds_seal_resume(agent, b), DS_OK);
        assert_memory_equal(a, b, sizeof(a));
        assert_memory_not_equal(a, before, sizeof(a));
        memcpy(before, a, sizeof(a));
        assert_int_equal(ds_seal_audit(viewer, a), DS_OK);
        assert_int_equal(ds_seal_audit(agent, b), DS_OK);
        assert_memory_equal(a, b, sizeof(a));
        assert_memory_not_equal(a, before, sizeof(a));
        ds_seal_free(viewer);
        ds_seal_free(agent);
    }
}

static void a_wrong_psk_is_refused(void **state)
{
    (void)state;
    uint8_t other[DS_PROOF_KEY];
    for (int i = 0; i < 50; i++) {
        assert_int_equal(RAND_bytes(other, sizeof(other)), 1);
        struct ds_seal_config viewer = config_of(DS_TUNNEL_VIEWER);
        struct ds_seal_config agent = config_of(DS_TUNNEL_AGENT);
        viewer.psk = other;
        assert_refused(&viewer, &agent);
    }
}

static void another_session_or_epoch_is_refused(void **state)
{
    (void)state;
    struct ds_seal_config viewer = config_of(DS_TUNNEL_VIEWER);
    struct ds_seal_config agent = config_of(DS_TUNNEL_AGENT);
    viewer.session[15] ^= 1;
    assert_refused(&viewer, &agent);
    viewer.session[15] ^= 1;
    viewer.epoch = 2;
    assert_refused(&viewer, &agent);
    viewer.epoch = 10;
    agent.epoch = 1;
    assert_refused(&viewer, &agent);
}

static void two_ends_of_one_role_are_refused(void **state)
{
    (void)state;
    struct ds_seal_config viewer = config_of(DS_TUNNEL_VIEWER);
    struct ds_seal_config agent = config_of(DS_TUNNEL_AGENT);
    assert_refused(&viewer, &viewer);
    assert_refused(&agent, &agent);
}

static void what_a_viewer_says_is_refused_when_it_is_reflected(void **state)
{
    (void)state;
    struct ds_seal *viewer = make(DS_TUNNEL_VIEWER);
    size_t n = ds_seal_drain(viewer, wire, sizeof(wire));
    assert_int_equal(ds_seal_feed(viewer, wire, n, 0), DS_EAUTH);
    assert_int_equal(ds_seal_state(viewer), DS_SEAL_FAILED);
    assert_int_equal(ds_seal_feed(viewer, wire, n, 0), DS_ECLOSED);
    ds_seal_free(viewer);
}

/* ---- strangers made of plain OpenSSL ---- */

enum stranger {
    STRANGER_HONEST, /* control: our own parameters, so that the others fail for their one reason */
    STRANGER_NO_PSK,
    STRANGER_PSK_WITHOUT_DHE,
    STRANGER_TLS12,
    STRANGER_OTHER_SUITE,
    STRANGER_OTHER_GROUP,
    STRANGER_OTHER_ROLE,
    STRANGER_COUNT,
};

static enum stranger stranger;

static int stranger_psk(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *id_len,
                        SSL_SESSION **out)
{
    (void)md;
    static const char name[] = "deskside/1 07000000000000000000000000000000 viewer 1";
    static const char role[] = "deskside/1 07000000000000000000000000000000 agent 1";
    static const unsigned char suite[] = {0x13, 0x01};
    *out = NULL;
    if (stranger == STRANGER_NO_PSK)
        return 1;
    *id = (const unsigned char *)(stranger == STRANGER_OTHER_ROLE ? role : name);
    *id_len = strlen((const char *)*id);
    *out = SSL_SESSION_new();
    SSL_SESSION_set1_master_key(*out, psk, sizeof(psk));
    SSL_SESSION_set_cipher(*out, SSL_CIPHER_find(ssl, suite));
    SSL_SESSION_set_protocol_version(*out, TLS1_3_VERSION);
    return 1;
}

static SSL *make_stranger(SSL_CTX *ctx, bool is_client)
{
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(ssl, in, out);
    if (is_client)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);
    return ssl;
}

/* Runs both to the end; true when the seal opened. */
static bool opens_with(struct ds_seal *seal, SSL *ssl)
{
    for (int i = 0; i < 10; i++) {
        SSL_do_handshake(ssl);
        int n = BIO_read(SSL_get_wbio(ssl), wire, sizeof(wire));
        if (n > 0)
            ds_seal_feed(seal, wire, (size_t)n, 0);
        size_t m = ds_seal_drain(seal, wire, sizeof(wire));
        if (m > 0)
            BIO_write(SSL_get_rbio(ssl), wire, (int)m);
    }
    return ds_seal_state(seal) == DS_SEAL_OPEN;
}

static void an_agent_accepts_psk_with_dhe_and_nothing_else(void **state)
{
    (void)state;
    for (stranger = STRANGER_HONEST; stranger < STRANGER_COUNT; stranger++) {
        SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_psk_use_session_callback(ctx, stranger_psk);
        if (stranger == STRANGER_PSK_WITHOUT_DHE)
            SSL_CTX_set_options(ctx, SSL_OP_ALLOW_NO_DHE_KEX);
        if (stranger == STRANGER_TLS12)
            SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
        if (stranger == STRANGER_OTHER_SUITE)
            SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256");
        if (stranger == STRANGER_OTHER_GROUP || stranger == STRANGER_PSK_WITHOUT_DHE)
            SSL_CTX_set1_groups_list(ctx, "P-256");
        SSL *ssl = make_stranger(ctx, true);
        struct ds_seal *agent = make(DS_TUNNEL_AGENT);
        assert_int_equal(opens_with(agent, ssl), stranger == STRANGER_HONEST);
        ds_seal_free(agent);
        SSL_free(ssl);
        SSL_CTX_free(ctx);
    }
}

static void a_viewer_accepts_no_certificate(void **state)
{
    (void)state;
    EVP_PKEY *key = EVP_EC_gen("P-256"), *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    EVP_PKEY *keys[] = {key, ed};
    for (int i = 0; i < 2; i++) {
        X509 *cert = X509_new();
        X509_gmtime_adj(X509_getm_notBefore(cert), 0);
        X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
        X509_set_pubkey(cert, keys[i]);
        assert_true(X509_sign(cert, keys[i], i == 0 ? EVP_sha256() : NULL) > 0);
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
        assert_int_equal(SSL_CTX_use_certificate(ctx, cert), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey(ctx, keys[i]), 1);
        SSL *ssl = make_stranger(ctx, false);
        struct ds_seal *viewer = make(DS_TUNNEL_VIEWER);
        assert_false(opens_with(viewer, ssl));
        ds_seal_free(viewer);
        SSL_free(ssl);
        SSL_CTX_free(ctx);
        X509_free(cert);
    }
    EVP_PKEY_free(key);
    EVP_PKEY_free(ed);
}

/* ---- content ---- */

static void open_pair(struct ds_seal **viewer, struct ds_seal **agent, uint64_t key_bytes)
{
    struct ds_seal_config config = config_of(DS_TUNNEL_VIEWER);
    config.key_bytes = key_bytes;
    *viewer = ds_seal_new(&config);
    config.role = DS_TUNNEL_AGENT;
    *agent = ds_seal_new(&config);
    assert_non_null(*viewer);
    assert_non_null(*agent);
    settle(*viewer, *agent, sizeof(wire));
    assert_int_equal(ds_seal_state(*agent), DS_SEAL_OPEN);
}

/* One write, carried and read back. Returns the TLS bytes it took. */
static size_t carry(struct ds_seal *from, struct ds_seal *to, size_t len, uint8_t fill, ds_tick now)
{
    static uint8_t plain[DS_SEAL_WRITE_MAX], got[DS_SEAL_WRITE_MAX + 1];
    memset(plain, fill, len);
    assert_int_equal(ds_seal_write(from, plain, len, now), DS_OK);
    size_t n = ds_seal_drain(from, wire, sizeof(wire));
    assert_int_equal(ds_seal_feed(to, wire, n, now), DS_OK);
    assert_int_equal(ds_seal_read(to, got, sizeof(got)), (int)len);
    assert_memory_equal(got, plain, len);
    assert_int_equal(ds_seal_read(to, got, sizeof(got)), 0);
    return n;
}

static void the_largest_write_and_a_key_update_fit_one_payload(void **state)
{
    (void)state;
    struct ds_seal *viewer, *agent;
    open_pair(&viewer, &agent, DS_SEAL_WRITE_MAX);
    size_t n = carry(viewer, agent, DS_SEAL_WRITE_MAX, 1, 0);
    assert_int_equal(n, DS_SEAL_WRITE_MAX + 22);
    /* The whole DATA frame fits one record of the leg's TLS. */
    assert_true(DS_FRAME_HEADER + 1 + n <= 16384);
    n = carry(viewer, agent, DS_SEAL_WRITE_MAX, 2, 0);
    assert_int_equal(n, DS_SEAL_WRITE_MAX + DS_SEAL_OVERHEAD);
    assert_true(1 + n <= DS_FRAME_DATA_MAX);
    assert_int_equal(ds_seal_write(viewer, wire, 0, 0), DS_EINVAL);
    assert_int_equal(ds_seal_write(viewer, wire, DS_SEAL_WRITE_MAX + 1, 0), DS_EINVAL);
    ds_seal_free(viewer);
    ds_seal_free(agent);
}

static void keys_are_renewed_after_so_many_bytes_in_each_direction(void **state)
{
    (void)state;
    struct ds_seal *viewer, *agent;
    open_pair(&viewer, &agent, 10000);
    for (unsigned i = 0; i < 100; i++) {
        carry(viewer, agent, 1000, (uint8_t)i, 0);
        if (i % 10 == 0)
            carry(agent, viewer, 1000, (uint8_t)i, 0);
    }
    assert_int_equal(ds_seal_renewals(viewer), 9);
    assert_int_equal(ds_seal_renewals(agent), 0);
    carry(agent, viewer, 1000, 1, 0);
    assert_int_equal(ds_seal_renewals(agent), 1);
    ds_seal_free(viewer);
    ds_seal_free(agent);
}

static void keys_are_renewed_after_a_quarter_of_an_hour(void **state)
{
    (void)state;
    struct ds_seal *viewer, *agent;
    open_pair(&viewer, &agent, 0);
    const ds_tick age = ds_clock_scaled_ms(DS_SEAL_KEY_MS) * DS_MS;
    carry(viewer, agent, 10, 1, DS_SECOND + age - 1);
    assert_int_equal(ds_seal_renewals(viewer), 0);
    carry(viewer, agent, 10, 2, DS_SECOND + age);
    assert_int_equal(ds_seal_renewals(viewer), 1);
    carry(viewer, agent, 10, 3, DS_SECOND + 2 * age - 1);
    assert_int_equal(ds_seal_renewals(viewer), 1);
    carry(viewer, agent, 10, 4, DS_SECOND + 2 * age);
    assert_int_equal(ds_seal_renewals(viewer), 2);
    assert_int_equal(ds_seal_renewals(agent), 0);
    carry(agent, viewer, 10, 5, DS_SECOND + age);
    assert_int_equal(ds_seal_renewals(agent), 1);
    ds_seal_free(viewer);
    ds_seal_free(agent);
}

static void exporters_stay_the_same_when_keys_are_renewed(void **state)
{
    (void)state;
    struct ds_seal *viewer, *agent;
    open_pair(&viewer, &agent, 100);
    uint8_t before[DS_SEAL_SECRET], after[DS_SEAL_SECRET];
    assert_int_equal(ds_seal_resume(viewer, before), DS_OK);
    for (int i = 0; i < 5; i++)
        carry(viewer, agent, 90, 1, 0);
    assert_int_equal(ds_seal_renewals(viewer), 4);
    assert_int_equal(ds_seal_resume(agent, after), DS_OK);
    assert_memory_equal(before, after, sizeof(after));
    ds_seal_free(viewer);
    ds_seal_free(agent);
}

static void a_record_damaged_anywhere_is_refused(void **state)
{
    (void)state;
    enum { LEN = 40, SEALED = LEN + 22 };
    for (size_t at = 0; at < SEALED; at++) {
        struct ds_seal *viewer, *agent;
        uint8_t plain[LEN] = {9};
        open_pair(&viewer, &agent, 0);
        assert_int_equal(ds_seal_write(viewer, plain, LEN, 0), DS_OK);
        assert_int_equal(ds_seal_drain(viewer, wire, sizeof(wire)), SEALED);
        wire[at] ^= 0x40;
        assert_int_equal(ds_seal_feed(agent, wire, SEALED, 0), DS_OK);
        int n = ds_seal_read(agent, plain, sizeof(plain));
        /* A longer length in the header only makes it wait for more. */
        assert_true(n == DS_EAUTH || (n == 0 && (at == 3 || at == 4)));
        if (n == DS_EAUTH) {
            assert_int_equal(ds_seal_state(agent), DS_SEAL_FAILED);
            assert_int_equal(ds_seal_read(agent, plain, sizeof(plain)), DS_EAUTH);
            assert_true(ds_seal_pending(agent) > 0); /* the alert */
        }
        ds_seal_free(viewer);
        ds_seal_free(agent);
    }
}

static void a_record_that_comes_twice_or_is_missing_is_refused(void **state)
{
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        struct ds_seal *viewer, *agent;
        uint8_t plain[16] = {0};
        open_pair(&viewer, &agent, 0);
        assert_int_equal(ds_seal_write(viewer, plain, 16, 0), DS_OK);
        size_t n = ds_seal_drain(viewer, wire, sizeof(wire));
        if (twice) {
            assert_int_equal(ds_seal_feed(agent, wire, n, 0), DS_OK);
            assert_int_equal(ds_seal_read(agent, plain, 16), 16);
        } else {
            assert_int_equal(ds_seal_write(viewer, plain, 16, 0), DS_OK);
            n = ds_seal_drain(viewer, wire, sizeof(wire));
        }
        assert_int_equal(ds_seal_feed(agent, wire, n, 0), DS_OK);
        assert_int_equal(ds_seal_read(agent, plain, 16), DS_EAUTH);
        ds_seal_free(viewer);
        ds_seal_free(agent);
    }
}

static void a_handshake_that_never_ends_is_cut_off(void **state)
{
    (void)state;
    struct ds_seal *agent = make(DS_TUNNEL_AGENT);
    /* A ClientHello that says it is 16 KiB long. */
    uint8_t head[] = {0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0x3f, 0xfc};
    memset(wire, 0, sizeof(wire));
    assert_int_equal(ds_seal_feed(agent, head, sizeof(head), 0), DS_OK);
    int error = DS_OK;
    size_t fed = sizeof(head);
    while (!error && fed < 8192) {
        error = ds_seal_feed(agent, wire, 100, 0);
        fed += 100;
    }
    assert_int_equal(error, DS_EPROTO);
    assert_true(fed <= DS_SEAL_HANDSHAKE_MAX + 100);
    ds_seal_free(agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_psk_opens_however_the_bytes_are_cut),
        cmocka_unit_test(no_message_of_the_handshake_is_longer_than_255_bytes),
        cmocka_unit_test(exporters_are_equal_at_both_ends_and_differ_by_name_and_connection),
        cmocka_unit_test(a_wrong_psk_is_refused),
        cmocka_unit_test(another_session_or_epoch_is_refused),
        cmocka_unit_test(two_ends_of_one_role_are_refused),
        cmocka_unit_test(what_a_viewer_says_is_refused_when_it_is_reflected),
        cmocka_unit_test(an_agent_accepts_psk_with_dhe_and_nothing_else),
        cmocka_unit_test(a_viewer_accepts_no_certificate),
        cmocka_unit_test(the_largest_write_and_a_key_update_fit_one_payload),
        cmocka_unit_test(keys_are_renewed_after_so_many_bytes_in_each_direction),
        cmocka_unit_test(keys_are_renewed_after_a_quarter_of_an_hour),
        cmocka_unit_test(exporters_stay_the_same_when_keys_are_renewed),
        cmocka_unit_test(a_record_damaged_anywhere_is_refused),
        cmocka_unit_test(a_record_that_comes_twice_or_is_missing_is_refused),
        cmocka_unit_test(a_handshake_that_never_ends_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
