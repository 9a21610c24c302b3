/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of every operation by hand (common/PROTOCOL.md, section 6), and a decoder that gets
 * what no encoder would send. */
#include "screen_scene.h"

#include "common/base/error.h"
#include "common/screen/format.h"
#include "common/screen/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 100
#define HEIGHT 70

/* A decoder, and packers that make chunks out of streams given in the clear. */
struct bench {
    struct joined joined; /* encoder unused; the canary is */
    struct ds_packer *packers[DS_STREAM_COUNT];
    struct ds_region changed;
    bool key;
};

struct stream {
    const void *bytes;
    size_t len;
};

static void bench_init(struct bench *b)
{
    *b = (struct bench){.key = true};
    joined_init(&b->joined, WIDTH, HEIGHT, 0);
    for (int s = 0; s < DS_STREAM_JPEG; s++)
        b->packers[s] = ds_packer_new(false, s < DS_STREAMS_WITH_HISTORY ? DS_WINDOW_LOG : 0);
}

static void bench_destroy(struct bench *b)
{
    joined_assert_canary(&b->joined);
    for (int s = 0; s < DS_STREAM_JPEG; s++)
        ds_packer_destroy(b->packers[s]);
    joined_destroy(&b->joined);
}

static size_t put_number(uint8_t *out, size_t n)
{
    size_t len = 0;
    for (; n >= 0x80; n >>= 7)
        out[len++] = (uint8_t)(n | 0x80);
    out[len++] = (uint8_t)n;
    return len;
}

static size_t build(struct bench *b, const struct stream streams[DS_STREAM_COUNT], uint8_t *chunk)
{
    static uint8_t packed[DS_SCREEN_CHUNK_MAX];
    size_t head = 1, at = 0;
    chunk[0] = 0;
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        if (streams[s].len == 0)
            continue;
        chunk[0] |= (uint8_t)(1u << s);
        head += put_number(chunk + head, streams[s].len);
        if (s == DS_STREAM_JPEG) {
            memcpy(packed + at, streams[s].bytes, streams[s].len);
            at += streams[s].len;
            continue;
        }
        int64_t n = ds_packer_pack(b->packers[s], streams[s].bytes, streams[s].len, packed + at,
                                   sizeof(packed) - at);
        assert_true(n > 0);
        head += put_number(chunk + head, (size_t)n);
        at += (size_t)n;
    }
    memcpy(chunk + head, packed, at);
    return head + at;
}

static int feed_bytes(struct bench *b, const uint8_t *bytes, size_t len)
{
    int error =
        ds_decoder_feed(b->joined.decoder, bytes, len, b->key, &b->joined.picture, &b->changed);
    b->key = false;
    joined_assert_canary(&b->joined);
    return error;
}

static int feed(struct bench *b, const struct stream streams[DS_STREAM_COUNT])
{
    static uint8_t chunk[DS_SCREEN_CHUNK_MAX + 1000];
    if (b->key)
        for (int s = 0; s < DS_STREAM_JPEG; s++)
            ds_packer_reset(b->packers[s]);
    size_t len = build(b, streams, chunk);
    uint8_t *exact = malloc(len); /* the sanitizer then sees a read past the end */
    memcpy(exact, chunk, len);
    int error = feed_bytes(b, exact, len);
    free(exact);
    return error;
}

/* One chunk of operations alone, on a fresh key. */
static int feed_ops(struct bench *b, const void *ops, size_t len)
{
    struct stream streams[DS_STREAM_COUNT] = {[DS_STREAM_OPS] = {ops, len}};
    b->key = true;
    return feed(b, streams);
}

static uint32_t pixel(const struct bench *b, uint32_t x, uint32_t y)
{
    return ds_image_row(&b->joined.picture, y)[x];
}

static int feed_video(struct bench *b, const void *ops, size_t len, const char *bytes, bool key)
{
    struct stream streams[DS_STREAM_COUNT] = {
        [DS_STREAM_OPS] = {ops, len},
        [DS_STREAM_JPEG] = {(const uint8_t *)bytes, strlen(bytes)},
    };
    b->key = key;
    return feed(b, streams);
}

static void a_video_without_a_beginning_is_refused(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t show[] = {12, 0, 0, 16, 16};
    assert_int_equal(feed_ops(&b, show, sizeof(show)), DS_EPROTO);
    static const uint8_t goes_on[] = {11, 0, 0, 16, 16, 0, 4};
    assert_int_equal(feed_video(&b, goes_on, sizeof(goes_on), "abcd", true), DS_EPROTO);
    static const uint8_t rubbish[] = {11, 0, 0, 16, 16, 1, 4};
    assert_int_equal(feed_video(&b, rubbish, sizeof(rubbish), "abcd", true), DS_EPROTO);
    assert_int_equal(feed_video(&b, rubbish, sizeof(rubbish), "abc", true), DS_EPROTO);
    assert_int_equal(feed_video(&b, goes_on, sizeof(goes_on), "abcd", false), DS_EPROTO);
    static const uint8_t flag[] = {11, 0, 0, 16, 16, 2, 4};
    assert_int_equal(feed_video(&b, flag, sizeof(flag), "abcd", true), DS_EPROTO);
    bench_destroy(&b);
}

static void fill_copy_store_and_load_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t ops[] = {
        4,    /* FILL */
        20,   /* x: 10, twice since it is not below 0 */
        40,   /* y: 20 */
        5,    /* width */
        3,    /* height */
        0x33, /* blue */
        0x22, /* green */
        0x11, /* red */
        1,    /* COPY */
    };
    assert_int_equal(feed_ops(&b, ops, sizeof(ops)), DS_EPROTO); /* cut within COPY */
    assert_int_equal(pixel(&b, 10, 20), 0x112233);
    assert_int_equal(pixel(&b, 14, 22), 0x112233);
    assert_int_equal(pixel(&b, 15, 22), 0);
    assert_int_equal(pixel(&b, 10, 19), 0);
    static const uint8_t good[] = {
        4, 20,   40,   5,  3, 0x33, 0x22, 0x11,    /* FILL 10,20 5x3 */
        2, 0,    1,    7,                          /* STORE tile 0, one, slot 7 */
        1,                                         /* COPY */
        9,                                         /* x: from 15 back by 5 */
        4,                                         /* y: from 20 on by 2 */
        5, 3,                                      /* width, height */
        0,                                         /* dx 0 */
        4,                                         /* dy +2: from row 20 to row 22 */
        3, 0,    1,    7,                          /* LOAD tile 0, one, slot 7 */
        4, 0x91, 0x01, 43, 1, 1,    1,    0,    0, /* FILL at 15 - 73 < 0 */
    };
    assert_int_equal(feed_ops(&b, good, sizeof(good) - 9 - 4), 0);
    assert_int_equal(pixel(&b, 10, 24), 0x112233);
    assert_int_equal(pixel(&b, 10, 25), 0);
    assert_int_equal(feed_ops(&b, good, sizeof(good) - 9), 0);
    assert_int_equal(pixel(&b, 10, 22), 0x112233);
    assert_int_equal(pixel(&b, 10, 23), 0); /* as remembered */
    assert_int_equal(feed_ops(&b, good, sizeof(good)), DS_EPROTO);
    bench_destroy(&b);
}

static void no_more_tiles_are_remembered_than_were_promised(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    ds_decoder_destroy(b.joined.decoder);
    b.joined.decoder = ds_decoder_new(WIDTH, HEIGHT, 8);
    static const uint8_t last[] = {2, 0, 1, 7}, beyond[] = {2, 0, 1, 8}, across[] = {2, 0, 2, 7};
    static const uint8_t load[] = {3, 0, 1, 8}, restore[] = {13, 0, 0, 4, 4, 8};
    assert_int_equal(feed_ops(&b, last, sizeof(last)), 0);
    assert_int_equal(feed_ops(&b, beyond, sizeof(beyond)), DS_EPROTO);
    assert_int_equal(feed_ops(&b, across, sizeof(across)), DS_EPROTO);
    assert_int_equal(feed_ops(&b, load, sizeof(load)), DS_EPROTO);
    assert_int_equal(feed_ops(&b, restore, sizeof(restore)), DS_EPROTO);
    assert_null(ds_decoder_new(WIDTH, HEIGHT, 0));
    assert_null(ds_decoder_new(WIDTH, HEIGHT, DS_CACHE_SLOTS + 1));
    bench_destroy(&b);
}

static void part_of_a_remembered_tile_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t ops[] = {
        4,  0x8c, 0x01, 10, 20, 4, 0x33, 0x22, 0x11, /* FILL 70,5 20x4, in the second tile */
        2,  1,    1,    9,                           /* STORE tile 1, one, slot 9 */
        4,  39,   0,    20, 4,  0, 0,    0,          /* FILL the same with black */
        13,                                          /* RESTORE */
        17,                                          /* x: from 90 back by 9 */
        3,                                           /* y: from 5 back by 2 */
        4,  6,                                       /* 81,3 4x6 */
        9,                                           /* slot 9 */
    };
    assert_int_equal(feed_ops(&b, ops, sizeof(ops)), 0);
    assert_int_equal(pixel(&b, 81, 5), 0x112233);
    assert_int_equal(pixel(&b, 84, 8), 0x112233);
    assert_int_equal(pixel(&b, 85, 8), 0);
    assert_int_equal(pixel(&b, 80, 5), 0);
    assert_int_equal(pixel(&b, 81, 4), 0);
    static const uint8_t wide[] = {2, 0, 1, 0, 13, 0x78, 0, 5, 1, 0}; /* 60,0 5x1: into tile 1 */
    assert_int_equal(feed_ops(&b, wide, sizeof(wide)), DS_EPROTO);
    static const uint8_t high[] = {2, 0, 1, 0, 13, 0, 0x7e, 1, 2, 0}; /* 0,63 1x2: into tile 2 */
    assert_int_equal(feed_ops(&b, high, sizeof(high)), DS_EPROTO);
    bench_destroy(&b);
}

static void drawn_pixels_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    /* DRAWN 10,20 2x1, 5 bytes: black and red (tests/unit/screen_drawn.c, golden_bytes) */
    static const uint8_t ops[] = {14, 20, 40, 2, 1, 5}, bytes[] = {0x7f, 0xfc, 0x23, 0xd8, 0x05};
    struct stream streams[DS_STREAM_COUNT] = {
        [DS_STREAM_OPS] = {ops, sizeof(ops)}, [DS_STREAM_JPEG] = {bytes, sizeof(bytes)}};
    assert_int_equal(feed(&b, streams), 0);
    assert_int_equal(pixel(&b, 10, 20), 0);
    assert_int_equal(pixel(&b, 11, 20), 0xff0000);
    /* A byte that no pixel takes: four zeros may be read beyond the end, none may be left. */
    static const uint8_t long_ops[] = {14, 20, 40, 1, 1, 8}, more[8] = {0x7f, 0xfc};
    streams[DS_STREAM_OPS] = (struct stream){long_ops, sizeof(long_ops)};
    streams[DS_STREAM_JPEG] = (struct stream){more, sizeof(more)};
    b.key = true;
    assert_int_equal(feed(&b, streams), DS_EPROTO);
    bench_destroy(&b);
}

static void palette_and_index_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t ops[] = {
        5, 3, 1, 1, 2, 3, 4, 5, 6, /* PALETTE table 3, 2 colours: blue green red */
        6, 0, 0, 2, 2, 3,          /* INDEX 0,0 2x2 table 3 */
    };
    static const uint8_t indices[] = {0, 1, 1, 0, 2, 0};
    struct stream streams[DS_STREAM_COUNT] = {
        [DS_STREAM_OPS] = {ops, sizeof(ops)}, [DS_STREAM_INDEX] = {indices, 4}};
    assert_int_equal(feed(&b, streams), 0);
    assert_int_equal(pixel(&b, 0, 0), 0x030201);
    assert_int_equal(pixel(&b, 1, 0), 0x060504);
    assert_int_equal(pixel(&b, 0, 1), 0x060504);
    assert_int_equal(pixel(&b, 1, 1), 0x030201);
    b.key = true;
    streams[DS_STREAM_INDEX].len = 5; /* one too many */
    assert_int_equal(feed(&b, streams), DS_EPROTO);
    b.key = true;
    streams[DS_STREAM_INDEX].len = 3; /* one too few */
    assert_int_equal(feed(&b, streams), DS_EPROTO);
    b.key = true;
    streams[DS_STREAM_INDEX] = (struct stream){indices + 1, 4}; /* 2 is not in the table */
    assert_int_equal(feed(&b, streams), DS_EPROTO);
    /* A table takes 256 colours, not one more; emptied, it takes them again. */
    uint8_t table[3 + 256 * 3] = {5, 0, 255}, one[] = {5, 0, 0, 9, 9, 9},
                            anew[] = {5, 0x80, 0, 9, 9, 9};
    assert_int_equal(feed_ops(&b, table, sizeof(table)), 0);
    streams[DS_STREAM_OPS] = (struct stream){anew, sizeof(anew)};
    streams[DS_STREAM_INDEX].len = 0;
    assert_int_equal(feed(&b, streams), 0);
    assert_int_equal(feed_ops(&b, table, sizeof(table)), 0);
    streams[DS_STREAM_OPS] = (struct stream){one, sizeof(one)};
    assert_int_equal(feed(&b, streams), DS_EPROTO);
    bench_destroy(&b);
}

static void colours_and_photo_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t ops[] = {
        7, 0, 0, 2, 1, /* COLOUR 0,0 2x1 */
        8, 0, 0, 1, 2, /* PHOTO 2,0 1x2: behind the one before */
    };
    static const uint8_t colours[] = {1, 2, 3, 4, 5, 6};
    static const uint8_t green[] = {2, 1}, red[] = {0, 0}, blue[] = {0, 5};
    struct stream streams[DS_STREAM_COUNT] = {
        [DS_STREAM_OPS] = {ops, sizeof(ops)}, [DS_STREAM_COLOUR] = {colours, 6},
        [DS_STREAM_GREEN] = {green, 2},       [DS_STREAM_RED] = {red, 2},
        [DS_STREAM_BLUE] = {blue, 2},
    };
    assert_int_equal(feed(&b, streams), 0);
    assert_int_equal(pixel(&b, 0, 0), 0x030201);
    assert_int_equal(pixel(&b, 1, 0), 0x060504);
    assert_int_equal(pixel(&b, 2, 0), 0x828282); /* green 128 + 2, red and blue as green */
    assert_int_equal(pixel(&b, 2, 1), 0x838388); /* one more; blue is 5 above green */
    for (int s = DS_STREAM_COLOUR; s <= DS_STREAM_BLUE; s++) {
        struct stream cut[DS_STREAM_COUNT];
        memcpy(cut, streams, sizeof(cut));
        cut[s].len--;
        b.key = true;
        assert_int_equal(feed(&b, cut), DS_EPROTO);
    }
    bench_destroy(&b);
}

static void nothing_outside_the_picture_is_accepted(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t bad[][24] = {
        {9, 4, 0, 0, 101, 1, 1, 1, 1},                           /* wider than the picture */
        {9, 4, 0, 0, 1, 71, 1, 1, 1},                            /* higher */
        {9, 4, 2, 0, 100, 1, 1, 1, 1},                           /* wide from x 1 on */
        {9, 4, 1, 0, 1, 1, 1, 1, 1},                             /* x -1 */
        {9, 4, 0, 1, 1, 1, 1, 1, 1},                             /* y -1 */
        {9, 4, 0, 0, 0, 1, 1, 1, 1},                             /* empty */
        {9, 4, 0, 0, 1, 0, 1, 1, 1},                             /* empty */
        {13, 4, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 1, 1}, /* 2^32 - 1 wide */
        {13, 4, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 1, 1, 1, 1, 1}, /* x 2^31 - 1 */
        {13, 4, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1, 1, 1, 1, 1}, /* x -2^31 */
        {13, 4, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 1, 1, 1, 1, 1}, /* a number of 33 bits */
        {7, 1, 0, 0, 2, 2, 2, 0},                                /* COPY from x -1 */
        {7, 1, 0, 0, 2, 2, 0, 2},                                /* from y -1 */
        {8, 1, 0, 0, 2, 2, 0xc5, 0x01, 0},                       /* from x 99: 2 do not fit */
        {11, 1, 0, 0, 2, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0},    /* from x 2^31 */
        {5, 2, 4, 1, 0, 0},                                      /* STORE tile 4 of 4 */
        {4, 2, 3, 2, 0},                                         /* two from the last on */
        {4, 2, 0, 0, 0},                                         /* none */
        {5, 2, 0, 1, 0x80, 0x20},                                /* slot 4096 */
        {5, 2, 0, 2, 0xff, 0x1f},                                /* slots 4095 and 4096 */
        {4, 3, 0, 1, 0},                                         /* LOAD what was never stored */
        {8, 2, 0, 1, 0, 3, 1, 1, 0},                             /* a tile of another size */
        {6, 5, 32, 0, 1, 1, 1},                                  /* PALETTE table 32 */
        {6, 6, 0, 0, 1, 1, 32},                                  /* INDEX table 32 */
        {1, 0},                                                  /* no such operation */
        {1, 15},                                                 /* no such operation */
        {6, 13, 0, 0, 1, 1, 0},                                  /* RESTORE from an empty slot */
        {7, 13, 0, 0, 1, 1, 0x80, 0x20},                         /* from slot 4096 */
        {10, 2, 0, 1, 3, 13, 0x82, 0x01, 0, 1, 1, 3},            /* a tile of another size: 65,0 */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (feed_ops(&b, bad[i] + 1, bad[i][0]) != DS_EPROTO)
            fail_msg("line %zu was accepted", i);
    bench_destroy(&b);
}

static void a_chunk_may_not_work_longer_than_its_bound(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    uint8_t wide[16 * 9];
    size_t len = 0;
    for (int i = 0; i < 16; i++) {
        wide[len++] = 4;
        if (i > 0) {
            wide[len++] = 0xc7; /* -100 as zigzag 199 */
            wide[len++] = 0x01;
        } else {
            wide[len++] = 0;
        }
        memcpy(wide + len, (const uint8_t[]){0, WIDTH, HEIGHT, 1, 1, 1}, 6);
        len += 6;
        int error = feed_ops(&b, wide, len);
        assert_int_equal(error, i < (int)DS_CHUNK_WORK ? 0 : DS_EPROTO);
    }
    bench_destroy(&b);
}

static void heads_of_chunks_are_checked(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    static const uint8_t nothing[] = {0}, zlib_nothing[] = {0x80};
    assert_int_equal(feed_bytes(&b, nothing, 1), 0);
    assert_int_equal(feed_bytes(&b, nothing, 1), 0);
    assert_int_equal(feed_bytes(&b, nothing, 0), DS_EPROTO); /* empty */
    assert_int_equal(feed_bytes(&b, nothing, 1), DS_EPROTO); /* broken until a key */
    b.key = true;
    assert_int_equal(feed_bytes(&b, nothing, 1), 0);
    assert_int_equal(feed_bytes(&b, zlib_nothing, 1), DS_EPROTO); /* changed without a key */
    b.key = true;
    assert_int_equal(feed_bytes(&b, zlib_nothing, 1), 0);
    static const uint8_t more[] = {0, 1};                               /* a byte too many */
    static const uint8_t large[] = {1, 0x81, 0x80, 0x0f, 1, 0};         /* 245761 bytes */
    static const uint8_t both[] = {3, 0x80, 0x80, 0x0f, 1, 1, 1, 0, 0}; /* 245760 and one */
    static const uint8_t none[] = {1, 0, 0};                            /* a stream of no bytes */
    static const uint8_t longer[] = {1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0};
    const struct stream bad[] = {
        {more, sizeof(more)}, {large, sizeof(large)},   {both, sizeof(both)},
        {none, sizeof(none)}, {longer, sizeof(longer)},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        b.key = true;
        assert_int_equal(feed_bytes(&b, bad[i].bytes, bad[i].len), DS_EPROTO);
    }
    struct ds_image other = b.joined.picture;
    other.height--;
    assert_int_equal(ds_decoder_feed(b.joined.decoder, nothing, 1, true, &other, &b.changed),
                     DS_EINVAL);
    assert_null(ds_decoder_new(0, 5, DS_CACHE_SLOTS));
    assert_null(ds_decoder_new(DS_SCREEN_SIDE_MAX + 1, 5, DS_CACHE_SLOTS));
    bench_destroy(&b);
}

/* Chunks of a real session, for cutting and mutating. */
struct session {
    uint8_t *bytes[64];
    size_t lens[64];
    bool keys[64];
    size_t count;
    bool key;
};

static int keep(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct session *s = ctx;
    (void)last;
    assert_true(s->count < 64);
    s->lens[s->count] = buf->len - DS_SCREEN_HEADER;
    s->bytes[s->count] = malloc(s->lens[s->count]);
    memcpy(s->bytes[s->count], buf->data + DS_SCREEN_HEADER, s->lens[s->count]);
    s->keys[s->count] = first && s->key;
    s->key = false;
    s->count++;
    ds_rcbuf_unref(buf);
    return 0;
}

static void record(struct session *s, uint32_t features, enum ds_encoder_quality quality)
{
    *s = (struct session){.key = true};
    struct scene scene;
    scene_init(&scene, WIDTH, HEIGHT, 0, 12);
    struct ds_encoder_config config = {WIDTH, HEIGHT, features, DS_CACHE_SLOTS};
    struct ds_encoder *encoder = ds_encoder_new(&config);
    for (int i = 0; i < 12; i++) {
        scene_step(&scene, (enum scene_step)(i % SCENE_STEPS));
        scene_step(&scene, SCENE_PHOTO);
        struct ds_encode_request request = {.image = &scene.image,
                                            .quality = quality,
                                            .refine_bytes = i % 2 ? 3000 : 0,
                                            .now = (ds_tick)i * DS_SECOND};
        struct ds_encode_result result;
        assert_int_equal(ds_encoder_encode(encoder, &request, keep, s, &result), 0);
    }
    ds_encoder_destroy(encoder);
    scene_destroy(&scene);
}

static void forget(struct session *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->bytes[i]);
}

static int feed_exact(struct bench *b, const uint8_t *bytes, size_t len, bool key)
{
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, bytes, len);
    b->key = key;
    int error = feed_bytes(b, exact, len);
    free(exact);
    return error;
}

static void every_cut_of_every_chunk_is_refused(void **state)
{
    (void)state;
    for (int mode = 0; mode < 2; mode++) {
        struct session s;
        struct bench b;
        record(&s, mode ? 0 : DS_FEATURE_ZSTD | DS_FEATURE_JPEG, DS_QUALITY_LOW_LOSSY);
        bench_init(&b);
        for (size_t i = 0; i < s.count; i++) {
            size_t step = 1 + s.lens[i] / 40;
            for (size_t cut = 0; cut < s.lens[i]; cut += step) {
                for (size_t k = 0; k < i; k++)
                    assert_int_equal(feed_exact(&b, s.bytes[k], s.lens[k], s.keys[k]), 0);
                assert_int_equal(feed_exact(&b, s.bytes[i], cut, s.keys[i]), DS_EPROTO);
            }
        }
        bench_destroy(&b);
        forget(&s);
    }
}

static void mutated_chunks_never_write_outside(void **state)
{
    (void)state;
    for (int mode = 0; mode < 2; mode++) {
        struct session s;
        struct bench b;
        struct scene scene = {.seed = 77};
        record(&s, mode ? 0 : DS_FEATURE_ZSTD | DS_FEATURE_JPEG, DS_QUALITY_HIGH_LOSSY);
        bench_init(&b);
        for (int round = 0; round < 400; round++) {
            for (size_t i = 0; i < s.count; i++) {
                uint8_t bytes[65536];
                size_t len = s.lens[i];
                assert_true(len <= sizeof(bytes));
                memcpy(bytes, s.bytes[i], len);
                for (uint32_t n = scene_draw(&scene, 3); n > 0; n--)
                    bytes[scene_draw(&scene, (uint32_t)(n % 2 && len > 40 ? 40 : len))] =
                        (uint8_t)scene_draw(&scene, 256);
                feed_exact(&b, bytes, len, s.keys[i]);
            }
        }
        bench_destroy(&b);
        forget(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_video_without_a_beginning_is_refused),
        cmocka_unit_test(fill_copy_store_and_load_by_hand),
        cmocka_unit_test(no_more_tiles_are_remembered_than_were_promised),
        cmocka_unit_test(part_of_a_remembered_tile_by_hand),
        cmocka_unit_test(drawn_pixels_by_hand),
        cmocka_unit_test(palette_and_index_by_hand),
        cmocka_unit_test(colours_and_photo_by_hand),
        cmocka_unit_test(nothing_outside_the_picture_is_accepted),
        cmocka_unit_test(a_chunk_may_not_work_longer_than_its_bound),
        cmocka_unit_test(heads_of_chunks_are_checked),
        cmocka_unit_test(every_cut_of_every_chunk_is_refused),
        cmocka_unit_test(mutated_chunks_never_write_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
