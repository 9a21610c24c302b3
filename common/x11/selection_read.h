/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a text from another program's selection, step by step (ICCCM 2): which target to ask for
 * next and what its answers make. The other program is a stranger: every answer may be anything,
 * may never come, and may never end. Pure: the requests are sent by common/x11/clipboard.c. Proved
 * by tests/unit/selection_read.c and tests/fuzz/fuzz_selection.c. */
#ifndef DS_X11_SELECTION_READ_H
#define DS_X11_SELECTION_READ_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>

/* Targets looked at; a program with more offers the same things in more forms. */
#define DS_SELECTION_TARGETS 1024u
/* Of a text that is too long, what is still taken away so that its owner can finish; after that it
 * waits for its own time-out. */
#define DS_SELECTION_DRAIN (64u << 20)

struct ds_selection_atoms {
    xcb_atom_t targets, utf8, plain_utf8, string, incr;
    xcb_atom_t hint; /* x-kde-passwordManagerHint: "secret" marks what nobody else should get */
};

enum ds_selection_step {
    DS_SELECTION_LIST, /* asked for TARGETS */
    DS_SELECTION_HINT, /* asked for the hint */
    DS_SELECTION_TEXT, /* asked for a text */
    DS_SELECTION_INCR, /* it comes in pieces */
    DS_SELECTION_OVER,
};

enum ds_selection_act {
    DS_SELECTION_WAIT,     /* for the next answer or piece */
    DS_SELECTION_CONVERT,  /* ask the owner for `target` */
    DS_SELECTION_DONE,     /* text holds UTF-8, at least one byte and no NUL */
    DS_SELECTION_NOTHING,  /* no text, or one that is kept secret */
    DS_SELECTION_TOO_LONG, /* longer than `most` */
};

struct ds_selection_read {
    struct ds_selection_atoms atoms;
    enum ds_selection_step step;
    xcb_atom_t target;  /* asked for last */
    xcb_atom_t best;    /* the text to ask for after the hint */
    struct ds_buf text; /* its bytes so far, in the encoding of `target` */
    size_t most;        /* bytes of UTF-8 */
    size_t drained;     /* bytes taken away of one that is too long */
    bool is_too_long;
};

/* A property of ours as the owner left it. */
struct ds_selection_value {
    xcb_atom_t type; /* 0: there is no such property */
    uint8_t format;  /* 8, 16, 32 */
    const void *bytes;
    size_t len;    /* bytes */
    bool has_more; /* what was read is not all of it */
};

/* Begins: CONVERT. most: bytes of UTF-8 that are wanted at most. */
enum ds_selection_act ds_selection_begin(struct ds_selection_read *read,
                                         const struct ds_selection_atoms *atoms, size_t most);
/* Wipes. Accepts a zeroed struct. */
void ds_selection_end(struct ds_selection_read *read);

/* SelectionNotify without a property: the owner cannot give `target`. */
enum ds_selection_act ds_selection_refused(struct ds_selection_read *read);
/* The property after a SelectionNotify with one, or, with step INCR, after it was set anew; it has
 * been deleted since. Not after DONE, NOTHING or TOO_LONG. */
enum ds_selection_act ds_selection_take(struct ds_selection_read *read,
                                        const struct ds_selection_value *value);

/* UTF-8 as ISO 8859-1, which STRING is, '?' for what that lacks; returns bytes written, at most
 * len. */
size_t ds_selection_to_latin1(const char *text, size_t len, char *out);

#endif
