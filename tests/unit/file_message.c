/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/file_message.h"

#include "common/base/error.h"
#include "common/service/file_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH                                                                                       \
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,      \
        0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,  \
        0x1e, 0x1f

static const struct {
    struct ds_file_message message;
    uint8_t bytes[64];
    size_t len;
} goldens[] = {
    {{.type = DS_FILE_OFFER, .id = 5, .size = 0x0102030405060708, .name = "a.b"},
     {20, 0, 0, 0, 5,         /* type, id */
      1, 2, 3, 4, 5, 6, 7, 8, /* size */
      0, 3, 'a', '.', 'b'},   /* name */
     18},
    {{.type = DS_FILE_ACCEPT, .id = 6, .offset = 256, .hash = {HASH}},
     {21, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 1, 0, HASH}, /* offset, hash */
     45},
    {{.type = DS_FILE_REFUSE, .id = 0x01020304, .why = "no"}, {22, 1, 2, 3, 4, 0, 2, 'n', 'o'}, 9},
    {{.type = DS_FILE_CANCEL, .id = 7}, {23, 0, 0, 0, 7}, 5},
    {{.type = DS_FILE_AT, .id = 8, .epoch = 3, .begun = true, .offset = 9},
     {24, 0, 0, 0, 8, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 9}, /* epoch, begun, offset */
     18},
    {{.type = DS_FILE_DONE, .id = 9, .hash = {HASH}}, {25, 0, 0, 0, 9, HASH}, 37},
    {{.type = DS_FILE_FAILED, .id = 10, .why = ""}, {26, 0, 0, 0, 10, 0, 0}, 7},
    {{.type = DS_FILE_OFFER_FOLDER,
      .id = 11,
      .size = 3,
      .name = "d",
      .files = 4,
      .folders = 5,
      .skipped = 6,
      .room = 7},
     {27, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 'd', /* size, name */
      0,  0, 0, 4, 0,  0, 0, 5, 0, 0, 0, 6,               /* files, folders, skipped */
      0,  0, 0, 0, 0,  0, 0, 7},                          /* room */
     36},
    {{.type = DS_FILE_PAUSE, .id = 12, .on = true}, {28, 0, 0, 0, 12, 1}, 6},
};

/* With the fields that older programs do not send, and do not miss. */
static const struct {
    struct ds_file_message message;
    uint8_t bytes[64];
    size_t len, old_len;
} longer[] = {
    {{.type = DS_FILE_OFFER,
      .id = 5,
      .size = 1,
      .name = "a",
      .has_mtime = true,
      .mtime_s = -2,
      .mtime_ns = 999999999},
     {20, 0,   0,    0,    5,    0,    0,    0,    0,    0,    0,    0,    1,    0,
      1,  'a', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x3b, 0x9a, 0xc9, 0xff},
     28,
     16},
    {{.type = DS_FILE_FAILED, .id = 6, .why = "x", .has_space = true, .needed = 1, .room = 2},
     {26, 0, 0, 0, 6, 0, 1, 'x', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2},
     24,
     8},
    {{.type = DS_FILE_DONE, .id = 9, .hash = {HASH}, .skipped = 3},
     {25, 0, 0, 0, 9, HASH, 0, 0, 0, 3},
     41,
     37},
};

#define COUNT (sizeof(goldens) / sizeof(goldens[0]))

static int decode_cut(const uint8_t *bytes, size_t n, size_t cut, struct ds_file_message *out)
{
    uint8_t *exact = calloc(1, cut ? cut : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, cut < n ? cut : n);
    int error = ds_file_message_decode(exact, cut, out);
    free(exact);
    return error;
}

static void messages_are_these_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct ds_file_message m;
        struct ds_buf buf;
        ds_buf_init(&buf, 1024);
        assert_int_equal(DS_OK, ds_file_message_encode(&buf, &goldens[i].message));
        assert_int_equal(goldens[i].len, buf.len);
        assert_memory_equal(goldens[i].bytes, ds_buf_peek(&buf), buf.len);
        assert_true(ds_file_message_is(goldens[i].bytes, goldens[i].len));
        assert_int_equal(DS_OK, ds_file_message_decode(ds_buf_peek(&buf), buf.len, &m));
        assert_memory_equal(&goldens[i].message, &m, sizeof(m));
        ds_buf_destroy(&buf);
    }
}

static void a_message_cut_anywhere_is_refused_and_more_bytes_are_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct ds_file_message m;
        for (size_t cut = 0; cut <= goldens[i].len + 1; cut++)
            assert_int_equal(cut < goldens[i].len ? DS_EPROTO : DS_OK,
                             decode_cut(goldens[i].bytes, goldens[i].len, cut, &m));
    }
}

static void assert_refused(size_t golden, size_t at, const uint8_t *bytes, size_t n)
{
    uint8_t changed[64];
    struct ds_file_message m;
    memcpy(changed, goldens[golden].bytes, sizeof(changed));
    memcpy(changed + at, bytes, n);
    assert_int_equal(DS_EPROTO, ds_file_message_decode(changed, goldens[golden].len, &m));
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    static const uint8_t zero[4] = {0}, large[8] = {0x40}, two[] = {2}, nul[] = {0, 3, 'a', 0, 'b'},
                         bad[] = {0, 3, 0xff, '.', 'b'}, longest[] = {0xff, 0xff}, none[] = {0, 0};
    for (size_t i = 0; i < COUNT; i++)
        assert_refused(i, 1, zero, sizeof(zero));
    assert_refused(0, 5, large, sizeof(large)); /* size */
    assert_refused(0, 13, nul, sizeof(nul));
    assert_refused(0, 13, bad, sizeof(bad));
    assert_refused(0, 13, longest, sizeof(longest));
    assert_refused(0, 13, none, sizeof(none)); /* no name */
    assert_refused(1, 5, large, sizeof(large));
    assert_refused(4, 9, two, sizeof(two)); /* begun */
    assert_refused(4, 10, large, sizeof(large));
}

static void what_older_programs_do_not_say_may_be_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
        struct ds_file_message m;
        struct ds_buf buf;
        ds_buf_init(&buf, 1024);
        assert_int_equal(DS_OK, ds_file_message_encode(&buf, &longer[i].message));
        assert_int_equal(longer[i].len, buf.len);
        assert_memory_equal(longer[i].bytes, ds_buf_peek(&buf), buf.len);
        ds_buf_destroy(&buf);
        for (size_t cut = 0; cut < longer[i].len; cut++) {
            int error = decode_cut(longer[i].bytes, longer[i].len, cut, &m);
            assert_int_equal(cut < longer[i].old_len ? DS_EPROTO : DS_OK, error);
            if (!error)
                assert_false(m.has_mtime || m.has_space || m.skipped);
        }
        assert_int_equal(DS_OK, decode_cut(longer[i].bytes, longer[i].len, longer[i].len, &m));
        assert_memory_equal(&longer[i].message, &m, sizeof(m));
    }
}

static void no_time_is_out_of_time(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct ds_file_message m;
    memcpy(bytes, longer[0].bytes, sizeof(bytes));
    bytes[24] = 0x3c; /* more nanoseconds than a second has */
    assert_int_equal(DS_EPROTO, ds_file_message_decode(bytes, longer[0].len, &m));
    memcpy(bytes, longer[0].bytes, sizeof(bytes));
    bytes[16] = 0x7f; /* in a year that no clock shows */
    assert_int_equal(DS_EPROTO, ds_file_message_decode(bytes, longer[0].len, &m));
}

static void other_types_are_of_a_newer_version(void **state)
{
    (void)state;
    static const uint8_t next[] = {29, 0}, last[] = {35, 0}, before[] = {19, 0}, data[] = {2, 0};
    struct ds_file_message m;
    assert_true(ds_file_message_is(next, 2)); /* the number is taken, the meaning to come */
    assert_false(ds_file_message_is(last, 2));
    assert_false(ds_file_message_is(before, 2));
    assert_false(ds_file_message_is(next, 0));
    assert_int_equal(DS_OK, ds_file_message_decode(next, 2, &m));
    assert_int_equal(0, m.type);
    assert_int_equal(DS_OK, ds_file_data_decode(data, 2, &m));
    assert_int_equal(0, m.type);
}

static void data_is_these_bytes(void **state)
{
    (void)state;
    static const uint8_t golden[] = {1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 1, 0, 0, 'x', 'y'};
    uint8_t header[DS_FILE_DATA_HEADER];
    struct ds_file_message m;
    ds_file_data_header(header, 5, 65536);
    assert_memory_equal(golden, header, sizeof(header));
    assert_int_equal(DS_OK, ds_file_data_decode(golden, sizeof(golden), &m));
    assert_int_equal(DS_FILE_DATA, m.type);
    assert_int_equal(5, m.id);
    assert_int_equal(65536, m.offset);
    assert_int_equal(2, m.len);
    assert_memory_equal("xy", m.bytes, 2);
    for (size_t cut = 0; cut < 14; cut++) { /* without content it is nothing */
        uint8_t *exact = malloc(cut ? cut : 1);
        assert_non_null(exact);
        memcpy(exact, golden, cut);
        assert_int_equal(DS_EPROTO, ds_file_data_decode(exact, cut, &m));
        free(exact);
    }
}

static void data_has_at_most_its_bound(void **state)
{
    (void)state;
    static uint8_t bytes[DS_FILE_DATA_HEADER + DS_FILE_PIECE_MAX + 1];
    struct ds_file_message m;
    ds_file_data_header(bytes, 1, DS_FILE_SIZE_MAX);
    assert_int_equal(DS_OK, ds_file_data_decode(bytes, sizeof(bytes) - 1, &m));
    assert_int_equal(DS_EPROTO, ds_file_data_decode(bytes, sizeof(bytes), &m));
    ds_file_data_header(bytes, 1, DS_FILE_SIZE_MAX + 1);
    assert_int_equal(DS_EPROTO, ds_file_data_decode(bytes, 20, &m));
    ds_file_data_header(bytes, 0, 1);
    assert_int_equal(DS_EPROTO, ds_file_data_decode(bytes, 20, &m));
}

static void every_fault_has_a_word_that_fits(void **state)
{
    (void)state;
    for (int f = DS_FILE_NOT_FOUND; f < DS_FILE_FAULTS; f++)
        assert_true(strlen(ds_file_fault_why((enum ds_file_fault)f)) < DS_FILE_WHY);
    assert_int_equal(DS_FILE_NO_SPACE, ds_file_fault_of("no-space"));
    assert_int_equal(DS_FILE_STRANGE, ds_file_fault_of("of a newer version"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_these_bytes),
        cmocka_unit_test(a_message_cut_anywhere_is_refused_and_more_bytes_are_not),
        cmocka_unit_test(what_is_out_of_range_is_refused),
        cmocka_unit_test(what_older_programs_do_not_say_may_be_missing),
        cmocka_unit_test(no_time_is_out_of_time),
        cmocka_unit_test(other_types_are_of_a_newer_version),
        cmocka_unit_test(data_is_these_bytes),
        cmocka_unit_test(data_has_at_most_its_bound),
        cmocka_unit_test(every_fault_has_a_word_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
