/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/motion.h"

#include "common/screen/motion_table.h"

#include <string.h>

/* Stretches of pixels that are looked for. The first vote knows the column and can afford long
 * ones, which repeat less; the second has to find them at any x. */
#define LONG 32
#define SHORT 16
/* Below so many votes a vector is chance. */
#define VOTES_MIN 4
#define COLUMNS_MAX (DS_SCREEN_SIDE_MAX / DS_TILE)
#define COLUMNS_ASKED 8        /* first vote: so many columns of tiles know enough */
#define SPAN_MIN (DS_TILE / 4) /* rows */
#define PROBE_ROWS 3           /* first vote: every third row */
#define PROBE_ROWS_ALL 16      /* second vote: all x of every 16th row */
#define VECTOR_SLOTS 1024u     /* different vectors that are counted */

/* p: one of a column of rows of stride bytes; a later one is asked for ahead, since each lies in
 * another page and nothing else would. */
static bool hash_long(const uint32_t *p, size_t stride, uint32_t *hash)
{
    __builtin_prefetch((const uint8_t *)p + stride * 8);
    __builtin_prefetch((const uint8_t *)p + stride * 8 + 64);
    uint64_t sum = 0, differ = 0, factor = 0x9e3779b97f4a7c15u, q[LONG / 2];
    memcpy(q, p, sizeof(q));
    uint64_t first = (uint64_t)p[0] << 32 | p[0];
    for (int i = 0; i < LONG / 2; i++) {
        differ |= q[i] ^ first;
        sum += (q[i] ^ q[i] >> 15) * factor;
        factor = factor << 3 | factor >> 61; /* known when compiled: no step waits for another */
    }
    *hash = (uint32_t)(sum >> 32);
    return differ != 0;
}

/* Rows of a column of tiles in which something differs. */
struct span {
    int32_t top, bottom; /* bottom: the first outside; empty when not above it */
};

static void column_spans(const struct ds_plan *plan, struct span spans[COLUMNS_MAX])
{
    for (int32_t i = 0; i < COLUMNS_MAX; i++)
        spans[i] = (struct span){INT32_MAX, 0};
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_rect r = plan->ops[i].rect;
        struct span *s = &spans[r.x / DS_TILE];
        s->top = r.y < s->top ? r.y : s->top;
        s->bottom = r.y + r.height > s->bottom ? r.y + r.height : s->bottom;
    }
}

/* Votes for dy within one column of tiles. */
static void vote_column(struct ds_motion *m, const struct ds_image *old, const struct ds_image *now,
                        int32_t x, struct span span)
{
    struct ds_motion_place *table = m->table;
    uint32_t bits = ds_motion_bits((uint32_t)(span.bottom - span.top) * 2);
    memset(table, 0xff, sizeof(*table) << bits);
    uint32_t hash;
    for (int32_t y = span.top; y < span.bottom; y++) {
        if (!hash_long(ds_image_row(old, (uint32_t)y) + x, old->stride, &hash))
            continue;
        struct ds_motion_place *p = ds_motion_find(table, bits, hash);
        if (p->y == DS_MOTION_FREE)
            *p = (struct ds_motion_place){hash, 0, (uint16_t)y};
        else
            p->x = DS_MOTION_TWICE;
    }
    for (int32_t y = span.top; y < span.bottom; y += PROBE_ROWS) {
        if (!hash_long(ds_image_row(now, (uint32_t)y) + x, now->stride * PROBE_ROWS, &hash))
            continue;
        const struct ds_motion_place *p = ds_motion_find(table, bits, hash);
        if (p->y != DS_MOTION_FREE && p->x != DS_MOTION_TWICE)
            m->votes[y - (int32_t)p->y + (int32_t)now->height]++;
    }
}

static void keep_best(struct ds_vector vectors[DS_MOTION_VECTORS], struct ds_vector v)
{
    for (int i = 0; i < DS_MOTION_VECTORS; i++) {
        if (v.votes > vectors[i].votes) {
            struct ds_vector swap = vectors[i];
            vectors[i] = v;
            v = swap;
        }
    }
}

/* A vector with far fewer votes than the best is chance as well. */
static size_t count_likely(const struct ds_vector vectors[DS_MOTION_VECTORS])
{
    size_t count = 0;
    while (count < DS_MOTION_VECTORS && vectors[count].votes > 0 &&
           vectors[count].votes * 16 >= vectors[0].votes)
        count++;
    return count;
}

size_t ds_motion_vote_vertical(struct ds_motion *m, const struct ds_plan *plan,
                               const struct ds_image *old, const struct ds_image *now,
                               struct ds_vector vectors[DS_MOTION_VECTORS])
{
    memset(vectors, 0, sizeof(*vectors) * DS_MOTION_VECTORS);
    int32_t height = (int32_t)now->height;
    memset(m->votes, 0, sizeof(*m->votes) * (size_t)height * 2);
    struct span spans[COLUMNS_MAX];
    column_spans(plan, spans);
    int32_t columns = 0, last = (int32_t)now->width / DS_TILE;
    for (int32_t i = 0; i < last; i++)
        columns += spans[i].bottom - spans[i].top >= SPAN_MIN;
    int32_t step = columns / COLUMNS_ASKED + 1, turn = 0;
    for (int32_t i = 0; i < last; i++)
        if (spans[i].bottom - spans[i].top >= SPAN_MIN && turn++ % step == 0)
            vote_column(m, old, now, i * DS_TILE + (DS_TILE - LONG) / 2, spans[i]);
    for (int32_t dy = -height; dy < height; dy++)
        if (dy != 0 && m->votes[dy + height] >= VOTES_MIN)
            keep_best(vectors, (struct ds_vector){0, dy, m->votes[dy + height]});
    return count_likely(vectors);
}

/* Powers of an odd number: BASE to the power of SHORT - 1, SHORT - 2, ... 0. */
#define BASE 0x9e3779b1u

static void base_powers(uint32_t powers[SHORT])
{
    powers[SHORT - 1] = 1;
    for (int i = SHORT - 1; i > 0; i--)
        powers[i - 1] = powers[i] * BASE;
}

/* A hash that can roll: the upper bits are good, so tables are indexed by those. The sum of
 * products instead of one multiplication after the other: no step waits for another. */
static inline uint32_t hash_short(const uint32_t *restrict p, const uint32_t *restrict powers,
                                  bool *uniform)
{
    uint32_t hash = 0, differ = 0, first = p[0];
    for (int i = 0; i < SHORT; i++) {
        hash += p[i] * powers[i];
        differ |= p[i] ^ first;
    }
    *uniform = differ == 0;
    return hash;
}

static void set_bit(uint8_t *filter, uint32_t hash)
{
    uint32_t bit = hash >> (32 - DS_MOTION_FILTER_BITS);
    filter[bit / 8] |= (uint8_t)(1u << bit % 8);
}

static bool has_bit(const uint8_t *filter, uint32_t hash)
{
    uint32_t bit = hash >> (32 - DS_MOTION_FILTER_BITS);
    return filter[bit / 8] >> bit % 8 & 1;
}

/* A stretch a row of each changed tile of the old picture, tile by tile, row by row. Returns
 * how many, and the table's size in *bits_out. */
DS_HOT
static uint32_t index_old(struct ds_motion *m, const struct ds_plan *plan,
                          const struct ds_image *old, const uint32_t powers[SHORT],
                          uint32_t *bits_out)
{
    uint32_t bits = ds_motion_bits((uint32_t)plan->count * DS_TILE * 2 * 2), count = 0;
    struct ds_motion_place *table = m->table;
    memset(table, 0xff, sizeof(*table) << bits);
    memset(m->filter, 0, 1u << (DS_MOTION_FILTER_BITS - 3));
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_rect r =
            ds_tile_rect(old->width, old->height, ds_tile_of(old->width, plan->ops[i].rect));
        for (int32_t y = r.y; y < r.y + r.height; y++) {
            const uint32_t *row = ds_image_row(old, (uint32_t)y) + r.x;
            for (int32_t at = DS_TILE / 2 - SHORT / 2;
                 at + SHORT <= r.width && count < 1u << (bits - 1); at += DS_TILE) {
                bool uniform;
                uint32_t hash = hash_short(row + at, powers, &uniform);
                if (uniform)
                    continue;
                struct ds_motion_place *p = ds_motion_find(table, bits, hash);
                if (p->y == DS_MOTION_FREE) {
                    *p = (struct ds_motion_place){hash, (uint16_t)(r.x + at), (uint16_t)y};
                    set_bit(m->filter, hash);
                    count++;
                } else {
                    p->x = DS_MOTION_TWICE;
                }
            }
        }
    }
    *bits_out = bits;
    return count;
}

static void count_vector(struct ds_vector *slots, int32_t dx, int32_t dy)
{
    uint32_t i = ((uint32_t)dx * 0x85ebca6bu ^ (uint32_t)dy * 0xc2b2ae35u) >> 22;
    for (int tries = 0; tries < 8; tries++, i = (i + 1) % VECTOR_SLOTS) {
        struct ds_vector *v = &slots[i];
        if (v->votes == 0)
            *v = (struct ds_vector){dx, dy, 0};
        if (v->dx == dx && v->dy == dy) {
            v->votes++;
            return;
        }
    }
}

/* All x of a row from left to right (first outside). */
static void probe_row(const struct ds_motion *m, const uint32_t *row, int32_t left, int32_t right,
                      int32_t y, const uint32_t powers[SHORT], uint32_t bits,
                      struct ds_vector *slots)
{
    if (right - left < SHORT)
        return;
    bool uniform;
    uint32_t hash = hash_short(row + left, powers, &uniform), power = powers[0] * BASE;
    int32_t same = uniform ? SHORT : 0;
    struct ds_motion_place *table = m->table;
    for (int32_t x = left;; x++) {
        if (same < SHORT && has_bit(m->filter, hash)) {
            const struct ds_motion_place *p = ds_motion_find(table, bits, hash);
            if (p->y != DS_MOTION_FREE && p->x != DS_MOTION_TWICE && (p->x != x || p->y != y))
                count_vector(slots, x - p->x, y - p->y);
        }
        if (x + SHORT >= right)
            return;
        hash = hash * BASE + row[x + SHORT] - row[x] * power;
        same = row[x + SHORT] == row[x + SHORT - 1] ? same + 1 : 1;
    }
}

size_t ds_motion_vote_anywhere(struct ds_motion *m, const struct ds_plan *plan,
                               const struct ds_image *old, const struct ds_image *now,
                               struct ds_vector vectors[DS_MOTION_VECTORS])
{
    memset(vectors, 0, sizeof(*vectors) * DS_MOTION_VECTORS);
    uint32_t powers[SHORT], bits;
    base_powers(powers);
    if (index_old(m, plan, old, powers, &bits) == 0)
        return 0;
    struct ds_vector slots[VECTOR_SLOTS];
    memset(slots, 0, sizeof(slots));
    for (size_t i = 0; i < plan->count;) {
        /* Neighbouring tiles of a row are probed as one stretch. */
        struct ds_rect r = plan->ops[i].rect, all = r;
        for (i++; i < plan->count && plan->ops[i].rect.y / DS_TILE == r.y / DS_TILE &&
                  plan->ops[i].rect.x / DS_TILE == (all.x + all.width - 1) / DS_TILE + 1;
             i++)
            all = ds_rect_union(all, plan->ops[i].rect);
        int32_t first = (all.y + PROBE_ROWS_ALL - 1) / PROBE_ROWS_ALL * PROBE_ROWS_ALL;
        for (int32_t y = first; y < all.y + all.height; y += PROBE_ROWS_ALL)
            probe_row(m, ds_image_row(now, (uint32_t)y), all.x, all.x + all.width, y, powers, bits,
                      slots);
    }
    for (uint32_t i = 0; i < VECTOR_SLOTS; i++)
        if (slots[i].votes >= VOTES_MIN)
            keep_best(vectors, slots[i]);
    return count_likely(vectors);
}
