/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel as it is drawn: title, transcript, files, field. */
#include "common/talk/panel_priv.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

bool ds_talk_did(struct ds_talk_build *b, enum ds_talk_did did, uint32_t id, struct ds_edit *text)
{
    if (text) {
        if (text->len == 0)
            return false;
        snprintf(b->talk->wish_text, sizeof(b->talk->wish_text), "%s", text->text);
    }
    *b->wish = (struct ds_talk_wish){.did = did, .id = id, .text = b->talk->wish_text};
    b->talk->problem = NULL;
    return true;
}

double ds_talk_button_width(struct ds_talk_build *b, const char *label)
{
    return ds_ui_button_width(b->ui, label, DS_ICON_NONE) - 2 * DS_SPACE_2;
}

/* ---- all of it ---- */

static bool build_head(struct ds_talk_build *b, struct ds_box *box, bool has_close)
{
    char text[DS_TEXT_NAME + 128];
    bool did = false;
    if (has_close) {
        struct ds_box row = ds_box_top(box, b->target, DS_SPACE_1);
        struct ds_box at = ds_box_right(&row, b->target, DS_SPACE_2);
        did = ds_ui_icon_button(b->ui, ID_CLOSE, at, DS_ICON_CLOSE, NULL, DS_UI_QUIET);
        ds_ui_tip(b->ui, DS_TR("Hide"));
        ds_ui_label(b->ui, row, DS_TR("Chat and files"), DS_TYPE_LARGE, DS_COLOR_TEXT,
                    DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    }
    if (b->talk->is_over)
        snprintf(text, sizeof(text), "%s",
                 DS_TR("The session is over. What was not delivered can be copied."));
    else if (b->talk->org[0])
        snprintf(text, sizeof(text), DS_TR("%s can read this chat too. Files are private."),
                 b->talk->org);
    else
        snprintf(text, sizeof(text), "%s",
                 DS_TR("The support organisation can read this chat too. Files are private."));
    ds_ui_paragraph(b->ui, box, text, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_WRAP, DS_SPACE_2);
    return did && ds_talk_did(b, DS_TALK_CLOSE, 0, NULL);
}

/* What to send, or where to save what is offered. */
static bool build_chooser(struct ds_talk_build *b)
{
    struct ds_talk *talk = b->talk;
    struct ds_chooser *chooser = &talk->chooser;
    if (ds_chooser_build(b->ui, chooser) != DS_CHOOSER_CHOSEN)
        return false;
    if (talk->choosing_for == 0) {
        for (size_t at = 0; at < chooser->chosen.len; at += strlen(chooser->chosen.bytes + at) + 1)
            ds_path_list_add(&talk->outbox, chooser->chosen.bytes + at, "");
        return false; /* they go with the next frame, or when they may */
    }
    ds_edit_set(&talk->folder, chooser->chosen.bytes);
    return ds_talk_did(b, DS_TALK_SAVE, talk->choosing_for, &talk->folder);
}

bool ds_talk_build(struct ds_ui *ui, struct ds_talk *talk, struct ds_box box, bool has_close,
                   struct ds_talk_wish *out)
{
    struct ds_talk_build b = {.ui = ui, .talk = talk, .wish = out, .target = ds_ui_target(ui)};
    *out = (struct ds_talk_wish){.did = DS_TALK_NOTHING};
    box = ds_box_pad(box, DS_SPACE_3, DS_SPACE_3);
    bool did = build_head(&b, &box, has_close);
    did |= ds_talk_field(&b, &box);
    ds_talk_typing(&b, &box);
    if (talk->problem) {
        double height = ds_ui_text_height(ui, talk->problem, DS_TYPE_SMALL, DS_UI_WRAP, box.width);
        ds_ui_label(ui, ds_box_bottom(&box, height, DS_SPACE_2), talk->problem, DS_TYPE_SMALL,
                    DS_COLOR_BAD, DS_UI_WRAP);
    }
    double height = box.height;
    if (!did) /* one wish a frame */
        did = ds_talk_waiting_card(&b, &box);
    if (!did)
        did = ds_talk_offer_card(&b, &box);
    if (!did)
        did = ds_talk_files(&b, &box, box.height < height);
    ds_talk_transcript(&b, box);
    if (!did && talk->chooser.is_open)
        did = build_chooser(&b);
    if (!did)
        did = ds_talk_link_question(&b);
    return did || ds_talk_take_outbox(talk, out);
}
