/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define S ((int64_t)DS_SECOND)
#define AT(s) ((ds_tick)(s)*DS_SECOND)

static void in_one_boot_only_its_clock_counts(void **state)
{
    (void)state;
    struct relay_life last = {"a", AT(1000), 5000000}, now = {"a", AT(1060), 5000000};
    assert_int_equal(relay_life_left(&last, &now, AT(1600)), 540 * S);
    assert_int_equal(relay_life_left(&last, &now, AT(1050)), -10 * S);
    now.wall_ms += 86400000; /* somebody set the wall clock, forwards or back */
    assert_int_equal(relay_life_left(&last, &now, AT(1600)), 540 * S);
    now.wall_ms -= 2 * 86400000ll;
    assert_int_equal(relay_life_left(&last, &now, AT(1600)), 540 * S);
}

static void in_another_boot_the_wall_clock_counts(void **state)
{
    (void)state;
    struct relay_life last = {"a", AT(90000), 5000000}, now = {"b", AT(20), 5000000 + 90000};
    /* 600 s were left at the last sign of life, 90 s have gone. */
    assert_int_equal(relay_life_left(&last, &now, AT(90600)), 510 * S);
    assert_int_equal(relay_life_left(&last, &now, AT(90030)), -60 * S);
    assert_int_equal(relay_life_left(&last, &now, AT(80000)), -10090 * S);
    now.wall_ms = 5000000 + 700000;
    assert_int_equal(relay_life_left(&last, &now, AT(90600)), -100 * S);
}

/* Nobody gets more than was left by setting the clock back. */
static void a_wall_clock_that_went_back_prolongs_nothing(void **state)
{
    (void)state;
    struct relay_life last = {"a", AT(1000), 5000000}, now = {"b", AT(20), 1};
    assert_int_equal(relay_life_left(&last, &now, AT(1600)), 600 * S);
    assert_int_equal(relay_life_left(&last, &now, AT(1010)), 10 * S);
}

static void unknown_boots_are_never_the_same(void **state)
{
    (void)state;
    struct relay_life last = {"", AT(1000), 5000000}, now = {"", AT(1001), 5000000 + 100000};
    assert_int_equal(relay_life_left(&last, &now, AT(1600)), 500 * S);
}

static void the_present_is_known(void **state)
{
    (void)state;
    struct relay_life one, other;
    relay_life_now(&one);
    relay_life_now(&other);
    assert_int_equal(strlen(one.boot), 36); /* a UUID, without the newline */
    assert_string_equal(one.boot, other.boot);
    assert_true(one.tick <= other.tick);
    assert_true(one.wall_ms > 1700000000000ll);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_one_boot_only_its_clock_counts),
        cmocka_unit_test(in_another_boot_the_wall_clock_counts),
        cmocka_unit_test(a_wall_clock_that_went_back_prolongs_nothing),
        cmocka_unit_test(unknown_boots_are_never_the_same),
        cmocka_unit_test(the_present_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
