/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window in which the rep's screen is shown: a strip with words and tools; the picture itself
 * is a window inside it that agent/share draws. */
#include "agent/show/inside.h"

#include "common/base/text.h"
#include "common/ui/text.h"

#include <X11/keysym.h>
#include <math.h>
#include <stdio.h>

enum { STRIP = 44, BUTTON = 36, ICON = 20, NARROW = 720 };
enum { ID_CLOSE = 1, ID_FULL, ID_EXACT, ID_UNDO, ID_ERASE, ID_TOOL };

static const struct {
    uint8_t tool, icon;
} tools[] = {
    {DS_NOTE_PEN, DS_ICON_PEN}, {DS_NOTE_ARROW, DS_ICON_ARROW}, {DS_NOTE_BOX, DS_ICON_BOX}};

static const char *tool_word(unsigned i)
{
    return i == 0 ? DS_TR("Draw by hand") : i == 1 ? DS_TR("Draw an arrow") : DS_TR("Draw a box");
}

static void push(struct agent_show *show, enum agent_shared_did did, enum ds_note_tool tool)
{
    agent_show_push(
        show, &(struct agent_show_event){
                  .type = AGENT_SHOW_SHARED, .right = DS_RIGHT_COUNT, .did = did, .tool = tool});
    show->is_dirty = true;
}

static bool button(struct ds_ui *ui, struct ds_box *row, ds_ui_id id, enum ds_icon icon,
                   const char *tip, unsigned flags)
{
    struct ds_box at = ds_box_middle(ds_box_right(row, BUTTON, DS_SPACE_1), BUTTON, BUTTON);
    bool is_pressed = ds_ui_icon_button(ui, id, at, icon, NULL, DS_UI_QUIET | flags);
    ds_ui_tip(ui, tip);
    return is_pressed;
}

static void title(struct agent_show *show, struct ds_box row)
{
    struct ds_ui *ui = show->shared.ui;
    char rep[DS_TEXT_NAME], what[DS_TEXT_REASON], text[DS_TEXT_NAME + DS_TEXT_REASON + 64];
    ds_text_for_display(rep, sizeof rep, show->view.rep);
    ds_text_for_display(what, sizeof what, show->view.shown.name);
    snprintf(text, sizeof text, DS_TR("%s shows you their screen"), rep);
    ds_ui_icon(ui, ds_box_middle(ds_box_left(&row, ICON, DS_SPACE_2), ICON, ICON), DS_ICON_MONITOR,
               DS_COLOR_ACCENT);
    double wide = ds_ui_text_width(ui, text, DS_TYPE_NORMAL, DS_UI_BOLD) + 1;
    wide = wide < row.width ? wide : row.width;
    ds_ui_label(ui, ds_box_left(&row, wide, DS_SPACE_3), text, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    if (row.width > 60)
        ds_ui_label(ui, row, what, DS_TYPE_NORMAL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

static void build(struct agent_show *show)
{
    struct ds_ui *ui = show->shared.ui;
    const struct agent_shown_view *shown = &show->view.shown;
    struct ds_box window = ds_ui_window(ui);
    ds_ui_ground(ui, DS_COLOR_ACCENT); /* the frame round the picture */
    struct ds_box strip = ds_box_top(&window, STRIP, 0);
    ds_ui_panel(ui, strip, DS_COLOR_RAISED, 0);
    struct ds_box row = ds_box_pad(strip, DS_SPACE_3, 0);
    if (button(ui, &row, ID_CLOSE, DS_ICON_CLOSE, DS_TR("Close: you no longer see their screen"),
               0))
        push(show, AGENT_SHARED_CLOSE, 0);
    if (button(ui, &row, ID_FULL, DS_ICON_FULLSCREEN, DS_TR("Full screen (F11)"), 0))
        push(show, AGENT_SHARED_FULL, 0);
    if (button(ui, &row, ID_EXACT, shown->is_exact ? DS_ICON_FIT : DS_ICON_ONE_TO_ONE,
               shown->is_exact ? DS_TR("Fit to window") : DS_TR("Actual size"), 0))
        push(show, AGENT_SHARED_EXACT, 0);
    unsigned none = shown->drawings == 0 ? DS_UI_DISABLED : 0;
    if (button(ui, &row, ID_ERASE, DS_ICON_ERASE, DS_TR("Erase your drawings"), none))
        push(show, AGENT_SHARED_ERASE, 0);
    if (button(ui, &row, ID_UNDO, DS_ICON_UNDO, DS_TR("Take the last drawing back"), none))
        push(show, AGENT_SHARED_UNDO, 0);
    for (unsigned i = 3; i-- > 0;)
        if (button(ui, &row, ID_TOOL + i, (enum ds_icon)tools[i].icon, tool_word(i),
                   shown->tool == tools[i].tool ? DS_UI_ON : 0))
            push(show, AGENT_SHARED_TOOL, (enum ds_note_tool)tools[i].tool);
    title(show, row);
    bool is_full_key = ds_ui_shortcut(ui, XK_F11, 0);
    if (is_full_key || (ds_ui_escape(ui) && shown->is_full))
        push(show, AGENT_SHARED_FULL, 0);
}

static void run(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->shared;
    do {
        ds_ui_begin(w->ui, w->width, w->height, now);
        build(show);
    } while (ds_ui_end(w->ui));
    w->is_touched = false;
}

/* Without a manager the window goes over the whole monitor and back by itself. */
static void follow_full(struct agent_show *show)
{
    struct agent_display *d = &show->display;
    struct agent_window *w = &show->shared;
    if (show->is_shared_full == show->view.shown.is_full)
        return;
    show->is_shared_full = show->view.shown.is_full;
    if (d->has_manager) {
        XEvent event = {.xclient = {.type = ClientMessage,
                                    .window = w->id,
                                    .message_type = d->atoms[AGENT_ATOM_STATE],
                                    .format = 32}};
        event.xclient.data.l[0] = show->is_shared_full; /* add, or remove */
        event.xclient.data.l[1] = (long)d->atoms[AGENT_ATOM_FULLSCREEN];
        event.xclient.data.l[3] = 1; /* an application */
        XSendEvent(d->x, d->root, False, SubstructureRedirectMask | SubstructureNotifyMask, &event);
    } else if (show->is_shared_full) {
        show->shared_before = (struct agent_area){w->x, w->y, w->width, w->height};
        XMoveResizeWindow(d->x, w->id, show->monitor.x, show->monitor.y,
                          (unsigned)show->monitor.width, (unsigned)show->monitor.height);
        XRaiseWindow(d->x, w->id);
    } else {
        const struct agent_area *area = &show->shared_before;
        XMoveResizeWindow(d->x, w->id, area->x, area->y, (unsigned)area->width,
                          (unsigned)area->height);
    }
}

/* As large as the picture, if the monitor has room for it. */
static void place(struct agent_show *show)
{
    const struct agent_area *monitor = &show->monitor;
    const struct agent_shown_view *shown = &show->view.shown;
    int top = agent_show_shared_top(show);
    int width = (int)shown->width + 2 * AGENT_SHARED_EDGE;
    int height = (int)shown->height + top + AGENT_SHARED_EDGE;
    int most_w = monitor->width, most_h = monitor->height;
    double fit = fmin(1, fmin((double)most_w / width, (double)most_h / height));
    if (fit < 1) { /* smaller: room to see what else is there, in the picture's shape */
        fit = fmin(0.85, fit);
        width = (int)(shown->width * fit) + 2 * AGENT_SHARED_EDGE;
        height = (int)(shown->height * fit) + top + AGENT_SHARED_EDGE;
    }
    int least = (int)(NARROW * show->display.scale);
    width = width < least ? (least < most_w ? least : most_w) : width;
    agent_window_place(&show->shared, monitor->x + (monitor->width - width) / 2,
                       monitor->y + (monitor->height - height) / 2, width, height);
}

void agent_stage_shared(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->shared;
    bool is_on = show->view.shown.is_on && (show->view.page == AGENT_PAGE_CONNECTED ||
                                            show->view.page == AGENT_PAGE_RECONNECTING);
    bool is_new = false;
    if (w->wants_close) {
        w->wants_close = false;
        push(show, AGENT_SHARED_CLOSE, 0);
    }
    if (!is_on) {
        agent_window_hide(w);
        w->is_touched = show->is_shared_full = false;
        return;
    }
    if (!w->is_mapped) {
        agent_display_find_manager(&show->display);
        show->monitor = agent_display_monitor(&show->display);
        place(show);
        w->is_by_itself = true; /* the rep opened it: the keyboard stays where it is */
        is_new = true;
    }
    bool is_late = ds_ui_deadline(w->ui) && ds_ui_deadline(w->ui) <= now;
    if (show->is_dirty || !w->is_mapped || w->is_touched || is_late)
        run(show, now);
    agent_window_show(w);
    if (is_new && show->page.is_mapped) /* nothing of the rep's lies over a question */
        XRaiseWindow(show->display.x, show->page.id);
    follow_full(show);
}

uint32_t agent_show_shared(const struct agent_show *show)
{
    return (uint32_t)show->shared.id;
}

int agent_show_shared_top(const struct agent_show *show)
{
    return (int)ceil(STRIP * show->display.scale);
}
