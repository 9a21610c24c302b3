/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/sprite.h"

#include <stdlib.h>
#include <string.h>

static uint32_t *row_of(uint32_t *pixels, int width, struct ds_rect box, int y)
{
    return pixels + (size_t)(box.y + y) * (size_t)width + box.x;
}

bool ds_sprite_lay(struct ds_sprite *s, const uint32_t *pixels, int width, struct ds_rect box)
{
    size_t stride = (size_t)box.width;
    if (ds_rect_is_empty(box))
        return true;
    s->under = malloc(stride * (size_t)box.height * sizeof(*s->under));
    if (!s->under)
        return false;
    s->box = box;
    for (int y = 0; y < box.height; y++)
        memcpy(s->under + (size_t)y * stride, row_of((uint32_t *)(uintptr_t)pixels, width, box, y),
               stride * sizeof(*s->under));
    return true;
}

struct ds_rect ds_sprite_lift(struct ds_sprite *s, uint32_t *pixels, int width)
{
    struct ds_rect box = s->box;
    size_t stride = (size_t)box.width;
    for (int y = 0; y < box.height; y++)
        memcpy(row_of(pixels, width, box, y), s->under + (size_t)y * stride,
               stride * sizeof(*s->under));
    ds_sprite_forget(s);
    return box;
}

void ds_sprite_forget(struct ds_sprite *s)
{
    free(s->under);
    *s = (struct ds_sprite){.under = NULL};
}
