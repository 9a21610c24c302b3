/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text in one line that can be edited: UTF-8 bytes in the caller's buffer, a caret and a
 * selection. Pure: no drawing, no keys. Offsets are bytes and always between characters (a
 * combining mark stays with its base). Proved by tests/unit/ui_edit.c. */
#ifndef DS_UI_EDIT_H
#define DS_UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct ds_edit {
    char *text;  /* caller's buffer of size bytes, always NUL-terminated valid UTF-8 */
    size_t size; /* at least 1 */
    size_t len;
    size_t caret;
    size_t anchor;    /* other end of the selection; equal to caret: nothing selected */
    double scroll;    /* logical pixels hidden at the left; kept by the field */
    bool revealed;    /* password fields: shown in clear; kept by the field */
    size_t most;      /* characters at most, 0: only the buffer counts */
    bool digits_only; /* drops everything that is not a digit (codes) */
};

/* buffer: keeps its content when that is valid UTF-8, else starts empty. Borrowed until the edit is
 * no longer used. */
void ds_edit_init(struct ds_edit *edit, char *buffer, size_t size);

/* Replaces everything; the caret goes to the end. */
void ds_edit_set(struct ds_edit *edit, const char *text);

/* Puts text in place of the selection; control characters and line ends become one space, bad UTF-8
 * and what does not fit is dropped at a character's border. Returns whether anything changed. */
bool ds_edit_insert(struct ds_edit *edit, const char *text);

enum ds_edit_unit { DS_EDIT_CHARACTER, DS_EDIT_WORD, DS_EDIT_ALL };

/* Moves the caret by one unit (direction -1 or 1); extend keeps the anchor. Without extend a
 * selection collapses to its end in that direction. */
void ds_edit_move(struct ds_edit *edit, int direction, enum ds_edit_unit unit, bool extend);

/* Puts the caret at a byte offset (moved to the nearest border at or before it). */
void ds_edit_place(struct ds_edit *edit, size_t at, bool extend);

/* Removes the selection, or one unit in the direction. Returns whether anything changed. */
bool ds_edit_erase(struct ds_edit *edit, int direction, enum ds_edit_unit unit);

void ds_edit_select_all(struct ds_edit *edit);
void ds_edit_select_word(struct ds_edit *edit, size_t at);

/* The selection as [*from, *to); false when empty. */
bool ds_edit_selection(const struct ds_edit *edit, size_t *from, size_t *to);

/* Overwrites the buffer with zeros (passwords, codes) and empties it. */
void ds_edit_wipe(struct ds_edit *edit);

#endif
