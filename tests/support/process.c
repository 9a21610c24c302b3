/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/process.h"

#include "common/base/buf.h"
#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64
#define TEXT_MAX (8u << 20)

enum { STREAM_OUTPUT, STREAM_ERROR, STREAM_EVENTS, STREAM_COUNT };

struct test_process {
    pid_t pid;
    char name[64];
    int fds[STREAM_COUNT]; /* -1 when closed */
    struct ds_buf text[STREAM_COUNT];
    size_t events_seen; /* bytes of the events text that were returned or skipped */
    int commands_fd;
    json_t *event; /* owned: the last one returned */
    bool ended;
    int exit_code;
};

static void find_program(const char *name, char *path, size_t size)
{
    const char *bin = getenv("DESKSIDE_BIN");
    snprintf(path, size, "%s/%s", bin ? bin : ".", name);
    if (strchr(name, '/') || access(path, X_OK) != 0)
        snprintf(path, size, "%s", name);
}

struct test_process *test_process_start(const char *const *argv,
                                        const struct test_process_options *options)
{
    static const struct test_process_options none;
    const struct test_process_options *o = options ? options : &none;
    int pipes[STREAM_COUNT][2], commands[2], input[2];
    for (int i = 0; i < STREAM_COUNT; i++)
        assert_return_code(pipe2(pipes[i], O_CLOEXEC), errno);
    assert_return_code(pipe2(commands, O_CLOEXEC), errno);
    assert_return_code(pipe2(input, O_CLOEXEC), errno);

    struct test_process *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    char path[4096], events_text[16], commands_text[16];
    const char *args[ARGUMENTS_MAX];
    size_t n = 0;
    find_program(argv[0], path, sizeof(path));
    for (; argv[n] && n < ARGUMENTS_MAX - 5; n++)
        args[n] = argv[n];
    args[0] = path;
    if (o->automation || o->only_events) {
        snprintf(events_text, sizeof(events_text), "%d", pipes[STREAM_EVENTS][1]);
        args[n++] = "--events";
        args[n++] = events_text;
    }
    if (o->automation) {
        snprintf(commands_text, sizeof(commands_text), "%d", commands[0]);
        args[n++] = "--commands";
        args[n++] = commands_text;
    }
    args[n] = NULL;
    snprintf(p->name, sizeof(p->name), "%s", argv[0]);

    p->pid = fork();
    assert_return_code(p->pid, errno);
    if (p->pid == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(input[0], 0);
        dup2(pipes[STREAM_OUTPUT][1], 1);
        dup2(pipes[STREAM_ERROR][1], 2);
        if (o->automation || o->only_events)
            fcntl(pipes[STREAM_EVENTS][1], F_SETFD, 0);
        if (o->automation)
            fcntl(commands[0], F_SETFD, 0);
        for (const char *const *e = o->env; e && *e; e++)
            putenv((char *)(uintptr_t)*e);
        execvp(path, (char *const *)(uintptr_t)args);
        dprintf(2, "cannot start %s: %s\n", path, strerror(errno));
        _exit(127);
    }
    setpgid(p->pid, p->pid);
    for (int i = 0; i < STREAM_COUNT; i++) {
        close(pipes[i][1]);
        p->fds[i] = pipes[i][0];
        fcntl(p->fds[i], F_SETFL, O_NONBLOCK);
        ds_buf_init(&p->text[i], TEXT_MAX);
    }
    close(commands[0]);
    p->commands_fd = commands[1];
    close(input[0]);
    if (o->stdin_text) {
        ssize_t done = write(input[1], o->stdin_text, strlen(o->stdin_text));
        (void)done;
    }
    close(input[1]);
    return p;
}

static void reap(struct test_process *p, bool wait)
{
    int status;
    if (p->ended || waitpid(p->pid, &status, wait ? 0 : WNOHANG) != p->pid)
        return;
    p->ended = true;
    p->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Reads what is there, waiting at most timeout_ms for something; false when nothing more can come.
 */
static bool pump(struct test_process *p, int timeout_ms)
{
    struct pollfd fds[STREAM_COUNT];
    bool any_open = false;
    for (int i = 0; i < STREAM_COUNT; i++) {
        fds[i] = (struct pollfd){.fd = p->fds[i], .events = POLLIN};
        any_open |= p->fds[i] >= 0;
    }
    if (!any_open)
        return false;
    poll(fds, STREAM_COUNT, timeout_ms);
    for (int i = 0; i < STREAM_COUNT; i++) {
        if (!fds[i].revents)
            continue;
        uint8_t *to;
        assert_int_equal(0, ds_buf_reserve(&p->text[i], 65537, &to));
        ssize_t n = read(p->fds[i], to, 65536);
        if (n > 0) {
            ds_buf_commit(&p->text[i], (size_t)n);
            to[n] = '\0';
        } else if (n == 0 || errno != EAGAIN) {
            close(p->fds[i]);
            p->fds[i] = -1;
        }
    }
    return true;
}

static const char *text_of(struct test_process *p, int stream)
{
    uint8_t *end;
    if (ds_buf_reserve(&p->text[stream], 1, &end))
        return "";
    *end = '\0';
    return (const char *)p->text[stream].data;
}

static int left_ms(ds_tick deadline)
{
    ds_tick now = ds_clock_now();
    return now >= deadline ? 0 : (int)((deadline - now) / DS_MS) + 1;
}

/* The last part of a text: where the trouble is. */
static const char *tail(const char *text)
{
    size_t n = strlen(text);
    return n > 6000 ? text + n - 6000 : text;
}

static void show(struct test_process *p)
{
    fprintf(stderr, "---- %s (pid %d%s) output:\n%s\n", p->name, (int)p->pid,
            p->ended ? ", ended" : "", tail(text_of(p, STREAM_OUTPUT)));
    fprintf(stderr, "---- error:\n%s\n", tail(text_of(p, STREAM_ERROR)));
    fprintf(stderr, "---- events:\n%s\n", tail(text_of(p, STREAM_EVENTS)));
}

void test_process_command(struct test_process *p, const char *json)
{
    size_t n = strlen(json);
    char *line = malloc(n + 2);
    assert_non_null(line);
    memcpy(line, json, n);
    line[n] = '\n';
    signal(SIGPIPE, SIG_IGN);
    ssize_t done = write(p->commands_fd, line, n + 1);
    free(line);
    if (done != (ssize_t)n + 1) {
        show(p);
        fail_msg("%s does not take the command %s", p->name, json);
    }
}

static bool event_matches(json_t *event, const char *name, const char *key, const char *value)
{
    const char *kind = json_string_value(json_object_get(event, "event"));
    if (!kind || strcmp(kind, name) != 0)
        return false;
    if (!key)
        return true;
    char number[64] = "";
    json_t *field = json_object_get(event, key);
    const char *text = json_string_value(field);
    if (json_is_integer(field))
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(field));
    else if (json_is_boolean(field))
        snprintf(number, sizeof(number), "%s", json_is_true(field) ? "true" : "false");
    return strcmp(text ? text : number, value) == 0;
}

json_t *test_process_poll_event(struct test_process *p, const char *name, const char *key,
                                const char *value, int timeout_ms)
{
    ds_tick deadline = ds_clock_now() + (ds_tick)timeout_ms * DS_MS;
    for (;;) {
        const char *start = text_of(p, STREAM_EVENTS) + p->events_seen;
        const char *end = strchr(start, '\n');
        if (end) {
            p->events_seen += (size_t)(end - start) + 1;
            json_t *event = json_loadb(start, (size_t)(end - start), 0, NULL);
            if (!event) {
                show(p);
                fail_msg("an event of %s is not JSON", p->name);
            }
            if (event_matches(event, name, key, value)) {
                json_decref(p->event);
                return p->event = event;
            }
            json_decref(event);
        } else if (!pump(p, left_ms(deadline)) || left_ms(deadline) == 0) {
            return NULL;
        }
    }
}

json_t *test_process_wait_event(struct test_process *p, const char *name, const char *key,
                                const char *value, int timeout_ms)
{
    json_t *event = test_process_poll_event(p, name, key, value, timeout_ms);
    if (!event) {
        show(p);
        fail_msg("%s sent no event %s %s=%s", p->name, name, key ? key : "", key ? value : "");
    }
    return event;
}

static const char *wait_text(struct test_process *p, int stream, const char *text, int timeout_ms)
{
    ds_tick deadline = ds_clock_now() + (ds_tick)timeout_ms * DS_MS;
    for (;;) {
        const char *at = strstr(text_of(p, stream), text);
        if (at)
            return at + strlen(text);
        if (!pump(p, left_ms(deadline)) || left_ms(deadline) == 0) {
            show(p);
            fail_msg("%s did not print \"%s\"", p->name, text);
        }
    }
}

const char *test_process_wait_output(struct test_process *p, const char *text, int timeout_ms)
{
    return wait_text(p, STREAM_OUTPUT, text, timeout_ms);
}

const char *test_process_wait_error(struct test_process *p, const char *text, int timeout_ms)
{
    return wait_text(p, STREAM_ERROR, text, timeout_ms);
}

const char *test_process_output(struct test_process *p)
{
    pump(p, 0);
    return text_of(p, STREAM_OUTPUT);
}

const char *test_process_error(struct test_process *p)
{
    pump(p, 0);
    return text_of(p, STREAM_ERROR);
}

pid_t test_process_pid(const struct test_process *p)
{
    return p->pid;
}

bool test_process_has_ended(struct test_process *p)
{
    reap(p, false);
    return p->ended;
}

int test_process_wait_exit(struct test_process *p, int timeout_ms)
{
    ds_tick deadline = ds_clock_now() + (ds_tick)timeout_ms * DS_MS;
    while (!test_process_has_ended(p) && left_ms(deadline) > 0) {
        if (!pump(p, left_ms(deadline) < 50 ? left_ms(deadline) : 50))
            poll(NULL, 0, 10);
    }
    while (p->ended && pump(p, 0) && (p->fds[STREAM_OUTPUT] >= 0 || p->fds[STREAM_ERROR] >= 0) &&
           left_ms(deadline) > 0)
        ; /* what it printed last is still in the pipes */
    if (!p->ended) {
        show(p);
        fail_msg("%s did not end", p->name);
    }
    return p->exit_code;
}

/* Ended by itself in a way that no test asks for. */
static bool has_crashed(struct test_process *p)
{
    pump(p, 0);
    return strstr(text_of(p, STREAM_ERROR), "Sanitizer") ||
           (p->exit_code > 5 && p->exit_code != 128 + SIGKILL && p->exit_code != 128 + SIGTERM);
}

int test_process_end(struct test_process *p)
{
    if (!p)
        return 0;
    if (!test_process_has_ended(p)) {
        kill(p->pid, SIGTERM);
    } else if (has_crashed(p)) {
        show(p); /* what it said last is worth more than the failure that follows */
    }
    ds_tick deadline = ds_clock_now() + 5 * DS_SECOND;
    while (!test_process_has_ended(p) && left_ms(deadline) > 0)
        pump(p, 20) ? (void)0 : (void)poll(NULL, 0, 10);
    kill(-p->pid, SIGKILL); /* whatever it left behind in its group */
    reap(p, true);
    int code = p->exit_code;
    for (int i = 0; i < STREAM_COUNT; i++) {
        if (p->fds[i] >= 0)
            close(p->fds[i]);
        ds_buf_destroy(&p->text[i]);
    }
    close(p->commands_fd);
    json_decref(p->event);
    free(p);
    return code;
}

int test_run(const char *const *argv, char **output)
{
    struct test_process *p = test_process_start(argv, NULL);
    int code = test_process_wait_exit(p, 60000);
    if (output) {
        const char *out = test_process_output(p), *err = test_process_error(p);
        *output = malloc(strlen(out) + strlen(err) + 1);
        assert_non_null(*output);
        memcpy(*output, out, strlen(out));
        memcpy(*output + strlen(out), err, strlen(err) + 1);
    }
    test_process_end(p);
    return code;
}
