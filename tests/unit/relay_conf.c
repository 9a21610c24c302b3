/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "relay/desk/conf.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct relay_conf conf;
static char message[256];

static int parse(const char *text)
{
    return relay_conf_parse(&conf, text, "relay.conf", message, sizeof(message));
}

static void expect(const char *text, const char *wanted)
{
    assert_int_equal(parse(text), DS_EINVAL);
    assert_string_equal(message, wanted);
}

static void defaults_are_the_documented_ones(void **state)
{
    (void)state;
    assert_int_equal(parse("host = relay.example"), DS_OK);
    assert_int_equal(conf.port_count, 3);
    assert_int_equal(conf.ports[0], 80);
    assert_int_equal(conf.ports[1], 443);
    assert_int_equal(conf.ports[2], 8200);
    assert_int_equal(conf.handshake_ms, 3000);
    assert_int_equal(conf.hello_ms, 10000);
    assert_int_equal(conf.code_life_s, 900);
    assert_int_equal(conf.wrong_codes_per_address, 10);
    assert_int_equal(conf.wrong_codes_per_net, 30);
    assert_int_equal(conf.heartbeat_ms, DS_HEARTBEAT_MS);
    assert_int_equal(conf.dead_ms, DS_DEAD_AFTER_MS);
}

static void every_problem_names_its_line(void **state)
{
    (void)state;
    expect("host = a\n\n# x\ncolour = red\n",
           "relay.conf, line 4: there is no setting named \"colour\".");
    expect("host = a\nlegs_max = -1\n",
           "relay.conf, line 2: legs_max must be a number from 2 to 200000.");
    expect("host = a\nlegs_max = 5x\n",
           "relay.conf, line 2: legs_max must be a number from 2 to 200000.");
    expect("host = a\nlegs_max =\n",
           "relay.conf, line 2: legs_max must be a number from 2 to 200000.");
    expect("host = a\nlegs_max = 99999999999999999999\n",
           "relay.conf, line 2: legs_max must be a number from 2 to 200000.");
    expect("host = a b\n", "relay.conf, line 1: host must be a host name or an address.");
    expect("host = a\nhost = b\n", "relay.conf, line 2: host is given twice.");
    expect("[relay]\nhost = a\n", "relay.conf, line 2: sections are not used in this file.");
    expect("host = a\nnonsense\n",
           "relay.conf, line 2: this is neither \"name = value\" nor a comment.");
    expect("host = a\nproxied = perhaps\n", "relay.conf, line 2: proxied must be yes or no.");
    expect("ports = 1\n", "relay.conf: host is missing.");
    expect("host = a\nheartbeat_ms = 9000\n",
           "relay.conf: dead_ms must be at least twice heartbeat_ms.");
    expect("host = a\nports = 1,2,3,4,5,6,7,8,9\n",
           "relay.conf, line 2: ports must be up to 8 different numbers from 0 to 65535, with "
           "commas between.");
}

static void ports_may_be_given_in_many_ways(void **state)
{
    (void)state;
    assert_int_equal(parse("host=a\nports= 443 , 80,0,0"), DS_OK);
    assert_int_equal(conf.port_count, 4);
    assert_int_equal(relay_conf_parse_ports(&conf, "80,80"), DS_EINVAL);
    assert_int_equal(relay_conf_parse_ports(&conf, "65536"), DS_EINVAL);
    assert_int_equal(relay_conf_parse_ports(&conf, ""), DS_EINVAL);
    assert_int_equal(relay_conf_parse_ports(&conf, "80,"), DS_EINVAL);
    assert_int_equal(conf.port_count, 4); /* untouched by what failed */
}

static void hosts_are_names_or_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"localhost", "help.acme.example", "192.0.2.7", "2001:db8::1",
                                       "a-b.c"};
    static const char *const bad[] = {"",         "-a", "a-", "a..b",  "a_b",  "a b",
                                      "http://a", "a.", ".a", "[::1]", "a\nb", "<b>"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(relay_conf_is_host(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(relay_conf_is_host(bad[i]));
}

static void what_init_writes_is_read_back_as_the_defaults(void **state)
{
    (void)state;
    char folder[256], path[300];
    struct relay_conf written;
    relay_conf_defaults(&written);
    snprintf(written.host, sizeof(written.host), "relay.example");
    snprintf(written.org, sizeof(written.org), "Acme Support");
    relay_conf_parse_ports(&written, "0,8200");
    test_folder_make(folder, sizeof(folder));
    snprintf(path, sizeof(path), "%s/relay.conf", folder);
    assert_int_equal(relay_conf_write(&written, path), DS_OK);
    assert_int_equal(relay_conf_read(&conf, path, message, sizeof(message)), DS_OK);
    assert_memory_equal(&conf, &written, sizeof(conf));
    /* Every key is in it: uncommented, the file is still right. */
    size_t len;
    char *text = test_file_read(path, &len);
    for (char *at = text; (at = strstr(at, "\n#")) != NULL; at++) {
        if (at[2] != ' ')
            at[1] = ' ';
    }
    for (char *at = text; *at; at++) {
        if (at[0] == '\n' && at[1] == ' ')
            at[1] = '\n';
    }
    assert_int_equal(parse(text), DS_OK);
    assert_memory_equal(&conf, &written, sizeof(conf));
    assert_int_equal(relay_conf_write(&written, path), DS_EIO); /* never over a file */
    free(text);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_documented_ones),
        cmocka_unit_test(every_problem_names_its_line),
        cmocka_unit_test(ports_may_be_given_in_many_ways),
        cmocka_unit_test(hosts_are_names_or_addresses),
        cmocka_unit_test(what_init_writes_is_read_back_as_the_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
