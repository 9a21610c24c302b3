/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photographs as three planes of small numbers: green, red - green and blue - green, each pixel as
 * its difference from the median edge predictor of LOCO-I (left, above, left + above - corner).
 * Outside the rectangle counts as: the pixel above for the first column, left for the first row,
 * 128 for the first pixel. */
#ifndef DS_SCREEN_MED_H
#define DS_SCREEN_MED_H

#include "common/screen/image.h"

/* Planes of rect.width * rect.height bytes, row by row. rect: inside image, not empty, at most
 * DS_MED_WIDTH_MAX wide. */
#define DS_MED_WIDTH_MAX 2048

void ds_med_predict(const struct ds_image *image, struct ds_rect rect, uint8_t *green, uint8_t *red,
                    uint8_t *blue);
/* The reverse: writes the pixels of rect. */
void ds_med_restore(struct ds_image *image, struct ds_rect rect, const uint8_t *green,
                    const uint8_t *red, const uint8_t *blue);

#endif
