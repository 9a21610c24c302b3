/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture of one window: what others lay over it does not show, and it follows moves, sizes and
 * the window's end. On real displays. */
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/x11/capture_window.h"
#include "common/x11/display.h"
#include "tests/support/display.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>

#define WAIT (20 * DS_SECOND)
#define RED 0xe5484du
#define GREEN 0x30a46cu
#define BLUE 0x1f5effu

static struct test_display *display;
static struct ds_display own;
static xcb_window_t window, cover;
static struct ds_capture *capture;

static void sync_display(void)
{
    free(xcb_get_input_focus_reply(own.conn, xcb_get_input_focus(own.conn), NULL));
}

static xcb_window_t make(int x, int y, int width, int height, int border, uint32_t color)
{
    uint32_t values[] = {color, RED, 1};
    xcb_window_t id = xcb_generate_id(own.conn);
    xcb_create_window(own.conn, XCB_COPY_FROM_PARENT, id, own.screen->root, (int16_t)x, (int16_t)y,
                      (uint16_t)width, (uint16_t)height, (uint16_t)border,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_BORDER_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(own.conn, id);
    sync_display();
    return id;
}

static void fill(xcb_window_t id, uint32_t color, int x, int y, int width, int height)
{
    xcb_gcontext_t gc = xcb_generate_id(own.conn);
    xcb_rectangle_t rect = {(int16_t)x, (int16_t)y, (uint16_t)width, (uint16_t)height};
    xcb_create_gc(own.conn, gc, id, XCB_GC_FOREGROUND, &color);
    xcb_poly_fill_rectangle(own.conn, id, gc, 1, &rect);
    xcb_free_gc(own.conn, gc);
    sync_display();
}

static int set_up(void **state)
{
    char message[256];
    (void)state;
    display = test_display_start("800x600x24", NULL);
    assert_int_equal(ds_display_open(&own, test_display_name(display), NULL, 0), DS_OK);
    window = make(100, 80, 200, 150, 2, BLUE);
    assert_int_equal(ds_capture_open(&capture, test_display_name(display), message, 256), DS_OK);
    assert_int_equal(ds_capture_watch_window(capture, window), DS_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_capture_close(capture);
    ds_display_close(&own);
    test_display_end(display);
    capture = NULL;
    return 0;
}

/* Until the picture has that size and, at x, y, that colour. events: what polls said. */
static void wait_pixel(uint32_t width, uint32_t height, uint32_t x, uint32_t y, uint32_t color,
                       int *events)
{
    const struct ds_image *image = NULL;
    struct ds_region damage;
    ds_tick deadline = ds_clock_now() + WAIT;
    for (;;) {
        int seen = ds_capture_poll(capture);
        assert_false(seen & DS_CAPTURE_GONE);
        if (events)
            *events |= seen;
        ds_capture_grab(capture, &image, &damage);
        if (ds_capture_peek(capture, &image) == DS_OK && image->width == width &&
            image->height == height && ds_image_row(image, y)[x] == color)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("pixel %u,%u of %ux%u does not become %06x", x, y, width, height, color);
        struct pollfd fd = {.fd = ds_capture_fd(capture), .events = POLLIN};
        poll(&fd, 1, 50);
    }
}

static void what_lies_over_the_window_is_not_in_its_picture(void **state)
{
    (void)state;
    struct ds_control layout;
    wait_pixel(200, 150, 0, 0, BLUE, NULL); /* the inside, not the border */
    ds_capture_layout(capture, &layout);
    assert_int_equal(layout.width, 200);
    assert_int_equal(layout.height, 150);
    cover = make(90, 70, 300, 300, 0, GREEN);
    fill(window, RED, 10, 10, 50, 50); /* beneath it */
    wait_pixel(200, 150, 20, 20, RED, NULL);
    wait_pixel(200, 150, 199, 149, BLUE, NULL);
    uint32_t *shown = test_display_grab(display, 122, 102, 1, 1);
    assert_int_equal(*shown, GREEN); /* that is what a person sees there */
    free(shown);
}

static void it_follows_moves_and_sizes(void **state)
{
    (void)state;
    int32_t x, y;
    int events = 0;
    wait_pixel(200, 150, 0, 0, BLUE, NULL);
    ds_capture_origin(capture, &x, &y);
    assert_int_equal(x, 102);
    assert_int_equal(y, 82);
    const uint32_t place[] = {300, 250};
    xcb_configure_window(own.conn, window, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, place);
    fill(window, RED, 0, 0, 10, 10);
    wait_pixel(200, 150, 5, 5, RED, &events);
    while (x != 302) {
        ds_capture_poll(capture);
        ds_capture_origin(capture, &x, &y);
    }
    assert_int_equal(y, 252);
    assert_false(events & DS_CAPTURE_RESIZED);
    const uint32_t size[] = {260, 90};
    xcb_configure_window(own.conn, window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT,
                         size);
    fill(window, GREEN, 200, 40, 60, 50);
    wait_pixel(260, 90, 250, 80, GREEN, &events);
    assert_true(events & DS_CAPTURE_RESIZED);
}

static void a_minimised_window_keeps_its_picture_and_comes_back(void **state)
{
    (void)state;
    const struct ds_image *image;
    wait_pixel(200, 150, 0, 0, BLUE, NULL);
    xcb_unmap_window(own.conn, window);
    sync_display();
    for (int i = 0; i < 5; i++)
        assert_false(ds_capture_poll(capture) & DS_CAPTURE_GONE);
    assert_int_equal(ds_capture_peek(capture, &image), DS_OK);
    assert_int_equal(ds_image_row(image, 10)[10], BLUE);
    xcb_map_window(own.conn, window);
    fill(window, RED, 0, 0, 200, 150);
    wait_pixel(200, 150, 100, 100, RED, NULL);
}

static void its_end_is_the_end_of_the_capture(void **state)
{
    (void)state;
    ds_tick deadline = ds_clock_now() + WAIT;
    wait_pixel(200, 150, 0, 0, BLUE, NULL);
    xcb_destroy_window(own.conn, window);
    sync_display();
    while (!(ds_capture_poll(capture) & DS_CAPTURE_GONE))
        assert_true(ds_clock_now() < deadline);
}

static void no_such_window_is_said(void **state)
{
    (void)state;
    struct ds_capture *other;
    char message[256];
    assert_int_equal(ds_capture_open(&other, test_display_name(display), message, 256), DS_OK);
    assert_int_equal(ds_capture_watch_window(other, 0x1234567), DS_ENOTFOUND);
    xcb_unmap_window(own.conn, window);
    sync_display();
    ds_capture_close(capture); /* which asked for it first */
    capture = NULL;
    assert_int_equal(ds_capture_watch_window(other, window), DS_ENOTFOUND); /* not on the screen */
    ds_capture_close(other);
}

static void a_display_that_cannot_keep_windows_apart_is_said(void **state)
{
    (void)state;
    static const char *const without[] = {"-extension", "Composite", NULL};
    struct test_display *plain = test_display_start("640x480x24", without);
    struct ds_capture *other;
    char message[256];
    assert_int_equal(ds_capture_open(&other, test_display_name(plain), message, 256), DS_OK);
    assert_int_equal(ds_capture_watch_window(other, 1), DS_EUNSUPPORTED);
    ds_capture_close(other);
    test_display_end(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_lies_over_the_window_is_not_in_its_picture, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_follows_moves_and_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_minimised_window_keeps_its_picture_and_comes_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(its_end_is_the_end_of_the_capture, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_such_window_is_said, set_up, tear_down),
        cmocka_unit_test(a_display_that_cannot_keep_windows_apart_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
