/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/eaten.h"

bool viewer_eaten_press(struct viewer_eaten *eaten, enum viewer_preference which, ds_tick now)
{
    ds_tick since = now - eaten->last;
    bool goes_on = eaten->presses > 0 && eaten->which == which && since <= VIEWER_EATEN_WITHIN;
    eaten->last = now;
    if (goes_on && since < VIEWER_EATEN_REPEAT)
        return false;
    eaten->which = which;
    eaten->presses = goes_on ? eaten->presses + 1 : 1;
    if (eaten->presses < VIEWER_EATEN_PRESSES)
        return false;
    eaten->presses = 0;
    return true;
}

void viewer_eaten_forget(struct viewer_eaten *eaten)
{
    eaten->presses = 0;
}
