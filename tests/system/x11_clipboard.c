/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard of a real display with real programs that copy and paste, and with owners that are
 * not as they should be. */
#include "common/x11/clipboard.h"

#include "common/base/buf.h"
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

static struct test_display *display;
static struct ds_x11_clipboard *board;
static struct ds_buf heard; /* the content that was read last, ended by NUL */
static unsigned texts, copies, lost, failures, asked[DS_CLIP_FORMATS];
static unsigned formats;          /* of the last copy */
static enum ds_clip_format reads; /* what is read of what is told */
static const char *late;          /* given when it is asked for; NULL: nothing is */
static size_t most;               /* bytes after which reading is stopped */

static void on_copied(void *ctx, enum ds_clip_selection selection, unsigned offered)
{
    (void)ctx;
    assert_int_equal(selection, DS_CLIP_CLIPBOARD);
    copies++;
    formats = offered;
    ds_buf_clear(&heard);
    if (offered & 1u << reads)
        ds_x11_clipboard_read(board, selection, reads, ds_clock_now());
}

static void on_lost(void *ctx, enum ds_clip_selection selection)
{
    (void)ctx;
    (void)selection;
    lost++;
}

static void on_wanted(void *ctx, enum ds_clip_selection selection, enum ds_clip_format format)
{
    (void)ctx;
    asked[format]++;
    if (late)
        ds_x11_clipboard_fill(board, selection, format, (const uint8_t *)late, strlen(late), true,
                              ds_clock_now());
}

static void on_piece(void *ctx, const uint8_t *bytes, size_t len)
{
    (void)ctx;
    if (heard.len + len > most)
        ds_x11_clipboard_stop_reading(board);
    else
        assert_int_equal(ds_buf_append(&heard, bytes, len), DS_OK);
}

static void on_read(void *ctx, bool is_whole)
{
    (void)ctx;
    if (is_whole)
        ds_buf_append(&heard, "", 1);
    texts += is_whole;
    failures += !is_whole;
}

static const struct ds_x11_clipboard_events events = {
    .on_copied = on_copied,
    .on_lost = on_lost,
    .on_wanted = on_wanted,
    .on_piece = on_piece,
    .on_read = on_read,
};

static int set_up(void **state)
{
    char message[256] = "";
    (void)state;
    texts = copies = lost = failures = formats = 0;
    memset(asked, 0, sizeof(asked));
    reads = DS_CLIP_TEXT;
    late = NULL;
    most = DS_CLIP_MAX;
    ds_buf_init(&heard, DS_CLIP_MAX + 1);
    display = test_display_start("640x480x24", NULL);
    board =
        ds_x11_clipboard_open(test_display_name(display), &events, NULL, message, sizeof(message));
    if (!board)
        fail_msg("%s", message);
    assert_true(ds_x11_clipboard_place(board) != 0);
    ds_x11_clipboard_watch(board, DS_CLIP_CLIPBOARD, true);
    assert_int_equal(ds_x11_clipboard_poll(board, ds_clock_now()), DS_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_x11_clipboard_close(board);
    test_display_end(display);
    ds_buf_destroy(&heard);
    return 0;
}

static void assert_heard(const char *want)
{
    assert_string_equal((const char *)ds_buf_peek(&heard), want);
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
    assert_true(ds_x11_clipboard_put(board, DS_CLIP_TEXT, text, strlen(text)));
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
    assert_heard("d\xc3\xa9j\xc3\xa0 vu");
    struct test_process *second = xclip_copy("second", "UTF8_STRING");
    wait_for(&texts, 2);
    assert_heard("second");
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
    assert_int_equal(heard.len, 200 * 1024 + 1);
    assert_heard(text);
    text[0] = '!';
    put(text);
    char *pasted = xclip_paste("UTF8_STRING");
    assert_string_equal(pasted, text);
    free(pasted);
    test_process_end(xclip);
    free(text);
}

/* The program that gave it goes on to serve others. */
static void what_is_stopped_in_the_middle_does_no_harm(void **state)
{
    (void)state;
    char *text = long_text(6 << 20);
    most = 100;
    struct test_process *xclip = xclip_copy(text, "UTF8_STRING");
    wait_for(&copies, 1);
    do
        turn();
    while (ds_x11_clipboard_deadline(board) != 0); /* the rest is taken away */
    char *pasted = xclip_paste("UTF8_STRING");
    assert_string_equal(pasted, text);
    assert_int_equal(texts, 0);
    struct test_process *small = xclip_copy("small", "UTF8_STRING");
    wait_for(&texts, 1);
    test_process_end(xclip);
    test_process_end(small);
    free(pasted);
    free(text);
}

static void a_pause_holds_the_program_that_copied(void **state)
{
    (void)state;
    char *text = long_text(6 << 20);
    reads = DS_CLIP_PNG; /* not there: nothing is read by itself */
    struct test_process *xclip = xclip_copy(text, "UTF8_STRING");
    wait_for(&copies, 1);
    ds_x11_clipboard_read(board, DS_CLIP_CLIPBOARD, DS_CLIP_TEXT, ds_clock_now());
    size_t before;
    do {
        turn();
        before = heard.len;
    } while (before == 0);
    ds_x11_clipboard_pause_reading(board, true, ds_clock_now());
    assert_int_equal(ds_x11_clipboard_deadline(board), 0); /* as long as it takes */
    for (int i = 0; i < 20; i++)
        turn();
    assert_true(heard.len <= before + 2 * 262144); /* what was asked for already */
    before = heard.len;
    turn();
    assert_int_equal(heard.len, before);
    ds_x11_clipboard_pause_reading(board, false, ds_clock_now());
    wait_for(&texts, 1);
    assert_heard(text);
    test_process_end(xclip);
    free(text);
}

static void what_is_offered_is_asked_for_when_it_is_pasted(void **state)
{
    (void)state;
    late = "<i>late</i>";
    ds_x11_clipboard_offer(board, DS_CLIP_CLIPBOARD, 1u << DS_CLIP_TEXT | 1u << DS_CLIP_HTML);
    assert_int_equal(ds_x11_clipboard_poll(board, ds_clock_now()), DS_OK);
    char *targets = xclip_paste("TARGETS");
    assert_non_null(strstr(targets, "text/html"));
    assert_null(strstr(targets, "image/png"));
    assert_int_equal(asked[DS_CLIP_HTML] + asked[DS_CLIP_TEXT], 0);
    char *once = xclip_paste("text/html"), *twice = xclip_paste("text/html");
    assert_string_equal(once, late);
    assert_string_equal(twice, late);
    assert_int_equal(asked[DS_CLIP_HTML], 1); /* and not again */
    assert_int_equal(asked[DS_CLIP_TEXT], 0);
    /* another program takes over what it has pasted, as clipboard managers do: no news */
    struct test_process *manager = xclip_copy(late, "text/html");
    wait_for(&lost, 1);
    struct test_process *other = xclip_copy("other", "UTF8_STRING");
    wait_for(&copies, 1);
    assert_int_equal(formats, 1u << DS_CLIP_TEXT);
    wait_for(&texts, 1);
    assert_int_equal(copies, 1);
    test_process_end(manager);
    test_process_end(other);
    free(targets);
    free(once);
    free(twice);
}

static void pictures_are_read_as_they_are(void **state)
{
    (void)state;
    reads = DS_CLIP_PNG;
    struct test_process *xclip = xclip_copy("\x89PNG and so on", "image/png");
    wait_for(&texts, 1);
    assert_heard("\x89PNG and so on");
    assert_int_equal(formats, 1u << DS_CLIP_PNG);
    test_process_end(xclip);
}

/* Two ends on one display: what one offers is not copied by the other. */
static void what_another_deskside_offers_is_left_alone(void **state)
{
    (void)state;
    static const struct ds_x11_clipboard_events none = {on_copied, on_lost, on_wanted, on_piece,
                                                        on_read};
    char message[256] = "";
    struct ds_x11_clipboard *second =
        ds_x11_clipboard_open(test_display_name(display), &none, NULL, message, sizeof(message));
    assert_non_null(second);
    assert_true(ds_x11_clipboard_place(second) == ds_x11_clipboard_place(board));
    assert_true(ds_x11_clipboard_put(second, DS_CLIP_TEXT, "from the other", 14));
    ds_tick deadline = ds_clock_now() + WAIT;
    while (copies == 0 && ds_clock_now() < deadline) {
        assert_int_equal(ds_x11_clipboard_poll(second, ds_clock_now()), DS_OK);
        turn();
    }
    assert_int_equal(formats, 0); /* told as something that cannot be shared */
    ds_x11_clipboard_close(second);
}

static void programs_that_know_only_string_are_read(void **state)
{
    (void)state;
    struct test_process *xclip = xclip_copy("latin \xe9", "STRING");
    wait_for(&texts, 1);
    assert_heard("latin \xc3\xa9");
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
    ds_x11_clipboard_watch(board, DS_CLIP_CLIPBOARD, false);
    struct test_process *xclip = xclip_copy("not for you", "UTF8_STRING");
    wait_for_owner();
    char *pasted = xclip_paste("UTF8_STRING");
    assert_string_equal(pasted, "not for you");
    ds_x11_clipboard_watch(board, DS_CLIP_CLIPBOARD, true);
    struct test_process *second = xclip_copy("for you", "UTF8_STRING");
    wait_for(&texts, 1);
    assert_heard("for you");
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
    assert_heard("alive");
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
    assert_heard("new");
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
    assert_heard("in order");
    ds_display_close(&o.display);
}

/* ---- programs that paste by the book ---- */

static xcb_generic_event_t *next_event(struct owner *o, uint8_t type)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (ds_clock_now() < deadline) {
        turn();
        xcb_generic_event_t *event = xcb_poll_for_event(o->display.conn);
        if (event && (event->response_type & 0x7f) == type)
            return event;
        free(event);
    }
    fail_msg("nobody answers");
    return NULL;
}

static xcb_get_property_reply_t *property(struct owner *o, xcb_atom_t name)
{
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        o->display.conn,
        xcb_get_property(o->display.conn, 0, o->window, name, XCB_GET_PROPERTY_TYPE_ANY, 0, 1000),
        NULL);
    assert_non_null(reply);
    return reply;
}

/* Asks for target into the property of that name and waits for the answer's property. */
static xcb_atom_t convert(struct owner *o, xcb_atom_t target, xcb_atom_t name, xcb_timestamp_t time)
{
    xcb_convert_selection(o->display.conn, o->window, o->clipboard, target, name, time);
    xcb_flush(o->display.conn);
    xcb_selection_notify_event_t *event = (void *)next_event(o, XCB_SELECTION_NOTIFY);
    xcb_atom_t got = event->property;
    free(event);
    return got;
}

static void several_things_at_once_are_given(void **state)
{
    (void)state;
    struct owner o;
    late = "both";
    own(&o);
    free(question(&o)); /* the look of the board, unanswered */
    xcb_atom_t list = atom(&o, "LIST"), one = atom(&o, "ONE"), two = atom(&o, "TWO");
    xcb_atom_t multiple = atom(&o, "MULTIPLE"), stamp = atom(&o, "TIMESTAMP");
    ds_x11_clipboard_offer(board, DS_CLIP_CLIPBOARD, 1u << DS_CLIP_TEXT);
    turn();
    const uint32_t pairs[] = {o.utf8, one, list, two, stamp, two};
    xcb_change_property(o.display.conn, XCB_PROP_MODE_REPLACE, o.window, list,
                        atom(&o, "ATOM_PAIR"), 32, 6, pairs);
    assert_int_equal(convert(&o, multiple, list, XCB_CURRENT_TIME), list);
    xcb_get_property_reply_t *left = property(&o, list), *text = property(&o, one),
                             *when = property(&o, two);
    const uint32_t *marked = (const uint32_t *)(left + 1);
    assert_int_equal(left->value_len, 6);
    assert_true(marked[1] == one && marked[3] == XCB_ATOM_NONE && marked[5] == two);
    assert_int_equal(text->value_len, 4);
    assert_memory_equal(text + 1, "both", 4);
    assert_int_equal(when->type, XCB_ATOM_INTEGER);
    /* of the time before the selection was ours */
    uint32_t since = *(const uint32_t *)(when + 1);
    assert_true(since != 0);
    assert_int_equal(convert(&o, o.utf8, one, since - 1), XCB_ATOM_NONE);
    assert_int_equal(convert(&o, o.utf8, one, since), one);
    /* no list */
    assert_int_equal(convert(&o, multiple, atom(&o, "NOTHING"), XCB_CURRENT_TIME), XCB_ATOM_NONE);
    free(left);
    free(text);
    free(when);
    ds_display_close(&o.display);
}

static void what_does_not_come_is_refused(void **state)
{
    (void)state;
    struct owner o;
    own(&o);
    free(question(&o));
    xcb_atom_t one = atom(&o, "ONE");
    ds_x11_clipboard_offer(board, DS_CLIP_CLIPBOARD, 1u << DS_CLIP_TEXT);
    turn();
    xcb_convert_selection(o.display.conn, o.window, o.clipboard, o.utf8, one, XCB_CURRENT_TIME);
    xcb_flush(o.display.conn);
    wait_for(&asked[DS_CLIP_TEXT], 1);
    ds_x11_clipboard_fail(board, DS_CLIP_CLIPBOARD, DS_CLIP_TEXT);
    xcb_selection_notify_event_t *event = (void *)next_event(&o, XCB_SELECTION_NOTIFY);
    assert_int_equal(event->property, XCB_ATOM_NONE);
    free(event);
    late = "better late";
    assert_int_equal(convert(&o, o.utf8, one, XCB_CURRENT_TIME), one); /* asked anew */
    assert_int_equal(asked[DS_CLIP_TEXT], 2);
    /* what is no text, though it says so */
    late = NULL;
    ds_x11_clipboard_offer(board, DS_CLIP_CLIPBOARD, 1u << DS_CLIP_TEXT);
    turn();
    xcb_convert_selection(o.display.conn, o.window, o.clipboard, o.utf8, one, XCB_CURRENT_TIME);
    xcb_flush(o.display.conn);
    wait_for(&asked[DS_CLIP_TEXT], 3);
    assert_false(ds_x11_clipboard_fill(board, DS_CLIP_CLIPBOARD, DS_CLIP_TEXT,
                                       (const uint8_t *)"\xff", 1, true, ds_clock_now()));
    event = (void *)next_event(&o, XCB_SELECTION_NOTIFY);
    assert_int_equal(event->property, XCB_ATOM_NONE);
    free(event);
    ds_display_close(&o.display);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_others_copy_is_told_once),
        CASE(what_is_put_can_be_pasted_and_is_no_news),
        CASE(long_texts_come_and_go_in_pieces),
        CASE(what_is_stopped_in_the_middle_does_no_harm),
        CASE(a_pause_holds_the_program_that_copied),
        CASE(what_is_offered_is_asked_for_when_it_is_pasted),
        CASE(pictures_are_read_as_they_are),
        CASE(what_another_deskside_offers_is_left_alone),
        CASE(several_things_at_once_are_given),
        CASE(what_does_not_come_is_refused),
        CASE(programs_that_know_only_string_are_read),
        CASE(unwatched_nothing_is_told),
        CASE(an_owner_in_order_is_read),
        CASE(what_a_password_manager_marks_is_left_alone),
        CASE(an_owner_that_says_nothing_is_given_up),
        CASE(a_late_answer_of_an_older_owner_changes_nothing),
        CASE(an_owner_that_dies_in_the_middle_is_survived),
        CASE(pieces_nobody_waits_for_do_no_harm),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
