/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that take their time, on every protocol that the relay speaks: each is ended by a
 * deadline of its own while a session goes on and others get in. Nothing here looks at a clock: a
 * connection that may stay much longer is opened first, and the slow ones have to go before it. */
#include "common/base/clock.h"
#include "tests/support/leg.h"
#include "tests/support/leg_carried.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HELLO_MAX 2048

static struct test_relay relay;
static uint8_t leg_hello[HELLO_MAX], web_hello[HELLO_MAX]; /* ClientHellos */
static size_t leg_hello_len, web_hello_len;

/* ---- the slow ones ---- */

struct slow;

struct kind {
    const char *what;
    void (*begin)(struct slow *slow);
    void (*drip)(struct slow *slow); /* again and again; NULL: silence */
};

struct slow {
    struct test_leg leg;
    const struct kind *kind;
    size_t at; /* bytes dripped */
    bool is_over;
};

static void put(struct slow *slow, const void *bytes, size_t n)
{
    test_leg_write(&slow->leg, bytes, n);
}

static void put_text(struct slow *slow, const char *text)
{
    put(slow, text, strlen(text));
}

static void nothing(struct slow *slow)
{
    (void)slow;
}

static void half_a_record_header(struct slow *slow)
{
    put(slow, leg_hello, 3);
}

static void half_a_leg_hello(struct slow *slow)
{
    put(slow, leg_hello, leg_hello_len / 2);
}

static void half_a_leg_hello_and_no_more(struct slow *slow)
{
    put(slow, leg_hello, leg_hello_len / 2);
    shutdown(slow->leg.fd, SHUT_WR);
}

static void half_a_method_and_no_more(struct slow *slow)
{
    put_text(slow, "GE");
    shutdown(slow->leg.fd, SHUT_WR);
}

static void a_leg_hello(struct slow *slow)
{
    put(slow, leg_hello, leg_hello_len);
}

static void a_web_hello(struct slow *slow)
{
    put(slow, web_hello, web_hello_len);
}

static void drip_leg_hello(struct slow *slow)
{
    if (slow->at < leg_hello_len - 1)
        put(slow, &leg_hello[slow->at++], 1);
}

static void drip_web_hello(struct slow *slow)
{
    if (slow->at < web_hello_len - 1)
        put(slow, &web_hello[slow->at++], 1);
}

/* The first bytes of a record after the ServerHello. */
static void drip_a_record(struct slow *slow)
{
    static const uint8_t header[5] = {0x17, 3, 3, 0x40, 0};
    uint8_t byte = slow->at < 5 ? header[slow->at] : 0x55;
    slow->at++;
    put(slow, &byte, 1);
}

static void leg_tls(struct slow *slow)
{
    assert_true(test_leg_tls(&slow->leg, NULL, NULL));
}

static const char said[] =
    "{\"type\":\"hello\",\"version\":1,\"role\":\"agent\",\"program\":\"x\"}";

static void half_a_frame_header(struct slow *slow)
{
    leg_tls(slow);
    put(slow, "\x00\x00", 2);
}

static void half_a_said_hello(struct slow *slow)
{
    leg_tls(slow);
    put(slow, "\x00\x00\x40\x01", 4);
    put(slow, said, 20);
}

static void a_long_hello(struct slow *slow)
{
    leg_tls(slow);
    put(slow, "\x00\x10\x01\x01", 4); /* 4097 bytes */
}

static void drip_a_said_hello(struct slow *slow)
{
    static const uint8_t header[4] = {0, 0x10, 0, 1};
    put(slow, slow->at < 4 ? (const char *)&header[slow->at] : " ", 1);
    slow->at++;
}

static void http_half_a_line(struct slow *slow)
{
    put_text(slow, "GET /hea");
}

static void http_half_a_head(struct slow *slow)
{
    put_text(slow, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
}

static void http_half_a_body(struct slow *slow)
{
    put_text(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
}

static void http_half_a_body_of_a_get(struct slow *slow)
{
    put_text(slow, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
}

static void http_asked_once(struct slow *slow)
{
    put_text(slow, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void drip_a_letter(struct slow *slow)
{
    put(slow, "a", 1);
}

static void drip_a_head(struct slow *slow)
{
    static const char head[] = "X-Slow: yes\r\n";
    put(slow, &head[slow->at++ % (sizeof(head) - 1)], 1);
}

static void web_tls(struct slow *slow)
{
    assert_true(test_leg_tls(&slow->leg, NULL, "http/1.1"));
}

static void https_half_a_head(struct slow *slow)
{
    web_tls(slow);
    http_half_a_head(slow);
}

static void https_half_a_body(struct slow *slow)
{
    web_tls(slow);
    http_half_a_body(slow);
}

static void https_asked_once(struct slow *slow)
{
    web_tls(slow);
    http_asked_once(slow);
}

static void web_socket(struct slow *slow)
{
    assert_true(test_leg_upgrade(&slow->leg, NULL));
}

static void web_socket_half_a_header(struct slow *slow)
{
    web_socket(slow);
    put(slow, "\x82", 1);
}

static void web_socket_half_a_message(struct slow *slow)
{
    web_socket(slow);
    put(slow, "\x82\xfe\x10\x00\x00\x00\x00\x00\x16\x03\x01", 11);
}

static void drip_pings(struct slow *slow)
{
    put(slow, "\x89\x80\x00\x00\x00\x00", 6);
}

static void drip_empty_messages(struct slow *slow)
{
    put(slow, "\x82\x80\x00\x00\x00\x00", 6);
}

/* One byte a message, unmasked by zeros. */
static void drip_carried_hello(struct slow *slow)
{
    uint8_t message[7] = {0x82, 0x81};
    message[6] = leg_hello[slow->at < leg_hello_len - 1 ? slow->at : leg_hello_len - 2];
    if (slow->at++ < leg_hello_len - 1)
        put(slow, message, sizeof(message));
}

static void carried_tls(struct slow *slow)
{
    assert_true(test_leg_tls_in_web_socket(&slow->leg, NULL));
}

static void carried_half_a_frame_header(struct slow *slow)
{
    carried_tls(slow);
    put(slow, "\x00\x00", 2);
}

static const struct kind kinds[] = {
    {"silence", nothing, NULL},
    {"half a record header", half_a_record_header, NULL},
    {"half a ClientHello of a leg", half_a_leg_hello, NULL},
    {"half a ClientHello and the end of it", half_a_leg_hello_and_no_more, NULL},
    {"half a method and the end of it", half_a_method_and_no_more, NULL},
    {"a ClientHello of a leg, byte by byte", nothing, drip_leg_hello},
    {"a ClientHello of a leg and silence", a_leg_hello, NULL},
    {"a ClientHello of a leg and a record byte by byte", a_leg_hello, drip_a_record},
    {"TLS of a leg and silence", leg_tls, NULL},
    {"half a frame header", half_a_frame_header, NULL},
    {"half a hello", half_a_said_hello, NULL},
    {"a hello byte by byte", leg_tls, drip_a_said_hello},
    {"a ClientHello of HTTPS, byte by byte", nothing, drip_web_hello},
    {"a ClientHello of HTTPS and silence", a_web_hello, NULL},
    {"a ClientHello of HTTPS and a record byte by byte", a_web_hello, drip_a_record},
    {"HTTPS and silence", web_tls, NULL},
    {"half a head of HTTPS", https_half_a_head, NULL},
    {"a head of HTTPS byte by byte", https_half_a_head, drip_a_head},
    {"half a body of HTTPS", https_half_a_body, NULL},
    {"a body of HTTPS byte by byte", https_half_a_body, drip_a_letter},
    {"HTTPS that asks once", https_asked_once, NULL},
    {"half a line of HTTP", http_half_a_line, NULL},
    {"a line of HTTP byte by byte", http_half_a_line, drip_a_letter},
    {"half a head of HTTP", http_half_a_head, NULL},
    {"a head of HTTP byte by byte", http_half_a_head, drip_a_head},
    {"half a body of HTTP", http_half_a_body, NULL},
    {"a body of HTTP byte by byte", http_half_a_body, drip_a_letter},
    {"half a body of a GET", http_half_a_body_of_a_get, NULL},
    {"a body of a GET byte by byte", http_half_a_body_of_a_get, drip_a_letter},
    {"HTTP that asks once", http_asked_once, NULL},
    {"a WebSocket and silence", web_socket, NULL},
    {"half a header of a WebSocket message", web_socket_half_a_header, NULL},
    {"half a WebSocket message", web_socket_half_a_message, NULL},
    {"a WebSocket message byte by byte", web_socket_half_a_message, drip_a_letter},
    {"pings of a WebSocket", web_socket, drip_pings},
    {"empty messages of a WebSocket", web_socket, drip_empty_messages},
    {"a carried ClientHello, byte by byte", web_socket, drip_carried_hello},
    {"carried TLS and silence", carried_tls, NULL},
    {"half a carried frame header", carried_half_a_frame_header, NULL},
    {"a carried hello byte by byte", carried_tls, drip_a_said_hello},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void slow_begin(struct slow *slow, const struct kind *kind, const char *from)
{
    slow->kind = kind;
    slow->at = 0;
    slow->is_over = false;
    test_leg_connect(&slow->leg, relay.port, from);
    kind->begin(slow);
}

/* What comes is not looked at, only its end. */
static void slow_look(struct slow *slow)
{
    char bytes[4096];
    ssize_t n = recv(slow->leg.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    slow->is_over = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* ---- what goes on meanwhile ---- */

static struct test_leg viewer, agent;

static void talk(void)
{
    assert_true(test_leg_data(&viewer, "goes on", 7));
    test_leg_expect_data(&agent, "goes on", 7);
    assert_true(test_leg_data(&agent, "and back", 8));
    test_leg_expect_data(&viewer, "and back", 8);
}

static void somebody_gets_in(void)
{
    struct test_leg leg;
    test_leg_open(&leg, relay.port, "127.7.0.1", "agent");
    test_leg_close(&leg);
    test_leg_connect(&leg, relay.port, "127.7.0.2");
    assert_true(test_leg_tls_in_web_socket(&leg, NULL));
    assert_true(test_leg_hello(&leg, "agent"));
    test_leg_expect(&leg, DS_MESSAGE_WELCOME, NULL);
    test_leg_close(&leg);
}

static bool has_closed(struct test_leg *leg)
{
    struct pollfd p = {.fd = leg->fd, .events = POLLRDHUP};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

static size_t look_and_drip(struct slow *slows, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (!slows[i].is_over)
            slow_look(&slows[i]);
        if (slows[i].is_over)
            continue;
        if (slows[i].kind->drip)
            slows[i].kind->drip(&slows[i]);
        left++;
    }
    return left;
}

/* Until all are gone; hourglass: must not be before. */
static void wait_for_all(struct slow *slows, size_t count, struct test_leg *hourglass)
{
    size_t left;
    while ((left = look_and_drip(slows, count)) > 0 && !has_closed(hourglass)) {
        talk();
        poll(NULL, 0, 20); /* the pace of those who drip */
    }
    for (size_t i = 0; i < count; i++) {
        if (!slows[i].is_over)
            print_message("still there: %s\n", slows[i].kind->what);
    }
    assert_int_equal(left, 0);
}

static int set_up(const char *conf)
{
    test_relay_make(&relay);
    test_relay_conf(&relay, conf);
    test_relay_start(&relay, NULL);
    test_leg_pair(&viewer, &agent, relay.port, "127.7.0.3", TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_leg_close(&viewer);
    test_leg_close(&agent);
    test_relay_remove(&relay);
    return 0;
}

static int set_up_short(void **state)
{
    (void)state;
    return set_up("first_byte_ms = 700\nhandshake_ms = 700\nhello_ms = 700\nhttp_s = 1\n"
                  "guest_s = 9\nwaiting_ms = 60000");
}

static void each_slow_stranger_goes_while_the_others_are_served(void **state)
{
    (void)state;
    static struct slow slows[KINDS];
    struct test_leg hourglass;
    char from[32];
    /* Has said hello, so it may stay for guest_s, which is many times what the others have. */
    test_leg_open(&hourglass, relay.port, "127.7.0.4", "agent");
    for (size_t i = 0; i < KINDS; i++) {
        snprintf(from, sizeof(from), "127.7.1.%zu", i + 1);
        slow_begin(&slows[i], &kinds[i], from);
    }
    somebody_gets_in();
    wait_for_all(slows, KINDS, &hourglass);
    somebody_gets_in();
    talk();
    for (size_t i = 0; i < KINDS; i++)
        test_leg_close(&slows[i].leg);
    test_leg_close(&hourglass);
}

/* ---- a crowd of them ---- */

#define CROWD 2400 /* more than there are places for strangers, for the web and for waiting */
#define CROWD_KIB (64 * 1024)

static int set_up_crowded(void **state)
{
    (void)state;
    /* Whoever waits for the deadlines of these waits too long. */
    return set_up("first_byte_ms = 300000\nhandshake_ms = 300000\nhello_ms = 300000\n"
                  "http_s = 300\nwaiting_ms = 300000\nguest_s = 60");
}

static long memory_kb(void)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)test_process_pid(relay.process));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) && sscanf(line, "VmRSS: %ld", &kb) != 1) {
    }
    fclose(file);
    assert_true(kb > 0);
    return kb;
}

static void a_crowd_of_slow_ones_holds_up_nobody_and_costs_little(void **state)
{
    (void)state;
    static const struct kind crowd[] = {
        {"silence", nothing, NULL},
        {"half a ClientHello of a leg", half_a_leg_hello, NULL},
        {"a ClientHello of a leg, byte by byte", nothing, drip_leg_hello},
        {"a ClientHello of a leg and silence", a_leg_hello, NULL},
        {"a ClientHello of HTTPS and silence", a_web_hello, NULL},
        {"half a head of HTTP", http_half_a_head, NULL},
        {"a head of HTTP byte by byte", http_half_a_head, drip_a_head},
        {"HTTP that asks once", http_asked_once, NULL},
    };
    static struct slow slows[CROWD];
    struct test_leg hourglass;
    char from[32];
    long before = memory_kb();
    test_leg_open(&hourglass, relay.port, "127.7.0.4", "agent");
    for (size_t i = 0; i < CROWD; i++) {
        snprintf(from, sizeof(from), "127.8.%zu.%zu", i % 3, 1 + i / 3 % 40);
        slow_begin(&slows[i], &crowd[i % (sizeof(crowd) / sizeof(crowd[0]))], from);
    }
    for (int i = 0; i < 3; i++) {
        somebody_gets_in();
        talk();
        look_and_drip(slows, CROWD);
    }
    assert_false(has_closed(&hourglass));
    long most = memory_kb();
    print_message("memory: %ld KiB before, %ld KiB with them\n", before, most);
#ifndef DESKSIDE_SANITIZED
    assert_true(most - before <= CROWD_KIB);
#endif
    for (size_t i = 0; i < CROWD; i++)
        test_leg_close(&slows[i].leg);
    test_leg_close(&hourglass);
}

static void what_cannot_become_anything_is_closed_at_once(void **state)
{
    (void)state;
    static const struct kind ended[] = {
        {"half a ClientHello and the end of it", half_a_leg_hello_and_no_more, NULL},
        {"half a method and the end of it", half_a_method_and_no_more, NULL},
        {"the header of a hello that is too long", a_long_hello, NULL},
    };
    struct test_leg hourglass;
    static struct slow slows[3];
    test_leg_open(&hourglass, relay.port, "127.7.0.4", "agent");
    for (int i = 0; i < 3; i++)
        slow_begin(&slows[i], &ended[i], "127.7.2.1");
    wait_for_all(slows, 3, &hourglass);
    for (int i = 0; i < 3; i++)
        test_leg_close(&slows[i].leg);
    test_leg_close(&hourglass);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_slow_stranger_goes_while_the_others_are_served,
                                        set_up_short, tear_down),
        cmocka_unit_test_setup_teardown(a_crowd_of_slow_ones_holds_up_nobody_and_costs_little,
                                        set_up_crowded, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_become_anything_is_closed_at_once,
                                        set_up_crowded, tear_down),
    };
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < CROWD + 200 ? files.rlim_max : CROWD + 200;
    setrlimit(RLIMIT_NOFILE, &files);
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    for (int i = 0; i < 2; i++) {
        SSL *ssl = SSL_new(tls);
        BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
        if (i == 0)
            SSL_set_alpn_protos(ssl, (const unsigned char *)"\x0a" DS_ALPN, 11);
        SSL_set_bio(ssl, in, out);
        SSL_connect(ssl);
        int n = BIO_read(out, i == 0 ? leg_hello : web_hello, HELLO_MAX);
        *(i == 0 ? &leg_hello_len : &web_hello_len) = n > 0 ? (size_t)n : 0;
        SSL_free(ssl);
    }
    SSL_CTX_free(tls);
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
