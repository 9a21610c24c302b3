/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/carrier_tcp.h"

#include "common/base/error.h"
#include "common/base/log.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define READ_MAX 32768 /* one read: two TLS records */

int ds_carrier_tcp_open(struct ds_carrier_tcp *tcp, uv_loop_t *loop,
                        const struct ds_carrier_tcp_events *events, void *ctx)
{
    memset(tcp, 0, sizeof(*tcp));
    tcp->in = malloc(READ_MAX);
    if (!tcp->in || uv_tcp_init(loop, &tcp->handle)) {
        free(tcp->in);
        return DS_EIO;
    }
    tcp->handle.data = tcp;
    tcp->events = events;
    tcp->ctx = ctx;
    ds_buf_init(&tcp->out, DS_TCP_OUT_MAX);
    ds_buf_init(&tcp->flight, DS_TCP_OUT_MAX);
    return DS_OK;
}

static void end(struct ds_carrier_tcp *tcp, int status)
{
    if (tcp->ended || tcp->closing)
        return;
    tcp->ended = true;
    uv_read_stop((uv_stream_t *)&tcp->handle);
    tcp->events->on_end(tcp->ctx, status);
}

static void set_option(uv_os_fd_t fd, int option, int value, const char *name)
{
    if (setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value)))
        ds_log_debug("Socket option not set name=%s", name);
}

static void tune(struct ds_carrier_tcp *tcp)
{
    uv_os_fd_t fd;
    uv_tcp_nodelay(&tcp->handle, 1);
    if (uv_fileno((uv_handle_t *)&tcp->handle, &fd))
        return;
    set_option(fd, TCP_NOTSENT_LOWAT, DS_TCP_NOTSENT_LOWAT, "TCP_NOTSENT_LOWAT");
    set_option(fd, TCP_USER_TIMEOUT, DS_TCP_USER_TIMEOUT_MS, "TCP_USER_TIMEOUT");
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct ds_carrier_tcp *tcp = handle->data;
    *buf = uv_buf_init((char *)tcp->in, READ_MAX);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct ds_carrier_tcp *tcp = stream->data;
    if (n > 0) {
        tcp->bytes_in += (uint64_t)n;
        tcp->events->on_bytes(tcp->ctx, (const uint8_t *)buf->base, (size_t)n);
    } else if (n < 0) {
        end(tcp, (int)n);
    }
}

static void on_connect(uv_connect_t *request, int status)
{
    struct ds_carrier_tcp *tcp = request->handle->data;
    if (tcp->closing)
        return;
    if (!status) {
        tune(tcp);
        status = uv_read_start((uv_stream_t *)&tcp->handle, on_alloc, on_read);
    }
    if (status) {
        end(tcp, status);
        return;
    }
    tcp->connected = true;
    tcp->events->on_connected(tcp->ctx);
}

int ds_carrier_tcp_connect(struct ds_carrier_tcp *tcp, const struct sockaddr *address)
{
    return uv_tcp_connect(&tcp->connect, &tcp->handle, address, on_connect);
}

static void on_written(uv_write_t *request, int status)
{
    struct ds_carrier_tcp *tcp = request->handle->data;
    if (tcp->closing)
        return;
    tcp->writing = false;
    tcp->bytes_out += status ? 0 : tcp->flight.len;
    ds_buf_clear(&tcp->flight);
    if (!status)
        status = ds_carrier_tcp_flush(tcp);
    if (status)
        end(tcp, status);
    else if (!tcp->writing)
        tcp->events->on_drained(tcp->ctx);
}

int ds_carrier_tcp_flush(struct ds_carrier_tcp *tcp)
{
    if (tcp->closing || tcp->ended)
        return UV_ECANCELED;
    if (tcp->writing || !tcp->connected || tcp->out.len == 0)
        return 0;
    uv_stream_t *stream = (uv_stream_t *)&tcp->handle;
    uv_buf_t buf = uv_buf_init((char *)ds_buf_peek(&tcp->out), (unsigned)tcp->out.len);
    int n = uv_try_write(stream, &buf, 1);
    if (n < 0 && n != UV_EAGAIN)
        return n;
    if (n > 0) {
        tcp->bytes_out += (uint64_t)n;
        ds_buf_consume(&tcp->out, (size_t)n);
    }
    if (tcp->out.len == 0)
        return 0;
    struct ds_buf rest = tcp->out;
    tcp->out = tcp->flight;
    tcp->flight = rest;
    buf = uv_buf_init((char *)ds_buf_peek(&rest), (unsigned)rest.len);
    int status = uv_write(&tcp->write, stream, &buf, 1, on_written);
    tcp->writing = status == 0;
    return status;
}

size_t ds_carrier_tcp_waiting(const struct ds_carrier_tcp *tcp)
{
    return tcp->out.len + (tcp->writing ? tcp->flight.len : 0);
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    /* Its end shows as the other side's. */
    (void)request;
    (void)status;
}

int ds_carrier_tcp_shutdown(struct ds_carrier_tcp *tcp)
{
    if (tcp->closing || !tcp->connected)
        return UV_ENOTCONN;
    return uv_shutdown(&tcp->shutdown, (uv_stream_t *)&tcp->handle, on_shutdown);
}

static void on_close(uv_handle_t *handle)
{
    struct ds_carrier_tcp *tcp = handle->data;
    ds_buf_destroy(&tcp->out);
    ds_buf_destroy(&tcp->flight);
    free(tcp->in);
    tcp->events->on_closed(tcp->ctx);
}

void ds_carrier_tcp_close(struct ds_carrier_tcp *tcp)
{
    if (tcp->closing)
        return;
    tcp->closing = true;
    uv_close((uv_handle_t *)&tcp->handle, on_close);
}
