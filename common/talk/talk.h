/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two people give each other, as a panel of ds_ui: the transcript, a field, files with their
 * progress and answers. The same for rep and customer; knows no window system and no line: it is
 * told what there is and tells what the person did. One thread. Proved by tests/unit/talk.c. */
#ifndef DS_TALK_TALK_H
#define DS_TALK_TALK_H

#include "common/service/chat.h"
#include "common/service/files.h"
#include "common/talk/chooser.h"
#include "common/talk/link.h"
#include "common/talk/wish.h"
#include "common/ui/ui.h"

#define DS_TALK_FILES (2 * DS_FILES_MAX + 64) /* that are shown; those that are over make room */
#define DS_TALK_PATH 4096
#define DS_TALK_IDS 0x5400u       /* ids of the panel's widgets are from here on */
#define DS_TALK_FIELD DS_TALK_IDS /* that of the field for a message */

struct ds_talk_line {
    char id[DS_TEXT_ID];
    bool is_ours, is_sent;
    unsigned number; /* 0: not sent */
    int64_t at_s;    /* Unix time; 0: not known */
    char *text;      /* owned; safe to show */
};

/* One row of the list: a part of a line, or what stands above or below it. */
struct ds_talk_row {
    uint32_t line;
    uint16_t from, len; /* of its text; len 0: not text */
    uint8_t kind;
    bool is_rtl; /* its paragraph runs from right to left */
};

/* A place in the transcript, between two characters. */
struct ds_talk_place {
    uint32_t line, at;
};

/* What other programs' files that are dragged over the window would become. */
enum ds_talk_drag { DS_TALK_DRAG_NONE, DS_TALK_DRAG_FILES, DS_TALK_DRAG_REFUSED };

struct ds_talk {
    /* told */
    struct ds_talk_line *lines; /* owned; those that are not sent are the last */
    size_t count, cap, unsent;
    bool is_typing, is_full; /* the other one writes; the relay stores no more */
    unsigned other_seen;     /* number of the last line that the other one has seen */
    struct ds_file *files;   /* owned, with their paths: where ours lie, where theirs went */
    size_t file_count, file_cap;
    unsigned unread; /* lines of the other one since ds_talk_seen */
    /* set by the owner */
    char other[DS_TEXT_NAME]; /* what the other one is called here; safe to show */
    char org[DS_TEXT_NAME];   /* who runs the relay; may be "" */
    bool may_send;            /* files are allowed */
    bool can_ask;             /* and can be asked for */
    bool may_allow;           /* or the person here can allow them */
    unsigned refusals;        /* of the right for files, so far */
    bool is_asked_elsewhere;  /* offers are answered in another window */
    enum ds_talk_drag drag;
    const char *drop_words; /* what dropping does; translated, static, or NULL */
    const char *problem;    /* why the last wish could not be; translated, static, or NULL */
    bool is_over;           /* the session: what is here can be read and copied */
    /* Between the transcript and the field, e.g. a list of replies; it may cut off *box and use
     * keys before the field does. True: *edit was changed. NULL: nothing. */
    bool (*above_field)(void *ctx, struct ds_ui *ui, struct ds_talk *talk, struct ds_box *box);
    void *ctx;
    /* the panel's own */
    struct ds_talk_row *rows; /* owned; of the first `wrapped` lines */
    size_t row_count, row_cap, wrapped;
    double wrap_width, wrap_scale;
    struct ds_ui_list list;
    struct ds_talk_place anchor, head; /* what is selected lies between them */
    char link[DS_LINK_PLAIN];          /* an address that is being asked about; "": none */
    int link_at;                       /* of the links on the selected row */
    unsigned seen;                     /* number of the last line that was shown to the person */
    char text[DS_TEXT_CHAT], folder_text[DS_TALK_PATH];
    char wish_text[DS_TALK_PATH];
    struct ds_edit edit, folder;
    struct ds_ui_list file_list;
    struct ds_path_list outbox, sending; /* waits for the right; of the last wish */
    bool has_asked;                      /* for the right, because of the outbox */
    unsigned asked_refusals;             /* and how many refusals there were then */
    struct ds_chooser chooser;
    uint32_t choosing_for; /* an offer; 0: what to send */
};

/* folder: where received files go unless somebody writes another; "" lets them write. */
void ds_talk_init(struct ds_talk *talk, const char *folder);
void ds_talk_destroy(struct ds_talk *talk);
/* Another session: nothing was said. */
void ds_talk_clear(struct ds_talk *talk);

/* What the other one does. */
void ds_talk_mood(struct ds_talk *talk, bool is_typing, bool is_full, unsigned seen);
/* A line is new or was sent. When memory is short it is not shown. */
void ds_talk_put_line(struct ds_talk *talk, const struct ds_chat_line *line);
void ds_talk_put_file(struct ds_talk *talk, const struct ds_file *file);
/* Where to wake the owner from the chooser's thread. Before the first frame. */
void ds_talk_wake(struct ds_talk *talk, void (*wake)(void *ctx), void *ctx);
/* A text/uri-list was dropped (NULL: it could not be had): its files wait to be sent, and what is
 * wrong with the others becomes the problem. */
void ds_talk_drop(struct ds_talk *talk, const char *list, size_t len);
/* Files wait and may be sent: *wish is SEND. For when no panel is built; ds_talk_build does it. */
bool ds_talk_take_outbox(struct ds_talk *talk, struct ds_talk_wish *wish);
/* The person chooses what to send, or, for an offer, where to save it. */
void ds_talk_choose(struct ds_talk *talk, uint32_t offer);
/* Of all that is under way, 0..1; < 0: nothing is. */
double ds_talk_progress(const struct ds_talk *talk);
/* The transcript is before the person's eyes. True: *number is the newest line's, and was not
 * returned before. */
bool ds_talk_seen(struct ds_talk *talk, unsigned *number);
/* Something that the person wrote has not reached the other one, and would be lost. */
bool ds_talk_has_rest(const struct ds_talk *talk);
/* All of that, for the clipboard: "" when there is none; cut at size - 1. */
void ds_talk_rest(const struct ds_talk *talk, char *out, size_t size);
/* A file waits for an answer of this side: its id, else 0. */
uint32_t ds_talk_offer(const struct ds_talk *talk);

/* Between ds_ui_begin and ds_ui_end. True: the person did something. has_close: with a cross. */
bool ds_talk_build(struct ds_ui *ui, struct ds_talk *talk, struct ds_box box, bool has_close,
                   struct ds_talk_wish *wish);
/* What a drag over the window will do, over `box`. */
void ds_talk_cue(struct ds_ui *ui, const struct ds_talk *talk, struct ds_box box);
/* The keyboard to the field. */
void ds_talk_focus(struct ds_ui *ui);

/* "3.0 MB", "12 kB": for people. */
void ds_talk_bytes(char *out, size_t size, uint64_t bytes);

#endif
