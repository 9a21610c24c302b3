/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is writing and what was seen, by the clock that the test holds. */
#include "common/service/presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ds_presence p;
static ds_tick now;

static int set_up(void **state)
{
    (void)state;
    p = (struct ds_presence){0};
    now = DS_SECOND;
    ds_presence_up(&p, true);
    return 0;
}

static void typing_is_said_once_in_three_seconds(void **state)
{
    (void)state;
    unsigned said = 0;
    for (int tenth = 0; tenth < 100; tenth++, now += DS_SECOND / 10)
        said += ds_presence_typed(&p, now);
    assert_int_equal(said, 4); /* at 0, 3, 6 and 9 s */
    ds_presence_sent(&p);
    assert_true(ds_presence_typed(&p, now)); /* the next message is told at once */
    assert_false(ds_presence_typed(&p, now));
    ds_presence_up(&p, false);
    now += DS_SECOND * 10;
    assert_false(ds_presence_typed(&p, now));
}

static void typing_of_the_other_ends_by_itself(void **state)
{
    (void)state;
    assert_true(ds_presence_other_types(&p, now));
    assert_false(ds_presence_other_types(&p, now + 3 * DS_SECOND)); /* no change, but longer */
    assert_false(ds_presence_tick(&p, now + 7 * DS_SECOND));
    assert_true(ds_presence_tick(&p, now + 8 * DS_SECOND));
    assert_false(ds_presence_tick(&p, now + 8 * DS_SECOND));
    assert_true(ds_presence_other_types(&p, now + 9 * DS_SECOND));
    assert_true(ds_presence_other_rests(&p)); /* their message came */
    assert_false(ds_presence_other_rests(&p));
}

static void what_was_seen_only_grows_and_is_said_once_a_second(void **state)
{
    (void)state;
    assert_int_equal(ds_presence_due(&p, now), 0);
    ds_presence_saw(&p, 3);
    assert_int_equal(ds_presence_due(&p, now), 3);
    assert_int_equal(ds_presence_due(&p, now + 5 * DS_SECOND), 0);
    ds_presence_saw(&p, 2);
    assert_int_equal(ds_presence_due(&p, now + 5 * DS_SECOND), 0);
    ds_presence_saw(&p, 4);
    assert_int_equal(ds_presence_due(&p, now + DS_SECOND / 2), 0);
    ds_presence_saw(&p, 9);
    assert_int_equal(ds_presence_due(&p, now + DS_SECOND), 9);
}

static void what_was_seen_is_said_again_after_a_cut(void **state)
{
    (void)state;
    ds_presence_saw(&p, 3);
    assert_int_equal(ds_presence_due(&p, now), 3);
    ds_presence_up(&p, false);
    ds_presence_saw(&p, 4);
    assert_int_equal(ds_presence_due(&p, now + DS_SECOND), 0);
    ds_presence_up(&p, true);
    assert_int_equal(ds_presence_due(&p, now + DS_SECOND), 4);
}

static void what_the_other_saw_only_grows(void **state)
{
    (void)state;
    assert_true(ds_presence_other_saw(&p, 5));
    assert_false(ds_presence_other_saw(&p, 5));
    assert_false(ds_presence_other_saw(&p, 4));
    assert_int_equal(p.other_seen, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(typing_is_said_once_in_three_seconds, set_up),
        cmocka_unit_test_setup(typing_of_the_other_ends_by_itself, set_up),
        cmocka_unit_test_setup(what_was_seen_only_grows_and_is_said_once_a_second, set_up),
        cmocka_unit_test_setup(what_was_seen_is_said_again_after_a_cut, set_up),
        cmocka_unit_test_setup(what_the_other_saw_only_grows, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
