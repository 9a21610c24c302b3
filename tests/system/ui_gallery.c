/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws every widget and every page of the customer's windows in both themes, both languages and at
 * scale 1 and 2, as PNG files, for people to look at; fails when a text is cut.
 * Usage: ui_gallery FOLDER (nothing is written without one). */
#include "agent/show/page.h"
#include "common/talk/talk.h"
#include "common/ui/text.h"
#include "common/ui/ui.h"
#include "tests/support/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void write_png(struct ds_ui *ui, int width, int height, const char *folder, const char *name,
                      const struct ds_theme *theme)
{
    char path[512];
    if (ds_ui_cut_text(ui)) {
        fprintf(stderr, "%s %s: cut text: %s\n", name, ds_text_language(), ds_ui_cut_text(ui));
        failures++;
    }
    if (!folder)
        return;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);
    ds_ui_invalidate(ui);
    ds_ui_paint(ui, cr);
    cairo_destroy(cr);
    snprintf(path, sizeof path, "%s/%s-%s-%s-%d.png", folder, name, ds_text_language(),
             theme->dark ? "dark" : "light", (int)theme->scale);
    if (cairo_surface_write_to_png(surface, path) != CAIRO_STATUS_SUCCESS) {
        fprintf(stderr, "cannot write %s\n", path);
        failures++;
    }
    cairo_surface_destroy(surface);
}

static void draw_page(const char *folder, const struct test_view *at, const struct ds_theme *theme)
{
    struct ds_ui *ui = ds_ui_new(theme);
    struct agent_page_state state;
    struct agent_show_event event;
    struct agent_view view;
    double height = 100;
    agent_page_init(&state);
    test_view_make(at, &view, &state);
    int width = (int)(AGENT_PAGE_WIDTH * theme->scale);
    for (int i = 0; i < 2; i++) {
        int high = (int)(height * theme->scale + 0.99);
        do {
            ds_ui_begin(ui, width, high, 5 * DS_SECOND);
            agent_page_build(ui, &state, &view, &event, &height);
        } while (ds_ui_end(ui));
    }
    write_png(ui, width, (int)(height * theme->scale + 0.99), folder, at->name, theme);
    agent_page_destroy(&state);
    ds_ui_destroy(ui);
}

static void draw_bar(const char *folder, const struct test_view *at, const struct ds_theme *theme)
{
    struct ds_ui *ui = ds_ui_new(theme);
    struct agent_show_event event;
    struct agent_view view;
    enum agent_bar_did did;
    double width = 100;
    char name[64];
    test_view_make(at, &view, NULL);
    int height = (int)(AGENT_BAR_HEIGHT * theme->scale);
    for (int i = 0; i < 2; i++) {
        do {
            ds_ui_begin(ui, (int)(width * theme->scale + 0.99), height, 5 * DS_SECOND);
            agent_bar_build(ui, &view, false, &event, &did, &width);
        } while (ds_ui_end(ui));
    }
    snprintf(name, sizeof name, "bar-%s", at->name);
    write_png(ui, (int)(width * theme->scale + 0.99), height, folder, name, theme);
    ds_ui_destroy(ui);
}

/* ---- The chat ---- */

static void say(struct ds_talk *talk, unsigned number, bool is_ours, int64_t at_s, const char *text)
{
    struct ds_chat_line line = {.number = number, .is_ours = is_ours, .at_s = at_s};
    snprintf(line.id, sizeof line.id, "%u", number);
    line.text = strdup(text);
    ds_talk_put_line(talk, &line);
    free(line.text);
}

static void draw_talk(const char *folder, const struct ds_theme *theme, bool is_question,
                      bool is_over)
{
    const int64_t then = 1764000000;
    struct ds_ui *ui = ds_ui_new(theme);
    struct ds_talk talk;
    struct ds_talk_wish wish;
    int width = (int)(380 * theme->scale), height = (int)(520 * theme->scale);
    ds_talk_init(&talk, "/home/ada/Downloads");
    snprintf(talk.other, sizeof talk.other, "Dana R.");
    snprintf(talk.org, sizeof talk.org, "Acme Support");
    talk.may_send = true;
    say(&talk, 1, false, then - 86400, "Hello! How can I help you today?");
    say(&talk, 2, true, then,
        "The printer says \xe2\x80\x9cout of paper\xe2\x80\x9d, but there is paper "
        "\xf0\x9f\x99\x82");
    say(&talk, 3, false, then + 60,
        "Please look at https://help.acme.example/printers/paper?model=X200 and tell me what you "
        "see.");
    say(&talk, 4, true, then + 120, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d, caf\xc3\xa9 e\xcc\x81");
    ds_talk_mood(&talk, !is_over, false, 4);
    struct ds_chat_line unsent = {.id = "x", .is_ours = true, .at_s = then + 180, .text = NULL};
    unsent.text = strdup("It works again!");
    ds_talk_put_line(&talk, &unsent);
    free(unsent.text);
    ds_edit_set(&talk.edit, "Thank you");
    talk.is_over = is_over;
    if (is_question)
        snprintf(talk.link, sizeof talk.link,
                 "https://help.acme.example/printers/paper?model=X200");
    do {
        ds_ui_begin(ui, width, height, 5 * DS_SECOND);
        ds_ui_ground(ui, DS_COLOR_RAISED);
        ds_talk_build(ui, &talk, ds_ui_window(ui), false, &wish);
    } while (ds_ui_end(ui));
    write_png(ui, width, height, folder,
              is_question ? "talk-link"
              : is_over   ? "talk-over"
                          : "talk",
              theme);
    ds_talk_destroy(&talk);
    ds_ui_destroy(ui);
}

/* ---- Every widget ---- */

struct widgets {
    char text[64], password[64], code[16], empty[8];
    struct ds_edit edits[4];
    struct ds_ui_list list;
    double value;
    bool on, off, is_menu, is_modal;
};

static void build_text(struct ds_ui *ui, struct ds_box box)
{
    static const enum ds_type types[] = {DS_TYPE_SMALL, DS_TYPE_NORMAL, DS_TYPE_LARGE,
                                         DS_TYPE_TITLE, DS_TYPE_NUMBER};
    for (unsigned i = 0; i < 5; i++)
        ds_ui_paragraph(ui, &box, "Handgloves 0123 \xc3\xa9\xc3\xa0\xc3\xa7", types[i],
                        DS_COLOR_TEXT, 0, 4);
    ds_ui_paragraph(ui, &box, "Muted text that is long enough to be broken into lines.",
                    DS_TYPE_NORMAL, DS_COLOR_MUTED, 0, 8);
    ds_ui_number(ui, ds_box_top(&box, 36, 8), "481926", false);
    struct ds_box row = ds_box_top(&box, 24, 8);
    double x = row.x;
    x += 8 + ds_ui_chip(ui, x, row.y, DS_ICON_EYE, "Seen", DS_COLOR_SEEN);
    x += 8 + ds_ui_chip(ui, x, row.y, DS_ICON_KEYBOARD, "Controlled", DS_COLOR_CONTROLLED);
    ds_ui_chip(ui, x, row.y, DS_ICON_PAUSE, "Paused", DS_COLOR_PAUSED);
    ds_ui_progress(ui, ds_box_top(&box, 8, 12), 0.6, DS_COLOR_ACCENT);
    ds_ui_line(ui, ds_box_top(&box, 8, 4));
    for (unsigned i = 1; i < DS_ICON_COUNT; i++)
        ds_ui_icon(ui,
                   (struct ds_box){box.x + (i - 1) % 8 * 36, box.y + (i - 1) / 8 * 36.0, 24, 24},
                   (enum ds_icon)i, DS_COLOR_TEXT);
}

static void build_fields(struct ds_ui *ui, struct ds_box *box, struct widgets *w)
{
    static const struct ds_ui_field fields[] = {
        {.hint = NULL}, {.password = true}, {.number = true}, {.hint = "A hint", .bad = true}};
    for (unsigned i = 0; i < 4; i++)
        ds_ui_text_field(ui, 20 + i, ds_box_top(box, 40, 12), &w->edits[i], &fields[i]);
    ds_ui_toggle(ui, 30, ds_box_top(box, 32, 4), "Switched on", &w->on, 0);
    ds_ui_toggle(ui, 31, ds_box_top(box, 32, 4), "Switched off", &w->off, 0);
    ds_ui_toggle(ui, 32, ds_box_top(box, 32, 8), "Not to be changed", &w->off, DS_UI_DISABLED);
    ds_ui_slider(ui, 33, ds_box_top(box, 32, 8), "Quality", &w->value, 0, 100, 5);
}

static void build_buttons(struct ds_ui *ui, struct ds_box *box)
{
    static const struct {
        const char *label;
        enum ds_icon icon;
        unsigned flags;
    } kinds[] = {{"Main", 0, DS_UI_MAIN},
                 {"Plain", 0, 0},
                 {"Danger", 0, DS_UI_DANGER},
                 {"Off", 0, DS_UI_DISABLED},
                 {"Quiet", DS_ICON_COPY, DS_UI_QUIET},
                 {"Pause", DS_ICON_PAUSE, 0},
                 {NULL, DS_ICON_FULLSCREEN, DS_UI_QUIET},
                 {NULL, DS_ICON_KEYBOARD, DS_UI_ON}};
    for (unsigned i = 0; i < 2; i++) {
        struct ds_box row = ds_box_top(box, 32, 8);
        for (unsigned k = 4 * i; k < 4 * i + 4; k++) {
            double width = ds_ui_button_width(ui, kinds[k].label, kinds[k].icon);
            ds_ui_icon_button(ui, 40 + k, ds_box_left(&row, width, 8), kinds[k].icon,
                              kinds[k].label, kinds[k].flags);
        }
    }
}

static void build_widgets(struct ds_ui *ui, struct widgets *w)
{
    static const struct ds_ui_item items[] = {
        {.label = "Fit the window", .shortcut = "Ctrl+F", .icon = DS_ICON_FIT},
        {.label = "One to one", .shortcut = "Ctrl+1", .checked = true},
        {.label = NULL},
        {.label = "Share my screen", .disabled = true, .reason = "Not part of your account"},
        {.label = "End the session", .icon = DS_ICON_CLOSE, .danger = true}};
    static const char *const rows[] = {"Ada",          "Bertille", "Chlo\xc3\xa9", "Dana",
                                       "\xc3\x89mile", "Fatou",    "Gwen"};
    struct ds_box box = ds_box_pad(ds_ui_window(ui), 16, 16), row;
    ds_ui_page(ui, 1, 22);
    build_text(ui, ds_box_left(&box, 300, 24));
    struct ds_box middle = ds_box_left(&box, 300, 24);
    build_fields(ui, &middle, w);
    build_buttons(ui, &middle);
    ds_ui_list_begin(ui, 60, ds_box_top(&box, 130, 12), 7, 32, &w->list);
    for (int i; (i = ds_ui_list_next(ui, &w->list, &row)) >= 0;)
        ds_ui_label(ui, row, rows[i], DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_MIDDLE);
    ds_ui_list_end(ui, &w->list);
    ds_ui_menu_button(ui, 70, ds_box_top(&box, 32, 8), DS_ICON_MENU, "Menu", 0, items, 5);
    ds_ui_menu(ui, 71, box.x, box.y, items, 5, &w->is_menu);
    if (w->is_modal) {
        struct ds_box inside;
        ds_ui_modal_begin(ui, 80, 420, 200, "End the session?", 82, &inside);
        ds_ui_paragraph(ui, &inside, "Closing this window ends the session for both.",
                        DS_TYPE_NORMAL, DS_COLOR_TEXT, 0, 8);
        struct ds_box buttons = ds_box_bottom(&inside, 32, 0);
        ds_ui_button(ui, 81, ds_box_column(buttons, 0, 2, 12), "End", DS_UI_DANGER);
        ds_ui_button(ui, 82, ds_box_column(buttons, 1, 2, 12), "Stay", 0);
        ds_ui_modal_end(ui);
    }
}

static void draw_widgets(const char *folder, const struct ds_theme *theme, bool is_menu,
                         bool is_modal)
{
    struct ds_theme rep = *theme;
    struct widgets w = {.text = "Some text", .password = "secret", .code = "481926", .value = 60};
    rep.target = DS_TARGET_REP;
    struct ds_ui *ui = ds_ui_new(&rep);
    char *buffers[] = {w.text, w.password, w.code, w.empty};
    size_t sizes[] = {sizeof w.text, sizeof w.password, sizeof w.code, sizeof w.empty};
    for (unsigned i = 0; i < 4; i++)
        ds_edit_init(&w.edits[i], buffers[i], sizes[i]);
    ds_edit_select_all(&w.edits[2]);
    w.on = true;
    w.list.selected = 2;
    w.is_menu = is_menu;
    w.is_modal = is_modal;
    int width = (int)(960 * theme->scale), height = (int)(480 * theme->scale);
    ds_ui_toast(ui, "Copied.", DS_COLOR_GOOD);
    do {
        ds_ui_begin(ui, width, height, 5 * DS_SECOND);
        build_widgets(ui, &w);
    } while (ds_ui_end(ui));
    write_png(ui, width, height, folder,
              is_modal  ? "widgets-modal"
              : is_menu ? "widgets-menu"
                        : "widgets",
              theme);
    ds_ui_destroy(ui);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : NULL;
    static const char *const languages[] = {"en", "fr"};
    for (unsigned i = 0; i < 8; i++) {
        struct ds_theme theme = ds_theme_default(false, DS_TARGET_CUSTOMER);
        theme.dark = i & 1;
        theme.scale = i & 2 ? 2 : 1;
        ds_text_choose(languages[i / 4]);
        for (size_t k = 0; k < test_view_count; k++) {
            draw_page(folder, &test_views[k], &theme);
            if (test_views[k].page == AGENT_PAGE_CONNECTED)
                draw_bar(folder, &test_views[k], &theme);
        }
        draw_talk(folder, &theme, false, false);
        draw_talk(folder, &theme, true, false);
        draw_talk(folder, &theme, false, true);
        draw_widgets(folder, &theme, false, false);
        draw_widgets(folder, &theme, true, false);
        draw_widgets(folder, &theme, false, true);
    }
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
