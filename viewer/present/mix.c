/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/mix.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SHIFT 22 /* VIEWER_MIX_ROWS times VIEWER_MIX_COLUMNS */
#define HALF (1 << (SHIFT - 1))
#define BACK (VIEWER_MIX_BIAS * VIEWER_MIX_COLUMNS + HALF)

typedef uint8_t eight_u8 __attribute__((vector_size(8)));
typedef uint16_t eight_u16 __attribute__((vector_size(16)));

/* ---- rows: sixteen colours of all rows at a time ---- */

static inline eight_u16 widen(const uint8_t *from)
{
    eight_u8 bytes;
    memcpy(&bytes, from, sizeof(bytes));
    return __builtin_convertvector(bytes, eight_u16);
}

void viewer_mix_rows(const uint8_t *rows, size_t stride, const int16_t *weights, size_t count,
                     int16_t *mixed, size_t n)
{
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        eight_u16 low = {0}, high = {0};
        const uint8_t *from = rows + i;
        for (size_t k = 0; k < count; k++, from += stride) {
            low += widen(from) * (uint16_t)weights[k];
            high += widen(from + 8) * (uint16_t)weights[k];
        }
        low ^= VIEWER_MIX_BIAS;
        high ^= VIEWER_MIX_BIAS;
        memcpy(mixed + i, &low, sizeof(low));
        memcpy(mixed + i + 8, &high, sizeof(high));
    }
    for (; i < n; i++) {
        int sum = -VIEWER_MIX_BIAS;
        for (size_t k = 0; k < count; k++)
            sum += rows[k * stride + i] * weights[k];
        mixed[i] = (int16_t)sum;
    }
}

/* ---- columns: the four colours of two pixels at a time ---- */

#ifdef __SSE2__

static inline __m128i column(const int16_t *mixed, const struct viewer_mix_column *c,
                             const int16_t *weights)
{
    __m128i sum = _mm_set1_epi32(BACK);
    const int16_t *from = mixed + (ptrdiff_t)c->first * 4;
    weights += c->weight;
    for (uint32_t k = 0; k < c->pairs; k++, from += 8, weights += 2) {
        int both;
        __m128i two = _mm_loadu_si128((const __m128i *)(const void *)from);
        memcpy(&both, weights, sizeof(both));
        two = _mm_unpacklo_epi16(two, _mm_unpackhi_epi64(two, two));
        sum = _mm_add_epi32(sum, _mm_madd_epi16(two, _mm_set1_epi32(both)));
    }
    return _mm_srai_epi32(sum, SHIFT);
}

void viewer_mix_columns(const int16_t *mixed, const struct viewer_mix_column *columns,
                        const int16_t *weights, int width, uint32_t *to)
{
    const __m128i colours = _mm_set1_epi32(0xffffff);
    int i = 0;
    for (; i + 4 <= width; i += 4) {
        __m128i a = _mm_packs_epi32(column(mixed, &columns[i], weights),
                                    column(mixed, &columns[i + 1], weights));
        __m128i b = _mm_packs_epi32(column(mixed, &columns[i + 2], weights),
                                    column(mixed, &columns[i + 3], weights));
        __m128i pixels = _mm_and_si128(_mm_packus_epi16(a, b), colours);
        _mm_storeu_si128((__m128i *)(void *)(to + i), pixels);
    }
    for (; i < width; i++) {
        __m128i a = column(mixed, &columns[i], weights);
        a = _mm_packus_epi16(_mm_packs_epi32(a, a), a);
        to[i] = (uint32_t)_mm_cvtsi128_si32(a) & 0xffffff;
    }
}

#else

void viewer_mix_columns(const int16_t *mixed, const struct viewer_mix_column *columns,
                        const int16_t *weights, int width, uint32_t *to)
{
    for (int i = 0; i < width; i++) {
        int32_t sum[4] = {BACK, BACK, BACK, BACK};
        const int16_t *from = mixed + (ptrdiff_t)columns[i].first * 4;
        const int16_t *weight = weights + columns[i].weight;
        for (uint32_t k = 0; k < 2 * columns[i].pairs; k++, from += 4)
            for (int c = 0; c < 4; c++)
                sum[c] += from[c] * weight[k];
        to[i] = (uint32_t)(sum[2] >> SHIFT) << 16 | (uint32_t)(sum[1] >> SHIFT) << 8 |
                (uint32_t)(sum[0] >> SHIFT);
    }
}

#endif
