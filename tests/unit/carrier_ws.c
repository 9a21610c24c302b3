/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/carrier_ws.h"

#include "common/base/error.h"
#include "common/net/ws_frame.h"

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

struct rig {
    struct ds_filter *ws;
    struct ds_buf up, down;
    char key[DS_WS_KEY];
};

static void rig_start(struct rig *rig, const char *host, unsigned port, unsigned default_port)
{
    ds_buf_init(&rig->up, 4u << 20);
    ds_buf_init(&rig->down, 4u << 20);
    rig->ws = ds_carrier_ws_new(host, port, default_port);
    assert_non_null(rig->ws);
    assert_int_equal(rig->ws->ops->start(rig->ws, &rig->down), 0);
    uint8_t nul = 0;
    assert_int_equal(ds_buf_append(&rig->down, &nul, 1), 0);
    const char *key = strstr((const char *)ds_buf_peek(&rig->down), "Sec-WebSocket-Key: ");
    assert_non_null(key);
    snprintf(rig->key, sizeof(rig->key), "%.24s", key + 19);
}

static void rig_end(struct rig *rig)
{
    rig->ws->ops->destroy(rig->ws);
    ds_buf_destroy(&rig->up);
    ds_buf_destroy(&rig->down);
}

/* In memory of exactly that size, so that the sanitizer sees a read past the end. */
static int feed(struct rig *rig, const void *bytes, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1);
    memcpy(exact, bytes, n);
    int error = rig->ws->ops->feed(rig->ws, exact, n, &rig->up, &rig->down);
    free(exact);
    return error;
}

static size_t answer(const struct rig *rig, char *out, size_t size)
{
    char accept[DS_WS_ACCEPT];
    ds_ws_accept(rig->key, accept);
    return (size_t)snprintf(out, size,
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"
                            "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                            accept);
}

static void rig_open(struct rig *rig)
{
    char head[512];
    rig_start(rig, "relay.example", 443, 443);
    assert_int_equal(feed(rig, head, answer(rig, head, sizeof(head))), 0);
    assert_true(rig->ws->open);
    ds_buf_clear(&rig->down);
}

static void the_accept_value_is_that_of_rfc_6455(void **state)
{
    (void)state;
    char accept[DS_WS_ACCEPT]; /* RFC 6455, 1.3 */
    ds_ws_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void frames_are_those_of_rfc_6455(void **state)
{
    (void)state;
    struct ds_buf out;
    ds_buf_init(&out, 1u << 20);
    const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    const uint8_t golden[] = {
        0x81,                        /* FIN, text */
        0x85,                        /* masked, five bytes */
        0x37, 0xfa, 0x21, 0x3d,      /* mask */
        0x7f, 0x9f, 0x4d, 0x51, 0x58 /* "Hello" */
    };                               /* RFC 6455, 5.7 */
    assert_int_equal(ds_ws_frame_append(&out, 1, mask, (const uint8_t *)"Hello", 5), 0);
    assert_int_equal(out.len, sizeof(golden));
    assert_memory_equal(ds_buf_peek(&out), golden, sizeof(golden));
    static uint8_t zeros[65536];
    static const struct {
        size_t len;
        uint8_t header[10];
        size_t header_len;
    } lengths[] = {{125, {0x82, 0xfd}, 2},
                   {126, {0x82, 0xfe, 0x00, 0x7e}, 4},
                   {256, {0x82, 0xfe, 0x01, 0x00}, 4}, /* RFC 6455, 5.7 */
                   {65535, {0x82, 0xfe, 0xff, 0xff}, 4},
                   {65536, {0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0}, 10}}; /* RFC 6455, 5.7 */
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        ds_buf_clear(&out);
        assert_int_equal(ds_ws_frame_append(&out, 2, mask, zeros, lengths[i].len), 0);
        assert_int_equal(out.len, lengths[i].header_len + 4 + lengths[i].len);
        assert_memory_equal(ds_buf_peek(&out), lengths[i].header, lengths[i].header_len);
        assert_memory_equal(ds_buf_peek(&out) + lengths[i].header_len, mask, 4);
    }
    ds_buf_destroy(&out);
}

static void the_request_is_a_whole_upgrade(void **state)
{
    (void)state;
    struct rig rig;
    rig_start(&rig, "relay.example", 8200, 443);
    const char *text = (const char *)ds_buf_peek(&rig.down);
    static const char begin[] = "GET /leg HTTP/1.1\r\nHost: relay.example:8200\r\n";
    assert_memory_equal(text, begin, sizeof(begin) - 1);
    assert_non_null(strstr(text, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"));
    assert_non_null(strstr(text, "\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    assert_int_equal(strlen(rig.key), 24);
    rig_end(&rig);
    rig_start(&rig, "2001:db8::1", 80, 80);
    assert_non_null(strstr((const char *)ds_buf_peek(&rig.down), "\r\nHost: [2001:db8::1]\r\n"));
    rig_end(&rig);
}

static void an_answer_opens_it_however_it_is_cut(void **state)
{
    (void)state;
    char head[512];
    for (size_t cut = 0;; cut++) {
        struct rig rig;
        rig_start(&rig, "relay.example", 80, 80);
        size_t n = answer(&rig, head, sizeof(head));
        memcpy(head + n, "\x82\x02hi", 4); /* bytes that come with the answer */
        n += 4;
        bool whole = cut > n;
        if (!whole) {
            assert_int_equal(feed(&rig, head, cut), 0);
            assert_int_equal(feed(&rig, head + cut, n - cut), 0);
            assert_true(rig.ws->open);
            assert_int_equal(rig.up.len, 2);
            assert_memory_equal(ds_buf_peek(&rig.up), "hi", 2);
        }
        rig_end(&rig);
        if (whole)
            break;
    }
}

static void an_answer_for_another_key_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        ("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
        "SSH-2.0-OpenSSH_9.2\r\n",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct rig rig;
        rig_start(&rig, "relay.example", 80, 80);
        assert_true(feed(&rig, bad[i], strlen(bad[i])) < 0);
        assert_int_equal(rig.ws->fault.kind, DS_FAULT_FOREIGN);
        assert_false(rig.ws->open);
        rig_end(&rig);
    }
}

static void an_answer_needs_every_field_and_no_more(void **state)
{
    (void)state;
    static const struct {
        const char *upgrade, *connection, *more;
        bool good;
    } cases[] = {
        {"websocket", "Upgrade", "", true},
        {"websocket", "keep-alive", "", false},
        {"h2c", "Upgrade", "", false},
        {"websocket", "Upgrade", "Sec-WebSocket-Extensions: permessage-deflate\r\n", false},
        {"websocket", "Upgrade", "Sec-WebSocket-Protocol: chat\r\n", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;
        char head[512], accept[DS_WS_ACCEPT];
        rig_start(&rig, "relay.example", 80, 80);
        ds_ws_accept(rig.key, accept);
        int n = snprintf(head, sizeof(head),
                         "HTTP/1.1 101 x\r\nUpgrade: %s\r\nConnection: %s\r\n%s"
                         "Sec-WebSocket-Accept: %s\r\n\r\n",
                         cases[i].upgrade, cases[i].connection, cases[i].more, accept);
        assert_int_equal(feed(&rig, head, (size_t)n) == 0, cases[i].good);
        assert_int_equal(rig.ws->open, cases[i].good);
        rig_end(&rig);
    }
}

/* Binary in two fragments with a ping between them (RFC 6455, 5.7), a pong, one more message. */
static const uint8_t stream[] = {
    0x02, 0x03, 'H',  'e',  'l',           /* binary without FIN */
    0x89, 0x05, 'H',  'e',  'l', 'l', 'o', /* ping */
    0x00, 0x00,                            /* a fragment of nothing */
    0x80, 0x02, 'l',  'o',                 /* the last fragment */
    0x8a, 0x01, 'x',                       /* a pong that nobody asked for */
    0x82, 0x7e, 0x00, 0x7e,                /* 126 bytes, */
};

static void fragments_and_pings_survive_every_cut(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(stream) + 126];
    memcpy(bytes, stream, sizeof(stream));
    memset(bytes + sizeof(stream), '!', 126);
    for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
        struct rig rig;
        rig_open(&rig);
        assert_int_equal(feed(&rig, bytes, cut), 0);
        assert_int_equal(feed(&rig, bytes + cut, sizeof(bytes) - cut), 0);
        assert_int_equal(rig.up.len, 5 + 126);
        assert_memory_equal(ds_buf_peek(&rig.up), "Hello!", 6);
        /* The pong: FIN, masked, the ping's five bytes. */
        const uint8_t *pong = ds_buf_peek(&rig.down);
        assert_int_equal(rig.down.len, 11);
        assert_int_equal(pong[0], 0x8a);
        assert_int_equal(pong[1], 0x85);
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(pong[6 + i] ^ pong[2 + i % 4], "Hello"[i]);
        rig_end(&rig);
    }
}

static void a_close_is_answered_and_ends_it(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    assert_int_equal(feed(&rig,
                          "\x88\x05\x03\xe9"
                          "bye\x82\x01x",
                          10),
                     0);
    assert_true(rig.ws->ended);
    assert_false(rig.ws->open);
    assert_int_equal(rig.up.len, 0); /* what follows a close is not read */
    const uint8_t *close = ds_buf_peek(&rig.down);
    assert_int_equal(rig.down.len, 8);
    assert_int_equal(close[0], 0x88);
    assert_int_equal(close[1], 0x82);
    assert_int_equal(close[6] ^ close[2], 0x03);
    assert_int_equal(close[7] ^ close[3], 0xe9);
    rig_end(&rig);
}

static void frames_that_the_rfc_forbids_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"\x82\x81\0\0\0\0x", 7},                         /* masked */
        {"\xc2\x01x", 3},                                 /* RSV1 */
        {"\xa2\x01x", 3},                                 /* RSV2 */
        {"\x92\x01x", 3},                                 /* RSV3 */
        {"\x81\x01x", 3},                                 /* text */
        {"\x80\x01x", 3},                                 /* a fragment of nothing begun */
        {"\x02\x01x\x82\x01x", 6},                        /* a message within a message */
        {"\x83\x01x", 3},                                 /* unknown opcode */
        {"\x8b\x01x", 3},                                 /* unknown control opcode */
        {"\x09\x01x", 3},                                 /* a ping in fragments */
        {"\x89\x7e\x00\x7e", 4},                          /* a ping of 126 bytes */
        {"\x82\x7e\x00\x7d", 4},                          /* 125 in two bytes */
        {"\x82\x7f\0\0\0\0\0\0\xff\xff", 10},             /* 65535 in eight */
        {"\x82\x7f\0\0\0\0\0\x10\0\1", 10},               /* one more than the bound */
        {"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10}, /* the most there is */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct rig rig;
        rig_open(&rig);
        assert_true(feed(&rig, bad[i].bytes, bad[i].n) < 0);
        assert_true(rig.ws->fault.detail[0] != '\0');
        rig_end(&rig);
    }
}

static void the_largest_frame_passes(void **state)
{
    (void)state;
    struct rig rig;
    static uint8_t payload[DS_WS_FRAME_MAX];
    rig_open(&rig);
    assert_int_equal(feed(&rig, "\x82\x7f\0\0\0\0\0\x10\0\0", 10), 0);
    assert_int_equal(feed(&rig, payload, sizeof(payload)), 0);
    assert_int_equal(rig.up.len, sizeof(payload));
    rig_end(&rig);
}

static void what_is_sent_comes_out_masked_and_whole(void **state)
{
    (void)state;
    struct rig rig;
    static uint8_t text[40000];
    rig_open(&rig);
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 7);
    assert_int_equal(rig.ws->ops->send(rig.ws, text, sizeof(text), &rig.down), 0);
    const uint8_t *at = ds_buf_peek(&rig.down), *end = at + rig.down.len;
    size_t seen = 0;
    while (at < end) {
        assert_int_equal(at[0], 0x82);
        assert_int_equal(at[1], 0x80 | 126);
        size_t len = (size_t)at[2] << 8 | at[3];
        for (size_t i = 0; i < len; i++)
            assert_int_equal(at[8 + i] ^ at[4 + i % 4], text[seen + i]);
        seen += len;
        at += 8 + len;
    }
    assert_int_equal(seen, sizeof(text));
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_accept_value_is_that_of_rfc_6455),
        cmocka_unit_test(frames_are_those_of_rfc_6455),
        cmocka_unit_test(the_request_is_a_whole_upgrade),
        cmocka_unit_test(an_answer_opens_it_however_it_is_cut),
        cmocka_unit_test(an_answer_for_another_key_is_refused),
        cmocka_unit_test(an_answer_needs_every_field_and_no_more),
        cmocka_unit_test(fragments_and_pings_survive_every_cut),
        cmocka_unit_test(a_close_is_answered_and_ends_it),
        cmocka_unit_test(frames_that_the_rfc_forbids_are_refused),
        cmocka_unit_test(the_largest_frame_passes),
        cmocka_unit_test(what_is_sent_comes_out_masked_and_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
