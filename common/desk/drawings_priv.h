/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What drawings.c (the lists, and the layer's life) and drawings_paint.c (their picture) share. */
#ifndef DS_DESK_DRAWINGS_PRIV_H
#define DS_DESK_DRAWINGS_PRIV_H

#include "common/base/clock.h"
#include "common/desk/drawings.h"
#include "common/desk/sprite.h"
#include "common/desk/trail.h"
#include "common/service/notes.h"
#include "common/x11/overlay.h"

#define DS_DRAWINGS_AREAS (DS_SCREEN_MONITORS_MAX + 1) /* the last one: all monitors */

/* Where the picture of a note lies on the root window. */
struct ds_note_place {
    uint32_t id;
    int x, y;
};

struct ds_drawings {
    struct ds_notes notes;
    const struct ds_drawings_events *events; /* borrowed */
    void *ctx;
    uv_loop_t *loop;
    const char *display; /* borrowed */
    uint32_t below;
    struct ds_overlay *overlay; /* owned; NULL until there is something to show */
    struct ds_rect
        areas[DS_DRAWINGS_AREAS]; /* of the root window; empty: no such picture was sent */
    struct ds_rect area;          /* of the picture that was sent last */
    struct ds_note_place places[DS_NOTES_MAX]; /* beside notes.list */
    struct ds_note
        *own[DS_DRAWINGS_OWN_MAX]; /* owned: the customer's, oldest first, root window pixels */
    size_t own_count;
    size_t synced;           /* of them, when the layer was last asked to say that all is drawn */
    size_t painted;          /* of the list, from its start */
    size_t own_painted;      /* of the customer's */
    ds_tick paint_at;        /* not before */
    struct ds_note draft;    /* under the customer's hand; count 0: none */
    struct ds_trail trail;   /* the rep's laser pointer */
    struct ds_sprite sprite; /* both of them, on the layer */
    ds_tick above_at;        /* when both have to be painted again; 0: need not */
    ds_tick above_from;      /* and not before */
    uint32_t told;           /* notes up to this id have been told as shown */
    struct ds_buf scratch;   /* one outgoing message */
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned handles; /* not closed yet; the last one frees */
    bool is_hidden, has_failed;
};

/* Paints some of what is due; false: nothing is. */
bool ds_drawings_paint(struct ds_drawings *drawings);
/* When painting has to go on, 0: when something changes. */
ds_tick ds_drawings_deadline(const struct ds_drawings *drawings);
/* The layer is empty: all of it is due. */
void ds_drawings_renewed(struct ds_drawings *drawings);
/* What lies above the drawings has changed. */
void ds_drawings_touch(struct ds_drawings *drawings);
/* The screen has spotlights with a shade round them. */
bool ds_drawings_shaded(const struct ds_drawings *drawings);

#endif
