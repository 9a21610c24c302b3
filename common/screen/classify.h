/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass that decides how changed pixels travel: one colour, after their neighbours, through a
 * lasting table, as colours that repeat, or as a photograph. */
#ifndef DS_SCREEN_CLASSIFY_H
#define DS_SCREEN_CLASSIFY_H

#include "common/screen/palette.h"

struct ds_classifier {
    struct ds_palettes palettes;
    uint8_t *plane; /* owned: index of each pixel as last translated, rows of width bytes */
    uint8_t *hints; /* owned: for each tile the table that fitted last */
    uint32_t width, height;
    bool drawn; /* of this run: bytes matter more than time, so what is not a photograph is DRAWN */
    struct ds_plan next; /* the list under construction; kept for its memory */
};

/* Zeroed before. DS_ENOMEM. */
int ds_classifier_init(struct ds_classifier *classifier, uint32_t width, uint32_t height);
void ds_classifier_destroy(struct ds_classifier *classifier); /* accepts a zeroed struct */
void ds_classifier_clear(struct ds_classifier *classifier);

/* Gives neighbouring undecided operations of a row of tiles the same rows and no gap between them,
 * where that adds few pixels, so that they can be joined later. */
void ds_classify_align(struct ds_plan *plan, uint32_t width);

/* Decides every undecided operation; adds PALETTE operations before those that need them. Pixels of
 * INDEX operations are translated into the plane. DS_ENOMEM. */
int ds_classify_run(struct ds_classifier *classifier, struct ds_plan *plan,
                    const struct ds_image *image);

/* How neighbours in a row differ, over every fourth row of rect: shares in 1/256 of the pairs. */
struct ds_texture {
    uint32_t equal; /* the same colour */
    uint32_t tiny;  /* no component differs by more than 8, but one does */
    uint32_t far;   /* some component differs by more than 40 */
};
struct ds_texture ds_classify_texture(const struct ds_image *image, struct ds_rect rect);

#endif
