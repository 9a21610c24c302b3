/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/strip.h"

#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#define BAND 4
#define ROW 40
#define TAB_WIDEST 220
#define DOT 12
#define ROOM_FOR_BUTTON 900 /* of the window: else the menu alone opens another session */

double viewer_strip_height(const struct viewer_panels *p)
{
    return p->tabs.count > 1 && !p->no_toolbar ? BAND + ROW : 0;
}

int viewer_panels_foot(const struct viewer_panels *p)
{
    return (int)ceil(viewer_strip_height(p) * ds_ui_theme(p->ui)->scale);
}

/* ---- tabs ---- */

static void begin_rename(struct viewer_panels *p)
{
    p->renames = true;
    ds_edit_set(&p->name_edit, p->tabs.tab[p->tabs.own].name);
    ds_edit_select_all(&p->name_edit);
}

/* How many things came while nobody looked, at the right of *in. */
static void unread(struct viewer_panels *p, struct ds_box *in, unsigned count)
{
    char text[16];
    if (count == 0)
        return;
    snprintf(text, sizeof(text), count > 99 ? "99+" : "%u", count);
    double width = ds_ui_text_width(p->ui, text, DS_TYPE_SMALL, DS_UI_BOLD) + 2 * DS_SPACE_2;
    struct ds_box at = ds_box_middle(ds_box_right(in, width, DS_SPACE_1), width, 20);
    ds_ui_patch(p->ui, at, ds_theme_color(ds_ui_theme(p->ui)->dark, DS_COLOR_ACCENT), 10);
    ds_ui_label(p->ui, at, text, DS_TYPE_SMALL, DS_COLOR_ON_ACCENT,
                DS_UI_BOLD | DS_UI_CENTER | DS_UI_MIDDLE);
}

static void tab(struct viewer_panels *p, struct ds_box at, unsigned index)
{
    const struct viewer_tab *t = &p->tabs.tab[index];
    bool is_own = index == p->tabs.own;
    if (ds_ui_button(p->ui, ds_ui_sub(ID_TAB, index), at, "", DS_UI_QUIET)) {
        if (is_own)
            begin_rename(p);
        else
            p->actions->windows(p->ctx, VIEWER_WISH_RAISE, t->number, NULL);
    }
    ds_ui_tip(p->ui, is_own ? DS_TR("This window. Click to give it another name.") : t->name);
    if (is_own) /* as a page that goes on into the window above */
        ds_ui_patch(p->ui, (struct ds_box){at.x, at.y - BAND - 2, at.width, BAND + 2}, t->color, 0);
    struct ds_box in = ds_box_pad(at, DS_SPACE_2, 0);
    struct ds_box dot = ds_box_middle(ds_box_left(&in, DOT, DS_SPACE_2), DOT, DOT);
    ds_ui_patch(p->ui, dot, t->color, DOT / 2);
    unread(p, &in, t->unread);
    ds_ui_label(p->ui, in, t->name, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_MIDDLE | DS_UI_ELLIPSIS | (is_own ? DS_UI_BOLD : 0u));
}

/* ---- the menu ---- */

enum entry {
    ENTRY_OPEN,
    ENTRY_NEXT,
    ENTRY_RENAME,
    ENTRY_LINE_1,
    ENTRY_TILE,
    ENTRY_CASCADE,
    ENTRY_LAYOUT,
    ENTRY_LINE_2,
    ENTRY_QUIT,
    ENTRY_COUNT,
};

static void fill_menu(const struct viewer_panels *p, struct ds_ui_item items[ENTRY_COUNT])
{
    memset(items, 0, ENTRY_COUNT * sizeof(*items));
    items[ENTRY_OPEN] = (struct ds_ui_item){.label = DS_TR("New session"),
                                            .shortcut = viewer_words_chord("N"),
                                            .disabled = p->why_no_other != NULL,
                                            .reason = p->why_no_other};
    items[ENTRY_NEXT] =
        (struct ds_ui_item){.label = DS_TR("Next session"), .shortcut = viewer_words_chord("W")};
    items[ENTRY_RENAME] =
        (struct ds_ui_item){.label = DS_TR("Rename"), .shortcut = viewer_words_chord("R")};
    items[ENTRY_TILE] = (struct ds_ui_item){.label = DS_TR("Windows side by side"),
                                            .shortcut = viewer_words_chord("A")};
    items[ENTRY_CASCADE] = (struct ds_ui_item){.label = DS_TR("Windows one behind the other")};
    items[ENTRY_LAYOUT] = (struct ds_ui_item){.label = DS_TR("Windows as the last time")};
    items[ENTRY_QUIT] = (struct ds_ui_item){.label = DS_TR("End all sessions"),
                                            .shortcut = viewer_words_chord("Q"),
                                            .icon = DS_ICON_CLOSE,
                                            .danger = true};
}

static void choose(struct viewer_panels *p, int entry)
{
    static const enum viewer_window_wish wishes[ENTRY_COUNT] = {
        [ENTRY_OPEN] = VIEWER_WISH_OPEN,     [ENTRY_NEXT] = VIEWER_WISH_NEXT,
        [ENTRY_TILE] = VIEWER_WISH_TILE,     [ENTRY_CASCADE] = VIEWER_WISH_CASCADE,
        [ENTRY_LAYOUT] = VIEWER_WISH_LAYOUT,
    };
    if (entry == ENTRY_RENAME)
        begin_rename(p);
    else if (entry == ENTRY_QUIT)
        p->confirm_all = true;
    else if (entry >= 0)
        p->actions->windows(p->ctx, wishes[entry], 0, NULL);
}

void viewer_strip(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    double height = viewer_strip_height(p);
    if (height == 0)
        return;
    struct ds_box window = ds_ui_window(ui), box = ds_box_bottom(&window, height, 0);
    ds_ui_panel(ui, box, DS_COLOR_RAISED, 0);
    ds_ui_patch(ui, ds_box_top(&box, BAND, 0), p->tabs.tab[p->tabs.own].color, 0);
    struct ds_box row = ds_box_pad(box, DS_SPACE_2, 2);
    struct ds_ui_item items[ENTRY_COUNT];
    fill_menu(p, items);
    struct ds_box at = ds_box_right(&row, ds_ui_target(ui), DS_SPACE_1);
    choose(p, ds_ui_menu_button(ui, ID_WINDOWS, at, DS_ICON_MENU, NULL, DS_UI_QUIET, items,
                                ENTRY_COUNT));
    ds_ui_tip(ui, DS_TR("Sessions and windows"));
    if (p->page == VIEWER_PAGE_SESSION &&
        ds_ui_width(ui) >= ROOM_FOR_BUTTON) /* pages have it above */
        viewer_strip_header(p, &row);
    double each = row.width / p->tabs.count - DS_SPACE_1;
    each = each > TAB_WIDEST ? TAB_WIDEST : each;
    for (unsigned i = 0; i < p->tabs.count; i++)
        tab(p, ds_box_left(&row, each, DS_SPACE_1), i);
}

void viewer_strip_header(struct viewer_panels *p, struct ds_box *row)
{
    const char *label = DS_TR("New session");
    double width = ds_ui_button_width(p->ui, label, DS_ICON_NONE);
    if (ds_ui_button(p->ui, ID_OTHER, ds_box_right(row, width, DS_SPACE_3), label,
                     DS_UI_QUIET | (p->why_no_other ? DS_UI_DISABLED : 0u)))
        p->actions->windows(p->ctx, VIEWER_WISH_OPEN, 0, NULL);
    ds_ui_tip(p->ui, p->why_no_other ? p->why_no_other
                                     : DS_TR("Help another customer in a window of its own"));
}

/* ---- dialogs ---- */

static void rename_dialog(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box in;
    ds_ui_modal_begin(ui, ID_NAME + 1000, 400, 200, DS_TR("What is this session called?"), ID_NAME,
                      &in);
    const struct ds_ui_field how = {.hint = DS_TR("Empty: as the customer’s computer says")};
    struct ds_box at = ds_box_top(&in, ds_ui_target(ui) + 4, DS_SPACE_4);
    bool enter = ds_ui_text_field(ui, ID_NAME, at, &p->name_edit, &how) & DS_UI_FIELD_ENTER;
    struct ds_box row = ds_box_bottom(&in, ds_ui_target(ui), 0);
    double width = ds_ui_button_width(ui, DS_TR("Rename"), DS_ICON_NONE);
    enter |= ds_ui_button(ui, ID_NAME_DONE, ds_box_right(&row, width, DS_SPACE_2), DS_TR("Rename"),
                          DS_UI_MAIN | DS_UI_DEFAULT);
    width = ds_ui_button_width(ui, DS_TR("Cancel"), DS_ICON_NONE);
    bool stop = ds_ui_button(ui, ID_NAME_CANCEL, ds_box_right(&row, width, 0), DS_TR("Cancel"),
                             DS_UI_PLAIN);
    stop |= ds_ui_escape(ui);
    ds_ui_modal_end(ui);
    if (enter)
        p->actions->windows(p->ctx, VIEWER_WISH_RENAME, 0, p->name_text);
    if (enter || stop)
        p->renames = false;
}

static void names_of_all(const struct viewer_panels *p, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < p->tabs.count && used < size; i++)
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? "\n" : "", p->tabs.tab[i].name);
}

static void quit_dialog(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box in;
    char title[96], names[VIEWER_TABS_MAX * VIEWER_TAB_NAME];
    names_of_all(p, names, sizeof(names));
    snprintf(title, sizeof(title), DS_TRN("End %u session?", "End %u sessions?", p->tabs.count),
             p->tabs.count);
    double text = ds_ui_text_height(ui, names, DS_TYPE_NORMAL, DS_UI_WRAP, 350);
    ds_ui_modal_begin(ui, ID_CONFIRM + 2000, 400, 130 + text, title, ID_KEEP, &in);
    ds_ui_paragraph(ui, &in, names, DS_TYPE_NORMAL, DS_COLOR_TEXT, 0, DS_SPACE_4);
    struct ds_box row = ds_box_bottom(&in, ds_ui_target(ui), 0);
    double end = ds_ui_button_width(ui, DS_TR("End all"), DS_ICON_NONE);
    double keep = ds_ui_button_width(ui, DS_TR("Go on"), DS_ICON_NONE);
    struct ds_box end_at = ds_box_right(&row, end, DS_SPACE_2);
    bool stay = ds_ui_button(ui, ID_KEEP, ds_box_right(&row, keep, 0), DS_TR("Go on"), DS_UI_PLAIN);
    bool leave = ds_ui_button(ui, ID_CONFIRM, end_at, DS_TR("End all"), DS_UI_DANGER);
    stay |= ds_ui_escape(ui);
    ds_ui_modal_end(ui);
    if (leave)
        p->actions->windows(p->ctx, VIEWER_WISH_QUIT, 0, NULL);
    if (leave || stay)
        p->confirm_all = false;
}

void viewer_strip_dialogs(struct viewer_panels *p)
{
    if (p->renames)
        rename_dialog(p);
    else if (p->confirm_all)
        quit_dialog(p);
}

/* ---- keys ---- */

bool viewer_strip_chord(struct viewer_panels *p, uint32_t keysym)
{
    enum viewer_window_wish wish;
    switch (keysym) {
    case XKB_KEY_N:
    case XKB_KEY_n:
        wish = VIEWER_WISH_OPEN;
        break;
    case XKB_KEY_W:
    case XKB_KEY_w:
        wish = VIEWER_WISH_NEXT;
        break;
    case XKB_KEY_A:
    case XKB_KEY_a:
        wish = VIEWER_WISH_TILE;
        break;
    case XKB_KEY_R:
    case XKB_KEY_r:
        begin_rename(p);
        return true;
    case XKB_KEY_Q:
    case XKB_KEY_q:
        p->confirm_all = true;
        return true;
    default:
        return false;
    }
    p->actions->windows(p->ctx, wish, 0, NULL);
    return true;
}
