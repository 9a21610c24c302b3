/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One clipboard for two desks: real programs copy on one side and paste on the other, only while
 * the customer allows it. */
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

static struct test_session session;
static struct test_process *owners[8]; /* programs that hold a clipboard */
static size_t owner_count;

static void start(const char *accept)
{
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "800x600x24", "1024x768x24");
    static const char *const viewer[] = {
        "--geometry", "800x600+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    test_session_start_viewer(&session, viewer);
    test_session_start_agent(&session, accept, NULL);
    test_session_verify(&session);
}

static int tear_down(void **state)
{
    (void)state;
    while (owner_count > 0)
        test_process_end(owners[--owner_count]);
    test_session_end(&session);
    return 0;
}

static void copy(const struct test_display *display, const char *text)
{
    static const char *const argv[] = {"xclip", "-quiet", "-selection", "clipboard", "-in", NULL};
    const char *const env[] = {test_display_env(display), NULL};
    assert_true(owner_count < 8);
    owners[owner_count++] =
        test_process_start(argv, &(struct test_process_options){.env = env, .stdin_text = text});
}

/* What a program pastes; "" when there is nothing. Freed by the caller. */
static char *paste(const struct test_display *display)
{
    const char *shell[] = {
        "env", test_display_env(display), "xclip", "-selection", "clipboard", "-out", NULL};
    char *text = NULL;
    return test_run(shell, &text) == 0 ? text : (free(text), strdup(""));
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

static void wait_moved(struct test_process *end, const char *direction, size_t bytes)
{
    json_t *event = test_process_wait_event(end, "clipboard", "direction", direction, TEST_WAIT_MS);
    assert_int_equal(json_integer_value(json_object_get(event, "bytes")), bytes);
    assert_null(json_object_get(event, "text"));
}

static void texts_go_both_ways(void **state)
{
    (void)state;
    start("look,clipboard");
    copy(session.customer, "du client \xc3\xa0 vous");
    wait_moved(session.viewer, "to-rep", 17);
    wait_moved(session.agent, "to-rep", 17);
    expect_pasted(session.rep, "du client \xc3\xa0 vous");
    copy(session.rep, "from the rep");
    wait_moved(session.agent, "to-customer", 12);
    wait_moved(session.viewer, "to-customer", 12);
    expect_pasted(session.customer, "from the rep");
}

static void two_hundred_kilobytes_go_both_ways(void **state)
{
    (void)state;
    size_t len = 200 * 1024;
    char *text = malloc(len + 1);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + (i * 31 + i / 97) % 26);
    text[len] = '\0';
    start("look,clipboard");
    copy(session.customer, text);
    wait_moved(session.viewer, "to-rep", len);
    expect_pasted(session.rep, text);
    text[5] = '!';
    copy(session.rep, text);
    wait_moved(session.agent, "to-customer", len);
    expect_pasted(session.customer, text);
    free(text);
}

static void nothing_goes_before_the_customer_allows_it(void **state)
{
    (void)state;
    start("look,control");
    copy(session.customer, "private");
    copy(session.rep, "pushed");
    expect_pasted(session.customer, "private");
    expect_pasted(session.rep, "pushed");
    test_process_command(session.viewer, "{\"cmd\":\"request\",\"right\":\"clipboard\"}");
    json_t *event =
        test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    assert_true(json_is_false(json_object_get(event, "granted")));
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"clipboard\"}");
    test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    copy(session.rep, "allowed"); /* the first that moves: what was copied before stays */
    wait_moved(session.agent, "to-customer", 7);
    expect_pasted(session.customer, "allowed");
    expect_pasted(session.rep, "allowed");
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"clipboard\"}");
    test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    copy(session.customer, "after");
    copy(session.rep, "after too");
    expect_pasted(session.customer, "after");
    expect_pasted(session.rep, "after too");
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"clipboard\"}");
    test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    copy(session.customer, "again!");
    wait_moved(session.viewer, "to-rep", 6);
}

static void paused_nothing_goes(void **state)
{
    (void)state;
    start("look,clipboard");
    test_process_command(session.agent, "{\"cmd\":\"pause\"}");
    test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
    copy(session.customer, "while paused");
    expect_pasted(session.customer, "while paused");
    test_process_command(session.viewer, "{\"cmd\":\"resume\"}");
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
    copy(session.customer, "and after");
    wait_moved(session.viewer, "to-rep", 9);
    expect_pasted(session.rep, "and after");
}

static void too_long_is_said_where_it_was_copied(void **state)
{
    (void)state;
    size_t len = 256 * 1024 + 1;
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'x', len);
    text[len] = '\0';
    start("look,clipboard");
    copy(session.rep, text);
    test_process_wait_event(session.viewer, "error", "code", "clipboard-too-long", TEST_WAIT_MS);
    copy(session.customer, text);
    test_process_wait_event(session.agent, "error", "code", "clipboard-too-long", TEST_WAIT_MS);
    copy(session.rep, "short again");
    wait_moved(session.agent, "to-customer", 11);
    free(text);
}

/* A clipboard by the escape sequence that terminals know for it, and by the keys of one. */
static void a_terminal_copies_and_pastes(void **state)
{
    (void)state;
    static const char *const argv[] = {"xterm",
                                       "-xrm",
                                       "XTerm*disallowedWindowOps: ",
                                       "-e",
                                       "sh",
                                       "-c",
                                       "printf '\\033]52;c;aGVsbG8gdGVybWluYWw=\\007'; cat",
                                       NULL};
    const char *env[2] = {NULL, NULL};
    start("look,clipboard");
    env[0] = test_display_env(session.customer);
    owners[owner_count++] = test_process_start(argv, &(struct test_process_options){.env = env});
    wait_moved(session.viewer, "to-rep", 14);
    expect_pasted(session.rep, "hello terminal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(texts_go_both_ways, tear_down),
        cmocka_unit_test_teardown(two_hundred_kilobytes_go_both_ways, tear_down),
        cmocka_unit_test_teardown(nothing_goes_before_the_customer_allows_it, tear_down),
        cmocka_unit_test_teardown(paused_nothing_goes, tear_down),
        cmocka_unit_test_teardown(too_long_is_said_where_it_was_copied, tear_down),
        cmocka_unit_test_teardown(a_terminal_copies_and_pastes, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
