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

/* Adds the products of the pairs of a row of 64 pixels, in four lanes of two halves. */
static inline void add_pixels(uint64_t sums[8], const uint32_t *restrict p,
                              const uint32_t *restrict k, int32_t pixels)
{
    for (int32_t i = 0; i < pixels; i += 8) {
        for (int j = 0; j < 4; j++) {
            uint32_t a = p[i + j] & 0xffffffu, b = p[i + j + 4] & 0xffffffu;
            sums[j] += (uint64_t)(a + k[i + j]) * (b + k[i + j + 4]);
            sums[j + 4] += (uint64_t)(a + k[i + j + 4]) * (b + k[i + j + 8]);
        }
    }
}

DS_HOT
struct ds_hash ds_hash_tile(const struct ds_hash_key *key, const struct ds_image *image,
                            struct ds_rect rect)
{
    uint64_t sums[8] = {0};
    for (int32_t y = 0; y < rect.height; y++) {
        const uint32_t *row = ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x;
        const uint32_t *k = key->words + (size_t)y * DS_TILE;
        if (rect.width == DS_TILE) {
            add_pixels(sums, row, k, DS_TILE);
        } else {
            uint32_t padded[DS_TILE] = {0};
            memcpy(padded, row, (size_t)rect.width * 4);
            add_pixels(sums, padded, k, DS_TILE);
        }
    }
    uint64_t size = (uint64_t)rect.width << 32 | (uint64_t)rect.height;
    return (struct ds_hash){sums[0] + sums[1] + sums[2] + sums[3] + size * 0x9e3779b97f4a7c15u,
                            sums[4] + sums[5] + sums[6] + sums[7] + size * 0xc2b2ae3d27d4eb4fu};
}
