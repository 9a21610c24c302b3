/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/tunnel.h"

#include "common/base/clock.h"
#include "common/tunnel/proof.h"
#include "common/tunnel/seal.h"
#include "tests/support/ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct end viewer, agent;

static void make(void)
{
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
}

static void drop(void)
{
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
}

static void open_with(const char *shown, const char *typed)
{
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, shown), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, typed), DS_OK);
    ends_settle(&viewer, &agent, DS_SECOND);
}

static void make_open(void)
{
    make();
    open_with("481926", "481926");
    assert_int_equal(viewer.opened, 1);
    assert_int_equal(agent.opened, 1);
}

static void the_right_number_opens_both_ends(void **state)
{
    (void)state;
    make_open();
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_OPEN);
    assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_OPEN);
    assert_int_equal(viewer.closed + agent.closed + viewer.wrong + agent.wrong, 0);
    assert_int_equal(ds_tunnel_tries(viewer.tunnel), 0);
    assert_int_equal(ds_tunnel_tries(agent.tunnel), 0);
    drop();
}

static void every_channel_carries_messages_both_ways(void **state)
{
    (void)state;
    make_open();
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        char text[16];
        int n = snprintf(text, sizeof(text), "channel %d", c);
        for (int way = 0; way < 2; way++) {
            struct end *from = way ? &viewer : &agent, *to = way ? &agent : &viewer;
            assert_int_equal(ds_tunnel_send(from->tunnel, (enum ds_channel)c, text, (size_t)n),
                             DS_OK);
            ends_settle(&viewer, &agent, DS_SECOND);
            assert_int_equal(to->channel, c);
            assert_int_equal(to->len, n);
            assert_memory_equal(to->message, text, (size_t)n);
        }
    }
    assert_int_equal(viewer.messages, DS_CHANNEL_COUNT - 1);
    assert_int_equal(agent.messages, DS_CHANNEL_COUNT - 1);
    drop();
}

static void a_message_of_the_largest_size_arrives(void **state)
{
    (void)state;
    make_open();
    struct ds_rcbuf *buf = ds_rcbuf_new(DS_MUX_MESSAGE_MAX);
    assert_non_null(buf);
    for (size_t i = 0; i < buf->len; i++)
        buf->data[i] = (uint8_t)(i * 31 >> 3);
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        assert_int_equal(ds_tunnel_send_buf(agent.tunnel, (enum ds_channel)c, buf), DS_OK);
        ends_settle(&viewer, &agent, DS_SECOND);
        assert_int_equal(viewer.messages, c);
        assert_int_equal(viewer.len, buf->len);
        assert_memory_equal(viewer.message, buf->data, buf->len);
    }
    ds_rcbuf_unref(buf);
    drop();
}

/* ---- wrong numbers ---- */

static void a_wrong_number_is_shown_at_both_ends_and_may_be_typed_again(void **state)
{
    (void)state;
    make();
    open_with("481926", "481927");
    for (int i = 0; i < 2; i++) {
        const struct end *e = i ? &viewer : &agent;
        assert_int_equal(e->wrong, 1);
        assert_int_equal(e->left, DS_NUMBER_TRIES - 1);
        assert_int_equal(e->opened + e->closed, 0);
        assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_NUMBER);
        assert_int_equal(ds_tunnel_tries(e->tunnel), 1);
    }
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_PROVING);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_EINVAL);
    ends_settle(&viewer, &agent, DS_SECOND);
    assert_int_equal(viewer.opened, 1);
    assert_int_equal(agent.opened, 1);
    assert_int_equal(ds_tunnel_tries(agent.tunnel), 1);
    drop();
}

static void three_wrong_numbers_close_both_ends_visibly(void **state)
{
    (void)state;
    make();
    open_with("481926", "000000");
    for (unsigned i = 2; i <= DS_NUMBER_TRIES; i++) {
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "000000"), DS_OK);
        ends_settle(&viewer, &agent, DS_SECOND);
    }
    for (int i = 0; i < 2; i++) {
        const struct end *e = i ? &viewer : &agent;
        assert_int_equal(e->wrong, DS_NUMBER_TRIES);
        assert_int_equal(e->left, 0);
        assert_int_equal(e->opened + e->closed, 0);
        assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_CLOSED);
        assert_int_equal(ds_tunnel_tries(e->tunnel), DS_NUMBER_TRIES);
        assert_int_equal(ds_tunnel_set_number(e->tunnel, "481926"), DS_ECLOSED);
        assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_INPUT, "x", 1), DS_ECLOSED);
        assert_int_equal(ds_tunnel_feed(e->tunnel, (const uint8_t *)"x", 1, 0), DS_ECLOSED);
        assert_false(ds_tunnel_has_output(e->tunnel));
    }
    drop();
}

static void tries_of_the_connection_before_count_in_the_next(void **state)
{
    (void)state;
    struct ds_tunnel_config config = end_config;
    config.tries = DS_NUMBER_TRIES - 1;
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &config));
    open_with("481926", "000000");
    assert_int_equal(agent.left, 0);
    assert_int_equal(viewer.left, 0); /* the agent's count is told */
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_CLOSED);
    drop();
}

/* ---- what a peer or the relay may get wrong ---- */

static void assert_closes(struct end *e, const void *payload, size_t len, int error,
                          const char *reason)
{
    assert_int_equal(ds_tunnel_feed(e->tunnel, payload, len, 0), error);
    assert_int_equal(e->closed, 1);
    assert_int_equal(e->error, error);
    assert_string_equal(e->reason, reason);
    assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_CLOSED);
    assert_int_equal(ds_tunnel_feed(e->tunnel, payload, len, 0), DS_ECLOSED);
    assert_int_equal(e->closed, 1);
    drop();
}

static void payloads_out_of_place_or_range_close_with_a_reason(void **state)
{
    (void)state;
    static const uint8_t tls[8] = {DS_KIND_TLS, 0x16, 3, 3};
    static const uint8_t pa[66] = {DS_KIND_PA, 4};
    static const uint8_t unknown[DS_FRAME_DATA_MAX + 1] = {200};
    make();
    assert_closes(&agent, tls, sizeof(tls), DS_EPROTO,
                  "sealed bytes came before the security number was proved");
    make();
    assert_closes(&viewer, pa, sizeof(pa), DS_EPROTO,
                  "the other side broke the rules of the security number");
    make();
    assert_closes(&viewer, unknown, 0, DS_EPROTO, "a payload's length is out of range");
    make();
    assert_int_equal(ds_tunnel_feed(viewer.tunnel, unknown, 256, 0), DS_OK);
    assert_closes(&viewer, unknown, 257, DS_EPROTO, "a payload's length is out of range");
    make_open();
    assert_int_equal(ds_tunnel_feed(viewer.tunnel, unknown, DS_FRAME_DATA_MAX, 0), DS_OK);
    assert_closes(&viewer, unknown, DS_FRAME_DATA_MAX + 1, DS_EPROTO,
                  "a payload's length is out of range");
    make_open();
    assert_closes(&agent, pa, sizeof(pa), DS_EPROTO, "the security number came twice");
    make_open();
    assert_closes(&agent, tls, sizeof(tls), DS_EAUTH, "the sealed connection could not be trusted");
}

/* The payloads of one whole start, as they were carried. */
struct carried {
    bool to_agent;
    uint8_t bytes[256];
    size_t len;
};

static size_t start(struct carried *log, size_t max)
{
    size_t count = 0;
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    for (bool more = true; more;) {
        more = false;
        for (int way = 0; way < 2; way++) {
            static uint8_t payload[DS_FRAME_DATA_MAX];
            struct end *from = way ? &agent : &viewer, *to = way ? &viewer : &agent;
            int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
            if (n <= 0)
                continue;
            assert_true(count < max);
            assert_in_range(n, 1, 256);
            log[count].to_agent = way == 0;
            log[count].len = (size_t)n;
            memcpy(log[count++].bytes, payload, (size_t)n);
            ds_tunnel_feed(to->tunnel, payload, (size_t)n, 0);
            more = true;
        }
    }
    return count;
}

static void the_start_is_seven_payloads_of_at_most_256_bytes(void **state)
{
    (void)state;
    static const struct {
        uint8_t kind;
        bool to_agent;
        size_t len;
    } want[] = {
        {DS_KIND_PA, true, 66},  {DS_KIND_PB, false, 66}, {DS_KIND_CA, true, 33},
        {DS_KIND_CB, false, 33}, {DS_KIND_TLS, true, 0},  {DS_KIND_TLS, false, 0},
        {DS_KIND_TLS, true, 0},
    };
    struct carried log[16];
    make();
    size_t n = start(log, 16);
    assert_int_equal(n, sizeof(want) / sizeof(want[0]));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(log[i].bytes[0], want[i].kind);
        assert_int_equal(log[i].to_agent, want[i].to_agent);
        if (want[i].len > 0)
            assert_int_equal(log[i].len, want[i].len);
    }
    assert_int_equal(agent.opened, 1);
    drop();
}

/* Plays a start up to payload `at` and leaves that payload in *out, not fed. */
static struct end *start_until(size_t at, struct carried *out)
{
    static uint8_t payload[DS_FRAME_DATA_MAX];
    make();
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    for (size_t i = 0;; i++) {
        struct end *from = i % 2 ? &agent : &viewer, *to = i % 2 ? &viewer : &agent;
        int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
        assert_in_range(n, 1, 256);
        if (i == at) {
            out->len = (size_t)n;
            memcpy(out->bytes, payload, (size_t)n);
            return to;
        }
        assert_int_equal(ds_tunnel_feed(to->tunnel, payload, (size_t)n, 0), DS_OK);
        /* pA pB cA cB, then the viewer's ClientHello: the ends alternate. */
    }
}

static void a_start_cut_at_any_length_never_opens(void **state)
{
    (void)state;
    for (size_t at = 0; at < 7; at++) {
        struct carried c;
        size_t len = 2;
        for (size_t cut = 0; cut < len; cut++) {
            struct end *to = start_until(at, &c);
            len = c.len;
            int error = ds_tunnel_feed(to->tunnel, c.bytes, cut, 0);
            assert_int_equal(to->opened, 0);
            /* TLS bytes may go on; anything else is over. */
            if (c.bytes[0] != DS_KIND_TLS || cut == 0)
                assert_int_equal(error, DS_EPROTO);
            else
                assert_int_equal(error, DS_OK);
            drop();
        }
    }
}

static void a_start_changed_in_any_byte_of_the_proof_never_opens(void **state)
{
    (void)state;
    for (size_t at = 0; at < 4; at++) {
        struct carried c;
        size_t len = 2;
        for (size_t i = 1; i < len; i++) {
            struct end *to = start_until(at, &c);
            len = c.len;
            c.bytes[i] ^= (uint8_t)(1u << (i % 8));
            ds_tunnel_feed(to->tunnel, c.bytes, c.len, 0);
            ends_settle(&viewer, &agent, 0);
            assert_int_equal(viewer.opened + agent.opened, 0);
            drop();
        }
    }
}

static void an_end_on_another_epoch_is_refused_by_both(void **state)
{
    (void)state;
    struct ds_tunnel_config config = end_config;
    config.epoch = 2;
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
    open_with("481926", "481926");
    assert_int_equal(viewer.opened + agent.opened, 0);
    assert_int_equal(agent.closed, 1);
    assert_int_equal(viewer.closed, 1); /* by the alert, the agent's last payload */
    assert_int_equal(viewer.error, DS_EAUTH);
    drop();
}

static void two_ends_of_one_role_never_open(void **state)
{
    (void)state;
    for (int role = DS_TUNNEL_VIEWER; role <= DS_TUNNEL_AGENT; role++) {
        assert_true(end_make(&viewer, (enum ds_tunnel_role)role, &end_config));
        assert_true(end_make(&agent, (enum ds_tunnel_role)role, &end_config));
        open_with("481926", "481926");
        assert_int_equal(viewer.opened + agent.opened, 0);
        drop();
    }
}

static void a_changed_record_closes_and_the_peer_hears_of_it(void **state)
{
    (void)state;
    static uint8_t payload[DS_FRAME_DATA_MAX];
    make_open();
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_SCREEN, "pixels", 6), DS_OK);
    int n = ds_tunnel_drain(agent.tunnel, payload, sizeof(payload), 0);
    payload[n - 1] ^= 1;
    assert_int_equal(ds_tunnel_feed(viewer.tunnel, payload, (size_t)n, 0), DS_EAUTH);
    assert_int_equal(viewer.closed, 1);
    assert_int_equal(viewer.messages, 0);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.closed, 1);
    drop();
}

/* ---- messages ---- */

static void a_message_sent_before_the_tunnel_is_open_waits(void **state)
{
    (void)state;
    make();
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    assert_int_equal(ds_tunnel_queued(agent.tunnel, DS_CHANNEL_CONTROL), 5);
    assert_false(ds_tunnel_has_output(agent.tunnel));
    open_with("481926", "481926");
    assert_int_equal(viewer.messages, 1);
    assert_int_equal(ds_tunnel_queued(agent.tunnel, DS_CHANNEL_CONTROL), 0);
    drop();
}

static void small_messages_share_one_payload(void **state)
{
    (void)state;
    static uint8_t payload[DS_FRAME_DATA_MAX];
    make_open();
    for (int i = 0; i < 20; i++)
        assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_INPUT, "0123456789abcd", 14),
                         DS_OK);
    int n = ds_tunnel_drain(viewer.tunnel, payload, sizeof(payload), 0);
    assert_int_equal(n, 1 + 22 + 20 * (4 + 14));
    assert_int_equal(ds_tunnel_feed(agent.tunnel, payload, (size_t)n, 0), DS_OK);
    assert_int_equal(agent.messages, 20);
    drop();
}

static void a_key_press_behind_a_mebibyte_of_file_goes_out_next(void **state)
{
    (void)state;
    make_open();
    struct ds_rcbuf *file = ds_rcbuf_new(1u << 20);
    memset(file->data, 7, file->len);
    assert_int_equal(ds_tunnel_send_buf(viewer.tunnel, DS_CHANNEL_FILES, file), DS_OK);
    ds_rcbuf_unref(file);
    assert_true(end_carry(&viewer, &agent, 0));
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_INPUT, "key", 3), DS_OK);
    assert_true(end_carry(&viewer, &agent, 0));
    assert_int_equal(agent.messages, 1);
    assert_int_equal(agent.channel, DS_CHANNEL_INPUT);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.messages, 2);
    drop();
}

static void every_payload_fits_its_frame_and_is_nearly_full(void **state)
{
    (void)state;
    static uint8_t payload[DS_FRAME_DATA_MAX];
    make_open();
    struct ds_rcbuf *file = ds_rcbuf_new(200000);
    memset(file->data, 7, file->len);
    assert_int_equal(ds_tunnel_send_buf(viewer.tunnel, DS_CHANNEL_FILES, file), DS_OK);
    ds_rcbuf_unref(file);
    for (int i = 0; i < 12; i++) {
        int n = ds_tunnel_drain(viewer.tunnel, payload, sizeof(payload), 0);
        assert_in_range(n, 16000, 16384 - DS_FRAME_HEADER);
        assert_int_equal(ds_tunnel_feed(agent.tunnel, payload, (size_t)n, 0), DS_OK);
    }
    assert_int_equal(ds_tunnel_drain(viewer.tunnel, payload, DS_FRAME_DATA_MAX - 1, 0), DS_EINVAL);
    drop();
}

/* Answers every message at once, from inside the event. */
static void answer(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    static uint8_t payload[DS_FRAME_DATA_MAX];
    struct end *e = ctx;
    end_message(e, channel, bytes, len);
    assert_int_equal(ds_tunnel_send(e->tunnel, channel, "answer", 6), DS_OK);
    int n = ds_tunnel_drain(e->tunnel, payload, sizeof(payload), 0);
    assert_true(n > 0);
    assert_int_equal(ds_tunnel_feed(viewer.tunnel, payload, (size_t)n, 0), DS_OK);
}

static void an_event_may_send_and_drain(void **state)
{
    (void)state;
    static struct ds_tunnel_events events;
    events = end_events;
    events.on_message = answer;
    make();
    ds_tunnel_destroy(agent.tunnel);
    struct ds_tunnel_config config = end_config;
    config.role = DS_TUNNEL_AGENT;
    agent.tunnel = ds_tunnel_new(&config, &events, &agent);
    assert_non_null(agent.tunnel);
    open_with("481926", "481926");
    for (int i = 0; i < 3; i++)
        assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "question", 8), DS_OK);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.messages, 3);
    assert_int_equal(viewer.messages, 3);
    assert_int_equal(viewer.closed + agent.closed, 0);
    drop();
}

static void a_full_queue_says_so_and_tells_when_there_is_room(void **state)
{
    (void)state;
    static const uint8_t chunk[65536];
    make_open();
    int error;
    while ((error = ds_tunnel_send(viewer.tunnel, DS_CHANNEL_FILES, chunk, sizeof(chunk))) == DS_OK)
        ;
    assert_int_equal(error, DS_EAGAIN);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_FILES, chunk, 0), DS_EINVAL);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_COUNT, chunk, 1), DS_EINVAL);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_FILES, chunk, DS_MUX_MESSAGE_MAX + 1),
                     DS_EINVAL);
    ds_tunnel_hold(agent.tunnel, DS_CHANNEL_FILES, true);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.messages, DS_MUX_WINDOW / sizeof(chunk));
    assert_int_equal(viewer.rooms, 1);
    ds_tunnel_hold(agent.tunnel, DS_CHANNEL_FILES, false);
    assert_true(ds_tunnel_has_output(agent.tunnel));
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(ds_tunnel_queued(viewer.tunnel, DS_CHANNEL_FILES), 0);
    assert_int_equal(agent.messages, 8);
    drop();
}

static void what_is_sent_cannot_be_read_on_the_line(void **state)
{
    (void)state;
    static const char secret[] = "a sentence that nobody else may read";
    static uint8_t payload[DS_FRAME_DATA_MAX];
    make();
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
        assert_int_equal(ds_tunnel_send(agent.tunnel, (enum ds_channel)c, secret, sizeof(secret)),
                         DS_OK);
    for (int i = 0; i < 20; i++) {
        struct end *from = i % 2 ? &agent : &viewer, *to = i % 2 ? &viewer : &agent;
        int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
        if (n <= 0)
            continue;
        assert_null(memmem(payload, (size_t)n, "sentence", 8));
        assert_null(memmem(payload, (size_t)n, "481926", 6));
        ds_tunnel_feed(to->tunnel, payload, (size_t)n, 0);
    }
    assert_int_equal(viewer.messages, DS_CHANNEL_COUNT - 1);
    assert_memory_equal(viewer.message, secret, sizeof(secret));
    drop();
}

static void a_quiet_tunnel_says_nothing(void **state)
{
    (void)state;
    static uint8_t payload[DS_FRAME_DATA_MAX];
    make_open();
    for (int minute = 0; minute < 60; minute++) {
        ds_tick now = (ds_tick)minute * 60 * DS_SECOND;
        assert_int_equal(ds_tunnel_drain(viewer.tunnel, payload, sizeof(payload), now), 0);
        assert_int_equal(ds_tunnel_drain(agent.tunnel, payload, sizeof(payload), now), 0);
    }
    drop();
}

static void audit_and_resume_secrets_are_equal_at_both_ends(void **state)
{
    (void)state;
    uint8_t a[32], b[32], c[32];
    make();
    assert_int_equal(ds_tunnel_audit(viewer.tunnel, a), DS_EINVAL);
    assert_int_equal(ds_tunnel_resume_secret(agent.tunnel, a), DS_EINVAL);
    open_with("481926", "481926");
    assert_int_equal(ds_tunnel_audit(viewer.tunnel, a), DS_OK);
    assert_int_equal(ds_tunnel_audit(agent.tunnel, b), DS_OK);
    assert_memory_equal(a, b, sizeof(a));
    assert_int_equal(ds_tunnel_resume_secret(viewer.tunnel, b), DS_OK);
    assert_int_equal(ds_tunnel_resume_secret(agent.tunnel, c), DS_OK);
    assert_memory_equal(b, c, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    drop();
}

static void a_tunnel_ends_cleanly_at_any_time(void **state)
{
    (void)state;
    ds_tunnel_destroy(NULL);
    for (size_t at = 0; at < 7; at++) {
        struct carried c;
        start_until(at, &c);
        ds_tunnel_send(agent.tunnel, DS_CHANNEL_CLIPBOARD, "left over", 9);
        drop();
    }
    char host[DS_TEXT_HOST + 1];
    memset(host, 'h', sizeof(host));
    host[DS_TEXT_HOST] = '\0';
    struct ds_tunnel_config config = end_config;
    config.host = host;
    assert_false(end_make(&viewer, DS_TUNNEL_VIEWER, &config));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_number_opens_both_ends),
        cmocka_unit_test(every_channel_carries_messages_both_ways),
        cmocka_unit_test(a_message_of_the_largest_size_arrives),
        cmocka_unit_test(a_wrong_number_is_shown_at_both_ends_and_may_be_typed_again),
        cmocka_unit_test(three_wrong_numbers_close_both_ends_visibly),
        cmocka_unit_test(tries_of_the_connection_before_count_in_the_next),
        cmocka_unit_test(payloads_out_of_place_or_range_close_with_a_reason),
        cmocka_unit_test(the_start_is_seven_payloads_of_at_most_256_bytes),
        cmocka_unit_test(a_start_cut_at_any_length_never_opens),
        cmocka_unit_test(a_start_changed_in_any_byte_of_the_proof_never_opens),
        cmocka_unit_test(an_end_on_another_epoch_is_refused_by_both),
        cmocka_unit_test(two_ends_of_one_role_never_open),
        cmocka_unit_test(a_changed_record_closes_and_the_peer_hears_of_it),
        cmocka_unit_test(a_message_sent_before_the_tunnel_is_open_waits),
        cmocka_unit_test(small_messages_share_one_payload),
        cmocka_unit_test(a_key_press_behind_a_mebibyte_of_file_goes_out_next),
        cmocka_unit_test(every_payload_fits_its_frame_and_is_nearly_full),
        cmocka_unit_test(an_event_may_send_and_drain),
        cmocka_unit_test(a_full_queue_says_so_and_tells_when_there_is_room),
        cmocka_unit_test(what_is_sent_cannot_be_read_on_the_line),
        cmocka_unit_test(a_quiet_tunnel_says_nothing),
        cmocka_unit_test(audit_and_resume_secrets_are_equal_at_both_ends),
        cmocka_unit_test(a_tunnel_ends_cleanly_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
