/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture in memory. pixels: height rows of stride bytes, 4 bytes a pixel: blue, green, red,
 * zero; top row first. */
#ifndef DS_SCREEN_IMAGE_H
#define DS_SCREEN_IMAGE_H

#include "common/screen/rect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_image {
    uint32_t width, height; /* within DS_SCREEN_SIDE_MAX and DS_SCREEN_AREA_MAX */
    size_t stride;          /* bytes, >= width * 4, a multiple of 4 */
    uint8_t *pixels;        /* owned when made by ds_image_init, else borrowed */
};

/* True when both sides are in 1..DS_SCREEN_SIDE_MAX and the area is within DS_SCREEN_AREA_MAX. */
bool ds_image_size_ok(uint32_t width, uint32_t height);
/* Black picture, 64-byte aligned rows. DS_EINVAL: size out of range. DS_ENOMEM. */
int ds_image_init(struct ds_image *image, uint32_t width, uint32_t height);
/* Accepts a zeroed struct; only for pictures made by ds_image_init. */
void ds_image_destroy(struct ds_image *image);
void ds_image_fill(struct ds_image *image, uint32_t bgrx);
/* rect: inside the picture. */
void ds_image_fill_rect(struct ds_image *image, struct ds_rect rect, uint32_t bgrx);
/* Copies rect (inside both) from one picture to another of the same size. */
void ds_image_copy(struct ds_image *to, const struct ds_image *from, struct ds_rect rect);
/* Moves rect to (to_x, to_y) inside one picture; overlapping is allowed; both inside the picture.
 */
void ds_image_move(struct ds_image *image, struct ds_rect rect, int32_t to_x, int32_t to_y);

static inline struct ds_rect ds_image_bounds(const struct ds_image *image)
{
    return (struct ds_rect){0, 0, (int32_t)image->width, (int32_t)image->height};
}

static inline uint32_t *ds_image_row(const struct ds_image *image, uint32_t y)
{
    return (uint32_t *)(void *)(image->pixels + (size_t)y * image->stride);
}

#endif
