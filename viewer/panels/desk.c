/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/desk.h"

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

/* ---- drawing ---- */

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
};

/* Each stands out from the others for people who see few colours, too. */
static const uint32_t colors[VIEWER_COLORS] = {DS_NOTE_COLOR, 0xf5d90a, 0x2f7d32, 0x1f5eff};

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
    default:
        return DS_TR("Text");
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
    default:
        return DS_TR("Blue");
    }
}

static bool may_draw(const struct viewer_panels *p)
{
    return viewer_model_has(&p->model, DS_RIGHT_POINT) && !p->model.paused && !p->view_only;
}

void viewer_desk_toggle_drawing(struct viewer_panels *p)
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

void viewer_desk_choose_tool(struct viewer_panels *p, unsigned index)
{
    if (index >= VIEWER_TOOLS)
        return;
    p->tool = index;
    if (!viewer_desk_draws(p) && !p->draws)
        viewer_desk_toggle_drawing(p);
    if (tools[index].tool == DS_NOTE_TEXT)
        ds_ui_focus(p->ui, ID_NOTE_TEXT);
}

void viewer_desk_undo(struct viewer_panels *p)
{
    if (p->model.notes > 0)
        p->actions->order(p->ctx, VIEWER_ORDER_UNDO_NOTE);
}

void viewer_desk_erase(struct viewer_panels *p)
{
    if (p->model.notes > 0)
        p->actions->order(p->ctx, VIEWER_ORDER_ERASE_NOTES);
}

bool viewer_desk_draws(const struct viewer_panels *p)
{
    return p->draws && may_draw(p) && p->complete;
}

static bool writes(const struct viewer_panels *p)
{
    return tools[p->tool].tool == DS_NOTE_TEXT;
}

bool viewer_desk_wants_keys(const struct viewer_panels *p)
{
    return viewer_desk_draws(p) && writes(p) && !p->no_toolbar;
}

bool viewer_desk_tool(struct viewer_panels *p, struct ds_note *like)
{
    *like = (struct ds_note){.tool = (uint8_t)tools[p->tool].tool, .color = colors[p->color]};
    if (!writes(p))
        return true;
    if (p->note_text[0] == '\0') {
        ds_ui_toast(p->ui, DS_TR("Type the text first, then click where it shall stand."),
                    DS_COLOR_WARN);
        return false;
    }
    snprintf(like->text, sizeof(like->text), "%s", p->note_text);
    return true;
}

static void tool_button(struct viewer_panels *p, struct ds_box *row, unsigned index)
{
    char key[2] = {(char)('1' + index), 0}, tip[96];
    double size = ds_ui_target(p->ui);
    if (ds_ui_icon_button(p->ui, ds_ui_sub(ID_NOTE_TOOL, index), ds_box_left(row, size, DS_SPACE_1),
                          tools[index].icon, NULL,
                          DS_UI_QUIET | (p->tool == index ? DS_UI_ON : 0u)))
        viewer_desk_choose_tool(p, index);
    snprintf(tip, sizeof(tip), "%s  %s", tool_word(index), viewer_words_chord(key));
    ds_ui_tip(p->ui, tip);
}

static bool action_button(struct viewer_panels *p, struct ds_box *row, ds_ui_id id,
                          enum ds_icon icon, const char *word, const char *key, bool is_off)
{
    char tip[96];
    bool is_pressed =
        ds_ui_icon_button(p->ui, id, ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1), icon, NULL,
                          DS_UI_QUIET | (is_off ? DS_UI_DISABLED : 0u));
    snprintf(tip, sizeof(tip), "%s  %s", word, viewer_words_chord(key));
    ds_ui_tip(p->ui, tip);
    return is_pressed;
}

#define SWATCH 28
#define ROW_TOP 56 /* below where the toolbar comes */

static void text_line(struct viewer_panels *p, struct ds_box *in)
{
    const struct ds_ui_field field = {.hint = DS_TR("Text, then click where it shall stand")};
    ds_ui_text_field(p->ui, ID_NOTE_TEXT, ds_box_top(in, ds_ui_target(p->ui), DS_SPACE_2),
                     &p->note_edit, &field);
    if (ds_ui_escape(p->ui))
        p->tool = 0;
}

void viewer_desk_row(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    if (!viewer_desk_draws(p))
        return;
    double size = ds_ui_target(ui), icon = size + DS_SPACE_1;
    double width = 2 * DS_SPACE_2 + (VIEWER_TOOLS + 3) * icon + VIEWER_COLORS * SWATCH +
                   2 * DS_SPACE_3 - DS_SPACE_1;
    double height = size + 2 * DS_SPACE_2 + (writes(p) ? size + DS_SPACE_2 : 0);
    struct ds_box area = viewer_panels_area(p);
    struct ds_box panel = {(area.width - width) / 2, ROW_TOP, width, height};
    panel.x = panel.x > 0 ? panel.x : 0;
    ds_ui_panel(ui, panel, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box in = ds_box_pad(panel, DS_SPACE_2, DS_SPACE_2);
    if (writes(p))
        text_line(p, &in);
    struct ds_box row = ds_box_top(&in, size, 0);
    for (unsigned i = 0; i < VIEWER_TOOLS; i++)
        tool_button(p, &row, i);
    ds_box_left(&row, DS_SPACE_3 - DS_SPACE_1, 0);
    for (unsigned i = 0; i < VIEWER_COLORS; i++) {
        struct ds_box at = ds_box_left(&row, SWATCH, 0);
        if (ds_ui_swatch(ui, ds_ui_sub(ID_NOTE_COLOR, i), at, colors[i],
                         p->color == i ? DS_UI_ON : 0u))
            p->color = i;
        ds_ui_tip(ui, color_word(i));
    }
    ds_box_left(&row, DS_SPACE_3, 0);
    bool is_empty = p->model.notes == 0;
    if (action_button(p, &row, ID_NOTE_UNDO, DS_ICON_UNDO, DS_TR("Take the last drawing back"), "Z",
                      is_empty))
        viewer_desk_undo(p);
    if (action_button(p, &row, ID_NOTE_ERASE, DS_ICON_ERASE, DS_TR("Erase all drawings"), "X",
                      is_empty))
        viewer_desk_erase(p);
    if (action_button(p, &row, ID_NOTE_CLOSE, DS_ICON_CLOSE, DS_TR("Stop drawing"), "D", false))
        p->draws = false;
}

/* ---- the menu ---- */

enum entry {
    ENTRY_CLIPBOARD,
    ENTRY_LINE_1,
    ENTRY_DRAW,
    ENTRY_TOOL, /* the first of VIEWER_TOOLS */
    ENTRY_LINE_2 = ENTRY_TOOL + VIEWER_TOOLS,
    ENTRY_UNDO,
    ENTRY_ERASE,
    ENTRY_COUNT,
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

static void fill_tools(const struct viewer_panels *p, struct ds_ui_item *items, bool is_off)
{
    static const char *const keys[VIEWER_TOOLS] = {"1", "2", "3", "4", "5", "6"};
    for (unsigned i = 0; i < VIEWER_TOOLS; i++)
        items[i] = (struct ds_ui_item){.label = tool_word(i),
                                       .shortcut = viewer_words_chord(keys[i]),
                                       .icon = tools[i].icon,
                                       .disabled = is_off,
                                       .checked = viewer_desk_draws(p) && p->tool == i};
}

static void fill_menu(const struct viewer_panels *p, struct ds_ui_item items[ENTRY_COUNT])
{
    const char *why = why_not(p);
    bool is_empty = p->model.notes == 0;
    memset(items, 0, ENTRY_COUNT * sizeof(*items));
    items[ENTRY_CLIPBOARD] = (struct ds_ui_item){
        .label = is_asked(p, DS_RIGHT_CLIPBOARD) ? DS_TR("Asking…") : DS_TR("Share the clipboard"),
        .shortcut = viewer_words_chord("V"),
        .icon = DS_ICON_CLIPBOARD,
        .disabled = why || is_asked(p, DS_RIGHT_CLIPBOARD),
        .reason = why,
        .checked = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD)};
    items[ENTRY_DRAW] = (struct ds_ui_item){
        .label = is_asked(p, DS_RIGHT_POINT) ? DS_TR("Asking…") : DS_TR("Draw on the screen"),
        .shortcut = viewer_words_chord("D"),
        .icon = DS_ICON_PEN,
        .disabled = why || is_asked(p, DS_RIGHT_POINT),
        .checked = viewer_desk_draws(p)};
    fill_tools(p, items + ENTRY_TOOL, why || is_asked(p, DS_RIGHT_POINT));
    items[ENTRY_UNDO] = (struct ds_ui_item){.label = DS_TR("Take the last drawing back"),
                                            .shortcut = viewer_words_chord("Z"),
                                            .icon = DS_ICON_UNDO,
                                            .disabled = is_empty};
    items[ENTRY_ERASE] = (struct ds_ui_item){.label = DS_TR("Erase all drawings"),
                                             .shortcut = viewer_words_chord("X"),
                                             .icon = DS_ICON_ERASE,
                                             .disabled = is_empty};
}

static void choose(struct viewer_panels *p, int entry)
{
    switch (entry) {
    case ENTRY_CLIPBOARD:
        viewer_desk_toggle_clipboard(p);
        break;
    case ENTRY_DRAW:
        viewer_desk_toggle_drawing(p);
        break;
    case ENTRY_UNDO:
        viewer_desk_undo(p);
        break;
    case ENTRY_ERASE:
        viewer_desk_erase(p);
        break;
    default:
        if (entry >= ENTRY_TOOL && entry < ENTRY_LINE_2)
            viewer_desk_choose_tool(p, (unsigned)(entry - ENTRY_TOOL));
        break;
    }
}

void viewer_desk_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[ENTRY_COUNT];
    fill_menu(p, items);
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    bool is_on = viewer_model_has(&p->model, DS_RIGHT_CLIPBOARD) || viewer_desk_draws(p);
    int chosen = ds_ui_menu_button(p->ui, ID_TOOLS, at, DS_ICON_PEN, NULL,
                                   DS_UI_QUIET | (is_on ? DS_UI_ON : 0u), items, ENTRY_COUNT);
    ds_ui_tip(p->ui, DS_TR("Clipboard and drawing"));
    choose(p, chosen);
}
