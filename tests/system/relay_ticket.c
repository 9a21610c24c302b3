/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tickets on a real relay: what a signed-in leg gets, another one signs in with, once; and what
 * becomes of them when the account may no longer. */
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct test_relay relay;

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_start(&relay, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

static void command(const char *const *words, const char *wanted)
{
    char *output;
    assert_int_equal(0, test_relay_command(&relay, words, &output));
    if (!strstr(output, wanted))
        fail_msg("\"%s\" is not in: %s", wanted, output);
    free(output);
}

static void sign_in(struct test_leg *leg)
{
    struct ds_message signed_in;
    test_leg_open(leg, relay.port, NULL, "viewer");
    test_leg_sign_in(leg, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(leg, DS_MESSAGE_SIGNED_IN, &signed_in);
}

static void want(struct test_leg *leg, struct ds_message *ticket)
{
    assert_true(test_leg_say(leg, &(struct ds_message){.type = DS_MESSAGE_WANT_TICKET}));
    test_leg_expect(leg, DS_MESSAGE_TICKET, ticket);
    assert_int_equal(60, ticket->expires_s);
}

/* On a new leg. */
static void use(struct test_leg *leg, const char *ticket)
{
    struct ds_message message = {.type = DS_MESSAGE_USE_TICKET};
    memcpy(message.ticket, ticket, sizeof(message.ticket));
    test_leg_open(leg, relay.port, NULL, "viewer");
    assert_true(test_leg_say(leg, &message));
}

static void a_ticket_signs_one_further_leg_in(void **state)
{
    (void)state;
    struct test_leg first, second, third;
    struct ds_message ticket, answer, session, error;
    sign_in(&first);
    want(&first, &ticket);
    use(&second, ticket.ticket);
    test_leg_expect(&second, DS_MESSAGE_SIGNED_IN, &answer);
    assert_string_equal("Dana R.", answer.name);
    test_leg_new_session(&second, &session); /* both at once */
    test_leg_new_session(&first, &session);
    want(&second, &answer); /* of such a leg, too, and in a session */
    use(&third, ticket.ticket);
    test_leg_expect_error(&third, DS_REFUSAL_TICKET, &error);
    test_leg_sign_in(&third, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD); /* costs nothing else */
    test_leg_expect(&third, DS_MESSAGE_SIGNED_IN, &answer);
    test_leg_close(&first);
    test_leg_close(&second);
    test_leg_close(&third);
}

static void only_a_viewer_that_is_signed_in_gets_one(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message error;
    const struct ds_message wish = {.type = DS_MESSAGE_WANT_TICKET};
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    assert_true(test_leg_say(&viewer, &wish));
    test_leg_expect_error(&viewer, DS_REFUSAL_PROTOCOL, &error);
    test_leg_open(&agent, relay.port, NULL, "agent");
    assert_true(test_leg_say(&agent, &wish));
    test_leg_expect_error(&agent, DS_REFUSAL_PROTOCOL, &error);
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

static void guesses_are_counted_and_a_right_one_is_never_locked_out(void **state)
{
    (void)state;
    struct test_leg first, guess, second;
    struct ds_message ticket, message = {.type = DS_MESSAGE_USE_TICKET}, error;
    bool is_held_back = false;
    sign_in(&first);
    want(&first, &ticket);
    test_leg_open(&guess, relay.port, NULL, "viewer");
    memset(message.ticket, 'a', sizeof(message.ticket) - 1);
    for (int i = 0; i < 200 && !is_held_back; i++) {
        struct ds_frame frame;
        assert_true(test_leg_say(&guess, &message));
        assert_true(test_leg_next(&guess, &frame));
        assert_int_equal(0, ds_message_decode(frame.payload, frame.len, &error));
        is_held_back = strcmp(error.error, DS_REFUSAL_TOO_MANY) == 0;
    }
    assert_true(is_held_back);
    use(&second, ticket.ticket);
    test_leg_expect(&second, DS_MESSAGE_SIGNED_IN, &error);
    test_leg_close(&first);
    test_leg_close(&guess);
    test_leg_close(&second);
}

static void an_account_that_may_no_longer_has_no_ticket_that_is_good(void **state)
{
    (void)state;
    struct test_leg first, second;
    struct ds_message ticket, error;
    sign_in(&first);
    want(&first, &ticket);
    command((const char *[]){"rep", "disable", TEST_RELAY_EMAIL, NULL}, "suspended");
    command((const char *[]){"rep", "enable", TEST_RELAY_EMAIL, NULL}, "active");
    use(&second, ticket.ticket);
    test_leg_expect_error(&second, DS_REFUSAL_TICKET, &error);
    test_leg_close(&first);
    test_leg_close(&second);

    sign_in(&first);
    want(&first, &ticket);
    command((const char *[]){"rep", "deny", TEST_RELAY_EMAIL, "multi-session", NULL},
            "multi-session");
    assert_true(test_leg_say(&first, &(struct ds_message){.type = DS_MESSAGE_WANT_TICKET}));
    test_leg_expect_error(&first, DS_REFUSAL_WITHOUT, &error);
    test_leg_close(&first);
}

static int count_lines(const char *what, const char *detail)
{
    char sql[300];
    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM audit WHERE what = '%s' AND instr(detail, '%s') > 0;", what,
             detail);
    char *text = test_relay_sql(&relay, sql);
    int count = atoi(text);
    free(text);
    return count;
}

static void each_one_is_in_the_audit_log_without_its_text(void **state)
{
    (void)state;
    struct test_leg first, second;
    struct ds_message ticket, answer;
    sign_in(&first);
    want(&first, &ticket);
    use(&second, ticket.ticket);
    test_leg_expect(&second, DS_MESSAGE_SIGNED_IN, &answer);
    test_leg_close(&first);
    test_leg_close(&second);
    assert_int_equal(0, test_relay_stop(&relay));
    assert_int_equal(1, count_lines("ticket", "address=127.0.0.1"));
    assert_int_equal(1, count_lines("sign-in", "by=ticket"));
    assert_int_equal(2, count_lines("sign-in", "address="));
    assert_int_equal(0, count_lines("ticket", ticket.ticket));
    assert_int_equal(0, count_lines("sign-in", ticket.ticket));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_ticket_signs_one_further_leg_in),
        TEST(only_a_viewer_that_is_signed_in_gets_one),
        TEST(guesses_are_counted_and_a_right_one_is_never_locked_out),
        TEST(an_account_that_may_no_longer_has_no_ticket_that_is_good),
        TEST(each_one_is_in_the_audit_log_without_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
