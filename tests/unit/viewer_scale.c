/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture drawn at the window's size, by area: against the definition, and in parts. */
#include "viewer/present/scale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct scene {
    struct ds_image image;
    struct viewer_view view;
    uint32_t *window;
    size_t stride;
};

static void open_scene(struct scene *s, int pw, int ph, int ww, int wh)
{
    assert_int_equal(0, ds_image_init(&s->image, (uint32_t)pw, (uint32_t)ph));
    s->view = (struct viewer_view){.scale = VIEWER_SCALE_FIT};
    viewer_view_set_window(&s->view, ww, wh);
    viewer_view_set_picture(&s->view, pw, ph);
    s->stride = (size_t)ww * 4;
    s->window = calloc((size_t)ww * (size_t)wh, 4);
}

static void close_scene(struct scene *s)
{
    ds_image_destroy(&s->image);
    free(s->window);
}

static void set(struct scene *s, int x, int y, uint32_t color)
{
    ds_image_row(&s->image, (uint32_t)y)[x] = color;
}

static void noise(struct scene *s)
{
    uint32_t seed = 12345;
    for (uint32_t y = 0; y < s->image.height; y++)
        for (uint32_t x = 0; x < s->image.width; x++) {
            seed = seed * 1664525u + 1013904223u;
            ds_image_row(&s->image, y)[x] = seed >> 8;
        }
}

static void draw(struct scene *s, uint32_t *to, struct ds_rect part)
{
    assert_int_equal(0, viewer_scale_draw(&s->view, &s->image, part, (uint8_t *)to, s->stride));
}

static struct ds_rect whole(const struct scene *s)
{
    return (struct ds_rect){0, 0, s->view.window_width, s->view.window_height};
}

static void the_same_size_is_copied(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, 37, 23, 37, 23);
    noise(&s);
    draw(&s, s.window, whole(&s));
    for (uint32_t y = 0; y < 23; y++)
        assert_memory_equal(ds_image_row(&s.image, y), s.window + y * 37, 37 * 4);
    close_scene(&s);
}

static void a_smaller_pixel_is_the_mean_of_its_area(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, 4, 2, 2, 1);
    set(&s, 0, 0, 0xff0000);
    set(&s, 1, 0, 0x00ff00);
    set(&s, 0, 1, 0x0000ff);
    set(&s, 1, 1, 0x000000);
    set(&s, 2, 0, 0xffffff);
    set(&s, 3, 0, 0xffffff);
    set(&s, 2, 1, 0xffffff);
    set(&s, 3, 1, 0xffffff);
    draw(&s, s.window, whole(&s));
    assert_int_equal(0x404040, s.window[0]); /* 255 / 4 rounded */
    assert_int_equal(0xffffff, s.window[1]);
    close_scene(&s);
}

static void a_line_one_pixel_wide_is_never_lost(void **state)
{
    (void)state;
    for (int x = 0; x < 100; x++) {
        struct scene s;
        uint64_t sum = 0;
        open_scene(&s, 100, 4, 29, 2);
        for (int y = 0; y < 4; y++)
            set(&s, x, y, 0xffffff);
        draw(&s, s.window, whole(&s));
        int row = s.view.place.y * 29;
        for (int i = 0; i < 29; i++)
            sum += s.window[row + i] & 255;
        /* all of its light arrives: 255 * 29 / 100, give or take rounding of two pixels */
        assert_in_range(sum, 72, 76);
        close_scene(&s);
    }
}

static void one_colour_stays_that_colour_at_every_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {7, 5}, {99, 50}, {101, 53}, {300, 200}, {1000, 700}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct scene s;
        open_scene(&s, 100, 60, sizes[i][0], sizes[i][1]);
        ds_image_fill(&s.image, 0x00fe807f);
        draw(&s, s.window, whole(&s));
        const struct ds_rect p = s.view.place;
        for (int y = p.y; y < p.y + p.height; y++)
            for (int x = p.x; x < p.x + p.width; x++)
                assert_int_equal(0xfe807f, s.window[y * sizes[i][0] + x]);
        close_scene(&s);
    }
}

static void a_part_by_itself_is_drawn_as_with_the_rest(void **state)
{
    (void)state;
    static const int sizes[][2] = {{61, 40}, {123, 77}, {500, 310}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct scene s;
        open_scene(&s, 200, 120, sizes[i][0], sizes[i][1]);
        noise(&s);
        draw(&s, s.window, whole(&s));
        uint32_t *again = calloc((size_t)sizes[i][0] * (size_t)sizes[i][1], 4);
        for (int y = 0; y < sizes[i][1]; y += 13)
            for (int x = 0; x < sizes[i][0]; x += 17)
                draw(&s, again, (struct ds_rect){x, y, 17, 13});
        assert_memory_equal(s.window, again, (size_t)sizes[i][0] * (size_t)sizes[i][1] * 4);
        free(again);
        close_scene(&s);
    }
}

/* One colour of one window pixel, from the definition. */
static double mean(const struct scene *s, int x, int y, int shift)
{
    const struct ds_rect p = s->view.place;
    double iw = s->image.width, ih = s->image.height;
    double x0 = (x - p.x) * iw / p.width, x1 = (x - p.x + 1) * iw / p.width;
    double y0 = (y - p.y) * ih / p.height, y1 = (y - p.y + 1) * ih / p.height, sum = 0;
    for (uint32_t v = (uint32_t)y0; v < y1 && v < s->image.height; v++)
        for (uint32_t u = (uint32_t)x0; u < x1 && u < s->image.width; u++) {
            double w = (u + 1 < x1 ? u + 1 : x1) - (u > x0 ? u : x0);
            double h = (v + 1 < y1 ? v + 1 : y1) - (v > y0 ? v : y0);
            sum += w * h * (ds_image_row(&s->image, v)[u] >> shift & 255);
        }
    return sum / ((x1 - x0) * (y1 - y0));
}

static void every_pixel_is_the_mean_of_its_area_to_one_step(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1},    {7, 5},     {61, 40},  {99, 59},   {100, 60},
                                   {101, 61}, {133, 80},  {150, 90}, {199, 121}, {200, 120},
                                   {333, 77}, {401, 239}, {3, 400}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct scene s;
        open_scene(&s, 100, 60, sizes[i][0], sizes[i][1]);
        noise(&s);
        draw(&s, s.window, whole(&s));
        const struct ds_rect p = s.view.place;
        for (int y = p.y; y < p.y + p.height; y++)
            for (int x = p.x; x < p.x + p.width; x++)
                for (int shift = 0; shift <= 16; shift += 8) {
                    double is = s.window[y * sizes[i][0] + x] >> shift & 255;
                    double wanted = mean(&s, x, y, shift);
                    assert_true(is - wanted < 1.01 && wanted - is < 1.01);
                }
        close_scene(&s);
    }
}

static void twice_as_large_every_pixel_is_four(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, 53, 31, 106, 62);
    noise(&s);
    draw(&s, s.window, whole(&s));
    for (int y = 0; y < 62; y++)
        for (int x = 0; x < 106; x++)
            assert_int_equal(ds_image_row(&s.image, (uint32_t)y / 2)[x / 2] & 0xffffff,
                             s.window[y * 106 + x]);
    close_scene(&s);
}

/* As a session does it: changes anywhere, drawn as the rectangles of the window they cover. */
static void changes_in_any_order_leave_what_a_whole_drawing_gives(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        enum viewer_scale scale;
    } windows[] = {{160, 100, VIEWER_SCALE_FIT}, {161, 99, VIEWER_SCALE_FIT},
                   {320, 200, VIEWER_SCALE_FIT}, {411, 257, VIEWER_SCALE_FIT},
                   {640, 400, VIEWER_SCALE_FIT}, {200, 150, VIEWER_SCALE_ONE},
                   {400, 300, VIEWER_SCALE_ONE}};
    uint32_t seed = 99;
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        struct scene s;
        int ww = windows[i].width, wh = windows[i].height;
        open_scene(&s, 320, 200, ww, wh);
        viewer_view_set_scale(&s.view, windows[i].scale);
        viewer_view_scroll_to(&s.view, 57, 31);
        uint32_t *again = calloc((size_t)ww * (size_t)wh, 4);
        draw(&s, s.window, whole(&s));
        for (int n = 0; n < 300; n++) {
            struct ds_rect r;
            seed = seed * 1664525u + 1013904223u;
            r.x = (int)(seed >> 8) % 320;
            r.y = (int)(seed >> 14) % 200;
            r.width = 1 + (int)(seed >> 20) % (n % 4 == 0 ? 320 - r.x : 3);
            r.height = 1 + (int)(seed >> 11) % (n % 4 == 0 ? 200 - r.y : 3);
            struct ds_rect all = ds_image_bounds(&s.image);
            r = ds_rect_intersect(r, all);
            for (int y = r.y; y < r.y + r.height; y++)
                for (int x = r.x; x < r.x + r.width; x++)
                    set(&s, x, y, (seed ^ (uint32_t)(x * 7919 + y * 104729)) & 0xffffff);
            draw(&s, s.window, viewer_view_cover(&s.view, r));
        }
        draw(&s, again, whole(&s));
        assert_memory_equal(again, s.window, (size_t)ww * (size_t)wh * 4);
        free(again);
        close_scene(&s);
    }
}

static void a_changed_pixel_changes_only_what_it_covers(void **state)
{
    (void)state;
    static const int sizes[][2] = {{61, 40}, {200, 120}, {500, 310}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct scene s;
        int ww = sizes[i][0], wh = sizes[i][1];
        open_scene(&s, 200, 120, ww, wh);
        noise(&s);
        uint32_t *after = calloc((size_t)ww * (size_t)wh, 4);
        draw(&s, s.window, whole(&s));
        set(&s, 101, 57, 0xffffff);
        draw(&s, after, whole(&s));
        struct ds_rect c = viewer_view_cover(&s.view, (struct ds_rect){101, 57, 1, 1});
        for (int y = 0; y < wh; y++)
            for (int x = 0; x < ww; x++)
                if (s.window[y * ww + x] != after[y * ww + x])
                    assert_true(x >= c.x && y >= c.y && x < c.x + c.width && y < c.y + c.height);
        free(after);
        close_scene(&s);
    }
}

static void nothing_is_drawn_outside_window_or_place(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, 100, 50, 40, 40);
    ds_image_fill(&s.image, 0xffffff);
    draw(&s, s.window, (struct ds_rect){-100, -100, 1000, 1000});
    const struct ds_rect p = s.view.place;
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 40; x++)
            assert_int_equal(y >= p.y && y < p.y + p.height ? 0xffffff : 0, s.window[y * 40 + x]);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_size_is_copied),
        cmocka_unit_test(a_smaller_pixel_is_the_mean_of_its_area),
        cmocka_unit_test(a_line_one_pixel_wide_is_never_lost),
        cmocka_unit_test(one_colour_stays_that_colour_at_every_size),
        cmocka_unit_test(a_part_by_itself_is_drawn_as_with_the_rest),
        cmocka_unit_test(every_pixel_is_the_mean_of_its_area_to_one_step),
        cmocka_unit_test(twice_as_large_every_pixel_is_four),
        cmocka_unit_test(changes_in_any_order_leave_what_a_whole_drawing_gives),
        cmocka_unit_test(a_changed_pixel_changes_only_what_it_covers),
        cmocka_unit_test(nothing_is_drawn_outside_window_or_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
