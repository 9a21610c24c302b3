/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Injected input on real displays: what a terminal receives under several layouts, and what the
 * display's state is afterwards. */
#include "agent/inject/inject.h"
#include "agent/inject/modifiers.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/x11/display.h"
#include "common/x11/keymap_read.h"
#include "common/x11/keysym.h"
#include "tests/support/display.h"
#include "tests/support/folder.h"
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
#include <sys/wait.h>
#include <unistd.h>

#define WAIT (20 * DS_SECOND)
#define CONTROL_L 0xffe3
#define SHIFT_L 0xffe1
#define LEVEL3 0xfe03
#define CAPS_LOCK 0xffe5
#define NUM_LOCK 0xff7f
#define RETURN 0xff0d
#define TAB 0xff09

/* A display with a terminal that writes what it is typed into a file, and an injector. */
struct bench {
    struct test_display *display;
    struct test_process *terminal;
    struct agent_inject *inject;
    struct ds_display look; /* to ask for state */
    char folder[256], file[300];
};

static void sync_inject(struct bench *b);

static void bench_layout(struct bench *b, const char *layout)
{
    const char *const argv[] = {"setxkbmap", "-layout", layout, NULL};
    test_display_run(b->display, argv);
    if (b->inject)
        sync_inject(b); /* its answer comes behind the display's word of the change */
}

static size_t read_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(out, 1, size - 1, file) : 0;
    if (file)
        fclose(file);
    out[n] = '\0';
    return n;
}

static void inject_all(struct bench *b)
{
    ds_tick deadline = ds_clock_now() + WAIT, due;
    while (ds_clock_now() < deadline && (due = agent_inject_deadline(b->inject)) != 0) {
        ds_tick now = ds_clock_now();
        if (due > now + 2 * DS_SECOND) /* only borrowed codes that rest */
            break;
        struct pollfd fd = {.fd = agent_inject_fd(b->inject), .events = POLLIN};
        poll(&fd, 1, due > now ? (int)((due - now) / DS_MS) + 1 : 0);
        assert_int_equal(0, agent_inject_poll(b->inject, ds_clock_now()));
    }
}

static void text(struct bench *b, const char *utf8)
{
    struct ds_input input = {.type = DS_INPUT_TEXT};
    snprintf(input.text, sizeof(input.text), "%s", utf8);
    assert_int_equal(0, agent_inject_input(b->inject, &input, ds_clock_now()));
    inject_all(b);
}

static void key(struct bench *b, uint32_t keysym, bool down)
{
    struct ds_input input = {.type = DS_INPUT_KEY, .keysym = keysym, .down = down};
    agent_inject_input(b->inject, &input, ds_clock_now());
    inject_all(b);
}

static void tap(struct bench *b, uint32_t keysym)
{
    key(b, keysym, true);
    key(b, keysym, false);
}

/* Every character as a key of its own, as a viewer sends what is typed on its keyboard. */
static void type_keys(struct bench *b, const char *utf8)
{
    const char *at = utf8, *end = utf8 + strlen(utf8);
    uint32_t character;
    while ((character = ds_text_next(&at, end)) != 0)
        tap(b, character == '\n' ? RETURN : ds_keysym_from_char(character));
}

static void expect_file(struct bench *b, const char *expected)
{
    static char content[65536];
    ds_tick deadline = ds_clock_now() + WAIT;
    do {
        read_file(b->file, content, sizeof(content));
    } while (strcmp(content, expected) != 0 && ds_clock_now() < deadline &&
             strlen(content) < strlen(expected));
    assert_string_equal(expected, content);
}

/* What is injected is carried out when the display gets to it: a request of the injector that is
 * answered comes after all of them. */
static void sync_inject(struct bench *b)
{
    key(b, 0, true); /* no such key: only the state is asked for */
}

static struct agent_modifiers state_of(struct bench *b)
{
    struct agent_modifiers state;
    if (b->inject)
        sync_inject(b);
    assert_int_equal(0, agent_modifiers_read(b->look.conn, &state));
    return state;
}

static bool is_root_under_pointer(struct bench *b)
{
    xcb_query_pointer_reply_t *reply = xcb_query_pointer_reply(
        b->look.conn, xcb_query_pointer(b->look.conn, b->look.screen->root), NULL);
    bool is = reply->child == XCB_NONE;
    free(reply);
    return is;
}

static void bench_start(struct bench *b, const char *layout)
{
    char message[256];
    memset(b, 0, sizeof(*b));
    test_folder_make(b->folder, sizeof(b->folder));
    snprintf(b->file, sizeof(b->file), "%s/typed", b->folder);
    b->display = test_display_start("800x600x24", NULL);
    bench_layout(b, layout);
    assert_int_equal(0, ds_display_open(&b->look, test_display_name(b->display), NULL, 0));
    assert_int_equal(0, ds_keymap_use(b->look.conn));
    char command[800];
    snprintf(command, sizeof(command), "echo ready; stty -echo; touch %s.ready; cat > %s", b->file,
             b->file);
    const char *env[] = {test_display_env(b->display), "LC_ALL=C.UTF-8", NULL};
    const char *const argv[] = {"xterm", "-u8", "-geometry", "80x24+0+0", "-e",
                                "sh",    "-c",  command,     NULL};
    b->terminal = test_process_start(argv, &(struct test_process_options){.env = env});
    char ready[320];
    snprintf(ready, sizeof(ready), "%s.ready", b->file);
    ds_tick deadline = ds_clock_now() + WAIT;
    while (access(ready, F_OK) != 0)
        assert_true(ds_clock_now() < deadline);
    if (agent_inject_open(&b->inject, test_display_name(b->display), NULL, message,
                          sizeof(message)))
        fail_msg("%s", message);
    agent_inject_set_area(b->inject, 0, 0, 800, 600);
    struct ds_input point = {.type = DS_INPUT_POINTER, .x = 200, .y = 150}; /* gets the focus */
    assert_int_equal(0, agent_inject_input(b->inject, &point, ds_clock_now()));
    /* a terminal runs its command before its window is there: keys would go nowhere */
    while (is_root_under_pointer(b))
        assert_true(ds_clock_now() < deadline);
}

static void bench_stop(struct bench *b)
{
    agent_inject_close(b->inject);
    ds_display_close(&b->look);
    test_process_end(b->terminal);
    test_display_end(b->display);
    test_folder_remove(b->folder);
}

static const char *const layouts[] = {"us", "fr", "de", "us,ru", "ru,us"};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static const char ascii[] = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                            "abcdefghijklmnopqrstuvwxyz{|}~";
static const char foreign[] = "éèàçùêëîïôûÉÈÀÇäöüÄÖÜß€£µ§²°ñ¿¡øåæœ";
static const char cyrillic[] = "Привет, Мир! ёЁжЖщЩъ";
static const char others[] = "ΑΩω שלום 日本語 한국어 ½…“”—";
static const char emoji[] = "😀🎉👍🏽🇫🇷❤️";

/* Of a line: as many characters as there are spare codes on every layout. The terminal has them all
 * before a code is lent to another character, however late it is. */
static const char *take_piece(const char **at, char *out)
{
    enum { PIECE = 12 };
    const char *from = *at, *end = *at + strlen(*at);
    for (int i = 0; i < PIECE && *at < end; i++)
        ds_text_next(at, end);
    memcpy(out, from, (size_t)(*at - from));
    out[*at - from] = '\0';
    return out;
}

static void check_text(const char *layout, bool by_keys)
{
    struct bench b;
    char expected[2048] = "", piece[64];
    const char *const lines[] = {ascii, foreign, cyrillic, others, emoji, ascii};
    bench_start(&b, layout);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        for (const char *at = lines[i]; *at;) {
            take_piece(&at, piece);
            if (by_keys)
                type_keys(&b, piece);
            else
                text(&b, piece);
            tap(&b, RETURN);
            strcat(strcat(expected, piece), "\n");
            expect_file(&b, expected);
        }
    }
    struct agent_inject_stats stats;
    agent_inject_get_stats(b.inject, &stats);
    assert_int_equal(0, stats.missing);
    assert_int_equal(0, stats.lost);
    bench_stop(&b);
}

static void text_arrives_whatever_the_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUTS; i++)
        check_text(layouts[i], false);
}

static void keys_arrive_whatever_the_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUTS; i++)
        check_text(layouts[i], true);
}

static void a_layout_that_changes_under_way_is_followed(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "us");
    text(&b, "azqwm;1!é€ж");
    tap(&b, RETURN);
    expect_file(&b, "azqwm;1!é€ж\n");
    bench_layout(&b, "fr");
    text(&b, "azqwm;1!é€ж");
    tap(&b, RETURN);
    expect_file(&b, "azqwm;1!é€ж\nazqwm;1!é€ж\n");
    bench_stop(&b);
}

static void locks_of_the_customer_change_nothing_and_stay(void **state)
{
    (void)state;
    static const char line[] = "Abc aBC 123 éÉ ж€ ß";
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        bench_start(&b, layouts[i]);
        tap(&b, CAPS_LOCK);
        tap(&b, NUM_LOCK);
        uint8_t locked = state_of(&b).locked;
        assert_true(locked & DS_MOD_LOCK);
        assert_true(locked & ~DS_MOD_LOCK);
        text(&b, line);
        type_keys(&b, line);
        tap(&b, RETURN);
        char expected[200];
        snprintf(expected, sizeof(expected), "%s%s\n", line, line);
        expect_file(&b, expected);
        assert_int_equal(locked, state_of(&b).locked);
        assert_int_equal(locked, state_of(&b).mods);
        bench_stop(&b);
    }
}

static void held_shift_and_altgr_of_the_rep_do_not_spoil_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        bench_start(&b, layouts[i]);
        key(&b, SHIFT_L, true);
        type_keys(&b, "A1!a?");
        key(&b, SHIFT_L, false);
        key(&b, LEVEL3, true); /* not on every layout: then ignored */
        type_keys(&b, "@#{€e");
        key(&b, LEVEL3, false);
        type_keys(&b, "a");
        tap(&b, RETURN);
        expect_file(&b, "A1!a?@#{€ea\n");
        assert_int_equal(0, state_of(&b).mods);
        bench_stop(&b);
    }
}

static void dead_keys_compose_at_the_customer(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "fr");
    tap(&b, 0xfe52); /* dead_circumflex, a key of this layout */
    type_keys(&b, "e");
    tap(&b, 0xfe57); /* dead_diaeresis: Shift and the same key */
    type_keys(&b, "U");
    tap(&b, RETURN);
    expect_file(&b, "êÜ\n");
    bench_stop(&b);
}

static void shortcuts_work_on_every_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUTS; i++) {
        struct bench b;
        bench_start(&b, layouts[i]);
        text(&b, "gone");
        key(&b, CONTROL_L, true);
        tap(&b, 'u'); /* the terminal's kill line */
        key(&b, CONTROL_L, false);
        text(&b, "kept");
        tap(&b, RETURN);
        expect_file(&b, "kept\n");
        key(&b, CONTROL_L, true);
        tap(&b, 'd'); /* end of file: cat ends, and the terminal with it */
        key(&b, CONTROL_L, false);
        assert_int_equal(0, test_process_wait_exit(b.terminal, 20000));
        bench_stop(&b);
    }
}

static void a_held_key_repeats_only_when_the_viewer_says_so(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "us");
    const char *const fast[] = {"xset", "r", "rate", "100", "50", NULL};
    test_display_run(b.display, fast);
    key(&b, 'a', true);
    /* ten times the delay of the server's own repeat */
    struct pollfd nothing = {.fd = -1};
    assert_int_equal(0, poll(&nothing, 1, 1000));
    key(&b, 'a', true);
    key(&b, 'a', true);
    key(&b, 'a', false);
    tap(&b, RETURN);
    expect_file(&b, "aaa\n");
    bench_stop(&b);
}

/* The server's bitmap of keys that are down, and its buttons. */
static unsigned keys_down(struct bench *b)
{
    if (b->inject)
        sync_inject(b);
    xcb_query_keymap_reply_t *reply =
        xcb_query_keymap_reply(b->look.conn, xcb_query_keymap(b->look.conn), NULL);
    unsigned count = 0;
    for (int i = 0; i < 32; i++)
        count += (unsigned)__builtin_popcount(reply->keys[i]);
    free(reply);
    return count;
}

static xcb_query_pointer_reply_t pointer_of(struct bench *b)
{
    if (b->inject)
        sync_inject(b);
    xcb_query_pointer_reply_t *reply = xcb_query_pointer_reply(
        b->look.conn, xcb_query_pointer(b->look.conn, b->look.screen->root), NULL);
    xcb_query_pointer_reply_t copy = *reply;
    free(reply);
    return copy;
}

static void everything_goes_up_on_release_and_on_close(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "us");
    struct ds_input input = {.type = DS_INPUT_POINTER, .x = 700, .y = 500, .buttons = 1 | 4};
    for (int round = 0; round < 2; round++) {
        key(&b, SHIFT_L, true);
        key(&b, 'Q', true);
        key(&b, 0x1000416, true); /* borrowed */
        assert_int_equal(0, agent_inject_input(b.inject, &input, ds_clock_now()));
        assert_int_equal(3, keys_down(&b));
        assert_int_equal(XCB_BUTTON_MASK_1 | XCB_BUTTON_MASK_3 | XCB_MOD_MASK_SHIFT,
                         pointer_of(&b).mask);
        if (round == 0) {
            struct ds_input release = {.type = DS_INPUT_RELEASE};
            assert_int_equal(0, agent_inject_input(b.inject, &release, ds_clock_now()));
        } else {
            agent_inject_close(b.inject);
            b.inject = NULL;
        }
        assert_int_equal(0, keys_down(&b));
        assert_int_equal(0, pointer_of(&b).mask);
    }
    bench_stop(&b);
}

static void a_program_that_exits_in_the_middle_lets_go(void **state)
{
    (void)state;
    struct bench b = {.inject = NULL};
    b.display = test_display_start("800x600x24", NULL);
    assert_int_equal(0, ds_display_open(&b.look, test_display_name(b.display), NULL, 0));
    pid_t pid = fork();
    assert_return_code(pid, 0);
    if (pid == 0) {
        char message[256];
        struct ds_input input = {.type = DS_INPUT_KEY, .keysym = SHIFT_L, .down = true};
        if (agent_inject_open(&b.inject, test_display_name(b.display), NULL, message,
                              sizeof(message)))
            _exit(1);
        agent_inject_input(b.inject, &input, ds_clock_now());
        input.keysym = 'Q';
        agent_inject_input(b.inject, &input, ds_clock_now());
        b.inject = NULL; /* nobody closes it */
        exit(0);
    }
    int status;
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_int_equal(0, keys_down(&b));
    assert_int_equal(0, pointer_of(&b).mask);
    ds_display_close(&b.look);
    test_display_end(b.display);
}

static unsigned spare_codes(struct bench *b)
{
    struct ds_keymap map;
    unsigned count = 0;
    assert_int_equal(0, ds_keymap_read(&map, b->look.conn, DS_KEYBOARD_CORE));
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        count += ds_keymap_is_spare(&map, (uint8_t)code);
    ds_keymap_destroy(&map);
    return count;
}

static void borrowed_codes_are_given_back(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "us");
    unsigned before = spare_codes(&b);
    text(&b, "жщ😀");
    sync_inject(&b);
    assert_int_equal(before - 3, spare_codes(&b));
    agent_inject_close(b.inject);
    b.inject = NULL;
    assert_int_equal(before, spare_codes(&b));
    bench_stop(&b);
}

static void the_pointer_is_cut_to_the_picture(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "us");
    agent_inject_set_area(b.inject, 100, 50, 300, 200);
    struct ds_input input = {.type = DS_INPUT_POINTER, .x = 10, .y = 20};
    assert_int_equal(0, agent_inject_input(b.inject, &input, ds_clock_now()));
    assert_int_equal(110, pointer_of(&b).root_x);
    assert_int_equal(70, pointer_of(&b).root_y);
    input.x = input.y = 65535;
    assert_int_equal(0, agent_inject_input(b.inject, &input, ds_clock_now()));
    assert_int_equal(399, pointer_of(&b).root_x);
    assert_int_equal(249, pointer_of(&b).root_y);
    bench_stop(&b);
}

static void a_left_handed_mouse_is_undone_for_the_rep(void **state)
{
    (void)state;
    struct bench b;
    bench_start(&b, "us");
    const char *const swap[] = {"xmodmap", "-e", "pointer = 3 2 1", NULL};
    test_display_run(b.display, swap);
    struct ds_input input = {.type = DS_INPUT_POINTER, .x = 700, .y = 500, .buttons = 1};
    assert_int_equal(0, agent_inject_input(b.inject, &input, ds_clock_now()));
    assert_int_equal(XCB_BUTTON_MASK_1, pointer_of(&b).mask);
    input.buttons = 0;
    assert_int_equal(0, agent_inject_input(b.inject, &input, ds_clock_now()));
    assert_int_equal(0, pointer_of(&b).mask);
    bench_stop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_arrives_whatever_the_layout),
        cmocka_unit_test(keys_arrive_whatever_the_layout),
        cmocka_unit_test(a_layout_that_changes_under_way_is_followed),
        cmocka_unit_test(locks_of_the_customer_change_nothing_and_stay),
        cmocka_unit_test(held_shift_and_altgr_of_the_rep_do_not_spoil_text),
        cmocka_unit_test(dead_keys_compose_at_the_customer),
        cmocka_unit_test(shortcuts_work_on_every_layout),
        cmocka_unit_test(a_held_key_repeats_only_when_the_viewer_says_so),
        cmocka_unit_test(everything_goes_up_on_release_and_on_close),
        cmocka_unit_test(a_program_that_exits_in_the_middle_lets_go),
        cmocka_unit_test(borrowed_codes_are_given_back),
        cmocka_unit_test(the_pointer_is_cut_to_the_picture),
        cmocka_unit_test(a_left_handed_mouse_is_undone_for_the_rep),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
