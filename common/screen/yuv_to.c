/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/format.h"
#include "common/screen/yuv.h"

/* The way back of the matrix of yuv.c. In a file of its own: the agent has no use for it. */
#define RED_V 103206
#define GREEN_U (-12277)
#define GREEN_V (-30679)
#define BLUE_U 121609
#define HALF 32768

static inline uint32_t byte_of(int32_t v)
{
    return (uint32_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

DS_HOT static void row_to(const uint8_t *restrict luma, const uint8_t *restrict blue,
                          const uint8_t *restrict red, int32_t n, uint32_t *restrict out)
{
    for (int32_t x = 0; x < n; x++) {
        int32_t y = luma[x] * 65536 + HALF, u = blue[x] - 128, v = red[x] - 128;
        out[x] = byte_of((y + RED_V * v) >> 16) << 16 |
                 byte_of((y + GREEN_U * u + GREEN_V * v) >> 16) << 8 |
                 byte_of((y + BLUE_U * u) >> 16);
    }
}

void ds_yuv_to(const struct ds_yuv *in, uint32_t x, uint32_t y, struct ds_image *image,
               struct ds_rect rect)
{
    for (uint32_t i = 0; i < (uint32_t)rect.height; i++)
        row_to(in->planes[0] + (size_t)(y + i) * in->strides[0] + x,
               in->planes[1] + (size_t)(y + i) * in->strides[1] + x,
               in->planes[2] + (size_t)(y + i) * in->strides[2] + x, rect.width,
               ds_image_row(image, (uint32_t)rect.y + i) + rect.x);
}
