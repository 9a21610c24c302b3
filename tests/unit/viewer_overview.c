/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The overview: where it lies, what it shows after changes in parts, where a point in it leads. */
#include "viewer/present/overview.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum { TOOLBAR = 48, GAP = 16, MOST = 240 };

static struct viewer_view view_of(int ww, int wh, int pw, int ph)
{
    struct viewer_view v = {.scale = VIEWER_SCALE_ONE};
    viewer_view_set_bar(&v, 12);
    viewer_view_set_window(&v, ww, wh);
    viewer_view_set_picture(&v, pw, ph);
    return v;
}

static bool inside(struct ds_rect in, struct ds_rect out)
{
    return in.x >= out.x && in.y >= out.y && in.x + in.width <= out.x + out.width &&
           in.y + in.height <= out.y + out.height;
}

static void it_lies_in_a_corner_below_the_toolbar_beside_the_bars(void **state)
{
    (void)state;
    static const int sizes[][4] = {{1280, 800, 3840, 2160}, {480, 360, 1280, 800},
                                   {800, 600, 801, 7000},   {1900, 300, 7680, 4320},
                                   {300, 200, 1024, 768},   {3840, 2160, 7680, 4320}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (int left = 0; left < 2; left++) {
            struct viewer_view v = view_of(sizes[i][0], sizes[i][1], sizes[i][2], sizes[i][3]);
            struct ds_rect p = viewer_overview_place(&v, left, GAP, 0, MOST);
            struct ds_rect allowed = {0, TOOLBAR, v.window_width, v.window_height - TOOLBAR};
            if (ds_rect_is_empty(p))
                continue;
            assert_true(inside(p, allowed));
            assert_true(p.width <= MOST && p.width <= v.window_width / 4);
            assert_int_equal(left ? GAP : v.window_width - GAP - p.width, p.x);
        }
    struct viewer_view v = view_of(1280, 800, 3840, 2160);
    struct ds_rect p = viewer_overview_place(&v, false, GAP, 0, MOST);
    assert_int_equal(240, p.width);
    assert_int_equal(135, p.height);
    struct ds_rect higher = viewer_overview_place(&v, false, GAP, 300, MOST);
    assert_true(higher.y + higher.height <= v.window_height - GAP - 300);
}

static void without_room_or_picture_there_is_none(void **state)
{
    (void)state;
    struct viewer_view v = view_of(90, 90, 3840, 2160);
    assert_true(ds_rect_is_empty(viewer_overview_place(&v, false, GAP, 0, MOST)));
    v = view_of(800, 600, 0, 0);
    assert_true(ds_rect_is_empty(viewer_overview_place(&v, false, GAP, 0, MOST)));
}

static void the_frame_is_where_one_is(void **state)
{
    (void)state;
    struct viewer_view v = view_of(812, 612, 1600, 1200); /* 800 x 600 without bars */
    struct ds_rect place = {100, 100, 160, 120};
    struct ds_rect s = viewer_overview_seen(&v, place);
    assert_int_equal(100, s.x);
    assert_int_equal(100, s.y);
    assert_int_equal(80, s.width);
    assert_int_equal(60, s.height);
    viewer_view_scroll(&v, 10000, 10000);
    s = viewer_overview_seen(&v, place);
    assert_int_equal(180, s.x);
    assert_int_equal(160, s.y);
    assert_int_equal(260, s.x + s.width);
    assert_int_equal(220, s.y + s.height);
}

static void a_point_comes_to_the_middle(void **state)
{
    (void)state;
    struct viewer_view v = view_of(812, 612, 1600, 1200);
    struct ds_rect place = {100, 100, 160, 120};
    int x, y;
    viewer_overview_aim(&v, place, 180, 160, &x, &y);
    assert_int_equal(400, x);
    assert_int_equal(300, y);
    viewer_overview_aim(&v, place, 0, 900, &x, &y); /* far outside: as far as there is */
    viewer_view_scroll_to(&v, x, y);
    assert_int_equal(0, v.scroll_x);
    assert_int_equal(600, v.scroll_y);
}

static void fill(struct ds_image *image, struct ds_rect r, uint32_t color)
{
    ds_image_fill_rect(image, r, color);
}

static void changes_in_parts_look_like_the_whole(void **state)
{
    (void)state;
    struct viewer_view v = view_of(800, 600, 1001, 777);
    struct viewer_overview parts = {0}, whole = {0};
    struct ds_image image;
    struct ds_rect place = viewer_overview_place(&v, true, GAP, 0, MOST);
    uint32_t seed = 7;
    assert_int_equal(DS_OK, ds_image_init(&image, 1001, 777));
    assert_int_equal(DS_OK, viewer_overview_show(&parts, &v, place));
    assert_false(ds_region_is_empty(&parts.stale));
    assert_true(viewer_overview_refresh(&parts, &image));
    assert_false(viewer_overview_refresh(&parts, &image));
    for (int i = 0; i < 200; i++) {
        struct ds_rect r;
        seed = seed * 1664525u + 1013904223u;
        r.x = (int)(seed >> 8) % 1001;
        r.y = (int)(seed >> 12) % 777;
        r.width = 1 + (int)(seed >> 20) % (1001 - r.x);
        r.height = 1 + (int)(seed >> 16) % (777 - r.y);
        fill(&image, r, seed & 0xffffff);
        viewer_overview_damage(&parts, r);
        if (i % 3 == 0)
            viewer_overview_refresh(&parts, &image);
    }
    viewer_overview_refresh(&parts, &image);
    assert_int_equal(DS_OK, viewer_overview_show(&whole, &v, place));
    assert_true(viewer_overview_refresh(&whole, &image));
    assert_memory_equal(whole.image.pixels, parts.image.pixels,
                        whole.image.stride * whole.image.height);
    viewer_overview_destroy(&whole);
    viewer_overview_destroy(&parts);
    ds_image_destroy(&image);
}

static void hidden_it_keeps_nothing_and_shown_elsewhere_it_keeps_its_picture(void **state)
{
    (void)state;
    struct viewer_view v = view_of(800, 600, 1000, 700);
    struct viewer_overview o = {0};
    struct ds_image image;
    assert_int_equal(DS_OK, ds_image_init(&image, 1000, 700));
    struct ds_rect place = viewer_overview_place(&v, true, GAP, 0, MOST);
    assert_int_equal(DS_OK, viewer_overview_show(&o, &v, place));
    viewer_overview_refresh(&o, &image);
    place.x += 50;
    assert_int_equal(DS_OK, viewer_overview_show(&o, &v, place));
    assert_true(ds_region_is_empty(&o.stale));
    assert_int_equal(place.x, o.place.x);
    assert_int_equal(DS_OK, viewer_overview_show(&o, &v, (struct ds_rect){0}));
    assert_null(o.image.pixels);
    viewer_overview_damage(&o, (struct ds_rect){0, 0, 10, 10}); /* nobody looks */
    assert_true(ds_region_is_empty(&o.stale));
    ds_image_destroy(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lies_in_a_corner_below_the_toolbar_beside_the_bars),
        cmocka_unit_test(without_room_or_picture_there_is_none),
        cmocka_unit_test(the_frame_is_where_one_is),
        cmocka_unit_test(a_point_comes_to_the_middle),
        cmocka_unit_test(changes_in_parts_look_like_the_whole),
        cmocka_unit_test(hidden_it_keeps_nothing_and_shown_elsewhere_it_keeps_its_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
