/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Video regions: where they are found, what travels, and what a damaged stream does. Tests that
 * need libx264 or libavcodec are skipped where the system has none. */
#include "screen_scene.h"

#include "common/base/error.h"
#include "common/screen/format.h"
#include "common/screen/video_decode.h"
#include "common/screen/video_encode.h"
#include "common/screen/video_region.h"
#include "common/screen/yuv.h"
#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ALL (DS_FEATURE_ZSTD | DS_FEATURE_JPEG | DS_FEATURE_H264)
#define STEP (33 * DS_MS)

/* ---- the region ---- */

static void add_photos(struct ds_plan *plan, struct ds_rect in, enum ds_op_kind kind, bool refine)
{
    for (int32_t y = in.y; y < in.y + in.height; y += DS_TILE) {
        for (int32_t x = in.x; x < in.x + in.width; x += DS_TILE) {
            struct ds_rect tile = {x, y, DS_TILE, DS_TILE};
            struct ds_op op = {.kind = kind,
                               .smooth = true,
                               .refine = refine,
                               .rect = ds_rect_intersect(tile, in)};
            assert_int_equal(0, ds_plan_add(plan, &op));
        }
    }
}

static void update(struct ds_video_region *v, struct ds_rect in, enum ds_op_kind kind, ds_tick now)
{
    struct ds_plan plan = {0};
    add_photos(&plan, in, kind, false);
    ds_video_region_update(v, &plan, now);
    ds_plan_destroy(&plan);
}

static const struct ds_rect PLACE = {64, 64, 320, 192};

static void six_of_ten_updates_make_a_video(void **state)
{
    (void)state;
    struct ds_video_region v;
    assert_int_equal(0, ds_video_region_init(&v, 640, 480));
    for (int i = 0; i < 5; i++) {
        update(&v, PLACE, DS_OP_KIND_PHOTO, (ds_tick)i * STEP);
        assert_true(ds_rect_is_empty(v.rect));
    }
    for (int i = 5; i < 9; i++) /* something else in between */
        update(&v, (struct ds_rect){0, 448, 64, 32}, DS_OP_KIND_INDEX, (ds_tick)i * STEP);
    assert_true(ds_rect_is_empty(v.rect));
    update(&v, PLACE, DS_OP_KIND_PHOTO, 9 * STEP);
    assert_memory_equal(&v.rect, &PLACE, sizeof(PLACE));
    ds_video_region_destroy(&v);
}

static void five_of_ten_do_not(void **state)
{
    (void)state;
    struct ds_video_region v;
    assert_int_equal(0, ds_video_region_init(&v, 640, 480));
    for (int i = 0; i < 40; i++)
        update(&v, i % 2 ? PLACE : (struct ds_rect){0, 448, 64, 32},
               i % 2 ? DS_OP_KIND_PHOTO : DS_OP_KIND_INDEX, (ds_tick)i * STEP);
    assert_true(ds_rect_is_empty(v.rect));
    ds_video_region_destroy(&v);
}

static void slides_are_none(void **state)
{
    (void)state;
    struct ds_video_region v;
    assert_int_equal(0, ds_video_region_init(&v, 640, 480));
    for (int i = 0; i < 30; i++) {
        update(&v, PLACE, DS_OP_KIND_PHOTO, (ds_tick)i * DS_VIDEO_QUIET);
        assert_true(ds_rect_is_empty(v.rect));
    }
    ds_video_region_destroy(&v);
}

static void what_is_small_or_too_large_is_none(void **state)
{
    (void)state;
    static const struct ds_rect none[] = {
        {0, 0, 127, 400}, {0, 0, 400, 95}, {0, 0, 2624, 1472}, {64, 64, 64, 64}};
    for (size_t k = 0; k < sizeof(none) / sizeof(none[0]); k++) {
        struct ds_video_region v;
        assert_int_equal(0, ds_video_region_init(&v, 3840, 2160));
        for (int i = 0; i < 12; i++)
            update(&v, none[k], DS_OP_KIND_PHOTO, (ds_tick)i * STEP);
        assert_true(ds_rect_is_empty(v.rect));
        ds_video_region_destroy(&v);
    }
}

static void text_and_refinement_are_none(void **state)
{
    (void)state;
    struct ds_video_region v;
    assert_int_equal(0, ds_video_region_init(&v, 640, 480));
    for (int i = 0; i < 12; i++)
        update(&v, PLACE, DS_OP_KIND_INDEX, (ds_tick)i * STEP);
    assert_true(ds_rect_is_empty(v.rect));
    for (int i = 12; i < 24; i++) {
        struct ds_plan plan = {0};
        add_photos(&plan, PLACE, DS_OP_KIND_PHOTO, true);
        ds_video_region_update(&v, &plan, (ds_tick)i * STEP);
        ds_plan_destroy(&plan);
    }
    assert_true(ds_rect_is_empty(v.rect));
    ds_video_region_destroy(&v);
}

static void it_is_left_after_half_a_second_and_text_in_it_is_never_part(void **state)
{
    (void)state;
    struct ds_video_region v;
    struct ds_rect elsewhere = {0, 448, 64, 32};
    struct ds_op text = {.kind = DS_OP_KIND_INDEX, .rect = {64, 64, 64, 64}};
    struct ds_op photo = {.kind = DS_OP_KIND_PHOTO, .smooth = true, .rect = {64, 64, 64, 64}};
    assert_int_equal(0, ds_video_region_init(&v, 640, 480));
    for (int i = 0; i < 12; i++)
        update(&v, PLACE, DS_OP_KIND_PHOTO, (ds_tick)i * STEP);
    assert_false(ds_video_region_has(&v, &text));
    assert_true(ds_video_region_has(&v, &photo));
    photo.rect.x = 0;
    assert_false(ds_video_region_has(&v, &photo));
    ds_tick last = 11 * STEP;
    update(&v, elsewhere, DS_OP_KIND_INDEX, last + DS_VIDEO_QUIET - 1);
    assert_false(ds_rect_is_empty(v.rect));
    update(&v, elsewhere, DS_OP_KIND_INDEX, last + DS_VIDEO_QUIET);
    assert_true(ds_rect_is_empty(v.rect));
    ds_video_region_destroy(&v);
}

static void colours_survive_the_way_there_and_back(void **state)
{
    (void)state;
    struct ds_image in, out;
    uint8_t *planes = malloc(3 * 256 * 256);
    assert_int_equal(0, ds_image_init(&in, 256, 256));
    assert_int_equal(0, ds_image_init(&out, 256, 256));
    struct ds_yuv yuv = {{planes, planes + 65536, planes + 131072}, {256, 256, 256}};
    for (uint32_t blue = 0; blue < 256; blue += 15) {
        for (uint32_t i = 0; i < 65536; i++)
            ds_image_row(&in, i >> 8)[i & 255] =
                0xff000000u | (i >> 8) << 16 | (i & 255) << 8 | blue;
        ds_yuv_from(&in, ds_image_bounds(&in), &yuv);
        ds_yuv_to(&yuv, 0, 0, &out, ds_image_bounds(&out));
        for (uint32_t i = 0; i < 65536; i++) {
            uint32_t a = ds_image_row(&in, i >> 8)[i & 255],
                     b = ds_image_row(&out, i >> 8)[i & 255];
            for (int s = 0; s < 24; s += 8)
                assert_true(abs((int)(a >> s & 255) - (int)(b >> s & 255)) <= 2);
            assert_int_equal(0, b >> 24);
        }
    }
    ds_image_destroy(&in);
    ds_image_destroy(&out);
    free(planes);
}

/* ---- encoder and decoder ---- */

/* A desktop with a moving smooth picture in PLACE and a line of text in it that stands still. */
static void draw(struct scene *scene, int n)
{
    for (int32_t y = PLACE.y; y < PLACE.y + PLACE.height; y++)
        for (int32_t x = PLACE.x; x < PLACE.x + PLACE.width; x++) {
            uint32_t u = (uint32_t)(x + n * 3), v = (uint32_t)(y + n);
            uint32_t grain = ((u * 31 + v * 7 + (uint32_t)n) * 2654435761u) >> 29;
            ds_image_row(&scene->image, (uint32_t)y)[x] =
                (u * 5 / 8 & 255) << 16 | (v & 255) << 8 | (((u * v >> 7) + grain) & 255);
        }
    for (int32_t x = 128; x < 256; x++)
        for (int32_t y = 128; y < 192; y++)
            ds_image_row(&scene->image, (uint32_t)y)[x] = x / 3 % 2 ? 0xffffff : 0x202020;
    ds_region_add(&scene->damage, PLACE);
}

struct played {
    unsigned videos, jpegs;
    size_t bytes;
    ds_tick now;
};

static bool says(const struct joined *j, const char *word)
{
    static char text[65536];
    ds_encoder_print_plan(j->encoder, text, sizeof(text));
    return strstr(text, word) != NULL;
}

static struct ds_encode_result step(struct joined *j, const struct scene *scene, ds_tick now)
{
    struct ds_encode_request request = {.image = &scene->image,
                                        .damage = &scene->damage,
                                        .quality = DS_QUALITY_FIT,
                                        .fit_bytes = 20000,
                                        .video = true,
                                        .video_rate = 1000000,
                                        .refine_bytes = 50000,
                                        .now = now};
    return joined_request(j, &request);
}

static struct played play(struct joined *j, struct scene *scene, int frames)
{
    struct played p = {.now = DS_SECOND};
    for (int i = 0; i < frames; i++) {
        draw(scene, i);
        struct ds_encode_result r = step(j, scene, p.now += STEP);
        p.videos += says(j, "video ");
        p.jpegs += says(j, "jpeg ");
        p.bytes += r.bytes;
        joined_assert_canary(j);
        for (uint32_t y = 128; y < 192; y++) /* text amid the video is exact */
            for (uint32_t x = 128; x < 256; x++)
                assert_int_equal(ds_image_row(&scene->image, y)[x] & 0xffffff,
                                 ds_image_row(&j->picture, y)[x]);
        ds_region_clear(&scene->damage);
    }
    return p;
}

static void rest(struct joined *j, struct scene *scene, ds_tick now)
{
    ds_tick began = now;
    while (ds_encoder_is_lossy(j->encoder) && now < began + 2 * DS_SECOND)
        step(j, scene, now += 50 * DS_MS);
    joined_assert_equal(j, scene);
}

static bool have_libraries(void)
{
    if (ds_video_encoder_available() && ds_video_decoder_available())
        return true;
    print_message("skipped: libx264 or libavcodec of the right version is not there\n");
    return false;
}

static void a_lasting_video_is_a_stream_and_exact_at_rest(void **state)
{
    (void)state;
    struct scene scene;
    struct joined j;
    if (!have_libraries())
        skip();
    scene_init(&scene, 640, 480, 0, 3);
    joined_init(&j, 640, 480, ALL);
    struct played p = play(&j, &scene, 40);
    assert_in_range(p.videos, 30, 36);
    rest(&j, &scene, p.now);
    p = play(&j, &scene, 20); /* and again */
    assert_true(p.videos >= 10);
    ds_encoder_reset(j.encoder); /* and after a key */
    j.key = true;
    p = play(&j, &scene, 20);
    assert_true(p.videos >= 10);
    rest(&j, &scene, p.now);
    joined_destroy(&j);
    scene_destroy(&scene);
}

static void without_the_feature_it_is_jpeg(void **state)
{
    (void)state;
    struct scene scene;
    struct joined j;
    scene_init(&scene, 640, 480, 0, 3);
    joined_init(&j, 640, 480, DS_FEATURE_ZSTD | DS_FEATURE_JPEG);
    struct played p = play(&j, &scene, 20);
    assert_int_equal(0, p.videos);
    assert_true(p.jpegs >= 5);
    rest(&j, &scene, p.now);
    joined_destroy(&j);
    scene_destroy(&scene);
}

/* ---- hostile streams ---- */

#define PICTURES 6

struct recorded {
    uint8_t *bytes[PICTURES];
    size_t len[PICTURES];
};

static void record(struct recorded *r, uint32_t width, uint32_t height)
{
    struct scene scene;
    scene_init(&scene, 640, 480, 0, 5);
    struct ds_video_encoder *e = ds_video_encoder_new(width, height, 1000000);
    assert_non_null(e);
    for (int i = 0; i < PICTURES; i++) {
        const uint8_t *bytes;
        draw(&scene, i);
        struct ds_rect rect = {PLACE.x, PLACE.y, (int32_t)width, (int32_t)height};
        assert_int_equal(0, ds_video_encode(e, &scene.image, rect, &bytes, &r->len[i]));
        r->bytes[i] = malloc(r->len[i]);
        memcpy(r->bytes[i], bytes, r->len[i]);
    }
    ds_video_encoder_destroy(e);
    scene_destroy(&scene);
}

static void forget(struct recorded *r)
{
    for (int i = 0; i < PICTURES; i++)
        free(r->bytes[i]);
}

static void a_stream_of_another_size_is_refused(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{160, 96}, {176, 112}, {144, 96}, {160, 98}, {320, 192}};
    if (!have_libraries())
        skip();
    struct ds_image image;
    assert_int_equal(0, ds_image_init(&image, 640, 480));
    for (size_t k = 0; k < 5; k++) {
        struct recorded r;
        record(&r, sizes[k][0], sizes[k][1]);
        struct ds_video_decoder *d = ds_video_decoder_new(160, 96);
        assert_int_equal(k == 0 ? 0 : DS_EPROTO, ds_video_decode(d, r.bytes[0], r.len[0]));
        assert_int_equal(k == 0 ? 0 : DS_EPROTO,
                         ds_video_show(d, 0, 0, &image, (struct ds_rect){0, 0, 160, 96}));
        ds_video_decoder_destroy(d);
        forget(&r);
    }
    ds_image_destroy(&image);
}

static void damage_is_an_error_or_a_wrong_picture_and_nothing_else(void **state)
{
    (void)state;
    struct recorded r;
    struct scene draws;
    struct ds_image image;
    unsigned refused = 0;
    if (!have_libraries())
        skip();
    record(&r, 160, 96);
    scene_init(&draws, 8, 8, 0, 77);
    assert_int_equal(0, ds_image_init(&image, 160, 96));
    for (int round = 0; round < 1500; round++) {
        struct ds_video_decoder *d = ds_video_decoder_new(160, 96);
        assert_non_null(d);
        for (int i = 0; i < PICTURES; i++) {
            size_t len = r.len[i];
            uint8_t *copy = malloc(len);
            memcpy(copy, r.bytes[i], len);
            for (uint32_t n = scene_draw(&draws, 4); n > 0; n--)
                copy[scene_draw(&draws, round % 2 && len > 64 ? 64 : (uint32_t)len)] ^=
                    (uint8_t)(1u << scene_draw(&draws, 8));
            if (round % 5 == 0)
                len = 1 + scene_draw(&draws, (uint32_t)len);
            int error = ds_video_decode(d, copy, len);
            free(copy);
            assert_true(error == 0 || error == DS_EPROTO);
            refused += error != 0;
            if (!error)
                assert_int_equal(0,
                                 ds_video_show(d, 0, 0, &image, (struct ds_rect){0, 0, 160, 96}));
        }
        ds_video_decoder_destroy(d);
    }
    assert_true(refused > 0);
    ds_image_destroy(&image);
    scene_destroy(&draws);
    forget(&r);
}

static void nothing_and_too_much_are_refused(void **state)
{
    (void)state;
    if (!have_libraries())
        skip();
    struct ds_video_decoder *d = ds_video_decoder_new(160, 96);
    uint8_t *zeros = calloc(1, DS_VIDEO_BYTES_MAX + 1);
    assert_int_equal(DS_EPROTO, ds_video_decode(d, zeros, 0));
    assert_int_equal(DS_EPROTO, ds_video_decode(d, zeros, 100));
    assert_int_equal(DS_EPROTO, ds_video_decode(d, zeros, DS_VIDEO_BYTES_MAX + 1));
    ds_video_decoder_destroy(d);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(six_of_ten_updates_make_a_video),
        cmocka_unit_test(five_of_ten_do_not),
        cmocka_unit_test(slides_are_none),
        cmocka_unit_test(what_is_small_or_too_large_is_none),
        cmocka_unit_test(text_and_refinement_are_none),
        cmocka_unit_test(it_is_left_after_half_a_second_and_text_in_it_is_never_part),
        cmocka_unit_test(colours_survive_the_way_there_and_back),
        cmocka_unit_test(a_lasting_video_is_a_stream_and_exact_at_rest),
        cmocka_unit_test(without_the_feature_it_is_jpeg),
        cmocka_unit_test(a_stream_of_another_size_is_refused),
        cmocka_unit_test(damage_is_an_error_or_a_wrong_picture_and_nothing_else),
        cmocka_unit_test(nothing_and_too_much_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
