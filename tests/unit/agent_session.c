/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the customer's side knows of its session: states, pages, durations, endings. */
#include "agent/session/session.h"

#include "agent/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct agent_session session;
static struct agent_view view;

static void look(ds_tick now)
{
    agent_session_view(&session, now, &view);
}

static void be_active(bool to_control)
{
    agent_session_init(&session, NULL, NULL);
    session.phase = AGENT_PHASE_ACTIVE;
    agent_rights_grant(&session.rights, to_control ? DS_RIGHT_CONTROL : DS_RIGHT_LOOK);
}

static void it_begins_with_the_code_unless_one_was_given(void **state)
{
    (void)state;
    agent_session_init(&session, NULL, NULL);
    assert_int_equal(AGENT_PHASE_CODE, session.phase);
    look(1);
    assert_int_equal(AGENT_PAGE_CODE, view.page);
    assert_int_equal(DS_RIGHT_COUNT, view.asked);
    agent_session_init(&session, NULL, "123456789");
    assert_int_equal(AGENT_PHASE_CONNECTING, session.phase);
    look(1);
    assert_int_equal(AGENT_PAGE_CONNECTING, view.page);
    assert_string_equal("123456789", view.code);
}

static void every_phase_has_its_page_and_its_state(void **state)
{
    static const struct {
        enum agent_phase phase;
        enum agent_page page;
        const char *state;
    } all[] = {
        {AGENT_PHASE_CODE, AGENT_PAGE_CODE, "waiting"},
        {AGENT_PHASE_CONNECTING, AGENT_PAGE_CONNECTING, "waiting"},
        {AGENT_PHASE_WARNING, AGENT_PAGE_WARNING, "asking"},
        {AGENT_PHASE_NUMBER, AGENT_PAGE_NUMBER, "verifying"},
        {AGENT_PHASE_CONSENT, AGENT_PAGE_CONSENT, "asking"},
        {AGENT_PHASE_ACTIVE, AGENT_PAGE_CONNECTED, "active"},
        {AGENT_PHASE_ENDED, AGENT_PAGE_ENDED, "ended"},
    };
    (void)state;
    agent_session_init(&session, NULL, NULL);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        session.phase = all[i].phase;
        look(1);
        assert_int_equal(all[i].page, view.page);
        assert_string_equal(all[i].state, agent_session_state(&session));
    }
    session.phase = AGENT_PHASE_ACTIVE;
    session.paused = AGENT_PAUSE_BY_REP;
    assert_string_equal("paused", agent_session_state(&session));
}

static void a_cut_session_shows_nothing_and_counts_down(void **state)
{
    (void)state;
    be_active(true);
    agent_session_count(&session, 100 * DS_SECOND);
    assert_true(agent_session_is_controlled(&session));
    agent_session_lost(&session, 110 * DS_SECOND);
    session.lost_until = 700 * DS_SECOND;
    assert_false(agent_session_is_seen(&session));
    assert_false(agent_session_is_controlled(&session));
    assert_string_equal("reconnecting", agent_session_state(&session));
    look(110 * DS_SECOND);
    assert_int_equal(AGENT_PAGE_RECONNECTING, view.page);
    assert_int_equal(590, view.left_s);
    assert_true(view.is_brief);
    assert_true(view.was_active);
    assert_true(view.granted[DS_RIGHT_CONTROL]); /* asked once */
    look(114 * DS_SECOND);
    assert_false(view.is_brief);
    agent_session_lost(&session, 200 * DS_SECOND); /* it was already */
    /* What the question had left, it has still. */
    assert_int_equal(160 * DS_SECOND + 100 * DS_SECOND,
                     agent_session_back(&session, 160 * DS_SECOND, 210 * DS_SECOND));
    assert_string_equal("active", agent_session_state(&session));
    agent_session_count(&session, 215 * DS_SECOND);
    look(215 * DS_SECOND);
    assert_int_equal(AGENT_PAGE_CONNECTED, view.page);
    assert_int_equal(15, view.seen_s); /* the cut does not count */
    assert_int_equal(0, view.left_s);
    assert_int_equal(0, agent_session_back(&session, 0, 220 * DS_SECOND));
}

static void a_cut_before_the_yes_has_its_page_too(void **state)
{
    (void)state;
    agent_session_init(&session, NULL, NULL);
    session.phase = AGENT_PHASE_NUMBER;
    agent_session_lost(&session, 5);
    look(5);
    assert_int_equal(AGENT_PAGE_RECONNECTING, view.page);
    assert_false(view.was_active);
    session.phase = AGENT_PHASE_ENDED;
    look(6);
    assert_int_equal(AGENT_PAGE_ENDED, view.page);
    assert_string_equal("ended", agent_session_state(&session));
}

static void who_agreed_beforehand_sees_no_page_but_the_bar(void **state)
{
    (void)state;
    agent_session_init(&session, "look,control", "123456789");
    for (int phase = AGENT_PHASE_CODE; phase <= AGENT_PHASE_ENDED; phase++) {
        session.phase = (enum agent_phase)phase;
        look(1);
        assert_int_equal(phase == AGENT_PHASE_ACTIVE ? AGENT_PAGE_CONNECTED : AGENT_PAGE_NONE,
                         view.page);
        assert_true(view.by_command);
    }
}

static void nothing_is_seen_before_it_is_active_nor_in_a_pause(void **state)
{
    (void)state;
    be_active(true);
    assert_true(agent_session_is_seen(&session));
    assert_true(agent_session_is_controlled(&session));
    session.paused = AGENT_PAUSE_BY_CUSTOMER;
    assert_false(agent_session_is_seen(&session));
    assert_false(agent_session_is_controlled(&session));
    session.paused = AGENT_PAUSE_NONE;
    for (int phase = AGENT_PHASE_CODE; phase <= AGENT_PHASE_ENDED; phase++) {
        session.phase = (enum agent_phase)phase;
        assert_int_equal(phase == AGENT_PHASE_ACTIVE, agent_session_is_seen(&session));
    }
    be_active(false);
    assert_true(agent_session_is_seen(&session));
    assert_false(agent_session_is_controlled(&session));
}

static void times_are_counted_while_it_is_so(void **state)
{
    (void)state;
    be_active(false);
    agent_session_count(&session, 100 * DS_SECOND);
    agent_session_count(&session, 110 * DS_SECOND); /* 10 s seen */
    agent_rights_grant(&session.rights, DS_RIGHT_CONTROL);
    agent_session_count(&session, 115 * DS_SECOND); /* 5 s controlled */
    session.paused = AGENT_PAUSE_BY_CUSTOMER;
    agent_session_count(&session, 215 * DS_SECOND); /* neither */
    session.paused = AGENT_PAUSE_NONE;
    agent_session_count(&session, 216 * DS_SECOND);
    agent_session_count(&session, 216 * DS_SECOND);
    agent_session_count(&session, 200 * DS_SECOND); /* a clock never goes back; if it did */
    look(216 * DS_SECOND);
    assert_int_equal(16, view.seen_s);
    assert_int_equal(6, view.controlled_s);
}

static void a_moment_of_being_seen_is_not_told_as_nothing(void **state)
{
    (void)state;
    be_active(false);
    agent_session_count(&session, DS_SECOND);
    look(DS_SECOND);
    assert_int_equal(0, view.seen_s);
    agent_session_count(&session, DS_SECOND + 200 * DS_MS);
    look(DS_SECOND + 200 * DS_MS);
    assert_int_equal(1, view.seen_s);
    assert_int_equal(0, view.controlled_s);
}

static void controlling_is_shown_for_a_second_after_the_last_input(void **state)
{
    (void)state;
    be_active(true);
    look(5 * DS_SECOND);
    assert_false(view.is_controlling);
    session.last_injected = 5 * DS_SECOND;
    look(5 * DS_SECOND + 900 * DS_MS);
    assert_true(view.is_controlling);
    look(6 * DS_SECOND);
    assert_false(view.is_controlling);
    session.paused = AGENT_PAUSE_BY_CUSTOMER;
    look(5 * DS_SECOND);
    assert_false(view.is_controlling);
}

static void the_view_has_what_is_asked_and_granted(void **state)
{
    (void)state;
    be_active(false);
    assert_int_equal(AGENT_RIGHTS_ASK, agent_rights_request(&session.rights, DS_RIGHT_CONTROL, 1));
    look(1);
    assert_int_equal(DS_RIGHT_CONTROL, view.asked);
    assert_true(view.granted[DS_RIGHT_LOOK]);
    assert_false(view.granted[DS_RIGHT_CONTROL]);
}

static void every_reason_of_the_relay_has_an_ending_and_an_exit_code(void **state)
{
    static const struct {
        const char *by, *reason;
        enum agent_ending ending;
        int exit_code;
    } all[] = {
        {DS_BY_REP, DS_REASON_CLOSED, AGENT_ENDING_BY_REP, AGENT_EXIT_ENDED},
        {DS_BY_CUSTOMER, DS_REASON_CLOSED, AGENT_ENDING_BY_CUSTOMER, AGENT_EXIT_ENDED},
        {DS_BY_RELAY, DS_REASON_CLOSED, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_ENDED},
        {DS_BY_REP, DS_REASON_WRONG_NUMBER, AGENT_ENDING_WRONG_NUMBER, AGENT_EXIT_REFUSED},
        {DS_BY_RELAY, DS_REASON_EXPIRED, AGENT_ENDING_EXPIRED, AGENT_EXIT_REFUSED},
        {DS_BY_CUSTOMER, DS_REASON_REFUSED, AGENT_ENDING_REFUSED, AGENT_EXIT_REFUSED},
        {DS_BY_RELAY, DS_REASON_LOST, AGENT_ENDING_LOST, AGENT_EXIT_CUT_OFF},
        {DS_BY_REP, DS_REASON_LOST, AGENT_ENDING_LOST, AGENT_EXIT_CUT_OFF},
        {DS_BY_RELAY, DS_REASON_SHUTDOWN, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_CUT_OFF},
        {DS_BY_RELAY, DS_REASON_ADMIN, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_ENDED},
        {DS_BY_RELAY, DS_REASON_DISABLED, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_ENDED},
        {DS_BY_RELAY, DS_REASON_PROTOCOL, AGENT_ENDING_FAULT, AGENT_EXIT_INTERNAL},
        {"nobody", "of a later version", AGENT_ENDING_SHUTDOWN, AGENT_EXIT_ENDED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct ds_message ended = {.type = DS_MESSAGE_ENDED};
        int exit_code = -1;
        snprintf(ended.by, sizeof(ended.by), "%s", all[i].by);
        snprintf(ended.reason, sizeof(ended.reason), "%s", all[i].reason);
        assert_int_equal(all[i].ending, agent_session_ending(&ended, &exit_code));
        assert_int_equal(all[i].exit_code, exit_code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_the_code_unless_one_was_given),
        cmocka_unit_test(every_phase_has_its_page_and_its_state),
        cmocka_unit_test(a_cut_session_shows_nothing_and_counts_down),
        cmocka_unit_test(a_cut_before_the_yes_has_its_page_too),
        cmocka_unit_test(who_agreed_beforehand_sees_no_page_but_the_bar),
        cmocka_unit_test(nothing_is_seen_before_it_is_active_nor_in_a_pause),
        cmocka_unit_test(times_are_counted_while_it_is_so),
        cmocka_unit_test(a_moment_of_being_seen_is_not_told_as_nothing),
        cmocka_unit_test(controlling_is_shown_for_a_second_after_the_last_input),
        cmocka_unit_test(the_view_has_what_is_asked_and_granted),
        cmocka_unit_test(every_reason_of_the_relay_has_an_ending_and_an_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
