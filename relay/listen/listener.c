/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/listener.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/listen/peek.h"
#include "relay/listen/port.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_TURN 64
#define SWEEP_MS 50
#define PAUSE_MS 250 /* after running out of descriptors */

enum conn_wants { WANTS_LOOK, WANTS_HTTP, WANTS_HTTPS };

struct relay_conn {
    struct relay_conn *next;
    struct relay_listener *listener;
    struct relay_address from;
    enum relay_gate_class class; /* WAITING or STRANGER */
    enum conn_wants wants;       /* what it waits for */
    bool is_injected, is_polling, is_gone;
    bool is_ended; /* the other side sends no more */
    bool repeek;   /* its socket cannot wait for a number of bytes: looked at again by the sweep */
    int fd;        /* owned unless gone */
    ds_tick began; /* at its place among the strangers */
    ds_tick deadline;
    bool has_spoken;
    uv_poll_t poll;
};

static void conn_look(struct relay_conn *conn);

static void on_conn_freed(uv_handle_t *handle)
{
    free(handle->data);
}

static void unlink_conn(struct relay_conn *conn)
{
    struct relay_conn **at = &conn->listener->conns;
    while (*at != conn)
        at = &(*at)->next;
    *at = conn->next;
    if (conn->listener->last == &conn->next)
        conn->listener->last = at;
}

/* Takes the connection out of the listener. Its place is given back unless keep_place; returns the
 * descriptor, which is the caller's. */
static int conn_detach(struct relay_conn *conn, bool keep_place)
{
    int fd = conn->fd;
    conn->is_gone = true;
    unlink_conn(conn);
    if (!keep_place)
        relay_listener_leave(conn->listener, conn->class, &conn->from);
    if (conn->is_polling) {
        uv_poll_stop(&conn->poll);
        uv_close((uv_handle_t *)&conn->poll, on_conn_freed);
    } else {
        free(conn);
    }
    return fd;
}

static void conn_drop(struct relay_conn *conn, const char *why)
{
    if (ds_log_allowed(&conn->listener->log_limit, 60, ds_clock_now())) {
        char from[RELAY_ADDRESS_TEXT];
        relay_address_text(&conn->from, from);
        ds_log_info("connection dropped why=\"%s\" address=%s", why, from);
    }
    close(conn_detach(conn, false));
}

static void on_conn_poll(uv_poll_t *poll, int status, int events)
{
    struct relay_conn *conn = poll->data;
    if (status < 0) {
        conn_drop(conn, "socket error");
        return;
    }
    conn->is_ended = (events & UV_DISCONNECT) != 0;
    conn_look(conn);
}

static void conn_wait_for(struct relay_conn *conn, size_t bytes)
{
    int low = (int)bytes;
    struct sockaddr_storage own;
    socklen_t len = sizeof(own);
    setsockopt(conn->fd, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low));
    if (!conn->has_spoken && bytes > 1) {
        conn->has_spoken = true;
        conn->deadline = ds_clock_now() + conn->listener->conf->handshake_ms * DS_MS;
    }
    /* A local socket is readable below its low-water mark, and would spin. */
    conn->repeek = bytes > 1 && getsockname(conn->fd, (struct sockaddr *)&own, &len) == 0 &&
                   own.ss_family == AF_UNIX;
    if (conn->repeek)
        uv_poll_stop(&conn->poll);
    else
        uv_poll_start(&conn->poll, UV_READABLE | UV_DISCONNECT, on_conn_poll);
}

/* Hands a connection of the web on, or lets it wait for a place. */
static void conn_to_web(struct relay_conn *conn, bool is_tls)
{
    struct relay_listener *listener = conn->listener;
    struct relay_address from = conn->from;
    if (conn->is_injected) {
        conn_drop(conn, "a carried connection is not a leg");
    } else if (relay_gate_enter(&listener->gate, RELAY_GATE_WEB, &from)) {
        int fd = conn_detach(conn, false);
        listener->events->on_web(listener->ctx, fd, &from, is_tls);
    } else if (conn->class == RELAY_GATE_WAITING) {
        /* stays where it is */
    } else if (relay_gate_enter(&listener->gate, RELAY_GATE_WAITING, &from)) {
        uv_poll_stop(&conn->poll);
        conn->wants = is_tls ? WANTS_HTTPS : WANTS_HTTP;
        conn->class = RELAY_GATE_WAITING;
        conn->deadline = ds_clock_now() + listener->conf->waiting_ms * DS_MS;
        relay_listener_leave(listener, RELAY_GATE_STRANGER, &from);
    } else {
        conn_drop(conn, "no place among web connections");
    }
}

static void conn_look(struct relay_conn *conn)
{
    static uint8_t bytes[RELAY_PEEK_MAX]; /* main loop only */
    struct relay_listener *listener = conn->listener;
    ssize_t n = recv(conn->fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        conn_wait_for(conn, 1);
        return;
    }
    if (n <= 0) {
        conn_drop(conn, "left without a word");
        return;
    }
    size_t need = 0;
    enum relay_peek kind = relay_peek(bytes, (size_t)n, &need);
    if (kind == RELAY_PEEK_MORE) {
        /* An ended stream is readable for ever, below any low-water mark too. */
        if (conn->is_ended)
            conn_drop(conn, "left in the middle of a word");
        else
            conn_wait_for(conn, need);
        return;
    }
    int one = 1;
    setsockopt(conn->fd, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
    if (kind == RELAY_PEEK_LEG) {
        struct relay_address from = conn->from;
        int fd = conn_detach(conn, true);
        listener->events->on_leg(listener->ctx, fd, &from);
    } else if (kind == RELAY_PEEK_JUNK) {
        conn_drop(conn, "neither TLS nor HTTP");
    } else {
        conn_to_web(conn, kind == RELAY_PEEK_HTTPS);
    }
}

/* The connection has a place among the strangers: looks at what it sends. */
static void conn_begin(struct relay_conn *conn)
{
    conn->class = RELAY_GATE_STRANGER;
    conn->began = ds_clock_now();
    conn->deadline = conn->began + conn->listener->conf->first_byte_ms * DS_MS;
    if (uv_poll_init(conn->listener->loop, &conn->poll, conn->fd)) {
        conn_drop(conn, "loop is full");
        return;
    }
    conn->is_polling = true;
    conn->poll.data = conn;
    conn_look(conn);
}

static void take(struct relay_listener *listener, int fd, const struct relay_address *from,
                 bool is_injected)
{
    bool has_place = relay_gate_enter(&listener->gate, RELAY_GATE_STRANGER, from);
    struct relay_conn *conn = NULL;
    if (has_place || relay_gate_enter(&listener->gate, RELAY_GATE_WAITING, from))
        conn = ds_alloc_array(1, sizeof(*conn));
    else if (ds_log_allowed(&listener->log_limit, 60, ds_clock_now()))
        ds_log_warn("too many connections from one address; one is closed");
    if (!conn) {
        if (has_place)
            relay_gate_leave(&listener->gate, RELAY_GATE_STRANGER, from);
        close(fd);
        return;
    }
    conn->listener = listener;
    conn->from = *from;
    conn->fd = fd;
    conn->is_injected = is_injected;
    conn->class = RELAY_GATE_WAITING;
    conn->deadline = ds_clock_now() + listener->conf->waiting_ms * DS_MS;
    if (!listener->conns)
        uv_timer_again(&listener->sweep);
    *listener->last = conn;
    listener->last = &conn->next;
    if (has_place)
        conn_begin(conn);
}

static void set_accepting(struct relay_listener *listener, bool on);

static void on_acceptable(uv_poll_t *poll, int status, int events)
{
    struct relay_listener *listener = poll->data;
    struct relay_listener_port *port = (struct relay_listener_port *)poll;
    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPT_TURN; i++) {
        if (relay_gate_is_full(&listener->gate, RELAY_GATE_WAITING)) {
            set_accepting(listener, false);
            return;
        }
        struct sockaddr_storage peer;
        socklen_t len = sizeof(peer);
        int fd = accept4(port->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                if (ds_log_allowed(&listener->log_limit, 60, ds_clock_now()))
                    ds_log_error("no descriptors left: accepting pauses");
                listener->paused_until = ds_clock_now() + PAUSE_MS * DS_MS;
                set_accepting(listener, false);
            }
            return;
        }
        struct relay_address from = relay_address_of((struct sockaddr *)&peer);
        take(listener, fd, &from, false);
    }
}

static void set_accepting(struct relay_listener *listener, bool on)
{
    if (listener->is_closed || listener->is_paused == !on)
        return;
    listener->is_paused = !on;
    for (unsigned i = 0; i < listener->port_count; i++) {
        if (on)
            uv_poll_start(&listener->ports[i].poll, UV_READABLE, on_acceptable);
        else
            uv_poll_stop(&listener->ports[i].poll);
    }
    if (!on)
        uv_timer_again(&listener->sweep);
}

/* Those who wait get the places that are free, in the order in which they came. */
static void promote_waiting(struct relay_listener *listener)
{
    for (struct relay_conn *conn = listener->conns, *next; conn; conn = next) {
        next = conn->next;
        if (conn->class != RELAY_GATE_WAITING)
            continue;
        if (conn->wants != WANTS_LOOK) {
            conn_to_web(conn, conn->wants == WANTS_HTTPS);
        } else if (relay_gate_enter(&listener->gate, RELAY_GATE_STRANGER, &conn->from)) {
            relay_gate_leave(&listener->gate, RELAY_GATE_WAITING, &conn->from);
            conn_begin(conn);
        }
    }
}

static void on_promote(uv_idle_t *idle)
{
    struct relay_listener *listener = idle->data;
    uv_idle_stop(idle);
    promote_waiting(listener);
    if (listener->is_paused && ds_clock_now() >= listener->paused_until &&
        !relay_gate_is_full(&listener->gate, RELAY_GATE_WAITING))
        set_accepting(listener, true);
}

/* While somebody waits for one of the places that are all taken, those who took theirs long ago and
 * have not come to anything give way: else a few who are slow on purpose would hold up everybody.
 */
static void make_room(struct relay_listener *listener, ds_tick now)
{
    bool wants_stranger = false, wants_web = false;
    ds_tick since = now - listener->conf->crowded_ms * DS_MS;
    for (struct relay_conn *conn = listener->conns; conn; conn = conn->next) {
        bool waits = conn->class == RELAY_GATE_WAITING;
        wants_stranger = wants_stranger || (waits && conn->wants == WANTS_LOOK);
        wants_web = wants_web || (waits && conn->wants != WANTS_LOOK);
    }
    wants_stranger = wants_stranger && relay_gate_is_full(&listener->gate, RELAY_GATE_STRANGER);
    wants_web = wants_web && relay_gate_is_full(&listener->gate, RELAY_GATE_WEB);
    for (struct relay_conn *conn = listener->conns, *next; wants_stranger && conn; conn = next) {
        next = conn->next;
        if (conn->class == RELAY_GATE_STRANGER && conn->began <= since)
            conn_drop(conn, "others wait for its place");
    }
    if (wants_stranger || wants_web)
        listener->events->on_crowd(listener->ctx, since, wants_stranger, wants_web);
}

static void on_sweep(uv_timer_t *timer)
{
    struct relay_listener *listener = timer->data;
    ds_tick now = ds_clock_now();
    for (struct relay_conn *conn = listener->conns, *next; conn; conn = next) {
        next = conn->next;
        if (now >= conn->deadline)
            conn_drop(conn, conn->class == RELAY_GATE_WAITING ? "no place became free"
                            : conn->has_spoken                ? "first message not complete in time"
                                                              : "no first byte in time");
        else if (conn->repeek)
            conn_look(conn);
    }
    if (listener->gate.total[RELAY_GATE_WAITING] > 0)
        make_room(listener, now);
    if (listener->is_paused)
        uv_idle_start(&listener->promote, on_promote);
    else if (!listener->conns)
        uv_timer_stop(timer);
}

int relay_listener_open(struct relay_listener *listener, uv_loop_t *loop,
                        const struct relay_conf *conf, const char *conf_path, char *message,
                        size_t size)
{
    *listener = (struct relay_listener){.loop = loop, .conf = conf, .is_paused = true};
    listener->last = &listener->conns;
    for (unsigned i = 0; i < conf->port_count; i++) {
        struct relay_listener_port *port = &listener->ports[i];
        port->fd = relay_port_open(conf->ports[i], conf_path, &port->number, message, size);
        if (port->fd < 0) {
            while (i-- > 0)
                close(listener->ports[i].fd);
            listener->port_count = 0;
            return DS_EIO;
        }
        listener->port_count = i + 1;
    }
    return DS_OK;
}

void relay_listener_start(struct relay_listener *listener,
                          const struct relay_listener_events *events, void *ctx)
{
    const struct relay_conf *conf = listener->conf;
    unsigned *most = listener->gate.most, *each = listener->gate.most_each;
    most[RELAY_GATE_WAITING] = conf->waiting_max;
    each[RELAY_GATE_WAITING] = conf->waiting_per_address;
    most[RELAY_GATE_STRANGER] = conf->strangers_max;
    each[RELAY_GATE_STRANGER] = conf->strangers_per_address;
    most[RELAY_GATE_WEB] = conf->web_max;
    each[RELAY_GATE_WEB] = conf->web_per_address;
    most[RELAY_GATE_LEG] = conf->legs_max;
    each[RELAY_GATE_LEG] = conf->legs_per_address;
    ds_check(relay_gate_init(&listener->gate) == DS_OK);
    listener->events = events;
    listener->ctx = ctx;
    listener->sweep.data = listener->promote.data = listener;
    uv_timer_init(listener->loop, &listener->sweep);
    uv_timer_start(&listener->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    uv_idle_init(listener->loop, &listener->promote);
    for (unsigned i = 0; i < listener->port_count; i++) {
        listener->ports[i].poll.data = listener;
        uv_poll_init(listener->loop, &listener->ports[i].poll, listener->ports[i].fd);
    }
    listener->is_listening = true;
    set_accepting(listener, true);
}

void relay_listener_inject(struct relay_listener *listener, int fd,
                           const struct relay_address *from)
{
    if (listener->is_closed)
        close(fd);
    else
        take(listener, fd, from, true);
}

void relay_listener_leave(struct relay_listener *listener, enum relay_gate_class class,
                          const struct relay_address *from)
{
    relay_gate_leave(&listener->gate, class, from);
    if (!listener->is_closed &&
        (listener->gate.total[RELAY_GATE_WAITING] > 0 || listener->is_paused))
        uv_idle_start(&listener->promote, on_promote);
}

void relay_listener_close(struct relay_listener *listener)
{
    if (listener->is_closed)
        return;
    listener->is_closed = true;
    while (listener->conns)
        close(conn_detach(listener->conns, false));
    for (unsigned i = 0; i < listener->port_count; i++) {
        if (listener->is_listening)
            uv_close((uv_handle_t *)&listener->ports[i].poll, NULL);
        close(listener->ports[i].fd);
    }
    if (listener->is_listening) {
        uv_close((uv_handle_t *)&listener->sweep, NULL);
        uv_close((uv_handle_t *)&listener->promote, NULL);
    }
}

void relay_listener_destroy(struct relay_listener *listener)
{
    relay_gate_destroy(&listener->gate);
}
