/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The laser pointer: a dot that follows, a tail that fades, and an end when nobody is heard. */
#include "common/desk/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define NOW (1000 * DS_SECOND)
#define RED 0xff0000u

static struct ds_trail trail;
static uint32_t pixels[300 * 300];

static int set_up(void **state)
{
    (void)state;
    memset(&trail, 0, sizeof(trail));
    return 0;
}

static void point(int x, int y, bool is_held, ds_tick now)
{
    ds_trail_push(&trail, x, y, RED, is_held, now);
}

static void paint(enum ds_note_look look, ds_tick now)
{
    memset(pixels, 0, sizeof(pixels));
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)pixels, CAIRO_FORMAT_ARGB32, 300, 300, 300 * 4);
    cairo_t *cr = cairo_create(surface);
    ds_trail_paint(cr, &trail, look, now);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

static uint32_t at(int x, int y)
{
    return pixels[y * 300 + x];
}

static void the_dot_is_where_the_hand_is(void **state)
{
    (void)state;
    for (int look = DS_NOTE_SOFT; look <= DS_NOTE_SOLID; look++) {
        set_up(NULL);
        point(50, 60, true, NOW);
        point(150, 160, true, NOW);
        paint((enum ds_note_look)look, NOW);
        assert_int_equal(at(150, 160), 0xff000000 | RED);
        assert_int_equal(at(145, 160), 0xff000000 | RED);
        assert_int_equal(at(150, 151), 0xffffffff); /* its rim */
        assert_int_equal(at(150, 175), 0);
        assert_int_equal(at(100, 110), 0xff000000 | RED); /* on the way */
        for (int i = 0; i < 300 * 300; i++)
            if (look == DS_NOTE_SOLID)
                assert_true(pixels[i] >> 24 == 0 || pixels[i] >> 24 == 0xff);
    }
}

static void nothing_is_painted_outside_of_its_box(void **state)
{
    (void)state;
    point(50, 60, true, NOW);
    point(200, 90, true, NOW);
    point(120, 240, true, NOW);
    struct ds_rect box = ds_trail_box(&trail);
    paint(DS_NOTE_SOFT, NOW);
    for (int y = 0; y < 300; y++)
        for (int x = 0; x < 300; x++) {
            bool is_inside =
                x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
            if (!is_inside)
                assert_int_equal(at(x, y), 0);
        }
}

static void the_tail_fades_and_the_dot_stays_while_held(void **state)
{
    (void)state;
    point(50, 60, true, NOW);
    point(150, 160, true, NOW + DS_MS);
    ds_tick next = ds_trail_settle(&trail, NOW + DS_MS);
    assert_true(next > NOW + DS_MS && next < NOW + 100 * DS_MS); /* soon */
    next = ds_trail_settle(&trail, NOW + DS_TRAIL_FADES + DS_MS);
    assert_int_equal(trail.count, 1);
    assert_true(next == NOW + DS_MS + DS_TRAIL_HOLDS); /* at rest it costs nothing */
    paint(DS_NOTE_SOFT, NOW + DS_TRAIL_FADES + DS_MS);
    assert_int_equal(at(150, 160), 0xff000000 | RED);
    assert_int_equal(at(100, 110), 0);
}

static void it_fades_when_the_hand_lets_go(void **state)
{
    (void)state;
    point(150, 160, true, NOW);
    point(150, 160, false, NOW + DS_SECOND);
    assert_int_equal(trail.count, 1);
    assert_true(ds_trail_settle(&trail, NOW + DS_SECOND) != 0);
    paint(DS_NOTE_SOLID, NOW + DS_SECOND + DS_TRAIL_FADES * 3 / 4);
    assert_int_equal(at(150, 160), 0xff000000 | RED);
    assert_int_equal(at(145, 160), 0); /* smaller */
    assert_int_equal(ds_trail_settle(&trail, NOW + DS_SECOND + DS_TRAIL_FADES), 0);
    assert_true(ds_rect_is_empty(ds_trail_box(&trail)));
}

static void it_goes_when_nobody_says_that_it_is_there(void **state)
{
    (void)state;
    point(150, 160, true, NOW);
    ds_tick until = ds_trail_settle(&trail, NOW + DS_SECOND);
    assert_true(until == NOW + DS_TRAIL_HOLDS);
    point(150, 160, true, NOW + DS_SECOND); /* it is */
    until = ds_trail_settle(&trail, until);
    assert_true(until == NOW + DS_SECOND + DS_TRAIL_HOLDS && trail.count == 1);
    assert_int_equal(ds_trail_settle(&trail, until), 0); /* the line is cut */
    assert_int_equal(trail.count, 0);
}

static void a_hand_that_comes_down_elsewhere_draws_no_line_to_there(void **state)
{
    (void)state;
    point(50, 60, true, NOW);
    point(50, 60, false, NOW + DS_MS);
    point(250, 260, true, NOW + 2 * DS_MS);
    assert_int_equal(trail.count, 1);
    paint(DS_NOTE_SOFT, NOW + 2 * DS_MS);
    assert_int_equal(at(150, 160), 0);
    assert_int_equal(at(250, 260), 0xff000000 | RED);
}

/* However a hand jumps: what the customer's display has to paint at a time has a bound. */
static void it_has_a_bound(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        point(i * 7919 % 3840, i * 104729 % 2160, true, NOW);
        struct ds_rect box = ds_trail_box(&trail);
        assert_in_range(trail.count, 1, DS_TRAIL_POINTS);
        assert_in_range(box.width, 1, 2 * DS_TRAIL_REACH + 40);
        assert_in_range(box.height, 1, 2 * DS_TRAIL_REACH + 40);
    }
}

#define CASE(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_dot_is_where_the_hand_is),
        CASE(nothing_is_painted_outside_of_its_box),
        CASE(the_tail_fades_and_the_dot_stays_while_held),
        CASE(it_fades_when_the_hand_lets_go),
        CASE(it_goes_when_nobody_says_that_it_is_there),
        CASE(a_hand_that_comes_down_elsewhere_draws_no_line_to_there),
        CASE(it_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
