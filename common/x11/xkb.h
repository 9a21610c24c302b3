/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests of XKB that Deskside sends. Keymaps are read by keymap_read.h. */
#ifndef DS_X11_XKB_H
#define DS_X11_XKB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xkb.h> /* types and constants only */

extern xcb_extension_t ds_xkb_id; /* for xcb_get_extension_data */

/* Once for each connection; waits. False: the display has no XKB 1.0. */
bool ds_xkb_use(xcb_connection_t *conn);

/* Asks for events: events is a set of XCB_XKB_EVENT_TYPE_*; parts, of XCB_XKB_MAP_PART_*, is what
 * of a map is told about (MapNotify only). */
void ds_xkb_select(xcb_connection_t *conn, uint16_t device, uint16_t events, uint16_t parts);

/* Waits. A GetMap answer of *got bytes with the full parts named, to be freed; NULL as
 * ds_request_ask. */
void *ds_xkb_get_map(xcb_connection_t *conn, uint16_t device, uint16_t parts, size_t *got);

/* Waits. False: no answer; *out is untouched. */
bool ds_xkb_get_state(xcb_connection_t *conn, uint16_t device, xcb_xkb_get_state_reply_t *out);

/* Locks or unlocks the real modifiers of mask as locks says. */
void ds_xkb_lock_mods(xcb_connection_t *conn, uint16_t device, uint8_t mask, uint8_t locks);
void ds_xkb_lock_group(xcb_connection_t *conn, uint16_t device, uint8_t group);

/* Auto-repeat of a keyboard. Off: the display puts it on again when this connection ends. */
void ds_xkb_set_repeat(xcb_connection_t *conn, uint16_t device, bool on);

/* Waits. False: a held key does not repeat, or no answer. */
bool ds_xkb_has_repeat(xcb_connection_t *conn, uint16_t device);
/* Auto-repeat of the core keyboard and every keyboard that feeds it, for good. The display copies
 * the state of the keyboard that was used last to the core one, and not when that state changes:
 * what ds_xkb_set_repeat did to a single keyboard stays on the core one until another is used. */
void ds_xkb_put_repeat(xcb_connection_t *conn, bool on);

#endif
