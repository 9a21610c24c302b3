/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture larger than the viewer's window at 1:1: scroll bars, the edges, the overview and keys,
 * each seen at the customer's end by where the pointer comes to, and by equal pixels. */
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

/* The window and what its scroll bars of 12 pixels leave of it. */
enum { LEFT = 100, TOP = 50, WIDTH = 640, HEIGHT = 500, SEEN_WIDTH = 628, SEEN_HEIGHT = 488 };
enum { MOST_X = 2000 - SEEN_WIDTH, MOST_Y = 1200 - SEEN_HEIGHT };

static struct test_session session;
static struct test_process *manager; /* of the rep's windows; NULL without */

static int start(bool managed)
{
    static const char *const extra[] = {
        "--geometry", "640x500+100+50", "--borderless", "--scale", "1:1", NULL};
    memset(&session, 0, sizeof(session));
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "2000x1200x24", "1600x1000x24");
    const char *stripes[] = {"sh", "-c", "xsetroot -mod 40 24 -fg '#123456' -bg '#fedcba'", NULL};
    test_display_run(session.customer, stripes);
    if (managed) { /* full screen is its work; it has to be there before the window */
        static const char *const argv[] = {"openbox", NULL};
        const char *wait[] = {
            "sh", "-c",
            "for i in $(seq 400); do xprop -root _NET_SUPPORTING_WM_CHECK | grep -q '# 0x' && exit "
            "0; done; exit 1",
            NULL};
        const char *env[] = {test_display_env(session.rep), NULL};
        manager = test_process_start(argv, &(struct test_process_options){.env = env});
        test_display_run(session.rep, wait);
    }
    test_session_start_viewer(&session, extra);
    test_session_start_agent(&session, "look,control", NULL);
    test_session_verify(&session);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    return start(false);
}

static int set_up_managed(void **state)
{
    (void)state;
    return start(true);
}

static int tear_down(void **state)
{
    (void)state;
    if (manager)
        test_process_end(manager);
    manager = NULL;
    test_session_end(&session);
    return 0;
}

static void rep(const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.rep, argv);
}

static void focus_viewer(void)
{
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --name Deskside | "
        "tail -n 1)");
}

static void point(int x, int y)
{
    char script[80];
    snprintf(script, sizeof(script), "xdotool mousemove %d %d", LEFT + x, TOP + y);
    rep(script);
}

static void wait_customer(const char *condition)
{
    char script[600];
    snprintf(script, sizeof(script), "for i in $(seq 4000); do %s && exit 0; done; exit 1",
             condition);
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.customer, argv);
}

static void wait_pointer(int x, int y)
{
    char condition[120];
    snprintf(condition, sizeof(condition), "xdotool getmouselocation | grep -q 'x:%d y:%d '", x, y);
    wait_customer(condition);
}

static bool is_equal(int x, int y, int from_x, int from_y, int width, int height)
{
    uint32_t *shown = test_display_grab(session.rep, x, y, width, height);
    uint32_t *real = test_display_grab(session.customer, from_x, from_y, width, height);
    bool equal = memcmp(shown, real, (size_t)width * (size_t)height * 4) == 0;
    free(shown);
    free(real);
    return equal;
}

/* Waits until the rep's display shows, from x, y on, the customer's from from_x, from_y on. */
static void wait_equal(int x, int y, int from_x, int from_y, int width, int height)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (!is_equal(x, y, from_x, from_y, width, height))
        if (ds_clock_now() > until)
            fail_msg("the pictures stay different");
}

static void the_bars_move_the_picture_and_the_pointer_stays_right(void **state)
{
    (void)state;
    point(300, 200);
    wait_pointer(300, 200);
    /* the thumb at the bottom of its bar, then the other at the right of its own */
    rep("xdotool mousemove 734 60 mousedown 1 mousemove 734 900 mouseup 1");
    point(300, 200);
    wait_pointer(300, 200 + MOST_Y);
    rep("xdotool mousemove 110 544 mousedown 1 mousemove 1500 544 mouseup 1");
    point(300, 200);
    wait_pointer(300 + MOST_X, 200 + MOST_Y);
    /* the overview hides itself; every pixel beside the bars is the customer's own */
    wait_equal(LEFT, TOP, MOST_X, MOST_Y, SEEN_WIDTH, SEEN_HEIGHT);
}

static void resting_at_an_edge_scrolls_until_the_end(void **state)
{
    (void)state;
    point(SEEN_WIDTH - 1, 240);
    wait_pointer(1999, 240);
    point(300, SEEN_HEIGHT - 1);
    wait_pointer(300 + MOST_X, 1199);
    point(0, 240);
    wait_pointer(0, 240 + MOST_Y);
}

static void the_overview_leads_to_where_it_is_pressed(void **state)
{
    (void)state;
    focus_viewer();
    point(400, 200); /* on the right: the overview comes to the left */
    rep("xdotool key ctrl+alt+shift+Next key ctrl+alt+shift+o");
    /* 157 x 94, 16 from the left and the bottom: pressed at its right bottom, then dragged */
    rep("xdotool mousemove 272 521 click 1");
    point(400, 200);
    wait_pointer(400 + MOST_X, 200 + MOST_Y);
    rep("xdotool mousemove 270 519 mousedown 1 mousemove 100 100 mouseup 1");
    point(400, 200);
    wait_pointer(400, 200);
    /* what it covers does not reach the customer */
    rep("xdotool mousemove 140 480");
    point(401, 201);
    wait_pointer(401, 201);
}

static void a_command_scrolls_as_far_as_there_is(void **state)
{
    (void)state;
    point(300, 200);
    wait_pointer(300, 200);
    test_process_command(session.viewer, "{\"cmd\":\"scroll\",\"x\":123,\"y\":456,\"tag\":\"a\"}");
    test_process_wait_event(session.viewer, "done", "tag", "a", TEST_WAIT_MS);
    wait_pointer(423, 656);
    test_process_command(session.viewer, "{\"cmd\":\"scroll\",\"x\":65535,\"y\":0}");
    wait_pointer(300 + MOST_X, 200);
    test_process_command(session.viewer, "{\"cmd\":\"scroll\",\"x\":-1,\"y\":0,\"tag\":\"b\"}");
    test_process_wait_event(session.viewer, "error", "tag", "b", TEST_WAIT_MS);
}

static void keys_scroll_only_as_agreed(void **state)
{
    static const char down[] =
        "xinput query-state \"Virtual core XTEST keyboard\" | grep -q 'key\\[114\\]=down'";
    static const char up[] =
        "xinput query-state \"Virtual core XTEST keyboard\" | grep -q 'key\\[114\\]=up'";
    (void)state;
    focus_viewer();
    point(300, 200);
    wait_pointer(300, 200);
    rep("xdotool key ctrl+alt+shift+Right key ctrl+alt+shift+Down"); /* 40 pixels each */
    wait_pointer(340, 240);
    rep("xdotool keydown Right"); /* the customer's */
    wait_customer(down);
    rep("xdotool keyup Right");
    wait_customer(up);
    wait_pointer(340, 240);
    rep("xdotool key ctrl+alt+shift+k keydown Right"); /* agreed: now the viewer's */
    wait_pointer(380, 240);
    wait_customer(up);
    rep("xdotool keyup Right key ctrl+alt+shift+k keydown Right");
    wait_customer(down);
    rep("xdotool keyup Right");
    wait_customer(up);
}

static void full_screen_has_bars_and_edges_too(void **state)
{
    (void)state;
    focus_viewer();
    rep("xdotool key ctrl+alt+shift+f");
    /* away from the bars that were, then where only the larger window reaches */
    rep("for i in $(seq 200); do xdotool getwindowgeometry $(xdotool getwindowfocus) | grep -q "
        "1600x1000 && exit 0; done; exit 1");
    rep("xdotool mousemove 1000 800");
    wait_pointer(1000, 800);
    rep("xdotool mousemove 1599 500"); /* thrown against the border, beyond the bar */
    wait_equal(0, 200, 2000 - 1588, 200, 1588, 500);
    rep("xdotool mousemove 800 500");
    wait_pointer(800 + 2000 - 1588, 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_bars_move_the_picture_and_the_pointer_stays_right),
        TEST(resting_at_an_edge_scrolls_until_the_end),
        TEST(the_overview_leads_to_where_it_is_pressed),
        TEST(a_command_scrolls_as_far_as_there_is),
        TEST(keys_scroll_only_as_agreed),
        cmocka_unit_test_setup_teardown(full_screen_has_bars_and_edges_too, set_up_managed,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
