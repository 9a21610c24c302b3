/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel's transcript and the field below it. */
#include "common/talk/panel_priv.h"
#include "common/talk/wrap.h"
#include "common/ui/text.h"

#include <stdio.h>

void ds_talk_focus(struct ds_ui *ui)
{
    ds_ui_focus(ui, ID_FIELD);
}

/* ---- the transcript ---- */

static void build_row(struct ds_talk_build *b, const struct ds_talk_row *row, struct ds_box box)
{
    const struct ds_talk_line *line = &b->talk->lines[row->line];
    char text[DS_TEXT_CHAT + 1];
    switch (row->kind) {
    case DS_TALK_ROW_NAME:
        ds_ui_label(b->ui, box, line->is_ours ? DS_TR("You") : b->talk->other, DS_TYPE_SMALL,
                    line->is_ours ? DS_COLOR_MUTED : DS_COLOR_ACCENT,
                    DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
        break;
    case DS_TALK_ROW_UNSENT:
        ds_ui_label(b->ui, box, DS_TR("Not sent yet"), DS_TYPE_SMALL, DS_COLOR_WARN, DS_UI_MIDDLE);
        break;
    default:
        snprintf(text, sizeof(text), "%.*s", (int)row->len, line->text + row->from);
        ds_ui_label(b->ui, box, text, DS_TYPE_NORMAL,
                    line->is_sent ? DS_COLOR_TEXT : DS_COLOR_MUTED, DS_UI_MIDDLE);
        break;
    }
}

void ds_talk_transcript(struct ds_talk_build *b, struct ds_box box)
{
    struct ds_talk *talk = b->talk;
    struct ds_box row;
    double room = (double)talk->row_count * ROW - box.height;
    bool was_at_end = talk->list.scroll >= room - 1;
    ds_talk_wrap(b->ui, talk, box.width - 2 * DS_SPACE_3 - 16);
    if (was_at_end)
        talk->list.scroll = 1e9; /* as far as there is */
    ds_ui_list_begin(b->ui, ID_LIST, box, (int)talk->row_count, ROW, &talk->list);
    for (int i; (i = ds_ui_list_next(b->ui, &talk->list, &row)) >= 0;)
        build_row(b, &talk->rows[i], row);
    ds_ui_list_end(b->ui, &talk->list);
    if (talk->count == 0)
        ds_ui_label(b->ui, ds_box_pad(box, DS_SPACE_3, DS_SPACE_2), DS_TR("Nothing was said yet."),
                    DS_TYPE_NORMAL, DS_COLOR_MUTED, DS_UI_WRAP);
}

/* ---- what is typed ---- */

bool ds_talk_field(struct ds_talk_build *b, struct ds_box *box)
{
    struct ds_talk *talk = b->talk;
    const char *label = DS_TR("Send");
    struct ds_ui_field field = {.hint = DS_TR("Write a message")};
    struct ds_box row = ds_box_bottom(box, b->target, DS_SPACE_2);
    struct ds_box clip = {0};
    bool can = talk->may_send || talk->can_ask || talk->may_allow;
    if (can)
        clip = ds_box_left(&row, b->target, DS_SPACE_1);
    struct ds_box at = ds_box_right(&row, ds_talk_button_width(b, label), DS_SPACE_2);
    bool did =
        (ds_ui_text_field(b->ui, ID_FIELD, row, &talk->edit, &field) & DS_UI_FIELD_ENTER) != 0;
    did |= ds_ui_button(b->ui, ID_SAY, at, label, DS_UI_MAIN);
    if (can) {
        bool is_pressed =
            ds_ui_icon_button(b->ui, ID_SENDING, clip, DS_ICON_FILE, NULL, DS_UI_QUIET);
        ds_ui_tip(b->ui, DS_TR("Send files or folders"));
        if (is_pressed)
            ds_talk_choose(talk, 0);
    }
    if (!did || !ds_talk_did(b, DS_TALK_SAY, 0, &talk->edit))
        return false;
    ds_edit_set(&talk->edit, "");
    return true;
}
