/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawing under a hand: how it begins, moves and ends, for the rep's hand in the viewer and the
 * customer's own in the agent. Works on the note alone; no list, window or clock. Proved by
 * tests/unit/stroke.c. */
#ifndef DS_SERVICE_STROKE_H
#define DS_SERVICE_STROKE_H

#include "common/wire/note.h"

/* `like` has tool, size, colour, text and the picture's size; x, y (picture pixels, moved onto the
 * picture) is where the hand came down. */
void ds_stroke_begin(struct ds_note *note, const struct ds_note *like, int x, int y);
/* The hand is there now. False: nothing has changed, or the line is as long as it may be. */
bool ds_stroke_move(struct ds_note *note, int x, int y);
/* The hand let go. False: nothing was drawn that could be shown, and count is 0. */
bool ds_stroke_end(struct ds_note *note);

#endif
