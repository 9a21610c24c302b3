/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both hands on the customer's screen, by real programs: the rep's laser pointer and a text written
 * in place, the customer's own drawings, and what a real compositing manager makes of it. */
#include "common/base/clock.h"
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

#define RED 0xe5484du /* the rep's first colour */
#define OWN 0x8b2fc9u /* the customer's */
#define GROUND 0x336699u

static struct test_session session;
static struct test_process *program, *manager; /* on the customer's display */

static void start(const char *accept, const char *scale, const char *const *env)
{
    const char *const viewer[] = {"--geometry", "800x600+0+0", "--borderless",
                                  "--scale",    scale,         NULL};
    session.env = env;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1280x800x24", "800x600x24");
    const char *const ground[] = {"xsetroot", "-solid", "#336699", NULL};
    test_display_run(session.customer, ground);
    test_session_start_viewer(&session, viewer);
    test_session_start_agent(&session, accept, NULL);
    test_session_verify(&session);
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(program);
    test_process_end(manager);
    program = manager = NULL;
    test_session_end(&session);
    session.env = NULL;
    return 0;
}

/* ---- eyes ---- */

/* Where that colour is: the first pixel from the left and the top, and how many there are. */
static unsigned find(const struct test_display *display, int width, int height, uint32_t color,
                     int *left, int *top)
{
    uint32_t *grabbed = test_display_grab(display, 0, 0, width, height);
    unsigned count = 0;
    *left = width;
    *top = height;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (grabbed[y * width + x] == color) {
                *left = x < *left ? x : *left;
                *top = y < *top ? y : *top;
                count++;
            }
    free(grabbed);
    return count;
}

/* Both displays show the very same there. The viewer paints the customer's pointer: away with it.
 */
static void wait_same(int x, int y, int width, int height)
{
    static const char *const away[] = {"xdotool", "mousemove", "1270", "790", "mousemove_relative",
                                       "1",       "1",         NULL};
    test_display_run(session.customer, away);
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    size_t bytes = (size_t)width * (size_t)height * sizeof(uint32_t);
    for (bool is = false; !is;) {
        uint32_t *there = test_display_grab(session.customer, x, y, width, height);
        uint32_t *here = test_display_grab(session.rep, x, y, width, height);
        is = memcmp(there, here, bytes) == 0;
        int i = 0;
        while (!is && there[i] == here[i])
            i++;
        if (!is && ds_clock_now() > deadline)
            fail_msg("at %d,%d is %06x there and %06x here", x + i % width, y + i / width, there[i],
                     here[i]);
        free(there);
        free(here);
        poll(NULL, 0, is ? 0 : 20);
    }
}

static void wait_counts(struct test_process *end, int count, int own)
{
    json_t *event = test_process_wait_event(end, "note", NULL, NULL, TEST_WAIT_MS);
    assert_int_equal(json_integer_value(json_object_get(event, "count")), count);
    assert_int_equal(json_integer_value(json_object_get(event, "customer")), own);
}

/* With DESKSIDE_TEST_SHOTS: both displays as pictures, to be looked at. */
static void shot(const char *name)
{
    const char *folder = getenv("DESKSIDE_TEST_SHOTS");
    char path[512];
    if (!folder)
        return;
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/hands-%s-%s.png", folder, name, i ? "rep" : "customer");
        const char *const argv[] = {"import", "-window", "root", path, NULL};
        test_display_run(i ? session.rep : session.customer, argv);
    }
}

/* ---- hands ---- */

static void hand(const struct test_display *display, const char *words)
{
    static char copy[300];
    const char *argv[40] = {"xdotool"};
    size_t count = 1;
    snprintf(copy, sizeof(copy), "%s", words);
    for (char *word = strtok(copy, " "); word && count < 39; word = strtok(NULL, " "))
        argv[count++] = word;
    test_display_run(display, argv);
}

static void rep_begins(const char *key)
{
    hand(session.rep, "search --sync --name Deskside windowfocus --sync");
    hand(session.rep, key);
    test_display_wait_pixel(session.rep, 400, 60, 0xf6f7f9, true); /* the palette is there */
}

/* A program of the customer that says what it is clicked. */
static void open_program(const char *geometry)
{
    const char *const argv[] = {"xev", "-geometry", geometry, "-event", "button", NULL};
    const char *const env[] = {test_display_env(session.customer), NULL};
    program = test_process_start(argv, &(struct test_process_options){.env = env});
}

static unsigned presses(void)
{
    unsigned count = 0;
    for (const char *at = test_process_output(program); (at = strstr(at, "ButtonPress event"));
         at++)
        count++;
    return count;
}

static void wait_press_at(const char *move_and_click)
{
    unsigned before = presses();
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (presses() == before) {
        hand(session.customer, move_and_click);
        assert_true(ds_clock_now() < deadline);
    }
}

/* ---- the laser pointer ---- */

/* By command, until it has been seen: it ends by itself, and a busy machine may miss it. */
static void point_at(int x, int y)
{
    char command[128];
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS, again = 0;
    snprintf(command, sizeof(command),
             "{\"cmd\":\"note\",\"tool\":\"laser\",\"points\":[[%d,%d],[%d,%d]]}", x - 20, y, x, y);
    while (test_display_pixel(session.customer, x, y) != RED) {
        assert_true(ds_clock_now() < deadline);
        if (ds_clock_now() > again)
            test_process_command(session.viewer, command);
        again = again < ds_clock_now() ? ds_clock_now() + DS_SECOND : again;
        poll(NULL, 0, 20);
    }
}

static void the_laser_follows_the_hand_and_leaves_nothing(void **state)
{
    (void)state;
    start("look,point", "1:1", NULL);
    open_program("800x400+0+150");
    rep_begins("key ctrl+alt+shift+7");
    hand(session.rep, "mousemove 200 300 mousedown 1");
    test_display_wait_pixel(session.customer, 200, 300, RED, true); /* above the program, too */
    test_display_wait_pixel(session.rep, 200, 300, RED, true);      /* by the picture */
    shot("laser");
    wait_press_at("mousemove 200 300 click 1"); /* which is clicked beneath it */
    hand(session.rep, "mousemove 260 340 mousemove 320 380");
    test_display_wait_pixel(session.customer, 320, 380, RED, true);
    test_display_wait_pixel(session.customer, 200, 300, RED, false); /* its tail has faded */
    hand(session.rep, "mouseup 1");
    test_display_wait_pixel(session.customer, 320, 380, RED, false);
    wait_same(0, 200, 780, 340);
    /* by command; it ends by itself */
    point_at(520, 300);
    test_display_wait_pixel(session.customer, 520, 300, RED, false);
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"laser\",\"points\":"
                                         "[[5000,300]],\"tag\":\"outside\"}");
    test_process_wait_event(session.viewer, "error", "tag", "outside", TEST_WAIT_MS);
    /* a drawing beneath it is as it was */
    test_process_command(session.viewer,
                         "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":[[300,250],[600,450]],"
                         "\"color\":\"#2f7d32\",\"size\":\"thick\"}");
    wait_counts(session.viewer, 1, 0); /* the first that there ever was: a laser is no drawing */
    test_display_wait_pixel(session.customer, 450, 253, 0x2f7d32, true);
    point_at(450, 250);
    test_display_wait_pixel(session.customer, 450, 250, RED, false);
    test_display_wait_pixel(session.customer, 450, 250, 0x2f7d32, true);
    /* with the right the pointer goes at once */
    hand(session.rep, "mousemove 100 300 mousedown 1");
    test_display_wait_pixel(session.customer, 100, 300, RED, true);
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"point\"}");
    test_display_wait_pixel(session.customer, 100, 300, RED, false);
    test_process_wait_event(session.viewer, "right", "right", "point", TEST_WAIT_MS);
    test_process_command(
        session.viewer,
        "{\"cmd\":\"note\",\"tool\":\"laser\",\"points\":[[100,300]],\"tag\":\"no\"}");
    json_t *event = test_process_wait_event(session.viewer, "error", "tag", "no", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "code")), "no-right");
}

/* Fitted, scrolled, of the second monitor alone: the dot is where the hand is. */
static void the_place_is_the_same_however_the_picture_is_shown(void **state)
{
    (void)state;
    static const char *const split[] = {
        "sh", "-c",
        "xrandr --setmonitor left 640/170x800/210+0+0 screen && xrandr --setmonitor "
        "right 640/170x800/210+640+0 none",
        NULL};
    start("look,point", "fit", NULL); /* 1280x800 in 800x600: 5/8, from 0,50 */
    rep_begins("key ctrl+alt+shift+7");
    hand(session.rep, "mousemove 500 400 mousedown 1");
    test_display_wait_pixel(session.customer, 800, 560, RED, true);
    test_display_wait_pixel(session.rep, 500, 400, RED, true);
    hand(session.rep, "mouseup 1");
    test_display_wait_pixel(session.customer, 800, 560, RED, false);
    test_process_command(session.viewer, "{\"cmd\":\"scale\",\"scale\":\"1:1\"}");
    test_process_command(session.viewer, "{\"cmd\":\"scroll\",\"x\":400,\"y\":150}");
    hand(session.rep, "mousemove 300 300");
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    do { /* the commands take their own way */
        hand(session.rep,
             "mouseup 1 mousedown 1 mousemove_relative 1 0 mousemove_relative -- -1 0");
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 100);
    } while (test_display_pixel(session.customer, 700, 450) != RED);
    test_display_wait_pixel(session.rep, 300, 300, RED, true);
    hand(session.rep, "mouseup 1");
    /* a box, whose echo may not be seen on another monitor */
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":"
                                         "[[700,300],[1000,500]],\"color\":\"#1f5eff\"}");
    wait_counts(session.viewer, 1, 0);
    test_display_wait_pixel(session.customer, 850, 300, 0x1f5eff, true);
    test_display_run(session.customer, split);
    for (int tries = 0; tries < 20; tries++) {
        test_process_command(session.viewer, "{\"cmd\":\"monitor\",\"index\":1}");
        if (test_process_poll_event(session.viewer, "picture", "width", "640", 1000))
            break;
    }
    test_process_command(session.viewer, "{\"cmd\":\"scroll\",\"x\":0,\"y\":0}");
    test_display_wait_pixel(session.rep, 80 + 850 - 640, 300, 0x1f5eff,
                            true); /* 640 in the middle of 800 */
    hand(session.rep, "mousemove 180 400 mousedown 1");
    test_display_wait_pixel(session.customer, 740, 400, RED, true);
    test_display_wait_pixel(session.rep, 180, 400, RED, true);
    hand(session.rep, "mouseup 1");
}

/* ---- text in place ---- */

static void a_text_is_written_where_the_hand_clicked(void **state)
{
    (void)state;
    int left, top;
    start("look,point", "1:1", NULL);
    rep_begins("key ctrl+alt+shift+6");
    hand(session.rep, "mousemove 300 350 click 1");
    test_display_wait_pixel(session.rep, 302, 352, RED, true); /* an empty one, with its caret */
    hand(session.rep, "type --delay 20 Clcik");
    hand(session.rep, "key Left BackSpace BackSpace"); /* as in every field */
    hand(session.rep, "type --delay 20 ic");
    hand(session.rep, "key End");
    shot("writing");
    assert_int_equal(find(session.customer, 800, 600, RED, &left, &top), 0); /* not yet */
    hand(session.rep, "key Return");
    wait_counts(session.viewer, 1, 0);
    test_display_wait_pixel(session.customer, 302, 352, RED, true);
    find(session.customer, 800, 600, RED, &left, &top);
    assert_true(left == 300 && top == 350);
    wait_same(0, 250, 780, 290); /* the very same letters */
    /* one that is dropped; then one that another click completes */
    hand(session.rep, "mousemove 300 450 click 1 type --delay 20 no");
    hand(session.rep, "key Escape");
    hand(session.rep, "mousemove 500 450 click 1 type --delay 20 yes");
    hand(session.rep, "mousemove 500 520 click 1");
    wait_counts(session.viewer, 2, 0);
    test_display_wait_pixel(session.customer, 502, 452, RED, true);
    assert_int_equal(test_display_pixel(session.customer, 302, 452), GROUND);
    hand(session.rep, "key Escape");
    wait_same(0, 250, 780, 290);
    /* without control a key alone is enough: undo, and stop */
    hand(session.rep, "key z");
    wait_counts(session.viewer, 1, 0);
    hand(session.rep, "key g key w key question");
    shot("keys");
    hand(session.rep, "key Escape");
    test_display_wait_pixel(session.rep, 400, 60, 0xf6f7f9, false);
}

/* ---- the customer's own ---- */

static void customer_drags(void)
{
    hand(session.customer, "mousemove 300 400 mousedown 1 mousemove 350 420 mousemove 500 500");
}

static void the_customer_draws_on_their_own_screen(void **state)
{
    (void)state;
    start("look,point", "1:1", NULL);
    open_program("800x400+0+150");
    wait_press_at("mousemove 300 400 click 1");
    unsigned before = presses();
    test_process_command(session.agent, "{\"cmd\":\"draw\",\"on\":true,\"tool\":\"box\","
                                        "\"tag\":\"on\"}");
    test_process_wait_event(session.agent, "done", "tag", "on", TEST_WAIT_MS);
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    do { /* until the mode is there for the hand */
        customer_drags();
        poll(NULL, 0, 50);
        shot("own-hand");
        hand(session.customer, "mouseup 1");
        assert_true(ds_clock_now() < deadline);
    } while (!test_process_poll_event(session.agent, "note", NULL, NULL, 200));
    test_display_wait_pixel(session.customer, 400, 400, OWN, true); /* the box's upper side */
    test_display_wait_pixel(session.rep, 400, 400, OWN, true);      /* seen once, by the picture */
    test_process_wait_event(session.viewer, "note", NULL, NULL, TEST_WAIT_MS);
    wait_same(0, 160, 780, 380);
    shot("own");
    assert_in_range(presses(), before, before + 1); /* the hand was the mode's */
    before = presses();
    /* Escape ends it, and clicks reach the program beneath the drawing */
    hand(session.customer, "key Escape");
    wait_press_at("mousemove 400 400 click 1");
    test_display_wait_pixel(session.customer, 400, 400, OWN, true);
    /* a whole one by command; nothing beyond the screen */
    test_process_command(session.agent, "{\"cmd\":\"note\",\"tool\":\"arrow\",\"points\":"
                                        "[[100,450],[250,450]],\"color\":\"#8b2fc9\"}");
    wait_counts(session.agent, 0, 2);
    test_display_wait_pixel(session.customer, 150, 450, OWN, true);
    test_process_command(session.agent, "{\"cmd\":\"note\",\"tool\":\"arrow\",\"points\":"
                                        "[[100,450],[4000,450]],\"tag\":\"far\"}");
    test_process_wait_event(session.agent, "error", "tag", "far", TEST_WAIT_MS);
    /* the rep's "erase all" means theirs too */
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":"
                                         "[[600,200],[700,300]]}");
    wait_counts(session.agent, 1, 2);
    test_display_wait_pixel(session.customer, 650, 200, RED, true);
    wait_counts(session.viewer, 0, 2);
    wait_counts(session.viewer, 1, 2);
    test_process_command(session.viewer, "{\"cmd\":\"erase-notes\"}");
    wait_counts(session.agent, 0, 2);
    wait_counts(session.agent, 0, 0);
    test_display_wait_pixel(session.customer, 150, 450, OWN, false);
    test_display_wait_pixel(session.customer, 650, 200, RED, false);
    /* a pause ends the mode and takes the drawings away */
    test_process_command(session.agent, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":"
                                        "[[100,300],[250,450]],\"color\":\"#8b2fc9\"}");
    wait_counts(session.agent, 0, 1);
    test_process_command(session.agent, "{\"cmd\":\"draw\",\"on\":true}");
    test_process_command(session.agent, "{\"cmd\":\"pause\"}");
    wait_counts(session.agent, 0, 0);
    test_display_wait_pixel(session.customer, 175, 300, OWN, false);
    wait_press_at("mousemove 175 300 click 1");
    test_process_command(session.agent, "{\"cmd\":\"draw\",\"on\":true,\"tag\":\"paused\"}");
    test_process_wait_event(session.agent, "error", "tag", "paused", TEST_WAIT_MS);
}

/* ---- with a compositing manager ---- */

static bool is_between(uint32_t value, uint32_t a, uint32_t b)
{
    for (int shift = 0; shift <= 16; shift += 8) {
        uint32_t v = value >> shift & 255, low = a >> shift & 255, high = b >> shift & 255;
        if (low > high) {
            uint32_t other = low;
            low = high;
            high = other;
        }
        if (v < low || v > high)
            return false;
    }
    return value != a && value != b;
}

static void with_a_compositor_the_screen_shines_through(void **state)
{
    (void)state;
    start("look,point", "1:1", NULL);
    const char *const argv[] = {"xcompmgr", NULL};
    const char *const env[] = {test_display_env(session.customer), NULL};
    manager = test_process_start(argv, &(struct test_process_options){.env = env});
    open_program("800x400+0+150");
    test_display_wait_pixel(session.customer, 200, 300, 0xffffff, true);
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    uint32_t ground = 0xffffff, value;
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"highlight\",\"points\":"
                                         "[[100,300],[300,300]],\"color\":\"#1f5eff\"}");
    wait_counts(session.viewer, 1, 0);
    do { /* outlined until the manager is there */
        value = test_display_pixel(session.customer, 200, 300);
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 20);
    } while (!is_between(value, ground, 0x1f5eff));
    rep_begins("key ctrl+alt+shift+7");
    hand(session.rep, "mousemove 500 300 mousedown 1");
    test_display_wait_pixel(session.customer, 500, 300, RED, true);
    shot("compositor");
    wait_press_at("mousemove 500 300 click 1");
    wait_press_at("mousemove 200 300 click 1");
    hand(session.rep, "mouseup 1");
    test_display_wait_pixel(session.customer, 500, 300, RED, false);
    wait_same(0, 160, 780, 380);
    test_process_command(session.agent, "{\"cmd\":\"draw\",\"on\":true,\"tool\":\"pen\"}");
    do {
        customer_drags();
        hand(session.customer, "mouseup 1");
        assert_true(ds_clock_now() < deadline);
    } while (!test_process_poll_event(session.agent, "note", NULL, NULL, 200));
    test_display_wait_pixel(session.customer, 350, 420, OWN, true);
    hand(session.customer, "key Escape");
    test_process_command(session.agent, "{\"cmd\":\"erase-notes\"}");
    test_display_wait_pixel(session.customer, 200, 300, ground, true);
    test_display_wait_pixel(session.customer, 350, 420, OWN, false);
}

#define CASE(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_laser_follows_the_hand_and_leaves_nothing),
        CASE(the_place_is_the_same_however_the_picture_is_shown),
        CASE(a_text_is_written_where_the_hand_clicked),
        CASE(the_customer_draws_on_their_own_screen),
        CASE(with_a_compositor_the_screen_shines_through),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
