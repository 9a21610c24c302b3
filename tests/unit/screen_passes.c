/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each pass of the encoder by itself, on pictures of a few tiles. */
#include "screen_scene.h"

#include "common/screen/cache.h"
#include "common/screen/classify.h"
#include "common/screen/diff.h"
#include "common/screen/lossy.h"
#include "common/screen/merge.h"
#include "common/screen/motion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct ds_motion_hints no_hints;

struct two {
    struct ds_image old, now;
    struct ds_plan plan, copies;
    uint32_t seen;
};

static void two_init(struct two *t, uint32_t width, uint32_t height)
{
    *t = (struct two){0};
    assert_int_equal(ds_image_init(&t->old, width, height), 0);
    assert_int_equal(ds_image_init(&t->now, width, height), 0);
}

static void two_destroy(struct two *t)
{
    ds_image_destroy(&t->old);
    ds_image_destroy(&t->now);
    ds_plan_destroy(&t->plan);
    ds_plan_destroy(&t->copies);
}

static void diff(struct two *t)
{
    ds_plan_clear(&t->plan);
    assert_int_equal(ds_diff_run(&t->plan, &t->old, &t->now, NULL, &t->seen), 0);
}

static void assert_rect(struct ds_rect r, int32_t x, int32_t y, int32_t width, int32_t height)
{
    assert_int_equal(r.x, x);
    assert_int_equal(r.y, y);
    assert_int_equal(r.width, width);
    assert_int_equal(r.height, height);
}

/* A picture whose every stretch is its own. */
static void draw_unlike(struct ds_image *image, uint32_t seed)
{
    struct scene scene = {.seed = seed};
    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++)
            ds_image_row(image, y)[x] = scene_draw(&scene, 1u << 24);
}

static void equal_pictures_give_an_empty_plan(void **state)
{
    (void)state;
    struct two t;
    two_init(&t, 200, 130);
    diff(&t);
    assert_int_equal(t.plan.count, 0);
    two_destroy(&t);
}

static void every_single_pixel_is_found_and_cropped(void **state)
{
    (void)state;
    struct two t;
    two_init(&t, 131, 67);
    for (uint32_t y = 0; y < 67; y += 3)
        for (uint32_t x = 0; x < 131; x++) {
            ds_image_row(&t.now, y)[x] = 1;
            diff(&t);
            assert_int_equal(t.plan.count, 1);
            struct ds_rect r = t.plan.ops[0].rect;
            int32_t left = (int32_t)x & ~3;
            assert_rect(r, left, (int32_t)y, left + 4 > 131 ? 131 - left : 4, 1);
            assert_int_equal(t.plan.ops[0].cells, 1 << (y % 64 / 16 * 4 + x % 64 / 16));
            ds_image_row(&t.now, y)[x] = 0;
        }
    two_destroy(&t);
}

static void fourth_bytes_are_seen_but_do_not_differ(void **state)
{
    (void)state;
    struct two t;
    two_init(&t, 70, 70);
    ds_image_row(&t.now, 69)[69] = 0x05000000;
    diff(&t);
    assert_int_equal(t.plan.count, 0);
    assert_int_equal(t.seen >> 24, 5);
    two_destroy(&t);
}

static void outside_the_damage_nothing_is_looked_at(void **state)
{
    (void)state;
    struct two t;
    two_init(&t, 200, 200);
    ds_image_fill(&t.now, 0xffffff);
    struct ds_region damage = {0};
    ds_region_add(&damage, (struct ds_rect){60, 10, 10, 5});
    assert_int_equal(ds_diff_run(&t.plan, &t.old, &t.now, &damage, &t.seen), 0);
    assert_int_equal(t.plan.count, 2);
    assert_rect(t.plan.ops[0].rect, 60, 10, 4, 5);
    assert_rect(t.plan.ops[1].rect, 64, 10, 6, 5);
    assert_int_equal(t.plan.ops[0].cells, 1 << 3);
    assert_int_equal(t.plan.ops[1].cells, 1 << 0);
    ds_plan_clear(&t.plan);
    ds_region_clear(&damage);
    ds_region_add(&damage, (struct ds_rect){-50, 190, 1000, 1000});
    assert_int_equal(ds_diff_run(&t.plan, &t.old, &t.now, &damage, &t.seen), 0);
    assert_rect(ds_plan_bounds(&t.plan), 0, 190, 200, 10);
    two_destroy(&t);
}

static void scrolled_text_becomes_one_copy(void **state)
{
    (void)state;
    struct two t;
    struct ds_motion motion = {0};
    two_init(&t, 400, 300);
    assert_int_equal(ds_motion_init(&motion, 400, 300), 0);
    draw_unlike(&t.old, 1);
    ds_image_copy(&t.now, &t.old, ds_image_bounds(&t.old));
    /* A window of odd place and size, 17 rows up. */
    ds_image_move(&t.now, (struct ds_rect){37, 41 + 17, 301, 203 - 17}, 37, 41);
    diff(&t);
    assert_int_equal(ds_motion_run(&motion, &t.plan, &t.copies, &t.old, &t.now, &no_hints), 0);
    assert_int_equal(t.copies.count, 1);
    assert_int_equal(t.copies.ops[0].move.dx, 0);
    assert_int_equal(t.copies.ops[0].move.dy, -17);
    assert_rect(t.copies.ops[0].rect, 37, 41, 301, 186);
    assert_int_equal(t.plan.count, 0);
    ds_motion_destroy(&motion);
    two_destroy(&t);
}

static void dragged_windows_become_a_copy(void **state)
{
    (void)state;
    for (int32_t dx = -60; dx <= 60; dx += 15) {
        struct two t;
        struct ds_motion motion = {0};
        two_init(&t, 500, 400);
        assert_int_equal(ds_motion_init(&motion, 500, 400), 0);
        draw_unlike(&t.old, 2);
        ds_image_copy(&t.now, &t.old, ds_image_bounds(&t.old));
        ds_image_fill_rect(&t.now, (struct ds_rect){150, 100, 200, 150}, 0x808080);
        for (int32_t y = 0; y < 150; y++)
            memcpy(ds_image_row(&t.now, (uint32_t)(100 + y + 13)) + 150 + dx,
                   ds_image_row(&t.old, (uint32_t)(100 + y)) + 150, 200 * 4);
        diff(&t);
        assert_int_equal(ds_motion_run(&motion, &t.plan, &t.copies, &t.old, &t.now, &no_hints), 0);
        assert_int_equal(t.copies.count, 1);
        assert_int_equal(t.copies.ops[0].move.dx, dx);
        assert_int_equal(t.copies.ops[0].move.dy, 13);
        assert_rect(t.copies.ops[0].rect, 150 + dx, 113, 200, 150);
        ds_motion_destroy(&motion);
        two_destroy(&t);
    }
}

static void motion_rests_after_looking_in_vain(void **state)
{
    (void)state;
    struct two t;
    struct ds_motion motion = {0};
    two_init(&t, 300, 300);
    assert_int_equal(ds_motion_init(&motion, 300, 300), 0);
    for (uint32_t i = 0; i < 10; i++) {
        draw_unlike(&t.now, i);
        diff(&t);
        size_t before = t.plan.count;
        assert_int_equal(ds_motion_run(&motion, &t.plan, &t.copies, &t.old, &t.now, &no_hints), 0);
        assert_int_equal(t.plan.count, before);
    }
    assert_int_equal(t.copies.count, 0);
    assert_true(motion.rest > 0);
    /* A wheel that was turned, or a window that was moved, is looked after all the same. */
    for (int told = 0; told < 2; told++) {
        const struct ds_vector move = {.dx = 0, .dy = 9};
        const struct ds_motion_hints hints = {
            .moves = &move, .count = told ? 1 : 0, .expected = !told};
        draw_unlike(&t.old, 77);
        ds_image_copy(&t.now, &t.old, ds_image_bounds(&t.old));
        ds_image_move(&t.now, (struct ds_rect){0, 0, 300, 291}, 0, 9);
        motion.rest = 9;
        ds_plan_clear(&t.copies);
        diff(&t);
        assert_int_equal(ds_motion_run(&motion, &t.plan, &t.copies, &t.old, &t.now, &no_hints), 0);
        assert_int_equal(t.copies.count, 0);
        assert_int_equal(ds_motion_run(&motion, &t.plan, &t.copies, &t.old, &t.now, &hints), 0);
        assert_int_equal(t.copies.count, 1);
        assert_int_equal(t.copies.ops[0].move.dy, 9);
    }
    ds_motion_destroy(&motion);
    two_destroy(&t);
}

static int keep(struct ds_cache *cache, struct two *t, uint32_t tile)
{
    struct ds_rect rect = ds_tile_rect(t->old.width, t->old.height, tile);
    uint32_t slot;
    return ds_cache_store(cache, &t->copies, &t->old, tile,
                          ds_hash_tile(&cache->key, &t->old, rect), &slot);
}

static void a_tile_that_was_stored_is_loaded(void **state)
{
    (void)state;
    struct two t;
    struct ds_cache *cache = calloc(1, sizeof(*cache));
    assert_non_null(cache);
    assert_int_equal(ds_cache_init(cache, DS_CACHE_SLOTS), 0);
    two_init(&t, 150, 70); /* three tiles across, the last 22 wide; two down */
    draw_unlike(&t.old, 3);
    for (uint32_t tile = 0; tile < 6; tile++)
        assert_int_equal(keep(cache, &t, tile), 0);
    assert_int_equal(t.copies.count, 1);
    assert_int_equal(t.copies.ops[0].tiles.count, 6);
    assert_int_equal(keep(cache, &t, 2), 0);
    assert_int_equal(t.copies.count, 1); /* held already */
    ds_image_copy(&t.now, &t.old, ds_image_bounds(&t.old));
    ds_image_fill(&t.old, 0);
    diff(&t);
    ds_cache_load(cache, &t.plan, &t.now);
    assert_int_equal(t.plan.ops[0].kind, DS_OP_KIND_LOAD);
    assert_int_equal(t.plan.ops[0].tiles.count, 6);
    assert_rect(t.plan.ops[0].rect, 0, 0, 150, 70);
    for (size_t i = 1; i < t.plan.count; i++)
        assert_int_equal(t.plan.ops[i].kind, DS_OP_KIND_NOTHING);
    ds_image_row(&t.now, 3)[3] ^= 1;
    diff(&t);
    ds_cache_load(cache, &t.plan, &t.now);
    assert_int_equal(t.plan.ops[0].kind, DS_OP_KIND_UNDECIDED);
    free(cache);
    two_destroy(&t);
}

static void a_full_cache_forgets_the_oldest_that_was_not_used(void **state)
{
    (void)state;
    struct ds_cache *cache = calloc(1, sizeof(*cache));
    assert_non_null(cache);
    assert_int_equal(ds_cache_init(cache, DS_CACHE_SLOTS), 0);
    for (uint64_t i = 0; i < DS_CACHE_SLOTS; i++)
        assert_int_equal(ds_cache_insert(cache, (struct ds_hash){i * 0x123456789u, i}), i);
    cache->hit[0] = true;
    for (uint64_t i = 0; i < DS_CACHE_SLOTS / 2; i++)
        assert_int_equal(ds_cache_insert(cache, (struct ds_hash){~i * 0x987654321u, i}), i + 1);
    assert_int_equal(cache->count, DS_CACHE_SLOTS);
    assert_int_equal(ds_cache_find(cache, (struct ds_hash){0, 0}), 0);
    for (uint64_t i = 1; i < DS_CACHE_SLOTS; i++)
        assert_int_equal(ds_cache_find(cache, (struct ds_hash){i * 0x123456789u, i}),
                         i <= DS_CACHE_SLOTS / 2 ? -1 : (int)i);
    free(cache);
}

static void the_tile_hash_depends_on_key_size_and_every_pixel(void **state)
{
    (void)state;
    struct ds_hash_key *keys = calloc(2, sizeof(*keys));
    struct ds_image image;
    assert_non_null(keys);
    assert_int_equal(ds_image_init(&image, 64, 64), 0);
    assert_int_equal(ds_hash_key_init(&keys[0]), 0);
    assert_int_equal(ds_hash_key_init(&keys[1]), 0);
    struct ds_rect all = ds_image_bounds(&image);
    struct ds_hash first = ds_hash_tile(&keys[0], &image, all);
    assert_true(first.low != ds_hash_tile(&keys[1], &image, all).low);
    struct ds_rect less = {0, 0, 63, 64};
    assert_true(first.low != ds_hash_tile(&keys[0], &image, less).low);
    for (uint32_t y = 0; y < 64; y++)
        for (uint32_t x = 0; x < 64; x++) {
            ds_image_row(&image, y)[x] = 1;
            struct ds_hash other = ds_hash_tile(&keys[0], &image, all);
            assert_true(other.low != first.low && other.high != first.high);
            /* Two hashes, not one twice. */
            assert_true(other.low - first.low != other.high - first.high);
            ds_image_row(&image, y)[x] = 0xff000000;
            other = ds_hash_tile(&keys[0], &image, all);
            assert_true(other.low == first.low && other.high == first.high);
            ds_image_row(&image, y)[x] = 0;
        }
    ds_image_destroy(&image);
    free(keys);
}

static void classify(struct two *t, struct ds_classifier *classifier)
{
    diff(t);
    ds_classify_align(&t->plan, t->now.width);
    assert_int_equal(ds_classify_run(classifier, &t->plan, &t->now), 0);
    ds_merge_run(&t->plan);
}

static void content_is_recognised(void **state)
{
    (void)state;
    struct two t;
    struct ds_classifier classifier = {0};
    char text[4096];
    two_init(&t, 256, 256);
    assert_int_equal(ds_classifier_init(&classifier, 256, 256), 0);
    ds_image_fill(&t.now, 0x336699);
    classify(&t, &classifier);
    ds_plan_print(&t.plan, text, sizeof(text));
    assert_string_equal(text, "fill 0,0 256x256 #336699\n");

    struct scene scene = {.image = t.now, .seed = 4};
    for (uint32_t y = 0; y < 64; y++) /* two colours */
        for (uint32_t x = 0; x < 256; x++)
            ds_image_row(&t.now, y)[x] = scene_draw(&scene, 2) ? 0xffffff : 0;
    for (uint32_t y = 64; y < 128; y++) /* smooth */
        for (uint32_t x = 0; x < 256; x++)
            ds_image_row(&t.now, y)[x] =
                (x / 2 + scene_draw(&scene, 3)) << 16 | (y + scene_draw(&scene, 3)) << 8 | x / 3;
    for (uint32_t y = 128; y < 192; y++) /* noise */
        for (uint32_t x = 0; x < 256; x++)
            ds_image_row(&t.now, y)[x] = scene_draw(&scene, 1u << 24);
    uint32_t colour = 0;
    for (uint32_t y = 192; y < 256; y++) /* many colours, in stretches */
        for (uint32_t x = 0; x < 256; x++)
            ds_image_row(&t.now, y)[x] = colour = x % 4 ? colour : scene_draw(&scene, 1u << 24);
    classify(&t, &classifier);
    ds_plan_print(&t.plan, text, sizeof(text));
    assert_string_equal(text, "palette 0 2 colours\n"
                              "index 0,0 256x64 table 0\n"
                              "photo 0,64 256x64\n"
                              "photo 0,128 256x64\n"
                              "colour 0,192 256x64\n");
    ds_merge_jpeg(&t.plan);
    ds_plan_print(&t.plan, text, sizeof(text));
    assert_non_null(strstr(text, "jpeg 0,64 256x64\n"));
    assert_non_null(strstr(text, "photo 0,128 256x64\n")); /* noise has hard edges */
    ds_classifier_destroy(&classifier);
    two_destroy(&t);
}

static void a_printed_plan_is_cut_to_its_room(void **state)
{
    (void)state;
    struct ds_plan plan = {0};
    struct ds_op op = {.kind = DS_OP_KIND_FILL, .rect = {1, 2, 3, 4}};
    for (int i = 0; i < 5; i++)
        assert_int_equal(ds_plan_add(&plan, &op), 0);
    char text[100];
    for (size_t size = 1; size < sizeof(text); size++) {
        memset(text, 'x', sizeof(text));
        size_t len = ds_plan_print(&plan, text, size);
        assert_true(len < size);
        assert_int_equal(strlen(text), len);
    }
    ds_plan_destroy(&plan);
}

static void a_run_ends_where_its_table_is_emptied(void **state)
{
    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        struct ds_plan plan = {0};
        uint32_t colour = 0x123456;
        struct ds_op index = {.kind = DS_OP_KIND_INDEX, .rect = {0, 0, 64, 64}};
        assert_int_equal(ds_plan_add(&plan, &index), 0);
        assert_int_equal(ds_plan_add_palette(&plan, 0, reset, &colour, 1), 0);
        index.rect.x = 64;
        assert_int_equal(ds_plan_add(&plan, &index), 0);
        ds_merge_run(&plan);
        assert_int_equal(plan.count, reset ? 3 : 2);
        assert_int_equal(plan.ops[plan.count - 1].kind, DS_OP_KIND_INDEX);
        assert_int_equal(plan.ops[plan.count - 1].rect.width, reset ? 64 : 128);
        ds_plan_destroy(&plan);
    }
}

/* More colours than all tables hold: the least recently used is emptied, and what its table says
 * after that never reaches an earlier operation. Random orders of tiles from 40 groups of colours.
 */
static void tables_are_reused_without_mixing_colours(void **state)
{
    (void)state;
    struct scene scene;
    struct joined joined;
    scene_init(&scene, 640, 128, 0, 5);
    joined_init(&joined, 640, 128, 1);
    for (int step = 0; step < 60; step++) {
        for (uint32_t tile = 0; tile < 20; tile++) {
            uint32_t group = scene_draw(&scene, 80);
            for (uint32_t y = 0; y < 64; y++)
                for (uint32_t x = 0; x < 64; x++)
                    ds_image_row(&scene.image, tile / 10 * 64 + y)[tile % 10 * 64 + x] =
                        (group * 200 + (x * 7 + y * 31) % 199) * 0x0b0705 & 0xffffff;
        }
        joined_update(&joined, &scene, NULL, DS_QUALITY_EXACT, 0, 1);
        joined_assert_equal(&joined, &scene);
    }
    joined_destroy(&joined);
    scene_destroy(&scene);
}

/* Far more colours than all tables hold: tables are given up, and every index stays right. */
static void tables_that_were_given_up_do_not_come_back(void **state)
{
    (void)state;
    struct two t;
    struct ds_classifier classifier = {0};
    two_init(&t, 64, 64);
    assert_int_equal(ds_classifier_init(&classifier, 64, 64), 0);
    uint32_t tables[DS_PALETTES][DS_PALETTE_COLOURS], counts[DS_PALETTES] = {0}, emptied = 0;
    struct scene scene = {.seed = 9};
    for (uint32_t round = 0; round < 400; round++) {
        uint32_t first = scene_draw(&scene, 2) ? round * 977 : scene_draw(&scene, 400) * 977;
        for (uint32_t i = 0; i < 64 * 64; i++)
            ds_image_row(&t.now, i / 64)[i % 64] =
                (first + scene_draw(&scene, 100) * 3) % (1u << 24) + (i & 1);
        ds_image_copy(&t.old, &t.now, ds_image_bounds(&t.now));
        for (uint32_t i = 0; i < 64 * 64; i++)
            ds_image_row(&t.old, i / 64)[i % 64] ^= 1;
        classify(&t, &classifier);
        for (size_t i = 0; i < t.plan.count; i++) {
            const struct ds_op *op = &t.plan.ops[i];
            if (op->kind == DS_OP_KIND_PALETTE) {
                emptied += op->palette.reset;
                counts[op->table] = op->palette.reset ? 0 : counts[op->table];
                assert_true(counts[op->table] + op->palette.count <= DS_PALETTE_COLOURS);
                memcpy(&tables[op->table][counts[op->table]], t.plan.colours + op->palette.first,
                       op->palette.count * sizeof(uint32_t));
                counts[op->table] += op->palette.count;
            } else if (op->kind == DS_OP_KIND_INDEX) {
                for (uint32_t k = 0; k < 64 * 64; k++) {
                    uint8_t index = classifier.plane[k];
                    assert_true(index < counts[op->table]);
                    assert_int_equal(tables[op->table][index],
                                     ds_image_row(&t.now, k / 64)[k % 64]);
                }
            }
        }
    }
    assert_true(emptied > 2 * DS_PALETTES);
    ds_classifier_destroy(&classifier);
    two_destroy(&t);
}

static void lossy_cells_follow_copies_and_go_with_exact_pixels(void **state)
{
    (void)state;
    struct ds_lossy lossy;
    struct ds_plan plan = {0};
    assert_int_equal(ds_lossy_init(&lossy, 200, 100), 0);
    struct ds_op jpeg = {.kind = DS_OP_KIND_JPEG, .rect = {0, 0, 33, 16}};
    assert_int_equal(ds_plan_add(&plan, &jpeg), 0);
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    assert_int_equal(lossy.count, 3);
    assert_rect(ds_lossy_in_tile(&lossy, 0), 0, 0, 48, 16);
    ds_plan_clear(&plan);
    struct ds_op copy = {.kind = DS_OP_KIND_COPY, .rect = {100, 50, 33, 16}};
    copy.move.dx = 100;
    copy.move.dy = 50;
    assert_int_equal(ds_plan_add(&plan, &copy), 0);
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    assert_rect(ds_lossy_in_tile(&lossy, 1), 96, 48, 32, 16);
    assert_rect(ds_lossy_in_tile(&lossy, 2), 128, 48, 16, 16);
    assert_rect(ds_lossy_in_tile(&lossy, 5), 96, 64, 32, 16);
    ds_plan_clear(&plan);
    struct ds_op fill = {.kind = DS_OP_KIND_FILL, .rect = {0, 0, 31, 99}};
    assert_int_equal(ds_plan_add(&plan, &fill), 0);
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    assert_rect(ds_lossy_in_tile(&lossy, 0), 16, 0, 32, 16);
    fill.rect = (struct ds_rect){0, 0, 200, 100};
    ds_plan_clear(&plan);
    assert_int_equal(ds_plan_add(&plan, &fill), 0);
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    assert_int_equal(lossy.count, 0);
    ds_plan_destroy(&plan);
    ds_lossy_destroy(&lossy);
}

static void refinement_takes_the_longest_quiet_within_its_bytes(void **state)
{
    (void)state;
    struct ds_lossy lossy;
    struct ds_plan plan = {0};
    ds_tick changed_at[4] = {400, 100, 300, 200};
    assert_int_equal(ds_lossy_init(&lossy, 128, 128), 0);
    struct ds_op jpeg = {.kind = DS_OP_KIND_JPEG, .rect = {0, 0, 128, 128}};
    assert_int_equal(ds_plan_add(&plan, &jpeg), 0);
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    ds_plan_clear(&plan);
    assert_int_equal(ds_lossy_refine(&lossy, &plan, changed_at, 350, 0), 0);
    assert_int_equal(plan.count, 0);
    assert_int_equal(ds_lossy_refine(&lossy, &plan, changed_at, 99, 100000), 0);
    assert_int_equal(plan.count, 0);
    assert_int_equal(ds_lossy_refine(&lossy, &plan, changed_at, 350, 1), 0);
    assert_int_equal(plan.count, 1);
    assert_rect(plan.ops[0].rect, 64, 0, 64, 64);
    assert_true(plan.ops[0].refine);
    ds_plan_clear(&plan);
    assert_int_equal(ds_lossy_refine(&lossy, &plan, changed_at, 350, 2 * 4096), 0);
    assert_int_equal(plan.count, 2);
    assert_rect(plan.ops[1].rect, 64, 64, 64, 64);
    ds_plan_destroy(&plan);
    ds_lossy_destroy(&lossy);
}

static void what_is_coarse_is_polished_before_what_is_fine(void **state)
{
    (void)state;
    struct ds_lossy lossy;
    struct ds_plan plan = {0};
    ds_tick changed_at[4] = {100, 100, 100, 100};
    assert_int_equal(ds_lossy_init(&lossy, 128, 128), 0);
    struct ds_op jpeg = {.kind = DS_OP_KIND_JPEG, .rect = {0, 0, 128, 64}};
    assert_int_equal(ds_plan_add(&plan, &jpeg), 0);
    ds_lossy_apply(&lossy, &plan, DS_LOSS_COARSE);
    plan.ops[0].rect = (struct ds_rect){0, 0, 64, 128};
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    assert_int_equal(lossy.count, 3 * 16);
    assert_int_equal(lossy.coarse, 16);
    /* A finer picture over a part of a cell does not make the cell fine. */
    plan.ops[0].rect = (struct ds_rect){64, 0, 15, 15};
    ds_lossy_apply(&lossy, &plan, DS_LOSS_FINE);
    assert_int_equal(lossy.coarse, 16);
    ds_plan_clear(&plan);
    assert_int_equal(ds_lossy_polish(&lossy, &plan, changed_at, 99, 100000), 0);
    assert_int_equal(plan.count, 0);
    assert_int_equal(ds_lossy_polish(&lossy, &plan, changed_at, 100, 100000), 0);
    assert_int_equal(plan.count, 1);
    assert_rect(plan.ops[0].rect, 64, 0, 64, 64);
    assert_false(plan.ops[0].refine);
    ds_plan_destroy(&plan);
    ds_lossy_destroy(&lossy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_pictures_give_an_empty_plan),
        cmocka_unit_test(every_single_pixel_is_found_and_cropped),
        cmocka_unit_test(fourth_bytes_are_seen_but_do_not_differ),
        cmocka_unit_test(outside_the_damage_nothing_is_looked_at),
        cmocka_unit_test(scrolled_text_becomes_one_copy),
        cmocka_unit_test(dragged_windows_become_a_copy),
        cmocka_unit_test(motion_rests_after_looking_in_vain),
        cmocka_unit_test(a_tile_that_was_stored_is_loaded),
        cmocka_unit_test(a_full_cache_forgets_the_oldest_that_was_not_used),
        cmocka_unit_test(the_tile_hash_depends_on_key_size_and_every_pixel),
        cmocka_unit_test(content_is_recognised),
        cmocka_unit_test(a_printed_plan_is_cut_to_its_room),
        cmocka_unit_test(a_run_ends_where_its_table_is_emptied),
        cmocka_unit_test(tables_are_reused_without_mixing_colours),
        cmocka_unit_test(tables_that_were_given_up_do_not_come_back),
        cmocka_unit_test(lossy_cells_follow_copies_and_go_with_exact_pixels),
        cmocka_unit_test(refinement_takes_the_longest_quiet_within_its_bytes),
        cmocka_unit_test(what_is_coarse_is_polished_before_what_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
