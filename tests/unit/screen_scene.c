/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen_scene.h"

#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CANARY 0xa5
#define CANARY_ROWS 3

uint32_t scene_draw(struct scene *s, uint32_t below)
{
    s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
    return below ? (uint32_t)(s->seed >> 33) % below : 0;
}

void scene_init(struct scene *s, uint32_t width, uint32_t height, size_t extra, uint64_t seed)
{
    *s = (struct scene){.seed = seed};
    size_t stride = (size_t)width * 4 + extra;
    s->image = (struct ds_image){width, height, stride, malloc(stride * height)};
    assert_non_null(s->image.pixels);
    memset(s->image.pixels, 0x77, stride * height);
    for (uint32_t y = 0; y < height; y++)
        memset(s->image.pixels + y * stride, 0, (size_t)width * 4);
}

void scene_destroy(struct scene *s)
{
    free(s->image.pixels);
    ds_image_destroy(&s->kept);
}

static struct ds_rect any_rect(struct scene *s)
{
    struct ds_rect r = {(int32_t)scene_draw(s, s->image.width),
                        (int32_t)scene_draw(s, s->image.height), 0, 0};
    r.width = 1 + (int32_t)scene_draw(s, s->image.width - (uint32_t)r.x);
    r.height = 1 + (int32_t)scene_draw(s, s->image.height - (uint32_t)r.y);
    return r;
}

/* Letters of 7x13 pixels, each with its own pattern, in one of a few colours. */
static void draw_text(struct scene *s, struct ds_rect r)
{
    static const uint32_t inks[] = {0x202020, 0x1f5eff, 0xc81e1e, 0x15803d};
    uint32_t ink = inks[scene_draw(s, 4)], paper = 0xf6f7f9;
    for (int32_t x = 0; x < r.width; x += 7) {
        uint64_t letter = (uint64_t)(scene_draw(s, 40) + 1) * 0x9e3779b97f4a7c15u;
        for (int32_t j = 0; j < r.height; j++)
            for (int32_t i = x; i < r.width && i < x + 7; i++) {
                bool on = j % 15 < 13 && i - x < 6 && (letter >> ((j % 15) * 4 + i - x) % 61 & 1);
                ds_image_row(&s->image, (uint32_t)(r.y + j))[r.x + i] = on ? ink : paper;
            }
    }
}

static void draw_photo(struct scene *s, struct ds_rect r)
{
    uint32_t a = scene_draw(s, 200), b = 1 + scene_draw(s, 5), c = 1 + scene_draw(s, 7);
    for (int32_t j = 0; j < r.height; j++)
        for (int32_t i = 0; i < r.width; i++) {
            uint32_t noise = scene_draw(s, 4), base = a + (uint32_t)(i + j * 2) / 9;
            uint32_t red = (base + noise) & 0xff, green = (base * b / 3 + noise) & 0xff,
                     blue = ((uint32_t)j * c / 5 + 40 + noise) & 0xff;
            ds_image_row(&s->image, (uint32_t)(r.y + j))[r.x + i] = red << 16 | green << 8 | blue;
        }
}

static void draw_plain(struct scene *s, struct ds_rect r, bool noise)
{
    uint32_t colour = scene_draw(s, 1u << 24);
    for (int32_t j = 0; j < r.height; j++)
        for (int32_t i = 0; i < r.width; i++)
            ds_image_row(&s->image, (uint32_t)(r.y + j))[r.x + i] =
                noise ? scene_draw(s, 1u << 24) : colour;
}

static void scroll(struct scene *s, struct ds_rect r)
{
    int32_t by = 1 + (int32_t)scene_draw(s, (uint32_t)(r.height > 40 ? 40 : r.height));
    if (by >= r.height)
        by = r.height;
    struct ds_rect from = {r.x, r.y + by, r.width, r.height - by};
    if (from.height > 0)
        ds_image_move(&s->image, from, r.x, r.y);
    draw_text(s, (struct ds_rect){r.x, r.y + r.height - by, r.width, by});
}

static void drag(struct scene *s, struct ds_rect r)
{
    int32_t x = (int32_t)scene_draw(s, s->image.width - (uint32_t)r.width + 1);
    int32_t y = (int32_t)scene_draw(s, s->image.height - (uint32_t)r.height + 1);
    ds_image_move(&s->image, r, x, y);
    ds_region_add(&s->damage, (struct ds_rect){x, y, r.width, r.height});
}

/* What else is drawn while a menu is open is gone when it closes: programs are like that. */
static void cover(struct scene *s, struct ds_rect r)
{
    if (s->kept.pixels) {
        for (uint32_t y = 0; y < s->image.height; y++)
            memcpy(ds_image_row(&s->image, y), ds_image_row(&s->kept, y),
                   (size_t)s->image.width * 4);
        ds_region_add(&s->damage, ds_image_bounds(&s->image));
        ds_image_destroy(&s->kept);
        return;
    }
    assert_int_equal(ds_image_init(&s->kept, s->image.width, s->image.height), 0);
    ds_image_copy(&s->kept, &s->image, ds_image_bounds(&s->image));
    draw_plain(s, r, false);
}

void scene_step(struct scene *s, enum scene_step step)
{
    struct ds_rect r = any_rect(s);
    if (step == SCENE_TEXT && r.height > 40)
        r.height = 40;
    ds_region_add(&s->damage, r);
    switch (step) {
    case SCENE_TEXT:
        draw_text(s, r);
        break;
    case SCENE_SCROLL:
        scroll(s, r);
        break;
    case SCENE_DRAG:
        drag(s, r);
        break;
    case SCENE_PHOTO:
        draw_photo(s, r);
        break;
    case SCENE_COVER:
        cover(s, r);
        break;
    default:
        draw_plain(s, r, step == SCENE_NOISE);
        break;
    }
}

void scene_any_step(struct scene *s)
{
    scene_step(s, (enum scene_step)scene_draw(s, SCENE_STEPS));
}

void joined_init(struct joined *j, uint32_t width, uint32_t height, uint32_t features)
{
    *j = (struct joined){.key = true};
    struct ds_encoder_config config = {width, height, features, DS_CACHE_SLOTS};
    j->encoder = ds_encoder_new(&config);
    j->decoder = ds_decoder_new(width, height, DS_CACHE_SLOTS);
    assert_non_null(j->encoder);
    assert_non_null(j->decoder);
    size_t stride = (size_t)width * 4 + 64;
    j->memory_len = stride * (height + 2 * CANARY_ROWS);
    j->memory = malloc(j->memory_len);
    assert_non_null(j->memory);
    memset(j->memory, CANARY, j->memory_len);
    j->picture = (struct ds_image){width, height, stride, j->memory + CANARY_ROWS * stride};
}

void joined_destroy(struct joined *j)
{
    ds_encoder_destroy(j->encoder);
    ds_decoder_destroy(j->decoder);
    free(j->memory);
}

static int on_chunk(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct joined *j = ctx;
    struct ds_region changed = {0};
    assert_true(buf->len <= DS_SCREEN_CHUNK_MAX);
    assert_true(buf->len > DS_SCREEN_HEADER);
    assert_int_equal(first, j->chunks == 0);
    assert_false(j->saw_last);
    j->saw_last = last;
    j->chunks++;
    int error =
        ds_decoder_feed(j->decoder, buf->data + DS_SCREEN_HEADER, buf->len - DS_SCREEN_HEADER,
                        first && j->key, &j->picture, &changed);
    ds_rcbuf_unref(buf);
    assert_int_equal(error, 0);
    return 0;
}

struct ds_encode_result joined_update(struct joined *j, const struct scene *s,
                                      const struct ds_region *damage,
                                      enum ds_encoder_quality quality, size_t refine_bytes,
                                      ds_tick now)
{
    struct ds_encode_request request = {.image = &s->image,
                                        .damage = damage,
                                        .quality = quality,
                                        .refine_bytes = refine_bytes,
                                        .now = now};
    return joined_request(j, &request);
}

struct ds_encode_result joined_request(struct joined *j, const struct ds_encode_request *request)
{
    struct ds_encode_result result = {0};
    j->chunks = 0;
    j->saw_last = false;
    assert_int_equal(ds_encoder_encode(j->encoder, request, on_chunk, j, &result), 0);
    assert_int_equal(result.sent, j->chunks > 0);
    assert_int_equal(result.sent, j->saw_last);
    if (result.sent)
        assert_int_equal(result.key, j->key);
    j->key = result.sent ? false : j->key;
    assert_int_equal(result.exact, !ds_encoder_is_lossy(j->encoder));
    joined_assert_canary(j);
    return result;
}

void joined_assert_canary(const struct joined *j)
{
    size_t stride = j->picture.stride, row = (size_t)j->picture.width * 4;
    for (size_t i = 0; i < j->memory_len; i++) {
        size_t y = i / stride, x = i % stride;
        bool inside = y >= CANARY_ROWS && y < CANARY_ROWS + j->picture.height && x < row;
        if (!inside && j->memory[i] != CANARY)
            fail_msg("byte %zu outside the picture was written", i);
    }
}

void joined_assert_equal(const struct joined *j, const struct scene *s)
{
    for (uint32_t y = 0; y < s->image.height; y++)
        for (uint32_t x = 0; x < s->image.width; x++) {
            uint32_t want = ds_image_row(&s->image, y)[x] & 0xffffff,
                     have = ds_image_row(&j->picture, y)[x];
            if (want != have)
                fail_msg("pixel %u,%u is %08x instead of %08x", x, y, have, want);
        }
}
