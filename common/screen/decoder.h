/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Applies the encoder's chunks to a picture. Every byte is hostile: nothing is written outside the
 * picture, no memory beyond the bound is taken, whatever arrives. One thread at a time. */
#ifndef DS_SCREEN_DECODER_H
#define DS_SCREEN_DECODER_H

#include "common/screen/image.h"
#include "common/screen/region.h"

#include <stdbool.h>

struct ds_decoder;

/* What this build can decode: DS_FEATURE_*. */
uint32_t ds_decoder_features(void);

struct ds_decoder *ds_decoder_new(uint32_t width, uint32_t height);
void ds_decoder_destroy(struct ds_decoder *decoder);

/* Operations of one chunk (without the message header). key: it is the first of a key update, start
 * from black. image: the backing picture of the decoder's size, only ever changed by this decoder.
 * changed: rectangles written are added. DS_EPROTO, DS_ENOMEM, DS_EUNSUPPORTED: the stream is
 * broken; nothing more can be decoded before a key. */
int ds_decoder_feed(struct ds_decoder *decoder, const uint8_t *ops, size_t len, bool key,
                    struct ds_image *image, struct ds_region *changed);

#endif
