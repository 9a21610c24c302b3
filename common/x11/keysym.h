/* SPDX-License-Identifier: GPL-3.0-or-later */
/* X11 keysyms and the characters they stand for. No I/O. */
#ifndef DS_X11_KEYSYM_H
#define DS_X11_KEYSYM_H

#include <stdbool.h>
#include <stdint.h>

/* The character a keysym types: Latin-1, the older sets of the X registry (Greek, Cyrillic, ...),
 * and 0x01000000 + character. 0: none (function keys, dead keys, the keypad). */
uint32_t ds_keysym_to_char(uint32_t keysym);

/* The keysym of a character from U+0020 on: itself in Latin-1, else 0x01000000 + character. 0:
 * control characters, surrogates, beyond U+10FFFF. */
uint32_t ds_keysym_from_char(uint32_t character);

/* Same keysym, or two spellings of one character (Cyrillic_a is 0x06c1 and 0x01000430). */
bool ds_keysym_is_same(uint32_t a, uint32_t b);

/* Shift, Control, AltGr, the locks, group switches: keys that change others and type nothing. */
bool ds_keysym_is_modifier(uint32_t keysym);

/* Keys whose Control and Alt combinations are other keysyms in some layouts, and all others above
 * the characters: arrows, function keys, Return, ... */
bool ds_keysym_is_function(uint32_t keysym);

#endif
