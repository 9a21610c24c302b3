/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat through the relay: stored before it is told, numbered, told once to who has seen the rest,
 * also after cuts, kills and floods. */
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static struct test_relay relay;

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    test_relay_start(&relay, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

static void pair(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_pair(viewer, agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_wait_token(viewer, 1);
    test_leg_wait_token(agent, 1);
}

static void end_both(struct test_leg *a, struct test_leg *b)
{
    test_leg_close(a);
    test_leg_close(b);
}

static void expect_chat(struct test_leg *leg, unsigned number, const char *from, const char *text)
{
    struct ds_message chat;
    test_leg_expect(leg, DS_MESSAGE_CHAT, &chat);
    assert_int_equal(chat.number, number);
    assert_string_equal(chat.from, from);
    if (text)
        assert_string_equal(chat.text, text);
}

static void both_ends_are_told_with_the_same_number(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message chat;
    pair(&viewer, &agent);
    assert_true(test_leg_chat(&viewer, "a", "Bonjour, \"ça va\"?\n\t\xf0\x9f\x99\x82"));
    test_leg_expect(&viewer, DS_MESSAGE_CHAT, &chat);
    assert_int_equal(chat.number, 1);
    assert_string_equal(chat.id, "61000000000000000000000000000000");
    expect_chat(&agent, 1, DS_BY_REP, "Bonjour, \"ça va\"?\n\t\xf0\x9f\x99\x82");
    assert_true(test_leg_chat(&agent, "b", "Oui"));
    expect_chat(&agent, 2, DS_BY_CUSTOMER, "Oui");
    expect_chat(&viewer, 2, DS_BY_CUSTOMER, "Oui");
    end_both(&viewer, &agent);
}

static void the_same_id_is_the_same_message(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    pair(&viewer, &agent);
    assert_true(test_leg_chat(&viewer, "a", "once"));
    expect_chat(&viewer, 1, DS_BY_REP, "once");
    expect_chat(&agent, 1, DS_BY_REP, "once");
    for (int i = 0; i < 3; i++) {
        assert_true(test_leg_chat(&viewer, "a", "once, and something else"));
        expect_chat(&viewer, 1, DS_BY_REP, "once");
    }
    /* Who takes another's id gets what belongs to it. */
    assert_true(test_leg_chat(&agent, "a", "mine"));
    expect_chat(&agent, 1, DS_BY_REP, "once");
    assert_true(test_leg_chat(&agent, "b", "next"));
    expect_chat(&agent, 2, DS_BY_CUSTOMER, "next");
    expect_chat(&viewer, 2, DS_BY_CUSTOMER, "next"); /* and nothing between */
    end_both(&viewer, &agent);
}

static void who_returns_is_told_what_it_missed(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    char id[8], text[32];
    pair(&viewer, &agent);
    assert_true(test_leg_chat(&viewer, "first", "seen"));
    expect_chat(&viewer, 1, DS_BY_REP, "seen");
    expect_chat(&agent, 1, DS_BY_REP, "seen");
    shutdown(agent.fd, SHUT_RDWR);
    test_leg_expect(&viewer, DS_MESSAGE_PEER_AWAY, NULL);
    for (unsigned i = 2; i <= 50; i++) {
        snprintf(id, sizeof(id), "%u", i);
        snprintf(text, sizeof(text), "message %u", i);
        assert_true(test_leg_chat(&viewer, id, text));
        expect_chat(&viewer, i, DS_BY_REP, text);
    }
    test_leg_return(&agent, relay.port, NULL, "agent", 1, NULL);
    test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL);
    test_leg_expect_rejoined(&viewer);
    for (unsigned i = 2; i <= 50; i++) {
        snprintf(text, sizeof(text), "message %u", i);
        expect_chat(&agent, i, DS_BY_REP, text);
    }
    /* A number that does not exist yet hides nothing that comes. */
    test_leg_return(&agent, relay.port, NULL, "agent", 1000000, NULL);
    test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL);
    assert_true(test_leg_chat(&agent, "last", "here"));
    expect_chat(&agent, 51, DS_BY_CUSTOMER, "here");
    end_both(&viewer, &agent);
}

/* What was acknowledged is there after a kill, with its number; what was not is said again and then
 * there once. */
static void a_kill_loses_and_doubles_nothing(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    char id[16], text[32];
    unsigned acknowledged = 0, said = 0;
    pair(&viewer, &agent);
    for (int round = 0; round < 8; round++) {
        for (unsigned i = 0; i < 10; i++) {
            snprintf(id, sizeof(id), "%u", ++said);
            snprintf(text, sizeof(text), "message %u", said);
            assert_true(test_leg_chat(&viewer, id, text));
        }
        for (int i = 0; i < round; i++)
            expect_chat(&viewer, ++acknowledged, DS_BY_REP, NULL);
        test_relay_kill(&relay);
        test_relay_start(&relay, NULL);
        test_leg_return(&viewer, relay.port, NULL, "viewer", acknowledged, NULL);
        for (unsigned i = acknowledged + 1; i <= said; i++) {
            snprintf(id, sizeof(id), "%u", i);
            snprintf(text, sizeof(text), "message %u", i);
            assert_true(test_leg_chat(&viewer, id, text));
        }
        while (acknowledged < said) {
            struct ds_message chat;
            test_leg_expect(&viewer, DS_MESSAGE_CHAT, &chat);
            if (chat.number <= acknowledged)
                continue;
            assert_int_equal(chat.number, ++acknowledged);
            snprintf(text, sizeof(text), "message %u", acknowledged);
            assert_string_equal(chat.text, text);
        }
        test_leg_wait_token(&viewer, 1);
        /* Receipts that came twice are out of the way. */
        test_leg_return(&viewer, relay.port, NULL, "viewer", acknowledged, NULL);
        test_leg_wait_token(&viewer, 1);
    }
    test_leg_return(&agent, relay.port, NULL, "agent", 0, NULL);
    test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL);
    for (unsigned i = 1; i <= said; i++) {
        snprintf(text, sizeof(text), "message %u", i);
        expect_chat(&agent, i, DS_BY_REP, text);
    }
    end_both(&viewer, &agent);
}

/* The longest text, in the longest form; far more of it than a leg may leave standing. */
static void a_flood_is_taken_in_turns(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    static char text[DS_TEXT_CHAT];
    char id[16];
    memset(text, '\1', sizeof(text) - 1);
    pair(&viewer, &agent);
    unsigned said = 0, heard = 0;
    while (heard < 200) {
        for (; said < heard + 16; said++) {
            snprintf(id, sizeof(id), "%u", said);
            assert_true(test_leg_chat(&agent, id, text));
        }
        expect_chat(&agent, ++heard, DS_BY_CUSTOMER, text);
    }
    /* The viewer has read nothing of it so far. */
    for (unsigned i = 1; i <= heard; i++)
        expect_chat(&viewer, i, DS_BY_CUSTOMER, text);
    assert_true(test_leg_data(&viewer, "still here", 10));
    end_both(&viewer, &agent);
}

static void more_than_may_be_under_way_ends_the_leg(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_buf flood;
    struct ds_frame frame;
    struct ds_message message = {0};
    pair(&viewer, &agent);
    ds_buf_init(&flood, 1u << 20);
    for (int i = 0; i < 400; i++) {
        char json[160];
        int n =
            snprintf(json, sizeof(json), "{\"type\":\"say\",\"id\":\"%032d\",\"text\":\"x\"}", i);
        uint8_t header[4] = {0, 0, (uint8_t)n, DS_FRAME_CONTROL};
        ds_buf_append(&flood, header, 4);
        ds_buf_append(&flood, json, (size_t)n);
    }
    assert_true(test_leg_write(&agent, ds_buf_peek(&flood), flood.len));
    ds_buf_destroy(&flood);
    while (test_leg_next(&agent, &frame)) {
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &message), 0);
        assert_true(message.type == DS_MESSAGE_CHAT || message.type == DS_MESSAGE_ERROR);
    }
    assert_int_equal(message.type, DS_MESSAGE_ERROR);
    assert_string_equal(message.error, DS_REFUSAL_PROTOCOL);
    test_leg_return(&agent, relay.port, NULL, "agent", 1000000, NULL);
    end_both(&viewer, &agent);
}

static void a_conversation_has_an_end_and_says_so(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    char id[8];
    assert_int_equal(test_relay_stop(&relay), 0);
    test_relay_conf(&relay, "chat_max = 5");
    test_relay_start(&relay, NULL);
    pair(&viewer, &agent);
    for (unsigned i = 1; i <= 5; i++) {
        snprintf(id, sizeof(id), "%u", i);
        assert_true(test_leg_chat(&viewer, id, "x"));
        expect_chat(&viewer, i, DS_BY_REP, "x");
    }
    for (int i = 0; i < 40; i++) { /* more than may be under way: each is answered */
        assert_true(test_leg_chat(&viewer, "more", "x"));
        test_leg_expect_error(&viewer, DS_REFUSAL_CHAT, NULL);
    }
    assert_true(test_leg_chat(&viewer, "3", "x")); /* what is there has its receipt */
    expect_chat(&viewer, 3, DS_BY_REP, "x");
    end_both(&viewer, &agent);
}

/* Above the bound nothing is answered, nothing is closed, and it can be said again later. */
static void who_says_too_much_is_left_waiting(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_frame frame;
    uint8_t stamp[8] = {1};
    char id[8];
    assert_int_equal(test_relay_stop(&relay), 0);
    test_relay_conf(&relay, "chat_per_minute = 20");
    test_relay_start(&relay, NULL);
    pair(&viewer, &agent);
    unsigned receipts = 0;
    for (unsigned i = 1; i <= 100; i++) {
        snprintf(id, sizeof(id), "%u", i);
        assert_true(test_leg_chat(&agent, id, "x"));
        if (i <= 20)
            expect_chat(&agent, ++receipts, DS_BY_CUSTOMER, "x");
        /* One after the other, so that they are not too many at a time. */
        assert_true(test_leg_frame(&agent, DS_FRAME_PING, stamp, sizeof(stamp)));
        do {
            assert_true(test_leg_next(&agent, &frame));
        } while (frame.type != DS_FRAME_PONG);
        test_leg_poll(&agent, 5);
    }
    assert_true(test_leg_data(&agent, "still here", 10));
    for (unsigned i = 1; i <= 20; i++)
        expect_chat(&viewer, i, DS_BY_CUSTOMER, "x");
    do { /* the allowance comes back */
        assert_true(test_leg_chat(&viewer, "r", "y"));
        assert_true(test_leg_next(&viewer, &frame));
    } while (frame.type != DS_FRAME_CONTROL && frame.type != DS_FRAME_DATA);
    end_both(&viewer, &agent);
}

static void expect_presence(struct test_leg *leg, enum ds_message_type type, const char *from,
                            unsigned number)
{
    struct ds_message m;
    test_leg_expect(leg, type, &m);
    assert_string_equal(m.from, from);
    assert_int_equal(m.number, number);
}

static bool say_presence(struct test_leg *leg, enum ds_message_type type, unsigned number)
{
    return test_leg_say(leg, &(struct ds_message){.type = type, .number = number});
}

/* Told to the other end only, with who it is; what was seen grows, names a message that exists, and
 * is told again to who returns. */
static void who_writes_and_what_was_seen_is_told_to_the_other(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_frame frame;
    struct ds_message m;
    pair(&viewer, &agent);
    assert_true(say_presence(&viewer, DS_MESSAGE_TYPING, 0));
    expect_presence(&agent, DS_MESSAGE_TYPING, DS_BY_REP, 0);
    assert_true(test_leg_chat(&viewer, "a", "x"));
    expect_chat(&viewer, 1, DS_BY_REP, "x");
    expect_chat(&agent, 1, DS_BY_REP, "x");
    assert_true(say_presence(&agent, DS_MESSAGE_SEEN, 2)); /* there is none */
    assert_true(say_presence(&agent, DS_MESSAGE_SEEN, 1));
    assert_true(say_presence(&agent, DS_MESSAGE_SEEN, 1)); /* no news */
    assert_true(say_presence(&agent, DS_MESSAGE_TYPING, 0));
    expect_presence(&viewer, DS_MESSAGE_SEEN, DS_BY_CUSTOMER, 1);
    expect_presence(&viewer, DS_MESSAGE_TYPING, DS_BY_CUSTOMER, 0);
    test_leg_return(&viewer, relay.port, NULL, "viewer", 1, NULL);
    do { /* beside REJOINED, in any order */
        assert_true(test_leg_next(&viewer, &frame));
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &m), 0);
    } while (m.type == DS_MESSAGE_REJOINED);
    assert_int_equal(m.type, DS_MESSAGE_SEEN);
    assert_string_equal(m.from, DS_BY_CUSTOMER);
    assert_int_equal(m.number, 1);
    end_both(&viewer, &agent);
}

/* Far more than a person causes is dropped: neither end is closed or drowned for it. */
static void a_flood_of_typing_stops_at_the_relay(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_frame frame;
    struct ds_message m;
    unsigned passed = 0;
    pair(&viewer, &agent);
    for (int i = 0; i < 2000; i++)
        assert_true(say_presence(&agent, DS_MESSAGE_TYPING, 0));
    assert_true(test_leg_chat(&agent, "a", "still here"));
    do {
        assert_true(test_leg_next(&viewer, &frame));
        if (frame.type != DS_FRAME_CONTROL)
            continue;
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &m), 0);
        passed += m.type == DS_MESSAGE_TYPING;
    } while (frame.type != DS_FRAME_CONTROL || m.type != DS_MESSAGE_CHAT);
    assert_in_range(passed, 1, 60); /* 17 at once, and what a slow machine's time allows */
    end_both(&viewer, &agent);
}

/* A colleague's program knows nothing of the session but its token: it gets all that was said, and
 * how long ago. */
static void who_takes_over_gets_all_of_it_with_its_time(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message m;
    pair(&viewer, &agent);
    assert_true(test_leg_chat(&viewer, "a", "one"));
    assert_true(test_leg_chat(&agent, "b", "two"));
    test_leg_expect(&agent, DS_MESSAGE_CHAT, &m);
    test_leg_expect(&agent, DS_MESSAGE_CHAT, &m);
    test_relay_kill(&relay);
    free(test_relay_sql(&relay, "UPDATE chat SET at = at - 3600000 WHERE number = 1"));
    test_relay_start(&relay, NULL);
    test_leg_return(&viewer, relay.port, NULL, "viewer", 0, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_CHAT, &m);
    assert_int_equal(m.number, 1);
    assert_in_range(m.age_s, 3600, 3700);
    test_leg_expect(&viewer, DS_MESSAGE_CHAT, &m);
    assert_int_equal(m.number, 2);
    assert_in_range(m.age_s, 0, 100);
    end_both(&viewer, &agent);
}

static void nobody_outside_of_a_session_says_anything(void **state)
{
    (void)state;
    struct test_leg viewer, agent, stranger;
    pair(&viewer, &agent);
    test_leg_open(&stranger, relay.port, NULL, "agent");
    assert_true(test_leg_chat(&stranger, "s", "hello"));
    assert_true(say_presence(&stranger, DS_MESSAGE_TYPING, 0));
    assert_true(say_presence(&stranger, DS_MESSAGE_SEEN, 1));
    assert_true(test_leg_join(&stranger, "000000000"));
    test_leg_expect_error(&stranger, DS_REFUSAL_CODE, NULL);
    assert_true(test_leg_chat(&viewer, "a", "x"));
    expect_chat(&agent, 1, DS_BY_REP, "x");
    end_both(&viewer, &agent);
    test_leg_close(&stranger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_ends_are_told_with_the_same_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_id_is_the_same_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_returns_is_told_what_it_missed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kill_loses_and_doubles_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_is_taken_in_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_than_may_be_under_way_ends_the_leg, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_conversation_has_an_end_and_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_says_too_much_is_left_waiting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_writes_and_what_was_seen_is_told_to_the_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_flood_of_typing_stops_at_the_relay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_takes_over_gets_all_of_it_with_its_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nobody_outside_of_a_session_says_anything, set_up,
                                        tear_down),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
