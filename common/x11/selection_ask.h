/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to the program that owns a selection: the requests for selection_read.h's steps and
 * what comes back for them. From a window of its own each time, so that late answers to the
 * question before reach nothing. Never waits; the caller flushes. */
#ifndef DS_X11_SELECTION_ASK_H
#define DS_X11_SELECTION_ASK_H

#include "common/base/clock.h"
#include "common/x11/display.h"
#include "common/x11/selection_read.h"

struct ds_selection_ask {
    const struct ds_display *display;       /* borrowed */
    const struct ds_selection_atoms *atoms; /* borrowed */
    xcb_window_t window;                    /* 0: nothing is asked */
    xcb_atom_t selection;
    xcb_timestamp_t time;
    struct ds_selection_read read;
    unsigned asked;     /* sequence of the property that is being fetched, 0: none */
    uint32_t at;        /* words of the property that were taken */
    bool has_new_value; /* the property was set meanwhile */
    bool is_paused;     /* what comes cannot be taken for now, */
    bool is_due;        /* and there is something */
    ds_tick until;      /* given up then; not while paused */
};

/* What is there, or one format of it (target: read.best of a look). Ends what was asked before. */
void ds_selection_ask_look(struct ds_selection_ask *ask, xcb_atom_t selection, xcb_timestamp_t time,
                           ds_tick now);
void ds_selection_ask_fetch(struct ds_selection_ask *ask, xcb_atom_t selection,
                            xcb_timestamp_t time, enum ds_clip_format format, xcb_atom_t target,
                            ds_tick now);
/* Does nothing when nothing is asked. */
void ds_selection_ask_stop(struct ds_selection_ask *ask);

/* Events of the display: SelectionNotify (returns WAIT or NOTHING), PropertyNotify. */
enum ds_selection_act ds_selection_ask_answer(struct ds_selection_ask *ask,
                                              const xcb_selection_notify_event_t *event,
                                              ds_tick now);
void ds_selection_ask_property(struct ds_selection_ask *ask,
                               const xcb_property_notify_event_t *event);
/* True when the answer to the request for the property was there. *act: WAIT, DONE or NOTHING; in
 * the first two read.piece may hold bytes, which the caller takes. */
bool ds_selection_ask_poll(struct ds_selection_ask *ask, enum ds_selection_act *act, ds_tick now);

/* While paused no further bytes are fetched, and the owner waits. */
void ds_selection_ask_pause(struct ds_selection_ask *ask, bool paused, ds_tick now);
/* 0: none. */
ds_tick ds_selection_ask_deadline(const struct ds_selection_ask *ask);

/* An invisible window that hears of its properties. */
xcb_window_t ds_selection_window(const struct ds_display *display);

#endif
