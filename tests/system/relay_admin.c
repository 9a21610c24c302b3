/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The administrator's side: set-up, commands beside a running relay and without one, bad settings,
 * ports that are taken, stopping, killing and starting again, many pairs at once. */
#include "common/base/clock.h"
#include "tests/support/folder.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct test_relay relay;

static int setup(void **state)
{
    (void)state;
    test_relay_make(&relay);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

/* Runs a command, expects this exit code and these words. */
static void expect(const char *const *words, int code, const char *part)
{
    char *output;
    int got = test_relay_command(&relay, words, &output);
    if (got != code || !strstr(output, part))
        fail_msg("%s: exit code %d and \"%s\" instead of %d and \"%s\"", words[0], got, output,
                 code, part);
    free(output);
}

static void expect_serve_fails(int code, const char *part)
{
    expect((const char *[]){"serve", NULL}, code, part);
}

static void init_makes_what_only_its_owner_can_read_and_never_twice(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        mode_t mode;
    } files[] = {{"key.pem", 0600},
                 {"audit.key", 0600},
                 {"relay.db", 0600},
                 {"cert.pem", 0644},
                 {"relay.conf", 0644}};
    struct stat about;
    char path[400];
    for (size_t i = 0; i < 5; i++) {
        snprintf(path, sizeof(path), "%s/%s", relay.data, files[i].name);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, files[i].mode);
    }
    expect((const char *[]){"init", "--host", "localhost", NULL}, 3, "is there already");
}

static void commands_answer_in_sentences(void **state)
{
    (void)state;
    char password[300];
    snprintf(password, sizeof(password), "%s/short", relay.folder);
    test_file_write(password, "too short\n");
    expect((const char *[]){"rep", "list", NULL}, 0, "dana@acme.example\tactive\tDana R.");
    expect((const char *[]){"rep", "add", "x@y", "--name", "X", "--password-file", password, NULL},
           1, "at least 12 characters");
    snprintf(password, sizeof(password), "%s/password", relay.folder);
    expect((const char *[]){"rep", "add", "DANA@acme.example", "--name", "X", "--password-file",
                            password, NULL},
           3, "There is already a rep dana@acme.example.");
    expect((const char *[]){"rep", "add", "dana", "--name", "X", "--password-file", password, NULL},
           1, "e-mail address");
    expect((const char *[]){"rep", "disable", "nobody@acme.example", NULL}, 3, "There is no rep");
    expect((const char *[]){"rep", "sing", NULL}, 1, "add, list, disable, enable or reset");
    expect((const char *[]){"--colour", "red", NULL}, 1, "no option --colour");
    expect((const char *[]){"status", NULL}, 0, "The relay is not running.");
    expect((const char *[]){"session", "end", "00", NULL}, 3, "not running");
    expect((const char *[]){"audit", "verify", NULL}, 0, "The audit log is whole: 2 lines.");
}

/* packaging/conf shows every setting as this program knows it. */
static void the_example_of_the_settings_is_what_init_writes(void **state)
{
    (void)state;
    char dir[320], path[400];
    size_t len;
    snprintf(dir, sizeof(dir), "%s/example", relay.folder);
    const char *argv[] = {"deskside-relay",    "init",  "--data",          dir, "--host",
                          "relay.example.com", "--org", "Example Support", NULL};
    assert_int_equal(test_run(argv, NULL), 0);
    snprintf(path, sizeof(path), "%s/relay.conf", dir);
    char *written = test_file_read(path, &len);
    snprintf(path, sizeof(path), "%s/packaging/conf/relay.conf.example", getenv("DESKSIDE_SOURCE"));
    char *example = test_file_read(path, &len);
    char *settings = strstr(example, "# Settings of");
    assert_non_null(settings);
    assert_string_equal(settings, written);
    free(written);
    free(example);
}

static void bad_settings_name_file_and_line(void **state)
{
    (void)state;
    char path[400];
    size_t len;
    snprintf(path, sizeof(path), "%s/relay.conf", relay.data);
    char *before = test_file_read(path, &len);
    test_file_write(path, "host = localhost\nports = 0\n\ncolour = red\n");
    expect_serve_fails(1, "relay.conf, line 4: there is no setting named \"colour\".");
    test_file_write(path, "host = localhost\nlegs_max = many\n");
    expect_serve_fails(1, "relay.conf, line 2: legs_max must be a number from 2 to 200000.");
    test_file_write(path, "host = localhost\nports = 0\nlegs_max = 200000\n");
    expect_serve_fails(5, "open files");
    test_file_write(path, before);
    free(before);
}

static void a_taken_port_is_named_with_the_remedy(void **state)
{
    (void)state;
    struct test_relay second;
    char line[64], *output;
    test_relay_start(&relay, NULL);
    test_relay_make(&second);
    char path[400];
    snprintf(path, sizeof(path), "%s/relay.conf", second.data);
    snprintf(line, sizeof(line), "host = localhost\nports = %u\n", relay.port);
    test_file_write(path, line);
    assert_int_equal(test_relay_command(&second, (const char *[]){"serve", NULL}, &output), 5);
    snprintf(line, sizeof(line), "Port %u is already in use by another program.", relay.port);
    assert_non_null(strstr(output, line));
    assert_non_null(strstr(output, "relay.conf"));
    free(output);
    test_relay_remove(&second);
    expect_serve_fails(5, "Another relay serves");
    assert_int_equal(test_relay_stop(&relay), 0);
}

static void each_port_is_announced_and_answers(void **state)
{
    (void)state;
    struct test_relay many;
    struct test_leg leg;
    test_relay_make(&many);
    char path[400];
    snprintf(path, sizeof(path), "%s/relay.conf", many.data);
    test_file_write(path, "host = localhost\nports = 0,0,0\n");
    test_relay_start(&many, NULL);
    test_process_wait_error(many.process, "serving", 10000);
    const char *at = test_process_output(many.process);
    for (int i = 0; i < 3; i++) {
        at = strstr(at, "listening port=");
        assert_non_null(at);
        at += strlen("listening port=");
        test_leg_open(&leg, (unsigned)atoi(at), NULL, "agent");
        test_leg_close(&leg);
    }
    test_relay_remove(&many);
}

static void open_session(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_pair(viewer, agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
}

static void commands_beside_a_running_relay_see_and_end_sessions(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message ended;
    char *output, id[40];
    test_relay_start(&relay, NULL);
    open_session(&viewer, &agent);
    struct ds_message proof = {.type = DS_MESSAGE_VERIFIED};
    memset(proof.audit, 'a', 64);
    assert_true(test_leg_say(&agent, &proof));
    expect((const char *[]){"status", NULL}, 0, "Sessions: 1 running");
    assert_int_equal(test_relay_command(&relay, (const char *[]){"session", "list", NULL}, &output),
                     0);
    assert_non_null(strstr(output, "\trunning\tdana@acme.example\t"));
    snprintf(id, sizeof(id), "%.32s", output);
    free(output);
    expect((const char *[]){"session", "end", "0123", NULL}, 3, "There is no such session.");
    expect((const char *[]){"session", "end", id, NULL}, 0, "is ended");
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.reason, DS_REASON_ADMIN);
    test_leg_expect(&agent, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.by, DS_BY_RELAY);
    expect((const char *[]){"session", "list", NULL}, 0, "There are no sessions.");
    expect((const char *[]){"audit", "verify", NULL}, 0, "The audit log is whole");
    test_leg_close(&viewer);
    test_leg_close(&agent);
    assert_int_equal(test_relay_stop(&relay), 0);
}

static void a_disabled_rep_is_out_at_once(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message ended;
    test_relay_start(&relay, NULL);
    open_session(&viewer, &agent);
    expect((const char *[]){"rep", "disable", TEST_RELAY_EMAIL, NULL}, 0, "suspended");
    test_leg_expect(&agent, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.reason, DS_REASON_DISABLED);
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    test_leg_expect_error(&viewer, DS_REFUSAL_NOT_ACTIVATED, NULL);
    test_leg_expect_closed(&viewer);
    expect((const char *[]){"rep", "enable", TEST_RELAY_EMAIL, NULL}, 0, "active");
    test_leg_close(&viewer);
    test_leg_close(&agent);
    assert_int_equal(test_relay_stop(&relay), 0);
}

static void stopping_tells_both_ends_why(void **state)
{
    (void)state;
    struct test_leg viewer, agent, guest;
    struct ds_message ended;
    test_relay_start(&relay, NULL);
    open_session(&viewer, &agent);
    test_leg_open(&guest, relay.port, NULL, "agent");
    kill(test_process_pid(relay.process), SIGTERM);
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.reason, DS_REASON_SHUTDOWN);
    test_leg_expect_closed(&viewer);
    test_leg_expect(&agent, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.by, DS_BY_RELAY);
    test_leg_expect_closed(&agent);
    test_leg_expect_closed(&guest);
    assert_int_equal(test_process_wait_exit(relay.process, 10000), 0);
    test_relay_stop(&relay);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    test_leg_close(&guest);
}

static void a_killed_relay_starts_again_and_its_log_is_whole(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    test_relay_start(&relay, NULL);
    open_session(&viewer, &agent);
    kill(test_process_pid(relay.process), SIGKILL);
    test_process_wait_exit(relay.process, 10000);
    test_relay_stop(&relay);
    test_leg_expect_closed(&viewer);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    expect((const char *[]){"status", NULL}, 0, "The relay is not running.");
    test_relay_start(&relay, NULL);
    open_session(&viewer, &agent);
    assert_true(test_leg_data(&viewer, "again", 5));
    test_leg_expect_data(&agent, "again", 5);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    assert_int_equal(test_relay_stop(&relay), 0);
    expect((const char *[]){"audit", "verify", NULL}, 0, "The audit log is whole");
}

#define PAIRS 200

/* Nobody reads the relay's log meanwhile, and that holds nothing up. */
static void two_hundred_pairs_wait_in_peace_and_still_work(void **state)
{
    (void)state;
    static struct test_leg viewers[PAIRS], agents[PAIRS];
    struct ds_message session;
    test_relay_conf(&relay, "strangers_per_address = 1000\nlegs_per_address = 1000\n"
                            "dead_ms = 60000\n");
    test_relay_quick_password(&relay);
    test_relay_start(&relay, NULL);
    for (int i = 0; i < PAIRS; i++) {
        test_leg_open(&viewers[i], relay.port, NULL, "viewer");
        test_leg_sign_in(&viewers[i], TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
        test_leg_expect(&viewers[i], DS_MESSAGE_SIGNED_IN, NULL);
        test_leg_open(&agents[i], relay.port, NULL, "agent");
    }
    for (int i = 0; i < PAIRS; i++) {
        test_leg_new_session(&viewers[i], &session);
        test_leg_join(&agents[i], session.join_code);
        test_leg_expect(&agents[i], DS_MESSAGE_PAIRED, NULL);
        test_leg_expect(&viewers[i], DS_MESSAGE_PAIRED, NULL);
    }
    expect((const char *[]){"status", NULL}, 0, "Sessions: 200 running");
    for (int i = PAIRS - 1; i >= 0; i--) {
        assert_true(test_leg_data(&agents[i], &i, sizeof(i)));
        test_leg_expect_data(&viewers[i], &i, sizeof(i));
    }
    for (int i = 0; i < PAIRS; i++) {
        test_leg_close(&viewers[i]);
        test_leg_close(&agents[i]);
    }
    assert_int_equal(test_relay_stop(&relay), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_what_only_its_owner_can_read_and_never_twice),
        cmocka_unit_test(commands_answer_in_sentences),
        cmocka_unit_test(the_example_of_the_settings_is_what_init_writes),
        cmocka_unit_test(bad_settings_name_file_and_line),
        cmocka_unit_test(a_taken_port_is_named_with_the_remedy),
        cmocka_unit_test(each_port_is_announced_and_answers),
        cmocka_unit_test(commands_beside_a_running_relay_see_and_end_sessions),
        cmocka_unit_test(a_disabled_rep_is_out_at_once),
        cmocka_unit_test(stopping_tells_both_ends_why),
        cmocka_unit_test(a_killed_relay_starts_again_and_its_log_is_whole),
        cmocka_unit_test(two_hundred_pairs_wait_in_peace_and_still_work),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
