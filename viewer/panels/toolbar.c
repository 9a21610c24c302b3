/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar at the top of the picture. It comes when the pointer touches the top edge or by its key,
 * and hides when neither needs it. */
#include "viewer/panels/desk.h"
#include "viewer/panels/keys.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/rights.h"
#include "viewer/panels/share.h"
#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

#define BAR VIEWER_TOOLBAR_HEIGHT

static enum ds_color state_color(const struct viewer_model *m)
{
    if (m->paused || m->rights[DS_RIGHT_LOOK] != DS_RIGHT_GRANTED)
        return DS_COLOR_PAUSED;
    if (m->held || !viewer_model_has(m, DS_RIGHT_CONTROL))
        return DS_COLOR_SEEN;
    return DS_COLOR_CONTROLLED;
}

static enum ds_icon state_icon(const struct viewer_model *m)
{
    if (m->paused)
        return DS_ICON_PAUSE;
    if (m->rights[DS_RIGHT_LOOK] != DS_RIGHT_GRANTED)
        return DS_ICON_EYE_OFF;
    if (m->held)
        return DS_ICON_PERSON;
    return viewer_model_has(m, DS_RIGHT_CONTROL) ? DS_ICON_POINTER : DS_ICON_EYE;
}

/* ---- its parts, each at the left of *row; NULL row only measures ---- */

static double icon_width(struct viewer_panels *p)
{
    return ds_ui_target(p->ui) + DS_SPACE_1;
}

static bool tool(struct viewer_panels *p, struct ds_box *row, ds_ui_id id, enum ds_icon icon,
                 const char *tip, unsigned flags)
{
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    bool pressed = ds_ui_icon_button(p->ui, id, at, icon, NULL, DS_UI_QUIET | flags);
    ds_ui_tip(p->ui, tip);
    return pressed;
}

static const char *control_label(const struct viewer_panels *p)
{
    if (viewer_model_has(&p->model, DS_RIGHT_CONTROL))
        return DS_TR("Give control back");
    if (p->model.rights[DS_RIGHT_CONTROL] == DS_RIGHT_ASKED)
        return DS_TR("Asking…");
    return DS_TR("Ask for control");
}

static void control_button(struct viewer_panels *p, struct ds_box *row, bool narrow)
{
    const char *label = control_label(p);
    double width = narrow ? ds_ui_target(p->ui) : ds_ui_button_width(p->ui, label, DS_ICON_POINTER);
    bool has = viewer_model_has(&p->model, DS_RIGHT_CONTROL);
    bool asked = p->model.rights[DS_RIGHT_CONTROL] == DS_RIGHT_ASKED;
    bool off = p->view_only || p->model.paused || asked;
    unsigned flags = off ? DS_UI_DISABLED : has ? DS_UI_PLAIN : DS_UI_MAIN;
    struct ds_box at = ds_box_left(row, width, DS_SPACE_2);
    if (ds_ui_icon_button(p->ui, ID_CONTROL, at, DS_ICON_POINTER, narrow ? NULL : label, flags))
        p->actions->right(p->ctx, has ? VIEWER_ORDER_RELEASE : VIEWER_ORDER_REQUEST,
                          DS_RIGHT_CONTROL);
    if (p->view_only)
        ds_ui_tip(p->ui, DS_TR("This window was opened for looking only."));
    else if (p->model.paused)
        ds_ui_tip(p->ui, DS_TR("Not while the session is paused."));
    else
        ds_ui_tip(p->ui, narrow ? label : viewer_words_chord("C"));
}

static void monitor_menu(struct viewer_panels *p, struct ds_box *row)
{
    const struct ds_control *layout = &p->model.layout;
    struct ds_ui_item items[DS_SCREEN_MONITORS_MAX + 2] = {{.label = DS_TR("All screens"),
                                                            .icon = DS_ICON_MONITOR,
                                                            .checked = layout->monitor == 0xff},
                                                           {.label = NULL}};
    char labels[DS_SCREEN_MONITORS_MAX][128];
    int count = 2;
    for (unsigned i = 0; i < layout->monitor_count && i < DS_SCREEN_MONITORS_MAX; i++) {
        const struct ds_monitor *m = &layout->monitors[i];
        snprintf(labels[i], sizeof(labels[i]), "%u  %s  %u × %u", i + 1, m->name, m->width,
                 m->height);
        items[count++] = (struct ds_ui_item){.label = labels[i], .checked = layout->monitor == i};
    }
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    int chosen =
        ds_ui_menu_button(p->ui, ID_MONITOR, at, DS_ICON_MONITOR, NULL, DS_UI_QUIET, items, count);
    ds_ui_tip(p->ui, DS_TR("Choose the customer's screen"));
    if (chosen == 0)
        p->actions->monitor(p->ctx, 0xff);
    else if (chosen >= 2)
        p->actions->monitor(p->ctx, (uint8_t)(chosen - 2));
}

enum entry {
    ENTRY_CONTROL,
    ENTRY_PAUSE,
    ENTRY_RESTART,
    ENTRY_LINE_1,
    ENTRY_FIT,
    ENTRY_ONE,
    ENTRY_FULLSCREEN,
    ENTRY_MONITOR,
    ENTRY_OVERVIEW,
    ENTRY_SHOT,
    ENTRY_LINE_2,
    ENTRY_OTHER,
    ENTRY_TALK,
    ENTRY_FIGURES,
    ENTRY_TOOLBAR,
    ENTRY_LINE_3,
    ENTRY_END,
    ENTRY_COUNT,
};

static void fill_menu(const struct viewer_panels *p, struct ds_ui_item items[ENTRY_COUNT])
{
    bool fit = p->scale == VIEWER_SCALE_FIT;
    memset(items, 0, ENTRY_COUNT * sizeof(*items));
    items[ENTRY_CONTROL] = (struct ds_ui_item){
        .label = control_label(p),
        .shortcut = viewer_words_chord("C"),
        .icon = DS_ICON_POINTER,
        .disabled = p->view_only || p->model.paused,
        .reason = p->view_only ? DS_TR("This window was opened for looking only.") : NULL};
    items[ENTRY_PAUSE] = (struct ds_ui_item){
        .label = p->model.paused ? viewer_words_resume(&p->model) : DS_TR("Pause"),
        .shortcut = viewer_words_chord("P"),
        .icon = p->model.paused ? DS_ICON_RESUME : DS_ICON_PAUSE};
    items[ENTRY_RESTART] = (struct ds_ui_item){
        .label = DS_TR("Restart the customer’s computer"),
        .icon = DS_ICON_RESTART,
        .disabled = p->view_only || p->model.restart != DS_RESTART_NONE,
        .reason = p->view_only ? DS_TR("This window was opened for looking only.")
                               : DS_TR("The customer is asked whether to restart.")};
    items[ENTRY_FIT] = (struct ds_ui_item){.label = DS_TR("Fit to window"),
                                           .shortcut = viewer_words_chord("S"),
                                           .icon = DS_ICON_FIT,
                                           .checked = fit};
    items[ENTRY_ONE] = (struct ds_ui_item){.label = DS_TR("Actual size"),
                                           .shortcut = viewer_words_chord("S"),
                                           .icon = DS_ICON_ONE_TO_ONE,
                                           .checked = !fit};
    items[ENTRY_FULLSCREEN] =
        (struct ds_ui_item){.label = DS_TR("Full screen"),
                            .shortcut = viewer_words_chord("F"),
                            .icon = p->fullscreen ? DS_ICON_LEAVE_FULLSCREEN : DS_ICON_FULLSCREEN,
                            .checked = p->fullscreen};
    items[ENTRY_MONITOR] = (struct ds_ui_item){
        .label = DS_TR("Next screen"),
        .shortcut = viewer_words_chord("M"),
        .icon = DS_ICON_MONITOR,
        .disabled = p->model.layout.monitor_count < 2,
        .reason = p->model.layout.monitor_count < 2 ? DS_TR("The customer has one screen.") : NULL};
    bool scrolls = viewer_view_can_scroll(p->view);
    const char *why = scrolls ? NULL : DS_TR("The whole picture is in sight.");
    items[ENTRY_OVERVIEW] = (struct ds_ui_item){.label = DS_TR("Overview"),
                                                .shortcut = viewer_words_chord("O"),
                                                .icon = DS_ICON_OVERVIEW,
                                                .disabled = !scrolls,
                                                .reason = why,
                                                .checked = scrolls && p->overview_called};
    items[ENTRY_SHOT] = (struct ds_ui_item){.label = DS_TR("Save a screenshot"),
                                            .shortcut = viewer_words_chord("B"),
                                            .icon = DS_ICON_CAMERA,
                                            .disabled = !viewer_panels_can_shoot(p)};
    items[ENTRY_OTHER] = (struct ds_ui_item){.label = DS_TR("New session"),
                                             .shortcut = viewer_words_chord("N"),
                                             .disabled = p->why_no_other != NULL,
                                             .reason = p->why_no_other};
    items[ENTRY_TALK] = (struct ds_ui_item){.label = DS_TR("Chat and files"),
                                            .shortcut = viewer_words_chord("H"),
                                            .icon = DS_ICON_CHAT,
                                            .checked = p->talk_open};
    items[ENTRY_FIGURES] = (struct ds_ui_item){.label = DS_TR("Connection figures"),
                                               .shortcut = viewer_words_chord("I"),
                                               .icon = DS_ICON_SIGNAL,
                                               .checked = p->figures_open};
    items[ENTRY_TOOLBAR] = (struct ds_ui_item){
        .label = DS_TR("Toolbar"), .shortcut = viewer_words_chord("T"), .icon = DS_ICON_MENU};
    items[ENTRY_END] = (struct ds_ui_item){.label = DS_TR("End session"),
                                           .shortcut = viewer_words_chord("E"),
                                           .icon = DS_ICON_CLOSE,
                                           .danger = true};
}

void viewer_panels_next_monitor(struct viewer_panels *p)
{
    const struct ds_control *layout = &p->model.layout;
    if (layout->monitor_count < 2)
        return;
    unsigned next = layout->monitor == 0xff ? 0 : layout->monitor + 1u;
    p->actions->monitor(p->ctx, next >= layout->monitor_count ? 0xff : (uint8_t)next);
}

void viewer_panels_toggle_control(struct viewer_panels *p)
{
    bool has = viewer_model_has(&p->model, DS_RIGHT_CONTROL);
    if (!p->view_only && !p->model.paused)
        p->actions->right(p->ctx, has ? VIEWER_ORDER_RELEASE : VIEWER_ORDER_REQUEST,
                          DS_RIGHT_CONTROL);
}

void viewer_panels_toggle_pause(struct viewer_panels *p)
{
    p->actions->order(p->ctx, p->model.paused ? VIEWER_ORDER_RESUME : VIEWER_ORDER_PAUSE);
}

static void choose(struct viewer_panels *p, int entry)
{
    switch (entry) {
    case ENTRY_CONTROL:
        viewer_panels_toggle_control(p);
        break;
    case ENTRY_PAUSE:
        viewer_panels_toggle_pause(p);
        break;
    case ENTRY_RESTART:
        p->actions->order(p->ctx, VIEWER_ORDER_RESTART);
        break;
    case ENTRY_FIT:
        p->actions->scale(p->ctx, VIEWER_SCALE_FIT);
        break;
    case ENTRY_ONE:
        p->actions->scale(p->ctx, VIEWER_SCALE_ONE);
        break;
    case ENTRY_FULLSCREEN:
        p->actions->fullscreen(p->ctx, !p->fullscreen);
        break;
    case ENTRY_MONITOR:
        viewer_panels_next_monitor(p);
        break;
    case ENTRY_OVERVIEW:
        viewer_panels_toggle_overview(p);
        break;
    case ENTRY_SHOT:
        p->actions->screenshot(p->ctx);
        break;
    case ENTRY_OTHER:
        p->actions->windows(p->ctx, VIEWER_WISH_OPEN, 0, NULL);
        break;
    case ENTRY_TALK:
        viewer_panels_toggle_talk(p);
        break;
    case ENTRY_FIGURES:
        p->figures_open = !p->figures_open;
        break;
    case ENTRY_TOOLBAR:
        viewer_panels_toolbar(p, false);
        break;
    case ENTRY_END:
        p->confirm_end = true;
        break;
    default:
        break;
    }
}

/* How much of the bar there is room for. */
enum bar_size {
    BAR_WIDE,
    BAR_NARROW, /* without words on the button for control */
    BAR_TIGHT,  /* nor what the menu has as well */
    BAR_SIZES,
};

bool viewer_panels_can_shoot(const struct viewer_panels *p)
{
    return p->complete && !p->model.paused && viewer_model_has(&p->model, DS_RIGHT_LOOK);
}

static void view_tools(struct viewer_panels *p, struct ds_box *row)
{
    bool fit = p->scale == VIEWER_SCALE_FIT;
    if (tool(p, row, ID_SCALE, fit ? DS_ICON_ONE_TO_ONE : DS_ICON_FIT,
             fit ? DS_TR("Actual size") : DS_TR("Fit to window"), 0))
        p->actions->scale(p->ctx, fit ? VIEWER_SCALE_ONE : VIEWER_SCALE_FIT);
    if (tool(p, row, ID_FULLSCREEN, p->fullscreen ? DS_ICON_LEAVE_FULLSCREEN : DS_ICON_FULLSCREEN,
             p->fullscreen ? DS_TR("Leave full screen") : DS_TR("Full screen"), 0))
        p->actions->fullscreen(p->ctx, !p->fullscreen);
    if (tool(p, row, ID_SHOT, DS_ICON_CAMERA, DS_TR("Save a screenshot"),
             viewer_panels_can_shoot(p) ? 0 : DS_UI_DISABLED))
        p->actions->screenshot(p->ctx);
}

static void session_tools(struct viewer_panels *p, struct ds_box *row)
{
    if (p->model.layout.monitor_count > 1)
        monitor_menu(p, row);
    viewer_rights_button(p, row);
    if (tool(p, row, ID_PAUSE, p->model.paused ? DS_ICON_RESUME : DS_ICON_PAUSE,
             p->model.paused ? viewer_words_resume(&p->model) : DS_TR("Pause"), 0))
        viewer_panels_toggle_pause(p);
    viewer_share_button(p, row);
    struct ds_box chat = {row->x, row->y, ds_ui_target(p->ui), row->height};
    double files = ds_talk_progress(&p->talk);
    struct ds_box below = {row->x, row->y + row->height + 1, ds_ui_target(p->ui), 4};
    if (tool(p, row, ID_TALK, DS_ICON_CHAT, DS_TR("Chat and files"), p->talk_open ? DS_UI_ON : 0))
        viewer_panels_toggle_talk(p);
    if (files >= 0) /* how far they are, while the panel is closed too */
        ds_ui_progress(p->ui, below, files, DS_COLOR_ACCENT);
    ds_ui_badge(p->ui, chat, p->talk.unread);
    viewer_desk_drawing_button(p, row);
    viewer_keys_button(p, row);
}

static void figures_tool(struct viewer_panels *p, struct ds_box *row)
{
    if (tool(p, row, ID_FIGURES, DS_ICON_SIGNAL, DS_TR("Connection figures"),
             p->figures_open ? DS_UI_ON : 0))
        p->figures_open = !p->figures_open;
}

static double chip_width(struct viewer_panels *p)
{
    return ds_ui_text_width(p->ui, viewer_words_state(&p->model), DS_TYPE_SMALL, DS_UI_BOLD) + 44;
}

static double bar_width(struct viewer_panels *p, enum bar_size size)
{
    double tools = p->model.layout.monitor_count > 1 ? 8 : 7; /* with the menus */
    double control = size != BAR_WIDE
                         ? ds_ui_target(p->ui)
                         : ds_ui_button_width(p->ui, control_label(p), DS_ICON_POINTER);
    tools += size != BAR_TIGHT ? 5 : 0;
    return 2 * DS_SPACE_2 + chip_width(p) + DS_SPACE_3 + control + DS_SPACE_2 +
           tools * icon_width(p) + DS_SPACE_2 +
           ds_ui_button_width(p->ui, DS_TR("End"), DS_ICON_NONE);
}

static enum bar_size bar_size(struct viewer_panels *p)
{
    double room = viewer_panels_area(p).width;
    int size = BAR_WIDE;
    while (size < BAR_SIZES - 1 && bar_width(p, (enum bar_size)size) > room)
        size++;
    return (enum bar_size)size;
}

void viewer_toolbar_measure(struct viewer_panels *p)
{
    double width = bar_width(p, bar_size(p)), room = viewer_panels_area(p).width,
           s = ds_ui_theme(p->ui)->scale;
    p->toolbar_left = (width < room ? (room - width) / 2 : 0) * s;
    p->toolbar_right = room * s - p->toolbar_left;
}

static void hide_when_left(struct viewer_panels *p)
{
    ds_ui_id focused = ds_ui_focused(p->ui);
    bool keys = (focused >= ID_CONTROL && focused <= ID_MENU) || focused == ID_END;
    bool lost = p->toolbar_has_keys && !keys;
    p->toolbar_has_keys |= keys;
    if (p->toolbar_called && (ds_ui_escape(p->ui) || lost))
        viewer_panels_toolbar(p, false);
    if (p->toolbar_called || p->toolbar_until == 0)
        return;
    if (p->now >= p->toolbar_until)
        p->toolbar_shown = false;
    viewer_panel_wake(p, p->toolbar_until); /* when it is over: a frame without the bar */
}

void viewer_toolbar(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    enum bar_size size = bar_size(p);
    double width = bar_width(p, size), room = viewer_panels_area(p).width;
    struct ds_box bar = {width < room ? (room - width) / 2 : 0, -DS_RADIUS,
                         width < room ? width : room, BAR + DS_RADIUS};
    ds_ui_panel(ui, bar, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    bar.y += DS_RADIUS;
    bar.height -= DS_RADIUS;
    struct ds_box row = ds_box_pad(bar, DS_SPACE_2, DS_SPACE_2);
    double chip = chip_width(p);
    ds_ui_chip(ui, row.x, row.y + 4, state_icon(&p->model), viewer_words_state(&p->model),
               state_color(&p->model));
    ds_box_left(&row, chip, DS_SPACE_3);
    control_button(p, &row, size != BAR_WIDE);
    if (size != BAR_TIGHT)
        view_tools(p, &row);
    session_tools(p, &row);
    if (size != BAR_TIGHT) {
        viewer_desk_clipboard_button(p, &row);
        figures_tool(p, &row);
    }
    struct ds_ui_item items[ENTRY_COUNT];
    fill_menu(p, items);
    struct ds_box at = ds_box_left(&row, ds_ui_target(ui), DS_SPACE_1 + DS_SPACE_2);
    choose(p,
           ds_ui_menu_button(ui, ID_MENU, at, DS_ICON_MENU, NULL, DS_UI_QUIET, items, ENTRY_COUNT));
    ds_ui_tip(ui, DS_TR("All commands and their keys"));
    if (ds_ui_button(ui, ID_END, row, DS_TR("End"), DS_UI_DANGER))
        p->confirm_end = true;
    hide_when_left(p);
}
