/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder of rights in both windows, by hand: each rung asked for from the rep's menu and
 * answered, given back there, and taken back on the customer's page, looking too. */
#include "tests/support/customer.h"

#include "common/base/clock.h"
#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_customer c;
static struct test_session session;

static void wait_right(struct test_process *end, const char *right, bool granted)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (;;) {
        json_t *event = test_process_wait_event(end, "right", "right", right, TEST_WAIT_MS);
        if (json_is_true(json_object_get(event, "granted")) == granted)
            return;
        if (ds_clock_now() > until)
            fail_msg("%s does not become %s", right, granted ? "allowed" : "forbidden");
    }
}

/* ---- the customer ---- */

/* Seen from the page's bottom: the middle of the button of each rung; 0 is looking. */
static void take_back(unsigned rung)
{
    struct test_window page;
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_click(&c, page.x + page.width - 32 - 50,
                        page.y + page.height - 366 + 48 * (int)rung);
}

static void open_page(void)
{
    struct test_window bar;
    test_customer_wait_window(&c, TEST_WINDOW_BAR, &bar);
    test_customer_click(&c, bar.x + 50, bar.y + bar.height / 2); /* on the word for the state */
}

static void the_customer_takes_back_any_rung_looking_too(void **state)
{
    struct test_window page;
    (void)state;
    test_customer_start(&c);
    test_customer_connect(&c, true);
    open_page();
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_shot(&c, "ladder");
    take_back(DS_RIGHT_CONTROL);
    wait_right(c.session.viewer, "control", false);
    take_back(DS_RIGHT_LOOK);
    wait_right(c.session.viewer, "look", false);
    test_customer_key(&c, "Escape");
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    /* allowing something else does not show the screen again */
    test_process_command(c.session.viewer, "{\"cmd\":\"request\",\"right\":\"clipboard\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_click(&c, page.x + page.width / 4, page.y + page.height - 54); /* Allow */
    wait_right(c.session.viewer, "clipboard", true);
    test_customer_wait_no_window(&c, TEST_WINDOW_PAGE);
    test_process_command(c.session.viewer, "{\"cmd\":\"screenshot\",\"tag\":\"blind\"}");
    test_process_wait_event(c.session.viewer, "error", "tag", "blind", TEST_WAIT_MS);
    /* asked for it, they do */
    test_process_command(c.session.viewer, "{\"cmd\":\"request\",\"right\":\"look\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_click(&c, page.x + page.width / 4, page.y + page.height - 54);
    wait_right(c.session.viewer, "look", true);
    /* above their pointer, which the viewer paints where they are */
    test_session_wait_equal(&c.session, 0, 0, TEST_CUSTOMER_WIDTH, 400, TEST_WAIT_MS);
}

static int end_customer(void **state)
{
    (void)state;
    test_customer_end(&c);
    return 0;
}

/* ---- the rep ---- */

static void rep(const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.rep, argv);
}

/* Chooses a rung in the menu, by keys alone. */
static void choose(unsigned rung)
{
    char script[200] = "xdotool key ctrl+alt+shift+u";
    for (unsigned i = 0; i <= rung; i++)
        strcat(script, " key Down");
    strcat(script, " key Return");
    rep(script);
}

static void answer(const char *command, const char *right)
{
    char text[80];
    snprintf(text, sizeof(text), "{\"cmd\":\"%s\",\"right\":\"%s\"}", command, right);
    test_process_command(session.agent, text);
}

/* Says no to what is asked; a no to what is not changes nothing and is told to nobody. */
static void refuse(const char *right)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    json_t *event = NULL;
    while (!event) {
        answer("revoke", right);
        event = test_process_poll_event(session.viewer, "right", "right", right, 200);
        if (ds_clock_now() > until)
            fail_msg("nobody was asked for %s", right);
    }
    assert_true(json_is_false(json_object_get(event, "granted")));
    assert_true(json_integer_value(json_object_get(event, "wait_s")) > 0);
}

static void the_rep_asks_for_one_rung_after_the_other_and_gives_it_back(void **state)
{
    static const char *const viewer[] = {"--geometry", "1000x700+0+0", "--borderless",
                                         "--scale",    "1:1",          NULL};
    static const char *const names[] = {"look", "point", "control", "clipboard", "files"};
    (void)state;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1000x700x24", "1000x700x24");
    test_session_start_viewer(&session, viewer);
    test_session_start_agent(&session, NULL, NULL);
    test_process_wait_event(session.agent, "state", "state", "asking", TEST_WAIT_MS);
    test_process_command(session.agent, "{\"cmd\":\"continue\"}");
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    char text[80];
    snprintf(text, sizeof(text), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             json_string_value(json_object_get(event, "number")));
    test_process_command(session.viewer, text);
    test_process_wait_event(session.agent, "state", "state", "asking", TEST_WAIT_MS);
    answer("grant", "look");
    test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --name Deskside | "
        "tail -n 1)");
    for (unsigned right = DS_RIGHT_POINT; right <= DS_RIGHT_CONTROL; right++) {
        choose(right);
        refuse(names[right]);
    }
    for (unsigned right = DS_RIGHT_CLIPBOARD; right <= DS_RIGHT_FILES; right++) {
        choose(right);
        answer("grant", names[right]);
        wait_right(session.viewer, names[right], true);
        choose(right);
        wait_right(session.agent, names[right], false);
    }
}

static int end_session(void **state)
{
    (void)state;
    test_session_end(&session);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_customer_takes_back_any_rung_looking_too, end_customer),
        cmocka_unit_test_teardown(the_rep_asks_for_one_rung_after_the_other_and_gives_it_back,
                                  end_session),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
