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

static void devices_of_other_systems_are_not_their_names(void **state)
{
    (void)state;
    assert_clean("_CON", "CON");
    assert_clean("_nul.txt", "nul.txt");
    assert_clean("_Com1.tar.gz", "Com1.tar.gz");
    assert_clean("_LPT9", "LPT9");
    assert_clean("COM0", "COM0");
    assert_clean("console", "console");
    assert_clean("com10", "com10");
}

static void assert_path(const char *wanted, const char *raw)
{
    char out[DS_TREE_PATH];
    assert_true(ds_file_path_clean(out, raw));
    assert_string_equal(wanted, out);
}

static void paths_are_cleaned_component_by_component(void **state)
{
    (void)state;
    assert_path("a/b/c.txt", "a/b/c.txt");
    assert_path("a/.git/config", "a/.git/config");
    assert_path("git/.git", ".git/.git"); /* what was chosen itself is never hidden */
    assert_path("a/_rf/b_c", "a/-rf/b:c");
    assert_path("a/_nul/x_.._y", "a/nul/x\\..\\y");
    assert_path("a/file/b", "a/ /b");
    assert_path("a/file", "a/...");
}

static void paths_that_lead_away_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",       "/",    "/etc/passwd", "..",   ".",  "a/..",
                                      "a/../b", "../a", "a/./b",       "a//b", "a/", "./a"};
    char out[DS_TREE_PATH], deep[2 * DS_FILE_DEPTH + 3] = "";
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(ds_file_path_clean(out, bad[i]));
    for (unsigned i = 0; i < DS_FILE_DEPTH - 1; i++)
        strcat(deep, "a/");
    strcat(deep, "a");
    assert_true(ds_file_path_clean(out, deep));
    strcat(deep, "/a");
    assert_false(ds_file_path_clean(out, deep));
    char longest[DS_TREE_PATH];
    memset(longest, 'x', sizeof(longest));
    for (size_t i = 200; i < sizeof(longest); i += 201)
        longest[i] = '/';
    longest[4096] = '\0';
    assert_true(ds_file_path_clean(out, longest));
    assert_true(strlen(out) <= 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_names_stay),
        cmocka_unit_test(hostile_names_become_one_plain_component),
        cmocka_unit_test(long_names_keep_their_extension_and_their_characters),
        cmocka_unit_test(numbers_stand_before_the_extension),
        cmocka_unit_test(devices_of_other_systems_are_not_their_names),
        cmocka_unit_test(paths_are_cleaned_component_by_component),
        cmocka_unit_test(paths_that_lead_away_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
