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
#include <stdarg.h>
#include <setjmp.h>
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
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
