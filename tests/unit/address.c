/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void hosts_and_ports_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        unsigned port;
    } cases[] = {
        {"help.acme.example", "help.acme.example", 0},
        {"Help.ACME.example:443", "help.acme.example", 443},
        {"192.0.2.7:8200", "192.0.2.7", 8200},
        {"[2001:DB8::1]:80", "2001:db8::1", 80},
        {"[::1]", "::1", 0},
        {"2001:db8::1", "2001:db8::1", 0},
        {"localhost:65535", "localhost", 65535},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char host[256];
        unsigned port = 1;
        assert_true(ds_address_parse(cases[i].text, host, sizeof(host), &port));
        assert_string_equal(cases[i].host, host);
        assert_int_equal(cases[i].port, port);
    }
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",        ":",      ":80",       "host:",  "host:0", "host:65536",
        "host:8x", "[::1",   "[::1]80",   "[host]", "a b",    "-host",
        "1:2:3",   "host/x", "h\nost:80", "[]:80",  ".host",  "host:000080"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char host[256];
        unsigned port;
        if (ds_address_parse(wrong[i], host, sizeof(host), &port))
            fail_msg("\"%s\" was taken for an address", wrong[i]);
    }
    char small[5];
    unsigned port;
    assert_false(ds_address_parse("12345", small, sizeof(small), &port));
    assert_true(ds_address_parse("1234", small, sizeof(small), &port));
}

static void a_host_has_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *host, *form;
    } cases[] = {{"Relay.Example", "relay.example"},
                 {"relay.example.", "relay.example"},
                 {"192.0.2.1", "192.0.2.1"},
                 {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
                 {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
                 {"fe80::1%eth0", "fe80::1%eth0"}};
    char form[256];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(ds_address_normalize(cases[i].host, form, sizeof(form)));
        assert_string_equal(form, cases[i].form);
    }
    static const char *const wrong[] = {"", "a b", "a/b", "a@b", "[::1]", "a\nb", "\x7f"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(ds_address_normalize(wrong[i], form, sizeof(form)));
    assert_false(ds_address_normalize("12345", form, 5));
    assert_true(ds_address_normalize("1234", form, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_ports_are_told_apart),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_host_has_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
