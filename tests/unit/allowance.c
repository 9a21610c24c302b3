/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/allowance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BEGIN (1000 * DS_SECOND)

static void a_burst_fits_until_its_time_is_spent(void **state)
{
    (void)state;
    struct agent_allowance a;
    agent_allowance_init(&a, BEGIN);
    for (unsigned i = 0; i < AGENT_ALLOWANCE_MAX / 100; i++) {
        assert_true(agent_allowance_has(&a, BEGIN));
        agent_allowance_spend(&a, 100);
    }
    assert_false(agent_allowance_has(&a, BEGIN));
}

static void half_of_the_time_comes_back(void **state)
{
    (void)state;
    struct agent_allowance a;
    agent_allowance_init(&a, BEGIN);
    agent_allowance_spend(&a, AGENT_ALLOWANCE_MAX);
    assert_false(agent_allowance_has(&a, BEGIN + 1)); /* half a microsecond is none yet */
    assert_true(agent_allowance_has(&a, BEGIN + 2));
    assert_int_equal(a.left, 1);
    assert_true(agent_allowance_has(&a, BEGIN + 20 * DS_MS + 1));
    assert_int_equal(a.left, 10 * DS_MS);
}

static void what_was_too_much_is_paid_back_first(void **state)
{
    (void)state;
    struct agent_allowance a;
    agent_allowance_init(&a, BEGIN);
    agent_allowance_spend(&a, AGENT_ALLOWANCE_MAX + 30 * DS_MS);
    assert_false(agent_allowance_has(&a, BEGIN + 60 * DS_MS));
    assert_true(agent_allowance_has(&a, BEGIN + 60 * DS_MS + 2));
}

static void it_never_holds_more_than_its_bound(void **state)
{
    (void)state;
    struct agent_allowance a;
    agent_allowance_init(&a, BEGIN);
    assert_true(agent_allowance_has(&a, BEGIN + 3600 * DS_SECOND));
    assert_int_equal(a.left, AGENT_ALLOWANCE_MAX);
    assert_true(agent_allowance_has(&a, BEGIN)); /* a clock that steps back gives nothing */
    agent_allowance_spend(&a, AGENT_ALLOWANCE_MAX);
    assert_false(agent_allowance_has(&a, BEGIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_fits_until_its_time_is_spent),
        cmocka_unit_test(half_of_the_time_comes_back),
        cmocka_unit_test(what_was_too_much_is_paid_back_first),
        cmocka_unit_test(it_never_holds_more_than_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
