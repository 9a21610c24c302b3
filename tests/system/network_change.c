/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network of both ends changes under a session: they live in a network namespace of their own,
 * joined to the relay's by a cable that can be renumbered and pulled. Needs root; skipped without.
 */
#include "common/base/clock.h"
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
#include <unistd.h>

#define RELAY "10.9.0.1"

static struct test_session s;
static struct test_process *holder; /* keeps the ends' namespace reachable by a process id */
static int relay_side = -1, ends_side = -1;

static int run(const char *command)
{
    const char *argv[] = {"sh", "-c", command, NULL};
    return test_run(argv, NULL);
}

static void in(int side, const char *command)
{
    assert_int_equal(setns(side, CLONE_NEWNET), 0);
    if (run(command) != 0)
        fail_msg("failed: %s", command);
    assert_int_equal(setns(relay_side, CLONE_NEWNET), 0);
}

/* False: not allowed here. */
static bool make_networks(void)
{
    char command[128];
    static const char *const sleep[] = {"sleep", "3600", NULL};
    if (unshare(CLONE_NEWNET) != 0)
        return false;
    relay_side = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (unshare(CLONE_NEWNET) != 0)
        return false;
    ends_side = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    holder = test_process_start(sleep, &(struct test_process_options){0});
    if (relay_side < 0 || ends_side < 0 || setns(relay_side, CLONE_NEWNET) != 0)
        return false;
    snprintf(command, sizeof(command),
             "ip link set lo up && ip link add cable type veth peer name plug netns %d",
             (int)test_process_pid(holder));
    if (run(command) != 0)
        return false;
    in(relay_side, "ip addr add " RELAY "/24 dev cable && ip link set cable up");
    in(ends_side, "ip link set lo up && ip addr add 10.9.0.2/24 dev plug && ip link set plug up");
    return true;
}

static void start_relay(void)
{
    test_folder_make(s.folder, sizeof(s.folder));
    snprintf(s.data, sizeof(s.data), "%s/relay", s.folder);
    snprintf(s.ca, sizeof(s.ca), "%s/cert.pem", s.data);
    snprintf(s.password_file, sizeof(s.password_file), "%s/password", s.folder);
    test_file_write(s.password_file, TEST_PASSWORD "\n");
    const char *init[] = {"deskside-relay", "init", "--data", s.data, "--host", RELAY,
                          "--ports",        "0",    NULL};
    const char *add[] = {"deskside-relay",  "rep",           "add",    TEST_EMAIL,
                         "--data",          s.data,          "--name", "Dana R.",
                         "--password-file", s.password_file, NULL};
    assert_int_equal(test_run(init, NULL), 0);
    assert_int_equal(test_run(add, NULL), 0);
    test_session_serve(&s);
    snprintf(s.address, sizeof(s.address), RELAY ":%u", s.port);
}

static int set_up(void **state)
{
    (void)state;
    if (!make_networks())
        return 0;
    start_relay();
    assert_int_equal(setns(ends_side, CLONE_NEWNET), 0);
    test_session_start_displays(&s, "640x480x24", "640x480x24");
    test_session_start_viewer(&s, NULL);
    test_session_start_agent(&s, "look,control", NULL);
    assert_int_equal(setns(relay_side, CLONE_NEWNET), 0);
    test_session_verify(&s);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(&s);
    test_process_end(holder);
    holder = NULL;
    close(relay_side);
    close(ends_side);
    relay_side = ends_side = -1;
    return 0;
}

static void wait_state(struct test_process *end, const char *state)
{
    test_process_wait_event(end, "state", "state", state, TEST_WAIT_MS);
}

static void wait_back(void)
{
    wait_state(s.viewer, "reconnecting");
    wait_state(s.viewer, "active");
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    wait_state(s.agent, "reconnecting");
    wait_state(s.agent, "active");
}

static void an_address_that_is_gone_takes_its_line_along_at_once(void **state)
{
    (void)state;
    if (!s.viewer)
        skip();
    in(ends_side, "ip addr del 10.9.0.2/24 dev plug && ip addr add 10.9.0.3/24 dev plug");
    test_process_wait_error(s.viewer, "the address of this computer has changed", TEST_WAIT_MS);
    wait_back();
}

/* The address stays, but nothing comes through: a doubt, and three seconds. */
static void a_cable_that_is_pulled_is_noticed_and_plugged_in_again(void **state)
{
    (void)state;
    if (!s.viewer)
        skip();
    in(ends_side, "ip link set plug down");
    wait_state(s.viewer, "reconnecting");
    wait_state(s.agent, "reconnecting");
    in(ends_side, "ip link set plug up");
    wait_state(s.viewer, "active");
    wait_state(s.agent, "active");
}

/* Nothing tells the ends: the relay's side of the cable is pulled. All three notice by silence. */
static void a_line_that_is_half_open_is_noticed_by_all(void **state)
{
    (void)state;
    if (!s.viewer)
        skip();
    in(relay_side, "tc qdisc add dev cable root netem loss 100% || ip route add blackhole "
                   "10.9.0.2/32");
    wait_state(s.viewer, "reconnecting");
    wait_state(s.agent, "reconnecting");
    in(relay_side, "tc qdisc del dev cable root || ip route del blackhole 10.9.0.2/32");
    wait_state(s.viewer, "active");
    wait_state(s.agent, "active");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_that_is_gone_takes_its_line_along_at_once,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cable_that_is_pulled_is_noticed_and_plugged_in_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_that_is_half_open_is_noticed_by_all, set_up,
                                        tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
