/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of files as other programs write them. */
#include "common/service/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char path[DS_URI_PATH];

/* Wanted: one word an entry; "-" for one that is no file here. */
static void check(const char *list, size_t len, const char *const *wanted, size_t count)
{
    char *exact = malloc(len + 1); /* reading behind it would be seen */
    memcpy(exact, list, len);
    char *tight = realloc(exact, len ? len : 1);
    const char *at = tight;
    for (size_t i = 0; i < count; i++) {
        enum ds_uri got = ds_uri_next(&at, tight + len, "desk7", path);
        if (strcmp(wanted[i], "-") == 0) {
            assert_int_equal(DS_URI_OTHER, got);
        } else {
            assert_int_equal(DS_URI_FILE, got);
            assert_string_equal(wanted[i], path);
        }
    }
    assert_int_equal(DS_URI_END, ds_uri_next(&at, tight + len, "desk7", path));
    assert_int_equal(DS_URI_END, ds_uri_next(&at, tight + len, "desk7", path));
    free(tight);
}

#define CHECK(list, ...)                                                                           \
    do {                                                                                           \
        const char *const wanted[] = {__VA_ARGS__};                                                \
        check(list, sizeof(list) - 1, wanted, sizeof(wanted) / sizeof(wanted[0]));                 \
    } while (0)

static void many_files_come_in_order(void **state)
{
    (void)state;
    CHECK("file:///a\r\nfile:///b/c\r\n", "/a", "/b/c");
    CHECK("file:///a\nfile:///b", "/a", "/b");
    CHECK("# a comment\r\n\r\nfile:///a\r\n# another\r\n", "/a");
    CHECK("file:///a\r\n\0", "/a");
    CHECK("file:///a\0", "/a");
    check("", 0, NULL, 0);
}

static void escaped_bytes_are_undone_once(void **state)
{
    (void)state;
    CHECK("file:///home/a%20b/%C3%A9.txt", "/home/a b/é.txt");
    CHECK("file:///100%2525", "/100%25");
    CHECK("file:///%e9", "/\xe9"); /* no UTF-8: a name all the same */
    CHECK("file:///a%", "/a%");    /* an end in the middle */
    CHECK("file:///a%4", "/a%4");
    CHECK("file:///a%zz", "/a%zz");
    CHECK("file:///a%0Ab", "/a\nb");
    CHECK("file:///a%00b", "-");
    CHECK("file:///a\0b", "-");
}

static void only_this_machines_files_are_files(void **state)
{
    (void)state;
    CHECK("file://localhost/a", "/a");
    CHECK("FILE://LocalHost/a", "/a");
    CHECK("file://desk7/a", "/a");
    CHECK("file:/a", "/a");
    CHECK("/plain/path with blanks", "/plain/path with blanks");
    CHECK("/not%20undone", "/not%20undone");
    CHECK("file://desk8/a\nhttps://example.org/\nmailto:a@b\nsftp://h/a\nname\nfile:", "-", "-",
          "-", "-", "-", "-");
    CHECK("file:a", "-");
    CHECK("file://desk7", "-");
    CHECK("file://", "-");
}

static void a_path_longer_than_a_path_is_none(void **state)
{
    (void)state;
    static char list[DS_URI_PATH + 64];
    char wanted[DS_URI_PATH + 1];
    for (size_t n = DS_URI_PATH - 1; n <= DS_URI_PATH; n++) {
        memcpy(list, "file:///", 8);
        memset(list + 8, 'x', n - 1);
        memset(wanted, 'x', n);
        wanted[0] = '/';
        wanted[n] = '\0';
        const char *const entries[] = {n < DS_URI_PATH ? wanted : "-"};
        check(list, 7 + n, entries, 1);
        check(list + 7, n, entries, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_files_come_in_order),
        cmocka_unit_test(escaped_bytes_are_undone_once),
        cmocka_unit_test(only_this_machines_files_are_files),
        cmocka_unit_test(a_path_longer_than_a_path_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
