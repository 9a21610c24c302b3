/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies beneath: the pixels that each tile had shown for a while before something came over
 * them. Where a window, a menu or a tip leaves, parts of tiles look so again, though no whole tile
 * does; the decoder has those pixels among its remembered tiles, so a rectangle is enough. Two
 * layers, because a window that rests on its way becomes one itself. */
#ifndef DS_SCREEN_BENEATH_H
#define DS_SCREEN_BENEATH_H

#include "common/screen/cache.h"

#define DS_BENEATH_LAYERS 2

/* Of one tile of one layer. */
struct ds_beneath_tile {
    bool used;
    uint32_t slot;       /* of the decoder's memory */
    struct ds_hash hash; /* of the pixels: whether the slot still holds them */
};

struct ds_beneath {
    struct ds_image layers[DS_BENEATH_LAYERS];        /* newest first, tile by tile */
    struct ds_beneath_tile *tiles[DS_BENEATH_LAYERS]; /* owned: by tile */
    uint8_t *newest;     /* owned: by tile: which layer is its newest */
    struct ds_plan next; /* the list under construction; kept for its memory */
};

/* Zeroed before. Takes DS_BENEATH_LAYERS pictures of this size. DS_ENOMEM. */
int ds_beneath_init(struct ds_beneath *beneath, uint32_t width, uint32_t height);
void ds_beneath_destroy(struct ds_beneath *beneath); /* accepts a zeroed struct */
/* The decoder has forgotten all. */
void ds_beneath_clear(struct ds_beneath *beneath);

/* The tile of old is about to be overwritten, or will be one day, and stands, with this hash, in
 * slot. */
void ds_beneath_keep(struct ds_beneath *beneath, const struct ds_image *old, uint32_t tile,
                     struct ds_hash hash, uint32_t slot);

/* Whether what was last kept of this tile is still remembered by the decoder. */
bool ds_beneath_is_kept(const struct ds_beneath *beneath, const struct ds_cache *cache,
                        uint32_t tile);

/* Rewrites undecided operations: rectangles that look as they did in a layer become RESTOREs, and
 * are done to old; what remains different stays undecided. Operations of refinement and
 * fresh ones are left alone.
 * Both pictures have zero fourth bytes. DS_ENOMEM. */
int ds_beneath_run(struct ds_beneath *beneath, struct ds_cache *cache, struct ds_plan *plan,
                   struct ds_image *old, const struct ds_image *now);

#endif
