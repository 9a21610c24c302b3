/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small bar at the top of the screen: who is there, what is allowed, Pause and End. */
#include "agent/show/page.h"

#include "common/base/text.h"
#include "common/ui/text.h"
#include "common/wire/clipboard.h"

#include <stdio.h>
#include <string.h>

/* As small as its words allow: it hides what lies below it from both people. */
enum {
    ID_PAUSE = 1,
    ID_END,
    ID_ERASE,
    ID_CONNECTION,
    ID_THERE,
    ID_HERE,
    ID_DRAWN,
    ID_RIGHTS,
    ID_TALK = 40,                        /* behind the rights */
    ID_RIGHT,                            /* and one for each */
    ID_DRAW = ID_RIGHT + DS_RIGHT_COUNT, /* the same for the tools */
    NAME_MOST = 160,
    BUTTON = 32,
    GRIP = 12,
    CROSS = 10,
    CHIP = 24,
    KEYCAP = 20,
    ICON = 16,
    CONNECTION = 24
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

/* One right that the rep has beyond looking; true: take it back. That they look is what the chip
 * says and Pause is for. */
static bool right(struct ds_ui *ui, struct ds_box *left, enum ds_right which, bool narrow)
{
    const char *word = agent_right_word(which);
    double wide = narrow ? 0 : word_width(ui, word, false) + DS_SPACE_1;
    struct ds_box box = take(left, 2 * DS_SPACE_1 + ICON + DS_SPACE_1 + wide + CROSS, 0);
    bool is_pressed = ds_ui_icon_button(ui, ID_RIGHT + which, box, DS_ICON_NONE, "", DS_UI_QUIET);
    struct ds_box inside = ds_box_pad(box, DS_SPACE_1, 0);
    ds_ui_icon(ui, ds_box_middle(ds_box_left(&inside, ICON, DS_SPACE_1), ICON, ICON),
               agent_right_icon(which), DS_COLOR_TEXT);
    if (!narrow)
        ds_ui_label(ui, ds_box_left(&inside, wide - DS_SPACE_1, DS_SPACE_1), word, DS_TYPE_NORMAL,
                    DS_COLOR_TEXT, DS_UI_MIDDLE);
    ds_ui_icon(ui, ds_box_middle(ds_box_left(&inside, CROSS, 0), CROSS, CROSS), DS_ICON_CLOSE,
               DS_COLOR_MUTED);
    return is_pressed;
}

/* Which way the clipboard goes, to the rep and from them; true: *out. */
static bool ways(struct ds_ui *ui, struct ds_box *left, const struct agent_view *view,
                 struct agent_show_event *out)
{
    const struct {
        ds_ui_id id;
        uint8_t which;
        enum ds_icon icon;
        const char *tip;
    } both[] = {
        {ID_THERE, DS_CLIPBOARD_GIVES, DS_ICON_THERE,
         DS_TR("Your clipboard to the representative")},
        {ID_HERE, DS_CLIPBOARD_TAKES, DS_ICON_HERE,
         DS_TR("The representative\xe2\x80\x99s clipboard to you")},
    };
    bool is_pressed = false;
    for (size_t i = 0; i < 2; i++) {
        bool is_on = view->clipboard & both[i].which;
        struct ds_box box = take(left, CONNECTION, 0), at = ds_box_middle(box, ICON, ICON);
        bool is_chosen = ds_ui_icon_button(ui, both[i].id, box, DS_ICON_NONE, "", DS_UI_QUIET);
        ds_ui_tip(ui, both[i].tip);
        ds_ui_icon(ui, at, both[i].icon, is_on ? DS_COLOR_TEXT : DS_COLOR_MUTED);
        if (!is_on)
            ds_ui_icon(ui, at, DS_ICON_SLASH, DS_COLOR_BAD);
        if (is_chosen) {
            out->type = AGENT_SHOW_CLIPBOARD;
            out->clipboard = both[i].which;
            out->yes = !is_on;
            is_pressed = true;
        }
    }
    ds_box_left(left, DS_SPACE_1, 0);
    return is_pressed;
}

static bool button(struct ds_ui *ui, struct ds_box *left, ds_ui_id id, const char *word, double gap,
                   unsigned flags)
{
    struct ds_box box = take(left, word_width(ui, word, true) + 2 * DS_SPACE_2, gap);
    return ds_ui_button(ui, id, box, word, flags);
}

/* A button that a key presses as well, with the key's name as on its cap. */
static bool key_button(struct ds_ui *ui, struct ds_box *left, ds_ui_id id, const char *word,
                       const char *key, unsigned flags)
{
    double name = word_width(ui, word, true);
    double cap = ds_ui_text_width(ui, key, DS_TYPE_SMALL, 0) + 2 * DS_SPACE_1;
    struct ds_box box = take(left, DS_SPACE_2 + name + DS_SPACE_1 + cap + DS_SPACE_1, DS_SPACE_1);
    bool is_pressed = ds_ui_icon_button(ui, id, box, DS_ICON_NONE, "", flags);
    ds_box_left(&box, DS_SPACE_2, 0);
    ds_ui_label(ui, ds_box_left(&box, name, DS_SPACE_1), word, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE);
    struct ds_box at = ds_box_middle(ds_box_left(&box, cap, 0), cap, KEYCAP);
    ds_ui_frame(ui, at, DS_COLOR_LINE, 1);
    ds_ui_label(ui, at, key, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_CENTER);
    return is_pressed;
}

/* Pause, or what can be said about the pause, and End, from the left; true: *out. */
static bool buttons(struct ds_ui *ui, struct ds_box *left, const struct agent_view *view,
                    bool narrow, struct agent_show_event *out, enum agent_bar_did *did)
{
    bool is_paused = view->paused != AGENT_PAUSE_NONE, is_pressed = false;
    bool can = view->page == AGENT_PAGE_CONNECTED;
    const char *word = is_paused ? DS_TR("Go on\xe2\x80\xa6") : DS_TR("Pause");
    unsigned flags = can ? DS_UI_PLAIN : DS_UI_DISABLED;
    is_pressed = narrow ? button(ui, left, ID_PAUSE, word, DS_SPACE_1, flags)
                        : key_button(ui, left, ID_PAUSE, word, DS_TR("Pause"), flags);
    if (is_pressed)
        out->type = AGENT_SHOW_PAUSE;
    if (button(ui, left, ID_END, DS_TR("End"), 0, DS_UI_DANGER)) {
        *did = AGENT_BAR_END;
        is_pressed = true;
    }
    return is_pressed;
}

/* The rep has drawn on the screen: one press takes it all away. */
static bool erase(struct ds_ui *ui, struct ds_box *left, const struct agent_view *view, bool narrow)
{
    const char *word = DS_TR("Erase drawings");
    if (view->drawings == 0)
        return false;
    if (!narrow)
        return button(ui, left, ID_ERASE, word, DS_SPACE_1, 0);
    bool is_pressed = ds_ui_icon_button(ui, ID_ERASE, take(left, BUTTON, DS_SPACE_1), DS_ICON_ERASE,
                                        NULL, DS_UI_PLAIN);
    ds_ui_tip(ui, word);
    return is_pressed;
}

/* The customer draws on their own screen: a press chooses the tool, a second one leaves it. While
 * they do not, there is the pen alone. True: *out says it. */
static bool draw(struct ds_ui *ui, struct ds_box *left, const struct agent_view *view,
                 struct agent_show_event *out)
{
    static const enum ds_icon icons[] = {DS_ICON_PEN, DS_ICON_ARROW, DS_ICON_BOX};
    uint8_t most = view->hand != 0 ? DS_NOTE_BOX : DS_NOTE_PEN;
    bool is_pressed = false;
    if (view->page != AGENT_PAGE_CONNECTED || view->paused != AGENT_PAUSE_NONE)
        return false;
    ds_box_left(left, DS_SPACE_1, 0);
    for (uint8_t tool = DS_NOTE_PEN; tool <= most; tool++) {
        bool is_on = view->hand == tool;
        if (!ds_ui_icon_button(ui, ID_DRAW + tool, take(left, CONNECTION, 0),
                               icons[tool - DS_NOTE_PEN], "", is_on ? DS_UI_ON : DS_UI_QUIET))
            continue;
        out->tool = is_on ? (enum ds_note_tool)0 : (enum ds_note_tool)tool;
        is_pressed = true;
    }
    if (view->hand != 0)
        ds_box_left(left, DS_SPACE_1, 0);
    if (view->hand != 0 &&
        key_button(ui, left, ID_DRAWN, DS_TR("Done"), DS_TR("Esc"), DS_UI_PLAIN)) {
        out->tool = (enum ds_note_tool)0;
        is_pressed = true;
    }
    if (is_pressed)
        out->type = AGENT_SHOW_DRAW;
    return is_pressed;
}

/* What the rep may do in a word; pressed, it says all of it. Takes the same room whoever has
 * control in this moment: the buttons beside it must not move away from under the customer's hand.
 */
static bool chip(struct ds_ui *ui, struct ds_box *left, const struct agent_view *view)
{
    struct agent_view other = *view;
    const char *word = agent_state_word(view);
    bool is_held = view->is_held && agent_state_color(view) == DS_COLOR_CONTROLLED;
    other.is_held = !view->is_held;
    double wide = ds_ui_text_width(ui, word, DS_TYPE_SMALL, DS_UI_BOLD);
    double most = ds_ui_text_width(ui, agent_state_word(&other), DS_TYPE_SMALL, DS_UI_BOLD);
    struct ds_box box = ds_box_left(left, 2 * DS_SPACE_2 + (wide > most ? wide : most), DS_SPACE_2);
    struct ds_box touch = ds_box_middle(box, box.width, BUTTON);
    bool is_pressed = ds_ui_icon_button(ui, ID_RIGHTS, touch, DS_ICON_NONE, "", DS_UI_QUIET);
    ds_ui_chip(ui, box.x + (most > wide ? (most - wide) / 2 : 0), (box.height - CHIP) / 2,
               DS_ICON_NONE, word, is_held ? DS_COLOR_SEEN : agent_state_color(view));
    return is_pressed;
}

static void name(struct ds_ui *ui, struct ds_box *left, const char *rep)
{
    char text[DS_TEXT_NAME];
    ds_text_for_display(text, sizeof text, rep);
    double wide = word_width(ui, text, true);
    wide = wide > NAME_MOST ? NAME_MOST : wide;
    ds_ui_label(ui, take(left, wide + 1, DS_SPACE_2), text, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

/* Who sees the screen while the line is cut: nobody. The count may run: nothing of it is sent. */
static void alone(struct ds_ui *ui, struct ds_box *left, unsigned left_s)
{
    const char *words = DS_TR("Nobody sees your screen");
    char count[16], text[64];
    ds_text_countdown(count, sizeof count, left_s);
    snprintf(text, sizeof text, DS_TR("%s left"), count); /* the count comes first */
    ds_ui_label(ui, take(left, word_width(ui, words, true) + 1, DS_SPACE_2), words, DS_TYPE_NORMAL,
                DS_COLOR_TEXT, DS_UI_BOLD | DS_UI_MIDDLE);
    /* As wide as the longest count, so that the buttons stay where they are. */
    double wide = ds_ui_text_width(ui, "00:00", DS_TYPE_NORMAL, DS_UI_TABULAR);
    wide += ds_ui_text_width(ui, text + strlen(count), DS_TYPE_NORMAL, 0);
    ds_ui_label(ui, take(left, wide + 1, DS_SPACE_2), text, DS_TYPE_NORMAL, DS_COLOR_MUTED,
                DS_UI_TABULAR | DS_UI_MIDDLE);
}

void agent_bar_focus(struct ds_ui *ui)
{
    ds_ui_focus(ui, ID_PAUSE);
}

bool agent_bar_build(struct ds_ui *ui, const struct agent_view *view, bool narrow,
                     struct agent_show_event *out, enum agent_bar_did *did, double *width)
{
    struct ds_box window = ds_ui_window(ui);
    struct ds_box left = {DS_SPACE_1, 0, 1e4, window.height};
    bool is_pressed = false;
    *did = AGENT_BAR_EVENT;
    *out = (struct agent_show_event){.right = DS_RIGHT_COUNT};
    ds_ui_ground(ui, DS_COLOR_RAISED);
    ds_ui_panel(ui, window, DS_COLOR_RAISED, DS_UI_BORDER);
    ds_ui_page(ui, view->paused, ID_PAUSE);
    ds_ui_icon(ui, ds_box_middle(take(&left, GRIP, DS_SPACE_1), GRIP, GRIP), DS_ICON_GRIP,
               DS_COLOR_MUTED);
    if (chip(ui, &left, view)) {
        *did = AGENT_BAR_RIGHTS;
        is_pressed = true;
    }
    bool is_alone = view->page == AGENT_PAGE_RECONNECTING;
    if (is_alone)
        alone(ui, &left, view->left_s);
    else
        name(ui, &left, view->rep);
    for (unsigned i = is_alone ? DS_RIGHT_COUNT : 0; i < DS_RIGHT_COUNT; i++) {
        if (view->granted[i] && i != DS_RIGHT_LOOK && right(ui, &left, (enum ds_right)i, narrow)) {
            out->type = AGENT_SHOW_REVOKE;
            out->right = (enum ds_right)i;
            is_pressed = true;
        }
        if (view->granted[i] && i == DS_RIGHT_CLIPBOARD)
            is_pressed |= ways(ui, &left, view, out);
    }
    if (view->by_command && !narrow && !is_alone) {
        const char *word = DS_TR("Agreed by command");
        double wide = ds_ui_text_width(ui, word, DS_TYPE_SMALL, 0);
        ds_box_left(&left, DS_SPACE_1, 0);
        ds_ui_label(ui, take(&left, wide, DS_SPACE_1), word, DS_TYPE_SMALL, DS_COLOR_MUTED,
                    DS_UI_MIDDLE);
    }
    is_pressed |= draw(ui, &left, view, out);
    struct ds_box chat = take(&left, CONNECTION, 0);
    if (ds_ui_icon_button(ui, ID_TALK, chat, DS_ICON_CHAT, "", DS_UI_QUIET)) {
        *did = AGENT_BAR_TALK;
        is_pressed = true;
    }
    ds_ui_badge(ui, chat, view->unread);
    if (view->transfer > 0)
        ds_ui_progress(ui, ds_box_bottom(&chat, 3, 0), (view->transfer - 1.0) / AGENT_TRANSFER,
                       DS_COLOR_ACCENT);
    if (ds_ui_icon_button(ui, ID_CONNECTION, take(&left, CONNECTION, 0), DS_ICON_SIGNAL, "",
                          DS_UI_QUIET)) {
        *did = AGENT_BAR_CONNECTION;
        is_pressed = true;
    }
    ds_box_left(&left, DS_SPACE_1, 0);
    if (erase(ui, &left, view, narrow)) {
        out->type = AGENT_SHOW_ERASE;
        is_pressed = true;
    }
    is_pressed |= buttons(ui, &left, view, narrow, out, did);
    *width = left.x + DS_SPACE_1;
    return is_pressed;
}
