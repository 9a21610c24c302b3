/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass that sends what lies in a lasting video region as pictures of a video stream. */
#ifndef DS_SCREEN_VIDEO_H
#define DS_SCREEN_VIDEO_H

#include "common/screen/image.h"
#include "common/screen/video_encode.h"
#include "common/screen/video_region.h"

struct ds_video {
    struct ds_video_region region;
    struct ds_video_encoder *encoder; /* owned; NULL: no stream */
    struct ds_rect rect;              /* of the encoder's pictures */
    bool failed;                      /* the library refused: never again */
    const uint8_t *bytes;             /* of this update's VIDEO operation; the encoder's */
    size_t len;
    struct ds_plan next; /* the list under construction; kept for its memory */
};

/* Zeroed before. DS_ENOMEM. */
int ds_video_init(struct ds_video *video, uint32_t width, uint32_t height);
void ds_video_destroy(struct ds_video *video); /* accepts a zeroed struct */
/* The decoder knows no stream any more. */
void ds_video_clear(struct ds_video *video);

/* After the classes, before operations are joined: turns those of the region into SHOW operations
 * behind one VIDEO. Where that cannot be done they stay photographs. rate: bytes a second that the
 * stream may take. DS_ENOMEM. */
int ds_video_run(struct ds_video *video, struct ds_plan *plan, const struct ds_image *image,
                 uint64_t rate, ds_tick now);

#endif
