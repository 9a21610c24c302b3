/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A line of that many bytes a second and that round trip, one update after the other. Returns when
 * the last acknowledgement came. */
static ds_tick run_line(struct ds_pace *pace, uint64_t rate, ds_tick trip, size_t bytes,
                        unsigned updates, uint32_t decode_us, ds_tick now)
{
    for (uint32_t id = 1; id <= updates; id++) {
        ds_pace_sent(pace, id, bytes, now, now);
        now += bytes * DS_SECOND / rate + trip + decode_us;
        assert_true(ds_pace_ack(pace, id, decode_us, now));
    }
    return now;
}

static void one_update_is_in_flight_before_anything_is_known(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    assert_true(ds_pace_may_send(&pace));
    ds_pace_sent(&pace, 1, 10, DS_SECOND, DS_SECOND);
    assert_false(ds_pace_may_send(&pace));
    assert_true(ds_pace_ack(&pace, 1, 0, DS_SECOND + 10 * DS_MS));
    assert_true(ds_pace_may_send(&pace));
    assert_int_equal(10 * DS_MS, ds_pace_round_trip(&pace));
}

static void the_rate_of_a_line_is_learned(void **state)
{
    (void)state;
    static const uint64_t rates[] = {50000, 250000, 1250000, 12500000, 125000000};
    for (int i = 0; i < 5; i++) {
        struct ds_pace pace;
        ds_pace_init(&pace);
        ds_tick now = run_line(&pace, rates[i], 40 * DS_MS, 10, 1, 0, DS_SECOND);
        run_line(&pace, rates[i], 40 * DS_MS, rates[i] / 10 + 8192, 12, 3000, now);
        assert_in_range(pace.rate, rates[i] * 9 / 10, rates[i] * 11 / 10);
        assert_in_range(ds_pace_round_trip(&pace), 39 * DS_MS, 41 * DS_MS);
    }
}

/* 100 kB that take 20 ms to make, the last of them shown so long after they were ready. */
static void make_slowly(struct ds_pace *pace, ds_tick after)
{
    ds_tick now = DS_SECOND;
    for (uint32_t id = 1; id < 5; id++, now += DS_SECOND) {
        ds_pace_sent(pace, id, 100000, now, now + 20 * DS_MS);
        assert_true(ds_pace_ack(pace, id, 0, now + 20 * DS_MS + after));
    }
}

static void a_slow_encoder_does_not_make_the_line_slow(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    make_slowly(&pace, 2 * DS_MS);
    assert_in_range(pace.rate, DS_PACE_NEAR_RATE, DS_PACE_NEAR_RATE * 2);
    ds_pace_init(&pace);
    make_slowly(&pace, 60 * DS_MS); /* 1.25 MB/s, whoever was slower in the beginning */
    assert_in_range(pace.rate, 1000000, 1800000);
}

static void a_near_line_is_taken_for_fast_until_it_was_slow_once(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_pace_sent(&pace, 1, 100, DS_SECOND, DS_SECOND);
    assert_true(ds_pace_ack(&pace, 1, 0, DS_SECOND + 2 * DS_MS));
    assert_int_equal(DS_PACE_NEAR_RATE, pace.rate);
    ds_pace_sent(&pace, 2, 100000, 2 * DS_SECOND, 2 * DS_SECOND);
    assert_true(ds_pace_ack(&pace, 2, 0, 2 * DS_SECOND + 102 * DS_MS));
    assert_in_range(pace.rate, 990000, 1010000);
    ds_pace_sent(&pace, 3, 100, 3 * DS_SECOND, 3 * DS_SECOND);
    assert_true(ds_pace_ack(&pace, 3, 0, 3 * DS_SECOND + 2 * DS_MS));
    assert_in_range(pace.rate, 990000, 1010000);
    ds_pace_init(&pace); /* the first picture waited for the decoder */
    ds_pace_sent(&pace, 1, 40000, DS_SECOND, DS_SECOND + 5 * DS_MS);
    assert_true(ds_pace_ack(&pace, 1, 20000, DS_SECOND + 55 * DS_MS));
    assert_true(pace.rate < 2500000);
    ds_pace_sent(&pace, 2, 100, 2 * DS_SECOND, 2 * DS_SECOND);
    assert_true(ds_pace_ack(&pace, 2, 7000, 2 * DS_SECOND + 9 * DS_MS));
    assert_int_equal(DS_PACE_NEAR_RATE, pace.rate);
    ds_pace_init(&pace); /* far */
    ds_pace_sent(&pace, 1, 100, DS_SECOND, DS_SECOND);
    assert_true(ds_pace_ack(&pace, 1, 0, DS_SECOND + 20 * DS_MS));
    assert_int_equal(DS_PACE_FIRST_RATE, pace.rate);
}

static void a_line_that_becomes_slow_is_believed_within_a_few_updates(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_tick now = run_line(&pace, 1250000, 20 * DS_MS, 10, 1, 0, DS_SECOND);
    now = run_line(&pace, 1250000, 20 * DS_MS, 60000, 10, 0, now);
    run_line(&pace, 125000, 20 * DS_MS, 60000, 10, 0, now);
    assert_in_range(pace.rate, 100000, 200000);
}

/* Updates follow each other as far as the line holds them; acknowledgements are held back and come
 * in bunches, as from a display that presents every so often. */
static void acknowledgements_in_bunches_do_not_make_a_line_fast(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    const uint64_t rate = 1250000;
    const ds_tick trip = 50 * DS_MS, bunch = 17 * DS_MS;
    ds_tick now = run_line(&pace, rate, trip, 10, 1, 0, DS_SECOND), free_at = now;
    ds_tick acks[DS_PACE_UPDATES * 64];
    uint32_t next = 2, acked = 2;
    for (; now < 8 * DS_SECOND; now += DS_MS) {
        uint32_t newest = 0;
        while (acked < next && acks[acked] <= now)
            newest = acked++;
        if (newest > 0)
            assert_true(ds_pace_ack(&pace, newest, 0, now));
        if (next < DS_PACE_UPDATES * 64 && ds_pace_may_send(&pace)) {
            ds_pace_sent(&pace, next, 14000, now, now);
            free_at = (free_at > now ? free_at : now) + 14000 * DS_SECOND / rate;
            acks[next++] = (free_at + trip + bunch - 1) / bunch * bunch;
        }
    }
    assert_in_range(pace.rate, rate * 8 / 10, rate * 13 / 10);
    assert_true(acked * 14000ull * DS_SECOND > rate * 7 * DS_SECOND * 19 / 20); /* and it is used */
}

static void in_flight_is_bounded_by_what_the_line_holds(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_tick now = run_line(&pace, 1000000, 80 * DS_MS, 10, 1, 0, DS_SECOND);
    now = run_line(&pace, 1000000, 80 * DS_MS, 50000, 12, 0, now);
    size_t held = ds_pace_line(&pace, 100 * DS_MS); /* 80 ms of round trip and 20 of slack */
    assert_in_range(held, 90000, 110000);
    uint32_t id = 100;
    while (ds_pace_may_send(&pace))
        ds_pace_sent(&pace, id++, 10000, now, now);
    assert_in_range(pace.bytes, held, held * 5 / 4 + 10000); /* and a little, to measure more */
}

static void a_few_large_updates_fill_it_as_well_as_many_small_ones(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_tick now = run_line(&pace, 100000000, 80 * DS_MS, 10, 1, 0, DS_SECOND);
    now = run_line(&pace, 100000000, 80 * DS_MS, 500000, 12, 0, now);
    for (uint32_t id = 100; id < 100 + DS_PACE_UPDATES; id++) {
        assert_true(ds_pace_may_send(&pace));
        ds_pace_sent(&pace, id, 1, now, now);
    }
    assert_false(ds_pace_may_send(&pace)); /* the table is full */
    assert_true(ds_pace_ack(&pace, 100 + DS_PACE_UPDATES - 1, 0, now + 80 * DS_MS));
    assert_int_equal(0, pace.count);
    assert_int_equal(0, pace.bytes);
}

static void invented_and_repeated_acknowledgements_change_nothing(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_pace_sent(&pace, 1, 20000, DS_SECOND, DS_SECOND);
    assert_false(ds_pace_ack(&pace, 2, 0, DS_SECOND + DS_MS));
    assert_false(ds_pace_ack(&pace, 0, 0, DS_SECOND + DS_MS));
    assert_int_equal(1, pace.count);
    assert_true(ds_pace_ack(&pace, 1, 0, DS_SECOND + 20 * DS_MS));
    assert_false(ds_pace_ack(&pace, 1, 0, DS_SECOND + 30 * DS_MS));
    assert_int_equal(0, pace.bytes);
}

static void a_decode_time_that_cannot_be_does_no_harm(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    for (uint32_t id = 1; id < 20; id++) {
        ds_pace_sent(&pace, id, 100000, id * DS_SECOND, id * DS_SECOND);
        assert_true(ds_pace_ack(&pace, id, UINT32_MAX, id * DS_SECOND + 1));
        assert_true(pace.rate > 0 && pace.rate <= 4000000000u);
    }
    assert_true(ds_pace_line(&pace, UINT64_MAX) <= 40000000000u);
}

static void what_is_in_flight_is_forgotten_and_the_line_is_not(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_tick now = run_line(&pace, 1000000, 80 * DS_MS, 10, 1, 0, DS_SECOND);
    now = run_line(&pace, 1000000, 80 * DS_MS, 50000, 12, 0, now);
    uint64_t rate = pace.rate;
    ds_pace_sent(&pace, 50, 1000000, now, now);
    assert_false(ds_pace_may_send(&pace));
    ds_pace_forget(&pace);
    assert_true(ds_pace_may_send(&pace));
    assert_false(ds_pace_ack(&pace, 50, 0, now + DS_SECOND));
    assert_int_equal(rate, pace.rate);
}

/* Sends whenever it may for a second; how many went out, and how many at once at the start. */
static void two_parts_of_a_change_go_at_once_but_sixty_a_second_on_average(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    assert_int_equal(0, ds_pace_not_before(&pace));
    unsigned sent = 0, at_once = 0;
    for (ds_tick now = DS_SECOND; now < 2 * DS_SECOND; now += DS_MS) {
        while (ds_pace_not_before(&pace) <= now) {
            ds_pace_sent(&pace, ++sent, 100, now, now);
            ds_pace_forget(&pace);
            at_once += now == DS_SECOND;
        }
    }
    assert_int_equal(DS_PACE_BURST, at_once);
    assert_in_range(sent, 60, 66);
}

static void an_old_round_trip_is_forgotten(void **state)
{
    (void)state;
    struct ds_pace pace;
    ds_pace_init(&pace);
    ds_tick now = run_line(&pace, 1000000, 5 * DS_MS, 10, 5, 0, DS_SECOND);
    assert_in_range(ds_pace_round_trip(&pace), 5 * DS_MS, 6 * DS_MS);
    for (int i = 0; i < 3; i++) /* the route changed for the worse */
        now = run_line(&pace, 1000000, 50 * DS_MS, 10, 5, 0, now + 11 * DS_SECOND);
    assert_in_range(ds_pace_round_trip(&pace), 50 * DS_MS, 51 * DS_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_update_is_in_flight_before_anything_is_known),
        cmocka_unit_test(the_rate_of_a_line_is_learned),
        cmocka_unit_test(a_slow_encoder_does_not_make_the_line_slow),
        cmocka_unit_test(a_near_line_is_taken_for_fast_until_it_was_slow_once),
        cmocka_unit_test(a_line_that_becomes_slow_is_believed_within_a_few_updates),
        cmocka_unit_test(acknowledgements_in_bunches_do_not_make_a_line_fast),
        cmocka_unit_test(in_flight_is_bounded_by_what_the_line_holds),
        cmocka_unit_test(a_few_large_updates_fill_it_as_well_as_many_small_ones),
        cmocka_unit_test(invented_and_repeated_acknowledgements_change_nothing),
        cmocka_unit_test(a_decode_time_that_cannot_be_does_no_harm),
        cmocka_unit_test(what_is_in_flight_is_forgotten_and_the_line_is_not),
        cmocka_unit_test(two_parts_of_a_change_go_at_once_but_sixty_a_second_on_average),
        cmocka_unit_test(an_old_round_trip_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
