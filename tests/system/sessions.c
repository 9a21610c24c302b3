/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One viewer that helps several customers: real programs on a display each. What is typed reaches
 * the window that has the keyboard and no other; one session that dies or ends leaves the rest
 * alone; the rep's display that dies leaves no customer waiting. */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>

enum { CUSTOMERS = 3 };

/* The first of them is what the session's own parts are. */
static struct test_session session;
static struct {
    struct test_display *display;
    struct test_process *agent, *terminal;
    char file[300]; /* what reached its keyboard */
} customers[CUSTOMERS];
static const char *const names[CUSTOMERS] = {"Alpha", "Beta", "Gamma"};

static int set_up(void **state)
{
    (void)state;
    memset(&session, 0, sizeof(session));
    memset(customers, 0, sizeof(customers));
    test_session_start_relay(&session, NULL);
    session.rep = test_display_start("1600x1000x24", NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(session.viewer);
    session.viewer = NULL;
    for (int i = 0; i < CUSTOMERS; i++) {
        test_process_end(customers[i].terminal);
        test_process_end(customers[i].agent);
        test_display_end(customers[i].display);
    }
    test_session_end(&session);
    return 0;
}

static void rep(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void rep(const char *format, ...)
{
    char script[900];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(script, sizeof(script), format, arguments);
    va_end(arguments);
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.rep, argv);
}

/* "" for the first one: its events say nothing of a session. */
static const char *number_of(int i)
{
    static const char *const numbers[CUSTOMERS] = {"", "2", "3"};
    return numbers[i];
}

/* To that session; rest: the fields of the command, from "cmd" on. */
static void command(int i, const char *rest)
{
    char text[400];
    snprintf(text, sizeof(text), "{%s%s%s%s}", i ? "\"session\":" : "", number_of(i), i ? "," : "",
             rest);
    test_process_command(session.viewer, text);
}

static json_t *event(int i, const char *name)
{
    return test_process_wait_event(session.viewer, name, "session", number_of(i), TEST_WAIT_MS);
}

static void wait_state(int i, const char *wanted)
{
    json_t *told;
    do {
        told = event(i, "state");
    } while (strcmp(json_string_value(json_object_get(told, "state")), wanted) != 0);
}

/* A customer with a terminal that writes down what is typed, and an agent that lets the rep in. */
static void start_customer(int i, const char *code)
{
    char command_line[800], text[400], home[300], number[64];
    const char *display;
    customers[i].display = test_display_start("640x480x24", NULL);
    display = test_display_env(customers[i].display);
    snprintf(home, sizeof(home), "HOME=%s", session.folder);
    snprintf(customers[i].file, sizeof(customers[i].file), "%s/typed-%d", session.folder, i);
    snprintf(command_line, sizeof(command_line),
             "stty -echo -icanon; touch %s.ready; exec cat > %s", customers[i].file,
             customers[i].file);
    const char *terminal[] = {"xterm", "-geometry", "100x36+0+0", "-e",
                              "sh",    "-c",        command_line, NULL};
    const char *agent[] = {"deskside-agent",
                           "--relay",
                           session.address,
                           "--ca",
                           session.ca,
                           "--code",
                           code,
                           "--accept",
                           "look,control,clipboard",
                           NULL};
    const char *env[] = {display, home, "LC_ALL=C.UTF-8", NULL};
    customers[i].terminal =
        test_process_start(terminal, &(struct test_process_options){.env = env});
    customers[i].agent =
        test_process_start(agent, &(struct test_process_options){.automation = true, .env = env});
    json_t *told =
        test_process_wait_event(customers[i].agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    snprintf(number, sizeof(number), "%s", json_string_value(json_object_get(told, "number")));
    snprintf(text, sizeof(text), "\"cmd\":\"security-number\",\"number\":\"%s\"", number);
    command(i, text);
    event(i, "picture");
    snprintf(text, sizeof(text), "%s.ready", customers[i].file);
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (access(text, F_OK) != 0 && ds_clock_now() < until)
        poll(NULL, 0, 20);
    snprintf(text, sizeof(text), "\"cmd\":\"rename\",\"name\":\"%s\",\"tag\":\"r\"", names[i]);
    command(i, text);
    event(i, "done");
}

static void start_first(const char *const *extra)
{
    test_session_start_viewer(&session, extra);
    start_customer(0, session.code);
}

/* Another session without a password; its code. */
static void start_next(int i)
{
    char code[16];
    command(0, "\"cmd\":\"new-session\",\"tag\":\"new\"");
    json_t *told = event(i, "done");
    assert_string_equal("new", json_string_value(json_object_get(told, "tag")));
    told = event(i, "code");
    snprintf(code, sizeof(code), "%s", json_string_value(json_object_get(told, "code")));
    start_customer(i, code);
}

/* Its window gets the keyboard by the window's own name, as from a window manager. */
static void focus(int i)
{
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --name '%s' | tail -n 1)",
        names[i]);
}

static void wait_title(const char *title)
{
    rep("for i in $(seq 2000); do xdotool search --onlyvisible --name '%s' && exit 0; done; exit 1",
        title);
}

/* A held q may have repeated before the keyboard went elsewhere. */
static void join_repeats(char *text)
{
    for (char *at; (at = strstr(text, "qq"));)
        memmove(at, at + 1, strlen(at));
}

static void read_typed(int i, char *out, size_t size)
{
    FILE *file = fopen(customers[i].file, "r");
    size_t n = file ? fread(out, 1, size - 1, file) : 0;
    out[n] = '\0';
    if (file)
        fclose(file);
}

static void wait_typed(int i, const char *wanted)
{
    char text[4096] = "";
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (ds_clock_now() < until) {
        read_typed(i, text, sizeof(text));
        join_repeats(text);
        if (strcmp(text, wanted) == 0)
            return;
        poll(NULL, 0, 20);
    }
    fail_msg("%s was typed as \"%s\", not as \"%s\"", names[i], text, wanted);
}

static void wait_held(int i)
{
    char text[4096] = "";
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (; !strstr(text, "qqq") && ds_clock_now() < until; poll(NULL, 0, 20))
        read_typed(i, text, sizeof(text));
    assert_non_null(strstr(text, "qqq"));
}

/* Holds a key in one window while the keyboard goes to the other, five times. */
static void type_in_turns(char *first, char *second)
{
    for (int round = 0; round < 5; round++) {
        char word[2][16];
        for (int i = 0; i < 2; i++) {
            snprintf(word[i], sizeof(word[i]), "%c%d%c", 'a' + i, round, 'x' + i);
            focus(i);
            rep("xdotool type --delay 1 '%s' && xdotool key Return", word[i]);
            strcat(strcat(i ? second : first, word[i]), "\n");
        }
    }
    focus(0);
    rep("xdotool keydown q");
    wait_held(0); /* it repeats */
    focus(1);
    /* It goes on repeating into the window before the rep, for ten times as long as it needs. */
    rep("for i in $(seq 20); do xdotool getmouselocation; done");
    rep("xdotool keyup q type zzzzz && xdotool key Return");
    focus(0);
    rep("xdotool key Return");
    strcat(first, "q\n");
    strcat(second, "zzzzz\n");
}

static int width_of(int i, const char *name)
{
    char script[300], *output;
    snprintf(script, sizeof(script),
             "%s xdotool getwindowgeometry --shell $(%s xdotool search --onlyvisible --name '%s' | "
             "tail -n 1) | sed -n 's/^%s=//p'",
             test_display_env(session.rep), test_display_env(session.rep), names[i], name);
    const char *argv[] = {"sh", "-c", script, NULL};
    assert_int_equal(0, test_run(argv, &output));
    int value = atoi(output);
    free(output);
    return value;
}

static bool windows_meet(int a, int b)
{
    int ax = width_of(a, "X"), ay = width_of(a, "Y"), bx = width_of(b, "X"), by = width_of(b, "Y");
    return ax < bx + width_of(b, "WIDTH") && bx < ax + width_of(a, "WIDTH") &&
           ay < by + width_of(b, "HEIGHT") && by < ay + width_of(a, "HEIGHT");
}

/* A text in the clipboard of a display; xclip stays behind as its owner. */
static void copy(const struct test_display *display, const char *text)
{
    char script[200];
    snprintf(script, sizeof(script), "printf %%s '%s' | xclip -selection clipboard -i >/dev/null",
             text);
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(display, argv);
}

/* The rep can use what a customer copied, and another customer cannot. */
static void copies_stay_between_two(void)
{
    copy(customers[0].display, "the secret of one");
    json_t *told = event(0, "clipboard");
    assert_string_equal("to-rep", json_string_value(json_object_get(told, "direction")));
    rep("xclip -selection clipboard -o | grep -q secret");
    copy(session.rep, "of the rep"); /* is the first that the others hear of */
    told = event(1, "clipboard");
    assert_string_equal("to-customer", json_string_value(json_object_get(told, "direction")));
    assert_int_equal(10, json_integer_value(json_object_get(told, "bytes")));
}

/* Whether the viewer holds the whole keyboard of the rep's display: nobody else can take it then.
 */
static void assert_keyboard_is_taken(void)
{
    xcb_connection_t *look = xcb_connect(test_display_name(session.rep), NULL);
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(look)).data->root;
    xcb_grab_keyboard_reply_t *reply =
        xcb_grab_keyboard_reply(look,
                                xcb_grab_keyboard(look, 0, root, XCB_CURRENT_TIME,
                                                  XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC),
                                NULL);
    assert_non_null(reply);
    assert_int_equal(XCB_GRAB_STATUS_ALREADY_GRABBED, reply->status);
    free(reply);
    xcb_disconnect(look);
}

/* With the keys of the desktop passed on, each window in turn has the whole keyboard. */
static void take_the_keyboard_in_turns(char *first, char *second)
{
    command(0, "\"cmd\":\"set\",\"name\":\"pass-windows-keys\",\"on\":true,\"tag\":\"p\"");
    event(0, "done");
    for (int round = 0; round < 4; round++) {
        int i = round % 2;
        char *typed = i ? second : first;
        focus(i);
        rep("xdotool type --delay 1 'w%d' && xdotool key Return", round);
        snprintf(typed + strlen(typed), 8, "w%d\n", round);
        wait_typed(i, typed);
        assert_keyboard_is_taken();
    }
}

static void shot(const char *name)
{
    const char *folder = getenv("DESKSIDE_TEST_SHOTS");
    if (folder)
        rep("import -window root %s/%s.png", folder, name);
}

static void each_customer_gets_what_was_typed_in_its_own_window(void **state)
{
    (void)state;
    char first[400] = "", second[400] = "";
    start_first(NULL);
    start_next(1);
    start_next(2);
    command(0, "\"cmd\":\"arrange\",\"how\":\"tile\",\"tag\":\"t\"");
    event(0, "done");
    for (int i = 0; i < 400 && (windows_meet(0, 1) || windows_meet(0, 2)); i++)
        poll(NULL, 0, 20);
    assert_false(windows_meet(0, 1) || windows_meet(0, 2) || windows_meet(1, 2));
    type_in_turns(first, second);
    shot("tiled");

    copies_stay_between_two();
    take_the_keyboard_in_turns(first, second);

    /* one of them dies in the middle */
    focus(0);
    rep("xdotool type --delay 1 mid");
    kill(test_process_pid(customers[2].agent), SIGKILL);
    rep("xdotool type --delay 1 dle && xdotool key Return");
    strcat(first, "middle\n");
    wait_state(2, "reconnecting");
    wait_typed(0, first);
    wait_typed(1, second);
    shot("one-died");

    /* what comes while another window is in front is counted in its title, until it is read */
    test_process_command(customers[1].agent, "{\"cmd\":\"chat\",\"text\":\"Are you there?\"}");
    wait_title("^.1. Beta");
    shot("unread");
    focus(1);
    wait_title("^Beta");

    /* one ends, the others go on */
    command(1, "\"cmd\":\"end\"");
    wait_state(1, "ended");
    test_process_wait_exit(customers[1].agent, 10000);
    focus(0);
    rep("xdotool type --delay 1 after && xdotool key Return");
    strcat(first, "after\n");
    wait_typed(0, first);
    wait_typed(1, second);
    command(1, "\"cmd\":\"end\",\"tag\":\"gone\"");
    json_t *told = test_process_wait_event(session.viewer, "error", "tag", "gone", TEST_WAIT_MS);
    assert_string_equal("no-session", json_string_value(json_object_get(told, "code")));
    assert_false(test_process_has_ended(session.viewer));
    command(2, "\"cmd\":\"end\"");
    command(0, "\"cmd\":\"end\"");
    assert_int_equal(0, test_process_wait_exit(session.viewer, 10000));
    assert_int_equal(0, test_process_wait_exit(customers[0].agent, 10000));
}

static void wait_focus(const char *name)
{
    rep("for i in $(seq 2000); do xdotool getwindowfocus getwindowname | grep -q '%s' && exit 0; "
        "done; exit 1",
        name);
}

static void the_keyboard_alone_opens_names_switches_and_ends_them(void **state)
{
    (void)state;
    test_session_start_viewer(&session, NULL);
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --name Waiting)");
    rep("xdotool key ctrl+alt+shift+n");
    event(1, "code"); /* signed in without a password */
    wait_focus("Session 2");
    rep("xdotool key ctrl+alt+shift+r && xdotool type --delay 5 'Zoe' && xdotool key Return");
    wait_focus("^Zoe – ");
    rep("xdotool key ctrl+alt+shift+w");
    wait_focus("Session 1");
    shot("code-pages");
    rep("xdotool key ctrl+alt+shift+q && xdotool key Escape"); /* asked, and not meant */
    rep("xdotool key ctrl+alt+shift+w");
    wait_focus("Zoe");
    rep("xdotool key ctrl+alt+shift+q");
    shot("end-all");
    rep("xdotool key Tab Return");
    wait_state(0, "ended");
    assert_int_equal(0, test_process_wait_exit(session.viewer, 10000));
}

static void a_display_that_dies_leaves_no_customer_waiting(void **state)
{
    (void)state;
    start_first(NULL);
    start_next(1);
    test_display_end(session.rep);
    session.rep = NULL;
    assert_int_equal(5, test_process_wait_exit(session.viewer, 10000));
    for (int i = 0; i < 2; i++) {
        json_t *told =
            test_process_wait_event(customers[i].agent, "state", "state", "ended", TEST_WAIT_MS);
        assert_string_equal("ended by the representative",
                            json_string_value(json_object_get(told, "reason")));
        assert_int_equal(0, test_process_wait_exit(customers[i].agent, 10000));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    const struct CMUnitTest tests[] = {
        TEST(each_customer_gets_what_was_typed_in_its_own_window),
        TEST(the_keyboard_alone_opens_names_switches_and_ends_them),
        TEST(a_display_that_dies_leaves_no_customer_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
