/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP connection on a loop: connects once, reads what comes, writes a queue of bytes. Knows
 * nothing about what the bytes mean. */
#ifndef DS_NET_CARRIER_TCP_H
#define DS_NET_CARRIER_TCP_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* Unsent bytes that the kernel takes before it calls the socket full: what is in there can no
 * longer be overtaken by a key press. One TLS record. */
#define DS_TCP_NOTSENT_LOWAT 16384
#define DS_TCP_USER_TIMEOUT_MS 15000 /* unacknowledged bytes: as dead_after of the leg */
/* 256 KiB of control messages, a DATA frame, PONGs and what TLS and WebSocket add. */
#define DS_TCP_OUT_MAX ((size_t)512 * 1024)

/* A callback may call every function of this header, close too. */
struct ds_carrier_tcp_events {
    void (*on_connected)(void *ctx);
    void (*on_bytes)(void *ctx, const uint8_t *bytes, size_t n);
    /* Everything written has gone to the kernel, after it had to wait. */
    void (*on_drained)(void *ctx);
    /* Over: UV_EOF or an error of libuv. Once. */
    void (*on_end)(void *ctx, int status);
    void (*on_closed)(void *ctx); /* after ds_carrier_tcp_close: the memory is the caller's again */
};

/* Embedded by its owner. */
struct ds_carrier_tcp {
    uv_tcp_t handle;
    uv_connect_t connect;
    uv_write_t write;
    uv_shutdown_t shutdown;
    const struct ds_carrier_tcp_events *events; /* borrowed */
    void *ctx;
    struct ds_buf out;    /* waits; filters append to it, flush sends */
    struct ds_buf flight; /* libuv is writing it */
    uint8_t *in;          /* owned, DS_TCP_READ bytes, from the first read on */
    bool writing, connected, ended, closing;
    uint64_t bytes_in, bytes_out;
};

/* Takes a place on the loop; after DS_OK only ds_carrier_tcp_close gives it back. DS_EIO. */
int ds_carrier_tcp_open(struct ds_carrier_tcp *tcp, uv_loop_t *loop,
                        const struct ds_carrier_tcp_events *events, void *ctx);

/* Starts connecting; 0 or an error of libuv, then no callback follows. */
int ds_carrier_tcp_connect(struct ds_carrier_tcp *tcp, const struct sockaddr *address);

/* Writes what stands in out as far as the kernel takes it; the rest follows by itself. Returns 0 or
 * an error of libuv, after which nothing can be written. */
int ds_carrier_tcp_flush(struct ds_carrier_tcp *tcp);

/* Bytes that the kernel has not taken yet. */
size_t ds_carrier_tcp_waiting(const struct ds_carrier_tcp *tcp);

/* Says that no more bytes will come, when all are written. 0 or an error of libuv. */
int ds_carrier_tcp_shutdown(struct ds_carrier_tcp *tcp);

/* Drops everything; on_closed follows from the loop and is the only event. Safe to call twice. */
void ds_carrier_tcp_close(struct ds_carrier_tcp *tcp);

#endif
