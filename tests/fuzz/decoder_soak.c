/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decoder_soak [--updates N] [--stream MIB] [--seed S]
 *
 * Torture for the picture decoder. First N updates (20,000 unless told otherwise) that the real
 * encoder made (text, photographs, video, motion, remembered tiles; zstd, deflate) are damaged
 * after unpacking and packed again: nothing may be written outside the picture, nothing may crash,
 * and no more memory may be held than DS_DECODER_MEMORY allows. Then one stream that no key
 * interrupts goes through encoder and decoder until its indices as well as its colours are MIB
 * mebibytes long (16 unless told otherwise): every picture has to come out equal.
 *
 * The long run: decoder_soak --updates 10000000 --stream 4100 */
#include "common/base/error.h"
#include "common/screen/decoder.h"
#include "common/screen/encoder.h"
#include "common/screen/video_encode.h"
#include "soak/memory.h"
#include "soak/packing.h"
#include "soak/recording.h"
#include "soak/surface.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Chunks after one key, at most, and keys for one decoder. */
#define CHUNKS_A_KEY 48
#define KEYS_A_DECODER 256
/* One key in so many is followed by streams of the real compressors. */
#define REAL_PACKING 12

#define ALL (DS_FEATURE_ZSTD | DS_FEATURE_JPEG | DS_FEATURE_JPEG_ARITHMETIC | DS_FEATURE_H264)

static const struct soak_kind kinds[] = {
    {"desktop", 128, 96, ALL, false, 40000},
    {"drawn", 128, 96, ALL | DS_FEATURE_DRAWN, false, 20000},
    {"one pixel", 1, 1, ALL, false, 4000},
    {"odd sides", 131, 67, ALL, false, 16000},
    {"deflate", 64, 129, DS_FEATURE_JPEG, false, 16000},
    {"larger", 400, 300, ALL, false, 3500},
    {"video", 192, 160, ALL, true, 500},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct soak {
    struct soak_recording recordings[KINDS];
    struct soak_dice dice;
    struct soak_packing packing;
    struct soak_model model;
    uint64_t updates, accepted, keys;
    uint64_t errors[3]; /* protocol, memory, other */
    size_t most;        /* memory of a decoder */
    uint64_t seed;
};

static const char *now = ""; /* the kind of recording */

static void fail(const struct soak *k, const char *what)
{
    fprintf(stderr, "decoder_soak: %s, after %" PRIu64 " updates of seed %" PRIu64 " (%s)\n", what,
            k->updates, k->seed, now);
    exit(1);
}

/* The largest that a decoder for this picture may hold. */
static void check_memory(struct soak *k, const struct soak_recording *r, size_t before)
{
    size_t most = soak_memory_most();
    size_t held = most > before ? most - before : 0;
    k->most = held > k->most ? held : k->most;
    if (held > DS_DECODER_MEMORY((size_t)r->kind.width * r->kind.height, DS_CACHE_SLOTS))
        fail(k, "the decoder holds more memory than it may");
}

static void feed(struct soak *k, struct ds_decoder *decoder, struct soak_surface *surface,
                 size_t len, bool key, bool mutated, bool *broken)
{
    struct ds_region changed = {0};
    /* A copy that ends where the chunk ends, so that a sanitizer sees a read past it. */
    uint8_t *exact = k->packing.out;
#ifdef DESKSIDE_SANITIZED
    exact = malloc(len > 0 ? len : 1);
    if (!exact)
        fail(k, "no memory");
    memcpy(exact, k->packing.out, len);
#endif
    int error = ds_decoder_feed(decoder, exact, len, key, &surface->image, &changed);
#ifdef DESKSIDE_SANITIZED
    free(exact);
#endif
    k->updates += mutated;
    k->accepted += mutated && error == 0;
    k->errors[error == DS_EPROTO ? 0 : error == DS_ENOMEM ? 1 : 2] += error != 0;
    if (error && error != DS_EPROTO && error != DS_ENOMEM)
        fail(k, "an error that is not one of the decoder's");
    for (size_t i = 0; i < changed.count; i++) {
        struct ds_rect r = changed.rects[i];
        struct ds_rect in = ds_rect_intersect(r, ds_image_bounds(&surface->image));
        if (in.width != r.width || in.height != r.height)
            fail(k, "a changed rectangle outside the picture");
    }
    *broken = error != 0;
}

/* From a key until the decoder refuses or enough were fed. */
static void run_key(struct soak *k, const struct soak_recording *r, struct ds_decoder *decoder,
                    struct soak_surface *surface)
{
    bool zlib = !(r->kind.features & DS_FEATURE_ZSTD);
    enum soak_manner manner = zlib                                ? SOAK_ZLIB
                              : soak_draw(&k->dice, REAL_PACKING) ? SOAK_STORED
                                                                  : SOAK_ZSTD;
    soak_packing_start(&k->packing, manner);
    size_t len = soak_pack(&k->packing, &r->primer, NULL);
    bool broken;
    feed(k, decoder, surface, len, true, false, &broken);
    if (broken)
        fail(k, "what starts a stream is refused");
    k->keys++;
    for (int i = 0; i < CHUNKS_A_KEY && !broken; i++) {
        soak_model_read(&k->model, &r->chunks[soak_draw(&k->dice, (uint32_t)r->count)]);
        soak_mutate(&k->model, &k->dice);
        len = soak_pack(&k->packing, &k->model, &k->dice);
        feed(k, decoder, surface, len, soak_draw(&k->dice, 256) == 0, true, &broken);
    }
    if (broken && soak_draw(&k->dice, 64) == 0) { /* and stays so until the next key */
        soak_packing_start(&k->packing, manner);
        len = soak_pack(&k->packing, &r->primer, NULL);
        feed(k, decoder, surface, len, false, false, &broken);
        if (!broken)
            fail(k, "a broken stream goes on");
    }
    if (!soak_surface_is_whole(surface))
        fail(k, "a byte outside the picture was written");
}

static void run_decoder(struct soak *k, const struct soak_recording *r, uint64_t until)
{
    struct soak_surface surface;
    now = r->kind.name;
    soak_surface_open(&surface, r->kind.width, r->kind.height);
    soak_memory_forget_most();
    size_t before = soak_memory_now();
    struct ds_decoder *decoder = ds_decoder_new(r->kind.width, r->kind.height, DS_CACHE_SLOTS);
    if (!decoder)
        fail(k, "no memory");
    int keys = r->kind.video ? KEYS_A_DECODER / 16 : KEYS_A_DECODER;
    for (int i = 0; i < keys && k->updates < until; i++)
        run_key(k, r, decoder, &surface);
    check_memory(k, r, before);
    ds_decoder_destroy(decoder);
    soak_surface_close(&surface);
}

static const struct soak_recording *choose(struct soak *k)
{
    uint32_t total = 0;
    for (size_t i = 0; i < KINDS; i++)
        total += kinds[i].runs;
    uint32_t at = soak_draw(&k->dice, total);
    size_t i = 0;
    for (; at >= kinds[i].runs; i++)
        at -= kinds[i].runs;
    return &k->recordings[i];
}

static void soak_updates(struct soak *k, uint64_t count)
{
    uint32_t codes = 0;
    bool video = ds_decoder_features() & DS_FEATURE_H264 && ds_video_encoder_available();
    for (size_t i = 0; i < KINDS; i++) {
        struct soak_kind kind = kinds[i];
        kind.features &= ds_decoder_features();
        soak_record(&k->recordings[i], &kind, 1 + i); /* in which all operations occur */
        codes |= k->recordings[i].codes;
        printf("%s: %zu chunks\n", kind.name, k->recordings[i].count);
    }
    for (uint32_t code = DS_OP_COPY; code <= DS_OP_DRAWN; code++)
        if (!(codes & 1u << code) && (video || (code != DS_OP_VIDEO && code != DS_OP_SHOW)))
            fail(k, "an operation occurs in no recording");
    soak_model_init(&k->model);
    soak_packing_init(&k->packing);
    for (size_t i = 0; i < KINDS; i++) /* each at least once */
        run_decoder(k, &k->recordings[i], k->updates + count / KINDS / 4 + 1);
    while (k->updates < count)
        run_decoder(k, choose(k), count);
    printf("%" PRIu64 " updates after %" PRIu64 " keys, %" PRIu64 " accepted, %" PRIu64
           " refused, %" PRIu64 " without memory; a decoder held at most %zu bytes\n",
           k->updates, k->keys, k->accepted, k->errors[0], k->errors[1], k->most);
    soak_model_destroy(&k->model);
    soak_packing_destroy(&k->packing);
    for (size_t i = 0; i < KINDS; i++)
        soak_recording_destroy(&k->recordings[i]);
}

/* ---- one long stream ---- */

struct stream {
    struct ds_decoder *decoder;
    struct ds_image picture;
    uint64_t raw[DS_STREAM_COUNT], packed, chunks;
};

static size_t read_number(const uint8_t **at)
{
    size_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (size_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
}

static int on_chunk(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct stream *s = ctx;
    (void)last;
    const uint8_t *at = buf->data + DS_SCREEN_HEADER;
    uint8_t present = *at++;
    for (int i = 0; i < DS_STREAM_COUNT; i++) {
        if (!(present & 1u << i))
            continue;
        s->raw[i] += read_number(&at);
        if (i != DS_STREAM_JPEG)
            read_number(&at);
    }
    s->packed += buf->len;
    struct ds_region changed = {0};
    int error =
        ds_decoder_feed(s->decoder, buf->data + DS_SCREEN_HEADER, buf->len - DS_SCREEN_HEADER,
                        first && s->chunks == 0, &s->picture, &changed);
    s->chunks++;
    ds_rcbuf_unref(buf);
    return error;
}

/* Half of the picture in 200 colours that nothing orders, half in as many as fit. */
static void draw_noise(struct ds_image *image, struct soak_dice *dice)
{
    uint64_t state = dice->state | 1;
    for (uint32_t y = 0; y < image->height; y++) {
        uint32_t *row = ds_image_row(image, y);
        for (uint32_t x = 0; x < image->width; x++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            /* Pairs of equal pixels and steps too large for a photograph: colours, not planes. */
            if (x < image->width / 2)
                row[x] = (uint32_t)((state >> 20) % 200 * 0x010305u);
            else
                row[x] = x % 2 ? row[x - 1] : (uint32_t)(state >> 30) & 0xffffff;
        }
    }
    dice->state = state;
}

static void soak_stream(struct soak *k, uint64_t bytes)
{
    struct stream s = {0};
    struct ds_image image;
    struct ds_encoder_config config = {1024, 768, ds_decoder_features(), DS_CACHE_SLOTS};
    struct ds_encoder *encoder = ds_encoder_new(&config);
    s.decoder = ds_decoder_new(config.width, config.height, DS_CACHE_SLOTS);
    if (!encoder || !s.decoder || ds_image_init(&image, config.width, config.height) ||
        ds_image_init(&s.picture, config.width, config.height))
        fail(k, "no memory");
    uint64_t updates = 0;
    for (; s.raw[DS_STREAM_INDEX] < bytes || s.raw[DS_STREAM_COLOUR] < bytes; updates++) {
        draw_noise(&image, &k->dice);
        struct ds_encode_request request = {
            .image = &image, .quality = DS_QUALITY_EXACT, .now = (updates + 1) * DS_MS};
        struct ds_encode_result result;
        int error = ds_encoder_encode(encoder, &request, on_chunk, &s, &result);
        if (error)
            fail(k, ds_error_name(error));
        for (uint32_t y = 0; y < image.height; y++)
            if (memcmp(ds_image_row(&image, y), ds_image_row(&s.picture, y),
                       (size_t)image.width * 4) != 0)
                fail(k, "the long stream is not exact");
        if (updates > 1000 && s.raw[DS_STREAM_INDEX] == 0)
            fail(k, "the picture does not make indices");
        if (updates > 1000 && s.raw[DS_STREAM_COLOUR] == 0)
            fail(k, "the picture does not make colours");
    }
    printf("one stream of %" PRIu64 " updates: %" PRIu64 " MiB of indices, %" PRIu64
           " MiB of colours, %" PRIu64 " MiB packed, every picture equal\n",
           updates, s.raw[DS_STREAM_INDEX] >> 20, s.raw[DS_STREAM_COLOUR] >> 20, s.packed >> 20);
    ds_encoder_destroy(encoder);
    ds_decoder_destroy(s.decoder);
    ds_image_destroy(&image);
    ds_image_destroy(&s.picture);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"updates", required_argument, NULL, 'u'},
        {"stream", required_argument, NULL, 's'},
        {"seed", required_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    static struct soak k = {.seed = 1};
    uint64_t updates = 20000, mib = 16;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'u')
            updates = strtoull(optarg, NULL, 10);
        else if (option == 's')
            mib = strtoull(optarg, NULL, 10);
        else if (option == 'r')
            k.seed = strtoull(optarg, NULL, 10);
        else
            return 1;
    }
    k.dice.state = k.seed * 0x9e3779b97f4a7c15u;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (updates > 0)
        soak_updates(&k, updates);
    if (mib > 0)
        soak_stream(&k, mib << 20);
    return 0;
}
