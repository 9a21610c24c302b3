/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing on the customer's screen, as the rep's window offers it: the palette of tools, colours
 * and thickness with a key for each, the text that is written in place, and the list of keys. Main
 * thread. Proved by tests/unit/viewer_draw.c. */
#ifndef VIEWER_PANELS_DRAW_H
#define VIEWER_PANELS_DRAW_H

#include "viewer/panels/panels.h"

/* Opens the palette, asking for the right when there is none, or closes it. */
void viewer_draw_toggle(struct viewer_panels *p);
/* A tool, from 0; opens the palette. */
void viewer_draw_choose(struct viewer_panels *p, unsigned index);
void viewer_draw_undo(struct viewer_panels *p);
/* The rep's and the customer's. */
void viewer_draw_erase(struct viewer_panels *p);
/* A key of drawing's own: a digit, g, w, z, x or ?; alone: without the modifiers of the viewer's
 * keys, so only while drawing, and Escape too. False: it is none. */
bool viewer_draw_key(struct viewer_panels *p, uint32_t keysym, bool alone);

/* The palette, while it is open. */
void viewer_draw_palette(struct viewer_panels *p);
/* Takes the keys of the text that is being written, over the picture at p->write_x, write_y. */
void viewer_draw_writing(struct viewer_panels *p);
/* The hand on the picture draws. */
bool viewer_draw_is_on(const struct viewer_panels *p);
/* The keyboard is the text's. */
bool viewer_draw_wants_keys(const struct viewer_panels *p);
/* What the hand draws with: tool (DS_NOTE_LASER too), colour, size. */
void viewer_draw_with(const struct viewer_panels *p, struct ds_note *like);
enum ds_icon viewer_draw_icon(const struct viewer_panels *p);
/* The hand came down with the text's tool at x, y (device pixels): a text begins there. */
void viewer_draw_write_at(struct viewer_panels *p, int x, int y);

/* The entries of the menu, in its order; fills items of VIEWER_DRAW_ENTRIES. */
#define VIEWER_DRAW_ENTRIES (1 + VIEWER_TOOLS + 1 + 2 + 2 + 2)
void viewer_draw_menu(const struct viewer_panels *p, struct ds_ui_item *items, const char *why);
void viewer_draw_chosen(struct viewer_panels *p, int entry);

#endif
