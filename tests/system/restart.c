/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restarting the customer's computer with the real programs: the command ends the agent and its
 * display, another display begins, and the autostart entry brings the agent back. And everything
 * that can go wrong on the way, after which nothing may be left behind. */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_MS 15000
#define ARGUMENTS_MAX 16

static struct test_session session;
static struct test_session *const s = &session;
static char resume[400], entry[400], marker[400];
static char *before;

/* A port that nobody has; a relay that is started again needs the same. */
static const char *free_port(void)
{
    static char port[8];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(fd, 0);
    assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof(at)));
    assert_int_equal(0, getsockname(fd, (struct sockaddr *)&at, &len));
    close(fd);
    snprintf(port, sizeof(port), "%u", ntohs(at.sin_port));
    return port;
}

static int set_up_with(const char *const *env, const char *port)
{
    s->env = env;
    unsetenv("XDG_CONFIG_HOME");
    test_session_start_relay(s, port);
    test_session_start_displays(s, "1280x800x24", "1600x1000x24");
    snprintf(resume, sizeof(resume), "%s/state/deskside/resume", s->folder);
    snprintf(entry, sizeof(entry), "%s/.config/autostart/deskside-resume.desktop", s->folder);
    snprintf(marker, sizeof(marker), "%s/restart-now", s->folder);
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(*state, NULL);
}

static int set_up_port(void **state)
{
    (void)state;
    return set_up_with(NULL, free_port());
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(s);
    free(before);
    before = NULL;
    return 0;
}

/* ---- what several cases do ---- */

/* What there is in the person's folders, but for what the programs always remember. */
static char *listing(void)
{
    char command[700], *text;
    snprintf(command, sizeof(command),
             "cd '%s' && find . -path ./relay -prune -o -print | grep -v -e state/deskside/ways "
             "-e restart-now | sort",
             s->folder);
    assert_int_equal(0, test_run((const char *const[]){"sh", "-c", command, NULL}, &text));
    return text;
}

static void start(const char *accept, const char *command)
{
    static const char *const viewer[] = {
        "--geometry", "1280x800+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    const char *const agent[] = {"--restart-command", command, NULL};
    test_session_start_viewer(s, viewer);
    test_session_start_agent(s, accept, agent);
    test_session_verify(s);
    before = listing();
}

static void expect_nothing_left(void)
{
    char *now = listing();
    assert_string_equal(before, now);
    free(now);
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static void wait_there(const char *path, bool wanted)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (is_there(path) != wanted) {
        if (ds_clock_now() > deadline)
            fail_msg("%s %s", path, wanted ? "does not come" : "does not go");
        poll(NULL, 0, 10);
    }
}

static void expect_restart(struct test_process *process, const char *state, const char *reason)
{
    json_t *event = test_process_wait_event(process, "restart", "state", state, TEST_WAIT_MS);
    const char *said = json_string_value(json_object_get(event, "reason"));
    assert_string_equal(reason, said ? said : "");
}

static void wait_state(struct test_process *process, const char *state)
{
    test_process_wait_event(process, "state", "state", state, TEST_WAIT_MS);
}

static void want_restart(void)
{
    test_process_command(s->viewer, "{\"cmd\":\"restart-machine\"}");
}

/* A command that says that it runs, and does no more. */
static const char *marking(void)
{
    static char command[500];
    snprintf(command, sizeof(command), "touch '%s'", marker);
    return command;
}

static void expect_stored(void)
{
    struct stat info;
    assert_int_equal(0, stat(resume, &info));
    assert_int_equal(0600, info.st_mode & 07777);
    assert_int_equal(0, stat(entry, &info));
    assert_int_equal(0600, info.st_mode & 07777);
}

/* The computer goes down with everything on it, and up again with another screen. */
static void restart_computer(const char *size)
{
    wait_there(marker, true);
    expect_stored();
    assert_int_equal(0, test_process_end(s->agent));
    s->agent = NULL;
    test_display_end(s->customer);
    s->customer = test_display_start(size, NULL);
}

/* The words of Exec, unquoted as the specification says. */
static size_t split(char *line, char *words[ARGUMENTS_MAX])
{
    size_t count = 0;
    char *to = line;
    for (char *at = line; *at && *at != '\n';) {
        bool is_quoted = *at == '"';
        words[count++] = to;
        assert_true(count < ARGUMENTS_MAX);
        for (at += is_quoted; *at && *at != '\n' && *at != (is_quoted ? '"' : ' '); at++) {
            if (at[0] == '\\' && at[1] == '\\')
                at += at[2] == '\\' ? 3 : 2; /* of the file's string, then of the quotes */
            else if (at[0] == '%')
                at++;
            *to++ = *at;
        }
        at += is_quoted && *at == '"';
        while (*at == ' ')
            at++;
        if (*at)
            *to++ = '\0';
    }
    *to = '\0';
    words[count] = NULL;
    return count;
}

/* The person logs in: what is in their autostart folder is started. */
static void log_in(void)
{
    char *text = test_file_read(entry, NULL), *words[ARGUMENTS_MAX];
    char *exec = strstr(text, "\nExec=");
    char home[300], state[320];
    assert_non_null(exec);
    split(exec + 6, words);
    snprintf(home, sizeof(home), "HOME=%s", s->folder);
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/state", s->folder);
    const char *env[8] = {test_display_env(s->customer), home, state, "LC_ALL=C.UTF-8"};
    size_t n = 4;
    for (const char *const *more = s->env; more && *more && n < 7; more++)
        env[n++] = *more;
    s->agent = test_process_start((const char *const *)words,
                                  &(struct test_process_options){.automation = true, .env = env});
    free(text);
}

static void expect_ended(void)
{
    assert_int_equal(0, test_process_wait_exit(s->viewer, EXIT_MS));
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
    expect_nothing_left();
}

/* ---- it comes back ---- */

static void the_session_comes_back_after_a_restart(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    expect_restart(s->viewer, "now", "");
    restart_computer("1024x768x24");
    wait_state(s->viewer, "reconnecting");
    log_in();
    wait_there(entry, false);
    wait_there(resume, false);
    wait_state(s->viewer, "active");
    expect_restart(s->viewer, "none", "");
    json_t *picture = test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    assert_int_equal(1024, json_integer_value(json_object_get(picture, "width")));
    wait_state(s->agent, "active");
    test_display_run(s->customer, (const char *const[]){"xsetroot", "-solid", "#406080", NULL});
    test_session_wait_equal(s, (1280 - 1024) / 2, (800 - 768) / 2, 1024, 768, TEST_WAIT_MS);
    expect_nothing_left();
    test_process_command(s->viewer, "{\"cmd\":\"pointer\",\"x\":10,\"y\":500,\"buttons\":0,"
                                    "\"tag\":\"p\"}"); /* control is as it was */
    test_process_wait_event(s->viewer, "done", "tag", "p", TEST_WAIT_MS);

    assert_int_equal(0, unlink(marker)); /* and once more */
    want_restart();
    expect_restart(s->viewer, "now", "");
    restart_computer("1280x800x24");
    log_in();
    expect_restart(s->viewer, "none", "");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_session_wait_equal(s, 0, 0, 1280, 800, TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

static void connect_with_windows(void)
{
    test_process_command(s->agent, "{\"cmd\":\"continue\"}");
    json_t *event = test_process_wait_event(s->agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    char command[80];
    snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             json_string_value(json_object_get(event, "number")));
    test_process_command(s->viewer, command);
    wait_state(s->viewer, "asking");
    wait_state(s->agent, "asking");
    test_process_command(s->agent, "{\"cmd\":\"grant\",\"right\":\"look\"}");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

static void start_asking(const char *command)
{
    const char *const agent[] = {"--restart-command", command, NULL};
    test_session_start_viewer(s, NULL);
    test_session_start_agent(s, NULL, agent);
    wait_state(s->agent, "asking");
    connect_with_windows();
    before = listing();
}

/* For people who look at it: with DESKSIDE_TEST_SHOTS. */
static void shot(const char *name)
{
    const char *folder = getenv("DESKSIDE_TEST_SHOTS");
    char path[512];
    if (!folder)
        return;
    poll(NULL, 0, 500);
    snprintf(path, sizeof(path), "%s/%s.png", folder, name);
    test_display_run(s->customer, (const char *const[]){"import", "-window", "root", path, NULL});
    snprintf(path, sizeof(path), "%s/%s-rep.png", folder, name);
    test_display_run(s->rep, (const char *const[]){"import", "-window", "root", path, NULL});
}

static void without_a_word_beforehand_the_customer_is_asked_again(void **state)
{
    (void)state;
    start_asking(marking());
    want_restart();
    expect_restart(s->viewer, "asked", "");
    shot("restart-asked");
    test_process_command(s->agent, "{\"cmd\":\"grant\",\"right\":\"restart\"}");
    expect_restart(s->viewer, "now", "");
    shot("restart-now");
    restart_computer("1280x800x24");
    wait_state(s->viewer, "reconnecting");
    shot("restart-away");
    log_in();
    wait_state(s->viewer, "paused");
    wait_state(s->agent, "paused");
    shot("restart-back");
    test_process_command(s->agent, "{\"cmd\":\"resume\"}"); /* the answer to the open question */
    wait_state(s->viewer, "active");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->agent, "{\"cmd\":\"end\"}");
    expect_ended();
}

static void with_a_word_beforehand_nobody_is_asked(void **state)
{
    (void)state;
    start_asking(marking());
    want_restart();
    expect_restart(s->viewer, "asked", "");
    test_process_command(s->agent, "{\"cmd\":\"grant\",\"right\":\"restart\",\"comes-back\":true}");
    restart_computer("1280x800x24");
    log_in();
    wait_state(s->viewer, "reconnecting");
    wait_state(s->viewer, "active");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

static void a_pause_outlives_the_restart(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    test_process_command(s->agent, "{\"cmd\":\"pause\"}");
    wait_state(s->viewer, "paused");
    want_restart();
    restart_computer("1280x800x24");
    log_in();
    wait_state(s->viewer, "reconnecting");
    wait_state(s->viewer, "paused");
    test_process_command(s->viewer, "{\"cmd\":\"resume\"}");
    wait_state(s->viewer, "active");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

static void say(struct test_process *process, const char *text)
{
    char command[128];
    snprintf(command, sizeof(command), "{\"cmd\":\"chat\",\"text\":\"%s\"}", text);
    test_process_command(process, command);
}

static void expect_chat(struct test_process *process, const char *text)
{
    test_process_wait_event(process, "chat", "text", text, TEST_WAIT_MS);
}

/* A file is offered, under an id that was never used. */
static void send_file(struct test_process *from, struct test_process *to, const char *name, int id)
{
    char path[320], command[500];
    snprintf(path, sizeof(path), "%s/%s", s->folder, name);
    test_file_write(path, "what is sent");
    snprintf(command, sizeof(command), "{\"cmd\":\"send-file\",\"path\":\"%s\"}", path);
    test_process_command(from, command);
    json_t *event = test_process_wait_event(to, "file", "state", "offered", TEST_WAIT_MS);
    assert_int_equal(id, json_integer_value(json_object_get(event, "id")));
}

static void exchange(struct test_process *from, struct test_process *to, const char *name, int id)
{
    char command[500];
    send_file(from, to, name, id);
    snprintf(command, sizeof(command),
             "{\"cmd\":\"accept-file\",\"id\":%d,\"path\":\"%s/%s-came\"}", id, s->folder, name);
    test_process_command(to, command);
    test_process_wait_event(to, "file", "state", "done", TEST_WAIT_MS);
    test_process_wait_event(from, "file", "state", "done", TEST_WAIT_MS);
}

/* Takes the customer's clipboard and waits until the rep's side has it. */
static void copy(const char *text)
{
    char command[256];
    snprintf(command, sizeof(command), "printf %%s '%s' | xclip -selection clipboard -in", text);
    test_display_run(s->customer, (const char *const[]){"sh", "-c", command, NULL});
    test_process_wait_event(s->viewer, "clipboard", NULL, NULL, TEST_WAIT_MS);
}

/* The rep draws; both count. */
static void draw(int count)
{
    char text[8];
    snprintf(text, sizeof(text), "%d", count);
    test_process_command(s->viewer, "{\"cmd\":\"note\",\"tool\":\"box\",\"points\":"
                                    "[[100,500],[200,600]],\"color\":\"#e5484d\"}");
    test_process_wait_event(s->agent, "note", "count", text, TEST_WAIT_MS);
}

static void tell_file(struct test_process *to, const char *cmd, int id)
{
    char command[100];
    snprintf(command, sizeof(command), "{\"cmd\":\"%s\",\"id\":%d}", cmd, id);
    test_process_command(to, command);
}

/* A file is in the middle of its way, and stands still there by the receiver's wish. */
static void begin_large(struct test_process *from, struct test_process *to, int id)
{
    char command[500];
    snprintf(command, sizeof(command), "head -c 30000000 /dev/urandom > '%s/large%d'", s->folder,
             id);
    assert_int_equal(0, test_run((const char *const[]){"sh", "-c", command, NULL}, NULL));
    snprintf(command, sizeof(command), "{\"cmd\":\"send-file\",\"path\":\"%s/large%d\"}", s->folder,
             id);
    test_process_command(from, command);
    test_process_wait_event(to, "file", "state", "offered", TEST_WAIT_MS);
    snprintf(command, sizeof(command),
             "{\"cmd\":\"accept-file\",\"id\":%d,\"path\":\"%s/large%d-came\"}", id, s->folder, id);
    test_process_command(to, command);
    test_process_wait_event(to, "file", "state", "progress", TEST_WAIT_MS);
    tell_file(to, "pause-file", id);
    test_process_wait_event(from, "file", "state", "paused", TEST_WAIT_MS);
}

static void finish_large(struct test_process *from, struct test_process *to, int id)
{
    char command[700];
    tell_file(to, "resume-file", id);
    test_process_wait_event(from, "file", "state", "done", TEST_WAIT_MS);
    test_process_wait_event(to, "file", "state", "done", TEST_WAIT_MS);
    snprintf(command, sizeof(command), "cmp '%s/large%d' '%s/large%d-came'", s->folder, id,
             s->folder, id);
    assert_int_equal(0, test_run((const char *const[]){"sh", "-c", command, NULL}, NULL));
}

static void what_was_shared_goes_on_after_a_restart(void **state)
{
    (void)state;
    start("look,point,control,files,clipboard,restart", marking());
    exchange(s->viewer, s->agent, "one", 1);
    exchange(s->agent, s->viewer, "uno", 2);
    say(s->viewer, "before");
    expect_chat(s->agent, "before");
    say(s->agent, "answer");
    expect_chat(s->viewer, "answer");
    copy("first");
    draw(1);
    draw(2);
    send_file(s->viewer, s->agent, "two", 3); /* open while it restarts: over afterwards */
    begin_large(s->viewer, s->agent, 5);
    begin_large(s->agent, s->viewer, 4);
    want_restart();
    restart_computer("1280x800x24");
    say(s->viewer, "meanwhile");
    log_in();
    test_process_wait_event(s->viewer, "file", "state", "failed", TEST_WAIT_MS);
    expect_chat(s->agent, "before"); /* the whole transcript, in order, and each once */
    expect_chat(s->agent, "answer");
    expect_chat(s->agent, "meanwhile");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    say(s->agent, "after");
    expect_chat(s->viewer, "after");
    finish_large(s->viewer, s->agent, 5);
    finish_large(s->agent, s->viewer, 4);
    exchange(s->viewer, s->agent, "three", 7);
    exchange(s->agent, s->viewer, "due", 6);
    copy("second");
    draw(1); /* those of before were on another screen */
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    assert_int_equal(0, test_process_wait_exit(s->viewer, EXIT_MS));
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
    assert_false(is_there(resume) || is_there(entry));
}

/* A relay that says nothing for a while is a line that is cut. */
static void a_pause_outlives_a_cut(void **state)
{
    (void)state;
    start_asking(marking());
    test_process_command(s->agent, "{\"cmd\":\"pause\"}");
    wait_state(s->viewer, "paused");
    shot("pause");
    kill(test_process_pid(s->relay), SIGSTOP);
    wait_state(s->viewer, "reconnecting");
    wait_state(s->agent, "reconnecting");
    kill(test_process_pid(s->relay), SIGCONT);
    wait_state(s->viewer, "paused");
    wait_state(s->agent, "paused");
    test_process_command(s->viewer, "{\"cmd\":\"resume\"}"); /* asks, as before the cut */
    assert_null(test_process_poll_event(s->viewer, "state", "state", "active", 500));
    test_process_command(s->agent, "{\"cmd\":\"resume\"}");
    wait_state(s->viewer, "active");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

/* ---- it does not come to a restart ---- */

static void a_restart_that_was_not_agreed_to_is_refused(void **state)
{
    (void)state;
    start("look,control", marking());
    want_restart();
    expect_restart(s->viewer, "none", "refused");
    expect_nothing_left();
    assert_false(is_there(marker));
}

static void the_customers_no_is_a_no(void **state)
{
    (void)state;
    start_asking(marking());
    want_restart();
    expect_restart(s->viewer, "asked", "");
    test_process_command(s->agent, "{\"cmd\":\"revoke\",\"right\":\"restart\"}");
    expect_restart(s->viewer, "none", "refused");
    want_restart(); /* and it holds for a while */
    expect_restart(s->viewer, "none", "refused");
    expect_nothing_left();
    assert_false(is_there(marker));
}

static void a_yes_is_for_one_restart(void **state)
{
    (void)state;
    start_asking("exit 1");
    test_process_command(s->viewer, "{\"cmd\":\"request\",\"right\":\"restart\"}");
    test_process_wait_event(s->agent, "stats", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->agent, "{\"cmd\":\"grant\",\"right\":\"restart\"}");
    test_process_wait_event(s->viewer, "right", "right", "restart", TEST_WAIT_MS);
    want_restart(); /* just allowed: nobody is asked */
    expect_restart(s->viewer, "now", "");
    expect_restart(s->viewer, "none", "command");
    want_restart();
    expect_restart(s->viewer, "asked", "");
}

static void after_a_command_that_fails_the_session_goes_on(void **state)
{
    (void)state;
    start("look,control,restart", "exit 3");
    want_restart();
    expect_restart(s->viewer, "now", "");
    expect_restart(s->agent, "none", "command");
    wait_state(s->viewer, "active");
    expect_restart(s->viewer, "none", "command");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    expect_nothing_left();
    test_display_run(s->customer, (const char *const[]){"xsetroot", "-solid", "#804060", NULL});
    test_session_wait_equal(s, 0, 0, 1280, 800, TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

static const char *const quick[] = {"DESKSIDE_TIME_SCALE=60", NULL};

static void when_nothing_happens_the_session_goes_on(void **state)
{
    (void)state;
    char command[600], child[440], *text;
    snprintf(child, sizeof(child), "%s.pid", marker);
    snprintf(command, sizeof(command), "echo $$ > '%s'; exec sleep 1000", child);
    start("look,control,restart", command);
    want_restart();
    expect_restart(s->viewer, "now", "");
    expect_restart(s->viewer, "none", "command");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    text = test_file_read(child, NULL);
    assert_int_equal(-1, kill(atoi(text), 0)); /* it shall not restart anything later */
    free(text);
    expect_nothing_left();
}

/* The system's own command, of which there is only a likeness here; the agent lies in a folder that
 * a restart empties. */
static void a_program_that_would_be_gone_does_not_restart(void **state)
{
    (void)state;
    char path[400], command[3000], way[600];
    if (strncmp(s->folder, "/tmp/", 5) != 0) {
        print_message("the folder of this test would outlive a restart\n");
        skip();
    }
    snprintf(path, sizeof(path), "%s/bin", s->folder);
    snprintf(command, sizeof(command),
             "mkdir '%s' && printf '#!/bin/sh\ntouch %s\n' > '%s/systemctl' && chmod +x "
             "'%s/systemctl' && cp \"$DESKSIDE_BIN/deskside-agent\" '%s/helper'",
             path, marker, path, path, path);
    assert_int_equal(0, test_run((const char *const[]){"sh", "-c", command, NULL}, NULL));
    snprintf(way, sizeof(way), "PATH=%s:/usr/bin:/bin", path);
    const char *const env[] = {way, NULL};
    snprintf(command, sizeof(command), "%s/helper", path);
    s->env = env;
    test_session_start_viewer(s, NULL);
    char home[300], state_home[320];
    snprintf(home, sizeof(home), "HOME=%s", s->folder);
    snprintf(state_home, sizeof(state_home), "XDG_STATE_HOME=%s/state", s->folder);
    const char *const all[] = {
        way, test_display_env(s->customer), home, state_home, "LC_ALL=C.UTF-8", NULL};
    const char *const argv[] = {command,  "--relay", s->address, "--ca",         s->ca,
                                "--code", s->code,   "--accept", "look,restart", NULL};
    s->agent =
        test_process_start(argv, &(struct test_process_options){.automation = true, .env = all});
    test_session_verify(s);
    before = listing();
    want_restart();
    expect_restart(s->viewer, "none", "place");
    assert_false(is_there(marker));
    expect_nothing_left();
    s->env = NULL;
}

/* What was open when the customer said yes may not be what is open now. */
static void a_yes_of_long_ago_is_asked_for_again(void **state)
{
    (void)state;
    start_asking(marking());
    test_process_command(s->viewer, "{\"cmd\":\"request\",\"right\":\"restart\"}");
    test_process_wait_event(s->agent, "stats", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->agent, "{\"cmd\":\"grant\",\"right\":\"restart\"}");
    test_process_wait_event(s->viewer, "right", "right", "restart", TEST_WAIT_MS);
    for (int second = 0; second < 3; second++) /* a scaled minute is one */
        test_process_wait_event(s->agent, "stats", NULL, NULL, TEST_WAIT_MS);
    want_restart();
    expect_restart(s->viewer, "asked", "");
    assert_false(is_there(marker));
}

static void where_nothing_can_be_stored_nothing_restarts(void **state)
{
    (void)state;
    char config[300];
    snprintf(config, sizeof(config), "%s/.config", s->folder);
    test_file_write(config, "no folder");
    start("look,control,restart", marking());
    want_restart();
    expect_restart(s->viewer, "none", "file");
    assert_false(is_there(marker));
    expect_nothing_left();
    test_display_run(s->customer, (const char *const[]){"xsetroot", "-solid", "#208060", NULL});
    test_session_wait_equal(s, 0, 0, 1280, 800, TEST_WAIT_MS); /* without a break */
}

/* ---- what happens while it restarts ---- */

static void the_customers_end_is_for_good(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    wait_there(marker, true);
    expect_stored();
    test_process_command(s->agent, "{\"cmd\":\"end\"}");
    json_t *event = test_process_wait_event(s->viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("closed", json_string_value(json_object_get(event, "reason")));
    expect_ended();
}

static void the_reps_end_is_for_good_too(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    wait_there(marker, true);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

static void a_display_that_goes_first_takes_nothing_along(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    wait_there(marker, true);
    test_display_end(s->customer);
    s->customer = test_display_start("1280x800x24", NULL);
    assert_int_equal(0, test_process_wait_exit(s->agent, EXIT_MS));
    test_process_end(s->agent);
    expect_stored();
    log_in();
    expect_restart(s->viewer, "none", "");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

/* The computer goes down while the rep's side is asleep: it learns of the restart afterwards. */
static void a_computer_that_is_quicker_than_the_rep_comes_back(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    kill(test_process_pid(s->viewer), SIGSTOP);
    test_process_command(s->viewer, "{\"cmd\":\"restart-machine\"}");
    kill(test_process_pid(s->viewer), SIGCONT);
    expect_restart(s->agent, "now", "");
    kill(test_process_pid(s->viewer), SIGSTOP);
    assert_int_equal(0, test_process_end(s->agent));
    s->agent = NULL;
    expect_stored();
    kill(test_process_pid(s->viewer), SIGCONT);
    log_in();
    expect_restart(s->viewer, "none", "");
    wait_state(s->agent, "active");
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

/* The relay restarts as well, and goes on from its store. */
static void a_relay_that_is_killed_meanwhile_changes_nothing(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    wait_there(marker, true);
    kill(test_process_pid(s->relay), SIGKILL);
    test_process_end(s->relay);
    s->relay = NULL;
    wait_state(s->viewer, "reconnecting");
    test_session_serve(s);
    restart_computer("1280x800x24");
    log_in();
    expect_restart(s->viewer, "none", "");
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_process_command(s->viewer, "{\"cmd\":\"end\"}");
    expect_ended();
}

static void a_killed_agent_leaves_nothing_for_long(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    wait_there(marker, true);
    kill(test_process_pid(s->agent), SIGKILL);
    test_process_end(s->agent);
    expect_stored();
    json_t *event = test_process_wait_event(s->viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("connection-lost", json_string_value(json_object_get(event, "reason")));
    test_session_start_agent(s, "look", NULL); /* the next start of the agent, whatever for */
    wait_there(resume, false);
    wait_there(entry, false);
    test_process_wait_exit(s->agent, EXIT_MS); /* the code was used */
    expect_nothing_left();
}

static void after_the_ten_minutes_it_is_over(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    restart_computer("1280x800x24");
    wait_state(s->viewer, "ended");
    assert_int_equal(4, test_process_wait_exit(s->viewer, EXIT_MS));
    log_in();
    json_t *event = test_process_wait_event(s->agent, "state", "state", "ended", TEST_WAIT_MS);
    assert_string_equal("the connection was lost",
                        json_string_value(json_object_get(event, "reason")));
    assert_int_equal(4, test_process_wait_exit(s->agent, EXIT_MS));
    expect_nothing_left();
}

static void a_damaged_file_brings_nothing_back(void **state)
{
    (void)state;
    start("look,control,restart", marking());
    want_restart();
    restart_computer("1280x800x24");
    struct stat info;
    assert_int_equal(0, stat(resume, &info));
    assert_int_equal(0, truncate(resume, info.st_size - 1));
    log_in();
    test_process_wait_event(s->agent, "error", "code", "ended", TEST_WAIT_MS);
    assert_int_equal(4, test_process_wait_exit(s->agent, EXIT_MS));
    expect_nothing_left();
    test_process_command(s->viewer, "{\"cmd\":\"end\"}"); /* the rep need not wait */
    assert_int_equal(0, test_process_wait_exit(s->viewer, EXIT_MS));
}

/* With an argument: only the cases of that pattern. */
int main(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define QUICK(name)                                                                                \
    cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, (void *)(uintptr_t)quick)
    const struct CMUnitTest tests[] = {
        CASE(the_session_comes_back_after_a_restart),
        CASE(without_a_word_beforehand_the_customer_is_asked_again),
        CASE(with_a_word_beforehand_nobody_is_asked),
        CASE(a_pause_outlives_the_restart),
        CASE(what_was_shared_goes_on_after_a_restart),
        QUICK(a_pause_outlives_a_cut),
        CASE(a_restart_that_was_not_agreed_to_is_refused),
        CASE(the_customers_no_is_a_no),
        CASE(a_yes_is_for_one_restart),
        CASE(after_a_command_that_fails_the_session_goes_on),
        QUICK(when_nothing_happens_the_session_goes_on),
        CASE(a_program_that_would_be_gone_does_not_restart),
        QUICK(a_yes_of_long_ago_is_asked_for_again),
        CASE(where_nothing_can_be_stored_nothing_restarts),
        CASE(the_customers_end_is_for_good),
        CASE(the_reps_end_is_for_good_too),
        CASE(a_display_that_goes_first_takes_nothing_along),
        CASE(a_computer_that_is_quicker_than_the_rep_comes_back),
        cmocka_unit_test_setup_teardown(a_relay_that_is_killed_meanwhile_changes_nothing,
                                        set_up_port, tear_down),
        QUICK(a_killed_agent_leaves_nothing_for_long),
        QUICK(after_the_ten_minutes_it_is_over),
        CASE(a_damaged_file_brings_nothing_back),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
