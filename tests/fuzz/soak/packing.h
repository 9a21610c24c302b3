/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes chunks of streams, in three manners: by the real compressors, or as zstd blocks that are
 * stored, which costs nothing, so that millions can be made. */
#ifndef TESTS_SOAK_PACKING_H
#define TESTS_SOAK_PACKING_H

#include "common/screen/pack.h"
#include "mutate.h"

enum soak_manner { SOAK_STORED, SOAK_ZSTD, SOAK_ZLIB, SOAK_MANNERS };

struct soak_packing {
    enum soak_manner manner;
    bool fresh[DS_STREAM_COUNT];                   /* stored: the stream has not begun */
    struct ds_packer *packers[2][DS_STREAM_COUNT]; /* owned: zstd, deflate; made when needed */
    uint8_t *out;                                  /* owned */
};

void soak_packing_init(struct soak_packing *packing);
void soak_packing_destroy(struct soak_packing *packing);
/* All streams start anew. */
void soak_packing_start(struct soak_packing *packing, enum soak_manner manner);
/* The chunk's bytes, in packing->out; returns their number. dice: now and then the packed bytes or
 * the lengths are damaged as well; NULL: never. */
size_t soak_pack(struct soak_packing *packing, const struct soak_model *model,
                 struct soak_dice *dice);

#endif
