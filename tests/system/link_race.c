/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The race over ports, families and carriers, in a network namespace of the test's own where ports
 * 8200, 443 and 80 are free. Needs root (or user namespaces); skipped without. */
#include "common/base/error.h"
#include "common/wire/frame.h"
#include "tests/support/certificate.h"
#include "tests/support/folder.h"
#include "tests/support/link_probe.h"
#include "tests/support/process.h"
#include "tests/support/stub_relay.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static char folder[256], cert[300], key[300], other_cert[300], other_key[300];
static struct link_probe probe;
static bool has_space, has_both;
#define BOTH "both.example"

/* ---- Doors */

static struct stub_relay doors[8];
static size_t door_count;

static struct stub_relay *open_door(const char *address, unsigned port, stub_script *script)
{
    struct stub_relay *door = &doors[door_count++];
    door->cert = cert;
    door->key = key;
    assert_true(stub_relay_start(door, address, port, script));
    return door;
}

/* A port that drops what knocks: its queue of one connection is full, and nobody accepts. */
static int holes[32];
static size_t hole_count;

static void dig_hole(int family, unsigned port)
{
    struct sockaddr_storage at = {.ss_family = (sa_family_t)family};
    if (family == AF_INET6) {
        ((struct sockaddr_in6 *)&at)->sin6_addr = in6addr_loopback;
        ((struct sockaddr_in6 *)&at)->sin6_port = htons((uint16_t)port);
    } else {
        ((struct sockaddr_in *)&at)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ((struct sockaddr_in *)&at)->sin_port = htons((uint16_t)port);
    }
    int on = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 0), 0);
    holes[hole_count++] = fd;
    for (int i = 0; i < 4; i++) {
        fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(fd, (struct sockaddr *)&at, sizeof(at));
        holes[hole_count++] = fd;
    }
}

static int fresh(void **state)
{
    (void)state;
    char path[320];
    snprintf(path, sizeof(path), "%s/deskside/ways", folder);
    unlink(path);
    return 0;
}

static void dial(void)
{
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "localhost", 0, cert);
}

static void hang_up(void)
{
    link_probe_end(&probe);
}

static void close_doors(void)
{
    for (size_t i = 0; i < door_count; i++)
        stub_relay_stop(&doors[i]);
    door_count = 0;
    for (size_t i = 0; i < hole_count; i++)
        close(holes[i]);
    hole_count = 0;
}

static void skip_without_space(void)
{
    if (!has_space) {
        print_message("no network namespace can be made here\n");
        skip();
    }
}

/* ---- Scripts */

static void welcome(struct stub_conn *conn)
{
    if (stub_welcome(conn, 1000, 5000))
        stub_hold(conn);
}

static void portal(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 'G')
        stub_write(conn, "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n", 56);
    else if (n > 0)
        stub_tls(conn, NULL);
}

static void only_http(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 'G')
        welcome(conn);
}

static void slow_welcome(struct stub_conn *conn)
{
    /* Later than every portal: all the others have been asked and have answered. */
    for (int i = 0; i < 500 && !atomic_load(&conn->relay->stopping); i++) {
        bool all = true;
        for (size_t d = 0; d < door_count; d++)
            all = all && atomic_load(&doors[d].accepted) > 0;
        if (all)
            break;
        usleep(10000);
    }
    welcome(conn);
}

static void expect_up(unsigned port, enum ds_transport transport)
{
    link_probe_wait(&probe, link_is_up);
    assert_int_equal(probe.info.port, port);
    assert_int_equal(probe.info.transport, transport);
}

/* ---- Tests */

static void port_8200_is_the_first_choice(void **state)
{
    (void)state;
    skip_without_space();
    open_door("127.0.0.1", 8200, welcome);
    struct stub_relay *second = open_door("127.0.0.1", 443, welcome);
    struct stub_relay *third = open_door("127.0.0.1", 80, welcome);
    dial();
    expect_up(8200, DS_TRANSPORT_TLS);
    assert_int_equal(atomic_load(&second->accepted), 0); /* a healthy end makes one handshake */
    assert_int_equal(atomic_load(&third->accepted), 0);
    hang_up();
    close_doors();
}

static void where_only_80_is_open_the_leg_goes_there(void **state)
{
    (void)state;
    skip_without_space();
    dig_hole(AF_INET, 8200);
    dig_hole(AF_INET, 443);
    open_door("127.0.0.1", 80, welcome);
    dial();
    expect_up(80, DS_TRANSPORT_TLS);
    hang_up();
    close_doors();
}

static void what_worked_is_tried_first_the_next_time(void **state)
{
    (void)state;
    skip_without_space();
    open_door("127.0.0.1", 443, welcome); /* the others refuse */
    dial();
    expect_up(443, DS_TRANSPORT_TLS);
    hang_up();
    struct stub_relay *late = open_door("127.0.0.1", 8200, welcome);
    dial();
    expect_up(443, DS_TRANSPORT_TLS);
    assert_int_equal(atomic_load(&late->accepted), 0);
    hang_up();
    close_doors();
    /* And where that is closed now, the others still are there. */
    open_door("127.0.0.1", 8200, welcome);
    dial();
    expect_up(8200, DS_TRANSPORT_TLS);
    hang_up();
    close_doors();
}

static void where_only_http_on_80_passes_a_websocket_is_found_and_remembered(void **state)
{
    (void)state;
    skip_without_space();
    dig_hole(AF_INET, 8200);
    dig_hole(AF_INET, 443);
    struct stub_relay *door = open_door("127.0.0.1", 80, only_http);
    dial();
    expect_up(80, DS_TRANSPORT_WS);
    hang_up();
    unsigned before = atomic_load(&door->accepted);
    dial();
    expect_up(80, DS_TRANSPORT_WS);
    hang_up();
    assert_int_equal(atomic_load(&door->accepted), before + 1); /* no detour */
    close_doors();
}

/* Swallows legs, as some filters do, until a WebSocket has come. */
static atomic_bool web_came, leg_given_up;

static void swallow_legs(struct stub_conn *conn)
{
    uint8_t bytes[4096];
    size_t n = stub_peek(conn, bytes, sizeof(bytes));
    if (n > 0 && bytes[0] != 'G') {
        while (!atomic_load(&web_came) && !atomic_load(&conn->relay->stopping))
            usleep(10000); /* holds the line until the test has seen enough */
        return;
    }
    ssize_t got;
    do { /* is the leg, which came first, still held by the other side? */
        got = recv(conn->relay->conns[0].fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    } while (got > 0);
    atomic_store(&leg_given_up, got == 0);
    atomic_store(&web_came, true);
    welcome(conn);
}

static void where_legs_are_swallowed_a_websocket_does_not_wait_for_their_deadline(void **state)
{
    (void)state;
    skip_without_space();
    open_door("127.0.0.1", 80, swallow_legs);
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "localhost", 80, cert);
    expect_up(80, DS_TRANSPORT_WS);
    hang_up();
    close_doors();
    assert_false(atomic_load(&leg_given_up));
}

static void a_captive_portal_does_not_win_over_a_slower_relay(void **state)
{
    (void)state;
    skip_without_space();
    open_door("127.0.0.1", 8200, slow_welcome);
    for (unsigned i = 0; i < 2; i++) {
        struct stub_relay *door = &doors[door_count++];
        door->cert = other_cert;
        door->key = other_key;
        assert_true(stub_relay_start(door, "127.0.0.1", i ? 80 : 443, portal));
    }
    dial();
    expect_up(8200, DS_TRANSPORT_TLS);
    hang_up();
    close_doors();
}

static void where_only_a_captive_portal_answers_nothing_is_trusted(void **state)
{
    (void)state;
    skip_without_space();
    for (unsigned i = 0; i < 2; i++) {
        struct stub_relay *door = &doors[door_count++];
        door->cert = other_cert;
        door->key = other_key;
        assert_true(stub_relay_start(door, "127.0.0.1", i ? 80 : 443, portal));
    }
    dial();
    link_probe_expect_down(&probe, DS_LINK_UNTRUSTED);
    hang_up();
    close_doors();
}

static void plain_http_everywhere_is_unreachable(void **state)
{
    (void)state;
    skip_without_space();
    /* Nobody named this port, and nobody claimed to be the relay. */
    open_door("127.0.0.1", 80, only_http)->script = portal;
    doors[0].cert = "/nowhere"; /* its TLS fails: it just closes */
    dial();
    link_probe_expect_down(&probe, DS_LINK_UNREACHABLE);
    hang_up();
    close_doors();
}

static void where_nothing_answers_at_all_it_is_over_in_time(void **state)
{
    (void)state;
    skip_without_space();
    dig_hole(AF_INET, 8200);
    dig_hole(AF_INET, 443);
    dig_hole(AF_INET, 80);
    dial();
    link_probe_expect_down(&probe, DS_LINK_UNREACHABLE); /* it waits 30 s at most */
    assert_non_null(strstr(probe.detail, "no answer in time"));
    hang_up();
    close_doors();
}

static void a_family_that_is_broken_costs_little(void **state)
{
    (void)state;
    skip_without_space();
    if (!has_both)
        skip();
    dig_hole(AF_INET6, 8200);
    open_door("127.0.0.1", 8200, welcome);
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "::1", 8200, cert); /* alone it has no chance */
    link_probe_expect_down(&probe, DS_LINK_UNREACHABLE);
    hang_up();
    for (unsigned port = 0; port <= 8200; port += 8200) { /* raced, and named */
        link_probe_init(&probe, folder);
        link_probe_open(&probe, BOTH, port, cert);
        expect_up(8200, DS_TRANSPORT_TLS);
        hang_up();
    }
    close_doors();
}

static void a_link_over_ipv6_comes_up(void **state)
{
    (void)state;
    skip_without_space();
    struct stub_relay door = {.cert = cert, .key = key};
    if (!stub_relay_start(&door, "::1", 0, welcome))
        skip();
    link_probe_init(&probe, folder);
    link_probe_open(&probe, "0:0:0:0:0:0:0:1", door.port, cert);
    link_probe_wait(&probe, link_is_up);
    assert_string_equal(probe.info.host, "::1");
    hang_up();
    stub_relay_stop(&door);
}

static void answer_pings(struct stub_conn *conn)
{
    uint8_t type, payload[64];
    size_t len;
    if (!stub_welcome(conn, 100, 300))
        return;
    while (stub_read_frame(conn, &type, payload, &len)) {
        if (type == DS_FRAME_PING && !stub_write_frame(conn, DS_FRAME_PONG, payload, len))
            return;
    }
}

static bool has_rtt(struct link_probe *p)
{
    return ds_link_rtt_ms(p->link) >= 0;
}

static void a_network_that_vanishes_is_noticed(void **state)
{
    (void)state;
    skip_without_space();
    const char *down[] = {"ip", "link", "set", "lo", "down", NULL};
    const char *up[] = {"ip", "link", "set", "lo", "up", NULL};
    open_door("127.0.0.1", 8200, answer_pings);
    dial();
    link_probe_wait(&probe, link_is_up);
    link_probe_wait(&probe, has_rtt);
    assert_int_equal(test_run(down, NULL), 0);
    link_probe_expect_down(&probe, DS_LINK_LOST); /* no FIN, no RST: half open */
    assert_int_equal(test_run(up, NULL), 0);
    hang_up();
    close_doors();
}

/* Our own namespace, with loopback up. */
static bool make_space(void)
{
    const char *up[] = {"ip", "link", "set", "lo", "up", NULL};
    return unshare(CLONE_NEWNET) == 0 && test_run(up, NULL) == 0;
}

/* A name with an address of each family, in a hosts file that only this process sees. */
static bool make_name(void)
{
    char hosts[300];
    snprintf(hosts, sizeof(hosts), "%s/hosts", folder);
    test_file_write(hosts, "::1 " BOTH "\n127.0.0.1 " BOTH "\n127.0.0.1 localhost\n");
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    bool has_six = fd >= 0 && bind(fd, (struct sockaddr *)&six, sizeof(six)) == 0;
    if (fd >= 0)
        close(fd);
    return has_six && unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(hosts, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    snprintf(other_cert, sizeof(other_cert), "%s/other.pem", folder);
    snprintf(other_key, sizeof(other_key), "%s/other.key", folder);
    if (!test_certificate(cert, key, "DNS:localhost,DNS:" BOTH ",IP:127.0.0.1,IP:::1", 30) ||
        !test_certificate(other_cert, other_key, "DNS:portal.example", 30))
        return 1;
    has_space = make_space();
    has_both = has_space && make_name();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(port_8200_is_the_first_choice, fresh),
        cmocka_unit_test_setup(where_only_80_is_open_the_leg_goes_there, fresh),
        cmocka_unit_test_setup(what_worked_is_tried_first_the_next_time, fresh),
        cmocka_unit_test_setup(where_only_http_on_80_passes_a_websocket_is_found_and_remembered,
                               fresh),
        cmocka_unit_test_setup(
            where_legs_are_swallowed_a_websocket_does_not_wait_for_their_deadline, fresh),
        cmocka_unit_test_setup(a_captive_portal_does_not_win_over_a_slower_relay, fresh),
        cmocka_unit_test_setup(where_only_a_captive_portal_answers_nothing_is_trusted, fresh),
        cmocka_unit_test_setup(plain_http_everywhere_is_unreachable, fresh),
        cmocka_unit_test_setup(where_nothing_answers_at_all_it_is_over_in_time, fresh),
        cmocka_unit_test_setup(a_family_that_is_broken_costs_little, fresh),
        cmocka_unit_test_setup(a_link_over_ipv6_comes_up, fresh),
        cmocka_unit_test_setup(a_network_that_vanishes_is_noticed, fresh),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
