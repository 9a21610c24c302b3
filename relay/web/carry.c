/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/web/carry.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX 16384
/* What the leg has not taken yet. libwebsockets stops reading at once when told to, but hands over
 * what it has read. */
#define BACKLOG_MAX 131072

#define LAST_WORDS_MS 3000 /* to take what a leg said before it closed */

struct relay_carry {
    struct lws *wsi; /* NULL once the WebSocket is gone */
    int fd;
    uv_poll_t poll;
    bool is_paused;     /* the WebSocket is not read */
    bool wants_message; /* something waits for the WebSocket: not polled for more */
    bool is_over;       /* the leg is gone; what it said last may still be under way */
    struct ds_buf backlog;
};

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct relay_carry *carry)
{
    int events = carry->is_over ? 0 : UV_DISCONNECT;
    if (!carry->wants_message)
        events |= UV_READABLE;
    if (carry->backlog.len > 0)
        events |= UV_WRITABLE;
    if (events)
        uv_poll_start(&carry->poll, events, on_poll);
    else
        uv_poll_stop(&carry->poll);
}

/* Writes the backlog; false when the leg is gone. */
static bool flush(struct relay_carry *carry)
{
    while (carry->backlog.len > 0) {
        ssize_t n = send(carry->fd, ds_buf_peek(&carry->backlog), carry->backlog.len, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        ds_buf_consume(&carry->backlog, (size_t)n);
    }
    if (carry->is_paused) {
        carry->is_paused = false;
        lws_rx_flow_control(carry->wsi, 1);
    }
    return true;
}

static void ask_for_turn(struct relay_carry *carry)
{
    carry->wants_message = true;
    watch(carry);
    lws_callback_on_writable(carry->wsi);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct relay_carry *carry = poll->data;
    if ((status < 0 || (events & UV_DISCONNECT)) && !carry->is_over) {
        /* Somebody who does not read keeps no WebSocket without a leg. */
        carry->is_over = true;
        lws_set_timer_usecs(carry->wsi, (lws_usec_t)LAST_WORDS_MS * 1000);
    }
    if (status < 0 || ((events & UV_WRITABLE) && !flush(carry))) {
        /* The WebSocket's turn finds the end of the stream. */
        ds_buf_clear(&carry->backlog);
        ask_for_turn(carry);
        return;
    }
    if (events & UV_READABLE)
        ask_for_turn(carry);
    else
        watch(carry);
}

struct relay_carry *relay_carry_open(struct lws *wsi, uv_loop_t *loop,
                                     struct relay_listener *listener,
                                     const struct relay_address *from)
{
    int ends[2];
    struct relay_carry *carry = ds_alloc_array(1, sizeof(*carry));
    if (!carry)
        return NULL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
        goto fail;
    if (uv_poll_init(loop, &carry->poll, ends[0])) {
        close(ends[0]);
        close(ends[1]);
        goto fail;
    }
    carry->wsi = wsi;
    carry->fd = ends[0];
    carry->poll.data = carry;
    ds_buf_init(&carry->backlog, BACKLOG_MAX);
    watch(carry);
    relay_listener_inject(listener, ends[1], from);
    return carry;
fail:
    free(carry);
    return NULL;
}

bool relay_carry_receive(struct relay_carry *carry, const void *bytes, size_t n)
{
    if (ds_buf_append(&carry->backlog, bytes, n) || !flush(carry))
        return false;
    if (carry->backlog.len > 0 && !carry->is_paused) {
        carry->is_paused = true;
        lws_rx_flow_control(carry->wsi, 0);
    }
    watch(carry);
    return true;
}

bool relay_carry_send(struct relay_carry *carry)
{
    uint8_t bytes[LWS_PRE + MESSAGE_MAX];
    if (!carry->wants_message)
        return true;
    ssize_t n = recv(carry->fd, bytes + LWS_PRE, MESSAGE_MAX, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return false;
    if (n > 0 && lws_write(carry->wsi, bytes + LWS_PRE, (size_t)n, LWS_WRITE_BINARY) < 0)
        return false;
    carry->wants_message = false;
    watch(carry);
    return true;
}

bool relay_carry_is_over(const struct relay_carry *carry)
{
    return carry->is_over;
}

static void on_freed(uv_handle_t *handle)
{
    free(handle->data);
}

void relay_carry_close(struct relay_carry *carry)
{
    if (!carry || !carry->wsi)
        return;
    carry->wsi = NULL;
    ds_buf_destroy(&carry->backlog);
    uv_close((uv_handle_t *)&carry->poll, on_freed); /* before the number may be another's */
    close(carry->fd);
}
