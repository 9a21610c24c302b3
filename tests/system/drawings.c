/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings of the rep on the customer's screen, by real programs: seen on both displays, click-
 * through, and only while the customer allows it. */
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

#define RED 0xe5484du
#define BOX                                                                                        \
    "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":[[100,200],[300,350]],\"color\":\"#e5484d\"}"
#define PEN                                                                                        \
    "{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[400,400],[500,400],[500,450]],"               \
    "\"color\":\"#e5484d\"}"

static struct test_session session;
static struct test_process *program; /* on the customer's display */

static void start_with(const char *accept, const char *toolbar)
{
    const char *const viewer[] = {"--geometry", "800x600+0+0", "--borderless", "--scale", "1:1",
                                  toolbar,      NULL};
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "800x600x24", "1024x768x24");
    test_session_start_viewer(&session, viewer);
    test_session_start_agent(&session, accept, NULL);
    test_session_verify(&session);
}

static void start(const char *accept)
{
    start_with(accept, "--no-toolbar");
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(program);
    program = NULL;
    test_session_end(&session);
    return 0;
}

static void wait_count(struct test_process *end, int count)
{
    json_t *event = test_process_wait_event(end, "note", NULL, NULL, TEST_WAIT_MS);
    assert_int_equal(json_integer_value(json_object_get(event, "count")), count);
}

static void draw(const char *command, int count)
{
    test_process_command(session.viewer, command);
    wait_count(session.viewer, count);
    wait_count(session.agent, count);
}

/* With DESKSIDE_TEST_SHOTS: both displays as pictures, to be looked at. */
static void shot(const char *name)
{
    const char *folder = getenv("DESKSIDE_TEST_SHOTS");
    char path[512];
    if (!folder)
        return;
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s-%s.png", folder, name, i ? "rep" : "customer");
        const char *const argv[] = {"import", "-window", "root", path, NULL};
        test_display_run(i ? session.rep : session.customer, argv);
    }
}

static void a_drawing_is_on_both_screens_until_it_is_taken_back(void **state)
{
    (void)state;
    start("look,control,point");
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED, true); /* its upper side */
    test_display_wait_pixel(session.customer, 200, 280, RED, false);
    test_display_wait_pixel(session.rep, 200, 200, RED, true);
    draw(PEN, 2);
    test_display_wait_pixel(session.customer, 450, 400, RED, true);
    /* The echo has gone: what is left is the picture, in every pixel. */
    test_session_wait_equal(&session, 0, 0, 800, 600, TEST_WAIT_MS);
    shot("drawings");
    draw("{\"cmd\":\"undo-note\"}", 1);
    test_display_wait_pixel(session.customer, 450, 400, RED, false);
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
    draw("{\"cmd\":\"erase-notes\"}", 0);
    test_display_wait_pixel(session.customer, 200, 200, RED, false);
    test_session_wait_equal(&session, 0, 0, 800, 600, TEST_WAIT_MS);
    test_process_command(session.viewer, "{\"cmd\":\"undo-note\",\"tag\":\"none\"}");
    test_process_wait_event(session.viewer, "error", "tag", "none", TEST_WAIT_MS);
}

static void every_tool_is_drawn(void **state)
{
    (void)state;
    start("look,control,point");
    draw("{\"cmd\":\"note\",\"tool\":\"arrow\",\"points\":[[100,100],[300,200]]}", 1);
    draw("{\"cmd\":\"note\",\"tool\":\"highlight\",\"points\":[[100,300],[300,300]],"
         "\"color\":\"#f5d90a\"}",
         2);
    draw("{\"cmd\":\"note\",\"tool\":\"spotlight\",\"points\":[[400,100],[700,300]],"
         "\"color\":\"#1f5eff\"}",
         3);
    draw("{\"cmd\":\"note\",\"tool\":\"text\",\"points\":[[100,400]],\"color\":\"#2f7d32\","
         "\"text\":\"Here \xc3\xa9\"}",
         4);
    test_display_wait_pixel(session.customer, 200, 150, RED, true);
    test_display_wait_pixel(session.customer, 200, 289, 0xf5d90a, true);
    test_display_wait_pixel(session.customer, 102, 402, 0x2f7d32, true);
    test_session_wait_equal(&session, 0, 0, 800, 600, TEST_WAIT_MS);
    shot("tools");
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":[[1,1]],"
                                         "\"tag\":\"half\"}");
    test_process_wait_event(session.viewer, "error", "tag", "half", TEST_WAIT_MS);
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":"
                                         "[[1,1],[800,1]],\"tag\":\"outside\"}");
    test_process_wait_event(session.viewer, "error", "tag", "outside", TEST_WAIT_MS);
}

static void nothing_is_drawn_without_the_right(void **state)
{
    (void)state;
    start("look,control");
    test_process_command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[1,1]],"
                                         "\"tag\":\"no\"}");
    json_t *event = test_process_wait_event(session.viewer, "error", "tag", "no", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "code")), "no-right");
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"point\"}");
    test_process_wait_event(session.viewer, "right", "right", "point", TEST_WAIT_MS);
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"point\"}");
    wait_count(session.agent, 0);
    wait_count(session.viewer, 0);
    test_display_wait_pixel(session.customer, 200, 200, RED, false);
}

static void a_pause_takes_them_away(void **state)
{
    (void)state;
    start("look,control,point");
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
    test_process_command(session.agent, "{\"cmd\":\"pause\"}");
    wait_count(session.agent, 0);
    test_display_wait_pixel(session.customer, 200, 200, RED, false);
    test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
    test_process_command(session.viewer, "{\"cmd\":\"resume\"}");
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    draw(PEN, 1);
    test_display_wait_pixel(session.customer, 450, 400, RED, true);
}

static void the_customer_takes_them_away(void **state)
{
    (void)state;
    start("look,control,point");
    draw(BOX, 1);
    draw(PEN, 2);
    test_process_command(session.agent, "{\"cmd\":\"erase-notes\"}");
    wait_count(session.agent, 0);
    wait_count(session.viewer, 0);
    test_display_wait_pixel(session.customer, 200, 200, RED, false);
    draw(BOX, 1); /* and others may come */
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
    test_session_wait_equal(&session, 0, 0, 800, 600, TEST_WAIT_MS);
}

static void another_size_of_the_screen_takes_them_away(void **state)
{
    (void)state;
    start("look,control,point");
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
    test_display_resize(session.customer, 640, 480);
    wait_count(session.agent, 0);
    wait_count(session.viewer, 0);
    test_display_wait_pixel(session.customer, 200, 200, RED, false);
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
}

static void clicks_reach_what_lies_beneath(void **state)
{
    (void)state;
    static const char *const argv[] = {"xev",    "-geometry", "800x500+0+60",
                                       "-event", "button",    NULL};
    static const char *const click[] = {"xdotool", "mousemove", "200", "200", "click", "1", NULL};
    start("look,control,point");
    const char *const env[] = {test_display_env(session.customer), NULL};
    program = test_process_start(argv, &(struct test_process_options){.env = env});
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED,
                            true); /* above the other window, too */
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (!strstr(test_process_output(program), "ButtonPress event")) {
        test_display_run(session.customer, click);
        assert_true(ds_clock_now() < deadline);
    }
}

static void they_go_with_the_session(void **state)
{
    (void)state;
    start("look,control,point");
    draw(BOX, 1);
    test_display_wait_pixel(session.customer, 200, 200, RED, true);
    test_process_command(session.viewer, "{\"cmd\":\"end\"}");
    assert_int_equal(test_process_wait_exit(session.agent, 10000), 0);
    test_display_wait_pixel(session.customer, 200, 200, RED, false);
}

static void hand(const char *const *arguments)
{
    const char *argv[16] = {"xdotool"};
    for (size_t i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    test_display_run(session.rep, argv);
}

/* The keys of the row of tools, then the left button on the picture. */
static void the_hand_of_the_rep_draws(void **state)
{
    (void)state;
    static const char *const focus[] = {"search",      "--sync", "--name", "Deskside",
                                        "windowfocus", "--sync", NULL};
    static const char *const arrow[] = {"key", "ctrl+alt+shift+2", NULL};
    static const char *const back[] = {"key", "ctrl+alt+shift+z", NULL};
    static const char *const drag[] = {"mousemove", "200",       "300", "mousedown",
                                       "1",         "mousemove", "300", "300",
                                       "mousemove", "400",       "300", NULL};
    static const char *const let_go[] = {"mouseup", "1", NULL};
    start_with("look,point", NULL);
    hand(focus);
    hand(arrow);
    test_display_wait_pixel(session.rep, 400, 60, 0xf6f7f9, true); /* the row is there */
    hand(drag);
    test_display_wait_pixel(session.rep, 300, 300, RED, true); /* under the hand, at once */
    assert_int_not_equal(test_display_pixel(session.customer, 300, 300), RED);
    shot("hand");
    hand(let_go);
    wait_count(session.viewer, 1);
    test_display_wait_pixel(session.customer, 300, 300, RED, true);
    hand(back);
    wait_count(session.agent, 1);
    wait_count(session.agent, 0);
    test_display_wait_pixel(session.customer, 300, 300, RED, false);
    test_display_wait_pixel(session.rep, 300, 300, RED, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_drawing_is_on_both_screens_until_it_is_taken_back, tear_down),
        cmocka_unit_test_teardown(every_tool_is_drawn, tear_down),
        cmocka_unit_test_teardown(nothing_is_drawn_without_the_right, tear_down),
        cmocka_unit_test_teardown(a_pause_takes_them_away, tear_down),
        cmocka_unit_test_teardown(the_customer_takes_them_away, tear_down),
        cmocka_unit_test_teardown(another_size_of_the_screen_takes_them_away, tear_down),
        cmocka_unit_test_teardown(clicks_reach_what_lies_beneath, tear_down),
        cmocka_unit_test_teardown(the_hand_of_the_rep_draws, tear_down),
        cmocka_unit_test_teardown(they_go_with_the_session, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
