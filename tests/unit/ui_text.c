/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translations, and that every marked string of the tree has its French. */
#include "common/ui/po/table.h"
#include "common/ui/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void french_is_found_and_english_is_the_key(void **state)
{
    (void)state;
    ds_text_choose("fr");
    assert_string_equal(DS_TR("Stop"), "Arr\xc3\xaater");
    assert_string_equal(ds_tr("no such text"), "no such text");
    ds_text_choose("en");
    assert_string_equal(DS_TR("Stop"), "Stop");
}

static void one_and_many_follow_each_language(void **state)
{
    (void)state;
    ds_text_choose("en");
    assert_string_equal(DS_TRN("%lu file", "%lu files", 0), "%lu files");
    assert_string_equal(DS_TRN("%lu file", "%lu files", 1), "%lu file");
    ds_text_choose("fr");
    assert_string_equal(DS_TRN("%lu file", "%lu files", 0), "%lu\xc2\xa0"
                                                            "fichier");
    assert_string_equal(DS_TRN("%lu file", "%lu files", 2), "%lu\xc2\xa0"
                                                            "fichiers");
}

static const char *after(const char *text)
{
    return text + strlen(text) + 1;
}

static void table_is_sorted_as_it_is_searched(void **state)
{
    const char *entry = ds_po_fr_texts();
    assert_non_null(entry);
    (void)state;
    assert_true(ds_po_fr_count > 0 && ds_po_fr_count <= DS_PO_MAX);
    for (size_t i = 1; i < ds_po_fr_count; i++) {
        const char *next = after(after(after(entry)));
        assert_true(strcmp(entry, next) < 0);
        entry = next;
    }
    ds_text_choose("fr");
    entry = ds_po_fr_texts();
    for (size_t i = 0; i < ds_po_fr_count; i++) {
        assert_ptr_equal(ds_tr(entry), after(entry));
        entry = after(after(after(entry)));
    }
}

static void expect_language(const char *all, const char *lang, const char *list, const char *want)
{
    all ? setenv("LC_ALL", all, 1) : unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    lang ? setenv("LANG", lang, 1) : unsetenv("LANG");
    list ? setenv("LANGUAGE", list, 1) : unsetenv("LANGUAGE");
    ds_text_choose(NULL);
    assert_string_equal(ds_text_language(), want);
}

static void language_is_chosen_as_gettext_does(void **state)
{
    (void)state;
    expect_language(NULL, NULL, NULL, "en");
    expect_language(NULL, "fr_FR.UTF-8", NULL, "fr");
    expect_language(NULL, "fr", NULL, "fr");
    expect_language("C.UTF-8", "fr_FR.UTF-8", "fr", "en");
    expect_language("", "fr_BE@euro", NULL, "fr");
    expect_language("en_GB.UTF-8", "fr_FR.UTF-8", NULL, "en");
    expect_language(NULL, "de_DE.UTF-8", NULL, "en");
    expect_language(NULL, "de_DE.UTF-8", "de:fr:en", "fr");
    expect_language(NULL, "fr_FR.UTF-8", "en:fr", "en");
    expect_language(NULL, "fry_NL.UTF-8", NULL, "en");
}

static void numbers_are_grouped_by_three(void **state)
{
    char out[32];
    (void)state;
    ds_text_grouped(out, sizeof out, "481926");
    assert_string_equal(out, "481\xc2\xa0"
                             "926");
    ds_text_grouped(out, sizeof out, "123456789");
    assert_string_equal(out, "123\xc2\xa0"
                             "456\xc2\xa0"
                             "789");
    ds_text_grouped(out, 5, "481926");
    assert_string_equal(out, "481");
}

static void stretches_of_time_read_naturally(void **state)
{
    char out[64];
    (void)state;
    ds_text_choose("en");
    ds_text_duration(out, sizeof out, 20);
    assert_string_equal(out, "less than a minute");
    ds_text_duration(out, sizeof out, 743);
    assert_string_equal(out, "12 min");
    ds_text_duration(out, sizeof out, 3599);
    assert_string_equal(out, "1 h 00");
    ds_text_duration(out, sizeof out, 3900);
    assert_string_equal(out, "1 h 05");
    ds_text_countdown(out, sizeof out, 581);
    assert_string_equal(out, "9:41");
    ds_text_countdown(out, sizeof out, 5);
    assert_string_equal(out, "0:05");
}

/* The template of every marked string, merged with fr.po, must have nothing untranslated or fuzzy.
 */
static void every_string_of_the_tree_has_french(void **state)
{
    (void)state;
    const char *source = getenv("DESKSIDE_SOURCE");
    char command[2048], line[512];
    if (!source)
        skip();
    snprintf(command, sizeof command,
             "cd '%s' && t=$(mktemp) && common/ui/po/extract.sh >$t && "
             "msgmerge --quiet --no-fuzzy-matching -o - common/ui/po/fr.po $t | "
             "msgattrib --untranslated --no-obsolete --no-wrap | grep '^msgid \"..*\"'; "
             "msgattrib --only-fuzzy common/ui/po/fr.po; rm -f $t",
             source);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    int missing = 0;
    while (fgets(line, sizeof line, pipe)) {
        print_error("no French: %s", line);
        missing++;
    }
    pclose(pipe);
    assert_int_equal(missing, 0);
}

/* French puts a space that does not break before : ; ? ! and uses the typographic apostrophe. */
static void french_has_french_typography(void **state)
{
    (void)state;
    const char *entry = ds_po_fr_texts();
    assert_non_null(entry);
    for (size_t i = 0; i < ds_po_fr_count; i++, entry = after(after(after(entry)))) {
        const char *text = after(entry);
        assert_null(strchr(text, '\''));
        assert_null(strchr(text, '"'));
        for (const char *p = strpbrk(text, ":;?!"); p; p = strpbrk(p + 1, ":;?!")) {
            bool is_time_or_key = p > text && p[1] != '\0' && p[1] != ' ' && p[1] != '\n';
            if (is_time_or_key)
                continue;
            assert_true(p - text >= 2);
            bool is_wide = memcmp(p - 2, "\xc2\xa0", 2) == 0;
            bool is_thin = p - text >= 3 && memcmp(p - 3, "\xe2\x80\xaf", 3) == 0;
            if (!is_wide && !is_thin)
                fail_msg("no space before %c in: %s", *p, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(french_is_found_and_english_is_the_key),
        cmocka_unit_test(one_and_many_follow_each_language),
        cmocka_unit_test(table_is_sorted_as_it_is_searched),
        cmocka_unit_test(language_is_chosen_as_gettext_does),
        cmocka_unit_test(numbers_are_grouped_by_three),
        cmocka_unit_test(stretches_of_time_read_naturally),
        cmocka_unit_test(every_string_of_the_tree_has_french),
        cmocka_unit_test(french_has_french_typography),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
