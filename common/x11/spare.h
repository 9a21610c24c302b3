/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keycodes that a layout leaves empty, lent to keysyms that it lacks, many in turn. Decides only
 * which and when; the caller changes the display's mapping. No I/O, no clock. */
#ifndef DS_X11_SPARE_H
#define DS_X11_SPARE_H

#include "common/base/clock.h"
#include "common/x11/keymap.h"

#define DS_SPARE_MAX 64

/* Programs look a keysym up when they come to read the key press, not when it happened, and nothing
 * tells when that was. A keycode therefore keeps its keysym this long after its last press. xterm
 * and GTK need under 20 ms, but on a busy machine more than 300 ms were seen, and a program that is
 * later than this shows other characters. Layouts leave 19 codes: hands never wait for one, and 19
 * different characters a second can be pasted. */
#define DS_SPARE_KEEP DS_SECOND
/* Given back after a rest of this long. */
#define DS_SPARE_REST (5 * DS_SECOND)

struct ds_spare {
    size_t count;
    struct ds_spare_slot {
        uint8_t code;
        uint32_t keysym; /* 0: not lent */
        ds_tick used;    /* last press */
    } slots[DS_SPARE_MAX];
};

/* After every change of the layout: codes that became spare are added, codes that a layout now uses
 * for something else are dropped, and what is still lent stays lent. */
void ds_spare_review(struct ds_spare *spare, const struct ds_keymap *map);

/* The code was pressed now. Any code: those that are not lent are ignored. */
void ds_spare_use(struct ds_spare *spare, uint8_t code, ds_tick now);

/* Lends a code: never lent before first, then the one that rested longest. DS_EAGAIN: all were used
 * less than DS_SPARE_KEEP ago; *again says when to try. DS_ENOTFOUND: this layout has no spare
 * codes. */
int ds_spare_take(struct ds_spare *spare, uint32_t keysym, ds_tick now, uint8_t *code,
                  ds_tick *again);

/* One code that has rested since before `since`, now free: the caller empties its mapping. 0: none
 * left. */
uint8_t ds_spare_give_back(struct ds_spare *spare, ds_tick since);

/* When the next code will have rested for DS_SPARE_REST; 0: nothing is lent. */
ds_tick ds_spare_deadline(const struct ds_spare *spare);

#endif
