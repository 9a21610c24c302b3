/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/med.h"

#include "common/base/error.h"
#include "common/screen/format.h"

#include <string.h>

/* One row of three planes with one byte before the first, so that [-1] is the left neighbour. */
struct row {
    uint8_t bytes[3][DS_MED_WIDTH_MAX + 1];
};

static inline uint8_t min_u8(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

static inline uint8_t max_u8(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

/* Median of a, b and a + b - c: the sum of the outer two less c, held between them. Modulo 256
 * throughout, so that it stays in bytes. */
static inline uint8_t median(uint8_t a, uint8_t b, uint8_t c)
{
    uint8_t low = min_u8(a, b), high = max_u8(a, b);
    return (uint8_t)(low + high - min_u8(max_u8(c, low), high));
}

DS_HOT
static void split(const uint32_t *restrict pixels, int32_t width, uint8_t *restrict g,
                  uint8_t *restrict r, uint8_t *restrict b)
{
    for (int32_t x = 0; x < width; x++) {
        uint32_t p = pixels[x];
        uint8_t green = (uint8_t)(p >> 8);
        g[x] = green;
        r[x] = (uint8_t)((p >> 16) - green + 128);
        b[x] = (uint8_t)(p - green + 128);
    }
}

DS_HOT
static void residuals(const uint8_t *restrict now, const uint8_t *restrict before, int32_t width,
                      uint8_t *restrict out)
{
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint8_t)(now[x + 1] - median(now[x], before[x + 1], before[x]));
}

void ds_med_predict(const struct ds_image *image, struct ds_rect rect, uint8_t *green, uint8_t *red,
                    uint8_t *blue)
{
    struct row rows[2];
    uint8_t *out[3] = {green, red, blue};
    ds_assert(rect.width <= DS_MED_WIDTH_MAX);
    for (int32_t y = 0; y < rect.height; y++) {
        struct row *now = &rows[y & 1], *before = &rows[~y & 1];
        split(ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x, rect.width, now->bytes[0] + 1,
              now->bytes[1] + 1, now->bytes[2] + 1);
        for (int p = 0; p < 3; p++, out[p - 1] += rect.width) {
            uint8_t *n = now->bytes[p], *b = before->bytes[p];
            if (y == 0) {
                n[0] = 128;
                for (int32_t x = 0; x < rect.width; x++)
                    out[p][x] = (uint8_t)(n[x + 1] - n[x]);
            } else {
                /* With left and corner equal to the pixel above, the median is the pixel above. */
                n[0] = b[0] = b[1];
                residuals(n, b, rect.width, out[p]);
            }
        }
    }
}

/* All three planes in one loop: each pixel waits for the one to its left, the planes do not wait
 * for each other. */
static void restore_row(struct row *now, const struct row *before, int32_t width,
                        const uint8_t *green, const uint8_t *red, const uint8_t *blue)
{
    uint8_t g = now->bytes[0][0], r = now->bytes[1][0], b = now->bytes[2][0];
    for (int32_t x = 0; x < width; x++) {
        g = (uint8_t)(green[x] + median(g, before->bytes[0][x + 1], before->bytes[0][x]));
        r = (uint8_t)(red[x] + median(r, before->bytes[1][x + 1], before->bytes[1][x]));
        b = (uint8_t)(blue[x] + median(b, before->bytes[2][x + 1], before->bytes[2][x]));
        now->bytes[0][x + 1] = g;
        now->bytes[1][x + 1] = r;
        now->bytes[2][x + 1] = b;
    }
}

static void restore_first_row(struct row *now, int32_t width, const uint8_t *const planes[3])
{
    for (int p = 0; p < 3; p++) {
        now->bytes[p][0] = 128;
        for (int32_t x = 0; x < width; x++)
            now->bytes[p][x + 1] = (uint8_t)(now->bytes[p][x] + planes[p][x]);
    }
}

DS_HOT
static void join(const struct row *row, int32_t width, uint32_t *restrict pixels)
{
    for (int32_t x = 0; x < width; x++) {
        uint8_t green = row->bytes[0][x + 1];
        uint8_t red = (uint8_t)(row->bytes[1][x + 1] + green - 128);
        uint8_t blue = (uint8_t)(row->bytes[2][x + 1] + green - 128);
        pixels[x] = (uint32_t)red << 16 | (uint32_t)green << 8 | blue;
    }
}

void ds_med_restore(struct ds_image *image, struct ds_rect rect, const uint8_t *green,
                    const uint8_t *red, const uint8_t *blue)
{
    struct row rows[2] = {0};
    const uint8_t *in[3] = {green, red, blue};
    for (int32_t y = 0; y < rect.height; y++) {
        struct row *now = &rows[y & 1], *before = &rows[~y & 1];
        if (y == 0) {
            restore_first_row(now, rect.width, in);
        } else {
            for (int p = 0; p < 3; p++)
                now->bytes[p][0] = before->bytes[p][0] = before->bytes[p][1];
            restore_row(now, before, rect.width, in[0], in[1], in[2]);
        }
        join(now, rect.width, ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x);
        for (int p = 0; p < 3; p++)
            in[p] += rect.width;
    }
}
