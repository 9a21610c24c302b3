/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns XKB's GetMap answer into a ds_keymap. Bytes in, no I/O. */
#ifndef DS_X11_KEYMAP_WIRE_H
#define DS_X11_KEYMAP_WIRE_H

#include "common/x11/keymap.h"

/* reply: size bytes of the answer with its head, aligned to 4, in this machine's byte order. *out
 * is initialised by the call and to be destroyed by the caller; untouched on failure. DS_EPROTO:
 * shorter than its own counts say, or counts that contradict each other; DS_ENOMEM, DS_ELIMIT. */
int ds_keymap_decode(struct ds_keymap *out, const void *reply, size_t size);

#endif
