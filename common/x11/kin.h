/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows of this process that own a selection. A program that shares the clipboard of several
 * customers must not hand on to one what came from another: a selection whose owner is kin is
 * nobody's to read. Any thread. Proved by tests/system/sessions.c. */
#ifndef DS_X11_KIN_H
#define DS_X11_KIN_H

#include <stdbool.h>
#include <xcb/xcb.h>

/* More than there is room for are not known; that is far above what one program opens. */
#define DS_X11_KIN_MAX 64

void ds_x11_kin_add(xcb_window_t window);
void ds_x11_kin_remove(xcb_window_t window);
bool ds_x11_kin_has(xcb_window_t window);

#endif
