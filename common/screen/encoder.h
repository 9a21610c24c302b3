/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns pictures into updates: finds what really changed inside the damage, plans operations (copy,
 * cache, fill, palette, lossless, lossy) and writes them as chunks that the decoder applies in
 * order. It remembers what the decoder has, so no chunk may be lost or dropped. One thread at a
 * time. */
#ifndef DS_SCREEN_ENCODER_H
#define DS_SCREEN_ENCODER_H

#include "common/base/clock.h"
#include "common/base/rcbuf.h"
#include "common/screen/image.h"
#include "common/screen/region.h"

#include <stdbool.h>

struct ds_encoder;

struct ds_encoder_config {
    uint32_t width, height;
    uint32_t features; /* DS_FEATURE_* of the decoder */
};

enum ds_encoder_quality {
    DS_QUALITY_EXACT,      /* lossless only */
    DS_QUALITY_HIGH_LOSSY, /* photographs may be JPEG, quality 92 4:4:4 */
    DS_QUALITY_LOW_LOSSY,  /* photographs may be JPEG, quality 80 4:2:0 */
};

struct ds_encode_request {
    const struct ds_image
        *image; /* the newest picture, of the encoder's size; borrowed during the call */
    const struct ds_region
        *damage; /* pixels outside are as in the last request; NULL: anything may differ */
    enum ds_encoder_quality quality;
    size_t refine_bytes; /* how many bytes may be spent on making lossy parts exact that this
                            picture does not change */
    ds_tick now;
};

struct ds_encode_result {
    bool sent;  /* false: nothing differs and nothing was refined; emit was not called */
    bool key;   /* this update starts from black: set FLAG_KEY on its first chunk */
    bool exact; /* the decoder's picture is now equal to image */
    size_t bytes;
    struct ds_rect changed; /* bounds of what changed */
};

/* Takes over buf: the first DS_SCREEN_HEADER bytes are room for the chunk's header, the operations
 * follow. Returns 0, or an error that makes encode fail with it (the encoder then has to be reset).
 */
typedef int ds_encoder_emit(void *ctx, struct ds_rcbuf *buf, bool first, bool last);

struct ds_encoder *ds_encoder_new(const struct ds_encoder_config *config);
void ds_encoder_destroy(struct ds_encoder *encoder);

/* The next update will be a key update: both sides start from black with empty caches and contexts.
 */
void ds_encoder_reset(struct ds_encoder *encoder);

/* One update in chunks of at most DS_SCREEN_CHUNK_MAX bytes, header room included. */
int ds_encoder_encode(struct ds_encoder *encoder, const struct ds_encode_request *request,
                      ds_encoder_emit *emit, void *ctx, struct ds_encode_result *result);

/* True while some of the decoder's picture is only nearly right. */
bool ds_encoder_is_lossy(const struct ds_encoder *encoder);

#endif
