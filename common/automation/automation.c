/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/automation/automation.h"

#include "common/automation/event.h"
#include "common/base/buf.h"
#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define COMMANDS_MAX                                                                               \
    1024 /* commands that wait for the program; then reading stops until it takes some */
#define FLUSH_MS 500

struct line {
    struct line *next;
    bool droppable;
    size_t len;
    char text[];
};

struct ds_automation {
    struct ds_automation *root; /* borrowed; of a branch, which uses only this and what follows */
    unsigned session;
    struct ds_automation *next; /* guarded by root's lock */
    int events_fd, commands_fd, wake_fd;
    pthread_t thread;
    struct ds_mailbox commands; /* also of a branch */

    pthread_mutex_t lock;
    pthread_cond_t drained;
    struct line *first, **last;     /* guarded by lock */
    size_t count;                   /* guarded by lock */
    struct ds_automation *branches; /* guarded by lock */
    bool has_branched;              /* guarded by lock */
    bool closing;                   /* guarded by lock */
    bool broken;                    /* guarded by lock: nobody reads events any more */
    bool finished;                  /* guarded by lock: closing, and everything is written */

    struct ds_buf out; /* automation thread only: the line being written */
    struct ds_buf in;  /* automation thread only */
    bool skipping;     /* automation thread only: inside a line that was too long */
};

static void kick(struct ds_automation *a)
{
    uint64_t one = 1;
    ssize_t n = write(a->wake_fd, &one, sizeof(one));
    (void)n; /* full means that a wake-up is pending already */
}

/* ---- events ---- */

static struct line *unlink_first(struct ds_automation *a, bool only_droppable)
{
    struct line **at = &a->first;
    while (*at && only_droppable && !(*at)->droppable)
        at = &(*at)->next;
    struct line *line = *at;
    if (line) {
        *at = line->next;
        if (a->last == &line->next)
            a->last = at;
        a->count--;
    }
    return line;
}

void ds_automation_post(struct ds_automation *a, json_t *event, bool droppable)
{
    if (a && a->root) {
        if (a->session > 1)
            json_object_set_new(event, "session", json_integer(a->session));
        a = a->root;
    }
    if (!a || a->events_fd < 0 || !event) {
        json_decref(event);
        return;
    }
    char *text = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    size_t n = text ? strlen(text) : 0;
    struct line *line = text ? malloc(sizeof(*line) + n + 1) : NULL;
    if (line) {
        *line = (struct line){.droppable = droppable, .len = n + 1};
        memcpy(line->text, text, n);
        line->text[n] = '\n';
    }
    free(text);
    if (!line)
        return;

    struct line *dropped = NULL;
    pthread_mutex_lock(&a->lock);
    if (a->count >= DS_AUTOMATION_QUEUE_MAX && droppable)
        dropped = line;
    else if (a->count >= DS_AUTOMATION_QUEUE_MAX && !(dropped = unlink_first(a, true)))
        dropped = unlink_first(a, false);
    if (dropped != line) {
        *a->last = line;
        a->last = &line->next;
        a->count++;
    }
    pthread_mutex_unlock(&a->lock);
    free(dropped);
    kick(a);
}

/* At most PIPE_BUF bytes after POLLOUT: what a pipe then takes without waiting (POSIX, write). */
static void write_some(struct ds_automation *a)
{
    size_t n = a->out.len < PIPE_BUF ? a->out.len : PIPE_BUF;
    ssize_t done = send(a->events_fd, ds_buf_peek(&a->out), n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done < 0 && errno == ENOTSOCK)
        done = write(a->events_fd, ds_buf_peek(&a->out), n);
    if (done > 0) {
        ds_buf_consume(&a->out, (size_t)done);
    } else if (done < 0 && errno != EAGAIN && errno != EINTR) {
        pthread_mutex_lock(&a->lock);
        a->broken = true;
        pthread_mutex_unlock(&a->lock);
    }
}

/* Moves queued lines into out while it is small; true when there is something to write. */
static bool refill(struct ds_automation *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->out.len < PIPE_BUF || a->broken) {
        struct line *line = unlink_first(a, false);
        if (!line)
            break;
        if (!a->broken)
            ds_buf_append(&a->out, line->text, line->len);
        free(line);
    }
    if (a->broken)
        ds_buf_clear(&a->out);
    bool empty = a->out.len == 0;
    a->finished = a->closing && empty;
    if (a->finished)
        pthread_cond_signal(&a->drained);
    pthread_mutex_unlock(&a->lock);
    return !empty;
}

/* ---- commands ---- */

/* To whom it is meant for. DS_ENOTFOUND, DS_ELIMIT: it is still the caller's. */
static int hand_over(struct ds_automation *a, struct ds_command *command)
{
    pthread_mutex_lock(&a->lock);
    struct ds_automation *to = a->has_branched || command->session > 1 ? a->branches : a;
    while (to && to != a && to->session != command->session)
        to = to->next;
    int error = to ? ds_mailbox_push(&to->commands, &command->letter) : DS_ENOTFOUND;
    pthread_mutex_unlock(&a->lock);
    return error;
}

static void take_line(struct ds_automation *a, const char *line, size_t n)
{
    struct ds_command *command = NULL;
    char tag[65];
    const char *why;
    if (n > 0 && line[n - 1] == '\r')
        n--;
    if (n == 0)
        return;
    int error = ds_command_parse(line, n, &command, tag, &why);
    if (!error && (error = hand_over(a, command)) != DS_OK) {
        command->letter.destroy(&command->letter);
        why = error == DS_ENOTFOUND ? "there is no such session" : "too many commands are waiting";
    }
    if (error)
        ds_event_error(a,
                       error == DS_EUNSUPPORTED ? "unknown-command"
                       : error == DS_ENOTFOUND  ? "no-session"
                                                : "bad-command",
                       why, tag);
}

/* Splits what was read into lines; an endless line is skipped to its end with one error. */
static void split_lines(struct ds_automation *a)
{
    for (;;) {
        const char *start = (const char *)ds_buf_peek(&a->in);
        const char *end = memchr(start, '\n', a->in.len);
        if (!end)
            break;
        size_t n = (size_t)(end - start);
        if (!a->skipping)
            take_line(a, start, n);
        a->skipping = false;
        ds_buf_consume(&a->in, n + 1);
    }
    if (a->in.len >= DS_AUTOMATION_LINE_MAX - PIPE_BUF) {
        if (!a->skipping)
            ds_event_error(a, "bad-command", "the line is too long", "");
        a->skipping = true;
        ds_buf_clear(&a->in);
    }
}

/* False at the end of the file or on an error: no command will come any more. */
static bool read_some(struct ds_automation *a)
{
    uint8_t *to;
    if (ds_buf_reserve(&a->in, PIPE_BUF, &to))
        return false;
    ssize_t n = read(a->commands_fd, to, PIPE_BUF);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0) {
        if (!a->skipping && a->in.len > 0)
            take_line(a, (const char *)ds_buf_peek(&a->in), a->in.len);
        return false;
    }
    ds_buf_commit(&a->in, (size_t)n);
    split_lines(a);
    return true;
}

static bool is_finished(struct ds_automation *a)
{
    pthread_mutex_lock(&a->lock);
    bool finished = a->finished;
    pthread_mutex_unlock(&a->lock);
    return finished;
}

static void *run(void *arg)
{
    struct ds_automation *a = arg;
    bool reading = a->commands_fd >= 0;
    pthread_setname_np(pthread_self(), "automation");
    for (;;) {
        bool writing = refill(a);
        if (is_finished(a))
            break;
        struct pollfd fds[] = {
            {.fd = a->wake_fd, .events = POLLIN},
            {.fd = reading ? a->commands_fd : -1, .events = POLLIN},
            {.fd = writing ? a->events_fd : -1, .events = POLLOUT},
        };
        if (poll(fds, 3, -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents) {
            uint64_t count;
            ssize_t n = read(a->wake_fd, &count, sizeof(count));
            (void)n;
        }
        if (fds[1].revents)
            reading = read_some(a);
        if (fds[2].revents)
            write_some(a);
    }
    return NULL;
}

/* ---- life ---- */

int ds_automation_parse_fd(const char *text)
{
    char *end;
    if (!text || *text < '0' || *text > '9')
        return -1;
    long n = strtol(text, &end, 10);
    return *end == '\0' && n >= 0 && n < 1024 ? (int)n : -1;
}

static bool is_open_for(int fd, int mode)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && ((flags & O_ACCMODE) == O_RDWR || (flags & O_ACCMODE) == mode);
}

struct ds_automation *ds_automation_open(int events_fd, int commands_fd, void (*wake)(void *ctx),
                                         void *ctx, int *error)
{
    *error = DS_EINVAL;
    if ((events_fd >= 0 && !is_open_for(events_fd, O_WRONLY)) ||
        (commands_fd >= 0 && !is_open_for(commands_fd, O_RDONLY)))
        return NULL;
    *error = DS_ENOMEM;
    struct ds_automation *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->events_fd = events_fd;
    a->commands_fd = commands_fd;
    a->last = &a->first;
    ds_buf_init(&a->out, DS_AUTOMATION_LINE_MAX * 2);
    ds_buf_init(&a->in, DS_AUTOMATION_LINE_MAX);
    pthread_mutex_init(&a->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&a->drained, &attr);
    pthread_condattr_destroy(&attr);
    a->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (a->wake_fd < 0)
        goto free_memory;
    if (ds_mailbox_init(&a->commands, COMMANDS_MAX, wake, ctx))
        goto close_wake;
    if (pthread_create(&a->thread, NULL, run, a))
        goto destroy_mailbox;
    *error = DS_OK;
    return a;

destroy_mailbox:
    ds_mailbox_destroy(&a->commands);
close_wake:
    close(a->wake_fd);
free_memory:
    pthread_cond_destroy(&a->drained);
    pthread_mutex_destroy(&a->lock);
    free(a);
    return NULL;
}

struct ds_automation *ds_automation_branch(struct ds_automation *root, unsigned session,
                                           void (*wake)(void *ctx), void *ctx)
{
    struct ds_automation *a = root ? calloc(1, sizeof(*a)) : NULL;
    if (!a || ds_mailbox_init(&a->commands, COMMANDS_MAX, wake, ctx)) {
        free(a);
        return NULL;
    }
    a->root = root;
    a->session = session;
    pthread_mutex_lock(&root->lock);
    a->next = root->branches;
    root->branches = a;
    root->has_branched = true;
    pthread_mutex_unlock(&root->lock);
    return a;
}

static void close_branch(struct ds_automation *a)
{
    pthread_mutex_lock(&a->root->lock);
    struct ds_automation **at = &a->root->branches;
    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    pthread_mutex_unlock(&a->root->lock);
    ds_mailbox_destroy(&a->commands);
    free(a);
}

void ds_automation_close(struct ds_automation *a)
{
    if (!a)
        return;
    if (a->root) {
        close_branch(a);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += FLUSH_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&a->lock);
    a->closing = true;
    kick(a);
    while (!a->finished && !a->broken) {
        if (pthread_cond_timedwait(&a->drained, &a->lock, &until))
            break;
    }
    a->broken = true; /* what is left goes nowhere */
    pthread_mutex_unlock(&a->lock);
    kick(a);
    pthread_join(a->thread, NULL);

    for (struct line *line; (line = unlink_first(a, false));)
        free(line);
    ds_mailbox_destroy(&a->commands);
    ds_buf_destroy(&a->out);
    ds_buf_wipe(&a->in); /* it held security numbers */
    close(a->wake_fd);
    pthread_cond_destroy(&a->drained);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

bool ds_automation_has_commands(const struct ds_automation *a)
{
    return a && (a->root ? a->root : a)->commands_fd >= 0;
}

struct ds_command *ds_automation_take(struct ds_automation *a)
{
    return a ? (struct ds_command *)(void *)ds_mailbox_take_all(&a->commands) : NULL;
}
