/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/tries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * DS_SECOND)

static void ten_in_an_hour_then_wait_until_the_first_is_an_hour_old(void **state)
{
    (void)state;
    struct relay_tries tries;
    ds_tick now = 1000 * DS_SECOND;
    assert_int_equal(relay_tries_init(&tries, 100), 0);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(relay_tries_wait_s(&tries, "key", 3, 10, now), 0);
        relay_tries_note(&tries, "key", 3, now);
        now += MINUTE;
    }
    /* First try 10 minutes ago. */
    assert_int_equal(relay_tries_wait_s(&tries, "key", 3, 10, now), 50 * 60);
    assert_int_equal(relay_tries_wait_s(&tries, "other", 5, 10, now), 0);
    now += 50 * MINUTE - 1;
    assert_int_equal(relay_tries_wait_s(&tries, "key", 3, 10, now), 1);
    now += 1;
    assert_int_equal(relay_tries_wait_s(&tries, "key", 3, 10, now), 0);
    /* One more, and the second one counts: the hour slides. */
    relay_tries_note(&tries, "key", 3, now);
    assert_int_equal(relay_tries_wait_s(&tries, "key", 3, 10, now), 60);
    relay_tries_destroy(&tries);
}

static void a_full_table_forgets_the_key_that_was_quiet_longest(void **state)
{
    (void)state;
    struct relay_tries tries;
    assert_int_equal(relay_tries_init(&tries, 3), 0);
    relay_tries_note(&tries, "a", 1, 1);
    relay_tries_note(&tries, "b", 1, 2);
    relay_tries_note(&tries, "c", 1, 3);
    relay_tries_note(&tries, "a", 1, 4);
    relay_tries_note(&tries, "d", 1, 5);
    assert_int_equal(tries.count, 3);
    assert_int_equal(relay_tries_wait_s(&tries, "b", 1, 1, 6), 0);
    assert_int_not_equal(relay_tries_wait_s(&tries, "a", 1, 2, 6), 0);
    assert_int_not_equal(relay_tries_wait_s(&tries, "c", 1, 1, 6), 0);
    assert_int_not_equal(relay_tries_wait_s(&tries, "d", 1, 1, 6), 0);
    relay_tries_destroy(&tries);
}

static void a_hundred_thousand_keys_stay_within_the_bound(void **state)
{
    (void)state;
    struct relay_tries tries;
    assert_int_equal(relay_tries_init(&tries, 1000), 0);
    for (uint32_t i = 0; i < 100000; i++)
        relay_tries_note(&tries, &i, sizeof(i), i);
    assert_int_equal(tries.count, 1000);
    uint32_t last = 99999, first = 0;
    assert_int_not_equal(relay_tries_wait_s(&tries, &last, sizeof(last), 1, 100000), 0);
    assert_int_equal(relay_tries_wait_s(&tries, &first, sizeof(first), 1, 100000), 0);
    relay_tries_destroy(&tries);
}

static void answers_slow_down_above_the_budget_of_the_day_and_recover(void **state)
{
    (void)state;
    struct relay_tries tries;
    ds_tick now = DS_SECOND;
    assert_int_equal(relay_tries_init(&tries, 10), 0);
    for (int i = 0; i < 100; i++)
        relay_tries_note_day(&tries, now);
    assert_int_equal(relay_tries_delay_ms(&tries, 100, now), 0);
    relay_tries_note_day(&tries, now);
    assert_int_equal(relay_tries_delay_ms(&tries, 100, now), 250);
    for (int i = 0; i < 20; i++)
        relay_tries_note_day(&tries, now);
    assert_int_equal(relay_tries_delay_ms(&tries, 100, now), 750);
    for (int i = 0; i < 100000; i++)
        relay_tries_note_day(&tries, now);
    assert_int_equal(relay_tries_delay_ms(&tries, 100, now), 5000);
    assert_int_equal(relay_tries_delay_ms(&tries, 100, now + 24 * 60 * MINUTE), 0);
    relay_tries_destroy(&tries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_in_an_hour_then_wait_until_the_first_is_an_hour_old),
        cmocka_unit_test(a_full_table_forgets_the_key_that_was_quiet_longest),
        cmocka_unit_test(a_hundred_thousand_keys_stay_within_the_bound),
        cmocka_unit_test(answers_slow_down_above_the_budget_of_the_day_and_recover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
