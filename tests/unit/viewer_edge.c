/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scrolling at the window's edge, with a clock of the test's own. */
#include "viewer/present/edge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START (1000 * DS_SECOND)

struct hand {
    struct viewer_view view;
    struct viewer_edge edge;
    ds_tick now;
    int steps;
};

static struct hand hand_on(int ww, int wh, int pw, int ph)
{
    struct hand h = {.now = START, .view.scale = VIEWER_SCALE_ONE};
    viewer_view_set_window(&h.view, ww, wh);
    viewer_view_set_picture(&h.view, pw, ph);
    return h;
}

/* Rests at x, y as a program would that wakes when it was told to. */
static void rest(struct hand *h, int x, int y, ds_tick how_long)
{
    ds_tick until = h->now + how_long;
    while (h->now < until) {
        int dx, dy;
        ds_tick again = viewer_edge_step(&h->edge, &h->view, x, y, h->now, &dx, &dy);
        h->steps += dx != 0 || dy != 0;
        viewer_view_scroll(&h->view, dx, dy);
        if (again == 0)
            break;
        assert_true(again > h->now);
        h->now = again;
    }
    h->now = until;
}

static void passing_by_moves_nothing(void **state)
{
    (void)state;
    struct hand h = hand_on(800, 600, 1600, 1200);
    for (int i = 0; i < 10; i++) {
        rest(&h, 799, 300, VIEWER_EDGE_REST - DS_MS);
        rest(&h, 400, 300, DS_MS); /* back in the middle: it starts anew */
    }
    assert_int_equal(0, h.view.scroll_x);
}

static void resting_scrolls_to_the_end_and_then_sleeps(void **state)
{
    (void)state;
    struct hand h = hand_on(800, 600, 1600, 1200);
    rest(&h, 799, 300, 3 * DS_SECOND);
    assert_int_equal(800, h.view.scroll_x);
    assert_int_equal(0, h.view.scroll_y);
    int dx, dy;
    assert_int_equal(0, viewer_edge_step(&h.edge, &h.view, 799, 300, h.now, &dx, &dy));
    rest(&h, 0, 599, 3 * DS_SECOND); /* into the corner: both ways at once */
    assert_int_equal(0, h.view.scroll_x);
    assert_int_equal(600, h.view.scroll_y);
}

static void the_speed_is_between_its_bounds_and_grows_towards_the_border(void **state)
{
    (void)state;
    int before = 0;
    for (int in = 0; in < VIEWER_EDGE; in += 4) {
        struct hand h = hand_on(800, 600, 16000, 600);
        rest(&h, 800 - VIEWER_EDGE + in, 300, VIEWER_EDGE_REST + DS_SECOND);
        assert_in_range(h.view.scroll_x, VIEWER_EDGE_SLOWEST - 40, VIEWER_EDGE_FASTEST);
        assert_true(h.view.scroll_x > before);
        before = h.view.scroll_x;
    }
    struct hand h = hand_on(800, 600, 16000, 600);
    rest(&h, 799, 300, VIEWER_EDGE_REST + DS_SECOND);
    assert_in_range(h.view.scroll_x, VIEWER_EDGE_FASTEST - 60, VIEWER_EDGE_FASTEST);
    assert_in_range(h.steps, 40, 70); /* smooth, and no oftener than a screen shows */
}

static void a_program_that_was_busy_does_not_jump(void **state)
{
    (void)state;
    struct hand h = hand_on(800, 600, 16000, 600);
    rest(&h, 799, 300, VIEWER_EDGE_REST + 100 * DS_MS);
    int before = h.view.scroll_x, dx, dy;
    viewer_edge_step(&h.edge, &h.view, 799, 300, h.now + 10 * DS_SECOND, &dx, &dy);
    assert_true(before > 0);
    assert_in_range(dx, 1, VIEWER_EDGE_FASTEST / 20);
}

static void nothing_scrolls_when_all_is_in_sight(void **state)
{
    (void)state;
    struct hand h = hand_on(800, 600, 800, 600);
    int dx, dy;
    assert_int_equal(0, viewer_edge_step(&h.edge, &h.view, 0, 0, h.now, &dx, &dy));
    h = hand_on(800, 600, 1600, 1200);
    viewer_view_set_scale(&h.view, VIEWER_SCALE_FIT);
    assert_int_equal(0, viewer_edge_step(&h.edge, &h.view, 0, 599, h.now, &dx, &dy));
    /* at the left and top of a larger picture there is nothing more on that side */
    h = hand_on(800, 600, 1600, 1200);
    assert_int_equal(0, viewer_edge_step(&h.edge, &h.view, 0, 0, h.now, &dx, &dy));
}

static void the_edge_lies_before_the_scroll_bars(void **state)
{
    (void)state;
    struct hand h = hand_on(800, 600, 1600, 1200);
    viewer_view_set_bar(&h.view, 12);
    int dx, dy;
    assert_int_equal(
        0, viewer_edge_step(&h.edge, &h.view, 788 - VIEWER_EDGE - 1, 300, h.now, &dx, &dy));
    assert_true(viewer_edge_step(&h.edge, &h.view, 788 - VIEWER_EDGE, 300, h.now, &dx, &dy) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing_by_moves_nothing),
        cmocka_unit_test(resting_scrolls_to_the_end_and_then_sleeps),
        cmocka_unit_test(the_speed_is_between_its_bounds_and_grows_towards_the_border),
        cmocka_unit_test(a_program_that_was_busy_does_not_jump),
        cmocka_unit_test(nothing_scrolls_when_all_is_in_sight),
        cmocka_unit_test(the_edge_lies_before_the_scroll_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
