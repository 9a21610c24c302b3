/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/desk.h"

#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <stdio.h>

/* ---- rights ---- */

static void toggle(struct viewer_panels *p, enum ds_right right)
{
    bool has = viewer_model_has(&p->model, right);
    if (!p->view_only && !p->model.paused)
        p->actions->right(p->ctx, has ? VIEWER_ORDER_RELEASE : VIEWER_ORDER_REQUEST, right);
}

void viewer_desk_toggle_clipboard(struct viewer_panels *p)
{
    toggle(p, DS_RIGHT_CLIPBOARD);
}

const char *viewer_desk_passing(const struct viewer_panels *p, enum ds_icon *icon)
{
    if (p->model.rights[DS_RIGHT_CLIPBOARD] == DS_RIGHT_ASKED) {
        *icon = DS_ICON_CLIPBOARD;
        return DS_TR("The customer is asked for the clipboard");
    }
    return NULL;
}

/* Of a right that changed since the last frame. */
struct change {
    enum ds_right right;
    const char *granted, *lost, *refused, *later;
};

static void tell_no(struct viewer_panels *p, const struct change *change)
{
    char text[256], wait[16];
    unsigned wait_s = p->model.wait_s[change->right];
    ds_text_countdown(wait, sizeof(wait), wait_s);
    snprintf(text, sizeof(text), wait_s > 0 ? change->later : change->refused, wait);
    ds_ui_toast(p->ui, text, DS_COLOR_WARN);
}

static void tell_right(struct viewer_panels *p, const struct change *change)
{
    enum ds_right right = change->right;
    uint8_t before = p->desk_states[right], now = p->model.rights[right];
    if (p->model.refusals[right] != p->desk_refusals[right] && now == DS_RIGHT_REFUSED)
        tell_no(p, change);
    else if (now == DS_RIGHT_GRANTED && before != DS_RIGHT_GRANTED)
        ds_ui_toast(p->ui, change->granted, DS_COLOR_GOOD);
    else if (now == DS_RIGHT_NONE && before == DS_RIGHT_GRANTED)
        ds_ui_toast(p->ui, change->lost, DS_COLOR_SEEN);
    p->desk_states[right] = now;
    p->desk_refusals[right] = p->model.refusals[right];
}

void viewer_desk_tell(struct viewer_panels *p)
{
    const struct change clipboard = {
        .right = DS_RIGHT_CLIPBOARD,
        .granted = DS_TR("The clipboard is shared: what one copies, the other can paste."),
        .lost = DS_TR("The clipboard is no longer shared."),
        .refused = DS_TR("The customer did not share the clipboard."),
        .later = DS_TR("The customer did not share the clipboard. You can ask again in %s."),
    };
    tell_right(p, &clipboard);
    if (p->model.clipboard_too_long != p->clipboard_too_long)
        ds_ui_toast(p->ui, DS_TR("What you copied is too long to be shared."), DS_COLOR_WARN);
    p->clipboard_too_long = p->model.clipboard_too_long;
}

/* ---- the menu ---- */

enum entry {
    ENTRY_CLIPBOARD,
    ENTRY_COUNT,
};

static const char *why_not(const struct viewer_panels *p)
{
    if (p->view_only)
        return DS_TR("This window was opened for looking only.");
    return p->model.paused ? DS_TR("Not while the session is paused.") : NULL;
}

static const char *clipboard_label(const struct viewer_panels *p)
{
    return p->model.rights[DS_RIGHT_CLIPBOARD] == DS_RIGHT_ASKED ? DS_TR("Asking…")
                                                                 : DS_TR("Share the clipboard");
}

static void fill_menu(const struct viewer_panels *p, struct ds_ui_item items[ENTRY_COUNT])
{
    const char *why = why_not(p);
    items[ENTRY_CLIPBOARD] = (struct ds_ui_item){
        .label = clipboard_label(p),
        .shortcut = viewer_words_chord("V"),
        .icon = DS_ICON_CLIPBOARD,
        .disabled = why || p->model.rights[DS_RIGHT_CLIPBOARD] == DS_RIGHT_ASKED,
        .reason = why,
        .checked = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD)};
}

static void choose(struct viewer_panels *p, int entry)
{
    switch (entry) {
    case ENTRY_CLIPBOARD:
        viewer_desk_toggle_clipboard(p);
        break;
    default:
        break;
    }
}

void viewer_desk_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[ENTRY_COUNT];
    fill_menu(p, items);
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    bool is_on = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD);
    int chosen = ds_ui_menu_button(p->ui, ID_TOOLS, at, DS_ICON_CLIPBOARD, NULL,
                                   DS_UI_QUIET | (is_on ? DS_UI_ON : 0u), items, ENTRY_COUNT);
    ds_ui_tip(p->ui, DS_TR("Clipboard"));
    choose(p, chosen);
}
