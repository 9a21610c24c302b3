/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Legs that are cut and come back: who is told what, whose connection counts, and who is not let
 * in. */
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct test_relay relay;

static int setup(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
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
    test_leg_wait_token(viewer, 1);
    test_leg_wait_token(agent, 1);
}

static void talk(struct test_leg *viewer, struct test_leg *agent)
{
    assert_true(test_leg_data(viewer, "one way", 7));
    test_leg_expect_data(agent, "one way", 7);
    assert_true(test_leg_data(agent, "and back", 8));
    test_leg_expect_data(viewer, "and back", 8);
}

static void end_both(struct test_leg *a, struct test_leg *b)
{
    test_leg_close(a);
    test_leg_close(b);
}

static void return_to(struct test_leg *leg, const char *role, struct ds_message *resumed)
{
    test_leg_return(leg, relay.port, NULL, role, 0, resumed);
}

static unsigned expect_rejoined(struct test_leg *viewer, struct test_leg *agent)
{
    struct ds_message one, other;
    test_leg_expect(viewer, DS_MESSAGE_REJOINED, &one);
    test_leg_expect(agent, DS_MESSAGE_REJOINED, &other);
    assert_int_equal(one.round, other.round);
    return one.round;
}

/* Many pairs, so that legs come back to the worker of the other and to another one. */
/* Until `session list` says this of a session. */
static void wait_for_list(const char *session, const char *part)
{
    const char *words[] = {"session", "list", NULL};
    for (bool is_there = false; !is_there;) {
        char *list;
        assert_int_equal(test_relay_command(&relay, words, &list), 0);
        char *line = strstr(list, session);
        assert_non_null(line);
        line[strcspn(line, "\n")] = '\0';
        is_there = strstr(line, part) != NULL;
        free(list);
    }
}

static void a_cut_leg_comes_back_and_data_flows(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct test_leg viewer, agent;
        struct ds_message away, resumed;
        char before[DS_TEXT_TOKEN];
        pair(&viewer, &agent);
        memcpy(before, agent.token, sizeof(before));
        return_to(&agent, "agent", &resumed);
        /* Either the cut was seen first, or the new leg took the place of the old one. */
        struct ds_frame frame;
        assert_true(test_leg_next(&viewer, &frame));
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &away), 0);
        if (away.type == DS_MESSAGE_PEER_AWAY) {
            assert_in_range(away.left_s, 590, 600);
            test_leg_expect(&viewer, DS_MESSAGE_REJOINED, &away);
        }
        assert_int_equal(away.type, DS_MESSAGE_REJOINED);
        assert_int_equal(away.round, 1);
        assert_int_equal(resumed.present, 1);
        assert_int_equal(resumed.left_s, 600);
        test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL);
        test_leg_wait_token(&agent, 1);
        assert_string_not_equal(agent.token, before);
        talk(&viewer, &agent);
        end_both(&viewer, &agent);
    }
}

static void each_end_waits_for_the_other(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message away, resumed;
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    pair(&viewer, &agent);
    memcpy(session, agent.session, sizeof(session));
    memcpy(token, agent.token, sizeof(token));
    test_leg_close(&agent);
    test_leg_expect(&viewer, DS_MESSAGE_PEER_AWAY, &away);
    assert_in_range(away.left_s, 590, 600);
    return_to(&viewer, "viewer", &resumed);
    assert_int_equal(resumed.present, 0);
    assert_in_range(resumed.left_s, 590, 600);
    test_leg_open(&agent, relay.port, NULL, "agent");
    assert_true(test_leg_resume(&agent, session, token, 0));
    test_leg_expect(&agent, DS_MESSAGE_RESUMED, &resumed);
    assert_int_equal(resumed.present, 1);
    assert_int_equal(expect_rejoined(&viewer, &agent), 1);
    talk(&viewer, &agent);
    /* The other one, and then both at once. */
    return_to(&viewer, "viewer", NULL);
    test_leg_expect(&viewer, DS_MESSAGE_REJOINED, &resumed);
    assert_int_equal(resumed.round, 2);
    end_both(&viewer, &agent);
}

static void the_newest_leg_of_an_end_wins(void **state)
{
    (void)state;
    struct test_leg viewer, agent, newer;
    struct ds_message joined;
    for (int i = 0; i < 4; i++) {
        pair(&viewer, &agent);
        struct test_leg *old = i % 2 == 0 ? &agent : &viewer;
        test_leg_open(&newer, relay.port, NULL, i % 2 == 0 ? "agent" : "viewer");
        assert_true(test_leg_resume(&newer, old->session, old->token, 0));
        test_leg_expect(&newer, DS_MESSAGE_RESUMED, NULL);
        test_leg_expect(&newer, DS_MESSAGE_REJOINED, NULL);
        test_leg_expect_error(old, DS_REFUSAL_SESSION, NULL);
        test_leg_expect_closed(old);
        /* The other end hears of no absence. */
        test_leg_expect(i % 2 == 0 ? &viewer : &agent, DS_MESSAGE_REJOINED, &joined);
        assert_int_equal(joined.round, 1);
        talk(i % 2 == 0 ? &viewer : &newer, i % 2 == 0 ? &newer : &agent);
        test_leg_close(&newer);
        end_both(&viewer, &agent);
    }
}

static void a_token_is_good_until_the_next_one_was_used(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    char first[DS_TEXT_TOKEN], second[DS_TEXT_TOKEN];
    pair(&viewer, &agent);
    memcpy(first, agent.token, sizeof(first));
    for (int i = 0; i < 3; i++) { /* as if each answer had been lost */
        return_to(&agent, "agent", NULL);
        test_leg_wait_token(&agent, 1);
        memcpy(second, agent.token, sizeof(second));
        memcpy(agent.token, first, sizeof(first));
    }
    memcpy(agent.token, second, sizeof(second));
    return_to(&agent, "agent", NULL);
    char session[DS_TEXT_SESSION];
    memcpy(session, agent.session, sizeof(session));
    struct test_leg late;
    test_leg_open(&late, relay.port, NULL, "agent");
    assert_true(test_leg_resume(&late, session, first, 0));
    test_leg_expect_error(&late, DS_REFUSAL_SESSION, NULL);
    test_leg_close(&late);
    test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL); /* who was there, stays */
    end_both(&viewer, &agent);
}

static void a_viewer_comes_back_to_its_code(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message session, resumed;
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(&viewer, &session);
    test_leg_wait_token(&viewer, 1);
    return_to(&viewer, "viewer", &resumed);
    assert_int_equal(resumed.present, 0);
    assert_int_equal(resumed.left_s, 600);
    test_leg_open(&agent, relay.port, NULL, "agent");
    assert_true(test_leg_join(&agent, session.join_code));
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, NULL);
    talk(&viewer, &agent);
    /* It is signed in as before. */
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    assert_true(test_leg_say(&viewer, &end));
    test_leg_expect(&agent, DS_MESSAGE_ENDED, NULL);
    test_leg_new_session(&viewer, &session);
    end_both(&viewer, &agent);
}

static void a_code_is_used_while_the_viewer_is_away(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message session, resumed;
    char token[DS_TEXT_TOKEN];
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(&viewer, &session);
    test_leg_wait_token(&viewer, 1);
    memcpy(token, viewer.token, sizeof(token));
    test_leg_close(&viewer);
    wait_for_list(session.session, "rep away, ");
    test_leg_open(&agent, relay.port, NULL, "agent");
    assert_true(test_leg_join(&agent, session.join_code));
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, &resumed);
    assert_string_equal(resumed.name, "Dana R.");
    test_leg_expect(&agent, DS_MESSAGE_PEER_AWAY, NULL);
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    assert_true(test_leg_resume(&viewer, session.session, token, 0));
    test_leg_expect(&viewer, DS_MESSAGE_RESUMED, &resumed);
    assert_int_equal(resumed.present, 1);
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, &resumed);
    assert_string_equal(resumed.session, session.session);
    expect_rejoined(&viewer, &agent);
    talk(&viewer, &agent);
    end_both(&viewer, &agent);
}

static void who_comes_back_too_late_is_told_how_it_ended(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED}, ended;
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    pair(&viewer, &agent);
    memcpy(session, agent.session, sizeof(session));
    memcpy(token, agent.token, sizeof(token));
    test_leg_close(&agent);
    test_leg_expect(&viewer, DS_MESSAGE_PEER_AWAY, NULL);
    assert_true(test_leg_say(&viewer, &end));
    test_leg_new_session(&viewer, &ended); /* answered in order */
    for (int i = 0; i < 2; i++) {
        test_leg_open(&agent, relay.port, NULL, "agent");
        assert_true(test_leg_resume(&agent, session, token, 0));
        test_leg_expect(&agent, DS_MESSAGE_ENDED, &ended);
        assert_string_equal(ended.by, DS_BY_REP);
        assert_string_equal(ended.reason, DS_REASON_CLOSED);
        test_leg_close(&agent);
    }
    test_leg_close(&viewer);
}

static void expect_no_session(const char *role, const char *session, const char *token,
                              struct ds_message *error)
{
    struct test_leg leg;
    test_leg_open(&leg, relay.port, "127.0.9.9", role);
    assert_true(test_leg_resume(&leg, session, token, 0));
    test_leg_expect_error(&leg, DS_REFUSAL_SESSION, error);
    /* It may still do what anybody may. */
    test_leg_join(&leg, "000000000");
    test_leg_close(&leg);
}

static void wrong_tokens_and_unknown_sessions_get_one_answer(void **state)
{
    (void)state;
    struct test_leg viewer, agent, other_viewer, other_agent;
    struct ds_message answers[5];
    char wrong[DS_TEXT_TOKEN];
    pair(&viewer, &agent);
    pair(&other_viewer, &other_agent);
    memcpy(wrong, agent.token, sizeof(wrong));
    wrong[31] = wrong[31] == '0' ? '1' : '0';
    expect_no_session("agent", agent.session, wrong, &answers[0]);
    expect_no_session("agent", "00000000000000000000000000000000", agent.token, &answers[1]);
    expect_no_session("viewer", agent.session, agent.token, &answers[2]); /* the other end's */
    expect_no_session("agent", agent.session, other_agent.token, &answers[3]);
    expect_no_session("agent", other_agent.session, agent.token, &answers[4]);
    for (int i = 1; i < 5; i++)
        assert_memory_equal(&answers[i], &answers[0], sizeof(answers[0]));
    talk(&viewer, &agent);
    talk(&other_viewer, &other_agent);
    end_both(&viewer, &agent);
    end_both(&other_viewer, &other_agent);
}

static void wrong_tokens_are_bounded_and_lock_nobody_out(void **state)
{
    (void)state;
    struct test_leg viewer, agent, guesser;
    struct ds_frame frame;
    struct ds_message answer;
    unsigned wrong = 0;
    test_leg_pair(&viewer, &agent, relay.port, "127.0.7.7", TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_wait_token(&agent, 1);
    test_leg_open(&guesser, relay.port, "127.0.7.7", "agent");
    do {
        assert_true(
            test_leg_resume(&guesser, agent.session, "0123456789abcdef0123456789abcdef", 0));
        assert_true(test_leg_next(&guesser, &frame));
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &answer), 0);
        assert_int_equal(answer.type, DS_MESSAGE_ERROR);
    } while (strcmp(answer.error, DS_REFUSAL_SESSION) == 0 && ++wrong < 100);
    assert_int_equal(wrong, 20);
    assert_string_equal(answer.error, DS_REFUSAL_TOO_MANY);
    test_leg_expect_closed(&guesser);
    test_leg_close(&guesser);
    test_leg_return(&agent, relay.port, "127.0.7.7", "agent", 0, NULL);
    test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL);
    end_both(&viewer, &agent);
}

static void a_leg_that_is_in_a_session_cannot_take_another(void **state)
{
    (void)state;
    struct test_leg viewer, agent, other_viewer, other_agent;
    pair(&viewer, &agent);
    pair(&other_viewer, &other_agent);
    assert_true(test_leg_resume(&agent, other_agent.session, other_agent.token, 0));
    test_leg_expect_error(&agent, DS_REFUSAL_PROTOCOL, NULL);
    assert_true(test_leg_resume(&viewer, viewer.session, viewer.token, 0));
    test_leg_expect_error(&viewer, DS_REFUSAL_PROTOCOL, NULL);
    talk(&viewer, &agent);
    talk(&other_viewer, &other_agent);
    end_both(&viewer, &agent);
    end_both(&other_viewer, &other_agent);
}

static void list_shows_who_is_away(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    char id[DS_TEXT_SESSION];
    pair(&viewer, &agent);
    memcpy(id, viewer.session, sizeof(id));
    test_leg_close(&agent);
    wait_for_list(id, "\tcustomer away, ");
    test_leg_close(&viewer);
    wait_for_list(id, "\tboth away, ");
}

static void a_flood_of_returns_leaves_the_last_one_in_its_place(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message message = {0};
    pair(&viewer, &agent);
    for (int i = 0; i < 200; i++) {
        char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
        memcpy(session, agent.session, sizeof(session));
        memcpy(token, agent.token, sizeof(token));
        test_leg_close(&agent);
        test_leg_open(&agent, relay.port, NULL, "agent");
        memcpy(agent.session, session, sizeof(session));
        memcpy(agent.token, token, sizeof(token));
        assert_true(test_leg_resume(&agent, session, token, 0)); /* and does not wait */
    }
    test_leg_expect(&agent, DS_MESSAGE_RESUMED, NULL);
    test_leg_expect(&agent, DS_MESSAGE_REJOINED, &message);
    unsigned round = message.round;
    struct ds_frame frame;
    do { /* one joining after the other */
        assert_true(test_leg_next(&viewer, &frame));
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &message), 0);
    } while (message.type != DS_MESSAGE_REJOINED || message.round != round);
    talk(&viewer, &agent);
    end_both(&viewer, &agent);
}

/* The places of legs are all taken, by those who come back among others: their old connections are
 * dead, but nobody knows it yet. */
static void a_full_relay_lets_its_own_back_in(void **state)
{
    (void)state;
    struct test_relay small;
    struct test_leg viewer[2], agent[2], guest, stranger;
    test_relay_make(&small);
    test_relay_quick_password(&small);
    test_relay_conf(&small, "legs_max = 4\ncrowded_ms = 300");
    test_relay_start(&small, NULL);
    for (int i = 0; i < 2; i++) {
        test_leg_pair(&viewer[i], &agent[i], small.port, NULL, TEST_RELAY_EMAIL,
                      TEST_RELAY_PASSWORD);
        test_leg_wait_token(&viewer[i], 1);
        test_leg_wait_token(&agent[i], 1);
    }
    for (int i = 0; i < 2; i++) {
        struct test_leg newer;
        test_leg_open(&newer, small.port, "127.0.8.8", "agent");
        assert_true(test_leg_resume(&newer, agent[i].session, agent[i].token, 0));
        test_leg_expect(&newer, DS_MESSAGE_RESUMED, NULL);
        test_leg_expect_error(&agent[i], DS_REFUSAL_SESSION, NULL);
        test_leg_expect(&newer, DS_MESSAGE_REJOINED, NULL);
        test_leg_expect(&viewer[i], DS_MESSAGE_REJOINED, NULL);
        test_leg_wait_token(&newer, 1);
        talk(&viewer[i], &newer);
        memcpy(newer.session, agent[i].session, sizeof(newer.session));
        test_leg_close(&agent[i]);
        agent[i] = newer;
    }
    test_leg_open(&stranger, small.port, NULL, "agent"); /* nobody who has a right to be here */
    assert_true(test_leg_resume(&stranger, agent[0].session, agent[1].token, 0));
    test_leg_expect_error(&stranger, DS_REFUSAL_SESSION, NULL);
    test_leg_expect_error(&stranger, DS_REFUSAL_BUSY, NULL);
    test_leg_expect_closed(&stranger);
    test_leg_close(&stranger);
    test_leg_open(&stranger, small.port, NULL, "viewer");
    test_leg_sign_in(&stranger, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect_error(&stranger, DS_REFUSAL_BUSY, NULL);
    test_leg_close(&stranger);
    /* Somebody takes the place of one who was cut, and has to give it back. */
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    memcpy(session, agent[0].session, sizeof(session));
    memcpy(token, agent[0].token, sizeof(token));
    test_leg_close(&agent[0]);
    test_leg_expect(&viewer[0], DS_MESSAGE_PEER_AWAY, NULL);
    test_leg_open(&guest, small.port, NULL, "agent");
    struct ds_frame frame;
    struct ds_message answer;
    for (int tries = 0;; tries++) { /* as ends do */
        test_leg_open(&agent[0], small.port, NULL, "agent");
        assert_true(test_leg_resume(&agent[0], session, token, 0));
        assert_true(test_leg_next(&agent[0], &frame));
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &answer), 0);
        if (answer.type == DS_MESSAGE_RESUMED)
            break;
        assert_string_equal(answer.error, DS_REFUSAL_BUSY);
        test_leg_close(&agent[0]);
        test_leg_poll(&viewer[0], 50);
        assert_true(tries < 100);
    }
    test_leg_expect_error(&guest, DS_REFUSAL_BUSY, NULL);
    test_leg_close(&guest);
    test_leg_expect(&agent[0], DS_MESSAGE_REJOINED, NULL);
    test_leg_expect(&viewer[0], DS_MESSAGE_REJOINED, NULL);
    talk(&viewer[0], &agent[0]);
    for (int i = 0; i < 2; i++)
        end_both(&viewer[i], &agent[i]);
    test_relay_remove(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_leg_comes_back_and_data_flows),
        cmocka_unit_test(each_end_waits_for_the_other),
        cmocka_unit_test(the_newest_leg_of_an_end_wins),
        cmocka_unit_test(a_token_is_good_until_the_next_one_was_used),
        cmocka_unit_test(a_viewer_comes_back_to_its_code),
        cmocka_unit_test(a_code_is_used_while_the_viewer_is_away),
        cmocka_unit_test(who_comes_back_too_late_is_told_how_it_ended),
        cmocka_unit_test(wrong_tokens_and_unknown_sessions_get_one_answer),
        cmocka_unit_test(wrong_tokens_are_bounded_and_lock_nobody_out),
        cmocka_unit_test(a_leg_that_is_in_a_session_cannot_take_another),
        cmocka_unit_test(list_shows_who_is_away),
        cmocka_unit_test(a_flood_of_returns_leaves_the_last_one_in_its_place),
        cmocka_unit_test(a_full_relay_lets_its_own_back_in),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, setup, teardown);
}
