/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass that finds what only moved: scrolled text, dragged windows. Votes of matching stretches
 * give a few vectors, each is verified pixel by pixel, and what matches becomes COPY operations.
 * A wrong vote costs time, never a wrong pixel. */
#ifndef DS_SCREEN_MOTION_H
#define DS_SCREEN_MOTION_H

#include "common/screen/motion_grid.h"

#define DS_MOTION_VECTORS 3
/* Copies of one vote (an update has two at most), so that pictures made to match everywhere do not
 * cost more than pixels. */
#define DS_MOTION_COPIES 48

struct ds_motion {
    struct ds_motion_grid grid;
    uint32_t *votes;     /* owned: by dy, height * 2 */
    void *table;         /* owned: places of stretches of the old picture, by hash */
    uint8_t *filter;     /* owned: bits of the hashes in table */
    uint8_t *touched;    /* owned: by tile: to be compared again */
    uint32_t misses;     /* updates in a row in which nothing had moved */
    uint32_t rest;       /* updates to let pass before looking again */
    struct ds_plan next; /* the list under construction; kept for its memory */
};

/* Zeroed before. DS_ENOMEM. */
int ds_motion_init(struct ds_motion *motion, uint32_t width, uint32_t height);
void ds_motion_destroy(struct ds_motion *motion); /* accepts a zeroed struct */

/* What is known about motion without looking. */
struct ds_motion_hints {
    const struct ds_vector *moves; /* borrowed: of windows, likeliest first */
    size_t count;
    bool expected; /* something is likely to have scrolled: do not let this update pass */
};

/* Looks for motion from old to new behind the undecided operations of plan. What is found is
 * appended to copies and done to old; plan is then what still differs. Both pictures have zero
 * fourth bytes. DS_ENOMEM. */
int ds_motion_run(struct ds_motion *motion, struct ds_plan *plan, struct ds_plan *copies,
                  struct ds_image *old, const struct ds_image *now,
                  const struct ds_motion_hints *hints);

/* ---- the steps, for motion.c and tests ---- */

/* The most likely vectors, best first; returns how many (at most DS_MOTION_VECTORS). The first
 * knows only dy, the second any direction at three times the price. */
size_t ds_motion_vote_vertical(struct ds_motion *motion, const struct ds_plan *plan,
                               const struct ds_image *old, const struct ds_image *now,
                               struct ds_vector vectors[DS_MOTION_VECTORS]);
size_t ds_motion_vote_anywhere(struct ds_motion *motion, const struct ds_plan *plan,
                               const struct ds_image *old, const struct ds_image *now,
                               struct ds_vector vectors[DS_MOTION_VECTORS]);

/* Finds the rectangles (of the new picture) that a move by vector makes right, at most max, in an
 * order in which none overwrites what a later one needs; returns how many. DS_ENOMEM: negative. */
int ds_motion_verify(struct ds_motion_grid *grid, const struct ds_plan *plan,
                     const struct ds_image *old, const struct ds_image *now,
                     struct ds_vector vector, struct ds_rect *out, int max);

#endif
