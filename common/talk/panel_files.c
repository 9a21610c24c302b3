/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel's files: each with how far it is and what can be done about it. */
#include "common/courier/file_words.h"
#include "common/talk/panel_priv.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 16, BUTTONS = 2, LEAST_TALK = 100 };

static bool is_over(const struct ds_file *f)
{
    return f->state >= DS_FILE_STATE_DONE;
}

static bool is_paused(const struct ds_file *f)
{
    return f->is_ours_paused || f->is_theirs_paused;
}

/* ---- words ---- */

static const char *paused_words(const struct ds_file *f)
{
    return f->is_ours_paused ? DS_TR("Paused") : DS_TR("Paused by the other side");
}

/* What is said instead of a bar. sentence: room for what went wrong. */
static const char *state_words(const struct ds_file *f, char sentence[DS_FILE_SENTENCE])
{
    ds_file_sentence(sentence, f);
    switch (f->state) {
    case DS_FILE_STATE_OPENING:
        return DS_TR("Looking at it…");
    case DS_FILE_STATE_OFFERED:
        if (f->fault)
            return sentence;
        return f->is_ours ? DS_TR("Waits for the other side") : DS_TR("Waits for your answer");
    case DS_FILE_STATE_AGREED:
        return is_paused(f) ? paused_words(f) : DS_TR("Waits for its turn");
    case DS_FILE_STATE_CLOSING:
        return DS_TR("Being checked…");
    case DS_FILE_STATE_DONE:
        return f->is_ours ? DS_TR("Sent") : DS_TR("Saved");
    case DS_FILE_STATE_FAILED:
        return sentence;
    case DS_FILE_STATE_CANCELLED:
        return f->fault ? sentence : DS_TR("Cancelled");
    default:
        return NULL;
    }
}

/* "12 MB of 40 MB · 3.2 MB/s · 1:20 left" */
static void write_figures(char *out, size_t size, const struct ds_file *f)
{
    char done[32], all[32], rate[32], left[16];
    ds_talk_bytes(done, sizeof(done), f->bytes);
    ds_talk_bytes(all, sizeof(all), f->size);
    int n = snprintf(out, size, DS_TR("%s of %s"), done, all);
    if (is_paused(f)) {
        snprintf(out + n, size - (size_t)n, " · %s", paused_words(f));
        return;
    }
    if (f->rate_bps == 0)
        return;
    ds_talk_bytes(rate, sizeof(rate), f->rate_bps / 8);
    n += snprintf(out + n, size - (size_t)n, " · %s/s", rate);
    if (f->left_s < 0)
        return;
    ds_text_countdown(left, sizeof(left), (unsigned long)f->left_s);
    n += snprintf(out + n, size - (size_t)n, " · ");
    snprintf(out + n, size - (size_t)n, DS_TR("%s left"), left);
}

/* Its name, and how large it is or how many it is. */
static void write_title(char *out, size_t size, const struct ds_file *f)
{
    char bytes[32];
    ds_talk_bytes(bytes, sizeof(bytes), f->size);
    int n = snprintf(out, size, "%s", f->name);
    if (f->is_folder && f->files > 0) {
        n += snprintf(out + n, size - (size_t)n, ", ");
        n += snprintf(out + n, size - (size_t)n,
                      DS_TRN("%lu file", "%lu files", (unsigned long)f->files),
                      (unsigned long)f->files);
    }
    if (f->size > 0 || f->state != DS_FILE_STATE_FAILED)
        snprintf(out + n, size - (size_t)n, ", %s", bytes);
}

/* ---- what can be done ---- */

static bool button(struct ds_talk_build *b, ds_ui_id id, struct ds_box *row, enum ds_icon icon,
                   const char *tip)
{
    struct ds_box at = ds_box_right(row, b->target, DS_SPACE_1);
    bool is_pressed = ds_ui_icon_button(b->ui, id, ds_box_middle(at, b->target, b->target), icon,
                                        NULL, DS_UI_QUIET);
    ds_ui_tip(b->ui, tip);
    return is_pressed;
}

static bool build_buttons(struct ds_talk_build *b, const struct ds_file *f, ds_ui_id id,
                          struct ds_box *row)
{
    uint32_t file = f->id;
    bool is_running = f->state == DS_FILE_STATE_AGREED || f->state == DS_FILE_STATE_FLOWING;
    if (f->state < DS_FILE_STATE_CLOSING && (f->is_ours || f->state != DS_FILE_STATE_OFFERED) &&
        button(b, id, row, DS_ICON_CLOSE, DS_TR("Cancel")))
        return ds_talk_did(b, DS_TALK_CANCEL, file, NULL);
    if (is_running && f->is_ours_paused && button(b, id + 1, row, DS_ICON_RESUME, DS_TR("Go on")))
        return ds_talk_did(b, DS_TALK_GO_ON, file, NULL);
    if (is_running && !f->is_ours_paused && button(b, id + 1, row, DS_ICON_PAUSE, DS_TR("Pause")))
        return ds_talk_did(b, DS_TALK_PAUSE, file, NULL);
    if (f->state == DS_FILE_STATE_DONE && !f->is_ours && f->path &&
        button(b, id, row, DS_ICON_FOLDER, DS_TR("Show in its folder"))) {
        /* Of several things together the path is the folder that they are in. */
        const char *name = strrchr(f->path, '/');
        bool is_inside = f->is_folder && (!name || strcmp(name + 1, f->name) != 0);
        snprintf(b->talk->wish_text, sizeof(b->talk->wish_text), "%s%s", f->path,
                 is_inside ? "/" : "");
        return ds_talk_did(b, DS_TALK_SHOW, file, NULL);
    }
    bool is_lost = f->state == DS_FILE_STATE_FAILED || f->state == DS_FILE_STATE_CANCELLED;
    if (is_lost && f->is_ours && f->path && b->talk->may_send &&
        button(b, id, row, DS_ICON_RESTART, DS_TR("Try again; what has arrived is kept"))) {
        for (const char *at = f->path; *at; at += strlen(at) + 1)
            ds_path_list_add(&b->talk->outbox, at, "");
        ds_talk_forget(b->talk, file);
        return ds_talk_take_outbox(b->talk, b->wish);
    }
    return false;
}

/* ---- a file ---- */

static bool build_row(struct ds_talk_build *b, size_t index, struct ds_box row)
{
    const struct ds_file f = b->talk->files[index]; /* its place may go to another */
    char text[DS_FILE_NAME + 80], sentence[DS_FILE_SENTENCE];
    bool is_lost = f.fault != DS_FILE_OK && f.fault != DS_FILE_REFUSED;
    const char *words = state_words(&f, sentence);
    row = ds_box_pad(row, 0, DS_SPACE_1);
    double whole = row.width;
    bool did = build_buttons(b, &f, ID_FILE + BUTTONS * f.id, &row);
    struct ds_box icon = ds_box_left(&row, ICON, DS_SPACE_2);
    ds_ui_icon(b->ui, (struct ds_box){icon.x, icon.y + 2, ICON, ICON},
               f.is_folder ? DS_ICON_FOLDER : DS_ICON_FILE, DS_COLOR_MUTED);
    write_title(text, sizeof(text), &f);
    ds_ui_label(b->ui, ds_box_top(&row, ROW, 0), text, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_ELLIPSIS | DS_UI_MIDDLE);
    if (words) {
        enum ds_color color = is_lost                         ? DS_COLOR_BAD
                              : f.state == DS_FILE_STATE_DONE ? DS_COLOR_GOOD
                                                              : DS_COLOR_MUTED;
        ds_ui_label(b->ui, row, words, DS_TYPE_SMALL, color, DS_UI_WRAP);
        return did;
    }
    ds_ui_progress(b->ui, (struct ds_box){row.x, row.y + 4, row.width, BAR},
                   f.size ? (double)f.bytes / (double)f.size : 1,
                   is_paused(&f) ? DS_COLOR_MUTED : DS_COLOR_ACCENT);
    write_figures(text, sizeof(text), &f);
    row.y += 4 + BAR + 3;
    row.height = LINE;
    if (b->target <= ROW + 4 + BAR + 2) /* below the buttons */
        row.width = whole - ICON - DS_SPACE_2;
    ds_ui_label(b->ui, row, text, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_ELLIPSIS | DS_UI_TABULAR);
    return did;
}

/* What is asked about in a card of its own is not in the list too. */
static bool is_listed(const struct ds_talk *talk, const struct ds_file *f)
{
    return talk->is_asked_elsewhere || f->is_ours || f->state != DS_FILE_STATE_OFFERED;
}

/* The n-th row: the newest first, and those that are under way or wait before those that are over.
 */
static size_t file_at(const struct ds_talk *talk, size_t n)
{
    for (int over = 0; over < 2; over++)
        for (size_t i = talk->file_count; i > 0; i--) {
            const struct ds_file *f = &talk->files[i - 1];
            if (is_listed(talk, f) && is_over(f) == (over == 1) && n-- == 0)
                return i - 1;
        }
    return 0;
}

/* Rows are of one height: two lines below the name, or as many as the longest complaint needs. */
static double row_height(struct ds_talk_build *b, double width)
{
    char sentence[DS_FILE_SENTENCE];
    double most = 2 * LINE;
    width -= 2 * DS_SPACE_3 + 2 + 10 + ICON + DS_SPACE_2 + b->target + DS_SPACE_1;
    for (size_t i = 0; i < b->talk->file_count; i++) {
        const struct ds_file *f = &b->talk->files[i];
        if (f->fault == DS_FILE_OK)
            continue;
        ds_file_sentence(sentence, f);
        double height = ds_ui_text_height(b->ui, sentence, DS_TYPE_SMALL, DS_UI_WRAP, width);
        most = height > most ? height : most;
    }
    return ROW + most + 2 * DS_SPACE_1;
}

/* ---- all of them ---- */

/* "2 under way, 5 over", and the way to be rid of the latter. */
static void build_head(struct ds_talk_build *b, struct ds_box row, size_t open, size_t over)
{
    char text[128];
    const char *clear = DS_TR("Clear");
    int n = 0;
    if (open > 0)
        n = snprintf(text, sizeof(text),
                     DS_TRN("%lu under way", "%lu under way", (unsigned long)open),
                     (unsigned long)open);
    if (open > 0 && over > 0)
        n += snprintf(text + n, sizeof(text) - (size_t)n, " · ");
    if (over > 0)
        snprintf(text + n, sizeof(text) - (size_t)n,
                 DS_TRN("%lu over", "%lu over", (unsigned long)over), (unsigned long)over);
    if (over > 0) {
        struct ds_box at = ds_box_right(&row, ds_talk_button_width(b, clear), DS_SPACE_2);
        if (ds_ui_button(b->ui, ID_CLEAR, at, clear, DS_UI_QUIET))
            ds_talk_forget_over(b->talk);
        ds_ui_tip(b->ui, DS_TR("Takes those that are over off the list"));
    }
    ds_ui_label(b->ui, row, text, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

bool ds_talk_files(struct ds_talk_build *b, struct ds_box *box, bool has_card)
{
    struct ds_talk *talk = b->talk;
    struct ds_box row;
    bool did = false;
    size_t count = 0, over = 0;
    for (size_t i = 0; i < talk->file_count; i++) {
        count += is_listed(talk, &talk->files[i]);
        over += is_over(&talk->files[i]);
    }
    if (count == 0)
        return false;
    double height = row_height(b, box->width);
    if (has_card && box->height < height + b->target + LEAST_TALK)
        return false; /* the question is more urgent than the list */
    size_t room = (size_t)(box->height * 0.4 / height), seen = room < 1 ? 1 : room;
    struct ds_box at =
        ds_box_bottom(box, (double)(count < seen ? count : seen) * height + 2, DS_SPACE_1);
    ds_ui_list_begin(b->ui, ID_FILES, at, (int)count, height, &talk->file_list);
    for (int i; (i = ds_ui_list_next(b->ui, &talk->file_list, &row)) >= 0 && !did;)
        did = build_row(b, file_at(talk, (size_t)i), row);
    ds_ui_list_end(b->ui, &talk->file_list);
    if (count > 1)
        build_head(b, ds_box_bottom(box, b->target, DS_SPACE_1), count - over, over);
    return did;
}
