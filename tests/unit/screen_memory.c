/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every allocation of an encoder's and a decoder's life fails in turn: what they say is true, and
 * after a key the picture is right again. */
#include "common/base/error.h"
#include "common/screen/decoder.h"
#include "common/screen/encoder.h"
#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 650
#define HEIGHT 530 /* more tiles than operations have room at first */
#define STEPS 12

static unsigned long counted, failing; /* failing 0: none */

static bool fails(void)
{
    counted++;
    return failing > 0 && counted == failing;
}

/* The linker sends the calls of common/ here (--wrap). */
void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *old, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *old, size_t n);

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *old, size_t n)
{
    return fails() ? NULL : __real_realloc(old, n);
}

static uint32_t wanted[HEIGHT][WIDTH], shown[HEIGHT][WIDTH];
static const struct ds_image screen = {WIDTH, HEIGHT, WIDTH * 4, (uint8_t *)wanted};
static struct ds_image picture = {WIDTH, HEIGHT, WIDTH * 4, (uint8_t *)shown};

struct life {
    struct ds_encoder *encoder;
    struct ds_decoder *decoder;
    struct ds_region damage;
    bool key;
    unsigned long errors;
    ds_tick now;
};

static int emit(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct life *l = ctx;
    struct ds_region changed = {0};
    (void)last;
    int error = ds_decoder_feed(l->decoder, buf->data + DS_SCREEN_HEADER,
                                buf->len - DS_SCREEN_HEADER, first && l->key, &picture, &changed);
    ds_rcbuf_unref(buf);
    assert_true(error == 0 || error == DS_ENOMEM);
    return error;
}

static void assert_equal(void)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if ((wanted[y][x] & 0xffffff) != shown[y][x])
                fail_msg("pixel %d,%d is %08x instead of %08x, allocation %lu failed", x, y,
                         shown[y][x], wanted[y][x], failing);
}

/* Until an update gets through. What was damaged is told once. */
static void update(struct life *l, size_t fit_bytes)
{
    l->now += 60 * DS_MS;
    for (int tries = 0; tries < 4; tries++) {
        struct ds_encode_result r = {.sent = false};
        struct ds_encode_request request = {.image = &screen,
                                            .damage = &l->damage,
                                            .quality = DS_QUALITY_FIT,
                                            .fit_bytes = fit_bytes,
                                            .refine_bytes = 100000,
                                            .now = l->now};
        int error = ds_encoder_encode(l->encoder, &request, emit, l, &r);
        ds_region_clear(&l->damage);
        if (!error) {
            l->key = r.sent ? false : l->key;
            if (r.exact)
                assert_equal();
            return;
        }
        assert_int_equal(error, DS_ENOMEM);
        l->errors++;
        ds_encoder_reset(l->encoder);
        l->key = true;
    }
    fail_msg("one allocation failed, but no update gets through");
}

static void put(struct life *l, struct ds_rect r, int kind)
{
    uint32_t noise = (uint32_t)kind * 977 + 1;
    ds_region_add(&l->damage, r);
    for (int32_t y = r.y; y < r.y + r.height; y++)
        for (int32_t x = r.x; x < r.x + r.width; x++) {
            noise = noise * 1664525 + 1013904223;
            uint32_t grain = noise >> 28, photo = (uint32_t)(x + y) / 4 % 200 + grain;
            uint32_t text = noise >> 30 ? 0xf6f7f9 : 0x202020;
            wanted[y][x] = kind % 3 == 0   ? photo << 16 | photo / 2 << 8 | (100 + grain)
                           : kind % 3 == 1 ? text
                                           : (uint32_t)kind * 0x10305;
            if (kind >= 2) /* as some displays have it */
                wanted[y][x] |= 0xff000000u;
        }
}

static void step(struct life *l, int i)
{
    static const struct ds_rect places[] = {
        {0, 0, WIDTH, HEIGHT}, {30, 40, 200, 33}, {100, 100, 250, 200}, {0, 150, 300, 140}};
    static uint32_t kept[HEIGHT][WIDTH];
    if (i % 4 == 2)
        memcpy(kept, wanted, sizeof(kept));
    if (i % 4 == 0 && i > 6) { /* closed again */
        memcpy(wanted, kept, sizeof(kept));
        ds_region_add(&l->damage, places[0]);
    }
    put(l, places[i == 6 ? 0 : 1 + i % 3], i);
}

static uint32_t remembered = DS_CACHE_SLOTS; /* tiles, by the decoder */

/* A whole life; the number of updates that failed. */
static unsigned long live(uint32_t features)
{
    struct ds_encoder_config config = {WIDTH, HEIGHT, features, remembered};
    struct life l = {.key = true, .now = DS_SECOND};
    memset(wanted, 0, sizeof(wanted));
    memset(shown, 0, sizeof(shown));
    l.encoder = ds_encoder_new(&config);
    l.decoder = ds_decoder_new(WIDTH, HEIGHT, remembered);
    if (!l.encoder || !l.decoder) {
        ds_encoder_destroy(l.encoder);
        ds_decoder_destroy(l.decoder);
        return 1;
    }
    for (int i = 0; i < STEPS; i++) {
        step(&l, i);
        update(&l, i % 2 ? 2000 : 40000);
        if (i % 3 == 2)
            l.now += 300 * DS_MS;
    }
    for (int i = 0; i < 200 && ds_encoder_is_lossy(l.encoder); i++)
        update(&l, 2000);
    assert_equal();
    ds_encoder_destroy(l.encoder);
    ds_decoder_destroy(l.decoder);
    return l.errors;
}

static void fail_each(uint32_t features)
{
    failing = counted = 0;
    live(features); /* what is found out once is known */
    counted = 0;
    assert_int_equal(live(features), 0);
    unsigned long all = counted, errors = 0;
    for (unsigned long at = 1; at <= all; at++) {
        failing = at;
        counted = 0;
        errors += live(features);
    }
    failing = 0;
    print_message("%lu allocations failed one by one, %lu updates with them\n", all, errors);
    assert_true(errors > 10);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each(DS_FEATURE_ZSTD | DS_FEATURE_JPEG | DS_FEATURE_JPEG_ARITHMETIC | DS_FEATURE_DRAWN);
}

static void every_allocation_may_fail_through_zlib_and_tables(void **state)
{
    (void)state;
    fail_each(DS_FEATURE_JPEG);
}

static void a_decoder_of_few_tiles_is_given_no_more(void **state)
{
    (void)state;
    for (remembered = 1; remembered <= 9; remembered++)
        assert_int_equal(live(DS_FEATURE_ZSTD | DS_FEATURE_JPEG), 0);
    remembered = DS_CACHE_SLOTS;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decoder_of_few_tiles_is_given_no_more),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_through_zlib_and_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
