/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts of the decoder's picture are only nearly right, in cells of 16x16 pixels: never too
 * few, sometimes a cell too many. */
#ifndef DS_SCREEN_LOSSY_H
#define DS_SCREEN_LOSSY_H

#include "common/base/clock.h"
#include "common/screen/plan.h"

#define DS_LOSSY_CELL 16

struct ds_lossy {
    uint32_t width, height; /* pixels */
    uint32_t across, down;  /* cells */
    uint8_t *cells;         /* owned: 1 lossy, row by row */
    uint8_t *before;        /* owned: scratch for copies */
    uint32_t count;         /* lossy cells */
};

/* DS_ENOMEM. */
int ds_lossy_init(struct ds_lossy *lossy, uint32_t width, uint32_t height);
void ds_lossy_destroy(struct ds_lossy *lossy); /* accepts a zeroed struct */
void ds_lossy_clear(struct ds_lossy *lossy);

/* What the operations of a plan, in order, make of the map. */
void ds_lossy_apply(struct ds_lossy *lossy, const struct ds_plan *plan);

/* The smallest rectangle around the lossy cells of a tile; empty when there are none. */
struct ds_rect ds_lossy_in_tile(const struct ds_lossy *lossy, uint32_t tile);

/* Appends undecided operations that refine lossy parts of tiles: those longest unchanged first,
 * none that changed after quiet_since, until about max_bytes are spent (at least one tile when
 * max_bytes > 0). changed_at: time of the last change of each tile. DS_ENOMEM. */
int ds_lossy_refine(const struct ds_lossy *lossy, struct ds_plan *plan, const ds_tick *changed_at,
                    ds_tick quiet_since, size_t max_bytes);

#endif
