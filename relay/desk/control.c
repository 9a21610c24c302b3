/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/control.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/desk/admin.h"
#include "relay/observe/status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASK_MAX 8192
#define OPEN_MAX_CALLS 16
#define CALL_MS 10000

struct call {
    struct relay_job job;
    struct call *next, **prev;
    struct relay_control *control;
    uv_pipe_t pipe;
    uv_timer_t timer;
    uv_write_t write;
    char ask[ASK_MAX];
    size_t len;
    json_t *request, *reply; /* owned */
    char *text;              /* owned: the reply as it is written */
    unsigned handles;        /* not yet closed */
    bool is_closing, is_at_work;
};

static void call_free(struct call *call)
{
    if (call->handles > 0 || call->is_at_work)
        return;
    json_decref(call->request);
    json_decref(call->reply);
    free(call->text);
    call->control->open--;
    *call->prev = call->next;
    if (call->next)
        call->next->prev = call->prev;
    explicit_bzero(call->ask, sizeof(call->ask));
    free(call);
}

static void on_closed(uv_handle_t *handle)
{
    struct call *call = handle->data;
    call->handles--;
    call_free(call);
}

static void call_close(struct call *call)
{
    if (call->is_closing)
        return;
    call->is_closing = true;
    uv_close((uv_handle_t *)&call->pipe, on_closed);
    uv_close((uv_handle_t *)&call->timer, on_closed);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    call_close(write->data);
}

static void call_answer(struct call *call)
{
    if (call->is_closing)
        return;
    char *text = call->reply ? json_dumps(call->reply, JSON_COMPACT) : NULL;
    size_t n = text ? strlen(text) : 0;
    call->text = n > 0 ? realloc(text, n + 2) : NULL;
    if (!call->text) {
        free(text);
        call_close(call);
        return;
    }
    call->text[n] = '\n';
    uv_buf_t bytes = uv_buf_init(call->text, (unsigned)n + 1);
    call->write.data = call;
    if (uv_write(&call->write, (uv_stream_t *)&call->pipe, &bytes, 1, on_written))
        call_close(call);
}

static void run_job(struct relay_job *job, struct relay_store *store)
{
    struct call *call = (struct call *)job;
    call->reply = relay_admin_run(store, call->request);
}

static void job_done(struct relay_job *job)
{
    struct call *call = (struct call *)job;
    const char *command = json_string_value(json_object_get(call->request, "command"));
    char email[DS_TEXT_EMAIL];
    const char *typed = json_string_value(json_object_get(call->request, "email"));
    call->is_at_work = false;
    /* A suspended rep's sessions end at once. */
    if (command && strcmp(command, "rep-disable") == 0 && typed &&
        json_integer_value(json_object_get(call->reply, "code")) == 0 &&
        relay_account_email(typed, email))
        relay_desk_end_account(call->control->desk, email);
    else if (command && strcmp(command, "rep-reset") == 0 && typed &&
             relay_account_email(typed, email))
        relay_tickets_drop(&call->control->desk->tickets, email);
    if (call->is_closing)
        call_free(call);
    else
        call_answer(call);
}

static json_t *session_end(struct relay_desk *desk, const json_t *request)
{
    const char *id = json_string_value(json_object_get(request, "session"));
    struct relay_session *session = id ? relay_sessions_find(&desk->sessions, id) : NULL;
    if (!session || session->state == RELAY_SESSION_ENDED)
        return relay_admin_reply(RELAY_EXIT_REFUSED, "There is no such session.");
    json_t *reply = relay_admin_reply(RELAY_EXIT_OK, "The session %s is ended.", session->id);
    relay_desk_end(desk, session, DS_BY_RELAY, DS_REASON_ADMIN, true, true);
    return reply;
}

static void call_start(struct call *call)
{
    struct relay_desk *desk = call->control->desk;
    const char *command = json_string_value(json_object_get(call->request, "command"));
    if (!command) {
        call->reply = relay_admin_reply(RELAY_EXIT_USAGE, "This is not a command.");
    } else if (strcmp(command, "status") == 0) {
        call->reply = relay_status(desk);
    } else if (strcmp(command, "session-list") == 0) {
        call->reply = relay_status_sessions(desk);
    } else if (strcmp(command, "session-end") == 0) {
        call->reply = session_end(desk, call->request);
    } else {
        call->job.run = run_job;
        call->job.done = job_done;
        call->is_at_work = relay_clerk_push(desk->clerk, &call->job) == DS_OK;
        if (call->is_at_work)
            return;
        call->reply = relay_admin_reply(RELAY_EXIT_UNREACHABLE, "The relay is busy.");
    }
    call_answer(call);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct call *call = handle->data;
    (void)suggested;
    *buf = uv_buf_init(call->ask + call->len, (unsigned)(sizeof(call->ask) - call->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct call *call = stream->data;
    (void)buf;
    if (n < 0) {
        call_close(call);
        return;
    }
    call->len += (size_t)n;
    char *end = memchr(call->ask, '\n', call->len);
    if (!end) {
        if (call->len == sizeof(call->ask))
            call_close(call);
        return;
    }
    uv_read_stop(stream);
    call->request = json_loadb(call->ask, (size_t)(end - call->ask), JSON_REJECT_DUPLICATES, NULL);
    call_start(call);
}

static void on_late(uv_timer_t *timer)
{
    call_close(timer->data);
}

static bool may_speak(const uv_pipe_t *pipe)
{
    uv_os_fd_t fd;
    struct ucred peer;
    socklen_t len = sizeof(peer);
    return uv_fileno((const uv_handle_t *)pipe, &fd) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static void on_call(uv_stream_t *server, int status)
{
    struct relay_control *control = server->data;
    struct call *call = status == 0 ? ds_alloc_array(1, sizeof(*call)) : NULL;
    if (!call)
        return;
    call->control = control;
    call->pipe.data = call->timer.data = call;
    uv_pipe_init(server->loop, &call->pipe, 0);
    uv_timer_init(server->loop, &call->timer);
    call->handles = 2;
    control->open++;
    call->next = control->calls;
    call->prev = &control->calls;
    if (call->next)
        call->next->prev = &call->next;
    control->calls = call;
    if (uv_accept(server, (uv_stream_t *)&call->pipe) || control->open > OPEN_MAX_CALLS ||
        !may_speak(&call->pipe)) {
        call_close(call);
        return;
    }
    uv_timer_start(&call->timer, on_late, CALL_MS, 0);
    uv_read_start((uv_stream_t *)&call->pipe, on_alloc, on_read);
}

int relay_control_open(struct relay_control *control, struct relay_desk *desk, const char *dir,
                       char *message, size_t size)
{
    *control = (struct relay_control){.desk = desk};
    int n = snprintf(control->path, sizeof(control->path), "%s/control.sock", dir);
    uv_pipe_init(desk->loop, &control->pipe, 0);
    control->pipe.data = control;
    control->is_listening = true;
    /* The folder is locked by this process, so a socket that is there was left by a dead one. */
    unlink(control->path);
    mode_t before = umask(0177);
    int error = n >= 108 ? UV_ENAMETOOLONG : uv_pipe_bind(&control->pipe, control->path);
    umask(before);
    if (!error)
        error = uv_listen((uv_stream_t *)&control->pipe, OPEN_MAX_CALLS, on_call);
    if (!error)
        return DS_OK;
    snprintf(message, size, "The socket for commands %s cannot be made: %s.", control->path,
             uv_strerror(error));
    return DS_EIO;
}

void relay_control_close(struct relay_control *control)
{
    if (!control->is_listening)
        return;
    control->is_listening = false;
    uv_close((uv_handle_t *)&control->pipe, NULL);
    for (struct call *call = control->calls; call; call = call->next)
        call_close(call); /* it is freed by a later round of the loop */
    unlink(control->path);
}
