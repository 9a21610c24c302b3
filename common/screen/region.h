/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of pixels as a short list of rectangles that may overlap: at most DS_REGION_RECTS; beyond
 * that, rectangles are joined, so a region may cover more than was added, never less. Fixed size,
 * no allocation. */
#ifndef DS_SCREEN_REGION_H
#define DS_SCREEN_REGION_H

#include "common/screen/rect.h"

#include <stddef.h>

#define DS_REGION_RECTS 64

struct ds_region {
    size_t count;
    struct ds_rect rects[DS_REGION_RECTS];
};

void ds_region_clear(struct ds_region *region);
bool ds_region_is_empty(const struct ds_region *region);
/* Empty rectangles are ignored; one that lies inside another adds nothing. */
void ds_region_add(struct ds_region *region, struct ds_rect rect);
void ds_region_add_region(struct ds_region *region, const struct ds_region *other);
/* Cuts every rectangle to bounds. */
void ds_region_clip(struct ds_region *region, struct ds_rect bounds);
struct ds_rect ds_region_bounds(const struct ds_region *region);

#endif
