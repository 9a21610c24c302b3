/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel's files: those under way with their answers, and the field for the path of another. */
#include "common/courier/file_words.h"
#include "common/talk/panel_priv.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

/* ---- files ---- */

static const char *state_words(const struct ds_talk_file *f)
{
    switch (f->state) {
    case DS_FILE_STATE_OFFERED:
        if (f->fault)
            return ds_file_words(f->fault, f->is_ours);
        return f->is_ours ? DS_TR("Waits for the other side") : DS_TR("Do you want this file?");
    case DS_FILE_STATE_DONE:
        return f->is_ours ? DS_TR("Sent") : DS_TR("Saved");
    case DS_FILE_STATE_FAILED:
        return ds_file_words(f->fault, f->is_ours);
    case DS_FILE_STATE_CANCELLED:
        return f->fault ? ds_file_words(f->fault, f->is_ours) : DS_TR("Cancelled");
    default:
        return NULL; /* a bar says it */
    }
}

static bool file_buttons(struct ds_talk_build *b, const struct ds_talk_file *f, ds_ui_id id,
                         struct ds_box *row)
{
    const char *no = f->is_ours || f->state != DS_FILE_STATE_OFFERED ? NULL : DS_TR("No");
    if (f->state >= DS_FILE_STATE_CLOSING)
        return false;
    if (!no) {
        struct ds_box at = ds_box_right(row, b->target, DS_SPACE_2);
        bool is_pressed = ds_ui_icon_button(b->ui, id, ds_box_middle(at, b->target, b->target),
                                            DS_ICON_CLOSE, NULL, DS_UI_QUIET);
        ds_ui_tip(b->ui, DS_TR("Cancel"));
        return is_pressed && ds_talk_did(b, DS_TALK_CANCEL, f->id, NULL);
    }
    struct ds_box at = ds_box_right(row, ds_talk_button_width(b, no), DS_SPACE_1);
    if (ds_ui_button(b->ui, id, ds_box_middle(at, at.width, b->target), no, 0))
        return ds_talk_did(b, DS_TALK_REFUSE, f->id, NULL);
    const char *save = DS_TR("Save");
    at = ds_box_right(row, ds_talk_button_width(b, save), DS_SPACE_2);
    if (ds_ui_button(b->ui, id + 1, ds_box_middle(at, at.width, b->target), save,
                     DS_UI_MAIN | DS_UI_GRANTS))
        return ds_talk_did(b, DS_TALK_SAVE, f->id, &b->talk->folder);
    return false;
}

static bool is_asked(const struct ds_talk_file *f)
{
    return !f->is_ours && f->state == DS_FILE_STATE_OFFERED;
}

static bool build_file(struct ds_talk_build *b, size_t index, struct ds_box row)
{
    const struct ds_talk_file *f = &b->talk->files[index];
    char size[32], text[DS_FILE_NAME + 40];
    const char *words = state_words(f);
    bool is_bad = f->fault != DS_FILE_OK && f->fault != DS_FILE_REFUSED;
    bool did = false, is_known = f->state != DS_FILE_STATE_FAILED || f->size > 0;
    ds_ui_id id = ID_FILE + 2 * (ds_ui_id)index;
    if (is_asked(f)) { /* its answers have a row of their own, below name and words */
        struct ds_box answers = ds_box_bottom(&row, b->target, DS_SPACE_1);
        did = file_buttons(b, f, id, &answers);
    } else {
        did = file_buttons(b, f, id, &row);
    }
    struct ds_box icon = ds_box_left(&row, ICON, DS_SPACE_2);
    ds_ui_icon(b->ui, (struct ds_box){icon.x, icon.y + 2, ICON, ICON}, DS_ICON_FILE,
               DS_COLOR_MUTED);
    ds_talk_bytes(size, sizeof(size), f->size);
    snprintf(text, sizeof(text), is_known ? "%s, %s" : "%s", f->name, size);
    ds_ui_label(b->ui, ds_box_top(&row, ROW, 0), text, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_ELLIPSIS | DS_UI_MIDDLE);
    if (words)
        ds_ui_label(b->ui, row, words, DS_TYPE_SMALL, is_bad ? DS_COLOR_BAD : DS_COLOR_MUTED,
                    DS_UI_WRAP);
    else
        ds_ui_progress(b->ui, (struct ds_box){row.x, row.y + 6, row.width, BAR},
                       f->size ? (double)f->bytes / (double)f->size : 1, DS_COLOR_ACCENT);
    return did;
}

/* Words below a file may need a second line. */
static double file_height(struct ds_talk_build *b, const struct ds_talk_file *f, double width)
{
    const char *words = state_words(f);
    bool has_cross = f->state < DS_FILE_STATE_CLOSING && !is_asked(f);
    double room = width - ICON - DS_SPACE_2 - (has_cross ? b->target + DS_SPACE_2 : 0);
    double height =
        ROW + (words ? ds_ui_text_height(b->ui, words, DS_TYPE_SMALL, DS_UI_WRAP, room) : 16);
    if (is_asked(f))
        return height + b->target + DS_SPACE_1;
    return height > b->target ? height : b->target;
}

/* The newest, and those that are under way or wait before those that are over. */
static size_t choose_files(const struct ds_talk *talk, size_t chosen[FILE_ROWS])
{
    size_t n = 0;
    for (int over = 0; over < 2; over++)
        for (size_t i = talk->file_count; i > 0 && n < FILE_ROWS; i--)
            if ((talk->files[i - 1].state >= DS_FILE_STATE_DONE) == (over == 1))
                chosen[n++] = i - 1;
    return n;
}

bool ds_talk_files(struct ds_talk_build *b, struct ds_box *box)
{
    size_t chosen[FILE_ROWS];
    bool did = false;
    size_t n = choose_files(b->talk, chosen);
    for (size_t i = 0; i < n; i++) {
        double height = file_height(b, &b->talk->files[chosen[i]], box->width);
        did |= build_file(b, chosen[i], ds_box_bottom(box, height, DS_SPACE_2));
    }
    if (ds_talk_offer(b->talk)) {
        struct ds_box row = ds_box_bottom(box, b->target, DS_SPACE_2);
        const char *label = DS_TR("Save in");
        double width = ds_ui_text_width(b->ui, label, DS_TYPE_SMALL, 0) + 2;
        ds_ui_label(b->ui, ds_box_left(&row, width, DS_SPACE_2), label, DS_TYPE_SMALL,
                    DS_COLOR_MUTED, DS_UI_MIDDLE);
        ds_ui_text_field(b->ui, ID_FOLDER, row, &b->talk->folder, NULL);
    }
    return did;
}

/* ---- what is typed ---- */

/* A path as a file manager copies it. */
static void take_url(struct ds_edit *path)
{
    if (strncmp(path->text, "file://", 7) == 0) {
        char plain[DS_TALK_PATH];
        size_t n = 0;
        for (const char *at = path->text + 7; *at && n + 1 < sizeof(plain); at++) {
            unsigned byte;
            if (at[0] == '%' && sscanf(at + 1, "%2x", &byte) == 1 && byte != 0 && at[1] && at[2]) {
                plain[n++] = (char)byte;
                at += 2;
            } else {
                plain[n++] = *at;
            }
        }
        plain[n] = '\0';
        ds_edit_set(path, plain);
    }
}

bool ds_talk_path(struct ds_talk_build *b, struct ds_box *box)
{
    struct ds_talk *talk = b->talk;
    const char *label = DS_TR("Send");
    struct ds_ui_field field = {.hint = DS_TR("Full name of the file")};
    if (!talk->is_path_open || !talk->may_send)
        return false;
    struct ds_box row = ds_box_bottom(box, b->target, DS_SPACE_2);
    struct ds_box at = ds_box_right(&row, ds_talk_button_width(b, label), DS_SPACE_2);
    bool did =
        (ds_ui_text_field(b->ui, ID_PATH, row, &talk->path, &field) & DS_UI_FIELD_ENTER) != 0;
    did |= ds_ui_button(b->ui, ID_SEND, at, label, 0);
    take_url(&talk->path);
    if (!did || !ds_talk_did(b, DS_TALK_SEND, 0, &talk->path))
        return false;
    ds_edit_set(&talk->path, "");
    talk->is_path_open = false;
    ds_talk_focus(b->ui); /* the next words are a message, wherever this field was */
    return true;
}
