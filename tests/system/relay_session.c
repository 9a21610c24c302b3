/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole session through a real relay: sign-in, code, pairing, DATA both ways, and its ends. */
#include "common/base/cursor.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct test_relay relay;

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

static void pair(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_pair(viewer, agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
}

static void end_both(struct test_leg *a, struct test_leg *b)
{
    test_leg_close(a);
    test_leg_close(b);
}

static void welcome_names_host_and_organisation(void **state)
{
    (void)state;
    struct test_leg leg;
    struct ds_message welcome;
    test_leg_connect(&leg, relay.port, NULL);
    assert_true(test_leg_tls(&leg, relay.ca, NULL));
    assert_true(test_leg_hello(&leg, "agent"));
    test_leg_expect(&leg, DS_MESSAGE_WELCOME, &welcome);
    assert_string_equal(welcome.host, "localhost");
    assert_string_equal(welcome.org, "Acme Support");
    assert_int_equal(welcome.heartbeat_ms, DS_HEARTBEAT_MS);
    assert_int_equal(welcome.dead_ms, DS_DEAD_AFTER_MS);
    test_leg_close(&leg);
}

static void code_pairs_and_names_the_rep_to_the_agent_only(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message session, paired;
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(&viewer, "  DANA@acme.example ", TEST_RELAY_PASSWORD);
    struct ds_message signed_in;
    test_leg_expect(&viewer, DS_MESSAGE_SIGNED_IN, &signed_in);
    assert_string_equal(signed_in.name, "Dana R.");
    test_leg_new_session(&viewer, &session);
    assert_int_equal(strlen(session.join_code), 9);
    assert_int_equal(session.expires_s, 900);
    test_leg_open(&agent, relay.port, NULL, "agent");
    assert_true(test_leg_join(&agent, session.join_code));
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, &paired);
    assert_string_equal(paired.name, "Dana R.");
    assert_string_equal(paired.org, "Acme Support");
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, &paired);
    assert_string_equal(paired.name, "");
    end_both(&viewer, &agent);
}

/* 4 MiB each way in frames of many sizes: every byte, in order, within credit. Sessions are on both
 * workers, so half of the agents are handed over. */
static void data_passes_both_ways_unchanged(void **state)
{
    (void)state;
    static uint8_t bytes[DS_FRAME_DATA_MAX];
    for (int round = 0; round < 4; round++) {
        struct test_leg viewer, agent;
        pair(&viewer, &agent);
        uint32_t seed = 1;
        for (int i = 0; i < 256; i++) {
            seed = seed * 1664525u + 1013904223u;
            size_t n = i == 7 ? 1 : i == 8 ? DS_FRAME_DATA_MAX : 1 + seed % DS_FRAME_DATA_MAX;
            for (size_t k = 0; k < n; k++)
                bytes[k] = (uint8_t)(seed >> (k % 24));
            struct test_leg *from = i % 3 == 0 ? &agent : &viewer;
            struct test_leg *to = i % 3 == 0 ? &viewer : &agent;
            assert_true(test_leg_data(from, bytes, n));
            test_leg_expect_data(to, bytes, n);
        }
        end_both(&viewer, &agent);
    }
}

static void end_reaches_the_other_after_the_last_data(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED}, ended;
    pair(&viewer, &agent);
    assert_true(test_leg_data(&agent, "last words", 10));
    assert_true(test_leg_say(&agent, &end));
    test_leg_expect_data(&viewer, "last words", 10);
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.by, DS_BY_CUSTOMER);
    assert_string_equal(ended.reason, DS_REASON_CLOSED);
    /* The viewer is still signed in: another session on the same leg, with another agent. */
    struct test_leg second;
    struct ds_message session;
    test_leg_new_session(&viewer, &session);
    test_leg_open(&second, relay.port, NULL, "agent");
    assert_true(test_leg_join(&second, session.join_code));
    test_leg_expect(&second, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, NULL);
    assert_true(test_leg_data(&second, "hello", 5));
    test_leg_expect_data(&viewer, "hello", 5);
    end_both(&viewer, &agent);
    test_leg_close(&second);
}

static void ping_is_answered_while_data_is_held(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_frame frame;
    pair(&viewer, &agent);
    uint8_t stamp[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    static uint8_t bytes[16384];
    /* The viewer reads nothing: the agent runs out of credit, and can still be heard. */
    uint64_t sent = 0;
    while (agent.credit >= sizeof(bytes)) {
        agent.credit -= sizeof(bytes);
        assert_true(test_leg_frame(&agent, DS_FRAME_DATA, bytes, sizeof(bytes)));
        sent += sizeof(bytes);
        test_leg_poll(&agent, agent.credit < sizeof(bytes) ? 300 : 0);
        assert_true(sent < 64u << 20);
    }
    assert_true(test_leg_frame(&agent, DS_FRAME_PING, stamp, sizeof(stamp)));
    assert_true(test_leg_next(&agent, &frame));
    assert_int_equal(frame.type, DS_FRAME_PONG);
    assert_memory_equal(frame.payload, stamp, sizeof(stamp));
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    assert_true(test_leg_say(&agent, &end));
    for (uint64_t got = 0; got < sent; got += frame.len) {
        assert_true(test_leg_next(&viewer, &frame));
        assert_int_equal(frame.type, DS_FRAME_DATA);
    }
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, NULL);
    end_both(&viewer, &agent);
}

static void exceeding_credit_closes_the_leg(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message away;
    pair(&viewer, &agent);
    static uint8_t bytes[DS_FRAME_DATA_MAX];
    /* Far more than the largest window can ever be while nothing is read at the other end. */
    for (int i = 0; i < 4096; i++) {
        if (!test_leg_frame(&agent, DS_FRAME_DATA, bytes, sizeof(bytes)))
            break;
    }
    test_leg_expect_closed(&agent);
    struct ds_frame frame;
    do {
        assert_true(test_leg_next(&viewer, &frame));
    } while (frame.type == DS_FRAME_DATA);
    assert_int_equal(ds_message_decode(frame.payload, frame.len, &away), 0);
    assert_int_equal(away.type, DS_MESSAGE_PEER_AWAY);
    end_both(&viewer, &agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(welcome_names_host_and_organisation),
        cmocka_unit_test(code_pairs_and_names_the_rep_to_the_agent_only),
        cmocka_unit_test(data_passes_both_ways_unchanged),
        cmocka_unit_test(end_reaches_the_other_after_the_last_data),
        cmocka_unit_test(ping_is_answered_while_data_is_held),
        cmocka_unit_test(exceeding_credit_closes_the_leg),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
