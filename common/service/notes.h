/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of drawings: which notes there are, at the viewer that draws them and at the agent that
 * shows them. The viewer's list is what it asked for, the agent's what is on the screen; messages
 * of the channel NOTES keep them alike, and being session state they outlive connections. No
 * window, socket, thread or clock. Proved by tests/unit/notes.c. */
#ifndef DS_SERVICE_NOTES_H
#define DS_SERVICE_NOTES_H

#include "common/wire/note.h"

struct ds_notes {
    struct ds_note *list[DS_NOTES_MAX]; /* owned, oldest first */
    size_t count;
    uint32_t newest; /* id of the last note there was, 0: none */
    bool allowed;    /* agent: the right is granted and nobody paused */
};

enum ds_notes_news_type {
    DS_NOTES_NEWS_NONE,
    DS_NOTES_NEWS_ADDED,   /* agent: note is to be shown */
    DS_NOTES_NEWS_REMOVED, /* one or several are gone from the list */
    DS_NOTES_NEWS_SHOWN,   /* viewer: id is on the screen, updates above `update` may show it */
    DS_NOTES_NEWS_REFUSED, /* agent: id came without a right, and was answered with GONE */
    DS_NOTES_NEWS_HAND,    /* viewer: the customer draws, or no longer; count are theirs */
    DS_NOTES_NEWS_CLEAN,   /* agent: the customer's own drawings shall go */
};

struct ds_notes_news {
    enum ds_notes_news_type type;
    const struct ds_note *note; /* ADDED: in the list, valid until that changes */
    uint32_t id, update;
    bool all;   /* REMOVED: all up to id, else id alone */
    bool draws; /* HAND, as the next */
    size_t count;
};

void ds_notes_init(struct ds_notes *notes);
/* Accepts a zeroed struct. */
void ds_notes_destroy(struct ds_notes *notes);

/* ---- viewer: each appends a message for the agent to out ---- */

/* Takes the note as the newest and gives it its id (note->id is ignored). DS_EINVAL: not valid.
 * DS_ELIMIT: there are DS_NOTES_MAX, or out is full. DS_ENOMEM. */
int ds_notes_draw(struct ds_notes *notes, const struct ds_note *note, struct ds_buf *out);
/* The newest note; *id is its id. DS_ENOTFOUND: there is none. */
int ds_notes_undo(struct ds_notes *notes, struct ds_buf *out, uint32_t *id);
/* All of them. DS_ENOTFOUND: there is none. */
int ds_notes_erase(struct ds_notes *notes, struct ds_buf *out);
/* The customer's drawings too. Only to an agent with DS_FEATURE_HANDS. */
int ds_notes_clean(struct ds_buf *out);
/* SHOWN, GONE and HAND. DS_EPROTO: they make no sense, or are none of an agent's. */
int ds_notes_hear(struct ds_notes *notes, const uint8_t *bytes, size_t len,
                  struct ds_notes_news *news);

/* ---- agent ---- */

/* DRAW, UNDO, ERASE and CLEAN; appends an answer to out when a note is not taken. DS_EPROTO: they
 * make no sense, come out of turn, or there are too many. DS_ENOMEM, DS_ELIMIT. */
int ds_notes_feed(struct ds_notes *notes, const uint8_t *bytes, size_t len, struct ds_buf *out,
                  struct ds_notes_news *news);
/* The note could not be shown: it leaves the list. DS_ENOTFOUND. */
int ds_notes_drop(struct ds_notes *notes, uint32_t id, struct ds_buf *out);
/* All go: the customer erased them, the right is gone, or there is a pause. DS_ENOTFOUND: there
 * are none, and nothing is said. */
int ds_notes_clear(struct ds_notes *notes, struct ds_buf *out);
/* It has been drawn on the screen. */
int ds_notes_tell_shown(uint32_t id, uint32_t update, struct ds_buf *out);
/* The customer draws, or no longer, and has as many drawings on the screen. */
int ds_notes_tell_hand(bool draws, size_t count, struct ds_buf *out);

#endif
