/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/stub_relay.h"

#include "common/base/cursor.h"
#include "common/wire/frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SILENCE_MS 10000
#define STEP_MS 20 /* how soon a wait notices that the relay stops */

/* Waits until the socket can be read or written. */
static bool await(struct stub_conn *conn, short events)
{
    for (int waited = 0; waited < SILENCE_MS; waited += STEP_MS) {
        struct pollfd p = {.fd = conn->fd, .events = events};
        int n = poll(&p, 1, STEP_MS);
        if (n > 0)
            return true;
        if (atomic_load(&conn->relay->stopping) || (n < 0 && errno != EINTR))
            return false;
    }
    return false;
}

/* One step of a TLS call: true to try again. */
static bool again(struct stub_conn *conn, int result)
{
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return await(conn, POLLIN);
    case SSL_ERROR_WANT_WRITE:
        return await(conn, POLLOUT);
    default:
        return false;
    }
}

static int pick_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                     const unsigned char *in, unsigned in_len, void *alpn)
{
    (void)ssl;
    unsigned char own[64];
    size_t n = strlen(alpn);
    own[0] = (unsigned char)n;
    memcpy(own + 1, alpn, n);
    unsigned char *found;
    if (SSL_select_next_proto(&found, out_len, own, (unsigned)n + 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = in + (found - own); /* the same name, in memory that lives long enough */
    for (unsigned at = 0; at < in_len; at += in[at] + 1u) {
        if (in[at] == n && memcmp(in + at + 1, alpn, n) == 0)
            *out = in + at + 1;
    }
    return SSL_TLSEXT_ERR_OK;
}

bool stub_tls(struct stub_conn *conn, const char *alpn)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    bool ok = context && SSL_CTX_use_certificate_chain_file(context, conn->relay->cert) == 1 &&
              SSL_CTX_use_PrivateKey_file(context, conn->relay->key, SSL_FILETYPE_PEM) == 1;
    if (ok && alpn)
        SSL_CTX_set_alpn_select_cb(context, pick_alpn, (void *)alpn);
    conn->ssl = ok ? SSL_new(context) : NULL;
    SSL_CTX_free(context);
    if (!conn->ssl)
        return false;
    SSL_set_fd(conn->ssl, conn->fd);
    int result;
    while ((result = SSL_accept(conn->ssl)) != 1) {
        if (!again(conn, result))
            return false;
    }
    return true;
}

bool stub_read_some(struct stub_conn *conn, void *out, size_t n, size_t *got)
{
    for (;;) {
        if (conn->ssl) {
            int result = SSL_read(conn->ssl, out, (int)n);
            if (result > 0) {
                *got = (size_t)result;
                return true;
            }
            if (!again(conn, result))
                return false;
            continue;
        }
        ssize_t result = recv(conn->fd, out, n, MSG_DONTWAIT);
        if (result > 0) {
            *got = (size_t)result;
            return true;
        }
        if (result == 0 || errno != EAGAIN || !await(conn, POLLIN))
            return false;
    }
}

bool stub_read(struct stub_conn *conn, void *out, size_t n)
{
    for (size_t at = 0, got; at < n; at += got) {
        if (!stub_read_some(conn, (uint8_t *)out + at, n - at, &got))
            return false;
    }
    return true;
}

bool stub_write(struct stub_conn *conn, const void *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        if (conn->ssl) {
            int result = SSL_write(conn->ssl, (const uint8_t *)bytes + at, (int)(n - at));
            at += result > 0 ? (size_t)result : 0;
            if (result <= 0 && !again(conn, result))
                return false;
            continue;
        }
        ssize_t result =
            send(conn->fd, (const uint8_t *)bytes + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);
        at += result > 0 ? (size_t)result : 0;
        if (result < 0 && (errno != EAGAIN || !await(conn, POLLOUT)))
            return false;
    }
    return true;
}

bool stub_read_head(struct stub_conn *conn, char *out, size_t size)
{
    for (size_t at = 0; at + 1 < size; at++) {
        if (!stub_read(conn, out + at, 1))
            return false;
        out[at + 1] = '\0';
        if (at >= 3 && strcmp(out + at - 3, "\r\n\r\n") == 0)
            return true;
    }
    return false;
}

void stub_hold(struct stub_conn *conn)
{
    uint8_t bytes[4096];
    size_t got;
    while (!atomic_load(&conn->relay->stopping)) {
        struct pollfd p = {.fd = conn->fd, .events = POLLIN};
        int n = poll(&p, 1, STEP_MS);
        if (n > 0 && !stub_read_some(conn, bytes, sizeof(bytes), &got))
            return;
    }
}

bool stub_read_frame(struct stub_conn *conn, uint8_t *type, uint8_t *payload, size_t *len)
{
    uint8_t header[DS_FRAME_HEADER];
    if (!stub_read(conn, header, sizeof(header)))
        return false;
    *type = header[3];
    *len = ds_get_u24(header);
    return *len <= DS_FRAME_PAYLOAD_MAX && stub_read(conn, payload, *len);
}

bool stub_write_frame(struct stub_conn *conn, uint8_t type, const void *payload, size_t len)
{
    uint8_t header[DS_FRAME_HEADER];
    ds_put_u24(header, (uint32_t)len);
    header[3] = type;
    return stub_write(conn, header, sizeof(header)) && stub_write(conn, payload, len);
}

bool stub_write_text(struct stub_conn *conn, const char *json)
{
    return stub_write_frame(conn, DS_FRAME_CONTROL, json, strlen(json));
}

bool stub_write_credit(struct stub_conn *conn, uint32_t credit)
{
    uint8_t bytes[4];
    ds_put_u32(bytes, credit);
    return stub_write_frame(conn, DS_FRAME_CREDIT, bytes, sizeof(bytes));
}

bool stub_welcome(struct stub_conn *conn, unsigned heartbeat_ms, unsigned dead_ms)
{
    uint8_t type, payload[DS_FRAME_PAYLOAD_MAX];
    size_t len;
    char text[256];
    snprintf(text, sizeof(text),
             "{\"type\":\"welcome\",\"version\":1,\"host\":\"localhost\",\"org\":\"Acme "
             "Support\",\"heartbeat_ms\":%u,\"dead_ms\":%u}",
             heartbeat_ms, dead_ms);
    return stub_enter(conn) && stub_tls(conn, DS_ALPN) &&
           stub_read_frame(conn, &type, payload, &len) && type == DS_FRAME_CONTROL &&
           stub_write_text(conn, text);
}

static void *run_conn(void *arg)
{
    struct stub_conn *conn = arg;
    conn->relay->script(conn);
    if (conn->ssl) {
        SSL_shutdown(conn->ssl);
        SSL_free(conn->ssl);
    }
    close(conn->fd);
    if (conn->has_pump)
        pthread_join(conn->pump, NULL);
    return NULL;
}

static void *run_accept(void *arg)
{
    struct stub_relay *relay = arg;
    while (!atomic_load(&relay->stopping) && relay->count < STUB_CONNS_MAX) {
        struct pollfd p = {.fd = relay->listener, .events = POLLIN};
        if (poll(&p, 1, STEP_MS) <= 0)
            continue;
        int fd = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            continue;
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        struct stub_conn *conn = &relay->conns[relay->count];
        *conn = (struct stub_conn){.relay = relay, .fd = fd, .port = relay->port};
        if (pthread_create(&conn->thread, NULL, run_conn, conn))
            close(fd);
        else
            relay->count++;
        atomic_fetch_add(&relay->accepted, 1);
    }
    return NULL;
}

bool stub_relay_start(struct stub_relay *relay, const char *address, unsigned port,
                      stub_script *script)
{
    char service[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
    struct addrinfo *found = NULL;
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    int on = 1;
    snprintf(service, sizeof(service), "%u", port);
    if (getaddrinfo(address, service, &hints, &found))
        return false;
    relay->script = script;
    relay->count = 0;
    atomic_store(&relay->stopping, false);
    atomic_store(&relay->accepted, 0);
    relay->listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = relay->listener >= 0 &&
              !setsockopt(relay->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
              !bind(relay->listener, found->ai_addr, found->ai_addrlen) &&
              !listen(relay->listener, 64) &&
              !getsockname(relay->listener, (struct sockaddr *)&bound, &size);
    freeaddrinfo(found);
    if (ok)
        relay->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                        : ((struct sockaddr_in *)&bound)->sin_port);
    ok = ok && !pthread_create(&relay->thread, NULL, run_accept, relay);
    if (!ok && relay->listener >= 0)
        close(relay->listener);
    return ok;
}

void stub_relay_stop(struct stub_relay *relay)
{
    atomic_store(&relay->stopping, true);
    pthread_join(relay->thread, NULL);
    for (size_t i = 0; i < relay->count; i++)
        pthread_join(relay->conns[i].thread, NULL);
    close(relay->listener);
}
