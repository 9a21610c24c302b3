/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole folders with the real programs: both ways, paused, over a disk of 8 MiB that fills, and
 * gone on with by other processes. The test has a mount table of its own, so that it may mount that
 * disk and nothing of it is left. */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct test_session session;
static char tree[300], inbox[300];
static bool may_mount;

static void shell(const char *script)
{
    char line[1500], *output = NULL;
    snprintf(line, sizeof(line), "cd '%s' && %s", session.folder, script);
    const char *run[] = {"sh", "-c", line, NULL};
    if (test_run(run, &output) != 0)
        fail_msg("%s\n%s", script, output ? output : "");
    free(output);
}

static void start_programs(void)
{
    test_session_start_viewer(&session, NULL);
    test_session_start_agent(&session, "look,files", NULL);
    test_session_verify(&session);
}

static int set_up(void **state)
{
    (void)state;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "640x400x24", "800x600x24");
    start_programs();
    snprintf(tree, sizeof(tree), "%s/tree", session.folder);
    snprintf(inbox, sizeof(inbox), "%s/inbox", session.folder);
    assert_int_equal(0, mkdir(inbox, 0700));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    umount2(inbox, MNT_DETACH);
    test_session_end(&session);
    return 0;
}

/* 400 small files in 20 folders, one large one, and what does not travel. */
static void make_tree(const char *large)
{
    char script[600];
    snprintf(
        script, sizeof(script),
        "mkdir tree && cd tree && for d in $(seq 20); do mkdir \"d é$d\" && for f in $(seq 20); "
        "do echo \"$d $f\" > \"d é$d/f$f.txt\"; done; done && mkdir empty && "
        "head -c %s /dev/urandom > zlarge && ln -s /etc/passwd link && mkfifo pipe && "
        "touch -d 2001-02-03 empty zlarge",
        large);
    shell(script);
}

static void send(struct test_process *from, const char *path)
{
    char line[600];
    snprintf(line, sizeof(line), "{\"cmd\":\"send-file\",\"path\":\"%s\",\"tag\":\"send\"}", path);
    test_process_command(from, line);
}

static void accept_it(struct test_process *to, int id, const char *exists)
{
    char line[700];
    snprintf(line, sizeof(line),
             "{\"cmd\":\"accept-file\",\"id\":%d,\"path\":\"%s\",\"exists\":\"%s\",\"tag\":\"a\"}",
             id, inbox, exists);
    test_process_command(to, line);
}

static void tell(struct test_process *to, const char *cmd, int id)
{
    char line[100];
    snprintf(line, sizeof(line), "{\"cmd\":\"%s\",\"id\":%d}", cmd, id);
    test_process_command(to, line);
}

static json_t *wait_file(struct test_process *by, const char *state)
{
    return test_process_wait_event(by, "file", "state", state, 120000);
}

static long long number_of(json_t *event, const char *key)
{
    return json_integer_value(json_object_get(event, key));
}

static void assert_same_tree(const char *there)
{
    char script[800];
    snprintf(
        script, sizeof(script),
        "diff -r --exclude=link --exclude=pipe tree '%s' && test \"$(cd tree && find . ! -type l "
        "! -type p -printf '%%P %%y %%T@\\n' | sort)\" = \"$(cd '%s' && find . -printf '%%P %%y "
        "%%T@\\n' | sort)\" && test \"$(ls -A inbox | grep -c deskside)\" = 0",
        there, there);
    shell(script);
}

/* ---- the ordinary way ---- */

static void go(struct test_process *from, struct test_process *to, int id)
{
    send(from, tree);
    json_t *offer = wait_file(to, "offered");
    assert_int_equal(id, number_of(offer, "id"));
    assert_int_equal(401, number_of(offer, "files"));
    assert_int_equal(2, number_of(offer, "skipped"));
    accept_it(to, id, "keep-both");
    assert_int_equal(401, number_of(wait_file(from, "done"), "files_done"));
    assert_int_equal(2, number_of(wait_file(to, "done"), "skipped"));
}

static void folders_go_both_ways_under_one_acceptance(void **state)
{
    (void)state;
    char line[1000];
    make_tree("3M");
    go(session.viewer, session.agent, 1);
    assert_same_tree("inbox/tree");
    go(session.agent, session.viewer, 2);
    assert_same_tree("inbox/tree (2)");
    send(session.viewer, tree); /* and the name is taken, so the person is asked */
    wait_file(session.agent, "offered");
    accept_it(session.agent, 3, "ask");
    json_t *error = test_process_wait_event(session.agent, "error", "tag", "a", TEST_WAIT_MS);
    assert_string_equal("exists", json_string_value(json_object_get(error, "code")));
    accept_it(session.agent, 3, "skip");
    wait_file(session.viewer, "failed");
    shell("echo 1 > one && echo 2 > two");
    snprintf(line, sizeof(line), "{\"cmd\":\"send-file\",\"paths\":[\"%s/one\",\"%s/two\",\"%s\"]}",
             session.folder, session.folder, tree);
    test_process_command(session.viewer, line);
    json_t *offer = wait_file(session.agent, "offered");
    assert_string_equal("one + 2", json_string_value(json_object_get(offer, "name")));
    assert_int_equal(403, number_of(offer, "files"));
    accept_it(session.agent, 5, "keep-both");
    wait_file(session.viewer, "done");
    assert_same_tree("inbox/tree (3)");
    shell("cmp one inbox/one && cmp two inbox/two");
}

static void either_side_can_pause_and_the_other_is_told(void **state)
{
    (void)state;
    make_tree("60M");
    send(session.viewer, tree);
    wait_file(session.agent, "offered");
    accept_it(session.agent, 1, "ask");
    wait_file(session.agent, "progress");
    tell(session.agent, "pause-file", 1);
    wait_file(session.agent, "paused");
    wait_file(session.viewer, "paused");
    tell(session.viewer, "pause-file", 1);
    wait_file(session.agent, "paused");
    tell(session.agent, "resume-file", 1); /* the rep still wants it to wait */
    wait_file(session.viewer, "paused");
    tell(session.viewer, "resume-file", 1);
    wait_file(session.viewer, "continued");
    wait_file(session.agent, "continued");
    wait_file(session.agent, "done");
    assert_same_tree("inbox/tree");
}

/* ---- other processes ---- */

static void end_both(void)
{
    kill(test_process_pid(session.agent), SIGKILL);
    kill(test_process_pid(session.viewer), SIGKILL);
    test_process_end(session.agent);
    test_process_end(session.viewer);
}

static void other_processes_go_on_with_it(void **state)
{
    (void)state;
    make_tree("60M");
    send(session.viewer, tree);
    wait_file(session.agent, "offered");
    accept_it(session.agent, 1, "ask");
    while (number_of(wait_file(session.agent, "progress"), "bytes") < 20000000)
        ;
    end_both();
    start_programs();
    send(session.viewer, tree);
    wait_file(session.agent, "offered");
    accept_it(session.agent, 1, "ask");
    json_t *done = wait_file(session.viewer, "done");
    assert_true(number_of(done, "kept") >= 15000000);
    wait_file(session.agent, "done");
    assert_same_tree("inbox/tree");
}

/* ---- a disk that is too small ---- */

static void a_disk_of_8_mib(void **state)
{
    (void)state;
    if (!may_mount || mount("small", inbox, "tmpfs", MS_NOSUID | MS_NODEV, "size=8m") != 0) {
        print_message("no right to mount a small disk here\n");
        skip();
    }
    shell("head -c 80000000 /dev/zero > large && head -c 6000000 /dev/urandom > inbox/filler");
    char path[400];
    snprintf(path, sizeof(path), "%s/large", session.folder);
    send(session.viewer, path);
    wait_file(session.agent, "offered");
    accept_it(session.agent, 1, "ask");
    json_t *error = test_process_wait_event(session.agent, "error", "tag", "a", TEST_WAIT_MS);
    const char *words = json_string_value(json_object_get(error, "message"));
    assert_string_equal("no-space", json_string_value(json_object_get(error, "code")));
    assert_non_null(strstr(words, "80.0\u00a0MB"));
    assert_non_null(strstr(words, "2.4\u00a0MB")); /* 8 MiB without 6 MB */
    /* It fits when it is accepted, and something else takes the room meanwhile. */
    shell("rm inbox/filler && mkdir tree && echo small > tree/a && head -c 7000000 /dev/urandom > "
          "tree/b");
    send(session.viewer, tree);
    wait_file(session.agent, "offered");
    accept_it(session.agent, 3, "ask");
    test_process_wait_event(session.agent, "done", "tag", "a", TEST_WAIT_MS);
    tell(session.agent, "pause-file", 3);
    wait_file(session.viewer, "paused");
    shell("head -c 20000000 /dev/zero > inbox/filler; test $(stat -c %s inbox/filler) -gt 0");
    tell(session.agent, "resume-file", 3);
    json_t *failed = wait_file(session.viewer, "failed");
    words = json_string_value(json_object_get(failed, "error"));
    assert_non_null(strstr(words, "MB"));
    assert_non_null(strstr(words, "0\u00a0B")); /* are free */
    wait_file(session.agent, "failed");
    shell("rm inbox/filler");
    send(session.viewer, tree);
    wait_file(session.agent, "offered");
    accept_it(session.agent, 5, "ask");
    wait_file(session.viewer, "done");
    shell("cmp tree/a inbox/tree/a && cmp tree/b inbox/tree/b && test $(ls -A inbox | wc -l) = 1");
}

/* A mount table of our own; without root in a user namespace, in which we are root. */
static bool isolate(void)
{
    char line[64];
    unsigned uid = getuid(), gid = getgid();
    if (unshare(CLONE_NEWNS) == 0)
        return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    const char *const maps[] = {"/proc/self/setgroups", "/proc/self/uid_map", "/proc/self/gid_map"};
    for (int i = 0; i < 3; i++) {
        int n = i == 0 ? snprintf(line, sizeof(line), "deny")
                       : snprintf(line, sizeof(line), "0 %u 1", i == 1 ? uid : gid);
        int fd = open(maps[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, line, (size_t)n) != n)
            return false;
        close(fd);
    }
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders_go_both_ways_under_one_acceptance, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(either_side_can_pause_and_the_other_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(other_processes_go_on_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_disk_of_8_mib, set_up, tear_down),
    };
    may_mount = isolate();
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
