/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files dropped onto the windows of the real programs, by a program that drags as file managers do:
 * onto the picture and onto the customer's chat window, with the right and before it. */
#include "tests/support/customer.h"
#include "tests/support/drag.h"
#include "tests/support/folder.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct test_customer c;
static struct test_session *const s = &c.session;
static struct test_drag *drag;
static char list[2000], inbox[300];

static int set_up(void **state)
{
    (void)state;
    test_customer_start(&c);
    snprintf(inbox, sizeof(inbox), "%s/Downloads", s->folder);
    assert_int_equal(0, mkdir(inbox, 0700));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_drag_end(drag);
    drag = NULL;
    test_customer_end(&c);
    return 0;
}

static void add_file(const char *name, const char *uri, const char *text)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", s->folder, name);
    test_file_write(path, text);
    snprintf(list + strlen(list), sizeof(list) - strlen(list), "file://%s/%s\r\n", s->folder, uri);
}

static void start_viewer(const char *const *more)
{
    const char *argv[12] = {"--geometry", "1280x800+0+0", "--borderless", "--scale", "1:1"};
    for (size_t n = 5; more && *more; more++)
        argv[n++] = *more;
    test_session_start_viewer(s, argv);
}

static void connect(void)
{
    start_viewer(NULL);
    test_customer_start_agent(&c, NULL);
    test_customer_type_code(&c);
    test_customer_go_on(&c);
    test_customer_prove(&c);
    test_customer_agree(&c, false);
}

static int file_of(json_t *event)
{
    return (int)json_integer_value(json_object_get(event, "id"));
}

static json_t *wait_file(struct test_process *end, const char *state)
{
    return test_process_wait_event(end, "file", "state", state, TEST_WAIT_MS);
}

static void allow_files(void)
{
    struct test_window page;
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_hand(&c, (const char *const[]){"key", "shift+Tab", "space", NULL});
    test_process_wait_event(s->agent, "right", "right", "files", TEST_WAIT_MS);
}

/* The question about a file: yes. */
static void save(void)
{
    struct test_window page;
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_shot(&c, "offer");
    test_customer_hand(&c, (const char *const[]){"key", "shift+Tab", "shift+Tab", "space", NULL});
}

static void assert_content(const char *name, const char *wanted)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", inbox, name);
    char *text = test_file_read(path, NULL);
    assert_string_equal(wanted, text);
    free(text);
}

/* The window with chat and files: opened by the chat button of the bar. */
static void open_talk(struct test_window *talk)
{
    test_process_command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Hello\"}");
    test_process_wait_event(s->agent, "chat", NULL, NULL, TEST_WAIT_MS);
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, talk);
}

static void what_is_dropped_on_the_picture_asks_first_and_goes_by_itself(void **state)
{
    (void)state;
    list[0] = '\0';
    add_file("a b.txt", "a%20b.txt", "one");
    add_file("\xc3\xa9.txt", "%C3%A9.txt", "two");
    connect();
    drag = test_drag_begin(s->rep, "text/plain", false, "some words");
    assert_false(test_drag_move(drag, 300, 300));
    test_customer_shot(&c, "drag-refused");
    assert_false(test_drag_drop(drag));
    test_drag_end(drag);
    drag = test_drag_begin(s->rep, "text/uri-list", false, "https://example.org/\r\n");
    assert_true(test_drag_move(drag, 300, 300)); /* which kind it is is not known before */
    assert_true(test_drag_drop(drag));
    test_customer_shot(&c, "drop-of-a-page");
    test_drag_end(drag);
    drag = test_drag_begin(s->rep, "text/uri-list", true, list);
    assert_true(test_drag_move(drag, 300, 300));
    test_customer_shot(&c, "drag-over-picture");
    test_drag_leave(drag);
    assert_true(test_drag_move(drag, 500, 300));
    assert_true(test_drag_drop(drag));
    allow_files(); /* the rep had no right: the customer is asked by the drop alone */
    wait_file(s->agent, "offered"); /* one question for both; of the page there is nothing */
    save();
    wait_file(s->agent, "done");
    assert_content("a b.txt", "one");
    assert_content("\xc3\xa9.txt", "two");
    test_customer_shot(&c, "dropped-on-picture");
}

static void a_window_that_only_looks_takes_nothing(void **state)
{
    (void)state;
    list[0] = '\0';
    add_file("a.txt", "a.txt", "one");
    start_viewer((const char *const[]){"--view-only", NULL});
    test_session_start_agent(s, "look,files", NULL);
    test_session_verify(s);
    drag = test_drag_begin(s->rep, "text/uri-list", false, list);
    assert_false(test_drag_move(drag, 300, 300));
    assert_false(test_drag_drop(drag));
}

/* A program that dies while it drags says no goodbye. */
static void drag_and_die(int x, int y)
{
    uint32_t before = test_customer_pixel(&c, x, y);
    drag = test_drag_begin(s->customer, "text/uri-list", false, "file:///etc/passwd\r\n");
    assert_true(test_drag_move(drag, x, y));
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (test_customer_pixel(&c, x, y) == before) {
        if (ds_clock_now() > deadline)
            fail_msg("nothing says what a drop would do");
        poll(NULL, 0, 20);
    }
    test_drag_end(drag);
    test_customer_wait_pixel(&c, x, y, before);
}

static void the_customer_drops_on_the_chat_and_allows_it_there(void **state)
{
    (void)state;
    struct test_window talk;
    list[0] = '\0';
    add_file("log 1.txt", "log%201.txt", "what happened");
    connect();
    open_talk(&talk);
    drag_and_die(talk.x + talk.width / 2, talk.y + 150);
    drag = test_drag_begin(s->customer, "text/uri-list", false, list);
    assert_true(test_drag_move(drag, talk.x + talk.width / 2, talk.y + talk.height / 2));
    test_customer_shot(&c, "drag-over-chat");
    assert_true(test_drag_drop(drag));
    test_customer_shot(&c, "dropped-on-chat");
    test_customer_read();
    /* "Allow and send" is the card's last button, the field's row is below it. */
    test_customer_click(&c, talk.x + talk.width - 80, talk.y + talk.height - 64 - 36);
    int id = file_of(wait_file(s->viewer, "offered"));
    char command[600];
    snprintf(command, sizeof(command), "{\"cmd\":\"accept-file\",\"id\":%d,\"path\":\"%s\"}", id,
             inbox);
    test_process_command(s->viewer, command);
    wait_file(s->viewer, "done");
    assert_content("log 1.txt", "what happened");
    test_customer_shot(&c, "sent-from-chat");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_dropped_on_the_picture_asks_first_and_goes_by_itself),
        CASE(a_window_that_only_looks_takes_nothing),
        CASE(the_customer_drops_on_the_chat_and_allows_it_there),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
