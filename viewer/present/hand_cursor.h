/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pointer over the picture while the rep draws: a cross where the tool acts, and beside it the
 * tool in its colour. Main thread. */
#ifndef VIEWER_PRESENT_HAND_CURSOR_H
#define VIEWER_PRESENT_HAND_CURSOR_H

#include "common/ui/icon.h"

#include <SDL.h>
#include <stdint.h>

struct viewer_hand_cursor {
    SDL_Cursor *cursor; /* owned; NULL: none yet, or SDL could not make it */
    enum ds_icon icon;
    uint32_t color;
    double scale;
};

/* color: 0xRRGGBB; scale: of the window. NULL: there is none. Valid until the next call with
 * anything else. */
SDL_Cursor *viewer_hand_cursor_get(struct viewer_hand_cursor *hand, enum ds_icon icon,
                                   uint32_t color, double scale);
/* Accepts a zeroed struct. */
void viewer_hand_cursor_destroy(struct viewer_hand_cursor *hand);

#endif
