/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoder of a program too small for all of them: what it announces is what it takes. */
#include "tests/unit/screen_scene.h"

#include "common/base/error.h"
#include "common/screen/decoder.h"
#include "common/screen/encoder.h"
#include "common/screen/format.h"
#include "common/screen/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define WIDTH 300
#define HEIGHT 200

static void every_picture_comes_over_with_what_it_announces(void **state)
{
    (void)state;
    struct scene scene;
    struct joined j;
    scene_init(&scene, WIDTH, HEIGHT, 0, 21);
    joined_init(&j, WIDTH, HEIGHT, ds_decoder_small_features());
    ds_decoder_destroy(j.decoder);
    j.decoder = ds_decoder_new_small(WIDTH, HEIGHT, DS_CACHE_SLOTS);
    assert_non_null(j.decoder);
    ds_tick now = DS_SECOND;
    for (int i = 0; i < 200; i++) {
        ds_region_clear(&scene.damage);
        scene_any_step(&scene);
        now += 50 * DS_MS;
        joined_update(&j, &scene, i == 0 ? NULL : &scene.damage,
                      i % 3 ? DS_QUALITY_EXACT : DS_QUALITY_LOW_LOSSY, 0, now);
    }
    ds_region_clear(&scene.damage);
    joined_update(&j, &scene, NULL, DS_QUALITY_EXACT, 1u << 20, now + DS_SECOND);
    joined_assert_equal(&j, &scene);
    joined_destroy(&j);
    scene_destroy(&scene);
}

/* A chunk of a key with one operation; bytes: of its stream JPEG. */
static int feed(struct ds_decoder *decoder, const uint8_t *ops, size_t len)
{
    static uint8_t pixels[4];
    uint8_t packed[64], chunk[128] = {1 | 1u << DS_STREAM_JPEG};
    struct ds_packer *packer = ds_packer_new(false, DS_WINDOW_LOG);
    struct ds_image image;
    struct ds_region changed = {0};
    assert_int_equal(ds_image_init(&image, 8, 8), DS_OK);
    size_t n = (size_t)ds_packer_pack(packer, ops, len, packed, sizeof(packed)), at = 1;
    chunk[at++] = (uint8_t)len;
    chunk[at++] = (uint8_t)n;
    chunk[at++] = sizeof(pixels);
    memcpy(chunk + at, packed, n);
    memcpy(chunk + at + n, pixels, sizeof(pixels));
    int error = ds_decoder_feed(decoder, chunk, at + n + sizeof(pixels), true, &image, &changed);
    ds_packer_destroy(packer);
    ds_image_destroy(&image);
    return error;
}

static void what_it_does_not_announce_is_refused(void **state)
{
    (void)state;
    /* code, rect at 0,0 of 1 x 1, length; of VIDEO, that it begins, before */
    static const uint8_t drawn[] = {14, 0, 0, 1, 1, 4}, video[] = {11, 0, 0, 1, 1, 1, 4};
    struct ds_decoder *full = ds_decoder_new(8, 8, DS_CACHE_SLOTS);
    struct ds_decoder *small = ds_decoder_new_small(8, 8, DS_CACHE_SLOTS);
    assert_int_equal(feed(full, drawn, sizeof(drawn)), DS_OK); /* the bytes are right */
    assert_int_equal(feed(small, drawn, sizeof(drawn)), DS_EPROTO);
    assert_int_equal(feed(small, video, sizeof(video)), DS_EPROTO);
    assert_int_equal(ds_decoder_small_features() & (DS_FEATURE_DRAWN | DS_FEATURE_H264), 0);
    ds_decoder_destroy(small);
    ds_decoder_destroy(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_picture_comes_over_with_what_it_announces),
        cmocka_unit_test(what_it_does_not_announce_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
