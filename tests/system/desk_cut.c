/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clipboard and drawings over lines that are cut: nothing twice, nothing lost, newest first. */
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

static struct test_session s;
static struct test_breaker *rep_line, *customer_line;
static struct test_process *owners[64]; /* programs that hold a clipboard */
static size_t owner_count;

static int set_up(void **state)
{
    (void)state;
    static const char *const viewer[] = {
        "--geometry", "640x480+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    test_session_start_relay(&s, NULL);
    rep_line = test_breaker_start(s.port);
    customer_line = test_breaker_start(s.port);
    test_session_start_displays(&s, "640x480x24", "640x480x24");
    snprintf(s.address, sizeof(s.address), "localhost:%u", test_breaker_port(rep_line));
    test_session_start_viewer(&s, viewer);
    snprintf(s.address, sizeof(s.address), "localhost:%u", test_breaker_port(customer_line));
    test_session_start_agent(&s, "look,control,point,clipboard", NULL);
    test_session_verify(&s);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    while (owner_count > 0)
        test_process_end(owners[--owner_count]);
    test_breaker_end(rep_line);
    test_breaker_end(customer_line);
    test_session_end(&s);
    return 0;
}

static void go_away(void)
{
    test_breaker_refuse(rep_line, true);
    test_breaker_refuse(customer_line, true);
    test_breaker_cut(rep_line);
    test_breaker_cut(customer_line);
    test_process_wait_event(s.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_process_wait_event(s.agent, "state", "state", "reconnecting", TEST_WAIT_MS);
}

static void come_back(void)
{
    test_breaker_refuse(rep_line, false);
    test_breaker_refuse(customer_line, false);
}

static void wait_active(struct test_process *end)
{
    test_process_wait_event(end, "state", "state", "active", TEST_WAIT_MS);
}

/* ---- clipboard ---- */

static void copy(const struct test_display *display, const char *text)
{
    static const char *const argv[] = {"xclip", "-quiet", "-selection", "clipboard", "-in", NULL};
    const char *const env[] = {test_display_env(display), NULL};
    assert_true(owner_count < 64);
    owners[owner_count++] =
        test_process_start(argv, &(struct test_process_options){.env = env, .stdin_text = text});
}

static char *paste(const struct test_display *display)
{
    const char *argv[] = {
        "env", test_display_env(display), "xclip", "-selection", "clipboard", "-out", NULL};
    char *text = NULL;
    return test_run(argv, &text) == 0 ? text : (free(text), strdup(""));
}

static void expect_pasted(const struct test_display *display, const char *want)
{
    char *text = paste(display);
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (strcmp(text, want) != 0) {
        if (ds_clock_now() > deadline)
            fail_msg("pasted: %.60s; wanted: %.60s", text, want);
        free(text);
        text = paste(display);
    }
    free(text);
}

static void wait_offered(struct test_process *end, const char *direction)
{
    json_t *event = test_process_wait_event(end, "clipboard", "state", "offered", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "direction")), direction);
}

static void of_what_is_copied_while_away_the_newest_arrives(void **state)
{
    (void)state;
    char text[32];
    copy(s.rep, "before");
    wait_offered(s.agent, "to-customer");
    go_away();
    for (int i = 1; i <= 10; i++) {
        snprintf(text, sizeof(text), "%.*s%d", i, "..........", i);
        copy(s.rep, text);
        expect_pasted(s.rep, text);
    }
    come_back();
    wait_active(s.agent);
    expect_pasted(s.customer, text);
    /* the first of them may have been in the ledger already; no other one was offered */
    unsigned offers = 0;
    json_t *event;
    do
        event = test_process_wait_event(s.agent, "clipboard", NULL, NULL, TEST_WAIT_MS);
    while (strcmp(json_string_value(json_object_get(event, "state")), "done") != 0 && ++offers < 9);
    assert_in_range(offers, 1, 2);
    copy(s.customer, "and back");
    do
        event = test_process_wait_event(s.viewer, "clipboard", "state", "offered", TEST_WAIT_MS);
    while (strcmp(json_string_value(json_object_get(event, "direction")), "to-rep") != 0);
    expect_pasted(s.rep, "and back");
}

/* What is under way when the line falls goes on afterwards, and the program that pastes gets all of
 * it once. */
static void a_paste_goes_on_after_a_cut(void **state)
{
    (void)state;
    char command[900];
    snprintf(command, sizeof(command),
             "seq -w 1 6000000 >'%s/long' && cd '%s' && %s exec xclip "
             "-quiet -selection clipboard -in long",
             s.folder, s.folder, test_display_env(s.customer));
    const char *const holding[] = {"sh", "-c", command, NULL};
    owners[owner_count++] =
        test_process_start(holding, &(struct test_process_options){.stdin_text = ""});
    wait_offered(s.viewer, "to-rep");
    snprintf(command, sizeof(command),
             "cd '%s' && %s xclip -selection clipboard -out >pasted && cmp long pasted", s.folder,
             test_display_env(s.rep));
    const char *const pasting[] = {"sh", "-c", command, NULL};
    json_t *stats = test_process_wait_event(s.viewer, "stats", NULL, NULL, TEST_WAIT_MS);
    json_int_t before = json_integer_value(json_object_get(stats, "bytes_in")), now;
    struct test_process *xclip = test_process_start(pasting, &(struct test_process_options){0});
    do { /* until some of it has come */
        stats = test_process_wait_event(s.viewer, "stats", NULL, NULL, TEST_WAIT_MS);
        now = json_integer_value(json_object_get(stats, "bytes_in"));
    } while (now < before + 500000);
    assert_false(test_process_has_ended(xclip));
    test_breaker_cut(rep_line);
    test_breaker_cut(customer_line);
    test_process_wait_event(s.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    assert_int_equal(test_process_wait_exit(xclip, 2 * TEST_WAIT_MS), 0);
    test_process_end(xclip);
}

/* ---- drawings ---- */

static uint32_t pixel(const struct test_display *display, int x, int y)
{
    uint32_t *grabbed = test_display_grab(display, x, y, 1, 1);
    uint32_t value = *grabbed;
    free(grabbed);
    return value;
}

static void wait_pixel(const struct test_display *display, int x, int y, uint32_t color)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (pixel(display, x, y) != color) {
        if (ds_clock_now() > deadline)
            fail_msg("at %d,%d is %06x", x, y, pixel(display, x, y));
        poll(NULL, 0, 20);
    }
}

static void wait_count(struct test_process *end, int count)
{
    json_t *event = test_process_wait_event(end, "note", NULL, NULL, TEST_WAIT_MS);
    assert_int_equal(json_integer_value(json_object_get(event, "count")), count);
}

static void say_line(int i)
{
    char command[200];
    snprintf(command, sizeof(command),
             "{\"cmd\":\"note\",\"tool\":\"arrow\",\"points\":[[50,%d],[250,%d]]}", 100 + 20 * i,
             100 + 20 * i);
    test_process_command(s.viewer, command);
}

/* A page of the agent asks meanwhile whether to wait, and nothing lies over a question. Nothing
 * else happens that could bring them back. */
static void drawings_come_back_into_sight_with_the_line(void **state)
{
    (void)state;
    say_line(0);
    wait_count(s.agent, 1);
    wait_pixel(s.customer, 150, 100, RED);
    go_away();
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (pixel(s.customer, 150, 100) == RED) {
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 20);
    }
    come_back();
    wait_active(s.agent);
    wait_active(s.viewer);
    wait_pixel(s.customer, 150, 100, RED);
    test_session_wait_equal(&s, 0, 0, 640, 480, TEST_WAIT_MS);
}

static void drawings_stay_and_those_made_while_away_come(void **state)
{
    (void)state;
    say_line(0);
    wait_count(s.agent, 1);
    wait_pixel(s.customer, 150, 100, RED);
    go_away(); /* out of sight while the customer is asked whether to wait */
    for (int i = 1; i <= 5; i++)
        say_line(i);
    test_process_command(s.viewer, "{\"cmd\":\"undo-note\"}");
    for (int i = 2; i <= 6; i++)
        wait_count(s.viewer, i);
    wait_count(s.viewer, 5);
    come_back();
    wait_active(s.agent);
    for (int i = 2; i <= 6; i++)
        wait_count(s.agent, i);
    wait_count(s.agent, 5);
    wait_pixel(s.customer, 150, 100, RED);
    wait_pixel(s.customer, 150, 180, RED);
    wait_active(s.viewer);
    test_session_wait_equal(&s, 0, 0, 640, 480, TEST_WAIT_MS);
}

static void the_customer_erases_while_away(void **state)
{
    (void)state;
    say_line(0);
    wait_count(s.agent, 1);
    wait_count(s.viewer, 1);
    go_away();
    test_process_command(s.agent, "{\"cmd\":\"erase-notes\"}");
    wait_count(s.agent, 0);
    come_back();
    wait_count(s.viewer, 0);
    test_session_wait_equal(&s, 0, 0, 640, 480, TEST_WAIT_MS);
}

static void over_many_cuts_each_drawing_comes_once_and_in_order(void **state)
{
    (void)state;
    for (int i = 1; i <= 60; i++) {
        say_line(i % 16);
        if (i % 6 == 0)
            test_breaker_cut(i % 12 ? rep_line : customer_line);
        if (i % 5 == 0)
            wait_count(s.agent, i / 5 * 5 - 4); /* goes on while the rest is under way */
        for (int k = 3; i % 5 == 0 && k >= 0; k--)
            wait_count(s.agent, i - k);
    }
    test_process_command(s.viewer, "{\"cmd\":\"erase-notes\"}");
    wait_count(s.agent, 0);
    test_session_wait_equal(&s, 0, 0, 640, 480, TEST_WAIT_MS);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(of_what_is_copied_while_away_the_newest_arrives),
        CASE(drawings_come_back_into_sight_with_the_line),
        CASE(a_paste_goes_on_after_a_cut),
        CASE(drawings_stay_and_those_made_while_away_come),
        CASE(the_customer_erases_while_away),
        CASE(over_many_cuts_each_drawing_comes_once_and_in_order),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
