/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the panel, for each other: each cuts off *box what it takes. True: the person did
 * something, *wish says what. One thread, between ds_ui_begin and ds_ui_end. */
#ifndef DS_TALK_PANEL_PRIV_H
#define DS_TALK_PANEL_PRIV_H

#include "common/talk/talk.h"

enum {
    ID_FIELD = DS_TALK_IDS,
    ID_SAY,
    ID_LIST,
    ID_CLOSE,
    ID_SENDING, /* opens the chooser */
    ID_FILES,
    ID_CLEAR,
    ID_CHANGE,
    ID_SAVE,
    ID_NO,
    ID_KEEP_BOTH,
    ID_REPLACE,
    ID_SKIP,
    ID_ALLOW,
    ID_FORGET,
    ID_LINK, /* the question about an address, its yes */
    ID_LINK_NO,
    ID_FILE = DS_TALK_IDS + 0x10000, /* and twice the file's id */
};

enum { ROW = 20, BAR = 6, ICON = 16 };

struct ds_talk_build {
    struct ds_ui *ui;
    struct ds_talk *talk;
    struct ds_talk_wish *wish;
    double target;
};

/* Makes the wish and forgets the last problem. text: what goes along, NULL: nothing; false when it
 * is empty. */
bool ds_talk_did(struct ds_talk_build *b, enum ds_talk_did did, uint32_t id, struct ds_edit *text);
double ds_talk_button_width(struct ds_talk_build *b, const char *label);

/* transcript.c: what was said, and the question about an address in it. */
void ds_talk_transcript(struct ds_talk_build *b, struct ds_box box);
bool ds_talk_link_question(struct ds_talk_build *b);
/* panel_chat.c: the field for more, and whether the other one writes. */
void ds_talk_typing(struct ds_talk_build *b, struct ds_box *box);
bool ds_talk_field(struct ds_talk_build *b, struct ds_box *box);
/* panel_files.c: files with their progress. has_card: a question stands below, which goes first
 * where there is little room. */
bool ds_talk_files(struct ds_talk_build *b, struct ds_box *box, bool has_card);
/* panel_offer.c: whether to take a file, and where to; whether files may be exchanged. */
bool ds_talk_offer_card(struct ds_talk_build *b, struct ds_box *box);
bool ds_talk_waiting_card(struct ds_talk_build *b, struct ds_box *box);

/* talk_files.c: takes off the list what is over; one file. */
void ds_talk_forget_over(struct ds_talk *talk);
void ds_talk_forget(struct ds_talk *talk, uint32_t id);

#endif
