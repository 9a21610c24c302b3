/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/consent/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW (1000 * DS_SECOND)

static void nothing_is_granted_at_the_start(void **state)
{
    (void)state;
    struct agent_rights rights;
    assert_true(agent_rights_init(&rights, NULL));
    for (int i = 0; i < DS_RIGHT_COUNT; i++)
        assert_false(agent_rights_has(&rights, (enum ds_right)i));
    assert_int_equal(DS_RIGHT_COUNT, agent_rights_asked(&rights));
}

static void a_request_asks_once_and_one_question_is_open_at_a_time(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
    assert_int_equal(DS_RIGHT_CONTROL, agent_rights_asked(&rights));
    assert_int_equal(AGENT_RIGHTS_UNCHANGED, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(&rights, DS_RIGHT_FILES, NOW));
    agent_rights_refuse(&rights, DS_RIGHT_CONTROL, NOW);
    assert_false(agent_rights_has(&rights, DS_RIGHT_CONTROL));
    assert_int_equal(AGENT_RIGHTS_ASK,
                     agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW + 30 * DS_SECOND));
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    assert_true(agent_rights_has(&rights, DS_RIGHT_CONTROL));
    assert_true(agent_rights_has(&rights, DS_RIGHT_LOOK));
    assert_false(agent_rights_has(&rights, DS_RIGHT_FILES));
}

/* The question is put at `at` and answered no: the next is refused until exactly hold_s later. */
static void expect_hold(struct agent_rights *rights, ds_tick *at, unsigned hold_s)
{
    const enum ds_right right = DS_RIGHT_CONTROL;
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(rights, right, *at));
    assert_int_equal(0, agent_rights_wait_s(rights, right, *at));
    agent_rights_refuse(rights, right, *at);
    assert_int_equal(hold_s, agent_rights_wait_s(rights, right, *at));
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(rights, right, *at));
    ds_tick end = *at + hold_s * DS_SECOND;
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(rights, right, end - 1));
    assert_int_equal(1, agent_rights_wait_s(rights, right, end - 1));
    assert_int_equal(DS_RIGHT_COUNT, agent_rights_asked(rights));
    assert_int_equal(0, agent_rights_wait_s(rights, right, end));
    *at = end;
}

static void a_no_holds_and_each_further_one_twice_as_long(void **state)
{
    (void)state;
    static const unsigned holds_s[] = {30, 60, 120, 240, 300, 300, 300};
    struct agent_rights rights;
    ds_tick at = NOW;
    agent_rights_init(&rights, NULL);
    for (size_t i = 0; i < sizeof(holds_s) / sizeof(holds_s[0]); i++)
        expect_hold(&rights, &at, holds_s[i]);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL, at));
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    agent_rights_revoke(&rights, DS_RIGHT_CONTROL);
    expect_hold(&rights, &at, 30); /* a yes begins anew */
}

static void a_no_to_one_right_leaves_the_others_free(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW);
    agent_rights_refuse(&rights, DS_RIGHT_CONTROL, NOW);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_FILES, NOW));
    /* refused because another question is open: that is nobody's no */
    agent_rights_init(&rights, NULL);
    agent_rights_request(&rights, DS_RIGHT_FILES, NOW);
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
    assert_int_equal(0, agent_rights_wait_s(&rights, DS_RIGHT_CONTROL, NOW));
    agent_rights_grant(&rights, DS_RIGHT_FILES);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
}

static void giving_up_a_refused_right_does_not_end_its_hold(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW);
    agent_rights_refuse(&rights, DS_RIGHT_CONTROL, NOW);
    agent_rights_revoke(&rights, DS_RIGHT_CONTROL); /* RELEASE, from a viewer that tries tricks */
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
    assert_int_equal(30, agent_rights_wait_s(&rights, DS_RIGHT_CONTROL, NOW));
}

static void a_late_no_takes_nothing_that_was_granted(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    agent_rights_refuse(&rights, DS_RIGHT_CONTROL, NOW);
    assert_true(agent_rights_has(&rights, DS_RIGHT_CONTROL));
}

static void taking_look_takes_everything(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    agent_rights_grant(&rights, DS_RIGHT_FILES);
    assert_true(agent_rights_revoke(&rights, DS_RIGHT_CONTROL));
    assert_true(agent_rights_has(&rights, DS_RIGHT_FILES));
    assert_false(agent_rights_revoke(&rights, DS_RIGHT_CONTROL));
    assert_true(agent_rights_revoke(&rights, DS_RIGHT_LOOK));
    assert_false(agent_rights_has(&rights, DS_RIGHT_FILES));
    assert_false(agent_rights_has(&rights, DS_RIGHT_LOOK));
}

static void only_control_and_pointing_show_the_screen_again(void **state)
{
    (void)state;
    for (int i = DS_RIGHT_POINT; i < DS_RIGHT_COUNT; i++) {
        struct agent_rights rights;
        agent_rights_init(&rights, NULL);
        agent_rights_grant(&rights, (enum ds_right)i);
        assert_true(agent_rights_has(&rights, (enum ds_right)i));
        assert_int_equal(agent_rights_has(&rights, DS_RIGHT_LOOK),
                         i == DS_RIGHT_POINT || i == DS_RIGHT_CONTROL);
    }
}

static void a_revoked_right_can_be_asked_for_again(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    agent_rights_revoke(&rights, DS_RIGHT_CONTROL);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
}

static void accepting_beforehand_grants_what_is_named_and_refuses_the_rest(void **state)
{
    (void)state;
    struct agent_rights rights;
    assert_true(agent_rights_init(&rights, "control,files"));
    assert_false(agent_rights_has(&rights, DS_RIGHT_CONTROL));
    agent_rights_grant_accepted(&rights);
    assert_true(agent_rights_has(&rights, DS_RIGHT_LOOK));
    assert_true(agent_rights_has(&rights, DS_RIGHT_CONTROL));
    assert_true(agent_rights_has(&rights, DS_RIGHT_FILES));
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(&rights, DS_RIGHT_RESTART, NOW));
    agent_rights_revoke(&rights, DS_RIGHT_CONTROL);
    assert_int_equal(AGENT_RIGHTS_GRANTED, agent_rights_request(&rights, DS_RIGHT_CONTROL, NOW));
}

static void lists_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "look,", ",look", "everything", "Look", "look control", "controlcontrolcontrol"};
    struct agent_rights rights;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(agent_rights_init(&rights, wrong[i]));
    assert_true(agent_rights_init(&rights, "look,point,control,clipboard,files,restart"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_granted_at_the_start),
        cmocka_unit_test(a_request_asks_once_and_one_question_is_open_at_a_time),
        cmocka_unit_test(a_no_holds_and_each_further_one_twice_as_long),
        cmocka_unit_test(a_no_to_one_right_leaves_the_others_free),
        cmocka_unit_test(giving_up_a_refused_right_does_not_end_its_hold),
        cmocka_unit_test(a_late_no_takes_nothing_that_was_granted),
        cmocka_unit_test(taking_look_takes_everything),
        cmocka_unit_test(only_control_and_pointing_show_the_screen_again),
        cmocka_unit_test(a_revoked_right_can_be_asked_for_again),
        cmocka_unit_test(accepting_beforehand_grants_what_is_named_and_refuses_the_rest),
        cmocka_unit_test(lists_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
