/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scroll bars and places to drag in, by pointer and wheel, and where the kit has painted. */
#include "common/ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 400, HEIGHT = 300, BAR = 12 };

/* A window that scrolls by a bar at its right, 300 high: 300 of 1200 are seen. */
static struct {
    struct ds_ui *ui;
    struct ds_ui_scrollbar bar;
    bool is_changed, has_button, has_drag;
    int clicks;
    bool is_held, has_begun;
    double x, y;
    cairo_surface_t *surface;
} t;

static void build(void)
{
    struct ds_box window = ds_ui_window(t.ui);
    ds_ui_ground_none(t.ui);
    t.is_changed |= ds_ui_scrollbar(t.ui, 1, ds_box_right(&window, BAR, 0), &t.bar);
    if (t.has_button)
        t.clicks += ds_ui_button(t.ui, 2, (struct ds_box){10, 10, 100, 32}, "Press", 0);
    if (t.has_button) /* a text on nothing */
        ds_ui_label(t.ui, (struct ds_box){200, 150, 120, 20}, "A bare label", DS_TYPE_NORMAL,
                    DS_COLOR_TEXT, 0);
    if (t.has_drag) {
        bool began;
        t.is_held = ds_ui_drag(t.ui, 3, (struct ds_box){50, 100, 100, 100}, &t.x, &t.y, &began);
        t.has_begun |= began;
    }
}

static void run(void)
{
    do {
        ds_ui_begin(t.ui, WIDTH, HEIGHT, 1000);
        build();
    } while (ds_ui_end(t.ui));
    cairo_t *cr = cairo_create(t.surface);
    ds_ui_paint(t.ui, cr);
    cairo_destroy(cr);
}

static void event(enum ds_ui_event_type type, double x, double y, double dy)
{
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = type, .x = x, .y = y, .dy = dy, .button = 1});
    run();
}

static int set_up(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    t.ui = ds_ui_new(&theme);
    t.bar = (struct ds_ui_scrollbar){.is_upright = true, .page = 300, .most = 900};
    t.surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
    run();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cairo_surface_destroy(t.surface);
    ds_ui_destroy(t.ui);
    return 0;
}

static void assert_near(double expected, double value)
{
    assert_true(fabs(expected - value) < 1.5);
}

static void the_thumb_goes_with_the_hand_also_beside_the_bar(void **state)
{
    (void)state;
    event(DS_UI_PRESS, 394, 20, 0); /* on the thumb, which is 75 of 300 */
    assert_near(0, t.bar.value);
    event(DS_UI_POINTER, 394, 95, 0);
    assert_near(300, t.bar.value);
    event(DS_UI_POINTER, 100, 5000, 0);
    assert_near(900, t.bar.value);
    event(DS_UI_POINTER, 394, 20, 0);
    assert_near(0, t.bar.value);
    event(DS_UI_RELEASE, 394, 20, 0);
    event(DS_UI_POINTER, 394, 200, 0);
    assert_near(0, t.bar.value);
}

static void beside_the_thumb_is_a_page_once(void **state)
{
    (void)state;
    event(DS_UI_PRESS, 394, 290, 0);
    assert_near(300, t.bar.value);
    event(DS_UI_POINTER, 394, 280, 0);
    assert_near(300, t.bar.value);
    event(DS_UI_RELEASE, 394, 280, 0);
    event(DS_UI_PRESS, 394, 2, 0);
    event(DS_UI_RELEASE, 394, 2, 0);
    assert_near(0, t.bar.value);
}

static void the_wheel_turns_it_only_above_it(void **state)
{
    (void)state;
    event(DS_UI_WHEEL, 394, 100, 2);
    assert_near(60, t.bar.value);
    event(DS_UI_WHEEL, 100, 100, 2);
    assert_near(60, t.bar.value);
    event(DS_UI_WHEEL, 394, 100, -5);
    assert_near(0, t.bar.value);
}

static void a_value_out_of_range_is_brought_back(void **state)
{
    (void)state;
    t.bar.value = 5000;
    run();
    assert_near(900, t.bar.value);
    t.bar.most = 0;
    t.is_changed = false;
    run();
    assert_true(t.is_changed);
    assert_near(0, t.bar.value);
    event(DS_UI_PRESS, 394, 100, 0); /* nothing to scroll: nothing happens */
    event(DS_UI_POINTER, 394, 200, 0);
    assert_near(0, t.bar.value);
}

static void it_covers_and_does_not_take_the_keyboard(void **state)
{
    (void)state;
    t.has_button = true;
    run();
    assert_true(ds_ui_covers(t.ui, 394, 100));
    assert_false(ds_ui_covers(t.ui, 380, 100));
    assert_int_equal(2, ds_ui_focused(t.ui));
    event(DS_UI_PRESS, 394, 20, 0);
    event(DS_UI_RELEASE, 20, 20, 0); /* let go on the button: no click */
    assert_int_equal(2, ds_ui_focused(t.ui));
    assert_int_equal(0, t.clicks);
}

static void a_drag_is_held_from_press_to_release(void **state)
{
    (void)state;
    t.has_drag = true;
    event(DS_UI_POINTER, 60, 110, 0);
    assert_false(t.is_held);
    event(DS_UI_PRESS, 60, 110, 0);
    assert_true(t.is_held && t.has_begun);
    t.has_begun = false;
    event(DS_UI_POINTER, 390, 5, 0);
    assert_true(t.is_held && !t.has_begun);
    assert_near(390, t.x);
    assert_near(5, t.y);
    event(DS_UI_RELEASE, 390, 5, 0);
    event(DS_UI_POINTER, 60, 110, 0);
    assert_false(t.is_held);
    event(DS_UI_PRESS, 10, 10, 0); /* outside */
    assert_false(t.is_held);
}

static void painted_boxes_hold_every_pixel_that_is_not_transparent(void **state)
{
    (void)state;
    cairo_rectangle_int_t boxes[8];
    for (size_t most = 1; most <= 8; most++) {
        t.has_button = true;
        ds_ui_toast(t.ui, "A sentence at the bottom", DS_COLOR_TEXT);
        run();
        size_t n = ds_ui_painted(t.ui, boxes, most);
        assert_in_range(n, 1, most);
        cairo_surface_flush(t.surface);
        const unsigned char *pixels = cairo_image_surface_get_data(t.surface);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                bool in = false;
                for (size_t i = 0; i < n; i++)
                    in |= x >= boxes[i].x && y >= boxes[i].y && x < boxes[i].x + boxes[i].width &&
                          y < boxes[i].y + boxes[i].height;
                uint32_t pixel;
                memcpy(&pixel,
                       pixels + y * cairo_image_surface_get_stride(t.surface) + (ptrdiff_t)x * 4,
                       4);
                if (!in)
                    assert_int_equal(0, pixel);
            }
        if (most == 8) { /* and not much more */
            long area = 0;
            for (size_t i = 0; i < n; i++)
                area += (long)boxes[i].width * boxes[i].height;
            assert_in_range(area, BAR * HEIGHT, WIDTH * HEIGHT / 3);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_thumb_goes_with_the_hand_also_beside_the_bar),
        TEST(beside_the_thumb_is_a_page_once),
        TEST(the_wheel_turns_it_only_above_it),
        TEST(a_value_out_of_range_is_brought_back),
        TEST(it_covers_and_does_not_take_the_keyboard),
        TEST(a_drag_is_held_from_press_to_release),
        TEST(painted_boxes_hold_every_pixel_that_is_not_transparent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
