/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's drawings in the rep's own window: the one under the hand, and the echo of those that
 * are not yet part of the picture. An echo goes when an update that contains the drawing has been
 * shown. No window system. Main thread. Proved by tests/unit/viewer_notes.c. */
#ifndef VIEWER_PRESENT_NOTES_H
#define VIEWER_PRESENT_NOTES_H

#include "common/base/clock.h"
#include "common/desk/note_paint.h"
#include "common/screen/region.h"
#include "viewer/present/view.h"

struct viewer_echo {
    struct ds_note *note; /* owned */
    bool is_shown;        /* the customer's screen has it: */
    uint32_t update;      /* updates above this one may contain it */
    ds_tick until;        /* whatever comes, it is gone by then */
};

struct viewer_notes {
    struct viewer_echo echoes[DS_NOTES_MAX]; /* oldest first */
    size_t count;
    struct ds_note draft; /* under the hand; count 0: there is none */
    bool is_sent;         /* the draft is complete and its echo on the way */
    size_t caret;         /* of a text that is written: byte of the draft's */
};

void viewer_notes_destroy(struct viewer_notes *notes);

/* The hand begins, moves, lets go at picture pixels. Return what to draw again, window pixels. */
struct ds_rect viewer_notes_begin(struct viewer_notes *notes, const struct viewer_view *view,
                                  const struct ds_note *like, int x, int y);
struct ds_rect viewer_notes_move(struct viewer_notes *notes, const struct viewer_view *view, int x,
                                 int y);
/* What has been written into the draft of a text by now; caret: its byte. */
struct ds_rect viewer_notes_write(struct viewer_notes *notes, const struct viewer_view *view,
                                  const char *text, size_t caret);
/* False: nothing that could be sent was drawn, and it is gone. True: it stays until its echo comes.
 */
bool viewer_notes_end(struct viewer_notes *notes);
static inline bool viewer_notes_is_drawing(const struct viewer_notes *notes)
{
    return notes->draft.count > 0 && !notes->is_sent;
}
/* The draft is a text under the keyboard. */
static inline bool viewer_notes_is_writing(const struct viewer_notes *notes)
{
    return viewer_notes_is_drawing(notes) && notes->draft.tool == DS_NOTE_TEXT;
}

/* A note is under way to the customer; taken over. What to draw again. */
struct ds_rect viewer_notes_echo(struct viewer_notes *notes, const struct viewer_view *view,
                                 struct ds_note *note);
/* The customer's screen has it; updates above `update` may contain it. */
void viewer_notes_shown(struct viewer_notes *notes, uint32_t id, uint32_t update, ds_tick now);
/* Gone: id alone, or all up to it. What to draw again. */
struct ds_rect viewer_notes_gone(struct viewer_notes *notes, const struct viewer_view *view,
                                 uint32_t id, bool all);
/* That picture is shown from now on: what was drawn on another one points at nothing in it. What to
 * draw again. */
struct ds_rect viewer_notes_layout(struct viewer_notes *notes, const struct viewer_view *view,
                                   uint8_t monitor, int width, int height);
/* Updates up to `newest` are about to be shown, and with them this part of the picture. What to
 * draw again, for the echoes that are part of it. */
struct ds_rect viewer_notes_updated(struct viewer_notes *notes, const struct viewer_view *view,
                                    uint32_t newest, const struct ds_region *region);
/* Drops the echoes whose time has come; *next: when to call again, 0: need not. */
struct ds_rect viewer_notes_tick(struct viewer_notes *notes, const struct viewer_view *view,
                                 ds_tick now, ds_tick *next);
/* Draft and echoes, inside the part of the window. */
void viewer_notes_paint(const struct viewer_notes *notes, const struct viewer_view *view,
                        cairo_t *cr);
static inline bool viewer_notes_any(const struct viewer_notes *notes)
{
    return notes->count > 0 || notes->draft.count > 0;
}

#endif
