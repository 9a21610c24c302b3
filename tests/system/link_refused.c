/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link against everything that is not, or not quite, the right relay, and against one that leaves
 * at any moment. Each end has its reason, and nothing is left on the loop. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/wire/frame.h"
#include "tests/support/certificate.h"
#include "tests/support/folder.h"
#include "tests/support/link_probe.h"
#include "tests/support/stub_relay.h"

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
#include <unistd.h>

static char folder[256], cert[300], key[300], other_cert[300], other_key[300], wrong_cert[300],
    wrong_key[300];
static struct stub_relay relay;
static struct link_probe probe;

static void start(stub_script *script)
{
    assert_true(stub_relay_start(&relay, "127.0.0.1", 0, script));
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "localhost", relay.port, cert);
}

static void stop(void)
{
    link_probe_end(&probe);
    stub_relay_stop(&relay);
    relay.cert = cert;
    relay.key = key;
}

static void check_down(enum ds_link_failure why, const char *words)
{
    link_probe_expect_down(&probe, why);
    if (!strstr(probe.detail, words))
        print_error("detail: %s\n", probe.detail);
    assert_non_null(strstr(probe.detail, words));
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    assert_int_equal(ds_link_send(probe.link, &end), DS_ECLOSED);
    assert_int_equal(ds_link_send_data(probe.link, (const uint8_t *)"x", 1), DS_ECLOSED);
    assert_int_equal(ds_link_data_room(probe.link), 0);
}

static void expect(stub_script *script, enum ds_link_failure why, const char *words)
{
    start(script);
    check_down(why, words);
    stop();
}

/* ---- Not the relay */

static void welcome(struct stub_conn *conn)
{
    if (stub_welcome(conn, 1000, 5000))
        stub_hold(conn);
}

static void a_certificate_of_somebody_else_is_untrusted(void **state)
{
    (void)state;
    relay.cert = other_cert;
    relay.key = other_key;
    expect(welcome, DS_LINK_UNTRUSTED, "certificate is not accepted");
}

static void a_certificate_for_another_name_is_untrusted(void **state)
{
    (void)state;
    relay.cert = wrong_cert;
    relay.key = wrong_key;
    assert_true(stub_relay_start(&relay, "127.0.0.1", 0, welcome));
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "localhost", relay.port, wrong_cert);
    check_down(DS_LINK_UNTRUSTED, "hostname mismatch");
    stop();
}

static void https(struct stub_conn *conn)
{
    if (stub_tls(conn, NULL))
        stub_write(conn, "HTTP/1.1 200 OK\r\n\r\nhello", 24);
}

static void strict_https(struct stub_conn *conn)
{
    if (stub_tls(conn, "http/1.1"))
        stub_write(conn, "HTTP/1.1 404 Not Found\r\n\r\n", 26);
}

static void an_https_server_on_that_port_is_untrusted(void **state)
{
    (void)state;
    expect(https, DS_LINK_UNTRUSTED, "does not speak deskside/1");
    expect(strict_https, DS_LINK_UNTRUSTED, "not a Deskside relay");
}

static void plain_http(struct stub_conn *conn)
{
    uint8_t first[16];
    stub_peek(conn, first, sizeof(first));
    stub_write(conn, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
}

static void ssh(struct stub_conn *conn)
{
    stub_write(conn, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    stub_hold(conn);
}

static void another_service_on_that_port_is_untrusted(void **state)
{
    (void)state;
    expect(plain_http, DS_LINK_UNTRUSTED, "not TLS");
    expect(ssh, DS_LINK_UNTRUSTED, "not TLS");
}

static void a_port_where_nothing_listens_is_unreachable(void **state)
{
    (void)state;
    assert_true(stub_relay_start(&relay, "127.0.0.1", 0, welcome));
    stub_relay_stop(&relay); /* its port is free now */
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "localhost", relay.port, cert);
    check_down(DS_LINK_UNREACHABLE, "refused");
    link_probe_end(&probe);
}

/* What the resolver of this machine says to it: that it does not exist, or that there is nobody to
 * ask (tests/unit/route.c has both). */
static void a_name_that_does_not_exist_is_told(void **state)
{
    (void)state;
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "relay.invalid", 0, cert); /* RFC 6761 */
    link_probe_wait(&probe, link_is_down);
    assert_true(probe.why == DS_LINK_NO_NAME || probe.why == DS_LINK_OFFLINE);
    check_down(probe.why, "relay.invalid");
    link_probe_end(&probe);
}

/* TCP to many at once: the system has no way there, as to anywhere without a network. */
static void an_address_without_a_route_is_offline(void **state)
{
    (void)state;
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "224.0.0.1", 0, cert);
    check_down(DS_LINK_OFFLINE, "unreachable");
    link_probe_end(&probe);
}

static void what_makes_no_sense_is_not_dialled(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a b", "http://a", "a@b", "[::1]", "a\nb"};
    link_probe_init(&probe, folder);
    struct ds_link_config config = {.port = 1, .ca_file = cert, .role = "agent", .program = "x"};
    struct ds_link_events none;
    memset(&none, 0, sizeof(none));
    int error;
    for (size_t i = 0; i < 6; i++) {
        config.host = bad[i];
        error = 0;
        assert_null(ds_link_open(&probe.loop, &config, &none, NULL, &error));
        assert_int_equal(error, DS_EINVAL);
    }
    config.host = "localhost";
    config.ca_file = "/nowhere";
    assert_null(ds_link_open(&probe.loop, &config, &none, NULL, &error));
    assert_int_equal(error, DS_EIO);
    link_probe_end(&probe);
}

/* ---- Silent at each stage: the deadlines end it */

static void hold(struct stub_conn *conn)
{
    stub_hold(conn);
}

static void hold_after_tls(struct stub_conn *conn)
{
    if (stub_enter(conn) && stub_tls(conn, DS_ALPN))
        stub_hold(conn);
}

static void hold_web(struct stub_conn *conn)
{
    uint8_t first[4];
    if (stub_peek(conn, first, sizeof(first)) > 0 && first[0] == 'G')
        stub_hold(conn);
}

static void a_server_that_is_silent_is_given_up(void **state)
{
    (void)state;
    expect(hold_web, DS_LINK_UNREACHABLE, "");
    expect(hold, DS_LINK_UNREACHABLE, "no answer in time (TLS)");
    expect(hold_after_tls, DS_LINK_UNREACHABLE, "did not answer hello");
}

/* ---- Closing at each stage */

static void close_at_once(struct stub_conn *conn)
{
    (void)conn;
}

static void close_after_first_bytes(struct stub_conn *conn)
{
    uint8_t bytes[1024];
    size_t got;
    stub_read_some(conn, bytes, sizeof(bytes), &got);
}

static void close_after_tls(struct stub_conn *conn)
{
    if (stub_enter(conn))
        stub_tls(conn, DS_ALPN);
}

static void close_after_hello(struct stub_conn *conn)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    if (stub_enter(conn) && stub_tls(conn, DS_ALPN))
        stub_read_frame(conn, &type, payload, &len);
}

static void close_within_welcome(struct stub_conn *conn)
{
    if (stub_enter(conn) && stub_tls(conn, DS_ALPN))
        stub_write(conn, "\0\0\x40\x01{\"type\"", 11);
}

static void close_after_welcome(struct stub_conn *conn)
{
    stub_welcome(conn, 1000, 5000);
}

static void reset_after_welcome(struct stub_conn *conn)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    uint8_t type, payload[64];
    size_t len;
    /* The PING says that the welcome has been read; a reset overtakes what is not. */
    if (!stub_welcome(conn, 1000, 5000) || !stub_read_frame(conn, &type, payload, &len))
        return;
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    SSL_set_quiet_shutdown(conn->ssl, 1);
}

static void a_server_that_closes_early_is_unreachable(void **state)
{
    (void)state;
    expect(close_at_once, DS_LINK_UNREACHABLE, "");
    expect(close_after_first_bytes, DS_LINK_UNREACHABLE, "");
    expect(close_after_tls, DS_LINK_UNREACHABLE, "");
    expect(close_after_hello, DS_LINK_UNREACHABLE, "");
    expect(close_within_welcome, DS_LINK_UNREACHABLE, "");
}

static void a_relay_that_closes_later_is_lost(void **state)
{
    (void)state;
    expect(close_after_welcome, DS_LINK_LOST, "closed");
    expect(reset_after_welcome, DS_LINK_LOST, "");
}

/* ---- A relay that says no, or nonsense */

static void say(struct stub_conn *conn, const char *json)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    if (stub_enter(conn) && stub_tls(conn, DS_ALPN) &&
        stub_read_frame(conn, &type, payload, &len) && stub_write_text(conn, json))
        stub_hold(conn);
}

static void say_version(struct stub_conn *conn)
{
    say(conn, "{\"type\":\"error\",\"error\":\"version\",\"message\":\"Get 2.0\"}");
}

static void say_welcome_2(struct stub_conn *conn)
{
    say(conn, "{\"type\":\"welcome\",\"version\":2,\"host\":\"h\",\"org\":\"o\","
              "\"heartbeat_ms\":1000,\"dead_ms\":5000}");
}

static void say_busy(struct stub_conn *conn)
{
    say(conn, "{\"type\":\"error\",\"error\":\"busy\",\"message\":\"Try \\u202e later\"}");
}

static void say_ended(struct stub_conn *conn)
{
    say(conn, "{\"type\":\"ended\",\"by\":\"rep\",\"reason\":\"closed\"}");
}

static void say_nonsense(struct stub_conn *conn)
{
    say(conn, "{\"type\":\"welcome\"}");
}

static void a_relay_that_says_no_is_understood(void **state)
{
    (void)state;
    expect(say_version, DS_LINK_VERSION, "Get 2.0");
    expect(say_welcome_2, DS_LINK_VERSION, "another version");
    expect(say_busy, DS_LINK_UNREACHABLE, "the relay said busy: Try  later");
    expect(say_ended, DS_LINK_PROTOCOL, "out of place");
    expect(say_nonsense, DS_LINK_PROTOCOL, "not well formed");
}

static const char *bad_bytes;
static size_t bad_len;

static void write_bad(struct stub_conn *conn)
{
    if (stub_welcome(conn, 1000, 5000) && stub_write(conn, bad_bytes, bad_len))
        stub_hold(conn);
}

static void a_relay_that_breaks_the_rules_is_left(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *words;
    } bad[] = {
        {"\xff\xff\xff\x01", 4, "frame"},                  /* control, 16 MiB */
        {"\x00\x00\x00\x02", 4, "frame"},                  /* data, empty */
        {"\x00\x41\x01\x02", 4, "frame"},                  /* data, one byte too many */
        {"\x00\x00\x03\x03", 4, "frame"},                  /* credit of three bytes */
        {"\x00\x00\x04\x03\x00\x10\x00\x01", 8, "credit"}, /* credit, one byte too much */
        {"\x00\x00\x04\x03\xff\xff\xff\xff", 8, "credit"}, /* credit, the most there is */
        {"\x00\x00\x04\x01null", 8, "well formed"},        /* not an object */
        {"\x00\x00\x16\x01{\"type\":\"new-session\"}", 26, "out of place"}, /* an end's message */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bad_bytes = bad[i].bytes;
        bad_len = bad[i].len;
        expect(write_bad, DS_LINK_PROTOCOL, bad[i].words);
    }
}

static void early_data(struct stub_conn *conn)
{
    if (stub_enter(conn) && stub_tls(conn, DS_ALPN) &&
        stub_write_frame(conn, DS_FRAME_DATA, "x", 1))
        stub_hold(conn);
}

static void data_before_the_welcome_is_against_the_rules(void **state)
{
    (void)state;
    expect(early_data, DS_LINK_PROTOCOL, "before");
}

/* ---- Heartbeat */

static void die_quickly(struct stub_conn *conn)
{
    if (stub_welcome(conn, 100, 300))
        stub_hold(conn); /* reads, never answers */
}

static void a_silent_relay_is_dead_after_its_time(void **state)
{
    (void)state;
    expect(die_quickly, DS_LINK_LOST, "silent");
}

/* Answers so many PINGs, then holds. */
static void answer_20(struct stub_conn *conn)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    if (!stub_welcome(conn, 100, 300))
        return;
    for (int i = 0; i < 20 && stub_read_frame(conn, &type, payload, &len); i++) {
        if (type == DS_FRAME_PING && !stub_write_frame(conn, DS_FRAME_PONG, payload, len))
            return;
    }
    stub_write_text(conn, "{\"type\":\"ended\",\"by\":\"relay\",\"reason\":\"closed\"}");
    stub_hold(conn);
}

static bool has_message(struct link_probe *p)
{
    assert_int_equal(p->downs, 0);
    return p->messages > 0;
}

static void a_relay_that_answers_stays_alive(void **state)
{
    (void)state;
    start(answer_20); /* two seconds of it, dead after 0.3 */
    link_probe_wait(&probe, has_message);
    link_probe_expect_down(&probe, DS_LINK_LOST);
    stop();
}

/* ---- A relay that does not read */

static void never_read(struct stub_conn *conn)
{
    if (!stub_welcome(conn, 60000, 120000) || !stub_write_credit(conn, DS_LINK_CREDIT_MAX))
        return;
    while (!atomic_load(&conn->relay->stopping))
        usleep(10000); /* holds the line until the test has seen enough */
}

static bool has_room(struct link_probe *p)
{
    return p->rooms > 0;
}

static void a_full_line_takes_no_data_and_bounded_control(void **state)
{
    (void)state;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    start(never_read);
    link_probe_wait(&probe, has_room);
    assert_int_equal(ds_link_data_room(probe.link), DS_FRAME_DATA_MAX);
    int error = 0;
    size_t sent = 0;
    for (; !error && sent < 1000000; sent++)
        error = ds_link_send(probe.link, &end);
    assert_int_equal(error, DS_ELIMIT);
    assert_int_equal(ds_link_data_room(probe.link), 0);
    assert_int_equal(ds_link_send_data(probe.link, (const uint8_t *)"x", 1), DS_EAGAIN);
    stop();
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    snprintf(other_cert, sizeof(other_cert), "%s/other.pem", folder);
    snprintf(other_key, sizeof(other_key), "%s/other.key", folder);
    snprintf(wrong_cert, sizeof(wrong_cert), "%s/wrong.pem", folder);
    snprintf(wrong_key, sizeof(wrong_key), "%s/wrong.key", folder);
    if (!test_certificate(cert, key, "DNS:localhost,IP:127.0.0.1,IP:::1", 30) ||
        !test_certificate(other_cert, other_key, "DNS:localhost,IP:127.0.0.1,IP:::1", 30) ||
        !test_certificate(wrong_cert, wrong_key, "DNS:other.example", 30))
        return 1;
    relay.cert = cert;
    relay.key = key;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_somebody_else_is_untrusted),
        cmocka_unit_test(a_certificate_for_another_name_is_untrusted),
        cmocka_unit_test(an_https_server_on_that_port_is_untrusted),
        cmocka_unit_test(another_service_on_that_port_is_untrusted),
        cmocka_unit_test(a_port_where_nothing_listens_is_unreachable),
        cmocka_unit_test(a_name_that_does_not_exist_is_told),
        cmocka_unit_test(an_address_without_a_route_is_offline),
        cmocka_unit_test(what_makes_no_sense_is_not_dialled),
        cmocka_unit_test(a_server_that_is_silent_is_given_up),
        cmocka_unit_test(a_server_that_closes_early_is_unreachable),
        cmocka_unit_test(a_relay_that_closes_later_is_lost),
        cmocka_unit_test(a_relay_that_says_no_is_understood),
        cmocka_unit_test(a_relay_that_breaks_the_rules_is_left),
        cmocka_unit_test(data_before_the_welcome_is_against_the_rules),
        cmocka_unit_test(a_silent_relay_is_dead_after_its_time),
        cmocka_unit_test(a_relay_that_answers_stays_alive),
        cmocka_unit_test(a_full_line_takes_no_data_and_bounded_control),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
