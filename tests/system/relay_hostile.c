/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attacks on a relay with one worker, so that whoever holds it up holds up everybody: a session
 * goes on beside each, and afterwards the relay serves. */
#include "common/base/clock.h"
#include "tests/support/leg.h"
#include "tests/support/leg_carried.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static struct test_relay relay;
static struct test_leg viewer, agent;

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    test_relay_conf(&relay, "workers = 1\nhello_ms = 300000\ndead_ms = 600000\nhttp_s = "
                            "300\nstrangers_per_address = 1000\nguest_s = 60\n"
                            "web_per_address = 512\nwaiting_per_address = 1000");
    test_relay_start(&relay, NULL);
    test_leg_pair(&viewer, &agent, relay.port, "127.7.0.3", TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_leg_close(&viewer);
    test_leg_close(&agent);
    test_relay_remove(&relay);
    return 0;
}

static void talk(void)
{
    assert_true(test_leg_data(&viewer, "goes on", 7));
    test_leg_expect_data(&agent, "goes on", 7);
    assert_true(test_leg_data(&agent, "and back", 8));
    test_leg_expect_data(&viewer, "and back", 8);
}

static void somebody_gets_in(void)
{
    struct test_leg leg;
    test_leg_open(&leg, relay.port, "127.7.0.1", "agent");
    test_leg_close(&leg);
    test_leg_connect(&leg, relay.port, "127.7.0.2");
    assert_true(test_leg_tls_in_web_socket(&leg, NULL));
    assert_true(test_leg_hello(&leg, "agent"));
    test_leg_expect(&leg, DS_MESSAGE_WELCOME, NULL);
    test_leg_close(&leg);
}

static void expect_service(void)
{
    talk();
    somebody_gets_in();
    assert_false(test_process_has_ended(relay.process));
}

/* ---- TLS ---- */

#define RENEWALS 1000

/* Waits for the relay to close; what comes before is not looked at. */
static void expect_end(int fd, const char *after)
{
    char bytes[4096];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
    }
    if (n < 0 && errno != ECONNRESET)
        fail_msg("still there after %s", after);
}

/* A record of 27 bytes makes the other side derive new keys, and nothing comes out of SSL_read that
 * would end its turn: seven megabytes of them held a worker for three seconds. Nothing else would
 * close these connections for minutes. */
static void flood_with_renewals(const char *alpn)
{
    struct test_leg leg;
    char *records;
    test_leg_connect(&leg, relay.port, "127.7.1.1");
    assert_true(test_leg_tls(&leg, NULL, alpn));
    BIO *out = BIO_new(BIO_s_mem());
    SSL_set0_wbio(leg.ssl, out);
    for (int i = 0; i < RENEWALS; i++) {
        assert_int_equal(SSL_key_update(leg.ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        assert_int_equal(SSL_do_handshake(leg.ssl), 1);
    }
    size_t n = (size_t)BIO_get_mem_data(out, &records);
    send(leg.fd, records, n, MSG_NOSIGNAL);
    expect_end(leg.fd, "renewals");
    test_leg_close(&leg);
    expect_service();
}

static void key_renewals_without_end_close_the_leg(void **state)
{
    (void)state;
    flood_with_renewals(NULL);
}

static void key_renewals_without_end_close_the_page(void **state)
{
    (void)state;
    flood_with_renewals("http/1.1");
}

/* ---- bytes that are nearly right ---- */

#define HELLOS 1500

static size_t client_hello(uint8_t *out, size_t size, const char *alpn)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(tls);
    BIO *bio = BIO_new(BIO_s_mem());
    if (alpn)
        SSL_set_alpn_protos(ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn));
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), bio);
    SSL_connect(ssl);
    int n = BIO_read(bio, out, (int)size);
    SSL_free(ssl);
    SSL_CTX_free(tls);
    assert_true(n > 64);
    return (size_t)n;
}

static void damaged_hellos_end_nobody_else(void **state)
{
    (void)state;
    const char *given = getenv("DESKSIDE_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)ds_clock_now();
    uint8_t hellos[2][2048], hello[2048];
    size_t len[2] = {client_hello(hellos[0], 2048, "\x0a" DS_ALPN),
                     client_hello(hellos[1], 2048, NULL)};
    struct test_leg legs[16] = {{.fd = -1}};
    print_message("seed %u\n", seed);
    srand(seed);
    for (int i = 0; i < HELLOS; i++) {
        struct test_leg *leg = &legs[i % 16];
        size_t n = len[i % 2];
        if (i >= 16)
            test_leg_close(leg);
        memcpy(hello, hellos[i % 2], n);
        for (int k = rand() % 4; k >= 0; k--)
            hello[rand() % 4 ? 9 + (size_t)rand() % (n - 9) : (size_t)rand() % 9] = (uint8_t)rand();
        if (rand() % 8 == 0)
            n = 1 + (size_t)rand() % n;
        test_leg_connect(leg, relay.port, "127.7.1.2");
        test_leg_write(leg, hello, n);
        if (rand() % 4 == 0)
            shutdown(leg->fd, SHUT_WR);
        if (i % 100 == 0)
            talk();
    }
    for (int i = 0; i < 16; i++)
        test_leg_close(&legs[i]);
    expect_service();
}

/* Sends text on a new connection and reads what comes until the relay closes, at most size. */
static size_t ask(const void *text, size_t n, char *answer, size_t size)
{
    struct test_leg leg;
    size_t len = 0;
    ssize_t got;
    test_leg_connect(&leg, relay.port, "127.7.1.3");
    test_leg_write(&leg, text, n);
    shutdown(leg.fd, SHUT_WR);
    while (len + 1 < size && (got = recv(leg.fd, answer + len, size - 1 - len, 0)) > 0)
        len += (size_t)got;
    answer[len] = '\0';
    test_leg_close(&leg);
    return len;
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned n = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        n++;
    }
    return n;
}

/* Whoever stands between might see one request where the relay sees two: there is one answer. */
static void a_request_behind_a_body_is_not_answered(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n"),
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n",
        "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    static char text[4096], answer[65536];
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        snprintf(text, sizeof(text), "%sGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", shapes[i]);
        ask(text, strlen(text), answer, sizeof(answer));
        if (count_of(answer, "HTTP/1.1 ") > 1 || strstr(answer, "\r\n\r\nok\n"))
            fail_msg("two answers to %s: %s", shapes[i], answer);
    }
    expect_service();
}

static void odd_requests_end_nobody_else(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "GET\r\n\r\n",
        "GET \r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/0.9\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\n: nothing\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n folded: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%00/%zz/%2e%2e%2f%2e%2e%2fkey.pem HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?lang=%66%72&lang=&&&=&lang HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: ;q=1,,fr;q=nan, en;q=-inf,*;q=1e999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "GET /leg HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        ("GET /leg HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: x\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate\r\n"
         "Sec-WebSocket-Protocol: nothing\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    static char text[300000], answer[65536];
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        ask(odd[i], strlen(odd[i]), answer, sizeof(answer));
        assert_null(strstr(answer, "PRIVATE"));
        assert_null(strstr(answer, "evil"));
    }
    /* NUL in a head; a head that does not end; many small ones; one large one. */
    ask("GET / HTTP/1.1\r\nX: \0\r\n\r\n", 24, answer, sizeof(answer));
    size_t n = (size_t)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; n + 32 < sizeof(text); i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "X-%d: y\r\n", i);
    ask(text, n, answer, sizeof(answer));
    n = (size_t)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\nCookie: ");
    memset(text + n, 'c', sizeof(text) - n);
    ask(text, sizeof(text), answer, sizeof(answer));
    n = (size_t)snprintf(text, sizeof(text), "GET /");
    memset(text + n, 'a', sizeof(text) - n);
    ask(text, sizeof(text), answer, sizeof(answer));
    expect_service();
}

static void damaged_web_socket_frames_end_their_connection(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint8_t bytes[16];
        size_t n;
    } frames[] = {
        {"without a mask", {0x82, 0x01, 'x'}, 3},
        {"reserved bits", {0xf2, 0x81, 0, 0, 0, 0, 'x'}, 7},
        {"an unknown opcode", {0x83, 0x81, 0, 0, 0, 0, 'x'}, 7},
        {"an unknown control opcode", {0x8b, 0x80, 0, 0, 0, 0}, 6},
        {"a long ping", {0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0}, 8},
        {"a ping in pieces", {0x09, 0x81, 0, 0, 0, 0, 'x'}, 7},
        {"a continuation of nothing", {0x80, 0x81, 0, 0, 0, 0, 'x'}, 7},
        {"text", {0x81, 0x81, 0, 0, 0, 0, 'x'}, 7},
        {"2^63 bytes", {0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x'}, 15},
        {"a close of one byte", {0x88, 0x81, 0, 0, 0, 0, 'x'}, 7},
        {"a close with a wrong reason", {0x88, 0x84, 0, 0, 0, 0, 0, 0, 0xff, 0xfe}, 10},
        {"no TLS inside", {0x82, 0x84, 0, 0, 0, 0, 'j', 'u', 'n', 'k'}, 10},
    };
    enum { FRAMES = sizeof(frames) / sizeof(frames[0]) };
    struct test_leg legs[FRAMES];
    for (size_t i = 0; i < FRAMES; i++) {
        test_leg_connect(&legs[i], relay.port, "127.7.1.4");
        assert_true(test_leg_upgrade(&legs[i], NULL));
        assert_true(test_leg_write(&legs[i], frames[i].bytes, frames[i].n));
    }
    for (size_t i = 0; i < FRAMES; i++) {
        expect_end(legs[i].fd, frames[i].what);
        test_leg_close(&legs[i]);
    }
    expect_service();
}

static void odd_messages_close_their_leg(void **state)
{
    (void)state;
    static char deep[DS_FRAME_CONTROL_MAX];
    memset(deep, '[', sizeof(deep));
    static const char *const odd[] = {
        "{\"type\":\"join\",\"join_code\":\"\xff\xfe\"}",
        "{\"type\":\"join\",\"join_code\":\"12345678\\u0000\"}",
        "{\"type\":\"join\",\"join_code\":123456789}",
        "{\"type\":\"join\",\"join_code\":\"1234567890\"}",
        "{\"type\":\"join\",\"join_code\":\"12345678x\"}",
        "{\"type\":\"join\",\"join_code\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}",
        "{\"type\":\"wrong-number\",\"tries\":1e400}",
        "{\"type\":\"wrong-number\",\"tries\":-1}",
        "{\"type\":\"wrong-number\",\"tries\":99999999999999999999}",
        "{\"type\":\"verified\",\"audit\":\"short\"}",
        "{\"type\":\"end\",\"reason\":\"\\ud800\"}",
        "{\"type\":\"join\",\"join_code\":\"123456789\"}x",
        "\"type\"",
    };
    for (size_t i = 0; i <= sizeof(odd) / sizeof(odd[0]); i++) {
        bool is_deep = i == sizeof(odd) / sizeof(odd[0]);
        struct test_leg leg;
        test_leg_open(&leg, relay.port, "127.7.1.5", "agent");
        assert_true(test_leg_frame(&leg, DS_FRAME_CONTROL, is_deep ? deep : odd[i],
                                   is_deep ? sizeof(deep) : strlen(odd[i])));
        test_leg_expect_error(&leg, DS_REFUSAL_PROTOCOL, NULL);
        test_leg_expect_closed(&leg);
        test_leg_close(&leg);
    }
    expect_service();
}

/* ---- those who hold on ---- */

static void expect_status(const char *part)
{
    char *output = NULL;
    ds_tick patience = ds_clock_now() + 60 * DS_SECOND;
    for (;;) {
        assert_int_equal(test_relay_command(&relay, (const char *[]){"status", NULL}, &output), 0);
        if (strstr(output, part))
            break;
        if (ds_clock_now() > patience)
            fail_msg("no \"%s\" in: %s", part, output);
        free(output);
        poll(NULL, 0, 100);
    }
    free(output);
}

/* Its leg is closed for a mistake while the line to it is full. */
static void a_web_socket_that_is_not_read_goes_with_its_leg(void **state)
{
    (void)state;
    static const uint8_t bytes[DS_FRAME_DATA_MAX];
    struct test_leg full, sender;
    struct ds_message session, end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    int small = 4096;
    test_leg_open(&sender, relay.port, "127.7.1.6", "viewer");
    test_leg_sign_in(&sender, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&sender, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(&sender, &session);
    test_leg_connect(&full, relay.port, "127.7.1.7");
    setsockopt(full.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    assert_true(test_leg_tls_in_web_socket(&full, NULL));
    assert_true(test_leg_hello(&full, "agent"));
    test_leg_expect(&full, DS_MESSAGE_WELCOME, NULL);
    test_leg_join(&full, session.join_code);
    test_leg_expect(&full, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&sender, DS_MESSAGE_PAIRED, NULL);
    for (int i = 0; i < 3 || sender.credit >= sizeof(bytes); i++) {
        assert_true(test_leg_data(&sender, bytes, sizeof(bytes)));
        if (sender.credit < sizeof(bytes))
            test_leg_poll(&sender, 500);
        assert_true(i < 4096);
    }
    test_leg_frame(&full, DS_FRAME_CREDIT, "\0\0\1\0", 4); /* only the relay grants credit */
    test_leg_expect(&sender, DS_MESSAGE_PEER_AWAY, NULL);
    expect_status(" 0 web,");
    test_leg_close(&full);
    assert_true(test_leg_say(&sender, &end));
    expect_status("Sessions: 1 running");
    test_leg_close(&sender);
    expect_service();
}

#define PLACES 40

/* Whoever says hello and nothing more, from many addresses, until all places of legs are taken. */
static void guests_give_way_when_the_relay_is_full(void **state)
{
    (void)state;
    static struct test_leg guests[PLACES - 1];
    struct test_relay small;
    struct test_leg leg, rep;
    struct ds_message session;
    char from[32];
    bool is_in = false;
    test_relay_make(&small);
    test_relay_quick_password(&small);
    test_relay_conf(&small, "legs_max = 40\ncrowded_guest_s = 1\nguest_s = 900\ndead_ms = 600000");
    test_relay_start(&small, NULL);
    test_leg_open(&rep, small.port, "127.7.3.1", "viewer");
    test_leg_sign_in(&rep, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&rep, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(&rep, &session);
    for (int i = 0; i < PLACES - 1; i++) {
        snprintf(from, sizeof(from), "127.7.4.%d", i + 1);
        test_leg_open(&guests[i], small.port, from, "agent");
    }
    /* Refused while the guests are young, and asked to come again; then the oldest goes. */
    for (ds_tick patience = ds_clock_now() + 60 * DS_SECOND; !is_in;) {
        struct ds_frame frame;
        struct ds_message answer = {.type = DS_MESSAGE_UNKNOWN};
        assert_true(ds_clock_now() < patience);
        test_leg_open(&leg, small.port, "127.7.3.3", "agent");
        test_leg_join(&leg, session.join_code);
        is_in = test_leg_next(&leg, &frame) &&
                ds_message_decode(frame.payload, frame.len, &answer) == 0 &&
                answer.type == DS_MESSAGE_PAIRED;
        if (!is_in) {
            assert_string_equal(answer.error, DS_REFUSAL_BUSY);
            test_leg_close(&leg);
        }
    }
    test_leg_expect(&rep, DS_MESSAGE_PAIRED, NULL);
    test_leg_expect_error(&guests[0], DS_REFUSAL_BUSY, NULL);
    test_leg_expect_closed(&guests[0]);
    test_leg_join(&guests[PLACES - 2], "000000000"); /* the youngest is still there */
    test_leg_expect_error(&guests[PLACES - 2], DS_REFUSAL_CODE, NULL);
    for (int i = 0; i < PLACES - 1; i++)
        test_leg_close(&guests[i]);
    test_leg_close(&rep);
    test_leg_close(&leg);
    test_relay_remove(&small);
}

static int dial_control(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof(at.sun_path), "%.80s/control.sock", relay.data);
    assert_true(fd >= 0);
    assert_return_code(connect(fd, (struct sockaddr *)&at, sizeof(at)), errno);
    return fd;
}

static void expect_control_closed(const char *text, size_t n)
{
    char bytes[4096];
    int fd = dial_control();
    assert_true(send(fd, text, n, MSG_NOSIGNAL) > 0);
    while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
    }
    close(fd);
}

static void misuse_of_the_command_socket_is_refused(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "\n",
        "[]\n",
        "nonsense\n",
        "{\"command\":1}\n",
        "{\"command\":\"of-tomorrow\"}\n",
        "{\"command\":\"rep-add\"}\n",
        "{\"command\":\"rep-add\",\"email\":[],\"name\":{},\"password\":7}\n",
        "{\"command\":\"rep-add\",\"email\":\"a@b\",\"name\":\"X\",\"password\":\"\"}\n",
        "{\"command\":\"rep-reset\",\"email\":\"dana@acme.example\",\"password\":\"plain\"}\n",
        "{\"command\":\"session-end\",\"session\":7}\n",
        "{\"command\":\"status\",\"command\":\"status\"}\n",
    };
    static char deep[9000];
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        expect_control_closed(odd[i], strlen(odd[i]));
    memset(deep, '[', sizeof(deep));
    expect_control_closed(deep, sizeof(deep)); /* no line at all */
    deep[8000] = '\n';
    expect_control_closed(deep, 8001);
    /* Many who say nothing; the administrator gets an answer all the same. */
    int fds[40];
    for (int i = 0; i < 40; i++)
        fds[i] = dial_control();
    for (int i = 0; i < 40; i++)
        close(fds[i]);
    expect_status("Sessions: 1 running");
    /* What was said did no harm. */
    struct test_leg leg;
    test_leg_open(&leg, relay.port, "127.7.1.8", "viewer");
    test_leg_sign_in(&leg, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(&leg, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_close(&leg);
    expect_service();
}

/* A command that is begun before the end and finished after it. */
static void a_command_held_over_the_end_is_dropped(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "{\"command\":\"rep-list\"}\n",
        "{\"command\":\"session-list\"}\n",
        "{\"command\":\"status\"}\n",
    };
    struct test_leg hourglass;
    int fds[3];
    char path[400];
    test_leg_connect(&hourglass, relay.port, "127.7.1.9");
    for (int i = 0; i < 3; i++) {
        fds[i] = dial_control();
        assert_int_equal(send(fds[i], commands[i], 1, MSG_NOSIGNAL), 1);
    }
    kill(test_process_pid(relay.process), SIGTERM);
    test_process_wait_error(relay.process, "stopping", 20000);
    /* Its name goes when the loop has been left for the last time but one. */
    snprintf(path, sizeof(path), "%s/control.sock", relay.data);
    while (access(path, F_OK) == 0)
        poll(NULL, 0, 10);
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(commands[i]) - 1;
        bool is_open = send(fds[i], commands[i] + 1, n, MSG_NOSIGNAL) == (ssize_t)n;
        char bytes[4096];
        if (is_open) /* with half a command unread, or without */
            assert_true(recv(fds[i], bytes, sizeof(bytes), 0) <= 0);
        close(fds[i]);
    }
    assert_int_equal(test_process_wait_exit(relay.process, 20000), 0);
    test_leg_close(&hourglass);
    test_relay_stop(&relay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_hellos_end_nobody_else),
        cmocka_unit_test(a_request_behind_a_body_is_not_answered),
        cmocka_unit_test(odd_requests_end_nobody_else),
        cmocka_unit_test(damaged_web_socket_frames_end_their_connection),
        cmocka_unit_test(odd_messages_close_their_leg),
        cmocka_unit_test(a_web_socket_that_is_not_read_goes_with_its_leg),
        cmocka_unit_test(guests_give_way_when_the_relay_is_full),
        cmocka_unit_test(misuse_of_the_command_socket_is_refused),
        cmocka_unit_test(key_renewals_without_end_close_the_leg),
        cmocka_unit_test(key_renewals_without_end_close_the_page),
        cmocka_unit_test(a_command_held_over_the_end_is_dropped), /* the last one */
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
