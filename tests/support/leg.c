/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/leg.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "tests/support/leg_carried.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_S 20

void test_leg_connect(struct test_leg *leg, unsigned port, const char *from)
{
    test_leg_connect_to(leg, "127.0.0.1", port, from);
}

void test_leg_connect_to(struct test_leg *leg, const char *address, unsigned port, const char *from)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in source = {.sin_family = AF_INET};
    struct timeval limit = {.tv_sec = WAIT_S};
    int one = 1;
    signal(SIGPIPE, SIG_IGN); /* writing to a relay that has closed is an answer, too */
    memset(leg, 0, sizeof(*leg));
    ds_buf_init(&leg->in, 1u << 20);
    ds_buf_init(&leg->carried, 1u << 20);
    leg->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(leg->fd >= 0);
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    setsockopt(leg->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(leg->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(leg->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (from) {
        assert_int_equal(inet_pton(AF_INET, from, &source.sin_addr), 1);
        setsockopt(leg->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
        assert_int_equal(bind(leg->fd, (struct sockaddr *)&source, sizeof(source)), 0);
    }
    assert_int_equal(connect(leg->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

static bool prepare_tls(struct test_leg *leg, const char *ca, const char *alpn)
{
    leg->tls = SSL_CTX_new(TLS_client_method());
    assert_non_null(leg->tls);
    if (ca) {
        assert_int_equal(SSL_CTX_load_verify_file(leg->tls, ca), 1);
        SSL_CTX_set_verify(leg->tls, SSL_VERIFY_PEER, NULL);
    }
    leg->ssl = SSL_new(leg->tls);
    assert_non_null(leg->ssl);
    if (ca)
        SSL_set1_host(leg->ssl, "localhost");
    const char *name = alpn ? alpn : DS_ALPN;
    if (name[0]) {
        unsigned char list[64];
        list[0] = (unsigned char)strlen(name);
        memcpy(list + 1, name, list[0]);
        SSL_set_alpn_protos(leg->ssl, list, list[0] + 1u);
    }
    return true;
}

bool test_leg_tls(struct test_leg *leg, const char *ca, const char *alpn)
{
    prepare_tls(leg, ca, alpn);
    SSL_set_fd(leg->ssl, leg->fd);
    return SSL_connect(leg->ssl) == 1;
}

bool test_leg_tls_in_web_socket(struct test_leg *leg, const char *extra_headers)
{
    if (!test_leg_upgrade(leg, extra_headers))
        return false;
    prepare_tls(leg, NULL, NULL);
    BIO *bio = test_leg_carried_bio(leg);
    SSL_set_bio(leg->ssl, bio, bio);
    return SSL_connect(leg->ssl) == 1;
}

void test_leg_open(struct test_leg *leg, unsigned port, const char *from, const char *role)
{
    struct ds_message welcome;
    test_leg_connect(leg, port, from);
    assert_true(test_leg_tls(leg, NULL, NULL));
    assert_true(test_leg_hello(leg, role));
    test_leg_expect(leg, DS_MESSAGE_WELCOME, &welcome);
    assert_int_equal(welcome.version, DS_PROTOCOL_VERSION);
}

void test_leg_close(struct test_leg *leg)
{
    SSL_free(leg->ssl);
    SSL_CTX_free(leg->tls);
    if (leg->fd >= 0)
        close(leg->fd);
    ds_buf_destroy(&leg->in);
    ds_buf_destroy(&leg->carried);
    memset(leg, 0, sizeof(*leg));
    leg->fd = -1;
}

bool test_leg_write(struct test_leg *leg, const void *bytes, size_t n)
{
    if (leg->ssl)
        return n == 0 || SSL_write(leg->ssl, bytes, (int)n) == (int)n;
    return send(leg->fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

bool test_leg_frame(struct test_leg *leg, uint8_t type, const void *payload, size_t n)
{
    uint8_t frame[DS_FRAME_HEADER + DS_FRAME_PAYLOAD_MAX];
    assert_true(n <= DS_FRAME_PAYLOAD_MAX);
    ds_put_u24(frame, (uint32_t)n);
    frame[3] = type;
    if (n > 0)
        memcpy(frame + DS_FRAME_HEADER, payload, n);
    return test_leg_write(leg, frame, DS_FRAME_HEADER + n);
}

bool test_leg_say(struct test_leg *leg, const struct ds_message *message)
{
    struct ds_buf json;
    ds_buf_init(&json, DS_FRAME_CONTROL_MAX);
    assert_int_equal(ds_message_encode(&json, message), DS_OK);
    bool sent = test_leg_frame(leg, DS_FRAME_CONTROL, ds_buf_peek(&json), json.len);
    ds_buf_destroy(&json);
    return sent;
}

bool test_leg_hello(struct test_leg *leg, const char *role)
{
    struct ds_message hello = {.type = DS_MESSAGE_HELLO, .version = DS_PROTOCOL_VERSION};
    snprintf(hello.role, sizeof(hello.role), "%s", role);
    snprintf(hello.program, sizeof(hello.program), "test");
    return test_leg_say(leg, &hello);
}

/* Tokens are noticed when they come, whatever stands before them. */
static void look_for_tokens(struct test_leg *leg)
{
    struct ds_frame frame;
    int used;
    while ((used = ds_frame_decode(ds_buf_peek(&leg->in) + leg->looked, leg->in.len - leg->looked,
                                   &frame)) > 0) {
        struct ds_message message;
        leg->looked += (size_t)used;
        if (frame.type != DS_FRAME_CONTROL || ds_message_decode(frame.payload, frame.len, &message))
            continue;
        if (message.type == DS_MESSAGE_TOKEN) {
            memcpy(leg->token, message.token, sizeof(leg->token));
            leg->tokens++;
        } else if (message.type == DS_MESSAGE_SESSION || message.type == DS_MESSAGE_PAIRED) {
            memcpy(leg->session, message.session, sizeof(leg->session));
        }
    }
}

/* More bytes into leg->in; false when the relay closed. */
static bool fill(struct test_leg *leg)
{
    uint8_t *to;
    assert_int_equal(ds_buf_reserve(&leg->in, 65536, &to), DS_OK);
    int n = SSL_read(leg->ssl, to, 65536);
    if (n <= 0) {
        int error = SSL_get_error(leg->ssl, n);
        if (error == SSL_ERROR_WANT_READ)
            fail_msg("nothing came from the relay in %d s", WAIT_S);
        return false;
    }
    ds_buf_commit(&leg->in, (size_t)n);
    look_for_tokens(leg);
    return true;
}

/* One frame off the front of leg->in, copied to a buffer of this thread; false when it is not
 * whole. */
static bool take(struct test_leg *leg, struct ds_frame *frame)
{
    static _Thread_local uint8_t bytes[DS_FRAME_HEADER + DS_FRAME_PAYLOAD_MAX];
    int used = ds_frame_decode(ds_buf_peek(&leg->in), leg->in.len, frame);
    assert_true(used >= 0);
    if (used == 0)
        return false;
    memcpy(bytes, frame->payload, frame->len);
    frame->payload = bytes;
    ds_buf_consume(&leg->in, (size_t)used);
    leg->looked -= (size_t)used < leg->looked ? (size_t)used : leg->looked;
    return true;
}

static bool is_token(const struct ds_frame *frame)
{
    struct ds_message message;
    return frame->type == DS_FRAME_CONTROL &&
           ds_message_decode(frame->payload, frame->len, &message) == DS_OK &&
           message.type == DS_MESSAGE_TOKEN;
}

/* Handles CREDIT, PING and TOKEN; false when the frame is for the test. */
static bool is_housekeeping(struct test_leg *leg, const struct ds_frame *frame)
{
    if (frame->type == DS_FRAME_CREDIT) {
        leg->credit += ds_get_u32(frame->payload);
        return true;
    }
    if (frame->type == DS_FRAME_PING) {
        uint8_t echo[8];
        memcpy(echo, frame->payload, sizeof(echo));
        test_leg_frame(leg, DS_FRAME_PONG, echo, sizeof(echo));
        return true;
    }
    return is_token(frame);
}

bool test_leg_next(struct test_leg *leg, struct ds_frame *frame)
{
    for (;;) {
        while (!take(leg, frame)) {
            if (!fill(leg))
                return false;
        }
        if (!is_housekeeping(leg, frame))
            return true;
    }
}

void test_leg_expect(struct test_leg *leg, enum ds_message_type type, struct ds_message *out)
{
    struct ds_frame frame;
    struct ds_message message;
    if (!test_leg_next(leg, &frame))
        fail_msg("the relay closed instead of sending %s", ds_message_name(type));
    assert_int_equal(frame.type, DS_FRAME_CONTROL);
    assert_int_equal(ds_message_decode(frame.payload, frame.len, &message), DS_OK);
    if (message.type != type)
        fail_msg("%s (%s%s) came instead of %s", ds_message_name(message.type), message.error,
                 message.reason, ds_message_name(type));
    if (out)
        *out = message;
}

unsigned test_leg_expect_rejoined(struct test_leg *leg)
{
    struct ds_frame frame;
    struct ds_message message;
    do {
        assert_true(test_leg_next(leg, &frame));
        assert_int_equal(frame.type, DS_FRAME_CONTROL);
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &message), DS_OK);
    } while (message.type == DS_MESSAGE_PAIRED);
    if (message.type != DS_MESSAGE_REJOINED)
        fail_msg("%s came instead of rejoined", ds_message_name(message.type));
    return message.round;
}

void test_leg_expect_error(struct test_leg *leg, const char *code, struct ds_message *out)
{
    struct ds_message message;
    test_leg_expect(leg, DS_MESSAGE_ERROR, &message);
    assert_string_equal(message.error, code);
    assert_true(strlen(message.message) > 0);
    if (out)
        *out = message;
}

void test_leg_expect_closed(struct test_leg *leg)
{
    struct ds_frame frame;
    char byte;
    if (leg->ssl) {
        while (test_leg_next(leg, &frame)) {
        }
        return;
    }
    while (recv(leg->fd, &byte, 1, 0) > 0) {
    }
}

void test_leg_poll(struct test_leg *leg, int wait_ms)
{
    struct pollfd p = {.fd = leg->fd, .events = POLLIN};
    struct ds_frame frame;
    while (SSL_pending(leg->ssl) > 0 || poll(&p, 1, wait_ms) > 0) {
        if (!fill(leg))
            return;
        const uint8_t *at = ds_buf_peek(&leg->in);
        /* Only what is housekeeping is taken; the rest waits for the test. */
        while (leg->in.len >= DS_FRAME_HEADER &&
               (at[3] == DS_FRAME_CREDIT || at[3] == DS_FRAME_PING) && take(leg, &frame)) {
            is_housekeeping(leg, &frame);
            at = ds_buf_peek(&leg->in);
        }
        wait_ms = 0;
    }
}

void test_leg_sign_in(struct test_leg *viewer, const char *email, const char *password)
{
    struct ds_message message = {.type = DS_MESSAGE_SIGN_IN};
    snprintf(message.email, sizeof(message.email), "%s", email);
    snprintf(message.password, sizeof(message.password), "%s", password);
    assert_true(test_leg_say(viewer, &message));
}

void test_leg_new_session(struct test_leg *viewer, struct ds_message *session)
{
    struct ds_message message = {.type = DS_MESSAGE_NEW_SESSION};
    assert_true(test_leg_say(viewer, &message));
    test_leg_expect(viewer, DS_MESSAGE_SESSION, session);
}

bool test_leg_join(struct test_leg *agent, const char *code)
{
    struct ds_message message = {.type = DS_MESSAGE_JOIN};
    snprintf(message.join_code, sizeof(message.join_code), "%s", code);
    return test_leg_say(agent, &message);
}

static void wait_for_credit(struct test_leg *leg, size_t n)
{
    struct ds_frame frame;
    while (leg->credit < n) {
        while (!take(leg, &frame))
            assert_true(fill(leg));
        assert_true(is_housekeeping(leg, &frame));
    }
}

void test_leg_pair(struct test_leg *viewer, struct test_leg *agent, unsigned port, const char *from,
                   const char *email, const char *password)
{
    struct ds_message session, paired;
    test_leg_open(viewer, port, from, "viewer");
    test_leg_sign_in(viewer, email, password);
    test_leg_expect(viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(viewer, &session);
    test_leg_open(agent, port, from, "agent");
    assert_true(test_leg_join(agent, session.join_code));
    test_leg_expect(agent, DS_MESSAGE_PAIRED, &paired);
    assert_string_equal(paired.session, session.session);
    test_leg_expect(viewer, DS_MESSAGE_PAIRED, &paired);
    assert_string_equal(paired.session, session.session);
    wait_for_credit(viewer, DS_LINK_CREDIT_MIN);
    wait_for_credit(agent, DS_LINK_CREDIT_MIN);
}

void test_leg_wait_token(struct test_leg *leg, unsigned count)
{
    while (leg->tokens < count)
        assert_true(fill(leg));
}

bool test_leg_resume(struct test_leg *leg, const char *session, const char *token,
                     unsigned chat_seen)
{
    struct ds_message message = {.type = DS_MESSAGE_RESUME, .chat_seen = chat_seen};
    snprintf(message.session, sizeof(message.session), "%s", session);
    snprintf(message.token, sizeof(message.token), "%s", token);
    return test_leg_say(leg, &message);
}

void test_leg_return(struct test_leg *leg, unsigned port, const char *from, const char *role,
                     unsigned chat_seen, struct ds_message *resumed)
{
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    memcpy(session, leg->session, sizeof(session));
    memcpy(token, leg->token, sizeof(token));
    test_leg_close(leg);
    test_leg_open(leg, port, from, role);
    memcpy(leg->session, session, sizeof(session));
    memcpy(leg->token, token, sizeof(token));
    assert_true(test_leg_resume(leg, session, token, chat_seen));
    test_leg_expect(leg, DS_MESSAGE_RESUMED, resumed);
}

bool test_leg_chat(struct test_leg *leg, const char *id, const char *text)
{
    struct ds_message message = {.type = DS_MESSAGE_SAY};
    memset(message.id, '0', DS_TEXT_ID - 1);
    for (size_t i = 0; id[i] && 2 * i + 1 < DS_TEXT_ID - 1; i++)
        snprintf(message.id + 2 * i, 3, "%02x", (unsigned char)id[i]);
    for (size_t i = 0; i < DS_TEXT_ID - 1; i++)
        message.id[i] = message.id[i] ? message.id[i] : '0';
    snprintf(message.text, sizeof(message.text), "%s", text);
    return test_leg_say(leg, &message);
}

bool test_leg_data(struct test_leg *leg, const void *bytes, size_t n)
{
    wait_for_credit(leg, n);
    leg->credit -= n;
    return test_leg_frame(leg, DS_FRAME_DATA, bytes, n);
}

void test_leg_expect_data(struct test_leg *leg, const void *bytes, size_t n)
{
    struct ds_frame frame;
    assert_true(test_leg_next(leg, &frame));
    if (frame.type != DS_FRAME_DATA)
        fail_msg("%.*s came instead of DATA", (int)frame.len, (const char *)frame.payload);
    assert_int_equal(frame.len, n);
    assert_memory_equal(frame.payload, bytes, n);
}
