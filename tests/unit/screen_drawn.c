/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The coder of text and lines, alone: it comes back exactly, stays within its bytes, and takes what
 * no encoder made. */
#include "screen_scene.h"

#include "common/base/error.h"
#include "common/screen/drawn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct pair {
    struct ds_drawn *encoder, *decoder;
    uint8_t *bytes;
    struct ds_image back;
};

static void pair_init(struct pair *p, uint32_t width, uint32_t height)
{
    p->encoder = ds_drawn_new();
    p->decoder = ds_drawn_new();
    p->bytes = malloc(DS_DRAWN_BYTES_MAX);
    assert_non_null(p->encoder);
    assert_non_null(p->decoder);
    assert_non_null(p->bytes);
    assert_int_equal(ds_image_init(&p->back, width, height), 0);
}

static void pair_destroy(struct pair *p)
{
    ds_drawn_destroy(p->encoder);
    ds_drawn_destroy(p->decoder);
    free(p->bytes);
    ds_image_destroy(&p->back);
}

static size_t there_and_back(struct pair *p, const struct ds_image *image, struct ds_rect r)
{
    size_t n = ds_drawn_encode(p->encoder, image, r, p->bytes);
    assert_true(n <= (size_t)r.width * (size_t)r.height * 12 + 4);
    uint8_t *exact = malloc(n + 1); /* the sanitizer then sees a read past the end */
    memcpy(exact, p->bytes, n);
    exact = realloc(exact, n ? n : 1);
    assert_int_equal(ds_drawn_decode(p->decoder, exact, n, &p->back, r), 0);
    free(exact);
    for (int32_t y = r.y; y < r.y + r.height; y++)
        assert_memory_equal(ds_image_row(image, (uint32_t)y) + r.x,
                            ds_image_row(&p->back, (uint32_t)y) + r.x, (size_t)r.width * 4);
    return n;
}

/* One pair for all: what was learned from one rectangle is of use, and never wrong, in the next. */
static void every_kind_of_picture_comes_back(void **state)
{
    (void)state;
    struct scene scene;
    struct pair p;
    scene_init(&scene, 300, 200, 0, 11);
    pair_init(&p, 300, 200);
    for (int i = 0; i < 300; i++) {
        scene_step(&scene, (enum scene_step)(i % SCENE_COVER));
        struct ds_rect r = {(int32_t)scene_draw(&scene, 290), (int32_t)scene_draw(&scene, 190), 0,
                            0};
        r.width = 1 + (int32_t)scene_draw(&scene, (uint32_t)(300 - r.x));
        r.height = 1 + (int32_t)scene_draw(&scene, (uint32_t)(200 - r.y));
        while ((uint32_t)(r.width * r.height) > DS_DRAWN_AREA_MAX)
            r.height = (r.height + 1) / 2;
        there_and_back(&p, &scene.image, r);
    }
    pair_destroy(&p);
    scene_destroy(&scene);
}

static void the_widest_and_the_smallest_come_back(void **state)
{
    (void)state;
    struct scene scene;
    struct pair p;
    scene_init(&scene, DS_DRAWN_AREA_MAX, 2, 0, 12);
    pair_init(&p, DS_DRAWN_AREA_MAX, 2);
    for (int i = 0; i < 20; i++)
        scene_step(&scene, i % 2 ? SCENE_NOISE : SCENE_FILL);
    there_and_back(&p, &scene.image, (struct ds_rect){0, 0, DS_DRAWN_AREA_MAX, 1});
    there_and_back(&p, &scene.image, (struct ds_rect){0, 0, DS_DRAWN_AREA_MAX / 2, 2});
    for (int32_t x = 0; x < 40; x++)
        there_and_back(&p, &scene.image, (struct ds_rect){x, x % 2, 1, 1});
    pair_destroy(&p);
    scene_destroy(&scene);
}

/* Letters of an alphabet of eight: a stem, and three bars that are there or not. */
static void write_letters(struct scene *scene)
{
    for (uint32_t y = 0; y + 12 <= scene->image.height; y += 14)
        for (uint32_t x = 0; x + 8 <= scene->image.width; x += 9) {
            uint32_t letter = scene_draw(scene, 8);
            for (uint32_t j = 0; j < 12; j++)
                for (uint32_t i = 0; i < 8; i++) {
                    bool bar = j % 4 == 1 && i > 1 && letter >> j / 4 & 1;
                    ds_image_row(&scene->image, y + j)[x + i] = i == 1 || bar ? 0x202020 : 0xffffff;
                }
        }
}

static void text_takes_few_bytes_once_its_letters_were_seen(void **state)
{
    (void)state;
    struct scene scene;
    struct pair p;
    scene_init(&scene, 256, 64, 0, 13);
    pair_init(&p, 256, 64);
    struct ds_rect all = ds_image_bounds(&scene.image);
    write_letters(&scene);
    size_t first = there_and_back(&p, &scene.image, all);
    write_letters(&scene); /* others */
    size_t later = there_and_back(&p, &scene.image, all);
    assert_true(later * 3 < first * 2);
    assert_true(later < 112 * 2); /* letters; each has three bits of news */
    ds_drawn_reset(p.encoder);
    ds_drawn_reset(p.decoder);
    assert_true(there_and_back(&p, &scene.image, all) > later); /* nothing is left of it */
    ds_image_fill(&scene.image, 0xffffff);
    there_and_back(&p, &scene.image, all);
    assert_true(there_and_back(&p, &scene.image, all) < 12); /* flat ground */
    pair_destroy(&p);
    scene_destroy(&scene);
}

/* By hand: two pixels, black and then red, from even chances. Nothing was seen, so each is asked
 * for in the dictionary (a bit) and given in full (24 bits of even chance). */
static void golden_bytes(void **state)
{
    (void)state;
    struct pair p;
    struct ds_image image;
    pair_init(&p, 2, 1);
    assert_int_equal(ds_image_init(&image, 2, 1), 0);
    ds_image_row(&image, 0)[1] = 0xff0000;
    size_t n = there_and_back(&p, &image, (struct ds_rect){0, 0, 2, 1});
    /* The dictionary begins with black in every place, so black is known: "set" is the lower half
     * of the interval, and of its place 0 no bit is set: 12 upper halves. Then red is not known,
     * which the first answer made a little unlikely, and its 24 bits follow, the highest first. */
    static const uint8_t expected[] = {0x7f, 0xfc, 0x23, 0xd8, 0x05};
    assert_int_equal(n, sizeof(expected));
    assert_memory_equal(p.bytes, expected, sizeof(expected));
    ds_image_destroy(&image);
    pair_destroy(&p);
}

static void rubbish_and_cuts_are_refused_or_stay_inside(void **state)
{
    (void)state;
    struct scene scene;
    struct pair p;
    scene_init(&scene, 200, 60, 0, 14);
    pair_init(&p, 200, 60);
    for (int i = 0; i < 30; i++)
        scene_step(&scene, SCENE_TEXT);
    struct ds_rect r = {3, 2, 150, 40};
    size_t n = ds_drawn_encode(p.encoder, &scene.image, r, p.bytes), refused = 0;
    for (size_t cut = 0; cut + 5 < n; cut++) {
        ds_drawn_reset(p.decoder);
        uint8_t *exact = malloc(cut ? cut : 1);
        memcpy(exact, p.bytes, cut);
        refused += ds_drawn_decode(p.decoder, exact, cut, &p.back, r) == DS_EPROTO;
        free(exact);
    }
    assert_true(refused * 10 > (n - 5) * 9); /* zeros may happen to be right */
    for (int i = 0; i < 300; i++) {
        for (size_t k = 0; k < n; k++)
            p.bytes[k] = (uint8_t)scene_draw(&scene, 256);
        ds_drawn_decode(p.decoder, p.bytes, n, &p.back, r);
    }
    for (uint32_t y = 0; y < 60; y++)
        for (uint32_t x = 0; x < 200; x++) {
            bool inside = x >= 3 && x < 153 && y >= 2 && y < 42;
            if (!inside)
                assert_int_equal(ds_image_row(&p.back, y)[x], 0);
            assert_int_equal(ds_image_row(&p.back, y)[x] >> 24, 0);
        }
    pair_destroy(&p);
    scene_destroy(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_picture_comes_back),
        cmocka_unit_test(the_widest_and_the_smallest_come_back),
        cmocka_unit_test(text_takes_few_bytes_once_its_letters_were_seen),
        cmocka_unit_test(golden_bytes),
        cmocka_unit_test(rubbish_and_cuts_are_refused_or_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
