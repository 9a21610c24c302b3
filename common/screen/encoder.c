/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/encoder.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/beneath.h"
#include "common/screen/chunk_writer.h"
#include "common/screen/classify.h"
#include "common/screen/diff.h"
#include "common/screen/lossy.h"
#include "common/screen/merge.h"
#include "common/screen/motion.h"
#include "common/screen/video.h"

#include <stdlib.h>
#include <string.h>

/* A tile that stood so long may come back, so it is remembered when it goes. Counted in pictures
 * instead, half of the gain on window switching was lost. */
#define STAYED (100 * DS_MS)
/* A picture that rests with so many tiles that are not remembered yet is remembered then: when it
 * changes, a picture of 2 megapixels came 2 ms later at the encoder and up to 7 at the decoder. Few
 * are left for then, for not every letter that is typed shall be followed by an update more. */
#define SETTLE_MIN 64
/* Refining what may change again at once is wasted. */
#define QUIET (200 * DS_MS)
/* A coarse picture is hardly readable, so it is made finer at the first opportunity. */
#define GLANCE (40 * DS_MS)
/* Photographs larger than this come as JPEG first on any line: exactly, 2 megapixels take 25 ms of
 * both ends' time more (CODEC.md 4.3), and nobody sees the difference before they are refined. */
#define GLANCE_AREA 500000u
#define PAD_MASK 0xff000000u
/* So many pixels take less than a millisecond at either end; with three times as many `code` took
 * half the bytes, but `web_scroll` twice the decoder's time. */
#define DRAWN_FREE 65536u
/* A line of 20 Mbit/s (in the 20 ms that photographs are made to fit): 12 ns a pixel for decoding
 * it (coding takes 5 meanwhile) are as long as the 0.03 bytes that are saved. */
#define DRAWN_FIT 50000u
/* The worst photographs, exact, take so many bytes for 1000 pixels (CODEC.md 4.3). */
#define EXACT_PER_1000 800u
#define SCALE_ONE 256u
/* Text over photographs, pixel by pixel. */
#define DRAWN_PER_1000 80u

struct ds_encoder {
    struct ds_encoder_config config;
    bool key;              /* the next update is one */
    bool padded;           /* pictures come with fourth bytes that are not zero */
    ds_tick *changed_at;   /* owned: of each tile */
    uint8_t *settled;      /* owned: of each tile: it has been remembered since it changed */
    uint32_t unsettled;    /* tiles that are not */
    struct ds_image shown; /* what the decoder has, were all of it exact; fourth bytes zero */
    struct ds_image clean; /* only when padded: the newest picture with zero fourth bytes */
    struct ds_lossy lossy;
    struct ds_cache *cache; /* owned */
    struct ds_beneath beneath;
    struct ds_motion motion;
    struct ds_classifier classifier;
    struct ds_video video;
    struct ds_chunk_writer writer;
    uint32_t jpeg_level;    /* of this update; DS_JPEG_LEVELS: no loss */
    uint32_t jpeg_scale[2]; /* what fine and coarse JPEGs here take of what such ones take on
                               average, of SCALE_ONE */
    struct ds_plan plan;    /* what differs */
    struct ds_plan head;    /* what goes before it: stores and copies; in the end everything */
};

static uint32_t tile_count(const struct ds_encoder *e)
{
    return ds_tiles_across(e->config.width) * ((e->config.height + DS_TILE - 1) / DS_TILE);
}

struct ds_encoder *ds_encoder_new(const struct ds_encoder_config *config)
{
    uint32_t width = config->width, height = config->height;
    if (!ds_image_size_ok(width, height))
        return NULL;
    struct ds_encoder *e = ds_alloc_array(1, sizeof(*e));
    if (!e)
        return NULL;
    e->config = *config;
    if (config->tiles == 0 || config->tiles > DS_CACHE_SLOTS)
        e->config.tiles = DS_CACHE_SLOTS;
    e->key = true;
    e->jpeg_scale[0] = e->jpeg_scale[1] = SCALE_ONE;
    e->changed_at = ds_alloc_array(tile_count(e), sizeof(*e->changed_at));
    e->settled = ds_alloc_array(tile_count(e), 1);
    e->unsettled = tile_count(e);
    e->cache = ds_alloc_array(1, sizeof(*e->cache));
    if (e->changed_at && e->settled && e->cache && !ds_image_init(&e->shown, width, height) &&
        !ds_lossy_init(&e->lossy, width, height) && !ds_cache_init(e->cache, e->config.tiles) &&
        !ds_beneath_init(&e->beneath, width, height) &&
        !ds_motion_init(&e->motion, width, height) &&
        !ds_classifier_init(&e->classifier, width, height) &&
        !ds_video_init(&e->video, width, height) &&
        !ds_chunk_writer_init(&e->writer, !(config->features & DS_FEATURE_ZSTD))) {
        e->writer.jpeg_arithmetic =
            config->features & DS_FEATURE_JPEG_ARITHMETIC && ds_jpeg_arithmetic_available();
        return e;
    }
    ds_encoder_destroy(e);
    return NULL;
}

void ds_encoder_destroy(struct ds_encoder *e)
{
    if (!e)
        return;
    ds_chunk_writer_destroy(&e->writer);
    ds_classifier_destroy(&e->classifier);
    ds_video_destroy(&e->video);
    ds_motion_destroy(&e->motion);
    ds_beneath_destroy(&e->beneath);
    ds_lossy_destroy(&e->lossy);
    ds_image_destroy(&e->shown);
    ds_image_destroy(&e->clean);
    ds_plan_destroy(&e->plan);
    ds_plan_destroy(&e->head);
    free(e->changed_at);
    free(e->settled);
    free(e->cache);
    free(e);
}

void ds_encoder_reset(struct ds_encoder *e)
{
    e->key = true;
}

/* Not a picture that would leave no room for what was there before. */
static bool can_settle(const struct ds_encoder *e)
{
    return e->unsettled >= SETTLE_MIN && tile_count(e) <= e->cache->slots / 2;
}

bool ds_encoder_is_lossy(const struct ds_encoder *e)
{
    return e->lossy.count > 0;
}

bool ds_encoder_is_coarse(const struct ds_encoder *e)
{
    return e->lossy.coarse > 0;
}

bool ds_encoder_is_unsettled(const struct ds_encoder *e)
{
    return e->lossy.count > 0 || can_settle(e);
}

size_t ds_encoder_print_plan(const struct ds_encoder *e, char *out, size_t size)
{
    return ds_plan_print(&e->plan, out, size);
}

static void start_anew(struct ds_encoder *e)
{
    ds_image_fill(&e->shown, 0);
    ds_lossy_clear(&e->lossy);
    ds_cache_clear(e->cache);
    ds_beneath_clear(&e->beneath);
    ds_classifier_clear(&e->classifier);
    ds_video_clear(&e->video);
    ds_chunk_writer_reset(&e->writer);
    memset(e->settled, 0, tile_count(e));
    e->unsettled = tile_count(e);
    e->motion.misses = e->motion.rest = 0;
}

static void copy_clean(struct ds_image *to, const struct ds_image *from, struct ds_rect r)
{
    for (int32_t y = r.y; y < r.y + r.height; y++) {
        const uint32_t *in = ds_image_row(from, (uint32_t)y) + r.x;
        uint32_t *out = ds_image_row(to, (uint32_t)y) + r.x;
        for (int32_t x = 0; x < r.width; x++)
            out[x] = in[x] & ~PAD_MASK;
    }
}

/* The picture that all passes after the comparison read: the caller's, or a copy with the fourth
 * bytes zero once one was seen that was not. */
static int clean_picture(struct ds_encoder *e, const struct ds_encode_request *request,
                         uint32_t seen, const struct ds_image **picture)
{
    *picture = request->image;
    if (!e->padded && !(seen & PAD_MASK))
        return 0;
    struct ds_rect all = ds_image_bounds(request->image);
    /* What the request before told may not have got here when that failed: a key needs all. */
    bool whole = !e->padded || e->key || !request->damage;
    if (!e->padded) {
        int error = ds_image_init(&e->clean, e->config.width, e->config.height);
        if (error)
            return error;
        e->padded = true;
    }
    if (whole)
        copy_clean(&e->clean, request->image, all);
    for (size_t i = 0; !whole && i < request->damage->count; i++)
        copy_clean(&e->clean, request->image, ds_rect_intersect(request->damage->rects[i], all));
    *picture = &e->clean;
    return 0;
}

/* Adds to plan that the decoder remembers this tile of image, which it has. */
static int store_tile(struct ds_encoder *e, struct ds_plan *plan, const struct ds_image *image,
                      uint32_t tile)
{
    struct ds_rect rect = ds_tile_rect(e->config.width, e->config.height, tile);
    struct ds_hash hash = ds_hash_tile(&e->cache->key, image, rect);
    uint32_t slot;
    int error = ds_cache_store(e->cache, plan, image, tile, hash, &slot);
    if (error)
        return error;
    ds_beneath_keep(&e->beneath, image, tile, hash, slot);
    return 0;
}

/* Remembers tiles that go after having stayed, unless that was done while they stayed, and notes
 * when each changed. */
static int store_tiles(struct ds_encoder *e, ds_tick now, bool key)
{
    for (size_t i = 0; i < e->plan.count; i++) {
        uint32_t tile = ds_tile_of(e->config.width, e->plan.ops[i].rect);
        bool stayed = now >= e->changed_at[tile] + STAYED;
        e->changed_at[tile] = now;
        e->plan.ops[i].fresh =
            !stayed && ds_video_region_is_lasting(&e->video.region, &e->plan.ops[i]);
        bool known = e->settled[tile] && ds_beneath_is_kept(&e->beneath, e->cache, tile);
        e->unsettled += e->settled[tile];
        e->settled[tile] = 0;
        if (key || !stayed || known || !ds_rect_is_empty(ds_lossy_in_tile(&e->lossy, tile)))
            continue;
        int error = store_tile(e, &e->head, &e->shown, tile);
        if (error)
            return error;
    }
    return 0;
}

static bool rests_unsettled(const struct ds_encoder *e, uint32_t tile, ds_tick now)
{
    return !e->settled[tile] && e->changed_at[tile] + QUIET <= now;
}

/* Remembers what rests, when there is nothing else to do. */
static int settle(struct ds_encoder *e, ds_tick now)
{
    uint32_t count = 0;
    if (e->plan.count > 0 || !can_settle(e) || e->lossy.count > 0)
        return 0;
    for (uint32_t tile = 0; tile < tile_count(e); tile++)
        count += rests_unsettled(e, tile, now);
    for (uint32_t tile = 0; count >= SETTLE_MIN && tile < tile_count(e); tile++) {
        if (!rests_unsettled(e, tile, now))
            continue;
        int error = store_tile(e, &e->plan, &e->shown, tile);
        if (error)
            return error;
        e->settled[tile] = 1;
        e->unsettled--;
    }
    return 0;
}

/* Puts plan behind head and makes the whole the plan. */
static int join(struct ds_encoder *e)
{
    for (size_t i = 0; i < e->plan.count; i++) {
        int error = ds_plan_add(&e->head, &e->plan.ops[i]);
        if (error)
            return error;
    }
    ds_plan_swap(&e->head, &e->plan);
    return 0;
}

static bool is_coarse(uint32_t level)
{
    return level >= DS_JPEG_COARSE && level < DS_JPEG_LEVELS;
}

/* How much loss the photographs that change are sent with. */
static uint32_t choose_level(const struct ds_encoder *e, const struct ds_encode_request *request)
{
    if (!(e->config.features & DS_FEATURE_JPEG) || request->quality == DS_QUALITY_EXACT)
        return DS_JPEG_LEVELS;
    if (request->quality != DS_QUALITY_FIT)
        return request->quality == DS_QUALITY_HIGH_LOSSY ? 0 : 1;
    uint64_t pixels = 0, beside = 0, budget = (uint64_t)request->fit_bytes * 1000;
    for (size_t i = 0; i < e->plan.count; i++) {
        const struct ds_op *op = &e->plan.ops[i];
        uint64_t area = (uint64_t)op->rect.width * (uint64_t)op->rect.height;
        if (op->kind == DS_OP_KIND_PHOTO && op->smooth && !op->refine)
            pixels += area;
        else if (op->kind == DS_OP_KIND_DRAWN)
            beside += area * DRAWN_PER_1000;
    }
    budget -= beside < budget ? beside : budget;
    bool large = pixels > GLANCE_AREA;
    if (!large && pixels * EXACT_PER_1000 <= budget)
        return DS_JPEG_LEVELS;
    uint32_t level = large ? DS_JPEG_FINE : 0;
    while (level < DS_JPEG_LEVELS - 1 &&
           pixels * ds_jpeg_levels[level].per_1000 * e->jpeg_scale[is_coarse(level)] / SCALE_ONE >
               budget)
        level++;
    return level;
}

/* Photographs differ: what these took says what the next will. */
static void learn_jpeg(struct ds_encoder *e)
{
    const struct ds_chunk_writer *w = &e->writer;
    if (w->jpeg_pixels < DS_JPEG_AREA_MAX || e->jpeg_level >= DS_JPEG_LEVELS)
        return;
    uint64_t mean = w->jpeg_pixels * ds_jpeg_levels[e->jpeg_level].per_1000 / 1000;
    uint64_t scale = w->jpeg_bytes * SCALE_ONE / mean;
    scale = scale < SCALE_ONE / 8 ? SCALE_ONE / 8 : scale > SCALE_ONE * 4 ? SCALE_ONE * 4 : scale;
    uint32_t *known = &e->jpeg_scale[is_coarse(e->jpeg_level)];
    *known = (uint32_t)((*known + scale) / 2);
}

/* Tiles of a video that still plays are not made exact, for that would be undone at once. */
static void rest_later(struct ds_encoder *e, ds_tick now)
{
    for (size_t i = 0; i < e->plan.count; i++)
        if (e->plan.ops[i].kind == DS_OP_KIND_SHOW)
            e->changed_at[ds_tile_of(e->config.width, e->plan.ops[i].rect)] =
                now + DS_VIDEO_QUIET - QUIET;
}

static int run_video(struct ds_encoder *e, const struct ds_encode_request *request,
                     const struct ds_image *picture)
{
    if (!request->video || !(e->config.features & DS_FEATURE_H264))
        return 0;
    int error = ds_video_run(&e->video, &e->plan, picture, request->video_rate, request->now);
    rest_later(e, request->now);
    return error;
}

/* Whether most of what differs is in a video: searching it for motion would be in vain. */
static bool is_mostly_video(const struct ds_encoder *e)
{
    uint64_t inside = 0, all = 0;
    for (size_t i = 0; i < e->plan.count; i++) {
        struct ds_rect r = e->plan.ops[i].rect, in = ds_rect_intersect(r, e->video.region.rect);
        all += (uint64_t)r.width * (uint64_t)r.height;
        inside += (uint64_t)in.width * (uint64_t)in.height;
    }
    return inside * 2 > all;
}

/* Whether the picture as a whole is one that was there before: of many changed tiles, a few are
 * looked up. Searching it for motion would be in vain, and takes longer than all the rest. */
static bool comes_back(const struct ds_encoder *e, const struct ds_image *picture)
{
    enum { MANY = 100, PROBES = 8 };
    uint32_t held = 0;
    for (size_t i = 0; e->plan.count >= MANY && i < PROBES; i++) {
        const struct ds_op *op = &e->plan.ops[e->plan.count * (2 * i + 1) / (2 * PROBES)];
        struct ds_rect tile =
            ds_tile_rect(e->config.width, e->config.height, ds_tile_of(e->config.width, op->rect));
        held += ds_cache_find(e->cache, ds_hash_tile(&e->cache->key, picture, tile)) >= 0;
    }
    return held + 1 >= PROBES;
}

/* Adds what may be made better; *polishing: as JPEGs, and the plan has nothing else. */
static int refine(struct ds_encoder *e, const struct ds_encode_request *request, bool *polishing)
{
    ds_tick now = request->now;
    if (e->plan.count == 0 && e->lossy.coarse > 0 && now >= GLANCE &&
        request->quality != DS_QUALITY_EXACT) {
        int error = ds_lossy_polish(&e->lossy, &e->plan, e->changed_at, now - GLANCE,
                                    request->refine_bytes);
        *polishing = e->plan.count > 0;
        if (error || *polishing)
            return error;
    }
    if (now < QUIET)
        return 0;
    return ds_lossy_refine(&e->lossy, &e->plan, e->changed_at, now - QUIET, request->refine_bytes);
}

/* Whether what is not a photograph is coded pixel by pixel: it takes a fraction of the bytes, but
 * a few ns a pixel more at both ends. Little change is always, much only where the line is slow. */
static bool is_worth_drawing(const struct ds_encoder *e, const struct ds_encode_request *request)
{
    if (!(e->config.features & DS_FEATURE_DRAWN))
        return false;
    if (ds_plan_area(&e->plan, DS_OP_KIND_UNDECIDED) <= DRAWN_FREE)
        return true;
    return request->quality == DS_QUALITY_FIT && request->fit_bytes < DRAWN_FIT;
}

/* From what differs to what is sent. */
static int make_plan(struct ds_encoder *e, const struct ds_encode_request *request,
                     const struct ds_image *picture, bool key)
{
    bool polishing = false;
    ds_plan_clear(&e->head);
    int error = store_tiles(e, request->now, key);
    if (!error && !key && !is_mostly_video(e) && !comes_back(e, picture))
        error = ds_motion_run(&e->motion, &e->plan, &e->head, &e->shown, picture, &request->hints);
    if (!error)
        error = join(e);
    if (error)
        return error;
    ds_cache_load(e->cache, &e->plan, picture);
    if (!key)
        error = ds_beneath_run(&e->beneath, e->cache, &e->plan, &e->shown, picture);
    if (error)
        return error;
    error = refine(e, request, &polishing);
    if (!error && request->refine_bytes > 0)
        error = settle(e, request->now);
    if (error)
        return error;
    ds_classify_align(&e->plan, e->config.width);
    e->classifier.drawn = is_worth_drawing(e, request);
    error = ds_classify_run(&e->classifier, &e->plan, picture);
    if (error)
        return error;
    if (!polishing) /* which changes nothing that could be a video */
        error = run_video(e, request, picture);
    if (error)
        return error;
    ds_merge_run(&e->plan);
    e->jpeg_level = polishing ? DS_JPEG_FINE : choose_level(e, request);
    if (e->jpeg_level < DS_JPEG_LEVELS)
        ds_merge_jpeg(&e->plan);
    return 0;
}

/* Copies are in already: the motion pass needed them. */
static void remember_shown(struct ds_encoder *e, const struct ds_image *picture)
{
    for (size_t i = 0; i < e->plan.count; i++) {
        const struct ds_op *op = &e->plan.ops[i];
        if (op->kind == DS_OP_KIND_LOAD)
            for (uint32_t t = 0; t < op->tiles.count; t++)
                ds_image_copy(&e->shown, picture,
                              ds_tile_rect(e->config.width, e->config.height, op->tiles.first + t));
        else if (op->kind != DS_OP_KIND_COPY && op->kind != DS_OP_KIND_STORE &&
                 op->kind != DS_OP_KIND_VIDEO)
            ds_image_copy(&e->shown, picture, op->rect);
    }
}

static int send(struct ds_encoder *e, const struct ds_image *picture, ds_encoder_emit *emit,
                void *ctx, size_t *bytes)
{
    struct ds_chunk_source source = {.colours = e->plan.colours,
                                     .image = picture,
                                     .plane = e->classifier.plane,
                                     .jpeg_level = e->jpeg_level,
                                     .video = e->video.bytes,
                                     .video_len = e->video.len};
    int error = ds_chunk_writer_update(&e->writer, &e->plan, &source, emit, ctx);
    if (error)
        return error;
    ds_lossy_apply(&e->lossy, &e->plan, is_coarse(e->jpeg_level) ? DS_LOSS_COARSE : DS_LOSS_FINE);
    error = ds_chunk_writer_finish(&e->writer, bytes);
    if (error)
        return error;
    learn_jpeg(e);
    remember_shown(e, picture);
    return 0;
}

int ds_encoder_encode(struct ds_encoder *e, const struct ds_encode_request *request,
                      ds_encoder_emit *emit, void *ctx, struct ds_encode_result *result)
{
    const struct ds_image *image = request->image;
    if (image->width != e->config.width || image->height != e->config.height)
        return DS_EINVAL;
    bool key = e->key;
    if (key)
        start_anew(e);
    uint32_t seen = 0;
    const struct ds_image *picture;
    struct ds_encode_result done = {.key = key};
    ds_plan_clear(&e->plan);
    int error = ds_diff_run(&e->plan, &e->shown, image, key ? NULL : request->damage, &seen);
    if (!error)
        error = clean_picture(e, request, seen, &picture);
    if (!error)
        error = make_plan(e, request, picture, key);
    if (error)
        return error;
    done.sent = key || e->plan.count > 0;
    done.changed = key ? ds_image_bounds(image) : ds_plan_bounds(&e->plan);
    if (done.sent)
        error = send(e, picture, emit, ctx, &done.bytes);
    if (error)
        return error;
    e->key = false;
    done.exact = e->lossy.count == 0;
    *result = done;
    return 0;
}
