/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/buf.h"
#include "common/base/cursor.h"
#include "tests/support/ends.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct end viewer, agent;
static struct ds_buf saved;

static void make_open(void)
{
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    ends_settle(&viewer, &agent, 0);
}

static int set_up(void **state)
{
    (void)state;
    ds_buf_init(&saved, DS_TUNNEL_SAVED_MAX);
    make_open();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
    ds_buf_wipe(&saved);
    return 0;
}

static void save(const struct end *e)
{
    ds_buf_wipe(&saved);
    assert_int_equal(ds_tunnel_save(e->tunnel, &saved), DS_OK);
}

/* The agent's program is gone; one that was given what was saved comes in its place. */
static void restart(struct end *e)
{
    ds_tunnel_destroy(e->tunnel);
    e->tunnel = ds_tunnel_load(ds_buf_peek(&saved), saved.len, end_config.host, &end_events, e);
    assert_non_null(e->tunnel);
    assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_CUT);
}

/* From exactly sized memory, so that the sanitizer sees a read past the end. */
static struct ds_tunnel *load(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    struct ds_tunnel *t = ds_tunnel_load(exact, len, end_config.host, &end_events, &agent);
    free(exact);
    return t;
}

static void digest(uint8_t *bytes, size_t len)
{
    assert_int_equal(EVP_Digest(bytes, len - 32, bytes + len - 32, NULL, EVP_sha256(), NULL), 1);
}

static void a_saved_tunnel_is_these_bytes(void **state)
{
    (void)state;
    static const uint8_t head[] = {
        'd', 'e', 's', 'k', 's', 'i', 'd', 'e', ' ', 't', 'u', 'n', 'n', 'e', 'l', 0, /* */
        0,   1,                                                                       /* version */
        1,                                     /* role: agent */
        0,   1,   2,   3,   4,   5,   6,   7,  /* session */
        8,   9,   10,  11,  12,  13,  14,  15, /* */
        0,                                     /* tries */
        0,   0,   0,   1,                      /* epoch */
        0,   0,   0,   1,                      /* last */
        1,                                     /* secrets */
        0,   0,   0,   1,                      /* that of connection 1 */
    };
    static const uint8_t lanes[] = {
        1, 0, 0, 0, 0,    0,    0, 0, 1,          /* control: one message came */
        0, 0, 0, 0, 0,    0,    0, 1,             /* one was acknowledged */
        0, 0, 0, 0, 0,    0,    0, 2,             /* and two were sent */
        0, 2,                                     /* two are kept */
        0, 0, 0, 2, 0x21, 0x22,                   /* length and bytes */
        0, 0, 0, 1, 0x31,                         /* never sent */
        4, 0, 0, 0, 0,    0,    0, 0, 0,          /* notes: nothing */
        0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, /* */
        0, 0, 0, 0, 0,    0,                      /* */
        6, 0, 0, 0, 0,    0,    0, 0, 0,          /* clipboard: nothing */
        0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, /* */
        0, 0, 0, 0, 0,    0,                      /* */
    };
    static uint8_t want[sizeof(head) + 32 + sizeof(lanes) + 32], payload[DS_FRAME_DATA_MAX];
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "\x21\x22", 2), DS_OK);
    assert_true(ds_tunnel_drain(agent.tunnel, payload, sizeof(payload), 0) > 0);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "\x31", 1), DS_OK);
    memcpy(want, head, sizeof(head));
    assert_int_equal(ds_tunnel_resume_secret(agent.tunnel, want + sizeof(head)), DS_OK);
    memcpy(want + sizeof(head) + 32, lanes, sizeof(lanes));
    digest(want, sizeof(want));
    save(&agent);
    assert_int_equal(saved.len, sizeof(want));
    assert_memory_equal(ds_buf_peek(&saved), want, sizeof(want));
    /* Appended, and the tunnel has not changed. */
    assert_int_equal(ds_tunnel_save(agent.tunnel, &saved), DS_OK);
    assert_int_equal(saved.len, 2 * sizeof(want));
    assert_memory_equal(ds_buf_peek(&saved) + sizeof(want), want, sizeof(want));
}

static void a_restarted_end_goes_on_where_it_was(void **state)
{
    (void)state;
    for (int who = 0; who < 2; who++) {
        struct end *e = who ? &viewer : &agent, *other = who ? &agent : &viewer;
        tear_down(NULL);
        set_up(NULL);
        /* Two under way in each direction that arrive and are not acknowledged, two that are lost,
         * and two that wait. */
        for (int i = 0; i < 4; i++) {
            assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_NOTES, &"abcd"[i], 1), DS_OK);
            assert_int_equal(ds_tunnel_send(other->tunnel, DS_CHANNEL_CLIPBOARD, &"efgh"[i], 1),
                             DS_OK);
            static uint8_t lost[DS_FRAME_DATA_MAX];
            if (i < 2)
                assert_true(end_carry(e, other, 0) && end_carry(other, e, 0));
            else
                assert_true(ds_tunnel_drain(e->tunnel, lost, sizeof(lost), 0) > 0);
        }
        assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_NOTES, "wait", 4), DS_OK);
        assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_NOTES, "wait", 4), DS_OK);
        assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_FILES, "gone", 4), DS_OK);
        save(e);
        restart(e);
        ends_rejoin(&viewer, &agent, 1);
        ends_settle(&viewer, &agent, 0);
        assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_OPEN);
        assert_int_equal(ds_tunnel_epoch(e->tunnel), 2);
        assert_int_equal(e->opened, 1); /* of before */
        assert_int_equal(e->resumed, 1);
        assert_int_equal(other->resumed, 1);
        assert_int_equal(other->per_channel[DS_CHANNEL_NOTES], 6);
        assert_int_equal(e->per_channel[DS_CHANNEL_CLIPBOARD], 4);
        assert_int_equal(other->per_channel[DS_CHANNEL_FILES], 0);
        assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_FILES, "works", 5), DS_OK);
        ends_settle(&viewer, &agent, 0);
        assert_int_equal(other->per_channel[DS_CHANNEL_FILES], 1);
        /* And again, from between two connections. */
        ds_tunnel_cut(viewer.tunnel);
        ds_tunnel_cut(agent.tunnel);
        save(e);
        restart(e);
        ends_rejoin(&viewer, &agent, 2);
        ends_settle(&viewer, &agent, 0);
        assert_int_equal(e->resumed, 2);
        assert_int_equal(ds_tunnel_epoch(other->tunnel), 3);
    }
}

/* Saved while the new keys are made at this end and not yet heard from the other: both secrets. */
static void an_end_saved_within_a_resume_has_both_secrets(void **state)
{
    (void)state;
    for (int carried = 0; carried < 7; carried++) {
        tear_down(NULL);
        set_up(NULL);
        ends_rejoin(&viewer, &agent, 1);
        for (int i = 0; i < carried; i++)
            end_carry(i % 2 ? &agent : &viewer, i % 2 ? &viewer : &agent, 0);
        save(&viewer);
        restart(&viewer);
        ends_rejoin(&viewer, &agent, 2);
        ends_settle(&viewer, &agent, 0);
        assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_OPEN);
        assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_OPEN);
        assert_int_equal(viewer.closed + agent.closed + viewer.cut + agent.cut, 0);
    }
}

static void a_half_received_message_is_not_counted(void **state)
{
    (void)state;
    static uint8_t large[50000];
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CLIPBOARD, large, sizeof(large)),
                     DS_OK);
    assert_true(end_carry(&viewer, &agent, 0));
    save(&agent);
    restart(&agent);
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.per_channel[DS_CHANNEL_CLIPBOARD], 1);
    assert_int_equal(agent.len, sizeof(large));
}

static void a_full_ledger_can_be_saved(void **state)
{
    (void)state;
    static uint8_t large[DS_MUX_MESSAGE_MAX];
    ds_tunnel_cut(agent.tunnel);
    while (ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "note", 4) == DS_OK)
        ;
    while (ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, large, 1048) == DS_OK)
        ;
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CLIPBOARD, large, sizeof(large)),
                     DS_OK);
    save(&agent);
    assert_true(saved.len > (2u << 20));
    restart(&agent);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "note", 4), DS_EAGAIN);
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_NOTES], 1000);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_CONTROL], 1001);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_CLIPBOARD], 1);
    assert_int_equal(agent.rooms, 1);
}

static void only_an_end_that_was_open_and_heard_can_be_saved(void **state)
{
    (void)state;
    tear_down(NULL);
    ds_buf_init(&saved, DS_TUNNEL_SAVED_MAX);
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
    assert_int_equal(ds_tunnel_save(agent.tunnel, &saved), DS_EINVAL);
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.opened, 1);
    assert_int_equal(ds_tunnel_save(agent.tunnel, &saved), DS_EINVAL);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    ends_settle(&viewer, &agent, 0);
    ds_buf_wipe(&saved);
    ds_buf_init(&saved, 100);
    assert_int_equal(ds_tunnel_save(agent.tunnel, &saved), DS_ELIMIT);
    assert_int_equal(saved.len, 0);
    ds_buf_init(&saved, DS_TUNNEL_SAVED_MAX);
    assert_int_equal(ds_tunnel_save(agent.tunnel, &saved), DS_OK);
    ds_tunnel_feed(agent.tunnel, (const uint8_t *)"", 0, 0);
    assert_int_equal(agent.closed, 1);
    assert_int_equal(ds_tunnel_save(agent.tunnel, &saved), DS_EINVAL);
}

static void what_was_saved_too_early_ends_the_session_with_a_reason(void **state)
{
    (void)state;
    save(&agent);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "after", 5), DS_OK);
    ends_settle(&viewer, &agent, 0);
    restart(&agent);
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.closed, 1);
    assert_string_equal(agent.reason,
                        "the other side's ledger is ahead: it has messages that were never sent");
    tear_down(NULL);
    set_up(NULL);
    save(&agent);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_NOTES, "after", 5), DS_OK);
    ends_settle(&viewer, &agent, 0);
    restart(&agent);
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.closed, 1);
    assert_int_equal(viewer.error, DS_EPROTO);
    assert_string_equal(viewer.reason,
                        "the other side's ledger is too far behind: it lacks messages that it had");
}

/* ---- damage ---- */

static void what_is_cut_or_changed_is_not_loaded(void **state)
{
    (void)state;
    ds_tunnel_cut(agent.tunnel);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "a note", 6), DS_OK);
    save(&agent);
    uint8_t *bytes = malloc(saved.len + 1);
    assert_non_null(bytes);
    memcpy(bytes, ds_buf_peek(&saved), saved.len);
    bytes[saved.len] = 0;
    for (size_t n = 0; n < saved.len; n++)
        assert_null(load(bytes, n));
    assert_null(load(bytes, saved.len + 1));
    for (size_t i = 0; i < saved.len; i++) {
        bytes[i] ^= (uint8_t)(1u << (i % 8));
        assert_null(load(bytes, saved.len));
        bytes[i] ^= (uint8_t)(1u << (i % 8));
    }
    struct ds_tunnel *t = load(bytes, saved.len);
    assert_non_null(t);
    ds_tunnel_destroy(t);
    free(bytes);
}

/* The same with a digest that is right, as a newer or broken version may have written it: refused,
 * or a tunnel that saves to the same bytes. */
static void every_field_is_checked(void **state)
{
    (void)state;
    static const uint8_t values[] = {0, 1, 2, 3, 4, 5, 0x7f, 0x80, 0xff};
    static uint8_t bytes[1024];
    ds_tunnel_cut(agent.tunnel);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "a note", 6), DS_OK);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "another", 7), DS_OK);
    save(&agent);
    assert_true(saved.len < sizeof(bytes));
    unsigned loaded = 0, refused = 0;
    for (size_t i = 0; i < saved.len - 32; i++)
        for (size_t v = 0; v < sizeof(values); v++) {
            memcpy(bytes, ds_buf_peek(&saved), saved.len);
            bytes[i] = values[v];
            digest(bytes, saved.len);
            struct ds_tunnel *t = load(bytes, saved.len);
            refused += t == NULL;
            if (!t)
                continue;
            struct ds_buf again;
            ds_buf_init(&again, DS_TUNNEL_SAVED_MAX);
            assert_int_equal(ds_tunnel_save(t, &again), DS_OK);
            assert_int_equal(again.len, saved.len);
            assert_memory_equal(ds_buf_peek(&again), bytes, saved.len);
            ds_buf_wipe(&again);
            ds_tunnel_destroy(t);
            loaded++;
        }
    for (size_t n = 32; n < saved.len; n++) {
        memcpy(bytes, ds_buf_peek(&saved), n);
        digest(bytes, n);
        assert_null(load(bytes, n));
    }
    memcpy(bytes, ds_buf_peek(&saved), saved.len - 32);
    digest(bytes, saved.len + 1);
    assert_null(load(bytes, saved.len + 1));
    print_message("%u loaded, %u refused\n", loaded, refused);
    assert_true(loaded > 100 && refused > 100);
}

static void fields_out_of_range_are_refused(void **state)
{
    (void)state;
    enum { ROLE = 18, TRIES = 35, EPOCH = 36, LAST = 40, COUNT = 44, NUMBER = 45, LANE = 81 };
    static const struct {
        size_t at;
        uint8_t value;
    } cases[] = {
        {17, 2},         {ROLE, 2},      {TRIES, 4},     {LAST + 3, 2},
        {EPOCH + 3, 0},  {COUNT, 0},     {COUNT, 2},     {COUNT, 3},
        {NUMBER + 3, 2}, {LANE, 4},      {LANE + 16, 2}, {LANE + 24, 0},
        {LANE + 24, 2},  {LANE + 25, 1}, {LANE + 26, 1}, {LANE + 27, 2},
    };
    static uint8_t bytes[1024];
    save(&agent);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memcpy(bytes, ds_buf_peek(&saved), saved.len);
        assert_int_not_equal(bytes[cases[i].at], cases[i].value);
        bytes[cases[i].at] = cases[i].value;
        digest(bytes, saved.len);
        assert_null(load(bytes, saved.len));
    }
    char host[DS_TEXT_HOST + 1];
    memset(host, 'h', sizeof(host));
    host[DS_TEXT_HOST] = '\0';
    assert_null(ds_tunnel_load(ds_buf_peek(&saved), saved.len, host, &end_events, &agent));
}

#define with_ends(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_ends(a_saved_tunnel_is_these_bytes),
        with_ends(a_restarted_end_goes_on_where_it_was),
        with_ends(an_end_saved_within_a_resume_has_both_secrets),
        with_ends(a_half_received_message_is_not_counted),
        with_ends(a_full_ledger_can_be_saved),
        with_ends(only_an_end_that_was_open_and_heard_can_be_saved),
        with_ends(what_was_saved_too_early_ends_the_session_with_a_reason),
        with_ends(what_is_cut_or_changed_is_not_loaded),
        with_ends(every_field_is_checked),
        with_ends(fields_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
