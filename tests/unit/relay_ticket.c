/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/account/ticket.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW (1000 * DS_SECOND)

static struct relay_tickets tickets;

static int set_up(void **state)
{
    (void)state;
    relay_tickets_init(&tickets);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    relay_tickets_destroy(&tickets);
    return 0;
}

struct text {
    char of[DS_TEXT_TOKEN];
};

static struct text issue(const char *email, ds_tick now)
{
    struct text text;
    assert_int_equal(relay_tickets_issue(&tickets, email, now, text.of), DS_OK);
    assert_int_equal(strlen(text.of), 32);
    assert_int_equal(strspn(text.of, "0123456789abcdef"), 32);
    return text;
}

static bool is_of(struct text text, ds_tick now, const char *email)
{
    char out[DS_TEXT_EMAIL] = "";
    return relay_tickets_use(&tickets, text.of, now, out) && strcmp(out, email) == 0;
}

static void a_ticket_is_good_once_and_for_its_own_account(void **state)
{
    (void)state;
    struct text dana = issue("dana@acme.example", NOW), eve = issue("eve@acme.example", NOW);
    assert_true(is_of(eve, NOW, "eve@acme.example"));
    assert_false(is_of(eve, NOW, "eve@acme.example"));
    assert_true(is_of(dana, NOW, "dana@acme.example"));
    assert_false(is_of(dana, NOW, "dana@acme.example"));
    assert_int_equal(tickets.count, 0);
    assert_true(is_of(issue("dana@acme.example", NOW), NOW, "dana@acme.example"));
}

static void a_ticket_ends_with_its_minute(void **state)
{
    (void)state;
    struct text first = issue("dana@acme.example", NOW);
    struct text second = issue("dana@acme.example", NOW + DS_SECOND);
    assert_false(is_of(first, NOW + RELAY_TICKET_LIFE, "dana@acme.example"));
    assert_true(is_of(second, NOW + RELAY_TICKET_LIFE, "dana@acme.example"));
}

static void a_wrong_one_is_nobodys(void **state)
{
    (void)state;
    struct text real = issue("dana@acme.example", NOW), other = real;
    other.of[31] = other.of[31] == '0' ? '1' : '0';
    assert_false(is_of(other, NOW, "dana@acme.example"));
    assert_true(is_of(real, NOW, "dana@acme.example"));
    memset(other.of, '0', 32);
    assert_false(is_of(other, NOW, "dana@acme.example"));
}

static void an_account_holds_few_and_the_newest(void **state)
{
    (void)state;
    struct text all[RELAY_TICKETS_EACH + 1], other = issue("eve@acme.example", NOW);
    for (unsigned i = 0; i <= RELAY_TICKETS_EACH; i++)
        all[i] = issue("dana@acme.example", NOW + i);
    assert_int_equal(tickets.count, RELAY_TICKETS_EACH + 1);
    assert_false(is_of(all[0], NOW + 9, "dana@acme.example"));
    for (unsigned i = 1; i <= RELAY_TICKETS_EACH; i++)
        assert_true(is_of(all[i], NOW + 9, "dana@acme.example"));
    assert_true(is_of(other, NOW + 9, "eve@acme.example"));
}

static void those_of_an_account_can_be_dropped(void **state)
{
    (void)state;
    struct text a = issue("dana@acme.example", NOW), b = issue("eve@acme.example", NOW),
                c = issue("dana@acme.example", NOW);
    relay_tickets_drop(&tickets, "dana@acme.example");
    assert_false(is_of(a, NOW, "dana@acme.example"));
    assert_false(is_of(c, NOW, "dana@acme.example"));
    assert_true(is_of(b, NOW, "eve@acme.example"));
    assert_true(is_of(issue("eve@acme.example", NOW), NOW, "eve@acme.example"));
}

static void all_of_them_are_bounded(void **state)
{
    (void)state;
    char email[64], text[DS_TEXT_TOKEN];
    tickets.count = RELAY_TICKETS_MAX; /* as if */
    snprintf(email, sizeof(email), "one-more@acme.example");
    assert_int_equal(relay_tickets_issue(&tickets, email, NOW, text), DS_ELIMIT);
    tickets.count = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_ticket_is_good_once_and_for_its_own_account),
        TEST(a_ticket_ends_with_its_minute),
        TEST(a_wrong_one_is_nobodys),
        TEST(an_account_holds_few_and_the_newest),
        TEST(those_of_an_account_can_be_dropped),
        TEST(all_of_them_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
