/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/yuv.h"

#include "common/screen/format.h"

/* BT.709 in 16 bits behind the point: Kr 0.2126, Kb 0.0722. Each row of the matrix adds up to
 * 65536 or to 0, so that grey stays grey. */
#define Y_RED 13933
#define Y_GREEN 46871
#define Y_BLUE 4732
#define U_RED (-7509)
#define U_GREEN (-25259)
#define U_BLUE 32768
#define V_RED 32768
#define V_GREEN (-29763)
#define V_BLUE (-3005)
#define HALF 32768
#define MIDDLE (128 * 65536 + HALF)

static inline __attribute__((always_inline)) void row(const uint32_t *restrict in, int32_t n,
                                                      uint8_t *restrict luma,
                                                      uint8_t *restrict blue, uint8_t *restrict red)
{
    for (int32_t x = 0; x < n; x++) {
        int32_t b = in[x] & 0xff, g = in[x] >> 8 & 0xff, r = in[x] >> 16 & 0xff;
        int32_t u = (U_RED * r + U_GREEN * g + U_BLUE * b + MIDDLE) >> 16;
        int32_t v = (V_RED * r + V_GREEN * g + V_BLUE * b + MIDDLE) >> 16;
        luma[x] = (uint8_t)((Y_RED * r + Y_GREEN * g + Y_BLUE * b + HALF) >> 16);
        blue[x] = (uint8_t)(u > 255 ? 255 : u);
        red[x] = (uint8_t)(v > 255 ? 255 : v);
    }
}

DS_NARROW static void row_from(const uint32_t *restrict in, int32_t n, uint8_t *restrict luma,
                               uint8_t *restrict blue, uint8_t *restrict red)
{
    row(in, n, luma, blue, red);
}

#if DS_HAS_WIDE
DS_WIDE static void row_from_wide(const uint32_t *restrict in, int32_t n, uint8_t *restrict luma,
                                  uint8_t *restrict blue, uint8_t *restrict red)
{
    row(in, n, luma, blue, red);
}
#else
#define row_from_wide row_from
#endif

void ds_yuv_from(const struct ds_image *image, struct ds_rect rect, const struct ds_yuv *out)
{
#if DS_HAS_WIDE
    bool is_wide = __builtin_cpu_supports("avx2");
#else
    bool is_wide = false;
#endif
    for (int32_t y = 0; y < rect.height; y++)
        (is_wide ? row_from_wide : row_from)(ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x,
                                             rect.width,
                                             out->planes[0] + (size_t)y * out->strides[0],
                                             out->planes[1] + (size_t)y * out->strides[1],
                                             out->planes[2] + (size_t)y * out->strides[2]);
}
