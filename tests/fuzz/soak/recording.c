/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recording.h"

#include "common/base/cursor.h"
#include "common/screen/decoder_state.h"
#include "common/screen/encoder.h"
#include "common/screen/pack.h"
#include "common/screen/plan.h"
#include "tests/unit/screen_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 400
#define STEP (33 * DS_MS)

struct recorder {
    struct soak_recording *to;
    struct ds_unpacker *unpackers[DS_STREAM_COUNT];
    struct soak_model model; /* only to see whether all is understood */
};

static void fail(const char *what)
{
    fprintf(stderr, "recording: %s\n", what);
    exit(1);
}

static struct soak_chunk *next_chunk(struct soak_recording *r)
{
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->chunks = realloc(r->chunks, r->cap * sizeof(*r->chunks));
        if (!r->chunks)
            fail("no memory");
    }
    r->chunks[r->count] = (struct soak_chunk){0};
    return &r->chunks[r->count++];
}

static void unpack(struct recorder *rec, const uint8_t *bytes, size_t len)
{
    struct ds_cursor c = ds_cursor_of(bytes, len);
    uint8_t present = ds_cursor_u8(&c);
    struct soak_chunk *chunk = next_chunk(rec->to);
    size_t packed[DS_STREAM_COUNT] = {0};
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        if (!(present & 1u << s))
            continue;
        chunk->len[s] = ds_read_number(&c);
        packed[s] = s == DS_STREAM_JPEG ? chunk->len[s] : ds_read_number(&c);
    }
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        size_t n = chunk->len[s];
        if (n == 0)
            continue;
        const uint8_t *from = ds_cursor_bytes(&c, packed[s]);
        chunk->streams[s] = malloc(n);
        if (!from || !chunk->streams[s])
            fail("a chunk is not whole");
        if (s == DS_STREAM_JPEG)
            memcpy(chunk->streams[s], from, n);
        else if (ds_unpacker_unpack(rec->unpackers[s], from, packed[s], chunk->streams[s], n))
            fail("a stream does not unpack");
    }
    if (!soak_model_read(&rec->model, chunk))
        fail("operations are not understood");
    for (size_t i = 0; i < rec->model.op_count; i++)
        rec->to->codes |= 1u << rec->model.ops[i].code;
}

static int on_chunk(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    (void)first;
    (void)last;
    unpack(ctx, buf->data + DS_SCREEN_HEADER, buf->len - DS_SCREEN_HEADER);
    ds_rcbuf_unref(buf);
    return 0;
}

/* A smooth picture that moves, for long enough to be a video. */
static void draw_video(struct scene *s, int n)
{
    struct ds_rect r = {0, 0, (int32_t)s->image.width, (int32_t)s->image.height - 30};
    for (int32_t y = 0; y < r.height; y++)
        for (int32_t x = 0; x < r.width; x++) {
            uint32_t u = (uint32_t)(x + n * 3), v = (uint32_t)(y + n), grain = scene_draw(s, 6);
            ds_image_row(&s->image, (uint32_t)y)[x] =
                (u * 5 / 8 & 255) << 16 | (v & 255) << 8 | (((u * v >> 7) + grain) & 255);
        }
    ds_region_add(&s->damage, r);
}

/* Everything that operations refer to: tables of every length, all tiles of the picture in the
 * first slots and the last, the tables of a JPEG, the first picture of a video. */
static void make_primer(struct soak_recording *r, struct scene *s, struct soak_model *scratch)
{
    struct soak_model *p = &r->primer;
    soak_model_init(p);
    for (uint32_t t = 0; t < DS_PALETTES; t++) {
        uint32_t count = t < DS_PALETTES / 2 ? DS_PALETTE_COLOURS : 1 + scene_draw(s, 255);
        struct soak_op *op = soak_model_add(p, DS_OP_PALETTE, (uint32_t[]){t | 0x80, count - 1});
        op->colours = (uint16_t)count;
        for (uint32_t i = 0; i < count * 3; i++)
            op->colour[i] = (uint8_t)scene_draw(s, 256);
    }
    uint32_t tiles = ds_tiles_across(r->kind.width) * ((r->kind.height + DS_TILE - 1) / DS_TILE);
    soak_model_add(p, DS_OP_STORE, (uint32_t[]){0, tiles, 0});
    soak_model_add(p, DS_OP_STORE, (uint32_t[]){0, tiles, DS_CACHE_SLOTS - tiles});
    bool tables = false, video = false;
    for (size_t i = 0; i < r->count; i++) {
        size_t at = 0; /* in the stream of pictures */
        soak_model_read(scratch, &r->chunks[i]);
        for (size_t j = 0; j < scratch->op_count; j++) {
            const struct soak_op *op = &scratch->ops[j];
            size_t len = op->code == DS_OP_JPEG_TABLES                       ? op->fields[0]
                         : op->code == DS_OP_JPEG || op->code == DS_OP_DRAWN ? op->fields[4]
                         : op->code == DS_OP_VIDEO                           ? op->fields[5]
                                                                             : 0;
            bool wanted = (op->code == DS_OP_JPEG_TABLES && !tables) ||
                          (op->code == DS_OP_VIDEO && op->fields[4] && !video);
            tables = tables || op->code == DS_OP_JPEG_TABLES;
            video = video || op->code == DS_OP_VIDEO;
            if (wanted) {
                soak_model_add(p, op->code, op->fields);
                memcpy(p->streams[DS_STREAM_JPEG] + p->len[DS_STREAM_JPEG],
                       scratch->streams[DS_STREAM_JPEG] + at, len);
                p->len[DS_STREAM_JPEG] += len;
            }
            at += len;
        }
    }
    soak_model_write(p);
}

void soak_record(struct soak_recording *r, const struct soak_kind *kind, uint64_t seed)
{
    *r = (struct soak_recording){.kind = *kind};
    static struct recorder rec;
    rec.to = r;
    soak_model_init(&rec.model);
    bool zlib = !(kind->features & DS_FEATURE_ZSTD);
    for (int s = 0; s < DS_STREAM_JPEG; s++)
        rec.unpackers[s] = ds_unpacker_new(zlib, s < DS_STREAMS_WITH_HISTORY ? DS_WINDOW_LOG : 0);
    struct ds_encoder_config config = {kind->width, kind->height, kind->features, DS_CACHE_SLOTS};
    struct ds_encoder *encoder = ds_encoder_new(&config);
    struct scene scene;
    scene_init(&scene, kind->width, kind->height, 0, seed);
    if (!encoder)
        fail("no encoder");
    for (int i = 0; i < STEPS; i++) {
        if (kind->video)
            draw_video(&scene, i);
        else
            scene_any_step(&scene);
        struct ds_encode_request request = {.image = &scene.image,
                                            .quality = (enum ds_encoder_quality)(i % 4),
                                            .fit_bytes = 2000,
                                            .refine_bytes = i % 5 == 0 ? 8000 : 0,
                                            .video = true,
                                            .video_rate = 200000,
                                            .now = DS_SECOND + (ds_tick)i * STEP};
        struct ds_encode_result result;
        if (ds_encoder_encode(encoder, &request, on_chunk, &rec, &result))
            fail("the encoder fails");
    }
    make_primer(r, &scene, &rec.model);
    soak_model_destroy(&rec.model);
    scene_destroy(&scene);
    ds_encoder_destroy(encoder);
    for (int s = 0; s < DS_STREAM_JPEG; s++)
        ds_unpacker_destroy(rec.unpackers[s]);
}

void soak_recording_destroy(struct soak_recording *r)
{
    for (size_t i = 0; i < r->count; i++)
        for (int s = 0; s < DS_STREAM_COUNT; s++)
            free(r->chunks[i].streams[s]);
    free(r->chunks);
    soak_model_destroy(&r->primer);
}
