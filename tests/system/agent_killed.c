/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An agent that dies in the middle of remote control: nothing stays pressed, lent or running on the
 * customer's side, and a normal end leaves no process either. */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xcb.h>

#define WAIT (20 * DS_SECOND)
#define MAP_MAX (256 * 16)

static struct test_session s;
static xcb_connection_t *look; /* on the customer's display */

/* The caretaker outlives the agent for a moment: it comes to this process then. */
static int set_up(void **state)
{
    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    test_session_start(&s);
    look = xcb_connect(test_display_name(s.customer), NULL);
    assert_int_equal(0, xcb_connection_has_error(look));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    xcb_disconnect(look);
    test_session_end(&s);
    return 0;
}

/* ---- the display ---- */

static unsigned keys_down(void)
{
    xcb_query_keymap_reply_t *reply = xcb_query_keymap_reply(look, xcb_query_keymap(look), NULL);
    unsigned count = 0;
    for (int i = 0; i < 32; i++)
        count += (unsigned)__builtin_popcount(reply->keys[i]);
    free(reply);
    return count;
}

/* Buttons and modifiers. */
static unsigned mask_down(void)
{
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(look)).data->root;
    xcb_query_pointer_reply_t *reply =
        xcb_query_pointer_reply(look, xcb_query_pointer(look, root), NULL);
    unsigned mask = reply->mask;
    free(reply);
    return mask;
}

/* Waits for so many keys, and for buttons and modifiers. */
static void wait_down(unsigned keys, unsigned mask)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (keys_down() != keys || mask_down() != mask) {
        if (ds_clock_now() > deadline)
            fail_msg("%u keys and mask %#x, and not %u and %#x", keys_down(), mask_down(), keys,
                     mask);
        poll(NULL, 0, 10);
    }
}

/* The whole core mapping, 16 keysyms a code: how many a server keeps for each may grow. */
static void read_mapping(xcb_keysym_t out[MAP_MAX])
{
    const xcb_setup_t *setup = xcb_get_setup(look);
    unsigned count = setup->max_keycode - setup->min_keycode + 1u;
    xcb_get_keyboard_mapping_reply_t *reply = xcb_get_keyboard_mapping_reply(
        look, xcb_get_keyboard_mapping(look, setup->min_keycode, (uint8_t)count), NULL);
    memset(out, 0, MAP_MAX * sizeof(*out));
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < reply->keysyms_per_keycode && j < 16; j++)
            out[i * 16 + j] =
                xcb_get_keyboard_mapping_keysyms(reply)[i * reply->keysyms_per_keycode + j];
    free(reply);
}

static unsigned count_keysym(xcb_keysym_t keysym)
{
    static xcb_keysym_t map[MAP_MAX];
    unsigned count = 0;
    read_mapping(map);
    for (size_t i = 0; i < MAP_MAX; i++)
        count += map[i] == keysym;
    return count;
}

static void wait_mapping(const xcb_keysym_t *wanted)
{
    static xcb_keysym_t map[MAP_MAX];
    ds_tick deadline = ds_clock_now() + WAIT;
    for (;;) {
        size_t i = 0;
        read_mapping(map);
        while (i < MAP_MAX && map[i] == wanted[i])
            i++;
        if (i == MAP_MAX)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("keycode %zu gives %#x and not %#x", 8 + i / 16, map[i], wanted[i]);
        poll(NULL, 0, 10);
    }
}

/* ---- processes ---- */

/* The one child of the agent. */
static pid_t caretaker_of(pid_t agent)
{
    DIR *all = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *entry; (entry = readdir(all));) {
        char path[300], name[64];
        int pid, parent;
        snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
        FILE *file = fopen(path, "r");
        if (file && fscanf(file, "%d (%63[^)]) %*c %d", &pid, name, &parent) == 3 &&
            parent == agent)
            found = pid;
        if (file)
            fclose(file);
    }
    closedir(all);
    return found;
}

static void wait_gone(pid_t pid)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    for (;;) {
        pid_t done = waitpid(pid, NULL, WNOHANG);
        if (done == pid || (done < 0 && errno == ECHILD && kill(pid, 0) != 0))
            return;
        if (ds_clock_now() > deadline)
            fail_msg("process %d is still there", (int)pid);
        poll(NULL, 0, 10);
    }
}

/* ---- the rep ---- */

static void command(const char *json)
{
    test_process_command(s.viewer, json);
}

static void new_agent(void)
{
    static const char *const viewer[] = {"--geometry", "1280x800+0+0", "--borderless", NULL};
    test_process_end(s.viewer);
    test_process_end(s.agent);
    test_session_start_viewer(&s, viewer);
    test_session_start_agent(&s, "look,control", NULL);
    test_session_verify(&s);
}

/* Shift, a key, a character that no key of the customer has, two buttons. */
static void hold_everything(void)
{
    command("{\"cmd\":\"key\",\"keysym\":\"Shift_L\",\"down\":true}");
    command("{\"cmd\":\"key\",\"keysym\":\"Q\",\"down\":true}");
    command("{\"cmd\":\"key\",\"keysym\":\"U+0416\",\"down\":true}");
    command("{\"cmd\":\"pointer\",\"x\":900,\"y\":700,\"buttons\":5}");
    wait_down(3, XCB_BUTTON_MASK_1 | XCB_BUTTON_MASK_3 | XCB_MOD_MASK_SHIFT);
    assert_int_not_equal(0, count_keysym(0x6f6 /* Cyrillic_ZHE */));
}

static void die_of(int signal)
{
    static xcb_keysym_t before[MAP_MAX];
    read_mapping(before);
    pid_t agent = test_process_pid(s.agent), caretaker = caretaker_of(agent);
    assert_int_not_equal(0, caretaker);
    hold_everything();
    kill(agent, signal);
    wait_down(0, 0);
    wait_mapping(before);
    wait_gone(caretaker);
}

static void a_killed_agent_leaves_nothing_pressed_lent_or_running(void **state)
{
    (void)state;
    die_of(SIGKILL);
}

static void a_crashed_agent_leaves_nothing_pressed_lent_or_running(void **state)
{
    (void)state;
    new_agent();
    die_of(SIGSEGV);
}

/* A program on the customer's display gets repeats of a held key as before. XTEST's keyboard, for
 * which the agent switched them off, is the one that was used last. */
static void expect_repeat(const char *file)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    size_t count = 0;
    test_display_run(s.customer, (const char *const[]){"xdotool", "keydown", "b", NULL});
    while (count < 4 && ds_clock_now() < deadline) {
        char *typed = test_file_read(file, NULL);
        count = strlen(typed) - strcspn(typed, "b");
        free(typed);
        poll(NULL, 0, 10);
    }
    test_display_run(s.customer, (const char *const[]){"xdotool", "keyup", "b", NULL});
    assert_in_range(count, 4, 10000);
}

static struct test_process *start_terminal(char *file, size_t size)
{
    char text[400];
    snprintf(file, size, "%s/typed", s.folder);
    unlink(file);
    snprintf(text, sizeof(text), "stty raw -echo; cat > %s", file);
    const char *argv[] = {"xterm", "-geometry", "60x20+50+300", "-e", "sh", "-c", text, NULL};
    const char *env[] = {test_display_env(s.customer), NULL};
    struct test_process *terminal =
        test_process_start(argv, &(struct test_process_options){.env = env});
    test_display_run(s.customer, (const char *const[]){"xdotool", "search", "--sync",
                                                       "--onlyvisible", "--class", "xterm", NULL});
    ds_tick deadline = ds_clock_now() + WAIT;
    while (access(file, R_OK) != 0 && ds_clock_now() < deadline)
        poll(NULL, 0, 10);
    return terminal;
}

static void auto_repeat_is_back_after_a_kill_and_after_an_end(void **state)
{
    char file[300];
    (void)state;
    for (int is_killed = 0; is_killed < 2; is_killed++) {
        new_agent();
        struct test_process *terminal = start_terminal(file, sizeof(file));
        command("{\"cmd\":\"pointer\",\"x\":200,\"y\":400,\"buttons\":0}");
        command("{\"cmd\":\"key\",\"keysym\":\"a\",\"down\":true}");
        wait_down(1, 0);
        pid_t caretaker = caretaker_of(test_process_pid(s.agent));
        kill(test_process_pid(s.agent), is_killed ? SIGKILL : SIGTERM);
        wait_down(0, 0);
        wait_gone(caretaker);
        expect_repeat(file);
        test_process_end(terminal);
    }
}

/* The caretaker does nothing while the agent lives, and does not stay when it ends. */
static void an_agent_that_ends_takes_its_caretaker_along(void **state)
{
    (void)state;
    new_agent();
    pid_t agent = test_process_pid(s.agent), caretaker = caretaker_of(agent);
    assert_int_not_equal(0, caretaker);
    kill(caretaker, SIGTERM);
    kill(caretaker, SIGINT);
    hold_everything();
    kill(agent, SIGSTOP);
    wait_down(3, XCB_BUTTON_MASK_1 | XCB_BUTTON_MASK_3 | XCB_MOD_MASK_SHIFT);
    assert_int_equal(0, kill(caretaker, 0));
    kill(agent, SIGCONT);
    command("{\"cmd\":\"end\"}");
    assert_int_equal(0, test_process_wait_exit(s.agent, 20000));
    wait_down(0, 0);
    wait_gone(caretaker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_agent_leaves_nothing_pressed_lent_or_running),
        cmocka_unit_test(a_crashed_agent_leaves_nothing_pressed_lent_or_running),
        cmocka_unit_test(auto_repeat_is_back_after_a_kill_and_after_an_end),
        cmocka_unit_test(an_agent_that_ends_takes_its_caretaker_along),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
