/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/crowd.h"

#include "common/base/cursor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define FIRST_MS 250
#define MOST_MS 8000
#define GIVE_UP (10 * DS_SECOND) /* on a dial that comes to nothing */

enum { WAITING, DIALING, HANDSHAKE, RESUMING, BACK };

void test_crowd_join(struct test_crowd_end *end, const struct test_leg *leg, const char *from,
                     bool is_viewer)
{
    memset(end, 0, sizeof(*end));
    memcpy(end->session, leg->session, sizeof(end->session));
    memcpy(end->token, leg->token, sizeof(end->token));
    snprintf(end->from, sizeof(end->from), "%s", from);
    end->is_viewer = is_viewer;
    end->fd = -1;
}

static void end_close(struct test_crowd_end *end)
{
    SSL_free(end->ssl);
    end->ssl = NULL;
    if (end->fd >= 0)
        close(end->fd);
    end->fd = -1;
    ds_buf_destroy(&end->in);
}

/* Full jitter: anything from now to the bound, which doubles. */
static void back_off(struct test_crowd_end *end)
{
    unsigned most = end->tries < 5 ? FIRST_MS << end->tries : MOST_MS;
    end_close(end);
    end->tries++;
    end->state = WAITING;
    end->at = ds_clock_now() + (ds_tick)(rand() % (int)(most + 1)) * DS_MS;
}

static void watch(int epoll, struct test_crowd_end *end, uint32_t events, int how)
{
    struct epoll_event event = {.events = events, .data.ptr = end};
    assert_int_equal(epoll_ctl(epoll, how, end->fd, &event), 0);
}

static void dial(struct test_crowd *crowd, struct test_crowd_end *end, int epoll, SSL_CTX *tls)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    int one = 1;
    inet_pton(AF_INET, end->from, &from.sin_addr);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)atomic_load(&crowd->port));
    end->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(end->fd >= 0);
    setsockopt(end->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
    assert_int_equal(bind(end->fd, (struct sockaddr *)&from, sizeof(from)), 0);
    crowd->dials++;
    if (connect(end->fd, (struct sockaddr *)&to, sizeof(to)) && errno != EINPROGRESS) {
        back_off(end);
        return;
    }
    end->ssl = SSL_new(tls);
    assert_non_null(end->ssl);
    SSL_set_fd(end->ssl, end->fd);
    SSL_set_connect_state(end->ssl);
    ds_buf_init(&end->in, 1u << 20);
    end->state = DIALING;
    end->at = ds_clock_now() + GIVE_UP;
    watch(epoll, end, EPOLLOUT, EPOLL_CTL_ADD);
}

static void put(struct ds_buf *out, const struct ds_message *message)
{
    struct ds_buf json;
    uint8_t header[DS_FRAME_HEADER];
    ds_buf_init(&json, DS_FRAME_CONTROL_MAX);
    assert_int_equal(ds_message_encode(&json, message), 0);
    ds_frame_header(header, DS_FRAME_CONTROL, json.len);
    ds_buf_append(out, header, sizeof(header));
    ds_buf_append(out, ds_buf_peek(&json), json.len);
    ds_buf_destroy(&json);
}

static void greet(struct test_crowd_end *end)
{
    struct ds_message hello = {
        .type = DS_MESSAGE_HELLO, .version = DS_PROTOCOL_VERSION, .program = "crowd"};
    struct ds_message resume = {.type = DS_MESSAGE_RESUME};
    struct ds_buf out;
    snprintf(hello.role, sizeof(hello.role), "%s", end->is_viewer ? "viewer" : "agent");
    memcpy(resume.session, end->session, sizeof(resume.session));
    memcpy(resume.token, end->token, sizeof(resume.token));
    ds_buf_init(&out, 65536);
    put(&out, &hello);
    put(&out, &resume);
    if (SSL_write(end->ssl, ds_buf_peek(&out), (int)out.len) == (int)out.len)
        end->state = RESUMING;
    else
        back_off(end);
    ds_buf_destroy(&out);
}

static void on_control(struct test_crowd *crowd, struct test_crowd_end *end,
                       const struct ds_frame *frame)
{
    struct ds_message message;
    assert_int_equal(ds_message_decode(frame->payload, frame->len, &message), 0);
    if (message.type == DS_MESSAGE_TOKEN) {
        memcpy(end->token, message.token, sizeof(end->token));
    } else if (message.type == DS_MESSAGE_REJOINED && !end->back_at) {
        end->state = BACK;
        end->back_at = ds_clock_now();
        crowd->back++;
    } else if (message.type == DS_MESSAGE_ERROR || message.type == DS_MESSAGE_ENDED) {
        crowd->refusals++;
        snprintf(crowd->last_refusal, sizeof(crowd->last_refusal), "%s%s", message.error,
                 message.reason);
        back_off(end);
    }
}

static void read_some(struct test_crowd *crowd, struct test_crowd_end *end)
{
    struct ds_frame frame;
    uint8_t *to;
    int n, used;
    do {
        assert_int_equal(ds_buf_reserve(&end->in, 16384, &to), 0);
        n = SSL_read(end->ssl, to, 16384);
        if (n > 0)
            ds_buf_commit(&end->in, (size_t)n);
    } while (n > 0);
    int error = SSL_get_error(end->ssl, n);
    while (end->ssl && (used = ds_frame_decode(ds_buf_peek(&end->in), end->in.len, &frame)) > 0) {
        if (frame.type == DS_FRAME_CONTROL)
            on_control(crowd, end, &frame);
        if (end->ssl)
            ds_buf_consume(&end->in, (size_t)used);
    }
    if (!end->ssl || error == SSL_ERROR_WANT_READ)
        return;
    if (end->back_at) { /* lost again: it has to come back once more */
        end->back_at = 0;
        crowd->back--;
    }
    back_off(end);
}

static void on_event(struct test_crowd *crowd, struct test_crowd_end *end, int epoll)
{
    if (end->state == DIALING) {
        int error = 0;
        socklen_t len = sizeof(error);
        getsockopt(end->fd, SOL_SOCKET, SO_ERROR, &error, &len);
        if (error) {
            back_off(end);
            return;
        }
        end->state = HANDSHAKE;
    }
    if (end->state == HANDSHAKE) {
        int done = SSL_connect(end->ssl);
        int error = done == 1 ? 0 : SSL_get_error(end->ssl, done);
        if (done == 1 || error == SSL_ERROR_WANT_READ)
            watch(epoll, end, EPOLLIN, EPOLL_CTL_MOD);
        if (done == 1)
            greet(end);
        else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            back_off(end);
        return;
    }
    if (end->state == RESUMING || end->state == BACK)
        read_some(crowd, end);
}

void test_crowd_run(struct test_crowd *crowd, ds_tick until)
{
    struct epoll_event events[256];
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    assert_true(epoll >= 0);
    SSL_CTX_set_alpn_protos(tls, (const unsigned char *)"\x0a" DS_ALPN, 11);
    for (size_t i = 0; i < crowd->count; i++) {
        crowd->ends[i].tries = 0;
        crowd->ends[i].back_at = 0;
        back_off(&crowd->ends[i]);
    }
    crowd->back = 0;
    while (crowd->back < crowd->count && ds_clock_now() < until) {
        int n = epoll_wait(epoll, events, 256, 10);
        for (int i = 0; i < n; i++)
            on_event(crowd, events[i].data.ptr, epoll);
        ds_tick now = ds_clock_now();
        for (size_t i = 0; i < crowd->count; i++) {
            struct test_crowd_end *end = &crowd->ends[i];
            if (end->state == WAITING && now >= end->at)
                dial(crowd, end, epoll, tls);
            else if (end->state != WAITING && end->state != BACK && now >= end->at)
                back_off(end);
        }
    }
    close(epoll);
    SSL_CTX_free(tls);
}

void test_crowd_close(struct test_crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++)
        end_close(&crowd->ends[i]);
}
