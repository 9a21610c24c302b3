/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/scale.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "viewer/present/mix.h"

#include <stdlib.h>
#include <string.h>

/* Which input pixels make an output pixel of one direction. */
struct taps {
    struct viewer_mix_column *pixel; /* per output pixel; first counts from the first used at all */
    int16_t *weight;                 /* of all output pixels; sum of each is one */
    size_t weights;
    int from, to; /* input pixels used at all: from..to-1 */
};

static void taps_free(struct taps *t)
{
    free(t->pixel);
    free(t->weight);
}

/* The area of output pixel `at`: [at * in / out, (at + 1) * in / out), in 1/out of a pixel. */
static void taps_area(struct taps *t, int i, int64_t at, int64_t in, int64_t out, int64_t one)
{
    int64_t start = at * in, end = start + in;
    int first = (int)(start / out), last = (int)((end - 1) / out);
    uint32_t given = 0;
    t->pixel[i].first = first;
    for (int p = first; p <= last; p++) {
        int64_t b = (int64_t)(p + 1) * out < end ? (int64_t)(p + 1) * out : end;
        /* shares are rounded from the running total, so that they always sum to one */
        uint32_t until = (uint32_t)(((b - start) * one + in / 2) / in);
        t->weight[t->weights++] = (int16_t)(until - given);
        given = until;
    }
}

/* Output pixels at..at+n-1 of out, made from `in` input pixels. */
static int taps_make(struct taps *t, int at, int n, int in, int out, int one)
{
    size_t each = (size_t)(in / out) + 3; /* whole ones, two in part, and one to make it even */
    *t = (struct taps){
        .pixel = ds_alloc_array((size_t)n, sizeof(*t->pixel)),
        .weight = ds_alloc_array((size_t)n, each * sizeof(*t->weight)),
    };
    if (!t->pixel || !t->weight) {
        taps_free(t);
        return DS_ENOMEM;
    }
    for (int i = 0; i < n; i++) {
        struct viewer_mix_column *pixel = &t->pixel[i];
        pixel->weight = t->weights;
        taps_area(t, i, at + i, in, out, one);
        t->to = pixel->first + (int)(t->weights - pixel->weight);
        if ((t->weights - pixel->weight) % 2 != 0)
            t->weight[t->weights++] = 0;
        pixel->pairs = (uint32_t)(t->weights - pixel->weight) / 2;
    }
    t->from = t->pixel[0].first;
    for (int i = 0; i < n; i++)
        t->pixel[i].first -= t->from;
    return DS_OK;
}

/* Mixes the input rows of one output row, from x->from on. */
static void mix_rows(const struct ds_image *image, const struct taps *x, const struct taps *y,
                     int row, int16_t *mixed)
{
    const struct viewer_mix_column *r = &y->pixel[row];
    const int16_t *weights = &y->weight[r->weight];
    size_t count = 2 * (size_t)r->pairs;
    if (weights[count - 1] == 0) /* made even for columns; there may be no such row */
        count--;
    uint32_t first = (uint32_t)(r->first + y->from);
    viewer_mix_rows((const uint8_t *)(ds_image_row(image, first) + x->from), image->stride, weights,
                    count, mixed, (size_t)(x->to - x->from) * 4);
}

static int draw_scaled(const struct viewer_view *view, const struct ds_image *image,
                       struct ds_rect part, uint8_t *to, size_t stride)
{
    const struct ds_rect *place = &view->place;
    struct taps x = {0}, y = {0};
    int16_t *mixed = NULL;
    int error = taps_make(&x, part.x - place->x, part.width, (int)image->width, place->width,
                          VIEWER_MIX_COLUMNS);
    if (error)
        goto done;
    error = taps_make(&y, part.y - place->y, part.height, (int)image->height, place->height,
                      VIEWER_MIX_ROWS);
    if (error)
        goto done;
    /* one pixel more, which a weight of 0 may go to */
    mixed = ds_alloc_array((size_t)(x.to - x.from) + 1, 4 * sizeof(*mixed));
    if (!mixed) {
        error = DS_ENOMEM;
        goto done;
    }
    memset(mixed + (size_t)(x.to - x.from) * 4, 0, 4 * sizeof(*mixed));
    for (int row = 0; row < part.height; row++) {
        uint8_t *line = to + (size_t)(part.y + row) * stride + (size_t)part.x * 4;
        mix_rows(image, &x, &y, row, mixed);
        viewer_mix_columns(mixed, x.pixel, x.weight, part.width, (uint32_t *)(void *)line);
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
