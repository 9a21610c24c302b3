/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Combinations of keys that the rep's own system would take, such as Ctrl+Alt+Del: chosen from a
 * menu or sent by command as real presses. Pure. Proved by tests/unit/viewer_keys.c. */
#ifndef VIEWER_INPUT_STROKES_H
#define VIEWER_INPUT_STROKES_H

#include "viewer/input/pointer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEWER_STROKES_MAX 6 /* keys of one combination */

struct viewer_strokes {
    uint32_t keysyms[VIEWER_STROKES_MAX]; /* in the order of pressing */
    size_t count;
};

/* "U+20AC", or a name of keysymdef.h without XK_; 0 when there is no such key. */
uint32_t viewer_keysym_by_name(const char *name);

/* "Ctrl+Alt+Delete": names as above joined by +, and Ctrl, Alt, Shift, Super, Del, Esc for short.
 * The key + itself is plus. False: no such key, none at all, or too many; *out is then undefined.
 */
bool viewer_strokes_parse(const char *text, struct viewer_strokes *out);

/* All down in order, then up in the opposite order. */
void viewer_strokes_send(const struct viewer_strokes *strokes, viewer_input_emit *emit, void *ctx);

/* Those of the menu, as their keys say it ("Ctrl+Alt+Del"); NULL above the last. Static. */
const char *viewer_strokes_of_menu(unsigned index);

#endif
