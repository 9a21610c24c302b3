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

static int set_up_asking(void **state)
{
    (void)state;
    start(NULL, NULL);
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

/* The relay sends the first token when its hash is on the disk; two rounds of figures are two
 * seconds, and a disk that is slower than that fails other tests. */
static void wait_token(struct test_process *end)
{
    test_process_wait_event(end, "stats", NULL, NULL, TEST_WAIT_MS);
    test_process_wait_event(end, "stats", NULL, NULL, TEST_WAIT_MS);
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
    for (;;) { /* again: a window of the agent that is just closing stops what falls on it */
        test_process_command(s.viewer, command);
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

/* Until the command says yes. */
static void wait_for(const char *const *argv)
{
    const char *all[16] = {"env", test_display_env(s.customer)};
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (size_t i = 0; argv[i]; i++)
        all[2 + i] = argv[i];
    while (test_run(all, NULL) != 0) {
        if (ds_clock_now() > deadline)
            fail_msg("never true: %s", argv[2]);
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

static void a_half_open_line_is_noticed_and_left(void **state)
{
    (void)state;
    test_breaker_stall(rep_line, true);
    wait_state(s.viewer, "reconnecting"); /* by its heartbeat */
    wait_state(s.agent, "reconnecting");  /* by the relay's */
    test_breaker_stall(rep_line, false);
    wait_state(s.viewer, "active");
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    wait_state(s.agent, "active");
    point_at(77, 88);
    test_breaker_stall(customer_line, true);
    wait_state(s.agent, "reconnecting");
    wait_state(s.viewer, "reconnecting");
    test_breaker_stall(customer_line, false);
    wait_state(s.agent, "active");
    wait_state(s.viewer, "active");
    point_at(88, 77);
}

static unsigned number(json_t *event, const char *first, const char *second)
{
    json_t *value = json_object_get(event, first);
    if (second)
        value = json_object_get(value, second);
    assert_non_null(value);
    return (unsigned)json_integer_value(value);
}

/* The file has both cuts and the minute before, and no secret of the session. */
static void expect_diagnostics(struct test_process *end, const char *name, const char *first)
{
    char path[300], command[400];
    snprintf(path, sizeof(path), "%s/%s", s.folder, name);
    snprintf(command, sizeof(command),
             "{\"cmd\":\"save-diagnostics\",\"path\":\"%s\",\"tag\":\"%s\"}", path, name);
    test_process_command(end, command);
    test_process_wait_event(end, "done", "tag", name, TEST_WAIT_MS);
    size_t len;
    char *text = test_file_read(path, &len);
    assert_non_null(text);
    assert_non_null(strstr(text, first));
    assert_non_null(strstr(text, "Cut 2 at "));
    assert_non_null(strstr(text, "Back after "));
    assert_non_null(strstr(text, "The minute before it:"));
    assert_null(strstr(text, s.code));
    free(text);
    test_process_command(end, command); /* what is there stays */
    test_process_wait_event(end, "error", "tag", name, TEST_WAIT_MS);
}

static void cuts_are_counted_by_whose_they_were(void **state)
{
    (void)state;
    test_breaker_cut(rep_line);
    wait_back();
    test_breaker_cut(customer_line);
    wait_back();
    json_t *stats;
    do
        stats = test_process_wait_event(s.viewer, "stats", NULL, NULL, TEST_WAIT_MS);
    while (number(stats, "disconnects", "peer") < 1);
    assert_int_equal(number(stats, "disconnects", "relay"), 1);
    assert_int_equal(number(stats, "disconnects", "self"), 0);
    assert_int_equal(number(stats, "disconnects", "peer"), 1);
    expect_diagnostics(s.viewer, "viewer.txt", "Disconnects: self 0, relay 1, peer 1");
    expect_diagnostics(s.agent, "agent.txt", "Disconnects: self 0, relay 1, peer 1");
}

/* The state event that says so counts down, and what is left is told again. */
static void what_is_left_is_told(void **state)
{
    (void)state;
    test_breaker_refuse(rep_line, true);
    json_t *event =
        test_process_wait_event(s.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    unsigned first = number(event, "left_s", NULL);
    assert_in_range(first, 595, 600);
    event = test_process_wait_event(s.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    assert_in_range(number(event, "left_s", NULL), 580, first - 9);
    event = test_process_wait_event(s.agent, "state", "state", "reconnecting", TEST_WAIT_MS);
    assert_in_range(number(event, "left_s", NULL), 590, 600);
    test_breaker_refuse(rep_line, false);
    wait_state(s.viewer, "active");
    wait_state(s.agent, "active");
}

static void keys_that_were_held_are_up_at_once_and_stay_up(void **state)
{
    (void)state;
    static const char *const is_down[] = {
        "sh", "-c",
        "xinput query-state \"$(xinput list --id-only 'Virtual core XTEST keyboard')\" | grep -q "
        "'=down'",
        NULL};
    static const char *const is_up[] = {
        "sh", "-c",
        "! xinput query-state \"$(xinput list --id-only 'Virtual core XTEST keyboard')\" | grep -q "
        "'=down'",
        NULL};
    test_process_command(s.viewer, "{\"cmd\":\"key\",\"keysym\":\"Shift_L\",\"down\":true}");
    wait_for(is_down);
    test_breaker_refuse(rep_line, true);
    wait_state(s.agent, "reconnecting");
    wait_for(is_up);
    test_breaker_refuse(rep_line, false);
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "active");
    wait_state(s.agent, "active");
    point_at(50, 60); /* input flows, and no key is down with it */
    on_customer(is_up);
}

static void end_now_without_a_line_reaches_the_other_end(void **state)
{
    (void)state;
    test_breaker_refuse(rep_line, true);
    wait_state(s.viewer, "reconnecting");
    test_process_command(s.viewer, "{\"cmd\":\"end\"}");
    test_breaker_refuse(rep_line, false);
    wait_state(s.viewer, "ended");
    wait_state(s.agent, "ended");
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 0);
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 0);
}

static void the_customers_end_now_without_a_line_reaches_the_rep(void **state)
{
    (void)state;
    test_breaker_refuse(customer_line, true);
    wait_state(s.agent, "reconnecting");
    test_process_command(s.agent, "{\"cmd\":\"end\"}");
    test_breaker_refuse(customer_line, false);
    wait_state(s.agent, "ended");
    wait_state(s.viewer, "ended");
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 0);
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 0);
}

static void an_end_said_while_the_other_is_away_is_heard_when_it_returns(void **state)
{
    (void)state;
    test_breaker_refuse(customer_line, true);
    wait_state(s.agent, "reconnecting");
    wait_state(s.viewer, "reconnecting");
    test_process_command(s.viewer, "{\"cmd\":\"end\"}");
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 0);
    test_breaker_refuse(customer_line, false);
    wait_state(s.agent, "ended");
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 0);
}

/* 10:10 for both: nobody waits for ever, and each says that it gave up. */
static void a_line_that_stays_away_is_given_up_by_both(void **state)
{
    (void)state;
    test_breaker_refuse(rep_line, true);
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "ended");
    wait_state(s.agent, "ended");
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 4);
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 4);
}

/* A program that is stopped for that long, scaled. */
static void stop_for(struct test_process *end, unsigned minutes)
{
    kill(test_process_pid(end), SIGSTOP);
    poll(NULL, 0, (int)(minutes * 1000)); /* the length of the stop is what is tested */
    kill(test_process_pid(end), SIGCONT);
}

static void nine_minutes_stopped_are_survived(void **state)
{
    (void)state;
    stop_for(s.viewer, 9);
    wait_back();
    point_at(20, 40);
    stop_for(s.agent, 9);
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "active");
    wait_state(s.agent, "active");
    point_at(40, 20);
    change_screen("#204060");
    wait_same();
}

static void eleven_minutes_stopped_are_the_end_for_the_viewer(void **state)
{
    (void)state;
    stop_for(s.viewer, 11);
    wait_state(s.agent, "ended");
    wait_state(s.viewer, "ended");
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 4);
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 4);
}

static void eleven_minutes_stopped_are_the_end_for_the_agent(void **state)
{
    (void)state;
    stop_for(s.agent, 11);
    wait_state(s.viewer, "ended");
    wait_state(s.agent, "ended");
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 4);
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 4);
}

static void a_question_that_was_open_is_open_again(void **state)
{
    (void)state;
    test_process_wait_event(s.agent, "state", "state", "asking", TEST_WAIT_MS);
    test_process_command(s.agent, "{\"cmd\":\"continue\"}");
    json_t *event = test_process_wait_event(s.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    char command[96];
    snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             json_string_value(json_object_get(event, "number")));
    wait_token(s.agent);
    test_breaker_cut(customer_line); /* before the number is typed */
    wait_state(s.agent, "reconnecting");
    wait_state(s.agent, "verifying");
    test_process_command(s.viewer, command);
    wait_state(s.agent, "asking");
    wait_state(s.viewer, "asking");
    test_breaker_cut(rep_line); /* while the customer thinks */
    wait_state(s.agent, "reconnecting");
    wait_state(s.agent, "asking");
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "asking");
    test_process_command(s.agent, "{\"cmd\":\"grant\",\"right\":\"look\"}");
    wait_state(s.viewer, "active");
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s.viewer, "{\"cmd\":\"request\",\"right\":\"control\"}");
    wait_state(s.agent, "active");
    test_breaker_cut(customer_line);
    wait_back();
    test_process_command(s.agent, "{\"cmd\":\"grant\",\"right\":\"control\"}");
    test_process_wait_event(s.viewer, "right", "right", "control", TEST_WAIT_MS);
    point_at(60, 90);
}

static void a_pause_stays_a_pause(void **state)
{
    (void)state;
    test_process_command(s.agent, "{\"cmd\":\"pause\"}");
    wait_state(s.viewer, "paused");
    test_breaker_cut(rep_line);
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "paused");
    test_process_command(s.viewer, "{\"cmd\":\"resume\"}");
    wait_state(s.viewer, "active");
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

/* What a viewer waiting with a code loses is only its line. */
static void a_code_outlives_the_line_of_who_waits_with_it(void **state)
{
    (void)state;
    static const char *const viewer[] = {
        "--geometry", "640x480+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    test_session_start_relay(&s, NULL);
    rep_line = test_breaker_start(s.port);
    test_session_start_displays(&s, "640x480x24", "640x480x24");
    aim_at(rep_line);
    test_session_start_viewer(&s, viewer);
    wait_state(s.viewer, "waiting");
    wait_token(s.viewer);
    test_breaker_cut(rep_line);
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "waiting");
    test_breaker_refuse(rep_line, true); /* and the customer comes while it is away */
    wait_state(s.viewer, "reconnecting");
    snprintf(s.address, sizeof(s.address), "localhost:%u", s.port);
    test_session_start_agent(&s, "look,control", NULL);
    test_process_wait_event(s.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    test_breaker_refuse(rep_line, false);
    wait_state(s.viewer, "verifying");
}

/* Rounds by hand, or in a soak: DESKSIDE_TEST_ROUNDS. */
static void a_killed_relay_that_starts_again_has_every_session_each_time(void **state)
{
    (void)state;
    const char *text = getenv("DESKSIDE_TEST_ROUNDS");
    int rounds = text ? atoi(text) : 20;
    for (int i = 0; i < rounds; i++) {
        char color[16];
        kill(test_process_pid(s.relay), SIGKILL);
        test_process_end(s.relay);
        wait_state(s.viewer, "reconnecting");
        wait_state(s.agent, "reconnecting");
        test_session_serve(&s);
        test_breaker_aim(rep_line, s.port);
        test_breaker_aim(customer_line, s.port);
        wait_state(s.viewer, "active");
        test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
        wait_state(s.agent, "active");
        snprintf(color, sizeof(color), "#%02x%02x80", i * 12, 255 - i * 12);
        change_screen(color);
        point_at(10 + i * 20, 20 + i * 10);
    }
    wait_same();
}

static void a_relay_that_is_told_to_stop_moves_its_sessions(void **state)
{
    (void)state;
    kill(test_process_pid(s.relay), SIGTERM);
    wait_state(s.viewer, "reconnecting");
    wait_state(s.agent, "reconnecting");
    assert_int_equal(test_process_wait_exit(s.relay, 15000), 0);
    test_process_end(s.relay);
    test_session_serve(&s);
    test_breaker_aim(rep_line, s.port);
    test_breaker_aim(customer_line, s.port);
    wait_state(s.viewer, "active");
    wait_state(s.agent, "active");
    point_at(33, 44);
}

/* 9:50 and 10:10 of a line that is refused, with ten minutes in 30 s (scale 20): 29.5 s resume,
 * 30.5 s do not. The tolerance of 10 s is 0.5 s here, and a dial takes none of it: the last waits
 * are a quarter of a second. */
static void refuse_for(unsigned ms)
{
    ds_tick cut = ds_clock_now();
    test_breaker_refuse(rep_line, true);
    while (ds_clock_now() < cut + ms * DS_MS)
        poll(NULL, 0, 5); /* the length of the cut is what is tested */
    test_breaker_refuse(rep_line, false);
}

static int set_up_twenty(void **state)
{
    static const char *const twenty[] = {"DESKSIDE_TIME_SCALE=20", NULL};
    (void)state;
    start(twenty, "look,control");
    test_session_verify(&s);
    return 0;
}

static void nine_fifty_comes_back(void **state)
{
    (void)state;
    refuse_for(590 * 1000 / 20);
    wait_back();
    point_at(70, 70);
}

static void ten_ten_does_not(void **state)
{
    (void)state;
    refuse_for(610 * 1000 / 20);
    wait_state(s.viewer, "ended");
    wait_state(s.agent, "ended");
    assert_int_equal(test_process_wait_exit(s.viewer, 5000), 4);
    assert_int_equal(test_process_wait_exit(s.agent, 5000), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_reps_line_is_cut_and_everything_goes_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_customers_line_is_cut_and_everything_goes_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(both_lines_are_cut_at_once, set_up_scaled, tear_down),
        cmocka_unit_test_setup_teardown(a_half_open_line_is_noticed_and_left, set_up_scaled,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cuts_are_counted_by_whose_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_left_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_that_were_held_are_up_at_once_and_stay_up, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(end_now_without_a_line_reaches_the_other_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_customers_end_now_without_a_line_reaches_the_rep,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_end_said_while_the_other_is_away_is_heard_when_it_returns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_that_stays_away_is_given_up_by_both, set_up_scaled,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nine_minutes_stopped_are_survived, set_up_scaled,
                                        tear_down),
        cmocka_unit_test_setup_teardown(eleven_minutes_stopped_are_the_end_for_the_viewer,
                                        set_up_scaled, tear_down),
        cmocka_unit_test_setup_teardown(eleven_minutes_stopped_are_the_end_for_the_agent,
                                        set_up_scaled, tear_down),
        cmocka_unit_test_setup_teardown(a_question_that_was_open_is_open_again, set_up_asking,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_pause_stays_a_pause, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_code_outlives_the_line_of_who_waits_with_it, NULL,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_killed_relay_that_starts_again_has_every_session_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_relay_that_is_told_to_stop_moves_its_sessions, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nine_fifty_comes_back, set_up_twenty, tear_down),
        cmocka_unit_test_setup_teardown(ten_ten_does_not, set_up_twenty, tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
