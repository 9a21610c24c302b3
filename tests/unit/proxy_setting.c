/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/proxy_setting.h"

#include "common/base/error.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdlib.h>
#include <string.h>

static void urls_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host;
        unsigned port;
        bool tls;
        const char *userinfo;
    } good[] = {
        {"http://proxy.example:3128", "proxy.example", 3128, false, ""},
        {"http://proxy.example:3128/", "proxy.example", 3128, false, ""},
        {"proxy.example:8080", "proxy.example", 8080, false, ""},
        {"proxy.example", "proxy.example", 80, false, ""},
        {"HTTPS://proxy.example", "proxy.example", 443, true, ""},
        {"http://dana:a%40b%3Ac@proxy.example:1", "proxy.example", 1, false, "dana:a@b:c"},
        {"http://a@b@proxy.example", "proxy.example", 80, false, "a@b"},
        {"http://[2001:db8::1]:3128", "2001:db8::1", 3128, false, ""},
        {"http://[::1]", "::1", 80, false, ""},
        {"http://10.0.0.1:65535/x?y", "10.0.0.1", 65535, false, ""},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct ds_proxy_setting got;
        assert_int_equal(ds_proxy_setting_parse(good[i].url, &got), 0);
        assert_string_equal(got.host, good[i].host);
        assert_int_equal(got.port, good[i].port);
        assert_int_equal(got.tls, good[i].tls);
        assert_string_equal(got.userinfo, good[i].userinfo);
    }
}

static void urls_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "http://",         "http://:80",      "http://a:0",       "http://a:65536",
        "http://a:x", "http://a:",       "http://[::1",     "http://[::1]x",    "http://a b",
        "http://%@a", "http://%0d%0a@a", "http://%00@a:80", "http://a:1234567",
    };
    struct ds_proxy_setting got;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ds_proxy_setting_parse(bad[i], &got), DS_EINVAL);
    assert_int_equal(ds_proxy_setting_parse("socks5://a:1080", &got), DS_EUNSUPPORTED);
    char *text = malloc(2000);
    memset(text, 'a', 1999);
    text[1999] = '\0';
    assert_int_equal(ds_proxy_setting_parse(text, &got), DS_EINVAL);
    text[1000] = '@';
    assert_int_equal(ds_proxy_setting_parse(text, &got), DS_EINVAL);
    free(text);
}

static void exceptions_hold_for_names_networks_and_ports(void **state)
{
    (void)state;
    static const struct {
        const char *list, *host;
        unsigned port;
        bool exempt;
    } cases[] = {
        {"", "relay.example", 0, false},
        {"*", "relay.example", 0, true},
        {"relay.example", "relay.example", 8200, true},
        {"RELAY.example", "relay.example", 8200, true},
        {"example", "relay.example", 0, true},
        {".example", "relay.example", 0, true},
        {"*.example", "relay.example", 0, true},
        {"lay.example", "relay.example", 0, false},
        {"relay.example:443", "relay.example", 443, true},
        {"relay.example:443", "relay.example", 8200, false},
        {"a, b ,relay.example", "relay.example", 0, true},
        {"a,,b", "relay.example", 0, false},
        {"10.0.0.0/8", "10.1.2.3", 0, true},
        {"10.0.0.0/8", "11.1.2.3", 0, false},
        {"10.1.2.128/25", "10.1.2.200", 0, true},
        {"10.1.2.128/25", "10.1.2.100", 0, false},
        {"10.1.2.3", "10.1.2.3", 0, true},
        {"10.1.2.3", "10.1.2.4", 0, false},
        {"0.0.0.0/0", "10.1.2.4", 0, true},
        {"2001:db8::/32", "2001:db8::7", 0, true},
        {"[2001:db8::7]:443", "2001:db8::7", 443, true},
        {"2001:db8::/32", "2001:db9::7", 0, false},
        {"10.0.0.0/99", "10.0.0.0", 0, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(ds_proxy_setting_exempts(cases[i].list, cases[i].host, cases[i].port),
                         cases[i].exempt);
}

static void the_environment_is_read_in_its_order(void **state)
{
    (void)state;
    struct ds_proxy_setting got;
    const char *const names[] = {"https_proxy", "HTTPS_PROXY", "http_proxy",
                                 "no_proxy",    "NO_PROXY",    "HTTP_PROXY"};
    for (size_t i = 0; i < 6; i++)
        unsetenv(names[i]);
    setenv("HTTP_PROXY", "http://never.example:1", 1);
    assert_int_equal(ds_proxy_setting_get("relay.example", 0, &got), 0);
    assert_string_equal(got.host, "");
    setenv("http_proxy", "http://three.example:1", 1);
    assert_int_equal(ds_proxy_setting_get("relay.example", 0, &got), 0);
    assert_string_equal(got.host, "three.example");
    setenv("HTTPS_PROXY", "http://two.example:1", 1);
    assert_int_equal(ds_proxy_setting_get("relay.example", 0, &got), 0);
    assert_string_equal(got.host, "two.example");
    setenv("https_proxy", "http://one.example:1", 1);
    assert_int_equal(ds_proxy_setting_get("relay.example", 0, &got), 0);
    assert_string_equal(got.host, "one.example");
    setenv("NO_PROXY", "relay.example", 1);
    assert_int_equal(ds_proxy_setting_get("relay.example", 0, &got), 0);
    assert_string_equal(got.host, "");
    setenv("no_proxy", "other.example", 1);
    setenv("https_proxy", "socks4://one.example:1", 1);
    assert_int_equal(ds_proxy_setting_get("relay.example", 0, &got), DS_EUNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_taken_apart),
        cmocka_unit_test(urls_that_make_no_sense_are_refused),
        cmocka_unit_test(exceptions_hold_for_names_networks_and_ports),
        cmocka_unit_test(the_environment_is_read_in_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
