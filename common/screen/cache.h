/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the decoder's tile memory holds, seen from the encoder: hashes, no pixels. Passes: remember
 * tiles that are about to be overwritten after having stayed a while, and bring back tiles that are
 * remembered. */
#ifndef DS_SCREEN_CACHE_H
#define DS_SCREEN_CACHE_H

#include "common/screen/hash.h"

#include <stdbool.h>

#define DS_CACHE_BUCKETS (DS_CACHE_SLOTS * 2)

struct ds_cache {
    struct ds_hash_key key;
    struct ds_hash hashes[DS_CACHE_SLOTS];
    bool used[DS_CACHE_SLOTS];
    bool hit[DS_CACHE_SLOTS]; /* since the hand last passed: then it may stay one more round */
    uint16_t buckets[DS_CACHE_BUCKETS]; /* slot + 1, 0 empty; linear probing */
    uint32_t slots;                     /* of DS_CACHE_SLOTS, those that the decoder has */
    uint32_t hand;                      /* next slot to give away */
    uint32_t count;
};

/* Empty, with a key of its own. slots: 1..DS_CACHE_SLOTS. DS_EIO. */
int ds_cache_init(struct ds_cache *cache, uint32_t slots);
void ds_cache_clear(struct ds_cache *cache);

/* The slot that holds this tile, or -1. */
int32_t ds_cache_find(const struct ds_cache *cache, struct ds_hash hash);
/* A slot for a tile that is not held yet; what was in it is forgotten. */
uint32_t ds_cache_insert(struct ds_cache *cache, struct ds_hash hash);

/* Appends to plan a STORE for tile (of the picture old), whose hash that is, unless it is held;
 * joins the operation before when tile and slot follow it. *slot: which holds it. DS_ENOMEM. */
int ds_cache_store(struct ds_cache *cache, struct ds_plan *plan, const struct ds_image *old,
                   uint32_t tile, struct ds_hash hash, uint32_t *slot);

/* Rewrites undecided operations whose whole tile of the picture new is held as LOADs. Those of
 * refinement and fresh ones are left alone. */
void ds_cache_load(struct ds_cache *cache, struct ds_plan *plan, const struct ds_image *now);

#endif
