/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All sessions of the program: each is a struct viewer with its own window and net thread; here is
 * their list, the one loop that serves them and what concerns several of them. Main thread. */
#ifndef VIEWER_WINDOWS_H
#define VIEWER_WINDOWS_H

#include "viewer/input/seat.h"
#include "viewer/viewer_priv.h"

struct viewer_windows {
    const struct viewer_options *options; /* borrowed */
    struct ds_automation *automation;     /* owned, NULL without --events and --commands */
    struct viewer *list[VIEWER_TABS_MAX]; /* owned, in the order in which they were opened */
    unsigned count;
    unsigned newest; /* number of the last one opened */
    struct viewer_tabs tabs;
    struct viewer_seat seat;
    Uint32 wake_event;
    int exit_code; /* the highest of those that have ended */
};

/* How a session begins: by a ticket of another one, by the password of the command line, or, with
 * neither, with the form. */
struct viewer_start {
    unsigned number;
    unsigned hue;
    struct viewer_geometry geometry;
    const char *password;               /* borrowed, NULL without */
    const struct viewer_notice *ticket; /* borrowed, NULL without */
    const char *tag; /* of the command that wanted it; answered when its window is open */
};

/* Opens another one. NULL: message says why. */
struct viewer *viewer_windows_open(struct viewer_windows *windows, struct viewer_start *start,
                                   char *message, size_t size);
/* What a page, a key or a command wants of them. */
void viewer_windows_wish(struct viewer *from, enum viewer_window_wish wish, unsigned number,
                         const char *text);
/* how: "tile", "cascade" or "last", as the command says it. */
void viewer_windows_arrange(struct viewer *from, const char *how);
/* Where they stand, while there are several, for the next time there are as many. */
void viewer_windows_remember(const struct viewer_windows *windows);
/* The answer to the wish for another session. */
void viewer_windows_ticket(struct viewer *from, const struct viewer_notice *notice);
/* No answer came in time. */
void viewer_windows_no_answer(struct viewer *from);
/* A name, a colour or what is unread may have changed: every window shows it. */
void viewer_windows_refresh(struct viewer_windows *windows);
/* What is written in tabs and lists: never empty. */
void viewer_windows_name(const struct viewer *v, char out[VIEWER_TAB_NAME]);
/* NULL: none. */
struct viewer *viewer_windows_find(const struct viewer_windows *windows, unsigned number);

/* events.c: hands an event to the session that it is for. */
void viewer_windows_event(struct viewer_windows *windows, const SDL_Event *event);

/* layout.c: where so many windows stood the last time, and where they stand now. The window's
 * content, pixels of the desktop. */
bool viewer_layout_load(unsigned count, struct ds_rect out[VIEWER_TABS_MAX]);
void viewer_layout_save(unsigned count, const struct ds_rect places[VIEWER_TABS_MAX]);

/* lost_display.c: when the X server goes, Xlib ends the program. Before that every customer and the
 * relay hear that the session is over; exit code 5. After SDL has begun; windows outlives it. */
void viewer_lost_display_watch(struct viewer_windows *windows);

#endif
