/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking another program for its selection, step by step (ICCCM 2): first what there is, later one
 * format of it, piece by piece. The other program is a stranger: every answer may be anything, may
 * never come, and may never end; how much is too much is for the caller. Pure: the requests are
 * sent by common/x11/selection_ask.c. Proved by tests/unit/selection_read.c and
 * tests/fuzz/fuzz_selection.c. */
#ifndef DS_X11_SELECTION_READ_H
#define DS_X11_SELECTION_READ_H

#include "common/base/buf.h"
#include "common/base/clip.h"
#include "common/x11/selection_atoms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>

/* Targets looked at; a program with more offers the same things in more forms. */
#define DS_SELECTION_TARGETS 1024u
/* Bytes of a property that are taken at once. */
#define DS_SELECTION_PART 262144u

enum ds_selection_step {
    DS_SELECTION_LIST,    /* asked for TARGETS */
    DS_SELECTION_HINT,    /* asked for the hint */
    DS_SELECTION_CONTENT, /* asked for a content */
    DS_SELECTION_INCR,    /* it comes in pieces */
    DS_SELECTION_OVER,
};

enum ds_selection_act {
    DS_SELECTION_WAIT,    /* for the next answer or piece; `piece` may have bytes to be taken */
    DS_SELECTION_CONVERT, /* ask the owner for `target` */
    DS_SELECTION_DONE,    /* formats says what there is; or `piece` has the last bytes */
    DS_SELECTION_NOTHING, /* nothing that can be shared, kept secret, or not what it was said to be
                           */
};

struct ds_selection_read {
    const struct ds_selection_atoms *atoms; /* borrowed */
    enum ds_selection_step step;
    xcb_atom_t target;                /* asked for last */
    xcb_atom_t best[DS_CLIP_FORMATS]; /* what to ask for each format, 0: it is not there */
    unsigned formats;                 /* the same as bits */
    enum ds_clip_format format;       /* CONTENT, INCR */
    bool has_ended;                   /* a text: NUL has come, nothing else may */
    struct ds_buf piece;              /* bytes that came and were not taken, texts in UTF-8 */
};

/* A property of ours as the owner left it, or a part of it. */
struct ds_selection_value {
    xcb_atom_t type; /* 0: there is no such property */
    uint8_t format;  /* 8, 16, 32 */
    const void *bytes;
    size_t len;    /* bytes */
    bool has_more; /* the rest of the property comes with the next value */
    bool is_rest;  /* this is such a rest */
};

/* What is there? CONVERT. */
enum ds_selection_act ds_selection_look(struct ds_selection_read *read,
                                        const struct ds_selection_atoms *atoms);
/* One format, target of an earlier look: CONVERT. */
enum ds_selection_act ds_selection_fetch(struct ds_selection_read *read,
                                         const struct ds_selection_atoms *atoms,
                                         enum ds_clip_format format, xcb_atom_t target);
/* Wipes. Accepts a zeroed struct. */
void ds_selection_end(struct ds_selection_read *read);

/* SelectionNotify without a property: the owner cannot give `target`. */
enum ds_selection_act ds_selection_refused(struct ds_selection_read *read);
/* The property after a SelectionNotify with one, or, with step INCR, after it was set anew. Not
 * after DONE or NOTHING. */
enum ds_selection_act ds_selection_take(struct ds_selection_read *read,
                                        const struct ds_selection_value *value);

#endif
