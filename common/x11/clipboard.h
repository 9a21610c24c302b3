/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CLIPBOARD of an X display, text only: what other programs copy is told, what is put here they
 * can paste (targets UTF8_STRING, STRING, TEXT, text/plain;charset=utf-8, TARGETS and TIMESTAMP;
 * long texts in pieces, INCR, both ways). PRIMARY is left alone. On a connection of its own;
 * nothing waits for the display after opening. One thread. Proved by tests/system/x11_clipboard.c.
 */
#ifndef DS_X11_CLIPBOARD_H
#define DS_X11_CLIPBOARD_H

#include "common/base/clock.h"

#include <stdbool.h>
#include <stddef.h>

struct ds_x11_clipboard;

struct ds_x11_clipboard_events {
    /* Another program has copied a text: 1..most bytes of UTF-8 without NUL, borrowed. Not told:
     * what was put here, what a password manager marked as secret, what is no text. */
    void (*on_text)(void *ctx, const char *text, size_t len);
    /* It has copied a text of more than `most` bytes. */
    void (*on_too_long)(void *ctx);
};

/* display: NULL for $DISPLAY. most: bytes of a text that are read at most. Watches nothing yet.
 * Waits for the display's first answers. NULL: no such display, or one without XFixes; message
 * (size bytes) gets a plain sentence. */
struct ds_x11_clipboard *ds_x11_clipboard_open(const char *display, size_t most,
                                               const struct ds_x11_clipboard_events *events,
                                               void *ctx, char *message, size_t size);
/* What was put disappears from the display's clipboard. Accepts NULL. */
void ds_x11_clipboard_close(struct ds_x11_clipboard *clipboard);

/* Readable: call poll. */
int ds_x11_clipboard_fd(const struct ds_x11_clipboard *clipboard);
/* Does what is due; also after put and watch, and when the deadline has come. Calls back.
 * DS_ECLOSED: the display is gone. */
int ds_x11_clipboard_poll(struct ds_x11_clipboard *clipboard, ds_tick now);
/* When to call poll at the latest; 0: not by time. */
ds_tick ds_x11_clipboard_deadline(const struct ds_x11_clipboard *clipboard);

/* Whether to read what other programs copy from now on; what lies there already is not read. */
void ds_x11_clipboard_watch(struct ds_x11_clipboard *clipboard, bool on);
/* Becomes the clipboard's owner with this text, copied. False: memory is short. */
bool ds_x11_clipboard_put(struct ds_x11_clipboard *clipboard, const char *text, size_t len);

#endif
