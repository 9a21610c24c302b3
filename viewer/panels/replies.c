/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ready replies: "/" in the chat's field opens the list of those that match what follows it. Up and
 * Down choose, Enter takes, Escape puts the list away; Insert adds, F2 changes, Ctrl+Delete
 * deletes. The same with the mouse. */
#include "common/base/error.h"
#include "common/ui/text.h"
#include "viewer/panels/panels.h"

#include <stdio.h>
#include <string.h>

enum {
    ID_LIST = 0x5500,
    ID_ADD,
    ID_CHANGE,
    ID_DELETE,
    ID_EDIT,
    ID_SAVE,
    ID_KEEP_OLD,
    KEY_UP = 0xff52,
    KEY_DOWN = 0xff54,
    KEY_RETURN = 0xff0d,
    KEY_INSERT = 0xff63,
    KEY_F2 = 0xffbf,
    KEY_DELETE = 0xffff,
    ROW = 28,
    ROWS = 6,
};

static bool is_wanted(struct viewer_panels *p, const struct ds_talk *talk)
{
    if (talk->edit.len == 0 || talk->edit.text[0] != '/')
        p->reply.is_put_away = false;
    return p->replies && !talk->is_over && !p->reply.is_put_away && talk->edit.len > 0 &&
           talk->edit.text[0] == '/';
}

/* ---- what matches ---- */

static void collect(struct viewer_panels *p, const char *typed)
{
    struct viewer_reply_state *s = &p->reply;
    s->count = 0;
    for (size_t i = 0; i < p->replies->count; i++)
        if (viewer_reply_matches(p->replies->texts[i], typed))
            s->shown[s->count++] = i;
    if (s->list.selected < 0 || (size_t)s->list.selected >= s->count)
        s->list.selected = s->count > 0 ? 0 : -1;
}

static void move(struct viewer_reply_state *s, int step)
{
    int to = s->list.selected + step;
    if (s->count == 0 || step == 0)
        return;
    s->list.selected = to < 0 ? 0 : to >= (int)s->count ? (int)s->count - 1 : to;
    double top = s->list.selected * ROW, height = s->list.box.height;
    if (top < s->list.scroll)
        s->list.scroll = top;
    if (top + ROW > s->list.scroll + height)
        s->list.scroll = top + ROW - height;
}

static const char *chosen(const struct viewer_panels *p)
{
    const struct viewer_reply_state *s = &p->reply;
    return s->list.selected >= 0 ? p->replies->texts[s->shown[s->list.selected]] : NULL;
}

/* ---- changing them ---- */

static void edit(struct viewer_panels *p, size_t at, const char *text)
{
    p->reply.is_editing = p->reply.is_fresh = true;
    p->reply.at = at;
    ds_edit_set(&p->reply.edit, text);
    ds_ui_focus(p->ui, ID_EDIT);
}

static void tell(struct viewer_panels *p, int error)
{
    if (error == DS_EIO)
        ds_ui_toast(p->ui, DS_TR("The replies could not be saved."), DS_COLOR_BAD);
    else if (error == DS_ELIMIT)
        ds_ui_toast(p->ui, DS_TR("There are as many replies as there may be."), DS_COLOR_WARN);
}

static void stop_editing(struct viewer_panels *p)
{
    p->reply.is_editing = false;
    ds_ui_focus(p->ui, DS_TALK_FIELD);
}

static double button_width(struct viewer_panels *p, const char *label)
{
    return ds_ui_button_width(p->ui, label, DS_ICON_NONE) - 2 * DS_SPACE_2;
}

static void build_editor(struct viewer_panels *p, struct ds_box *box)
{
    struct viewer_reply_state *s = &p->reply;
    const char *save = DS_TR("Save"), *cancel = DS_TR("Cancel");
    struct ds_ui_field field = {.hint = DS_TR("Text of the reply")};
    double target = ds_ui_target(p->ui);
    struct ds_box row = ds_box_bottom(box, target, DS_SPACE_2);
    struct ds_box text = ds_box_bottom(box, target, DS_SPACE_1);
    if (s->is_fresh)
        ds_ui_focus(p->ui, ID_EDIT);
    s->is_fresh = false;
    bool is_over = ds_ui_focused(p->ui) == ID_EDIT && ds_ui_escape(p->ui);
    bool is_saved = ds_ui_text_field(p->ui, ID_EDIT, text, &s->edit, &field) & DS_UI_FIELD_ENTER;
    is_saved |= ds_ui_button(p->ui, ID_SAVE, ds_box_left(&row, button_width(p, save), DS_SPACE_2),
                             save, DS_UI_MAIN);
    is_over |= ds_ui_button(p->ui, ID_KEEP_OLD,
                            ds_box_left(&row, button_width(p, cancel), DS_SPACE_2), cancel, 0);
    if (is_saved && s->edit.len > 0) {
        tell(p, viewer_replies_put(p->replies, s->at, s->edit.text));
        is_over = true;
    }
    if (is_over)
        stop_editing(p);
}

static void build_buttons(struct viewer_panels *p, struct ds_box *box, const char *typed)
{
    struct viewer_reply_state *s = &p->reply;
    bool is_field = ds_ui_focused(p->ui) == DS_TALK_FIELD;
    struct ds_box row = ds_box_bottom(box, ds_ui_target(p->ui), DS_SPACE_2);
    const char *add = DS_TR("Add"), *change = DS_TR("Change"), *remove = DS_TR("Delete");
    unsigned flags = s->list.selected >= 0 ? DS_UI_PLAIN : DS_UI_DISABLED;
    bool adds = is_field && ds_ui_shortcut(p->ui, KEY_INSERT, 0);
    bool changes = is_field && ds_ui_shortcut(p->ui, KEY_F2, 0);
    bool removes = is_field && ds_ui_shortcut(p->ui, KEY_DELETE, DS_UI_CTRL);
    adds |=
        ds_ui_button(p->ui, ID_ADD, ds_box_left(&row, button_width(p, add), DS_SPACE_1), add, 0);
    ds_ui_tip(p->ui, DS_TR("Insert"));
    changes |= ds_ui_button(p->ui, ID_CHANGE,
                            ds_box_left(&row, button_width(p, change), DS_SPACE_1), change, flags);
    ds_ui_tip(p->ui, "F2");
    removes |= ds_ui_button(p->ui, ID_DELETE,
                            ds_box_left(&row, button_width(p, remove), DS_SPACE_1), remove, flags);
    ds_ui_tip(p->ui, DS_TR("Ctrl+Delete"));
    if (adds)
        edit(p, p->replies->count, typed);
    else if (changes && chosen(p))
        edit(p, s->shown[s->list.selected], chosen(p));
    else if (removes && chosen(p))
        tell(p, viewer_replies_remove(p->replies, s->shown[s->list.selected]));
    if (removes)
        ds_ui_focus(p->ui, DS_TALK_FIELD);
}

/* ---- the list ---- */

/* True: one was taken. */
static bool build_list(struct viewer_panels *p, struct ds_box *box)
{
    struct viewer_reply_state *s = &p->reply;
    struct ds_ui_hand hand;
    struct ds_box row;
    int rows = s->count < 1 ? 1 : s->count > ROWS ? ROWS : (int)s->count;
    struct ds_box at = ds_box_bottom(box, rows * ROW + 2, DS_SPACE_1);
    ds_ui_list_begin(p->ui, ID_LIST, at, (int)s->count, ROW, &s->list);
    ds_ui_list_hand(p->ui, &s->list, &hand);
    bool is_taken = s->list.activated >= 0 || (hand.is_released && s->list.selected >= 0);
    for (int i; (i = ds_ui_list_next(p->ui, &s->list, &row)) >= 0;)
        ds_ui_label(p->ui, row, p->replies->texts[s->shown[i]], DS_TYPE_NORMAL, DS_COLOR_TEXT,
                    DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    ds_ui_list_end(p->ui, &s->list);
    if (s->count == 0)
        ds_ui_label(p->ui, ds_box_pad(at, DS_SPACE_3, 0), DS_TR("No reply has these words."),
                    DS_TYPE_NORMAL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    return is_taken;
}

bool viewer_replies_list(void *ctx, struct ds_ui *ui, struct ds_talk *talk, struct ds_box *box)
{
    struct viewer_panels *p = ctx;
    struct viewer_reply_state *s = &p->reply;
    bool is_taken = false;
    if (!is_wanted(p, talk)) {
        s->is_editing = false;
        s->list.selected = 0;
        s->list.scroll = 0;
        return false;
    }
    if (s->is_editing) {
        build_editor(p, box);
        return false;
    }
    const char *typed = talk->edit.text + 1;
    collect(p, typed);
    if (ds_ui_focused(ui) == DS_TALK_FIELD) {
        move(s, ds_ui_shortcut(ui, KEY_DOWN, 0) - ds_ui_shortcut(ui, KEY_UP, 0));
        is_taken = chosen(p) && ds_ui_shortcut(ui, KEY_RETURN, 0);
    }
    if (ds_ui_escape(ui)) {
        s->is_put_away = true;
        ds_ui_focus(ui, DS_TALK_FIELD);
        return false;
    }
    build_buttons(p, box, typed);
    collect(p, typed); /* one may be gone */
    is_taken |= build_list(p, box);
    const char *text = is_taken ? chosen(p) : NULL;
    if (!text)
        return false;
    ds_edit_set(&talk->edit, text);
    ds_ui_focus(ui, DS_TALK_FIELD);
    return true;
}
