/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/scale.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

/* What the weights of one output pixel sum to. Rows are mixed first, in 16 bits: 255 times 8 bits
 * of weight fit, eight colours at a time. Columns follow in single precision, four colours at a
 * time; the weights are whole numbers, so that a plain colour stays exactly that colour. */
#define ROWS_ONE 256
#define COLUMNS_ONE 16384

typedef uint16_t four_u16 __attribute__((vector_size(8)));
typedef float four_floats __attribute__((vector_size(16)));
typedef int32_t four_i32 __attribute__((vector_size(16)));

/* Which input pixels make an output pixel of one direction. */
struct taps {
    int *first;       /* per output pixel, index of its first input pixel */
    int *offset;      /* per output pixel and one more, into weight */
    uint16_t *weight; /* of all output pixels; sum of each is one */
    int from, to;     /* input pixels used at all: from..to-1 */
};

static void taps_free(struct taps *t)
{
    free(t->first);
    free(t->offset);
    free(t->weight);
}

/* The area of output pixel `at`: [at * in / out, (at + 1) * in / out), in 1/out of a pixel. */
static void taps_area(struct taps *t, int i, int64_t at, int64_t in, int64_t out, int64_t one)
{
    int64_t start = at * in, end = start + in;
    int first = (int)(start / out), last = (int)((end - 1) / out);
    uint32_t given = 0;
    int used = t->offset[i];
    t->first[i] = first;
    for (int p = first; p <= last; p++) {
        int64_t b = (int64_t)(p + 1) * out < end ? (int64_t)(p + 1) * out : end;
        /* shares are rounded from the running total, so that they always sum to one */
        uint32_t until = (uint32_t)(((b - start) * one + in / 2) / in);
        t->weight[used++] = (uint16_t)(until - given);
        given = until;
    }
    t->offset[i + 1] = used;
}

static void taps_linear(struct taps *t, int i, int64_t at, int64_t in, int64_t out, int64_t one)
{
    int64_t centre = ((2 * at + 1) * in * one) / (2 * out) - one / 2;
    if (centre < 0)
        centre = 0;
    int64_t most = (in - 1) * one;
    if (centre > most)
        centre = most;
    int first = (int)(centre / one);
    uint32_t second = (uint32_t)(centre % one);
    int used = t->offset[i];
    t->first[i] = first;
    t->weight[used++] = (uint16_t)(one - second);
    if (second > 0)
        t->weight[used++] = (uint16_t)second;
    t->offset[i + 1] = used;
}

/* Output pixels at..at+n-1 of out, made from `in` input pixels. */
static int taps_make(struct taps *t, int at, int n, int in, int out, int one)
{
    size_t each = in >= out ? (size_t)(in / out) + 3 : 2;
    *t = (struct taps){
        .first = ds_alloc_array((size_t)n, sizeof(int)),
        .offset = ds_alloc_array((size_t)n + 1, sizeof(int)),
        .weight = ds_alloc_array((size_t)n * each, sizeof(uint16_t)),
    };
    if (!t->first || !t->offset || !t->weight) {
        taps_free(t);
        return DS_ENOMEM;
    }
    for (int i = 0; i < n; i++) {
        if (in >= out)
            taps_area(t, i, at + i, in, out, one);
        else
            taps_linear(t, i, at + i, in, out, one);
    }
    t->from = t->first[0];
    t->to = t->first[n - 1] + t->offset[n] - t->offset[n - 1];
    return DS_OK;
}

/* Weighted sum of input rows for one output row, from x->from on: colours times ROWS_ONE. */
static void mix_rows(const struct ds_image *image, const struct taps *x, const struct taps *y,
                     int row, uint16_t *restrict mixed)
{
    size_t n = (size_t)(x->to - x->from) * 4;
    for (int k = y->offset[row]; k < y->offset[row + 1]; k++) {
        uint32_t at = (uint32_t)(y->first[row] + k - y->offset[row]);
        const uint8_t *restrict from = (const uint8_t *)(ds_image_row(image, at) + x->from);
        const uint16_t weight = y->weight[k];
        if (k == y->offset[row])
            for (size_t i = 0; i < n; i++)
                mixed[i] = (uint16_t)(from[i] * weight);
        else
            for (size_t i = 0; i < n; i++)
                mixed[i] = (uint16_t)(mixed[i] + from[i] * weight);
    }
}

static void mix_columns(const uint16_t *mixed, const struct taps *x, int width, uint32_t *to)
{
    const float scale = 1.0f / ((float)ROWS_ONE * (float)COLUMNS_ONE);
    for (int i = 0; i < width; i++) {
        four_floats sum = {0, 0, 0, 0};
        const uint16_t *from = mixed + (size_t)(x->first[i] - x->from) * 4;
        for (int k = x->offset[i]; k < x->offset[i + 1]; k++, from += 4) {
            four_u16 colours;
            memcpy(&colours, from, sizeof(colours));
            sum += __builtin_convertvector(colours, four_floats) * (float)x->weight[k];
        }
        four_i32 c = __builtin_convertvector(sum * scale + 0.5f, four_i32);
        to[i] = (uint32_t)c[2] << 16 | (uint32_t)c[1] << 8 | (uint32_t)c[0];
    }
}

static int draw_scaled(const struct viewer_view *view, const struct ds_image *image,
                       struct ds_rect part, uint8_t *to, size_t stride)
{
    const struct ds_rect *place = &view->place;
    struct taps x = {0}, y = {0};
    uint16_t *mixed = NULL;
    int error =
        taps_make(&x, part.x - place->x, part.width, (int)image->width, place->width, COLUMNS_ONE);
    if (error)
        goto done;
    error =
        taps_make(&y, part.y - place->y, part.height, (int)image->height, place->height, ROWS_ONE);
    if (error)
        goto done;
    mixed = ds_alloc_array((size_t)(x.to - x.from) * 4, sizeof(*mixed));
    if (!mixed) {
        error = DS_ENOMEM;
        goto done;
    }
    for (int row = 0; row < part.height; row++) {
        uint8_t *line = to + (size_t)(part.y + row) * stride + (size_t)part.x * 4;
        mix_rows(image, &x, &y, row, mixed);
        mix_columns(mixed, &x, part.width, (uint32_t *)(void *)line);
    }
done:
    free(mixed);
    taps_free(&y);
    taps_free(&x);
    return error;
}

static void draw_exact(const struct viewer_view *view, const struct ds_image *image,
                       struct ds_rect part, uint8_t *to, size_t stride)
{
    for (int row = 0; row < part.height; row++) {
        const uint32_t *from = ds_image_row(image, (uint32_t)(part.y + row - view->place.y));
        memcpy(to + (size_t)(part.y + row) * stride + (size_t)part.x * 4,
               from + (part.x - view->place.x), (size_t)part.width * 4);
    }
}

int viewer_scale_draw(const struct viewer_view *view, const struct ds_image *image,
                      struct ds_rect part, uint8_t *to, size_t stride)
{
    struct ds_rect window = {0, 0, view->window_width, view->window_height};
    part = ds_rect_intersect(ds_rect_intersect(part, view->place), window);
    if (ds_rect_is_empty(part) || (int)image->width != view->picture_width ||
        (int)image->height != view->picture_height)
        return DS_OK;
    if (!viewer_view_is_exact(view))
        return draw_scaled(view, image, part, to, stride);
    draw_exact(view, image, part, to, stride);
    return DS_OK;
}
