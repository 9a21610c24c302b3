/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/draw.h"

#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

struct tool {
    enum ds_note_tool tool;
    enum ds_icon icon;
};

static const struct tool tools[VIEWER_TOOLS] = {
    {DS_NOTE_PEN, DS_ICON_PEN},
    {DS_NOTE_ARROW, DS_ICON_ARROW},
    {DS_NOTE_BOX, DS_ICON_BOX},
    {DS_NOTE_HIGHLIGHT, DS_ICON_MARKER},
    {DS_NOTE_SPOTLIGHT, DS_ICON_SPOTLIGHT},
    {DS_NOTE_TEXT, DS_ICON_LETTER},
    {DS_NOTE_LASER, DS_ICON_LASER},
};

/* Each stands out from the others for people who see few colours, too. */
static const uint32_t colors[VIEWER_COLORS] = {DS_NOTE_COLOR, 0xf5d90a, 0x2f7d32,
                                               0x1f5eff,      0x1a1d21, 0xffffff};

static const uint8_t sizes[VIEWER_SIZES] = {DS_NOTE_THIN, DS_NOTE_NORMAL, DS_NOTE_THICK};

static const char *tool_word(unsigned index)
{
    switch (tools[index].tool) {
    case DS_NOTE_PEN:
        return DS_TR("Pen");
    case DS_NOTE_ARROW:
        return DS_TR("Arrow");
    case DS_NOTE_BOX:
        return DS_TR("Box");
    case DS_NOTE_HIGHLIGHT:
        return DS_TR("Highlighter");
    case DS_NOTE_SPOTLIGHT:
        return DS_TR("Spotlight");
    case DS_NOTE_LASER:
        return DS_TR("Laser pointer, while the button is held");
    default:
        return DS_TR("Text, written where you click");
    }
}

static const char *color_word(unsigned index)
{
    switch (index) {
    case 0:
        return DS_TR("Red");
    case 1:
        return DS_TR("Yellow");
    case 2:
        return DS_TR("Green");
    case 3:
        return DS_TR("Blue");
    case 4:
        return DS_TR("Black");
    default:
        return DS_TR("White");
    }
}

static const char *size_word(unsigned index)
{
    return index == 0 ? DS_TR("Thin") : index == 1 ? DS_TR("Normal") : DS_TR("Thick");
}

/* ---- what the person wants ---- */

static bool may_draw(const struct viewer_panels *p)
{
    return viewer_model_has(&p->model, DS_RIGHT_POINT) && !p->model.paused && !p->view_only;
}

static bool has(const struct viewer_panels *p, unsigned index)
{
    return tools[index].tool != DS_NOTE_LASER || p->model.may_laser;
}

static bool is_blank(const struct viewer_panels *p)
{
    return p->model.notes + p->model.own_notes == 0;
}

void viewer_draw_toggle(struct viewer_panels *p)
{
    if (p->view_only || p->model.paused)
        return;
    if (!viewer_model_has(&p->model, DS_RIGHT_POINT)) {
        p->draws = true; /* as soon as the customer agrees */
        if (p->model.rights[DS_RIGHT_POINT] != DS_RIGHT_ASKED)
            p->actions->right(p->ctx, VIEWER_ORDER_REQUEST, DS_RIGHT_POINT);
        return;
    }
    p->draws = !p->draws;
}

void viewer_draw_choose(struct viewer_panels *p, unsigned index)
{
    if (index >= VIEWER_TOOLS || (viewer_draw_is_on(p) && !has(p, index)))
        return;
    p->tool = index;
    if (!viewer_draw_is_on(p) && !p->draws)
        viewer_draw_toggle(p);
}

void viewer_draw_undo(struct viewer_panels *p)
{
    if (p->model.notes > 0)
        p->actions->order(p->ctx, VIEWER_ORDER_UNDO_NOTE);
}

void viewer_draw_erase(struct viewer_panels *p)
{
    if (!is_blank(p))
        p->actions->order(p->ctx, VIEWER_ORDER_ERASE_NOTES);
}

static bool stop(struct viewer_panels *p)
{
    p->draws = false;
    return true;
}

static bool run_key(struct viewer_panels *p, uint32_t keysym)
{
    bool is_on = viewer_draw_is_on(p);
    switch (keysym) {
    case XKB_KEY_Z:
    case XKB_KEY_z:
        viewer_draw_undo(p);
        return true;
    case XKB_KEY_X:
    case XKB_KEY_x:
        viewer_draw_erase(p);
        return true;
    case XKB_KEY_G:
    case XKB_KEY_g:
        p->color = is_on ? (p->color + 1) % VIEWER_COLORS : p->color;
        return is_on;
    case XKB_KEY_W:
    case XKB_KEY_w:
        p->size = is_on ? (p->size + 1) % VIEWER_SIZES : p->size;
        return is_on;
    case XKB_KEY_question:
    case XKB_KEY_slash:
        p->draw_help = is_on ? !p->draw_help : p->draw_help;
        return is_on;
    default:
        return false;
    }
}

bool viewer_draw_key(struct viewer_panels *p, uint32_t keysym, bool alone)
{
    if (alone && !viewer_draw_is_on(p))
        return false;
    if (alone && keysym == XKB_KEY_Escape)
        return stop(p);
    if (keysym >= XKB_KEY_1 && keysym < XKB_KEY_1 + VIEWER_TOOLS) {
        viewer_draw_choose(p, keysym - XKB_KEY_1);
        return true;
    }
    return run_key(p, keysym);
}

bool viewer_draw_is_on(const struct viewer_panels *p)
{
    return p->draws && may_draw(p) && p->complete;
}

void viewer_draw_with(const struct viewer_panels *p, struct ds_note *like)
{
    *like = (struct ds_note){
        .tool = (uint8_t)tools[p->tool].tool, .color = colors[p->color], .size = sizes[p->size]};
}

enum ds_icon viewer_draw_icon(const struct viewer_panels *p)
{
    return tools[p->tool].icon;
}

/* ---- text, written in place ---- */

bool viewer_draw_wants_keys(const struct viewer_panels *p)
{
    return p->writing == VIEWER_WRITING;
}

void viewer_draw_write_at(struct viewer_panels *p, int x, int y)
{
    p->writing = VIEWER_WRITING;
    p->write_x = x;
    p->write_y = y;
    ds_edit_set(&p->note_edit, "");
    ds_ui_focus(p->ui, ID_NOTE_TEXT);
}

void viewer_draw_writing(struct viewer_panels *p)
{
    const struct ds_ui_field field = {.bare = true};
    double scale = ds_ui_theme(p->ui)->scale;
    struct ds_box at = {p->write_x / scale, p->write_y / scale, 1, 1};
    if (p->writing != VIEWER_WRITING)
        return;
    if (!viewer_draw_is_on(p) || tools[p->tool].tool != DS_NOTE_TEXT)
        p->writing =
            viewer_model_has(&p->model, DS_RIGHT_POINT) ? VIEWER_WRITTEN : VIEWER_WRITING_DROPPED;
    else if (ds_ui_text_field(p->ui, ID_NOTE_TEXT, at, &p->note_edit, &field) & DS_UI_FIELD_ENTER)
        p->writing = VIEWER_WRITTEN;
    else if (ds_ui_escape(p->ui))
        p->writing = VIEWER_WRITING_DROPPED;
}

/* ---- the palette ---- */

#define SWATCH 28
#define CAP 14     /* the key's name below its tool */
#define ROW_TOP 56 /* below where the toolbar comes */
#define LINE_HIGH 22
#define KEY_WIDE 56

static void say_key(struct viewer_panels *p, const char *word, const char *key)
{
    char tip[128];
    snprintf(tip, sizeof(tip), "%s  %s", word, viewer_words_chord(key));
    ds_ui_tip(p->ui, tip);
}

/* A button of the first row, with its key below it. */
static bool key_button(struct viewer_panels *p, struct ds_box *row, ds_ui_id id, enum ds_icon icon,
                       const char *word, const char *key, unsigned flags)
{
    struct ds_box column = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    struct ds_box at = ds_box_top(&column, ds_ui_target(p->ui), 0);
    bool is_pressed = ds_ui_icon_button(p->ui, id, at, icon, NULL, DS_UI_QUIET | flags);
    say_key(p, word, key);
    ds_ui_label(p->ui, column, key, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_CENTER);
    return is_pressed;
}

static void tool_buttons(struct viewer_panels *p, struct ds_box *row)
{
    for (unsigned i = 0; i < VIEWER_TOOLS; i++) {
        char key[2] = {(char)('1' + i), 0};
        unsigned flags = (p->tool == i ? DS_UI_ON : 0u) | (has(p, i) ? 0u : DS_UI_DISABLED);
        if (key_button(p, row, ds_ui_sub(ID_NOTE_TOOL, i), tools[i].icon, tool_word(i), key, flags))
            viewer_draw_choose(p, i);
        if (!has(p, i))
            ds_ui_tip(p->ui, DS_TR("The customer’s program is too old for that."));
    }
}

static void action_buttons(struct viewer_panels *p, struct ds_box *row)
{
    unsigned none = p->model.notes == 0 ? DS_UI_DISABLED : 0u;
    unsigned blank = is_blank(p) ? DS_UI_DISABLED : 0u;
    if (key_button(p, row, ID_NOTE_UNDO, DS_ICON_UNDO, DS_TR("Take the last drawing back"), "Z",
                   none))
        viewer_draw_undo(p);
    if (key_button(p, row, ID_NOTE_ERASE, DS_ICON_ERASE, DS_TR("Erase all drawings"), "X", blank))
        viewer_draw_erase(p);
    if (key_button(p, row, ID_NOTE_HELP, DS_ICON_KEYBOARD, DS_TR("Keys for drawing"), "?",
                   p->draw_help ? DS_UI_ON : 0u))
        p->draw_help = !p->draw_help;
    if (key_button(p, row, ID_NOTE_CLOSE, DS_ICON_CLOSE, DS_TR("Stop drawing"), "D", 0))
        p->draws = false;
}

static void color_buttons(struct viewer_panels *p, struct ds_box *row)
{
    for (unsigned i = 0; i < VIEWER_COLORS; i++) {
        struct ds_box at = ds_box_left(row, SWATCH, 0);
        if (ds_ui_swatch(p->ui, ds_ui_sub(ID_NOTE_COLOR, i), at, colors[i],
                         p->color == i ? DS_UI_ON : 0u))
            p->color = i;
        say_key(p, color_word(i), "G");
    }
    ds_ui_label(p->ui, ds_box_left(row, CAP, DS_SPACE_4), "G", DS_TYPE_SMALL, DS_COLOR_MUTED,
                DS_UI_CENTER | DS_UI_MIDDLE);
}

static void size_buttons(struct viewer_panels *p, struct ds_box *row)
{
    for (unsigned i = 0; i < VIEWER_SIZES; i++) {
        struct ds_box at = ds_box_left(row, SWATCH, 0);
        double side = 18 + 5.0 * i; /* the patch is smaller by 12 */
        if (ds_ui_swatch(p->ui, ds_ui_sub(ID_NOTE_SIZE, i), ds_box_middle(at, side, side),
                         colors[p->color], p->size == i ? DS_UI_ON : 0u))
            p->size = i;
        say_key(p, size_word(i), "W");
    }
    ds_ui_label(p->ui, ds_box_left(row, CAP, 0), "W", DS_TYPE_SMALL, DS_COLOR_MUTED,
                DS_UI_CENTER | DS_UI_MIDDLE);
}

/* Every key in one list: what is not seen is not used. */
static void key_list(struct viewer_panels *p, struct ds_box below)
{
    const struct {
        const char *key, *word;
    } lines[] = {
        {"1 – 7", DS_TR("Tools, in their order")},
        {"G", DS_TR("Next colour")},
        {"W", DS_TR("Next thickness")},
        {"Z", DS_TR("Take the last drawing back")},
        {"X", DS_TR("Erase all drawings")},
        {"D", DS_TR("Draw, or stop drawing")},
        {DS_TR("Enter"), DS_TR("The text is complete; Esc drops it")},
    };
    const unsigned count = sizeof(lines) / sizeof(lines[0]);
    const char *hold = DS_TR("Hold Ctrl, Alt and Shift with the key. While you do not have control "
                             "the key alone is enough, and Esc stops drawing.");
    double inner = below.width - 2 * DS_SPACE_3;
    double head = ds_ui_text_height(p->ui, hold, DS_TYPE_SMALL, DS_UI_WRAP, inner);
    below.height = head + DS_SPACE_2 + count * LINE_HIGH + 2 * DS_SPACE_2;
    ds_ui_panel(p->ui, below, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box in = ds_box_pad(below, DS_SPACE_3, DS_SPACE_2);
    ds_ui_paragraph(p->ui, &in, hold, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_WRAP, DS_SPACE_2);
    for (unsigned i = 0; i < count; i++) {
        struct ds_box line = ds_box_top(&in, LINE_HIGH, 0);
        ds_ui_label(p->ui, ds_box_left(&line, KEY_WIDE, DS_SPACE_2), lines[i].key, DS_TYPE_SMALL,
                    DS_COLOR_TEXT, DS_UI_BOLD | DS_UI_MIDDLE);
        ds_ui_label(p->ui, line, lines[i].word, DS_TYPE_SMALL, DS_COLOR_TEXT, DS_UI_MIDDLE);
    }
}

void viewer_draw_palette(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    if (!viewer_draw_is_on(p))
        return;
    double size = ds_ui_target(ui);
    double width = 2 * DS_SPACE_2 + (VIEWER_TOOLS + 4) * (size + DS_SPACE_1) + DS_SPACE_2;
    double height = size + CAP + DS_SPACE_1 + SWATCH + 2 * DS_SPACE_2;
    struct ds_box area = viewer_panels_area(p);
    struct ds_box panel = {(area.width - width) / 2, ROW_TOP, width, height};
    panel.x = panel.x > 0 ? panel.x : 0;
    ds_ui_panel(ui, panel, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box in = ds_box_pad(panel, DS_SPACE_2, DS_SPACE_2);
    struct ds_box row = ds_box_top(&in, size + CAP, DS_SPACE_1);
    tool_buttons(p, &row);
    ds_box_left(&row, DS_SPACE_2, 0);
    action_buttons(p, &row);
    color_buttons(p, &in);
    size_buttons(p, &in);
    panel.y += height + DS_SPACE_1;
    if (p->draw_help)
        key_list(p, panel);
}

/* ---- the menu ---- */

enum entry {
    ENTRY_DRAW,
    ENTRY_TOOL, /* the first of VIEWER_TOOLS */
    ENTRY_LINE_1 = ENTRY_TOOL + VIEWER_TOOLS,
    ENTRY_UNDO,
    ENTRY_ERASE,
    ENTRY_LINE_2,
    ENTRY_COLOR,
    ENTRY_SIZE,
    ENTRY_HELP,
    ENTRY_COUNT,
};
_Static_assert(ENTRY_COUNT == VIEWER_DRAW_ENTRIES, "the header counts them");

static void fill_tools(const struct viewer_panels *p, struct ds_ui_item *items, bool is_off)
{
    for (unsigned i = 0; i < VIEWER_TOOLS; i++) {
        char key[2] = {(char)('1' + i), 0};
        bool is_old = viewer_model_has(&p->model, DS_RIGHT_POINT) && !has(p, i);
        items[i] = (struct ds_ui_item){
            .label = tool_word(i),
            .shortcut = viewer_words_chord(key),
            .icon = tools[i].icon,
            .disabled = is_off || is_old,
            .reason = is_old ? DS_TR("The customer’s program is too old for that.") : NULL,
            .checked = viewer_draw_is_on(p) && p->tool == i};
    }
}

void viewer_draw_menu(const struct viewer_panels *p, struct ds_ui_item *items, const char *why)
{
    bool is_asked = p->model.rights[DS_RIGHT_POINT] == DS_RIGHT_ASKED, is_on = viewer_draw_is_on(p);
    memset(items, 0, ENTRY_COUNT * sizeof(*items));
    items[ENTRY_DRAW] =
        (struct ds_ui_item){.label = is_asked ? DS_TR("Asking…") : DS_TR("Draw on the screen"),
                            .shortcut = viewer_words_chord("D"),
                            .icon = DS_ICON_PEN,
                            .disabled = why || is_asked,
                            .checked = is_on};
    fill_tools(p, items + ENTRY_TOOL, why || is_asked);
    items[ENTRY_UNDO] = (struct ds_ui_item){.label = DS_TR("Take the last drawing back"),
                                            .shortcut = viewer_words_chord("Z"),
                                            .icon = DS_ICON_UNDO,
                                            .disabled = p->model.notes == 0};
    items[ENTRY_ERASE] = (struct ds_ui_item){.label = DS_TR("Erase all drawings"),
                                             .shortcut = viewer_words_chord("X"),
                                             .icon = DS_ICON_ERASE,
                                             .disabled = is_blank(p)};
    items[ENTRY_COLOR] = (struct ds_ui_item){
        .label = DS_TR("Next colour"), .shortcut = viewer_words_chord("G"), .disabled = !is_on};
    items[ENTRY_SIZE] = (struct ds_ui_item){
        .label = DS_TR("Next thickness"), .shortcut = viewer_words_chord("W"), .disabled = !is_on};
    items[ENTRY_HELP] = (struct ds_ui_item){.label = DS_TR("Keys for drawing"),
                                            .shortcut = viewer_words_chord("?"),
                                            .icon = DS_ICON_KEYBOARD,
                                            .disabled = !is_on,
                                            .checked = is_on && p->draw_help};
}

void viewer_draw_chosen(struct viewer_panels *p, int entry)
{
    static const uint32_t keys[ENTRY_COUNT] = {[ENTRY_UNDO] = XKB_KEY_z,
                                               [ENTRY_ERASE] = XKB_KEY_x,
                                               [ENTRY_COLOR] = XKB_KEY_g,
                                               [ENTRY_SIZE] = XKB_KEY_w,
                                               [ENTRY_HELP] = XKB_KEY_question};
    if (entry < 0 || entry >= ENTRY_COUNT)
        return;
    if (entry == ENTRY_DRAW)
        viewer_draw_toggle(p);
    else if (entry >= ENTRY_TOOL && entry < ENTRY_LINE_1)
        viewer_draw_choose(p, (unsigned)(entry - ENTRY_TOOL));
    else
        run_key(p, keys[entry]);
}
