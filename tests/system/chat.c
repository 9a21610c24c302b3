/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chat between two people with the real programs: each writes by their own hand, sees that the
 * other one writes and has seen, opens an address, and loses nothing to a cut or to the end. */
#include "tests/support/customer.h"
#include "tests/support/folder.h"

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
#include <sys/stat.h>

#define EXIT_MS 10000
#define CHAT_WIDTH 380 /* of the customer's windows: agent/show/talk.c, page.h */
#define PAGE_WIDTH 520

static struct test_customer c;
static struct test_session *const s = &c.session;
static char browser[400], opened[400], path[4096];

static int set_up(void **state)
{
    (void)state;
    test_customer_start(&c);
    snprintf(browser, sizeof(browser), "%s/xdg-open", s->folder);
    snprintf(opened, sizeof(opened), "%s/opened", s->folder);
    snprintf(path, sizeof(path), "PATH=%s:%s", s->folder, getenv("PATH"));
    char script[1400];
    snprintf(script, sizeof(script),
             "#!/bin/sh\nprintf '%%s\\n' \"$#\" \"$@\" > '%s.part' && mv '%s.part' '%s'\n", opened,
             opened, opened);
    test_file_write(browser, script);
    assert_int_equal(0, chmod(browser, 0700));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_customer_end(&c);
    return 0;
}

static int end_programs(void **state)
{
    (void)state;
    test_customer_end_programs(&c);
    if (!s->relay)
        test_session_serve(s);
    return 0;
}

/* ---- what several cases do ---- */

static void connect_in(const char *language)
{
    static char lang[32];
    snprintf(lang, sizeof(lang), "LANG=%s", language);
    const char *const env[] = {path, "LC_ALL=", lang, NULL};
    s->env = env;
    test_session_start_viewer(s, (const char *const[]){"--geometry", "1000x700+0+0", NULL});
    s->env = NULL;
    test_customer_start_agent(&c, env);
    test_customer_type_code(&c);
    test_customer_go_on(&c);
    test_customer_prove(&c);
    test_customer_agree(&c, false);
}

static void command(struct test_process *to, const char *line)
{
    test_process_command(to, line);
}

static void expect_chat(struct test_process *process, const char *text)
{
    test_process_wait_event(process, "chat", "text", text, TEST_WAIT_MS);
}

static void expect_typing(struct test_process *process, const char *from, bool on)
{
    json_t *event = test_process_wait_event(process, "typing", "from", from, TEST_WAIT_MS);
    assert_int_equal(on, json_is_true(json_object_get(event, "on")));
}

/* A window of the customer's, by its width; false: it cannot be seen. */
static bool find_window(int width, struct test_window *window)
{
    char display[64], *output = NULL, *at;
    snprintf(display, sizeof(display), "DISPLAY=%s", test_display_name(s->customer));
    const char *const argv[] = {
        "env",
        display,
        "sh",
        "-c",
        "for w in $(xdotool search --onlyvisible --classname deskside-agent); do"
        " xdotool getwindowgeometry --shell $w; done 2>/dev/null",
        NULL};
    test_run(argv, &output);
    bool is_there = false;
    for (at = output; at && (at = strstr(at, "X=")) != NULL; at++) {
        is_there = sscanf(at, "X=%d Y=%d WIDTH=%d HEIGHT=%d", &window->x, &window->y,
                          &window->width, &window->height) == 4 &&
                   window->width == width;
        if (is_there)
            break;
    }
    free(output);
    return is_there;
}

static void wait_chat(bool wanted, struct test_window *window)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (find_window(CHAT_WIDTH, window) != wanted) {
        if (ds_clock_now() > deadline) {
            test_customer_shot(&c, "chat-failed");
            fail_msg("the chat does not %s", wanted ? "open" : "close");
        }
        poll(NULL, 0, 50);
    }
}

static void focus_chat(struct test_window *window)
{
    wait_chat(true, window);
    test_customer_read();
    test_customer_click(&c, window->x + window->width / 2, window->y + window->height - 30);
}

static void type(const char *text)
{
    test_customer_hand(&c, (const char *const[]){"type", "--delay", "20", text, NULL});
}

static void wait_file(const char *name, const char *wanted)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    struct stat is;
    while (stat(name, &is) != 0) {
        if (ds_clock_now() > deadline)
            fail_msg("no browser was opened");
        poll(NULL, 0, 50);
    }
    char *text = test_file_read(name, NULL);
    assert_string_equal(wanted, text);
    free(text);
    remove(name);
}

/* The rep's panel is there: its transcript is white (DS_COLOR_SURFACE). */
static void wait_panel(void)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    uint32_t is = 0;
    while (is != 0xffffff) {
        uint32_t *pixel = test_display_grab(s->rep, 950, 350, 1, 1);
        is = *pixel & 0xffffff;
        free(pixel);
        if (ds_clock_now() > deadline)
            fail_msg("the rep's panel does not open");
        poll(NULL, 0, 50);
    }
}

/* ---- a conversation ---- */

/* Rep by keys: the panel, a ready reply, Enter. Customer by their hand. */
static void two_people_talk(const char *language, const char *reply)
{
    struct test_window window;
    char shot[64];
    connect_in(language);
    test_rep_focus(&c);
    test_rep_hand(&c, (const char *const[]){"key", "ctrl+alt+shift+h", NULL});
    wait_panel();
    test_rep_hand(&c, (const char *const[]){"type", "--delay", "30", "/", NULL});
    expect_typing(s->agent, "rep", true);
    snprintf(shot, sizeof(shot), "chat-replies-%.2s", language);
    test_customer_shot(&c, shot);
    test_rep_key(&c, "Return");
    test_rep_key(&c, "Return");
    expect_typing(s->agent, "rep", false);
    expect_chat(s->agent, reply);
    focus_chat(&window); /* it has opened by itself */
    test_process_wait_event(s->viewer, "seen", "from", "customer", TEST_WAIT_MS);
    type("Yes: the printer");
    snprintf(shot, sizeof(shot), "chat-typing-%.2s", language);
    test_customer_shot(&c, shot);
    expect_typing(s->viewer, "customer", true);
    test_customer_key(&c, "Return");
    expect_typing(s->viewer, "customer", false); /* it came */
    expect_chat(s->viewer, "Yes: the printer");
    test_process_wait_event(s->agent, "seen", "from", "rep", TEST_WAIT_MS);
    command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Look: https://help.acme.example/p?a=b&c=$(id)"
                       "\"}");
    expect_chat(s->agent, "Look: https://help.acme.example/p?a=b&c=$(id)");
    snprintf(shot, sizeof(shot), "chat-talk-%.2s", language);
    test_customer_shot(&c, shot);
}

/* By keys alone: to the transcript, its last row, the question, its yes. */
static void open_address(struct test_window *window, const char *shot)
{
    test_customer_click(&c, window->x + window->width / 2, window->y + window->height - 30);
    for (int i = 0; i < 3; i++) /* from the field past its two buttons to the list */
        test_customer_key(&c, "Tab");
    test_customer_key(&c, "End");
    test_customer_key(&c, "Return");
    test_customer_read();
    test_customer_shot(&c, shot);
    test_customer_key(&c, "Tab");
    test_customer_read();
    test_customer_key(&c, "Return");
}

static void a_conversation_in_english(void **state)
{
    (void)state;
    struct test_window window;
    two_people_talk("C.UTF-8", "Hello! How can I help you today?");
    wait_chat(true, &window);
    open_address(&window, "chat-address-en");
    wait_file(opened, "1\nhttps://help.acme.example/p?a=b&c=$(id)\n");
}

static void a_conversation_in_french(void **state)
{
    (void)state;
    struct test_window window;
    two_people_talk("fr_FR.UTF-8", "Bonjour\xe2\x80\xaf! Comment puis-je vous aider\xe2\x80\xaf?");
    wait_chat(true, &window);
    open_address(&window, "chat-address-fr");
    wait_file(opened, "1\nhttps://help.acme.example/p?a=b&c=$(id)\n");
}

/* ---- the chat is the session ---- */

static void closing_the_chat_asks_and_ends_the_session(void **state)
{
    (void)state;
    struct test_window window;
    connect_in("C.UTF-8");
    command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Hello\"}");
    focus_chat(&window);
    test_customer_key(&c, "Escape"); /* that only hides it */
    wait_chat(false, &window);
    command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Still there?\"}");
    focus_chat(&window);
    test_customer_key(&c, "alt+F4");
    test_customer_read();
    test_customer_shot(&c, "chat-ending");
    test_customer_key(&c, "Return"); /* the safe answer: stay */
    test_process_command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Good\"}");
    expect_chat(s->agent, "Good");
    focus_chat(&window);
    test_customer_key(&c, "alt+F4");
    test_customer_read();
    test_customer_hand(&c, (const char *const[]){"key", "shift+Tab", "space", NULL});
    json_t *ended = test_process_wait_event(s->viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("closed", json_string_value(json_object_get(ended, "reason")));
}

/* ---- nothing is lost ---- */

/* Written while the line is cut: marked, kept, and there once when it is back. What stands in the
 * field when the rep ends the session stays before the customer and can be copied. */
static void a_cut_and_the_end_lose_nothing(void **state)
{
    (void)state;
    struct test_window window;
    connect_in("C.UTF-8");
    command(s->viewer, "{\"cmd\":\"chat\",\"text\":\"Hello\"}");
    focus_chat(&window);
    kill(test_process_pid(s->relay), SIGKILL);
    test_process_end(s->relay);
    s->relay = NULL;
    test_process_wait_event(s->agent, "state", "state", "reconnecting", TEST_WAIT_MS);
    while (!find_window(PAGE_WIDTH, &window)) /* the page about it: keep waiting */
        poll(NULL, 0, 50);
    test_customer_read();
    test_customer_key(&c, "Escape");
    focus_chat(&window);
    type("written in the dark");
    test_customer_key(&c, "Return");
    test_customer_shot(&c, "chat-unsent");
    test_session_serve(s);
    expect_chat(s->viewer, "written in the dark");
    expect_chat(s->agent, "written in the dark");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    focus_chat(&window);
    type("half a sentence");
    expect_typing(s->viewer, "customer", true);
    command(s->viewer, "{\"cmd\":\"end\"}");
    test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    wait_chat(true, &window);
    test_customer_read();
    test_customer_shot(&c, "chat-over");
    focus_chat(&window);
    test_customer_key(&c, "Return"); /* Copy */
    char display[64], *copied = NULL;
    snprintf(display, sizeof(display), "DISPLAY=%s", test_display_name(s->customer));
    test_run((const char *const[]){"env", display, "xclip", "-selection", "clipboard", "-o", NULL},
             &copied);
    assert_non_null(copied);
    assert_string_equal("half a sentence", copied);
    free(copied);
}

#define TEST(name) cmocka_unit_test_teardown(name, end_programs)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_conversation_in_english),
        TEST(a_conversation_in_french),
        TEST(closing_the_chat_asks_and_ends_the_session),
        TEST(a_cut_and_the_end_lose_nothing),
    };
    if (getenv("DESKSIDE_TEST_ONLY"))
        cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY"));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
