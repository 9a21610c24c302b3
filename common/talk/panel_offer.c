/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions of the panel about files: whether to take one that is offered and where to put it,
 * whether files may be exchanged at all, and what a drag over the window will do. */
#include "common/base/text.h"
#include "common/courier/file_words.h"
#include "common/talk/panel_priv.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

enum { CARD_LINES = 8 };

/* A card of lines and a row of buttons is measured first and drawn then: from the bottom up there
 * is no other way. */
struct card {
    struct {
        const char *text;
        enum ds_type type;
        enum ds_color color;
        unsigned flags;
    } lines[CARD_LINES];
    size_t count;
    bool has_folder; /* a row with where it goes, before the buttons */
};

static void line(struct card *card, const char *text, enum ds_type type, enum ds_color color,
                 unsigned flags)
{
    if (card->count < CARD_LINES && text && text[0]) {
        card->lines[card->count].text = text;
        card->lines[card->count].type = type;
        card->lines[card->count].color = color;
        card->lines[card->count++].flags = flags | DS_UI_WRAP;
    }
}

/* Draws the lines; *in gets what is below them. rows: of buttons. */
static void begin(struct ds_talk_build *b, struct card *card, struct ds_box *box, unsigned rows,
                  struct ds_box *in)
{
    double width = box->width - 2 * DS_SPACE_3, height = 2 * DS_SPACE_3;
    for (size_t i = 0; i < card->count; i++)
        height += ds_ui_text_height(b->ui, card->lines[i].text, card->lines[i].type,
                                    card->lines[i].flags, width) +
                  DS_SPACE_1;
    rows += card->has_folder;
    height += rows * (b->target + DS_SPACE_2) - (rows > 0 ? DS_SPACE_2 - DS_SPACE_1 : 0);
    struct ds_box at = ds_box_bottom(box, height, DS_SPACE_2);
    ds_ui_panel(b->ui, at, DS_COLOR_SURFACE, DS_UI_ROUND);
    ds_ui_frame(b->ui, at, DS_COLOR_ACCENT, 1);
    *in = ds_box_pad(at, DS_SPACE_3, DS_SPACE_3);
    for (size_t i = 0; i < card->count; i++)
        ds_ui_paragraph(b->ui, in, card->lines[i].text, card->lines[i].type, card->lines[i].color,
                        card->lines[i].flags, DS_SPACE_1);
    ds_box_top(in, DS_SPACE_1, 0);
}

/* From the right. */
static bool button(struct ds_talk_build *b, struct ds_box *row, ds_ui_id id, const char *label,
                   unsigned flags)
{
    struct ds_box at = ds_box_right(row, ds_talk_button_width(b, label), DS_SPACE_2);
    return ds_ui_button(b->ui, id, at, label, flags);
}

/* ---- an offer ---- */

static const struct ds_file *offered(const struct ds_talk *talk, size_t *more)
{
    const struct ds_file *first = NULL;
    *more = 0;
    for (size_t i = 0; i < talk->file_count; i++) {
        const struct ds_file *f = &talk->files[i];
        if (f->is_ours || f->state != DS_FILE_STATE_OFFERED)
            continue;
        if (first)
            ++*more;
        else
            first = f;
    }
    return first;
}

static bool save(struct ds_talk_build *b, uint32_t id, enum ds_file_exists exists)
{
    if (!ds_talk_did(b, DS_TALK_SAVE, id, &b->talk->folder))
        return false;
    b->wish->exists = (int)exists;
    return true;
}

/* Where it goes, and the way to change that. */
static void build_folder(struct ds_talk_build *b, struct ds_box *in, uint32_t id)
{
    char folder[512], text[600];
    const char *change = DS_TR("Change…");
    struct ds_box row = ds_box_top(in, b->target, DS_SPACE_2);
    if (button(b, &row, ID_CHANGE, change, 0))
        ds_talk_choose(b->talk, id);
    const char *name = strrchr(b->talk->folder.text, '/'); /* the end of a path says the most */
    ds_text_for_display(folder, sizeof(folder), name && name[1] ? name + 1 : b->talk->folder.text);
    if (folder[0])
        snprintf(text, sizeof(text), DS_TR("To: %s"), folder);
    else
        snprintf(text, sizeof(text), "%s", DS_TR("There is no folder to save it in."));
    ds_ui_icon(b->ui, ds_box_middle(ds_box_left(&row, ICON, DS_SPACE_2), ICON, ICON),
               DS_ICON_FOLDER, DS_COLOR_MUTED);
    ds_ui_label(b->ui, row, text, DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

/* Something of that name is there: nothing is written over without being asked. */
static bool build_clash(struct ds_talk_build *b, struct ds_box *in, uint32_t id)
{
    struct ds_box row = ds_box_top(in, b->target, DS_SPACE_2);
    if (ds_ui_button(b->ui, ID_KEEP_BOTH, row, DS_TR("Keep both"), DS_UI_MAIN | DS_UI_GRANTS))
        return save(b, id, DS_FILE_EXISTS_KEEP_BOTH);
    row = ds_box_top(in, b->target, DS_SPACE_2);
    if (ds_ui_button(b->ui, ID_REPLACE, ds_box_column(row, 0, 2, DS_SPACE_2), DS_TR("Replace"),
                     DS_UI_GRANTS))
        return save(b, id, DS_FILE_EXISTS_REPLACE);
    return ds_ui_button(b->ui, ID_SKIP, ds_box_column(row, 1, 2, DS_SPACE_2), DS_TR("Skip"), 0) &&
           save(b, id, DS_FILE_EXISTS_SKIP);
}

static bool build_answers(struct ds_talk_build *b, struct ds_box *in, uint32_t id)
{
    struct ds_box row = ds_box_top(in, b->target, 0);
    bool can = b->talk->folder.len > 0;
    bool is_saved = button(b, &row, ID_SAVE, DS_TR("Save"),
                           DS_UI_MAIN | DS_UI_GRANTS | (can ? 0u : DS_UI_DISABLED));
    if (button(b, &row, ID_NO, DS_TR("No"), 0))
        return ds_talk_did(b, DS_TALK_REFUSE, id, NULL);
    return is_saved && save(b, id, DS_FILE_EXISTS_ASK);
}

bool ds_talk_offer_card(struct ds_talk_build *b, struct ds_box *box)
{
    char head[DS_TEXT_NAME + 64], what[DS_FILE_NAME + 64], size[32], also[64],
        sentence[DS_FILE_SENTENCE];
    struct card card = {.count = 0};
    struct ds_box in;
    size_t more;
    const struct ds_file *f = offered(b->talk, &more);
    if (!f || b->talk->is_asked_elsewhere)
        return false;
    bool is_clash = f->fault == DS_FILE_EXISTING;
    ds_talk_bytes(size, sizeof(size), f->size);
    snprintf(head, sizeof(head), DS_TR("%s wants to send you:"), b->talk->other);
    int n = snprintf(what, sizeof(what), "%s, %s", f->name, size);
    if (f->is_folder && f->files > 0)
        snprintf(what + n, sizeof(what) - (size_t)n,
                 DS_TRN(" (%lu file)", " (%lu files)", (unsigned long)f->files),
                 (unsigned long)f->files);
    line(&card, head, DS_TYPE_SMALL, DS_COLOR_MUTED, 0);
    line(&card, what, DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_BOLD);
    ds_file_sentence(sentence, f);
    line(&card, sentence, DS_TYPE_SMALL, is_clash ? DS_COLOR_WARN : DS_COLOR_BAD, 0);
    if (more > 0) {
        snprintf(also, sizeof(also), DS_TRN("%lu more waits.", "%lu more wait.", more), more);
        line(&card, also, DS_TYPE_SMALL, DS_COLOR_MUTED, 0);
    }
    uint32_t id = f->id;
    card.has_folder = true;
    begin(b, &card, box, is_clash ? 2 : 1, &in);
    build_folder(b, &in, id);
    return is_clash ? build_clash(b, &in, id) : build_answers(b, &in, id);
}

/* ---- files that wait for the right ---- */

bool ds_talk_waiting_card(struct ds_talk_build *b, struct ds_box *box)
{
    struct ds_talk *talk = b->talk;
    char text[DS_TEXT_NAME + 128];
    struct card card = {.count = 0};
    struct ds_box in;
    unsigned long count = (unsigned long)ds_path_list_count(&talk->outbox);
    if (count == 0 || talk->may_send)
        return false;
    bool is_refused = talk->has_asked && talk->refusals != talk->asked_refusals;
    snprintf(text, sizeof(text),
             DS_TRN("%lu file or folder waits to be sent.", "%lu files or folders wait to be sent.",
                    count),
             count);
    line(&card, text, DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_BOLD);
    if (talk->may_allow)
        line(&card,
             DS_TR("Files may then go both ways in this session. You are asked for each one that "
                   "comes."),
             DS_TYPE_SMALL, DS_COLOR_MUTED, 0);
    else
        line(&card,
             is_refused ? DS_TR("The other side did not allow it.")
                        : DS_TR("The other side is asked whether files may be exchanged."),
             DS_TYPE_SMALL, is_refused ? DS_COLOR_WARN : DS_COLOR_MUTED, 0);
    begin(b, &card, box, 1, &in);
    struct ds_box row = ds_box_top(&in, b->target, 0);
    bool is_allowed = talk->may_allow &&
                      button(b, &row, ID_ALLOW, DS_TR("Allow and send"), DS_UI_MAIN | DS_UI_GRANTS);
    bool is_again = !talk->may_allow && is_refused && talk->can_ask &&
                    button(b, &row, ID_ALLOW, DS_TR("Ask again"), DS_UI_MAIN);
    if (button(b, &row, ID_FORGET, DS_TR("Cancel"), 0)) {
        ds_path_list_clear(&talk->outbox);
        talk->has_asked = false;
    }
    if (is_allowed)
        return ds_talk_did(b, DS_TALK_ALLOW, 0, NULL);
    if (is_again || (talk->can_ask && !talk->has_asked && talk->outbox.len > 0)) {
        talk->asked_refusals = talk->refusals;
        talk->has_asked = true; /* once by itself; what is waited for is nothing lost */
        return ds_talk_did(b, DS_TALK_ASK, 0, NULL);
    }
    return false;
}

/* ---- what is dragged ---- */

void ds_talk_cue(struct ds_ui *ui, const struct ds_talk *talk, struct ds_box box)
{
    char text[DS_TEXT_NAME + 64];
    bool is_good = talk->drag == DS_TALK_DRAG_FILES;
    if (talk->drag == DS_TALK_DRAG_NONE)
        return;
    snprintf(text, sizeof(text), DS_TR("Drop here to send to %s"), talk->other);
    const char *good = talk->drop_words ? talk->drop_words : text;
    const char *words = is_good ? good : DS_TR("Only files and folders can be dropped here");
    ds_ui_shade(ui, box, 35);
    ds_ui_frame(ui, ds_box_pad(box, DS_SPACE_2, DS_SPACE_2),
                is_good ? DS_COLOR_ACCENT : DS_COLOR_BAD, 3);
    double most = box.width - 2 * DS_SPACE_5;
    double width = ds_ui_text_width(ui, words, DS_TYPE_LARGE, DS_UI_BOLD) + 2 * DS_SPACE_4 + 2;
    width = width < most ? width : most;
    double height = ds_ui_text_height(ui, words, DS_TYPE_LARGE, DS_UI_BOLD | DS_UI_WRAP,
                                      width - 2 * DS_SPACE_4);
    struct ds_box card = ds_box_middle(box, width, height + 2 * DS_SPACE_3);
    ds_ui_panel(ui, card, is_good ? DS_COLOR_ACCENT : DS_COLOR_BAD, DS_UI_ROUND);
    ds_ui_label(ui, ds_box_pad(card, DS_SPACE_4, DS_SPACE_3), words, DS_TYPE_LARGE,
                DS_COLOR_ON_ACCENT, DS_UI_BOLD | DS_UI_WRAP | DS_UI_CENTER);
}
