/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rep types arrives, whatever the two keyboards are: from a key press on the viewer's
 * display to a program on the customer's. */
#include "tests/support/folder.h"
#include "tests/support/keyboard.h"
#include "tests/support/session.h"

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
#include <unistd.h>
#include <xcb/xcb.h>

#define XDO(...) ((const char *const[]){"xdotool", __VA_ARGS__, NULL})

static struct test_session session;
static struct test_process *terminal;
static xcb_connection_t *look; /* on the customer's display */
static char typed[300];

static int set_up(void **state)
{
    (void)state;
    test_session_start(&session);
    look = xcb_connect(test_display_name(session.customer), NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    xcb_disconnect(look);
    test_session_end(&session);
    return 0;
}

/* command: a program in a terminal that has the keyboard; "%s" in it is the file. */
static void start_terminal(const char *command, const char *customer_layout)
{
    char text[400];
    test_display_run(session.customer, (const char *const[]){"setxkbmap", customer_layout, NULL});
    snprintf(typed, sizeof(typed), "%s/typed", session.folder);
    snprintf(text, sizeof(text), command, typed);
    const char *argv[] = {"xterm", "-geometry", "100x20+50+300", "-u8", "-e", "sh", "-c",
                          text,    NULL};
    const char *env[] = {test_display_env(session.customer), "LC_ALL=C.UTF-8", NULL};
    terminal = test_process_start(argv, &(struct test_process_options){.env = env});
    test_display_run(session.customer,
                     XDO("search", "--sync", "--onlyvisible", "--class", "xterm"));
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    while (access(typed, R_OK) != 0 && ds_clock_now() < deadline)
        poll(NULL, 0, 20);
    test_display_run(session.rep,
                     (const char *const[]){"sh", "-c",
                                           "xdotool windowfocus $(xdotool search --onlyvisible "
                                           "--class deskside-viewer | tail -n 1)",
                                           NULL});
    test_display_run(session.rep, XDO("mousemove", "200", "400", "click", "1"));
}

static int end_terminal(void **state)
{
    (void)state;
    test_process_end(terminal);
    terminal = NULL;
    unlink(typed);
    test_display_run(session.rep, (const char *const[]){"setxkbmap", "us", NULL});
    return 0;
}

static char *read_typed(void)
{
    return access(typed, R_OK) == 0 ? test_file_read(typed, NULL) : strdup("");
}

static void wait_typed(const char *what, const char *wanted)
{
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    for (;;) {
        char *text = read_typed();
        bool is_there = strcmp(text, wanted) == 0;
        if (!is_there && ds_clock_now() > deadline)
            fail_msg("%s: wanted \"%s\", arrived \"%s\"", what, wanted, text);
        free(text);
        if (is_there)
            return;
        poll(NULL, 0, 50);
    }
}

static unsigned keys_down(void)
{
    xcb_query_keymap_reply_t *reply = xcb_query_keymap_reply(look, xcb_query_keymap(look), NULL);
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

/* ---- text ---- */

static const char *const texts[] = {
    "The quick brown Fox, 3 < 4 & 5 > 2; {[|]} ~^\\`'\"@#$%*!?\n",
    ("D\u00e9j\u00e0 vu, \u00e7a\u00a0? No\u00ebl: \u00ab \u0153uf \u00bb 20 \u20ac "
     "\u00b5\u00a7\u00b0\n"),
    "\u00e4\u00fc\u00df\u00f1\u0142\u00f3\u017a\u00c4\u0141\n",
    "\u041f\u0440\u0438\u0432\u0435\u0442\n",
    "\U0001f600\U0001f44d ok\n",
};

static void type_texts(const char *rep_layout, const char *customer_layout)
{
    char wanted[1024] = "", what[32];
    start_terminal("cat > %s", customer_layout);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        test_display_run(session.rep, (const char *const[]){"setxkbmap", rep_layout, NULL});
        test_keyboard_bind(session.rep, texts[i]);
        test_display_run(session.rep, XDO("type", "--delay", "10", texts[i]));
        strcat(wanted, texts[i]);
        snprintf(what, sizeof(what), "%s to %s", rep_layout, customer_layout);
        wait_typed(what, wanted);
    }
}

static void text_from_us_to_fr(void **state)
{
    (void)state;
    type_texts("us", "fr");
}

static void text_from_us_to_us(void **state)
{
    (void)state;
    type_texts("us", "us");
}

static void text_from_fr_to_us(void **state)
{
    (void)state;
    type_texts("fr", "us");
}

static void text_from_fr_to_fr(void **state)
{
    (void)state;
    type_texts("fr", "fr");
}

static void text_from_de_to_fr(void **state)
{
    (void)state;
    type_texts("de", "fr");
}

static void text_from_de_to_us(void **state)
{
    (void)state;
    type_texts("de", "us");
}

/* Keys pressed one by one as a person does, where the layout has them. */
static void dead_keys_and_altgr_of_a_french_keyboard(void **state)
{
    (void)state;
    start_terminal("cat > %s", "us");
    test_display_run(session.rep, (const char *const[]){"setxkbmap", "fr", NULL});
    /* circumflex then e, diaeresis (Shift) then i, AltGr+0, AltGr+e, shift+1, 1 */
    test_display_run(session.rep,
                     XDO("key", "--delay", "20", "34", "26", "keydown", "50", "key", "34", "keyup",
                         "50", "key", "31", "keydown", "108", "key", "19", "26", "keyup", "108",
                         "keydown", "50", "key", "10", "keyup", "50", "key", "10", "11", "36"));
    wait_typed("fr to us", "\u00ea\u00ef@\u20ac1&\u00e9\n");
}

static void dead_keys_of_a_german_keyboard(void **state)
{
    (void)state;
    start_terminal("cat > %s", "fr");
    test_display_run(session.rep, (const char *const[]){"setxkbmap", "de", NULL});
    /* acute then e, circumflex then a, AltGr+q, y and z are changed, a capital with dots */
    test_display_run(session.rep, XDO("key", "--delay", "20", "21", "26", "49", "38", "keydown",
                                      "108", "key", "24", "keyup", "108", "key", "52", "29",
                                      "keydown", "50", "key", "48", "keyup", "50", "key", "36"));
    wait_typed("de to fr", "\u00e9\u00e2@yz\u00c4\n");
}

/* ---- keys that write nothing ---- */

static void controls_arrows_and_function_keys(void **state)
{
    (void)state;
    start_terminal("stty raw -echo; cat > %s", "us");
    test_display_run(session.rep, XDO("key", "--delay", "20", "ctrl+a", "ctrl+c", "Left", "Up",
                                      "F5", "F12", "Delete", "ctrl+Right", "alt+x", "Tab",
                                      "shift+Tab", "BackSpace", "Return"));
    wait_typed("keys", "\x01\x03\x1b[D\x1b[A\x1b[15~\x1b[24~\x1b[3~\x1b[1;5C\u00f8\t\x1b[Z\x7f\r");
}

static void a_key_that_is_held_repeats_and_stops(void **state)
{
    (void)state;
    start_terminal("stty raw -echo; cat > %s", "us");
    test_display_run(session.rep, XDO("keydown", "j"));
    size_t count = 0;
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    while (count < 5 && ds_clock_now() < deadline) {
        char *text = read_typed();
        count = strlen(text);
        free(text);
        poll(NULL, 0, 20);
    }
    test_display_run(session.rep, XDO("keyup", "j", "key", "x"));
    char *text = NULL;
    do {
        free(text);
        text = read_typed();
        poll(NULL, 0, 20);
    } while (!strchr(text, 'x') && ds_clock_now() < deadline);
    size_t repeats = strspn(text, "j");
    assert_string_equal("x", text + repeats);
    assert_in_range(repeats, 5, 100); /* 25 a second, and the looks of this test */
    free(text);
    wait_keys_down(0);
}

static void a_viewer_that_loses_the_keyboard_lets_go(void **state)
{
    (void)state;
    start_terminal("cat > %s", "us");
    test_display_run(session.rep, XDO("mousemove", "300", "200", "mousedown", "1", "keydown",
                                      "shift", "keydown", "ctrl", "keydown", "g"));
    wait_keys_down(3);
    /* another window takes the keyboard on the rep's side */
    const char *other[] = {"xterm", "-geometry", "20x5+0+900", NULL};
    const char *env[] = {test_display_env(session.rep), NULL};
    struct test_process *window =
        test_process_start(other, &(struct test_process_options){.env = env});
    test_display_run(session.rep,
                     (const char *const[]){"sh", "-c",
                                           "xdotool windowfocus $(xdotool search --sync "
                                           "--onlyvisible --class xterm | tail -n 1)",
                                           NULL});
    wait_keys_down(0);
    xcb_query_pointer_reply_t *pointer = xcb_query_pointer_reply(
        look, xcb_query_pointer(look, xcb_setup_roots_iterator(xcb_get_setup(look)).data->root),
        NULL);
    assert_int_equal(0, pointer->mask & 0x1fff); /* no button, no modifier */
    free(pointer);
    test_display_run(session.rep,
                     XDO("keyup", "g", "keyup", "ctrl", "keyup", "shift", "mouseup", "1"));
    test_process_end(window);
}

#define TEST(name) cmocka_unit_test_teardown(name, end_terminal)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_from_us_to_us),
        TEST(text_from_us_to_fr),
        TEST(text_from_fr_to_us),
        TEST(text_from_fr_to_fr),
        TEST(text_from_de_to_us),
        TEST(text_from_de_to_fr),
        TEST(dead_keys_and_altgr_of_a_french_keyboard),
        TEST(dead_keys_of_a_german_keyboard),
        TEST(controls_arrows_and_function_keys),
        TEST(a_key_that_is_held_repeats_and_stops),
        TEST(a_viewer_that_loses_the_keyboard_lets_go),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
