/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session of the real programs whose lines are cut, stalled and refused: it goes on by itself. */
#include "common/base/clock.h"
#include "tests/support/breaker.h"
#include "tests/support/folder.h"
#include "tests/support/session.h"

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

static struct test_session s;
static struct test_breaker *rep_line, *customer_line;

static void aim_at(struct test_breaker *line)
{
    snprintf(s.address, sizeof(s.address), "localhost:%u", test_breaker_port(line));
}

/* Ten minutes are 10 s with 60, the heartbeat 0.25 s, dead after 2 s. */
static const char *const scaled[] = {"DESKSIDE_TIME_SCALE=60", NULL};

static void start(const char *const *env, const char *accept)
{
    static const char *const viewer[] = {
        "--geometry", "640x480+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    s.env = env;
    test_session_start_relay(&s, NULL);
    rep_line = test_breaker_start(s.port);
    customer_line = test_breaker_start(s.port);
    test_session_start_displays(&s, "640x480x24", "640x480x24");
    aim_at(rep_line);
    test_session_start_viewer(&s, viewer);
    aim_at(customer_line);
    test_session_start_agent(&s, accept, NULL);
}

static int set_up(void **state)
{
    (void)state;
    start(NULL, "look,control");
    test_session_verify(&s);
    return 0;
}

static int set_up_scaled(void **state)
{
    (void)state;
    start(scaled, "look,control");
    test_session_verify(&s);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_breaker_end(rep_line);
    test_breaker_end(customer_line);
    rep_line = customer_line = NULL;
    test_session_end(&s);
    return 0;
}

static void on_customer(const char *const *argv)
{
    test_display_run(s.customer, argv);
}

static void wait_state(struct test_process *end, const char *state)
{
    test_process_wait_event(end, "state", "state", state, TEST_WAIT_MS);
}

/* Both ends say that they are cut, then that they are not, and a new picture is shown. */
static void wait_back(void)
{
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "active");
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    wait_state(s.agent, "reconnecting");
    wait_state(s.agent, "active");
}

static void wait_same(void)
{
    test_session_wait_equal(&s, 0, 0, 640, 480, TEST_WAIT_MS);
}

/* What the rep's hand does arrives: the customer's pointer is where it was put. */
static void point_at(int x, int y)
{
    char command[128], *output = NULL, wanted[64];
    const char *where[] = {"env", test_display_env(s.customer), "xdotool", "getmouselocation",
                           NULL};
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    snprintf(command, sizeof(command), "{\"cmd\":\"pointer\",\"x\":%d,\"y\":%d,\"buttons\":0}", x,
             y);
    snprintf(wanted, sizeof(wanted), "x:%d y:%d ", x, y);
    test_process_command(s.viewer, command);
    for (;;) {
        assert_int_equal(test_run(where, &output), 0);
        bool is_there = strstr(output, wanted) != NULL;
        free(output);
        if (is_there)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("the pointer never came to %s", wanted);
        poll(NULL, 0, 20);
    }
}

static void change_screen(const char *color)
{
    const char *argv[] = {"xsetroot", "-solid", color, NULL};
    on_customer(argv);
}

static void the_reps_line_is_cut_and_everything_goes_on(void **state)
{
    (void)state;
    point_at(100, 120);
    test_breaker_cut(rep_line);
    wait_back();
    change_screen("#336699");
    wait_same();
    point_at(300, 200);
    assert_false(test_process_has_ended(s.agent));
}

static void the_customers_line_is_cut_and_everything_goes_on(void **state)
{
    (void)state;
    test_breaker_cut(customer_line);
    wait_back();
    change_screen("#996633");
    wait_same();
    point_at(200, 300);
}

static void both_lines_are_cut_at_once(void **state)
{
    (void)state;
    test_breaker_cut(customer_line);
    test_breaker_cut(rep_line);
    wait_back();
    wait_same();
    point_at(10, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_reps_line_is_cut_and_everything_goes_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_customers_line_is_cut_and_everything_goes_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(both_lines_are_cut_at_once, set_up_scaled, tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
