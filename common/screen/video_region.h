/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds where a video plays: photographs that change again and again in the same place (CODEC.md
 * section 6, item 7). Knows no codec. */
#ifndef DS_SCREEN_VIDEO_REGION_H
#define DS_SCREEN_VIDEO_REGION_H

#include "common/base/clock.h"
#include "common/screen/plan.h"

#define DS_VIDEO_HISTORY 10 /* updates that are remembered */
#define DS_VIDEO_CHANGES 6  /* of them; so many make a tile a part of a video */
/* Without a change for so long it is over, and what was before a pause does not count. */
#define DS_VIDEO_QUIET (500 * DS_MS)

struct ds_video_region {
    uint32_t width, height; /* pixels of the picture */
    uint16_t *history;      /* owned: by tile, a bit an update, the newest lowest */
    struct ds_rect rect;    /* where it plays; empty: nowhere */
    ds_tick last;           /* when it last changed there */
    ds_tick set_at;         /* when rect was last set */
    ds_tick changed;        /* the time of the update before */
};

/* DS_ENOMEM. */
int ds_video_region_init(struct ds_video_region *region, uint32_t width, uint32_t height);
void ds_video_region_destroy(struct ds_video_region *region); /* accepts a zeroed struct */
void ds_video_region_clear(struct ds_video_region *region);

/* Counts the classified operations of an update and says where the video is now: region->rect. */
void ds_video_region_update(struct ds_video_region *region, const struct ds_plan *plan,
                            ds_tick now);

/* Whether the tile of this operation was a photograph that changed in most updates of late. */
bool ds_video_region_is_lasting(const struct ds_video_region *region, const struct ds_op *op);

/* Whether this operation is a part of the video: a smooth photograph inside the rectangle, or what
 * has many colours in a tile that is a lasting part of it. What few colours are enough for (text,
 * lines) never is. */
bool ds_video_region_has(const struct ds_video_region *region, const struct ds_op *op);

#endif
