/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field below the transcript, and the line that says that the other one is writing. */
#include "common/talk/panel_priv.h"
#include "common/ui/text.h"

#include <stdio.h>

enum { TYPING = 18 };

void ds_talk_focus(struct ds_ui *ui)
{
    ds_ui_focus(ui, ID_FIELD);
}

/* Its room is always there: what stands above it does not jump. */
void ds_talk_typing(struct ds_talk_build *b, struct ds_box *box)
{
    char text[DS_TEXT_NAME + 32];
    struct ds_box row = ds_box_bottom(box, TYPING, 0);
    if (!b->talk->is_typing || b->talk->is_over)
        return;
    snprintf(text, sizeof(text), DS_TR("%s is typing…"), b->talk->other);
    ds_ui_label(b->ui, row, text, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_ELLIPSIS);
}

/* Opens the chooser. */
static void clip_button(struct ds_talk_build *b, struct ds_box clip)
{
    bool is_pressed = ds_ui_icon_button(b->ui, ID_SENDING, clip, DS_ICON_FILE, NULL, DS_UI_QUIET);
    ds_ui_tip(b->ui, DS_TR("Send files or folders"));
    if (is_pressed)
        ds_talk_choose(b->talk, 0);
}

/* After the session: what was not sent can be taken along. */
static void copy_rest(struct ds_talk_build *b)
{
    static char text[16384]; /* one thread; what is longer can be selected above */
    ds_talk_rest(b->talk, text, sizeof(text));
    ds_ui_copy(b->ui, text, false);
}

bool ds_talk_field(struct ds_talk_build *b, struct ds_box *box)
{
    struct ds_talk *talk = b->talk;
    const char *label = talk->is_over ? DS_TR("Copy") : DS_TR("Send");
    struct ds_ui_field field = {.hint = DS_TR("Write a message")};
    struct ds_box row = ds_box_bottom(box, b->target, DS_SPACE_2);
    bool can = (talk->may_send || talk->can_ask || talk->may_allow) && !talk->is_over;
    struct ds_box clip = can ? ds_box_left(&row, b->target, DS_SPACE_1) : (struct ds_box){0};
    struct ds_box at = ds_box_right(&row, ds_talk_button_width(b, label), DS_SPACE_2);
    bool is_changed = talk->above_field && talk->above_field(talk->ctx, b->ui, talk, box);
    unsigned result = ds_ui_text_field(b->ui, ID_FIELD, row, &talk->edit, &field);
    bool did = (result & DS_UI_FIELD_ENTER) != 0;
    if ((result & DS_UI_FIELD_CHANGED) && talk->above_field)
        ds_ui_focus(b->ui, ID_FIELD); /* another frame: what stands above follows the text */
    did |= ds_ui_button(b->ui, ID_SAY, at, label, DS_UI_MAIN);
    if (can)
        clip_button(b, clip);
    if (talk->is_over) {
        if (did)
            copy_rest(b);
        return false;
    }
    is_changed |= (result & DS_UI_FIELD_CHANGED) && talk->edit.len > 0;
    if (!did || !ds_talk_did(b, DS_TALK_SAY, 0, &talk->edit))
        return is_changed && ds_talk_did(b, DS_TALK_TYPING, 0, NULL);
    ds_edit_set(&talk->edit, "");
    return true;
}
