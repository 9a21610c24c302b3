/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose key it is, where a program has several windows: the one that the X server named, and never
 * one that got the keyboard while the key was down already. SDL tells the texts of keys for the
 * window that it takes to be in front, which may be another one for a moment. Pure; windows are
 * numbers, 0 is none. Proved by tests/unit/viewer_seat.c. */
#ifndef VIEWER_INPUT_SEAT_H
#define VIEWER_INPUT_SEAT_H

#include <stdbool.h>
#include <stdint.h>

#define VIEWER_SEAT_KEYS 32 /* bytes of a key map: a bit for each keycode */

struct viewer_seat {
    unsigned focus;  /* has the keyboard by the server's word; 0: not known */
    unsigned typing; /* of the last press: texts that follow are its */
    bool keymap_due; /* what comes next are the keys that were down */
    uint8_t
        held[VIEWER_SEAT_KEYS]; /* down since before the focus came: nobody's until they are up */
};

/* The keyboard came to one of the windows, or left it. */
void viewer_seat_focus_in(struct viewer_seat *seat, unsigned window);
void viewer_seat_focus_out(struct viewer_seat *seat);
/* X KeymapNotify; only the one that follows a focus is taken. */
void viewer_seat_keymap(struct viewer_seat *seat, const uint8_t down[VIEWER_SEAT_KEYS]);
/* Every other event, since it is not the one that is due. */
void viewer_seat_other(struct viewer_seat *seat);
/* A key went down or repeats in that window: true when it is the window's. Keycode 0: text of an
 * input method follows. */
bool viewer_seat_press(struct viewer_seat *seat, unsigned window, unsigned keycode);
void viewer_seat_release(struct viewer_seat *seat, unsigned keycode);

#endif
