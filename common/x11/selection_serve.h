/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answering the programs that paste from a selection of ours (ICCCM 2.2): TARGETS, TIMESTAMP,
 * MULTIPLE, and contents of several formats that may come only once they are asked for; long ones
 * in pieces, as they come. Never waits: what it has to send goes to the connection, the caller
 * flushes.
 */
#ifndef DS_X11_SELECTION_SERVE_H
#define DS_X11_SELECTION_SERVE_H

#include "common/base/clip.h"
#include "common/base/clock.h"
#include "common/x11/selection_atoms.h"
#include "common/x11/selection_content.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>

/* Programs that take a long content in pieces at the same time, and that wait for one to come;
 * others are refused. */
#define DS_SELECTION_TRANSFERS 8
#define DS_SELECTION_WAITS 16
/* MULTIPLE: requests at a time, and what each may ask for. */
#define DS_SELECTION_JOBS 2
#define DS_SELECTION_PAIRS 16

/* One thing that one program asks for. */
struct ds_selection_request {
    xcb_window_t window; /* 0: free */
    xcb_timestamp_t time;
    xcb_atom_t selection, target, property;
    int job, pair; /* job < 0: asked by itself; else its place in a MULTIPLE */
};

struct ds_selection_transfer {
    struct ds_selection_content *content; /* owned, NULL: free */
    size_t at;                            /* bytes given */
    xcb_window_t window;
    xcb_atom_t property, type;
    bool is_hungry; /* all that is there has been taken */
    ds_tick until;  /* given up then */
};

/* A MULTIPLE that is being carried out. */
struct ds_selection_job {
    struct ds_selection_request request; /* window 0: free */
    unsigned asked;                      /* sequence of the property with the pairs, 0: was read */
    uint32_t pairs[2 * DS_SELECTION_PAIRS];
    unsigned count, open; /* pairs; of them not answered yet */
};

struct ds_selection_serve {
    xcb_connection_t *conn;                 /* borrowed */
    const struct ds_selection_atoms *atoms; /* borrowed */
    unsigned formats;                       /* that are offered, as bits; 0: nothing */
    struct ds_selection_content *contents[DS_CLIP_FORMATS]; /* owned, NULL: not asked for yet */
    unsigned wanted;       /* formats that somebody has begun to wait for; the caller clears */
    xcb_timestamp_t since; /* when the display gave us the selection */
    struct ds_selection_transfer transfers[DS_SELECTION_TRANSFERS];
    struct ds_selection_request waits[DS_SELECTION_WAITS];
    struct ds_selection_job jobs[DS_SELECTION_JOBS];
};

/* Drops all of it: who waits is refused, who takes pieces gets no more. */
void ds_selection_serve_clear(struct ds_selection_serve *serve);
/* Something else is offered from now on; contents come by fill when `wanted` names them. */
void ds_selection_serve_offer(struct ds_selection_serve *serve, unsigned formats);
/* What is not here whole cannot be had any more. Returns what is left to be offered. */
unsigned ds_selection_serve_keep(struct ds_selection_serve *serve);

/* The next bytes of a content, is_last: they are the last; `most` bytes in all. False: memory is
 * short or it is not what it was said to be, and it has failed. */
bool ds_selection_serve_fill(struct ds_selection_serve *serve, enum ds_clip_format format,
                             const uint8_t *bytes, size_t len, bool is_last, ds_tick now);
/* It does not come: who waits for it is refused. Another request asks for it anew. */
void ds_selection_serve_fail(struct ds_selection_serve *serve, enum ds_clip_format format);

void ds_selection_serve_request(struct ds_selection_serve *serve,
                                const xcb_selection_request_event_t *request, ds_tick now);
/* A property of another program's window was deleted: the next piece, if it is one of ours. */
void ds_selection_serve_deleted(struct ds_selection_serve *serve,
                                const xcb_property_notify_event_t *event, ds_tick now);
/* Takes the pairs of a MULTIPLE when they have come. True: some had. */
bool ds_selection_serve_poll(struct ds_selection_serve *serve, ds_tick now);
/* Gives up transfers that nobody takes any more. Returns when to call again, 0: need not. */
ds_tick ds_selection_serve_tick(struct ds_selection_serve *serve, ds_tick now);

#endif
