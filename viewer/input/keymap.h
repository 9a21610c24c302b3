/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's own keyboard layout: what keysym a key of an X event means. Follows changes of the
 * layout while it runs. Main thread. */
#ifndef VIEWER_INPUT_KEYMAP_H
#define VIEWER_INPUT_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

struct viewer_keymap;

/* On the display that $DISPLAY names. NULL: no display, or no XKB. */
struct viewer_keymap *viewer_keymap_open(void);
/* Accepts NULL. */
void viewer_keymap_close(struct viewer_keymap *keymap);

/* keycode and state: of an X KeyPress or KeyRelease. text: what the keysym writes by itself, ""
 * for nothing (size at least 8). 0: the key means nothing. */
uint32_t viewer_keymap_keysym(struct viewer_keymap *keymap, unsigned keycode, unsigned state,
                              char *text, size_t size);

/* DS_UI_SHIFT ... of an X event's state. */
unsigned viewer_keymap_mods(unsigned state);

#endif
