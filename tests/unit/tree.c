/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/tree.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t golden[] = {
    2, 0, 3, 'a', '/',  'b',           /* kind, path */
    0, 0, 0, 1,   0,    0,    0,    0, /* size: 4 GiB */
    0, 0, 0, 0,   0x3b, 0x9a, 0xca, 0, /* 2001-09-09 */
    0, 0, 0, 9,                        /* nanoseconds */
};

static int decode_cut(const uint8_t *bytes, size_t cut, struct ds_tree_entry *out)
{
    uint8_t *exact = malloc(cut ? cut : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, cut);
    int n = ds_tree_decode(exact, cut, out);
    free(exact);
    return n;
}

static void an_entry_is_these_bytes(void **state)
{
    (void)state;
    static struct ds_tree_entry e = {.kind = DS_TREE_FILE,
                                     .size = 1ull << 32,
                                     .mtime_s = 1000000000,
                                     .mtime_ns = 9,
                                     .path_len = 3,
                                     .path = "a/b"};
    static struct ds_tree_entry out;
    static uint8_t bytes[DS_TREE_ENTRY];
    assert_int_equal(sizeof(golden), ds_tree_encode(bytes, &e));
    assert_memory_equal(golden, bytes, sizeof(golden));
    for (size_t cut = 0; cut < sizeof(golden); cut++)
        assert_int_equal(0, decode_cut(golden, cut, &out));
    assert_int_equal(sizeof(golden), decode_cut(golden, sizeof(golden), &out));
    assert_string_equal("a/b", out.path);
    assert_true(out.size == e.size && out.mtime_s == e.mtime_s && out.mtime_ns == e.mtime_ns);
    assert_true(ds_tree_span(&out) == sizeof(golden) + e.size + DS_TREE_TAIL);
}

static void assert_refused(size_t at, uint8_t value)
{
    uint8_t bytes[sizeof(golden)];
    struct ds_tree_entry out;
    memcpy(bytes, golden, sizeof(bytes));
    bytes[at] = value;
    assert_int_equal(DS_EPROTO, decode_cut(bytes, sizeof(bytes), &out));
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    assert_refused(0, 0);
    assert_refused(0, 3);
    assert_refused(0, DS_TREE_FOLDER); /* with a size */
    assert_refused(1, 0xff);           /* a path of 65 KB */
    assert_refused(2, 0);              /* no path */
    assert_refused(4, 0);              /* NUL in it */
    assert_refused(6, 0x40);
    assert_refused(14, 0x7f);
    assert_refused(22, 0xff);
}

static void the_longest_path_fits(void **state)
{
    (void)state;
    static struct ds_tree_entry e = {.kind = DS_TREE_FOLDER, .path_len = DS_TREE_PATH - 1}, out;
    static uint8_t bytes[DS_TREE_ENTRY];
    memset(e.path, 'x', e.path_len);
    assert_int_equal(DS_TREE_ENTRY, ds_tree_encode(bytes, &e));
    assert_int_equal(DS_TREE_ENTRY, decode_cut(bytes, DS_TREE_ENTRY, &out));
    assert_string_equal(e.path, out.path);
    bytes[2]++; /* 4097 */
    assert_int_equal(DS_EPROTO, decode_cut(bytes, DS_TREE_ENTRY, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_these_bytes),
        cmocka_unit_test(what_is_out_of_range_is_refused),
        cmocka_unit_test(the_longest_path_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
