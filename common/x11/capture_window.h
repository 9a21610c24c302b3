/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture of one window, whatever lies over it, wherever it is moved. */
#ifndef DS_X11_CAPTURE_WINDOW_H
#define DS_X11_CAPTURE_WINDOW_H

#include "common/x11/capture.h"

/* The picture is that window's inside from now on; when it is destroyed, the capture is gone. Its
 * menus and dialogs are windows of their own and not in it. DS_EUNSUPPORTED: the display cannot
 * keep windows apart. DS_ENOTFOUND: no such window on the screen. DS_ENOMEM, DS_EIO. */
int ds_capture_watch_window(struct ds_capture *capture, uint32_t window);

#endif
