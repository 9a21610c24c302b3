/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the picture lies in the window, and back: fit, 1:1, scrolling, one monitor or all. */
#include "viewer/present/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct viewer_view view_of(int ww, int wh, int pw, int ph, enum viewer_scale scale)
{
    struct viewer_view v = {.scale = scale};
    viewer_view_set_window(&v, ww, wh);
    viewer_view_set_picture(&v, pw, ph);
    return v;
}

static void assert_rect(struct ds_rect r, int x, int y, int width, int height)
{
    assert_int_equal(x, r.x);
    assert_int_equal(y, r.y);
    assert_int_equal(width, r.width);
    assert_int_equal(height, r.height);
}

static void fit_keeps_the_shape_and_centres(void **state)
{
    (void)state;
    assert_rect(view_of(1000, 600, 2000, 1000, VIEWER_SCALE_FIT).place, 0, 50, 1000, 500);
    assert_rect(view_of(1000, 600, 1000, 1200, VIEWER_SCALE_FIT).place, 250, 0, 500, 600);
    assert_rect(view_of(800, 600, 400, 300, VIEWER_SCALE_FIT).place, 0, 0, 800, 600);
    assert_rect(view_of(100, 100, 16384, 1, VIEWER_SCALE_FIT).place, 0, 49, 100, 1);
}

static void a_window_of_the_pictures_size_is_exact(void **state)
{
    (void)state;
    struct viewer_view v = view_of(1920, 1080, 1920, 1080, VIEWER_SCALE_FIT);
    assert_rect(v.place, 0, 0, 1920, 1080);
    assert_true(viewer_view_is_exact(&v));
}

static void one_to_one_centres_what_is_smaller_and_scrolls_what_is_larger(void **state)
{
    (void)state;
    struct viewer_view v = view_of(1000, 600, 800, 900, VIEWER_SCALE_ONE);
    assert_rect(v.place, 100, 0, 800, 900);
    assert_int_equal(0, viewer_view_scroll_max_x(&v));
    assert_int_equal(300, viewer_view_scroll_max_y(&v));
    assert_true(viewer_view_scroll(&v, 50, 200));
    assert_rect(v.place, 100, -200, 800, 900);
    assert_true(viewer_view_scroll(&v, 0, 1000));
    assert_rect(v.place, 100, -300, 800, 900);
    assert_false(viewer_view_scroll(&v, 0, 1));
    viewer_view_set_window(&v, 1000, 700);
    assert_rect(v.place, 100, -200, 800, 900);
    viewer_view_set_scale(&v, VIEWER_SCALE_FIT);
    assert_int_equal(0, v.scroll_y);
}

static void a_bar_takes_room_only_where_something_is_out_of_sight(void **state)
{
    (void)state;
    struct viewer_view v = view_of(1000, 600, 1000, 600, VIEWER_SCALE_ONE);
    viewer_view_set_bar(&v, 12);
    assert_false(v.bar_right || v.bar_bottom);
    assert_int_equal(1000, v.window_width);
    /* the bar for the height makes one for the width needed */
    viewer_view_set_picture(&v, 1000, 601);
    assert_true(v.bar_right && v.bar_bottom);
    assert_int_equal(988, v.window_width);
    assert_int_equal(588, v.window_height);
    assert_int_equal(12, viewer_view_scroll_max_x(&v));
    assert_int_equal(13, viewer_view_scroll_max_y(&v));
    viewer_view_set_picture(&v, 988, 601);
    assert_true(v.bar_right && !v.bar_bottom);
    viewer_view_set_picture(&v, 2000, 300);
    assert_true(!v.bar_right && v.bar_bottom);
    /* every pixel can be brought into sight, and pointed at beside the bars */
    viewer_view_set_picture(&v, 2000, 1500);
    viewer_view_scroll_to(&v, 5000, 5000);
    int x, y;
    assert_true(viewer_view_to_picture(&v, 987, 587, &x, &y));
    assert_int_equal(1999, x);
    assert_int_equal(1499, y);
    struct ds_rect seen = viewer_view_seen(&v);
    assert_rect(seen, 2000 - 988, 1500 - 588, 988, 588);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){1990, 1490, 10, 10}), 978, 578, 10, 10);
    viewer_view_set_scale(&v, VIEWER_SCALE_FIT);
    assert_false(v.bar_right || v.bar_bottom);
    assert_rect(viewer_view_seen(&v), 0, 0, 2000, 1500);
    /* a window too small for bars has none */
    viewer_view_set_scale(&v, VIEWER_SCALE_ONE);
    viewer_view_set_window(&v, 40, 40);
    assert_false(v.bar_right || v.bar_bottom);
}

static void every_corner_pixel_of_the_picture_can_be_pointed_at(void **state)
{
    (void)state;
    static const int sizes[][4] = {{1000, 600, 3840, 2160},
                                   {1920, 1080, 1280, 800},
                                   {640, 480, 640, 480},
                                   {333, 777, 1921, 1079},
                                   {1280, 800, 7680, 4320}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const int *s = sizes[i];
        struct viewer_view v = view_of(s[0], s[1], s[2], s[3], VIEWER_SCALE_FIT);
        const struct ds_rect p = v.place;
        int x, y, reach = s[2] / p.width + 1;
        assert_true(viewer_view_to_picture(&v, p.x, p.y, &x, &y));
        assert_in_range(x, 0, reach);
        assert_in_range(y, 0, reach);
        assert_true(viewer_view_to_picture(&v, p.x + p.width - 1, p.y + p.height - 1, &x, &y));
        assert_in_range(x, s[2] - 1 - reach, s[2] - 1);
        assert_in_range(y, s[3] - 1 - reach, s[3] - 1);
    }
}

static void a_scaled_point_is_the_middle_of_what_it_stands_for(void **state)
{
    (void)state;
    struct viewer_view v = view_of(1000, 500, 4000, 2000, VIEWER_SCALE_FIT);
    int x, y;
    assert_true(viewer_view_to_picture(&v, 0, 0, &x, &y));
    assert_int_equal(2, x);
    assert_int_equal(2, y);
    assert_true(viewer_view_to_picture(&v, 999, 499, &x, &y));
    assert_int_equal(3998, x);
    assert_int_equal(1998, y);
}

static void a_point_outside_is_the_nearest_pixel_and_said_to_be_outside(void **state)
{
    (void)state;
    struct viewer_view v = view_of(1000, 600, 2000, 1000, VIEWER_SCALE_FIT);
    int x, y;
    assert_false(viewer_view_to_picture(&v, 500, 10, &x, &y));
    assert_int_equal(0, y / 2);
    assert_false(viewer_view_to_picture(&v, -50000, 599, &x, &y));
    assert_in_range(x, 0, 1);
    assert_in_range(y, 998, 999);
}

static void there_and_back_is_the_same_pixel_at_one_to_one(void **state)
{
    (void)state;
    struct viewer_view v = view_of(500, 500, 3840, 2160, VIEWER_SCALE_ONE);
    viewer_view_scroll(&v, 1234, 567);
    for (int p = 1300; p < 1700; p += 37) {
        int x, y, px, py;
        viewer_view_to_window(&v, p, p - 500, &x, &y);
        assert_true(viewer_view_to_picture(&v, x, y, &px, &py));
        assert_int_equal(p, px);
        assert_int_equal(p - 500, py);
    }
}

static void without_a_picture_nothing_is_pointed_at(void **state)
{
    (void)state;
    struct viewer_view v = view_of(500, 500, 0, 0, VIEWER_SCALE_FIT);
    int x = 5, y = 5;
    assert_false(viewer_view_to_picture(&v, 10, 10, &x, &y));
    assert_int_equal(0, x);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){0, 0, 10, 10}), 0, 0, 0, 0);
}

static void changed_pixels_cover_every_window_pixel_they_colour(void **state)
{
    (void)state;
    struct viewer_view v = view_of(1000, 500, 3000, 1500, VIEWER_SCALE_FIT);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){4, 4, 1, 1}), 1, 1, 1, 1);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){2, 2, 2, 2}), 0, 0, 2, 2);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){0, 0, 9000, 9000}), 0, 0, 1000, 500);
    viewer_view_set_scale(&v, VIEWER_SCALE_ONE);
    viewer_view_scroll(&v, 100, 100);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){90, 90, 20, 20}), 0, 0, 10, 10);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){0, 0, 50, 50}), 0, 0, 0, 0);
    v = view_of(400, 400, 100, 100, VIEWER_SCALE_FIT);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){50, 50, 1, 1}), 200, 200, 4, 4);
    v = view_of(150, 150, 100, 100, VIEWER_SCALE_FIT);
    assert_rect(viewer_view_cover(&v, (struct ds_rect){51, 51, 1, 1}), 76, 76, 2, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_keeps_the_shape_and_centres),
        cmocka_unit_test(a_window_of_the_pictures_size_is_exact),
        cmocka_unit_test(one_to_one_centres_what_is_smaller_and_scrolls_what_is_larger),
        cmocka_unit_test(a_bar_takes_room_only_where_something_is_out_of_sight),
        cmocka_unit_test(every_corner_pixel_of_the_picture_can_be_pointed_at),
        cmocka_unit_test(a_scaled_point_is_the_middle_of_what_it_stands_for),
        cmocka_unit_test(a_point_outside_is_the_nearest_pixel_and_said_to_be_outside),
        cmocka_unit_test(there_and_back_is_the_same_pixel_at_one_to_one),
        cmocka_unit_test(without_a_picture_nothing_is_pointed_at),
        cmocka_unit_test(changed_pixels_cover_every_window_pixel_they_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
