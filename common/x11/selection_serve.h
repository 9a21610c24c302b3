/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving a text to programs that paste it (ICCCM 2.2), long ones in pieces. Never waits: what it
 * has to send goes to the connection, the caller flushes. */
#ifndef DS_X11_SELECTION_SERVE_H
#define DS_X11_SELECTION_SERVE_H

#include "common/base/clock.h"
#include "common/base/rcbuf.h"

#include <stdbool.h>
#include <xcb/xcb.h>

/* Programs that take a long text in pieces at the same time; others are refused. */
#define DS_SELECTION_TRANSFERS 8

struct ds_selection_transfer {
    struct ds_rcbuf *bytes; /* owned, NULL: free */
    size_t at;              /* bytes given */
    xcb_window_t window;
    xcb_atom_t property, type;
    ds_tick until; /* given up then */
};

struct ds_selection_serve {
    xcb_connection_t *conn; /* borrowed */
    xcb_atom_t targets, timestamp, utf8, plain_utf8, text, incr;
    struct ds_rcbuf *content; /* owned: what is pasted, NULL: nothing */
    xcb_timestamp_t since;    /* when the display gave us the selection */
    struct ds_selection_transfer transfers[DS_SELECTION_TRANSFERS];
};

/* Drops the content and every transfer; the atoms stay. */
void ds_selection_serve_clear(struct ds_selection_serve *serve);
/* Takes the reference over. Transfers under way go on with what they began. */
void ds_selection_serve_set(struct ds_selection_serve *serve, struct ds_rcbuf *content);

void ds_selection_serve_request(struct ds_selection_serve *serve,
                                const xcb_selection_request_event_t *request, ds_tick now);
/* A property of another program's window was deleted: the next piece, if it is one of ours. */
void ds_selection_serve_deleted(struct ds_selection_serve *serve,
                                const xcb_property_notify_event_t *event, ds_tick now);
/* Gives up those that nobody takes any more. Returns when to call again, 0: need not. */
ds_tick ds_selection_serve_tick(struct ds_selection_serve *serve, ds_tick now);

#endif
