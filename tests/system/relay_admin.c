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
#include <unistd.h>

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
    expect((const char *[]){"rep", "sing", NULL}, 1, "enable, reset, allow or deny");
    expect((const char *[]){"rep", "deny", "dana@acme.example", NULL}, 1, "Name the features");
    expect((const char *[]){"rep", "deny", "dana@acme.example", "Share Screen", NULL}, 1,
           "Name the features");
    expect((const char *[]){"rep", "deny", "nobody@acme.example", "files", NULL}, 3,
           "There is no rep");
    expect((const char *[]){"rep", "deny", "dana@acme.example", "share-screen", NULL}, 0,
           "is without share-screen");
    expect((const char *[]){"rep", "list", NULL}, 0, "without share-screen");
    expect((const char *[]){"rep", "allow", "dana@acme.example", "share-screen", NULL}, 0,
           "has every feature");
    expect((const char *[]){"--colour", "red", NULL}, 1, "no option --colour");
    expect((const char *[]){"status", NULL}, 0, "The relay is not running.");
    expect((const char *[]){"session", "end", "00", NULL}, 3, "not running");
    expect((const char *[]){"audit", "verify", NULL}, 0, "The audit log is whole: 4 lines.");
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

/* Of root without the right to low ports, in a network of its own, where they are low. */
static void a_low_port_is_named_with_the_remedy_when_it_may_not_be_opened(void **state)
{
    (void)state;
    static const unsigned ports[] = {80, 443};
    const char *bin = getenv("DESKSIDE_BIN");
    char path[400], line[100], command[900], *output;
    size_t len;
    snprintf(command, sizeof(command), "unshare %s true",
             geteuid() == 0 ? "--net setpriv --bounding-set=-net_bind_service" : "--user --net");
    const char *argv[] = {"sh", "-c", command, NULL};
    if (test_run(argv, NULL) != 0) {
        print_message("not tried: there may be no network namespace here\n");
        skip();
    }
    snprintf(path, sizeof(path), "%s/relay.conf", relay.data);
    char *before = test_file_read(path, &len);
    for (int i = 0; i < 2; i++) {
        snprintf(line, sizeof(line), "host = localhost\nports = 8200,%u\n", ports[i]);
        test_file_write(path, line);
        snprintf(command, sizeof(command), "unshare %s \"%s/deskside-relay\" serve --data \"%s\"",
                 geteuid() == 0 ? "--net setpriv --bounding-set=-net_bind_service" : "--user --net",
                 bin ? bin : ".", relay.data);
        int code = test_run(argv, &output);
        snprintf(line, sizeof(line), "Port %u may only be opened by root.", ports[i]);
        if (code != 5 || !strstr(output, line) || !strstr(output, "CAP_NET_BIND_SERVICE") ||
            !strstr(output, "relay.conf"))
            fail_msg("%d: %s", code, output);
        free(output);
    }
    test_file_write(path, before);
    free(before);
}

static void nonsense_in_the_settings_is_refused_in_a_sentence(void **state)
{
    (void)state;
    static const char *const nonsense[] = {
        "",
        "host\n",
        "host =\n",
        "host = -x\n",
        "host = a b\n",
        "host = localhost\nhost = localhost\n",
        "host = localhost\nports =\n",
        "host = localhost\nports = 80,80\n",
        "host = localhost\nports = 65536\n",
        "host = localhost\nports = -1\n",
        "host = localhost\nports = 1,2,3,4,5,6,7,8,9\n",
        "host = localhost\nports = 0x50\n",
        "host = localhost\nlegs_max = 1\n",
        "host = localhost\nlegs_max = -1\n",
        "host = localhost\nlegs_max = 4096.5\n",
        "host = localhost\nlegs_max = 18446744073709551617\n",
        "host = localhost\nlegs_max = 99999999999999999999999999\n",
        "host = localhost\nproxied = maybe\n",
        "host = localhost\nheartbeat_ms = 60000\ndead_ms = 2000\n",
        "host = localhost\norg = \xff\xfe\n",
        "[section]\nhost = localhost\n",
        "host = localhost\n= 5\n",
        "host = localhost\n\x01\x02\x03\n",
    };
    static char long_line[70000];
    char path[400];
    size_t len;
    snprintf(path, sizeof(path), "%s/relay.conf", relay.data);
    char *before = test_file_read(path, &len);
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        test_file_write(path, nonsense[i]);
        expect_serve_fails(1, "relay.conf");
    }
    memset(long_line, 'x', sizeof(long_line) - 1);
    test_file_write(path, long_line);
    expect_serve_fails(1, "relay.conf, line 1");
    memcpy(long_line, "org = ", 6);
    test_file_write(path, long_line);
    expect_serve_fails(1, "relay.conf, line 1");
    assert_int_equal(unlink(path), 0);
    expect_serve_fails(5, "relay.conf cannot be read: No such file or directory.");
    assert_int_equal(mkdir(path, 0700), 0);
    expect_serve_fails(5, "relay.conf is not a file.");
    assert_int_equal(rmdir(path), 0);
    test_file_write(path, before);
    free(before);
}

/* What init takes, serve takes too. */
static void init_refuses_what_serve_would(void **state)
{
    (void)state;
    static const char *const names[] = {"\xff\xfe", "a\nhost = evil", "a ; b", "a#b", "\t\x1b[31m"};
    static const char *const hosts[] = {"",    "-x",       "x-",   "a b",  "a\nb",
                                        "a/b", "http://x", "x..y", "[::1]"};
    static const char *const ports[] = {"",    "80,80", "65536", "x", "1,2,3,4,5,6,7,8,9",
                                        "80,", "+1"};
    char dir[300], long_name[400];
    snprintf(dir, sizeof(dir), "%s/refused", relay.folder);
    memset(long_name, 'n', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    const char *argv[] = {"deskside-relay", "init", "--data",  dir, "--host", "localhost",
                          "--org",          "A",    "--ports", "0", NULL};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        argv[7] = names[i];
        assert_int_equal(test_run(argv, NULL), 1);
    }
    argv[7] = long_name;
    assert_int_equal(test_run(argv, NULL), 1);
    argv[7] = "A";
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        argv[5] = hosts[i];
        assert_int_equal(test_run(argv, NULL), 1);
    }
    argv[5] = "localhost";
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        argv[9] = ports[i];
        assert_int_equal(test_run(argv, NULL), 1);
    }
    argv[9] = "0";
    assert_int_equal(access(dir, F_OK), -1); /* nothing was made */
    /* The longest that is taken comes back whole. */
    char longest[128];
    memset(longest, 'n', sizeof(longest));
    longest[127] = '\0';
    argv[7] = longest;
    assert_int_equal(test_run(argv, NULL), 0);
    struct test_relay made = {.process = NULL};
    snprintf(made.data, sizeof(made.data), "%s", dir);
    test_relay_start(&made, NULL);
    assert_int_equal(test_relay_stop(&made), 0);
}

static void init_over_something_else_changes_nothing(void **state)
{
    (void)state;
    static const char *const there[] = {"relay.conf", "relay.db", "relay.db-wal",
                                        "cert.pem",   "key.pem",  "audit.key"};
    char dir[320], path[400], *output;
    size_t len;
    const char *argv[] = {"deskside-relay", "init", "--data", dir, "--host", "localhost", NULL};
    for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
        snprintf(dir, sizeof(dir), "%s/there-%zu", relay.folder, i);
        assert_int_equal(mkdir(dir, 0700), 0);
        snprintf(path, sizeof(path), "%s/%s", dir, there[i]);
        test_file_write(path, "mine");
        assert_int_equal(test_run(argv, &output), 3);
        assert_non_null(strstr(output, "is there already; nothing was changed."));
        free(output);
        char *after = test_file_read(path, &len);
        assert_string_equal(after, "mine");
        free(after);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(dir), 0); /* there is nothing else */
    }
    /* A link to elsewhere is something, too. */
    assert_int_equal(mkdir(dir, 0700), 0);
    snprintf(path, sizeof(path), "%s/key.pem", dir);
    assert_int_equal(symlink("/nowhere/key.pem", path), 0);
    assert_int_equal(test_run(argv, &output), 3);
    free(output);
    /* A file where the folder should be. */
    snprintf(dir, sizeof(dir), "%s/password", relay.folder);
    assert_int_equal(test_run(argv, &output), 5);
    assert_non_null(strstr(output, "deskside-relay: "));
    free(output);
}

static void hostile_names_of_reps_are_refused_or_shown_harmlessly(void **state)
{
    (void)state;
    static const char *const emails[] = {
        "",
        "@",
        "a@",
        "a b@c.d",
        "a@b\nc",
        "a\x1b[31m@b",
        "a\xe2\x80\xae@b",
        "a\xc2\x9b@b",
        "\xff@b",
        "<script>@b",
        "a@b;DROP",
        "a\"@b",
        "a@b@c",
        "../../x@..",
    };
    static const char *const names[] = {"", " ", "\x1b", "\xe2\x80\xae", "\xff\xfe"};
    char password[300], *output, long_name[400];
    memset(long_name, 'n', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    snprintf(password, sizeof(password), "%s/password", relay.folder);
    for (int run = 0; run < 2; run++) { /* beside a running relay and without one */
        for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++)
            assert_int_equal(
                test_relay_command(&relay,
                                   (const char *[]){"rep", "add", emails[i], "--name", "X",
                                                    "--password-file", password, NULL},
                                   NULL),
                1);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            assert_int_equal(
                test_relay_command(&relay,
                                   (const char *[]){"rep", "add", "x@y.example", "--name", names[i],
                                                    "--password-file", password, NULL},
                                   NULL),
                1);
        assert_int_equal(
            test_relay_command(&relay,
                               (const char *[]){"rep", "add", "x@y.example", "--name", long_name,
                                                "--password-file", password, NULL},
                               NULL),
            1);
        if (run == 0)
            test_relay_start(&relay, NULL);
    }
    expect((const char *[]){"rep", "add", "o'hara@y.example", "--name",
                            "'); DROP TABLE account;--\n\x1b[31m\xe2\x80\xae\tX", "--password-file",
                            password, NULL},
           0, "Added o'hara@y.example ('); DROP TABLE account;--[31mX)");
    assert_int_equal(test_relay_command(&relay, (const char *[]){"rep", "list", NULL}, &output), 0);
    assert_null(strchr(output, '\x1b'));
    assert_non_null(strstr(output, TEST_RELAY_EMAIL));
    free(output);
    assert_int_equal(test_relay_stop(&relay), 0);
    expect((const char *[]){"audit", "verify", NULL}, 0, "The audit log is whole");
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

static void stopping_tells_all_to_come_back(void **state)
{
    (void)state;
    struct test_leg viewer, agent, guest;
    struct ds_message moving;
    test_relay_start(&relay, NULL);
    open_session(&viewer, &agent);
    test_leg_open(&guest, relay.port, NULL, "agent");
    kill(test_process_pid(relay.process), SIGTERM);
    test_leg_expect(&viewer, DS_MESSAGE_MOVING, &moving);
    assert_in_range(moving.delay_ms, 1, 8000);
    test_leg_expect_closed(&viewer);
    test_leg_expect(&agent, DS_MESSAGE_MOVING, &moving);
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
    expect((const char *[]){"status", NULL}, 0, ", 200 since the start");
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
        cmocka_unit_test(a_low_port_is_named_with_the_remedy_when_it_may_not_be_opened),
        cmocka_unit_test(nonsense_in_the_settings_is_refused_in_a_sentence),
        cmocka_unit_test(init_refuses_what_serve_would),
        cmocka_unit_test(init_over_something_else_changes_nothing),
        cmocka_unit_test(hostile_names_of_reps_are_refused_or_shown_harmlessly),
        cmocka_unit_test(each_port_is_announced_and_answers),
        cmocka_unit_test(commands_beside_a_running_relay_see_and_end_sessions),
        cmocka_unit_test(a_disabled_rep_is_out_at_once),
        cmocka_unit_test(stopping_tells_all_to_come_back),
        cmocka_unit_test(a_killed_relay_starts_again_and_its_log_is_whole),
        cmocka_unit_test(two_hundred_pairs_wait_in_peace_and_still_work),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, setup, teardown);
}
