/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inner loops of scaling: weighted sums of rows, then of columns, of pictures of 4 bytes a
 * pixel. Whole numbers all the way, so that a plain colour stays exactly that colour, and every
 * compiler and processor makes the same pixels. Proved by tests/unit/viewer_scale.c against the
 * definition. */
#ifndef VIEWER_PRESENT_MIX_H
#define VIEWER_PRESENT_MIX_H

#include <stddef.h>
#include <stdint.h>

/* What the weights of one output pixel sum to: 255 times 8 bits of weight fit in 16, and 15 bits
 * fit in a signed 16. */
#define VIEWER_MIX_ROWS 256
#define VIEWER_MIX_COLUMNS 16384

/* A mixed colour is held less this, for the processor multiplies signed numbers. */
#define VIEWER_MIX_BIAS 32768

/* mixed[i]: the sum over the rows of weight times byte i, less VIEWER_MIX_BIAS. rows: `count`
 * (1 or more) rows of n bytes, stride bytes apart; n is a multiple of 4. */
void viewer_mix_rows(const uint8_t *rows, size_t stride, const int16_t *weights, size_t count,
                     int16_t *mixed, size_t n);

/* Which mixed pixels make an output pixel: 2 * pairs of them from `first` on. */
struct viewer_mix_column {
    int32_t first;  /* pixels from the first of mixed */
    uint32_t pairs; /* 1 or more */
    size_t weight;  /* index of the first of its 2 * pairs weights */
};

/* `width` output pixels, blue green red and zero. Where a weight is 0 the pixel is read all the
 * same: mixed has one more than are used. */
void viewer_mix_columns(const int16_t *mixed, const struct viewer_mix_column *columns,
                        const int16_t *weights, int width, uint32_t *to);

#endif
