/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deskside-bench-codec FILE.raw --size 1920x1080 [--mode lossless|lossy-first] [--passes 3]
 *                       [--fit BYTES] [--trace]
 *
 * Encodes and decodes every picture of a file (rows of blue, green, red, zero) as the agent and the
 * viewer do and prints one JSON line; tests/bench/codec/README.md says what each key means. Returns
 * 0, 1 when a lossless picture did not come back exactly, 2 for wrong arguments. */
#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/screen/decoder.h"
#include "common/screen/encoder.h"
#include "common/wire/sealed.h"

#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PASSES_MAX 100
/* Pictures were taken at most 20 times a second. */
#define FRAME_TIME (50 * DS_MS)
/* Spent on refinement at a time once the pictures are over, as a fast link would allow. */
#define REFINE_BYTES 262144
#define REFINE_ROUNDS 10000

struct clip {
    const uint8_t *pixels;
    uint32_t width, height;
    size_t frames, frame_size;
};

struct result { /* per frame */
    size_t *bytes;
    double *encode_ms, *decode_ms;
    double squares; /* sum of squared errors over all frames */
    bool exact;     /* every frame */
    size_t refine_bytes;
    bool refined; /* the last picture is exact after refinement */
};

/* The chunks of one update. */
struct update {
    struct ds_rcbuf **chunks;
    size_t count, cap, bytes;
};

static void die(const char *what)
{
    fprintf(stderr, "deskside-bench-codec: %s\n", what);
    exit(2);
}

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p)
        die("no memory");
    return p;
}

/* Of all threads. */
static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void clip_open(struct clip *clip, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info))
        die("cannot open the file");
    clip->frame_size = (size_t)clip->width * clip->height * 4;
    clip->frames = (size_t)info.st_size / clip->frame_size;
    if (clip->frames < 2 || (size_t)info.st_size % clip->frame_size)
        die("not a whole number of frames, or less than two");
    clip->pixels = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (clip->pixels == MAP_FAILED)
        die("cannot map the file");
    close(fd);
}

static struct ds_image frame_at(const struct clip *clip, size_t i, uint8_t *memory)
{
    memcpy(memory, clip->pixels + i * clip->frame_size, clip->frame_size);
    return (struct ds_image){clip->width, clip->height, (size_t)clip->width * 4, memory};
}

static int on_chunk(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct update *u = ctx;
    (void)first;
    (void)last;
    if (u->count == u->cap) {
        u->cap = u->cap ? u->cap * 2 : 64;
        u->chunks = realloc(u->chunks, u->cap * sizeof(struct ds_rcbuf *));
        if (!u->chunks)
            die("no memory");
    }
    u->chunks[u->count++] = buf;
    u->bytes += buf->len;
    return 0;
}

struct codec {
    struct ds_encoder *encoder;
    struct ds_decoder *decoder;
    struct ds_image shown;
    struct update update;
    enum ds_encoder_quality quality;
    size_t fit_bytes;
    ds_tick now;
};

static void codec_open(struct codec *c, const struct clip *clip, enum ds_encoder_quality quality,
                       size_t fit_bytes)
{
    struct ds_encoder_config config = {clip->width, clip->height, ds_decoder_features(),
                                       DS_CACHE_SLOTS};
    *c = (struct codec){.quality = quality, .fit_bytes = fit_bytes, .now = DS_SECOND};
    c->encoder = ds_encoder_new(&config);
    c->decoder = ds_decoder_new(clip->width, clip->height, DS_CACHE_SLOTS);
    if (!c->encoder || !c->decoder || ds_image_init(&c->shown, clip->width, clip->height))
        die("no memory, or a size that is not allowed");
}

static void codec_close(struct codec *c)
{
    ds_encoder_destroy(c->encoder);
    ds_decoder_destroy(c->decoder);
    ds_image_destroy(&c->shown);
    free(c->update.chunks);
}

/* One update, whose chunks stay for the caller to drop, and what it took. */
static struct ds_encode_result run(struct codec *c, const struct ds_image *image,
                                   size_t refine_bytes, double *encode_ms, double *decode_ms)
{
    struct ds_encode_request request = {.image = image,
                                        .quality = c->quality,
                                        .fit_bytes = c->fit_bytes,
                                        .refine_bytes = refine_bytes,
                                        .now = c->now};
    struct ds_encode_result result = {0};
    c->update.count = c->update.bytes = 0;
    double start = cpu_ms();
    int error = ds_encoder_encode(c->encoder, &request, on_chunk, &c->update, &result);
    *encode_ms = cpu_ms() - start;
    if (error)
        die(ds_error_name(error));
    start = cpu_ms();
    struct ds_region changed = {0};
    for (size_t i = 0; i < c->update.count && !error; i++)
        error = ds_decoder_feed(c->decoder, c->update.chunks[i]->data + DS_SCREEN_HEADER,
                                c->update.chunks[i]->len - DS_SCREEN_HEADER, result.key && i == 0,
                                &c->shown, &changed);
    *decode_ms = cpu_ms() - start;
    if (error)
        die(ds_error_name(error));
    return result;
}

static void drop_chunks(struct codec *c)
{
    for (size_t i = 0; i < c->update.count; i++)
        ds_rcbuf_unref(c->update.chunks[i]);
    c->update.count = 0;
}

/* Sum of squared differences of blue, green and red. */
static double squares_between(const struct ds_image *a, const struct ds_image *b)
{
    uint64_t sum = 0;
    for (uint32_t y = 0; y < a->height; y++) {
        const uint8_t *p = a->pixels + y * a->stride, *q = b->pixels + y * b->stride;
        if (memcmp(p, q, (size_t)a->width * 4) == 0)
            continue;
        for (size_t x = 0; x < (size_t)a->width * 4; x++) {
            int d = x % 4 == 3 ? 0 : p[x] - q[x];
            sum += (uint64_t)(d * d);
        }
    }
    return (double)sum;
}

static uint32_t read_number(const uint8_t **at)
{
    uint32_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
}

/* On stderr: what the update's streams took, unpacked and packed, and its operations. */
static void trace(const struct codec *c, size_t frame, double encode_ms)
{
    static const char *const names[] = {"ops", "index", "colour", "green", "red", "blue", "jpeg"};
    enum { COUNT = sizeof(names) / sizeof(names[0]), JPEG = COUNT - 1 };
    static char plan[1 << 20];
    size_t raw[COUNT] = {0}, packed[COUNT] = {0};
    for (size_t i = 0; i < c->update.count; i++) {
        const uint8_t *at = c->update.chunks[i]->data + DS_SCREEN_HEADER;
        uint8_t present = *at++;
        for (int s = 0; s < COUNT; s++) {
            if (!(present & 1u << s))
                continue;
            uint32_t n = read_number(&at);
            raw[s] += n;
            packed[s] += s == JPEG ? n : read_number(&at);
        }
    }
    fprintf(stderr, "update %zu: %zu bytes in %.2f ms", frame, c->update.bytes, encode_ms);
    for (int s = 0; s < COUNT; s++)
        if (raw[s] > 0)
            fprintf(stderr, ", %s %zu/%zu", names[s], packed[s], raw[s]);
    if (c->update.count > 0)
        ds_encoder_print_plan(c->encoder, plan, sizeof(plan));
    fprintf(stderr, "\n%s", c->update.count > 0 ? plan : "");
}

static void pass(const struct clip *clip, enum ds_encoder_quality quality, size_t fit_bytes,
                 struct result *r, bool first, bool traced)
{
    struct codec codec;
    codec_open(&codec, clip, quality, fit_bytes);
    uint8_t *memory = allocate(1, clip->frame_size);
    struct ds_image image = {0};
    for (size_t i = 0; i < clip->frames; i++) {
        double encode_ms, decode_ms;
        image = frame_at(clip, i, memory);
        run(&codec, &image, 0, &encode_ms, &decode_ms);
        codec.now += FRAME_TIME;
        if (traced)
            trace(&codec, i, encode_ms);
        drop_chunks(&codec);
        if (first) {
            r->bytes[i] = codec.update.bytes;
            double squares = squares_between(&image, &codec.shown);
            r->squares += squares;
            r->exact = r->exact && squares == 0;
        } else if (r->bytes[i] != codec.update.bytes) {
            die("two passes gave different bytes");
        }
        if (first || encode_ms < r->encode_ms[i])
            r->encode_ms[i] = encode_ms;
        if (first || decode_ms < r->decode_ms[i])
            r->decode_ms[i] = decode_ms;
    }
    for (int i = 0; first && i < REFINE_ROUNDS && ds_encoder_is_lossy(codec.encoder); i++) {
        double encode_ms, decode_ms;
        codec.now += DS_SECOND;
        run(&codec, &image, REFINE_BYTES, &encode_ms, &decode_ms);
        drop_chunks(&codec);
        r->refine_bytes += codec.update.bytes;
    }
    if (first)
        r->refined = squares_between(&image, &codec.shown) == 0;
    codec_close(&codec);
    free(memory);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts values; the smallest that at least 99 of 100 do not exceed. */
static double percentile_99(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    return values[(count * 99 + 99) / 100 - 1];
}

static void print(const struct clip *clip, struct result *r, bool lossy)
{
    size_t updates = clip->frames - 1, bytes = 0, most = 0;
    double encode_ms = 0, decode_ms = 0, key_ms = r->encode_ms[0], key_decode_ms = r->decode_ms[0];
    for (size_t i = 1; i < clip->frames; i++) {
        bytes += r->bytes[i];
        encode_ms += r->encode_ms[i];
        decode_ms += r->decode_ms[i];
        most = r->bytes[i] > most ? r->bytes[i] : most;
    }
    double samples = (double)clip->width * clip->height * 3 * (double)clip->frames;
    double psnr = r->squares > 0 ? 10 * log10(255.0 * 255.0 * samples / r->squares) : 99.9;
    printf("{\"encoder\":\"deskside\",\"frames\":%zu,\"key_bytes\":%zu,\"bytes_per_update\":%.0f,"
           "\"encode_ms\":%.3f,\"decode_ms\":%.3f,\"max_update_bytes\":%zu,"
           "\"p99_encode_ms\":%.3f,\"psnr_db\":%.1f,\"exact\":%s,\"key_ms\":%.3f,"
           "\"key_decode_ms\":%.3f",
           clip->frames, r->bytes[0], (double)bytes / (double)updates, encode_ms / (double)updates,
           decode_ms / (double)updates, most, percentile_99(r->encode_ms + 1, updates), psnr,
           (lossy ? r->refined : r->exact) ? "true" : "false", key_ms, key_decode_ms);
    if (lossy)
        printf(",\"refine_bytes\":%zu", r->refine_bytes);
    printf("}\n");
}

struct arguments {
    int passes;
    bool lossy, traced;
    size_t fit_bytes; /* 0: quality 92 4:4:4 */
};

static bool parse(int argc, char **argv, struct clip *clip, struct arguments *a)
{
    static const struct option options[] = {
        {"size", required_argument, NULL, 's'}, {"passes", required_argument, NULL, 'p'},
        {"mode", required_argument, NULL, 'm'}, {"fit", required_argument, NULL, 'f'},
        {"trace", no_argument, NULL, 't'},      {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            if (sscanf(optarg, "%ux%u", &clip->width, &clip->height) != 2)
                return false;
            break;
        case 'p':
            a->passes = atoi(optarg);
            break;
        case 'm':
            a->lossy = strcmp(optarg, "lossy-first") == 0;
            if (!a->lossy && strcmp(optarg, "lossless") != 0)
                return false;
            break;
        case 'f':
            a->fit_bytes = strtoul(optarg, NULL, 10);
            break;
        case 't':
            a->traced = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc - 1 && a->passes >= 1 && a->passes <= PASSES_MAX &&
           ds_image_size_ok(clip->width, clip->height);
}

int main(int argc, char **argv)
{
    struct clip clip = {.width = 1920, .height = 1080};
    struct arguments a = {.passes = 1};
    if (!parse(argc, argv, &clip, &a)) {
        fprintf(stderr, "usage: deskside-bench-codec FILE.raw [--size WxH] [--mode "
                        "lossless|lossy-first] [--passes N] [--fit BYTES] [--trace]\n");
        return 2;
    }
    enum ds_encoder_quality quality = !a.lossy      ? DS_QUALITY_EXACT
                                      : a.fit_bytes ? DS_QUALITY_FIT
                                                    : DS_QUALITY_HIGH_LOSSY;
    clip_open(&clip, argv[optind]);
    struct result r = {.bytes = allocate(clip.frames, sizeof(*r.bytes)),
                       .encode_ms = allocate(clip.frames, sizeof(*r.encode_ms)),
                       .decode_ms = allocate(clip.frames, sizeof(*r.decode_ms)),
                       .exact = true};
    for (int i = 0; i < a.passes; i++)
        pass(&clip, quality, a.fit_bytes, &r, i == 0, a.traced && i == 0);
    print(&clip, &r, a.lossy);
    free(r.bytes);
    free(r.encode_ms);
    free(r.decode_ms);
    return a.lossy || r.exact ? 0 : 1;
}
