/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/leg.h"

#include "common/base/alloc.h"
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "relay/desk/conf.h"
#include "relay/meet/splice.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Unsent bytes in the kernel: enough to keep a fast line busy between two turns, little enough that
 * a key press is not behind much. */
#define NOTSENT_LOWAT (128 * 1024)
/* Frames for a leg: the largest credit with the headers of small frames, and 256 KiB of control. */
#define OUT_MAX (2u * DS_LINK_CREDIT_MAX + 262144u)
#define HELLO_MAX 4096        /* payload of a frame before hello was accepted; PROTOCOL section 1 */
#define WRITE_TURN_MAX 65536u /* written to one leg in a turn */

static void on_poll(uv_poll_t *poll, int status, int events);
static void leg_write(struct relay_leg *leg);

static void on_freed(uv_handle_t *handle)
{
    free(handle->data);
}

static void leg_free_parts(struct relay_leg *leg)
{
    SSL_free(leg->ssl);
    leg->ssl = NULL;
    if (leg->fd >= 0)
        close(leg->fd);
    leg->fd = -1;
    ds_buf_wipe(&leg->in);
    ds_buf_wipe(&leg->out);
}

void relay_leg_discard(struct relay_leg *leg)
{
    leg_free_parts(leg);
    free(leg);
}

void relay_leg_close(struct relay_leg *leg, const char *why)
{
    if (leg->state == RELAY_LEG_CLOSED || leg->state == RELAY_LEG_MOVING)
        return;
    relay_leg_part(leg);
    if (leg->state >= RELAY_LEG_HELLO && leg->ssl) {
        ERR_clear_error();
        SSL_shutdown(leg->ssl); /* close_notify if the socket takes it; not waited for */
    }
    leg->state = RELAY_LEG_CLOSED;
    relay_worker_remove(leg->worker, leg);
    uv_poll_stop(&leg->poll);
    relay_worker_gone(leg->worker, leg->id, leg->heard, why);
    /* The handle before the descriptor: uv_close takes the number out of epoll once more, and by
     * then it may be another connection's. */
    uv_close((uv_handle_t *)&leg->poll, on_freed);
    leg_free_parts(leg);
}

static bool leg_is_up(const struct relay_leg *leg)
{
    return leg->state != RELAY_LEG_CLOSED && leg->state != RELAY_LEG_MOVING;
}

static void leg_watch(struct relay_leg *leg)
{
    if (!leg_is_up(leg))
        return;
    int wanted = leg->state == RELAY_LEG_LAST ? 0 : UV_READABLE;
    if (leg->out.len > 0 || leg->read_wants_write)
        wanted |= UV_WRITABLE;
    if (wanted == leg->watching)
        return;
    leg->watching = wanted;
    if (wanted)
        uv_poll_start(&leg->poll, wanted, on_poll);
    else
        uv_poll_stop(&leg->poll);
}

/* Grants the sender what the receiver has taken. */
static void leg_regrant(struct relay_leg *sender)
{
    if (!sender->peer)
        return;
    uint32_t more = relay_credit_grant(&sender->credit, sender->peer->out.len);
    if (more == 0)
        return;
    if (ds_frame_append_u32(&sender->out, DS_FRAME_CREDIT, more))
        relay_leg_close(sender, "no room for credit");
    else
        leg_write(sender);
}

/* Writes what the socket takes; closes on an error. */
static void leg_write(struct relay_leg *leg)
{
    size_t turn = 0;
    if (!leg_is_up(leg))
        return;
    /* The odd end after a full record waits for the next round of the loop: in a bulk flow more has
     * come by then, and one record and one system call are saved for each frame. */
    while (leg->out.len > 0 && turn < WRITE_TURN_MAX &&
           (turn == 0 || leg->out.len >= RELAY_READ_MAX)) {
        size_t n = leg->out.len < RELAY_READ_MAX ? leg->out.len : RELAY_READ_MAX;
        ERR_clear_error();
        int wrote = SSL_write(leg->ssl, ds_buf_peek(&leg->out), (int)n);
        if (wrote > 0) {
            ds_buf_consume(&leg->out, (size_t)wrote);
            turn += (size_t)wrote;
            leg->written += (size_t)wrote;
            continue;
        }
        int error = SSL_get_error(leg->ssl, wrote);
        if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ)
            break;
        relay_leg_close(leg, "cannot write");
        return;
    }
    if (leg->out.len == 0)
        leg->words = 0;
    if (leg->tell_at != 0 && leg->written >= leg->tell_at) {
        leg->tell_at = 0;
        relay_worker_report(leg->worker, RELAY_REPORT_WRITTEN, leg->id, NULL, NULL);
    }
    if (leg->state == RELAY_LEG_LAST && leg->out.len == 0) {
        relay_leg_close(leg, "done");
        return;
    }
    leg_watch(leg);
    if (turn > 0 && leg->peer)
        leg_regrant(leg->peer);
}

void relay_leg_tell(struct relay_leg *leg, size_t n)
{
    leg->tell_at = leg->written + leg->out.len + n;
}

void relay_leg_send(struct relay_leg *leg, const uint8_t *frames, size_t n, bool last)
{
    if (!leg_is_up(leg) || leg->state == RELAY_LEG_LAST)
        return;
    if (n > 0 && (leg->words > RELAY_LEG_WORDS_MAX || ds_buf_append(&leg->out, frames, n))) {
        relay_leg_close(leg, "its queue is full");
        return;
    }
    leg->words += n;
    if (last) {
        relay_leg_part(leg);
        leg->state = RELAY_LEG_LAST;
        leg->deadline = ds_clock_now() + leg->worker->common->conf->drain_ms * DS_MS;
    }
    leg_write(leg);
}

void relay_leg_pair(struct relay_leg *leg, struct relay_leg *other)
{
    relay_leg_part(leg);
    relay_leg_part(other);
    leg->peer = other;
    other->peer = leg;
    leg->notes = other->notes = 0;
    leg_regrant(leg);
    if (other->peer)
        leg_regrant(other);
}

void relay_leg_part(struct relay_leg *leg)
{
    if (leg->peer)
        leg->peer->peer = NULL;
    leg->peer = NULL;
}

/* The handshake goes on; true when it is done. */
static bool leg_handshake(struct relay_leg *leg)
{
    ERR_clear_error();
    int done = SSL_accept(leg->ssl);
    if (done == 1) {
        leg->state = RELAY_LEG_HELLO;
        leg->read_wants_write = false;
        leg->deadline = ds_clock_now() + leg->worker->common->conf->hello_ms * DS_MS;
        return true;
    }
    int error = SSL_get_error(leg->ssl, done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        leg->read_wants_write = error == SSL_ERROR_WANT_WRITE;
        leg_watch(leg);
    } else {
        relay_leg_close(leg, "TLS handshake failed");
    }
    return false;
}

/* Handles every whole frame at the front of n bytes; returns how many bytes those were. */
static size_t leg_frames(struct relay_leg *leg, const uint8_t *bytes, size_t n)
{
    size_t at = 0;
    while (leg->state == RELAY_LEG_HELLO || leg->state == RELAY_LEG_OPEN) {
        struct ds_frame frame;
        int used = ds_frame_decode(bytes + at, n - at, &frame);
        /* A stranger's word is not waited for if it will be a long one. */
        if (leg->state == RELAY_LEG_HELLO && n - at >= DS_FRAME_HEADER &&
            ds_get_u24(bytes + at) > HELLO_MAX)
            used = DS_EPROTO;
        if (used == 0)
            break;
        const char *problem = used < 0 ? "frame out of bounds" : relay_splice_frame(leg, &frame);
        if (problem) {
            relay_leg_close(leg, problem);
            break;
        }
        at += (size_t)used;
    }
    return at;
}

/* What the frames of a turn left to be written: once a turn, not once a frame. */
static void leg_after_frames(struct relay_leg *leg)
{
    if (leg->peer)
        leg_write(leg->peer);
    if (leg->peer)
        leg_regrant(leg);
    if (leg->state == RELAY_LEG_HELLO || leg->state == RELAY_LEG_OPEN)
        leg_write(leg);
}

/* A quiet leg has no buffer of its own: what it says is handled where it was read, and only an
 * unfinished frame is kept. */
static void leg_read_scratch(struct relay_leg *leg, const uint8_t *bytes, size_t n)
{
    size_t used = leg_frames(leg, bytes, n);
    if (leg_is_up(leg) && used < n && ds_buf_append(&leg->in, bytes + used, n - used))
        relay_leg_close(leg, "memory is short");
}

/* One SSL_read and what is complete after it. > 0: bytes; 0: nothing more for now, or closed. */
static size_t leg_read_some(struct relay_leg *leg)
{
    uint8_t *scratch = leg->worker->scratch, *to = scratch;
    bool is_quiet = leg->in.cap == 0;
    if (!is_quiet && ds_buf_reserve(&leg->in, RELAY_READ_MAX, &to)) {
        relay_leg_close(leg, "memory is short");
        return 0;
    }
    ERR_clear_error();
    int got = SSL_read(leg->ssl, to, RELAY_READ_MAX);
    if (got <= 0) {
        int error = SSL_get_error(leg->ssl, got);
        leg->read_wants_write = error == SSL_ERROR_WANT_WRITE;
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            relay_leg_close(leg, error == SSL_ERROR_ZERO_RETURN ? "closed by the end" : "cut");
        return 0;
    }
    if (is_quiet) {
        leg_read_scratch(leg, scratch, (size_t)got);
    } else {
        ds_buf_commit(&leg->in, (size_t)got);
        size_t used = leg_frames(leg, ds_buf_peek(&leg->in), leg->in.len);
        if (leg_is_up(leg))
            ds_buf_consume(&leg->in, used);
    }
    return (size_t)got;
}

/* One turn: ends with the record that brings it to RELAY_READ_MAX bytes. */
static void leg_read(struct relay_leg *leg)
{
    size_t turn = 0, got = 0;
    while (turn < RELAY_READ_MAX && (got = leg_read_some(leg)) > 0 &&
           (leg->state == RELAY_LEG_HELLO || leg->state == RELAY_LEG_OPEN))
        turn += got;
    if (leg->state != RELAY_LEG_HELLO && leg->state != RELAY_LEG_OPEN)
        return;
    if (turn > 0) {
        leg->heard = ds_clock_now();
        leg_after_frames(leg);
    }
    if (leg->state != RELAY_LEG_HELLO && leg->state != RELAY_LEG_OPEN)
        return;
    /* Stopped by the bound, and the SSL has read ahead: the socket may never become readable. */
    if (turn >= RELAY_READ_MAX && SSL_has_pending(leg->ssl))
        relay_worker_again(leg->worker, leg);
    leg_watch(leg);
}

void relay_leg_turn(struct relay_leg *leg)
{
    if (leg->state == RELAY_LEG_HANDSHAKE && !leg_handshake(leg))
        return;
    if (leg->state == RELAY_LEG_HELLO || leg->state == RELAY_LEG_OPEN)
        leg_read(leg);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct relay_leg *leg = poll->data;
    if (status < 0) {
        relay_leg_close(leg, "socket error");
        return;
    }
    if ((events & UV_WRITABLE) && leg->out.len > 0 && leg->state != RELAY_LEG_HANDSHAKE) {
        leg_write(leg);
        if (leg->state == RELAY_LEG_CLOSED)
            return;
    }
    if ((events & UV_READABLE) || leg->read_wants_write)
        relay_leg_turn(leg);
}

static int leg_attach(struct relay_worker *worker, struct relay_leg *leg)
{
    leg->worker = worker;
    leg->watching = 0;
    leg->poll.data = leg;
    return uv_poll_init(&worker->loop, &leg->poll, leg->fd) ? DS_EIO : DS_OK;
}

void relay_leg_take(struct relay_worker *worker, uint64_t id, int fd)
{
    const struct relay_worker_common *common = worker->common;
    struct relay_leg *leg = ds_alloc_array(1, sizeof(*leg));
    if (!leg)
        goto fail;
    leg->id = id;
    leg->fd = fd;
    ds_buf_init(&leg->in, DS_FRAME_HEADER + DS_FRAME_PAYLOAD_MAX + RELAY_READ_MAX);
    ds_buf_init(&leg->out, OUT_MAX);
    relay_credit_init(&leg->credit);
    leg->ssl = SSL_new(common->tls);
    if (!leg->ssl || SSL_set_fd(leg->ssl, fd) != 1)
        goto fail_leg;
    /* Fails on the socketpair of a carried leg, which has no such delays. */
    int one = 1, low = NOTSENT_LOWAT;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low, sizeof(low));
    if (leg_attach(worker, leg))
        goto fail_leg;
    leg->heard = ds_clock_now();
    leg->deadline = leg->heard + common->conf->handshake_ms * DS_MS;
    relay_worker_add(worker, leg);
    relay_leg_turn(leg);
    return;
fail_leg:
    ds_log_warn("leg cannot be set up leg=%llu", (unsigned long long)id);
    leg->fd = -1;
    relay_leg_discard(leg);
fail:
    close(fd);
    relay_worker_gone(worker, id, ds_clock_now(), "memory is short");
}

static void on_detached(uv_handle_t *handle)
{
    struct relay_leg *leg = handle->data;
    struct relay_worker *worker = leg->worker;
    struct relay_order *order = relay_order_new(RELAY_ORDER_ARRIVE, leg->id);
    if (!order) {
        relay_worker_gone(worker, leg->id, leg->heard, "memory is short");
        relay_leg_discard(leg);
        return;
    }
    uint64_t id = leg->id;
    ds_tick heard = leg->heard;
    order->moving = leg;
    if (relay_worker_order(&worker->all[leg->move_to], order))
        relay_worker_gone(worker, id, heard, "worker is overloaded");
}

void relay_leg_move(struct relay_leg *leg, unsigned to)
{
    if (leg->state != RELAY_LEG_OPEN)
        return;
    relay_leg_part(leg);
    relay_worker_remove(leg->worker, leg);
    leg->state = RELAY_LEG_MOVING;
    leg->move_to = to;
    uv_poll_stop(&leg->poll);
    uv_close((uv_handle_t *)&leg->poll, on_detached);
}

void relay_leg_arrive(struct relay_worker *worker, struct relay_leg *leg)
{
    leg->state = RELAY_LEG_OPEN;
    if (leg_attach(worker, leg)) {
        relay_worker_gone(worker, leg->id, leg->heard, "loop is full");
        relay_leg_discard(leg);
        return;
    }
    relay_worker_add(worker, leg);
    relay_worker_report(worker, RELAY_REPORT_ARRIVED, leg->id, NULL, NULL);
    leg_write(leg);
    if (leg->state == RELAY_LEG_OPEN)
        relay_leg_turn(leg);
}

void relay_leg_sweep(struct relay_leg *leg, ds_tick now)
{
    const struct relay_worker_common *common = leg->worker->common;
    if (leg->deadline && now >= leg->deadline) {
        static const char *const why[] = {"TLS handshake took too long", "no hello in time",
                                          "deadline", "did not take the last bytes"};
        relay_leg_close(leg, leg->state <= RELAY_LEG_LAST ? why[leg->state] : "deadline");
        return;
    }
    if (leg->state != RELAY_LEG_OPEN)
        return;
    if (now - leg->heard >= common->dead_ms * DS_MS) {
        relay_leg_close(leg, "silent for too long");
        return;
    }
    /* Buffers of a quiet leg go back. */
    if (leg->in.len == 0 && leg->in.cap > 0)
        ds_buf_destroy(&leg->in);
    if (leg->out.len == 0 && leg->out.cap > 0)
        ds_buf_destroy(&leg->out);
    if (now - leg->heard >= common->heartbeat_ms * DS_MS &&
        now - leg->pinged >= common->heartbeat_ms * DS_MS) {
        leg->pinged = now;
        if (ds_frame_append_u64(&leg->out, DS_FRAME_PING, now))
            relay_leg_close(leg, "its queue is full");
        else
            leg_write(leg);
    }
}
