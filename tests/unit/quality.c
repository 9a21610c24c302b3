/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/quality.h"
#include "common/net/pulse.h"
#include "common/net/stage.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

static void the_formula_gives_these_numbers(void **state)
{
    (void)state;
    static const struct {
        double rtt, jitter;
        unsigned late;
        int quality;
    } known[] = {
        {-1, 0, 0, -1}, /* nothing known */
        {0, 0, 0, 100},   {50, 10, 0, 100},   {56, 0, 0, 99}, {350, 0, 0, 50},
        {9000, 0, 0, 50}, /* delay alone never says more than half */
        {20, 40, 0, 90},  {20, 900, 0, 75},   {20, 0, 1, 95}, {20, 0, 12, 40},
        {350, 85, 5, 0},  {9000, 900, 12, 0}, {-1, 0, 3, 85}, /* no answer at all yet */
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        assert_int_equal(ds_quality(known[i].rtt, known[i].jitter, known[i].late),
                         known[i].quality);
}

/* Beats every 5 s, answered after that time; 0: never. */
static ds_tick beat(struct ds_pulse *pulse, ds_tick now, unsigned answer_ms)
{
    assert_int_equal(ds_pulse_check(pulse, now), DS_PULSE_PING);
    if (answer_ms > 0) {
        ds_pulse_hear(pulse, now + answer_ms * DS_MS);
        ds_pulse_pong(pulse, now, now + answer_ms * DS_MS);
    }
    return now + 5 * DS_SECOND;
}

static void the_pulse_keeps_what_the_formula_needs(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND;
    ds_pulse_init(&pulse, 5000, 60000, now);
    assert_int_equal(ds_pulse_quality(&pulse, now), -1);
    for (int i = 0; i < 12; i++)
        now = beat(&pulse, now, 20);
    assert_int_equal(ds_pulse_quality(&pulse, now), 100);
    /* A steady 350 ms is all delay and no jitter, once it has lasted. */
    for (int i = 0; i < 60; i++)
        now = beat(&pulse, now, 350);
    assert_int_equal(ds_pulse_quality(&pulse, now), 50);
    assert_true(pulse.jitter_ms < 1);
    /* Answers that swing. */
    for (int i = 0; i < 60; i++)
        now = beat(&pulse, now, i % 2 ? 20 : 120);
    assert_in_range((unsigned)pulse.jitter_ms, 40, 60);
}

static void late_and_missing_beats_count_for_a_minute(void **state)
{
    (void)state;
    struct ds_pulse pulse;
    ds_tick now = 1000 * DS_SECOND;
    ds_pulse_init(&pulse, 5000, 60000, now);
    for (int i = 0; i < 12; i++)
        now = beat(&pulse, now, 20);
    ds_tick sent = now;
    now = beat(&pulse, now, 0);
    assert_int_equal(ds_pulse_quality(&pulse, sent + DS_SECOND), 100);
    assert_int_equal(ds_pulse_quality(&pulse, sent + DS_SECOND + 1), 95);
    for (int i = 0; i < 11; i++) {
        ds_pulse_hear(&pulse, now);
        assert_int_equal(ds_pulse_quality(&pulse, now), 95);
        now = beat(&pulse, now, 20);
    }
    now = beat(&pulse, now, 20);
    assert_int_equal(ds_pulse_quality(&pulse, now), 100);
    /* Answered, but late. */
    now = beat(&pulse, now, 1001);
    assert_true(ds_pulse_quality(&pulse, now) < 95);
}

static void stages_rise_and_have_names(void **state)
{
    (void)state;
    for (int s = DS_STAGE_DNS; s < DS_STAGE_COUNT; s++) {
        unsigned percent = ds_stage_percent((enum ds_stage)s);
        assert_true(percent > ds_stage_percent((enum ds_stage)(s - 1)));
        assert_int_equal(ds_stage_of(percent), s);
        assert_int_equal(ds_stage_of(percent - 1), s - 1);
        assert_string_not_equal(ds_stage_name((enum ds_stage)s), "none");
    }
    assert_int_equal(ds_stage_percent(DS_STAGE_VERIFIED), 100);
    assert_int_equal(ds_stage_of(1000), DS_STAGE_VERIFIED);
    assert_string_equal(ds_stage_name((enum ds_stage)99), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formula_gives_these_numbers),
        cmocka_unit_test(the_pulse_keeps_what_the_formula_needs),
        cmocka_unit_test(late_and_missing_beats_count_for_a_minute),
        cmocka_unit_test(stages_rise_and_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
