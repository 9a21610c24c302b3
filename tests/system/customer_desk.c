/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings and the agent's own windows on a customer's desktop: a question is never drawn over, the
 * drawings come back with the answer, and a chat that opens by itself takes no key from what the
 * customer types into. */
#include "common/base/clock.h"
#include "tests/support/customer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RED 0xe5484du

static struct test_customer c;
static struct test_session *s = &c.session;
static struct test_process *program; /* of the customer */

static int set_up(void **state)
{
    (void)state;
    test_customer_start(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(program);
    program = NULL;
    test_customer_end(&c);
    return 0;
}

static void ask(const char *right)
{
    char command[64];
    struct test_window page;
    snprintf(command, sizeof(command), "{\"cmd\":\"request\",\"right\":\"%s\"}", right);
    test_process_command(s->viewer, command);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
}

/* The page asks with the safe answer in focus; Yes is before it. */
static void answer(bool yes)
{
    if (yes)
        test_customer_key(&c, "shift+Tab");
    test_customer_key(&c, "space");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
}

static void wait_not_red(int x, int y)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (test_customer_pixel(&c, x, y) == RED) {
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 20);
    }
}

static void nothing_lies_over_a_question_and_all_comes_back_with_the_answer(void **state)
{
    (void)state;
    test_customer_connect(&c, false);
    ask("point");
    answer(true);
    test_process_wait_event(s->viewer, "right", "right", "point", TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":"
                                    "[[200,400],[1000,700]]}");
    test_customer_wait_pixel(&c, 640, 400, RED); /* where the page will be */
    test_customer_wait_pixel(&c, 210, 400, RED); /* and beside it */
    for (int yes = 0; yes <= 1; yes++) {
        ask(yes ? "control" : "clipboard");
        wait_not_red(640, 400);
        wait_not_red(210, 400);
        answer(yes);
        test_customer_wait_pixel(&c, 640, 400, RED);
        test_customer_wait_pixel(&c, 210, 400, RED);
    }
}

/* xev says each key that it gets. */
static bool got_key(const char *name)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), ", %s), same_screen", name);
    return strstr(test_process_output(program), wanted) != NULL;
}

static void type_until_got(const char *name)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (!got_key(name)) {
        test_customer_key(&c, name);
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 50);
    }
}

static void a_chat_that_opens_by_itself_leaves_the_keyboard_where_it_is(void **state)
{
    (void)state;
    static const char *const argv[] = {"xev",    "-geometry", "300x200+20+500",
                                       "-event", "keyboard",  NULL};
    static const char *const seen[] = {
        "sh", "-c",
        "until xwininfo -name 'Deskside: chat and files' | grep -q IsViewable; do :; done", NULL};
    test_customer_connect(&c, false);
    const char *const env[] = {test_display_env(s->customer), NULL};
    program = test_process_start(argv, &(struct test_process_options){.env = env});
    type_until_got("a"); /* it has the keyboard */
    test_process_command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Can you see this?\"}");
    test_process_wait_event(s->agent, "chat", "from", "rep", TEST_WAIT_MS);
    test_display_run(s->customer, seen);
    test_customer_key(&c, "q"); /* once: it arrives, or it is in the chat */
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (!got_key("q")) {
        if (ds_clock_now() > deadline)
            fail_msg("what the customer typed went elsewhere");
        poll(NULL, 0, 20);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nothing_lies_over_a_question_and_all_comes_back_with_the_answer),
        CASE(a_chat_that_opens_by_itself_leaves_the_keyboard_where_it_is),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
