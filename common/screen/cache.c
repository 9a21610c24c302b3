/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/cache.h"

#include <string.h>

int ds_cache_init(struct ds_cache *cache, uint32_t slots)
{
    cache->slots = slots;
    ds_cache_clear(cache);
    return ds_hash_key_init(&cache->key);
}

void ds_cache_clear(struct ds_cache *cache)
{
    memset(cache->used, 0, sizeof(cache->used));
    memset(cache->hit, 0, sizeof(cache->hit));
    memset(cache->buckets, 0, sizeof(cache->buckets));
    cache->hand = 0;
    cache->count = 0;
}

static uint32_t bucket_of(struct ds_hash hash)
{
    return (uint32_t)((hash.high ^ hash.high >> 32) * 0x9e3779b1u) % DS_CACHE_BUCKETS;
}

static bool equal(struct ds_hash a, struct ds_hash b)
{
    return a.high == b.high && a.low == b.low;
}

int32_t ds_cache_find(const struct ds_cache *cache, struct ds_hash hash)
{
    for (uint32_t b = bucket_of(hash); cache->buckets[b]; b = (b + 1) % DS_CACHE_BUCKETS)
        if (equal(cache->hashes[cache->buckets[b] - 1], hash))
            return cache->buckets[b] - 1;
    return -1;
}

/* Takes a slot out of the buckets and closes the gap. */
static void forget(struct ds_cache *cache, uint32_t slot)
{
    uint32_t gap = bucket_of(cache->hashes[slot]);
    while (cache->buckets[gap] != slot + 1)
        gap = (gap + 1) % DS_CACHE_BUCKETS;
    for (uint32_t b = (gap + 1) % DS_CACHE_BUCKETS; cache->buckets[b];
         b = (b + 1) % DS_CACHE_BUCKETS) {
        uint32_t home = bucket_of(cache->hashes[cache->buckets[b] - 1]);
        uint32_t from_home = (b + DS_CACHE_BUCKETS - home) % DS_CACHE_BUCKETS;
        uint32_t from_gap = (b + DS_CACHE_BUCKETS - gap) % DS_CACHE_BUCKETS;
        if (from_home >= from_gap) {
            cache->buckets[gap] = cache->buckets[b];
            gap = b;
        }
    }
    cache->buckets[gap] = 0;
    cache->used[slot] = false;
    cache->count--;
}

uint32_t ds_cache_insert(struct ds_cache *cache, struct ds_hash hash)
{
    uint32_t slot = cache->hand;
    while (cache->hit[slot]) {
        cache->hit[slot] = false;
        slot = (slot + 1) % cache->slots;
    }
    cache->hand = (slot + 1) % cache->slots;
    if (cache->used[slot])
        forget(cache, slot);
    uint32_t b = bucket_of(hash);
    while (cache->buckets[b])
        b = (b + 1) % DS_CACHE_BUCKETS;
    cache->buckets[b] = (uint16_t)(slot + 1);
    cache->hashes[slot] = hash;
    cache->used[slot] = true;
    cache->count++;
    return slot;
}

/* True when the next tile and slot continue op. */
static bool continues(const struct ds_op *op, enum ds_op_kind kind, uint32_t tile, uint32_t slot)
{
    return op->kind == kind && op->tiles.first + op->tiles.count == tile &&
           op->tiles.slot + op->tiles.count == slot;
}

int ds_cache_store(struct ds_cache *cache, struct ds_plan *plan, const struct ds_image *old,
                   uint32_t tile, struct ds_hash hash, uint32_t *slot)
{
    int32_t held = ds_cache_find(cache, hash);
    if (held >= 0) {
        *slot = (uint32_t)held;
        return 0;
    }
    *slot = ds_cache_insert(cache, hash);
    if (plan->count > 0 && continues(&plan->ops[plan->count - 1], DS_OP_KIND_STORE, tile, *slot)) {
        plan->ops[plan->count - 1].tiles.count++;
        return 0;
    }
    struct ds_op op = {.kind = DS_OP_KIND_STORE,
                       .rect = ds_tile_rect(old->width, old->height, tile)};
    op.tiles.first = tile;
    op.tiles.count = 1;
    op.tiles.slot = *slot;
    return ds_plan_add(plan, &op);
}

void ds_cache_load(struct ds_cache *cache, struct ds_plan *plan, const struct ds_image *now)
{
    struct ds_op *last = NULL;
    for (size_t i = 0; i < plan->count && cache->count > 0; i++) {
        struct ds_op *op = &plan->ops[i];
        if (op->kind != DS_OP_KIND_UNDECIDED || op->refine || op->fresh)
            continue;
        uint32_t tile = ds_tile_of(now->width, op->rect);
        struct ds_rect rect = ds_tile_rect(now->width, now->height, tile);
        int32_t slot = ds_cache_find(cache, ds_hash_tile(&cache->key, now, rect));
        if (slot < 0)
            continue;
        cache->hit[slot] = true;
        if (last && continues(last, DS_OP_KIND_LOAD, tile, (uint32_t)slot)) {
            last->tiles.count++;
            last->rect = ds_rect_union(last->rect, rect);
            op->kind = DS_OP_KIND_NOTHING;
            continue;
        }
        op->kind = DS_OP_KIND_LOAD;
        op->rect = rect;
        op->tiles.first = tile;
        op->tiles.count = 1;
        op->tiles.slot = (uint32_t)slot;
        last = op;
    }
}
