/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/display.h"

#include "common/base/clock.h"
#include "tests/support/process.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#define ARGUMENTS_MAX 32

struct test_display {
    struct test_process *server; /* owned */
    char env[32];                /* "DISPLAY=:N" */
};

static struct test_display *start(const char **argv, size_t n, const char *const *env)
{
    struct test_display *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    argv[n++] = "-displayfd";
    argv[n++] = "1"; /* the number comes on standard output when the server is ready */
    argv[n] = NULL;
    d->server = test_process_start(argv, &(struct test_process_options){.env = env});
    test_process_wait_output(d->server, "\n", 20000);
    snprintf(d->env, sizeof(d->env), "DISPLAY=:%d", atoi(test_process_output(d->server)));
    return d;
}

struct test_display *test_display_start(const char *size, const char *const *extra)
{
    const char *argv[ARGUMENTS_MAX] = {"Xvfb",      "-screen", "0",       size,
                                       "-nolisten", "tcp",     "-noreset"};
    size_t n = 7;
    for (; extra && *extra && n < ARGUMENTS_MAX - 3; extra++)
        argv[n++] = *extra;
    return start(argv, n, NULL);
}

struct test_display *test_display_start_nested(const struct test_display *on, const char *size)
{
    const char *argv[ARGUMENTS_MAX] = {"Xephyr", "-screen", size, "-nolisten", "tcp", "-noreset"};
    const char *env[] = {on->env, NULL};
    return start(argv, 6, env);
}

void test_display_end(struct test_display *d)
{
    if (!d)
        return;
    test_process_end(d->server);
    free(d);
}

const char *test_display_env(const struct test_display *d)
{
    return d->env;
}

const char *test_display_name(const struct test_display *d)
{
    return d->env + strlen("DISPLAY=");
}

uint32_t *test_display_grab(const struct test_display *d, int x, int y, int width, int height)
{
    xcb_connection_t *c = xcb_connect(test_display_name(d), NULL);
    assert_int_equal(0, xcb_connection_has_error(c));
    xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(c)).data;
    xcb_get_image_reply_t *image =
        xcb_get_image_reply(c,
                            xcb_get_image(c, XCB_IMAGE_FORMAT_Z_PIXMAP, screen->root, (int16_t)x,
                                          (int16_t)y, (uint16_t)width, (uint16_t)height, ~0u),
                            NULL);
    if (!image)
        fail_msg("%dx%d pixels at %d,%d are not on display %s", width, height, x, y,
                 test_display_name(d));
    size_t count = (size_t)width * (size_t)height;
    assert_int_equal(count * 4, xcb_get_image_data_length(image));
    uint32_t *pixels = malloc(count * sizeof(*pixels));
    assert_non_null(pixels);
    memcpy(pixels, xcb_get_image_data(image), count * sizeof(*pixels));
    for (size_t i = 0; i < count; i++)
        pixels[i] &= 0xffffff;
    free(image);
    xcb_disconnect(c);
    return pixels;
}

void test_display_run(const struct test_display *d, const char *const *argv)
{
    const char *env[] = {d->env, NULL};
    struct test_process *p = test_process_start(argv, &(struct test_process_options){.env = env});
    int code = test_process_wait_exit(p, 30000);
    if (code != 0)
        fail_msg("%s on display %s returned %d: %s", argv[0], test_display_name(d), code,
                 test_process_error(p));
    test_process_end(p);
}

void test_display_resize(const struct test_display *d, unsigned width, unsigned height)
{
    char w[12], h[12], name[32];
    snprintf(w, sizeof(w), "%u", width);
    snprintf(h, sizeof(h), "%u", height);
    snprintf(name, sizeof(name), "%ux%u", width, height);
    const char *const use[] = {"xrandr", "--output", "screen", "--mode", name, NULL};
    const char *env[] = {d->env, NULL};
    struct test_process *p = test_process_start(use, &(struct test_process_options){.env = env});
    int code = test_process_wait_exit(p, 30000);
    test_process_end(p);
    if (code == 0)
        return;
    const char *const make[] = {"xrandr", "--newmode", name, "60", w, w, w, w, h, h, h, h, NULL};
    const char *const add[] = {"xrandr", "--addmode", "screen", name, NULL};
    test_display_run(d, make);
    test_display_run(d, add);
    test_display_run(d, use);
}

uint32_t test_display_pixel(const struct test_display *display, int x, int y)
{
    uint32_t *grabbed = test_display_grab(display, x, y, 1, 1);
    uint32_t value = *grabbed;
    free(grabbed);
    return value;
}

void test_display_wait_pixel(const struct test_display *display, int x, int y, uint32_t color,
                             bool is)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while ((test_display_pixel(display, x, y) == color) != is) {
        if (ds_clock_now() > deadline)
            fail_msg("at %d,%d is %06x; %s %06x", x, y, test_display_pixel(display, x, y),
                     is ? "wanted" : "not wanted", color);
        poll(NULL, 0, 20);
    }
}
