/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The X connection of the customer's windows: atoms, input method, scale, the screen's size. Errors
 * of single requests are logged and survived; losing the display sets is_gone. */
#ifndef AGENT_SHOW_DISPLAY_H
#define AGENT_SHOW_DISPLAY_H

#include "common/base/clock.h"

#include <X11/Xlib.h>
#include <stdbool.h>
#include <stddef.h>
#include <xcb/xcb.h>

enum agent_atom {
    AGENT_ATOM_PROTOCOLS,
    AGENT_ATOM_DELETE,
    AGENT_ATOM_TYPE,
    AGENT_ATOM_DIALOG,
    AGENT_ATOM_DOCK,
    AGENT_ATOM_NOTIFICATION,
    AGENT_ATOM_STATE,
    AGENT_ATOM_ABOVE,
    AGENT_ATOM_NAME,
    AGENT_ATOM_UTF8,
    AGENT_ATOM_FRAME_EXTENTS,
    AGENT_ATOM_SUPPORTING,
    AGENT_ATOM_CLIPBOARD,
    AGENT_ATOM_TARGETS,
    AGENT_ATOM_PASTED,
    AGENT_ATOM_USER_TIME,
    AGENT_ATOM_NORMAL,
    AGENT_ATOM_FULLSCREEN,
    AGENT_ATOM_COUNT,
};

struct agent_area {
    int x, y, width, height; /* device pixels of the root window */
};

struct agent_display {
    Display *x; /* owned */
    xcb_connection_t *xcb;
    Window root;
    int screen, depth;
    XIM im; /* NULL: none */
    Atom atoms[AGENT_ATOM_COUNT];
    Cursor cursors[3]; /* by enum ds_ui_cursor */
    double scale;      /* Xft.dpi / 96 as ds_theme_scale rounds it */
    int width, height; /* of the root window */
    bool has_manager;  /* a window manager runs */
    bool is_gone;
};

/* Keeping a window on top of others, but giving in to a second one that insists: at most twice a
 * second. */
struct agent_raise {
    bool is_due; /* was obscured, not raised yet */
    ds_tick last;
};
/* Raises if due and allowed; else returns when to call again (0: need not). */
ds_tick agent_display_raise(struct agent_display *display, Window window, struct agent_raise *raise,
                            ds_tick now);

/* DS_EIO: no such display; message gets a sentence. */
int agent_display_open(struct agent_display *display, const char *name, char *message, size_t size);
void agent_display_close(struct agent_display *display);

/* The monitor for bar and windows: the primary one, or the whole screen. */
struct agent_area agent_display_monitor(struct agent_display *display);
/* Looks again whether a window manager runs. */
void agent_display_find_manager(struct agent_display *display);
/* Reads up to 16 32-bit values of a property; returns how many. */
size_t agent_display_property(struct agent_display *display, Window window, Atom name, Atom type,
                              unsigned long *out, size_t max);

#endif
