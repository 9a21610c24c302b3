/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass that brings back what lay beneath a window. */
#include "common/base/error.h"
#include "common/screen/beneath.h"
#include "common/screen/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 150 /* three tiles across, the last 22 wide */
#define HEIGHT 128

struct desk {
    struct ds_image ground, old, now; /* ground: what lies beneath */
    struct ds_cache *cache;
    struct ds_beneath beneath;
    struct ds_plan plan, stores;
};

static void draw_ground(struct ds_image *image, uint32_t seed)
{
    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++) {
            seed = seed * 1664525u + 1013904223u;
            ds_image_row(image, y)[x] = seed >> 8;
        }
}

static void desk_init(struct desk *d)
{
    *d = (struct desk){0};
    assert_int_equal(ds_image_init(&d->ground, WIDTH, HEIGHT), 0);
    assert_int_equal(ds_image_init(&d->old, WIDTH, HEIGHT), 0);
    assert_int_equal(ds_image_init(&d->now, WIDTH, HEIGHT), 0);
    assert_int_equal(ds_beneath_init(&d->beneath, WIDTH, HEIGHT), 0);
    d->cache = calloc(1, sizeof(*d->cache));
    assert_non_null(d->cache);
    assert_int_equal(ds_cache_init(d->cache, DS_CACHE_SLOTS), 0);
    draw_ground(&d->ground, 1);
}

static void desk_destroy(struct desk *d)
{
    ds_image_destroy(&d->ground);
    ds_image_destroy(&d->old);
    ds_image_destroy(&d->now);
    ds_beneath_destroy(&d->beneath);
    ds_plan_destroy(&d->plan);
    ds_plan_destroy(&d->stores);
    free(d->cache);
}

/* All tiles of image are remembered, as before they change after a while. */
static void keep_all(struct desk *d, const struct ds_image *image)
{
    for (uint32_t tile = 0; tile < 6; tile++) {
        uint32_t slot = 0;
        struct ds_hash hash =
            ds_hash_tile(&d->cache->key, image, ds_tile_rect(WIDTH, HEIGHT, tile));
        assert_int_equal(ds_cache_store(d->cache, &d->stores, image, tile, hash, &slot), 0);
        ds_beneath_keep(&d->beneath, image, tile, hash, slot);
    }
}

static void show(struct desk *d, struct ds_image *image, struct ds_rect window)
{
    ds_image_copy(image, &d->ground, ds_image_bounds(image));
    ds_image_fill_rect(image, window, 0xabcdef);
}

static void run(struct desk *d)
{
    uint32_t seen = 0;
    ds_plan_clear(&d->plan);
    assert_int_equal(ds_diff_run(&d->plan, &d->old, &d->now, NULL, &seen), 0);
    assert_int_equal(ds_beneath_run(&d->beneath, d->cache, &d->plan, &d->old, &d->now), 0);
}

/* Pixels of operations of this kind; each must be right in old if they are RESTOREs. */
static uint64_t count_pixels(const struct desk *d, enum ds_op_kind kind)
{
    for (size_t i = 0; i < d->plan.count; i++) {
        const struct ds_op *op = &d->plan.ops[i];
        uint32_t seen = 0;
        if (op->kind != DS_OP_KIND_RESTORE)
            continue;
        assert_true(ds_rect_is_empty(ds_diff_crop(&d->old, &d->now, op->rect, &seen).rect));
        assert_int_equal(ds_tile_of(WIDTH, op->rect), op->tiles.first);
    }
    return ds_plan_area(&d->plan, kind);
}

static void what_a_window_leaves_is_restored_and_the_rest_is_not(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    show(&d, &d.old, (struct ds_rect){20, 20, 80, 60});
    /* It goes right and down: an angle of 8 columns and 4 rows is free. */
    show(&d, &d.now, (struct ds_rect){28, 24, 80, 60});
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 8 * 60 + 72 * 4);
    /* What it covers now is new: 8 columns and 4 rows, and no more than a few pixels about them. */
    uint64_t rest = count_pixels(&d, DS_OP_KIND_UNDECIDED);
    assert_true(rest >= 8 * 60 + 72 * 4);
    for (size_t i = 0; i < d.plan.count; i++) {
        struct ds_rect r = d.plan.ops[i].rect;
        if (d.plan.ops[i].kind == DS_OP_KIND_UNDECIDED)
            assert_true(r.x + r.width > 100 || r.y + r.height > 80);
    }
    desk_destroy(&d);
}

/* A strip of plain ground is left to the operation of the letters beside it. */
static void a_strip_of_one_colour_is_not_worth_an_operation(void **state)
{
    (void)state;
    struct desk d;
    struct ds_rect window = {16, 8, 40, 40}, plain = {0, 0, 64, 64};
    desk_init(&d);
    ds_image_fill_rect(&d.ground, plain, 0xffffff);
    keep_all(&d, &d.ground);
    show(&d, &d.old, window);
    ds_image_copy(&d.now, &d.ground, ds_image_bounds(&d.now));
    ds_image_fill_rect(&d.now, (struct ds_rect){16, 8, 4, 40}, 0x202020);
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 0);
    ds_image_row(&d.ground, 20)[40] = 0xff0000; /* something there: worth one */
    keep_all(&d, &d.ground);
    show(&d, &d.old, window);
    ds_image_row(&d.now, 20)[40] = 0xff0000;
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 36 * 40);
    desk_destroy(&d);
}

static void a_window_that_goes_leaves_nothing_to_send(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    show(&d, &d.old, (struct ds_rect){4, 5, 140, 120});
    show(&d, &d.now, (struct ds_rect){0});
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_UNDECIDED), 0);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 140 * 120);
    desk_destroy(&d);
}

static void where_a_window_rested_the_ground_is_still_known(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    show(&d, &d.old, (struct ds_rect){20, 20, 80, 60});
    keep_all(&d, &d.old); /* it rested there, then went on */
    show(&d, &d.now, (struct ds_rect){28, 20, 80, 60});
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 8 * 60);
    desk_destroy(&d);
}

static void a_slot_that_was_given_away_is_not_used(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    show(&d, &d.old, (struct ds_rect){4, 5, 140, 120});
    show(&d, &d.now, (struct ds_rect){0});
    for (uint32_t i = 0; i < DS_CACHE_SLOTS; i++)
        ds_cache_insert(d.cache, (struct ds_hash){.high = i, .low = 77});
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 0);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_UNDECIDED), 140 * 120);
    desk_destroy(&d);
}

static void nothing_is_known_after_a_new_start(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    ds_beneath_clear(&d.beneath);
    show(&d, &d.old, (struct ds_rect){4, 5, 140, 120});
    show(&d, &d.now, (struct ds_rect){0});
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 0);
    desk_destroy(&d);
}

static void other_pixels_than_those_beneath_are_left_undecided(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    show(&d, &d.old, (struct ds_rect){4, 5, 140, 120});
    draw_ground(&d.ground, 2);
    show(&d, &d.now, (struct ds_rect){0});
    run(&d);
    assert_int_equal(count_pixels(&d, DS_OP_KIND_RESTORE), 0);
    desk_destroy(&d);
}

static void refinement_is_left_alone(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    keep_all(&d, &d.ground);
    show(&d, &d.now, (struct ds_rect){0});
    show(&d, &d.old, (struct ds_rect){0});
    struct ds_op op = {
        .kind = DS_OP_KIND_UNDECIDED, .refine = true, .rect = {0, 0, DS_TILE, DS_TILE}};
    assert_int_equal(ds_plan_add(&d.plan, &op), 0);
    assert_int_equal(ds_beneath_run(&d.beneath, d.cache, &d.plan, &d.old, &d.now), 0);
    assert_int_equal(d.plan.count, 1);
    assert_int_equal(d.plan.ops[0].kind, DS_OP_KIND_UNDECIDED);
    desk_destroy(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_window_leaves_is_restored_and_the_rest_is_not),
        cmocka_unit_test(a_strip_of_one_colour_is_not_worth_an_operation),
        cmocka_unit_test(a_window_that_goes_leaves_nothing_to_send),
        cmocka_unit_test(where_a_window_rested_the_ground_is_still_known),
        cmocka_unit_test(a_slot_that_was_given_away_is_not_used),
        cmocka_unit_test(nothing_is_known_after_a_new_start),
        cmocka_unit_test(other_pixels_than_those_beneath_are_left_undecided),
        cmocka_unit_test(refinement_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
