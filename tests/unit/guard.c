/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

struct reach {
    bool keys, pointer;
    unsigned asked;
    uint32_t x, y;
};

static bool may_reach(void *ctx, bool is_key, uint32_t x, uint32_t y)
{
    struct reach *r = ctx;
    r->asked++;
    r->x = x;
    r->y = y;
    return is_key ? r->keys : r->pointer;
}

static struct reach reach;

static struct agent_guard new_guard(void)
{
    struct agent_guard guard;
    reach = (struct reach){.keys = true, .pointer = true};
    agent_guard_init(&guard, 1, may_reach, &reach);
    return guard;
}

static struct agent_guard allowed_guard(void)
{
    struct agent_guard guard = new_guard();
    assert_int_equal(0, agent_guard_allow(&guard, true));
    return guard;
}

static struct ds_input pointer(uint32_t sequence, uint16_t x, uint16_t y, uint8_t buttons)
{
    return (struct ds_input){.epoch = 1,
                             .sequence = sequence,
                             .type = DS_INPUT_POINTER,
                             .x = x,
                             .y = y,
                             .buttons = buttons};
}

static struct ds_input key(uint32_t sequence, uint32_t keysym, bool down)
{
    return (struct ds_input){
        .epoch = 1, .sequence = sequence, .type = DS_INPUT_KEY, .keysym = keysym, .down = down};
}

static struct ds_input text(uint32_t sequence)
{
    return (struct ds_input){.epoch = 1, .sequence = sequence, .type = DS_INPUT_TEXT, .text = "x"};
}

static enum agent_guard_verdict check(struct agent_guard *guard, struct ds_input input)
{
    struct ds_input out;
    return agent_guard_check(guard, &input, &out);
}

static void nothing_passes_before_it_is_allowed(void **state)
{
    (void)state;
    struct agent_guard guard = new_guard();
    assert_int_equal(AGENT_GUARD_REFUSED, check(&guard, pointer(1, 1, 1, 0)));
    assert_int_equal(AGENT_GUARD_REFUSED, check(&guard, key(2, 'a', true)));
    assert_int_equal(AGENT_GUARD_REFUSED, check(&guard, text(3)));
    assert_int_equal(0, reach.asked);
    assert_int_equal(3, guard.counts[AGENT_GUARD_REFUSED]);
}

static void what_is_allowed_passes_unchanged(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    struct ds_input input = pointer(1, 10, 20, 3), out;
    assert_int_equal(AGENT_GUARD_PASS, agent_guard_check(&guard, &input, &out));
    assert_memory_equal(&input, &out, sizeof(input));
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(2, 'a', true)));
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, text(3)));
    struct ds_input release = {.epoch = 1, .sequence = 4, .type = DS_INPUT_RELEASE};
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, release));
    assert_int_equal(4, guard.counts[AGENT_GUARD_PASS]);
}

static void the_keys_of_the_bar_are_the_customers_alone(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, key(1, 0xff13, true))); /* Pause */
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, key(2, 0xff6b, true))); /* Break */
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(3, 0xff13, false)));
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(4, 0xff14, true))); /* Scroll Lock */
}

static void unknown_kinds_are_refused(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    struct ds_input input = {.epoch = 1, .sequence = 1, .type = 99};
    assert_int_equal(AGENT_GUARD_REFUSED, check(&guard, input));
}

static void late_repeated_and_foreign_messages_are_discarded(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, key(0, 'a', true)));
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(5, 'a', true)));
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, key(5, 'a', true)));
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, key(4, 'a', true)));
    struct ds_input other = key(6, 'a', true);
    other.epoch = 2;
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, other));
    other.epoch = 0;
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, other));
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(UINT32_MAX, 'a', false)));
    assert_int_equal(5, guard.counts[AGENT_GUARD_LATE]);
}

static void a_new_connection_begins_anew_and_lets_go(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(100, 'a', true)));
    assert_int_equal(AGENT_GUARD_RELEASE, agent_guard_set_epoch(&guard, 2));
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, key(101, 'a', true)));
    struct ds_input input = key(1, 'a', true);
    input.epoch = 2;
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, input));
}

static void a_refused_message_uses_up_its_sequence(void **state)
{
    (void)state;
    struct agent_guard guard = new_guard();
    assert_int_equal(AGENT_GUARD_REFUSED, check(&guard, key(7, 'a', true)));
    agent_guard_allow(&guard, true);
    assert_int_equal(AGENT_GUARD_LATE, check(&guard, key(7, 'a', true)));
}

static void taking_the_right_away_lets_go_once(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(0, agent_guard_allow(&guard, true));
    assert_int_equal(AGENT_GUARD_RELEASE, agent_guard_allow(&guard, false));
    assert_int_equal(0, agent_guard_allow(&guard, false));
    assert_int_equal(AGENT_GUARD_REFUSED, check(&guard, key(1, 'a', true)));
}

static void the_agents_windows_are_not_reached(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    reach.pointer = false;
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, pointer(1, 33, 44, 1)));
    assert_int_equal(33, reach.x);
    assert_int_equal(44, reach.y);
    reach.keys = false;
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, key(2, 'a', true)));
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, text(3)));
    assert_int_equal(3, guard.counts[AGENT_GUARD_WINDOW]);
    /* letting go always passes */
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(4, 'a', false)));
}

static void a_button_that_goes_up_over_a_window_of_the_agent_goes_up_before_it(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    struct ds_input out;
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, pointer(1, 10, 20, 1 | 4)));
    reach.pointer = false;
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, pointer(2, 50, 60, 1 | 4)));
    struct ds_input up = pointer(3, 50, 60, 4);
    assert_int_equal(AGENT_GUARD_PASS, agent_guard_check(&guard, &up, &out));
    assert_int_equal(10, out.x);
    assert_int_equal(20, out.y);
    assert_int_equal(4, out.buttons);
    /* a button that goes down there is no release */
    struct ds_input down = pointer(4, 50, 60, 2);
    assert_int_equal(AGENT_GUARD_PASS, agent_guard_check(&guard, &down, &out));
    assert_int_equal(0, out.buttons);
    assert_int_equal(AGENT_GUARD_WINDOW, check(&guard, pointer(5, 50, 60, 2)));
}

static void the_own_hand_holds_for_two_seconds_from_its_last_motion(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(0, agent_guard_deadline(&guard));
    assert_int_equal(AGENT_GUARD_RELEASE | AGENT_GUARD_HOLD_BEGAN,
                     agent_guard_own(&guard, AGENT_OWN_MOTION, 1 * DS_SECOND));
    assert_int_equal(AGENT_GUARD_HELD, check(&guard, pointer(1, 1, 1, 0)));
    assert_int_equal(0, agent_guard_own(&guard, AGENT_OWN_KEY, 2 * DS_SECOND));
    assert_int_equal(4 * DS_SECOND, agent_guard_deadline(&guard));
    assert_int_equal(0, agent_guard_tick(&guard, 4 * DS_SECOND - 1));
    assert_int_equal(AGENT_GUARD_HELD, check(&guard, key(2, 'a', true)));
    assert_int_equal(AGENT_GUARD_HOLD_ENDED, agent_guard_tick(&guard, 4 * DS_SECOND));
    assert_int_equal(0, agent_guard_tick(&guard, 5 * DS_SECOND));
    assert_int_equal(0, agent_guard_deadline(&guard));
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(3, 'a', true)));
    assert_int_equal(2, guard.counts[AGENT_GUARD_HELD]);
}

static void the_own_hand_holds_nothing_while_nobody_else_has_control(void **state)
{
    (void)state;
    struct agent_guard guard = new_guard();
    assert_int_equal(0, agent_guard_own(&guard, AGENT_OWN_MOTION, DS_SECOND));
    assert_int_equal(0, agent_guard_deadline(&guard));
    agent_guard_allow(&guard, true);
    assert_int_equal(AGENT_GUARD_PASS, check(&guard, key(1, 'a', true)));
}

static void a_hold_ends_with_the_right(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    agent_guard_own(&guard, AGENT_OWN_MOTION, DS_SECOND);
    assert_int_equal(AGENT_GUARD_RELEASE | AGENT_GUARD_HOLD_ENDED,
                     agent_guard_allow(&guard, false));
    assert_int_equal(0, agent_guard_deadline(&guard));
}

static unsigned escape(struct agent_guard *guard, ds_tick at)
{
    unsigned actions = agent_guard_own(guard, AGENT_OWN_ESCAPE_DOWN, at);
    return (actions | agent_guard_own(guard, AGENT_OWN_ESCAPE_UP, at + 1)) & AGENT_GUARD_TAKE_BACK;
}

static void escape_twice_within_half_a_second_takes_back(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(0, escape(&guard, DS_SECOND));
    assert_int_equal(AGENT_GUARD_TAKE_BACK, escape(&guard, DS_SECOND + AGENT_GUARD_ESCAPE));
    /* the third is a first one again */
    assert_int_equal(0, escape(&guard, DS_SECOND + AGENT_GUARD_ESCAPE + DS_MS));
    assert_int_equal(AGENT_GUARD_TAKE_BACK, escape(&guard, DS_SECOND + AGENT_GUARD_ESCAPE * 2));
}

static void two_slow_escapes_are_two_escapes(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(0, escape(&guard, DS_SECOND));
    assert_int_equal(0, escape(&guard, DS_SECOND + AGENT_GUARD_ESCAPE + 1));
    assert_int_equal(AGENT_GUARD_TAKE_BACK,
                     escape(&guard, DS_SECOND + AGENT_GUARD_ESCAPE + 100 * DS_MS));
}

static void a_key_between_breaks_escape_twice_and_motion_does_not(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    assert_int_equal(0, escape(&guard, DS_SECOND));
    agent_guard_own(&guard, AGENT_OWN_KEY, DS_SECOND + 10 * DS_MS);
    assert_int_equal(0, escape(&guard, DS_SECOND + 20 * DS_MS));
    agent_guard_own(&guard, AGENT_OWN_MOTION, DS_SECOND + 30 * DS_MS);
    assert_int_equal(AGENT_GUARD_TAKE_BACK, escape(&guard, DS_SECOND + 40 * DS_MS));
}

static void an_escape_that_is_not_released_is_one_escape(void **state)
{
    (void)state;
    struct agent_guard guard = allowed_guard();
    for (ds_tick i = 0; i < 5; i++)
        assert_int_equal(
            0, agent_guard_own(&guard, AGENT_OWN_ESCAPE_DOWN, DS_SECOND + i * 30 * DS_MS) &
                   AGENT_GUARD_TAKE_BACK);
}

static void escape_twice_counts_also_when_only_looking(void **state)
{
    (void)state;
    struct agent_guard guard = new_guard();
    assert_int_equal(0, escape(&guard, DS_SECOND));
    assert_int_equal(AGENT_GUARD_TAKE_BACK, escape(&guard, DS_SECOND + 100 * DS_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_passes_before_it_is_allowed),
        cmocka_unit_test(what_is_allowed_passes_unchanged),
        cmocka_unit_test(the_keys_of_the_bar_are_the_customers_alone),
        cmocka_unit_test(unknown_kinds_are_refused),
        cmocka_unit_test(late_repeated_and_foreign_messages_are_discarded),
        cmocka_unit_test(a_new_connection_begins_anew_and_lets_go),
        cmocka_unit_test(a_refused_message_uses_up_its_sequence),
        cmocka_unit_test(taking_the_right_away_lets_go_once),
        cmocka_unit_test(the_agents_windows_are_not_reached),
        cmocka_unit_test(a_button_that_goes_up_over_a_window_of_the_agent_goes_up_before_it),
        cmocka_unit_test(the_own_hand_holds_for_two_seconds_from_its_last_motion),
        cmocka_unit_test(the_own_hand_holds_nothing_while_nobody_else_has_control),
        cmocka_unit_test(a_hold_ends_with_the_right),
        cmocka_unit_test(escape_twice_within_half_a_second_takes_back),
        cmocka_unit_test(two_slow_escapes_are_two_escapes),
        cmocka_unit_test(a_key_between_breaks_escape_twice_and_motion_does_not),
        cmocka_unit_test(an_escape_that_is_not_released_is_one_escape),
        cmocka_unit_test(escape_twice_counts_also_when_only_looking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
