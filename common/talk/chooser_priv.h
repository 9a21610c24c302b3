/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What panel_chooser.c and panel_chooser_wide.c share. */
#ifndef DS_TALK_CHOOSER_PRIV_H
#define DS_TALK_CHOOSER_PRIV_H

#include "common/talk/chooser.h"
#include "common/talk/talk.h"
#include "common/ui/place.h"

enum {
    ID_DIALOG = DS_TALK_IDS + 0x800,
    ID_UP,
    ID_PLACES,
    ID_FIELD,
    ID_LIST,
    ID_HIDDEN,
    ID_CANCEL,
    ID_TAKE,
    ID_PLACE,                 /* and enum ds_place */
    ID_CRUMB = ID_PLACE + 16, /* and how far up, 1 and more */
    ID_MARK = ID_CRUMB + 64,  /* and the row */
};

enum {
    WIDE = 560,
    WIDTH = 720,
    HEIGHT = 560,
    SIDE = 190,
    ROW = 32,
    BOX = 18,
    SIZE = 64,
    DATE = 78,
    CRUMBS = 8,
    SIGN = 8, /* between two of them */
};
enum { KEY_BACKSPACE = 0xff08, KEY_UP = 0xff52, KEY_HOME = 0xff50, KEY_ENTER = 0xff0d };

/* "Desktop"; translated, static. */
const char *ds_chooser_place_word(enum ds_place place);
void ds_chooser_go_place(struct ds_chooser *chooser, enum ds_place place);

#endif
