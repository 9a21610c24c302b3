/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/classify.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define COLOUR_MASK 0x00ffffffu
/* Above so many colours a tile needs 8 pixels a colour, else looking them up does not pay. */
#define FREE_COLOURS 64
#define PIXELS_PER_COLOUR 8
/* Shares in 1/256. Flat ground of text makes most neighbours equal, photographs almost none; smooth
 * parts of those (sky) have many equal neighbours too, but what differs there differs by little.
 * Sending those as photographs took 12 % off the photo scene, 6 % off web_scroll. */
#define PHOTO_EQUAL_MAX 96
#define SKY_EQUAL_MAX 200
#define SKY_FAR 8 /* at most one in so many of those that differ is far */
/* What may be lossy: no hard edges, and where ground is flat only steps too small to read. */
#define SMOOTH_FAR_MAX 40
#define SMOOTH_TINY(differ) ((differ)*7 / 8)
#define FAR 40
#define TINY 8

int ds_classifier_init(struct ds_classifier *c, uint32_t width, uint32_t height)
{
    c->width = width;
    c->height = height;
    c->plane = ds_alloc_array(height, width);
    c->hints =
        ds_alloc_array((size_t)ds_tiles_across(width) * ((height + DS_TILE - 1) / DS_TILE), 1);
    if (!c->plane || !c->hints) {
        ds_classifier_destroy(c);
        return DS_ENOMEM;
    }
    ds_classifier_clear(c);
    return 0;
}

void ds_classifier_destroy(struct ds_classifier *c)
{
    free(c->plane);
    free(c->hints);
    ds_plan_destroy(&c->next);
    *c = (struct ds_classifier){0};
}

void ds_classifier_clear(struct ds_classifier *c)
{
    ds_palettes_clear(&c->palettes);
    memset(c->hints, 0, (size_t)ds_tiles_across(c->width) * ((c->height + DS_TILE - 1) / DS_TILE));
}

static int64_t area(struct ds_rect r)
{
    return (int64_t)r.width * r.height;
}

void ds_classify_align(struct ds_plan *plan, uint32_t width)
{
    for (size_t i = 0; i < plan->count;) {
        struct ds_rect all = plan->ops[i].rect;
        int64_t sum = area(all);
        size_t end = i + 1;
        if (plan->ops[i].kind == DS_OP_KIND_UNDECIDED) {
            for (; end < plan->count; end++) {
                const struct ds_op *next = &plan->ops[end];
                struct ds_rect both = ds_rect_union(all, next->rect);
                if (next->kind != DS_OP_KIND_UNDECIDED || next->refine != plan->ops[i].refine ||
                    ds_tile_of(width, next->rect) !=
                        ds_tile_of(width, plan->ops[end - 1].rect) + 1 ||
                    next->rect.y / DS_TILE != all.y / DS_TILE || next->rect.x < all.x ||
                    area(both) * 4 > (sum + area(next->rect)) * 5)
                    break;
                all = both;
                sum += area(next->rect);
            }
        }
        for (size_t j = i; j < end && end - i > 1; j++) {
            struct ds_rect *r = &plan->ops[j].rect;
            int32_t tile_x = r->x & -DS_TILE;
            int32_t left = j == i ? r->x : tile_x;
            int32_t right = j == end - 1 ? r->x + r->width : tile_x + DS_TILE;
            *r = (struct ds_rect){left, all.y, right - left, all.height};
        }
        i = end;
    }
}

static bool is_solid(const struct ds_image *image, struct ds_rect r, uint32_t *colour)
{
    uint32_t first = ds_image_row(image, (uint32_t)r.y)[r.x];
    for (int32_t y = 0; y < r.height; y++) {
        const uint32_t *p = ds_image_row(image, (uint32_t)(r.y + y)) + r.x;
        uint32_t differ = 0;
        for (int32_t x = 0; x < r.width; x++)
            differ |= p[x] ^ first;
        if (differ & COLOUR_MASK)
            return false;
    }
    *colour = first & COLOUR_MASK;
    return true;
}

/* Of the pairs of neighbours of a row: how many differ, more than tiny and far. */
struct counts {
    uint32_t differ, above, far;
};

static void count_narrow(const uint32_t *p, int32_t width, struct counts *n)
{
    for (int32_t x = 1; x < width; x++) {
        uint32_t a = p[x] & COLOUR_MASK, b = p[x - 1] & COLOUR_MASK;
        int most = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            int d = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);
            d = d < 0 ? -d : d;
            most = d > most ? d : most;
        }
        n->differ += a != b;
        n->above += most > TINY;
        n->far += most > FAR;
    }
}

/* The same eight at a time, where the processor has registers for it: made up of smaller ones it is
 * 8 KB of code. */
#if DS_HAS_WIDE
typedef uint32_t eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef uint8_t eight_bytes __attribute__((vector_size(32), aligned(4), may_alias));

/* Each lane counts for itself; a comparison is all ones, which is less one. */
struct lanes {
    eight differ, above, far;
};

DS_WIDE static inline void count_eight(const uint32_t *p, struct lanes *n)
{
    const eight none = {0}, mask = none + COLOUR_MASK;
    eight_bytes a = (eight_bytes)(*(const eight *)p & mask);
    eight_bytes b = (eight_bytes)(*(const eight *)(p - 1) & mask);
    eight_bytes larger = (eight_bytes)(a > b);
    eight_bytes d = ((a - b) & larger) | ((b - a) & ~larger);
    n->differ -= (eight)((eight)d != none);
    n->above -= (eight)((eight)(eight_bytes)(d > TINY) != none);
    n->far -= (eight)((eight)(eight_bytes)(d > FAR) != none);
}

DS_WIDE static void count_wide(const uint32_t *p, int32_t width, struct counts *n)
{
    struct lanes lanes = {0};
    int32_t x = 1;
    for (; x + 8 <= width; x += 8)
        count_eight(p + x, &lanes);
    for (int i = 0; i < 8; i++) {
        n->differ += lanes.differ[i];
        n->above += lanes.above[i];
        n->far += lanes.far[i];
    }
    count_narrow(p + x - 1, width - x + 1, n);
}
#else
#define count_wide count_narrow
#endif

struct ds_texture ds_classify_texture(const struct ds_image *image, struct ds_rect r)
{
#if DS_HAS_WIDE
    bool is_wide = __builtin_cpu_supports("avx2");
#else
    bool is_wide = false;
#endif
    uint32_t pairs = 0;
    struct counts n = {0};
    for (int32_t y = 0; y < r.height; y += 4) {
        const uint32_t *p = ds_image_row(image, (uint32_t)(r.y + y)) + r.x;
        (is_wide ? count_wide : count_narrow)(p, r.width, &n);
        pairs += (uint32_t)r.width - 1;
    }
    if (pairs == 0)
        return (struct ds_texture){0};
    return (struct ds_texture){(pairs - n.differ) * 256 / pairs, (n.differ - n.above) * 256 / pairs,
                               n.far * 256 / pairs};
}

static bool is_photo(struct ds_texture t)
{
    return t.equal <= PHOTO_EQUAL_MAX ||
           (t.equal <= SKY_EQUAL_MAX && t.far * SKY_FAR <= 256 - t.equal);
}

static bool is_smooth(struct ds_texture t)
{
    return is_photo(t) && t.far <= SMOOTH_FAR_MAX &&
           (t.equal <= PHOTO_EQUAL_MAX || t.tiny >= SMOOTH_TINY(256 - t.equal));
}

/* Through the table that fitted here last, or the one used last, without looking at the colours
 * first. */
static bool try_tables(struct ds_classifier *c, const struct ds_image *image, struct ds_op *op,
                       uint8_t *out)
{
    uint8_t tables[2] = {c->hints[ds_tile_of(c->width, op->rect)], c->palettes.last};
    for (int i = 0; i < 2 && (i == 0 || tables[1] != tables[0]); i++) {
        const struct ds_palette *t = &c->palettes.tables[tables[i]];
        if (t->count > 0 && ds_palette_translate(t, image, op->rect, out, c->width)) {
            op->kind = DS_OP_KIND_INDEX;
            op->table = tables[i];
            return true;
        }
    }
    return false;
}

static bool has_few(const struct ds_colours *colours, struct ds_rect rect)
{
    return colours->count <= FREE_COLOURS ||
           (colours->count <= DS_PALETTE_COLOURS &&
            (int64_t)colours->count * PIXELS_PER_COLOUR <= area(rect));
}

/* The texture, and the colours unless there are too many for a table: false. A photograph without
 * hard edges is one when it has more than FREE_COLOURS / 2, and then the others are not asked for.
 */
static bool collect(const struct ds_image *image, struct ds_rect rect, struct ds_texture *texture,
                    struct ds_colours *colours)
{
    *texture = ds_classify_texture(image, rect);
    bool soft = is_photo(*texture) && texture->far <= SMOOTH_FAR_MAX;
    uint32_t most = soft ? FREE_COLOURS / 2 : DS_PALETTE_COLOURS;
    ds_palette_collect(image, rect, most, colours);
    return soft ? colours->count <= most : has_few(colours, rect);
}

/* Decides by colours and texture; adds PALETTE operations to c->next. */
static int decide(struct ds_classifier *c, const struct ds_image *image, struct ds_op *op,
                  uint8_t *out)
{
    struct ds_colours colours;
    struct ds_texture texture;
    if (!collect(image, op->rect, &texture, &colours)) {
        op->kind = is_photo(texture) ? DS_OP_KIND_PHOTO : DS_OP_KIND_COLOUR;
        op->smooth = is_smooth(texture);
        return 0;
    }
    op->kind = DS_OP_KIND_INDEX;
    int error = ds_palettes_choose(&c->palettes, &colours, &c->next, &op->table);
    if (error)
        return error;
    bool complete =
        ds_palette_translate(&c->palettes.tables[op->table], image, op->rect, out, c->width);
    ds_check(complete);
    return 0;
}

/* The same when bytes matter: text and lines are seen by their texture, and need no table. */
static void decide_drawn(const struct ds_image *image, struct ds_op *op)
{
    struct ds_texture texture = ds_classify_texture(image, op->rect);
    struct ds_colours colours;
    op->kind = DS_OP_KIND_DRAWN;
    if (is_photo(texture) && !collect(image, op->rect, &texture, &colours)) {
        op->kind = DS_OP_KIND_PHOTO;
        op->smooth = is_smooth(texture);
    }
}

static int classify(struct ds_classifier *c, const struct ds_image *image, struct ds_op *op)
{
    uint8_t *out = c->plane + (size_t)op->rect.y * c->width + (size_t)op->rect.x;
    uint32_t colour;
    if (is_solid(image, op->rect, &colour)) {
        op->kind = DS_OP_KIND_FILL;
        op->colour = colour;
        return 0;
    }
    if (c->drawn && !op->fresh) {
        decide_drawn(image, op);
        return 0;
    }
    if (!try_tables(c, image, op, out)) {
        int error = decide(c, image, op, out);
        if (error)
            return error;
    }
    if (op->kind == DS_OP_KIND_INDEX) {
        ds_palettes_touch(&c->palettes, op->table);
        c->hints[ds_tile_of(c->width, op->rect)] = op->table;
    }
    return 0;
}

int ds_classify_run(struct ds_classifier *c, struct ds_plan *plan, const struct ds_image *image)
{
    ds_plan_clear(&c->next);
    for (size_t i = 0; i < plan->count; i++) {
        struct ds_op op = plan->ops[i];
        if (op.kind == DS_OP_KIND_NOTHING)
            continue;
        int error = op.kind == DS_OP_KIND_UNDECIDED ? classify(c, image, &op) : 0;
        if (!error)
            error = ds_plan_add(&c->next, &op);
        if (error)
            return error;
    }
    ds_plan_swap(plan, &c->next);
    return 0;
}
