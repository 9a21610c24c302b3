/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link whose memory runs out: each allocation of a whole life, over every carrier, fails in turn.
 * It comes up or says that it did not, and leaves nothing behind (the sanitizer looks for leaks).
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

/* ---- Allocations of the code under test, which the linker sends here */

static _Thread_local long left = -1; /* until one fails; -1: none does */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool is_due(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return is_due() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_due() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return is_due() ? NULL : __real_realloc(old, size);
}

/* ---- */

static char folder[256], cert[300], key[300];
static struct stub_relay relay, gate;
static struct link_probe probe;

static void echo(struct stub_conn *conn)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    if (!stub_welcome(conn, 1000, 5000) || !stub_write_credit(conn, DS_LINK_CREDIT_MIN))
        return;
    while (stub_read_frame(conn, &type, payload, &len)) {
        if (type == DS_FRAME_DATA && !stub_write_frame(conn, type, payload, len))
            return;
    }
}

static void only_http(struct stub_conn *conn)
{
    uint8_t first[4];
    if (stub_peek(conn, first, sizeof(first)) > 0 && first[0] == 'G')
        stub_forward(conn, relay.port);
}

static void no_legs(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 0x16 && !memmem(first, n, DS_ALPN, strlen(DS_ALPN)))
        stub_forward(conn, relay.port);
}

static bool is_over(struct link_probe *p)
{
    return p->downs > 0 || (p->to_send == 0 && p->sent > 0 && p->data.len == p->sent);
}

static const struct ds_link_config *config_for(unsigned port)
{
    static struct ds_link_config config;
    config = (struct ds_link_config){
        .host = "127.0.0.1", .port = port, .ca_file = cert, .role = "agent", .program = "x"};
    return &config;
}

/* One life with the n-th allocation failing. True: there was no n-th. */
static bool live(unsigned port, long n)
{
    int error = 0;
    link_probe_init(&probe, folder);
    /* The bytes that come are kept by the test, whose memory does not run out. */
    uint8_t *room;
    assert_int_equal(ds_buf_reserve(&probe.data, 1u << 20, &room), 0);
    probe.to_send = 20000;
    left = n;
    struct ds_link *link =
        ds_link_open(&probe.loop, config_for(port), link_probe_events(), &probe, &error);
    probe.link = link;
    if (link)
        link_probe_wait(&probe, is_over);
    else
        assert_int_equal(error, DS_ENOMEM);
    link_probe_end(&probe);
    bool had_all = left >= 0;
    left = -1;
    return had_all;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static stub_script *const scripts[] = {NULL, only_http, no_legs};
    for (size_t i = 0; i < 3; i++) {
        bool had_all = false;
        for (long n = 0; !had_all && n < 1000; n++) {
            assert_true(stub_relay_start(&relay, "127.0.0.1", 0, echo));
            if (scripts[i])
                assert_true(stub_relay_start(&gate, "127.0.0.1", 0, scripts[i]));
            had_all = live(scripts[i] ? gate.port : relay.port, n);
            if (scripts[i])
                stub_relay_stop(&gate);
            stub_relay_stop(&relay);
        }
        assert_true(had_all);
    }
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    if (!test_certificate(cert, key, "IP:127.0.0.1", 30))
        return 1;
    relay.cert = gate.cert = cert;
    relay.key = gate.key = key;
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_allocation_may_fail)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
