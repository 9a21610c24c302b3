/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a small decoder does without: video and DRAWN. A file of its own, so that a program with
 * small ones links none of it. */
#include "common/screen/decoder_state.h"

static const struct ds_decoder_player player = {
    .available = ds_video_decoder_available,
    .open = ds_video_decoder_new,
    .destroy = ds_video_decoder_destroy,
    .decode = ds_video_decode,
    .show = ds_video_show,
    .open_drawn = ds_drawn_new,
    .reset_drawn = ds_drawn_reset,
    .forget_drawn = ds_drawn_destroy,
    .decode_drawn = ds_drawn_decode,
};

uint32_t ds_decoder_features(void)
{
    return ds_decoder_small_features() | DS_FEATURE_DRAWN |
           (ds_video_decoder_available() ? DS_FEATURE_H264 : 0);
}

struct ds_decoder *ds_decoder_new(uint32_t width, uint32_t height, uint32_t tiles)
{
    struct ds_decoder *d = ds_decoder_new_small(width, height, tiles);
    if (d)
        d->player = &player;
    return d;
}
