/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accepts connections, holds them while they wait for a place or have not said what they are, and
 * hands each on as a leg or to the web side. On the main loop. */
#ifndef RELAY_LISTEN_LISTENER_H
#define RELAY_LISTEN_LISTENER_H

#include "common/base/log.h"
#include "relay/desk/conf.h"
#include "relay/listen/gate.h"

#include <uv.h>

struct relay_conn;

struct relay_listener_events {
    /* A leg; fd is the receiver's now, and so is its place among the strangers. */
    void (*on_leg)(void *ctx, int fd, const struct relay_address *from);
    /* A web connection; fd and its place among the web connections are the receiver's. */
    void (*on_web)(void *ctx, int fd, const struct relay_address *from, bool is_tls);
    /* Others wait: legs that have not said hello, web connections that ask for nothing, are to be
     * closed if they have been so since that time. */
    void (*on_crowd)(void *ctx, ds_tick since, bool of_legs, bool of_web);
};

struct relay_listener {
    uv_loop_t *loop;
    const struct relay_conf *conf;
    const struct relay_listener_events *events;
    void *ctx;
    struct relay_gate gate;
    struct relay_listener_port {
        uv_poll_t poll;
        int fd;
        unsigned number;
    } ports[RELAY_PORTS_MAX];
    unsigned port_count;
    bool is_listening, is_paused, is_closed;
    ds_tick paused_until; /* when descriptors ran out */
    uv_timer_t sweep;
    uv_idle_t promote;        /* runs once when a place became free */
    struct relay_conn *conns; /* owned; oldest first */
    struct relay_conn **last;
    struct ds_log_limit log_limit;
};

/* Opens every port of conf; nothing is accepted before relay_listener_start. conf_path: for
 * messages. Negative: message holds one plain sentence. */
int relay_listener_open(struct relay_listener *listener, uv_loop_t *loop,
                        const struct relay_conf *conf, const char *conf_path, char *message,
                        size_t size);
void relay_listener_start(struct relay_listener *listener,
                          const struct relay_listener_events *events, void *ctx);
/* A connection that came some other way (a WebSocket's inner stream): treated like an accepted one,
 * but it can only be a leg. Takes fd. */
void relay_listener_inject(struct relay_listener *listener, int fd,
                           const struct relay_address *from);
/* Gives a place back, and lets somebody who waits have it. */
void relay_listener_leave(struct relay_listener *listener, enum relay_gate_class class,
                          const struct relay_address *from);
/* Stops accepting and drops whoever has not become a leg or a web connection. */
void relay_listener_close(struct relay_listener *listener);
/* After the loop has run out. */
void relay_listener_destroy(struct relay_listener *listener);

#endif
