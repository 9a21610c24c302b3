/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The carriers of a stub relay: WebSocket as a server speaks it, and plain forwarding. */
#include "common/base/buf.h"
#include "common/net/carrier_ws.h"
#include "common/wire/limits.h"
#include "tests/support/stub_relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STEP_MS 20

struct pump {
    struct stub_conn web; /* the connection that carries; owned */
    int inner;            /* the end of a socket pair */
};

/* One whole frame of a client from the front of buf, unmasked in place. Returns its bytes, 0: more
 * are needed, -1: not a frame. */
static long take_frame(struct ds_buf *buf, uint8_t *opcode, uint8_t **payload, size_t *len)
{
    uint8_t *at = buf->data + buf->off;
    if (buf->len < 2)
        return 0;
    size_t n = at[1] & 0x7f, header = n == 127 ? 10 : n == 126 ? 4 : 2;
    if (!(at[1] & 0x80))
        return -1;
    if (buf->len < header + 4)
        return 0;
    if (header == 4)
        n = (size_t)at[2] << 8 | at[3];
    else if (header == 10)
        n = (size_t)at[7] << 16 | (size_t)at[8] << 8 | at[9];
    if (buf->len < header + 4 + n)
        return 0;
    *opcode = at[0] & 0x0f;
    *payload = at + header + 4;
    *len = n;
    for (size_t i = 0; i < n; i++)
        (*payload)[i] ^= at[header + i % 4];
    return (long)(header + 4 + n);
}

static bool write_inner(struct pump *pump, const uint8_t *bytes, size_t n)
{
    struct stub_conn inner = {.relay = pump->web.relay, .fd = pump->inner};
    return stub_write(&inner, bytes, n);
}

/* A frame of a server; what is longer than `most` goes in fragments with a ping between them, so
 * that clients see these too. */
static bool write_web(struct pump *pump, const uint8_t *bytes, size_t n)
{
    const size_t most = 1000;
    for (bool first = true; n > 0; first = false) {
        size_t take = n < most ? n : most;
        uint8_t header[4] = {(uint8_t)((first ? 2 : 0) | (take == n ? 0x80 : 0)), 126,
                             (uint8_t)(take >> 8), (uint8_t)take};
        size_t size = 4;
        if (take < 126) {
            header[1] = (uint8_t)take;
            size = 2;
        }
        if (!stub_write(&pump->web, header, size) || !stub_write(&pump->web, bytes, take) ||
            (take < n && !stub_write(&pump->web, "\x89\x02hi", 4)))
            return false;
        bytes += take;
        n -= take;
    }
    return true;
}

static bool from_web(struct pump *pump, struct ds_buf *buf)
{
    uint8_t *to, *payload, opcode;
    size_t got, len;
    if (ds_buf_reserve(buf, 16384, &to) || !stub_read_some(&pump->web, to, 16384, &got))
        return false;
    ds_buf_commit(buf, got);
    long used;
    while ((used = take_frame(buf, &opcode, &payload, &len)) > 0) {
        if (opcode == 8 || (opcode == 2 && !write_inner(pump, payload, len)))
            return false;
        ds_buf_consume(buf, (size_t)used);
    }
    return used == 0;
}

static bool from_inner(struct pump *pump)
{
    uint8_t bytes[16384];
    ssize_t n = recv(pump->inner, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return true;
    return n > 0 && write_web(pump, bytes, (size_t)n);
}

static void *run_pump(void *arg)
{
    struct pump *pump = arg;
    struct ds_buf buf;
    ds_buf_init(&buf, 1u << 20);
    for (bool alive = true; alive && !atomic_load(&pump->web.relay->stopping);) {
        struct pollfd p[2] = {{.fd = pump->web.fd, .events = POLLIN},
                              {.fd = pump->inner, .events = POLLIN}};
        bool pending = pump->web.ssl && SSL_pending(pump->web.ssl) > 0;
        poll(p, 2, pending ? 0 : STEP_MS);
        if (pending || p[0].revents)
            alive = from_web(pump, &buf);
        if (alive && p[1].revents)
            alive = from_inner(pump);
    }
    ds_buf_destroy(&buf);
    if (pump->web.ssl)
        SSL_free(pump->web.ssl);
    close(pump->web.fd);
    close(pump->inner);
    free(pump);
    return NULL;
}

bool stub_ws(struct stub_conn *conn)
{
    char head[4096], answer[512], key[64], accept[DS_WS_ACCEPT];
    int ends[2];
    if (!stub_read_head(conn, head, sizeof(head)) ||
        strncmp(head, "GET /leg HTTP/1.1\r\n", 19) != 0)
        return false;
    const char *field = strstr(head, "Sec-WebSocket-Key: ");
    if (!field || sscanf(field + 19, "%63s", key) != 1)
        return false;
    ds_ws_accept(key, accept);
    int n = snprintf(answer, sizeof(answer),
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                     accept);
    struct pump *pump = malloc(sizeof(*pump));
    if (!pump || !stub_write(conn, answer, (size_t)n) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends)) {
        free(pump);
        return false;
    }
    pump->web = *conn;
    pump->inner = ends[1];
    conn->fd = ends[0];
    conn->ssl = NULL;
    conn->has_pump = pthread_create(&conn->pump, NULL, run_pump, pump) == 0;
    return conn->has_pump;
}

size_t stub_peek(struct stub_conn *conn, uint8_t *out, size_t size)
{
    /* A ClientHello comes in one piece here. */
    for (int waited = 0; waited < 10000 && !atomic_load(&conn->relay->stopping);
         waited += STEP_MS) {
        struct pollfd p = {.fd = conn->fd, .events = POLLIN};
        if (poll(&p, 1, STEP_MS) <= 0)
            continue;
        ssize_t n = recv(conn->fd, out, size, MSG_PEEK | MSG_DONTWAIT);
        return n > 0 ? (size_t)n : 0;
    }
    return 0;
}

bool stub_enter(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 'G')
        return stub_ws(conn);
    if (n > 0 && !memmem(first, n, DS_ALPN, strlen(DS_ALPN)))
        return stub_tls(conn, "http/1.1") && stub_ws(conn);
    return n > 0;
}

static bool carry(struct stub_conn *from, struct stub_conn *to)
{
    uint8_t bytes[16384];
    size_t got;
    return stub_read_some(from, bytes, sizeof(bytes), &got) && stub_write(to, bytes, got);
}

void stub_forward(struct stub_conn *conn, unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct stub_conn other = {.relay = conn->relay,
                              .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    int on = 1;
    if (other.fd >= 0)
        setsockopt(other.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    bool alive = other.fd >= 0 && !connect(other.fd, (struct sockaddr *)&to, sizeof(to));
    while (alive && !atomic_load(&conn->relay->stopping)) {
        struct pollfd p[2] = {{.fd = conn->fd, .events = POLLIN},
                              {.fd = other.fd, .events = POLLIN}};
        bool pending = conn->ssl && SSL_pending(conn->ssl) > 0;
        poll(p, 2, pending ? 0 : STEP_MS);
        if (pending || p[0].revents)
            alive = carry(conn, &other);
        if (alive && p[1].revents)
            alive = carry(&other, conn);
    }
    if (other.fd >= 0)
        close(other.fd);
}
