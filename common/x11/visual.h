/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a display lays out a TrueColor pixel, and rows of it turned into ours (blue, green, red,
 * zero). No I/O. */
#ifndef DS_X11_VISUAL_H
#define DS_X11_VISUAL_H

#include "common/screen/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_visual {
    unsigned bytes; /* of one pixel: 2, 3 or 4 */
    bool msb_first;
    bool plain;         /* four bytes blue, green, red and a pad byte of any value: only masked */
    uint32_t mask[3];   /* red, green, blue */
    unsigned shift[3];  /* of the lowest bit of the mask */
    unsigned bits[3];   /* 1..16 */
    unsigned pad_bytes; /* rows are padded to a multiple of this */
};

/* bits_per_pixel, scanline_pad (bits), msb_first and masks as the display's setup gives them.
 * DS_EUNSUPPORTED: not 16, 24 or 32 bits a pixel, or masks that are empty, overlap, have gaps or
 * lie outside the pixel. */
int ds_visual_init(struct ds_visual *visual, unsigned bits_per_pixel, unsigned scanline_pad,
                   bool msb_first, uint32_t red, uint32_t green, uint32_t blue);

/* Bytes of a row of width pixels. */
size_t ds_visual_stride(const struct ds_visual *visual, uint32_t width);

/* count pixels from the display's form into ours. from needs no alignment. */
void ds_visual_row(const struct ds_visual *visual, const uint8_t *from, uint32_t *to, size_t count);

#endif
