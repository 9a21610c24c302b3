/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Join codes and passwords against somebody who guesses. Sources are 127.x.y.z: each test has its
 * own networks. */
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
    test_relay_conf(&relay, "code_life_s = 5");
    test_relay_start(&relay, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

static void sign_in(struct test_leg *viewer, const char *from)
{
    test_leg_open(viewer, relay.port, from, "viewer");
    test_leg_sign_in(viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(viewer, DS_MESSAGE_SIGNED_IN, NULL);
}

static void wrong_used_and_expired_codes_get_the_same_answer(void **state)
{
    (void)state;
    struct test_leg viewer, agent, other;
    struct ds_message session, wrong, used, expired, ended;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    sign_in(&viewer, "127.1.1.1");
    test_leg_open(&agent, relay.port, "127.1.1.2", "agent");
    test_leg_open(&other, relay.port, "127.1.1.3", "agent");

    test_leg_new_session(&viewer, &session);
    char code[DS_TEXT_CODE];
    memcpy(code, session.join_code, sizeof(code));
    code[8] = code[8] == '0' ? '1' : '0';
    test_leg_join(&other, code);
    test_leg_expect_error(&other, DS_REFUSAL_CODE, &wrong);

    test_leg_join(&agent, session.join_code);
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_PAIRED, NULL);
    test_leg_join(&other, session.join_code);
    test_leg_expect_error(&other, DS_REFUSAL_CODE, &used);

    assert_true(test_leg_say(&agent, &end));
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, NULL);
    test_leg_close(&agent);
    test_leg_new_session(&viewer, &session);
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.reason, DS_REASON_EXPIRED);
    test_leg_join(&other, session.join_code);
    test_leg_expect_error(&other, DS_REFUSAL_CODE, &expired);

    assert_string_equal(wrong.message, used.message);
    assert_string_equal(wrong.message, expired.message);
    test_leg_close(&viewer);
    test_leg_close(&other);
}

static void a_fresh_code_takes_the_place_of_one_that_nobody_used(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message first, second;
    sign_in(&viewer, "127.1.2.1");
    test_leg_new_session(&viewer, &first);
    test_leg_new_session(&viewer, &second);
    assert_string_not_equal(first.session, second.session);
    test_leg_open(&agent, relay.port, "127.1.2.2", "agent");
    test_leg_join(&agent, first.join_code);
    test_leg_expect_error(&agent, DS_REFUSAL_CODE, NULL);
    test_leg_join(&agent, second.join_code);
    test_leg_expect(&agent, DS_MESSAGE_PAIRED, NULL);
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

static void ten_wrong_codes_stop_an_address_and_even_the_right_one(void **state)
{
    (void)state;
    struct test_leg viewer, agent, neighbour;
    struct ds_message session, error;
    sign_in(&viewer, "127.1.3.1");
    test_leg_open(&agent, relay.port, "127.1.3.2", "agent");
    for (int i = 0; i < 10; i++) {
        test_leg_join(&agent, "000000000");
        test_leg_expect_error(&agent, DS_REFUSAL_CODE, NULL);
    }
    test_leg_new_session(&viewer, &session);
    test_leg_join(&agent, session.join_code);
    test_leg_expect_error(&agent, DS_REFUSAL_TOO_MANY, &error);
    assert_non_null(strstr(error.message, "60 minutes"));
    /* Another leg of the same address is no way round; a neighbour is not punished. */
    test_leg_close(&agent);
    test_leg_open(&agent, relay.port, "127.1.3.2", "agent");
    test_leg_join(&agent, session.join_code);
    test_leg_expect_error(&agent, DS_REFUSAL_TOO_MANY, NULL);
    test_leg_open(&neighbour, relay.port, "127.1.3.3", "agent");
    test_leg_join(&neighbour, session.join_code);
    test_leg_expect(&neighbour, DS_MESSAGE_PAIRED, NULL);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    test_leg_close(&neighbour);
}

static void thirty_wrong_codes_stop_a_network(void **state)
{
    (void)state;
    struct test_leg agent;
    const char *from[] = {"127.1.4.1", "127.1.4.2", "127.1.4.3", "127.1.4.4"};
    for (int a = 0; a < 3; a++) {
        test_leg_open(&agent, relay.port, from[a], "agent");
        for (int i = 0; i < 10; i++) {
            test_leg_join(&agent, "000000000");
            test_leg_expect_error(&agent, DS_REFUSAL_CODE, NULL);
        }
        test_leg_close(&agent);
    }
    test_leg_open(&agent, relay.port, from[3], "agent");
    test_leg_join(&agent, "000000000");
    test_leg_expect_error(&agent, DS_REFUSAL_TOO_MANY, NULL);
    test_leg_close(&agent);
}

static void wrong_passwords_say_the_same_whether_the_account_exists(void **state)
{
    (void)state;
    struct test_leg viewer;
    struct ds_message known, unknown, no_email;
    test_leg_open(&viewer, relay.port, "127.1.5.1", "viewer");
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, "wrong password here");
    test_leg_expect_error(&viewer, DS_REFUSAL_PASSWORD, &known);
    test_leg_sign_in(&viewer, "nobody@acme.example", "wrong password here");
    test_leg_expect_error(&viewer, DS_REFUSAL_PASSWORD, &unknown);
    assert_string_equal(known.message, unknown.message);
    test_leg_sign_in(&viewer, "dana", TEST_RELAY_PASSWORD);
    test_leg_expect_error(&viewer, DS_REFUSAL_PASSWORD, &no_email);
    assert_non_null(strstr(no_email.message, "e-mail"));
    for (int i = 0; i < 7; i++) {
        test_leg_sign_in(&viewer, "nobody@acme.example", "wrong password here");
        test_leg_expect_error(&viewer, DS_REFUSAL_PASSWORD, NULL);
    }
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect_error(&viewer, DS_REFUSAL_TOO_MANY, NULL);
    test_leg_close(&viewer);
}

static void only_the_right_password_learns_that_an_account_is_suspended(void **state)
{
    (void)state;
    struct test_leg viewer;
    assert_int_equal(test_relay_command(
                         &relay, (const char *[]){"rep", "disable", TEST_RELAY_EMAIL, NULL}, NULL),
                     0);
    test_leg_open(&viewer, relay.port, "127.1.6.1", "viewer");
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, "wrong password here");
    test_leg_expect_error(&viewer, DS_REFUSAL_PASSWORD, NULL);
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect_error(&viewer, DS_REFUSAL_NOT_ACTIVATED, NULL);
    assert_int_equal(
        test_relay_command(&relay, (const char *[]){"rep", "enable", TEST_RELAY_EMAIL, NULL}, NULL),
        0);
    test_leg_sign_in(&viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_close(&viewer);
}

static void messages_out_of_place_are_refused_in_words(void **state)
{
    (void)state;
    struct test_leg leg;
    struct ds_message ask = {.type = DS_MESSAGE_NEW_SESSION};
    test_leg_open(&leg, relay.port, "127.1.7.1", "viewer");
    assert_true(test_leg_say(&leg, &ask)); /* not signed in */
    test_leg_expect_error(&leg, DS_REFUSAL_PROTOCOL, NULL);
    test_leg_join(&leg, "123456789"); /* a viewer does not join */
    test_leg_expect_error(&leg, DS_REFUSAL_PROTOCOL, NULL);
    test_leg_close(&leg);
    test_leg_open(&leg, relay.port, "127.1.7.1", "agent");
    test_leg_sign_in(&leg, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD); /* an agent does not sign in */
    test_leg_expect_error(&leg, DS_REFUSAL_PROTOCOL, NULL);
    test_leg_close(&leg);
}

/* Takes the answers of all legs and counts those that told whether the guess was right. */
static int count_told(struct test_leg *legs, int count, const char *told)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        struct ds_message message;
        test_leg_expect(&legs[i], DS_MESSAGE_ERROR, &message);
        n += strcmp(message.error, told) == 0;
        if (strcmp(message.error, told) != 0)
            assert_string_equal(message.error, DS_REFUSAL_TOO_MANY);
        test_leg_close(&legs[i]);
    }
    return n;
}

#define AT_ONCE 12

/* Guesses that are under way at the same time are no more than those one after the other. */
static void guesses_at_once_get_no_more_answers_than_guesses_in_turn(void **state)
{
    (void)state;
    struct test_relay guessed;
    struct test_leg legs[AT_ONCE];
    test_relay_make(&guessed);
    test_relay_conf(&guessed, "wrong_codes_per_day = 1\nwrong_codes_per_address = 3\n"
                              "wrong_passwords_per_address = 3");
    test_relay_start(&guessed, NULL);
    test_leg_open(&legs[0], guessed.port, "127.1.9.1", "agent");
    for (int i = 0; i < 2; i++) { /* from now on answers are held back */
        test_leg_join(&legs[0], "000000000");
        test_leg_expect_error(&legs[0], DS_REFUSAL_CODE, NULL);
    }
    test_leg_close(&legs[0]);
    for (int i = 0; i < AT_ONCE; i++)
        test_leg_open(&legs[i], guessed.port, "127.1.8.1", "agent");
    for (int i = 0; i < AT_ONCE; i++)
        test_leg_join(&legs[i], "000000000");
    assert_int_equal(count_told(legs, AT_ONCE, DS_REFUSAL_CODE), 3);
    for (int i = 0; i < AT_ONCE; i++)
        test_leg_open(&legs[i], guessed.port, "127.1.8.1", "viewer");
    for (int i = 0; i < AT_ONCE; i++)
        test_leg_sign_in(&legs[i], TEST_RELAY_EMAIL, "wrong password here");
    assert_int_equal(count_told(legs, AT_ONCE, DS_REFUSAL_PASSWORD), 3);
    test_relay_remove(&guessed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_used_and_expired_codes_get_the_same_answer),
        cmocka_unit_test(a_fresh_code_takes_the_place_of_one_that_nobody_used),
        cmocka_unit_test(ten_wrong_codes_stop_an_address_and_even_the_right_one),
        cmocka_unit_test(thirty_wrong_codes_stop_a_network),
        cmocka_unit_test(wrong_passwords_say_the_same_whether_the_account_exists),
        cmocka_unit_test(only_the_right_password_learns_that_an_account_is_suspended),
        cmocka_unit_test(messages_out_of_place_are_refused_in_words),
        cmocka_unit_test(guesses_at_once_get_no_more_answers_than_guesses_in_turn),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
