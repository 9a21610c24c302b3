/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of an X display's clipboard, for the files that make it up: clipboard.c (life, events,
 * owning) and clipboard_look.c (what other programs have copied). Not for anybody else. */
#ifndef DS_X11_CLIPBOARD_PRIV_H
#define DS_X11_CLIPBOARD_PRIV_H

#include "common/x11/clipboard.h"
#include "common/x11/display.h"
#include "common/x11/selection_ask.h"
#include "common/x11/selection_serve.h"

/* One selection. */
struct ds_x11_board {
    xcb_atom_t atom;
    xcb_window_t owner; /* our window that owns it, made when it is first needed */
    bool is_ours;       /* or will be when the display has answered */
    bool is_watched;
    unsigned puts; /* asked of the display and not yet told of by it */
    struct ds_selection_serve serve;

    /* what another program has copied */
    xcb_timestamp_t time;
    unsigned formats;
    xcb_atom_t best[DS_CLIP_FORMATS];
    struct ds_selection_ask look;
    struct ds_selection_content *echo; /* owned: what the look compares with, or NULL */
    size_t compared;                   /* bytes of it that were the same */
};

struct ds_x11_clipboard {
    struct ds_display display;
    const struct ds_x11_clipboard_events *events; /* borrowed */
    void *ctx;
    struct ds_selection_atoms atoms;
    uint64_t place;
    uint8_t first_event; /* of XFixes */
    struct ds_x11_board boards[DS_CLIP_SELECTIONS];
    struct ds_selection_ask read;
    /* Nobody wants the rest of it: it is taken away, within bounds, since some programs (xclip)
     * hear nobody while they give a long content, and nobody any more when one stops in the middle.
     */
    struct ds_selection_ask leaving;
    size_t drained;  /* bytes taken away */
    bool read_waits; /* for the end of that: */
    enum ds_clip_selection read_selection;
    enum ds_clip_format read_format;
};

/* ---- clipboard_look.c ---- */

/* Another program owns the selection since `time`: looks at what it has. */
void ds_x11_look_begin(struct ds_x11_clipboard *clipboard, struct ds_x11_board *board,
                       xcb_timestamp_t time, ds_tick now);
/* Nothing is to be learned any more. */
void ds_x11_look_end(struct ds_x11_clipboard *clipboard, struct ds_x11_board *board);
/* What the other program has is known, or that it has nothing (formats 0). */
void ds_x11_look_tell(struct ds_x11_clipboard *clipboard, struct ds_x11_board *board,
                      unsigned formats);
/* Events of the display, for everything that is being asked. */
void ds_x11_look_answer(struct ds_x11_clipboard *clipboard,
                        const xcb_selection_notify_event_t *event, ds_tick now);
void ds_x11_look_property(struct ds_x11_clipboard *clipboard,
                          const xcb_property_notify_event_t *event);
/* Replies that have come; true: some had. */
bool ds_x11_look_poll(struct ds_x11_clipboard *clipboard, ds_tick now);
/* Gives up what has no answer; and when that will be, 0: nothing is asked. */
void ds_x11_look_tick(struct ds_x11_clipboard *clipboard, ds_tick now);
ds_tick ds_x11_look_deadline(const struct ds_x11_clipboard *clipboard);
void ds_x11_look_stop(struct ds_x11_clipboard *clipboard);

#endif
