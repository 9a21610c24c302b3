/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Icons drawn as lines on a grid of 24, stroked by 2; no files and no fonts. */
#ifndef DS_UI_ICON_H
#define DS_UI_ICON_H

#include <cairo.h>

enum ds_icon {
    DS_ICON_NONE,
    DS_ICON_PAUSE,
    DS_ICON_RESUME,
    DS_ICON_CLOSE, /* x: end, close */
    DS_ICON_CHECK,
    DS_ICON_FULLSCREEN,
    DS_ICON_LEAVE_FULLSCREEN,
    DS_ICON_FIT,
    DS_ICON_ONE_TO_ONE,
    DS_ICON_COPY,
    DS_ICON_MONITOR,
    DS_ICON_KEYBOARD,
    DS_ICON_POINTER,
    DS_ICON_EYE,
    DS_ICON_EYE_OFF,
    DS_ICON_LOCK,
    DS_ICON_WARNING,
    DS_ICON_INFO,
    DS_ICON_CLIPBOARD,
    DS_ICON_FILE,
    DS_ICON_RESTART,
    DS_ICON_PEN,
    DS_ICON_UNDO,
    DS_ICON_ERASE,
    DS_ICON_CAMERA, /* save a screenshot */
    DS_ICON_CHAT,
    DS_ICON_MENU,
    DS_ICON_SETTINGS,
    DS_ICON_DOWN, /* chevron: opens a menu */
    DS_ICON_GRIP, /* can be dragged */
    DS_ICON_PERSON,
    DS_ICON_SIGNAL,
    DS_ICON_OVERVIEW, /* a part of a whole */
    DS_ICON_ARROW,    /* the tools that draw */
    DS_ICON_BOX,
    DS_ICON_MARKER,
    DS_ICON_SPOTLIGHT,
    DS_ICON_LETTER,
    DS_ICON_THERE, /* to the other person */
    DS_ICON_HERE,  /* and from them */
    DS_ICON_SLASH, /* over another: it is off */
    DS_ICON_LASER,
    DS_ICON_FOLDER,
    DS_ICON_UP,    /* to the folder above */
    DS_ICON_SHARE, /* a screen that goes out */
    DS_ICON_COUNT,
};

/* Draws into the square of `size` at x, y with the current source; leaves no path behind. */
void ds_icon_draw(cairo_t *cr, enum ds_icon icon, double x, double y, double size);

#endif
