/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may press what: the rep's input never reaches a window of the agent nor anything while the
 * customer has a question before them, and the customer's own hand always wins. */
#include "tests/support/customer.h"
#include "tests/support/folder.h"

#include "common/base/clock.h"
#include "common/ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS(...) ((const char *const[]){"key", __VA_ARGS__, NULL})
#define XDO(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct test_customer c;
static struct test_session *const s = &c.session;
static struct test_process *terminal;
static char typed[300];

/* One session with control for all cases, and a terminal below the middle that writes down what it
 * is given. */
static int set_up(void **state)
{
    char command[400];
    (void)state;
    test_customer_start(&c);
    snprintf(typed, sizeof(typed), "%s/typed", s->folder);
    snprintf(command, sizeof(command), "cat >> %s", typed);
    const char *argv[] = {"xterm", "-geometry", "80x10+40+500", "-e", "sh", "-c", command, NULL};
    const char *env[] = {test_display_env(s->customer), NULL};
    terminal = test_process_start(argv, &(struct test_process_options){.env = env});
    test_display_run(s->customer,
                     XDO("xdotool", "search", "--sync", "--onlyvisible", "--class", "xterm"));
    test_customer_connect(&c, true);
    test_rep_focus(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(terminal);
    test_customer_end(&c);
    return 0;
}

/* ---- what several cases do ---- */

static void wait_typed(const char *wanted)
{
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    for (;;) {
        char *text = access(typed, R_OK) == 0 ? test_file_read(typed, NULL) : strdup("");
        bool is_there = strcmp(text, wanted) == 0;
        if (!is_there && ds_clock_now() > deadline)
            fail_msg("wanted \"%s\", arrived \"%s\"", wanted, text);
        free(text);
        if (is_there)
            return;
        poll(NULL, 0, 50);
    }
}

/* The rep types into the terminal: whatever they did before has reached the agent as well. */
static void rep_types(const char *text)
{
    test_rep_click(&c, 200, 600);
    test_rep_hand(&c, XDO("type", "--delay", "5", text));
}

static void wait_held(bool on)
{
    test_process_wait_event(s->viewer, "held", "on", on ? "true" : "false", TEST_WAIT_MS);
}

/* The customer's hand moves once more and rests: what is told now is not of before. */
static void let_rep_go_on(void)
{
    while (test_process_poll_event(s->viewer, "held", NULL, NULL, 50))
        ;
    test_customer_hand(&c, XDO("mousemove_relative", "1", "0"));
    wait_held(false);
}

/* Begins with an empty file and a customer whose hand rests. */
static int begin(void **state)
{
    (void)state;
    if (access(typed, W_OK) == 0)
        assert_int_equal(0, truncate(typed, 0));
    let_rep_go_on();
    return 0;
}

static unsigned keys_down(void)
{
    xcb_query_keymap_reply_t *reply =
        xcb_query_keymap_reply(c.look, xcb_query_keymap(c.look), NULL);
    unsigned count = 0;
    for (int i = 0; i < 32; i++)
        count += (unsigned)__builtin_popcount(reply->keys[i]);
    free(reply);
    return count;
}

static void wait_keys_down(unsigned wanted)
{
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    while (keys_down() != wanted) {
        if (ds_clock_now() > deadline)
            fail_msg("%u keys are down and not %u", keys_down(), wanted);
        poll(NULL, 0, 10);
    }
}

/* ---- the rep ---- */

static void the_rep_answers_no_question_of_the_customer(void **state)
{
    struct test_window page;
    (void)state;
    rep_types("a\n");
    wait_typed("a\n");
    test_process_command(s->viewer, "{\"cmd\":\"request\",\"right\":\"files\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    int y = page.y + page.height - 54;
    test_rep_click(&c, page.x + page.width / 4, y);     /* Allow */
    test_rep_click(&c, page.x + page.width * 3 / 4, y); /* No */
    test_rep_hand(&c, KEYS("Return", "space", "Tab", "space", "shift+Tab", "space", "Escape"));
    test_rep_hand(&c, KEYS("alt+F4"));
    test_rep_click(&c, page.x + page.width - 8, page.y - 8); /* the manager's cross */
    test_rep_click(&c, 200, 600);                            /* nor anything else */
    test_rep_hand(&c, XDO("type", "lost\n"));
    test_customer_read();
    assert_true(test_customer_find(&c, TEST_WINDOW_PAGE, &page));
    test_customer_key(&c, "Return"); /* the customer: No */
    json_t *event = test_process_wait_event(s->viewer, "right", "right", "files", TEST_WAIT_MS);
    assert_false(json_is_true(json_object_get(event, "granted")));
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    let_rep_go_on();
    rep_types("b\n");
    wait_typed("a\nb\n");
}

static void the_rep_cannot_use_the_bar(void **state)
{
    struct test_window bar, after;
    char x[16];
    (void)state;
    while (test_process_poll_event(s->agent, "right", NULL, NULL, 50))
        ; /* of before */
    test_customer_find(&c, TEST_WINDOW_BAR, &bar);
    int y = bar.y + bar.height / 2, right = bar.x + bar.width;
    snprintf(x, sizeof(x), "%d", bar.x + 8);
    test_rep_hand(&c, XDO("mousemove", x, "20", "mousedown", "1", "mousemove", "200", "300",
                          "mousemove", "100", "400", "mouseup", "1"));
    for (int at = 20; at < bar.width; at += 30)
        test_rep_click(&c, right - at, y);
    test_rep_hand(&c, KEYS("Pause", "shift+Pause", "space", "Tab", "space"));
    rep_types("a\n");
    wait_typed("a\n"); /* everything before it had its chance */
    assert_false(test_customer_find(&c, TEST_WINDOW_PAGE, &after));
    assert_true(test_customer_find(&c, TEST_WINDOW_BAR, &after));
    assert_memory_equal(&bar, &after, sizeof(bar));
    assert_null(test_process_poll_event(s->viewer, "state", NULL, NULL, 100));
    assert_null(test_process_poll_event(s->agent, "right", "granted", "false", 100));
}

static void the_rep_cannot_press_what_the_customer_has_chosen(void **state)
{
    struct test_window page;
    (void)state;
    test_customer_hand(&c, KEYS("shift+Pause"));
    test_customer_wait_bar_keys(&c);
    test_customer_key(&c, "Tab"); /* End has the keyboard */
    let_rep_go_on();
    test_rep_hand(&c, KEYS("Return", "space"));
    test_customer_read();
    test_customer_key(&c, "Escape"); /* the keyboard goes back to the programs */
    let_rep_go_on();
    rep_types("a\n");
    wait_typed("a\n");
    assert_false(test_customer_find(&c, TEST_WINDOW_PAGE, &page));
}

/* ---- the customer ---- */

static void the_customers_hand_takes_control_back_for_a_while(void **state)
{
    (void)state;
    rep_types("a");
    test_rep_hand(&c, XDO("keydown", "shift", "keydown", "x"));
    wait_keys_down(2);
    test_customer_hand(&c, XDO("mousemove_relative", "5", "5"));
    wait_held(true);
    wait_keys_down(0);
    test_customer_shot(&c, "held");
    test_rep_hand(&c, XDO("keyup", "x", "keyup", "shift"));
    test_rep_hand(&c, XDO("type", "lost"));
    wait_held(false);
    test_rep_hand(&c, KEYS("ctrl+u"));
    rep_types("b\n");
    wait_typed("b\n");
    assert_int_equal(0, keys_down());
}

static void escape_twice_takes_control_back_at_once(void **state)
{
    struct test_window page;
    (void)state;
    test_rep_hand(&c, XDO("keydown", "shift"));
    wait_keys_down(1);
    test_customer_hand(&c, KEYS("Escape", "Escape"));
    json_t *event = test_process_wait_event(s->viewer, "right", "right", "control", TEST_WAIT_MS);
    assert_false(json_is_true(json_object_get(event, "granted")));
    wait_keys_down(0);
    test_rep_hand(&c, XDO("keyup", "shift"));
    test_customer_wait_pixel(&c, 0, 300, ds_theme_color(false, DS_COLOR_SEEN));
    test_customer_shot(&c, "taken-back");
    test_process_command(s->viewer, "{\"cmd\":\"request\",\"right\":\"control\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page); /* and it is asked for again */
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_rep_answers_no_question_of_the_customer),
        TEST(the_rep_cannot_use_the_bar),
        TEST(the_rep_cannot_press_what_the_customer_has_chosen),
        TEST(the_customers_hand_takes_control_back_for_a_while),
        TEST(escape_twice_takes_control_back_at_once),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
