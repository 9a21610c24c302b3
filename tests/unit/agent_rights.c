/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/consent/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL));
    assert_int_equal(DS_RIGHT_CONTROL, agent_rights_asked(&rights));
    assert_int_equal(AGENT_RIGHTS_UNCHANGED, agent_rights_request(&rights, DS_RIGHT_CONTROL));
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(&rights, DS_RIGHT_FILES));
    agent_rights_refuse(&rights, DS_RIGHT_CONTROL);
    assert_false(agent_rights_has(&rights, DS_RIGHT_CONTROL));
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL));
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    assert_true(agent_rights_has(&rights, DS_RIGHT_CONTROL));
    assert_true(agent_rights_has(&rights, DS_RIGHT_LOOK));
    assert_false(agent_rights_has(&rights, DS_RIGHT_FILES));
}

static void a_late_no_takes_nothing_that_was_granted(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    agent_rights_refuse(&rights, DS_RIGHT_CONTROL);
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

static void a_revoked_right_can_be_asked_for_again(void **state)
{
    (void)state;
    struct agent_rights rights;
    agent_rights_init(&rights, NULL);
    agent_rights_grant(&rights, DS_RIGHT_CONTROL);
    agent_rights_revoke(&rights, DS_RIGHT_CONTROL);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&rights, DS_RIGHT_CONTROL));
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
    assert_int_equal(AGENT_RIGHTS_REFUSED, agent_rights_request(&rights, DS_RIGHT_RESTART));
    agent_rights_revoke(&rights, DS_RIGHT_CONTROL);
    assert_int_equal(AGENT_RIGHTS_GRANTED, agent_rights_request(&rights, DS_RIGHT_CONTROL));
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
        cmocka_unit_test(a_late_no_takes_nothing_that_was_granted),
        cmocka_unit_test(taking_look_takes_everything),
        cmocka_unit_test(a_revoked_right_can_be_asked_for_again),
        cmocka_unit_test(accepting_beforehand_grants_what_is_named_and_refuses_the_rest),
        cmocka_unit_test(lists_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
