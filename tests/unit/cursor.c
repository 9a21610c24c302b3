/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/cursor.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t golden[] = {
    0x01,                                           /* u8 */
    0x02, 0x03,                                     /* u16 */
    0x04, 0x05, 0x06,                               /* u24 */
    0x07, 0x08, 0x09, 0x0a,                         /* u32 */
    0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, /* u64 */
    0x00, 0x03, 'a',  0xc3, 0xa9,                   /* text "aé" */
    0xfe, 0xff,                                     /* bytes */
};

static void a_writer_makes_these_bytes(void **state)
{
    (void)state;
    struct ds_buf buf;
    ds_buf_init(&buf, 100);
    struct ds_writer w = ds_writer_of(&buf);
    ds_writer_u8(&w, 0x01);
    ds_writer_u16(&w, 0x0203);
    ds_writer_u24(&w, 0x040506);
    ds_writer_u32(&w, 0x0708090a);
    ds_writer_u64(&w, 0x0b0c0d0e0f101112);
    ds_writer_text(&w, "a\xc3\xa9");
    ds_writer_bytes(&w, "\xfe\xff", 2);
    assert_int_equal(w.error, DS_OK);
    assert_int_equal(buf.len, sizeof(golden));
    assert_memory_equal(ds_buf_peek(&buf), golden, sizeof(golden));
    ds_buf_destroy(&buf);
}

static int read_all(const uint8_t *bytes, size_t n, bool *same)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    char text[8];
    *same = ds_cursor_u8(&c) == 0x01;
    *same = ds_cursor_u16(&c) == 0x0203 && *same;
    *same = ds_cursor_u24(&c) == 0x040506 && *same;
    *same = ds_cursor_u32(&c) == 0x0708090a && *same;
    *same = ds_cursor_u64(&c) == 0x0b0c0d0e0f101112 && *same;
    ds_cursor_text(&c, text, sizeof(text));
    *same = strcmp(text, "a\xc3\xa9") == 0 && *same;
    const uint8_t *two = ds_cursor_bytes(&c, 2);
    *same = two && two[0] == 0xfe && two[1] == 0xff && *same;
    return ds_cursor_finish(&c);
}

static void a_cursor_reads_them_and_fails_at_every_cut(void **state)
{
    (void)state;
    bool same;
    assert_int_equal(read_all(golden, sizeof(golden), &same), DS_OK);
    assert_true(same);
    for (size_t n = 0; n < sizeof(golden); n++) {
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, golden, n);
        assert_int_equal(read_all(exact, n, &same), DS_EPROTO);
        free(exact);
    }
}

static void the_first_error_stays_and_further_reads_are_zero(void **state)
{
    (void)state;
    struct ds_cursor c = ds_cursor_of(golden, sizeof(golden));
    assert_null(ds_cursor_bytes(&c, sizeof(golden) + 1));
    assert_int_equal(c.error, DS_EPROTO);
    assert_int_equal(ds_cursor_u8(&c), 0);
    assert_int_equal(ds_cursor_u64(&c), 0);
    assert_int_equal(ds_cursor_finish(&c), DS_EPROTO);
    c = ds_cursor_of(NULL, 0);
    assert_int_equal(ds_cursor_left(&c), 0);
    assert_int_equal(ds_cursor_finish(&c), DS_OK);
    c = ds_cursor_of(golden, 2);
    ds_cursor_u8(&c);
    assert_int_equal(ds_cursor_finish(&c), DS_EPROTO); /* bytes are left */
}

static int read_text(const void *bytes, size_t n, char *out, size_t size)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    ds_cursor_text(&c, out, size);
    return ds_cursor_finish(&c);
}

static void text_is_checked(void **state)
{
    (void)state;
    char out[4];
    assert_int_equal(read_text("\0\3abc", 5, out, sizeof(out)), DS_OK);
    assert_string_equal(out, "abc");
    assert_int_equal(read_text("\0\0", 2, out, sizeof(out)), DS_OK);
    assert_string_equal(out, "");
    assert_int_equal(read_text("\0\4abcd", 6, out, sizeof(out)), DS_EPROTO); /* too long */
    assert_string_equal(out, "");
    assert_int_equal(read_text("\0\3a\0b", 5, out, sizeof(out)), DS_EPROTO);  /* NUL */
    assert_int_equal(read_text("\0\2\xc3(", 4, out, sizeof(out)), DS_EPROTO); /* not UTF-8 */
    assert_int_equal(read_text("\xff\xff"
                               "abc",
                               5, out, sizeof(out)),
                     DS_EPROTO); /* longest */
}

static void a_writer_stops_at_the_bound_and_says_so(void **state)
{
    (void)state;
    struct ds_buf buf;
    ds_buf_init(&buf, 3);
    struct ds_writer w = ds_writer_of(&buf);
    ds_writer_u16(&w, 1);
    ds_writer_u16(&w, 2);
    ds_writer_u8(&w, 3);
    assert_int_equal(w.error, DS_ELIMIT);
    assert_int_equal(buf.len, 2);
    ds_buf_destroy(&buf);
    char *long_text = malloc(65537);
    assert_non_null(long_text);
    memset(long_text, 'a', 65536);
    long_text[65536] = '\0';
    ds_buf_init(&buf, 100000);
    w = ds_writer_of(&buf);
    ds_writer_text(&w, long_text);
    assert_int_equal(w.error, DS_ELIMIT);
    w = ds_writer_of(&buf);
    ds_writer_text(&w, long_text + 1);
    assert_int_equal(w.error, DS_OK);
    free(long_text);
    ds_buf_destroy(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_makes_these_bytes),
        cmocka_unit_test(a_cursor_reads_them_and_fails_at_every_cut),
        cmocka_unit_test(the_first_error_stays_and_further_reads_are_zero),
        cmocka_unit_test(text_is_checked),
        cmocka_unit_test(a_writer_stops_at_the_bound_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
