/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture made to cost the decoder much: what the encoder makes of it is still within what a
 * decoder accepts. */
#include "screen_scene.h"

#include "common/screen/format.h"
#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ALL (DS_FEATURE_ZSTD | DS_FEATURE_JPEG | DS_FEATURE_JPEG_ARITHMETIC | DS_FEATURE_DRAWN)

#define SIDE 2304
#define CELL 16
#define SHIFT 16
#define STEPS 48

/* The union of rectangles with one middle, each wider and lower than the one before: none is
 * inside another, so that each is worth a copy of nearly all it covers. */
static bool moves(int32_t x, int32_t y)
{
    int32_t middle = SIDE / CELL / 2;
    int32_t column = abs(2 * (x / CELL - middle) + 1) / 2,
            row = abs(2 * (y / CELL - middle) + 1) / 2;
    int32_t first = middle - 2 - STEPS;
    return column < first + STEPS && row < first + STEPS && column + row < 2 * first + STEPS;
}

static void copies_that_overlap_stay_within_the_work_of_a_chunk(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, SIDE, SIDE, 0, 3);
    joined_init(&joined, SIDE, SIDE, ALL);
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++)
            ds_image_row(&scene.image, y)[x] = scene_draw(&scene, 1u << 24);
    joined_update(&joined, &scene, NULL, DS_QUALITY_EXACT, 0, DS_SECOND);
    joined_assert_equal(&joined, &scene);
    for (int32_t y = SIDE - 1; y >= 0; y--)
        for (int32_t x = 0; x < SIDE; x++)
            ds_image_row(&scene.image, (uint32_t)y)[x] =
                moves(x, y) ? ds_image_row(&scene.image, (uint32_t)(y - SHIFT))[x]
                            : scene_draw(&scene, 1u << 24);
    struct ds_vector down = {.dx = 0, .dy = SHIFT};
    struct ds_encode_request request = {.image = &scene.image,
                                        .quality = DS_QUALITY_EXACT,
                                        .hints = {.moves = &down, .count = 1},
                                        .now = 2 * DS_SECOND};
    joined_request(&joined, &request);
    joined_assert_equal(&joined, &scene);
    joined_destroy(&joined);
    scene_destroy(&scene);
}

/* Nearly flat ground: a few bytes for a tile, so that a chunk would hold more of it than the
 * decoder is asked to work on at a time. The decoder refuses what is above. */
static void pixels_that_take_long_are_spread_over_chunks(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, SIDE, SIDE, 0, 3);
    joined_init(&joined, SIDE, SIDE, ALL);
    assert_true(SIDE * SIDE > DS_CHUNK_CODED_MAX);
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++)
            ds_image_row(&scene.image, y)[x] = x % DS_TILE == 9 && y % DS_TILE == 9 ? 0 : 0xffffff;
    struct ds_encode_request request = {
        .image = &scene.image, .quality = DS_QUALITY_FIT, .fit_bytes = 1000, .now = DS_SECOND};
    struct ds_encode_result r = joined_request(&joined, &request);
    assert_true(r.bytes < 20000 && joined.chunks >= 2);
    joined_assert_equal(&joined, &scene);
    joined_destroy(&joined);
    scene_destroy(&scene);
}

static void the_work_of_a_chunk_grows_less_than_the_picture(void **state)
{
    (void)state;
    assert_int_equal(1920 * 1080 * 8, ds_chunk_work(1920 * 1080));
    assert_int_equal(DS_CHUNK_WORK_MAX, ds_chunk_work(5120 * 2880));
    assert_int_equal(DS_CHUNK_WORK_MAX, ds_chunk_work(7680 * 4320));
    assert_int_equal(40000000 * 2, ds_chunk_work(40000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_that_take_long_are_spread_over_chunks),
        cmocka_unit_test(the_work_of_a_chunk_grows_less_than_the_picture),
        cmocka_unit_test(copies_that_overlap_stay_within_the_work_of_a_chunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
