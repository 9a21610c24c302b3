/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer in a whole session: the number typed by hand, wrong numbers, looking only, a scaled
 * window, and what happens when the window loses the keyboard. */
#include "tests/support/session.h"

#include "common/base/clock.h"
#include "viewer/present/scale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_session session;

static int set_up(void **state)
{
    (void)state;
    memset(&session, 0, sizeof(session));
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1280x800x24", "1600x1000x24");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
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

static void command_is_refused(const char *command, const char *tag, const char *code)
{
    test_process_command(session.viewer, command);
    json_t *event = test_process_wait_event(session.viewer, "error", "tag", tag, TEST_WAIT_MS);
    assert_string_equal(code, json_string_value(json_object_get(event, "code")));
}

/* Waits until a line of xdotool or xinput on the customer's display says so. */
static void wait_customer(const char *condition)
{
    char script[600];
    snprintf(script, sizeof(script), "for i in $(seq 400); do %s && exit 0; done; exit 1",
             condition);
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.customer, argv);
}

static void start(const char *const *extra, const char *accept)
{
    test_session_start_viewer(&session, extra);
    test_session_start_agent(&session, accept, NULL);
}

static void the_number_is_typed_by_keyboard_after_a_wrong_one(void **state)
{
    char script[200];
    (void)state;
    start(NULL, "look");
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    snprintf(session.number, sizeof(session.number), "%s",
             json_string_value(json_object_get(event, "number")));
    test_process_wait_event(session.viewer, "state", "state", "verifying", TEST_WAIT_MS);
    focus_viewer();
    snprintf(script, sizeof(script), "xdotool type --delay 5 %s && xdotool key Return",
             strcmp(session.number, "111111") == 0 ? "222222" : "111111");
    rep(script);
    test_process_wait_event(session.viewer, "error", "code", "wrong-number", TEST_WAIT_MS);
    /* the empty field has the keyboard again */
    snprintf(script, sizeof(script), "xdotool type --delay 5 %s && xdotool key Return",
             session.number);
    rep(script);
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

static void three_wrong_numbers_end_both_with_code_three(void **state)
{
    (void)state;
    start(NULL, "look");
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    const char *number = json_string_value(json_object_get(event, "number"));
    const char *wrong = strcmp(number, "111111") == 0
                            ? "{\"cmd\":\"security-number\",\"number\":\"222222\"}"
                            : "{\"cmd\":\"security-number\",\"number\":\"111111\"}";
    test_process_command(session.viewer, wrong);
    test_process_wait_event(session.viewer, "error", "code", "wrong-number", TEST_WAIT_MS);
    test_process_command(session.viewer, wrong);
    test_process_wait_event(session.viewer, "error", "code", "wrong-number", TEST_WAIT_MS);
    test_process_command(session.viewer, wrong);
    test_process_wait_event(session.viewer, "state", "reason", "wrong-number", TEST_WAIT_MS);
    assert_int_equal(3, test_process_wait_exit(session.viewer, 5000));
    test_process_wait_exit(session.agent, 10000);
}

static void looking_only_never_sends_input(void **state)
{
    (void)state;
    static const char *const extra[] = {"--view-only", "--geometry", "1280x800+0+0", NULL};
    start(extra, "look,control");
    test_session_verify(&session);
    command_is_refused("{\"cmd\":\"key\",\"keysym\":\"a\",\"down\":true,\"tag\":\"a\"}", "a",
                       "no-right");
    command_is_refused("{\"cmd\":\"request\",\"right\":\"control\",\"tag\":\"b\"}", "b",
                       "no-right");
    rep("xdotool mousemove 200 200 click 1 mousemove 300 300");
    /* a command that is answered has passed the line after all of that */
    test_process_command(session.viewer, "{\"cmd\":\"scale\",\"scale\":\"fit\",\"tag\":\"c\"}");
    test_process_wait_event(session.viewer, "done", "tag", "c", TEST_WAIT_MS);
    wait_customer("xdotool getmouselocation | grep -q 'x:640 y:400'");
}

static void the_pointer_lands_on_the_pixel_beneath_it_in_a_scaled_window(void **state)
{
    (void)state;
    static const char *const extra[] = {
        "--geometry", "640x500+100+50", "--borderless", "--scale", "fit", "--no-toolbar", NULL};
    start(extra, "look,control");
    test_session_verify(&session); /* picture at 100,100, half its size */
    rep("xdotool mousemove 420 200");
    wait_customer("xdotool getmouselocation | grep -q 'x:641 y:201'");
    rep("xdotool mousemove 739 499");
    wait_customer("xdotool getmouselocation | grep -q 'x:1279 y:799'");
    rep("xdotool mousemove 300 200"); /* away from the edge, where 1:1 scrolls */
    wait_customer("xdotool getmouselocation | grep -q 'x:401 y:201'");
    test_process_command(session.viewer, "{\"cmd\":\"scale\",\"scale\":\"1:1\",\"tag\":\"s\"}");
    test_process_wait_event(session.viewer, "done", "tag", "s", TEST_WAIT_MS);
    wait_customer("xdotool getmouselocation | grep -q 'x:200 y:150'"); /* the hand rests */
}

/* What the rep's display shows against the customer's, scaled here as a whole. */
static struct ds_rect differs_from_scaled(int x, int y, int width, int height)
{
    struct ds_rect different = {0};
    uint32_t *real = test_display_grab(session.customer, 0, 0, 1280, 800);
    uint32_t *shown = test_display_grab(session.rep, x, y, width, height);
    uint32_t *wanted = calloc((size_t)width * (size_t)height, 4);
    struct ds_image image = {
        .width = 1280, .height = 800, .stride = (size_t)1280 * 4, .pixels = (uint8_t *)real};
    struct viewer_view view = {.scale = VIEWER_SCALE_FIT};
    viewer_view_set_window(&view, width, height);
    viewer_view_set_picture(&view, 1280, 800);
    assert_int_equal(0, viewer_scale_draw(&view, &image, (struct ds_rect){0, 0, width, height},
                                          (uint8_t *)wanted, (size_t)width * 4));
    for (int i = 0; i < width * height; i++)
        if (shown[i] != wanted[i])
            different = ds_rect_union(different, (struct ds_rect){i % width, i / width, 1, 1});
    free(wanted);
    free(shown);
    free(real);
    return different;
}

static void wait_scaled(int x, int y, int width, int height)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    struct ds_rect different = differs_from_scaled(x, y, width, height);
    while (!ds_rect_is_empty(different)) {
        if (ds_clock_now() > until)
            fail_msg("%dx%d differs from the scaled screen: %dx%d at %d,%d", width, height,
                     different.width, different.height, different.x, different.y);
        different = differs_from_scaled(x, y, width, height);
    }
}

static void a_scaled_window_at_rest_is_the_screen_scaled_as_a_whole(void **state)
{
    (void)state;
    static const char *const extra[] = {"--geometry", "880x550+100+50", "--borderless",
                                        "--no-toolbar", NULL};
    start(extra, "look,control");
    test_session_verify(&session);
    /* text that scrolls, then parts that change here and there */
    static const char *const terminal[] = {
        "xterm",
        "-geometry",
        "150x50+40+30",
        "-e",
        "sh",
        "-c",
        "seq 1 3000; for i in $(seq 300); do tput cup $((i * 7 % 50)) $((i * 13 % 140)); printf "
        "%d $i; done; exec cat",
        NULL};
    const char *env[] = {test_display_env(session.customer), NULL};
    struct test_process *window =
        test_process_start(terminal, &(struct test_process_options){.env = env});
    wait_customer("xdotool search --onlyvisible --class xterm | grep -q .");
    /* the customer's pointer goes where ours is, and is not painted then */
    rep("xdotool mousemove 400 300");
    wait_scaled(100, 50, 880, 550);
    rep("xdotool windowsize --sync $(xdotool search --onlyvisible --name Deskside | tail -n 1) "
        "640 400");
    rep("xdotool mousemove 300 200");
    wait_scaled(100, 50, 640, 400);
    test_process_end(window);
}

static void keys_go_up_when_the_window_loses_the_keyboard(void **state)
{
    (void)state;
    static const char *const extra[] = {"--geometry", "1280x800+0+0", "--borderless", NULL};
    static const char down[] =
        "xinput query-state \"Virtual core XTEST keyboard\" | grep -q 'key\\[50\\]=down'";
    static const char up[] =
        "xinput query-state \"Virtual core XTEST keyboard\" | grep -q 'key\\[50\\]=up'";
    start(extra, "look,control");
    test_session_verify(&session);
    focus_viewer();
    rep("xdotool keydown Shift_L");
    wait_customer(down);
    static const char *const other[] = {"xmessage", "another window", NULL};
    const char *env[] = {test_display_env(session.rep), NULL};
    struct test_process *window =
        test_process_start(other, &(struct test_process_options){.env = env});
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --class xmessage | "
        "tail -n 1)");
    wait_customer(up);
    rep("xdotool keyup Shift_L");
    test_process_end(window);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Noise all over the customer's screen, another for each seed: some 10 kB of changes at least. */
static void paint_noise(unsigned seed)
{
    enum { SIDE = 256 };
    char path[300];
    snprintf(path, sizeof(path), "%s/noise.xbm", session.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#define noise_width %d\n#define noise_height %d\n", SIDE, SIDE);
    fprintf(file, "static unsigned char noise_bits[] = {\n0x00");
    for (uint32_t i = 1, state = seed * 2654435761u + 1; i < SIDE * SIDE / 8; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        fprintf(file, ",0x%02x", state >> 24);
    }
    fprintf(file, "};\n");
    assert_int_equal(0, fclose(file));
    const char *argv[] = {"xsetroot", "-bitmap", path, NULL};
    test_display_run(session.customer, argv);
}

/* Bytes that the viewer has received up to now: the next figures after those that wait. */
static json_int_t bytes_in(void)
{
    while (test_process_poll_event(session.viewer, "stats", NULL, NULL, 0))
        continue;
    json_t *event = test_process_wait_event(session.viewer, "stats", NULL, NULL, TEST_WAIT_MS);
    return json_integer_value(json_object_get(event, "bytes_in"));
}

static void a_hidden_window_is_sent_no_picture_and_has_it_at_once_when_it_returns(void **state)
{
    (void)state;
    static const char *const extra[] = {
        "--geometry", "1280x800+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    enum { LITTLE = 4000 }; /* bytes: heartbeats and the pointer */
    /* the customer's pointer is then where the rep's is, and not painted */
    static const char *const join = "xdotool mousemove 1270 780 mousemove 1271 781";
    start(extra, "look,control");
    test_session_verify(&session);
    paint_noise(1);
    rep(join);
    test_session_wait_equal(&session, 0, 0, 1280, 800, TEST_WAIT_MS);
    json_int_t before = bytes_in(), shown;
    for (unsigned i = 2; i < 12; i++)
        paint_noise(i);
    shown = bytes_in() - before;
    assert_true(shown > 4 * LITTLE); /* so much would be seen */
    rep("xdotool windowunmap --sync $(xdotool search --onlyvisible --name Deskside | tail -n 1)");
    /* What was on its way comes to an end. */
    for (json_int_t last = bytes_in(), now; (now = bytes_in()) - last > LITTLE; last = now)
        continue;
    before = bytes_in();
    for (unsigned i = 12; i < 22; i++)
        paint_noise(i);
    bytes_in();
    assert_true(bytes_in() - before < LITTLE);
    rep("xdotool search --name Deskside windowmap");
    rep(join);
    test_session_wait_equal(&session, 0, 0, 1280, 800, TEST_WAIT_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_number_is_typed_by_keyboard_after_a_wrong_one),
        TEST(three_wrong_numbers_end_both_with_code_three),
        TEST(looking_only_never_sends_input),
        TEST(the_pointer_lands_on_the_pixel_beneath_it_in_a_scaled_window),
        TEST(a_scaled_window_at_rest_is_the_screen_scaled_as_a_whole),
        TEST(a_hidden_window_is_sent_no_picture_and_has_it_at_once_when_it_returns),
        TEST(keys_go_up_when_the_window_loses_the_keyboard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
