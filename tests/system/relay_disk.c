/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store that cannot be written: the disk is full, or another process holds the database. Sessions
 * go on and end; who wants to sign in or to open a session is told plainly; nothing is needed for
 * the way back but space. The disk is a small tmpfs in a mount namespace of the test. */
#include "common/base/error.h"
#include "tests/support/folder.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>

#define DISK "size=2m"

static struct test_relay relay;
static char disk[256];
static const char *no_disk; /* why there is none */

/* ---- the disk ---- */

static void write_once(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        no_disk = "the user cannot be mapped into a namespace";
    if (fd >= 0)
        close(fd);
}

/* A mount namespace of this process and what it starts: as root, else with a user namespace. */
static void enter_namespace(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWNS)) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS)) {
            no_disk = "there may be no mount namespace here";
            return;
        }
        write_once("/proc/self/setgroups", "deny");
        snprintf(map, sizeof(map), "0 %u 1", uid);
        write_once("/proc/self/uid_map", map);
        snprintf(map, sizeof(map), "0 %u 1", gid);
        write_once("/proc/self/gid_map", map);
    }
    if (!no_disk && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        no_disk = "the mount namespace cannot be made private";
}

static int make_disk(void **state)
{
    (void)state;
    test_folder_make(disk, sizeof(disk));
    enter_namespace();
    if (!no_disk && mount("tmpfs", disk, "tmpfs", 0, DISK))
        no_disk = "nothing may be mounted here";
    if (no_disk)
        print_message("no full disk is tried: %s (%s)\n", no_disk, strerror(errno));
    else
        setenv("TMPDIR", disk, 1); /* for the relay's folder */
    return 0;
}

static int remove_disk(void **state)
{
    (void)state;
    if (!no_disk)
        umount2(disk, MNT_DETACH);
    test_folder_remove(disk);
    return 0;
}

static void filler_path(char *out, size_t size)
{
    snprintf(out, size, "%s/filler", disk);
}

/* Until not a byte more fits. */
static void fill_disk(void)
{
    char path[300];
    static const char zeros[4096];
    filler_path(path, sizeof(path));
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    while (write(fd, zeros, sizeof(zeros)) > 0) {
    }
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

static void free_disk(void)
{
    char path[300];
    filler_path(path, sizeof(path));
    assert_return_code(unlink(path), errno);
}

/* ---- the relay on it ---- */

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    test_relay_conf(&relay, "guest_s = 60\ndead_ms = 60000");
    test_relay_start(&relay, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (relay.folder[0])
        test_relay_remove(&relay);
    memset(&relay, 0, sizeof(relay));
    return 0;
}

static void need_disk(void)
{
    if (no_disk)
        skip();
}

static void talk(struct test_leg *viewer, struct test_leg *agent)
{
    for (int i = 0; i < 50; i++) {
        assert_true(test_leg_data(viewer, "while the store is away", 23));
        test_leg_expect_data(agent, "while the store is away", 23);
        assert_true(test_leg_data(agent, "and back", 8));
        test_leg_expect_data(viewer, "and back", 8);
    }
}

static void expect(const char *const *words, int code, const char *part)
{
    char *output;
    int got = test_relay_command(&relay, words, &output);
    if (got != code || !strstr(output, part))
        fail_msg("%s: exit code %d and \"%s\" instead of %d and \"%s\"", words[0], got, output,
                 code, part);
    free(output);
}

static void expect_whole_log(void)
{
    expect((const char *[]){"audit", "verify", NULL}, 0, "The audit log is whole");
}

static void pair(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_pair(viewer, agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
}

/* What the viewer is told, with the words behind it. */
static const char *answer_to(struct test_leg *viewer, const struct ds_message *ask,
                             struct ds_message *answer)
{
    struct ds_frame frame;
    assert_true(test_leg_say(viewer, ask));
    assert_true(test_leg_next(viewer, &frame));
    assert_int_equal(ds_message_decode(frame.payload, frame.len, answer), DS_OK);
    return answer->type == DS_MESSAGE_ERROR ? answer->error : "";
}

#define LAST_LINES 64 /* that may still fit into the pages that the store has */

/* Somebody who has signed in before asks for a session, somebody else wants to sign in: both get a
 * sentence, and a wrong password is still one. */
static void expect_plain_refusals(struct test_leg *signed_in)
{
    struct test_leg late;
    struct ds_message open = {.type = DS_MESSAGE_NEW_SESSION}, answer;
    struct ds_message sign_in = {
        .type = DS_MESSAGE_SIGN_IN, .email = TEST_RELAY_EMAIL, .password = TEST_RELAY_PASSWORD};
    int tries = 0;
    while (strcmp(answer_to(signed_in, &open, &answer), DS_REFUSAL_BUSY) != 0)
        assert_true(++tries < LAST_LINES);
    assert_non_null(strstr(answer.message, "cannot open sessions at the moment"));
    for (;; test_leg_close(&late)) {
        test_leg_open(&late, relay.port, NULL, "viewer");
        if (strcmp(answer_to(&late, &sign_in, &answer), DS_REFUSAL_BUSY) == 0)
            break;
        assert_int_equal(answer.type, DS_MESSAGE_SIGNED_IN);
        assert_true(++tries < LAST_LINES);
    }
    assert_non_null(strstr(answer.message, "cannot sign anybody in at the moment"));
    test_leg_sign_in(&late, TEST_RELAY_EMAIL, "wrong password here");
    test_leg_expect_error(&late, DS_REFUSAL_PASSWORD, NULL);
    test_leg_close(&late);
}

static void expect_service(struct test_leg *signed_in)
{
    struct test_leg viewer, agent;
    struct ds_message session;
    test_leg_new_session(signed_in, &session);
    pair(&viewer, &agent);
    talk(&viewer, &agent);
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

/* Two pairs and a rep without a session. One pair ends while the store is away, one goes on. */
struct people {
    struct test_leg viewer, agent, other_viewer, other_agent, rep;
};

static void come(struct people *p)
{
    pair(&p->viewer, &p->agent);
    pair(&p->other_viewer, &p->other_agent);
    test_leg_open(&p->rep, relay.port, NULL, "viewer");
    test_leg_sign_in(&p->rep, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&p->rep, DS_MESSAGE_SIGNED_IN, NULL);
}

static void go_on_without_a_store(struct people *p)
{
    struct ds_message ended, end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    struct ds_message verified = {.type = DS_MESSAGE_VERIFIED};
    memset(verified.audit, 'a', DS_TEXT_HASH - 1);
    assert_true(test_leg_say(&p->agent, &verified)); /* wants to be written down */
    talk(&p->viewer, &p->agent);
    assert_true(test_leg_say(&p->other_agent, &end));
    test_leg_expect(&p->other_viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.by, DS_BY_CUSTOMER);
    expect_plain_refusals(&p->rep);
    talk(&p->viewer, &p->agent);
}

static void go(struct people *p)
{
    test_leg_close(&p->viewer);
    test_leg_close(&p->agent);
    test_leg_close(&p->other_viewer);
    test_leg_close(&p->other_agent);
    test_leg_close(&p->rep);
}

static void a_full_disk_stops_no_session_and_is_got_over(void **state)
{
    (void)state;
    struct people people;
    need_disk();
    come(&people);
    fill_disk();
    go_on_without_a_store(&people);
    expect((const char *[]){"rep", "disable", TEST_RELAY_EMAIL, NULL}, 5, "The store cannot be");
    expect((const char *[]){"status", NULL}, 0, "Sessions: 1 running");
    talk(&people.viewer, &people.agent);
    free_disk();
    expect_service(&people.rep);
    expect_whole_log();
    talk(&people.viewer, &people.agent);
    go(&people);
    assert_int_equal(test_relay_stop(&relay), 0);
    expect_whole_log();
}

static void a_relay_ends_on_a_full_disk_and_says_why_it_does_not_start(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    need_disk();
    pair(&viewer, &agent);
    fill_disk();
    assert_int_equal(test_relay_stop(&relay), 0);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    fill_disk();
    expect((const char *[]){"serve", NULL}, 5, "cannot be used: the disk is full.");
    free_disk();
    test_relay_start(&relay, NULL);
    expect_whole_log();
    pair(&viewer, &agent);
    talk(&viewer, &agent);
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

static void init_on_a_full_disk_leaves_nothing_in_its_way(void **state)
{
    (void)state;
    char dir[320], *output;
    const char *argv[] = {"deskside-relay", "init",    "--data", dir, "--host",
                          "localhost",      "--ports", "0",      NULL};
    need_disk();
    snprintf(dir, sizeof(dir), "%s/second", disk);
    fill_disk();
    assert_int_equal(test_run(argv, &output), 5);
    if (!strstr(output, "deskside-relay: The ") || !strstr(output, "."))
        fail_msg("this is no sentence: %s", output);
    free(output);
    free_disk();
    assert_int_equal(test_run(argv, NULL), 0);
    test_folder_remove(dir);
}

static struct test_process *lock_database(void)
{
    char db[320];
    snprintf(db, sizeof(db), "%s/relay.db", relay.data);
    const char *argv[] = {"sqlite3",
                          db,
                          "PRAGMA busy_timeout=5000; BEGIN EXCLUSIVE;",
                          ".system echo locked",
                          ".system sleep 300",
                          NULL};
    struct test_process *lock = test_process_start(argv, NULL);
    test_process_wait_output(lock, "locked", 10000);
    return lock;
}

#define WAITING 12

/* Waiting for the lock is done once, not once for each who asks. */
static void a_locked_database_stops_no_session_and_refuses_many_soon(void **state)
{
    (void)state;
    struct people people;
    struct test_leg late[WAITING], hourglass;
    come(&people);
    test_leg_open(&hourglass, relay.port, NULL, "agent"); /* may stay for guest_s */
    struct test_process *lock = lock_database();
    go_on_without_a_store(&people);
    for (int i = 0; i < WAITING; i++) {
        test_leg_open(&late[i], relay.port, NULL, "viewer");
        test_leg_sign_in(&late[i], TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    }
    for (int i = 0; i < WAITING; i++) {
        test_leg_expect_error(&late[i], DS_REFUSAL_BUSY, NULL);
        test_leg_close(&late[i]);
    }
    test_leg_join(&hourglass, "000000000"); /* still there */
    test_leg_expect_error(&hourglass, DS_REFUSAL_CODE, NULL);
    test_leg_close(&hourglass);
    test_process_end(lock);
    expect_service(&people.rep);
    expect_whole_log();
    talk(&people.viewer, &people.agent);
    go(&people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_stops_no_session_and_is_got_over, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_relay_ends_on_a_full_disk_and_says_why_it_does_not_start,
                                        set_up, tear_down),
        cmocka_unit_test(init_on_a_full_disk_leaves_nothing_in_its_way),
        cmocka_unit_test_setup_teardown(a_locked_database_stops_no_session_and_refuses_many_soon,
                                        set_up, tear_down),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, make_disk, remove_disk);
}
