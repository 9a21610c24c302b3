/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between pixels and the three planes of a video picture: BT.709, full range, no colour is left
 * out (4:4:4). Within 2 of the original in each component there and back. */
#ifndef DS_SCREEN_YUV_H
#define DS_SCREEN_YUV_H

#include "common/screen/image.h"

/* Planes: luma, blue difference, red difference; each with rows of stride bytes. */
struct ds_yuv {
    uint8_t *planes[3];
    size_t strides[3];
};

/* rect of image into the planes from their first byte on. */
void ds_yuv_from(const struct ds_image *image, struct ds_rect rect, const struct ds_yuv *out);

/* The part of the planes that begins at (x, y) into rect of image; fourth bytes become zero. */
void ds_yuv_to(const struct ds_yuv *in, uint32_t x, uint32_t y, struct ds_image *image,
               struct ds_rect rect);

#endif
