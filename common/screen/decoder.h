/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Applies the encoder's chunks to a picture. Every byte is hostile: nothing is written outside the
 * picture, no memory beyond the bound is taken, whatever arrives. One thread at a time.
 *
 * Memory besides the picture: the remembered tiles (16 KiB each, taken when first stored; at most
 * as many as were told to ds_decoder_new and, in HELLO, to the other end), 13 MiB of compressor
 * history, 1 MiB of scratch and 2 to spare, whatever arrives, and while a video stream runs what
 * video_decode.h says for its pixels, at most DS_VIDEO_AREA_MAX. DS_DECODER_MEMORY is the sum;
 * tests/fuzz/decoder_soak.c counts every byte. A chunk unpacks to at most DS_CHUNK_RAW_MAX bytes
 * and writes at most ds_chunk_work pixels (common/screen/format.h). */
#ifndef DS_SCREEN_DECODER_H
#define DS_SCREEN_DECODER_H

#include "common/screen/format.h"
#include "common/screen/image.h"
#include "common/screen/region.h"
#include "common/screen/video_decode.h"

#include <stdbool.h>

/* The most bytes that a decoder for a picture of so many pixels and so many tiles ever holds. A
 * peer that can make it hold more has found a mistake. */
#define DS_DECODER_MEMORY(area, tiles)                                                             \
    ((size_t)16 * 1024 * 1024 + (size_t)(tiles)*16 * 1024 +                                        \
     DS_VIDEO_MEMORY((area) < DS_VIDEO_AREA_MAX ? (area) : DS_VIDEO_AREA_MAX))

struct ds_decoder;

/* What this build can decode: DS_FEATURE_*. */
uint32_t ds_decoder_features(void);
/* The same without video and DRAWN. */
uint32_t ds_decoder_small_features(void);

/* tiles: how many it remembers, 1..DS_CACHE_SLOTS; STORE, LOAD and RESTORE beyond are errors. NULL:
 * memory is short, tiles out of range, or a size that ds_image_size_ok refuses. */
struct ds_decoder *ds_decoder_new(uint32_t width, uint32_t height, uint32_t tiles);
/* The same, but VIDEO, SHOW and DRAWN are errors: for a program too small for what plays them,
 * which is then not linked. */
struct ds_decoder *ds_decoder_new_small(uint32_t width, uint32_t height, uint32_t tiles);
void ds_decoder_destroy(struct ds_decoder *decoder); /* accepts NULL */

/* Operations of one chunk (without the message header). key: it is the first of a key update, start
 * from black. image: the backing picture of the decoder's size, only ever changed by this decoder;
 * its fourth bytes become zero. changed: rectangles written are added, also when an error is
 * returned. DS_EPROTO, DS_ENOMEM: the stream is broken; nothing more can be decoded before a key,
 * and every feed without one returns DS_EPROTO. DS_EINVAL: the picture has another size; nothing
 * happened. */
int ds_decoder_feed(struct ds_decoder *decoder, const uint8_t *ops, size_t len, bool key,
                    struct ds_image *image, struct ds_region *changed);

#endif
