/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One clipboard for two desks: real programs copy on one side and paste on the other, only while
 * the customer allows it, and nothing but the offer travels until somebody pastes. */
#include "common/wire/clipboard.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/x11/display.h"
#include "common/x11/selection_ask.h"
#include "tests/support/session.h"

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

static struct test_session session;
static struct test_process *owners[16]; /* programs that hold a clipboard */
static size_t owner_count;

static void start(const char *accept)
{
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "800x600x24", "1024x768x24");
    static const char *const viewer[] = {
        "--geometry", "800x600+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    test_session_start_viewer(&session, viewer);
    test_session_start_agent(&session, accept, NULL);
    test_session_verify(&session);
}

static int tear_down(void **state)
{
    (void)state;
    while (owner_count > 0)
        test_process_end(owners[--owner_count]);
    test_session_end(&session);
    session.env = NULL;
    return 0;
}

/* ---- programs that copy and paste ---- */

static struct test_process *hold(const struct test_display *display, const char *const *argv,
                                 const char *text)
{
    const char *const env[] = {test_display_env(display), NULL};
    assert_true(owner_count < 16);
    owners[owner_count] =
        test_process_start(argv, &(struct test_process_options){.env = env, .stdin_text = text});
    return owners[owner_count++];
}

static void copy_in(const struct test_display *display, const char *selection, const char *text)
{
    const char *const argv[] = {"xclip", "-quiet", "-selection", selection, "-in", NULL};
    hold(display, argv, text);
}

static void copy(const struct test_display *display, const char *text)
{
    copy_in(display, "clipboard", text);
}

static void copy_file(const struct test_display *display, const char *target, const char *path)
{
    const char *const argv[] = {"xclip", "-quiet", "-selection", "clipboard", "-target",
                                target,  "-in",    path,         NULL};
    hold(display, argv, NULL);
}

/* What a program pastes; "" when there is nothing. Freed by the caller. */
static char *paste_from(const struct test_display *display, const char *selection)
{
    const char *argv[] = {
        "env", test_display_env(display), "xclip", "-selection", selection, "-out", NULL};
    char *text = NULL;
    return test_run(argv, &text) == 0 ? text : (free(text), strdup(""));
}

static void expect_in(const struct test_display *display, const char *selection, const char *want)
{
    char *text = paste_from(display, selection);
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (strcmp(text, want) != 0) {
        if (ds_clock_now() > deadline)
            fail_msg("pasted: %.60s; wanted: %.60s", text, want);
        free(text);
        text = paste_from(display, selection);
    }
    free(text);
}

static void expect_pasted(const struct test_display *display, const char *want)
{
    expect_in(display, "clipboard", want);
}

/* Pastes into a file; the exit code of the program. */
static int paste_file(const struct test_display *display, const char *target, const char *path)
{
    char command[600];
    snprintf(command, sizeof(command), "%s exec xclip -selection clipboard -target %s -out > %s",
             test_display_env(display), target, path);
    const char *argv[] = {"sh", "-c", command, NULL};
    char *said = NULL;
    int code = test_run(argv, &said);
    if (code != 0)
        fprintf(stderr, "xclip: %s %s %s\n", said, test_process_error(session.viewer),
                test_process_error(session.agent));
    free(said);
    return code;
}

static void expect_same(const char *a, const char *b)
{
    const char *argv[] = {"cmp", a, b, NULL};
    char *said = NULL;
    if (test_run(argv, &said) != 0)
        fail_msg("%s", said);
    free(said);
}

/* A file of the test's folder; its name lives until the next but three. */
static const char *path_of(const char *name)
{
    static char paths[4][400];
    static unsigned at;
    char *path = paths[at++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", session.folder, name);
    return path;
}

/* Begins with head, then goes on so that any piece that is lost or doubled shows. */
static const char *write_file(const char *name, const char *head, size_t head_len, size_t len,
                              bool is_text)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "w");
    uint32_t x = 1;
    assert_non_null(file);
    fwrite(head, 1, head_len, file);
    for (size_t i = head_len; i < len; i += 4) {
        x = x * 1664525u + 1013904223u;
        if (is_text)
            fprintf(file, "%c\xc3\xa9%c", (char)('a' + x / 65536 % 26), i % 96 ? '.' : '\n');
        else
            fwrite(&x, 1, 4, file);
    }
    assert_int_equal(fclose(file), 0);
    return path;
}

/* ---- what the ends say ---- */

static void wait_offered(struct test_process *end, const char *direction)
{
    json_t *event;
    do
        event = test_process_wait_event(end, "clipboard", "state", "offered", TEST_WAIT_MS);
    while (strcmp(json_string_value(json_object_get(event, "direction")), direction) != 0);
    assert_null(json_object_get(event, "text"));
}

static void wait_moved(struct test_process *end, const char *direction, const char *format,
                       size_t bytes)
{
    json_t *event = test_process_wait_event(end, "clipboard", "state", "done", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "direction")), direction);
    assert_string_equal(json_string_value(json_object_get(event, "format")), format);
    assert_int_equal(json_integer_value(json_object_get(event, "bytes")), bytes);
    assert_null(json_object_get(event, "text"));
}

static void order(struct test_process *end, const char *command)
{
    char tagged[300];
    static unsigned tag;
    char name[16];
    snprintf(name, sizeof(name), "t%u", tag++);
    snprintf(tagged, sizeof(tagged), "{\"tag\":\"%s\",%s", name, command + 1);
    test_process_command(end, tagged);
    test_process_wait_event(end, "done", "tag", name, TEST_WAIT_MS);
}

/* ---- cases ---- */

static void texts_go_both_ways_when_they_are_pasted(void **state)
{
    (void)state;
    start("look,clipboard");
    copy(session.customer, "du client \xc3\xa0 vous \xf0\x9f\x98\x80");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "du client \xc3\xa0 vous \xf0\x9f\x98\x80");
    wait_moved(session.viewer, "to-rep", "text", 22);
    wait_moved(session.agent, "to-rep", "text", 22);
    /* what has come stays, also when the program over there has ended */
    test_process_end(owners[--owner_count]);
    expect_pasted(session.rep, "du client \xc3\xa0 vous \xf0\x9f\x98\x80");
    copy(session.rep, "from the rep");
    wait_offered(session.agent, "to-customer");
    expect_pasted(session.customer, "from the rep");
    wait_moved(session.agent, "to-customer", "text", 12);
    wait_moved(session.viewer, "to-customer", "text", 12);
    /* a manager that takes over what it has pasted is no news: the next is what was copied after */
    const char *const manager[] = {"sh", "-c",
                                   "xclip -selection clipboard -out >$0 && exec xclip -quiet "
                                   "-selection clipboard -in $0",
                                   path_of("managed"), NULL};
    test_process_wait_error(hold(session.customer, manager, NULL), "Waiting", TEST_WAIT_MS);
    expect_pasted(session.customer, "from the rep");
    copy(session.rep, "and again");
    json_t *event =
        test_process_wait_event(session.viewer, "clipboard", "state", "offered", TEST_WAIT_MS);
    assert_string_equal(json_string_value(json_object_get(event, "direction")), "to-customer");
    expect_pasted(session.customer, "and again");
}

static void pictures_and_html_go_as_they_are(void **state)
{
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1a\n", html[] = "<b>gras</b>";
    start("look,clipboard");
    const char *picture = write_file("picture.png", png, 8, 700 * 1024, false);
    copy_file(session.customer, "image/png", picture);
    wait_offered(session.viewer, "to-rep");
    assert_int_equal(paste_file(session.rep, "image/png", path_of("pasted.png")), 0);
    expect_same(picture, path_of("pasted.png"));
    wait_moved(session.viewer, "to-rep", "png", 700 * 1024);
    assert_int_not_equal(paste_file(session.rep, "UTF8_STRING", path_of("none")), 0);
    const char *page = write_file("page.html", html, sizeof(html) - 1, 3000, true);
    copy_file(session.rep, "text/html", page);
    wait_offered(session.agent, "to-customer");
    assert_int_equal(paste_file(session.customer, "text/html", path_of("pasted.html")), 0);
    expect_same(page, path_of("pasted.html"));
    /* what says it is a picture and is none */
    copy_file(session.customer, "image/png", page);
    wait_offered(session.viewer, "to-rep");
    assert_int_not_equal(paste_file(session.rep, "image/png", path_of("none")), 0);
    test_process_wait_event(session.viewer, "error", "code", "clipboard-missed", TEST_WAIT_MS);
}

static void sixteen_megabytes_go_both_ways(void **state)
{
    (void)state;
    start("look,clipboard");
    const char *text = write_file("long", "", 0, 16 << 20, true);
    copy_file(session.customer, "UTF8_STRING", text);
    wait_offered(session.viewer, "to-rep");
    assert_int_equal(paste_file(session.rep, "UTF8_STRING", path_of("pasted")), 0);
    expect_same(text, path_of("pasted"));
    wait_moved(session.viewer, "to-rep", "text", 16 << 20);
    const char *other = write_file("other", "!", 1, 16 << 20, true);
    copy_file(session.rep, "UTF8_STRING", other);
    wait_offered(session.agent, "to-customer");
    assert_int_equal(paste_file(session.customer, "UTF8_STRING", path_of("pasted")), 0);
    expect_same(other, path_of("pasted"));
}

static void nothing_goes_before_the_customer_allows_it(void **state)
{
    (void)state;
    start("look,control");
    copy(session.customer, "private");
    copy(session.rep, "pushed");
    expect_pasted(session.customer, "private");
    expect_pasted(session.rep, "pushed");
    test_process_command(session.viewer, "{\"cmd\":\"request\",\"right\":\"clipboard\"}");
    json_t *event =
        test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    assert_true(json_is_false(json_object_get(event, "granted")));
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"clipboard\"}");
    test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    copy(session.rep, "allowed"); /* the first that moves: what was copied before stays */
    wait_offered(session.agent, "to-customer");
    expect_pasted(session.customer, "allowed");
    wait_moved(session.agent, "to-customer", "text", 7);
    copy(session.customer, "unread"); /* is offered, and goes with the right */
    wait_offered(session.viewer, "to-rep");
    copy(session.rep, "pasted before");
    wait_offered(session.agent, "to-customer");
    expect_pasted(session.customer, "pasted before");
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"clipboard\"}");
    test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    expect_pasted(session.customer, "pasted before"); /* what has come stays */
    copy(session.customer, "after");
    copy(session.rep, "after too");
    expect_pasted(session.customer, "after");
    expect_pasted(session.rep, "after too");
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"clipboard\"}");
    test_process_wait_event(session.viewer, "right", "right", "clipboard", TEST_WAIT_MS);
    copy(session.customer, "again!");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "again!");
}

static void paused_nothing_goes(void **state)
{
    (void)state;
    start("look,clipboard");
    copy(session.customer, "offered before");
    wait_offered(session.viewer, "to-rep");
    test_process_command(session.agent, "{\"cmd\":\"pause\"}");
    test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
    expect_pasted(session.rep, ""); /* and the offer is gone */
    copy(session.customer, "while paused");
    expect_pasted(session.customer, "while paused");
    test_process_command(session.viewer, "{\"cmd\":\"resume\"}");
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
    copy(session.customer, "and after");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "and after");
}

static void each_way_can_be_switched_off_at_each_side(void **state)
{
    (void)state;
    start("look,clipboard");
    order(session.viewer, "{\"cmd\":\"clipboard\",\"direction\":\"to-customer\",\"on\":false}");
    copy(session.rep, "stays here");
    expect_pasted(session.rep, "stays here");
    copy(session.customer, "the other way");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "the other way");
    order(session.agent, "{\"cmd\":\"clipboard\",\"direction\":\"to-rep\",\"on\":false}");
    copy(session.customer, "not now");
    expect_pasted(session.customer, "not now");
    order(session.viewer, "{\"cmd\":\"clipboard\",\"direction\":\"to-customer\",\"on\":true}");
    copy(session.rep, "goes again");
    wait_offered(session.agent, "to-customer");
    expect_pasted(session.customer, "goes again");
    /* what is marked: when the rep wants it */
    copy_in(session.customer, "primary", "marked, unwanted");
    expect_in(session.customer, "primary", "marked, unwanted");
    order(session.viewer, "{\"cmd\":\"clipboard\",\"direction\":\"primary\",\"on\":true}");
    order(session.agent, "{\"cmd\":\"clipboard\",\"direction\":\"to-rep\",\"on\":true}");
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    char *text = strdup("");
    for (int i = 0; strcmp(text, "marked") != 0; i++) { /* the switches travel */
        if (i % 20 == 0)
            copy_in(session.customer, "primary", "marked");
        assert_true(ds_clock_now() < deadline);
        free(text);
        text = paste_from(session.rep, "primary");
    }
    free(text);
    expect_pasted(session.customer, "goes again"); /* CLIPBOARD is another thing */
}

/* ---- a program that copies without end ---- */

struct endless {
    struct ds_display display;
    struct ds_selection_atoms atoms;
    xcb_window_t window;
    size_t given; /* bytes */
};

static void own(struct endless *e)
{
    const char *name = test_display_name(session.customer);
    assert_int_equal(ds_display_open(&e->display, name, NULL, 0), DS_OK);
    assert_true(ds_selection_atoms_get(&e->atoms, e->display.conn));
    e->window = ds_selection_window(&e->display);
    xcb_set_selection_owner(e->display.conn, e->window, e->atoms.clipboard, XCB_CURRENT_TIME);
    xcb_flush(e->display.conn);
}

static void answer(struct endless *e, const xcb_selection_request_event_t *q)
{
    const uint32_t deletions = XCB_EVENT_MASK_PROPERTY_CHANGE, gibibyte = 1u << 30;
    const xcb_selection_notify_event_t reply[2] = {{.response_type = XCB_SELECTION_NOTIFY,
                                                    .time = q->time,
                                                    .requestor = q->requestor,
                                                    .selection = q->selection,
                                                    .target = q->target,
                                                    .property = q->property}};
    bool is_list = q->target == e->atoms.targets;
    xcb_change_window_attributes(e->display.conn, q->requestor, XCB_CW_EVENT_MASK, &deletions);
    xcb_change_property(e->display.conn, XCB_PROP_MODE_REPLACE, q->requestor, q->property,
                        is_list ? XCB_ATOM_ATOM : e->atoms.incr, 32, 1,
                        is_list ? &e->atoms.utf8 : &gibibyte);
    xcb_send_event(e->display.conn, 0, q->requestor, 0, (const char *)reply);
}

/* Whatever is asked, and a piece for each that was taken. */
static void give(struct endless *e)
{
    static char piece[1 << 20];
    xcb_generic_event_t *event;
    memset(piece, 'x', sizeof(piece));
    while ((event = xcb_poll_for_event(e->display.conn)) != NULL) {
        const xcb_property_notify_event_t *taken = (const void *)event;
        uint8_t type = event->response_type & 0x7f;
        if (type == XCB_SELECTION_REQUEST) {
            answer(e, (const void *)event);
        } else if (type == XCB_PROPERTY_NOTIFY && taken->state == XCB_PROPERTY_DELETE &&
                   taken->window != e->window) {
            xcb_change_property(e->display.conn, XCB_PROP_MODE_REPLACE, taken->window, taken->atom,
                                e->atoms.utf8, 8, sizeof(piece), piece);
            e->given += sizeof(piece);
        }
        free(event);
    }
    xcb_flush(e->display.conn);
    poll(&(struct pollfd){.fd = xcb_get_file_descriptor(e->display.conn), .events = POLLIN}, 1, 20);
}

/* KiB of memory that a program has had at most. */
static long peak(const struct test_process *process)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)test_process_pid(process));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    fclose(file);
    return kib;
}

static void a_gibibyte_is_refused_within_bounds(void **state)
{
    (void)state;
    /* a sanitizer keeps what was freed for a while: not here, where the peak is looked at */
    static const char *const env[] = {"ASAN_OPTIONS=quarantine_size_mb=1", NULL};
    struct endless e = {.given = 0};
    session.env = env;
    start("look,clipboard");
    long agent = peak(session.agent), viewer = peak(session.viewer);
    own(&e);
    json_t *event = NULL;
    ds_tick deadline = ds_clock_now() + 3 * TEST_WAIT_MS * DS_MS;
    for (; !event; give(&e))
        event = test_process_poll_event(session.viewer, "clipboard", "state", "offered", 1);
    const char *const pasting[] = {"xclip", "-selection", "clipboard", "-out", NULL};
    hold(session.rep, pasting, NULL);
    for (event = NULL; !event; give(&e)) {
        assert_true(ds_clock_now() < deadline);
        event = test_process_poll_event(session.viewer, "error", "code", "clipboard-too-long", 1);
    }
    test_process_wait_event(session.agent, "error", "code", "clipboard-too-long", TEST_WAIT_MS);
    print_message("given %zu MiB, peak of the agent %+ld KiB, of the viewer %+ld KiB\n",
                  e.given >> 20, peak(session.agent) - agent, peak(session.viewer) - viewer);
    /* what is above the bound is taken away for as much again, for the owner's sake */
    assert_true(e.given <= 2 * DS_CLIP_MAX + (16u << 20));
    assert_true(peak(session.agent) - agent <= 64 << 10);
    assert_true(peak(session.viewer) - viewer <= 256 << 10);
    ds_display_close(&e.display);
    copy(session.customer, "short again");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "short again");
}

/* A clipboard by the escape sequence that terminals know for it, and by the keys of one. */
static void a_terminal_copies_and_pastes(void **state)
{
    (void)state;
    static const char *const argv[] = {"xterm",
                                       "-xrm",
                                       "XTerm*disallowedWindowOps: ",
                                       "-e",
                                       "sh",
                                       "-c",
                                       "printf '\\033]52;c;aGVsbG8gdGVybWluYWw=\\007'; cat",
                                       NULL};
    start("look,clipboard");
    hold(session.customer, argv, NULL);
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "hello terminal");
    wait_moved(session.viewer, "to-rep", "text", 14);
}

/* The editor's keys, which go to the window that has the keyboard. */
static void press(const char *keys)
{
    char command[400];
    snprintf(command, sizeof(command),
             "w=$(xdotool search --sync --onlyvisible --class mousepad | head -1) && "
             "xdotool windowfocus --sync $w %s",
             keys);
    test_display_run(session.customer, (const char *const[]){"sh", "-c", command, NULL});
}

static void an_editor_copies_and_pastes(void **state)
{
    (void)state;
    start("look,clipboard");
    char home[400];
    snprintf(home, sizeof(home), "HOME=%s", session.folder);
    const char *document = path_of("document");
    FILE *file = fopen(document, "w");
    assert_non_null(file);
    fputs("Bonjour \xc3\xa0 tous\n\xe2\x82\xac \xf0\x9f\x98\x80", file);
    assert_int_equal(fclose(file), 0);
    const char *const argv[] = {
        "env", home, "GSETTINGS_BACKEND=memory", "mousepad", "--disable-server", document, NULL};
    hold(session.customer, argv, NULL);
    press("key ctrl+a key ctrl+c");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "Bonjour \xc3\xa0 tous\n\xe2\x82\xac \xf0\x9f\x98\x80");
    copy(session.rep, "coll\xc3\xa9 \xe2\x9c\x93");
    wait_offered(session.agent, "to-customer");
    press("key ctrl+a key ctrl+v");
    wait_moved(session.agent, "to-customer", "text", 10);
    press("type --delay 0 '!'");
    press("key ctrl+a key ctrl+c");
    wait_offered(session.viewer, "to-rep");
    expect_pasted(session.rep, "coll\xc3\xa9 \xe2\x9c\x93!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(texts_go_both_ways_when_they_are_pasted, tear_down),
        cmocka_unit_test_teardown(pictures_and_html_go_as_they_are, tear_down),
        cmocka_unit_test_teardown(sixteen_megabytes_go_both_ways, tear_down),
        cmocka_unit_test_teardown(nothing_goes_before_the_customer_allows_it, tear_down),
        cmocka_unit_test_teardown(paused_nothing_goes, tear_down),
        cmocka_unit_test_teardown(each_way_can_be_switched_off_at_each_side, tear_down),
        cmocka_unit_test_teardown(a_gibibyte_is_refused_within_bounds, tear_down),
        cmocka_unit_test_teardown(a_terminal_copies_and_pastes, tear_down),
        cmocka_unit_test_teardown(an_editor_copies_and_pastes, tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
