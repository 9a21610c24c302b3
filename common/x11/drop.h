/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files dragged from other programs onto a window (XDND, version 5): says when a drag is over it
 * and what was dropped. The window may be any other connection's: messages go to a proxy of this
 * one, as the protocol allows, so that whoever draws the window need not know of them. On a
 * connection of its own; nothing waits for the display after opening, except for a source that
 * offers more than three types. One thread. Proved by tests/system/drop.c. */
#ifndef DS_X11_DROP_H
#define DS_X11_DROP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of more bytes is not taken: some thousand files. */
#define DS_X11_DROP_LIST (1u << 20)

struct ds_x11_drop;

enum ds_x11_drag {
    DS_X11_DRAG_NONE,    /* nothing is over the window (any more) */
    DS_X11_DRAG_FILES,   /* and would be taken */
    DS_X11_DRAG_REFUSED, /* no files, or not now */
};

struct ds_x11_drop_events {
    void (*on_drag)(void *ctx, enum ds_x11_drag drag);
    /* A text/uri-list, borrowed; NULL: what was dropped could not be had, or is too long. */
    void (*on_drop)(void *ctx, const char *list, size_t len);
};

/* display: NULL for $DISPLAY. window: it has to exist. Takes nothing yet. Waits for the display's
 * first answers. NULL: no such display, or no memory. */
struct ds_x11_drop *ds_x11_drop_open(const char *display, uint32_t window,
                                     const struct ds_x11_drop_events *events, void *ctx);
/* Accepts NULL. */
void ds_x11_drop_close(struct ds_x11_drop *drop);

/* Whether files are taken from now on; the pointer says so while they are dragged. */
void ds_x11_drop_allow(struct ds_x11_drop *drop, bool is_allowed);

/* Readable: call poll. */
int ds_x11_drop_fd(const struct ds_x11_drop *drop);
/* Does what is due; calls back. DS_ECLOSED: the display is gone. */
int ds_x11_drop_poll(struct ds_x11_drop *drop);

#endif
