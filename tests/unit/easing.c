/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sender of files on lines of several widths and lengths, whose receiver grants every 32 KiB: how
 * long a queue it builds before the narrowest place, and how much of the line it uses. */
#include "common/tunnel/easing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RECORD 4096u
#define FLIGHT 1024

struct line {
    struct ds_easing easing;
    uint64_t rate; /* bytes a second */
    ds_tick one_way, now, free_at;
    struct {
        ds_tick at;
        uint32_t n;
    } data[FLIGHT], grants[FLIGHT]; /* on their way, by time */
    unsigned data_first, data_count, grant_first, grant_count;
    uint32_t step, used;
    uint64_t arrived;
    ds_tick queue; /* the longest wait at the narrow place since the last reset */
};

static void send_all(struct line *l)
{
    while (ds_easing_may(&l->easing) &&
           l->easing.sent - l->easing.granted + RECORD <= DS_MUX_WINDOW) {
        ds_tick start = l->free_at > l->now ? l->free_at : l->now;
        if (start - l->now > l->queue)
            l->queue = start - l->now;
        l->free_at = start + RECORD * DS_SECOND / l->rate;
        unsigned at = (l->data_first + l->data_count++) % FLIGHT;
        l->data[at].at = l->free_at + l->one_way;
        l->data[at].n = RECORD;
        ds_easing_sent(&l->easing, RECORD, l->now);
    }
}

static void arrive(struct line *l)
{
    l->now = l->data[l->data_first].at;
    l->used += RECORD;
    l->arrived += RECORD;
    l->data_first = (l->data_first + 1) % FLIGHT;
    l->data_count--;
    if (l->used < l->step)
        return;
    unsigned at = (l->grant_first + l->grant_count++) % FLIGHT;
    l->grants[at].at = l->now + l->one_way;
    l->grants[at].n = l->used;
    l->used = 0;
}

/* False: nothing is on its way, and nothing will ever be. */
static bool step(struct line *l)
{
    bool has_grant = l->grant_count > 0, has_data = l->data_count > 0;
    if (has_grant && (!has_data || l->grants[l->grant_first].at <= l->data[l->data_first].at)) {
        l->now = l->grants[l->grant_first].at;
        ds_easing_granted(&l->easing, l->grants[l->grant_first].n, l->now);
        l->grant_first = (l->grant_first + 1) % FLIGHT;
        l->grant_count--;
        send_all(l);
        return true;
    }
    if (has_data)
        arrive(l);
    return has_data;
}

static struct line l;

static void begin(uint64_t mbit, ds_tick one_way, uint32_t step_size)
{
    l = (struct line){
        .rate = mbit * 125000, .one_way = one_way, .now = DS_SECOND, .step = step_size};
    ds_easing_init(&l.easing);
    send_all(&l);
}

/* For a while, after the start has settled; what arrived, in per cent of what the line takes. */
static unsigned run(ds_tick settle, ds_tick duration)
{
    ds_tick from = l.now + settle;
    while (l.now < from)
        assert_true(step(&l));
    l.queue = 0;
    l.arrived = 0;
    from = l.now;
    while (l.now < from + duration)
        assert_true(step(&l));
    unsigned use = (unsigned)(l.arrived * 100 / (l.rate * (l.now - from) / DS_SECOND));
    print_message("%u kbit/s, %u ms: %u %%, queue %u us, limit %u\n", (unsigned)(l.rate / 125),
                  (unsigned)(l.one_way / DS_MS), use, (unsigned)l.queue, l.easing.limit);
    return use;
}

static void a_slow_line_has_a_short_queue_and_is_used(void **state)
{
    (void)state;
    begin(10, 20 * DS_MS, DS_EASING_STEP);
    assert_true(l.queue > 150 * DS_MS); /* the window of 256 KiB at once */
    unsigned use = run(3 * DS_SECOND, 5 * DS_SECOND);
    assert_true(use >= 90);
    assert_true(l.queue < 60 * DS_MS);
    begin(20, 20 * DS_MS, DS_EASING_STEP);
    use = run(3 * DS_SECOND, 5 * DS_SECOND);
    assert_true(use >= 90);
    assert_true(l.queue < 40 * DS_MS);
}

static void a_fast_line_gets_the_whole_window(void **state)
{
    (void)state;
    begin(1000, DS_MS / 2, DS_EASING_STEP);
    assert_true(run(DS_SECOND, DS_SECOND) >= 95);
    begin(100, 50 * DS_MS, DS_EASING_STEP); /* longer than the window: what it can carry */
    unsigned most = (unsigned)(DS_MUX_WINDOW * 10ull * 100 / (100 * 125000));
    assert_true(run(3 * DS_SECOND, 5 * DS_SECOND) + 3 >= most);
    assert_int_equal(DS_MUX_WINDOW, l.easing.limit);
}

static void a_line_that_gets_slow_is_eased_and_one_that_gets_fast_is_used(void **state)
{
    (void)state;
    begin(50, 10 * DS_MS, DS_EASING_STEP);
    run(2 * DS_SECOND, DS_SECOND);
    l.rate = 10 * 125000;
    assert_true(run(2 * DS_SECOND, 5 * DS_SECOND) >= 90);
    assert_true(l.queue < 60 * DS_MS);
    l.rate = 50 * 125000;
    assert_true(run(2 * DS_SECOND, 5 * DS_SECOND) >= 85);
}

/* It grants half a window at a time: less under way than that would stop for ever. */
static void an_older_receiver_is_not_eased(void **state)
{
    (void)state;
    begin(10, 20 * DS_MS, DS_MUX_WINDOW / 2);
    assert_true(run(3 * DS_SECOND, 5 * DS_SECOND) >= 95);
    assert_false(l.easing.is_fine); /* its limit means nothing */
}

static void without_a_clock_everything_flows(void **state)
{
    (void)state;
    struct ds_easing e;
    ds_easing_init(&e);
    for (unsigned i = 0; i < 1000; i++) {
        for (unsigned k = 0; k < DS_EASING_STEP; k += RECORD) {
            assert_true(ds_easing_may(&e));
            ds_easing_sent(&e, RECORD, 0);
        }
        ds_easing_granted(&e, DS_EASING_STEP, 0);
    }
    assert_int_equal(DS_MUX_WINDOW, e.limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_line_has_a_short_queue_and_is_used),
        cmocka_unit_test(a_fast_line_gets_the_whole_window),
        cmocka_unit_test(a_line_that_gets_slow_is_eased_and_one_that_gets_fast_is_used),
        cmocka_unit_test(an_older_receiver_is_not_eased),
        cmocka_unit_test(without_a_clock_everything_flows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
