/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first pass: which tiles differ, and where in them. Fourth bytes of pixels never count. */
#ifndef DS_SCREEN_DIFF_H
#define DS_SCREEN_DIFF_H

#include "common/screen/image.h"
#include "common/screen/plan.h"
#include "common/screen/region.h"

/* An undecided operation for the part of rect (inside one tile, inside both pictures of one size)
 * where the two differ, cropped to rows and to columns of 4 pixels counted from rect's left edge;
 * its rectangle is empty when nothing does. *seen: is or-ed with pixels of new, so that its top
 * byte tells whether fourth bytes were ever not zero. */
struct ds_op ds_diff_crop(const struct ds_image *old, const struct ds_image *now,
                          struct ds_rect rect, uint32_t *seen);

/* Appends an undecided operation for each tile that differs, row by row of tiles, looking only
 * inside damage (NULL: everywhere). DS_ENOMEM. */
int ds_diff_run(struct ds_plan *plan, const struct ds_image *old, const struct ds_image *now,
                const struct ds_region *damage, uint32_t *seen);

#endif
