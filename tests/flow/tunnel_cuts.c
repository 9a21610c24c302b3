/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long sessions with many cuts at chance, by seed: DESKSIDE_SEED=N plays that one again. */
#include "tests/support/draw.h"
#include "tests/support/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CUTS 200

static struct script script;
static struct draw d;
static uint64_t seed;

/* The plan, cut so many times at chance. */
static void play(const struct script_plan *plan, unsigned cuts, unsigned frames)
{
    script_begin(&script, plan);
    script_run(&script, 12);
    for (unsigned i = 0; i < cuts; i++) {
        snprintf(script.what, sizeof(script.what), "DESKSIDE_SEED=%llu, cut %u",
                 (unsigned long long)seed, i);
        /* One in four within the resume. */
        unsigned run = draw_below(&d, 4) == 0 ? draw_below(&d, 12) : draw_below(&d, frames);
        script_run(&script, script.frames + run);
        script_cut(&script, draw_below(&d, SCRIPT_WAYS));
    }
    script_finish(&script);
}

static void ten_thousand_inputs_with_200_cuts_come_at_most_once_and_in_order(void **state)
{
    (void)state;
    static const struct script_plan plan = {.inputs = 10000, .per_step = 1};
    d.state = seed = draw_seed(1);
    play(&plan, CUTS, 90);
    print_message("seed %llu: %u delivered, %u lost with a connection, %u connections\n",
                  (unsigned long long)seed, script.delivered, script.lost, script.ends[0].epoch);
    assert_int_equal(script.delivered + script.lost, plan.inputs);
    assert_true(script.delivered > 5000);
    assert_true(script.lost > 100);
    assert_true(script.ends[1].resumed > CUTS / 2);
    script_end(&script);
}

static void ten_thousand_messages_with_200_cuts_come_exactly_once_and_in_order(void **state)
{
    (void)state;
    /* On three channels both ways: 10,002 in all. */
    static const struct script_plan plan = {.messages = 1667, .large = 150, .per_step = 1};
    d.state = seed = draw_seed(2);
    play(&plan, CUTS, 60);
    unsigned heard = 0;
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < DS_CHANNEL_COUNT; c++)
            heard += script.ends[i].heard[c];
    print_message("seed %llu: %u messages, %u connections\n", (unsigned long long)seed, heard,
                  script.ends[0].epoch);
    assert_int_equal(heard, 6 * plan.messages);
    script_end(&script);
}

static void a_file_with_200_cuts_is_whole(void **state)
{
    (void)state;
    static const struct script_plan plan = {
        .file = SCRIPT_FILE_MAX, .messages = 100, .changes = 3000, .inputs = 500, .per_step = 1};
    d.state = seed = draw_seed(3);
    play(&plan, CUTS, 40);
    print_message("seed %llu: %u connections\n", (unsigned long long)seed, script.ends[0].epoch);
    script_end(&script);
}

/* A step every 5 to 25 s of virtual time. */
static void a_day_of_reconnects_renews_keys_and_loses_nothing(void **state)
{
    (void)state;
    static const ds_tick day = 24 * 3600 * DS_SECOND;
    static const struct script_plan plan = {.messages = 3000, .per_step = 1};
    d.state = seed = draw_seed(4);
    script_begin(&script, &plan);
    script_run(&script, 12);
    unsigned cuts = 0, steps = 0;
    for (ds_tick cut_at = 0; script.now < day; steps++) {
        snprintf(script.what, sizeof(script.what), "DESKSIDE_SEED=%llu, %llu s",
                 (unsigned long long)seed, (unsigned long long)(script.now / DS_SECOND));
        script.now += (5 + draw_below(&d, 20)) * DS_SECOND;
        script_step(&script, 2, UINT32_MAX);
        if (script.now < cut_at)
            continue;
        /* Some connections live for seconds, some long enough for new keys. */
        cut_at = script.now + (1 + draw_below(&d, draw_below(&d, 8) ? 200 : 3600)) * DS_SECOND;
        script_cut(&script, draw_below(&d, SCRIPT_WAYS));
        cuts++;
    }
    script_finish(&script);
    unsigned renewals = script.ends[0].renewals + script.ends[1].renewals;
    print_message("seed %llu: %u steps, %u cuts, %u connections, keys renewed %u times\n",
                  (unsigned long long)seed, steps, cuts, script.ends[0].epoch, renewals);
    assert_true(cuts > 150);
    assert_true(renewals > 10);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_inputs_with_200_cuts_come_at_most_once_and_in_order),
        cmocka_unit_test(ten_thousand_messages_with_200_cuts_come_exactly_once_and_in_order),
        cmocka_unit_test(a_file_with_200_cuts_is_whole),
        cmocka_unit_test(a_day_of_reconnects_renews_keys_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
