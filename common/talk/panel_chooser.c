/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog of the chooser: where the person is, what is there, and the answer. */
#include "common/base/text.h"
#include "common/talk/chooser_priv.h"
#include "common/talk/talk.h"
#include "common/ui/place.h"
#include "common/ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct build {
    struct ds_ui *ui;
    struct ds_chooser *c;
    double target;
    bool is_taken;
};

const char *ds_chooser_place_word(enum ds_place place)
{
    switch (place) {
    case DS_PLACE_DESKTOP:
        return DS_TR("Desktop");
    case DS_PLACE_DOCUMENTS:
        return DS_TR("Documents");
    case DS_PLACE_DOWNLOADS:
        return DS_TR("Downloads");
    default:
        return DS_TR("Home");
    }
}

void ds_chooser_go_place(struct ds_chooser *c, enum ds_place place)
{
    char path[DS_CHOOSER_PATH];
    c->is_typed_path = false;
    ds_chooser_go(c, ds_place_get(place, path, sizeof(path)) ? path : "/");
}

/* ---- where ---- */

static void build_menu(struct build *b, struct ds_box box)
{
    struct ds_ui_item items[DS_PLACE_COUNT] = {{0}};
    for (unsigned i = 0; i < DS_PLACE_COUNT; i++)
        items[i] = (struct ds_ui_item){.label = ds_chooser_place_word((enum ds_place)i),
                                       .icon = DS_ICON_FOLDER};
    int chosen =
        ds_ui_menu_button(b->ui, ID_PLACES, box, DS_ICON_DOWN, NULL, 0, items, DS_PLACE_COUNT);
    ds_ui_tip(b->ui, DS_TR("Go to"));
    if (chosen >= 0)
        ds_chooser_go_place(b->c, (enum ds_place)chosen);
}

static void build_name(struct build *b, struct ds_box row)
{
    char name[256];
    const char *slash = strrchr(b->c->path, '/');
    ds_text_for_display(name, sizeof(name), slash && slash[1] ? slash + 1 : "/");
    ds_ui_label(b->ui, ds_box_pad(row, DS_SPACE_2, 0), name, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

static void build_where(struct build *b, struct ds_box *box, bool is_wide)
{
    struct ds_box row = ds_box_top(box, b->target, DS_SPACE_2);
    if (ds_ui_icon_button(b->ui, ID_UP, ds_box_left(&row, b->target, DS_SPACE_1), DS_ICON_UP, NULL,
                          b->c->path[1] ? 0 : DS_UI_DISABLED))
        ds_chooser_up(b->c);
    ds_ui_tip(b->ui, DS_TR("The folder above"));
    if (!is_wide)
        build_menu(b, ds_box_left(&row, b->target, DS_SPACE_1));
    if (is_wide)
        b->c->wide->crumbs(b->ui, b->c, row);
    else
        build_name(b, row);
    row = ds_box_top(box, b->target, DS_SPACE_2);
    const struct ds_ui_field field = {.hint = DS_TR("Path of a file or folder"),
                                      .bad = b->c->error != 0};
    if (ds_ui_text_field(b->ui, ID_FIELD, row, &b->c->field, &field) & DS_UI_FIELD_ENTER) {
        b->c->is_typed_path = true;
        ds_chooser_go(b->c, b->c->field.text);
    }
}

/* ---- what is there ---- */

static void write_date(char out[24], int64_t changed_s)
{
    struct tm then, today;
    time_t at = (time_t)changed_s, now = time(NULL);
    out[0] = '\0';
    if (!localtime_r(&at, &then) || !localtime_r(&now, &today))
        return;
    bool is_today = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    strftime(out, 24, is_today ? "%H:%M" : "%Y-%m-%d", &then);
}

/* A box of its own to press, for who has no second key to hold. */
static void build_mark(struct build *b, struct ds_box box, bool is_marked)
{
    struct ds_box at = ds_box_middle(box, BOX, BOX);
    ds_ui_panel(b->ui, at, is_marked ? DS_COLOR_ACCENT : DS_COLOR_SURFACE, 0);
    ds_ui_frame(b->ui, at, is_marked ? DS_COLOR_ACCENT : DS_COLOR_MUTED, 1);
    if (is_marked)
        ds_ui_icon(b->ui, ds_box_middle(box, BOX - 4, BOX - 4), DS_ICON_CHECK, DS_COLOR_ON_ACCENT);
}

static void build_entry(struct build *b, int index, struct ds_box row)
{
    const struct ds_listing_entry *entry = ds_chooser_entry(b->c, index);
    char name[512], text[32];
    if (!b->c->wants_folder)
        build_mark(b, ds_box_left(&row, BOX + 4, DS_SPACE_2), entry->is_marked);
    ds_ui_icon(b->ui, ds_box_middle(ds_box_left(&row, 18, DS_SPACE_2), 18, 18),
               entry->is_folder ? DS_ICON_FOLDER : DS_ICON_FILE,
               entry->is_folder ? DS_COLOR_ACCENT : DS_COLOR_MUTED);
    write_date(text, entry->changed_s);
    ds_ui_label(b->ui, ds_box_right(&row, DATE, DS_SPACE_2), text, DS_TYPE_SMALL, DS_COLOR_MUTED,
                DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_TABULAR);
    if (!b->c->wants_folder) {
        ds_talk_bytes(text, sizeof(text), entry->size);
        ds_ui_label(b->ui, ds_box_right(&row, SIZE, DS_SPACE_2), entry->is_folder ? "" : text,
                    DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_TABULAR);
    }
    ds_text_for_display(name, sizeof(name), entry->name);
    ds_ui_label(b->ui, row, name, DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

/* Why the list is empty, or not all of it; NULL: it speaks for itself. */
static const char *list_words(const struct ds_chooser *c)
{
    if (c->lister)
        return DS_TR("Reading the folder…");
    if (c->error == EACCES || c->error == EPERM)
        return DS_TR("You may not look into this folder.");
    if (c->error)
        return c->error == ENOENT || c->error == ENOTDIR ? DS_TR("There is no such folder.")
                                                         : DS_TR("This folder cannot be read.");
    if (c->count == 0)
        return c->wants_folder ? DS_TR("There are no folders in here.")
                               : DS_TR("There is nothing in here.");
    return NULL;
}

/* The keyboard in the list, beside what every list knows. */
static void list_keys(struct build *b)
{
    struct ds_ui *ui = b->ui;
    struct ds_chooser *c = b->c;
    if (ds_ui_focused(ui) != ID_LIST)
        return;
    if (ds_ui_shortcut(ui, ' ', 0) || ds_ui_shortcut(ui, ' ', DS_UI_CTRL))
        ds_chooser_mark(c, c->list.selected, false);
    if (ds_ui_shortcut(ui, ' ', DS_UI_SHIFT))
        ds_chooser_mark(c, c->list.selected, true);
    if (ds_ui_shortcut(ui, 'a', DS_UI_CTRL))
        ds_chooser_mark_all(c);
    if (ds_ui_shortcut(ui, KEY_BACKSPACE, 0))
        ds_chooser_up(c);
    const char *typed = ds_ui_typed(ui);
    if (typed)
        ds_chooser_type(c, typed, ds_clock_now());
}

static void build_list(struct build *b, struct ds_box box)
{
    struct ds_chooser *c = b->c;
    struct ds_box row;
    const char *words = list_words(c);
    int selected = c->list.selected;
    ds_ui_list_begin(b->ui, ID_LIST, box, (int)c->count, ROW > b->target ? b->target : ROW,
                     &c->list);
    for (int i; (i = ds_ui_list_next(b->ui, &c->list, &row)) >= 0;)
        build_entry(b, i, row);
    ds_ui_list_end(b->ui, &c->list);
    if (words)
        ds_ui_label(b->ui, ds_box_pad(box, DS_SPACE_4, DS_SPACE_3), words, DS_TYPE_NORMAL,
                    c->error ? DS_COLOR_BAD : DS_COLOR_MUTED, DS_UI_WRAP);
    int pressed = c->list.pressed;
    bool is_box = ds_ui_is_over(b->ui, (struct ds_box){box.x, box.y, BOX + 20, box.height});
    if (pressed >= 0 && (is_box || c->list.mods & (DS_UI_CTRL | DS_UI_SHIFT))) {
        if (c->list.mods & DS_UI_SHIFT && c->from < 0)
            c->from = selected;
        ds_chooser_mark(c, pressed, (c->list.mods & DS_UI_SHIFT) != 0);
        c->list.activated = -1; /* two quick presses on a box are two marks */
    }
    if (c->list.activated >= 0)
        b->is_taken |= ds_chooser_enter(c, c->list.activated);
    list_keys(b);
}

/* ---- the answer ---- */

static bool build_answer(struct build *b, struct ds_box *box)
{
    struct ds_chooser *c = b->c;
    char text[64];
    const char *take = c->wants_folder ? DS_TR("Save here") : DS_TR("Send");
    if (c->marked > 0) {
        snprintf(text, sizeof(text), DS_TRN("Send %lu", "Send %lu", (unsigned long)c->marked),
                 (unsigned long)c->marked);
        take = text;
    }
    const char *cancel = DS_TR("Cancel");
    struct ds_box row = ds_box_bottom(box, b->target, DS_SPACE_3);
    bool can = c->wants_folder ? c->listing && c->error == 0 : c->count > 0;
    double width = ds_ui_button_width(b->ui, take, DS_ICON_NONE);
    struct ds_box take_at = ds_box_right(&row, width, DS_SPACE_2);
    width = ds_ui_button_width(b->ui, cancel, DS_ICON_NONE);
    struct ds_box cancel_at = ds_box_right(&row, width, DS_SPACE_2);
    bool shows = c->shows_hidden;
    const char *hidden = DS_TR("Hidden");
    if (row.width >= 52 + DS_SPACE_3 + ds_ui_text_width(b->ui, hidden, DS_TYPE_NORMAL, 0) &&
        ds_ui_toggle(b->ui, ID_HIDDEN, row, hidden, &shows, 0))
        ds_chooser_show_hidden(c, shows);
    ds_ui_tip(b->ui, DS_TR("Files and folders whose names begin with a dot (Ctrl+H)"));
    bool is_cancelled = ds_ui_button(b->ui, ID_CANCEL, cancel_at, cancel, 0);
    if (ds_ui_button(b->ui, ID_TAKE, take_at, take, DS_UI_MAIN | (can ? 0u : DS_UI_DISABLED)))
        b->is_taken |= ds_chooser_take(c);
    return is_cancelled;
}

static void dialog_keys(struct build *b)
{
    struct ds_chooser *c = b->c;
    if (ds_ui_shortcut(b->ui, 'l', DS_UI_CTRL)) {
        ds_ui_focus(b->ui, ID_FIELD);
        ds_edit_select_all(&c->field);
    }
    if (ds_ui_shortcut(b->ui, 'h', DS_UI_CTRL))
        ds_chooser_show_hidden(c, !c->shows_hidden);
    if (ds_ui_shortcut(b->ui, KEY_UP, DS_UI_ALT))
        ds_chooser_up(c);
    if (ds_ui_shortcut(b->ui, KEY_HOME, DS_UI_ALT))
        ds_chooser_go_place(c, DS_PLACE_HOME);
    if (ds_ui_shortcut(b->ui, KEY_ENTER, DS_UI_CTRL))
        b->is_taken |= ds_chooser_take(c);
}

enum ds_chooser_did ds_chooser_build(struct ds_ui *ui, struct ds_chooser *c)
{
    struct build b = {.ui = ui, .c = c, .target = ds_ui_target(ui)};
    struct ds_box window = ds_ui_window(ui), in;
    bool is_wide = c->wide && window.width >= WIDE;
    if (ds_chooser_poll(c) && ds_ui_focused(ui) == ID_FIELD && c->error == 0)
        ds_ui_focus(ui, ID_LIST);
    ds_ui_modal_begin(ui, ID_DIALOG, is_wide ? WIDTH : window.width,
                      is_wide ? HEIGHT : window.height, NULL, ID_LIST, &in);
    if (!is_wide)
        in = ds_box_pad(window, DS_SPACE_3, DS_SPACE_3);
    ds_ui_paragraph(ui, &in,
                    c->wants_folder ? DS_TR("Choose a folder to save in")
                                    : DS_TR("Choose what to send"),
                    DS_TYPE_LARGE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_3);
    dialog_keys(&b);
    if (is_wide)
        c->wide->side(ui, c, ds_box_left(&in, SIDE, DS_SPACE_3));
    build_where(&b, &in, is_wide);
    bool is_over = build_answer(&b, &in);
    if (c->listing && c->listing->is_cut)
        ds_ui_label(ui, ds_box_bottom(&in, 16, DS_SPACE_1),
                    DS_TR("Only the first 20,000 are shown: write the path."), DS_TYPE_SMALL,
                    DS_COLOR_WARN, DS_UI_ELLIPSIS);
    build_list(&b, in);
    is_over |= ds_ui_escape(ui);
    ds_ui_modal_end(ui);
    bool is_chosen = b.is_taken || c->chosen.len > 0;
    if (is_chosen || is_over)
        ds_chooser_close(c);
    return is_chosen ? DS_CHOOSER_CHOSEN : is_over ? DS_CHOOSER_CANCELLED : DS_CHOOSER_NOTHING;
}
