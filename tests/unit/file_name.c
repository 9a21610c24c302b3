/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/file_name.h"

#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_clean(const char *wanted, const char *raw)
{
    char out[DS_FILE_NAME];
    ds_file_name_clean(out, raw);
    assert_string_equal(wanted, out);
}

static void ordinary_names_stay(void **state)
{
    (void)state;
    assert_clean("report.pdf", "report.pdf");
    assert_clean("Résumé de l’été.tar.gz", "Résumé de l’été.tar.gz");
    assert_clean("a b (1).txt", "a b (1).txt");
}

static void hostile_names_become_one_plain_component(void **state)
{
    (void)state;
    assert_clean("passwd", "../../etc/passwd");
    assert_clean("passwd", "/etc/passwd");
    assert_clean("cmd.exe", "C:\\windows\\cmd.exe");
    assert_clean("b", "a\\/b");
    assert_clean("file", "..");
    assert_clean("file", ".");
    assert_clean("file", "");
    assert_clean("file", "evil/");
    assert_clean("file", "evil\\");
    assert_clean("bashrc", ".bashrc");
    assert_clean("bashrc", ". .. .bashrc");
    assert_clean("a", "a. . .");
    assert_clean("_rf", "-rf");
    assert_clean("a_b______", "a:b*?\"<>|");
    assert_clean("ab", "a\nb\r\x1b\t");
    assert_clean("a\xef\xbf\xbd", "a\xff");
    assert_clean("fdp.exe", "\xe2\x80\xae"
                            "fdp.exe");   /* right-to-left override */
    assert_clean("\xef\xbf\xbd", "\xc0"); /* half a character */
}

static void long_names_keep_their_extension_and_their_characters(void **state)
{
    (void)state;
    char raw[DS_FILE_NAME * 2], out[DS_FILE_NAME];
    memset(raw, 'x', sizeof(raw));
    strcpy(raw + 400, ".pdf");
    ds_file_name_clean(out, raw);
    assert_int_equal(200, strlen(out));
    assert_string_equal(".pdf", out + 196);
    for (size_t i = 0; i < 300; i += 2)
        memcpy(raw + i, "\xc3\xa9", 2);
    raw[300] = '\0';
    for (size_t shift = 0; shift < 2; shift++) {
        ds_file_name_clean(out, shift ? "" : raw);
        assert_true(ds_text_is_utf8(out, strlen(out)));
        assert_true(strlen(out) <= 200);
    }
    memmove(raw + 1, raw, 300);
    raw[0] = 'x';
    ds_file_name_clean(out, raw);
    assert_true(ds_text_is_utf8(out, strlen(out)));
}

static void numbers_stand_before_the_extension(void **state)
{
    (void)state;
    char out[DS_FILE_NAME], name[DS_FILE_NAME];
    ds_file_name_number(out, "report.pdf", 2);
    assert_string_equal("report (2).pdf", out);
    ds_file_name_number(out, "report", 12);
    assert_string_equal("report (12)", out);
    memset(name, 'n', 200);
    name[200] = '\0';
    ds_file_name_number(out, name, 1000);
    assert_string_equal("n (1000)", out + 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_names_stay),
        cmocka_unit_test(hostile_names_become_one_plain_component),
        cmocka_unit_test(long_names_keep_their_extension_and_their_characters),
        cmocka_unit_test(numbers_stand_before_the_extension),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
