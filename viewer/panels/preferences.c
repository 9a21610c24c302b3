/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/preferences.h"

#include "common/ui/text.h"

#define WIDTH 560
#define GAP DS_SPACE_2
#define NOTE_INDENT 52 /* below the label of a switch */
#define CHOICE 210     /* width of a button with choices */

static const char *page_word(enum viewer_preference_page page)
{
    switch (page) {
    case VIEWER_PREFERENCES_KEYBOARD:
        return DS_TR("Keyboard");
    case VIEWER_PREFERENCES_APPEARANCE:
        return DS_TR("Appearance");
    default:
        return DS_TR("Alerts");
    }
}

void viewer_preferences_toggle(struct viewer_panels *p)
{
    p->preferences_open = !p->preferences_open;
}

void viewer_preferences_button(struct viewer_panels *p, struct ds_box *row)
{
    double size = ds_ui_target(p->ui);
    if (ds_ui_icon_button(p->ui, ID_PREFERENCES, ds_box_right(row, size, DS_SPACE_2),
                          DS_ICON_SETTINGS, NULL, DS_UI_QUIET))
        p->preferences_open = true;
    ds_ui_tip(p->ui, DS_TR("Preferences (Ctrl+,)"));
}

static void set(struct viewer_panels *p, enum viewer_preference which, int value)
{
    p->actions->prefer(p->ctx, which, value);
}

static void a_switch(struct viewer_panels *p, enum viewer_preference which, struct ds_box at)
{
    bool on = viewer_preferences_is_on(&p->preferences, which);
    if (ds_ui_toggle(p->ui, ds_ui_sub(ID_PREFERENCE, which), at,
                     ds_tr(viewer_preference_info(which)->label), &on, 0))
        set(p, which, on);
}

static void a_choice(struct viewer_panels *p, enum viewer_preference which, struct ds_box row)
{
    const struct viewer_preference_info *info = viewer_preference_info(which);
    struct ds_ui_item items[8] = {{.label = NULL}};
    int count = 0, now = p->preferences.values[which];
    while (count < 8 && info->choices[count]) {
        items[count].label = ds_tr(info->words[count]);
        items[count].checked = count == now;
        count++;
    }
    struct ds_box button = ds_box_right(&row, CHOICE, DS_SPACE_3);
    ds_ui_label(p->ui, row, ds_tr(info->label), DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_MIDDLE);
    int chosen = ds_ui_menu_button(p->ui, ds_ui_sub(ID_PREFERENCE, which), button, DS_ICON_DOWN,
                                   items[now].label, DS_UI_PLAIN, items, count);
    if (chosen >= 0)
        set(p, which, chosen);
}

/* One row; returns how many of the table it has shown. */
static int row(struct viewer_panels *p, int i, struct ds_box *in)
{
    enum viewer_preference which = (enum viewer_preference)i;
    const struct viewer_preference_info *info = viewer_preference_info(which);
    struct ds_box at = ds_box_top(in, ds_ui_target(p->ui), info->note ? 0 : GAP / 2);
    if (info->words) {
        a_choice(p, which, at);
    } else if (info->is_half) {
        a_switch(p, which, ds_box_column(at, 0, 2, DS_SPACE_3));
        bool has_other = i + 1 < VIEWER_PREFERENCE_COUNT &&
                         viewer_preference_info((enum viewer_preference)(i + 1))->is_half;
        if (has_other)
            a_switch(p, (enum viewer_preference)(i + 1), ds_box_column(at, 1, 2, DS_SPACE_3));
        return has_other ? 2 : 1;
    } else {
        a_switch(p, which, at);
    }
    if (info->note) {
        struct ds_box note = *in;
        ds_box_left(&note, NOTE_INDENT, 0);
        double height =
            ds_ui_text_height(p->ui, ds_tr(info->note), DS_TYPE_SMALL, DS_UI_WRAP, note.width);
        ds_ui_paragraph(p->ui, &note, ds_tr(info->note), DS_TYPE_SMALL, DS_COLOR_MUTED, 0, 0);
        ds_box_top(in, height, GAP);
    }
    return 1;
}

static double row_height(struct viewer_panels *p, int i, double width, int *shown)
{
    const struct viewer_preference_info *info = viewer_preference_info((enum viewer_preference)i);
    *shown = info->is_half && i + 1 < VIEWER_PREFERENCE_COUNT &&
                     viewer_preference_info((enum viewer_preference)(i + 1))->is_half
                 ? 2
                 : 1;
    double height = ds_ui_target(p->ui);
    if (!info->note)
        return height + GAP / 2;
    return height + GAP +
           ds_ui_text_height(p->ui, ds_tr(info->note), DS_TYPE_SMALL, DS_UI_WRAP,
                             width - NOTE_INDENT);
}

/* The highest of the pages: the window keeps its size. */
static double pages_height(struct viewer_panels *p, double width)
{
    double heights[VIEWER_PREFERENCES_PAGES] = {0}, most = 0;
    for (int i = 0, shown; i < VIEWER_PREFERENCE_COUNT; i += shown) {
        enum viewer_preference_page page = viewer_preference_info((enum viewer_preference)i)->page;
        heights[page] += row_height(p, i, width, &shown);
        most = heights[page] > most ? heights[page] : most;
    }
    return most;
}

static void tabs(struct viewer_panels *p, struct ds_box row)
{
    for (int i = 0; i < VIEWER_PREFERENCES_PAGES; i++) {
        const char *word = page_word((enum viewer_preference_page)i);
        double width = ds_ui_button_width(p->ui, word, DS_ICON_NONE);
        bool is_here = p->preferences_page == (enum viewer_preference_page)i;
        if (ds_ui_button(p->ui, ds_ui_sub(ID_PREFERENCES_PAGE, (unsigned)i),
                         ds_box_left(&row, width, DS_SPACE_2), word,
                         is_here ? DS_UI_MAIN : DS_UI_PLAIN))
            p->preferences_page = (enum viewer_preference_page)i;
    }
}

static void window(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box in;
    double target = ds_ui_target(ui), room = ds_ui_width(ui);
    double width = room < WIDTH ? room : WIDTH, inner = width - 2 * DS_SPACE_5;
    double title = ds_ui_text_height(ui, DS_TR("Preferences"), DS_TYPE_TITLE, DS_UI_BOLD, inner);
    double height = 2 * DS_SPACE_5 + title + DS_SPACE_3 + target + DS_SPACE_3 +
                    pages_height(p, inner) + DS_SPACE_2 + target;
    ds_ui_modal_begin(ui, ID_PREFERENCES + 1000, width, height, DS_TR("Preferences"),
                      ID_PREFERENCES_CLOSE, &in);
    tabs(p, ds_box_top(&in, target, DS_SPACE_3));
    struct ds_box bottom = ds_box_bottom(&in, target, DS_SPACE_2);
    for (int i = 0; i < VIEWER_PREFERENCE_COUNT;)
        if (viewer_preference_info((enum viewer_preference)i)->page == p->preferences_page)
            i += row(p, i, &in);
        else
            i++;
    double close = ds_ui_button_width(ui, DS_TR("Close"), DS_ICON_NONE);
    if (ds_ui_button(ui, ID_PREFERENCES_CLOSE, ds_box_right(&bottom, close, 0), DS_TR("Close"),
                     DS_UI_PLAIN) ||
        ds_ui_escape(ui))
        p->preferences_open = false;
    ds_ui_modal_end(ui);
}

void viewer_preferences_window(struct viewer_panels *p)
{
    bool has_key = p->page != VIEWER_PAGE_SESSION && ds_ui_shortcut(p->ui, ',', DS_UI_CTRL);
    if (has_key)
        viewer_preferences_toggle(p);
    if (p->preferences_open && !p->confirm_end)
        window(p);
}
