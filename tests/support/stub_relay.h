/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server for tests of the ends' network code that does exactly what a script says, right or
 * wrong: one thread accepts, one thread per connection runs the script with blocking calls. */
#ifndef DS_TEST_STUB_RELAY_H
#define DS_TEST_STUB_RELAY_H

#include <openssl/types.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUB_CONNS_MAX 64

struct stub_relay;

struct stub_conn {
    struct stub_relay *relay;
    int fd;
    unsigned port; /* on which it came in */
    SSL *ssl;      /* after stub_tls */
    pthread_t thread;
    pthread_t pump; /* after stub_ws: carries between the WebSocket and fd */
    bool has_pump;
};

typedef void stub_script(struct stub_conn *conn);

struct stub_relay {
    const char *cert, *key; /* paths of PEM files; borrowed */
    stub_script *script;
    void *ctx; /* for the script */
    int listener;
    unsigned port;
    atomic_bool stopping;
    atomic_uint accepted;
    pthread_t thread;
    struct stub_conn conns[STUB_CONNS_MAX];
    size_t count; /* of the accepting thread until it is joined */
};

/* address: to listen on; port 0: given by the system and then in relay->port. False: cannot. */
bool stub_relay_start(struct stub_relay *relay, const char *address, unsigned port,
                      stub_script *script);
/* Ends every connection, waits for every thread. */
void stub_relay_stop(struct stub_relay *relay);

/* TLS as the server; alpn: the only protocol accepted, NULL for none. False: the handshake failed.
 */
bool stub_tls(struct stub_conn *conn, const char *alpn);
/* Answers a WebSocket upgrade; then fd is what it carries and TLS may begin anew (stub_ws.c). */
bool stub_ws(struct stub_conn *conn);
/* As a real relay, looks at the first bytes: a leg, a WebSocket, a WebSocket in TLS, or a leg in
 * one of these. True: stub_tls with DS_ALPN is next. */
bool stub_enter(struct stub_conn *conn);
/* Waits for first bytes and copies them without taking them; returns the count. */
size_t stub_peek(struct stub_conn *conn, uint8_t *out, size_t size);
/* Connects to 127.0.0.1:port and carries bytes both ways until either side ends. */
void stub_forward(struct stub_conn *conn, unsigned port);
/* Some bytes; false at the end or after 10 s of silence. */
bool stub_read_some(struct stub_conn *conn, void *out, size_t n, size_t *got);
/* Exactly n bytes (TLS when it stands); false at the end or after 10 s of silence. */
bool stub_read(struct stub_conn *conn, void *out, size_t n);
bool stub_write(struct stub_conn *conn, const void *bytes, size_t n);
/* Reads up to an empty line; false when that does not fit. */
bool stub_read_head(struct stub_conn *conn, char *out, size_t size);
/* Reads and drops until the other side closes or the relay stops. */
void stub_hold(struct stub_conn *conn);

/* One frame of a leg; payload has room for 65536 bytes. */
bool stub_read_frame(struct stub_conn *conn, uint8_t *type, uint8_t *payload, size_t *len);
bool stub_write_frame(struct stub_conn *conn, uint8_t type, const void *payload, size_t len);
bool stub_write_text(struct stub_conn *conn, const char *json); /* a CONTROL frame */
bool stub_write_credit(struct stub_conn *conn, uint32_t credit);
/* Enters, TLS, HELLO, WELCOME with these times. */
bool stub_welcome(struct stub_conn *conn, unsigned heartbeat_ms, unsigned dead_ms);

#endif
