/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every window knows of all sessions of the program: the strip at its foot. A plain value. */
#ifndef VIEWER_PANELS_TABS_H
#define VIEWER_PANELS_TABS_H

#include <stdint.h>

#define VIEWER_TABS_MAX 8 /* sessions of one program */
#define VIEWER_TAB_NAME 96

struct viewer_tab {
    unsigned number; /* of the session, from 1 */
    uint32_t color;  /* 0xRRGGBB */
    unsigned unread;
    char name[VIEWER_TAB_NAME]; /* safe to show */
};

struct viewer_tabs {
    unsigned count;
    unsigned own;                           /* index of this window's */
    struct viewer_tab tab[VIEWER_TABS_MAX]; /* in the order in which they were opened */
};

/* What a person wants of the windows. */
enum viewer_window_wish {
    VIEWER_WISH_OPEN,  /* another session, in a window of its own */
    VIEWER_WISH_RAISE, /* number: that session's window comes to the front */
    VIEWER_WISH_NEXT,  /* the next one's */
    VIEWER_WISH_TILE,
    VIEWER_WISH_CASCADE,
    VIEWER_WISH_LAYOUT, /* as so many windows stood the last time */
    VIEWER_WISH_RENAME, /* text: what this session is called here; "": as the customer's program */
    VIEWER_WISH_QUIT,   /* all sessions end, and the program; asked before */
};

#endif
