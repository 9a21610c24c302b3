/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/desk.h"

#include "viewer/panels/draw.h"
#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

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
    if (p->model.rights[DS_RIGHT_POINT] == DS_RIGHT_ASKED) {
        *icon = DS_ICON_PEN;
        return DS_TR("The customer is asked whether you may draw");
    }
    if (p->model.rights[DS_RIGHT_FILES] == DS_RIGHT_ASKED) {
        *icon = DS_ICON_FILE;
        return DS_TR("The customer is asked for files");
    }
    if (p->model.customer_draws) {
        static char text[96];
        *icon = DS_ICON_PEN;
        snprintf(text, sizeof(text),
                 p->model.own_notes > 0 ? DS_TR("The customer is drawing (%u so far)")
                                        : DS_TR("The customer is drawing"),
                 p->model.own_notes);
        return text;
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
    const struct change point = {
        .right = DS_RIGHT_POINT,
        .granted = DS_TR("You can draw on the customer’s screen."),
        .lost = DS_TR("You can no longer draw on the customer’s screen."),
        .refused = DS_TR("The customer does not want drawings."),
        .later = DS_TR("The customer does not want drawings. You can ask again in %s."),
    };
    const struct change look = {
        .right = DS_RIGHT_LOOK,
        .granted = DS_TR("The customer shows the screen."),
        .lost = DS_TR("The customer no longer shows the screen."),
        .refused = DS_TR("The customer does not want to show the screen."),
        .later = DS_TR("The customer does not want to show the screen. You can ask again in %s."),
    };
    const struct change files = {
        .right = DS_RIGHT_FILES,
        .granted = DS_TR("You can send and receive files."),
        .lost = DS_TR("Files can no longer be sent."),
        .refused = DS_TR("The customer does not want files."),
        .later = DS_TR("The customer does not want files. You can ask again in %s."),
    };
    uint8_t now = p->model.rights[DS_RIGHT_POINT];
    bool is_no = p->model.refusals[DS_RIGHT_POINT] != p->desk_refusals[DS_RIGHT_POINT];
    bool is_lost = now == DS_RIGHT_NONE && p->desk_states[DS_RIGHT_POINT] != DS_RIGHT_NONE;
    if (now != DS_RIGHT_GRANTED && (is_no || is_lost))
        p->draws = false;
    tell_right(p, &files);
    tell_right(p, &clipboard);
    tell_right(p, &point);
    if (p->desk_states[DS_RIGHT_LOOK] != 0 || p->model.rights[DS_RIGHT_LOOK] != DS_RIGHT_GRANTED)
        tell_right(p, &look); /* the session began with it */
    p->desk_states[DS_RIGHT_LOOK] = p->model.rights[DS_RIGHT_LOOK];
    if (p->model.clipboard_too_long != p->clipboard_too_long)
        ds_ui_toast(p->ui, DS_TR("What you copied is too long to be shared."), DS_COLOR_WARN);
    p->clipboard_too_long = p->model.clipboard_too_long;
}

/* ---- the menu ---- */

enum entry {
    ENTRY_CLIPBOARD,
    ENTRY_LINE,
    ENTRY_DRAWING,
    ENTRY_COUNT = ENTRY_DRAWING + VIEWER_DRAW_ENTRIES
};

static const char *why_not(const struct viewer_panels *p)
{
    if (p->view_only)
        return DS_TR("This window was opened for looking only.");
    return p->model.paused ? DS_TR("Not while the session is paused.") : NULL;
}

static bool is_asked(const struct viewer_panels *p, enum ds_right right)
{
    return p->model.rights[right] == DS_RIGHT_ASKED;
}

static void fill_menu(const struct viewer_panels *p, struct ds_ui_item items[ENTRY_COUNT])
{
    const char *why = why_not(p);
    memset(items, 0, ENTRY_COUNT * sizeof(*items));
    items[ENTRY_CLIPBOARD] = (struct ds_ui_item){
        .label = is_asked(p, DS_RIGHT_CLIPBOARD) ? DS_TR("Asking…") : DS_TR("Share the clipboard"),
        .shortcut = viewer_words_chord("V"),
        .icon = DS_ICON_CLIPBOARD,
        .disabled = why || is_asked(p, DS_RIGHT_CLIPBOARD),
        .reason = why,
        .checked = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD)};
    viewer_draw_menu(p, items + ENTRY_DRAWING, why);
}

static void choose(struct viewer_panels *p, int entry)
{
    if (entry == ENTRY_CLIPBOARD)
        viewer_desk_toggle_clipboard(p);
    else
        viewer_draw_chosen(p, entry - ENTRY_DRAWING);
}

void viewer_desk_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[ENTRY_COUNT];
    fill_menu(p, items);
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    bool is_on = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD) || viewer_draw_is_on(p);
    int chosen = ds_ui_menu_button(p->ui, ID_TOOLS, at, DS_ICON_PEN, NULL,
                                   DS_UI_QUIET | (is_on ? DS_UI_ON : 0u), items, ENTRY_COUNT);
    ds_ui_tip(p->ui, DS_TR("Clipboard and drawing"));
    choose(p, chosen);
}
