/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking for a selection: owners as they are, and as they should not be. */
#include "common/x11/selection_read.h"

#include "common/base/error.h"
#include "common/x11/selection_content.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { TARGETS = 100, UTF8, PLAIN, INCR, HINT, HTML, PNG, MARKER, OTHER };

static const struct ds_selection_atoms atoms = {.targets = TARGETS,
                                                .utf8 = UTF8,
                                                .plain_utf8 = PLAIN,
                                                .incr = INCR,
                                                .hint = HINT,
                                                .html = HTML,
                                                .png = PNG,
                                                .marker = MARKER};

static struct ds_selection_read r;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(ds_selection_look(&r, &atoms), DS_SELECTION_CONVERT);
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

static enum ds_selection_act bytes_of(xcb_atom_t type, const char *bytes, size_t len, bool has_more,
                                      bool is_rest)
{
    return ds_selection_take(&r, &(struct ds_selection_value){.type = type,
                                                              .format = 8,
                                                              .bytes = bytes,
                                                              .len = len,
                                                              .has_more = has_more,
                                                              .is_rest = is_rest});
}

static enum ds_selection_act bytes(xcb_atom_t type, const char *text)
{
    return bytes_of(type, text, strlen(text), false, false);
}

/* As far as the content itself. */
static void at_content(enum ds_clip_format format, xcb_atom_t target)
{
    ds_selection_end(&r);
    assert_int_equal(ds_selection_fetch(&r, &atoms, format, target), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, target);
}

/* Takes what has come. */
static void assert_piece(const char *want)
{
    assert_int_equal(r.piece.len, strlen(want));
    assert_memory_equal(ds_buf_peek(&r.piece), want, strlen(want));
    ds_buf_clear(&r.piece);
}

static void the_best_form_of_each_is_known(void **state)
{
    (void)state;
    const uint32_t all[] = {PNG, 31, OTHER, PLAIN, UTF8, HTML};
    assert_int_equal(list(all, 6), DS_SELECTION_DONE);
    assert_int_equal(r.formats, DS_CLIP_ALL_FORMATS);
    assert_int_equal(r.best[DS_CLIP_TEXT], UTF8);
    assert_int_equal(r.best[DS_CLIP_HTML], HTML);
    assert_int_equal(r.best[DS_CLIP_PNG], PNG);
    ds_selection_end(&r);
    set_up(state);
    assert_int_equal(list(all, 3), DS_SELECTION_DONE);
    assert_int_equal(r.best[DS_CLIP_TEXT], 31);
    assert_int_equal(r.formats, 1u << DS_CLIP_TEXT | 1u << DS_CLIP_PNG);
}

static void what_cannot_be_shared_is_nothing(void **state)
{
    const uint32_t other[] = {OTHER, TARGETS}, ours[] = {UTF8, MARKER};
    assert_int_equal(list(other, 2), DS_SELECTION_NOTHING);
    ds_selection_end(&r);
    set_up(state);
    assert_int_equal(list(ours, 2), DS_SELECTION_NOTHING);
    ds_selection_end(&r);
    set_up(state);
    assert_int_equal(list(other, 0), DS_SELECTION_NOTHING);
}

static void string_is_latin_1(void **state)
{
    (void)state;
    at_content(DS_CLIP_TEXT, 31);
    assert_int_equal(bytes(31, "\xe9t\xe9"), DS_SELECTION_DONE);
    assert_piece("\xc3\xa9t\xc3\xa9");
}

static void programs_without_a_list_are_asked_for_text(void **state)
{
    (void)state;
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_DONE);
    assert_int_equal(r.formats, 1u << DS_CLIP_TEXT);
    at_content(DS_CLIP_TEXT, UTF8);
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, 31);
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_NOTHING);
    at_content(DS_CLIP_PNG, PNG);
    assert_int_equal(ds_selection_refused(&r), DS_SELECTION_NOTHING);
}

static void a_secret_is_not_told(void **state)
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

static void another_hint_does_not_keep_it(void **state)
{
    (void)state;
    const uint32_t with[] = {UTF8, HINT};
    list(with, 2);
    assert_int_equal(bytes(HINT, "public"), DS_SELECTION_DONE);
    assert_int_equal(r.best[DS_CLIP_TEXT], UTF8);
}

static void a_hint_beyond_what_is_looked_at_is_asked_for(void **state)
{
    (void)state;
    static uint32_t many[DS_SELECTION_TARGETS + 1] = {UTF8};
    many[DS_SELECTION_TARGETS] = HINT;
    assert_int_equal(list(many, DS_SELECTION_TARGETS + 1), DS_SELECTION_CONVERT);
    assert_int_equal(r.target, HINT);
}

static void pieces_make_a_text(void **state)
{
    (void)state;
    at_content(DS_CLIP_TEXT, UTF8);
    assert_int_equal(bytes(INCR, "\x09\0\0\0"), DS_SELECTION_WAIT);
    /* told of by the event of the property that said INCR: there is none now */
    assert_int_equal(ds_selection_take(&r, &(struct ds_selection_value){.type = 0}),
                     DS_SELECTION_WAIT);
    assert_int_equal(bytes(UTF8, "caf\xc3"), DS_SELECTION_WAIT);
    assert_piece("caf\xc3");
    assert_int_equal(bytes(UTF8, "\xa9 noir"), DS_SELECTION_WAIT);
    assert_piece("\xa9 noir");
    assert_int_equal(bytes(UTF8, ""), DS_SELECTION_DONE);
    assert_piece("");
}

/* A property that is read in parts, with and without pieces. */
static void parts_of_a_property_follow_each_other(void **state)
{
    (void)state;
    at_content(DS_CLIP_PNG, PNG);
    assert_int_equal(bytes_of(PNG, "a\0b\0", 4, true, false), DS_SELECTION_WAIT);
    assert_int_equal(r.piece.len, 4);
    ds_buf_clear(&r.piece);
    assert_int_equal(bytes_of(PNG, "cd", 2, false, true), DS_SELECTION_DONE);
    assert_piece("cd");
    at_content(DS_CLIP_TEXT, UTF8);
    assert_int_equal(bytes(INCR, "1234"), DS_SELECTION_WAIT);
    assert_int_equal(bytes_of(UTF8, "long", 4, true, false), DS_SELECTION_WAIT);
    assert_int_equal(bytes_of(UTF8, "", 0, false, true), DS_SELECTION_WAIT); /* not the end */
    assert_int_equal(bytes(UTF8, ""), DS_SELECTION_DONE);
    assert_piece("long");
}

static void a_nul_may_only_end_a_text(void **state)
{
    (void)state;
    at_content(DS_CLIP_TEXT, UTF8);
    assert_int_equal(bytes_of(UTF8, "abc\0", 4, false, false), DS_SELECTION_DONE);
    assert_piece("abc"); /* the end of a C string, counted in */
    at_content(DS_CLIP_TEXT, UTF8);
    assert_int_equal(bytes_of(UTF8, "a\0b", 3, false, false), DS_SELECTION_NOTHING);
    at_content(DS_CLIP_HTML, HTML);
    bytes(INCR, "1234");
    assert_int_equal(bytes_of(HTML, "a\0\0", 3, false, false), DS_SELECTION_WAIT);
    assert_int_equal(bytes_of(HTML, "\0", 1, false, false), DS_SELECTION_WAIT);
    assert_int_equal(bytes_of(HTML, "b", 1, false, false), DS_SELECTION_NOTHING);
}

static void what_is_not_made_of_bytes_is_nothing(void **state)
{
    (void)state;
    const struct ds_selection_value wide = {.type = PNG, .format = 32, .bytes = "1234", .len = 4};
    at_content(DS_CLIP_PNG, PNG);
    assert_int_equal(ds_selection_take(&r, &wide), DS_SELECTION_NOTHING);
    at_content(DS_CLIP_PNG, PNG);
    bytes(INCR, "1234");
    assert_int_equal(ds_selection_take(&r, &wide), DS_SELECTION_NOTHING);
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
        CASE(the_best_form_of_each_is_known),
        CASE(what_cannot_be_shared_is_nothing),
        CASE(string_is_latin_1),
        CASE(programs_without_a_list_are_asked_for_text),
        CASE(a_secret_is_not_told),
        CASE(a_hint_that_is_not_told_counts_as_secret),
        CASE(another_hint_does_not_keep_it),
        CASE(a_hint_beyond_what_is_looked_at_is_asked_for),
        CASE(pieces_make_a_text),
        CASE(parts_of_a_property_follow_each_other),
        CASE(a_nul_may_only_end_a_text),
        CASE(what_is_not_made_of_bytes_is_nothing),
        cmocka_unit_test(latin_1_has_question_marks_for_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
