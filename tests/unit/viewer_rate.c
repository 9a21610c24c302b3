/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bandwidth that the viewer sees, on lines of the test's own. */
#include "viewer/session/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FRAME = 16380 };
#define START (5000 * DS_SECOND)

/* An update of so many bytes over a line of bps: full frames and the rest. */
static ds_tick update(struct viewer_rate *rate, size_t bytes, uint64_t bps, ds_tick now)
{
    while (bytes > 0) {
        size_t frame = bytes < FRAME ? bytes : FRAME;
        now += (ds_tick)frame * 8 * DS_SECOND / bps;
        viewer_rate_feed(rate, frame, now);
        bytes -= frame;
    }
    return now;
}

static void assert_about(uint64_t wanted, uint64_t is)
{
    assert_in_range(is, wanted - wanted / 50, wanted + wanted / 50);
}

static void nothing_is_claimed_before_something_was_measured(void **state)
{
    (void)state;
    struct viewer_rate rate = {0};
    assert_int_equal(0, viewer_rate_bps(&rate));
    ds_tick now = START;
    for (int i = 0; i < 1000; i++) /* key presses: the line has nothing to do */
        now = update(&rate, 700, 1000000, now + 30 * DS_MS);
    for (int i = 0; i < 100; i++)
        now = update(&rate, 2 * FRAME + 500, 1000000, now + 30 * DS_MS);
    assert_int_equal(0, viewer_rate_bps(&rate));
}

static void lines_of_every_speed_are_measured(void **state)
{
    (void)state;
    static const uint64_t speeds[] = {150000, 1000000, 10000000, 100000000, 1000000000};
    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        struct viewer_rate rate = {0};
        update(&rate, 300000, speeds[i], START);
        assert_about(speeds[i], viewer_rate_bps(&rate));
    }
}

static void rest_and_small_updates_leave_the_estimate(void **state)
{
    (void)state;
    struct viewer_rate rate = {0};
    ds_tick now = update(&rate, 300000, 10000000, START);
    for (int i = 0; i < 1000; i++)
        now = update(&rate, 2000, 10000000, now + 30 * DS_MS);
    now += 3600 * DS_SECOND;
    viewer_rate_feed(&rate, FRAME, now);
    assert_about(10000000, viewer_rate_bps(&rate));
}

static void a_line_that_never_rests_is_measured_on_the_way(void **state)
{
    (void)state;
    struct viewer_rate rate = {0};
    ds_tick now = update(&rate, (size_t)FRAME * 400, 8000000, START);
    assert_true(rate.taken > 8);
    assert_about(8000000, viewer_rate_bps(&rate));
    update(&rate, (size_t)FRAME * 400, 2000000, now); /* another line now */
    assert_about(2000000, viewer_rate_bps(&rate));
}

static void a_run_from_the_kernel_and_one_that_waited_do_not_count(void **state)
{
    (void)state;
    struct viewer_rate rate = {0};
    ds_tick now = START;
    for (int i = 0; i < 5; i++)
        now = update(&rate, 200000, 10000000, now + 100 * DS_MS);
    now = update(&rate, 200000, 4000000000u, now + 100 * DS_MS);
    now = update(&rate, 200000, 300000, now + 100 * DS_MS);
    assert_about(10000000, viewer_rate_bps(&rate));
    /* all at one moment: no time, no speed */
    for (int i = 0; i < 100; i++)
        viewer_rate_feed(&rate, FRAME, now);
    assert_about(10000000, viewer_rate_bps(&rate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_claimed_before_something_was_measured),
        cmocka_unit_test(lines_of_every_speed_are_measured),
        cmocka_unit_test(rest_and_small_updates_leave_the_estimate),
        cmocka_unit_test(a_line_that_never_rests_is_measured_on_the_way),
        cmocka_unit_test(a_run_from_the_kernel_and_one_that_waited_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
