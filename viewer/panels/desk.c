/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/desk.h"

#include "viewer/panels/draw.h"
#include "viewer/panels/words.h"

#include "common/ui/text.h"
#include "common/wire/clipboard.h"

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
        ds_ui_toast(p->ui, DS_TR("What was copied is too long to be shared."), DS_COLOR_WARN);
    p->clipboard_too_long = p->model.clipboard_too_long;
    if (p->model.clipboard_missed != p->clipboard_missed)
        ds_ui_toast(p->ui, DS_TR("What was copied there cannot be pasted any more."),
                    DS_COLOR_WARN);
    p->clipboard_missed = p->model.clipboard_missed;
}

/* ---- the menus ---- */

enum entry {
    ENTRY_CLIPBOARD,
    ENTRY_LINE,
    ENTRY_TO_CUSTOMER,
    ENTRY_TO_REP,
    ENTRY_PRIMARY,
    ENTRY_COUNT,
};

static const char *why_not_ever(const struct viewer_panels *p)
{
    return p->view_only ? DS_TR("This window was opened for looking only.") : NULL;
}

static const char *why_not(const struct viewer_panels *p)
{
    return p->model.paused && !p->view_only ? DS_TR("Not while the session is paused.")
                                            : why_not_ever(p);
}

static bool is_asked(const struct viewer_panels *p, enum ds_right right)
{
    return p->model.rights[right] == DS_RIGHT_ASKED;
}

/* Which way the clipboard goes; the customer has switches of their own. */
static void fill_ways(const struct viewer_panels *p, struct ds_ui_item *items)
{
    const struct {
        enum entry entry;
        uint8_t own, other;
        const char *label;
    } ways[] = {
        {ENTRY_TO_CUSTOMER, DS_CLIPBOARD_GIVES, DS_CLIPBOARD_TAKES,
         DS_TR("Clipboard to the customer")},
        {ENTRY_TO_REP, DS_CLIPBOARD_TAKES, DS_CLIPBOARD_GIVES,
         DS_TR("Clipboard from the customer")},
        {ENTRY_PRIMARY, DS_CLIPBOARD_PRIMARY, DS_CLIPBOARD_PRIMARY,
         DS_TR("Marked text too, for the middle button")},
    };
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        bool is_off = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD) &&
                      (p->model.clipboard & ways[i].own) &&
                      !(p->model.clipboard_other & ways[i].other);
        items[ways[i].entry] = (struct ds_ui_item){
            .label = ways[i].label,
            .disabled = p->view_only || is_off,
            .reason = is_off ? DS_TR("The customer has switched this off.") : why_not_ever(p),
            .checked = p->model.clipboard & ways[i].own};
    }
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
    fill_ways(p, items);
}

static void choose(struct viewer_panels *p, int entry)
{
    if (entry == ENTRY_CLIPBOARD)
        viewer_desk_toggle_clipboard(p);
    else if (entry == ENTRY_TO_CUSTOMER)
        p->actions->order(p->ctx, VIEWER_ORDER_TO_CUSTOMER);
    else if (entry == ENTRY_TO_REP)
        p->actions->order(p->ctx, VIEWER_ORDER_TO_REP);
    else if (entry == ENTRY_PRIMARY)
        p->actions->order(p->ctx, VIEWER_ORDER_PRIMARY);
}

void viewer_desk_clipboard_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[ENTRY_COUNT];
    fill_menu(p, items);
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    bool is_on = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD);
    int chosen = ds_ui_menu_button(p->ui, ID_CLIPBOARD, at, DS_ICON_CLIPBOARD, NULL,
                                   DS_UI_QUIET | (is_on ? DS_UI_ON : 0u), items, ENTRY_COUNT);
    ds_ui_tip(p->ui, DS_TR("Clipboard"));
    choose(p, chosen);
}

void viewer_desk_drawing_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[VIEWER_DRAW_ENTRIES] = {{.label = NULL}};
    viewer_draw_menu(p, items, why_not(p));
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    unsigned flags = DS_UI_QUIET | (viewer_draw_is_on(p) ? DS_UI_ON : 0u);
    int chosen = ds_ui_menu_button(p->ui, ID_TOOLS, at, DS_ICON_PEN, NULL, flags, items,
                                   VIEWER_DRAW_ENTRIES);
    ds_ui_tip(p->ui, DS_TR("Drawing"));
    viewer_draw_chosen(p, chosen);
}
