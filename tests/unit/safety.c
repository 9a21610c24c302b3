/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/safety.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Looks whenever it is due until a time; used: every 100 ms something is announced. */
static unsigned looks(struct ds_safety *s, ds_tick from, ds_tick until, bool used, bool missed)
{
    unsigned count = 0;
    for (ds_tick now = from; now < until; now += 10 * DS_MS) {
        if (used && now % (100 * DS_MS) == 0)
            ds_safety_use(s, now);
        if (!ds_safety_is_due(s, now))
            continue;
        ds_safety_looked(s, missed, now);
        count++;
    }
    return count;
}

static void a_screen_in_use_is_compared_every_second(void **state)
{
    (void)state;
    struct ds_safety s = {0};
    assert_false(ds_safety_is_due(&s, DS_SECOND * 1000));
    ds_safety_begin(&s, DS_SECOND);
    assert_in_range(looks(&s, DS_SECOND, 61 * DS_SECOND, true, false), 58, 60);
}

static void a_screen_at_rest_is_left_alone_until_it_is_used(void **state)
{
    (void)state;
    struct ds_safety s = {0};
    ds_safety_begin(&s, DS_SECOND);
    looks(&s, DS_SECOND, 61 * DS_SECOND, false, false);
    assert_in_range(looks(&s, 61 * DS_SECOND, 361 * DS_SECOND, false, false), 17, 20);
    assert_in_range(looks(&s, 361 * DS_SECOND, 371 * DS_SECOND, true, false), 9, 10);
}

static void what_was_missed_once_is_looked_at_often(void **state)
{
    (void)state;
    struct ds_safety s = {0};
    ds_safety_begin(&s, DS_SECOND);
    assert_in_range(looks(&s, DS_SECOND, 12 * DS_SECOND, false, true), 90, 110);
    assert_in_range(looks(&s, 12 * DS_SECOND, 22 * DS_SECOND, false, false), 3, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_screen_in_use_is_compared_every_second),
        cmocka_unit_test(a_screen_at_rest_is_left_alone_until_it_is_used),
        cmocka_unit_test(what_was_missed_once_is_looked_at_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
