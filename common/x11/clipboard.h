/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selections CLIPBOARD and PRIMARY of an X display: what other programs copy is told, its
 * content read when it is asked for; what is offered here they can paste, and its content is asked
 * for when they do (text, HTML, PNG; long ones in pieces, INCR, both ways). On a connection of its
 * own; nothing waits for the display after opening. One thread. Proved by
 * tests/system/x11_clipboard.c.
 *
 * Not told: what was offered or put here, also when a clipboard manager takes the same over; what
 * another Deskside on this display offers, so that nothing of one session gets into another by
 * itself; what a password manager marked as secret (that is told as formats 0). */
#ifndef DS_X11_CLIPBOARD_H
#define DS_X11_CLIPBOARD_H

#include "common/base/clip.h"
#include "common/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_x11_clipboard;

struct ds_x11_clipboard_events {
    /* Another program has copied something that can be had in these formats (bits); 0: something
     * that cannot be shared. */
    void (*on_copied)(void *ctx, enum ds_clip_selection selection, unsigned formats);
    /* Another program owns the selection now; comes before on_copied. */
    void (*on_lost)(void *ctx, enum ds_clip_selection selection);
    /* Somebody pastes what was offered and is not here yet: fill or fail answers. */
    void (*on_wanted)(void *ctx, enum ds_clip_selection selection, enum ds_clip_format format);
    /* The next bytes of what read asked for; texts are UTF-8 without NUL as far as the program
     * keeps to it. */
    void (*on_piece)(void *ctx, const uint8_t *bytes, size_t len);
    /* That was all, or (not is_whole) no more can be had. */
    void (*on_read)(void *ctx, bool is_whole);
};

/* display: NULL for $DISPLAY. Watches nothing yet. Waits for the display's first answers. NULL: no
 * such display, or one without XFixes; message (size bytes) gets a plain sentence. */
struct ds_x11_clipboard *ds_x11_clipboard_open(const char *display,
                                               const struct ds_x11_clipboard_events *events,
                                               void *ctx, char *message, size_t size);
/* What was offered disappears from the display's selections. Accepts NULL. */
void ds_x11_clipboard_close(struct ds_x11_clipboard *clipboard);

/* A random number of this display, the same for every Deskside on it; 0: not known. */
uint64_t ds_x11_clipboard_place(const struct ds_x11_clipboard *clipboard);
/* Readable: call poll. */
int ds_x11_clipboard_fd(const struct ds_x11_clipboard *clipboard);
/* Does what is due; also after each of the functions below, and when the deadline has come. Calls
 * back. DS_ECLOSED: the display is gone. */
int ds_x11_clipboard_poll(struct ds_x11_clipboard *clipboard, ds_tick now);
/* When to call poll at the latest; 0: not by time. */
ds_tick ds_x11_clipboard_deadline(const struct ds_x11_clipboard *clipboard);

/* Whether to tell what other programs copy from now on; what lies there already is not told. */
void ds_x11_clipboard_watch(struct ds_x11_clipboard *clipboard, enum ds_clip_selection selection,
                            bool on);
/* Reads what on_copied told last of a selection, in one of its formats; ends an older read without
 * another word. */
void ds_x11_clipboard_read(struct ds_x11_clipboard *clipboard, enum ds_clip_selection selection,
                           enum ds_clip_format format, ds_tick now);
void ds_x11_clipboard_stop_reading(struct ds_x11_clipboard *clipboard);
/* While paused no piece comes, and the other program waits. */
void ds_x11_clipboard_pause_reading(struct ds_x11_clipboard *clipboard, bool paused, ds_tick now);

/* Becomes the selection's owner; the contents of these formats (bits) come when on_wanted asks. */
void ds_x11_clipboard_offer(struct ds_x11_clipboard *clipboard, enum ds_clip_selection selection,
                            unsigned formats);
/* Becomes the owner of CLIPBOARD with a content that is here, copied. False: memory is short, or it
 * is not of that format. */
bool ds_x11_clipboard_put(struct ds_x11_clipboard *clipboard, enum ds_clip_format format,
                          const void *bytes, size_t len);
/* The next bytes of what on_wanted asked for. False: not what it was said to be, or memory is
 * short; then whoever waits is refused. */
bool ds_x11_clipboard_fill(struct ds_x11_clipboard *clipboard, enum ds_clip_selection selection,
                           enum ds_clip_format format, const uint8_t *bytes, size_t len,
                           bool is_last, ds_tick now);
/* It does not come. */
void ds_x11_clipboard_fail(struct ds_x11_clipboard *clipboard, enum ds_clip_selection selection,
                           enum ds_clip_format format);
/* The offer is over: what came whole can still be pasted; when nothing has, the selection is given
 * up. */
void ds_x11_clipboard_release(struct ds_x11_clipboard *clipboard, enum ds_clip_selection selection);

#endif
