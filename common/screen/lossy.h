/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts of the decoder's picture are only nearly right, or only good for a glance, in cells
 * of 16x16 pixels: never too few, sometimes a cell too many. */
#ifndef DS_SCREEN_LOSSY_H
#define DS_SCREEN_LOSSY_H

#include "common/base/clock.h"
#include "common/screen/plan.h"

#define DS_LOSSY_CELL 16

struct ds_lossy {
    uint32_t width, height; /* pixels */
    uint32_t across, down;  /* cells */
    uint8_t *cells;         /* owned: ds_loss, row by row */
    uint8_t *before;        /* owned: scratch for copies */
    uint32_t count;         /* cells that are not exact */
    uint32_t coarse;        /* cells that are coarse */
};

enum ds_loss { DS_LOSS_NONE, DS_LOSS_FINE, DS_LOSS_COARSE };

/* DS_ENOMEM. */
int ds_lossy_init(struct ds_lossy *lossy, uint32_t width, uint32_t height);
void ds_lossy_destroy(struct ds_lossy *lossy); /* accepts a zeroed struct */
void ds_lossy_clear(struct ds_lossy *lossy);

/* What the operations of a plan, in order, make of the map; jpeg: the loss of its JPEGs. */
void ds_lossy_apply(struct ds_lossy *lossy, const struct ds_plan *plan, enum ds_loss jpeg);

/* The smallest rectangle around the lossy cells of a tile; empty when there are none. */
struct ds_rect ds_lossy_in_tile(const struct ds_lossy *lossy, uint32_t tile);

/* Appends undecided operations that refine lossy parts of tiles: those longest unchanged first,
 * none that changed after quiet_since, until about max_bytes are spent (at least one tile when
 * max_bytes > 0). changed_at: time of the last change of each tile. DS_ENOMEM. */
int ds_lossy_refine(const struct ds_lossy *lossy, struct ds_plan *plan, const ds_tick *changed_at,
                    ds_tick quiet_since, size_t max_bytes);

/* The same for coarse parts, about to be sent once more as JPEGs of level DS_JPEG_FINE: those
 * changed first, as many as about max_bytes take. */
int ds_lossy_polish(const struct ds_lossy *lossy, struct ds_plan *plan, const ds_tick *changed_at,
                    ds_tick quiet_since, size_t max_bytes);

#endif
