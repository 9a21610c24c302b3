/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rectangle of pixels: x, y of the first pixel, width and height; empty when either is 0. */
#ifndef DS_SCREEN_RECT_H
#define DS_SCREEN_RECT_H

#include <stdbool.h>
#include <stdint.h>

struct ds_rect {
    int32_t x, y, width, height; /* width and height never negative */
};

static inline bool ds_rect_is_empty(struct ds_rect r)
{
    return r.width <= 0 || r.height <= 0;
}

static inline struct ds_rect ds_rect_intersect(struct ds_rect a, struct ds_rect b)
{
    int32_t x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
    int32_t x1 = a.x + a.width < b.x + b.width ? a.x + a.width : b.x + b.width;
    int32_t y1 = a.y + a.height < b.y + b.height ? a.y + a.height : b.y + b.height;
    if (x1 <= x0 || y1 <= y0)
        return (struct ds_rect){0};
    return (struct ds_rect){x0, y0, x1 - x0, y1 - y0};
}

/* Smallest rectangle around both; an empty one does not count. */
static inline struct ds_rect ds_rect_union(struct ds_rect a, struct ds_rect b)
{
    if (ds_rect_is_empty(a))
        return b;
    if (ds_rect_is_empty(b))
        return a;
    int32_t x0 = a.x < b.x ? a.x : b.x, y0 = a.y < b.y ? a.y : b.y;
    int32_t x1 = a.x + a.width > b.x + b.width ? a.x + a.width : b.x + b.width;
    int32_t y1 = a.y + a.height > b.y + b.height ? a.y + a.height : b.y + b.height;
    return (struct ds_rect){x0, y0, x1 - x0, y1 - y0};
}

#endif
