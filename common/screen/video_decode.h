/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other side of video_encode.h, by libavcodec when the system has it: loaded when first asked
 * for, never linked. Every byte is hostile. One thread at a time for each decoder.
 *
 * Memory: DS_VIDEO_MEMORY, which is what an H.264 decoder takes for pictures of about the size that
 * was announced and no larger one, 3 bytes a pixel: some 4 of them, for the bytes of one picture
 * may begin two at most and a stream with more than one reference is refused with its first. */
#ifndef DS_SCREEN_VIDEO_DECODE_H
#define DS_SCREEN_VIDEO_DECODE_H

#include "common/screen/image.h"

/* Bytes for a picture of so many pixels: 5 pictures, tables of some 7 bytes a pixel, and what does
 * not depend on the size. */
#define DS_VIDEO_MEMORY(area) ((size_t)(area)*24 + (size_t)4 * 1024 * 1024)

struct ds_video_decoder;

/* Whether libraries whose version numbers fit could be loaded and know H.264. Any thread. */
bool ds_video_decoder_available(void);

/* For pictures of exactly that size. NULL: not available, or memory is short. */
struct ds_video_decoder *ds_video_decoder_new(uint32_t width, uint32_t height);
void ds_video_decoder_destroy(struct ds_video_decoder *decoder); /* accepts NULL */

/* The next picture of the stream. DS_EPROTO: damaged, not one picture, or of another size or kind
 * of pixel; DS_ENOMEM. */
int ds_video_decode(struct ds_video_decoder *decoder, const uint8_t *bytes, size_t len);

/* The last picture from (x, y) on into rect of image. The part lies inside both. DS_EPROTO: there
 * is no picture yet. */
int ds_video_show(const struct ds_video_decoder *decoder, uint32_t x, uint32_t y,
                  struct ds_image *image, struct ds_rect rect);

#endif
