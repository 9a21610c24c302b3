/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/automation/automation.h"
#include "common/automation/event.h"
#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct rig {
    int commands[2], events[2];
    struct ds_automation *automation;
    sem_t woken;
    char text[65536];
    size_t len;
};

static void on_wake(void *ctx)
{
    sem_post(ctx);
}

static int set_up(void **state)
{
    static struct rig rig;
    int error;
    memset(&rig, 0, sizeof(rig));
    assert_int_equal(0, pipe(rig.commands));
    assert_int_equal(0, pipe(rig.events));
    sem_init(&rig.woken, 0, 0);
    rig.automation =
        ds_automation_open(rig.events[1], rig.commands[0], on_wake, &rig.woken, &error);
    assert_non_null(rig.automation);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    ds_automation_close(rig->automation);
    for (int i = 0; i < 2; i++) {
        if (rig->commands[i] >= 0)
            close(rig->commands[i]);
        if (rig->events[i] >= 0)
            close(rig->events[i]);
    }
    sem_destroy(&rig->woken);
    return 0;
}

static struct ds_command *next_command(struct rig *rig)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    assert_int_equal(0, sem_timedwait(&rig->woken, &until));
    struct ds_command *c = ds_automation_take(rig->automation);
    assert_non_null(c);
    return c;
}

static void say(struct rig *rig, const char *text)
{
    assert_int_equal(strlen(text), write(rig->commands[1], text, strlen(text)));
}

/* Reads events until `wanted` stands in what has arrived so far. */
static void expect_event(struct rig *rig, const char *wanted)
{
    while (!strstr(rig->text, wanted)) {
        struct pollfd fd = {.fd = rig->events[0], .events = POLLIN};
        assert_int_equal(1, poll(&fd, 1, 10000));
        ssize_t n = read(rig->events[0], rig->text + rig->len, sizeof(rig->text) - 1 - rig->len);
        assert_true(n > 0);
        rig->len += (size_t)n;
        rig->text[rig->len] = '\0';
    }
}

static void commands_arrive_checked_and_in_order(void **state)
{
    struct rig *rig = *state;
    say(rig,
        "{\"cmd\":\"security-number\",\"number\":\"481926\",\"tag\":\"a\"}\n{\"cmd\":\"key\",");
    struct ds_command *c = next_command(rig);
    assert_int_equal(DS_COMMAND_SECURITY_NUMBER, c->type);
    assert_string_equal("481926", c->number);
    assert_string_equal("a", c->tag);
    c->letter.destroy(&c->letter);
    say(rig, "\"keysym\":\"U+20AC\",\"down\":true}\r\n");
    c = next_command(rig);
    assert_int_equal(DS_COMMAND_KEY, c->type);
    assert_string_equal("U+20AC", c->keysym);
    assert_true(c->down);
    c->letter.destroy(&c->letter);
}

static void a_note_is_read_whole(void **state)
{
    struct rig *rig = *state;
    say(rig, "{\"cmd\":\"note\",\"tool\":\"text\",\"points\":[[7,65535]],\"color\":\"#0aB1c2\","
             "\"text\":\"d\xc3\xa9j\xc3\xa0\"}\n");
    struct ds_command *c = next_command(rig);
    assert_int_equal(DS_COMMAND_NOTE, c->type);
    assert_true(c->note.tool == DS_NOTE_TEXT && c->note.color == 0x0ab1c2 && c->note.count == 1);
    assert_true(c->note.points[0].x == 7 && c->note.points[0].y == 65535);
    assert_string_equal("d\xc3\xa9j\xc3\xa0", c->note.text);
    c->letter.destroy(&c->letter);
    say(rig, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":[[1,2],[3,4]]}\n");
    c = next_command(rig);
    assert_true(c->note.color == DS_NOTE_COLOR && c->note.count == 2 && c->note.text[0] == '\0');
    c->letter.destroy(&c->letter);
    say(rig, "{\"cmd\":\"clipboard\",\"direction\":\"to-rep\",\"on\":true}\n");
    c = next_command(rig);
    assert_true(c->type == DS_COMMAND_CLIPBOARD && c->on);
    assert_int_equal(c->clipboard, DS_COMMAND_CLIPBOARD_TO_REP);
    c->letter.destroy(&c->letter);
}

static void whose_screen_is_shown_is_read(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *line;
        enum ds_command_share share;
        int monitor;
        uint32_t window;
    } cases[] = {
        {"{\"cmd\":\"share\",\"what\":\"my-screen\"}\n", DS_COMMAND_SHARE_MINE, -1, 0},
        {"{\"cmd\":\"share\",\"what\":\"my-screen\",\"monitor\":2}\n", DS_COMMAND_SHARE_MINE, 2, 0},
        {"{\"cmd\":\"share\",\"what\":\"my-screen\",\"window\":\"0x1a00007\"}\n",
         DS_COMMAND_SHARE_MINE, -1, 0x1a00007},
        {"{\"cmd\":\"share\",\"what\":\"customer-screen\"}\n", DS_COMMAND_SHARE_OTHER, -1, 0},
        {"{\"cmd\":\"share\",\"what\":\"nothing\"}\n", DS_COMMAND_SHARE_STOP, -1, 0},
        {"{\"cmd\":\"share\",\"what\":\"full-screen\"}\n", DS_COMMAND_SHARE_FULL, -1, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        say(rig, cases[i].line);
        struct ds_command *c = next_command(rig);
        assert_int_equal(DS_COMMAND_SHARE, c->type);
        assert_int_equal(cases[i].share, c->share);
        assert_int_equal(cases[i].monitor, c->monitor);
        assert_int_equal(cases[i].window, c->window);
        c->letter.destroy(&c->letter);
    }
}

static void the_customer_draws_by_command(void **state)
{
    struct rig *rig = *state;
    say(rig, "{\"cmd\":\"draw\",\"on\":true,\"tool\":\"box\"}\n");
    struct ds_command *c = next_command(rig);
    assert_true(c->type == DS_COMMAND_DRAW && c->note.tool == DS_NOTE_BOX);
    c->letter.destroy(&c->letter);
    say(rig, "{\"cmd\":\"draw\",\"on\":true}\n");
    c = next_command(rig);
    assert_true(c->type == DS_COMMAND_DRAW && c->note.tool == DS_NOTE_PEN);
    c->letter.destroy(&c->letter);
    say(rig, "{\"cmd\":\"draw\",\"on\":false}\n");
    c = next_command(rig);
    assert_true(c->type == DS_COMMAND_DRAW && c->note.tool == 0);
    c->letter.destroy(&c->letter);
    say(rig, "{\"cmd\":\"draw\",\"on\":true,\"tool\":\"laser\",\"tag\":\"l\"}\n");
    expect_event(rig, "tool must be pen, arrow or box");
    say(rig, "{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[1,1]],\"size\":\"fat\"}\n");
    expect_event(rig, "size must be normal, thin or thick");
}

static void last_line_without_newline_counts_at_end_of_file(void **state)
{
    struct rig *rig = *state;
    say(rig, "{\"cmd\":\"end\"}");
    close(rig->commands[1]);
    rig->commands[1] = -1;
    struct ds_command *c = next_command(rig);
    assert_int_equal(DS_COMMAND_END, c->type);
    c->letter.destroy(&c->letter);
}

static void what_is_no_command_is_answered_with_an_error_and_its_tag(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *line, *wanted;
    } cases[] = {
        {"hello\n", "not a JSON object"},
        {"[1]\n", "not a JSON object"},
        {"{\"cmd\":\"note\",\"tool\":\"brush\",\"points\":[[1,1]]}\n", "tool must be"},
        {"{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[1,-1]]}\n", "points must be"},
        {"{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[1,1,1]]}\n", "points must be"},
        {"{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[1]}\n", "points must be"},
        {"{\"cmd\":\"note\",\"tool\":\"pen\",\"points\":[[1,1]],\"color\":\"red\"}\n",
         "color must be"},
        {"{\"cmd\":\"explode\",\"tag\":\"t1\"}\n",
         "\"code\":\"unknown-command\",\"message\":\"no such command\",\"tag\":\"t1\""},
        {"{\"cmd\":\"security-number\",\"number\":\"48192\"}\n", "six digits"},
        {"{\"cmd\":\"grant\",\"right\":\"everything\"}\n", "right must be"},
        {"{\"cmd\":\"pointer\",\"x\":-1,\"y\":0,\"buttons\":0}\n", "x and y"},
        {"{\"cmd\":\"pointer\",\"x\":1,\"y\":0,\"buttons\":200}\n", "buttons must"},
        {"{\"cmd\":\"share\"}\n", "what must be"},
        {"{\"cmd\":\"share\",\"what\":\"both\"}\n", "what must be"},
        {"{\"cmd\":\"share\",\"what\":\"my-screen\",\"monitor\":16}\n", "monitor must be"},
        {"{\"cmd\":\"share\",\"what\":\"my-screen\",\"window\":7}\n", "window must be"},
        {"{\"cmd\":\"share\",\"what\":\"my-screen\",\"window\":\"0x\"}\n", "window must be"},
        {"{\"cmd\":\"share\",\"what\":\"my-screen\",\"window\":\"7z\"}\n", "window must be"},
        {"{\"cmd\":\"key\",\"keysym\":\"a\"}\n", "down must"},
        {"{\"cmd\":\"clipboard\",\"direction\":\"up\",\"on\":true}\n", "direction must"},
        {"{\"cmd\":\"clipboard\",\"direction\":\"primary\"}\n", "on must"},
        {"{\"cmd\":\"set\",\"name\":\"theme\"}\n", "or value a text"},
        {"{\"cmd\":\"set\",\"on\":true}\n", "name must be"},
        {"{\"cmd\":\"send-keys\",\"keys\":\"\"}\n", "keys must be"},
        {"{\"cmd\":\"screenshot\",\"path\":\"\"}\n", "path must be"},
        {"{\"tag\":\"t2\"}\n", "cmd is missing"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        say(rig, cases[i].line);
        expect_event(rig, cases[i].wanted);
    }
    assert_null(ds_automation_take(rig->automation));
}

static void endless_line_is_skipped_and_the_next_one_counts(void **state)
{
    struct rig *rig = *state;
    char chunk[4096];
    memset(chunk, 'x', sizeof(chunk));
    for (size_t sent = 0; sent < 3 * DS_AUTOMATION_LINE_MAX; sent += sizeof(chunk))
        assert_int_equal(sizeof(chunk), write(rig->commands[1], chunk, sizeof(chunk)));
    say(rig, "\n{\"cmd\":\"end\"}\n");
    struct ds_command *c = next_command(rig);
    assert_int_equal(DS_COMMAND_END, c->type);
    c->letter.destroy(&c->letter);
    expect_event(rig, "the line is too long");
}

static void events_are_lines_and_a_sleeping_reader_loses_only_stats(void **state)
{
    struct rig *rig = *state;
    struct ds_event_stats stats = {.transport = "tls", .rtt_ms = -1};
    for (int i = 0; i < 3 * DS_AUTOMATION_QUEUE_MAX; i++)
        ds_event_stats(rig->automation, &stats);
    ds_event_state(rig->automation, "active", -1, NULL);
    ds_event_code(rig->automation, "123456789");
    /* Only now somebody reads: the two that matter are there, after many stats. */
    size_t lines = 0;
    char tail[256] = "";
    while (!strstr(tail, "\"123456789\"}\n")) {
        char c;
        assert_int_equal(1, read(rig->events[0], &c, 1));
        size_t n = strlen(tail);
        if (n == sizeof(tail) - 1) {
            memmove(tail, tail + 1, n);
            n--;
        }
        tail[n] = c;
        tail[n + 1] = '\0';
        lines += c == '\n';
    }
    assert_non_null(strstr(tail, "{\"event\":\"state\",\"state\":\"active\"}\n"));
    assert_true(lines <= DS_AUTOMATION_QUEUE_MAX + 1200); /* queue and what the pipe held */
}

static void figures_are_told_only_once_known(void **state)
{
    struct rig *rig = *state;
    struct ds_event_stats stats = {.transport = "tls", .rtt_ms = -1, .rtt_min_ms = -1};
    char text[2048] = "";
    size_t lines = 0;
    ds_event_stats(rig->automation, &stats);
    stats.rtt_ms = 53.5;
    stats.rtt_min_ms = 50.25;
    stats.bandwidth_bps = 10063176;
    ds_event_stats(rig->automation, &stats);
    for (size_t n = 0; lines < 2 && n < sizeof(text) - 1; n++) {
        assert_int_equal(1, read(rig->events[0], &text[n], 1));
        lines += text[n] == '\n';
    }
    char *second = strchr(text, '\n') + 1;
    assert_non_null(strstr(second, "\"rtt_ms\":53.5"));
    assert_non_null(strstr(second, "\"rtt_min_ms\":50.25"));
    assert_non_null(strstr(second, "\"bandwidth_bps\":10063176"));
    *second = '\0';
    assert_null(strstr(text, "rtt"));
    assert_null(strstr(text, "bandwidth"));
}

static void each_session_gets_its_own_commands_and_marks_its_events(void **state)
{
    struct rig *rig = *state;
    static struct rig first, second;
    sem_init(&first.woken, 0, 0);
    sem_init(&second.woken, 0, 0);
    first.automation = ds_automation_branch(rig->automation, 1, on_wake, &first.woken);
    second.automation = ds_automation_branch(rig->automation, 2, on_wake, &second.woken);
    say(rig, "{\"cmd\":\"pause\",\"session\":2}\n{\"cmd\":\"end\"}\n"
             "{\"cmd\":\"end\",\"session\":3,\"tag\":\"x\"}\n"
             "{\"cmd\":\"end\",\"session\":0,\"tag\":\"y\"}\n");
    struct ds_command *c = next_command(&second);
    assert_int_equal(DS_COMMAND_PAUSE, c->type);
    assert_null(c->letter.next);
    c->letter.destroy(&c->letter);
    c = next_command(&first);
    assert_int_equal(DS_COMMAND_END, c->type);
    assert_null(c->letter.next);
    c->letter.destroy(&c->letter);
    expect_event(rig, "\"code\":\"no-session\"");
    expect_event(rig, "\"tag\":\"y\"");
    assert_null(ds_automation_take(rig->automation));
    ds_event_held(first.automation, true);
    expect_event(rig, "{\"event\":\"held\",\"on\":true}");
    ds_event_held(second.automation, false);
    expect_event(rig, "{\"event\":\"held\",\"on\":false,\"session\":2}");
    assert_true(ds_automation_has_commands(second.automation));
    /* what is meant for one that has gone reaches nobody */
    ds_automation_close(first.automation);
    say(rig, "{\"cmd\":\"end\",\"tag\":\"z\"}\n");
    expect_event(rig, "\"tag\":\"z\"");
    assert_null(ds_automation_take(second.automation));
    ds_automation_close(second.automation);
}

static void closed_descriptors_are_refused(void **state)
{
    (void)state;
    int error;
    assert_null(ds_automation_open(987, -1, on_wake, NULL, &error));
    assert_int_equal(DS_EINVAL, error);
    int read_only = open("/dev/null", O_RDONLY);
    assert_null(ds_automation_open(read_only, -1, on_wake, NULL, &error));
    close(read_only);
    assert_int_equal(-1, ds_automation_parse_fd("3x"));
    assert_int_equal(-1, ds_automation_parse_fd("-3"));
    assert_int_equal(-1, ds_automation_parse_fd(""));
    assert_int_equal(3, ds_automation_parse_fd("3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commands_arrive_checked_and_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_is_read_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whose_screen_is_shown_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_customer_draws_by_command, set_up, tear_down),
        cmocka_unit_test_setup_teardown(last_line_without_newline_counts_at_end_of_file, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_command_is_answered_with_an_error_and_its_tag,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(endless_line_is_skipped_and_the_next_one_counts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(figures_are_told_only_once_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_are_lines_and_a_sleeping_reader_loses_only_stats,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_session_gets_its_own_commands_and_marks_its_events,
                                        set_up, tear_down),
        cmocka_unit_test(closed_descriptors_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
