/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows that open, move, scroll, blink and close over photographs, on lines that allow little,
 * with refinement, interruptions and false hints between: whatever is called exact is, and at rest
 * every pixel is right. SCREEN_SEED repeats a failure, SCREEN_RUNS asks for more than a few. */
#include "screen_scene.h"

#include "common/base/error.h"
#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOTH (DS_FEATURE_ZSTD | DS_FEATURE_JPEG)
#define ALL (BOTH | DS_FEATURE_JPEG_ARITHMETIC | DS_FEATURE_DRAWN)
#define WINDOWS 12

struct window {
    bool is_open;
    int32_t x, y;
    struct scene content;
};

struct desktop {
    struct scene screen; /* what is seen */
    struct scene ground;
    struct window windows[WINDOWS]; /* bottom first */
    struct ds_vector moves[8];
    size_t move_count;
};

static uint32_t draw(struct desktop *d, uint32_t below)
{
    return scene_draw(&d->screen, below);
}

static int32_t between(struct desktop *d, int32_t least, int32_t most)
{
    return least + (int32_t)draw(d, (uint32_t)(most - least + 1));
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static struct ds_rect place_of(const struct window *w)
{
    return (struct ds_rect){w->x, w->y, (int32_t)w->content.image.width,
                            (int32_t)w->content.image.height};
}

static void damage(struct desktop *d, struct ds_rect r)
{
    r = ds_rect_intersect(r, ds_image_bounds(&d->screen.image));
    if (!ds_rect_is_empty(r))
        ds_region_add(&d->screen.damage, r);
}

static void put(struct ds_image *to, const struct ds_image *from, int32_t x, int32_t y)
{
    struct ds_rect r = {x, y, (int32_t)from->width, (int32_t)from->height};
    r = ds_rect_intersect(r, ds_image_bounds(to));
    for (int32_t i = 0; i < r.height; i++)
        memcpy(ds_image_row(to, (uint32_t)(r.y + i)) + r.x,
               ds_image_row(from, (uint32_t)(r.y + i - y)) + (r.x - x), (size_t)r.width * 4);
}

static void paint(struct desktop *d)
{
    put(&d->screen.image, &d->ground.image, 0, 0);
    for (int i = 0; i < WINDOWS; i++)
        if (d->windows[i].is_open)
            put(&d->screen.image, &d->windows[i].content.image, d->windows[i].x, d->windows[i].y);
}

static void close_window(struct desktop *d, struct window *w)
{
    damage(d, place_of(w));
    scene_destroy(&w->content);
    w->is_open = false;
}

static void open_window(struct desktop *d, struct window *w)
{
    int32_t across = (int32_t)d->screen.image.width, down = (int32_t)d->screen.image.height;
    bool tiny = draw(d, 3) == 0;
    uint32_t width = 1 + draw(d, tiny ? 16 : (uint32_t)across);
    uint32_t height = 1 + draw(d, tiny ? 16 : (uint32_t)down);
    scene_init(&w->content, width, height, 0, d->screen.seed);
    scene_step(&w->content, (enum scene_step)draw(d, SCENE_COVER));
    for (uint32_t n = draw(d, 6); n > 0; n--)
        scene_any_step(&w->content);
    w->x = between(d, -(int32_t)width / 2, across - 1);
    w->y = between(d, -(int32_t)height / 2, down - 1);
    w->is_open = true;
    damage(d, place_of(w));
}

static void move_window(struct desktop *d, struct window *w)
{
    bool small = draw(d, 2);
    int32_t dx = small ? between(d, -5, 5) : between(d, -200, 200);
    int32_t dy = small ? between(d, -5, 5) : between(d, -200, 200);
    damage(d, place_of(w));
    w->x += dx;
    w->y += dy;
    damage(d, place_of(w));
    if (d->move_count < 7)
        d->moves[d->move_count++] = (struct ds_vector){.dx = dx, .dy = dy};
}

static void change_window(struct desktop *d, struct window *w)
{
    scene_any_step(&w->content);
    damage(d, place_of(w));
    ds_region_clear(&w->content.damage);
}

static void raise_window(struct desktop *d, int which)
{
    struct window w = d->windows[which];
    memmove(&d->windows[which], &d->windows[which + 1], (size_t)(WINDOWS - 1 - which) * sizeof(w));
    d->windows[WINDOWS - 1] = w;
    damage(d, place_of(&w));
}

static void step(struct desktop *d)
{
    int which = (int)draw(d, WINDOWS);
    struct window *w = &d->windows[which];
    if (!w->is_open)
        open_window(d, w);
    else
        switch (draw(d, 5)) {
        case 0:
            close_window(d, w);
            break;
        case 1:
            change_window(d, w);
            break;
        case 2:
            raise_window(d, which);
            break;
        default:
            move_window(d, w);
        }
}

static void desktop_init(struct desktop *d, uint32_t width, uint32_t height, uint64_t seed)
{
    *d = (struct desktop){0};
    scene_init(&d->screen, width, height, seed % 2 * 12, seed);
    scene_init(&d->ground, width, height, 0, seed * 7 + 1);
    for (int i = 0; i < 4; i++)
        scene_step(&d->ground, SCENE_PHOTO);
    for (int i = 0; i < 4; i++)
        scene_step(&d->ground, SCENE_TEXT);
    paint(d);
}

static void desktop_destroy(struct desktop *d)
{
    for (int i = 0; i < WINDOWS; i++)
        if (d->windows[i].is_open)
            scene_destroy(&d->windows[i].content);
    scene_destroy(&d->ground);
    scene_destroy(&d->screen);
}

/* Rubbish in the fourth bytes of what is damaged, as some displays have it. */
static void dirty(struct desktop *d)
{
    for (size_t i = 0; i < d->screen.damage.count; i++) {
        struct ds_rect r = d->screen.damage.rects[i];
        for (int32_t y = r.y; y < r.y + r.height; y++)
            for (int32_t x = r.x; x < r.x + r.width; x++)
                ds_image_row(&d->screen.image, (uint32_t)y)[x] |= 0xff000000u;
    }
}

/* ---- what goes wrong on the way ---- */

struct cut {
    struct joined *joined;
    uint32_t left; /* chunks that still arrive */
};

static int emit_cut(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct cut *c = ctx;
    struct ds_region changed = {0};
    (void)last;
    int error = 0;
    if (c->left > 0)
        error = ds_decoder_feed(c->joined->decoder, buf->data + DS_SCREEN_HEADER,
                                buf->len - DS_SCREEN_HEADER, first && c->joined->key,
                                &c->joined->picture, &changed);
    ds_rcbuf_unref(buf);
    assert_int_equal(error, 0);
    return c->left-- > 0 ? 0 : DS_ENOMEM;
}

/* The update ends in the middle; what comes next is a key. True when it did. */
static bool cut_short(struct joined *j, const struct ds_encode_request *request, uint32_t after)
{
    struct cut cut = {.joined = j, .left = after};
    struct ds_encode_result result = {.sent = false};
    if (ds_encoder_encode(j->encoder, request, emit_cut, &cut, &result) == 0) {
        j->key = result.sent ? false : j->key;
        return false;
    }
    ds_encoder_reset(j->encoder);
    j->key = true;
    return true;
}

static struct ds_encode_request any_request(struct desktop *d, ds_tick now)
{
    static const uint32_t lines[] = {1, 400, 2000, 8000, 30000, 200000, 300000};
    if (draw(d, 4) == 0) /* false news */
        d->moves[d->move_count++] =
            (struct ds_vector){.dx = between(d, -65535, 65535), .dy = between(d, -300, 300)};
    return (struct ds_encode_request){
        .image = &d->screen.image,
        .damage = draw(d, 10) == 0 ? NULL : &d->screen.damage,
        .quality = DS_QUALITY_FIT,
        .fit_bytes = lines[draw(d, 7)],
        .refine_bytes = draw(d, 3) * draw(d, 40000),
        .hints = {.moves = d->moves, .count = d->move_count, .expected = draw(d, 2)},
        .now = now};
}

static void update(struct desktop *d, struct joined *j, ds_tick now)
{
    struct ds_encode_request request = any_request(d, now);
    d->move_count = 0;
    if (draw(d, 60) == 0 && cut_short(j, &request, draw(d, 3))) {
        ds_region_clear(&d->screen.damage); /* what is told counts */
        return;
    }
    if (draw(d, 80) == 0) {
        ds_encoder_reset(j->encoder);
        j->key = true;
    }
    bool exact = joined_request(j, &request).exact;
    ds_region_clear(&d->screen.damage);
    if (exact)
        joined_assert_equal(j, &d->screen);
}

static void rest(struct desktop *d, struct joined *j, ds_tick *now)
{
    struct ds_encode_request request = {.image = &d->screen.image,
                                        .damage = &d->screen.damage,
                                        .quality = DS_QUALITY_FIT,
                                        .fit_bytes = 2000,
                                        .refine_bytes = 50000,
                                        .now = *now};
    do {
        request.now += 50 * DS_MS;
        joined_request(j, &request);
        ds_region_clear(&d->screen.damage);
    } while (ds_encoder_is_unsettled(j->encoder) && request.now < *now + 1000 * DS_SECOND);
    *now = request.now;
    joined_assert_equal(j, &d->screen);
    assert_false(joined_request(j, &request).sent);
}

static void play(uint32_t width, uint32_t height, uint32_t features, uint64_t seed, int steps)
{
    print_message("%ux%u features %u seed %llu\n", width, height, features,
                  (unsigned long long)seed);
    struct desktop d;
    struct joined j;
    desktop_init(&d, width, height, seed);
    joined_init(&j, width, height, features);
    ds_tick now = DS_SECOND;
    for (int i = 0; i < steps; i++) {
        for (uint32_t n = 1 + draw(&d, 4); n > 0; n--)
            step(&d);
        paint(&d);
        if (seed % 3 == 0 && i > steps / 2)
            dirty(&d);
        now += draw(&d, 3) ? draw(&d, 30) * DS_MS : draw(&d, 400) * DS_MS;
        update(&d, &j, now);
        if (draw(&d, 12) == 0)
            rest(&d, &j, &now);
    }
    rest(&d, &j, &now);
    joined_destroy(&j);
    desktop_destroy(&d);
}

static void windows_over_photographs_come_to_rest_exact(void **state)
{
    (void)state;
    uint64_t seed = number_of("SCREEN_SEED", 1), runs = number_of("SCREEN_RUNS", 12);
    for (uint64_t s = seed; s < seed + runs; s++) {
        uint64_t mixed = s * 0x9e3779b97f4a7c15u;
        play(60 + (uint32_t)(mixed >> 32) % 700, 60 + (uint32_t)(mixed >> 20) % 500,
             s % 4 == 0   ? BOTH
             : s % 7 == 0 ? DS_FEATURE_JPEG | DS_FEATURE_DRAWN
                          : ALL,
             s, 80);
    }
}

static void the_smallest_screens_come_to_rest_exact(void **state)
{
    (void)state;
    static const uint32_t sides[] = {1, 2, 3, 15, 16, 17, 63, 64, 65, 79, 81, 129};
    size_t n = sizeof(sides) / sizeof(sides[0]);
    uint64_t seed = number_of("SCREEN_SEED", 1);
    for (size_t i = 0; i < n * n; i++)
        play(sides[i % n], sides[i / n], i % 3 ? ALL : BOTH, seed + i, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_over_photographs_come_to_rest_exact),
        cmocka_unit_test(the_smallest_screens_come_to_rest_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
