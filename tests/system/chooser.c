/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files chosen, saved and kept apart with the windows of the real programs, by keys alone. */
#include "tests/support/customer.h"
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

#define KEYS(...) ((const char *const[]){"key", __VA_ARGS__, NULL})
#define TALK "ctrl+alt+shift+h" /* opens and closes the panel */

static struct test_customer c;
static struct test_session *const s = &c.session;
static char downloads[300];

static int set_up(void **state)
{
    (void)state;
    static const char *const whole[] = {"--geometry", "1280x800+0+0", "--borderless",
                                        "--scale",    "1:1",          NULL};
    test_customer_start(&c);
    snprintf(downloads, sizeof(downloads), "%s/Downloads", s->folder);
    assert_int_equal(0, mkdir(downloads, 0700));
    test_session_start_viewer(s, whole);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_customer_end(&c);
    return 0;
}

static void make(char path[400], const char *name, const char *text)
{
    snprintf(path, 400, "%s/%s", s->folder, name);
    test_file_write(path, text);
}

static void command(struct test_process *to, const char *cmd, int id, const char *path)
{
    char line[600];
    snprintf(line, sizeof(line), "{\"cmd\":\"%s\",\"id\":%d,\"path\":\"%s\"}", cmd, id, path);
    test_process_command(to, line);
}

static int wait_file(struct test_process *end, const char *state)
{
    json_t *event = test_process_wait_event(end, "file", "state", state, TEST_WAIT_MS);
    return (int)json_integer_value(json_object_get(event, "id"));
}

static void assert_content(const char *name, const char *wanted)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", downloads, name);
    char *text = test_file_read(path, NULL);
    assert_string_equal(wanted, text);
    free(text);
}

/* Until the window has done it: what it reads first, a disk, takes its time. */
static void repeat_until_done(void (*hand)(struct test_customer *, const char *const *),
                              const char *const *keys, struct test_process *end)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    do {
        if (ds_clock_now() > deadline)
            fail_msg("the file does not arrive");
        hand(&c, keys);
    } while (!test_process_poll_event(end, "file", "state", "done", 500));
}

static void a_rep_chooses_and_keeps_both(void **state)
{
    (void)state;
    char path[400], mine[400], theirs[400];
    test_session_start_agent(s, "look,files", NULL);
    test_session_verify(s);
    make(path, "report.txt", "to the customer");
    test_rep_hand(&c, KEYS(TALK, "Tab", "Tab", "Return", "ctrl+l"));
    test_rep_hand(&c, (const char *const[]){"type", path, NULL});
    test_customer_shot(&c, "chooser-path");
    test_rep_key(&c, "Return");
    command(s->agent, "accept-file", wait_file(s->agent, "offered"), downloads);
    wait_file(s->agent, "done");
    assert_content("report.txt", "to the customer");

    make(theirs, "answer.txt", "theirs");
    make(mine, "Downloads/answer.txt", "mine");
    command(s->agent, "send-file", 0, theirs);
    wait_file(s->viewer, "offered");
    test_customer_shot(&c, "offer-card");
    /* The field, its button, the chooser's, the folder's, and then the first answer: Save, and when
     * the name turns out to be taken Keep both. */
    repeat_until_done(test_rep_hand, KEYS(TALK, TALK, "Tab", "Tab", "Tab", "Tab", "Return"),
                      s->viewer);
    assert_content("answer.txt", "mine");
    assert_content("answer (2).txt", "theirs");
    test_customer_shot(&c, "kept-both");
}

static void wait_keyboard_in_chat(void)
{
    const char *look[] = {
        "env", test_display_env(s->customer), "xdotool", "getwindowfocus", "getwindowname", NULL};
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (bool is_there = false; !is_there;) {
        char *name = NULL;
        is_there = test_run(look, &name) == 0 && strstr(name, "chat and files");
        free(name);
        if (ds_clock_now() > deadline)
            fail_msg("the keyboard does not come to the window with the chat");
        poll(NULL, 0, 20);
    }
}

static void a_customer_saves_in_another_folder(void **state)
{
    (void)state;
    char path[400], other[340], saved[400];
    struct test_window page;
    make(path, "driver.bin", "a driver");
    snprintf(other, sizeof(other), "%s/Elsewhere", s->folder);
    assert_int_equal(0, mkdir(other, 0700));
    test_customer_start_agent(&c, NULL);
    test_customer_type_code(&c);
    test_customer_go_on(&c);
    test_customer_prove(&c);
    test_customer_agree(&c, false);
    test_process_command(s->viewer, "{\"cmd\":\"request\",\"right\":\"files\"}");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space"));
    test_process_wait_event(s->viewer, "right", "right", "files", TEST_WAIT_MS);
    command(s->viewer, "send-file", 0, path);
    wait_file(s->agent, "offered");
    test_customer_wait_window(&c, TEST_WINDOW_PAGE, &page);
    test_customer_read();
    test_customer_hand(&c, KEYS("shift+Tab", "space")); /* Other folder… */
    wait_keyboard_in_chat();
    test_customer_hand(&c, KEYS("ctrl+l"));
    test_customer_hand(&c, (const char *const[]){"type", other, NULL});
    test_customer_key(&c, "Return");
    test_customer_shot(&c, "choose-folder");
    repeat_until_done(test_customer_hand, KEYS("ctrl+Return"), s->agent);
    snprintf(saved, sizeof(saved), "%s/driver.bin", other);
    char *text = test_file_read(saved, NULL);
    assert_string_equal("a driver", text);
    free(text);
    test_customer_shot(&c, "saved-elsewhere");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_rep_chooses_and_keeps_both),
        CASE(a_customer_saves_in_another_folder),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
