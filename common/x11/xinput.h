/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests of XInput 2 that Deskside sends, and reading their answers. */
#ifndef DS_X11_XINPUT_H
#define DS_X11_XINPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xinput.h> /* types and constants only */

extern xcb_extension_t ds_xinput_id; /* for xcb_get_extension_data */

#define DS_XINPUT_2_2 0x00020002 /* touch, and sources in raw events */

/* Once for each connection; waits. The version that the display speaks with us, at most 2.2, major
 * in the upper 16 bits; 0: no XInput 2. */
uint32_t ds_xinput_use(xcb_connection_t *conn);

/* Asks a window for events. mask: XCB_INPUT_XI_EVENT_MASK_*; it replaces what was asked for this
 * device. */
void ds_xinput_select(xcb_connection_t *conn, xcb_window_t window, uint16_t device, uint32_t mask);

struct ds_xinput_device {
    uint16_t id;
    uint16_t type;       /* XCB_INPUT_DEVICE_TYPE_* */
    uint16_t attachment; /* id of its master, or of the other master of a pair */
};

/* Waits. The answer about all devices, *got bytes, to be freed; NULL as ds_request_ask. */
void *ds_xinput_query_devices(xcb_connection_t *conn, size_t *got);

/* Reads at most room devices from such an answer (size bytes). Returns how many; DS_EPROTO when the
 * answer is shorter than its counts say. */
int ds_xinput_read_devices(const void *reply, size_t size, struct ds_xinput_device *out, int room);

/* Waits. True: the device has this 8-bit property and its first item is not 0. */
bool ds_xinput_is_marked(xcb_connection_t *conn, uint16_t device, xcb_atom_t mark);

/* The same from a GetProperty answer of size bytes that asked for one item. */
bool ds_xinput_read_mark(const void *reply, size_t size);

#endif
