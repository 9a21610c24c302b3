/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's command line. */
#include "agent/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct agent_options o;

static enum agent_options_result parse(const char *const *args)
{
    char *argv[32] = {(char *)(uintptr_t) "deskside-agent"};
    int argc = 1;
    for (; *args; args++)
        argv[argc++] = (char *)(uintptr_t)*args;
    return agent_options_parse(&o, argc, argv);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})
#define WRONG(...) assert_int_equal(AGENT_OPTIONS_WRONG, PARSE(__VA_ARGS__))

static void every_option_is_taken(void **state)
{
    (void)state;
    assert_int_equal(AGENT_OPTIONS_RUN,
                     PARSE("--relay", "Desk.Example:443", "--code", "123456789", "--display", ":7",
                           "--capture", "x11", "--accept", "look,control", "--ca", "c.pem",
                           "--restart-command", "reboot-now", "--events", "1", "--commands=0"));
    assert_string_equal("desk.example", o.host);
    assert_int_equal(443, o.port);
    assert_string_equal("123456789", o.code);
    assert_string_equal(":7", o.display);
    assert_string_equal("look,control", o.accept);
    assert_string_equal("c.pem", o.ca_file);
    assert_string_equal("reboot-now", o.restart_command);
    assert_null(o.resume_file);
    assert_int_equal(1, o.events_fd);
    assert_int_equal(0, o.commands_fd);
}

static void a_relay_is_enough(void **state)
{
    (void)state;
    assert_int_equal(AGENT_OPTIONS_RUN, PARSE("--relay", "[2001:db8::1]:8200"));
    assert_string_equal("2001:db8::1", o.host);
    assert_int_equal(8200, o.port);
    assert_int_equal(AGENT_OPTIONS_RUN, PARSE("--relay", "desk.example"));
    assert_int_equal(0, o.port);
    assert_null(o.code);
    assert_null(o.display);
    assert_null(o.accept);
    assert_null(o.ca_file);
    assert_int_equal(-1, o.events_fd);
    assert_int_equal(-1, o.commands_fd);
}

static void a_resume_file_is_enough_too(void **state)
{
    (void)state;
    char command[AGENT_RESTART_COMMAND_MAX + 1];
    memset(command, 'x', sizeof(command));
    command[sizeof(command) - 1] = '\0';
    assert_int_equal(AGENT_OPTIONS_RUN, PARSE("--resume-file", "/s/resume", "--display", ":3"));
    assert_string_equal("/s/resume", o.resume_file);
    WRONG("--resume-file", "");
    WRONG("--relay", "h", "--restart-command", "");
    WRONG("--relay", "h", "--restart-command", command);
    command[sizeof(command) - 2] = '\0';
    assert_int_equal(AGENT_OPTIONS_RUN, PARSE("--relay", "h", "--restart-command", command));
    assert_null(o.resume_file);
}

static void codes_are_nine_digits(void **state)
{
    (void)state;
    WRONG("--relay", "h", "--code", "");
    WRONG("--relay", "h", "--code", "12345678");
    WRONG("--relay", "h", "--code", "1234567890");
    WRONG("--relay", "h", "--code", "12345678x");
    WRONG("--relay", "h", "--code", "123 456 789");
    WRONG("--relay", "h", "--code", "-12345678");
}

static void rights_are_named_as_they_are_called(void **state)
{
    (void)state;
    WRONG("--relay", "h", "--accept", "");
    WRONG("--relay", "h", "--accept", "everything");
    WRONG("--relay", "h", "--accept", "look,");
    WRONG("--relay", "h", "--accept", ",look");
    WRONG("--relay", "h", "--accept", "Look");
    WRONG("--relay", "h", "--accept", "look control");
    WRONG("--relay", "h", "--accept", "averyveryverylongnameofnothing");
    assert_int_equal(AGENT_OPTIONS_RUN,
                     PARSE("--relay", "h", "--accept", "point,clipboard,files,restart"));
}

static void relays_are_checked(void **state)
{
    char longest[400];
    (void)state;
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    WRONG("--relay", "");
    WRONG("--relay", "a b");
    WRONG("--relay", "h:0");
    WRONG("--relay", "h:65536");
    WRONG("--relay", "h:80x");
    WRONG("--relay", longest);
    WRONG("--code", "123456789"); /* and one is needed */
}

/* Whether they are open is looked at when they are used: system.refusals. */
static void descriptors_are_small_numbers(void **state)
{
    (void)state;
    WRONG("--relay", "h", "--events", "-1");
    WRONG("--relay", "h", "--events", "1x");
    WRONG("--relay", "h", "--events", "");
    WRONG("--relay", "h", "--events", "99999999999999999999");
}

static void what_is_unknown_or_too_much_is_said(void **state)
{
    (void)state;
    WRONG("--relay", "h", "more");
    WRONG("--relay", "h", "--nonsense");
    WRONG("--relay");
    WRONG("--relay", "h", "--capture", "vnc");
}

static void help_and_version_are_answers(void **state)
{
    (void)state;
    assert_int_equal(AGENT_OPTIONS_DONE, PARSE("--help"));
    assert_int_equal(AGENT_OPTIONS_DONE, PARSE("--version"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_taken),
        cmocka_unit_test(a_relay_is_enough),
        cmocka_unit_test(a_resume_file_is_enough_too),
        cmocka_unit_test(codes_are_nine_digits),
        cmocka_unit_test(rights_are_named_as_they_are_called),
        cmocka_unit_test(relays_are_checked),
        cmocka_unit_test(descriptors_are_small_numbers),
        cmocka_unit_test(what_is_unknown_or_too_much_is_said),
        cmocka_unit_test(help_and_version_are_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
