/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rep and customer share beside the screen, on the rep's side: the clipboard and
 * drawings. Net thread. */
#ifndef VIEWER_SESSION_DESK_H
#define VIEWER_SESSION_DESK_H

#include "viewer/session/line_priv.h"

/* HELLO features for it. */
#define VIEWER_DESK_FEATURES                                                                       \
    (DS_FEATURE_CLIPBOARD | DS_FEATURE_OFFERS | DS_FEATURE_NOTES | DS_FEATURE_HANDS)

/* Rights, pause or stage may have changed. Not inside a tunnel's call. */
void viewer_desk_follow(struct viewer_line *line);
/* A message of the channel CLIPBOARD. DS_EPROTO: it breaks the rules. */
int viewer_desk_clipboard(struct viewer_line *line, const uint8_t *bytes, size_t len);
/* The rep lets the clipboard go or come, or no longer: DS_CLIPBOARD_*. DS_EINVAL: the session is
 * not active. */
int viewer_desk_switch(struct viewer_line *line, uint8_t which, bool on);
/* The same by the rep's hand: one of the orders TO_CUSTOMER, TO_REP and PRIMARY. */
void viewer_desk_toggle(struct viewer_line *line, enum viewer_order_kind order);
/* Puts a picture of the viewer's own, a whole PNG file, into the rep's clipboard; copied, and not
 * offered to the customer. As ds_desk_clipboard_put; DS_EINVAL also outside of a session. */
int viewer_desk_copy_png(struct viewer_line *line, const uint8_t *bytes, size_t len);
/* A message of the channel NOTES. DS_EPROTO: it breaks the rules. */
int viewer_desk_note(struct viewer_line *line, const uint8_t *bytes, size_t len);
/* The rep draws on the picture that is shown (the layout in the note is filled in here), takes the
 * last drawing back, or all. DS_EREFUSED: there is no right to, or the session is paused.
 * DS_EINVAL: makes no sense on this picture. DS_ELIMIT: there are DS_NOTES_MAX. DS_ENOTFOUND: there
 * is none. DS_EAGAIN: too much waits for the line. */
int viewer_desk_draw_note(struct viewer_line *line, const struct ds_note *note);
int viewer_desk_undo_note(struct viewer_line *line);
int viewer_desk_erase_notes(struct viewer_line *line); /* the customer's, too */
/* The rep points at x, y of the picture (LASER). Nothing is kept for a line that is away. As
 * draw_note; DS_EUNSUPPORTED: the customer's program knows no laser pointer. */
int viewer_desk_laser(struct viewer_line *line, const struct ds_input *input);
/* The same along the points of a note, one after the other. */
int viewer_desk_laser_along(struct viewer_line *line, const struct ds_note *note);
/* The thread ends. */
void viewer_desk_close(struct viewer_line *line);

#endif
