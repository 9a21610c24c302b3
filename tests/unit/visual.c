/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/visual.h"
#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ds_visual make(unsigned bits, bool msb_first, uint32_t r, uint32_t g, uint32_t b)
{
    struct ds_visual visual;
    assert_int_equal(0, ds_visual_init(&visual, bits, 32, msb_first, r, g, b));
    return visual;
}

/* One row of given bytes; every pixel as 0x00RRGGBB, the pad byte zero. */
static void expect(const struct ds_visual *visual, const uint8_t *from, const uint32_t *expected,
                   size_t count)
{
    uint32_t row[8];
    ds_visual_row(visual, from, row, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(expected[i], row[i]);
}

static void the_usual_form_only_loses_its_pad_byte(void **state)
{
    (void)state;
    struct ds_visual visual = make(32, false, 0xff0000, 0xff00, 0xff);
    const uint8_t from[] = {1, 2, 3, 0xff, 0x10, 0x20, 0x30, 0x7f};
    assert_true(visual.plain);
    expect(&visual, from, (const uint32_t[]){0x030201, 0x302010}, 2);
    assert_int_equal(4 * 33, ds_visual_stride(&visual, 33));
}

static void other_byte_order_and_other_order_of_colours(void **state)
{
    (void)state;
    struct ds_visual msb = make(32, true, 0xff0000, 0xff00, 0xff);
    struct ds_visual bgr = make(32, false, 0xff, 0xff00, 0xff0000);
    struct ds_visual high = make(32, false, 0xff000000, 0xff0000, 0xff00);
    expect(&msb, (const uint8_t[]){0xee, 1, 2, 3}, (const uint32_t[]){0x010203}, 1);
    expect(&bgr, (const uint8_t[]){1, 2, 3, 0xee}, (const uint32_t[]){0x010203}, 1);
    expect(&high, (const uint8_t[]){0xee, 3, 2, 1}, (const uint32_t[]){0x010203}, 1);
    assert_false(msb.plain || bgr.plain || high.plain);
}

static void packed_three_bytes(void **state)
{
    (void)state;
    struct ds_visual visual = make(24, false, 0xff0000, 0xff00, 0xff);
    const uint8_t from[] = {1, 2, 3, 4, 5, 6, 0, 0};
    expect(&visual, from, (const uint32_t[]){0x030201, 0x060504}, 2);
    assert_int_equal(8, ds_visual_stride(&visual, 2));
}

static void ten_and_five_bits_become_eight_and_full_stays_full(void **state)
{
    (void)state;
    struct ds_visual deep = make(32, false, 0x3ff00000, 0xffc00, 0x3ff);
    const uint8_t white[] = {0xff, 0xff, 0xff, 0x3f}, red[] = {0, 0, 0x40, 0x20};
    expect(&deep, white, (const uint32_t[]){0xffffff}, 1);
    expect(&deep, red, (const uint32_t[]){0x810000}, 1); /* 0x204 of 0x3ff */
    struct ds_visual small = make(16, false, 0xf800, 0x7e0, 0x1f);
    const uint8_t small_white[] = {0xff, 0xff}, small_green[] = {0xe0, 0x07};
    expect(&small, small_white, (const uint32_t[]){0xffffff}, 1);
    expect(&small, small_green, (const uint32_t[]){0x00ff00}, 1);
    assert_int_equal(4, ds_visual_stride(&small, 1));
}

static void forms_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct ds_visual v;
    assert_int_equal(DS_EUNSUPPORTED, ds_visual_init(&v, 8, 32, false, 0xe0, 0x1c, 0x03));
    assert_int_equal(DS_EUNSUPPORTED, ds_visual_init(&v, 32, 7, false, 0xff0000, 0xff00, 0xff));
    assert_int_equal(DS_EUNSUPPORTED, ds_visual_init(&v, 32, 32, false, 0, 0xff00, 0xff));
    assert_int_equal(DS_EUNSUPPORTED, ds_visual_init(&v, 32, 32, false, 0xff00, 0xff00, 0xff));
    assert_int_equal(DS_EUNSUPPORTED, ds_visual_init(&v, 32, 32, false, 0xf50000, 0xff00, 0xff));
    assert_int_equal(DS_EUNSUPPORTED, ds_visual_init(&v, 16, 32, false, 0xff0000, 0xff00, 0xff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_form_only_loses_its_pad_byte),
        cmocka_unit_test(other_byte_order_and_other_order_of_colours),
        cmocka_unit_test(packed_three_bytes),
        cmocka_unit_test(ten_and_five_bits_become_eight_and_full_stays_full),
        cmocka_unit_test(forms_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
