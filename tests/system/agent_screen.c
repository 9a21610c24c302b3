/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen thread on a real display, its messages decoded as a viewer would and the picture
 * compared with the screen. */
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/picture/feed.h"
#include "common/screen/decoder.h"
#include "common/x11/display.h"
#include "tests/support/display.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <xcb/damage.h>

#define WAIT (20 * DS_SECOND)

struct viewer {
    struct ds_feed *screen;
    int wake; /* eventfd */
    struct ds_decoder *decoder;
    struct ds_image image;
    struct ds_region changed;
    uint32_t last_id;
    unsigned updates, keys, layouts, shapes, uses, positions;
    struct ds_control layout;
    struct ds_cursor_message position;
    bool exact, gone;
    bool silent; /* acknowledges nothing */
};

static void wake(void *ctx)
{
    uint64_t one = 1;
    assert_int_equal(sizeof(one), write(((struct viewer *)ctx)->wake, &one, sizeof(one)));
}

static void viewer_start(struct viewer *v, const struct test_display *display)
{
    char message[256];
    memset(v, 0, sizeof(*v));
    v->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct ds_feed_config config = {.display = test_display_name(display),
                                    .features = ds_decoder_features()};
    v->screen = ds_feed_start(&config, wake, v, message, sizeof(message));
    if (!v->screen)
        fail_msg("%s", message);
}

static void viewer_stop(struct viewer *v)
{
    ds_feed_stop(v->screen);
    ds_decoder_destroy(v->decoder);
    ds_image_destroy(&v->image);
    close(v->wake);
}

static void on_layout(struct viewer *v, const struct ds_rcbuf *message)
{
    assert_int_equal(0, ds_control_decode(message->data, message->len, &v->layout));
    assert_int_equal(DS_CONTROL_LAYOUT, v->layout.type);
    v->layouts++;
}

static void on_chunk(struct viewer *v, const struct ds_rcbuf *message)
{
    struct ds_screen_message m;
    assert_int_equal(0, ds_screen_message_decode(message->data, message->len, &m));
    assert_int_equal(DS_SCREEN_CHUNK, m.type);
    if (m.flags & DS_SCREEN_FLAG_FIRST)
        assert_true(m.id > v->last_id);
    else
        assert_int_equal(m.id, v->last_id);
    v->last_id = m.id;
    if (m.flags & DS_SCREEN_FLAG_KEY) {
        assert_true(v->layouts > 0);
        ds_decoder_destroy(v->decoder);
        ds_image_destroy(&v->image);
        v->decoder = ds_decoder_new(v->layout.width, v->layout.height, DS_CACHE_SLOTS);
        assert_int_equal(0, ds_image_init(&v->image, v->layout.width, v->layout.height));
        v->keys++;
    }
    assert_non_null(v->decoder);
    assert_int_equal(0, ds_decoder_feed(v->decoder, m.ops, m.ops_len, m.flags & DS_SCREEN_FLAG_KEY,
                                        &v->image, &v->changed));
    if (!(m.flags & DS_SCREEN_FLAG_LAST))
        return;
    v->updates++;
    v->exact = m.flags & DS_SCREEN_FLAG_EXACT;
    if (!v->silent)
        ds_feed_ack(v->screen, m.id, 0);
}

static void on_cursor(struct viewer *v, const struct ds_rcbuf *message)
{
    struct ds_cursor_message m;
    assert_int_equal(0, ds_cursor_message_decode(message->data, message->len, &m));
    v->shapes += m.type == DS_CURSOR_SHAPE;
    v->uses += m.type == DS_CURSOR_USE;
    if (m.type == DS_CURSOR_POSITION) {
        v->position = m;
        v->positions++;
    }
}

/* Waits for the thread at most so long and takes what there is; false: nothing came. */
static bool viewer_turn(struct viewer *v, int timeout_ms)
{
    struct pollfd fd = {.fd = v->wake, .events = POLLIN};
    struct ds_feed_item item;
    uint64_t count;
    if (poll(&fd, 1, timeout_ms) == 0)
        return false;
    assert_int_equal(sizeof(count), read(v->wake, &count, sizeof(count)));
    while (ds_feed_take(v->screen, &item)) {
        if (item.channel == DS_CHANNEL_CONTROL)
            on_layout(v, item.message);
        else if (item.channel == DS_CHANNEL_SCREEN)
            on_chunk(v, item.message);
        else if (item.channel == DS_CHANNEL_CURSOR)
            on_cursor(v, item.message);
        else
            v->gone = true;
        ds_rcbuf_unref(item.message);
        ds_feed_set_queued(v->screen, 0); /* a line that takes everything at once */
    }
    return true;
}

static bool is_equal_to_screen(struct viewer *v, const struct test_display *display)
{
    struct ds_feed_stats stats;
    ds_feed_stats(v->screen, &stats);
    uint32_t *expected =
        test_display_grab(display, stats.x, stats.y, (int)v->image.width, (int)v->image.height);
    bool equal = true;
    for (uint32_t y = 0; equal && y < v->image.height; y++)
        equal = memcmp(ds_image_row(&v->image, y), expected + y * v->image.width,
                       v->image.width * 4) == 0;
    free(expected);
    return equal;
}

/* Until the viewer's picture is said to be exact, is, and nothing more comes. */
static void wait_for_picture(struct viewer *v, const struct test_display *display)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (viewer_turn(v, 400) || v->keys == 0 || !v->exact || !is_equal_to_screen(v, display))
        if (ds_clock_now() > deadline)
            fail_msg("no exact picture: updates=%u keys=%u exact=%d", v->updates, v->keys,
                     v->exact);
}

static struct test_process *start_program(const struct test_display *display,
                                          const char *const *argv)
{
    const char *env[] = {test_display_env(display), NULL};
    return test_process_start(argv, &(struct test_process_options){.env = env});
}

static void the_viewer_sees_what_is_on_the_screen(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1024x768x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    assert_int_equal(1, v.keys);
    assert_int_equal(1024, v.layout.width);
    assert_true(v.shapes > 0);
    const char *const terminal[] = {"xterm", "-geometry",       "100x30+40+40",
                                    "-e",    "seq 1 2000; cat", NULL};
    struct test_process *program = start_program(display, terminal);
    test_process_wait_error(program, "", 1000);
    unsigned before = v.updates;
    ds_tick deadline = ds_clock_now() + WAIT;
    while (v.updates == before && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    assert_true(v.updates > before);
    wait_for_picture(&v, display);
    assert_int_equal(1, v.keys);
    viewer_stop(&v);
    test_process_end(program);
    test_display_end(display);
}

/* Smooth colours with a little noise, all over the screen; the window goes with the connection. */
static struct ds_display paint_photograph(const struct test_display *display)
{
    struct ds_display d;
    enum { WIDTH = 1600, HEIGHT = 1000, ROWS = 20 };
    static uint32_t pixels[WIDTH * ROWS];
    uint32_t noise = 1, override = 1;
    assert_int_equal(0, ds_display_open(&d, test_display_name(display), NULL, 0));
    xcb_window_t window = xcb_generate_id(d.conn);
    xcb_gcontext_t gc = xcb_generate_id(d.conn);
    xcb_create_window(d.conn, XCB_COPY_FROM_PARENT, window, d.screen->root, 0, 0, WIDTH, HEIGHT, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT,
                      &override);
    xcb_map_window(d.conn, window);
    xcb_create_gc(d.conn, gc, window, 0, NULL);
    xcb_pixmap_t pixmap = xcb_generate_id(d.conn);
    xcb_create_pixmap(d.conn, d.screen->root_depth, pixmap, window, WIDTH, HEIGHT);
    for (uint32_t top = 0; top < HEIGHT; top += ROWS) {
        for (uint32_t i = 0; i < WIDTH * ROWS; i++) {
            uint32_t x = i % WIDTH, y = top + i / WIDTH;
            noise = noise * 1664525u + 1013904223u;
            uint32_t r = x * 200 / WIDTH + (noise >> 28), g = y * 200 / HEIGHT + (noise >> 24 & 15);
            uint32_t b = (x + y) * 200 / (WIDTH + HEIGHT) + (noise >> 20 & 15);
            pixels[i] = r << 16 | g << 8 | b;
        }
        xcb_put_image(d.conn, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, gc, WIDTH, ROWS, 0, (int16_t)top,
                      0, d.screen->root_depth, sizeof(pixels), (const uint8_t *)pixels);
    }
    xcb_copy_area(d.conn, pixmap, window, gc, 0, 0, 0, 0, WIDTH, HEIGHT); /* all at once */
    free(xcb_get_input_focus_reply(d.conn, xcb_get_input_focus(d.conn), NULL));
    return d;
}

static void a_photograph_becomes_exact_at_rest(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1600x1000x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    struct ds_display painter = paint_photograph(display);
    ds_tick deadline = ds_clock_now() + WAIT;
    unsigned lossy = 0;
    while (lossy == 0 && ds_clock_now() < deadline) {
        viewer_turn(&v, 100);
        lossy += !v.exact;
    }
    assert_true(lossy > 0); /* lossless it would fill the line that is assumed for seconds */
    wait_for_picture(&v, display);
    ds_display_close(&painter);
    viewer_stop(&v);
    test_display_end(display);
}

/* Voluntary switches of the thread called "screen": one for each time it went to sleep. */
static unsigned long thread_sleeps(void)
{
    unsigned long sleeps = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (struct dirent *task; (task = readdir(tasks));) {
        char path[300], line[256];
        bool is_screen = false;
        snprintf(path, sizeof(path), "/proc/self/task/%s/status", task->d_name);
        FILE *file = fopen(path, "r");
        while (file && fgets(line, sizeof(line), file)) {
            is_screen = is_screen || strcmp(line, "Name:\tscreen\n") == 0;
            if (is_screen)
                sscanf(line, "voluntary_ctxt_switches: %lu", &sleeps);
        }
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return sleeps;
}

static void a_still_screen_wakes_nobody(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("1024x768x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    unsigned long before = thread_sleeps();
    assert_false(viewer_turn(&v, 3000));
    assert_true(before > 0);
    /* Only to compare the screen, 1, 2, 4, ... seconds after it was last used: some sleeps each. */
    assert_in_range(thread_sleeps() - before, 0, 12);
    viewer_stop(&v);
    test_display_end(display);
}

/* Destroys the damage object of the screen thread: its connection is one of those made just before
 * ours, and the object one of its first. Errors for all the wrong guesses do not matter. */
static void lose_damage(const struct test_display *display)
{
    struct ds_display d;
    assert_int_equal(0, ds_display_open(&d, test_display_name(display), NULL, 0));
    xcb_damage_query_version_unchecked(d.conn, 1, 1);
    uint32_t ours = xcb_get_setup(d.conn)->resource_id_base,
             step = xcb_get_setup(d.conn)->resource_id_mask + 1;
    for (uint32_t client = 1; client < 16 && client * step < ours; client++)
        for (uint32_t id = 0; id < 32; id++)
            xcb_damage_destroy(d.conn, ours - client * step + id);
    free(xcb_get_input_focus_reply(d.conn, xcb_get_input_focus(d.conn), NULL));
    ds_display_close(&d);
}

static void what_xdamage_does_not_tell_is_found_by_comparing(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("800x600x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    lose_damage(display);
    for (int i = 0; i < 3; i++) {
        const char *const paint[] = {"xsetroot", "-solid", i % 2 ? "#204060" : "#604020", NULL};
        test_display_run(display, paint);
        wait_for_picture(&v, display);
    }
    viewer_stop(&v);
    test_display_end(display);
}

static void a_pause_shows_nothing_and_then_everything(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("800x600x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    assert_false(viewer_turn(&v, 300)); /* nothing before it is shared */
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    unsigned updates = v.updates;
    ds_feed_set_shared(v.screen, false);
    const char *const paint[] = {"xsetroot", "-solid", "#204060", NULL};
    test_display_run(display, paint);
    while (viewer_turn(&v, 300))
        continue;
    assert_int_equal(updates, v.updates);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    assert_int_equal(2, v.keys);
    assert_int_equal(0x204060, ds_image_row(&v.image, 300)[300]);
    ds_feed_set_visible(v.screen, false);
    const char *const again[] = {"xsetroot", "-solid", "#604020", NULL};
    while (viewer_turn(&v, 300))
        continue;
    updates = v.updates;
    test_display_run(display, again);
    while (viewer_turn(&v, 300))
        continue;
    assert_int_equal(updates, v.updates);
    ds_feed_set_visible(v.screen, true);
    wait_for_picture(&v, display);
    assert_int_equal(2, v.keys); /* the viewer kept its picture */
    assert_int_equal(0x604020, ds_image_row(&v.image, 300)[300]);
    viewer_stop(&v);
    test_display_end(display);
}

static void without_acknowledgement_one_update_is_on_its_way(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("800x600x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    v.silent = true;
    ds_feed_set_shared(v.screen, true);
    ds_tick deadline = ds_clock_now() + WAIT;
    while (v.updates == 0 && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    static const char *const colors[] = {"#111111", "#222222", "#333333", "#444444"};
    for (int i = 0; i < 4; i++) {
        const char *const paint[] = {"xsetroot", "-solid", colors[i], NULL};
        test_display_run(display, paint);
        while (viewer_turn(&v, 200))
            continue;
    }
    assert_int_equal(1, v.updates);
    v.silent = false;
    ds_feed_ack(v.screen, 7777, 0); /* never sent: ignored */
    while (viewer_turn(&v, 200))
        continue;
    assert_int_equal(1, v.updates);
    ds_feed_ack(v.screen, v.last_id, 0);
    wait_for_picture(&v, display);    /* the newest state, not the four before it */
    assert_in_range(v.updates, 2, 3); /* and perhaps that it shall be remembered */
    assert_int_equal(0x444444, ds_image_row(&v.image, 300)[300]);
    viewer_stop(&v);
    test_display_end(display);
}

static struct test_display *display_of_two_monitors(void)
{
    struct test_display *display = test_display_start("1280x800x24", NULL);
    const char *const left[] = {"xrandr", "--setmonitor", "left", "640/160x800/200+0+0", "screen",
                                NULL};
    const char *const right[] = {
        "xrandr", "--setmonitor", "right", "640/160x700/200+640+100", "none", NULL};
    test_display_run(display, left);
    test_display_run(display, right);
    return display;
}

/* Each costs a layout and a picture from black: the newest wins, not each of them. */
static void a_flood_of_selections_is_obeyed_every_tenth_of_a_second(void **state)
{
    (void)state;
    struct test_display *display = display_of_two_monitors();
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    assert_int_equal(2, v.layout.monitor_count);
    uint8_t index = strcmp(v.layout.monitors[1].name, "right") == 0;
    unsigned layouts = v.layouts;
    ds_tick began = ds_clock_now();
    while (ds_clock_now() < began + DS_SECOND) {
        ds_feed_select(v.screen, v.image.height == 700 ? !index : index);
        viewer_turn(&v, 5);
    }
    ds_feed_select(v.screen, !index);
    ds_feed_select(v.screen, index); /* this one counts */
    ds_tick deadline = ds_clock_now() + WAIT;
    while (v.image.height != 700 && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    wait_for_picture(&v, display);
    assert_int_equal(700, v.image.height);
    uint64_t tenths = (ds_clock_now() - began) / (100 * DS_MS);
    assert_in_range(v.layouts - layouts, 1, tenths + 1);
    viewer_stop(&v);
    test_display_end(display);
}

static void another_monitor_brings_layout_and_key(void **state)
{
    (void)state;
    struct test_display *display = display_of_two_monitors();
    const char *const paint[] = {"xsetroot", "-mod", "7", "9", NULL};
    test_display_run(display, paint);
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    assert_int_equal(2, v.layout.monitor_count);
    uint8_t index = strcmp(v.layout.monitors[1].name, "right") == 0;
    ds_feed_select(v.screen, index);
    ds_tick deadline = ds_clock_now() + WAIT;
    while (v.keys < 2 && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    wait_for_picture(&v, display);
    struct ds_feed_stats stats;
    ds_feed_stats(v.screen, &stats);
    assert_int_equal(640, stats.x);
    assert_int_equal(100, stats.y);
    assert_int_equal(700, stats.height);
    assert_int_equal(700, v.image.height);
    /* by relative motion: xdotool's absolute one is a request that no device makes */
    const char *const move[] = {"xdotool", "mousemove_relative", "--", "60", "-250", NULL};
    test_display_run(display, move);
    while (!(v.position.visible && v.position.x == 60) && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    assert_int_equal(60, v.position.x);
    assert_int_equal(50, v.position.y);
    assert_true(v.position.visible);
    const char *const away[] = {"xdotool", "mousemove_relative", "--", "-200", "0", NULL};
    test_display_run(display, away);
    while (v.position.visible && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    assert_false(v.position.visible);
    viewer_stop(&v);
    test_display_end(display);
}

static void the_end_of_the_display_is_told_once(void **state)
{
    (void)state;
    struct test_display *display = test_display_start("640x480x24", NULL);
    struct viewer v;
    viewer_start(&v, display);
    ds_feed_set_shared(v.screen, true);
    wait_for_picture(&v, display);
    test_display_end(display);
    ds_tick deadline = ds_clock_now() + WAIT;
    while (!v.gone && ds_clock_now() < deadline)
        viewer_turn(&v, 100);
    assert_true(v.gone);
    v.gone = false;
    assert_false(viewer_turn(&v, 300));
    viewer_stop(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_viewer_sees_what_is_on_the_screen),
        cmocka_unit_test(a_photograph_becomes_exact_at_rest),
        cmocka_unit_test(a_still_screen_wakes_nobody),
        cmocka_unit_test(what_xdamage_does_not_tell_is_found_by_comparing),
        cmocka_unit_test(a_pause_shows_nothing_and_then_everything),
        cmocka_unit_test(without_acknowledgement_one_update_is_on_its_way),
        cmocka_unit_test(a_flood_of_selections_is_obeyed_every_tenth_of_a_second),
        cmocka_unit_test(another_monitor_brings_layout_and_key),
        cmocka_unit_test(the_end_of_the_display_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
