/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's window by keyboard only, on a real relay: what a rep types, and what the window and
 * its events say. The texts of the pages are tested where they are made; here, which page comes. */
#include "tests/support/folder.h"
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

static struct test_session session;

static int set_up(void **state)
{
    (void)state;
    memset(&session, 0, sizeof(session));
    test_session_start_relay(&session, NULL);
    session.rep = test_display_start("1280x800x24", NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(&session);
    return 0;
}

static void start_viewer(const char *relay, const char *const *extra, bool automation)
{
    const char *argv[24] = {"deskside-viewer", "--relay", relay, "--ca", session.ca};
    char home[300];
    snprintf(home, sizeof(home), "HOME=%s", session.folder);
    const char *env[] = {test_display_env(session.rep), home, "LC_ALL=C.UTF-8", NULL};
    size_t n = 5;
    for (; extra && *extra; extra++)
        argv[n++] = *extra;
    if (!automation) { /* events alone: a person sits before the window */
        argv[n++] = "--events";
        argv[n++] = "1";
    }
    session.viewer = test_process_start(
        argv, &(struct test_process_options){.automation = automation, .env = env});
}

static void rep(const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.rep, argv);
}

/* Waits until the window's name holds a word: its page is the one wanted. */
static void wait_title(const char *word)
{
    char script[300];
    snprintf(
        script, sizeof(script),
        "for i in $(seq 300); do xdotool search --onlyvisible --name '%s' windowfocus --sync && "
        "exit 0; done; exit 1",
        word);
    rep(script);
}

static void wait_text(const char *text)
{
    test_process_wait_output(session.viewer, text, TEST_WAIT_MS);
}

static void type_credentials(const char *email, const char *password)
{
    char script[400];
    snprintf(script, sizeof(script),
             "xdotool type --delay 5 '%s' && xdotool key Tab && xdotool type "
             "--delay 5 '%s' && xdotool key Return",
             email, password);
    rep(script);
}

static void a_rep_signs_in_and_draws_a_code_by_keyboard_only(void **state)
{
    (void)state;
    start_viewer(session.address, NULL, false);
    wait_title("Deskside");
    type_credentials("  Dana@ACME.example ", TEST_PASSWORD);
    wait_text("\"event\":\"connected\"");
    wait_title("Acme Support – Deskside"); /* signed in, nothing under way */
    rep("xdotool key Return");
    wait_title("Waiting for the customer");
    wait_text("\"state\":\"waiting\"");
    wait_text("\"event\":\"code\"");
}

static void a_wrong_password_leads_back_to_the_form_where_the_right_one_works(void **state)
{
    (void)state;
    start_viewer(session.address, NULL, false);
    wait_title("Deskside");
    type_credentials(TEST_EMAIL, "not the password");
    wait_text("Invalid password");
    assert_false(test_process_has_ended(session.viewer));
    /* the e-mail is kept and the empty password field has the keyboard */
    rep("xdotool type --delay 5 '" TEST_PASSWORD "' && xdotool key Return");
    wait_title("Acme Support – Deskside");
}

static void an_email_of_no_form_is_not_sent(void **state)
{
    (void)state;
    start_viewer(session.address, NULL, false);
    wait_title("Deskside");
    type_credentials("dana", TEST_PASSWORD);
    /* the form stays, the e-mail has the keyboard again: correcting it is enough */
    rep("xdotool key End && xdotool type --delay 5 '@acme.example' && xdotool key Return");
    wait_title("Acme Support – Deskside");
    assert_null(strstr(test_process_output(session.viewer), "\"event\":\"error\""));
}

static void a_disabled_account_is_told_so(void **state)
{
    (void)state;
    const char *disable[] = {"deskside-relay", "rep",        "disable", TEST_EMAIL,
                             "--data",         session.data, NULL};
    assert_int_equal(0, test_run(disable, NULL));
    const char *extra[] = {"--email", TEST_EMAIL, "--password-file", session.password_file, NULL};
    start_viewer(session.address, extra, true);
    test_process_wait_event(session.viewer, "error", "code", "account-not-activated", TEST_WAIT_MS);
    assert_int_equal(3, test_process_wait_exit(session.viewer, 5000));
}

static void a_wrong_password_by_command_line_ends_with_code_three(void **state)
{
    (void)state;
    test_file_write(session.password_file, "some other password\n");
    const char *extra[] = {"--email", TEST_EMAIL, "--password-file", session.password_file, NULL};
    start_viewer(session.address, extra, true);
    test_process_wait_event(session.viewer, "error", "message", "Invalid password", TEST_WAIT_MS);
    assert_int_equal(3, test_process_wait_exit(session.viewer, 5000));
}

static void a_relay_that_is_not_there_ends_with_code_two(void **state)
{
    (void)state;
    char address[64];
    test_process_end(session.relay);
    session.relay = NULL;
    snprintf(address, sizeof(address), "localhost:%u", session.port);
    const char *extra[] = {"--email", TEST_EMAIL, "--password-file", session.password_file, NULL};
    start_viewer(address, extra, true);
    test_process_wait_event(session.viewer, "error", "message", "Cannot connect to server",
                            TEST_WAIT_MS);
    assert_int_equal(2, test_process_wait_exit(session.viewer, 5000));
}

static void a_relay_with_another_certificate_is_never_talked_to(void **state)
{
    (void)state;
    const char *extra[] = {"--email",
                           TEST_EMAIL,
                           "--password-file",
                           session.password_file,
                           "--ca",
                           "/etc/ssl/certs/ca-certificates.crt",
                           NULL};
    start_viewer(session.address, extra, true);
    test_process_wait_event(session.viewer, "error", "code", "untrusted-relay", TEST_WAIT_MS);
    assert_int_equal(2, test_process_wait_exit(session.viewer, 5000));
}

static void the_code_can_be_copied_and_given_up(void **state)
{
    (void)state;
    const char *extra[] = {"--email",       TEST_EMAIL, "--password-file", session.password_file,
                           "--new-session", NULL};
    start_viewer(session.address, extra, true);
    test_process_wait_event(session.viewer, "code", NULL, NULL, TEST_WAIT_MS);
    wait_title("Waiting for");
    rep("xdotool key Escape");
    json_t *event =
        test_process_wait_event(session.viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("closed", json_string_value(json_object_get(event, "reason")));
    assert_int_equal(0, test_process_wait_exit(session.viewer, 5000));
}

static void commands_that_make_no_sense_are_answered(void **state)
{
    (void)state;
    const char *extra[] = {"--email",       TEST_EMAIL, "--password-file", session.password_file,
                           "--new-session", NULL};
    start_viewer(session.address, extra, true);
    test_process_wait_event(session.viewer, "code", NULL, NULL, TEST_WAIT_MS);
    test_process_command(session.viewer, "{\"cmd\":\"pause\",\"tag\":\"a\"}");
    test_process_wait_event(session.viewer, "error", "tag", "a", TEST_WAIT_MS);
    test_process_command(session.viewer,
                         "{\"cmd\":\"pointer\",\"x\":1,\"y\":1,\"buttons\":0,\"tag\":\"b\"}");
    json_t *event = test_process_wait_event(session.viewer, "error", "tag", "b", TEST_WAIT_MS);
    assert_string_equal("no-right", json_string_value(json_object_get(event, "code")));
    test_process_command(session.viewer, "{\"cmd\":\"scale\",\"scale\":\"1:1\",\"tag\":\"c\"}");
    test_process_wait_event(session.viewer, "done", "tag", "c", TEST_WAIT_MS);
    test_process_command(session.viewer, "{\"cmd\":\"end\",\"tag\":\"d\"}");
    test_process_wait_event(session.viewer, "done", "tag", "d", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(session.viewer, 5000));
}

static void usage_is_refused_before_a_window_opens(void **state)
{
    (void)state;
    static const char *const wrong[][4] = {{"deskside-viewer", "--colour", NULL},
                                           {"deskside-viewer", "--take", "3", NULL},
                                           {"deskside-viewer", "--events", "77", NULL}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char *output;
        const char *argv[] = {"env", test_display_env(session.rep), NULL, NULL, NULL, NULL, NULL};
        char path[400];
        snprintf(path, sizeof(path), "%s/deskside-viewer", getenv("DESKSIDE_BIN"));
        argv[2] = path;
        argv[3] = wrong[i][1];
        argv[4] = wrong[i][2];
        assert_int_equal(1, test_run(argv, &output));
        assert_non_null(strstr(output, "deskside-viewer: "));
        free(output);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rep_signs_in_and_draws_a_code_by_keyboard_only),
        TEST(a_wrong_password_leads_back_to_the_form_where_the_right_one_works),
        TEST(an_email_of_no_form_is_not_sent),
        TEST(a_disabled_account_is_told_so),
        TEST(a_wrong_password_by_command_line_ends_with_code_three),
        TEST(a_relay_that_is_not_there_ends_with_code_two),
        TEST(a_relay_with_another_certificate_is_never_talked_to),
        TEST(the_code_can_be_copied_and_given_up),
        TEST(commands_that_make_no_sense_are_answered),
        TEST(usage_is_refused_before_a_window_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
