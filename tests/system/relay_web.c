/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the relay answers to HTTP, HTTPS and WebSocket on the ports of legs. */
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

#include <cmocka.h>

static struct test_relay relay;
static char answer[65536];

static int setup(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_start(&relay, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

/* Sends text and reads until the relay closes. */
static const char *ask_port(unsigned port, bool is_tls, const char *text)
{
    struct test_leg leg;
    size_t len = 0;
    int n;
    test_leg_connect(&leg, port, NULL);
    if (is_tls)
        assert_true(test_leg_tls(&leg, relay.ca, "http/1.1"));
    assert_true(test_leg_write(&leg, text, strlen(text)));
    do {
        n = is_tls ? SSL_read(leg.ssl, answer + len, (int)(sizeof(answer) - 1 - len))
                   : (int)recv(leg.fd, answer + len, sizeof(answer) - 1 - len, 0);
        len += n > 0 ? (size_t)n : 0;
    } while (n > 0);
    answer[len] = '\0';
    test_leg_close(&leg);
    return answer;
}

static const char *ask(bool is_tls, const char *text)
{
    return ask_port(relay.port, is_tls, text);
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %s", part, text);
}

static void https_shows_the_start_page_under_a_strict_policy(void **state)
{
    (void)state;
    const char *text = ask(true, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(text, "HTTP/1.1 200");
    expect(text, "content-security-policy: default-src 'none'; style-src 'self'");
    expect(text, "x-content-type-options: nosniff");
    expect(text, "lang=\"en\"");
    expect(text, "Acme Support");
    text = ask(true, "GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: fr;q=0.8, de\r\n"
                     "Connection: close\r\n\r\n");
    expect(text, "content-language: fr");
    expect(text, "lang=\"fr\"");
}

static void plain_http_redirects_to_the_configured_host_only(void **state)
{
    (void)state;
    char wanted[128];
    const char *text = ask(false, "GET /a/b?c HTTP/1.1\r\nHost: evil.example\r\n"
                                  "Connection: close\r\n\r\n");
    snprintf(wanted, sizeof(wanted), "location: https://localhost:%u/\r\n", relay.port);
    expect(text, "HTTP/1.1 301");
    expect(text, wanted);
    assert_null(strstr(text, "evil"));
}

static void healthz_answers_on_both(void **state)
{
    (void)state;
    expect(ask(false, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
           "\r\n\r\nok\n");
    expect(ask(true, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
           "\r\n\r\nok\n");
}

static void nothing_else_answers(void **state)
{
    (void)state;
    static const char *const paths[] = {"/admin",      "//",   "/../relay.conf", "/%2e%2e/key.pem",
                                        "/theme.css/", "/leg", "/LEG",           "/healthz/",
                                        "/key.pem"};
    char text[256];
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                 paths[i]);
        const char *got = ask(true, text);
        assert_null(strstr(got, "PRIVATE"));
        if (strstr(got, "HTTP/1.1 200"))
            assert_string_equal(paths[i], "//"); /* the same page */
        else if (!strstr(got, "HTTP/1.1 404") && !strstr(got, "HTTP/1.1 403"))
            fail_msg("%s: %s", paths[i], got);
    }
    expect(
        ask(true, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        "HTTP/1.1 405");
}

static void a_leg_inside_a_web_socket_is_a_leg(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message session;
    static uint8_t bytes[DS_FRAME_DATA_MAX];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7);
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(&viewer, &session);
    test_leg_connect(&agent, relay.port, NULL);
    assert_true(test_leg_tls_in_web_socket(&agent, NULL));
    assert_true(test_leg_hello(&agent, "agent"));
    test_leg_expect(&agent, DS_MESSAGE_WELCOME, NULL);
    test_leg_join(&agent, session.join_code);
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, NULL);
    for (int i = 0; i < 64; i++) {
        assert_true(test_leg_data(&viewer, bytes, sizeof(bytes)));
        test_leg_expect_data(&agent, bytes, sizeof(bytes));
        assert_true(test_leg_data(&agent, bytes, sizeof(bytes) - (size_t)i));
        test_leg_expect_data(&viewer, bytes, sizeof(bytes) - (size_t)i);
    }
    test_leg_close(&agent);
    test_leg_expect(&viewer, DS_MESSAGE_PEER_AWAY, NULL);
    test_leg_close(&viewer);
}

/* The viewer does not read: the WebSocket's agent runs dry, nothing is lost, all arrives after. */
static void a_carried_leg_is_held_back_and_loses_nothing(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message session;
    static uint8_t bytes[16384];
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(&viewer, &session);
    test_leg_connect(&agent, relay.port, NULL);
    assert_true(test_leg_tls_in_web_socket(&agent, NULL));
    assert_true(test_leg_hello(&agent, "agent"));
    test_leg_expect(&agent, DS_MESSAGE_WELCOME, NULL);
    test_leg_join(&agent, session.join_code);
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, NULL);
    unsigned sent = 0;
    for (; sent < 3 || agent.credit >= sizeof(bytes); sent++) {
        memset(bytes, (int)sent, sizeof(bytes));
        assert_true(test_leg_data(&agent, bytes, sizeof(bytes)));
        if (agent.credit < sizeof(bytes))
            test_leg_poll(&agent, 300);
        assert_true(sent < 4096);
    }
    for (unsigned i = 0; i < sent; i++) {
        memset(bytes, (int)i, sizeof(bytes));
        test_leg_expect_data(&viewer, bytes, sizeof(bytes));
    }
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

static void a_web_socket_with_an_origin_or_elsewhere_is_refused(void **state)
{
    (void)state;
    struct test_leg leg;
    test_leg_connect(&leg, relay.port, NULL);
    assert_false(test_leg_tls_in_web_socket(&leg, "Origin: https://localhost\r\n"));
    test_leg_close(&leg);
    const char *text =
        ask(false, "GET /other HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   "Sec-WebSocket-Version: 13\r\n\r\n");
    assert_null(strstr(text, "101"));
}

static void what_is_carried_can_only_be_a_leg(void **state)
{
    (void)state;
    struct test_leg leg;
    /* A request inside the WebSocket of a request. */
    static const uint8_t inner[] = {0x82, 0x92, 0,   0,   0,    0,    'G',  'E',
                                    'T',  ' ',  '/', ' ', 'H',  'T',  'T',  'P',
                                    '/',  '1',  '.', '1', '\r', '\n', '\r', '\n'};
    const char *head = "GET /leg HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n\r\n";
    test_leg_connect(&leg, relay.port, NULL);
    assert_true(test_leg_write(&leg, head, strlen(head)));
    ssize_t n = recv(leg.fd, answer, sizeof(answer), 0);
    assert_true(n > 0);
    assert_true(test_leg_write(&leg, inner, sizeof(inner)));
    n = recv(leg.fd, answer, sizeof(answer), 0);
    assert_true(n == 0 ||
                (n >= 2 && (uint8_t)answer[0] == 0x88)); /* closed, in words of WebSocket */
    test_leg_close(&leg);
}

static void behind_a_proxy_plain_http_serves_the_pages(void **state)
{
    (void)state;
    struct test_relay proxied;
    test_relay_make(&proxied);
    test_relay_conf(&proxied, "proxied = yes");
    test_relay_start(&proxied, NULL);
    expect(ask_port(proxied.port, false, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
           "HTTP/1.1 200");
    /* The address that counts is the last one that the proxy named. */
    struct test_leg leg;
    test_leg_connect(&leg, proxied.port, NULL);
    assert_true(test_leg_tls_in_web_socket(&leg, "X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\n"));
    assert_true(test_leg_hello(&leg, "agent"));
    test_leg_expect(&leg, DS_MESSAGE_WELCOME, NULL);
    test_process_wait_error(proxied.process, "address=203.0.113.9", 10000);
    test_leg_close(&leg);
    test_relay_remove(&proxied);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(https_shows_the_start_page_under_a_strict_policy),
        cmocka_unit_test(plain_http_redirects_to_the_configured_host_only),
        cmocka_unit_test(healthz_answers_on_both),
        cmocka_unit_test(nothing_else_answers),
        cmocka_unit_test(a_leg_inside_a_web_socket_is_a_leg),
        cmocka_unit_test(a_carried_leg_is_held_back_and_loses_nothing),
        cmocka_unit_test(a_web_socket_with_an_origin_or_elsewhere_is_refused),
        cmocka_unit_test(what_is_carried_can_only_be_a_leg),
        cmocka_unit_test(behind_a_proxy_plain_http_serves_the_pages),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
