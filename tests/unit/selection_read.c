/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a selection: owners as they are, and as they should not be. */
#include "common/x11/selection_read.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { TARGETS = 100, UTF8, PLAIN, INCR, HINT, PNG, MOST = 16 };

static const struct ds_selection_atoms atoms = {.targets = TARGETS,
                                                .utf8 = UTF8,
                                                .plain_utf8 = PLAIN,
                                                .string = 31,
                                                .incr = INCR,
                                                .hint = HINT};

static struct ds_selection_read r;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(ds_selection_begin(&r, &atoms, MOST), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, TARGETS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_selection_end(&r);
    return 0;
}

static enum ds_selection_act list(const uint32_t *targets, size_t count)
{
    return ds_selection_take(
        &r, &(struct ds_selection_value){
                .type = XCB_ATOM_ATOM, .format = 32, .bytes = targets, .len = 4 * count});
}

static enum ds_selection_act bytes(xcb_atom_t type, const char *text)
{
    return ds_selection_take(&r,
                             &(struct ds_selection_value){
                                 .type = type, .format = 8, .bytes = text, .len = strlen(text)});
}

static void assert_text(const char *want)
{
    assert_int_equal(r.text.len, strlen(want));
    assert_memory_equal(ds_buf_peek(&r.text), want, strlen(want));
}

static void the_best_form_is_asked_for(void **state)
{
    (void)state;
    const uint32_t all[] = {PNG, 31, PLAIN, UTF8};
    assert_int_equal(list(all, 4), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, UTF8);
    assert_int_equal(bytes(UTF8, "\xc3\xa9t\xc3\xa9"), DS_SELECTION_DONE);
    assert_text("\xc3\xa9t\xc3\xa9");
}

static void string_is_latin_1(void **state)
{
    (void)state;
    const uint32_t only[] = {31};
    assert_int_equal(list(only, 1), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, 31);
    assert_int_equal(bytes(31, "\xe9t\xe9"), DS_SELECTION_DONE);
    assert_text("\xc3\xa9t\xc3\xa9");
}

static void a_picture_is_no_text(void **state)
{
    (void)state;
    const uint32_t only[] = {PNG};
    assert_int_equal(list(only, 1), DS_SELECTION_NOTHING);
}

static void programs_without_a_list_are_asked_for_text(void **state)
{
    (void)state;
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, UTF8);
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, 31);
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_NOTHING);
}

static void a_secret_is_not_read(void **state)
{
    (void)state;
    const uint32_t with[] = {HINT, UTF8};
    assert_int_equal(list(with, 2), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, HINT);
    assert_int_equal(bytes(HINT, "secret"), DS_SELECTION_NOTHING);
}

static void a_hint_that_is_not_told_counts_as_secret(void **state)
{
    (void)state;
    const uint32_t with[] = {UTF8, HINT};
    list(with, 2);
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_NOTHING);
}

static void another_hint_does_not_keep_the_text(void **state)
{
    (void)state;
    const uint32_t with[] = {UTF8, HINT};
    list(with, 2);
    assert_int_equal(bytes(HINT, "public"), DS_SELECTION_CONVERT);
    assert_int_equal(bytes(UTF8, "a"), DS_SELECTION_DONE);
}

static void a_hint_beyond_what_is_looked_at_is_asked_for(void **state)
{
    (void)state;
    static uint32_t many[DS_SELECTION_TARGETS + 1] = {UTF8};
    many[DS_SELECTION_TARGETS] = HINT;
    assert_int_equal(list(many, DS_SELECTION_TARGETS + 1), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, HINT);
}

/* As far as the text itself. */
static void at_text(void)
{
    const uint32_t only[] = {UTF8};
    assert_int_equal(list(only, 1), DS_SELECTION_CONVERT);
}

static void pieces_make_a_text(void **state)
{
    (void)state;
    at_text();
    assert_int_equal(bytes(INCR, "\x09\0\0\0"), DS_SELECTION_WAIT);
    /* told of by the event of the property that said INCR: there is none now */
    assert_int_equal(ds_selection_take(&r, &(struct ds_selection_value){.type = 0}),
                     DS_SELECTION_WAIT);
    assert_int_equal(bytes(UTF8, "caf\xc3"), DS_SELECTION_WAIT);
    assert_int_equal(bytes(UTF8, "\xa9 noir"), DS_SELECTION_WAIT);
    assert_int_equal(bytes(UTF8, ""), DS_SELECTION_DONE);
    assert_text("caf\xc3\xa9 noir");
}

static void pieces_that_are_too_much_are_taken_away_to_the_end(void **state)
{
    (void)state;
    at_text();
    assert_int_equal(bytes(INCR, "1234"), DS_SELECTION_WAIT);
    for (int i = 0; i < 10; i++)
        assert_int_equal(bytes(UTF8, "ten bytes."), DS_SELECTION_WAIT);
    assert_int_equal(r.text.len, 0);
    assert_int_equal(bytes(UTF8, ""), DS_SELECTION_TOO_LONG);
}

static void pieces_without_end_are_given_up(void **state)
{
    (void)state;
    static char piece[1 << 20];
    memset(piece, 'x', sizeof(piece) - 1);
    at_text();
    assert_int_equal(bytes(INCR, "1234"), DS_SELECTION_WAIT);
    unsigned i = 0;
    while (i < 1000 && bytes(UTF8, piece) == DS_SELECTION_WAIT)
        i++;
    assert_in_range(i, 60, 70);
    assert_int_equal(r.step, DS_SELECTION_OVER);
}

static void the_bound_is_exact(void **state)
{
    (void)state;
    at_text();
    assert_int_equal(bytes(UTF8, "0123456789abcdef"), DS_SELECTION_DONE);
    ds_selection_end(&r);
    set_up(state);
    at_text();
    assert_int_equal(bytes(UTF8, "0123456789abcdefg"), DS_SELECTION_TOO_LONG);
    ds_selection_end(&r);
    set_up(state);
    at_text();
    assert_int_equal(ds_selection_take(&r, &(struct ds_selection_value){.type = UTF8,
                                                                        .format = 8,
                                                                        .bytes = "abc",
                                                                        .len = 3,
                                                                        .has_more = true}),
                     DS_SELECTION_TOO_LONG);
}

static void what_is_no_text_is_nothing(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum ds_selection_act act;
    } cases[] = {
        {"\xff\xfe", 2, DS_SELECTION_NOTHING}, {"a\0b", 3, DS_SELECTION_NOTHING},
        {"", 0, DS_SELECTION_NOTHING},         {"\0\0", 2, DS_SELECTION_NOTHING},
        {"abc\0", 4, DS_SELECTION_DONE}, /* the end of a C string, counted in */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_up(state);
        at_text();
        assert_int_equal(ds_selection_take(&r, &(struct ds_selection_value){.type = UTF8,
                                                                            .format = 8,
                                                                            .bytes = cases[i].bytes,
                                                                            .len = cases[i].len}),
                         cases[i].act);
        ds_selection_end(&r);
    }
}

static void latin_1_has_question_marks_for_the_rest(void **state)
{
    (void)state;
    char out[16];
    const char *text = "a\xc3\xa9\xe2\x82\xac";
    assert_int_equal(ds_selection_to_latin1(text, strlen(text), out), 3);
    assert_memory_equal(out, "a\xe9?", 3);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_best_form_is_asked_for),
        CASE(string_is_latin_1),
        CASE(a_picture_is_no_text),
        CASE(programs_without_a_list_are_asked_for_text),
        CASE(a_secret_is_not_read),
        CASE(a_hint_that_is_not_told_counts_as_secret),
        CASE(another_hint_does_not_keep_the_text),
        CASE(a_hint_beyond_what_is_looked_at_is_asked_for),
        CASE(pieces_make_a_text),
        CASE(pieces_that_are_too_much_are_taken_away_to_the_end),
        CASE(pieces_without_end_are_given_up),
        CASE(the_bound_is_exact),
        CASE(what_is_no_text_is_nothing),
        cmocka_unit_test(latin_1_has_question_marks_for_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
