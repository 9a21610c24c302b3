/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/credit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct relay_credit fresh(void)
{
    struct relay_credit credit;
    relay_credit_init(&credit);
    return credit;
}

static void pairing_grants_the_smallest_window_at_once(void **state)
{
    (void)state;
    struct relay_credit credit = fresh();
    assert_int_equal(relay_credit_grant(&credit, 0), DS_LINK_CREDIT_MIN);
    assert_int_equal(relay_credit_grant(&credit, 0), 0);
}

static void spending_more_than_granted_is_noticed_to_the_byte(void **state)
{
    (void)state;
    struct relay_credit credit = fresh();
    assert_false(relay_credit_spend(&credit, 1));
    relay_credit_grant(&credit, 0);
    assert_true(relay_credit_spend(&credit, DS_LINK_CREDIT_MIN));
    assert_false(relay_credit_spend(&credit, 1));
}

static void nothing_is_granted_while_the_other_leg_takes_nothing(void **state)
{
    (void)state;
    struct relay_credit credit = fresh();
    size_t queued = relay_credit_grant(&credit, 0);
    assert_true(relay_credit_spend(&credit, queued));
    for (int i = 0; i < 100; i++)
        assert_int_equal(relay_credit_grant(&credit, queued), 0);
    /* What it takes comes back. */
    assert_int_equal(relay_credit_grant(&credit, 0) > 0, 1);
}

static void window_grows_while_credit_is_the_bound_and_shrinks_when_the_other_leg_is(void **state)
{
    (void)state;
    struct relay_credit credit = fresh();
    relay_credit_grant(&credit, 0);
    for (int i = 0; i < 20; i++) {
        assert_true(relay_credit_spend(&credit, credit.granted));
        relay_credit_grant(&credit, 0);
    }
    assert_int_equal(credit.window, DS_LINK_CREDIT_MAX);
    assert_int_equal(credit.granted, DS_LINK_CREDIT_MAX);
    relay_credit_spend(&credit, credit.granted);
    assert_int_equal(relay_credit_grant(&credit, DS_LINK_CREDIT_MAX), 0);
    assert_int_equal(credit.window, DS_LINK_CREDIT_MIN);
}

/* A sender that always sends a whole frame when it can, as the link does, never stands still, and
 * granted plus queued never passes the largest window. */
static void a_sender_of_whole_frames_never_stands_still(void **state)
{
    (void)state;
    srand(7);
    struct relay_credit credit = fresh();
    size_t queued = 0;
    unsigned long passed = 0;
    for (int i = 0; i < 200000; i++) {
        relay_credit_grant(&credit, queued);
        assert_true(credit.granted + queued <= DS_LINK_CREDIT_MAX);
        size_t n = 1 + (size_t)rand() % DS_FRAME_DATA_MAX;
        bool may_send = credit.granted >= DS_FRAME_DATA_MAX;
        assert_true(may_send || queued > 0);
        if (may_send) {
            assert_true(relay_credit_spend(&credit, n));
            queued += n;
            passed += n;
        }
        size_t taken = rand() % 3 ? (size_t)rand() % 40000 : 0;
        queued -= taken < queued ? taken : queued;
    }
    assert_true(passed > 100ul * DS_LINK_CREDIT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairing_grants_the_smallest_window_at_once),
        cmocka_unit_test(spending_more_than_granted_is_noticed_to_the_byte),
        cmocka_unit_test(nothing_is_granted_while_the_other_leg_takes_nothing),
        cmocka_unit_test(window_grows_while_credit_is_the_bound_and_shrinks_when_the_other_leg_is),
        cmocka_unit_test(a_sender_of_whole_frames_never_stands_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
