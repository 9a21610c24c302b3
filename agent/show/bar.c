/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small bar at the top of the screen: who is there, what is allowed, Pause and End. */
#include "agent/show/page.h"

#include "common/base/text.h"
#include "common/ui/text.h"

enum {
    ID_PAUSE = 1,
    ID_END,
    ID_RIGHT,
    NAME_MOST = 200,
    BUTTON = 32,
    GRIP = 16,
    CROSS = 12,
    ICON = 20,
    SMALL = 6
};

static double word_width(struct ds_ui *ui, const char *word, bool is_bold)
{
    return ds_ui_text_width(ui, word, DS_TYPE_NORMAL, is_bold ? DS_UI_BOLD : 0);
}

static struct ds_box take(struct ds_box *left, double width, double gap)
{
    struct ds_box box = ds_box_left(left, width, gap);
    return ds_box_middle(box, width, BUTTON);
}

/* One right that the rep has; true: take it back. Looking is what Pause is for. */
static bool right(struct ds_ui *ui, struct ds_box *left, enum ds_right which, bool narrow)
{
    const char *word = agent_right_word(which);
    if (which == DS_RIGHT_LOOK) {
        struct ds_box icon = take(left, ICON, DS_SPACE_1);
        ds_ui_icon(ui, ds_box_middle(icon, ICON, ICON), agent_right_icon(which), DS_COLOR_TEXT);
        double width = word_width(ui, word, false);
        if (!narrow)
            ds_ui_label(ui, take(left, width, DS_SPACE_2), word, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                        DS_UI_MIDDLE);
        return false;
    }
    double wide = narrow ? 0 : word_width(ui, word, false) + SMALL;
    struct ds_box box = take(left, 4 * SMALL + ICON + wide + CROSS, 0);
    bool is_pressed = ds_ui_icon_button(ui, ID_RIGHT + which, box, DS_ICON_NONE, "", DS_UI_QUIET);
    struct ds_box inside = ds_box_pad(box, SMALL, 0);
    ds_ui_icon(ui, ds_box_middle(ds_box_left(&inside, ICON, SMALL), ICON, ICON),
               agent_right_icon(which), DS_COLOR_TEXT);
    if (!narrow)
        ds_ui_label(ui, ds_box_left(&inside, wide - SMALL, SMALL), word, DS_TYPE_NORMAL,
                    DS_COLOR_TEXT, DS_UI_MIDDLE);
    ds_ui_icon(ui, ds_box_middle(ds_box_left(&inside, CROSS, 0), CROSS, CROSS), DS_ICON_CLOSE,
               DS_COLOR_MUTED);
    return is_pressed;
}

/* Pause or go on, and End, from the left; true: *out. */
static bool buttons(struct ds_ui *ui, struct ds_box *left, const struct agent_view *view,
                    struct agent_show_event *out, bool *is_end_asked)
{
    const char *pause = DS_TR("Pause"), *resume = DS_TR("Go on"), *end = DS_TR("End");
    bool is_paused = view->paused == AGENT_PAUSE_BY_CUSTOMER, is_pressed = false;
    const char *word = is_paused ? resume : pause;
    bool can = view->page == AGENT_PAGE_CONNECTED && view->paused != AGENT_PAUSE_BY_REP;
    enum ds_icon icon = is_paused ? DS_ICON_RESUME : DS_ICON_PAUSE;
    unsigned flags = can ? is_paused ? DS_UI_GRANTS : 0u : DS_UI_DISABLED;
    struct ds_box box = take(left, ds_ui_button_width(ui, word, icon), DS_SPACE_2);
    if (ds_ui_icon_button(ui, ID_PAUSE, box, icon, word, flags)) {
        out->type = is_paused ? AGENT_SHOW_RESUME : AGENT_SHOW_PAUSE;
        out->yes = is_paused;
        is_pressed = true;
    }
    box = take(left, ds_ui_button_width(ui, end, DS_ICON_CLOSE), 0);
    if (ds_ui_icon_button(ui, ID_END, box, DS_ICON_CLOSE, end, DS_UI_DANGER)) {
        *is_end_asked = true;
        is_pressed = true;
    }
    return is_pressed;
}

bool agent_bar_build(struct ds_ui *ui, const struct agent_view *view, bool narrow,
                     struct agent_show_event *out, bool *is_end_asked, double *width)
{
    struct ds_box window = ds_ui_window(ui);
    struct ds_box left = {DS_SPACE_2, 0, 1e4, window.height};
    char name[DS_TEXT_NAME];
    bool is_pressed = false;
    *is_end_asked = false;
    *out = (struct agent_show_event){.right = DS_RIGHT_COUNT};
    ds_ui_ground(ui, DS_COLOR_RAISED);
    ds_ui_panel(ui, window, DS_COLOR_RAISED, DS_UI_BORDER);
    ds_ui_page(ui, view->paused, ID_PAUSE);
    ds_ui_icon(ui, ds_box_middle(take(&left, GRIP, DS_SPACE_2), GRIP, GRIP), DS_ICON_GRIP,
               DS_COLOR_MUTED);
    double chip = ds_ui_chip(ui, left.x, (window.height - 24) / 2, DS_ICON_NONE,
                             agent_state_word(view), agent_state_color(view));
    ds_box_left(&left, chip, DS_SPACE_3);
    ds_text_for_display(name, sizeof name, view->rep);
    double wide = word_width(ui, name, true);
    wide = wide > NAME_MOST ? NAME_MOST : wide;
    ds_ui_label(ui, take(&left, wide + 1, DS_SPACE_3), name, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    for (unsigned i = 0; i < DS_RIGHT_COUNT; i++) {
        if (view->granted[i] && right(ui, &left, (enum ds_right)i, narrow)) {
            out->type = AGENT_SHOW_REVOKE;
            out->right = (enum ds_right)i;
            is_pressed = true;
        }
    }
    if (view->by_command && !narrow) {
        const char *word = DS_TR("Agreed by command");
        ds_ui_label(ui, take(&left, word_width(ui, word, false), DS_SPACE_2), word, DS_TYPE_NORMAL,
                    DS_COLOR_MUTED, DS_UI_MIDDLE);
    }
    ds_box_left(&left, DS_SPACE_1, 0);
    is_pressed |= buttons(ui, &left, view, out, is_end_asked);
    *width = left.x + DS_SPACE_2;
    return is_pressed;
}
