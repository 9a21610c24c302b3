/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's own screen on the customer's display, by real programs: every pixel of it, one window
 * wherever it goes, the customer's drawings back on the rep's screen, and never both ways. */
#include "common/base/clock.h"
#include "tests/support/breaker.h"
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
#define SEEN 0xb45309u /* the frame's colour */
#define WIDTH 800      /* of the rep's screen */
#define HEIGHT 600
#define EDGE 3     /* of the customer's window: left, right and bottom */
#define STRIP 44   /* and its top */
#define POINTER 24 /* pixels that one may take */

static struct test_session session;
static struct test_process *program; /* on the rep's display */
static struct test_breaker *rep_line;
static int at_x, at_y; /* where the rep's screen begins on the customer's */

/* The customer's display has room for the rep's and what is round it. */
static void start_programs(void)
{
    static const char *const away[] = {"xdotool", "mousemove", "799", "599", NULL};
    const char *const viewer[] = {"--geometry", "400x300+200+250", "--borderless", "--no-toolbar",
                                  NULL};
    char address[64];
    test_session_start_relay(&session, NULL);
    rep_line = test_breaker_start(session.port);
    test_session_start_displays(&session, "1024x768x24", "800x600x24");
    test_display_run(session.rep, away);
    snprintf(address, sizeof(address), "%s", session.address);
    snprintf(session.address, sizeof(session.address), "localhost:%u", test_breaker_port(rep_line));
    test_session_start_viewer(&session, viewer);
    snprintf(session.address, sizeof(session.address), "%s", address);
    at_x = (1024 - (WIDTH + 2 * EDGE)) / 2 + EDGE;
    at_y = (768 - (HEIGHT + STRIP + EDGE)) / 2 + STRIP;
}

static void start(const char *accept)
{
    start_programs();
    test_session_start_agent(&session, accept, NULL);
    test_session_verify(&session);
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(program);
    program = NULL;
    test_breaker_end(rep_line);
    rep_line = NULL;
    test_session_end(&session);
    return 0;
}

static void wait_share(struct test_process *end, const char *what)
{
    test_process_wait_event(end, "share", "state", what, TEST_WAIT_MS);
}

static void command(struct test_process *end, const char *text)
{
    test_process_command(end, text);
}

/* Until the customer has that part of the rep's display, in every pixel. */
static void wait_equal(int rep_x, int rep_y, int x, int y, int width, int height)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (;;) {
        uint32_t *real = test_display_grab(session.rep, rep_x, rep_y, width, height);
        uint32_t *shown = test_display_grab(session.customer, x, y, width, height);
        int differ = 0, first = 0;
        for (int i = 0; i < width * height; i++)
            if (real[i] != shown[i] && differ++ == 0)
                first = i;
        free(real);
        free(shown);
        if (differ == 0)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("%d pixels differ, the first at %d,%d", differ, first % width, first / width);
        poll(NULL, 0, 50);
    }
}

/* All of the rep's screen but for the corner where the pointer rests, which the customer sees and a
 * picture of the rep's display does not have. */
static void wait_all_equal(void)
{
    wait_equal(0, 0, at_x, at_y, WIDTH, HEIGHT - POINTER);
    wait_equal(0, HEIGHT - POINTER, at_x, at_y + HEIGHT - POINTER, WIDTH - POINTER, POINTER);
}

/* With DESKSIDE_TEST_SHOTS: both displays as pictures, to be looked at. */
static void shot(const char *name)
{
    const char *folder = getenv("DESKSIDE_TEST_SHOTS");
    char path[512];
    for (int i = 0; folder && i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s-%s.png", folder, name, i ? "rep" : "customer");
        const char *const argv[] = {"import", "-window", "root", path, NULL};
        test_display_run(i ? session.rep : session.customer, argv);
    }
}

/* The window that a program on the rep's display opened. */
static uint32_t start_program(const char *const *argv, const char *name)
{
    static char text[32];
    const char *const env[] = {test_display_env(session.rep), NULL};
    program = test_process_start(argv, &(struct test_process_options){.env = env});
    char display[64];
    snprintf(display, sizeof(display), "%s", test_display_env(session.rep));
    const char *const search[] = {"env",    display,  "xdotool", "search",
                                  "--sync", "--name", name,      NULL};
    char *output = NULL;
    assert_int_equal(test_run(search, &output), 0);
    snprintf(text, sizeof(text), "%s", output);
    free(output);
    return (uint32_t)strtoul(text, NULL, 10);
}

static void the_reps_screen_is_shown_in_every_pixel(void **state)
{
    (void)state;
    start("look,control,point");
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\"}");
    wait_share(session.viewer, "started");
    /* Never both ways: the customer's own screen is not seen any more, and both sides say so. */
    test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
    test_process_wait_event(session.agent, "state", "state", "paused", TEST_WAIT_MS);
    wait_share(session.agent, "picture");
    wait_all_equal();
    test_display_wait_pixel(session.rep, 0, 0, SEEN, true); /* the frame */
    test_display_wait_pixel(session.rep, WIDTH - 1, HEIGHT - 2, SEEN, true);
    test_display_wait_pixel(session.customer, at_x + WIDTH - 1, at_y + HEIGHT - 1, SEEN,
                            false); /* the pointer */
    shot("share-screen");
    /* What changes there comes over. */
    static const char *const paint[] = {"xsetroot", "-solid", "#30a46c", NULL};
    test_display_run(session.rep, paint);
    test_display_wait_pixel(session.customer, at_x + 20, at_y + 500, 0x30a46c, true);
    wait_all_equal();
    /* The customer draws on it: it is on the rep's real screen. */
    command(session.agent, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":[[20,400],[150,500]],"
                           "\"color\":\"#e5484d\"}");
    test_process_wait_event(session.viewer, "note", "from", "customer", TEST_WAIT_MS);
    test_display_wait_pixel(session.rep, 80, 400, RED, true);
    wait_all_equal();
    shot("share-drawn");
    command(session.agent, "{\"cmd\":\"erase-notes\"}");
    test_display_wait_pixel(session.rep, 80, 400, RED, false);
    /* The customer's screen again: nothing is asked, since the command agreed beforehand. */
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"customer-screen\"}");
    wait_share(session.agent, "stopped");
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_display_wait_pixel(session.rep, 0, 0, SEEN, false);
    test_display_wait_pixel(session.customer, at_x + 20, at_y + 500, 0x30a46c, false);
}

static void a_customer_who_closes_the_window_ends_only_the_showing(void **state)
{
    (void)state;
    start("look,control,point");
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\",\"monitor\":0}");
    wait_share(session.agent, "picture");
    wait_all_equal();
    command(session.agent, "{\"cmd\":\"share\",\"what\":\"close\",\"tag\":\"closed\"}");
    test_process_wait_event(session.agent, "done", "tag", "closed", TEST_WAIT_MS);
    json_t *event =
        test_process_wait_event(session.viewer, "share", "state", "stopped", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "reason")), "customer");
    test_display_wait_pixel(session.rep, 0, 0, SEEN, false);
    /* The session goes on, and it may begin again. */
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\"}");
    wait_share(session.agent, "picture");
    wait_all_equal();
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"nothing\"}");
    wait_share(session.agent, "stopped");
    command(session.viewer, "{\"cmd\":\"end\"}");
    assert_int_equal(test_process_wait_exit(session.agent, 10000), 0);
}

static void one_window_is_shown_wherever_it_goes(void **state)
{
    (void)state;
    static const char *const argv[] = {"xclock",        "-digital", "-norender", "-geometry",
                                       "240x120+40+60", "-bg",      "#1f5eff",   "-fg",
                                       "#1f5eff",       "-bw",      "0",         NULL};
    static const char *const paint[] = {"xsetroot", "-solid", "#30a46c", NULL};
    char text[160], move[32];
    start("look,control,point");
    uint32_t window = start_program(argv, "xclock");
    snprintf(text, sizeof(text), "{\"cmd\":\"share\",\"what\":\"my-screen\",\"window\":\"0x%x\"}",
             window);
    command(session.viewer, text);
    wait_share(session.agent, "picture");
    test_display_wait_pixel(session.rep, 39, 58, SEEN, true); /* the frame is outside of it */
    /* The customer's window is as small as the picture, but for its strip. */
    int x = 1024 / 2, y = (768 - (120 + STRIP + EDGE)) / 2 + STRIP + 60;
    test_display_wait_pixel(session.customer, x, y, 0x1f5eff, true);
    test_display_run(session.rep, paint);
    snprintf(move, sizeof(move), "%u", window);
    const char *const moved[] = {"xdotool", "windowmove", "--sync", move, "500", "400", NULL};
    test_display_run(session.rep, moved);
    test_display_wait_pixel(session.rep, 499, 398, SEEN, true); /* the frame goes along */
    test_display_wait_pixel(session.rep, 39, 58, 0x30a46c, true);
    test_display_wait_pixel(session.customer, x, y, 0x1f5eff, true);
    shot("share-window");
    /* Its end is that of the showing. */
    test_process_end(program);
    program = NULL;
    json_t *event =
        test_process_wait_event(session.viewer, "share", "state", "stopped", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "reason")), "source-closed");
    wait_share(session.agent, "stopped");
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\",\"window\":\"0x1234567\","
                            "\"tag\":\"none\"}");
    event = test_process_wait_event(session.viewer, "error", "tag", "none", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "code")), "no-source");
}

static void hand(const struct test_display *display, const char *const *arguments)
{
    const char *argv[24] = {"xdotool"};
    for (size_t i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    test_display_run(display, argv);
}

/* The pen on the strip, then the left button on the picture; the rep's bar. */
static void hands_draw_and_stop(void **state)
{
    (void)state;
    static const char *const pen[] = {"mousemove", "605", "82", "click", "1", NULL};
    static const char *const drag[] = {"mousemove", "200",       "560", "mousedown",
                                       "1",         "mousemove", "250", "560",
                                       "mousemove", "300",       "560", NULL};
    static const char *const let_go[] = {"mouseup", "1", "mousemove", "20", "740", NULL};
    static const char *const stop[] = {"mousemove", "538", "21", "click", "1", NULL};
    static const char *const cover[] = {"xclock", "-geometry", "1024x768+0+0", NULL};
    start("look,control,point");
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\"}");
    wait_share(session.agent, "picture");
    hand(session.customer, pen);
    hand(session.customer, drag);
    shot("share-pen");
    test_display_wait_pixel(session.customer, 250, 560, RED, true); /* under the hand, at once */
    hand(session.customer, let_go);
    test_display_wait_pixel(session.rep, 250 - at_x, 560 - at_y, RED, true);
    wait_all_equal();
    shot("share-hand");
    /* Put away it costs nothing, and comes back as it is by then. */
    const char *const env[] = {test_display_env(session.customer), NULL};
    program = test_process_start(cover, &(struct test_process_options){.env = env});
    wait_share(session.viewer, "hidden");
    static const char *const paint[] = {"xsetroot", "-solid", "#30a46c", NULL};
    test_display_run(session.rep, paint);
    test_process_end(program);
    program = NULL;
    wait_share(session.viewer, "shown");
    wait_all_equal();
    hand(session.rep, stop);
    json_t *event =
        test_process_wait_event(session.viewer, "share", "state", "stopped", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "reason")), "rep");
    wait_share(session.agent, "stopped");
    test_display_wait_pixel(session.rep, 250 - at_x, 560 - at_y, RED,
                            false); /* the drawing goes along */
}

static void a_cut_line_shows_the_newest_when_it_is_back(void **state)
{
    (void)state;
    static const char *const paint[] = {"xsetroot", "-solid", "#30a46c", NULL};
    start("look,control,point");
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\"}");
    wait_share(session.agent, "picture");
    wait_all_equal();
    test_breaker_refuse(rep_line, true);
    test_breaker_cut(rep_line);
    test_process_wait_event(session.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_process_wait_event(session.agent, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_display_run(session.rep, paint);
    /* Drawn while nobody is there: it waits, and is not lost. */
    command(session.agent, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":[[20,400],[150,500]]}");
    test_breaker_refuse(rep_line, false);
    test_process_wait_event(session.agent, "state", "state", "paused", TEST_WAIT_MS);
    test_display_wait_pixel(session.rep, 80, 400, RED, true);
    test_display_wait_pixel(session.customer, at_x + 20, at_y + 550, 0x30a46c, true);
    wait_all_equal();
    command(session.agent, "{\"cmd\":\"end\"}");
    assert_int_equal(test_process_wait_exit(session.agent, 10000), 0);
    test_display_wait_pixel(session.rep, 0, 0, SEEN, false); /* the frame goes with the session */
}

static void the_customer_is_asked_before_their_screen_is_seen_again(void **state)
{
    (void)state;
    char text[80];
    start_programs();
    test_session_start_agent(&session, NULL, NULL);
    test_process_wait_event(session.agent, "state", "state", "asking", TEST_WAIT_MS);
    command(session.agent, "{\"cmd\":\"continue\"}");
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    snprintf(text, sizeof(text), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             json_string_value(json_object_get(event, "number")));
    command(session.viewer, text);
    test_process_wait_event(session.agent, "state", "state", "asking", TEST_WAIT_MS);
    command(session.agent, "{\"cmd\":\"grant\",\"right\":\"control\"}");
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\"}");
    wait_share(session.agent, "picture");
    wait_all_equal(); /* no question lies over it */
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"customer-screen\",\"tag\":\"asked\"}");
    test_process_wait_event(session.viewer, "done", "tag", "asked", TEST_WAIT_MS);
    wait_share(session.agent, "stopped");
    /* Still paused: that is the customer's to end. */
    command(session.viewer, "{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[1,1]],"
                            "\"tag\":\"no\"}");
    test_process_wait_event(session.viewer, "error", "tag", "no", TEST_WAIT_MS);
    command(session.agent, "{\"cmd\":\"resume\"}");
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

static void an_account_without_it_is_told_so(void **state)
{
    (void)state;
    char *output = NULL;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "640x480x24", "640x480x24");
    const char *const deny[] = {"deskside-relay", "rep",    "deny",       TEST_EMAIL,
                                "share-screen",   "--data", session.data, NULL};
    assert_int_equal(test_run(deny, &output), 0);
    free(output);
    test_session_start_viewer(&session, NULL);
    command(session.viewer, "{\"cmd\":\"share\",\"what\":\"my-screen\",\"tag\":\"no\"}");
    json_t *event = test_process_wait_event(session.viewer, "error", "tag", "no", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "code")), "not-included");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_reps_screen_is_shown_in_every_pixel, tear_down),
        cmocka_unit_test_teardown(a_customer_who_closes_the_window_ends_only_the_showing,
                                  tear_down),
        cmocka_unit_test_teardown(one_window_is_shown_wherever_it_goes, tear_down),
        cmocka_unit_test_teardown(hands_draw_and_stop, tear_down),
        cmocka_unit_test_teardown(a_cut_line_shows_the_newest_when_it_is_back, tear_down),
        cmocka_unit_test_teardown(the_customer_is_asked_before_their_screen_is_seen_again,
                                  tear_down),
        cmocka_unit_test_teardown(an_account_without_it_is_told_so, tear_down),
    };
    if (getenv("DESKSIDE_TEST_ONLY"))
        cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
