/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "common/screen/image.h"
#include "common/screen/region.h"
#include "common/wire/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool covers(const struct ds_region *region, int32_t x, int32_t y)
{
    for (size_t i = 0; i < region->count; i++) {
        struct ds_rect r = region->rects[i];
        if (x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height)
            return true;
    }
    return false;
}

static void an_empty_rectangle_adds_nothing(void **state)
{
    (void)state;
    struct ds_region region = {0};
    ds_region_add(&region, (struct ds_rect){5, 5, 0, 10});
    ds_region_add(&region, (struct ds_rect){5, 5, 10, 0});
    assert_true(ds_region_is_empty(&region));
    assert_true(ds_rect_is_empty(ds_region_bounds(&region)));
}

static void a_rectangle_inside_another_adds_nothing(void **state)
{
    (void)state;
    struct ds_region region = {0};
    ds_region_add(&region, (struct ds_rect){0, 0, 100, 100});
    ds_region_add(&region, (struct ds_rect){10, 10, 20, 20});
    assert_int_equal(region.count, 1);
    ds_region_add(&region, (struct ds_rect){-10, -10, 200, 200});
    assert_int_equal(region.count, 1);
    assert_int_equal(region.rects[0].width, 200);
}

static void neighbours_become_one(void **state)
{
    (void)state;
    struct ds_region region = {0};
    for (int32_t x = 0; x < 10; x++)
        ds_region_add(&region, (struct ds_rect){x * 8, 0, 8, 16});
    assert_int_equal(region.count, 1);
    assert_int_equal(region.rects[0].width, 80);
}

static void a_full_region_never_covers_less(void **state)
{
    (void)state;
    struct ds_region region = {0};
    static struct ds_rect added[1000];
    uint32_t seed = 1;
    for (size_t i = 0; i < 1000; i++) {
        seed = seed * 1664525u + 1013904223u;
        added[i] = (struct ds_rect){(int32_t)(seed >> 8 & 1023), (int32_t)(seed >> 18 & 1023),
                                    1 + (int32_t)(i % 7), 1 + (int32_t)(i % 5)};
        ds_region_add(&region, added[i]);
        assert_true(region.count <= DS_REGION_RECTS);
    }
    for (size_t i = 0; i < 1000; i++) {
        assert_true(covers(&region, added[i].x, added[i].y));
        assert_true(
            covers(&region, added[i].x + added[i].width - 1, added[i].y + added[i].height - 1));
    }
}

static void clipping_cuts_and_drops(void **state)
{
    (void)state;
    struct ds_region region = {0};
    ds_region_add(&region, (struct ds_rect){-5, -5, 10, 10});
    ds_region_add(&region, (struct ds_rect){500, 500, 10, 10});
    ds_region_clip(&region, (struct ds_rect){0, 0, 100, 100});
    assert_int_equal(region.count, 1);
    assert_int_equal(region.rects[0].x, 0);
    assert_int_equal(region.rects[0].width, 5);
    struct ds_region other = {0};
    ds_region_add_region(&other, &region);
    assert_int_equal(other.count, 1);
    ds_region_clear(&region);
    assert_true(ds_region_is_empty(&region));
}

static void sizes_beyond_the_limits_are_refused(void **state)
{
    (void)state;
    struct ds_image image = {0};
    assert_int_equal(ds_image_init(&image, 0, 1), DS_EINVAL);
    assert_int_equal(ds_image_init(&image, 1, 0), DS_EINVAL);
    assert_int_equal(ds_image_init(&image, DS_SCREEN_SIDE_MAX + 1, 1), DS_EINVAL);
    assert_int_equal(ds_image_init(&image, 1, DS_SCREEN_SIDE_MAX + 1), DS_EINVAL);
    assert_int_equal(ds_image_init(&image, DS_SCREEN_SIDE_MAX, DS_SCREEN_SIDE_MAX), DS_EINVAL);
    assert_int_equal(ds_image_init(&image, 0xffffffff, 0xffffffff), DS_EINVAL);
    assert_null(image.pixels);
    ds_image_destroy(&image);
}

static void a_picture_begins_black_and_aligned(void **state)
{
    (void)state;
    struct ds_image image;
    assert_int_equal(ds_image_init(&image, 33, 7), 0);
    assert_int_equal((uintptr_t)image.pixels % 64, 0);
    assert_int_equal(image.stride % 64, 0);
    for (uint32_t y = 0; y < 7; y++)
        for (uint32_t x = 0; x < 33; x++)
            assert_int_equal(ds_image_row(&image, y)[x], 0);
    ds_image_fill(&image, 0x123456);
    assert_int_equal(ds_image_row(&image, 6)[32], 0x123456);
    ds_image_destroy(&image);
}

/* Every overlap in both directions, against a copy made pixel by pixel. */
static void moving_onto_itself_keeps_every_pixel(void **state)
{
    (void)state;
    struct ds_image image, before;
    assert_int_equal(ds_image_init(&image, 40, 40), 0);
    assert_int_equal(ds_image_init(&before, 40, 40), 0);
    for (int32_t to_y = 0; to_y <= 20; to_y += 5)
        for (int32_t to_x = 0; to_x <= 20; to_x++) {
            for (uint32_t y = 0; y < 40; y++)
                for (uint32_t x = 0; x < 40; x++)
                    ds_image_row(&image, y)[x] = y * 100 + x;
            ds_image_copy(&before, &image, ds_image_bounds(&image));
            ds_image_move(&image, (struct ds_rect){10, 10, 20, 20}, to_x, to_y);
            for (int32_t y = 0; y < 40; y++)
                for (int32_t x = 0; x < 40; x++) {
                    bool in = x >= to_x && x < to_x + 20 && y >= to_y && y < to_y + 20;
                    uint32_t want =
                        in ? ds_image_row(&before, (uint32_t)(y - to_y + 10))[x - to_x + 10]
                           : ds_image_row(&before, (uint32_t)y)[x];
                    assert_int_equal(ds_image_row(&image, (uint32_t)y)[x], want);
                }
        }
    ds_image_destroy(&image);
    ds_image_destroy(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_rectangle_adds_nothing),
        cmocka_unit_test(a_rectangle_inside_another_adds_nothing),
        cmocka_unit_test(neighbours_become_one),
        cmocka_unit_test(a_full_region_never_covers_less),
        cmocka_unit_test(clipping_cuts_and_drops),
        cmocka_unit_test(sizes_beyond_the_limits_are_refused),
        cmocka_unit_test(a_picture_begins_black_and_aligned),
        cmocka_unit_test(moving_onto_itself_keeps_every_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
