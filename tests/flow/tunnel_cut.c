/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scripted session whose line is cut at every boundary between two payloads, in every way a cut
 * can be noticed, and again at every boundary of the resume itself: transcript, file, picture and
 * input are those of the run that was not cut. A failing check names the run. */
#include "tests/support/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Of 32 ways to cut, one in so many at a boundary: in the start, and later. */
#ifdef DESKSIDE_SANITIZED
#define DENSE 4
#define SPARSE 16
#else
#define DENSE 1
#define SPARSE 4
#endif

static const struct script_plan plan = {
    .messages = 24, .large = 23, .file = 150000, .changes = 50, .inputs = 50, .per_step = 1};

static struct script script;
static uint64_t transcript[2][DS_CHANNEL_COUNT];
static uint32_t picture[SCRIPT_TILES];
static unsigned whole; /* payloads of the run without a cut */

/* What the run came to, against the one that was not cut. */
static void compare(void)
{
    script_finish(&script);
    for (int i = 0; i < 2; i++)
        assert_memory_equal(script.ends[i].heard_sums, transcript[i], sizeof(transcript[i]));
    assert_memory_equal(script.ends[0].tiles, picture, sizeof(picture));
}

static void play_uncut(void **state)
{
    (void)state;
    snprintf(script.what, sizeof(script.what), "without a cut");
    script_begin(&script, &plan);
    script_run(&script, UINT32_MAX);
    script_finish(&script);
    whole = script.frames;
    for (int i = 0; i < 2; i++)
        memcpy(transcript[i], script.ends[i].heard_sums, sizeof(transcript[i]));
    memcpy(picture, script.ends[0].tiles, sizeof(picture));
    assert_int_equal(script.delivered, plan.inputs);
    assert_int_equal(script.ends[0].resumed + script.ends[1].resumed, 0);
    print_message("%u payloads\n", whole);
    assert_true(whole > 100);
    script_end(&script);
}

static void a_cut_at_every_boundary_in_every_way_changes_nothing(void **state)
{
    (void)state;
    unsigned runs = 0, lost = 0;
    for (unsigned at = 0; at <= whole; at++)
        for (unsigned how = 0; how < SCRIPT_WAYS; how++) {
            /* More of the ways in the start; other ones at each boundary. */
            if ((how + at) % (at > 24 ? SPARSE : DENSE) != 0)
                continue;
            snprintf(script.what, sizeof(script.what), "cut after %u, way %u", at, how);
            script_begin(&script, &plan);
            script_run(&script, at);
            assert_int_equal(script.frames, at);
            script_cut(&script, how);
            compare();
            lost += script.lost;
            runs++;
            script_end(&script);
        }
    print_message("%u runs, %u key strokes lost under way\n", runs, lost);
}

/* The second cut comes m payloads after the first, through the resume and a little beyond. */
static void a_second_cut_within_the_resume_changes_nothing(void **state)
{
    (void)state;
    static const unsigned first[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 45, 90};
    unsigned runs = 0;
    for (size_t f = 0; f < sizeof(first) / sizeof(first[0]); f++)
        for (unsigned m = 0; m < 14; m++)
            for (unsigned how = 0; how < SCRIPT_WAYS; how += 2 * DENSE + (m + first[f]) % 3) {
                unsigned how2 = (how * 7 + m * 5 + first[f]) % SCRIPT_WAYS;
                snprintf(script.what, sizeof(script.what), "cuts after %u, way %u, and %u, way %u",
                         first[f], how, m, how2);
                script_begin(&script, &plan);
                script_run(&script, first[f]);
                script_cut(&script, how);
                script_run(&script, script.frames + m);
                script_cut(&script, how2);
                compare();
                runs++;
                script_end(&script);
            }
    print_message("%u runs\n", runs);
}

/* New secrets are made at both ends, and the cut comes before, between and after each end has heard
 * the other; five times in a row, so that each resume builds on a half finished one. */
static void cuts_around_the_new_secret_leave_a_common_one(void **state)
{
    (void)state;
    unsigned runs = 0;
    for (unsigned m = 0; m < 10; m++)
        for (unsigned n = 0; n < 10; n++)
            for (unsigned how = 0; how < SCRIPT_PLAYS_ON; how += 1 + DENSE + (m + n) % 2) {
                snprintf(script.what, sizeof(script.what), "cuts after %u and %u in turns, way %u",
                         m, n, how);
                script_begin(&script, &plan);
                script_run(&script, 40);
                for (unsigned i = 0; i < 5; i++) {
                    script_cut(&script, (how + i) % SCRIPT_PLAYS_ON);
                    script_run(&script, script.frames + (i % 2 ? m : n));
                }
                script_cut(&script, how);
                compare();
                runs++;
                script_end(&script);
            }
    print_message("%u runs\n", runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(play_uncut),
        cmocka_unit_test(a_cut_at_every_boundary_in_every_way_changes_nothing),
        cmocka_unit_test(a_second_cut_within_the_resume_changes_nothing),
        cmocka_unit_test(cuts_around_the_new_secret_leave_a_common_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
