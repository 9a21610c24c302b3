/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that programs which copy and paste know each other's formats by. */
#ifndef DS_X11_SELECTION_ATOMS_H
#define DS_X11_SELECTION_ATOMS_H

#include <stdbool.h>
#include <xcb/xcb.h>

struct ds_selection_atoms {
    xcb_atom_t clipboard;
    xcb_atom_t targets, multiple, timestamp, incr, pair;
    xcb_atom_t utf8, plain_utf8, text; /* and STRING, which every display has */
    xcb_atom_t html, png;
    xcb_atom_t hint;   /* x-kde-passwordManagerHint: "secret" marks what nobody else should get */
    xcb_atom_t marker; /* among our targets: it came through Deskside, and is not passed on */
    xcb_atom_t place;  /* on the root window: a random number that tells displays apart */
    xcb_atom_t read;   /* the property on our windows that owners write to */
};

/* Waits. False: the display is gone or out of memory. */
bool ds_selection_atoms_get(struct ds_selection_atoms *atoms, xcb_connection_t *conn);

#endif
