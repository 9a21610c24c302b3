/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What packs pixels below the operations: predicted planes, JPEG, compressors. */
#include "screen_scene.h"

#include "common/base/error.h"
#include "common/screen/format.h"
#include "common/screen/jpeg.h"
#include "common/screen/med.h"
#include "common/screen/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void predicted_planes_come_back_for_every_width(void **state)
{
    (void)state;
    static uint8_t planes[3][DS_MED_WIDTH_MAX * 5];
    struct scene scene;
    struct ds_image back;
    scene_init(&scene, DS_MED_WIDTH_MAX, 8, 0, 1);
    assert_int_equal(ds_image_init(&back, DS_MED_WIDTH_MAX, 8), 0);
    for (int32_t width = 1; width <= DS_MED_WIDTH_MAX; width += width < 70 ? 1 : 613) {
        scene_step(&scene, width % 2 ? SCENE_PHOTO : SCENE_NOISE);
        struct ds_rect r = {0, 2, width, width % 5 + 1};
        ds_med_predict(&scene.image, r, planes[0], planes[1], planes[2]);
        ds_image_fill(&back, 0x0f0f0f);
        ds_med_restore(&back, r, planes[0], planes[1], planes[2]);
        for (uint32_t y = 0; y < 8; y++)
            for (int32_t x = 0; x < DS_MED_WIDTH_MAX; x++) {
                bool in = x < width && (int32_t)y >= r.y && (int32_t)y < r.y + r.height;
                assert_int_equal(ds_image_row(&back, y)[x],
                                 in ? ds_image_row(&scene.image, y)[x] : 0x0f0f0f);
            }
    }
    ds_image_destroy(&back);
    scene_destroy(&scene);
}

/* 2x2 by hand: 128 before the first, left in the first row, above in the first column. */
static void predicted_planes_of_four_pixels(void **state)
{
    (void)state;
    struct ds_image image;
    uint8_t green[4], red[4], blue[4];
    assert_int_equal(ds_image_init(&image, 2, 2), 0);
    ds_image_row(&image, 0)[0] = 0x0a6405; /* red 10 green 100 blue 5 */
    ds_image_row(&image, 0)[1] = 0x0a6605;
    ds_image_row(&image, 1)[0] = 0x0a6305;
    ds_image_row(&image, 1)[1] = 0x0a6605;
    ds_med_predict(&image, (struct ds_rect){0, 0, 2, 2}, green, red, blue);
    assert_int_equal(green[0], (uint8_t)(100 - 128));
    assert_int_equal(green[1], 2);
    assert_int_equal(green[2], (uint8_t)-1);
    /* left 99, above 102, corner 100: 99 + 102 - 100 = 101 lies between */
    assert_int_equal(green[3], 1);
    assert_int_equal(red[0], (uint8_t)(10 - 100 + 128 - 128));
    assert_int_equal(red[1], (uint8_t)-2);
    assert_int_equal(blue[0], (uint8_t)(5 - 100 + 128 - 128));
    ds_image_destroy(&image);
}

static double mean_error(const struct ds_image *a, const struct ds_image *b, struct ds_rect r)
{
    double sum = 0;
    for (int32_t y = r.y; y < r.y + r.height; y++)
        for (int32_t x = r.x; x < r.x + r.width; x++)
            for (int shift = 0; shift < 24; shift += 8)
                sum += abs((int)(ds_image_row(a, (uint32_t)y)[x] >> shift & 0xff) -
                           (int)(ds_image_row(b, (uint32_t)y)[x] >> shift & 0xff));
    return sum / (3.0 * r.width * r.height);
}

static void jpeg_without_tables_of_its_own_is_nearly_right(void **state)
{
    (void)state;
    static uint8_t tables[2048], bytes[200000];
    struct scene scene;
    struct ds_image back;
    scene_init(&scene, 300, 200, 0, 3);
    assert_int_equal(ds_image_init(&back, 300, 200), 0);
    for (uint32_t y = 0; y < 200; y++)
        for (uint32_t x = 0; x < 300; x++)
            ds_image_row(&scene.image, y)[x] =
                (x / 2 + scene_draw(&scene, 4)) << 16 | (y + x / 9) << 8 | (200 - y / 2);
    struct ds_jpeg_encoder *encoder = ds_jpeg_encoder_new();
    struct ds_jpeg_decoder *decoder = ds_jpeg_decoder_new();
    assert_non_null(encoder);
    assert_non_null(decoder);
    for (int i = 0; i < (ds_jpeg_arithmetic_available() ? 8 : 4); i++) {
        assert_int_equal(ds_jpeg_encoder_set(encoder, i % 2 ? 92 : 80, i % 2, i >= 4), 0);
        int tables_len = ds_jpeg_encode_tables(encoder, tables, sizeof(tables));
        assert_in_range(tables_len, 100, 1000);
        assert_int_equal(ds_jpeg_decode_tables(decoder, tables, (size_t)tables_len), 0);
        for (int32_t side = 1; side < 150; side += 37) {
            struct ds_rect r = {100, 20, side + 50, side};
            int n = ds_jpeg_encode(encoder, &scene.image, r, bytes, sizeof(bytes));
            assert_true(n > 0);
            assert_int_equal(ds_jpeg_decode(decoder, bytes, (size_t)n, &back, r), 0);
            if (side > 10)
                assert_true(mean_error(&scene.image, &back, r) < 4);
            assert_int_equal(ds_image_row(&back, 30)[120] >> 24, 0);
            /* Too little room, another size, every cut. */
            assert_int_equal(ds_jpeg_encode(encoder, &scene.image, r, bytes + n, (size_t)n - 1),
                             DS_ELIMIT);
            r.width--;
            assert_int_equal(ds_jpeg_decode(decoder, bytes, (size_t)n, &back, r), DS_EPROTO);
            r.width++;
            for (size_t cut = 0; cut < (size_t)n; cut += 1 + (size_t)n / 60)
                assert_int_equal(ds_jpeg_decode(decoder, bytes, cut, &back, r), DS_EPROTO);
            assert_int_equal(ds_jpeg_decode(decoder, bytes, (size_t)n, &back, r), 0);
        }
    }
    ds_jpeg_encoder_destroy(encoder);
    ds_jpeg_decoder_destroy(decoder);
    ds_image_destroy(&back);
    scene_destroy(&scene);
}

static void pixels_without_tables_are_refused(void **state)
{
    (void)state;
    static uint8_t bytes[20000];
    struct scene scene;
    scene_init(&scene, 64, 64, 0, 3);
    struct ds_jpeg_encoder *encoder = ds_jpeg_encoder_new();
    struct ds_jpeg_decoder *decoder = ds_jpeg_decoder_new();
    assert_int_equal(ds_jpeg_encoder_set(encoder, 80, false, false), 0);
    assert_true(ds_jpeg_encode_tables(encoder, bytes, sizeof(bytes)) > 0);
    struct ds_rect all = ds_image_bounds(&scene.image);
    int n = ds_jpeg_encode(encoder, &scene.image, all, bytes, sizeof(bytes));
    assert_true(n > 0);
    assert_int_equal(ds_jpeg_decode(decoder, bytes, (size_t)n, &scene.image, all), DS_EPROTO);
    assert_int_equal(ds_jpeg_decode_tables(decoder, bytes, (size_t)n), DS_EPROTO);
    ds_jpeg_encoder_destroy(encoder);
    ds_jpeg_decoder_destroy(decoder);
    scene_destroy(&scene);
}

static void fill(struct scene *s, uint8_t *raw, size_t n, uint32_t kind)
{
    for (size_t i = 0; i < n; i++)
        raw[i] = (uint8_t)(kind == 0 ? scene_draw(s, 256) : kind == 1 ? scene_draw(s, 3) : i / 100);
}

static void packed_bytes_come_back(void **state)
{
    (void)state;
    static uint8_t raw[DS_CHUNK_RAW_MAX], packed[DS_CHUNK_RAW_MAX + 8192], back[DS_CHUNK_RAW_MAX];
    for (int mode = 0; mode < 4; mode++) {
        struct scene scene = {.seed = 1};
        struct ds_packer *packer = ds_packer_new(mode & 1, mode & 2 ? DS_WINDOW_LOG : 0);
        struct ds_unpacker *unpacker = ds_unpacker_new(mode & 1, mode & 2 ? DS_WINDOW_LOG : 0);
        assert_non_null(packer);
        assert_non_null(unpacker);
        for (int i = 0; i < 120; i++) {
            size_t n = i < 3 ? DS_CHUNK_RAW_MAX : 1 + scene_draw(&scene, i % 9 ? 300 : 200000);
            fill(&scene, raw, n, (uint32_t)i % 3);
            int64_t len = ds_packer_pack(packer, raw, n, packed, ds_packer_bound(n));
            assert_true(len > 0);
            assert_int_equal(ds_unpacker_unpack(unpacker, packed, (size_t)len, back, n), 0);
            assert_memory_equal(raw, back, n);
            if (i % 50 == 49) {
                ds_packer_reset(packer);
                ds_unpacker_reset(unpacker);
            }
        }
        ds_packer_destroy(packer);
        ds_unpacker_destroy(unpacker);
    }
}

static void wrong_lengths_are_refused(void **state)
{
    (void)state;
    static uint8_t raw[5000], packed[10000], back[6000];
    for (int mode = 0; mode < 4; mode++) {
        struct scene scene = {.seed = 2};
        int log = mode & 2 ? DS_WINDOW_LOG : 0;
        struct ds_packer *packer = ds_packer_new(mode & 1, log);
        fill(&scene, raw, sizeof(raw), 1);
        int64_t len =
            ds_packer_pack(packer, raw, sizeof(raw), packed, ds_packer_bound(sizeof(raw)));
        for (int64_t cut = 0; cut <= len; cut++) {
            struct ds_unpacker *unpacker = ds_unpacker_new(mode & 1, log);
            int error = ds_unpacker_unpack(unpacker, packed, (size_t)cut, back, sizeof(raw));
            /* The end of deflate's last block and its marker say nothing more: they may be cut. */
            if (cut < len - 8)
                assert_int_equal(error, DS_EPROTO);
            else if (cut == len)
                assert_int_equal(error, 0);
            ds_unpacker_destroy(unpacker);
        }
        for (size_t n = sizeof(raw) - 3; n <= sizeof(raw) + 3; n++) {
            struct ds_unpacker *unpacker = ds_unpacker_new(mode & 1, log);
            assert_int_equal(ds_unpacker_unpack(unpacker, packed, (size_t)len, back, n),
                             n == sizeof(raw) ? 0 : DS_EPROTO);
            ds_unpacker_destroy(unpacker);
        }
        ds_packer_destroy(packer);
    }
}

static void a_larger_window_than_agreed_is_refused(void **state)
{
    (void)state;
    uint8_t raw[100] = {0}, packed[1000], back[100];
    struct ds_packer *packer = ds_packer_new(false, DS_WINDOW_LOG + 1);
    struct ds_unpacker *unpacker = ds_unpacker_new(false, DS_WINDOW_LOG);
    int64_t len = ds_packer_pack(packer, raw, sizeof(raw), packed, sizeof(packed));
    assert_true(len > 0);
    assert_int_equal(ds_unpacker_unpack(unpacker, packed, (size_t)len, back, sizeof(raw)),
                     DS_EPROTO);
    ds_packer_destroy(packer);
    ds_unpacker_destroy(unpacker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicted_planes_come_back_for_every_width),
        cmocka_unit_test(predicted_planes_of_four_pixels),
        cmocka_unit_test(jpeg_without_tables_of_its_own_is_nearly_right),
        cmocka_unit_test(pixels_without_tables_are_refused),
        cmocka_unit_test(packed_bytes_come_back),
        cmocka_unit_test(wrong_lengths_are_refused),
        cmocka_unit_test(a_larger_window_than_agreed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
