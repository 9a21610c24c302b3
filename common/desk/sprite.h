/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something that lies above the drawings for a moment, and what is beneath it: so that it can move
 * without all of them being painted again. Pixels in and out. Loop thread only. */
#ifndef DS_DESK_SPRITE_H
#define DS_DESK_SPRITE_H

#include "common/screen/rect.h"

#include <stdbool.h>
#include <stdint.h>

struct ds_sprite {
    struct ds_rect box; /* empty: nothing lies there */
    uint32_t *under;    /* owned: the box as it was, row by row */
};

/* Keeps what is in the box, which is inside the rows of `width` pixels; it may be painted over
 * then. False: memory is short. Only when nothing lies there. */
bool ds_sprite_lay(struct ds_sprite *sprite, const uint32_t *pixels, int width, struct ds_rect box);
/* Puts it back; returns what changed. */
struct ds_rect ds_sprite_lift(struct ds_sprite *sprite, uint32_t *pixels, int width);
/* The pixels are gone. Accepts a zeroed struct. */
void ds_sprite_forget(struct ds_sprite *sprite);

#endif
