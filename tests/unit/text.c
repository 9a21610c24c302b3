/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool is_utf8(const char *text)
{
    return ds_text_is_utf8(text, strlen(text));
}

static void every_character_survives_writing_and_reading(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char bytes[4];
        size_t n = ds_text_put(c, bytes);
        bool is_character = c > 0 && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
        assert_int_equal(n > 0, is_character);
        if (n == 0)
            continue;
        assert_int_equal(n, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        assert_true(ds_text_is_utf8(bytes, n));
        for (size_t cut = 1; cut < n; cut++)
            assert_false(ds_text_is_utf8(bytes, cut));
        const char *at = bytes;
        assert_int_equal(ds_text_next(&at, bytes + n), c);
        assert_ptr_equal(at, bytes + n);
        assert_int_equal(ds_text_next(&at, bytes + n), 0);
    }
}

static void bad_utf8_is_refused(void **state)
{
    (void)state;
    assert_true(is_utf8(""));
    assert_true(is_utf8("Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80"));
    static const char *const bad[] = {
        "\x80",             /* continuation alone */
        "\xc0\x80",         /* overlong NUL */
        "\xc1\xbf",         /* overlong */
        "\xe0\x80\xaf",     /* overlong / */
        "\xf0\x80\x80\xaf", /* overlong / */
        "\xed\xa0\x80",     /* surrogate */
        "\xed\xbf\xbf",     /* surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "a\xc3",        /* cut */
        "\xe2\x82",     /* cut */
        "\xf0\x9f\x98", /* cut */
        "\xc3\xc3",     /* no continuation */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(is_utf8(bad[i]));
}

static void assert_shown(const char *text, size_t size, const char *want)
{
    char out[64];
    memset(out, 'X', sizeof(out));
    ds_text_for_display(out, size, text);
    assert_string_equal(out, want);
    assert_int_equal(out[size], 'X');
}

static void a_strangers_name_is_safe_to_show(void **state)
{
    (void)state;
    assert_shown("Dana R.", 32, "Dana R.");
    assert_shown("Zo\xc3\xab", 32, "Zo\xc3\xab");
    assert_shown("two\r\nlines\tand\x1b[31m colour", 48, "twolinesand[31m colour");
    assert_shown("\xe2\x80\xae"
                 "gpj.exe",
                 32, "gpj.exe"); /* override */
    assert_shown("a\xe2\x81\xa6"
                 "b\xe2\x81\xa9"
                 "c",
                 32, "abc"); /* isolates */
    assert_shown("a\xe2\x80\x8b"
                 "b\xe2\x80\xa8"
                 "c\xc2\x85"
                 "d",
                 32, "abcd"); /* invisible */
    assert_shown("bad \xff byte", 32, "bad \xef\xbf\xbd byte");
    assert_shown("\x7f\xef\xbb\xbf", 32, "");
    assert_shown("", 1, "");
}

static void a_name_is_cut_between_characters(void **state)
{
    (void)state;
    assert_shown("abcdef", 4, "abc");
    assert_shown("ab\xc3\xa9", 4, "ab");
    assert_shown("ab\xc3\xa9", 5, "ab\xc3\xa9");
    assert_shown("\xf0\x9f\x98\x80", 4, "");
    assert_shown("abc", 1, "");
    char none = 'X';
    ds_text_for_display(&none, 0, "abc");
    assert_int_equal(none, 'X');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_survives_writing_and_reading),
        cmocka_unit_test(bad_utf8_is_refused),
        cmocka_unit_test(a_strangers_name_is_safe_to_show),
        cmocka_unit_test(a_name_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
