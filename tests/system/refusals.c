/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong between real programs: every case ends in a plain sentence and the exit code of
 * DESIGN section 7, and nothing else dies. */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_session session;
static const char *const quick[] = {"DESKSIDE_TIME_SCALE=300", NULL}; /* a code lives 3 s */

static int set_up(void **state)
{
    session.env = *state;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1024x768x24", "1024x768x24");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(&session);
    return 0;
}

static void expect_agent_refused(void)
{
    json_t *event =
        test_process_wait_event(session.agent, "error", "code", "wrong-code", TEST_WAIT_MS);
    assert_non_null(
        strstr(json_string_value(json_object_get(event, "message")), "This code is not right"));
    assert_int_equal(3, test_process_wait_exit(session.agent, 10000));
}

static void a_wrong_code_is_said_and_the_viewer_goes_on_waiting(void **state)
{
    (void)state;
    test_session_start_viewer(&session, NULL);
    session.code[4] = session.code[4] == '0' ? '1' : '0';
    test_session_start_agent(&session, "look", NULL);
    expect_agent_refused();
    assert_false(test_process_has_ended(session.viewer));
}

static void a_used_code_is_as_wrong_as_any(void **state)
{
    (void)state;
    test_session_start_viewer(&session, NULL);
    test_session_start_agent(&session, "look,control", NULL);
    test_session_verify(&session);
    struct test_process *first = session.agent;
    test_session_start_agent(&session, "look,control", NULL);
    expect_agent_refused();
    test_process_end(session.agent);
    session.agent = first;
    assert_false(test_process_has_ended(session.agent));
    assert_false(test_process_has_ended(session.viewer));
}

static void an_expired_code_is_as_wrong_as_any(void **state)
{
    (void)state;
    test_session_start_viewer(&session, NULL);
    test_process_wait_event(session.viewer, "state", "state", "ended", TEST_WAIT_MS);
    test_session_start_agent(&session, "look", NULL);
    expect_agent_refused();
    assert_int_equal(3, test_process_wait_exit(session.viewer, 10000));
}

static void say_wrong_number(void)
{
    char command[80];
    session.number[2] = session.number[2] == '9' ? '0' : (char)(session.number[2] + 1);
    snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             session.number);
    test_process_command(session.viewer, command);
}

static void read_number(void)
{
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    snprintf(session.number, sizeof(session.number), "%s",
             json_string_value(json_object_get(event, "number")));
}

static void one_wrong_number_leaves_two_tries(void **state)
{
    (void)state;
    char right[8], command[80];
    test_session_start_viewer(&session, NULL);
    test_session_start_agent(&session, "look,control", NULL);
    read_number();
    memcpy(right, session.number, sizeof(session.number));
    say_wrong_number();
    test_process_wait_event(session.viewer, "error", "code", "wrong-number", TEST_WAIT_MS);
    snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}", right);
    test_process_command(session.viewer, command);
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

static void three_wrong_numbers_end_the_session_on_both_sides(void **state)
{
    (void)state;
    test_session_start_viewer(&session, NULL);
    test_session_start_agent(&session, "look,control", NULL);
    read_number();
    for (int i = 0; i < 2; i++) {
        say_wrong_number();
        test_process_wait_event(session.viewer, "error", "code", "wrong-number", TEST_WAIT_MS);
    }
    say_wrong_number();
    test_process_wait_event(session.viewer, "state", "state", "ended", TEST_WAIT_MS);
    test_process_wait_event(session.agent, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(3, test_process_wait_exit(session.agent, 10000));
    assert_int_equal(3, test_process_wait_exit(session.viewer, 10000));
}

static void a_certificate_that_is_not_trusted_ends_it(void **state)
{
    (void)state;
    const char *argv[] = {"deskside-agent", "--relay",  session.address, "--code",
                          "123456789",      "--accept", "look",          NULL};
    const char *env[] = {test_display_env(session.customer), NULL};
    session.agent =
        test_process_start(argv, &(struct test_process_options){.automation = true, .env = env});
    test_process_wait_event(session.agent, "error", "code", "untrusted", TEST_WAIT_MS);
    assert_int_equal(2, test_process_wait_exit(session.agent, 10000));
}

static void a_relay_of_another_name_ends_it(void **state)
{
    (void)state;
    char address[64];
    snprintf(address, sizeof(address), "127.0.0.1:%u",
             session.port); /* the certificate says localhost */
    const char *argv[] = {"deskside-agent", "--relay",   address,    "--ca", session.ca,
                          "--code",         "123456789", "--accept", "look", NULL};
    const char *env[] = {test_display_env(session.customer), NULL};
    session.agent =
        test_process_start(argv, &(struct test_process_options){.automation = true, .env = env});
    test_process_wait_event(session.agent, "error", "code", "untrusted", TEST_WAIT_MS);
    assert_int_equal(2, test_process_wait_exit(session.agent, 10000));
}

static void nobody_listening_is_unreachable(void **state)
{
    (void)state;
    test_session_start_viewer(&session, NULL);
    test_process_end(session.relay);
    session.relay = NULL;
    test_session_start_agent(&session, "look", NULL);
    test_process_wait_event(session.agent, "error", "code", "unreachable", TEST_WAIT_MS);
    assert_int_equal(2, test_process_wait_exit(session.agent, 30000));
}

static void a_wrong_password_and_a_disabled_account_are_said(void **state)
{
    (void)state;
    char wrong[320];
    snprintf(wrong, sizeof(wrong), "%s/wrong", session.folder);
    test_file_write(wrong, "not the right password\n");
    const char *argv[] = {
        "deskside-viewer", "--relay", session.address, "--ca", session.ca, "--email", TEST_EMAIL,
        "--password-file", wrong,     "--new-session", NULL};
    const char *env[] = {test_display_env(session.rep), NULL};
    session.viewer =
        test_process_start(argv, &(struct test_process_options){.automation = true, .env = env});
    json_t *event =
        test_process_wait_event(session.viewer, "error", "code", "invalid-password", TEST_WAIT_MS);
    assert_non_null(
        strstr(json_string_value(json_object_get(event, "message")), "Invalid password"));
    assert_int_equal(3, test_process_wait_exit(session.viewer, 10000));
    test_process_end(session.viewer);

    const char *disable[] = {"deskside-relay", "rep",        "disable", TEST_EMAIL,
                             "--data",         session.data, NULL};
    assert_int_equal(0, test_run(disable, NULL));
    argv[8] = session.password_file;
    session.viewer =
        test_process_start(argv, &(struct test_process_options){.automation = true, .env = env});
    event = test_process_wait_event(session.viewer, "error", "code", "account-not-activated",
                                    TEST_WAIT_MS);
    assert_non_null(
        strstr(json_string_value(json_object_get(event, "message")), "Account not activated"));
    assert_int_equal(3, test_process_wait_exit(session.viewer, 10000));
}

static void command_lines_that_make_no_sense_end_with_usage(void **state)
{
    (void)state;
    static const char *const lines[][8] = {
        {"deskside-agent", NULL},
        {"deskside-agent", "--relay", "a b", NULL},
        {"deskside-agent", "--relay", "localhost", "--code", "12345", NULL},
        {"deskside-agent", "--relay", "localhost", "--accept", "everything", NULL},
        {"deskside-agent", "--relay", "localhost", "--events", "x", NULL},
        {"deskside-agent", "--relay", "localhost", "--events", "987", NULL},
        {"deskside-agent", "--relay", "localhost", "more", NULL},
        {"deskside-agent", "--relay", "localhost", "--capture", "vnc", NULL},
        {"deskside-agent", "--nonsense", NULL},
        {"deskside-viewer", "--nonsense", NULL},
        {"deskside-viewer", "--relay", "localhost", "--geometry", "10", NULL},
        {"deskside-viewer", "--relay", "localhost", "--scale", "3", NULL},
        {"deskside-relay", NULL},
        {"deskside-relay", "serve", NULL},
        {"deskside-relay", "explode", "--data", "/nonexistent", NULL},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char *output;
        int code = test_run(lines[i], &output);
        if (code != 1 || strlen(output) < 10)
            fail_msg("%s %s: code %d, \"%s\"", lines[i][0], lines[i][1] ? lines[i][1] : "", code,
                     output);
        free(output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wrong_code_is_said_and_the_viewer_goes_on_waiting, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_used_code_is_as_wrong_as_any, set_up, tear_down),
        cmocka_unit_test_prestate_setup_teardown(an_expired_code_is_as_wrong_as_any, set_up,
                                                 tear_down, (void *)(uintptr_t)quick),
        cmocka_unit_test_setup_teardown(one_wrong_number_leaves_two_tries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(three_wrong_numbers_end_the_session_on_both_sides, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_certificate_that_is_not_trusted_ends_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_relay_of_another_name_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_listening_is_unreachable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_password_and_a_disabled_account_are_said, set_up,
                                        tear_down),
        cmocka_unit_test(command_lines_that_make_no_sense_end_with_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
