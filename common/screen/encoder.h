/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns pictures into updates: finds what really changed inside the damage, plans operations (copy,
 * cache, fill, palette, lossless, lossy) and writes them as chunks that the decoder applies in
 * order. It remembers what the decoder has, so no chunk may be lost or dropped. One thread at a
 * time.
 *
 * Memory: three copies of the picture (four when pictures come with fourth bytes that are not
 * zero), a byte a pixel, and about 17 MiB of compressor history and tables; at 1920x1080 some 46
 * MiB. */
#ifndef DS_SCREEN_ENCODER_H
#define DS_SCREEN_ENCODER_H

#include "common/base/clock.h"
#include "common/base/rcbuf.h"
#include "common/screen/image.h"
#include "common/screen/motion.h"
#include "common/screen/region.h"

#include <stdbool.h>

struct ds_encoder;

struct ds_encoder_config {
    uint32_t width, height;
    uint32_t features; /* DS_FEATURE_* of the decoder: without ZSTD streams are deflate, without
                          JPEG photographs are never lossy, without JPEG_ARITHMETIC coarse ones
                          are larger, without H264 there is no video stream;
                          others are ignored */
    uint32_t tiles;    /* that the decoder remembers; 0: DS_CACHE_SLOTS, the most there are */
};

enum ds_encoder_quality {
    DS_QUALITY_EXACT,      /* lossless only */
    DS_QUALITY_HIGH_LOSSY, /* photographs may be JPEG, quality 92 4:4:4 */
    DS_QUALITY_LOW_LOSSY,  /* photographs may be JPEG, quality 80 4:2:0 */
    DS_QUALITY_FIT,        /* the best that fits fit_bytes, as low as quality 12 4:2:0 */
};

struct ds_encode_request {
    const struct ds_image
        *image; /* the newest picture, of the encoder's size; borrowed during the call */
    const struct ds_region
        *damage; /* pixels outside are as in the last request; NULL: anything may differ */
    enum ds_encoder_quality quality;
    size_t refine_bytes; /* about how many bytes may be spent on lossy parts that this picture does
                            not change: when nothing changes, coarse ones (JPEG below quality 50)
                            once more as finer JPEGs after 40 ms; then all are made exact, those
                            longest at rest first, none that changed within the last 200 ms; at
                            least a tile of some 4 kB unless 0; and when nothing is lossy, a picture
                            that rests is remembered by the decoder, which takes a few bytes */
    size_t fit_bytes;    /* DS_QUALITY_FIT: about how many bytes photographs that change may take */
    bool video;          /* a lasting video may be a lossy stream, whatever the quality */
    uint64_t video_rate; /* bytes a second that the stream may take */
    struct ds_motion_hints hints; /* zeroed: nothing is known */
    ds_tick now; /* never less than in the request before; ages of tiles are told from it */
};

struct ds_encode_result {
    bool sent;  /* false: nothing differs and nothing was refined; emit was not called */
    bool key;   /* this update starts from black: set FLAG_KEY on its first chunk */
    bool exact; /* the decoder's picture is now equal to image */
    size_t bytes;
    struct ds_rect changed; /* bounds of what changed */
};

/* Takes over buf: the first DS_SCREEN_HEADER bytes are room for the chunk's header, the operations
 * follow. When last, ds_encoder_is_lossy says already how this update leaves the picture. Returns
 * 0, or an error that makes encode fail with it (the encoder then has to be reset).
 */
typedef int ds_encoder_emit(void *ctx, struct ds_rcbuf *buf, bool first, bool last);

/* NULL: memory is short, the system has no random bytes, or a size that ds_image_size_ok refuses.
 */
struct ds_encoder *ds_encoder_new(const struct ds_encoder_config *config);
void ds_encoder_destroy(struct ds_encoder *encoder); /* accepts NULL */

/* The next update will be a key update: both sides start from black with empty caches and contexts.
 */
void ds_encoder_reset(struct ds_encoder *encoder);

/* One update in chunks of at most DS_SCREEN_CHUNK_MAX bytes, header room included. DS_EINVAL: the
 * picture has another size, nothing happened. Any other error (DS_ENOMEM, emit's): reset the
 * encoder before the next; *result is only written on success. */
int ds_encoder_encode(struct ds_encoder *encoder, const struct ds_encode_request *request,
                      ds_encoder_emit *emit, void *ctx, struct ds_encode_result *result);

/* True while some of the decoder's picture is only nearly right. */
bool ds_encoder_is_lossy(const struct ds_encoder *encoder);
/* True while it is, or much of it is not remembered yet: go on encoding, also without damage, with
 * refine_bytes. */
bool ds_encoder_is_unsettled(const struct ds_encoder *encoder);
/* True while some of it is only good for a glance. */
bool ds_encoder_is_coarse(const struct ds_encoder *encoder);

/* What the last update did, one line an operation, for people: "copy 100,40 640x480 by 0,-16".
 * Always ends with NUL, cut to size (at least 1); returns the length. */
size_t ds_encoder_print_plan(const struct ds_encoder *encoder, char *out, size_t size);

#endif
