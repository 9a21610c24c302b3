/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/pulse.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

static void it_pings_at_once_and_then_every_beat(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND;
    ds_pulse_init(&pulse, 5000, 15000, now);
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_PING);
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_WAIT);
    assert_int_equal(ds_pulse_wait(&pulse, now), 5 * DS_SECOND);
    now += 5 * DS_SECOND;
    ds_pulse_hear(&pulse, now);
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_PING);
}

static void silence_is_death_after_its_time_and_not_before(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND, start = now;
    ds_pulse_init(&pulse, 5000, 15000, now);
    while (now < start + 15 * DS_SECOND) {
        assert_int_not_equal(ds_pulse_check(&pulse, now), DS_PULSE_DEAD);
        now += ds_pulse_wait(&pulse, now);
    }
    assert_int_equal(now, start + 15 * DS_SECOND);
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_DEAD);
}

static void a_check_that_comes_late_itself_asks_first(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND;
    ds_pulse_init(&pulse, 5000, 15000, now);
    ds_pulse_check(&pulse, now);
    now += 3600 * DS_SECOND; /* the lid was closed */
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_PING);
    assert_int_equal(ds_pulse_wait(&pulse, now), DS_PULSE_PATIENCE);
    now += DS_PULSE_PATIENCE; /* nothing came */
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_DEAD);
}

static void the_round_trip_is_smoothed_and_nonsense_ignored(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND;
    ds_pulse_init(&pulse, 5000, 15000, now);
    assert_true(pulse.rtt_ms < 0);
    ds_pulse_pong(&pulse, now + 1, now);              /* from the future */
    ds_pulse_pong(&pulse, now - 16 * DS_SECOND, now); /* from before the last death */
    ds_pulse_pong(&pulse, UINT64_MAX, now);
    assert_true(pulse.rtt_ms < 0 && pulse.rtt_min_ms < 0);
    ds_pulse_pong(&pulse, now - 40 * DS_MS, now);
    assert_float_equal(pulse.rtt_ms, 40, 0.001);
    ds_pulse_pong(&pulse, now - 120 * DS_MS, now);
    assert_float_equal(pulse.rtt_ms, 50, 0.001); /* 40 + 80 / 8 */
    assert_float_equal(pulse.rtt_min_ms, 40, 0.001);
    ds_pulse_pong(&pulse, now - 20 * DS_MS, now);
    assert_float_equal(pulse.rtt_min_ms, 20, 0.001);
}

static void times_that_make_no_sense_are_brought_into_bounds(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_pulse_init(&pulse, 0, 0, 0);
    assert_int_equal(pulse.beat, 100 * DS_MS);
    assert_int_equal(pulse.dead, 200 * DS_MS);
    ds_pulse_set(&pulse, UINT32_MAX, UINT32_MAX, 0);
    assert_int_equal(pulse.beat, 60 * DS_SECOND);
    assert_int_equal(pulse.dead, 120 * DS_SECOND);
    ds_pulse_set(&pulse, 5000, 1, 0);
    assert_int_equal(pulse.dead, 10 * DS_SECOND);
}

static void whoever_doubts_the_line_knows_soon(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND;
    ds_pulse_init(&pulse, 5000, 15000, now);
    ds_pulse_check(&pulse, now);
    ds_pulse_hurry(&pulse, now);
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_PING);
    now += ds_pulse_wait(&pulse, now);
    assert_int_equal(now, 1000 * DS_SECOND + DS_PULSE_PATIENCE);
    assert_int_equal(ds_pulse_check(&pulse, now), DS_PULSE_DEAD);
    ds_pulse_init(&pulse, 5000, 15000, now);
    ds_pulse_check(&pulse, now);
    ds_pulse_hurry(&pulse, now);
    ds_pulse_check(&pulse, now);
    ds_pulse_hear(&pulse, now + DS_SECOND); /* it lives */
    assert_int_not_equal(ds_pulse_check(&pulse, now + DS_PULSE_PATIENCE), DS_PULSE_DEAD);
    ds_pulse_hurry(&pulse, now + 4 * DS_SECOND);
    ds_tick heard = pulse.heard;
    ds_pulse_hurry(&pulse, now + 5 * DS_SECOND); /* a second doubt gives no more time */
    assert_int_equal(pulse.heard, heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_doubts_the_line_knows_soon),
        cmocka_unit_test(it_pings_at_once_and_then_every_beat),
        cmocka_unit_test(silence_is_death_after_its_time_and_not_before),
        cmocka_unit_test(a_check_that_comes_late_itself_asks_first),
        cmocka_unit_test(the_round_trip_is_smoothed_and_nonsense_ignored),
        cmocka_unit_test(times_that_make_no_sense_are_brought_into_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
