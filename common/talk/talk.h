/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two people give each other, as a panel of ds_ui: the transcript, a field, files with their
 * progress and answers. The same for rep and customer; knows no window system and no line: it is
 * told what there is and tells what the person did. One thread. Proved by tests/unit/talk.c. */
#ifndef DS_TALK_TALK_H
#define DS_TALK_TALK_H

#include "common/service/chat.h"
#include "common/service/files.h"
#include "common/talk/wish.h"
#include "common/ui/ui.h"

#define DS_TALK_FILES 8 /* that are shown; those that are over make room first */
#define DS_TALK_PATH 512
#define DS_TALK_IDS 0x5400u /* ids of the panel's widgets are from here on */

struct ds_talk_line {
    char id[DS_TEXT_ID];
    bool is_ours, is_sent;
    char *text; /* owned; safe to show */
};

/* One row of the list: a part of a line, or who says it. */
struct ds_talk_row {
    uint32_t line;
    uint16_t from, len; /* of its text; len 0: not text */
    uint8_t kind;
};

struct ds_talk_file {
    uint32_t id;
    bool is_ours;
    enum ds_file_state state;
    enum ds_file_fault fault;
    uint64_t size, bytes;
    char name[DS_FILE_NAME];
};

struct ds_talk {
    /* told */
    struct ds_talk_line *lines; /* owned; those that are not sent are the last */
    size_t count, cap, unsent;
    struct ds_talk_file files[DS_TALK_FILES];
    size_t file_count;
    unsigned unread; /* lines of the other one since ds_talk_seen */
    /* set by the owner */
    char other[DS_TEXT_NAME]; /* what the other one is called here; safe to show */
    char org[DS_TEXT_NAME];   /* who runs the relay; may be "" */
    bool may_send;            /* files are allowed */
    bool can_ask;             /* and can be asked for */
    const char *problem;      /* why the last wish could not be; translated, static, or NULL */
    /* the panel's own */
    struct ds_talk_row *rows; /* owned; of the first `wrapped` lines */
    size_t row_count, row_cap, wrapped;
    double wrap_width;
    struct ds_ui_list list;
    char text[DS_TEXT_CHAT], path_text[DS_TALK_PATH], folder_text[DS_TALK_PATH];
    char wish_text[DS_TEXT_CHAT];
    struct ds_edit edit, path, folder;
    bool is_path_open;
};

/* folder: where received files go unless somebody writes another; "" lets them write. */
void ds_talk_init(struct ds_talk *talk, const char *folder);
void ds_talk_destroy(struct ds_talk *talk);
/* Another session: nothing was said. */
void ds_talk_clear(struct ds_talk *talk);

/* A line is new or was sent. When memory is short it is not shown. */
void ds_talk_put_line(struct ds_talk *talk, const struct ds_chat_line *line);
void ds_talk_put_file(struct ds_talk *talk, const struct ds_file *file);
/* The transcript is before the person's eyes. */
void ds_talk_seen(struct ds_talk *talk);
/* A file waits for an answer of this side: its id, else 0. */
uint32_t ds_talk_offer(const struct ds_talk *talk);

/* Between ds_ui_begin and ds_ui_end. True: the person did something. has_close: with a cross. */
bool ds_talk_build(struct ds_ui *ui, struct ds_talk *talk, struct ds_box box, bool has_close,
                   struct ds_talk_wish *wish);
/* The keyboard to the field. */
void ds_talk_focus(struct ds_ui *ui);

/* "3.0 MB", "12 kB": for people. */
void ds_talk_bytes(char *out, size_t size, uint64_t bytes);

#endif
