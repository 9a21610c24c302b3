/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/line.h"

#include "common/base/error.h"
#include "common/net/carrier_tcp.h"

#include <stdlib.h>
#include <string.h>

#define UP_MAX ((size_t)256 * 1024) /* what one read of the socket can become */

struct ds_line {
    struct ds_carrier_tcp tcp;
    uv_timer_t timer; /* deadline of the stage, of the parting, or an end that is due */
    struct {
        struct ds_filter *filter; /* owned */
        struct ds_buf up;         /* for the layer above; empty between calls */
        struct ds_buf down;       /* for the layer below; empty between calls; unused at 0 */
    } stack[DS_LINE_FILTERS];
    size_t count;
    size_t opened; /* filters that are or have been open */
    const struct ds_line_events *events;
    void *ctx;
    struct ds_fault fault;
    bool finishing, shut, ended, closed;
    bool was_closed;  /* by the other side */
    unsigned handles; /* on the loop */
};

/* No route from here, as when the cable is out; anything else says that there is a network. */
static enum ds_fault_kind kind_of(int status)
{
    return status == UV_ENETUNREACH || status == UV_ENETDOWN ? DS_FAULT_OFFLINE : DS_FAULT_SILENT;
}

static void on_timer(uv_timer_t *timer);

/* Tells the owner from the loop, never from inside its own call. */
static void end_soon(struct ds_line *line)
{
    if (!line->closed && !line->ended)
        uv_timer_start(&line->timer, on_timer, 0, 0);
}

static void end_now(struct ds_line *line)
{
    if (line->ended || line->closed)
        return;
    line->ended = true;
    uv_timer_stop(&line->timer);
    if (line->finishing)
        ds_line_close(line);
    else
        line->events->on_end(line->ctx, &line->fault);
}

/* What is being waited for, for the words of a fault. */
static const char *stage_name(const struct ds_line *line)
{
    if (!line->tcp.connected)
        return "connecting";
    return line->opened < line->count ? line->stack[line->opened].filter->ops->name : "the leg";
}

static void on_timer(uv_timer_t *timer)
{
    struct ds_line *line = timer->data;
    if (line->fault.detail[0] == '\0')
        ds_fault_set(&line->fault, DS_FAULT_SILENT, "no answer in time (%s)", stage_name(line));
    end_now(line);
}

static void arm(struct ds_line *line, unsigned ms)
{
    uv_timer_start(&line->timer, on_timer, ms, 0);
}

/* A filter failed: its last words go out as far as the socket takes them. */
static int fail(struct ds_line *line, size_t at, int error)
{
    line->fault = line->stack[at].filter->fault;
    if (line->fault.detail[0] == '\0')
        ds_fault_set(&line->fault, DS_FAULT_SILENT, "%s: %s", line->stack[at].filter->ops->name,
                     ds_error_name(error));
    ds_carrier_tcp_flush(&line->tcp);
    return error;
}

static struct ds_buf *down_of(struct ds_line *line, size_t at)
{
    return at == 0 ? &line->tcp.out : &line->stack[at].down;
}

/* Takes what filter `at` wrote through the filters below it, to the socket's queue. */
static int push_down(struct ds_line *line, size_t at)
{
    for (; at > 0; at--) {
        struct ds_buf *down = &line->stack[at].down;
        struct ds_filter *below = line->stack[at - 1].filter;
        if (down->len == 0)
            return DS_OK;
        int error = below->open ? below->ops->send(below, ds_buf_peek(down), down->len,
                                                   down_of(line, at - 1))
                                : DS_ECLOSED;
        ds_buf_clear(down);
        if (error)
            return fail(line, at - 1, error);
    }
    return DS_OK;
}

/* Everything below filter `opened` is open. */
static int start_next(struct ds_line *line)
{
    size_t at = line->opened;
    if (line->events->on_stage)
        line->events->on_stage(line->ctx, at);
    if (line->closed)
        return DS_OK;
    if (at == line->count) {
        uv_timer_stop(&line->timer);
        line->events->on_open(line->ctx);
        return DS_OK;
    }
    struct ds_filter *filter = line->stack[at].filter;
    arm(line, filter->ops->deadline_ms);
    int error = filter->ops->start(filter, down_of(line, at));
    int pushed = push_down(line, at);
    if (error)
        return fail(line, at, error);
    return pushed;
}

/* Takes bytes from the socket up through the filters. */
static int pull_up(struct ds_line *line, const uint8_t *bytes, size_t n)
{
    for (size_t at = 0; at < line->count; at++) {
        struct ds_filter *filter = line->stack[at].filter;
        struct ds_buf *up = &line->stack[at].up;
        int error = at > line->opened ? DS_EPROTO
                                      : filter->ops->feed(filter, bytes, n, up, down_of(line, at));
        int pushed = push_down(line, at);
        if (at > 0)
            ds_buf_clear(&line->stack[at - 1].up);
        if (error)
            return fail(line, at, error);
        if (pushed)
            return pushed;
        if (filter->open && at == line->opened) {
            line->opened++;
            error = start_next(line);
        }
        if (error || line->closed || up->len == 0)
            return error;
        bytes = ds_buf_peek(up);
        n = up->len;
    }
    /* First the answers of filters (a PONG), so that what waits from here on is what the kernel
     * does not take, and on_drained follows. */
    ds_carrier_tcp_flush(&line->tcp);
    if (!line->finishing)
        line->events->on_bytes(line->ctx, bytes, n);
    ds_buf_clear(&line->stack[line->count - 1].up);
    return DS_OK;
}

/* Whether a layer said that nothing more will come. */
static bool has_ended(struct ds_line *line)
{
    for (size_t at = 0; at < line->count; at++) {
        if (!line->stack[at].filter->ended)
            continue;
        line->was_closed = true;
        ds_fault_set(&line->fault, DS_FAULT_SILENT, "closed by the relay (%s)",
                     line->stack[at].filter->ops->name);
        return true;
    }
    return false;
}

static void on_connected(void *ctx)
{
    struct ds_line *line = ctx;
    int error = start_next(line);
    if (!line->closed && (error || ds_carrier_tcp_flush(&line->tcp)))
        end_soon(line);
}

static void on_tcp_bytes(void *ctx, const uint8_t *bytes, size_t n)
{
    struct ds_line *line = ctx;
    int error = pull_up(line, bytes, n);
    if (line->closed)
        return;
    int status = ds_carrier_tcp_flush(&line->tcp);
    if (!error && status)
        ds_fault_set(&line->fault, DS_FAULT_SILENT, "%s", uv_strerror(status));
    line->was_closed = line->was_closed || status == UV_ECONNRESET || status == UV_EPIPE;
    if (error || status || has_ended(line))
        end_now(line);
}

static void shut_when_written(struct ds_line *line)
{
    if (line->shut || ds_carrier_tcp_waiting(&line->tcp) > 0)
        return;
    line->shut = true;
    if (ds_carrier_tcp_shutdown(&line->tcp))
        ds_line_close(line);
}

static void on_drained(void *ctx)
{
    struct ds_line *line = ctx;
    if (line->finishing)
        shut_when_written(line);
    else if (line->opened == line->count && line->events->on_drained)
        line->events->on_drained(line->ctx);
}

static void on_tcp_end(void *ctx, int status)
{
    struct ds_line *line = ctx;
    line->was_closed = status == UV_EOF || status == UV_ECONNRESET || status == UV_EPIPE;
    if (line->fault.detail[0] == '\0')
        ds_fault_set(&line->fault, kind_of(status), "%s (%s)",
                     status == UV_EOF ? "closed by the other side" : uv_strerror(status),
                     stage_name(line));
    end_now(line);
}

static void release(struct ds_line *line)
{
    if (--line->handles > 0)
        return;
    for (size_t at = 0; at < line->count; at++) {
        line->stack[at].filter->ops->destroy(line->stack[at].filter);
        ds_buf_wipe(&line->stack[at].up);
        ds_buf_destroy(&line->stack[at].down);
    }
    free(line);
}

static void on_tcp_closed(void *ctx)
{
    release(ctx);
}

static void on_timer_closed(uv_handle_t *handle)
{
    release(handle->data);
}

static const struct ds_carrier_tcp_events tcp_events = {
    .on_connected = on_connected,
    .on_bytes = on_tcp_bytes,
    .on_drained = on_drained,
    .on_end = on_tcp_end,
    .on_closed = on_tcp_closed,
};

struct ds_line *ds_line_open(uv_loop_t *loop, const struct sockaddr *address,
                             struct ds_filter *const *filters, size_t count,
                             const struct ds_line_events *events, void *ctx)
{
    struct ds_line *line = calloc(1, sizeof(*line));
    ds_check(count >= 1 && count <= DS_LINE_FILTERS);
    if (!line || ds_carrier_tcp_open(&line->tcp, loop, &tcp_events, line)) {
        for (size_t i = 0; i < count; i++)
            filters[i]->ops->destroy(filters[i]);
        free(line);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        line->stack[i].filter = filters[i];
        ds_buf_init(&line->stack[i].up, UP_MAX);
        ds_buf_init(&line->stack[i].down, DS_TCP_OUT_MAX);
    }
    line->count = count;
    line->events = events;
    line->ctx = ctx;
    uv_timer_init(loop, &line->timer); /* cannot fail */
    line->timer.data = line;
    line->handles = 2;
    int status = ds_carrier_tcp_connect(&line->tcp, address);
    if (status) {
        ds_fault_set(&line->fault, kind_of(status), "%s (connecting)", uv_strerror(status));
        end_soon(line);
    } else {
        arm(line, DS_LINE_CONNECT_MS);
    }
    return line;
}

void ds_line_set_events(struct ds_line *line, const struct ds_line_events *events, void *ctx)
{
    line->events = events;
    line->ctx = ctx;
}

/* Through the whole stack into the socket's queue. */
static int send_down(struct ds_line *line, const uint8_t *bytes, size_t n)
{
    size_t top = line->count - 1;
    struct ds_filter *filter = line->stack[top].filter;
    int error = filter->open ? filter->ops->send(filter, bytes, n, down_of(line, top)) : DS_ECLOSED;
    if (error)
        return fail(line, top, error);
    return push_down(line, top);
}

bool ds_line_is_sound(const struct ds_line *line)
{
    return !line->closed && !line->ended && !line->finishing && line->fault.detail[0] == '\0';
}

int ds_line_send(struct ds_line *line, const uint8_t *bytes, size_t n)
{
    if (!ds_line_is_sound(line))
        return DS_ECLOSED;
    /* Room for this, for what TLS and WebSocket add, and for the answers of filters. */
    if (ds_carrier_tcp_waiting(&line->tcp) + n > DS_TCP_OUT_MAX - 65536)
        return DS_ELIMIT;
    int status = send_down(line, bytes, n) ? UV_ECANCELED : ds_carrier_tcp_flush(&line->tcp);
    if (!status)
        return DS_OK;
    line->was_closed = status == UV_ECONNRESET || status == UV_EPIPE;
    if (line->fault.detail[0] == '\0')
        ds_fault_set(&line->fault, DS_FAULT_SILENT, "%s", uv_strerror(status));
    end_soon(line);
    return DS_ECLOSED;
}

size_t ds_line_waiting(const struct ds_line *line)
{
    return ds_carrier_tcp_waiting(&line->tcp);
}

bool ds_line_was_closed(const struct ds_line *line)
{
    return line->was_closed;
}

bool ds_line_local(const struct ds_line *line, struct sockaddr_storage *out)
{
    int size = (int)sizeof(*out);
    return uv_tcp_getsockname(&line->tcp.handle, (struct sockaddr *)out, &size) == 0;
}

void ds_line_bytes(const struct ds_line *line, uint64_t *in, uint64_t *out)
{
    *in = line->tcp.bytes_in;
    *out = line->tcp.bytes_out;
}

void ds_line_finish(struct ds_line *line)
{
    if (line->closed || line->finishing)
        return;
    if (line->ended || line->opened < line->count || line->fault.detail[0]) {
        ds_line_close(line);
        return;
    }
    line->finishing = true;
    for (size_t at = line->count; at-- > 0;) {
        struct ds_filter *filter = line->stack[at].filter;
        if (filter->open && filter->ops->finish)
            filter->ops->finish(filter, down_of(line, at));
        if (push_down(line, at))
            break;
    }
    arm(line, DS_LINE_FINISH_MS);
    if (ds_carrier_tcp_flush(&line->tcp))
        ds_line_close(line);
    else
        shut_when_written(line);
}

void ds_line_close(struct ds_line *line)
{
    if (!line || line->closed)
        return;
    line->closed = true;
    ds_carrier_tcp_close(&line->tcp);
    uv_close((uv_handle_t *)&line->timer, on_timer_closed);
}
