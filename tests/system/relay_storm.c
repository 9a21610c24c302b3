/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many at once, in no order: sessions opened, joined, used and dropped by both sides at any step
 * from several threads, strangers between them, the store locked or full, an end in the middle.
 * The relay goes on, and what runs keeps running. Says its seed; takes it from DESKSIDE_SEED. */
#include "common/base/clock.h"
#include "common/base/cursor.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define THREADS 8
#define ROOM 12 /* pairs of legs a thread has at once: 192 legs in all */
#ifdef DESKSIDE_SANITIZED
#define STORM (10 * DS_SECOND)
#else
#define STORM (20 * DS_SECOND)
#endif

static struct test_relay relay;
static atomic_uint paired, dropped, forgotten;
static ds_tick storm_ends;

static int setup(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    test_relay_conf(&relay, "strangers_per_address = 400\nwaiting_per_address = 400\n"
                            "heartbeat_ms = 500\ndead_ms = 4000\nhandshake_ms = 2000\n"
                            "first_byte_ms = 1500\nhello_ms = 2000\nhttp_s = 1\n");
    test_relay_start(&relay, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

/* ---- a small end that never fails the test: what it says may be cut at any time ---- */

struct end {
    int fd;
    SSL *ssl;
    uint8_t in[70000];
    size_t len;
};

static SSL_CTX *client;

static bool end_dial(struct end *e, unsigned salt)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    struct timeval patience = {.tv_sec = 10};
    from.sin_addr.s_addr = htonl(0x7f050000u + (salt & 0xfff) + 1);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)relay.port);
    e->len = 0;
    e->ssl = NULL;
    e->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(e->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(e->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return e->fd >= 0 && bind(e->fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
           connect(e->fd, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static bool end_tls(struct end *e)
{
    e->ssl = SSL_new(client);
    SSL_set_fd(e->ssl, e->fd);
    return SSL_connect(e->ssl) == 1;
}

static void end_close(struct end *e, bool politely)
{
    if (e->ssl && politely)
        SSL_shutdown(e->ssl);
    SSL_free(e->ssl);
    if (e->fd >= 0)
        close(e->fd);
    e->fd = -1;
    e->ssl = NULL;
    atomic_fetch_add(&dropped, 1);
}

static bool end_frame(struct end *e, uint8_t type, const void *payload, size_t n)
{
    uint8_t bytes[DS_FRAME_HEADER + 17000];
    ds_frame_header(bytes, type, n);
    memcpy(bytes + DS_FRAME_HEADER, payload, n);
    return e->ssl && SSL_write(e->ssl, bytes, (int)(DS_FRAME_HEADER + n)) > 0;
}

static bool end_say(struct end *e, const char *json)
{
    return end_frame(e, DS_FRAME_CONTROL, json, strlen(json));
}

/* Reads until a control message of this type; pings are answered. */
static bool end_hear(struct end *e, enum ds_message_type type, struct ds_message *out)
{
    struct ds_message m = {.type = DS_MESSAGE_UNKNOWN};
    ds_tick deadline = ds_clock_now() + 8 * DS_SECOND;
    for (;;) {
        if (ds_clock_now() > deadline) { /* pings come, the answer does not */
            atomic_fetch_add(&forgotten, 1);
            print_message("no %s\n", ds_message_name(type));
            return false;
        }
        struct ds_frame frame;
        int used = ds_frame_decode(e->in, e->len, &frame);
        if (used < 0)
            return false;
        if (used == 0) {
            int got = e->ssl ? SSL_read(e->ssl, e->in + e->len, (int)(sizeof(e->in) - e->len)) : 0;
            if (got <= 0)
                return false;
            e->len += (size_t)got;
            continue;
        }
        bool found = frame.type == DS_FRAME_CONTROL &&
                     ds_message_decode(frame.payload, frame.len, &m) == 0 && m.type == type;
        bool refused = frame.type == DS_FRAME_CONTROL && !found &&
                       (m.type == DS_MESSAGE_ERROR || m.type == DS_MESSAGE_ENDED);
        if (frame.type == DS_FRAME_PING)
            end_frame(e, DS_FRAME_PONG, frame.payload, frame.len);
        e->len -= (size_t)used;
        memmove(e->in, e->in + used, e->len);
        if (found && out)
            *out = m;
        if (found || refused)
            return found;
    }
}

static bool end_enter(struct end *e, unsigned salt, const char *role)
{
    char hello[128];
    snprintf(hello, sizeof(hello),
             "{\"type\":\"hello\",\"version\":1,\"role\":\"%s\",\"program\":\"storm\"}", role);
    return end_dial(e, salt) && end_tls(e) && end_say(e, hello) &&
           end_hear(e, DS_MESSAGE_WELCOME, NULL);
}

/* ---- the storm ---- */

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 8) % below;
}

static void be_a_stranger(unsigned *seed)
{
    static const char *const words[] = {
        "",
        "G",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        ("GET /leg HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "\xff\xff\xff\xff",
        "GET /leg HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"};
    struct end e = {.fd = -1};
    if (end_dial(&e, draw(seed, 4096))) {
        unsigned which = draw(seed, 8);
        size_t n = which == 3 ? 11 : strlen(words[which]);
        n = n ? draw(seed, (unsigned)n + 1) : 0;
        if (draw(seed, 2))
            n = which == 3 ? 11 : strlen(words[which]);
        ssize_t sent = send(e.fd, words[which], n, MSG_NOSIGNAL);
        if (sent > 0 && draw(seed, 2))
            poll(&(struct pollfd){.fd = e.fd, .events = POLLIN}, 1, (int)draw(seed, 40));
    }
    end_close(&e, false);
}

/* TLS whose bytes end anywhere. */
static void abort_tls(unsigned *seed)
{
    struct end e = {.fd = -1};
    uint8_t bytes[4096];
    SSL *ssl = SSL_new(client);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    if (draw(seed, 2))
        SSL_set_alpn_protos(ssl, (const unsigned char *)"\x08http/1.1", 9);
    SSL_connect(ssl);
    int n = BIO_read(out, bytes, sizeof(bytes));
    if (n > 0 && end_dial(&e, draw(seed, 4096))) {
        size_t cut = draw(seed, 3) ? (size_t)n : draw(seed, (unsigned)n);
        if (send(e.fd, bytes, cut, MSG_NOSIGNAL) > 0 && cut == (size_t)n &&
            (n = (int)recv(e.fd, bytes, sizeof(bytes), 0)) > 0) {
            BIO_write(in, bytes, n);
            SSL_connect(ssl);
            n = BIO_read(out, bytes, sizeof(bytes));
            if (n > 0)
                send(e.fd, bytes, draw(seed, (unsigned)n + 1), MSG_NOSIGNAL);
        }
    }
    SSL_free(ssl);
    end_close(&e, false);
}

struct couple {
    struct end viewer, agent;
};

/* Goes as far as luck lets it, leaves both legs as they are. */
static void meet(struct couple *c, unsigned *seed)
{
    struct ds_message m;
    char join[96], data[512];
    memset(data, 7, sizeof(data));
    if (!end_enter(&c->viewer, draw(seed, 4096), "viewer") || draw(seed, 20) == 0 ||
        !end_say(&c->viewer, "{\"type\":\"sign-in\",\"email\":\"" TEST_RELAY_EMAIL
                             "\",\"password\":\"" TEST_RELAY_PASSWORD "\"}") ||
        draw(seed, 20) == 0 || !end_hear(&c->viewer, DS_MESSAGE_SIGNED_IN, NULL) ||
        !end_say(&c->viewer, "{\"type\":\"new-session\"}") || draw(seed, 20) == 0 ||
        !end_hear(&c->viewer, DS_MESSAGE_SESSION, &m) || draw(seed, 20) == 0)
        return;
    snprintf(join, sizeof(join), "{\"type\":\"join\",\"join_code\":\"%s\"}", m.join_code);
    if (!end_enter(&c->agent, draw(seed, 4096), "agent") || !end_say(&c->agent, join))
        return;
    if (draw(seed, 6) == 0) /* while the hand-over is under way */
        end_close(draw(seed, 2) ? &c->viewer : &c->agent, draw(seed, 2));
    if (draw(seed, 6) == 0)
        end_say(&c->viewer, "{\"type\":\"end\",\"reason\":\"closed\"}");
    if (!end_hear(&c->agent, DS_MESSAGE_PAIRED, NULL))
        return;
    atomic_fetch_add(&paired, 1);
    for (unsigned i = draw(seed, 20); i > 0; i--)
        if (!end_frame(draw(seed, 2) ? &c->viewer : &c->agent, DS_FRAME_DATA, data, sizeof(data)))
            break;
    if (draw(seed, 3) == 0)
        end_say(draw(seed, 2) ? &c->viewer : &c->agent, "{\"type\":\"end\",\"reason\":\"closed\"}");
}

static void *storm(void *ctx)
{
    unsigned seed = *(unsigned *)ctx;
    struct couple *couples = calloc(ROOM, sizeof(*couples));
    for (unsigned i = 0; couples && i < ROOM; i++)
        couples[i].viewer.fd = couples[i].agent.fd = -1;
    while (couples && ds_clock_now() < storm_ends) {
        struct couple *c = &couples[draw(&seed, ROOM)];
        unsigned what = draw(&seed, 10);
        if (what < 2)
            be_a_stranger(&seed);
        else if (what == 2)
            abort_tls(&seed);
        bool viewer_first = draw(&seed, 2);
        end_close(viewer_first ? &c->viewer : &c->agent, draw(&seed, 2));
        end_close(viewer_first ? &c->agent : &c->viewer, draw(&seed, 2));
        meet(c, &seed);
    }
    for (unsigned i = 0; couples && i < ROOM; i++) {
        end_close(&couples[i].viewer, false);
        end_close(&couples[i].agent, false);
    }
    free(couples);
    return NULL;
}

static void run_storm(void)
{
    const char *given = getenv("DESKSIDE_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)ds_clock_now();
    pthread_t threads[THREADS];
    unsigned seeds[THREADS];
    print_message("seed %u\n", seed);
    atomic_store(&paired, 0);
    client = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_alpn_protos(client, (const unsigned char *)"\x0a" DS_ALPN, 11);
    for (unsigned i = 0; i < THREADS; i++) {
        seeds[i] = seed + i * 7919;
        assert_int_equal(pthread_create(&threads[i], NULL, storm, &seeds[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    SSL_CTX_free(client);
    print_message("%u sessions paired, %u connections dropped\n", atomic_load(&paired),
                  atomic_load(&dropped));
    assert_int_equal(atomic_load(&forgotten), 0);
}

static void expect_service(void)
{
    struct test_leg viewer, agent;
    test_leg_pair(&viewer, &agent, relay.port, "127.4.1.1", TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    assert_true(test_leg_data(&viewer, "still here", 10));
    test_leg_expect_data(&agent, "still here", 10);
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

static void a_storm_leaves_a_relay_that_serves(void **state)
{
    (void)state;
    storm_ends = ds_clock_now() + STORM;
    run_storm();
    assert_true(atomic_load(&paired) > 20);
    assert_false(test_process_has_ended(relay.process));
    expect_service();
}

/* Whatever waits to be written down is lost then, and the log says so; but it ends. */
static void a_locked_store_keeps_no_relay_from_ending(void **state)
{
    (void)state;
    struct test_leg legs[20];
    char db[320];
    snprintf(db, sizeof(db), "%s/relay.db", relay.data);
    for (int i = 0; i < 20; i += 2)
        test_leg_pair(&legs[i], &legs[i + 1], relay.port, "127.4.3.1", TEST_RELAY_EMAIL,
                      TEST_RELAY_PASSWORD);
    const char *argv[] = {"sqlite3",
                          db,
                          "PRAGMA busy_timeout=5000; BEGIN EXCLUSIVE;",
                          ".system echo locked",
                          ".system sleep 60",
                          NULL};
    struct test_process *lock = test_process_start(argv, NULL);
    test_process_wait_output(lock, "locked", 10000);
    kill(test_process_pid(relay.process), SIGTERM);
    assert_int_equal(0, test_process_wait_exit(relay.process, 30000));
    test_process_end(lock);
    for (int i = 0; i < 20; i++)
        test_leg_close(&legs[i]);
    test_relay_stop(&relay);
    test_relay_start(&relay, NULL);
    expect_service();
}

static void *end_relay(void *ctx)
{
    (void)ctx;
    poll(NULL, 0, 1500); /* in the middle: nothing is waited for */
    kill(test_process_pid(relay.process), SIGTERM);
    return NULL;
}

static void an_end_in_the_middle_of_a_storm_is_clean(void **state)
{
    (void)state;
    pthread_t ender;
    storm_ends = ds_clock_now() + 3 * DS_SECOND;
    assert_int_equal(pthread_create(&ender, NULL, end_relay, NULL), 0);
    run_storm();
    pthread_join(ender, NULL);
    assert_int_equal(0, test_process_wait_exit(relay.process, 30000));
    test_relay_stop(&relay);
    test_relay_start(&relay, NULL);
    expect_service();
}

static void a_locked_store_stops_no_session(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    char db[320];
    snprintf(db, sizeof(db), "%s/relay.db", relay.data);
    test_leg_pair(&viewer, &agent, relay.port, "127.4.2.1", TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    const char *argv[] = {"sqlite3",
                          db,
                          "PRAGMA busy_timeout=5000; BEGIN EXCLUSIVE;",
                          ".system echo locked",
                          ".system sleep 60",
                          NULL};
    struct test_process *lock = test_process_start(argv, NULL);
    test_process_wait_output(lock, "locked", 10000);
    struct ds_message verified = {.type = DS_MESSAGE_VERIFIED};
    memset(verified.audit, 'a', DS_TEXT_HASH - 1);
    assert_true(test_leg_say(&agent, &verified)); /* wants to be written down */
    for (int i = 0; i < 200; i++) {
        assert_true(test_leg_data(&viewer, "while the store is away", 23));
        test_leg_expect_data(&agent, "while the store is away", 23);
    }
    struct test_leg late;
    struct ds_message sign_in = {
        .type = DS_MESSAGE_SIGN_IN, .email = TEST_RELAY_EMAIL, .password = TEST_RELAY_PASSWORD};
    test_leg_open(&late, relay.port, "127.4.2.2", "viewer");
    assert_true(test_leg_say(&late, &sign_in)); /* answered late or refused, not forgotten */
    test_process_end(lock);
    test_leg_close(&late);
    assert_true(test_leg_data(&agent, "and after", 9));
    test_leg_expect_data(&viewer, "and after", 9);
    test_leg_close(&viewer);
    test_leg_close(&agent);
    expect_service();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_leaves_a_relay_that_serves),
        cmocka_unit_test(a_locked_store_stops_no_session),
        cmocka_unit_test(a_locked_store_keeps_no_relay_from_ending),
        cmocka_unit_test(an_end_in_the_middle_of_a_storm_is_clean),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, setup, teardown);
}
