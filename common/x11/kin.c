/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/kin.h"

#include <stdatomic.h>

/* Free places are XCB_WINDOW_NONE; each is taken and left in one step, so no lock is needed. */
static _Atomic xcb_window_t windows[DS_X11_KIN_MAX];

static bool swap(xcb_window_t from, xcb_window_t to)
{
    for (int i = 0; i < DS_X11_KIN_MAX; i++) {
        xcb_window_t seen = from;
        if (atomic_compare_exchange_strong(&windows[i], &seen, to))
            return true;
    }
    return false;
}

void ds_x11_kin_add(xcb_window_t window)
{
    swap(XCB_WINDOW_NONE, window);
}

void ds_x11_kin_remove(xcb_window_t window)
{
    if (window != XCB_WINDOW_NONE)
        swap(window, XCB_WINDOW_NONE);
}

bool ds_x11_kin_has(xcb_window_t window)
{
    return window != XCB_WINDOW_NONE && swap(window, window);
}
