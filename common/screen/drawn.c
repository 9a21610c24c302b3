/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/drawn.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/format.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define WIDE_LOG 17   /* contexts of six neighbours that are kept */
#define NARROW_LOG 15 /* of two */
#define COLOUR_LOG 12 /* colours in the dictionary */
#define STEP 8        /* pixels of flat ground that are one decision */
/* How sure a context can be; also how many chances there are. */
#define SURE_MAX 60
#define COLOUR_MASK 0x00ffffffu
/* What a colour outside of the rectangle is taken for. */
#define OUTSIDE 0xff000000u

/* What followed a context: the last colour and the one before. 8 bytes, for the tables to stay
 * near the processor: the decoder waits for an entry at each pixel. */
struct entry {
    uint32_t last : 24, sure : 8; /* 0: nothing did; how often last came, and some memory of it */
    uint32_t before : 24,
        check : 8; /* of the context, so that another one in its place is noticed */
};

/* A row of the rectangle with what lies beside it: two columns to the left, and so many to the
 * right that flat ground ends there. */
#define LEFT 2
#define RIGHT 1
struct row {
    uint32_t pixels[LEFT + DS_DRAWN_AREA_MAX + RIGHT];
};

struct ds_drawn {
    struct entry wide[1u << WIDE_LOG], narrow[1u << NARROW_LOG];
    uint32_t colours[1u << COLOUR_LOG]; /* by hash */
    ds_chance flat;
    ds_chance wide_last[SURE_MAX + 1][2], wide_before[SURE_MAX + 1];
    ds_chance narrow_last[SURE_MAX + 1][2], narrow_before[SURE_MAX + 1][2];
    ds_chance known;
    ds_chance slots[1u << COLOUR_LOG]; /* of the dictionary, as a tree */
    /* of the rectangle being coded */
    struct row rows[3];
    uint16_t runs[LEFT + DS_DRAWN_AREA_MAX + RIGHT]; /* equal pixels from here on, row above */
};

static void even(ds_chance *chances, size_t bytes)
{
    for (size_t i = 0; i < bytes / sizeof(*chances); i++)
        chances[i] = DS_CHANCE_EVEN;
}

void ds_drawn_reset(struct ds_drawn *t)
{
    memset(t, 0, offsetof(struct ds_drawn, rows));
    t->flat = t->known = DS_CHANCE_EVEN;
    even(t->wide_last[0], sizeof(t->wide_last));
    even(t->wide_before, sizeof(t->wide_before));
    even(t->narrow_last[0], sizeof(t->narrow_last));
    even(t->narrow_before[0], sizeof(t->narrow_before));
    even(t->slots, sizeof(t->slots));
}

struct ds_drawn *ds_drawn_new(void)
{
    struct ds_drawn *t = ds_alloc_array(1, sizeof(*t));
    if (t)
        ds_drawn_reset(t);
    return t;
}

void ds_drawn_destroy(struct ds_drawn *t)
{
    free(t);
}

/* Where a pixel stands, and what is around it. */
struct place {
    uint32_t *row; /* at x - LEFT, as the others */
    const uint32_t *up, *up_two;
    const uint16_t *runs;
    int32_t x;
    uint32_t left, left_two, above, corner;
};

static inline uint32_t mix(uint32_t hash, uint32_t value, uint32_t factor)
{
    hash += value * factor;
    return hash ^ hash >> 15;
}

static inline uint32_t hash_two(const struct place *p)
{
    return mix(mix(0, p->above, 0x9e3779b1u), p->left, 0x85ebca6bu) * 0xc2b2ae35u;
}

static inline uint32_t hash_six(const struct place *p)
{
    uint32_t right = p->up[p->x + LEFT + 1], above_two = p->up_two[p->x + LEFT];
    uint32_t hash = mix(mix(0, right, 0x9e3779b1u), p->above, 0x85ebca6bu);
    hash = mix(mix(hash, p->corner, 0xc2b2ae35u), above_two, 0x27d4eb2fu);
    hash = mix(hash, p->left_two, 0x165667b1u);
    return mix(hash, p->left, 0xd3a2646du) * 0x9e3779b1u; /* known last when decoding */
}

/* The ground around x, x + 1, ... is of one colour; then the next STEP pixels are likely to be. */
static inline bool is_on_flat(const struct place *p)
{
    return p->left == p->left_two && p->corner == p->left && p->left != OUTSIDE &&
           p->runs[p->x + LEFT - 1] >= STEP + 2;
}

static inline void move(struct place *p, int32_t x)
{
    p->x = x;
    p->left = p->row[x + LEFT - 1];
    p->left_two = p->row[x + LEFT - 2];
    p->corner = p->up[x + LEFT - 1];
    p->above = p->up[x + LEFT];
}

/* One to the right: what was seen moves along. */
static inline void step(struct place *p, uint32_t colour)
{
    p->x++;
    p->left_two = p->left;
    p->left = colour;
    p->corner = p->above;
    p->above = p->up[p->x + LEFT];
}

/* The functions below code *colour, or find it, as encode says. */
#define CODED static inline __attribute__((always_inline))

CODED bool code_flat(struct ds_drawn *t, struct ds_coder *c, const struct place *p, bool encode)
{
    uint32_t differ = 0, *at = p->row + p->x + LEFT;
    if (encode)
        for (int32_t i = 0; i < STEP; i++)
            differ |= at[i] ^ p->left;
    bool is_flat = ds_coder_bit(c, &t->flat, encode, differ == 0);
    if (is_flat && !encode)
        for (int32_t i = 0; i < STEP; i++)
            at[i] = p->left;
    return is_flat;
}

CODED void code_new(struct ds_drawn *t, struct ds_coder *c, uint32_t *colour, bool encode)
{
    uint32_t slot = encode ? *colour * 0x9e3779b1u >> (32 - COLOUR_LOG) : 0, value = 0;
    bool is_known = ds_coder_bit(c, &t->known, encode, encode && t->colours[slot] == *colour);
    if (is_known) {
        uint32_t node = 1;
        for (int i = COLOUR_LOG - 1; i >= 0; i--)
            node = node << 1 | ds_coder_bit(c, &t->slots[node], encode, slot >> i & 1);
        *colour = t->colours[node - (1u << COLOUR_LOG)];
        return;
    }
    for (int i = 23; i >= 0; i--) {
        ds_chance half = DS_CHANCE_EVEN;
        value = value << 1 | ds_coder_bit(c, &half, encode, *colour >> i & 1);
    }
    *colour = value;
    t->colours[value * 0x9e3779b1u >> (32 - COLOUR_LOG)] = value;
}

/* Asks whether the colour is a guess; true when it is. */
CODED bool code_guess(struct ds_coder *c, ds_chance *p, uint32_t guess, uint32_t *colour,
                      bool encode)
{
    if (!ds_coder_bit(c, p, encode, encode && guess == *colour))
        return false;
    *colour = guess;
    return true;
}

CODED void code_colour(struct ds_drawn *t, struct ds_coder *c, const struct entry *wide,
                       const struct entry *narrow, bool level, uint32_t *colour, bool encode)
{
    bool was_asked = wide->sure > 0;
    if (was_asked && (code_guess(c, &t->wide_last[wide->sure][level], wide->last, colour, encode) ||
                      code_guess(c, &t->wide_before[wide->sure], wide->before, colour, encode)))
        return;
    if (narrow->sure > 0) {
        if (!(was_asked && narrow->last == wide->last) &&
            code_guess(c, &t->narrow_last[narrow->sure][was_asked], narrow->last, colour, encode))
            return;
        if (code_guess(c, &t->narrow_before[narrow->sure][was_asked], narrow->before, colour,
                       encode))
            return;
    }
    code_new(t, c, colour, encode);
}

static inline void learn(struct entry *e, uint32_t colour)
{
    uint32_t sure = e->sure;
    if (sure > 0 && e->last == colour) {
        e->sure = (uint8_t)(sure < SURE_MAX ? sure + 1 : sure);
        return;
    }
    e->before = e->last;
    e->last = colour & COLOUR_MASK;
    e->sure = (uint8_t)(sure > 28 ? 8 : 1 + sure / 4);
}

CODED uint32_t code_pixel(struct ds_drawn *t, struct ds_coder *c, const struct place *p,
                          bool encode)
{
    uint32_t six = hash_six(p), two = hash_two(p);
    struct entry *wide = &t->wide[six >> (32 - WIDE_LOG)];
    struct entry *narrow = &t->narrow[two >> (32 - NARROW_LOG)];
    if (wide->sure > 0 && wide->check != (uint8_t)six)
        *wide = (struct entry){0};
    wide->check = (uint8_t)six;
    uint32_t colour = encode ? p->row[p->x + LEFT] : 0;
    code_colour(t, c, wide, narrow, p->left == p->above, &colour, encode);
    if (!encode)
        p->row[p->x + LEFT] = colour;
    learn(wide, colour);
    learn(narrow, colour);
    return colour;
}

/* Lengths of equal pixels in a row, from each on. */
static void measure(uint16_t *runs, const uint32_t *row, int32_t width)
{
    runs[LEFT + width] = 1;
    for (int32_t i = LEFT + width - 1; i >= 0; i--)
        runs[i] = (uint16_t)(row[i] == row[i + 1] ? runs[i + 1] + 1 : 1);
}

CODED void code_row(struct ds_drawn *t, struct ds_coder *c, struct place *p, int32_t width,
                    bool encode)
{
    move(p, 0);
    while (p->x < width) {
        if (is_on_flat(p) && code_flat(t, c, p, encode))
            move(p, p->x + STEP);
        else
            step(p, code_pixel(t, c, p, encode));
    }
}

CODED void code_rect(struct ds_drawn *t, struct ds_coder *c, const struct ds_image *image,
                     struct ds_rect r, bool encode)
{
    for (int i = 0; i < 3; i++)
        for (int32_t x = 0; x < LEFT + r.width + RIGHT; x++)
            t->rows[i].pixels[x] = OUTSIDE;
    for (int32_t y = 0; y < r.height; y++) {
        uint32_t *pixels = ds_image_row(image, (uint32_t)(r.y + y)) + r.x;
        struct place p = {.row = t->rows[y % 3].pixels,
                          .up = t->rows[(y + 2) % 3].pixels,
                          .up_two = t->rows[(y + 1) % 3].pixels,
                          .runs = t->runs};
        measure(t->runs, p.up, r.width);
        if (encode)
            memcpy(p.row + LEFT, pixels, (size_t)r.width * sizeof(*pixels));
        code_row(t, c, &p, r.width, encode);
        if (!encode)
            memcpy(pixels, p.row + LEFT, (size_t)r.width * sizeof(*pixels));
    }
}

size_t ds_drawn_encode(struct ds_drawn *t, const struct ds_image *image, struct ds_rect rect,
                       uint8_t *out)
{
    struct ds_coder c;
    ds_coder_start(&c, out);
    code_rect(t, &c, image, rect, true);
    return ds_coder_finish(&c);
}

int ds_drawn_decode(struct ds_drawn *t, const uint8_t *bytes, size_t len, struct ds_image *image,
                    struct ds_rect rect)
{
    struct ds_coder c;
    ds_coder_open(&c, bytes, len);
    code_rect(t, &c, image, rect, false);
    return ds_coder_is_done(&c) ? 0 : DS_EPROTO;
}
