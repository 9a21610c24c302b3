/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a cut is felt: a session of the real programs is cut again and again, and the time until
 * the rep's window has a complete picture again is measured. Usage: resume [CUTS [KILLS]]; 50 cuts,
 * by turns at either end and at both, and 10 times the relay is killed and started again. */
#include "common/base/clock.h"
#include "tests/support/breaker.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1000, REST_MS = 2100 };

static struct test_session s;
static struct test_breaker *rep_line, *customer_line;
static int cuts = 50, kills = 10;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_row(const char *what, double *ms, int n)
{
    if (n == 0)
        return;
    qsort(ms, (size_t)n, sizeof(*ms), compare);
    printf("%-34s %4d %8.0f %8.0f %8.0f %8.0f\n", what, n, ms[0], ms[n / 2],
           ms[(n * 95 + 99) / 100 - 1], ms[n - 1]);
}

static void start(void)
{
    static const char *const viewer[] = {"--geometry", "1280x800+0+0", "--borderless",
                                         "--no-toolbar", NULL};
    test_session_start_relay(&s, NULL);
    rep_line = test_breaker_start(s.port);
    customer_line = test_breaker_start(s.port);
    test_session_start_displays(&s, "1280x800x24", "1280x800x24");
    snprintf(s.address, sizeof(s.address), "localhost:%u", test_breaker_port(rep_line));
    test_session_start_viewer(&s, viewer);
    snprintf(s.address, sizeof(s.address), "localhost:%u", test_breaker_port(customer_line));
    test_session_start_agent(&s, "look,control", NULL);
    test_session_verify(&s);
}

static double wait_picture(ds_tick since)
{
    test_process_wait_event(s.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    return (double)(ds_clock_now() - since) / (double)DS_MS;
}

static double one_cut(int kind)
{
    ds_tick now = ds_clock_now();
    if (kind != 1)
        test_breaker_cut(rep_line);
    if (kind != 0)
        test_breaker_cut(customer_line);
    return wait_picture(now);
}

/* From when the relay listens again. */
static double one_kill(void)
{
    kill(test_process_pid(s.relay), SIGKILL);
    test_process_end(s.relay);
    test_process_wait_event(s.viewer, "state", "state", "reconnecting", TEST_WAIT_MS);
    test_session_serve(&s);
    ds_tick now = ds_clock_now();
    test_breaker_aim(rep_line, s.port);
    test_breaker_aim(customer_line, s.port);
    test_process_wait_event(s.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    return (double)(ds_clock_now() - now) / (double)DS_MS;
}

static void measure(void **state)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    static double ms[3][MOST], killed[MOST];
    static const char *const names[] = {"the rep's line is cut", "the customer's line is cut",
                                        "both lines are cut"};
    int n[3] = {0};
    (void)state;
    start();
    printf("%-34s %4s %8s %8s %8s %8s\n", "until there is a picture again, ms", "n", "least", "p50",
           "p95", "most");
    for (int i = 0; i < cuts; i++) {
        ms[i % 3][n[i % 3]++] = one_cut(i % 3);
        poll(NULL, 0, REST_MS); /* a line that stands: DS_BACKOFF_STABLE */
    }
    for (int i = 0; i < 3; i++)
        print_row(names[i], ms[i], n[i]);
    for (int i = 0; i < kills; i++) {
        killed[i] = one_kill();
        poll(NULL, 0, REST_MS);
    }
    print_row("the relay is killed and listens", killed, kills);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(measure)};
    cuts = argc > 1 ? atoi(argv[1]) : cuts;
    kills = argc > 2 ? atoi(argv[2]) : kills;
    if (cuts < 0 || cuts > MOST || kills < 0 || kills > MOST)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_breaker_end(rep_line);
    test_breaker_end(customer_line);
    test_session_end(&s);
    return failed;
}
