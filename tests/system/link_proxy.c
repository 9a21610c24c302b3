/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link through a proxy: tinyproxy as people have it, and a TLS proxy that follows a script. */
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
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char folder[256], cert[300], key[300];
static struct stub_relay relay;
static struct link_probe probe;
static struct test_process *tinyproxy;
static unsigned proxy_port;

static bool can_connect(unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void start_proxy(const char *more)
{
    char path[300], text[1024];
    proxy_port = free_port();
    snprintf(path, sizeof(path), "%s/tinyproxy.conf", folder);
    snprintf(text, sizeof(text),
             "Port %u\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nAllow 127.0.0.1\n%s\n",
             proxy_port, more);
    test_file_write(path, text);
    const char *argv[] = {"tinyproxy", "-d", "-c", path, NULL};
    tinyproxy = test_process_start(argv, NULL);
    assert_non_null(tinyproxy);
    for (int i = 0; i < 1000 && !can_connect(proxy_port); i++)
        usleep(10000);
    assert_true(can_connect(proxy_port));
}

static void stop_proxy(void)
{
    test_process_end(tinyproxy);
    tinyproxy = NULL;
}

static void dial(const char *variable, const char *scheme, unsigned port)
{
    char url[128];
    link_probe_init(&probe, folder);
    snprintf(url, sizeof(url), "%s127.0.0.1:%u", scheme, port);
    setenv(variable, url, 1);
    link_probe_open(&probe, "localhost", relay.port, cert);
}

static void welcome(struct stub_conn *conn)
{
    if (stub_welcome(conn, 1000, 5000))
        stub_hold(conn);
}

static void start_relay(stub_script *script)
{
    assert_true(stub_relay_start(&relay, "127.0.0.1", 0, script));
}

static void expect_up(bool through_proxy, enum ds_transport transport)
{
    link_probe_wait(&probe, link_is_up);
    assert_int_equal(probe.info.through_proxy, through_proxy);
    assert_int_equal(probe.info.port, relay.port);
    assert_int_equal(probe.info.transport, transport);
    link_probe_end(&probe);
}

static void expect_down(enum ds_link_failure why, const char *words)
{
    link_probe_expect_down(&probe, why);
    if (!strstr(probe.detail, words))
        print_error("detail: %s\n", probe.detail);
    assert_non_null(strstr(probe.detail, words));
    link_probe_end(&probe);
}

static void a_link_goes_through_the_proxy(void **state)
{
    (void)state;
    start_relay(welcome);
    start_proxy("");
    dial("https_proxy", "http://", proxy_port);
    expect_up(true, DS_TRANSPORT_TLS);
    dial("http_proxy", "", proxy_port);
    expect_up(true, DS_TRANSPORT_TLS);
    stop_proxy();
    stub_relay_stop(&relay);
}

static void an_exception_goes_past_it(void **state)
{
    (void)state;
    start_relay(welcome);
    link_probe_init(&probe, folder);
    setenv("https_proxy", "http://127.0.0.1:1", 1); /* nobody there */
    setenv("no_proxy", "example.com, localhost", 1);
    link_probe_open(&probe, "localhost", relay.port, cert);
    expect_up(false, DS_TRANSPORT_TLS);
    stub_relay_stop(&relay);
}

static void a_password_opens_it_and_a_wrong_one_is_said(void **state)
{
    (void)state;
    start_relay(welcome);
    start_proxy("BasicAuth dana s3cret");
    dial("https_proxy", "http://dana:s3cret@", proxy_port);
    expect_up(true, DS_TRANSPORT_TLS);
    dial("https_proxy", "http://dana:wr%40ng@", proxy_port);
    expect_down(DS_LINK_PROXY, "did not accept the name and password");
    assert_null(strstr(probe.detail, "wr@ng"));
    dial("https_proxy", "http://", proxy_port);
    expect_down(DS_LINK_PROXY, "asks for a name and a password (407)");
    stop_proxy();
    stub_relay_stop(&relay);
}

static void a_refusal_is_said(void **state)
{
    (void)state;
    start_relay(welcome);
    start_proxy("ConnectPort 1");
    dial("https_proxy", "http://", proxy_port);
    expect_down(DS_LINK_PROXY, "does not allow this connection (403)");
    stop_proxy();
    dial("https_proxy", "http://", proxy_port); /* gone */
    expect_down(DS_LINK_PROXY, "refused");
    link_probe_init(&probe, folder);
    setenv("https_proxy", "socks5://127.0.0.1:1080", 1);
    link_probe_open(&probe, "localhost", relay.port, cert);
    expect_down(DS_LINK_PROXY, "kind of proxy");
    stub_relay_stop(&relay);
}

static void a_relay_that_the_proxy_cannot_reach_is_unreachable(void **state)
{
    (void)state;
    start_relay(welcome);
    stub_relay_stop(&relay);
    start_proxy("");
    dial("https_proxy", "http://", proxy_port);
    expect_down(DS_LINK_UNREACHABLE, "the proxy could not reach the relay");
    stop_proxy();
}

static void the_certificate_is_checked_behind_a_proxy_too(void **state)
{
    (void)state;
    char other_cert[300], other_key[300];
    snprintf(other_cert, sizeof(other_cert), "%s/other.pem", folder);
    snprintf(other_key, sizeof(other_key), "%s/other.key", folder);
    assert_true(test_certificate(other_cert, other_key, "DNS:localhost", 30));
    relay.cert = other_cert;
    relay.key = other_key;
    start_relay(welcome);
    start_proxy("");
    dial("https_proxy", "http://", proxy_port);
    expect_down(DS_LINK_UNTRUSTED, "certificate is not accepted");
    stop_proxy();
    stub_relay_stop(&relay);
    relay.cert = cert;
    relay.key = key;
}

/* A proxy that is spoken to in TLS, and one that looks into what it carries. */
static void tls_proxy(struct stub_conn *conn)
{
    char head[1024];
    unsigned port;
    if (!stub_tls(conn, "http/1.1") || !stub_read_head(conn, head, sizeof(head)) ||
        sscanf(head, "CONNECT localhost:%u HTTP/1.1", &port) != 1 ||
        !stub_write(conn, "HTTP/1.1 200 OK\r\n\r\n", 19))
        return;
    stub_forward(conn, port);
}

static void a_proxy_in_tls_works(void **state)
{
    (void)state;
    static struct stub_relay proxy;
    proxy.cert = cert;
    proxy.key = key;
    start_relay(welcome);
    assert_true(stub_relay_start(&proxy, "127.0.0.1", 0, tls_proxy));
    dial("https_proxy", "https://", proxy.port);
    expect_up(true, DS_TRANSPORT_TLS);
    stub_relay_stop(&proxy);
    stub_relay_stop(&relay);
}

static void no_legs(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && !memmem(first, n, DS_ALPN, strlen(DS_ALPN)))
        welcome(conn);
}

static void a_websocket_goes_through_the_proxy(void **state)
{
    (void)state;
    start_relay(no_legs);
    start_proxy("");
    dial("https_proxy", "http://", proxy_port);
    expect_up(true, DS_TRANSPORT_WS);
    stop_proxy();
    stub_relay_stop(&relay);
}

static void silent(struct stub_conn *conn)
{
    stub_hold(conn);
}

static void a_proxy_that_is_silent_is_given_up(void **state)
{
    (void)state;
    static struct stub_relay proxy;
    start_relay(welcome);
    assert_true(stub_relay_start(&proxy, "127.0.0.1", 0, silent));
    dial("https_proxy", "http://", proxy.port);
    expect_down(DS_LINK_PROXY, "no answer in time (proxy)");
    stub_relay_stop(&proxy);
    stub_relay_stop(&relay);
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    if (!test_certificate(cert, key, "DNS:localhost,IP:127.0.0.1,IP:::1", 30))
        return 1;
    relay.cert = cert;
    relay.key = key;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_goes_through_the_proxy),
        cmocka_unit_test(an_exception_goes_past_it),
        cmocka_unit_test(a_password_opens_it_and_a_wrong_one_is_said),
        cmocka_unit_test(a_refusal_is_said),
        cmocka_unit_test(a_relay_that_the_proxy_cannot_reach_is_unreachable),
        cmocka_unit_test(the_certificate_is_checked_behind_a_proxy_too),
        cmocka_unit_test(a_proxy_in_tls_works),
        cmocka_unit_test(a_websocket_goes_through_the_proxy),
        cmocka_unit_test(a_proxy_that_is_silent_is_given_up),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(folder);
    return failed;
}
