/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One way to the relay: a TCP connection with a stack of filters on it, each of which has to open
 * within its deadline. Above the topmost filter the leg's frames go in and out. Frees itself. */
#ifndef DS_NET_LINE_H
#define DS_NET_LINE_H

#include "common/net/fault.h"
#include "common/net/filter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

#define DS_LINE_FILTERS 5 /* TLS to a proxy, CONNECT, outer TLS, WebSocket, the leg's TLS */
#define DS_LINE_CONNECT_MS 5000
#define DS_LINE_FINISH_MS 1000

struct ds_line;

/* A callback may call every function of this header, ds_line_close too; then nothing follows. */
struct ds_line_events {
    /* TCP stands and that many filters are open, from 0 to all; may be NULL. */
    void (*on_stage)(void *ctx, size_t opened);
    void (*on_open)(void *ctx); /* all are */
    void (*on_bytes)(void *ctx, const uint8_t *bytes, size_t n);
    void (*on_drained)(void *ctx); /* nothing waits any more; may be NULL */
    /* Over: ds_line_close is what is left to do. */
    void (*on_end)(void *ctx, const struct ds_fault *fault);
};

/* Starts connecting. filters: 1..DS_LINE_FILTERS, lowest first; they belong to the line, also when
 * this fails. NULL when memory or handles are short. */
struct ds_line *ds_line_open(uv_loop_t *loop, const struct sockaddr *address,
                             struct ds_filter *const *filters, size_t count,
                             const struct ds_line_events *events, void *ctx);

/* Gives the line to another owner. events: borrowed until close. */
void ds_line_set_events(struct ds_line *line, const struct ds_line_events *events, void *ctx);

/* Writes bytes, only while open. An error is DS_ELIMIT (nothing was written), or DS_ECLOSED; then
 * on_end follows from the loop unless it has been. */
int ds_line_send(struct ds_line *line, const uint8_t *bytes, size_t n);

/* Bytes on their way to the kernel: 0 when the next byte goes out at once. */
size_t ds_line_waiting(const struct ds_line *line);

/* False once sending has failed: on_end is due. */
bool ds_line_is_sound(const struct ds_line *line);

/* The other side, or something on the way, said that it is over; else the line broke on our side,
 * or fell silent. For on_end and later. */
bool ds_line_was_closed(const struct ds_line *line);

/* Our own address of the connection. False: there is none. */
bool ds_line_local(const struct ds_line *line, struct sockaddr_storage *out);

/* Bytes on the wire so far. */
void ds_line_bytes(const struct ds_line *line, uint64_t *in, uint64_t *out);

/* Says good-bye on every layer, waits at most DS_LINE_FINISH_MS until all is written and the other
 * side has closed, then closes. No event comes after this call. */
void ds_line_finish(struct ds_line *line);

/* Closes at once. No event comes after this call. Accepts NULL; safe to call twice until the loop
 * has run. */
void ds_line_close(struct ds_line *line);

#endif
