/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole line with the real programs: what a rep does in the viewer's window happens on the
 * customer's display, and what happens there is seen, pixel by pixel. */
#include "tests/support/session.h"
#include "tests/support/folder.h"
#include "tests/support/keyboard.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct test_session session;
static struct test_process *program; /* a real program on the customer's display */

static int set_up(void **state)
{
    (void)state;
    test_session_start(&session);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(program);
    program = NULL;
    test_session_end(&session);
    return 0;
}

static void start_program(const char *const *argv)
{
    const char *env[] = {test_display_env(session.customer), NULL};
    program = test_process_start(argv, &(struct test_process_options){.env = env});
}

static void on_customer(const char *const *argv)
{
    test_display_run(session.customer, argv);
}

static void on_rep(const char *const *argv)
{
    test_display_run(session.rep, argv);
}

/* Gives the viewer's window the keyboard, as a window manager would. */
static void focus_viewer(void)
{
    static const char *const focus[] = {
        "sh", "-c",
        "xdotool windowfocus $(xdotool search --onlyvisible --class deskside-viewer | tail -n 1)",
        NULL};
    on_rep(focus);
}

/* Puts the rep's pointer on the picture, and so the customer's to the same place: the remote
 * pointer is not painted then. */
static void join_pointers(void)
{
    static const char *const move[] = {"xdotool",   "mousemove", "1270", "780",
                                       "mousemove", "1271",      "781",  NULL};
    on_rep(move);
}

static void wait_file(const char *path, const char *wanted)
{
    ds_tick deadline = ds_clock_now() + 30 * DS_SECOND;
    for (;;) {
        char *text = access(path, R_OK) == 0 ? test_file_read(path, NULL) : strdup("");
        bool is_there = strcmp(text, wanted) == 0;
        if (is_there || ds_clock_now() > deadline) {
            if (!is_there)
                fail_msg("typed \"%s\", arrived \"%s\"", wanted, text);
            free(text);
            return;
        }
        free(text);
        poll(NULL, 0, 50);
    }
}

static void text_typed_in_the_viewer_appears_in_a_terminal_of_the_customer(void **state)
{
    (void)state;
    char path[300], command[400];
    snprintf(path, sizeof(path), "%s/typed", session.folder);
    snprintf(command, sizeof(command), "cat > %s", path);
    const char *terminal[] = {"xterm", "-geometry", "100x30+50+50", "-u8", "-e",
                              "sh",    "-c",        command,        NULL};
    static const char *const visible[] = {"xdotool", "search", "--sync", "--onlyvisible",
                                          "--class", "xterm",  NULL};
    static const char text[] = "The quick brown fox, 3 < 4 & 5 > 2; déjà vu: 20 €\n";
    static const char *const type[] = {"xdotool", "mousemove", "200", "200", "click", "1",
                                       "type",    "--delay",   "5",   text,  NULL};
    start_program(terminal);
    on_customer(visible);
    focus_viewer();
    test_keyboard_bind(session.rep, text);
    on_rep(type);
    wait_file(path, text);
}

static void pictures_are_equal_in_every_pixel_after_rest(void **state)
{
    (void)state;
    static const char *const photo[] = {
        "sh", "-c",
        "convert -size 500x400 plasma:red-blue png:- | display -geometry "
        "+300+200 png:-",
        NULL};
    static const char *const visible[] = {"xdotool", "search",  "--sync", "--onlyvisible",
                                          "--class", "display", NULL};
    start_program(photo);
    on_customer(visible);
    join_pointers();
    test_session_wait_equal(&session, 0, 0, 1280, 800, 15000);
}

static void a_dragged_window_is_followed(void **state)
{
    (void)state;
    static const char *const terminal[] = {
        "xterm", "-geometry", "80x24+100+100", "-e", "sh", "-c", "ls -l /usr/include; exec cat",
        NULL};
    static const char *const visible[] = {"xdotool", "search", "--sync", "--onlyvisible",
                                          "--class", "xterm",  NULL};
    static const char *const drag[] = {"sh", "-c",
                                       "w=$(xdotool search --onlyvisible --class xterm | tail -n "
                                       "1); for i in $(seq 40); do xdotool windowmove $w "
                                       "$((100 + i * 11)) $((100 + i * 7)); done",
                                       NULL};
    start_program(terminal);
    on_customer(visible);
    on_customer(drag);
    join_pointers();
    test_session_wait_equal(&session, 0, 0, 1280, 800, 15000);
}

static void the_screen_changes_its_size(void **state)
{
    (void)state;
    test_display_resize(session.customer, 800, 600);
    test_process_wait_event(session.viewer, "picture", "width", "800", TEST_WAIT_MS);
    test_display_resize(session.customer, 1023, 767);
    test_process_wait_event(session.viewer, "picture", "width", "1023", TEST_WAIT_MS);
}

static void a_second_monitor_can_be_chosen(void **state)
{
    (void)state;
    static const char *const split[] = {
        "sh", "-c",
        "xrandr --setmonitor left 640/170x800/210+0+0 screen && xrandr --setmonitor "
        "right 640/170x800/210+640+0 none",
        NULL};
    on_customer(split);
    /* Asked again until the agent has heard of the new monitors. */
    for (int tries = 0; tries < 20; tries++) {
        test_process_command(session.viewer, "{\"cmd\":\"monitor\",\"index\":1}");
        if (test_process_poll_event(session.viewer, "picture", "width", "640", 1000))
            break;
    }
    test_process_command(session.viewer, "{\"cmd\":\"monitor\",\"index\":-1}");
    test_process_wait_event(session.viewer, "picture", "width", "1280", TEST_WAIT_MS);
}

static void end_by_either_side_ends_both_with_code_zero(void **state)
{
    (void)state;
    test_process_command(session.viewer, "{\"cmd\":\"end\"}");
    test_process_wait_event(session.agent, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(session.agent, 5000));
    assert_int_equal(0, test_process_wait_exit(session.viewer, 5000));
}

static void the_agent_ends_on_a_signal_and_the_viewer_is_told(void **state)
{
    (void)state;
    kill(test_process_pid(session.agent), SIGTERM);
    test_process_wait_event(session.viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(session.agent, 5000));
    assert_int_equal(0, test_process_wait_exit(session.viewer, 5000));
}

/* The other end waits, as long as it likes to: whoever was killed cannot come back without its
 * keys.
 */
static void wait_alone_then_end(struct test_process *left)
{
    test_process_wait_event(left, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_process_command(left, "{\"cmd\":\"end\"}");
    test_process_wait_event(left, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(left, 10000));
}

static void a_killed_agent_leaves_the_viewer_waiting(void **state)
{
    (void)state;
    kill(test_process_pid(session.agent), SIGKILL);
    wait_alone_then_end(session.viewer);
}

static void a_killed_viewer_leaves_the_agent_waiting(void **state)
{
    (void)state;
    kill(test_process_pid(session.viewer), SIGKILL);
    wait_alone_then_end(session.agent);
}

static void a_stopped_relay_leaves_both_waiting(void **state)
{
    (void)state;
    kill(test_process_pid(session.relay), SIGTERM);
    assert_int_equal(0, test_process_wait_exit(session.relay, 15000));
    wait_alone_then_end(session.viewer);
    wait_alone_then_end(session.agent);
}

static void a_killed_relay_leaves_both_waiting(void **state)
{
    (void)state;
    kill(test_process_pid(session.relay), SIGKILL);
    wait_alone_then_end(session.viewer);
    wait_alone_then_end(session.agent);
}

static void revoked_control_stops_typing_and_can_be_given_again(void **state)
{
    (void)state;
    char path[300], command[400];
    snprintf(path, sizeof(path), "%s/typed", session.folder);
    snprintf(command, sizeof(command), "cat > %s", path);
    const char *terminal[] = {"xterm", "-geometry", "100x30+50+50", "-e",
                              "sh",    "-c",        command,        NULL};
    static const char *const visible[] = {"xdotool", "search", "--sync", "--onlyvisible",
                                          "--class", "xterm",  NULL};
    static const char *const lost[] = {"xdotool", "mousemove", "200", "200", "type", "lost", NULL};
    static const char *const kept[] = {"xdotool", "mousemove", "201", "201",
                                       "type",    "kept\n",    NULL};
    start_program(terminal);
    on_customer(visible);
    focus_viewer();
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"control\",\"tag\":\"r\"}");
    test_process_wait_event(session.agent, "done", "tag", "r", TEST_WAIT_MS);
    test_process_wait_event(session.viewer, "right", "granted", "false", TEST_WAIT_MS);
    on_rep(lost);
    test_process_command(session.viewer, "{\"cmd\":\"request\",\"right\":\"control\"}");
    test_process_wait_event(session.viewer, "right", "granted", "true", TEST_WAIT_MS);
    on_rep(kept);
    wait_file(path, "kept\n");
}

/* One pixel of the rep's display, beside the card that says who paused. */
static void wait_rep_pixel(uint32_t color)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (;;) {
        uint32_t *pixel = test_display_grab(session.rep, 40, 600, 1, 1), is = *pixel;
        free(pixel);
        if (is == color)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("#%06x and not #%06x", is, color);
        poll(NULL, 0, 20);
    }
}

static void pause_darkens_and_resume_brings_the_picture_back(void **state)
{
    (void)state;
    test_display_run(session.customer,
                     (const char *const[]){"xsetroot", "-solid", "#c08040", NULL});
    wait_rep_pixel(0xc08040);
    test_process_command(session.agent, "{\"cmd\":\"pause\"}");
    test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
    wait_rep_pixel(0x3c2d20); /* the last picture, a quarter as bright on a dark ground */
    test_display_run(session.customer,
                     (const char *const[]){"xsetroot", "-solid", "#ffffff", NULL});
    test_process_command(session.viewer, "{\"cmd\":\"resume\"}");
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    wait_rep_pixel(0xffffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            text_typed_in_the_viewer_appears_in_a_terminal_of_the_customer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pictures_are_equal_in_every_pixel_after_rest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_dragged_window_is_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_screen_changes_its_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_monitor_can_be_chosen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(end_by_either_side_ends_both_with_code_zero, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_agent_ends_on_a_signal_and_the_viewer_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_killed_agent_leaves_the_viewer_waiting, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_killed_viewer_leaves_the_agent_waiting, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stopped_relay_leaves_both_waiting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_relay_leaves_both_waiting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(revoked_control_stops_typing_and_can_be_given_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pause_darkens_and_resume_brings_the_picture_back, set_up,
                                        tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
