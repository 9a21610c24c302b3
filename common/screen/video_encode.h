/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of a lasting video region as an H.264 stream, by libx264 when the system has it: loaded
 * when first asked for, never linked. One thread at a time for each encoder. */
#ifndef DS_SCREEN_VIDEO_ENCODE_H
#define DS_SCREEN_VIDEO_ENCODE_H

#include "common/screen/image.h"

struct ds_video_encoder;

/* Whether the library of exactly the version this was built for could be loaded. Any thread. */
bool ds_video_encoder_available(void);

/* For pictures of that size. rate: bytes a second that the stream may take, which also gives the
 * quality. NULL: not available, memory is short, or the library refuses. */
struct ds_video_encoder *ds_video_encoder_new(uint32_t width, uint32_t height, uint64_t rate);
void ds_video_encoder_destroy(struct ds_video_encoder *encoder); /* accepts NULL */

/* The line changed. What is asked for is not always taken at once. */
void ds_video_encoder_set_rate(struct ds_video_encoder *encoder, uint64_t rate);

/* One picture: rect of image, of the encoder's size. *bytes: valid until the next call; Annex B,
 * the first picture complete in itself. DS_EIO: the library failed; the encoder is of no more use.
 */
int ds_video_encode(struct ds_video_encoder *encoder, const struct ds_image *image,
                    struct ds_rect rect, const uint8_t **bytes, size_t *len);

#endif
