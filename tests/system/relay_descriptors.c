/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors: a limit that cannot carry the settings stops the start with a remedy; running out
 * while it serves pauses accepting without spinning, and ends nobody. */
#include "common/base/clock.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MOST 200
#define ENOUGH 120 /* of a relay that may have 80 files */

static struct test_relay relay;

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_conf(&relay, "legs_max = 200\nstrangers_max = 200\nwaiting_max = 200\nweb_max = 20\n"
                            "strangers_per_address = 200\nguest_s = 60\ndead_ms = 60000");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

/* serve in a process that may have this many open files; what it says. Freed by the caller. */
static char *serve_with(unsigned files, int *code)
{
    char command[700], *output;
    const char *bin = getenv("DESKSIDE_BIN");
    snprintf(command, sizeof(command),
             "ulimit -n %u && exec \"%s/deskside-relay\" serve --data \"%s\"", files,
             bin ? bin : ".", relay.data);
    const char *argv[] = {"sh", "-c", command, NULL};
    *code = test_run(argv, &output);
    return output;
}

/* 788 for these settings: 200 each for legs, strangers and those who wait, 3 for each of 20 of the
 * web, and 128 for itself. */
static void a_limit_too_low_for_the_settings_stops_the_start_with_a_remedy(void **state)
{
    (void)state;
    int code;
    char *output = serve_with(787, &code);
    assert_int_equal(code, 5);
    assert_non_null(strstr(output, "The settings need 788 open files, but this process may have "
                                   "787. Raise the limit (LimitNOFILE= in the service file, or "
                                   "ulimit -n), or lower legs_max,"));
    assert_null(strstr(output, "listening"));
    free(output);
}

static void limit_files(unsigned files)
{
    struct rlimit limit;
    pid_t pid = test_process_pid(relay.process);
    assert_return_code(prlimit(pid, RLIMIT_NOFILE, NULL, &limit), errno);
    limit.rlim_cur = files;
    assert_return_code(prlimit(pid, RLIMIT_NOFILE, &limit, NULL), errno);
}

/* Processor time of the relay so far, in clock ticks. */
static unsigned long cpu_ticks(void)
{
    char path[64], line[1024];
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)test_process_pid(relay.process));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    const char *at = strrchr(line, ')');
    assert_non_null(at);
    assert_int_equal(
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel), 2);
    return user + kernel;
}

static double now_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((double)now.tv_sec + (double)now.tv_nsec / 1e9) * (double)sysconf(_SC_CLK_TCK);
}

static void exhausted_descriptors_pause_accepting_and_end_nobody(void **state)
{
    (void)state;
    struct test_leg viewer, agent, next;
    static struct test_leg guests[MOST];
    unsigned count = 0;
    test_relay_start(&relay, NULL);
    test_leg_pair(&viewer, &agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    limit_files(80);
    /* More than it can take. The kernel completes connections that nobody accepts, so the relay's
     * word for it has to be waited for. */
    while (count < ENOUGH)
        test_leg_connect(&guests[count++], relay.port, "127.6.0.1");
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    while (!strstr(test_process_error(relay.process), "no descriptors left: accepting pauses")) {
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 10);
    }
    double began = now_ticks();
    unsigned long cpu = cpu_ticks();
    for (int i = 0; i < 100; i++) { /* somebody waits outside meanwhile */
        assert_true(test_leg_data(&viewer, "goes on", 7));
        test_leg_expect_data(&agent, "goes on", 7);
        poll(NULL, 0, 20);
    }
    double share = (double)(cpu_ticks() - cpu) / (now_ticks() - began);
    print_message("%.1f %% of a processor while it is paused\n", share * 100);
    assert_true(share < 0.25); /* 1 % in truth, 100 % when it spins */
    limit_files(800);
    test_leg_open(&next, relay.port, "127.6.0.2", "agent");
    test_leg_close(&next);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    while (count > 0)
        test_leg_close(&guests[--count]);
    assert_int_equal(test_relay_stop(&relay), 0);
}

/* A WebSocket needs two more for the stream inside; without them it is closed and no more. */
static void a_web_socket_without_descriptors_is_closed_alone(void **state)
{
    (void)state;
    struct test_leg leg, guests[MOST];
    unsigned count = 0;
    bool is_refused = false;
    test_relay_start(&relay, NULL);
    limit_files(64);
    while (!is_refused) {
        assert_true(count < MOST);
        struct test_leg *guest = &guests[count++];
        test_leg_connect(guest, relay.port, "127.6.0.3");
        struct timeval soon = {.tv_sec = 1}; /* nobody answers when accepting pauses */
        setsockopt(guest->fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
        is_refused = !test_leg_tls_in_web_socket(guest, NULL);
    }
    limit_files(800);
    test_leg_open(&leg, relay.port, "127.6.0.2", "agent");
    test_leg_close(&leg);
    while (count > 0)
        test_leg_close(&guests[--count]);
    assert_int_equal(test_relay_stop(&relay), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_too_low_for_the_settings_stops_the_start_with_a_remedy),
        cmocka_unit_test(exhausted_descriptors_pause_accepting_and_end_nobody),
        cmocka_unit_test(a_web_socket_without_descriptors_is_closed_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
