/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of 16x16 pixels over the changed part of a picture: which of them a move by a vector makes
 * right, and the largest rectangles of those. */
#ifndef DS_SCREEN_MOTION_GRID_H
#define DS_SCREEN_MOTION_GRID_H

#include "common/screen/image.h"
#include "common/screen/plan.h"

#define DS_MOTION_CELL 16

struct ds_vector {
    int32_t dx, dy; /* where pixels are now minus where they were */
    uint32_t votes;
};

struct ds_motion_grid {
    struct ds_rect cells; /* position and size in cells */
    uint8_t *match;       /* owned: after a move by the vector this cell is right */
    uint8_t *need;        /* owned: it is not right yet */
    uint32_t *sums;       /* owned: needs in the rectangle up to here; one more row and column */
    size_t cap;           /* cells that fit */
};

void ds_motion_grid_destroy(struct ds_motion_grid *grid); /* accepts a zeroed struct */

/* True when the pixels of r in now are those of old before the move; false when r or where it came
 * from is not inside the picture. */
bool ds_motion_is_moved(const struct ds_image *old, const struct ds_image *now, struct ds_rect r,
                        struct ds_vector v);

/* Compares the cells of plan's undecided operations that differ. 1: some need the move and match;
 * 0: none; DS_ENOMEM. */
int ds_motion_grid_fill(struct ds_motion_grid *grid, const struct ds_plan *plan,
                        const struct ds_image *old, const struct ds_image *now, struct ds_vector v);

/* The best rectangle of cells (counted from the grid's first), all of which match, without edges
 * that need nothing; its needs count as met. False when none is worth a copy. */
bool ds_motion_grid_next(struct ds_motion_grid *grid, const struct ds_image *old,
                         const struct ds_image *now, struct ds_vector v, struct ds_rect *cells);

#endif
