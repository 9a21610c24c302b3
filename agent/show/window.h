/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One X window with a ds_ui in it: input events in, damage out. Knows nothing of pages. */
#ifndef AGENT_SHOW_WINDOW_H
#define AGENT_SHOW_WINDOW_H

#include "agent/show/display.h"
#include "common/ui/ui.h"

#include <cairo.h>

enum agent_window_kind {
    AGENT_WINDOW_PAGE,   /* managed, kept above, has the keyboard */
    AGENT_WINDOW_BAR,    /* unmanaged, stays on top, keyboard only when asked for */
    AGENT_WINDOW_NOTE,   /* unmanaged, on top, lets input through */
    AGENT_WINDOW_TALK,   /* managed, an ordinary one: may be covered and resized */
    AGENT_WINDOW_SHARED, /* likewise, for the rep's screen */
};

struct agent_window {
    struct agent_display *display; /* borrowed */
    enum agent_window_kind kind;
    Window id;
    XIC ic;
    struct ds_ui *ui;
    struct ds_theme theme;
    int x, y, width, height;           /* device pixels, of the root window */
    int natural_width, natural_height; /* as last asked for by agent_window_place */
    int border[4];                     /* the window manager's: left, right, top, bottom */
    bool is_mapped, is_seen;           /* wanted; and the server said so */
    bool has_focus, has_pointer_focus;
    bool is_by_itself;        /* TALK: nobody asked for it, so it must not take the keyboard from
                                 what the person is typing into: set before it is shown */
    bool is_covered;          /* wholly, by other windows */
    bool is_urgent;           /* the window manager was asked to point at it */
    bool wants_close;         /* WM_DELETE_WINDOW came: the owner clears it */
    bool is_touched;          /* an event came: the owner runs frames and clears it */
    cairo_surface_t *surface; /* owned: RGB24, what the window shows */
    GC gc;
    enum ds_ui_cursor cursor;
    struct agent_raise raise;
    char *copied[2]; /* owned: what CLIPBOARD and PRIMARY hold while they are ours */
};

/* Creates, does not show. DS_ENOMEM. */
int agent_window_open(struct agent_window *window, struct agent_display *display,
                      enum agent_window_kind kind);
void agent_window_close(struct agent_window *window);

/* Size and place in device pixels; x, y of a managed window count only without a manager. Does
 * nothing when the same was asked for before: a person may have made the window larger. */
void agent_window_place(struct agent_window *window, int x, int y, int width, int height);
void agent_window_show(struct agent_window *window);
void agent_window_hide(struct agent_window *window);
/* Something in it wants to be seen: asks the window manager to point at it until it has the
 * keyboard. Nothing while it has. */
void agent_window_urge(struct agent_window *window);
/* Another scale for its ds_ui. */
void agent_window_scale(struct agent_window *window, double scale);
/* Takes the keyboard (bar). */
void agent_window_grab_focus(struct agent_window *window);

/* True when the event was for this window. */
bool agent_window_event(struct agent_window *window, XEvent *event);
/* After frames: paints the damage and shows it. */
void agent_window_paint(struct agent_window *window);
/* x, y lie on it or on what the window manager put round it. */
bool agent_window_covers(const struct agent_window *window, int x, int y);

/* selection.c: the clipboard of text fields. */
void agent_selection_attach(struct agent_window *window);
bool agent_selection_event(struct agent_window *window, XEvent *event);
void agent_selection_detach(struct agent_window *window);

#endif
