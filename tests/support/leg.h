/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small end of a leg for tests of the relay: blocking, says exactly what the test wants, also
 * what no proper end would say. Functions that expect fail the test when it does not come in 20 s.
 */
#ifndef TESTS_SUPPORT_LEG_H
#define TESTS_SUPPORT_LEG_H

#include "common/base/buf.h"
#include "common/wire/frame.h"
#include "common/wire/message.h"

#include <openssl/ssl.h>
#include <stdbool.h>

struct test_leg {
    int fd;
    SSL *ssl; /* NULL before test_leg_tls */
    SSL_CTX *tls;
    struct ds_buf in;
    uint64_t credit;               /* granted and not yet spent by test_leg_data */
    size_t looked;                 /* bytes of in that were looked through for tokens */
    char session[DS_TEXT_SESSION]; /* the last one that SESSION or PAIRED named */
    char token[DS_TEXT_TOKEN];     /* the last one that came; "" before */
    unsigned tokens;               /* how many came */
    bool is_web_socket;
    struct ds_buf carried; /* bytes of the WebSocket stream not yet read by TLS */
};

/* TCP to 127.0.0.1:port; from: source address such as "127.0.3.7", NULL for any. */
void test_leg_connect(struct test_leg *leg, unsigned port, const char *from);
/* The same to any IPv4 address. */
void test_leg_connect_to(struct test_leg *leg, const char *address, unsigned port,
                         const char *from);
/* The leg's TLS. ca: NULL to trust anything. alpn: NULL for deskside/1, "" for none. False: the
 * handshake failed. */
bool test_leg_tls(struct test_leg *leg, const char *ca, const char *alpn);
/* Instead of the last: upgrades to WebSocket at /leg and makes the leg's TLS inside. */
bool test_leg_tls_in_web_socket(struct test_leg *leg, const char *extra_headers);
/* connect, tls, hello, welcome. role: "agent" or "viewer". */
void test_leg_open(struct test_leg *leg, unsigned port, const char *from, const char *role);
void test_leg_close(struct test_leg *leg);

/* Raw bytes, and whole frames. False: the connection is gone. */
bool test_leg_write(struct test_leg *leg, const void *bytes, size_t n);
bool test_leg_frame(struct test_leg *leg, uint8_t type, const void *payload, size_t n);
bool test_leg_say(struct test_leg *leg, const struct ds_message *message);
bool test_leg_hello(struct test_leg *leg, const char *role);

/* The next frame that is not CREDIT, PING or TOKEN (credit is counted, pings are answered, the last
 * token is kept); payload is valid until the next call. False: the relay closed. */
bool test_leg_next(struct test_leg *leg, struct ds_frame *frame);
/* The next frame has to be a control message of this type. */
void test_leg_expect(struct test_leg *leg, enum ds_message_type type, struct ds_message *out);
/* REJOINED; after a kill within moments of the pairing a viewer may hear PAIRED before it. Returns
 * the round. */
unsigned test_leg_expect_rejoined(struct test_leg *leg);
/* An ERROR with this code. */
void test_leg_expect_error(struct test_leg *leg, const char *code, struct ds_message *out);
/* Reads until the relay closes. */
void test_leg_expect_closed(struct test_leg *leg);
/* Takes what has come without waiting for more than wait_ms. */
void test_leg_poll(struct test_leg *leg, int wait_ms);

/* Signs in and opens a session. */
void test_leg_sign_in(struct test_leg *viewer, const char *email, const char *password);
void test_leg_new_session(struct test_leg *viewer, struct ds_message *session);
bool test_leg_join(struct test_leg *agent, const char *code);
/* Opens both, signs in, joins; both have had PAIRED and their first credit. */
void test_leg_pair(struct test_leg *viewer, struct test_leg *agent, unsigned port, const char *from,
                   const char *email, const char *password);

/* Reads until there have been this many tokens; whatever else came waits for the test. */
void test_leg_wait_token(struct test_leg *leg, unsigned count);
/* Says RESUME on an open leg. */
bool test_leg_resume(struct test_leg *leg, const char *session, const char *token,
                     unsigned chat_seen);
/* connect, hello and RESUME with what the leg before knows, whose connection is closed first; it
 * becomes the new one. resumed: the answer, may be NULL. The new token is not waited for. */
void test_leg_return(struct test_leg *leg, unsigned port, const char *from, const char *role,
                     unsigned chat_seen, struct ds_message *resumed);
/* Says a chat message; id: any text, of which a fitting one is made. */
bool test_leg_chat(struct test_leg *leg, const char *id, const char *text);

/* Sends DATA within the credit, waiting for more when there is none. */
bool test_leg_data(struct test_leg *leg, const void *bytes, size_t n);
/* The next frame has to be DATA with exactly this. */
void test_leg_expect_data(struct test_leg *leg, const void *bytes, size_t n);

#endif
