/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/peer.h"

#include "common/base/error.h"

// clang-format off
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what comes ---- */

static void take_control(struct test_peer *peer, const uint8_t *bytes, size_t len)
{
    struct ds_control m;
    assert_int_equal(ds_control_decode(bytes, len, &m), DS_OK);
    if (m.type < 32)
        peer->controls[m.type]++;
    if (m.type == DS_CONTROL_RIGHT)
        peer->rights[m.right] = m.state;
    if (m.type == DS_CONTROL_LAYOUT)
        peer->layout = m;
    if (m.type == DS_CONTROL_PAUSED)
        peer->paused = m.on;
    if (m.type == DS_CONTROL_END)
        peer->peer_ended = true;
}

static void take_screen(struct test_peer *peer, const uint8_t *bytes, size_t len)
{
    struct ds_screen_message m;
    assert_int_equal(ds_screen_message_decode(bytes, len, &m), DS_OK);
    if (m.type != DS_SCREEN_CHUNK || !(m.flags & DS_SCREEN_FLAG_LAST))
        return;
    peer->last_update = m.id;
    if (!peer->acks)
        return;
    struct ds_screen_message ack = {.type = DS_SCREEN_ACK, .id = m.id, .decode_us = 100};
    struct ds_buf buf;
    ds_buf_init(&buf, 64);
    assert_int_equal(ds_screen_message_encode(&buf, &ack), DS_OK);
    ds_tunnel_send(peer->tunnel, DS_CHANNEL_SCREEN, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
}

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct test_peer *peer = ctx;
    if (channel < DS_CHANNEL_COUNT)
        peer->messages[channel]++;
    if (channel == DS_CHANNEL_CONTROL)
        take_control(peer, bytes, len);
    if (channel == DS_CHANNEL_SCREEN)
        take_screen(peer, bytes, len);
}

static void on_open(void *ctx)
{
    ((struct test_peer *)ctx)->open = true;
}

static void on_wrong_number(void *ctx, unsigned left)
{
    (void)ctx;
    fail_msg("the number was wrong, %u tries left", left);
}

static void on_closed(void *ctx, int error, const char *reason)
{
    struct test_peer *peer = ctx;
    (void)error;
    (void)reason;
    peer->closed = true;
}

static const struct ds_tunnel_events tunnel_events = {.on_open = on_open,
                                                      .on_wrong_number = on_wrong_number,
                                                      .on_message = on_message,
                                                      .on_closed = on_closed};

static void pump(struct test_peer *peer)
{
    uint8_t payload[DS_FRAME_DATA_MAX];
    while (peer->link && peer->tunnel && ds_link_data_room(peer->link) >= sizeof(payload)) {
        int n = ds_tunnel_drain(peer->tunnel, payload, sizeof(payload), ds_clock_now());
        if (n <= 0 || ds_link_send_data(peer->link, payload, (size_t)n))
            break;
    }
}

static void on_data(void *ctx, const uint8_t *payload, size_t len)
{
    struct test_peer *peer = ctx;
    if (peer->tunnel)
        ds_tunnel_feed(peer->tunnel, payload, len, ds_clock_now());
    pump(peer);
}

static void on_room(void *ctx)
{
    pump(ctx);
}

static void on_up(void *ctx, const struct ds_link_info *info)
{
    struct test_peer *peer = ctx;
    snprintf(peer->host, sizeof(peer->host), "%s", info->host);
    peer->up = true;
}

static void take_paired(struct test_peer *peer, const struct ds_message *m)
{
    struct ds_tunnel_config config = {.role = peer->role, .host = peer->host, .epoch = 1};
    for (size_t i = 0; i < DS_SESSION_ID; i++) {
        unsigned byte;
        assert_int_equal(sscanf(m->session + 2 * i, "%2x", &byte), 1);
        config.session[i] = (uint8_t)byte;
    }
    peer->tunnel = ds_tunnel_new(&config, &tunnel_events, peer);
    assert_non_null(peer->tunnel);
    peer->paired = true;
}

static void on_relay_message(void *ctx, const struct ds_message *m)
{
    struct test_peer *peer = ctx;
    switch (m->type) {
    case DS_MESSAGE_SIGNED_IN:
        peer->signed_in = true;
        break;
    case DS_MESSAGE_SESSION:
        memcpy(peer->code, m->join_code, sizeof(peer->code));
        break;
    case DS_MESSAGE_PAIRED:
        take_paired(peer, m);
        break;
    case DS_MESSAGE_ENDED:
        peer->ended = true;
        memcpy(peer->by, m->by, sizeof(peer->by));
        memcpy(peer->reason, m->reason, sizeof(peer->reason));
        break;
    case DS_MESSAGE_ERROR:
        fail_msg("the relay refused: %s", m->error);
        break;
    default:
        break;
    }
}

static void on_progress(void *ctx, const char *stage, unsigned percent)
{
    (void)ctx;
    (void)stage;
    (void)percent;
}

static void on_down(void *ctx, enum ds_link_failure why, const char *detail)
{
    struct test_peer *peer = ctx;
    if (!peer->up)
        fail_msg("no link: %s", detail);
    peer->down = true;
    peer->why = why;
}

static const struct ds_link_events link_events = {.on_progress = on_progress,
                                                  .on_up = on_up,
                                                  .on_message = on_relay_message,
                                                  .on_data = on_data,
                                                  .on_room = on_room,
                                                  .on_down = on_down};

/* ---- waiting ---- */

static void on_tick(uv_timer_t *timer)
{
    pump(timer->data);
}

bool test_peer_is_over(const struct test_peer *peer)
{
    return peer->down || peer->closed || peer->ended || peer->peer_ended;
}

bool test_peer_lives(const struct test_peer *peer)
{
    return !test_peer_is_over(peer) && peer->tunnel &&
           ds_tunnel_state(peer->tunnel) == DS_TUNNEL_OPEN;
}

bool test_peer_wait(struct test_peer *peer, bool (*condition)(const struct test_peer *peer))
{
    ds_tick deadline = ds_clock_now() + TEST_PEER_WAIT_MS * DS_MS;
    pump(peer);
    while (!condition(peer)) {
        if (test_peer_is_over(peer))
            return false;
        if (ds_clock_now() > deadline)
            fail_msg("the script waited in vain: up=%d paired=%d open=%d", peer->up, peer->paired,
                     peer->open);
        uv_run(&peer->loop, UV_RUN_ONCE);
    }
    return true;
}

void test_peer_run(struct test_peer *peer, unsigned ms)
{
    ds_tick until = ds_clock_now() + ms * DS_MS;
    pump(peer);
    while (ds_clock_now() < until && !peer->down)
        uv_run(&peer->loop, UV_RUN_ONCE);
}

/* ---- the start ---- */

static bool is_up(const struct test_peer *peer)
{
    return peer->up;
}

static bool has_code(const struct test_peer *peer)
{
    return peer->code[0] != '\0';
}

static bool is_signed_in(const struct test_peer *peer)
{
    return peer->signed_in;
}

static bool is_paired(const struct test_peer *peer)
{
    return peer->paired;
}

static bool is_open(const struct test_peer *peer)
{
    return peer->open;
}

void test_peer_open(struct test_peer *peer, enum ds_tunnel_role role, unsigned port, const char *ca)
{
    int error;
    signal(SIGPIPE, SIG_IGN);
    memset(peer, 0, sizeof(*peer));
    peer->role = role;
    assert_int_equal(uv_loop_init(&peer->loop), 0);
    uv_timer_init(&peer->loop, &peer->tick);
    peer->tick.data = peer;
    uv_timer_start(&peer->tick, on_tick, 10, 10);
    struct ds_link_config config = {.host = "localhost",
                                    .port = port,
                                    .ca_file = ca,
                                    .role = role == DS_TUNNEL_VIEWER ? "viewer" : "agent",
                                    .program = "peer 1"};
    peer->link = ds_link_open(&peer->loop, &config, &link_events, peer, &error);
    assert_non_null(peer->link);
    assert_true(test_peer_wait(peer, is_up));
}

void test_peer_new_session(struct test_peer *peer, const char *email, const char *password)
{
    struct ds_message m = {.type = DS_MESSAGE_SIGN_IN};
    snprintf(m.email, sizeof(m.email), "%s", email);
    snprintf(m.password, sizeof(m.password), "%s", password);
    assert_int_equal(ds_link_send(peer->link, &m), DS_OK);
    assert_true(test_peer_wait(peer, is_signed_in));
    m = (struct ds_message){.type = DS_MESSAGE_NEW_SESSION};
    assert_int_equal(ds_link_send(peer->link, &m), DS_OK);
    assert_true(test_peer_wait(peer, has_code));
}

void test_peer_join(struct test_peer *peer, const char *code)
{
    struct ds_message m = {.type = DS_MESSAGE_JOIN};
    snprintf(m.join_code, sizeof(m.join_code), "%s", code);
    assert_int_equal(ds_link_send(peer->link, &m), DS_OK);
    test_peer_pair(peer);
}

void test_peer_pair(struct test_peer *peer)
{
    assert_true(test_peer_wait(peer, is_paired));
}

void test_peer_number(struct test_peer *peer, const char *number)
{
    assert_int_equal(ds_tunnel_set_number(peer->tunnel, number), DS_OK);
}

void test_peer_open_seal(struct test_peer *peer)
{
    assert_true(test_peer_wait(peer, is_open));
}

void test_peer_hello(struct test_peer *peer)
{
    struct ds_control hello = {.type = DS_CONTROL_HELLO,
                               .tiles = DS_TILES_MAX,
                               .version = DS_PROTOCOL_VERSION,
                               .features = DS_FEATURE_ZSTD | DS_FEATURE_JPEG,
                               .program = "peer 1"};
    assert_true(test_peer_control(peer, &hello));
}

/* ---- saying ---- */

bool test_peer_send(struct test_peer *peer, enum ds_channel channel, const void *bytes, size_t n)
{
    ds_tick deadline = ds_clock_now() + TEST_PEER_WAIT_MS * DS_MS;
    int error;
    while (test_peer_lives(peer) &&
           (error = ds_tunnel_send(peer->tunnel, channel, bytes, n)) != DS_OK) {
        assert_true(error == DS_EAGAIN || error == DS_ECLOSED);
        if (ds_clock_now() > deadline)
            fail_msg("channel %d does not drain", (int)channel);
        pump(peer);
        uv_run(&peer->loop, UV_RUN_ONCE);
    }
    return test_peer_lives(peer);
}

static bool send_buf(struct test_peer *peer, enum ds_channel channel, struct ds_buf *buf)
{
    bool sent = test_peer_send(peer, channel, ds_buf_peek(buf), buf->len);
    ds_buf_destroy(buf);
    return sent;
}

bool test_peer_control(struct test_peer *peer, const struct ds_control *control)
{
    struct ds_buf buf;
    ds_buf_init(&buf, 8192);
    assert_int_equal(ds_control_encode(&buf, control), DS_OK);
    return send_buf(peer, DS_CHANNEL_CONTROL, &buf);
}

bool test_peer_input(struct test_peer *peer, const struct ds_input *input)
{
    struct ds_buf buf;
    ds_buf_init(&buf, 1024);
    assert_int_equal(ds_input_encode(&buf, input), DS_OK);
    return send_buf(peer, DS_CHANNEL_INPUT, &buf);
}

bool test_peer_chunk(struct test_peer *peer, uint32_t id, uint8_t flags, const void *ops, size_t n)
{
    struct ds_screen_message m = {
        .type = DS_SCREEN_CHUNK, .id = id, .flags = flags, .ops = ops, .ops_len = n};
    struct ds_buf buf;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    assert_int_equal(ds_screen_message_encode(&buf, &m), DS_OK);
    return send_buf(peer, DS_CHANNEL_SCREEN, &buf);
}

bool test_peer_cursor(struct test_peer *peer, const struct ds_cursor_message *message)
{
    struct ds_buf buf;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    assert_int_equal(ds_cursor_message_encode(&buf, message), DS_OK);
    return send_buf(peer, DS_CHANNEL_CURSOR, &buf);
}

bool test_peer_right(struct test_peer *peer, enum ds_right right, enum ds_right_state state)
{
    return test_peer_control(peer, &(struct ds_control){.type = DS_CONTROL_RIGHT,
                                                        .right = (uint8_t)right,
                                                        .state = (uint8_t)state});
}

bool test_peer_layout(struct test_peer *peer, uint32_t width, uint32_t height)
{
    return test_peer_control(
        peer, &(struct ds_control){
                  .type = DS_CONTROL_LAYOUT, .width = width, .height = height, .monitor = 0xff});
}

static bool is_drained(const struct test_peer *peer)
{
    return !peer->tunnel || !ds_tunnel_has_output(peer->tunnel);
}

bool test_peer_flush(struct test_peer *peer)
{
    return test_peer_wait(peer, is_drained);
}

void test_peer_close(struct test_peer *peer)
{
    if (!peer->tick.data)
        return;
    ds_link_close(peer->link);
    peer->link = NULL;
    ds_tunnel_destroy(peer->tunnel);
    peer->tunnel = NULL;
    uv_close((uv_handle_t *)&peer->tick, NULL);
    uv_run(&peer->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&peer->loop), 0);
    peer->tick.data = NULL;
}
