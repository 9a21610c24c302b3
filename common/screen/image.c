/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/image.h"

#include "common/base/error.h"
#include "common/wire/limits.h"

#include <stdlib.h>
#include <string.h>

bool ds_image_size_ok(uint32_t width, uint32_t height)
{
    return width > 0 && height > 0 && width <= DS_SCREEN_SIDE_MAX && height <= DS_SCREEN_SIDE_MAX &&
           (uint64_t)width * height <= DS_SCREEN_AREA_MAX;
}

int ds_image_init(struct ds_image *image, uint32_t width, uint32_t height)
{
    if (!ds_image_size_ok(width, height))
        return DS_EINVAL;
    size_t stride = ((size_t)width * 4 + 63) & ~(size_t)63;
    uint8_t *pixels = aligned_alloc(64, stride * (size_t)height);
    if (!pixels)
        return DS_ENOMEM;
    memset(pixels, 0, stride * height);
    *image = (struct ds_image){width, height, stride, pixels};
    return 0;
}

void ds_image_destroy(struct ds_image *image)
{
    free(image->pixels);
    *image = (struct ds_image){0};
}

void ds_image_fill_rect(struct ds_image *image, struct ds_rect rect, uint32_t bgrx)
{
    for (int32_t y = rect.y; y < rect.y + rect.height; y++) {
        uint32_t *row = ds_image_row(image, (uint32_t)y) + rect.x;
        for (int32_t x = 0; x < rect.width; x++)
            row[x] = bgrx;
    }
}

void ds_image_fill(struct ds_image *image, uint32_t bgrx)
{
    ds_image_fill_rect(image, ds_image_bounds(image), bgrx);
}

void ds_image_copy(struct ds_image *to, const struct ds_image *from, struct ds_rect rect)
{
    for (int32_t y = rect.y; y < rect.y + rect.height; y++)
        memcpy(ds_image_row(to, (uint32_t)y) + rect.x, ds_image_row(from, (uint32_t)y) + rect.x,
               (size_t)rect.width * 4);
}

void ds_image_move(struct ds_image *image, struct ds_rect rect, int32_t to_x, int32_t to_y)
{
    bool down = to_y > rect.y;
    for (int32_t i = 0; i < rect.height; i++) {
        int32_t y = down ? rect.height - 1 - i : i;
        memmove(ds_image_row(image, (uint32_t)(to_y + y)) + to_x,
                ds_image_row(image, (uint32_t)(rect.y + y)) + rect.x, (size_t)rect.width * 4);
    }
}
