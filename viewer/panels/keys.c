/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/keys.h"

#include "common/ui/text.h"
#include "viewer/input/strokes.h"
#include "viewer/panels/draw.h"
#include "viewer/panels/words.h"

#include <stdio.h>
#include <string.h>

#define STROKES 7
#define CURE_STAYS (15 * DS_SECOND)
#define CURE_WIDTH 560
#define PALETTE 108 /* of drawing, with its margin */

/* ---- the menu ---- */

enum entry {
    ENTRY_PASS,
    ENTRY_SHORTCUTS,
    ENTRY_SCROLL,
    ENTRY_LINE_1,
    ENTRY_F9,
    ENTRY_F10,
    ENTRY_F11,
    ENTRY_F12,
    ENTRY_LINE_2,
    ENTRY_STROKES,
    ENTRY_LINE_3 = ENTRY_STROKES + STROKES,
    ENTRY_PREFERENCES,
    ENTRY_COUNT,
};

/* Which preference an entry switches; VIEWER_PREFERENCE_COUNT: none. */
static enum viewer_preference switch_of(int entry)
{
    switch (entry) {
    case ENTRY_PASS:
        return VIEWER_PREFERENCE_PASS_KEYS;
    case ENTRY_SHORTCUTS:
        return VIEWER_PREFERENCE_SHORTCUTS;
    case ENTRY_F9:
    case ENTRY_F10:
    case ENTRY_F11:
    case ENTRY_F12:
        return (enum viewer_preference)(VIEWER_PREFERENCE_F9 + entry - ENTRY_F9);
    default:
        return VIEWER_PREFERENCE_COUNT;
    }
}

/* A combination as people call it. */
static const char *stroke_word(unsigned index)
{
    const char *keys = viewer_strokes_of_menu(index);
    if (strcmp(keys, "Super") == 0)
        return DS_TR("the Windows key");
    return strcmp(keys, "Print") == 0 ? DS_TR("Print Screen") : keys;
}

static bool may_send(const struct viewer_panels *p)
{
    return viewer_model_has(&p->model, DS_RIGHT_CONTROL) && !p->model.paused && !p->view_only;
}

static void fill(const struct viewer_panels *p, struct ds_ui_item items[ENTRY_COUNT],
                 char labels[STROKES][64])
{
    bool may = may_send(p);
    memset(items, 0, ENTRY_COUNT * sizeof(*items));
    for (int i = 0; i < ENTRY_COUNT; i++) {
        enum viewer_preference which = switch_of(i);
        if (which == VIEWER_PREFERENCE_COUNT)
            continue;
        items[i].label = ds_tr(viewer_preference_info(which)->label);
        items[i].checked = viewer_preferences_is_on(&p->preferences, which);
    }
    items[ENTRY_PASS].shortcut = viewer_words_chord("Y");
    items[ENTRY_PASS].icon = DS_ICON_KEYBOARD;
    items[ENTRY_SHORTCUTS].shortcut = viewer_words_chord("K");
    items[ENTRY_SCROLL] = (struct ds_ui_item){
        .label = DS_TR("Scroll"), .shortcut = viewer_words_chord("← ↑ → ↓"), .disabled = true};
    for (unsigned i = 0; i < STROKES; i++) {
        snprintf(labels[i], sizeof(labels[i]), DS_TR("Send %s"), stroke_word(i));
        items[ENTRY_STROKES + i] = (struct ds_ui_item){.label = labels[i], .disabled = !may};
    }
    if (!may)
        items[ENTRY_STROKES].reason = DS_TR("You need control for that.");
    items[ENTRY_PREFERENCES] = (struct ds_ui_item){.label = DS_TR("Preferences"),
                                                   .shortcut = viewer_words_chord(","),
                                                   .icon = DS_ICON_SETTINGS};
}

void viewer_keys_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[ENTRY_COUNT];
    char labels[STROKES][64];
    fill(p, items, labels);
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    int chosen =
        ds_ui_menu_button(p->ui, ID_KEYS, at, DS_ICON_KEYBOARD, NULL,
                          DS_UI_QUIET | (p->keys_taken ? DS_UI_ON : 0u), items, ENTRY_COUNT);
    char tip[128];
    snprintf(tip, sizeof(tip), "%s  %s",
             p->keys_taken ? DS_TR("Tools: keys. All keys go to the customer")
                           : DS_TR("Tools: keys"),
             viewer_words_chord("L"));
    ds_ui_tip(p->ui, tip);
    if (chosen < 0)
        return;
    if (switch_of(chosen) != VIEWER_PREFERENCE_COUNT)
        viewer_keys_toggle(p, switch_of(chosen));
    else if (chosen == ENTRY_PREFERENCES)
        p->preferences_open = true;
    else
        p->actions->strokes(p->ctx, viewer_strokes_of_menu((unsigned)(chosen - ENTRY_STROKES)));
}

/* ---- switches ---- */

static const char *words_of(enum viewer_preference which, bool on)
{
    switch (which) {
    case VIEWER_PREFERENCE_PASS_KEYS:
        return on ? DS_TR("While you control, all keys go to the customer, the Windows key and "
                          "Alt+Tab too. %s takes them back.")
                  : DS_TR("The Windows key, Alt+Tab and Ctrl+Esc stay on this computer.");
    case VIEWER_PREFERENCE_SHORTCUTS:
        return on ? DS_TR("Arrow keys and keypad scroll here, and F9 to F12 are shortcuts. %s "
                          "takes that back.")
                  : DS_TR("Arrow keys, keypad and F9 to F12 go to the customer.");
    default:
        return NULL;
    }
}

void viewer_keys_toggle(struct viewer_panels *p, enum viewer_preference which)
{
    char text[256];
    bool on = !viewer_preferences_is_on(&p->preferences, which);
    const char *words = words_of(which, on);
    p->actions->prefer(p->ctx, which, on);
    p->cure = VIEWER_PREFERENCE_COUNT;
    if (!words)
        return;
    snprintf(text, sizeof(text), words,
             viewer_words_chord(which == VIEWER_PREFERENCE_PASS_KEYS ? "Y" : "K"));
    ds_ui_toast(p->ui, text, DS_COLOR_SEEN);
}

/* ---- the notice ---- */

void viewer_keys_offer_cure(struct viewer_panels *p, enum viewer_preference which)
{
    p->cure = which;
    p->cure_until = ds_clock_now() + CURE_STAYS;
}

void viewer_keys_cure(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box area = viewer_panels_area(p);
    if (p->cure == VIEWER_PREFERENCE_COUNT)
        return;
    if (p->now >= p->cure_until || !may_send(p)) {
        p->cure = VIEWER_PREFERENCE_COUNT;
        return;
    }
    viewer_panel_wake(p, p->cure_until);
    bool is_pass = p->cure == VIEWER_PREFERENCE_PASS_KEYS;
    const char *words = is_pass
                            ? DS_TR("The Windows key, Alt+Tab and Ctrl+Esc stay on this computer.")
                            : DS_TR("Arrow keys and keypad scroll here: the customer does not get "
                                    "them.");
    const char *cure = is_pass ? DS_TR("Pass them on") : DS_TR("Send them to the customer");
    double target = ds_ui_target(ui), button = ds_ui_button_width(ui, cure, DS_ICON_NONE);
    double width = area.width - 2 * DS_SPACE_3;
    width = width < CURE_WIDTH ? width : CURE_WIDTH;
    double room = width - 2 * DS_SPACE_3 - button - target - 2 * DS_SPACE_2;
    double text = ds_ui_text_height(ui, words, DS_TYPE_NORMAL, DS_UI_WRAP, room);
    double height = (text > target ? text : target) + 2 * DS_SPACE_2;
    double top = VIEWER_TOOLBAR_HEIGHT + DS_SPACE_2;
    if (viewer_draw_is_on(p)) /* below the palette */
        top += PALETTE;
    struct ds_box box = {(area.width - width) / 2, top, width, height};
    ds_ui_panel(ui, box, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box row = ds_box_pad(box, DS_SPACE_3, DS_SPACE_2);
    struct ds_box close = ds_box_middle(ds_box_right(&row, target, DS_SPACE_2), target, target);
    struct ds_box change = ds_box_middle(ds_box_right(&row, button, DS_SPACE_2), button, target);
    ds_ui_label(ui, row, words, DS_TYPE_NORMAL, DS_COLOR_TEXT, DS_UI_WRAP | DS_UI_MIDDLE);
    if (ds_ui_button(ui, ID_CURE, change, cure, DS_UI_PLAIN)) {
        viewer_keys_toggle(p, p->cure);
    } else if (ds_ui_icon_button(ui, ID_CURE_CLOSE, close, DS_ICON_CLOSE, NULL, DS_UI_QUIET)) {
        p->cure = VIEWER_PREFERENCE_COUNT;
    }
    ds_ui_tip(ui, DS_TR("Leave it so"));
}
