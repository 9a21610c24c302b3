/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole keyboard of the rep's display, so that keys which the desktop would take (the Windows
 * key, Alt+Tab, Ctrl+Esc, Print Screen) come to the window. Main thread. */
#ifndef VIEWER_GRAB_H
#define VIEWER_GRAB_H

#include "common/base/clock.h"

#include <SDL.h>
#include <stdbool.h>

#define VIEWER_GRAB_AGAIN (250 * DS_MS) /* another program has it: a menu, a locked screen */

struct viewer_grab {
    bool is_held;
    ds_tick next; /* not before this it is tried again */
};

/* Holds the keyboard or lets it go. Call when `wanted` may have changed; returns when to call again
 * because another program has it, 0: need not. */
ds_tick viewer_grab_follow(struct viewer_grab *grab, SDL_Window *window, bool wanted, ds_tick now);

#endif
