/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The customer's way through a session with the real programs: every page answered by their own
 * hand, and what the rep's side makes of it. */
#include "tests/support/customer.h"
#include "tests/support/folder.h"

#include "common/base/clock.h"
#include "common/ui/theme.h"

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

#define KEYS(...) ((const char *const[]){"key", __VA_ARGS__, NULL})
#define EXIT_MS 10000

static struct test_customer c;
static struct test_session *const s = &c.session;

static int set_up(void **state)
{
    (void)state;
    test_customer_start(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_customer_end(&c);
    return 0;
}

static int end_programs(void **state)
{
    (void)state;
    test_customer_end_programs(&c);
    if (!s->relay)
        test_session_serve(s);
    return 0;
}

/* ---- what several cases do ---- */

static void to_warning(void)
{
    test_customer_start_viewer(&c);
    test_customer_start_agent(&c, NULL);
    test_customer_type_code(&c);
}

static void to_consent(const char *const *env)
{
    test_customer_start_viewer(&c);
    test_customer_start_agent(&c, env);
    test_customer_type_code(&c);
    test_customer_go_on(&c);
    test_customer_prove(&c);
}

/* The last page says how it was; the person closes it. */
static void close_last_page(int exit_code)
{
    test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    assert_false(test_process_has_ended(s->agent));
    test_customer_read();
    test_customer_key(&c, "Return");
    assert_int_equal(exit_code, test_process_wait_exit(s->agent, EXIT_MS));
}

static void expect_refused(void)
{
    json_t *event = test_process_wait_event(s->viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("refused", json_string_value(json_object_get(event, "reason")));
    assert_int_equal(3, test_process_wait_exit(s->viewer, EXIT_MS));
    close_last_page(3);
}

/* Repeats the command until the customer is asked: an earlier no holds for a while. */
static void ask_until_asked(const char *command, const char *answer)
{
    struct test_window page;
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    do {
        test_process_command(s->viewer, command);
        test_process_poll_event(s->viewer, answer, NULL, NULL, 200);
        if (ds_clock_now() > deadline)
            fail_msg("the customer is not asked again");
    } while (!test_customer_find(&c, TEST_WINDOW_PAGE, &page));
    test_customer_read();
}

static void request_control(void)
{
    ask_until_asked("{\"cmd\":\"request\",\"right\":\"control\"}", "right");
}

/* Right after a no: the answer comes at once, says how long to wait, and nobody is asked. */
static void expect_hold(void)
{
    struct test_window page;
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    test_process_command(s->viewer, "{\"cmd\":\"request\",\"right\":\"control\"}");
    json_t *event = test_process_wait_event(s->viewer, "right", "right", "control", TEST_WAIT_MS);
    assert_true(json_is_false(json_object_get(event, "granted")));
    assert_true(json_integer_value(json_object_get(event, "wait_s")) >= 1);
    assert_false(test_customer_find(&c, TEST_WINDOW_PAGE, &page));
}

static void expect_right(const char *right, bool granted)
{
    json_t *event = test_process_wait_event(s->viewer, "right", "right", right, TEST_WAIT_MS);
    assert_int_equal(granted, json_is_true(json_object_get(event, "granted")));
}

/* ---- no, in every way ---- */

static void enter_on_the_warning_stops(void **state)
{
    (void)state;
    to_warning();
    test_customer_shot(&c, "warning");
    test_customer_key(&c, "Return");
    expect_refused();
}

static void escape_on_the_warning_stops(void **state)
{
    (void)state;
    to_warning();
    test_customer_key(&c, "Escape");
    expect_refused();
}

static void closing_the_warning_stops(void **state)
{
    (void)state;
    to_warning();
    test_customer_key(&c, "alt+F4");
    expect_refused();
}

static void closing_the_number_stops(void **state)
{
    (void)state;
    to_warning();
    test_customer_go_on(&c);
    test_customer_shot(&c, "number");
    test_customer_key(&c, "alt+F4");
    expect_refused();
}

static void enter_on_the_question_of_consent_is_no(void **state)
{
    (void)state;
    to_consent(NULL);
    test_customer_shot(&c, "consent");
    test_customer_key(&c, "Return");
    expect_refused();
}

static void closing_the_question_of_consent_is_no(void **state)
{
    (void)state;
    to_consent(NULL);
    test_customer_key(&c, "alt+F4");
    expect_refused();
}

static void no_answer_in_time_is_no(void **state)
{
    (void)state;
    to_consent((const char *const[]){"DESKSIDE_TIME_SCALE=60", NULL});
    expect_refused();
}

/* ---- yes, step by step ---- */

static void looking_is_looking_only_and_control_is_asked_for(void **state)
{
    struct test_window page;
    (void)state;
    to_consent((const char *const[]){"DESKSIDE_TIME_SCALE=20", NULL});
    test_customer_agree(&c, false);
    test_customer_wait_pixel(&c, 0, 400, ds_theme_color(false, DS_COLOR_SEEN));
    test_process_command(s->viewer,
                         "{\"cmd\":\"key\",\"keysym\":\"a\",\"down\":true,\"tag\":\"k\"}");
    test_process_wait_event(s->viewer, "error", "code", "no-right", TEST_WAIT_MS);

    request_control();
    test_customer_shot(&c, "ask-control");
    test_customer_key(&c, "Return");
    expect_right("control", false);
    expect_hold();

    request_control();
    test_customer_key(&c, "alt+F4");
    expect_right("control", false);
    expect_hold();

    request_control(); /* and nobody answers */
    expect_right("control", false);
    expect_hold();
    test_customer_wait_pixel(&c, 0, 400, ds_theme_color(false, DS_COLOR_SEEN));

    request_control();
    test_customer_find(&c, TEST_WINDOW_PAGE, &page);
    test_customer_click(&c, page.x + page.width / 4, page.y + page.height - 54);
    expect_right("control", true);
    test_customer_wait_pixel(&c, 0, 400, ds_theme_color(false, DS_COLOR_CONTROLLED));
}

static void click_bar(int from_right)
{
    struct test_window bar;
    test_customer_wait_window(&c, TEST_WINDOW_BAR, &bar);
    test_customer_click(&c, bar.x + bar.width - from_right, bar.y + bar.height / 2);
}

static void pause_and_end_are_on_the_bar(void **state)
{
    struct test_window page;
    (void)state;
    to_consent((const char *const[]){"DESKSIDE_TIME_SCALE=20", NULL});
    test_customer_agree(&c, true);
    test_customer_shot(&c, "bar");
    click_bar(80); /* Pause */
    test_process_wait_event(s->viewer, "state", "state", "paused", TEST_WAIT_MS);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page); /* what the pause means */
    test_customer_shot(&c, "paused");
    test_customer_key(&c, "Return");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);

    /* The rep asks to go on; no is the answer that needs nothing. */
    test_process_command(s->viewer, "{\"cmd\":\"resume\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_shot(&c, "ask-resume");
    test_customer_key(&c, "Return");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    ask_until_asked("{\"cmd\":\"resume\"}", "stats");
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    test_process_wait_event(s->viewer, "state", "state", "active", TEST_WAIT_MS);

    /* By the key, and the rep may go on without a question: nobody else does. */
    test_customer_key(&c, "Pause");
    test_process_wait_event(s->viewer, "state", "state", "paused", TEST_WAIT_MS);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_key(&c, "Escape");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    click_bar(80); /* Go on... */
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    test_customer_shot(&c, "paused-allowed");
    test_customer_key(&c, "Escape");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    test_customer_shot(&c, "bar-paused");
    assert_null(test_process_poll_event(s->viewer, "state", "state", "active", 300));
    test_process_command(s->viewer, "{\"cmd\":\"resume\"}");
    test_process_wait_event(s->viewer, "state", "state", "active", TEST_WAIT_MS);
    assert_false(test_customer_find(&c, TEST_WINDOW_PAGE, &page));

    click_bar(20); /* End */
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_shot(&c, "ask-end");
    test_customer_key(&c, "Return"); /* Stay */
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    test_customer_hand(&c, KEYS("shift+Pause")); /* the keyboard comes to the bar */
    test_customer_wait_bar_keys(&c);
    test_customer_shot(&c, "bar-focus");
    test_customer_hand(&c, KEYS("Tab", "space"));
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_key(&c, "alt+F4");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    click_bar(20);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    test_process_wait_event(s->viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(s->viewer, EXIT_MS));
}

static void expect_in_record(char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strstr(text, *words))
            fail_msg("no \"%s\" in the record: %s", *words, text);
    assert_null(strstr(text, s->number));
    free(text);
}

/* Presses [Save this record] on the last page and reads the file. */
static char *save_record(void)
{
    char command[800], *text;
    test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    snprintf(command, sizeof(command),
             "for i in $(seq 200); do cat '%s'/Deskside*.txt 2>/dev/null && break; sleep 0.05; "
             "done; rm '%s'/Deskside*.txt",
             s->folder, s->folder);
    assert_int_equal(0, test_run((const char *const[]){"sh", "-c", command, NULL}, &text));
    return text;
}

static void the_record_can_be_saved_afterwards(void **state)
{
    (void)state;
    test_customer_connect(&c, true);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    char *text = save_record();
    test_customer_shot(&c, "ended");
    expect_in_record(text, (const char *const[]){"Acme Support", "Dana R.", "localhost",
                                                 "saw your screen", NULL});
    test_customer_key(&c, "alt+F4");
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
}

/* The helper as it was downloaded: a copy, run from the person's own folder. */
static void the_program_removes_itself_when_asked(void **state)
{
    char copy[300], ways[340];
    (void)state;
    snprintf(copy, sizeof(copy), "%s/helper", s->folder);
    snprintf(ways, sizeof(ways), "%s/state/deskside/ways", s->folder);
    assert_int_equal(
        0, test_run((const char *const[]){"sh", "-c", "cp \"$DESKSIDE_BIN/deskside-agent\" \"$0\"",
                                          copy, NULL},
                    NULL));
    c.program = copy;
    test_customer_connect(&c, false);
    c.program = NULL;
    assert_int_equal(0, access(ways, F_OK));
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    test_customer_shot(&c, "ended-removable");
    test_customer_read();
    test_customer_hand(&c, KEYS("Tab", "space"));
    test_customer_shot(&c, "removing");
    test_customer_read();
    test_customer_key(&c, "Return"); /* Keep */
    test_customer_read();
    assert_int_equal(0, access(copy, F_OK));
    test_customer_hand(&c, KEYS("Tab", "space"));
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (access(copy, F_OK) == 0 || access(ways, F_OK) == 0) {
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 20);
    }
    test_customer_shot(&c, "removed");
    assert_false(test_process_has_ended(s->agent));
    test_customer_read();
    test_customer_key(&c, "Escape");
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
}

static void the_same_in_french(void **state)
{
    struct test_window page;
    static const char *const french[] = {"LC_ALL=", "LANG=fr_FR.UTF-8", "DESKSIDE_THEME=dark",
                                         NULL};
    (void)state;
    test_customer_start_viewer(&c);
    test_customer_start_agent(&c, french);
    test_customer_shot(&c, "fr-code");
    test_customer_type_code(&c);
    test_customer_shot(&c, "fr-warning");
    test_customer_go_on(&c);
    test_customer_shot(&c, "fr-number");
    test_customer_prove(&c);
    test_customer_shot(&c, "fr-consent");
    test_customer_agree(&c, false);
    request_control();
    test_customer_shot(&c, "fr-ask-control");
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    expect_right("control", true);
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    test_customer_shot(&c, "fr-bar");
    test_process_command(s->viewer, "{\"cmd\":\"pause\"}");
    test_process_wait_event(s->viewer, "state", "state", "paused", TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"resume\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_shot(&c, "fr-ask-resume");
    test_customer_key(&c, "Escape");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    click_bar(20);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_shot(&c, "fr-ask-end");
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    char *text = save_record();
    test_customer_shot(&c, "fr-ended");
    expect_in_record(text, (const char *const[]){"Session termin\xc3\xa9", "Dana R.", NULL});
    test_customer_key(&c, "Escape");
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
}

/* ---- what goes wrong ---- */

static void three_wrong_numbers_are_told_on_both_sides(void **state)
{
    (void)state;
    to_warning();
    test_customer_go_on(&c);
    s->number[0] = s->number[0] == '9' ? '0' : (char)(s->number[0] + 1);
    for (int i = 0; i < 3; i++) {
        char command[80];
        snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
                 s->number);
        test_process_command(s->viewer, command);
        if (i < 2)
            test_process_wait_event(s->viewer, "error", "code", "wrong-number", TEST_WAIT_MS);
        if (i == 1)
            test_customer_shot(&c, "number-wrong");
    }
    json_t *event = test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("three wrong security numbers",
                        json_string_value(json_object_get(event, "reason")));
    assert_int_equal(3, test_process_wait_exit(s->viewer, EXIT_MS));
    test_customer_shot(&c, "ended-number");
    test_customer_read();
    test_customer_key(&c, "Return");
    assert_int_equal(3, test_process_wait_exit(s->agent, EXIT_MS));
}

static void type_any_code(const char *code)
{
    test_customer_hand(&c, (const char *const[]){"key", "ctrl+a", NULL});
    test_customer_hand(&c, (const char *const[]){"type", code, NULL});
    test_customer_key(&c, "Return");
}

static void stop_relay(void)
{
    kill(test_process_pid(s->relay), SIGKILL);
    test_process_end(s->relay);
    s->relay = NULL;
}

static void a_wrong_code_and_a_relay_that_is_away_can_be_tried_again(void **state)
{
    (void)state;
    test_customer_start_viewer(&c);
    test_customer_start_agent(&c, NULL);
    type_any_code("000000000");
    json_t *event = test_process_wait_event(s->agent, "error", "code", "wrong-code", TEST_WAIT_MS);
    assert_non_null(
        strstr(json_string_value(json_object_get(event, "message")), "This code is not right"));
    test_customer_shot(&c, "code-wrong");
    test_process_end(s->viewer);
    s->viewer = NULL;
    stop_relay();
    type_any_code("123456789");
    event = test_process_wait_event(s->agent, "error", "code", "unreachable", TEST_WAIT_MS);
    test_customer_shot(&c, "code-unreachable");
    test_session_serve(s);
    test_customer_start_viewer(&c);
    type_any_code(s->code);
    test_process_wait_event(s->agent, "state", "state", "asking", TEST_WAIT_MS);
    test_customer_key(&c, "Escape");
    expect_refused();
}

static void closing_the_page_of_the_code_ends_the_program(void **state)
{
    (void)state;
    test_customer_start_agent(&c, NULL);
    test_customer_shot(&c, "code");
    test_customer_key(&c, "alt+F4");
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
}

/* A relay that says nothing: stopped in the middle. */
static void closing_while_it_connects_goes_back_to_the_code(void **state)
{
    (void)state;
    test_customer_start_viewer(&c);
    kill(test_process_pid(s->relay), SIGSTOP);
    test_customer_start_agent(&c, NULL);
    type_any_code(s->code);
    test_customer_shot(&c, "connecting");
    test_customer_read();
    test_customer_key(&c, "alt+F4");
    test_customer_read();
    kill(test_process_pid(s->relay), SIGCONT);
    type_any_code(s->code);
    test_process_wait_event(s->agent, "state", "state", "asking", TEST_WAIT_MS);
    test_customer_key(&c, "Escape");
    expect_refused();
}

static void wait_reconnecting(void)
{
    test_process_wait_event(s->agent, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_process_wait_event(s->viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_customer_shot(&c, "reconnecting");
    test_customer_read();
}

/* The question "End the session?" or the page that waits: Tab leads from the safe answer to the
 * end.
 */
static void end_by_keys(void)
{
    test_customer_key(&c, "Tab");
    test_customer_key(&c, "Return");
    test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    test_customer_shot(&c, "ended-while-away");
    test_customer_read();
    test_customer_key(&c, "Return");
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
}

/* Both wait and say so; the customer does not want to. */
static void expect_waiting(void)
{
    wait_reconnecting();
    end_by_keys();
}

static void a_killed_relay_is_told_on_the_warning(void **state)
{
    (void)state;
    to_warning();
    stop_relay();
    expect_waiting();
}

static void a_killed_relay_is_told_on_the_number(void **state)
{
    (void)state;
    to_warning();
    test_customer_go_on(&c);
    stop_relay();
    expect_waiting();
}

static void a_killed_relay_is_told_on_the_question(void **state)
{
    (void)state;
    to_consent(NULL);
    stop_relay();
    expect_waiting();
}

static void a_killed_relay_is_told_while_the_screen_is_seen(void **state)
{
    (void)state;
    test_customer_connect(&c, false);
    stop_relay();
    wait_reconnecting(); /* in the bar */
    struct test_window page;
    click_bar(20);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    end_by_keys();
}

#define TEST(name) cmocka_unit_test_teardown(name, end_programs)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(enter_on_the_warning_stops),
        TEST(escape_on_the_warning_stops),
        TEST(closing_the_warning_stops),
        TEST(closing_the_number_stops),
        TEST(enter_on_the_question_of_consent_is_no),
        TEST(closing_the_question_of_consent_is_no),
        TEST(no_answer_in_time_is_no),
        TEST(looking_is_looking_only_and_control_is_asked_for),
        TEST(pause_and_end_are_on_the_bar),
        TEST(the_record_can_be_saved_afterwards),
        TEST(the_program_removes_itself_when_asked),
        TEST(the_same_in_french),
        TEST(three_wrong_numbers_are_told_on_both_sides),
        TEST(a_wrong_code_and_a_relay_that_is_away_can_be_tried_again),
        TEST(closing_the_page_of_the_code_ends_the_program),
        TEST(closing_while_it_connects_goes_back_to_the_code),
        TEST(a_killed_relay_is_told_on_the_warning),
        TEST(a_killed_relay_is_told_on_the_number),
        TEST(a_killed_relay_is_told_on_the_question),
        TEST(a_killed_relay_is_told_while_the_screen_is_seen),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
