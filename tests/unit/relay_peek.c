/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/peek.h"

#include "relay/listen/address.h"
#include "relay/listen/gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The ClientHello that OpenSSL sends with this ALPN list. */
static size_t hello(const char *alpn, size_t alpn_len, uint8_t *out, size_t size)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(tls);
    BIO *in = BIO_new(BIO_s_mem()), *to = BIO_new(BIO_s_mem());
    if (alpn)
        SSL_set_alpn_protos(ssl, (const unsigned char *)alpn, (unsigned)alpn_len);
    SSL_set_bio(ssl, in, to);
    SSL_connect(ssl);
    int n = BIO_read(to, out, (int)size);
    SSL_free(ssl);
    SSL_CTX_free(tls);
    assert_true(n > 100);
    return (size_t)n;
}

static void expect_at_every_cut(const uint8_t *bytes, size_t n, enum relay_peek kind)
{
    size_t need = 0;
    for (size_t cut = 0; cut < n; cut++) {
        assert_int_equal(relay_peek(bytes, cut, &need), RELAY_PEEK_MORE);
        assert_true(need > cut && need <= n);
    }
    assert_int_equal(relay_peek(bytes, n, &need), kind);
}

static void a_hello_that_offers_deskside_is_a_leg(void **state)
{
    (void)state;
    uint8_t bytes[2048];
    expect_at_every_cut(bytes,
                        hello("\x0a"
                              "deskside/1",
                              11, bytes, sizeof(bytes)),
                        RELAY_PEEK_LEG);
    expect_at_every_cut(bytes,
                        hello("\x08"
                              "http/1.1"
                              "\x0a"
                              "deskside/1",
                              20, bytes, sizeof(bytes)),
                        RELAY_PEEK_LEG);
}

static void any_other_hello_is_https(void **state)
{
    (void)state;
    uint8_t bytes[2048];
    expect_at_every_cut(bytes,
                        hello("\x08"
                              "http/1.1",
                              9, bytes, sizeof(bytes)),
                        RELAY_PEEK_HTTPS);
    expect_at_every_cut(bytes,
                        hello("\x0a"
                              "deskside/2",
                              11, bytes, sizeof(bytes)),
                        RELAY_PEEK_HTTPS);
    expect_at_every_cut(bytes, hello(NULL, 0, bytes, sizeof(bytes)), RELAY_PEEK_HTTPS);
}

static void every_method_is_http(void **state)
{
    (void)state;
    static const char *const methods[] = {"GET ",     "HEAD ",    "POST ",  "PUT ",  "DELETE ",
                                          "OPTIONS ", "CONNECT ", "TRACE ", "PATCH "};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        expect_at_every_cut((const uint8_t *)methods[i], strlen(methods[i]), RELAY_PEEK_HTTP);
}

static void everything_else_is_junk_as_soon_as_it_can_be_said(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } junk[] = {
        {"S", 1},
        {"GEX", 3},
        {"get ", 4},
        {"\x00", 1},
        {"\x80\x2e", 2},
        {"\x16\x02", 2},
        {"PRI *", 5},
        {"\x16\x03\x01\x40\x01", 5},
        {"\x16\x03\x01\x00\x03", 5},
        {"\x16\x03\x01\x01\x00\x02", 6},
        {"GETX", 4},
    };
    size_t need;
    for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
        assert_int_equal(relay_peek((const uint8_t *)junk[i].bytes, junk[i].n, &need),
                         RELAY_PEEK_JUNK);
}

/* Every length field of a hello at its maximum, one at a time: never a leg, never past the end. */
static void lengths_that_lie_do_not_make_a_leg(void **state)
{
    (void)state;
    uint8_t bytes[2048], changed[2048];
    size_t n = hello("\x0a"
                     "deskside/1",
                     11, bytes, sizeof(bytes));
    size_t need;
    size_t session = 43, suites = session + 1u + bytes[43];
    size_t compression = suites + 2 + ((size_t)bytes[suites] << 8 | bytes[suites + 1]);
    size_t extensions = compression + 1 + bytes[compression];
    size_t at[] = {6, session, suites, compression, extensions};
    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        memcpy(changed, bytes, n);
        changed[at[i]] = 0xff;
        assert_int_equal(relay_peek(changed, n, &need), RELAY_PEEK_HTTPS);
    }
    uint8_t *largest = calloc(1, RELAY_PEEK_MAX);
    memcpy(largest, "\x16\x03\x01\x40\x00\x01", 6);
    assert_int_equal(relay_peek(largest, 6, &need), RELAY_PEEK_MORE);
    assert_int_equal(need, RELAY_PEEK_MAX);
    assert_int_equal(relay_peek(largest, RELAY_PEEK_MAX, &need), RELAY_PEEK_HTTPS);
    free(largest);
}

static struct relay_address address(const char *text)
{
    struct relay_address out;
    assert_true(relay_address_parse(text, &out));
    return out;
}

static void addresses_know_their_holder_and_their_network(void **state)
{
    (void)state;
    char text[RELAY_ADDRESS_TEXT];
    struct relay_address a = address(" 192.0.2.77 "), b = address("[2001:db8:1:2:3:4:5:6]");
    struct relay_address holder = relay_address_holder(&a), net = relay_address_net(&a);
    relay_address_text(&holder, text);
    assert_string_equal(text, "192.0.2.77");
    relay_address_text(&net, text);
    assert_string_equal(text, "192.0.2.0");
    holder = relay_address_holder(&b);
    net = relay_address_net(&b);
    relay_address_text(&holder, text);
    assert_string_equal(text, "2001:db8:1:2::");
    relay_address_text(&net, text);
    assert_string_equal(text, "2001:db8:1::");
    struct relay_address out;
    assert_false(relay_address_parse("300.1.1.1", &out));
    assert_false(relay_address_parse("", &out));
    /* IPv4 on an IPv6 socket is the same address. */
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6};
    inet_pton(AF_INET6, "::ffff:192.0.2.77", &mapped.sin6_addr);
    struct relay_address c = relay_address_of((struct sockaddr *)&mapped);
    assert_memory_equal(&a, &c, sizeof(a));
}

static void the_gate_counts_by_address_and_in_all(void **state)
{
    (void)state;
    struct relay_gate gate = {.most = {0, 3, 0, 0}, .most_each = {0, 2, 0, 0}};
    struct relay_address a = address("192.0.2.1"), b = address("192.0.2.2");
    struct relay_address c = address("2001:db8::1"), d = address("2001:db8::2");
    assert_int_equal(relay_gate_init(&gate), 0);
    assert_true(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &a));
    assert_true(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &a));
    assert_false(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &a));
    assert_true(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &b));
    assert_true(relay_gate_is_full(&gate, RELAY_GATE_STRANGER));
    assert_false(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &c));
    relay_gate_leave(&gate, RELAY_GATE_STRANGER, &a);
    assert_true(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &c));
    relay_gate_leave(&gate, RELAY_GATE_STRANGER, &a);
    relay_gate_leave(&gate, RELAY_GATE_STRANGER, &b);
    /* One /64 is one holder. */
    assert_true(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &d));
    assert_false(relay_gate_enter(&gate, RELAY_GATE_STRANGER, &c));
    assert_false(relay_gate_enter(&gate, RELAY_GATE_WEB, &a));
    relay_gate_destroy(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_that_offers_deskside_is_a_leg),
        cmocka_unit_test(any_other_hello_is_https),
        cmocka_unit_test(every_method_is_http),
        cmocka_unit_test(everything_else_is_junk_as_soon_as_it_can_be_said),
        cmocka_unit_test(lengths_that_lie_do_not_make_a_leg),
        cmocka_unit_test(addresses_know_their_holder_and_their_network),
        cmocka_unit_test(the_gate_counts_by_address_and_in_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
