/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections of people who mean no good, or who are slow: deadlines, caps, garbage. */
#include "common/base/clock.h"
#include "common/base/cursor.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct test_relay relay;

static int setup(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_conf(&relay, "first_byte_ms = 700\nhandshake_ms = 700\nhello_ms = 700\n"
                            "strangers_per_address = 2\nwaiting_per_address = 3\nhttp_s = 1\n"
                            "heartbeat_ms = 250\ndead_ms = 2000\n");
    test_relay_start(&relay, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

static bool is_closed(const struct test_leg *leg, int wait_ms)
{
    struct pollfd p = {.fd = leg->fd, .events = POLLIN};
    char byte;
    return poll(&p, 1, wait_ms) == 1 && recv(leg->fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

static void silence_half_a_hello_and_no_hello_are_cut(void **state)
{
    (void)state;
    struct test_leg silent, half, tls_only, http;
    test_leg_connect(&silent, relay.port, "127.2.1.1");
    test_leg_connect(&half, relay.port, "127.2.1.2");
    test_leg_write(&half, "\x16\x03\x01\x02\x00\x01", 6);
    test_leg_connect(&tls_only, relay.port, "127.2.1.3");
    assert_true(test_leg_tls(&tls_only, NULL, NULL));
    test_leg_connect(&http, relay.port, "127.2.1.4");
    test_leg_write(&http, "GET / HTTP/1.1\r\nHost: x\r\nX-A: ", 30);
    test_leg_expect_closed(&silent);
    test_leg_expect_closed(&half);
    test_leg_expect_closed(&tls_only);
    test_leg_expect_closed(&http);
    test_leg_close(&silent);
    test_leg_close(&half);
    test_leg_close(&tls_only);
    test_leg_close(&http);
}

static void garbage_is_closed_at_once(void **state)
{
    (void)state;
    static const char *const garbage[] = {"SSH-2.0-x\r\n", "\x16\x03\x01\x40\x01xx", "\x05\x01\x00",
                                          "\x16\x03\x01\x00\x04\x02\x00\x00\x00"};
    for (size_t i = 0; i < 4; i++) {
        struct test_leg leg;
        test_leg_connect(&leg, relay.port, "127.2.2.1");
        test_leg_write(&leg, garbage[i], i == 3 ? 9 : strlen(garbage[i]));
        assert_true(is_closed(&leg, 5000));
        test_leg_close(&leg);
    }
}

static void a_client_hello_byte_by_byte_is_still_a_leg(void **state)
{
    (void)state;
    struct test_leg leg;
    test_leg_connect(&leg, relay.port, "127.2.3.1");
    /* TLS into memory first, then out in small pieces. */
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(tls);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    static const unsigned char alpn[] = "\x0a" DS_ALPN;
    SSL_set_alpn_protos(ssl, alpn, sizeof(alpn) - 1);
    SSL_set_bio(ssl, in, out);
    assert_int_equal(SSL_connect(ssl), -1);
    uint8_t hello[2048];
    int n = BIO_read(out, hello, sizeof(hello));
    assert_true(n > 100);
    for (int i = 0; i < n; i++)
        assert_int_equal(send(leg.fd, hello + i, 1, MSG_NOSIGNAL), 1);
    uint8_t answer[8192];
    ssize_t got = recv(leg.fd, answer, sizeof(answer), 0);
    assert_true(got > 5);
    assert_int_equal(answer[0], 0x16); /* ServerHello */
    SSL_free(ssl);
    SSL_CTX_free(tls);
    test_leg_close(&leg);
}

static void further_connections_of_an_address_wait_and_are_not_refused(void **state)
{
    (void)state;
    struct test_leg slow[2], next, neighbour, crowd[3];
    for (int i = 0; i < 2; i++)
        test_leg_connect(&slow[i], relay.port, "127.2.4.1");
    /* Both places are taken until they are cut; this one waits and then gets through. */
    test_leg_open(&next, relay.port, "127.2.4.1", "agent");
    test_leg_close(&next);
    test_leg_close(&slow[0]);
    test_leg_close(&slow[1]);
    /* Two slow, three waiting: the sixth is closed; somebody else is served at once. */
    for (int i = 0; i < 2; i++)
        test_leg_connect(&slow[i], relay.port, "127.2.4.1");
    for (int i = 0; i < 3; i++)
        test_leg_connect(&crowd[i], relay.port, "127.2.4.1");
    test_leg_connect(&next, relay.port, "127.2.4.1");
    assert_true(is_closed(&next, 5000));
    test_leg_open(&neighbour, relay.port, "127.2.4.2", "agent");
    test_leg_close(&neighbour);
    test_leg_close(&next);
    for (int i = 0; i < 2; i++)
        test_leg_close(&slow[i]);
    for (int i = 0; i < 3; i++)
        test_leg_close(&crowd[i]);
}

static void frames_out_of_bounds_close_the_leg(void **state)
{
    (void)state;
    static const struct {
        uint8_t header[4];
        const char *what;
    } frames[] = {
        {{0x01, 0x00, 0x01, 1}, "control of 65537"}, {{0x00, 0x41, 0x01, 2}, "DATA of 16641"},
        {{0x00, 0x00, 0x00, 2}, "empty DATA"},       {{0x00, 0x00, 0x07, 4}, "PING of 7"},
        {{0x00, 0x00, 0x05, 3}, "CREDIT of 5"},      {{0xff, 0xff, 0xff, 9}, "16 MiB of unknown"},
        {{0x00, 0x00, 0x01, 1}, "control of 1"},
    };
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct test_leg leg;
        test_leg_open(&leg, relay.port, "127.2.5.1", "agent");
        assert_true(test_leg_write(&leg, frames[i].header, 4));
        test_leg_expect_closed(&leg);
        test_leg_close(&leg);
    }
}

static void credit_from_an_end_and_data_without_credit_close_the_leg(void **state)
{
    (void)state;
    struct test_leg leg;
    uint8_t credit[4] = {0, 0, 1, 0};
    test_leg_open(&leg, relay.port, "127.2.6.1", "agent");
    test_leg_frame(&leg, DS_FRAME_CREDIT, credit, 4);
    test_leg_expect_closed(&leg);
    test_leg_close(&leg);
    test_leg_open(&leg, relay.port, "127.2.6.1", "agent");
    test_leg_frame(&leg, DS_FRAME_DATA, "x", 1);
    test_leg_expect_closed(&leg);
    test_leg_close(&leg);
}

static void bad_messages_are_answered_and_closed_and_unknown_ones_skipped(void **state)
{
    (void)state;
    static const char hello[] = "{\"type\":\"hello\",\"version\":1,\"role\":\"agent\","
                                "\"program\":\"twice\"}";
    static const char *const bad[] = {
        "[]",       "{\"type\":\"join\"}",    "{\"type\":\"join\",\"type\":1}",
        "nonsense", "{\"type\":\"welcome\"}", hello,
    };
    struct test_leg leg;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        test_leg_open(&leg, relay.port, "127.2.7.1", "agent");
        assert_true(test_leg_frame(&leg, DS_FRAME_CONTROL, bad[i], strlen(bad[i])));
        test_leg_expect_error(&leg, DS_REFUSAL_PROTOCOL, NULL);
        test_leg_expect_closed(&leg);
        test_leg_close(&leg);
    }
    test_leg_open(&leg, relay.port, "127.2.7.1", "agent");
    assert_true(test_leg_frame(&leg, DS_FRAME_CONTROL, "{\"type\":\"of-tomorrow\"}", 22));
    assert_true(test_leg_frame(&leg, 77, "unknown", 7));
    test_leg_join(&leg, "000000000");
    test_leg_expect_error(&leg, DS_REFUSAL_CODE, NULL);
    test_leg_close(&leg);
}

static void another_version_is_refused_by_name(void **state)
{
    (void)state;
    struct test_leg leg;
    struct ds_message hello = {.type = DS_MESSAGE_HELLO, .version = 99, .role = "agent"};
    test_leg_connect(&leg, relay.port, "127.2.8.1");
    assert_true(test_leg_tls(&leg, NULL, NULL));
    assert_true(test_leg_say(&leg, &hello));
    test_leg_expect_error(&leg, DS_REFUSAL_VERSION, NULL);
    test_leg_expect_closed(&leg);
    test_leg_close(&leg);
}

static void first_message_has_to_be_hello(void **state)
{
    (void)state;
    struct test_leg leg;
    test_leg_connect(&leg, relay.port, "127.2.9.1");
    assert_true(test_leg_tls(&leg, NULL, NULL));
    test_leg_join(&leg, "000000000");
    test_leg_expect_error(&leg, DS_REFUSAL_PROTOCOL, NULL);
    test_leg_expect_closed(&leg);
    test_leg_close(&leg);
}

static void old_tls_and_other_protocols_do_not_become_legs(void **state)
{
    (void)state;
    struct test_leg leg;
    test_leg_connect(&leg, relay.port, "127.2.10.1");
    /* For all the relay knows that is a browser, and a frame is not a request. */
    const unsigned char *chosen;
    unsigned len;
    if (test_leg_tls(&leg, NULL, "deskside/2")) {
        SSL_get0_alpn_selected(leg.ssl, &chosen, &len);
        assert_int_equal(len, 0);
        test_leg_hello(&leg, "agent");
        uint8_t bytes[1024];
        int n = SSL_read(leg.ssl, bytes, sizeof(bytes));
        assert_true(n <= 0 || memcmp(bytes, "HTTP/", 5) == 0);
    }
    test_leg_close(&leg);
    test_leg_connect(&leg, relay.port, "127.2.10.1");
    leg.tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(leg.tls, TLS1_2_VERSION);
    leg.ssl = SSL_new(leg.tls);
    SSL_set_alpn_protos(leg.ssl, (const unsigned char *)"\x0a" DS_ALPN, 11);
    SSL_set_fd(leg.ssl, leg.fd);
    assert_int_not_equal(SSL_connect(leg.ssl), 1);
    test_leg_close(&leg);
}

/* The relay asks a silent leg; one that answers lives, one that does not is cut. */
static void a_dead_leg_is_noticed(void **state)
{
    (void)state;
    struct test_leg alive, dead;
    test_leg_open(&alive, relay.port, "127.2.11.1", "agent");
    test_leg_open(&dead, relay.port, "127.2.11.2", "agent");
    ds_tick until = ds_clock_now() + 20 * DS_SECOND;
    while (!is_closed(&dead, 0)) {
        uint8_t bytes[4096];
        test_leg_poll(&alive, 50); /* answers pings */
        recv(dead.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        assert_true(ds_clock_now() < until);
    }
    test_leg_join(&alive, "000000000");
    test_leg_expect_error(&alive, DS_REFUSAL_CODE, NULL);
    test_leg_close(&alive);
    test_leg_close(&dead);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_half_a_hello_and_no_hello_are_cut),
        cmocka_unit_test(garbage_is_closed_at_once),
        cmocka_unit_test(a_client_hello_byte_by_byte_is_still_a_leg),
        cmocka_unit_test(further_connections_of_an_address_wait_and_are_not_refused),
        cmocka_unit_test(frames_out_of_bounds_close_the_leg),
        cmocka_unit_test(credit_from_an_end_and_data_without_credit_close_the_leg),
        cmocka_unit_test(bad_messages_are_answered_and_closed_and_unknown_ones_skipped),
        cmocka_unit_test(another_version_is_refused_by_name),
        cmocka_unit_test(first_message_has_to_be_hello),
        cmocka_unit_test(old_tls_and_other_protocols_do_not_become_legs),
        cmocka_unit_test(a_dead_leg_is_noticed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
