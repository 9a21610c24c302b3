/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The captured picture against the screen itself, pixel by pixel, on real displays. */
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/x11/capture.h"
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
#define STILL_MS 300 /* nothing drawn for so long: the programs are done */

static struct ds_capture *open_capture(const struct test_display *display)
{
    struct ds_capture *capture = NULL;
    char message[256];
    if (ds_capture_open(&capture, test_display_name(display), message, sizeof(message)))
        fail_msg("%s", message);
    return capture;
}

/* Grabs until nothing changes any more; the newest picture. events: what polls said on the way. */
static const struct ds_image *settle(struct ds_capture *capture, int *events)
{
    const struct ds_image *image = NULL;
    struct ds_region damage;
    struct ds_capture_stats stats;
    unsigned same = 0;
    ds_tick deadline = ds_clock_now() + WAIT;
    ds_capture_get_stats(capture, &stats);
    for (;;) {
        int seen = ds_capture_poll(capture);
        if (events)
            *events |= seen;
        assert_false(seen & DS_CAPTURE_GONE);
        int error = ds_capture_grab(capture, &image, &damage);
        assert_true(error == DS_OK || error == DS_EAGAIN || error == DS_EIO);
        if (error == DS_EAGAIN && ds_capture_peek(capture, &image) == DS_OK &&
            ds_capture_poll(capture) == 0) {
            struct pollfd fd = {.fd = ds_capture_fd(capture), .events = POLLIN};
            /* without XDamage the descriptor tells when to look again, not that there is news */
            if (poll(&fd, 1, STILL_MS) == 0 || (!stats.damage && ++same == 3))
                return image;
        } else if (error == DS_OK) {
            same = 0;
        }
        if (ds_clock_now() > deadline)
            fail_msg("the screen does not come to rest");
    }
}

static void assert_equal_to_screen(const struct test_display *display, struct ds_capture *capture,
                                   const struct ds_image *image)
{
    int32_t x, y;
    ds_capture_origin(capture, &x, &y);
    uint32_t *expected = test_display_grab(display, x, y, (int)image->width, (int)image->height);
    for (uint32_t row = 0; row < image->height; row++)
        for (uint32_t i = 0; i < image->width; i++)
            if (ds_image_row(image, row)[i] != expected[row * image->width + i])
                fail_msg("pixel %u,%u is %08x and not %08x", i, row, ds_image_row(image, row)[i],
                         expected[row * image->width + i]);
    free(expected);
}

/* A window with rectangles, copies and points in it, all over the screen. */
struct painter {
    struct ds_display display;
    xcb_window_t window;
    xcb_gcontext_t gc;
    uint32_t seed;
};

static uint32_t draw_number(struct painter *p, uint32_t below)
{
    p->seed = p->seed * 1664525u + 1013904223u;
    return (p->seed >> 8) % below;
}

static void painter_sync(struct painter *p)
{
    free(xcb_get_input_focus_reply(p->display.conn, xcb_get_input_focus(p->display.conn), NULL));
}

static void painter_open(struct painter *p, const struct test_display *display)
{
    p->seed = 7;
    assert_int_equal(0, ds_display_open(&p->display, test_display_name(display), NULL, 0));
    xcb_connection_t *c = p->display.conn;
    xcb_screen_t *screen = p->display.screen;
    uint32_t values[] = {screen->white_pixel, 1};
    p->window = xcb_generate_id(c);
    xcb_create_window(c, XCB_COPY_FROM_PARENT, p->window, screen->root, 0, 0, 4000, 4000, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(c, p->window);
    p->gc = xcb_generate_id(c);
    xcb_create_gc(c, p->gc, p->window, 0, NULL);
    painter_sync(p);
}

static void painter_draw(struct painter *p, unsigned steps)
{
    xcb_connection_t *c = p->display.conn;
    for (unsigned i = 0; i < steps; i++) {
        uint32_t pixel = draw_number(p, 0x1000000);
        xcb_change_gc(c, p->gc, XCB_GC_FOREGROUND, &pixel);
        xcb_rectangle_t rect = {(int16_t)draw_number(p, 1400), (int16_t)draw_number(p, 1000),
                                (uint16_t)(1 + draw_number(p, 200)),
                                (uint16_t)(1 + draw_number(p, 100))};
        if (i % 3 == 0)
            xcb_copy_area(c, p->window, p->window, p->gc, (int16_t)draw_number(p, 1000),
                          (int16_t)draw_number(p, 800), rect.x, rect.y, rect.width, rect.height);
        else
            xcb_poly_fill_rectangle(c, p->window, p->gc, 1, &rect);
    }
    painter_sync(p);
}

static void painter_close(struct painter *p)
{
    ds_display_close(&p->display);
}

/* Draws in bursts and compares after each, on a display of that size and with those arguments. */
static void check_display(const char *size, const char *const *extra, bool shared, bool damage)
{
    struct test_display *display = test_display_start(size, extra);
    struct ds_capture *capture = open_capture(display);
    struct ds_capture_stats stats;
    struct painter painter;
    painter_open(&painter, display);
    for (unsigned burst = 0; burst < 6; burst++) {
        painter_draw(&painter, burst == 0 ? 1 : burst * 60);
        assert_equal_to_screen(display, capture, settle(capture, NULL));
    }
    ds_capture_get_stats(capture, &stats);
    assert_int_equal(shared, stats.shared);
    assert_int_equal(damage, stats.damage);
    painter_close(&painter);
    ds_capture_close(capture);
    test_display_end(display);
}

static void the_picture_equals_the_screen(void **state)
{
    (void)state;
    check_display("1280x800x24", NULL, true, true);
}

static void odd_sizes_are_exact(void **state)
{
    (void)state;
    check_display("1367x769x24", NULL, true, true);
    check_display("33x17x24", NULL, true, true);
}

static void pixels_come_through_the_socket_without_shared_memory(void **state)
{
    (void)state;
    const char *const extra[] = {"-extension", "MIT-SHM", NULL};
    check_display("1280x800x24", extra, false, true);
}

static void changes_are_found_without_xdamage(void **state)
{
    (void)state;
    const char *const extra[] = {"-extension", "DAMAGE", NULL};
    check_display("801x603x24", extra, true, false);
}

static void a_bare_display_is_enough(void **state)
{
    (void)state;
    const char *const extra[] = {"-extension", "DAMAGE", "-extension", "MIT-SHM",
                                 "-extension", "RANDR",  NULL};
    check_display("640x480x24", extra, false, false);
}

static void real_programs_are_captured_exactly(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1024x768x24", NULL);
    struct ds_capture *capture = open_capture(display);
    const char *env[] = {test_display_env(display), NULL};
    const char *const terminal[] = {
        "xterm",
        "-geometry",
        "100x30+40+40",
        "-e",
        "seq 1 3000; ls -l /usr/bin; printf '\\033[7mdone\\033[0m'; cat",
        NULL};
    const char *const eyes[] = {"xeyes", "-geometry", "300x200+600+500", NULL};
    const char *const paint[] = {"xsetroot", "-mod", "5", "3", "-fg", "#335577", NULL};
    struct test_process *a =
        test_process_start(terminal, &(struct test_process_options){.env = env});
    struct test_process *b = test_process_start(eyes, &(struct test_process_options){.env = env});
    test_display_run(display, paint);
    /* both programs have drawn when their windows are not the background any more */
    ds_tick deadline = ds_clock_now() + WAIT;
    uint32_t terminal_pixel = 0, eyes_pixel = 0;
    while ((terminal_pixel != 0xffffff || eyes_pixel != 0xffffff) && ds_clock_now() < deadline) {
        settle(capture, NULL);
        const struct ds_image *image = NULL;
        assert_int_equal(0, ds_capture_peek(capture, &image));
        terminal_pixel = ds_image_row(image, 400)[600];
        eyes_pixel = ds_image_row(image, 560)[650];
    }
    assert_int_equal(0xffffff, terminal_pixel);
    assert_equal_to_screen(display, capture, settle(capture, NULL));
    test_process_end(a);
    test_process_end(b);
    assert_equal_to_screen(display, capture, settle(capture, NULL));
    ds_capture_close(capture);
    test_display_end(display);
}

/* Xvfb has one mode: others are made, and used. */
static void resize(const struct test_display *display, const char *size)
{
    char width[8] = "", height[8] = "";
    assert_int_equal(2, sscanf(size, "%7[0-9]x%7[0-9]", width, height));
    const char *const make[] = {"xrandr", "--newmode", size,   "60",   width,  width, width,
                                width,    height,      height, height, height, NULL};
    const char *const add[] = {"xrandr", "--addmode", "screen", size, NULL};
    const char *const use[] = {"xrandr", "--output", "screen", "--mode", size, NULL};
    if (strcmp(size, "1280x800") != 0) {
        test_display_run(display, make);
        test_display_run(display, add);
    }
    test_display_run(display, use);
}

static void another_size_is_followed(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1280x800x24", NULL);
    struct ds_capture *capture = open_capture(display);
    struct painter painter;
    painter_open(&painter, display);
    static const char *const sizes[] = {"800x600", "1023x767", "640x480", "1280x800"};
    static const uint32_t widths[] = {800, 1023, 640, 1280};
    settle(capture, NULL);
    for (int i = 0; i < 4; i++) {
        int events = 0;
        resize(display, sizes[i]);
        painter_draw(&painter, 50);
        const struct ds_image *image = settle(capture, &events);
        assert_true(events & DS_CAPTURE_RESIZED);
        assert_int_equal(widths[i], image->width);
        assert_equal_to_screen(display, capture, image);
    }
    painter_close(&painter);
    ds_capture_close(capture);
    test_display_end(display);
}

static void one_of_two_monitors_is_captured(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1280x800x24", NULL);
    const char *const left[] = {"xrandr", "--setmonitor", "left", "640/160x800/200+0+0", "screen",
                                NULL};
    const char *const right[] = {
        "xrandr", "--setmonitor", "right", "640/160x700/200+640+100", "none", NULL};
    const char *const gone[] = {"xrandr", "--delmonitor", "right", NULL};
    test_display_run(display, left);
    struct ds_capture *capture = open_capture(display);
    struct ds_control layout = {.type = DS_CONTROL_LAYOUT};
    struct painter painter;
    int events = 0;
    painter_open(&painter, display);
    test_display_run(display, right);
    settle(capture, &events);
    assert_true(events & DS_CAPTURE_RESIZED);
    ds_capture_layout(capture, &layout);
    assert_int_equal(2, layout.monitor_count);
    assert_int_equal(0xff, layout.monitor);
    uint8_t index = strcmp(layout.monitors[1].name, "right") == 0;
    assert_string_equal("right", layout.monitors[index].name);
    assert_int_equal(0, ds_capture_select(capture, index));
    assert_true(ds_capture_poll(capture) & DS_CAPTURE_RESIZED);
    painter_draw(&painter, 100);
    const struct ds_image *image = settle(capture, NULL);
    assert_int_equal(640, image->width);
    assert_int_equal(700, image->height);
    int32_t x, y;
    ds_capture_origin(capture, &x, &y);
    assert_int_equal(640, x);
    assert_int_equal(100, y);
    assert_equal_to_screen(display, capture, image);
    events = 0;
    test_display_run(display, gone); /* the selected one goes: all are shown */
    image = settle(capture, &events);
    assert_true(events & DS_CAPTURE_RESIZED);
    assert_int_equal(1280, image->width);
    assert_equal_to_screen(display, capture, image);
    painter_close(&painter);
    ds_capture_close(capture);
    test_display_end(display);
}

static void a_still_screen_is_never_read(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1280x800x24", NULL);
    struct ds_capture *capture = open_capture(display);
    struct ds_capture_stats before, after;
    settle(capture, NULL);
    ds_capture_get_stats(capture, &before);
    struct pollfd fd = {.fd = ds_capture_fd(capture), .events = POLLIN};
    assert_int_equal(0, poll(&fd, 1, 3000));
    assert_int_equal(0, ds_capture_poll(capture));
    ds_capture_get_stats(capture, &after);
    assert_int_equal(before.grabs, after.grabs);
    ds_capture_close(capture);
    test_display_end(display);
}

static void much_drawing_wakes_once_until_it_is_taken(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1280x800x24", NULL);
    struct ds_capture *capture = open_capture(display);
    struct painter painter;
    painter_open(&painter, display);
    settle(capture, NULL);
    painter_draw(&painter, 20);
    struct pollfd fd = {.fd = ds_capture_fd(capture), .events = POLLIN};
    assert_int_equal(1, poll(&fd, 1, 10000));
    assert_true(ds_capture_poll(capture) & DS_CAPTURE_DAMAGED);
    painter_draw(&painter, 500);
    assert_int_equal(0, poll(&fd, 1, 0)); /* the display answered the painter after all events */
    assert_equal_to_screen(display, capture, settle(capture, NULL));
    painter_close(&painter);
    ds_capture_close(capture);
    test_display_end(display);
}

static void damage_names_no_more_than_was_drawn(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1280x800x24", NULL);
    struct ds_capture *capture = open_capture(display);
    struct painter painter;
    const struct ds_image *image;
    struct ds_region damage;
    painter_open(&painter, display);
    settle(capture, NULL);
    xcb_rectangle_t rect = {100, 200, 30, 40};
    xcb_poly_fill_rectangle(painter.display.conn, painter.window, painter.gc, 1, &rect);
    painter_sync(&painter);
    ds_tick deadline = ds_clock_now() + WAIT;
    while (!(ds_capture_poll(capture) & DS_CAPTURE_DAMAGED) && ds_clock_now() < deadline)
        continue;
    assert_int_equal(0, ds_capture_grab(capture, &image, &damage));
    struct ds_rect bounds = ds_region_bounds(&damage);
    assert_int_equal(100, bounds.x);
    assert_int_equal(200, bounds.y);
    assert_int_equal(30, bounds.width);
    assert_int_equal(40, bounds.height);
    painter_close(&painter);
    ds_capture_close(capture);
    test_display_end(display);
}

static void move_window(struct painter *p, int32_t x, int32_t y)
{
    int32_t values[] = {x, y};
    xcb_configure_window(p->display.conn, p->window, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y,
                         values);
    painter_sync(p);
}

static void moves_of_windows_are_told_with_the_picture(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1280x800x24", NULL);
    struct ds_capture *capture = open_capture(display);
    struct painter painter, other;
    struct ds_vector moves[4];
    painter_open(&painter, display);
    painter_open(&other, display);
    move_window(&painter, 10, 20);
    move_window(&other, 300, 300);
    settle(capture, NULL);
    assert_int_equal(0, ds_capture_moves(capture, moves, 4)); /* where they were is not known */
    move_window(&painter, 15, 23);
    move_window(&painter, 22, 22);
    move_window(&other, 299, 300);
    settle(capture, NULL);
    assert_int_equal(2, ds_capture_moves(capture, moves, 4));
    assert_int_equal(-1, moves[0].dx);
    assert_int_equal(0, moves[0].dy);
    assert_int_equal(12, moves[1].dx);
    assert_int_equal(2, moves[1].dy);
    assert_int_equal(0, ds_capture_moves(capture, moves, 4));
    move_window(&painter, 30, 22);
    painter_close(&painter); /* gone: it cannot be a hint any more */
    settle(capture, NULL);
    assert_int_equal(0, ds_capture_moves(capture, moves, 4));
    painter_close(&other);
    ds_capture_close(capture);
    test_display_end(display);
}

static void a_display_that_goes_is_told(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("640x480x24", NULL);
    struct ds_capture *capture = open_capture(display);
    const struct ds_image *image;
    struct ds_region damage;
    settle(capture, NULL);
    test_display_end(display);
    ds_tick deadline = ds_clock_now() + WAIT;
    while (!(ds_capture_poll(capture) & DS_CAPTURE_GONE))
        assert_true(ds_clock_now() < deadline);
    assert_int_equal(DS_ECLOSED, ds_capture_grab(capture, &image, &damage));
    ds_capture_close(capture);
}

static void a_display_that_is_not_there_is_said_plainly(void **state)
{
    (void)state;
    struct ds_capture *capture = NULL;
    char message[256];
    assert_int_equal(DS_EIO, ds_capture_open(&capture, ":31999", message, sizeof(message)));
    assert_string_equal("The X display :31999 cannot be opened.", message);
    assert_int_equal(DS_EIO, ds_capture_open(&capture, "nonsense", message, sizeof(message)));
    assert_string_equal("\"nonsense\" is not the name of an X display.", message);
    assert_null(capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_equals_the_screen),
        cmocka_unit_test(odd_sizes_are_exact),
        cmocka_unit_test(pixels_come_through_the_socket_without_shared_memory),
        cmocka_unit_test(changes_are_found_without_xdamage),
        cmocka_unit_test(a_bare_display_is_enough),
        cmocka_unit_test(real_programs_are_captured_exactly),
        cmocka_unit_test(another_size_is_followed),
        cmocka_unit_test(one_of_two_monitors_is_captured),
        cmocka_unit_test(a_still_screen_is_never_read),
        cmocka_unit_test(much_drawing_wakes_once_until_it_is_taken),
        cmocka_unit_test(damage_names_no_more_than_was_drawn),
        cmocka_unit_test(moves_of_windows_are_told_with_the_picture),
        cmocka_unit_test(a_display_that_goes_is_told),
        cmocka_unit_test(a_display_that_is_not_there_is_said_plainly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
