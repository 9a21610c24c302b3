/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a quiet pair of legs costs the relay, and what one stranger can make it keep. Sanitizers
 * have their own idea of memory, so the bounds hold for other builds. */
#include "common/base/clock.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cmocka.h>

#define PAIRS 200
#ifdef DESKSIDE_SANITIZED
#define PAIR_KIB 4096 /* nothing to wait for */
#else
#define PAIR_KIB 40
#endif
#define TALKERS 24
#define TALKER_KIB 256
#define TALK 120 /* times 16,000 bytes */

static struct test_relay relay;

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay); /* each check of a real one takes 32 MiB for a moment */
    test_relay_conf(&relay, "strangers_per_address = 1000\nlegs_per_address = 1000\n"
                            "heartbeat_ms = 60000\ndead_ms = 600000");
    test_relay_start(&relay, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

static long memory_kib(void)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)test_process_pid(relay.process));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) && sscanf(line, "VmRSS: %ld", &kib) != 1) {
    }
    fclose(file);
    assert_true(kib > 0);
    return kib;
}

static void open_pair(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_pair(viewer, agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
}

static void a_quiet_pair_costs_at_most_forty_kib(void **state)
{
    (void)state;
    static struct test_leg viewers[PAIRS + 1], agents[PAIRS + 1];
    open_pair(&viewers[PAIRS], &agents[PAIRS]); /* what the first one brings is not a pair's */
    long before = memory_kib(), each = 0;
    for (int i = 0; i < PAIRS; i++)
        open_pair(&viewers[i], &agents[i]);
    /* Buffers go back when a leg has been quiet, holes in the heap when nobody came for a while. */
    ds_tick patience = ds_clock_now() + 60 * DS_SECOND;
    do {
        poll(NULL, 0, 100);
        each = (memory_kib() - before) / PAIRS;
    } while (each > PAIR_KIB && ds_clock_now() < patience);
    print_message("%ld KiB a pair\n", each);
    assert_true(each <= PAIR_KIB);
    assert_true(test_leg_data(&viewers[0], "still there", 11));
    test_leg_expect_data(&agents[0], "still there", 11);
    for (int i = 0; i <= PAIRS; i++) {
        test_leg_close(&viewers[i]);
        test_leg_close(&agents[i]);
    }
}

/* Sends these frames again and again and reads nothing until the relay takes no more of them or
 * ends it. */
static void talk_and_never_listen(struct test_leg *leg, const uint8_t *frames, size_t n)
{
    SSL_set_mode(leg->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    for (int i = 0; i < TALK; i++) {
        int wrote = SSL_write(leg->ssl, frames, (int)n);
        if (wrote <= 0)
            return;
    }
}

static void ends_that_never_listen_cost_little(void **state)
{
    (void)state;
    static const char join[] = "{\"type\":\"join\",\"join_code\":\"000000000\"}";
    static struct test_leg legs[TALKERS];
    static uint8_t frames[16000];
    struct timeval soon = {.tv_usec = 300000};
    int small = 4096;
    struct test_leg viewer, agent;
    open_pair(&viewer, &agent);
    long before = memory_kib();
    for (int i = 0; i < TALKERS; i++) {
        size_t n = 0;
        test_leg_open(&legs[i], relay.port, NULL, "agent");
        setsockopt(legs[i].fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        setsockopt(legs[i].fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
        while (n + 64 < sizeof(frames)) {
            bool is_join = i % 2;
            size_t len = is_join ? sizeof(join) - 1 : 8;
            ds_frame_header(frames + n, is_join ? DS_FRAME_CONTROL : DS_FRAME_PING, len);
            memcpy(frames + n + DS_FRAME_HEADER, is_join ? join : "12345678", len);
            n += DS_FRAME_HEADER + len;
        }
        talk_and_never_listen(&legs[i], frames, n);
    }
    long each = (memory_kib() - before) / TALKERS;
    print_message("%ld KiB for an end that never listens\n", each);
#ifndef DESKSIDE_SANITIZED
    assert_true(each <= TALKER_KIB);
#endif
    assert_true(test_leg_data(&viewer, "still there", 11));
    test_leg_expect_data(&agent, "still there", 11);
    for (int i = 0; i < TALKERS; i++)
        test_leg_close(&legs[i]);
    test_leg_close(&viewer);
    test_leg_close(&agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_quiet_pair_costs_at_most_forty_kib, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_that_never_listen_cost_little, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
