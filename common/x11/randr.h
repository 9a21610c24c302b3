/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests of RandR that Deskside sends, and reading their answers. */
#ifndef DS_X11_RANDR_H
#define DS_X11_RANDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/randr.h> /* types and constants only */

#define DS_RANDR_MONITORS 64 /* of one display looked at */

extern xcb_extension_t ds_randr_id; /* for xcb_get_extension_data */

/* Once for each connection; waits. False: the display has no RandR 1.5, with which monitors as such
 * came. */
bool ds_randr_use(xcb_connection_t *conn);

/* Asks a window for events. mask: XCB_RANDR_NOTIFY_MASK_*. */
void ds_randr_select(xcb_connection_t *conn, xcb_window_t window, uint16_t mask);

/* Waits. The active monitors of root's screen, at most DS_RANDR_MONITORS: returns how many; 0 also
 * when the display cannot tell. */
int ds_randr_get_monitors(xcb_connection_t *conn, xcb_window_t root, xcb_randr_monitor_info_t *out);

/* The same from a GetMonitors answer of size bytes. DS_EPROTO when it is shorter than its counts
 * say. */
int ds_randr_read_monitors(const void *reply, size_t size, xcb_randr_monitor_info_t *out);

#endif
