/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyed 128-bit hash of tiles. Pages choose what is on the screen, so without a secret key they
 * could make two tiles that the cache takes for one: this is NH (as in UMAC), whose collisions are
 * as likely as guessing for whoever does not know the key. */
#ifndef DS_SCREEN_HASH_H
#define DS_SCREEN_HASH_H

#include "common/screen/image.h"
#include "common/screen/plan.h"

#include <stdint.h>

/* A word for every pixel of a tile, and a row more for the second half of the hash. */
#define DS_HASH_KEY_WORDS (DS_TILE * DS_TILE + DS_TILE)

struct ds_hash_key {
    uint32_t words[DS_HASH_KEY_WORDS];
};

struct ds_hash {
    uint64_t high, low;
};

/* Random bytes from the system. DS_EIO when it has none. */
int ds_hash_key_init(struct ds_hash_key *key);

/* rect: at most a tile, inside image. Fourth bytes of pixels do not count; the size does. */
struct ds_hash ds_hash_tile(const struct ds_hash_key *key, const struct ds_image *image,
                            struct ds_rect rect);

#endif
