/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/edit.h"

#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char buffer[64];
static struct ds_edit edit;

static int set_up(void **state)
{
    (void)state;
    memset(buffer, 0, sizeof buffer);
    ds_edit_init(&edit, buffer, sizeof buffer);
    return 0;
}

static void caret_moves_by_characters_not_bytes(void **state)
{
    (void)state;
    ds_edit_set(&edit, "a\xc3\xa9\xe2\x82\xac");
    assert_int_equal(edit.caret, 6);
    ds_edit_move(&edit, -1, DS_EDIT_CHARACTER, false);
    assert_int_equal(edit.caret, 3);
    ds_edit_move(&edit, -1, DS_EDIT_CHARACTER, false);
    assert_int_equal(edit.caret, 1);
    ds_edit_move(&edit, 1, DS_EDIT_CHARACTER, false);
    assert_int_equal(edit.caret, 3);
}

static void combining_marks_stay_with_their_base(void **state)
{
    (void)state;
    ds_edit_set(&edit, "xe\xcc\x81y"); /* e and U+0301 */
    ds_edit_move(&edit, -1, DS_EDIT_CHARACTER, false);
    assert_int_equal(edit.caret, 4);
    ds_edit_erase(&edit, -1, DS_EDIT_CHARACTER);
    assert_string_equal(edit.text, "xy");
}

static void typing_replaces_the_selection(void **state)
{
    (void)state;
    ds_edit_set(&edit, "hello world");
    ds_edit_select_word(&edit, 8);
    size_t from, to;
    assert_true(ds_edit_selection(&edit, &from, &to));
    assert_int_equal(from, 6);
    assert_int_equal(to, 11);
    assert_true(ds_edit_insert(&edit, "d\xc3\xa9j\xc3\xa0"));
    assert_string_equal(edit.text, "hello d\xc3\xa9j\xc3\xa0");
    assert_false(ds_edit_selection(&edit, &from, &to));
}

static void words_are_erased_as_a_whole(void **state)
{
    (void)state;
    ds_edit_set(&edit, "un caf\xc3\xa9, noir");
    ds_edit_erase(&edit, -1, DS_EDIT_WORD);
    assert_string_equal(edit.text, "un caf\xc3\xa9, ");
    ds_edit_erase(&edit, -1, DS_EDIT_WORD);
    assert_string_equal(edit.text, "un ");
    assert_false(ds_edit_erase(&edit, 1, DS_EDIT_WORD));
}

static void what_does_not_fit_is_dropped_between_characters(void **state)
{
    char small[6] = "";
    (void)state;
    ds_edit_init(&edit, small, sizeof small);
    ds_edit_insert(&edit, "ab\xe2\x82\xac\xe2\x82\xac");
    assert_string_equal(edit.text, "ab\xe2\x82\xac");
    assert_false(ds_edit_insert(&edit, "\xc3\xa9"));
    assert_int_equal(edit.len, 5);
}

static void line_ends_and_controls_become_one_space(void **state)
{
    (void)state;
    ds_edit_insert(&edit, "a\r\n\tb\x01"
                          "c");
    assert_string_equal(edit.text, "a b c");
}

static void bad_utf8_is_left_out(void **state)
{
    (void)state;
    ds_edit_insert(&edit, "a\xff\xc3(b\xed\xa0\x80");
    assert_string_equal(edit.text, "a(b");
    char bad[] = "\xff\xfe";
    ds_edit_init(&edit, bad, sizeof bad);
    assert_int_equal(edit.len, 0);
}

static void a_code_takes_nine_digits_however_it_is_written(void **state)
{
    (void)state;
    edit.digits_only = true;
    edit.most = 9;
    ds_edit_insert(&edit, " 123-456 789\n0");
    assert_string_equal(edit.text, "123456789");
    ds_edit_select_all(&edit);
    ds_edit_insert(&edit, "\xef\xbc\x91\xef\xbc\x92"); /* full-width 1 and 2 */
    assert_string_equal(edit.text, "12");
}

static void selection_grows_with_shift_and_collapses_without(void **state)
{
    size_t from, to;
    (void)state;
    ds_edit_set(&edit, "abcd");
    ds_edit_move(&edit, -1, DS_EDIT_CHARACTER, true);
    ds_edit_move(&edit, -1, DS_EDIT_CHARACTER, true);
    assert_true(ds_edit_selection(&edit, &from, &to));
    assert_int_equal(from, 2);
    ds_edit_move(&edit, -1, DS_EDIT_CHARACTER, false);
    assert_int_equal(edit.caret, 2);
    ds_edit_move(&edit, -1, DS_EDIT_ALL, false);
    assert_int_equal(edit.caret, 0);
}

static void erased_and_wiped_text_leaves_no_bytes_behind(void **state)
{
    (void)state;
    ds_edit_set(&edit, "secret");
    ds_edit_erase(&edit, -1, DS_EDIT_WORD);
    for (size_t i = 0; i < sizeof buffer; i++)
        assert_int_equal(buffer[i], 0);
    ds_edit_set(&edit, "secret");
    ds_edit_wipe(&edit);
    for (size_t i = 0; i < sizeof buffer; i++)
        assert_int_equal(buffer[i], 0);
}

/* Whatever is done, the text stays valid, bounded and the caret between characters. */
static void nothing_breaks_the_text(void **state)
{
    static const char *const pieces[] = {"a",
                                         "\xc3\xa9",
                                         "e\xcc\x81",
                                         "\xf0\x9f\x91\x8d",
                                         " ",
                                         "\xff",
                                         "long enough to overflow it"};
    uint32_t seed = 7;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        int direction = seed & 0x10000 ? 1 : -1;
        enum ds_edit_unit unit = seed >> 20 & 1 ? DS_EDIT_WORD : DS_EDIT_CHARACTER;
        switch (seed >> 24 & 3) {
        case 0:
            ds_edit_insert(&edit, pieces[(seed >> 8) % 7]);
            break;
        case 1:
            ds_edit_erase(&edit, direction, unit);
            break;
        case 2:
            ds_edit_move(&edit, direction, unit, seed >> 21 & 1);
            break;
        default:
            ds_edit_place(&edit, (seed >> 8) % 80, seed >> 21 & 1);
            break;
        }
        assert_true(edit.len < sizeof buffer && strlen(buffer) == edit.len);
        assert_true(ds_text_is_utf8(buffer, edit.len));
        assert_true(edit.caret <= edit.len && edit.anchor <= edit.len);
        assert_true(ds_text_is_utf8(buffer, edit.caret));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(caret_moves_by_characters_not_bytes, set_up),
        cmocka_unit_test_setup(combining_marks_stay_with_their_base, set_up),
        cmocka_unit_test_setup(typing_replaces_the_selection, set_up),
        cmocka_unit_test_setup(words_are_erased_as_a_whole, set_up),
        cmocka_unit_test_setup(what_does_not_fit_is_dropped_between_characters, set_up),
        cmocka_unit_test_setup(line_ends_and_controls_become_one_space, set_up),
        cmocka_unit_test_setup(bad_utf8_is_left_out, set_up),
        cmocka_unit_test_setup(a_code_takes_nine_digits_however_it_is_written, set_up),
        cmocka_unit_test_setup(selection_grows_with_shift_and_collapses_without, set_up),
        cmocka_unit_test_setup(erased_and_wiped_text_leaves_no_bytes_behind, set_up),
        cmocka_unit_test_setup(nothing_breaks_the_text, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
