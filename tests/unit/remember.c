/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/remember.h"
#include "tests/support/folder.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256], file[300];

static int fresh(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    snprintf(file, sizeof(file), "%s/deskside/ways", folder);
    setenv("XDG_STATE_HOME", folder, 1);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static void what_is_put_is_got(void **state)
{
    (void)state;
    struct ds_route way = {0, 443, DS_CARRIER_WSS}, got = {7, 7, DS_CARRIER_TLS};
    struct stat info;
    assert_false(ds_remember_get("relay.example", 0, false, &got));
    ds_remember_put("relay.example", 0, false, &way);
    assert_true(ds_remember_get("relay.example", 0, false, &got));
    assert_int_equal(got.port, 443);
    assert_int_equal(got.carrier, DS_CARRIER_WSS);
    /* Another port asked for, another way out, another relay: not the same. */
    assert_false(ds_remember_get("relay.example", 443, false, &got));
    assert_false(ds_remember_get("relay.example", 0, true, &got));
    assert_false(ds_remember_get("other.example", 0, false, &got));
    assert_int_equal(stat(file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    char *text = test_file_read(file, NULL);
    assert_string_equal(text, "relay.example 0 direct 443 wss\n");
    free(text);
}

static void the_newest_stand_first_and_the_oldest_go(void **state)
{
    (void)state;
    struct ds_route got = {0};
    for (unsigned i = 0; i < 40; i++) {
        char host[32];
        struct ds_route way = {0, 1000 + i, DS_CARRIER_TLS};
        snprintf(host, sizeof(host), "r%u.example", i % 20);
        ds_remember_put(host, 0, false, &way);
    }
    assert_true(ds_remember_get("r19.example", 0, false, &got));
    assert_int_equal(got.port, 1039);
    assert_true(ds_remember_get("r4.example", 0, false, &got));
    assert_int_equal(got.port, 1024);
    assert_false(ds_remember_get("r3.example", 0, false, &got));
    char *text = test_file_read(file, NULL);
    assert_int_equal(strncmp(text, "r19.example 0 direct 1039 tls\n", 30), 0);
    free(text);
}

static void bad_content_is_ignored(void **state)
{
    (void)state;
    struct ds_route got = {0}, way = {0, 80, DS_CARRIER_WS};
    char folder_path[300];
    snprintf(folder_path, sizeof(folder_path), "%s/deskside", folder);
    assert_int_equal(mkdir(folder_path, 0700), 0);
    test_file_write(file, "\xff\xfe nonsense\n\n"
                          "relay.example 0 direct 0 tls\n"
                          "relay.example 0 direct 65536 tls\n"
                          "relay.example 0 direct 443 sctp\n"
                          "relay.example 0 sideways 443 tls\n"
                          "relay.example 0 direct 443 tls more\n"
                          "relay.example -1 direct 443 tls\n"
                          "relay.example 0 direct 443\n"
                          "good.example 0 direct 8200 tls\n");
    assert_false(ds_remember_get("relay.example", 0, false, &got));
    assert_true(ds_remember_get("good.example", 0, false, &got));
    ds_remember_put("relay.example", 0, false, &way);
    char *text = test_file_read(file, NULL);
    assert_string_equal(text, "relay.example 0 direct 80 ws\ngood.example 0 direct 8200 tls\n");
    free(text);
}

static void a_huge_file_and_a_folder_do_no_harm(void **state)
{
    (void)state;
    struct ds_route got = {0}, way = {0, 80, DS_CARRIER_WS};
    char path[320];
    snprintf(path, sizeof(path), "%s/deskside", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    char *text = malloc(1u << 20);
    memset(text, 'x', (1u << 20) - 1);
    text[(1u << 20) - 1] = '\0';
    test_file_write(file, text);
    free(text);
    assert_false(ds_remember_get("relay.example", 0, false, &got));
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkdir(file, 0700), 0); /* a folder in the file's place */
    assert_false(ds_remember_get("relay.example", 0, false, &got));
    ds_remember_put("relay.example", 0, false, &way);
    setenv("XDG_STATE_HOME", "/proc/nowhere", 1); /* cannot be made */
    ds_remember_put("relay.example", 0, false, &way);
    assert_false(ds_remember_get("relay.example", 0, false, &got));
}

static void without_xdg_the_home_is_used(void **state)
{
    (void)state;
    struct ds_route way = {0, 80, DS_CARRIER_WS}, got = {0};
    setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    setenv("HOME", folder, 1);
    ds_remember_put("relay.example", 0, false, &way);
    char path[320];
    snprintf(path, sizeof(path), "%s/.local/state/deskside/ways", folder);
    assert_int_equal(access(path, R_OK), 0);
    assert_true(ds_remember_get("relay.example", 0, false, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_put_is_got, fresh, clean),
        cmocka_unit_test_setup_teardown(the_newest_stand_first_and_the_oldest_go, fresh, clean),
        cmocka_unit_test_setup_teardown(bad_content_is_ignored, fresh, clean),
        cmocka_unit_test_setup_teardown(a_huge_file_and_a_folder_do_no_harm, fresh, clean),
        cmocka_unit_test_setup_teardown(without_xdg_the_home_is_used, fresh, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
