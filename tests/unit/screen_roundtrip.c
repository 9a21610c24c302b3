/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the decoder shows is what the encoder was given, pixel by pixel, for every size and kind of
 * picture. SCREEN_SEED in the environment repeats a failure. */
#include "screen_scene.h"

#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOTH (DS_FEATURE_ZSTD | DS_FEATURE_JPEG)
#define ALL (BOTH | DS_FEATURE_JPEG_ARITHMETIC | DS_FEATURE_DRAWN)

static uint64_t seed_of_run(void)
{
    const char *text = getenv("SCREEN_SEED");
    return text ? strtoull(text, NULL, 10) : 1;
}

struct run {
    uint32_t width, height, features;
    size_t extra;
    int steps;
    enum ds_encoder_quality quality;
    bool all_damaged;
};

static void play(struct run run, uint64_t seed)
{
    print_message("%ux%u stride +%zu features %u quality %d seed %llu\n", run.width, run.height,
                  run.extra, run.features, (int)run.quality, (unsigned long long)seed);
    struct scene scene;
    struct joined joined;
    scene_init(&scene, run.width, run.height, run.extra, seed);
    joined_init(&joined, run.width, run.height, run.features);
    ds_tick now = DS_SECOND;
    for (int i = 0; i < run.steps; i++) {
        for (uint32_t n = 1 + scene_draw(&scene, 3); n > 0; n--)
            scene_any_step(&scene);
        now += scene_draw(&scene, 250) * DS_MS;
        if (scene_draw(&scene, 40) == 0) {
            ds_encoder_reset(joined.encoder);
            joined.key = true;
        }
        struct ds_encode_result r =
            joined_update(&joined, &scene, run.all_damaged ? NULL : &scene.damage, run.quality,
                          scene_draw(&scene, 2) * 20000, now);
        ds_region_clear(&scene.damage);
        if (run.quality == DS_QUALITY_EXACT)
            assert_true(r.exact);
        if (r.exact)
            joined_assert_equal(&joined, &scene);
    }
    for (int i = 0; i < 10000 && ds_encoder_is_unsettled(joined.encoder); i++)
        joined_update(&joined, &scene, &scene.damage, run.quality, 30000, now += DS_SECOND);
    joined_assert_equal(&joined, &scene);
    assert_false(joined_update(&joined, &scene, NULL, run.quality, 30000, now += DS_SECOND).sent);
    joined_destroy(&joined);
    scene_destroy(&scene);
}

static void every_small_size_is_exact(void **state)
{
    (void)state;
    static const uint32_t sides[] = {1, 2, 3, 4, 5, 15, 16, 17, 31, 63, 64, 65, 127, 129, 200};
    size_t n = sizeof(sides) / sizeof(sides[0]);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            play((struct run){sides[i], sides[k], (i + k) % 2 ? ALL : BOTH, (i + k) % 3 * 4, 6,
                              DS_QUALITY_EXACT, i % 2 == 0},
                 seed_of_run() + i * n + k);
}

static void random_scenes_are_exact(void **state)
{
    (void)state;
    for (uint64_t s = 0; s < 6; s++)
        play((struct run){700 + (uint32_t)s * 37, 500 + (uint32_t)s, s % 3 ? ALL : BOTH, s % 2 * 12,
                          60, DS_QUALITY_EXACT, s % 2 == 0},
             seed_of_run() + s);
}

static void random_scenes_are_exact_through_zlib(void **state)
{
    (void)state;
    for (uint64_t s = 0; s < 3; s++)
        play((struct run){641, 479, s % 2 ? DS_FEATURE_DRAWN : 0, 0, 40, DS_QUALITY_EXACT, false},
             seed_of_run() + s);
}

static void lossy_scenes_become_exact_when_refined(void **state)
{
    (void)state;
    for (uint64_t s = 0; s < 6; s++)
        play((struct run){640 + (uint32_t)s, 480, s % 2 ? ALL : BOTH, 0, 40,
                          s % 2 ? DS_QUALITY_HIGH_LOSSY : DS_QUALITY_LOW_LOSSY, s % 3 == 0},
             seed_of_run() + s);
}

static void without_jpeg_nothing_is_lossy(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, 400, 300, 0, 7);
    joined_init(&joined, 400, 300, DS_FEATURE_ZSTD);
    for (int i = 0; i < 10; i++) {
        scene_step(&scene, SCENE_PHOTO);
        assert_true(joined_update(&joined, &scene, NULL, DS_QUALITY_LOW_LOSSY, 0, DS_SECOND).exact);
        joined_assert_equal(&joined, &scene);
    }
    joined_destroy(&joined);
    scene_destroy(&scene);
}

static void text_is_never_lossy(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, 800, 600, 0, 9);
    joined_init(&joined, 800, 600, ALL);
    for (int i = 0; i < 40; i++) {
        scene_step(&scene, i % 3 ? SCENE_TEXT : SCENE_SCROLL);
        assert_true(joined_update(&joined, &scene, NULL, DS_QUALITY_LOW_LOSSY, 0, DS_SECOND).exact);
        joined_assert_equal(&joined, &scene);
    }
    joined_destroy(&joined);
    scene_destroy(&scene);
}

static void a_lossy_tile_is_not_remembered_as_exact(void **state)
{
    (void)state;
    struct scene scene, other;
    struct joined joined;
    scene_init(&scene, 256, 256, 0, 21);
    scene_init(&other, 256, 256, 0, 22);
    joined_init(&joined, 256, 256, BOTH);
    for (uint32_t y = 0; y < 256; y++)
        for (uint32_t x = 0; x < 256; x++)
            ds_image_row(&scene.image, y)[x] =
                (x / 2 + scene_draw(&scene, 4)) << 16 | (y + scene_draw(&scene, 4)) / 2 << 8 | 60;
    assert_false(joined_update(&joined, &scene, NULL, DS_QUALITY_LOW_LOSSY, 0, DS_SECOND).exact);
    joined_update(&joined, &other, NULL, DS_QUALITY_EXACT, 0, 2 * DS_SECOND);
    joined_assert_equal(&joined, &other);
    joined_update(&joined, &scene, NULL, DS_QUALITY_EXACT, 0, 3 * DS_SECOND);
    joined_assert_equal(&joined, &scene);
    joined_destroy(&joined);
    scene_destroy(&scene);
    scene_destroy(&other);
}

static uint64_t error_of(const struct joined *joined, const struct scene *scene)
{
    uint64_t sum = 0;
    for (uint32_t y = 0; y < scene->image.height; y++)
        for (uint32_t x = 0; x < scene->image.width * 4; x++) {
            int d = ((const uint8_t *)ds_image_row(&scene->image, y))[x] -
                    ((const uint8_t *)ds_image_row(&joined->picture, y))[x];
            sum += x % 4 < 3 ? (uint64_t)(d * d) : 0;
        }
    return sum;
}

/* On a slow line a photograph comes in three steps. */
static void a_glance_is_followed_by_a_finer_picture_and_that_by_the_exact_one(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, 512, 512, 0, 5);
    joined_init(&joined, 512, 512, BOTH | DS_FEATURE_JPEG_ARITHMETIC);
    for (uint32_t y = 0; y < 512; y++)
        for (uint32_t x = 0; x < 512; x++) {
            uint32_t grain = scene_draw(&scene, 24);
            ds_image_row(&scene.image, y)[x] =
                (x / 3 + grain) << 16 | (y / 3 + grain) << 8 | (60 + grain);
        }
    struct ds_encode_request request = {
        .image = &scene.image, .quality = DS_QUALITY_FIT, .fit_bytes = 3000, .now = DS_SECOND};
    struct ds_encode_result first = joined_request(&joined, &request);
    assert_true(first.bytes < 30000);
    assert_true(ds_encoder_is_coarse(joined.encoder));
    uint64_t coarse = error_of(&joined, &scene);
    struct ds_region none = {0};
    request.damage = &none;
    request.refine_bytes = 60000;
    request.now += 10 * DS_MS;
    assert_false(joined_request(&joined, &request).sent); /* it may change again at once */
    for (int i = 0; i < 10 && ds_encoder_is_coarse(joined.encoder); i++) {
        request.now += 40 * DS_MS;
        assert_true(joined_request(&joined, &request).sent);
    }
    assert_false(ds_encoder_is_coarse(joined.encoder));
    assert_true(ds_encoder_is_lossy(joined.encoder));
    assert_true(error_of(&joined, &scene) * 3 < coarse * 2);
    for (int i = 0; i < 100 && ds_encoder_is_lossy(joined.encoder); i++) {
        request.now += 200 * DS_MS;
        joined_request(&joined, &request);
    }
    joined_assert_equal(&joined, &scene);
    joined_destroy(&joined);
    scene_destroy(&scene);
}

/* A large photograph is seen sooner as JPEG than exactly, on any line. */
static void a_large_photograph_is_lossy_first_and_a_small_one_is_not(void **state)
{
    (void)state;
    for (int large = 0; large < 2; large++) {
        struct scene scene;
        struct joined joined;
        uint32_t width = large ? 1000 : 500, height = large ? 700 : 350;
        scene_init(&scene, width, height, 0, 5);
        joined_init(&joined, width, height, ALL);
        for (uint32_t y = 0; y < height; y++)
            for (uint32_t x = 0; x < width; x++) {
                uint32_t grain = scene_draw(&scene, 6);
                ds_image_row(&scene.image, y)[x] =
                    (x / 5 + grain) << 16 | (y / 4 + grain) << 8 | (60 + grain);
            }
        struct ds_region none = {0};
        struct ds_encode_request request = {.image = &scene.image,
                                            .quality = DS_QUALITY_FIT,
                                            .fit_bytes = 100000000,
                                            .now = DS_SECOND};
        assert_int_equal(joined_request(&joined, &request).exact, !large);
        assert_false(ds_encoder_is_coarse(joined.encoder));
        request.damage = &none;
        request.refine_bytes = 10000000;
        request.now += 200 * DS_MS;
        joined_request(&joined, &request);
        joined_assert_equal(&joined, &scene);
        joined_destroy(&joined);
        scene_destroy(&scene);
    }
}

static void a_tile_that_comes_back_costs_next_to_nothing(void **state)
{
    (void)state;
    struct scene scenes[2];
    struct joined joined;
    joined_init(&joined, 512, 512, BOTH);
    for (int i = 0; i < 2; i++) {
        scene_init(&scenes[i], 512, 512, 0, (uint64_t)i + 1);
        for (int k = 0; k < 40; k++)
            scene_any_step(&scenes[i]);
    }
    for (int i = 0; i < 10; i++) {
        struct ds_encode_result r = joined_update(&joined, &scenes[i % 2], NULL, DS_QUALITY_EXACT,
                                                  0, (ds_tick)i * DS_SECOND);
        joined_assert_equal(&joined, &scenes[i % 2]);
        if (i > 2)
            assert_true(r.bytes < 200);
    }
    joined_destroy(&joined);
    scene_destroy(&scenes[0]);
    scene_destroy(&scenes[1]);
}

static size_t stores_of(const struct joined *joined)
{
    static char text[65536];
    size_t stores = 0;
    ds_encoder_print_plan(joined->encoder, text, sizeof(text));
    for (const char *at = text; (at = strstr(at, "store ")); at++)
        stores++;
    return stores;
}

/* Otherwise it would be remembered when it changes, and the change come later. */
static void a_picture_that_rests_is_remembered_before_it_changes(void **state)
{
    (void)state;
    struct scene scenes[2];
    struct joined joined;
    struct ds_region none = {0};
    joined_init(&joined, 640, 640, BOTH);
    for (int i = 0; i < 2; i++) {
        scene_init(&scenes[i], 640, 640, 0, (uint64_t)i + 1);
        for (int k = 0; k < 40; k++)
            scene_any_step(&scenes[i]);
    }
    joined_update(&joined, &scenes[0], NULL, DS_QUALITY_EXACT, 1000, DS_SECOND);
    assert_true(ds_encoder_is_unsettled(joined.encoder));
    ds_tick now = DS_SECOND + 199 * DS_MS; /* it may still change */
    assert_false(joined_update(&joined, &scenes[0], &none, DS_QUALITY_EXACT, 1000, now).sent);
    struct ds_encode_result r =
        joined_update(&joined, &scenes[0], &none, DS_QUALITY_EXACT, 1000, now + DS_MS);
    assert_true(r.sent && r.exact && r.bytes < 200 && stores_of(&joined) > 0);
    assert_false(ds_encoder_is_unsettled(joined.encoder));
    joined_update(&joined, &scenes[1], NULL, DS_QUALITY_EXACT, 1000, 2 * DS_SECOND);
    assert_int_equal(0, stores_of(&joined));
    joined_assert_equal(&joined, &scenes[1]);
    r = joined_update(&joined, &scenes[0], NULL, DS_QUALITY_EXACT, 1000, 3 * DS_SECOND);
    assert_true(r.bytes < 400);
    joined_assert_equal(&joined, &scenes[0]);
    joined_destroy(&joined);
    scene_destroy(&scenes[0]);
    scene_destroy(&scenes[1]);
}

static void the_largest_picture_is_exact(void **state)
{
    (void)state;
    play((struct run){7680, 4320, BOTH, 0, 3, DS_QUALITY_EXACT, true}, seed_of_run());
    play((struct run){DS_SCREEN_SIDE_MAX, 70, BOTH, 0, 6, DS_QUALITY_LOW_LOSSY, false}, 3);
    play((struct run){70, DS_SCREEN_SIDE_MAX, BOTH, 0, 6, DS_QUALITY_LOW_LOSSY, false}, 4);
}

static void a_quiet_picture_sends_nothing(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, 300, 200, 0, 5);
    joined_init(&joined, 300, 200, BOTH);
    struct ds_encode_result r = joined_update(&joined, &scene, NULL, DS_QUALITY_EXACT, 0, 1);
    assert_true(r.sent && r.key);
    joined_assert_equal(&joined, &scene);
    assert_false(joined_update(&joined, &scene, NULL, DS_QUALITY_EXACT, 1000, DS_SECOND).sent);
    joined_destroy(&joined);
    scene_destroy(&scene);
}

static void fourth_bytes_do_not_count(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, 330, 250, 8, 11);
    joined_init(&joined, 330, 250, BOTH);
    for (int i = 0; i < 30; i++) {
        scene_any_step(&scene);
        if (i > 5) /* rubbish in some of them */
            for (uint32_t y = 0; y < 250; y += 3)
                for (uint32_t x = y % 7; x < 330; x += 5)
                    ds_image_row(&scene.image, y)[x] ^= scene_draw(&scene, 256) << 24;
        joined_update(&joined, &scene, i % 2 ? NULL : &scene.damage, DS_QUALITY_EXACT, 0,
                      (ds_tick)i * 60 * DS_MS);
        joined_assert_equal(&joined, &scene);
        ds_region_clear(&scene.damage);
    }
    joined_destroy(&joined);
    scene_destroy(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_size_is_exact),
        cmocka_unit_test(random_scenes_are_exact),
        cmocka_unit_test(random_scenes_are_exact_through_zlib),
        cmocka_unit_test(lossy_scenes_become_exact_when_refined),
        cmocka_unit_test(without_jpeg_nothing_is_lossy),
        cmocka_unit_test(text_is_never_lossy),
        cmocka_unit_test(a_lossy_tile_is_not_remembered_as_exact),
        cmocka_unit_test(a_glance_is_followed_by_a_finer_picture_and_that_by_the_exact_one),
        cmocka_unit_test(a_large_photograph_is_lossy_first_and_a_small_one_is_not),
        cmocka_unit_test(a_tile_that_comes_back_costs_next_to_nothing),
        cmocka_unit_test(a_picture_that_rests_is_remembered_before_it_changes),
        cmocka_unit_test(the_largest_picture_is_exact),
        cmocka_unit_test(a_quiet_picture_sends_nothing),
        cmocka_unit_test(fourth_bytes_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
