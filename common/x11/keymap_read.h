/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills a ds_keymap from a display's XKB description of a device. */
#ifndef DS_X11_KEYMAP_READ_H
#define DS_X11_KEYMAP_READ_H

#include "common/x11/keymap.h"

#include <xcb/xcb.h>

#define DS_KEYBOARD_CORE 0x0100 /* XKB's "use the core keyboard" */

/* Once for each connection that reads keymaps; asks for events about changes. DS_EUNSUPPORTED when
 * the display has no XKB. */
int ds_keymap_use(xcb_connection_t *conn);

/* True when the event tells that keys have another meaning now. *code gets the key if it is one
 * alone, else 0. (A connection that uses XKB gets no core MappingNotify for keys.) */
bool ds_keymap_is_change(xcb_connection_t *conn, const xcb_generic_event_t *event, uint8_t *code);

/* Waits for the display's answer. device: XInput id or DS_KEYBOARD_CORE. out is initialised by the
 * call and to be destroyed by the caller; untouched on failure. DS_EIO, DS_EPROTO, DS_ENOMEM,
 * DS_ELIMIT. */
int ds_keymap_read(struct ds_keymap *out, xcb_connection_t *conn, uint16_t device);

#endif
