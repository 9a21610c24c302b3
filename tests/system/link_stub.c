/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link against a relay that follows a script: what a whole, a wrong and a dying relay do to it.
 */
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[256], cert[300], key[300];
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
}

/* ---- A whole relay */

static void say_welcome(struct stub_conn *conn)
{
    if (stub_welcome(conn, 1000, 5000))
        stub_hold(conn);
}

static void a_link_comes_up_over_tls(void **state)
{
    (void)state;
    start(say_welcome);
    link_probe_wait(&probe, link_is_up);
    assert_int_equal(probe.info.port, relay.port);
    assert_int_equal(probe.info.transport, DS_TRANSPORT_TLS);
    assert_false(probe.info.through_proxy);
    assert_string_equal(probe.info.host, "localhost");
    assert_string_equal(probe.info.org, "Acme Support");
    stop();
}

static void echo(struct stub_conn *conn)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    if (!stub_welcome(conn, 1000, 5000) || !stub_write_credit(conn, DS_LINK_CREDIT_MIN))
        return;
    while (stub_read_frame(conn, &type, payload, &len)) {
        if (type == DS_FRAME_DATA && (!stub_write_frame(conn, type, payload, len) ||
                                      !stub_write_credit(conn, (uint32_t)len)))
            return;
        if (type == DS_FRAME_PING && !stub_write_frame(conn, DS_FRAME_PONG, payload, len))
            return;
        if (type == DS_FRAME_CONTROL &&
            !stub_write_text(conn, "{\"type\":\"ended\",\"by\":\"rep\",\"reason\":\"closed\"}"))
            return;
    }
}

static bool is_echoed(struct link_probe *p)
{
    assert_int_equal(p->downs, 0);
    return p->to_send == 0 && p->data.len == p->sent;
}

static void megabytes_come_back_whole_within_the_credit(void **state)
{
    (void)state;
    start(echo);
    probe.to_send = 5u << 20;
    link_probe_wait(&probe, is_echoed);
    const uint8_t *got = ds_buf_peek(&probe.data);
    for (size_t i = 0; i < probe.data.len; i++) {
        if (got[i] != link_probe_byte(i))
            assert_int_equal(i, -1);
    }
    uint64_t in, out;
    ds_link_bytes(probe.link, &in, &out);
    assert_true(in > (5u << 20) && out > (5u << 20));
    assert_true(probe.rooms > 10); /* it waited for credit again and again */
    stop();
}

static bool has_message(struct link_probe *p)
{
    return p->messages > 0;
}

static bool has_rtt(struct link_probe *p)
{
    return ds_link_rtt_ms(p->link) >= 0;
}

static void messages_go_both_ways_and_the_pulse_is_measured(void **state)
{
    (void)state;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    start(echo);
    assert_int_equal(ds_link_send(probe.link, &end), DS_EAGAIN);
    assert_true(ds_link_rtt_ms(probe.link) < 0);
    link_probe_wait(&probe, link_is_up);
    assert_int_equal(ds_link_send(probe.link, &end), 0);
    link_probe_wait(&probe, has_message);
    assert_int_equal(probe.message.type, DS_MESSAGE_ENDED);
    link_probe_wait(&probe, has_rtt);
    stop();
}

/* What a link queued before it is closed arrives. */
static atomic_uint ends_seen;

static void count_ends(struct stub_conn *conn)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    if (!stub_welcome(conn, 1000, 5000))
        return;
    while (stub_read_frame(conn, &type, payload, &len)) {
        if (type == DS_FRAME_CONTROL)
            atomic_fetch_add(&ends_seen, 1);
    }
}

static void what_was_queued_arrives_before_the_close(void **state)
{
    (void)state;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    atomic_store(&ends_seen, 0);
    start(count_ends);
    link_probe_wait(&probe, link_is_up);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ds_link_send(probe.link, &end), 0);
    stop();
    assert_int_equal(atomic_load(&ends_seen), 1000);
}

/* ---- WebSocket */

static void only_http(struct stub_conn *conn)
{
    uint8_t first[4];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 'G')
        stub_forward(conn, *(unsigned *)conn->relay->ctx);
    else
        stub_write(conn, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
}

static void cut_legs(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 0x16 && !memmem(first, n, DS_ALPN, strlen(DS_ALPN)))
        stub_forward(conn, *(unsigned *)conn->relay->ctx);
}

/* A network that lets only some bytes through, before the relay. */
static void pass_through(stub_script *filter)
{
    static struct stub_relay gate;
    assert_true(stub_relay_start(&relay, "127.0.0.1", 0, echo));
    gate.ctx = &relay.port;
    assert_true(stub_relay_start(&gate, "127.0.0.1", 0, filter));
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "localhost", gate.port, cert);
    probe.to_send = 3u << 20;
    link_probe_wait(&probe, is_echoed);
    const uint8_t *got = ds_buf_peek(&probe.data);
    for (size_t i = 0; i < probe.data.len; i++) {
        if (got[i] != link_probe_byte(i))
            assert_int_equal(i, -1);
    }
    assert_int_equal(probe.info.transport, DS_TRANSPORT_WS);
    assert_int_equal(probe.info.port, gate.port);
    link_probe_end(&probe);
    stub_relay_stop(&gate);
    stub_relay_stop(&relay);
}

static void where_only_http_passes_a_websocket_carries_the_leg(void **state)
{
    (void)state;
    pass_through(only_http);
}

static void where_legs_are_cut_a_websocket_in_tls_carries_one(void **state)
{
    (void)state;
    pass_through(cut_legs);
}

/* ---- Cuts */

static void write_in_single_bytes(struct stub_conn *conn)
{
    static const char bytes[] = "\0\0\3\x63new"                /* a frame of a newer version */
                                "\0\0\x0e\1{\"type\":\"new\"}" /* a message of one */
                                "\0\0\3\2abc"                  /* DATA */
                                "\0\0\x08\4pingping"
                                "\0\0\2\2de";
    uint8_t type, payload[64];
    size_t len;
    if (!stub_welcome(conn, 1000, 5000))
        return;
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        if (!stub_write(conn, bytes + i, 1))
            return;
    }
    do { /* our PING of that name comes back */
        if (!stub_read_frame(conn, &type, payload, &len))
            return;
    } while (type != DS_FRAME_PONG || memcmp(payload, "pingping", 8) != 0);
    if (stub_write_text(conn, "{\"type\":\"ended\",\"by\":\"rep\",\"reason\":\"closed\"}"))
        stub_hold(conn);
}

static void frames_cut_into_bytes_and_frames_of_tomorrow_are_read(void **state)
{
    (void)state;
    start(write_in_single_bytes);
    link_probe_wait(&probe, has_message);
    assert_int_equal(probe.datas, 2);
    assert_memory_equal(ds_buf_peek(&probe.data), "abcde", 5);
    assert_int_equal(probe.messages, 1);
    stop();
}

/* ---- Closing at any moment */

static const char *close_at;
static unsigned close_count;

static void close_inside(struct link_probe *p, const char *event)
{
    if (strcmp(event, close_at) == 0 && close_count-- == 0) {
        ds_link_close(p->link);
        p->link = NULL;
        p->downs = 1; /* any event from here fails */
    }
    if (p->link && strcmp(event, "up") == 0) {
        struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
        assert_int_equal(ds_link_send(p->link, &end), 0);
    }
}

static void a_link_can_be_closed_inside_every_callback(void **state)
{
    (void)state;
    static const struct {
        const char *event;
        unsigned count;
    } moments[] = {{"progress", 0}, {"progress", 1}, {"progress", 2}, {"progress", 3}, {"up", 0},
                   {"message", 0},  {"data", 0},     {"data", 3},     {"room", 0},     {"room", 3}};
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        close_at = moments[i].event;
        close_count = moments[i].count;
        start(echo);
        probe.at = close_inside;
        probe.to_send = 300000;
        link_probe_wait(&probe, link_is_down);
        stop();
    }
    close_at = "down";
    close_count = 0;
    assert_true(stub_relay_start(&relay, "127.0.0.1", 0, say_welcome));
    stub_relay_stop(&relay);
    link_probe_init(&probe, folder);
    probe.at = close_inside;
    link_probe_open(&probe, "localhost", relay.port, cert);
    link_probe_wait(&probe, link_is_down);
    link_probe_end(&probe);
}

static void a_link_can_be_closed_between_any_two_steps_of_its_loop(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned steps = 0; !done && steps < 60; steps++) {
        start(echo);
        probe.to_send = 100000;
        for (unsigned i = 0; i < steps; i++)
            uv_run(&probe.loop, UV_RUN_ONCE);
        done = probe.data.len == 100000;
        stop();
    }
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    if (!test_certificate(cert, key, "DNS:localhost,IP:127.0.0.1,IP:::1", 30))
        return 1;
    relay.cert = cert;
    relay.key = key;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_comes_up_over_tls),
        cmocka_unit_test(megabytes_come_back_whole_within_the_credit),
        cmocka_unit_test(messages_go_both_ways_and_the_pulse_is_measured),
        cmocka_unit_test(what_was_queued_arrives_before_the_close),
        cmocka_unit_test(where_only_http_passes_a_websocket_carries_the_leg),
        cmocka_unit_test(where_legs_are_cut_a_websocket_in_tls_carries_one),
        cmocka_unit_test(frames_cut_into_bytes_and_frames_of_tomorrow_are_read),
        cmocka_unit_test(a_link_can_be_closed_inside_every_callback),
        cmocka_unit_test(a_link_can_be_closed_between_any_two_steps_of_its_loop),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
