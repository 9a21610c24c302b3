/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/carrier_proxy.h"

#include "common/base/error.h"
#include "common/net/http_head.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdlib.h>
#include <string.h>

static struct ds_buf up, down;

static struct ds_filter *started(const char *host, unsigned port, const char *userinfo)
{
    ds_buf_init(&up, 1u << 20);
    ds_buf_init(&down, 1u << 20);
    struct ds_filter *proxy = ds_carrier_proxy_new(host, port, userinfo);
    assert_non_null(proxy);
    assert_int_equal(proxy->ops->start(proxy, &down), 0);
    return proxy;
}

static void end(struct ds_filter *proxy)
{
    proxy->ops->destroy(proxy);
    ds_buf_destroy(&up);
    ds_buf_destroy(&down);
}

static int feed(struct ds_filter *proxy, const char *text, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1);
    memcpy(exact, text, n);
    int error = proxy->ops->feed(proxy, exact, n, &up, &down);
    free(exact);
    return error;
}

static void the_request_names_the_relay(void **state)
{
    (void)state;
    static const char golden[] = "CONNECT relay.example:443 HTTP/1.1\r\n"
                                 "Host: relay.example:443\r\n"
                                 "User-Agent: Deskside/" DESKSIDE_VERSION "\r\n\r\n";
    struct ds_filter *proxy = started("relay.example", 443, NULL);
    assert_int_equal(down.len, sizeof(golden) - 1);
    assert_memory_equal(ds_buf_peek(&down), golden, down.len);
    end(proxy);
}

static void an_address_gets_its_brackets_and_a_password_its_field(void **state)
{
    (void)state;
    /* RFC 7617, 2: Aladdin, open sesame */
    static const char golden[] = "CONNECT [2001:db8::1]:8200 HTTP/1.1\r\n"
                                 "Host: [2001:db8::1]:8200\r\n"
                                 "User-Agent: Deskside/" DESKSIDE_VERSION "\r\n"
                                 "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
    struct ds_filter *proxy = started("2001:db8::1", 8200, "Aladdin:open sesame");
    assert_int_equal(down.len, sizeof(golden) - 1);
    assert_memory_equal(ds_buf_peek(&down), golden, down.len);
    end(proxy);
}

static void an_answer_opens_it_however_it_is_cut(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n\x16\x03";
    const size_t n = sizeof(answer) - 1;
    for (size_t cut = 0; cut <= n; cut++) {
        struct ds_filter *proxy = started("relay.example", 443, NULL);
        assert_int_equal(feed(proxy, answer, cut), 0);
        assert_int_equal(proxy->open, cut >= n - 2);
        assert_int_equal(feed(proxy, answer + cut, n - cut), 0);
        assert_true(proxy->open);
        assert_int_equal(up.len, 2);
        ds_buf_clear(&down);
        assert_int_equal(proxy->ops->send(proxy, (const uint8_t *)"abc", 3, &down), 0);
        assert_int_equal(down.len, 3);
        end(proxy);
    }
}

static void a_refusal_is_said_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *user, *words;
        enum ds_fault_kind kind;
    } cases[] = {
        {"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n\r\n", NULL,
         "the proxy asks for a name and a password (407)", DS_FAULT_PROXY},
        {"HTTP/1.1 407 x\r\n\r\n", "a:b",
         "the proxy did not accept the name and password it was given (407)", DS_FAULT_PROXY},
        {"HTTP/1.1 401 x\r\n\r\n", "a:b",
         "the proxy did not accept the name and password it was given (401)", DS_FAULT_PROXY},
        {"HTTP/1.1 403 Filtered\r\n\r\n", NULL, "the proxy does not allow this connection (403)",
         DS_FAULT_PROXY},
        {"HTTP/1.1 400 Bad\r\n\r\n", NULL, "the proxy refused the connection (400)",
         DS_FAULT_PROXY},
        {"HTTP/1.1 302 Found\r\n\r\n", NULL, "the proxy refused the connection (302)",
         DS_FAULT_PROXY},
        {"HTTP/1.1 502 Bad Gateway\r\n\r\n", NULL, "the proxy could not reach the relay (502)",
         DS_FAULT_BEHIND},
        {"SSH-2.0-x\r\n", NULL, "the proxy's answer is not HTTP", DS_FAULT_PROXY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ds_filter *proxy = started("relay.example", 443, cases[i].user);
        assert_true(feed(proxy, cases[i].answer, strlen(cases[i].answer)) < 0);
        assert_int_equal(proxy->fault.kind, cases[i].kind);
        assert_string_equal(proxy->fault.detail, cases[i].words);
        assert_false(proxy->open);
        end(proxy);
    }
}

static void an_endless_answer_is_cut_off(void **state)
{
    (void)state;
    static char text[DS_HTTP_HEAD_MAX];
    memset(text, 'a', sizeof(text));
    memcpy(text, "HTTP/1.1 200 OK\r\nX: ", 20);
    struct ds_filter *proxy = started("relay.example", 443, NULL);
    int error = 0;
    size_t at = 0;
    for (; at < sizeof(text) && !error; at++)
        error = feed(proxy, text + at, 1);
    assert_int_equal(error, DS_EPROTO);
    assert_int_equal(at, sizeof(text));
    end(proxy);
}

static void a_name_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char user[514];
    memset(user, 'u', sizeof(user) - 1);
    user[513] = '\0';
    assert_null(ds_carrier_proxy_new("relay.example", 443, user));
    user[512] = '\0';
    struct ds_filter *proxy = started("relay.example", 443, user);
    end(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_names_the_relay),
        cmocka_unit_test(an_address_gets_its_brackets_and_a_password_its_field),
        cmocka_unit_test(an_answer_opens_it_however_it_is_cut),
        cmocka_unit_test(a_refusal_is_said_in_words),
        cmocka_unit_test(an_endless_answer_is_cut_off),
        cmocka_unit_test(a_name_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
