/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JPEG through libjpeg-turbo, as abbreviated streams: tables travel once, pictures without them.
 * Coarse pictures are coded arithmetically (ITU-T T.81, annex D) where both ends can: 1080p
 * photographs of quality 20 took 35 kB instead of 63, of quality 80 133 instead of 160, but 8 ms
 * instead of 5 and 19 instead of 4, so fine ones are not. */
#ifndef DS_SCREEN_JPEG_H
#define DS_SCREEN_JPEG_H

#include "common/screen/image.h"

#include <stdbool.h>

/* Steps of loss, from the least on. */
#define DS_JPEG_LEVELS 7
/* From this level on a picture is only good for a glance. */
#define DS_JPEG_COARSE 4
/* What a glance is followed by. */
#define DS_JPEG_FINE 1
struct ds_jpeg_level {
    int quality;
    bool full_colour;
    bool arithmetic;   /* where both ends can */
    uint32_t per_1000; /* about how many bytes 1000 pixels of photographs take (CODEC.md 4.3: 376
                          and 154 kB of 2.07 megapixels for the first two; the others as
                          they came out of such pictures) */
};
extern const struct ds_jpeg_level ds_jpeg_levels[DS_JPEG_LEVELS];

struct ds_jpeg_encoder;
struct ds_jpeg_decoder;

/* NULL: memory is short. */
struct ds_jpeg_encoder *ds_jpeg_encoder_new(void);
void ds_jpeg_encoder_destroy(struct ds_jpeg_encoder *jpeg); /* accepts NULL */

/* Whether the library codes and decodes arithmetically: it may have been built without. */
bool ds_jpeg_arithmetic_available(void);

/* quality: 1..100; full_colour: 4:4:4, else 4:2:0; arithmetic: only where it is available. What
 * follows is encoded so. */
int ds_jpeg_encoder_set(struct ds_jpeg_encoder *jpeg, int quality, bool full_colour,
                        bool arithmetic);
/* Tables of the present quality, or rect of image, into out of size bytes: the length written, or
 * DS_ELIMIT when it does not fit, DS_ENOMEM. */
int ds_jpeg_encode_tables(struct ds_jpeg_encoder *jpeg, uint8_t *out, size_t size);
int ds_jpeg_encode(struct ds_jpeg_encoder *jpeg, const struct ds_image *image, struct ds_rect rect,
                   uint8_t *out, size_t size);

/* NULL: memory is short. */
struct ds_jpeg_decoder *ds_jpeg_decoder_new(void);
void ds_jpeg_decoder_destroy(struct ds_jpeg_decoder *jpeg); /* accepts NULL */

/* DS_EPROTO: not a tables-only stream; DS_ENOMEM. */
int ds_jpeg_decode_tables(struct ds_jpeg_decoder *jpeg, const uint8_t *bytes, size_t len);
/* Into rect of image. DS_EPROTO: not a sequential picture of three components and of rect's size,
 * or damaged so that libjpeg gives up; part of rect may then be written. DS_ENOMEM. */
int ds_jpeg_decode(struct ds_jpeg_decoder *jpeg, const uint8_t *bytes, size_t len,
                   struct ds_image *image, struct ds_rect rect);

#endif
