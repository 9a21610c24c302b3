/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the encoder is going to say about one picture: a list of operations in the order in which
 * the decoder applies them. Passes rewrite it: it starts as one undecided operation for each tile
 * that differs and ends as what the writer turns into bytes. */
#ifndef DS_SCREEN_PLAN_H
#define DS_SCREEN_PLAN_H

#include "common/screen/format.h"
#include "common/screen/rect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ds_op_kind {
    DS_OP_KIND_NOTHING,   /* handled by another operation; passes drop it */
    DS_OP_KIND_UNDECIDED, /* these pixels differ */
    DS_OP_KIND_COPY,      /* from move.dx, move.dy away */
    DS_OP_KIND_STORE,     /* remember tiles as they are */
    DS_OP_KIND_LOAD,      /* put remembered tiles back */
    DS_OP_KIND_RESTORE,   /* put part of a remembered tile back */
    DS_OP_KIND_FILL,      /* one colour */
    DS_OP_KIND_PALETTE,   /* new colours of a table */
    DS_OP_KIND_INDEX,     /* through a table; indices are in the encoder's index plane */
    DS_OP_KIND_COLOUR,    /* many colours, much repetition */
    DS_OP_KIND_PHOTO,     /* many colours, none repeats: predicted planes */
    DS_OP_KIND_JPEG,      /* the same, with loss */
    DS_OP_KIND_VIDEO,     /* the next picture of a video stream; changes nothing by itself */
    DS_OP_KIND_SHOW,      /* as in the newest picture of the stream, with loss */
    DS_OP_KIND_COUNT,
};

struct ds_op {
    enum ds_op_kind kind;
    bool refine;         /* makes lossy pixels exact: never JPEG */
    bool smooth;         /* PHOTO: may be JPEG when loss is allowed */
    bool begins;         /* VIDEO: the first of its stream */
    uint8_t table;       /* PALETTE, INDEX */
    struct ds_rect rect; /* pixels written; STORE: the first tile */
    union {
        struct {
            int32_t dx, dy; /* destination minus source */
        } move;
        struct {
            uint32_t first, count, slot; /* tile numbers row by row; slots go up with them */
        } tiles;
        struct {
            uint32_t first, count; /* in ds_plan.colours */
            bool reset;            /* the table is emptied before */
        } palette;
        uint32_t colour; /* FILL: 0xRRGGBB */
        uint16_t cells;  /* UNDECIDED, until it is: bit y * 4 + x for each of the tile's 16 cells of
                            16x16 pixels in which something differs */
    };
};

struct ds_plan {
    struct ds_op *ops; /* owned */
    size_t count, cap;
    uint32_t *colours; /* owned: 0xRRGGBB, of the PALETTE operations */
    size_t colour_count, colour_cap;
};

/* Accepts a zeroed struct. */
void ds_plan_destroy(struct ds_plan *plan);
void ds_plan_clear(struct ds_plan *plan);
/* Appends a copy. DS_ENOMEM: nothing was appended. */
int ds_plan_add(struct ds_plan *plan, const struct ds_op *op);
/* Appends a PALETTE operation with copies of count colours (1..256). */
int ds_plan_add_palette(struct ds_plan *plan, uint8_t table, bool reset, const uint32_t *colours,
                        uint32_t count);
/* Exchanges the contents: how a pass puts its new list in the place of the old one. */
void ds_plan_swap(struct ds_plan *a, struct ds_plan *b);
/* Sum of the areas of all operations of a kind, in pixels. */
uint64_t ds_plan_area(const struct ds_plan *plan, enum ds_op_kind kind);
struct ds_rect ds_plan_bounds(const struct ds_plan *plan);

const char *ds_op_kind_name(enum ds_op_kind kind);
/* One line a operation, for people: "copy 100,40 640x480 by 0,-16". Always ends with NUL; a text
 * longer than size is cut. Returns the length written. */
size_t ds_plan_print(const struct ds_plan *plan, char *out, size_t size);

/* Tiles of a picture, row by row. */
static inline uint32_t ds_tiles_across(uint32_t width)
{
    return (width + DS_TILE - 1) / DS_TILE;
}

static inline struct ds_rect ds_tile_rect(uint32_t width, uint32_t height, uint32_t tile)
{
    uint32_t across = ds_tiles_across(width);
    struct ds_rect r = {(int32_t)(tile % across * DS_TILE), (int32_t)(tile / across * DS_TILE),
                        DS_TILE, DS_TILE};
    return ds_rect_intersect(r, (struct ds_rect){0, 0, (int32_t)width, (int32_t)height});
}

/* The tile that holds the first pixel of rect. */
static inline uint32_t ds_tile_of(uint32_t width, struct ds_rect rect)
{
    return (uint32_t)rect.y / DS_TILE * ds_tiles_across(width) + (uint32_t)rect.x / DS_TILE;
}

#endif
