/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/hash.h"

#include "common/base/error.h"

#include <string.h>
#include <sys/random.h>

int ds_hash_key_init(struct ds_hash_key *key)
{
    uint8_t *at = (uint8_t *)key->words;
    size_t left = sizeof(key->words);
    while (left > 0) {
        ssize_t n = getrandom(at, left, 0);
        if (n <= 0)
            return DS_EIO;
        at += n;
        left -= (size_t)n;
    }
    return 0;
}

/* The sum of the products of the pixels of a row's left half and those of its right half, each with
 * its key word. Sums of any order: compilers make of this what the processor has. */
static inline uint64_t row_sum(const uint32_t *restrict p, const uint32_t *restrict k)
{
    uint64_t sum = 0;
    for (int i = 0; i < DS_TILE / 2; i++) {
        uint32_t a = (p[i] & 0xffffffu) + k[i];
        uint32_t b = (p[i + DS_TILE / 2] & 0xffffffu) + k[i + DS_TILE / 2];
        sum += (uint64_t)a * b;
    }
    return sum;
}

DS_HOT
struct ds_hash ds_hash_tile(const struct ds_hash_key *key, const struct ds_image *image,
                            struct ds_rect rect)
{
    uint64_t size = (uint64_t)rect.width << 32 | (uint64_t)rect.height;
    struct ds_hash hash = {size * 0x9e3779b97f4a7c15u, size * 0xc2b2ae3d27d4eb4fu};
    uint32_t padded[DS_TILE] = {0};
    for (int32_t y = 0; y < rect.height; y++) {
        const uint32_t *row = ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x;
        const uint32_t *k = key->words + (size_t)y * DS_TILE;
        if (rect.width < DS_TILE)
            row = memcpy(padded, row, (size_t)rect.width * 4);
        hash.high += row_sum(row, k);
        hash.low += row_sum(row, k + DS_TILE);
    }
    return hash;
}
