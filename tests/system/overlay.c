/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layer of drawings on a real display: what is drawn is seen, what lies beneath is clicked. */
#include "common/x11/overlay.h"

#include "common/base/error.h"
#include "common/x11/display.h"
#include "tests/support/display.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT (20 * DS_SECOND)
#define RED 0xffff0000u
#define GROUND 0x00336699u

static struct test_display *display;
static struct ds_overlay *overlay;
static struct ds_display other; /* another program's */
static xcb_window_t ground;     /* its window, over all of the screen */
static unsigned renewed, drawn;
static xcb_window_t own;

static void on_renewed(void *ctx)
{
    (void)ctx;
    renewed++;
}

static void on_drawn(void *ctx)
{
    (void)ctx;
    drawn++;
}

static bool is_own(void *ctx, uint32_t window)
{
    (void)ctx;
    return window == own;
}

static const struct ds_overlay_events events = {
    .on_renewed = on_renewed, .on_drawn = on_drawn, .is_own = is_own};

static xcb_window_t make_window(int x, int y, int width, int height, uint32_t color)
{
    const uint32_t values[] = {color, 1, XCB_EVENT_MASK_BUTTON_PRESS};
    xcb_window_t window = xcb_generate_id(other.conn);
    xcb_create_window(other.conn, XCB_COPY_FROM_PARENT, window, other.screen->root, (int16_t)x,
                      (int16_t)y, (uint16_t)width, (uint16_t)height, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    xcb_map_window(other.conn, window);
    xcb_flush(other.conn);
    return window;
}

static int set_up(void **state)
{
    char message[256] = "";
    (void)state;
    renewed = drawn = 0;
    own = 0;
    display = test_display_start("400x300x24", NULL);
    assert_int_equal(ds_display_open(&other, test_display_name(display), NULL, 0), DS_OK);
    ground = make_window(0, 0, 400, 300, GROUND);
    overlay =
        ds_overlay_open(test_display_name(display), 0, &events, NULL, message, sizeof(message));
    if (!overlay)
        fail_msg("%s", message);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_overlay_close(overlay);
    ds_display_close(&other);
    test_display_end(display);
    return 0;
}

static void turn(void)
{
    struct pollfd fd = {.fd = ds_overlay_fd(overlay), .events = POLLIN};
    poll(&fd, 1, 20);
    assert_int_equal(ds_overlay_poll(overlay, ds_clock_now()), DS_OK);
}

static void wait_for(const unsigned *counter, unsigned value)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (*counter < value) {
        turn();
        assert_true(ds_clock_now() < deadline);
    }
}

static void fill(struct ds_rect box, uint32_t argb)
{
    int width, height;
    size_t stride;
    uint32_t *pixels = ds_overlay_pixels(overlay, &width, &height, &stride);
    assert_non_null(pixels);
    for (int y = box.y; y < box.y + box.height; y++)
        for (int x = box.x; x < box.x + box.width; x++)
            pixels[(size_t)y * (stride / 4) + (size_t)x] = argb;
    ds_overlay_change(overlay, box);
}

static void show(void)
{
    unsigned before = drawn;
    ds_overlay_sync(overlay);
    wait_for(&drawn, before + 1);
}

static uint32_t pixel(int x, int y)
{
    uint32_t *grabbed = test_display_grab(display, x, y, 1, 1);
    uint32_t value = *grabbed;
    free(grabbed);
    return value;
}

static void wait_pixel(int x, int y, uint32_t color)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (pixel(x, y) != color) {
        turn();
        if (ds_clock_now() > deadline)
            fail_msg("at %d,%d is %06x, not %06x", x, y, pixel(x, y), color);
    }
}

static void what_is_drawn_is_seen_and_nothing_else(void **state)
{
    (void)state;
    assert_false(ds_overlay_is_soft(overlay));
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    assert_int_equal(pixel(50, 60), 0xff0000);
    assert_int_equal(pixel(149, 79), 0xff0000);
    assert_int_equal(pixel(49, 60), GROUND);
    assert_int_equal(pixel(150, 60), GROUND);
    assert_int_equal(pixel(100, 80), GROUND);
    fill((struct ds_rect){60, 60, 10, 20}, 0); /* a part goes */
    show();
    wait_pixel(65, 70, GROUND);
    assert_int_equal(pixel(55, 70), 0xff0000);
    ds_overlay_clear(overlay);
    wait_pixel(55, 70, GROUND);
    fill((struct ds_rect){200, 200, 10, 10}, RED); /* nothing of before comes back */
    show();
    assert_int_equal(pixel(205, 205), 0xff0000);
    assert_int_equal(pixel(55, 70), GROUND);
}

static void clicks_go_through(void **state)
{
    (void)state;
    static const char *const click[] = {"xdotool", "mousemove", "100", "70", "click", "1", NULL};
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    assert_int_equal(pixel(100, 70), 0xff0000);
    test_display_run(display, click);
    xcb_generic_event_t *event = NULL;
    ds_tick deadline = ds_clock_now() + WAIT;
    while (!event && ds_clock_now() < deadline) {
        event = xcb_poll_for_event(other.conn);
        turn();
    }
    assert_non_null(event);
    assert_int_equal(event->response_type & 0x7f, XCB_BUTTON_PRESS);
    const xcb_button_press_event_t *press = (const xcb_button_press_event_t *)event;
    assert_true(press->event == ground && press->event_x == 100 && press->event_y == 70);
    free(event);
}

static void hidden_it_waits(void **state)
{
    (void)state;
    ds_overlay_hide(overlay, true);
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    assert_int_equal(pixel(100, 70), GROUND);
    ds_overlay_hide(overlay, false);
    show();
    assert_int_equal(pixel(100, 70), 0xff0000);
    assert_int_equal(pixel(20, 20), GROUND);
    ds_overlay_hide(overlay, true);
    wait_pixel(100, 70, GROUND);
}

static void another_window_does_not_cover_it_for_long(void **state)
{
    (void)state;
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    make_window(0, 0, 200, 200, 0x00ff00);
    wait_pixel(10, 10, 0x00ff00);
    wait_pixel(100, 70, 0xff0000);
}

static void a_window_of_its_own_program_does(void **state)
{
    (void)state;
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    own = make_window(0, 0, 200, 200, 0x00ff00);
    wait_pixel(100, 70, 0x00ff00);
    for (int i = 0; i < 60; i++) /* longer than it would take to come above */
        turn();
    assert_int_equal(pixel(100, 70), 0x00ff00);
}

static void a_new_size_means_drawing_again(void **state)
{
    (void)state;
    int width, height;
    size_t stride;
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    test_display_resize(display, 320, 200);
    wait_for(&renewed, 1);
    assert_non_null(ds_overlay_pixels(overlay, &width, &height, &stride));
    assert_true(width == 320 && height == 200);
    fill((struct ds_rect){300, 180, 20, 20}, RED);
    show();
    wait_pixel(319, 199, 0xff0000);
}

/* Not a compositing manager, only the sign that one is there. */
static void with_a_compositing_manager_it_is_translucent(void **state)
{
    (void)state;
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    xcb_intern_atom_reply_t *atom = xcb_intern_atom_reply(
        other.conn, xcb_intern_atom(other.conn, 0, 13, "_NET_WM_CM_S0"), NULL);
    assert_non_null(atom);
    xcb_set_selection_owner(other.conn, ground, atom->atom, XCB_CURRENT_TIME);
    xcb_flush(other.conn);
    wait_for(&renewed, 1);
    assert_true(ds_overlay_is_soft(overlay));
    fill((struct ds_rect){50, 60, 100, 20}, 0x80800000);
    show();
    xcb_set_selection_owner(other.conn, XCB_WINDOW_NONE, atom->atom, XCB_CURRENT_TIME);
    xcb_flush(other.conn);
    free(atom);
    wait_for(&renewed, 2);
    assert_false(ds_overlay_is_soft(overlay));
    wait_pixel(20, 20, GROUND); /* and not a black screen */
    fill((struct ds_rect){50, 60, 100, 20}, RED);
    show();
    assert_int_equal(pixel(100, 70), 0xff0000);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_drawn_is_seen_and_nothing_else),
        CASE(clicks_go_through),
        CASE(hidden_it_waits),
        CASE(another_window_does_not_cover_it_for_long),
        CASE(a_window_of_its_own_program_does),
        CASE(a_new_size_means_drawing_again),
        CASE(with_a_compositing_manager_it_is_translucent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
