/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Desktops that do not rest, seen through the real programs: tiny windows that blink, noise, twenty
 * windows at once, single pixels, another resolution in the middle, pauses while pictures are made
 * exact. Afterwards both sides are equal in every pixel and memory is within its bounds. What the
 * programs cost is printed. */
#include "tests/support/session.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>

#define WIDTH 1280
#define HEIGHT 800
#define WINDOWS 20
#define LASTS (3 * DS_SECOND)
#define AGENT_MIB_MAX 150
#define VIEWER_MIB_MAX 200

static struct test_session session;

/* What draws on the customer's display. */
static struct {
    xcb_connection_t *conn;
    xcb_screen_t *screen;
    xcb_gcontext_t gc;
    xcb_window_t windows[WINDOWS];
    uint32_t seed;
    uint32_t pixels[320 * 200];
} painter;

static uint32_t draw(uint32_t below)
{
    painter.seed = painter.seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)painter.seed * below >> 32);
}

/* The remote pointer is painted only where the local one is not. To another place each time: going
 * away and back at once is no movement for the viewer. */
static void join_pointers(void)
{
    static unsigned turn;
    char x[16];
    snprintf(x, sizeof(x), "%u", 1200 + turn++ % 60);
    const char *const move[] = {"xdotool", "mousemove", x, "781", NULL};
    test_display_run(session.rep, move);
}

static int set_up(void **state)
{
    (void)state;
    test_session_start(&session);
    painter.conn = xcb_connect(test_display_name(session.customer), NULL);
    assert_int_equal(xcb_connection_has_error(painter.conn), 0);
    painter.screen = xcb_setup_roots_iterator(xcb_get_setup(painter.conn)).data;
    painter.gc = xcb_generate_id(painter.conn);
    xcb_create_gc(painter.conn, painter.gc, painter.screen->root, 0, NULL);
    join_pointers();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    xcb_disconnect(painter.conn);
    test_session_end(&session);
    return 0;
}

static xcb_window_t open_window(int16_t x, int16_t y, uint16_t width, uint16_t height)
{
    uint32_t values[] = {draw(1u << 24), 1};
    xcb_window_t window = xcb_generate_id(painter.conn);
    xcb_create_window(painter.conn, XCB_COPY_FROM_PARENT, window, painter.screen->root, x, y, width,
                      height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(painter.conn, window);
    return window;
}

/* A photograph of 320x200 with grain. */
static void put_photo(xcb_window_t window, int16_t x, int16_t y)
{
    uint32_t shift = draw(200);
    for (uint32_t i = 0; i < 320 * 200; i++) {
        uint32_t grain = draw(12), base = (i % 320 / 3 + i / 320 / 2 + shift) % 240;
        painter.pixels[i] = (base + grain) << 16 | (base / 2 + grain) << 8 | (90 + grain);
    }
    xcb_put_image(painter.conn, XCB_IMAGE_FORMAT_Z_PIXMAP, window, painter.gc, 320, 200, x, y, 0,
                  24, sizeof(painter.pixels), (const uint8_t *)painter.pixels);
}

/* Two hundred times a second, until the time is over; what was opened stays. */
static void play(void (*step)(uint32_t), ds_tick lasts)
{
    ds_tick end = ds_clock_now() + lasts;
    for (uint32_t n = 0; ds_clock_now() < end; n++) {
        step(n);
        xcb_flush(painter.conn);
        free(xcb_get_input_focus_reply(painter.conn, xcb_get_input_focus(painter.conn), NULL));
        poll(NULL, 0, 5);
    }
}

static void close_all(void)
{
    for (int i = 0; i < WINDOWS; i++)
        if (painter.windows[i]) {
            xcb_destroy_window(painter.conn, painter.windows[i]);
            painter.windows[i] = 0;
        }
    xcb_flush(painter.conn);
}

static void blink(uint32_t n)
{
    uint32_t i = n % WINDOWS;
    if (painter.windows[i])
        xcb_destroy_window(painter.conn, painter.windows[i]);
    uint16_t width = (uint16_t)(1 + draw(16)), height = (uint16_t)(1 + draw(16));
    painter.windows[i] = open_window((int16_t)draw(WIDTH), (int16_t)draw(HEIGHT), width, height);
}

static void dance(uint32_t n)
{
    if (n == 0)
        for (uint32_t i = 0; i < WINDOWS; i++) {
            painter.windows[i] = open_window((int16_t)(50 * i), (int16_t)(20 * i), 320, 200);
            put_photo(painter.windows[i], 0, 0);
        }
    for (uint32_t i = 0; i < WINDOWS; i++) {
        uint32_t at[2] = {draw(WIDTH - 300), draw(HEIGHT - 180)};
        if (n % 8 != i % 8)
            continue;
        xcb_configure_window(painter.conn, painter.windows[i],
                             XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, at);
        put_photo(painter.windows[i], 0, 0);
    }
}

static void dot(uint32_t n)
{
    (void)n;
    for (int i = 0; i < 40; i++) {
        uint32_t colour = draw(1u << 24);
        xcb_point_t at = {(int16_t)draw(WIDTH), (int16_t)(40 + draw(HEIGHT - 40))};
        xcb_change_gc(painter.conn, painter.gc, XCB_GC_FOREGROUND, &colour);
        xcb_poly_point(painter.conn, XCB_COORD_MODE_ORIGIN, painter.screen->root, painter.gc, 1,
                       &at);
    }
}

static void film(uint32_t n)
{
    if (n % 8 == 0)
        for (int16_t i = 0; i < 4; i++)
            put_photo(painter.screen->root, (int16_t)(200 + i % 2 * 320),
                      (int16_t)(150 + i / 2 * 200));
}

/* ---- what it costs ---- */

static unsigned long resident_mib(pid_t pid)
{
    char path[64];
    unsigned long size = 0, pages = 0;
    snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%lu %lu", &size, &pages), 2);
    fclose(f);
    return pages * (unsigned long)sysconf(_SC_PAGESIZE) >> 20;
}

static unsigned long cpu_ms(pid_t pid)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof(line), f));
    fclose(f);
    const char *at = strrchr(line, ')');
    assert_non_null(at);
    assert_int_equal(
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel), 2);
    return (user + kernel) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
}

static struct {
    unsigned long agent, viewer;
    ds_tick at;
} before;

static void begin(void)
{
    before.agent = cpu_ms(test_process_pid(session.agent));
    before.viewer = cpu_ms(test_process_pid(session.viewer));
    before.at = ds_clock_now();
}

static void tell(const char *what)
{
    pid_t agent = test_process_pid(session.agent), viewer = test_process_pid(session.viewer);
    print_message("%s: %u ms, cpu agent %lu viewer %lu ms, resident %lu and %lu MiB\n", what,
                  (unsigned)((ds_clock_now() - before.at) / DS_MS), cpu_ms(agent) - before.agent,
                  cpu_ms(viewer) - before.viewer, resident_mib(agent), resident_mib(viewer));
}

/* Both sides equal, memory within bounds. */
static void expect_rest(const char *what)
{
    tell(what);
    join_pointers(); /* a smaller screen had moved the customer's */
    test_session_wait_equal(&session, 0, 0, WIDTH, HEIGHT, TEST_WAIT_MS);
#ifndef DESKSIDE_SANITIZED
    assert_in_range(resident_mib(test_process_pid(session.agent)), 0, AGENT_MIB_MAX);
    assert_in_range(resident_mib(test_process_pid(session.viewer)), 0, VIEWER_MIB_MAX);
#endif
    begin();
    poll(NULL, 0, getenv("RESTLESS_IDLE") ? 3000 : 0);
    tell("at rest");
}

static void play_and_rest(const char *what, void (*step)(uint32_t))
{
    begin();
    play(step, LASTS);
    expect_rest(what);
    close_all();
    expect_rest("closed");
}

/* ---- tests ---- */

static void tiny_windows_that_blink(void **state)
{
    (void)state;
    play_and_rest("blinking", blink);
}

static void twenty_windows_at_once(void **state)
{
    (void)state;
    play_and_rest("dancing", dance);
}

static void single_pixels(void **state)
{
    (void)state;
    play_and_rest("dots", dot);
}

static void noise_all_over(void **state)
{
    (void)state;
    static const char *const argv[] = {"xterm",
                                       "-geometry",
                                       "220x70+0+0",
                                       "-e",
                                       "sh",
                                       "-c",
                                       "base64 /dev/urandom | head -c 20000000; cat",
                                       NULL};
    const char *env[] = {test_display_env(session.customer), NULL};
    static const char *const visible[] = {"xdotool", "search", "--sync", "--onlyvisible",
                                          "--class", "xterm",  NULL};
    begin();
    struct test_process *terminal =
        test_process_start(argv, &(struct test_process_options){.env = env});
    test_display_run(session.customer, visible);
    play(film, 2 * LASTS);
    tell("noise");
    test_process_end(terminal);
    expect_rest("noise ended");
}

static void another_resolution_while_a_film_plays(void **state)
{
    (void)state;
    static const unsigned sizes[][2] = {{1024, 768}, {640, 480}, {1280, 800}};
    begin();
    for (int i = 0; i < 6; i++) {
        play(film, DS_SECOND / 2);
        test_display_resize(session.customer, sizes[i % 3][0], sizes[i % 3][1]);
    }
    play(film, LASTS);
    expect_rest("resized");
}

static void pauses_while_pictures_are_made_exact(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 4; i++) {
        play(dance, DS_SECOND / 2);
        test_process_command(session.viewer, "{\"cmd\":\"pause\"}");
        test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
        play(film, DS_SECOND / 4);
        test_process_command(session.viewer, "{\"cmd\":\"resume\"}");
        test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
        close_all();
    }
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    expect_rest("paused");
}

static void a_viewer_that_hides_again_and_again(void **state)
{
    (void)state;
    static const char *const hide[] = {
        "sh", "-c",
        "w=$(xdotool search --class deskside-viewer | tail -n 1); "
        "for i in 1 2 3 4 5 6; do xdotool windowunmap $w; xdotool windowmap $w; done",
        NULL};
    begin();
    for (int i = 0; i < 4; i++) {
        play(film, DS_SECOND / 4);
        test_display_run(session.rep, hide);
    }
    expect_rest("hidden");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiny_windows_that_blink),
        cmocka_unit_test(twenty_windows_at_once),
        cmocka_unit_test(single_pixels),
        cmocka_unit_test(noise_all_over),
        cmocka_unit_test(another_resolution_while_a_film_plays),
        cmocka_unit_test(pauses_while_pictures_are_made_exact),
        cmocka_unit_test(a_viewer_that_hides_again_and_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
