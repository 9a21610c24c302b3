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
    ID_SENDING, /* opens the field for a path */
    ID_PATH,
    ID_SEND,
    ID_FOLDER,
    ID_LINK, /* the question about an address, its yes */
    ID_LINK_NO,
    ID_FILE, /* and the file's place, twice each */
};

enum { ROW = 20, FILE_ROWS = 3, BAR = 6, ICON = 16 };

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
/* panel_files.c: files with their progress and answers, and the field for a path. */
bool ds_talk_files(struct ds_talk_build *b, struct ds_box *box);
bool ds_talk_path(struct ds_talk_build *b, struct ds_box *box);

#endif
