/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal that started a program is closed in mid-session: the other end hears that it is
 * over, and does not wait ten minutes for somebody who cannot come back. */
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>

static struct test_session s;

static int set_up(void **state)
{
    (void)state;
    test_session_start(&s);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(&s);
    return 0;
}

/* Programs started with SIGHUP ignored, as nohup does. */
static int set_up_ignoring(void **state)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGHUP, &ignore, &before);
    set_up(state);
    sigaction(SIGHUP, &before, NULL);
    return 0;
}

static void hang_up(struct test_process *end)
{
    assert_int_equal(0, kill(test_process_pid(end), SIGHUP));
}

static void wait_both_ended(struct test_process *gone, struct test_process *other)
{
    test_process_wait_event(other, "state", "state", "ended", TEST_WAIT_MS);
    test_process_wait_event(gone, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(gone, TEST_WAIT_MS));
    assert_int_equal(0, test_process_wait_exit(other, TEST_WAIT_MS));
}

static void the_reps_terminal_is_closed(void **state)
{
    (void)state;
    hang_up(s.viewer);
    wait_both_ended(s.viewer, s.agent);
}

static void the_customers_terminal_is_closed(void **state)
{
    (void)state;
    hang_up(s.agent);
    wait_both_ended(s.agent, s.viewer);
}

static void who_was_told_to_ignore_it_goes_on(void **state)
{
    (void)state;
    hang_up(s.viewer);
    hang_up(s.agent);
    test_process_command(s.viewer, "{\"cmd\":\"chat\",\"text\":\"still here\"}");
    test_process_wait_event(s.agent, "chat", "text", "still here", TEST_WAIT_MS);
    test_process_command(s.agent, "{\"cmd\":\"chat\",\"text\":\"me too\"}");
    test_process_wait_event(s.viewer, "chat", "text", "me too", TEST_WAIT_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_reps_terminal_is_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_customers_terminal_is_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_told_to_ignore_it_goes_on, set_up_ignoring,
                                        tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
