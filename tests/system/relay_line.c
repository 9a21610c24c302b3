/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that goes dead without a word: the agent lives in another network namespace, and the link
 * to it is taken down. */
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define HERE "10.99.0.1"

static struct test_relay relay;
static const char *no_link; /* why there is none */
static pid_t far_away;      /* holds the other namespace */
static int near_ns = -1, far_ns = -1;

static void write_once(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        no_link = "the user cannot be mapped into a namespace";
    if (fd >= 0)
        close(fd);
}

static void enter_namespace(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWNET) == 0)
        return;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
        no_link = "there may be no network namespace here";
        return;
    }
    write_once("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", uid);
    write_once("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "0 %u 1", gid);
    write_once("/proc/self/gid_map", map);
}

static void ip(const char *words)
{
    char copy[160], *argv[16] = {"ip"}, *rest = copy;
    int n = 1;
    snprintf(copy, sizeof(copy), "%s", words);
    while (n < 15 && (argv[n] = strsep(&rest, " ")) != NULL)
        n++;
    argv[n] = NULL;
    if (!no_link && test_run((const char *const *)argv, NULL) != 0)
        no_link = "no link can be made";
}

static void go(int ns)
{
    if (!no_link && setns(ns, CLONE_NEWNET))
        no_link = "the namespace cannot be entered";
}

static void make_far_away(void)
{
    int pipe_fds[2];
    char byte, path[64];
    assert_int_equal(pipe(pipe_fds), 0);
    far_away = fork();
    assert_true(far_away >= 0);
    if (far_away == 0) {
        int failed = unshare(CLONE_NEWNET);
        if (write(pipe_fds[1], failed ? "n" : "y", 1) == 1 && !failed)
            pause();
        _exit(0);
    }
    if (read(pipe_fds[0], &byte, 1) != 1 || byte != 'y')
        no_link = "there may be no second network namespace here";
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    near_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)far_away);
    far_ns = open(path, O_RDONLY | O_CLOEXEC);
}

static int make_link(void **state)
{
    char words[100];
    (void)state;
    enter_namespace();
    if (!no_link)
        make_far_away();
    ip("link set lo up");
    snprintf(words, sizeof(words), "link add near type veth peer name far netns %d", (int)far_away);
    ip(words);
    ip("addr add " HERE "/24 dev near");
    ip("link set near up");
    go(far_ns);
    ip("addr add 10.99.0.2/24 dev far");
    ip("link set far up");
    go(near_ns);
    if (no_link) {
        print_message("no dead line is tried: %s (%s)\n", no_link, strerror(errno));
        return 0;
    }
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    test_relay_conf(&relay, "heartbeat_ms = 500\ndead_ms = 2000");
    test_relay_start(&relay, NULL);
    return 0;
}

static int remove_link(void **state)
{
    (void)state;
    if (relay.folder[0])
        test_relay_remove(&relay);
    if (far_away > 0) {
        kill(far_away, SIGKILL);
        waitpid(far_away, NULL, 0);
    }
    close(near_ns);
    close(far_ns);
    return 0;
}

/* As test_leg_open, from the other namespace. */
static void open_far(struct test_leg *leg)
{
    go(far_ns);
    test_leg_connect_to(leg, HERE, relay.port, NULL);
    go(near_ns);
    assert_null(no_link);
    assert_true(test_leg_tls(leg, NULL, NULL));
    assert_true(test_leg_hello(leg, "agent"));
    test_leg_expect(leg, DS_MESSAGE_WELCOME, NULL);
}

static void meet(struct test_leg *viewer, struct test_leg *agent)
{
    struct ds_message session;
    test_leg_open(viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(viewer, &session);
    open_far(agent);
    assert_true(test_leg_join(agent, session.join_code));
    test_leg_expect(agent, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(viewer, DS_MESSAGE_PAIRED, NULL);
    test_leg_wait_token(agent, 1);
}

static void talk(struct test_leg *viewer, struct test_leg *agent)
{
    assert_true(test_leg_data(viewer, "one way", 7));
    test_leg_expect_data(agent, "one way", 7);
    assert_true(test_leg_data(agent, "and back", 8));
    test_leg_expect_data(viewer, "and back", 8);
}

/* What TCP makes of it would take a quarter of an hour. */
static void a_dead_line_is_noticed_by_its_silence(void **state)
{
    (void)state;
    struct test_leg viewer, agent, back;
    struct ds_message away;
    if (no_link)
        skip();
    meet(&viewer, &agent);
    talk(&viewer, &agent);
    ip("link set near down");
    test_leg_expect(&viewer, DS_MESSAGE_PEER_AWAY, &away);
    assert_in_range(away.left_s, 590, 600); /* since its last frame, not since it was noticed */
    ip("link set near up");
    assert_null(no_link);
    open_far(&back);
    assert_true(test_leg_resume(&back, agent.session, agent.token, 0));
    test_leg_expect(&back, DS_MESSAGE_RESUMED, NULL);
    test_leg_expect(&back, DS_MESSAGE_REJOINED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_REJOINED, NULL);
    talk(&viewer, &back);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    test_leg_close(&back);
}

/* The end has found another way before the relay missed it. */
static void who_changes_the_network_does_not_wait_for_that(void **state)
{
    (void)state;
    struct test_leg viewer, agent, back;
    if (no_link)
        skip();
    meet(&viewer, &agent);
    ip("link set near down");
    test_leg_open(&back, relay.port, NULL, "agent");
    assert_true(test_leg_resume(&back, agent.session, agent.token, 0));
    test_leg_expect(&back, DS_MESSAGE_RESUMED, NULL);
    test_leg_expect(&back, DS_MESSAGE_REJOINED, NULL);
    test_leg_expect(&viewer, DS_MESSAGE_REJOINED, NULL); /* no absence before it */
    talk(&viewer, &back);
    ip("link set near up");
    test_leg_close(&viewer);
    test_leg_close(&agent);
    test_leg_close(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_line_is_noticed_by_its_silence),
        cmocka_unit_test(who_changes_the_network_does_not_wait_for_that),
    };
    return cmocka_run_group_tests(tests, make_link, remove_link);
}
