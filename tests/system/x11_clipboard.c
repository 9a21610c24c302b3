/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard of a real display with real programs that copy and paste, and with owners that are
 * not as they should be. */
#include "common/x11/clipboard.h"

#include "common/base/error.h"
#include "common/x11/display.h"
#include "tests/support/display.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT (20 * DS_SECOND)
#define MOST 262144

static struct test_display *display;
static struct ds_x11_clipboard *board;
static char *heard; /* the text that was told last */
static size_t heard_len;
static unsigned texts, too_long;

static void on_text(void *ctx, const char *text, size_t len)
{
    (void)ctx;
    texts++;
    free(heard);
    heard = malloc(len + 1);
    assert_non_null(heard);
    memcpy(heard, text, len);
    heard[len] = '\0';
    heard_len = len;
}

static void on_too_long(void *ctx)
{
    (void)ctx;
    too_long++;
}

static const struct ds_x11_clipboard_events events = {on_text, on_too_long};

static int set_up(void **state)
{
    char message[256] = "";
    (void)state;
    texts = too_long = 0;
    display = test_display_start("640x480x24", NULL);
    board = ds_x11_clipboard_open(test_display_name(display), MOST, &events, NULL, message,
                                  sizeof(message));
    if (!board)
        fail_msg("%s", message);
    ds_x11_clipboard_watch(board, true);
    assert_int_equal(ds_x11_clipboard_poll(board, ds_clock_now()), DS_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_x11_clipboard_close(board);
    test_display_end(display);
    free(heard);
    heard = NULL;
    return 0;
}

/* One round: whatever comes within some ms. */
static void turn(void)
{
    struct pollfd fd = {.fd = ds_x11_clipboard_fd(board), .events = POLLIN};
    poll(&fd, 1, 20);
    assert_int_equal(ds_x11_clipboard_poll(board, ds_clock_now()), DS_OK);
}

static void wait_for(const unsigned *counter, unsigned value)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (*counter < value) {
        turn();
        if (ds_clock_now() > deadline)
            fail_msg("it stays at %u and does not become %u", *counter, value);
    }
}

/* xclip owns the clipboard in the background until somebody else does. */
static struct test_process *xclip_copy(const char *text, const char *target)
{
    const char *const argv[] = {"xclip",   "-quiet", "-selection", "clipboard",
                                "-target", target,   "-in",        NULL};
    const char *const env[] = {test_display_env(display), NULL};
    const struct test_process_options options = {.env = env, .stdin_text = text};
    return test_process_start(argv, &options);
}

/* What xclip pastes; freed by the caller. */
static char *xclip_paste(const char *target)
{
    const char *const argv[] = {"xclip", "-selection", "clipboard", "-target",
                                target,  "-out",       NULL};
    const char *const env[] = {test_display_env(display), NULL};
    struct test_process *xclip =
        test_process_start(argv, &(struct test_process_options){.env = env});
    ds_tick deadline = ds_clock_now() + WAIT;
    while (!test_process_has_ended(xclip)) {
        turn();
        test_process_output(xclip); /* so that its pipe does not fill */
        if (ds_clock_now() > deadline)
            fail_msg("xclip does not end");
    }
    assert_int_equal(test_process_wait_exit(xclip, 1000), 0);
    char *text = strdup(test_process_output(xclip));
    test_process_end(xclip);
    return text;
}

static void put(const char *text)
{
    assert_true(ds_x11_clipboard_put(board, text, strlen(text)));
    assert_int_equal(ds_x11_clipboard_poll(board, ds_clock_now()), DS_OK);
}

static char *long_text(size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++)
        text[i] = i % 80 == 79 ? '\n' : (char)('a' + (i * 7 + i / 80) % 26);
    text[len] = '\0';
    return text;
}

static void what_others_copy_is_told_once(void **state)
{
    (void)state;
    struct test_process *xclip = xclip_copy("d\xc3\xa9j\xc3\xa0 vu", "UTF8_STRING");
    wait_for(&texts, 1);
    assert_string_equal(heard, "d\xc3\xa9j\xc3\xa0 vu");
    struct test_process *second = xclip_copy("second", "UTF8_STRING");
    wait_for(&texts, 2);
    assert_string_equal(heard, "second");
    test_process_end(xclip);
    test_process_end(second);
}

static void what_is_put_can_be_pasted_and_is_no_news(void **state)
{
    (void)state;
    put("caf\xc3\xa9 \xe2\x82\xac");
    char *utf8 = xclip_paste("UTF8_STRING"), *latin = xclip_paste("STRING");
    char *mime = xclip_paste("text/plain;charset=utf-8");
    assert_string_equal(utf8, "caf\xc3\xa9 \xe2\x82\xac");
    assert_string_equal(mime, utf8);
    assert_string_equal(latin, "caf\xe9 ?");
    char *targets = xclip_paste("TARGETS");
    assert_non_null(strstr(targets, "UTF8_STRING"));
    assert_int_equal(texts, 0);
    free(utf8);
    free(latin);
    free(mime);
    free(targets);
}

static void long_texts_come_and_go_in_pieces(void **state)
{
    (void)state;
    char *text = long_text(200 * 1024);
    struct test_process *xclip = xclip_copy(text, "UTF8_STRING");
    wait_for(&texts, 1);
    assert_int_equal(heard_len, 200 * 1024);
    assert_string_equal(heard, text);
    text[0] = '!';
    put(text);
    char *pasted = xclip_paste("UTF8_STRING");
    assert_string_equal(pasted, text);
    free(pasted);
    test_process_end(xclip);
    free(text);
}

static void more_than_the_bound_is_said_and_not_told(void **state)
{
    (void)state;
    char *text = long_text(MOST + 1);
    struct test_process *xclip = xclip_copy(text, "UTF8_STRING");
    wait_for(&too_long, 1);
    assert_int_equal(texts, 0);
    struct test_process *small = xclip_copy("small", "UTF8_STRING");
    wait_for(&texts, 1);
    text[MOST] = '\0';
    struct test_process *exact = xclip_copy(text, "UTF8_STRING");
    wait_for(&texts, 2);
    assert_int_equal(heard_len, MOST);
    test_process_end(xclip);
    test_process_end(small);
    test_process_end(exact);
    free(text);
}

static void programs_that_know_only_string_are_read(void **state)
{
    (void)state;
    struct test_process *xclip = xclip_copy("latin \xe9", "STRING");
    wait_for(&texts, 1);
    assert_string_equal(heard, "latin \xc3\xa9");
    test_process_end(xclip);
}

/* ---- owners that are not as they should be ---- */

struct owner {
    struct ds_display display;
    xcb_window_t window;
    xcb_atom_t clipboard, targets, utf8, incr, hint, property;
};

static xcb_atom_t atom(struct owner *o, const char *name)
{
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
        o->display.conn, xcb_intern_atom(o->display.conn, 0, (uint16_t)strlen(name), name), NULL);
    assert_non_null(reply);
    xcb_atom_t value = reply->atom;
    free(reply);
    return value;
}

/* Until some program owns the clipboard. */
static void wait_for_owner(void)
{
    struct owner o;
    bool has_owner = false;
    ds_tick deadline = ds_clock_now() + WAIT;
    assert_int_equal(ds_display_open(&o.display, test_display_name(display), NULL, 0), DS_OK);
    xcb_atom_t clipboard = atom(&o, "CLIPBOARD");
    while (!has_owner) {
        xcb_get_selection_owner_reply_t *reply = xcb_get_selection_owner_reply(
            o.display.conn, xcb_get_selection_owner(o.display.conn, clipboard), NULL);
        assert_non_null(reply);
        has_owner = reply->owner != XCB_WINDOW_NONE;
        free(reply);
        assert_true(ds_clock_now() < deadline);
        turn();
    }
    ds_display_close(&o.display);
}

static void unwatched_nothing_is_told(void **state)
{
    (void)state;
    ds_x11_clipboard_watch(board, false);
    struct test_process *xclip = xclip_copy("not for you", "UTF8_STRING");
    wait_for_owner();
    char *pasted = xclip_paste("UTF8_STRING");
    assert_string_equal(pasted, "not for you");
    ds_x11_clipboard_watch(board, true);
    struct test_process *second = xclip_copy("for you", "UTF8_STRING");
    wait_for(&texts, 1);
    assert_string_equal(heard, "for you");
    assert_int_equal(texts, 1);
    free(pasted);
    test_process_end(xclip);
    test_process_end(second);
}

static void own(struct owner *o)
{
    assert_int_equal(ds_display_open(&o->display, test_display_name(display), NULL, 0), DS_OK);
    o->window = xcb_generate_id(o->display.conn);
    xcb_create_window(o->display.conn, XCB_COPY_FROM_PARENT, o->window, o->display.screen->root, 0,
                      0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
    o->clipboard = atom(o, "CLIPBOARD");
    o->targets = atom(o, "TARGETS");
    o->utf8 = atom(o, "UTF8_STRING");
    o->incr = atom(o, "INCR");
    o->hint = atom(o, "x-kde-passwordManagerHint");
    xcb_set_selection_owner(o->display.conn, o->window, o->clipboard, XCB_CURRENT_TIME);
    xcb_flush(o->display.conn);
}

/* The next question for the selection; freed by the caller. */
static xcb_selection_request_event_t *question(struct owner *o)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (ds_clock_now() < deadline) {
        turn();
        xcb_generic_event_t *event = xcb_poll_for_event(o->display.conn);
        if (event && (event->response_type & 0x7f) == XCB_SELECTION_REQUEST)
            return (xcb_selection_request_event_t *)event;
        free(event);
    }
    fail_msg("nobody asks");
    return NULL;
}

static void answer(struct owner *o, const xcb_selection_request_event_t *q, xcb_atom_t type,
                   uint8_t format, uint32_t count, const void *bytes)
{
    xcb_selection_notify_event_t event[2] = {{.response_type = XCB_SELECTION_NOTIFY,
                                              .time = q->time,
                                              .requestor = q->requestor,
                                              .selection = q->selection,
                                              .target = q->target,
                                              .property = type ? q->property : XCB_ATOM_NONE}};
    if (type)
        xcb_change_property(o->display.conn, XCB_PROP_MODE_REPLACE, q->requestor, q->property, type,
                            format, count, bytes);
    xcb_send_event(o->display.conn, 0, q->requestor, 0, (const char *)event);
    xcb_flush(o->display.conn);
}

static void answer_list(struct owner *o, bool with_hint)
{
    xcb_selection_request_event_t *q = question(o);
    const xcb_atom_t list[] = {o->utf8, o->hint};
    assert_int_equal(q->target, o->targets);
    answer(o, q, XCB_ATOM_ATOM, 32, with_hint ? 2 : 1, list);
    free(q);
}

static void answer_text(struct owner *o, const char *text)
{
    xcb_selection_request_event_t *q = question(o);
    assert_int_equal(q->target, o->utf8);
    answer(o, q, o->utf8, 8, (uint32_t)strlen(text), text);
    free(q);
}

/* An owner that does all right afterwards: the clipboard still works. */
static void expect_alive(unsigned before)
{
    struct test_process *xclip = xclip_copy("alive", "UTF8_STRING");
    wait_for(&texts, before + 1);
    assert_string_equal(heard, "alive");
    test_process_end(xclip);
}

static void what_a_password_manager_marks_is_left_alone(void **state)
{
    (void)state;
    struct owner o;
    own(&o);
    answer_list(&o, true);
    xcb_selection_request_event_t *q = question(&o);
    assert_int_equal(q->target, o.hint);
    answer(&o, q, XCB_ATOM_STRING, 8, 6, "secret");
    free(q);
    expect_alive(0);
    ds_display_close(&o.display);
}

static void an_owner_that_says_nothing_is_given_up(void **state)
{
    (void)state;
    struct owner o;
    own(&o);
    free(question(&o)); /* and no answer */
    assert_int_not_equal(ds_x11_clipboard_deadline(board), 0);
    assert_int_equal(ds_x11_clipboard_poll(board, ds_x11_clipboard_deadline(board)), DS_OK);
    assert_int_equal(ds_x11_clipboard_deadline(board), 0);
    expect_alive(0);
    ds_display_close(&o.display);
}

static void a_late_answer_of_an_older_owner_changes_nothing(void **state)
{
    (void)state;
    struct owner old, fresh;
    own(&old);
    xcb_selection_request_event_t *q = question(&old);
    own(&fresh);
    answer_list(&fresh, false);
    xcb_selection_request_event_t *text = question(&fresh);
    answer(&old, q, old.utf8, 8, 3, "old");
    answer(&fresh, text, fresh.utf8, 8, 3, "new");
    wait_for(&texts, 1);
    assert_string_equal(heard, "new");
    free(q);
    free(text);
    ds_display_close(&old.display);
    ds_display_close(&fresh.display);
}

static void an_owner_that_dies_in_the_middle_is_survived(void **state)
{
    (void)state;
    struct owner o;
    own(&o);
    answer_list(&o, false);
    xcb_selection_request_event_t *q = question(&o);
    const uint32_t size = 100000;
    answer(&o, q, o.incr, 32, 1, &size);
    free(q);
    turn();
    ds_display_close(&o.display);
    expect_alive(0);
}

static void pieces_nobody_waits_for_do_no_harm(void **state)
{
    (void)state;
    struct owner o;
    own(&o);
    answer_list(&o, false);
    xcb_selection_request_event_t *q = question(&o);
    const uint32_t size = 10;
    answer(&o, q, o.incr, 32, 1, &size);
    /* all at once, without waiting for the property to be taken */
    for (int i = 0; i < 500; i++)
        xcb_change_property(o.display.conn, XCB_PROP_MODE_APPEND, q->requestor, q->property, o.utf8,
                            8, 4, "spam");
    xcb_flush(o.display.conn);
    for (int i = 0; i < 20; i++)
        turn();
    free(q);
    expect_alive(0);
    ds_display_close(&o.display);
}

static void an_owner_in_order_is_read(void **state)
{
    (void)state;
    struct owner o;
    own(&o);
    answer_list(&o, false);
    answer_text(&o, "in order");
    wait_for(&texts, 1);
    assert_string_equal(heard, "in order");
    ds_display_close(&o.display);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_others_copy_is_told_once),
        CASE(what_is_put_can_be_pasted_and_is_no_news),
        CASE(long_texts_come_and_go_in_pieces),
        CASE(more_than_the_bound_is_said_and_not_told),
        CASE(programs_that_know_only_string_are_read),
        CASE(unwatched_nothing_is_told),
        CASE(an_owner_in_order_is_read),
        CASE(what_a_password_manager_marks_is_left_alone),
        CASE(an_owner_that_says_nothing_is_given_up),
        CASE(a_late_answer_of_an_older_owner_changes_nothing),
        CASE(an_owner_that_dies_in_the_middle_is_survived),
        CASE(pieces_nobody_waits_for_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
