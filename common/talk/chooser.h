/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing files and folders of this computer: where the person is, what is there, what they
 * marked. The model knows no drawing; ds_chooser_build (panel_chooser.c) is its dialog. One
 * thread; the disk is read by another (common/courier/listing.h). Proved by tests/unit/chooser.c.
 */
#ifndef DS_TALK_CHOOSER_H
#define DS_TALK_CHOOSER_H

#include "common/courier/listing.h"
#include "common/courier/path_list.h"
#include "common/ui/ui.h"

#define DS_CHOOSER_PATH DS_PATH_LIST_PATH

struct ds_chooser;

/* Parts of the dialog for windows that have room for them. */
struct ds_chooser_wide {
    void (*side)(struct ds_ui *ui, struct ds_chooser *chooser, struct ds_box side);
    void (*crumbs)(struct ds_ui *ui, struct ds_chooser *chooser, struct ds_box row);
};

struct ds_chooser {
    bool is_open;
    bool wants_folder;          /* one folder to save into; else files and folders to send */
    bool shows_hidden;          /* names that begin with a dot */
    char path[DS_CHOOSER_PATH]; /* of the folder that is shown */
    int error;                  /* errno: why it cannot be shown, 0 */
    struct ds_listing *listing; /* owned; NULL while it is read */
    uint32_t *rows;             /* owned: the entries that are shown */
    size_t count, marked;
    struct ds_ui_list list;
    /* the dialog's own */
    char field_text[DS_CHOOSER_PATH];
    struct ds_edit field;
    char typed[64]; /* the first letters of a name, as long as they come quickly */
    ds_tick typed_at;
    char back_to[256];                  /* the name to select when the folder is there */
    bool is_typed_path;                 /* the path was written: it may be that of a file */
    int from;                           /* row where a stretch of marks begins */
    struct ds_lister *lister;           /* owned; while it is read */
    struct ds_path_list chosen;         /* what became of it */
    const struct ds_chooser_wide *wide; /* static; NULL: the narrow dialog in any window */
    void (*wake)(void *ctx);            /* set by the owner: any thread; run a frame soon */
    void *ctx;
};

void ds_chooser_init(struct ds_chooser *chooser, void (*wake)(void *ctx), void *ctx);
/* The dialog may be wide, after ds_chooser_init. */
void ds_chooser_widen(struct ds_chooser *chooser);
void ds_chooser_destroy(struct ds_chooser *chooser);

/* path: where to begin; one that is no absolute path: the home folder. */
void ds_chooser_open(struct ds_chooser *chooser, bool wants_folder, const char *path);
void ds_chooser_close(struct ds_chooser *chooser);

/* Another folder; "~" is the home folder. */
void ds_chooser_go(struct ds_chooser *chooser, const char *path);
void ds_chooser_up(struct ds_chooser *chooser);
/* Takes what was read. True: what is shown has changed. */
bool ds_chooser_poll(struct ds_chooser *chooser);
void ds_chooser_show_hidden(struct ds_chooser *chooser, bool shows);

/* The entry of a row that is shown. */
struct ds_listing_entry *ds_chooser_entry(const struct ds_chooser *chooser, int row);
/* Marks a row, or no longer. stretch: all from the last one marked to this one. */
void ds_chooser_mark(struct ds_chooser *chooser, int row, bool stretch);
void ds_chooser_mark_all(struct ds_chooser *chooser);
/* First letters were typed: selects the next name that begins with them. */
void ds_chooser_type(struct ds_chooser *chooser, const char *text, ds_tick now);

/* The row was activated: a folder is entered, a file is chosen. True: chosen has the answer. */
bool ds_chooser_enter(struct ds_chooser *chooser, int row);
/* The main button: what is marked, else the selected row; for a folder the one that is shown. True:
 * chosen has the answer. */
bool ds_chooser_take(struct ds_chooser *chooser);

enum ds_chooser_did { DS_CHOOSER_NOTHING, DS_CHOOSER_CHOSEN, DS_CHOOSER_CANCELLED };
/* The dialog over everything else in the window, while is_open; closes itself. CHOSEN: the paths
 * are in chooser->chosen. Between ds_ui_begin and ds_ui_end. */
enum ds_chooser_did ds_chooser_build(struct ds_ui *ui, struct ds_chooser *chooser);

#endif
