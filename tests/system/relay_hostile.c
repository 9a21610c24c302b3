/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attacks on a relay with one worker, so that whoever holds it up holds up everybody: a session
 * goes on beside each, and afterwards the relay serves. */
#include "common/base/clock.h"
#include "tests/support/leg.h"
#include "tests/support/leg_carried.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <openssl/rand.h>
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
    test_relay_conf(
        &relay,
        "workers = 1\nhello_ms = 300000\nhttp_s = 300\nstrangers_per_address = 1000\nguest_s = 60\n"
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

#define RENEWALS 500000 /* 13 MB: more than the buffers of a connection take unread */

/* A record of 27 bytes makes the other side derive new keys, and nothing comes out of SSL_read that
 * would end its turn. */
static void flood_with_renewals(const char *alpn)
{
    struct test_leg leg;
    char *records;
    size_t sent = 0;
    test_leg_connect(&leg, relay.port, "127.7.1.1");
    assert_true(test_leg_tls(&leg, NULL, alpn));
    BIO *out = BIO_new(BIO_s_mem());
    SSL_set0_wbio(leg.ssl, out);
    for (int i = 0; i < RENEWALS; i++) {
        assert_int_equal(SSL_key_update(leg.ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        assert_int_equal(SSL_do_handshake(leg.ssl), 1);
    }
    size_t n = (size_t)BIO_get_mem_data(out, &records);
    while (sent < n) {
        ssize_t wrote =
            send(leg.fd, records + sent, n - sent < 65536 ? n - sent : 65536, MSG_NOSIGNAL);
        if (wrote < 0)
            break;
        sent += (size_t)wrote;
    }
    print_message("closed after %zu of %zu bytes\n", sent, n);
    assert_true(sent < n);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_renewals_without_end_close_the_leg),
        cmocka_unit_test(key_renewals_without_end_close_the_page),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
