/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/panels.h"
#include "viewer/panels/strip.h"

#include "common/ui/text.h"
#include "viewer/panels/preferences.h"

#include <stdio.h>
#include <string.h>

#define TOOLBAR_EDGE 2                 /* device pixels at the top that call the toolbar */
#define TOOLBAR_EDGE_WINDOW 8          /* in a window, whose edge does not stop the pointer */
#define TOOLBAR_DWELL (200 * DS_MS)    /* the pointer may just be passing */
#define TOOLBAR_LINGERS (1200 * DS_MS) /* after the pointer left it */
#define TOOLBAR_FIRST (4 * DS_SECOND)  /* shown at the start of a session */
#define HEADER 48

void viewer_panels_init(struct viewer_panels *p, struct ds_ui *ui, const struct viewer_view *view,
                        const struct viewer_panel_actions *actions, void *ctx, const char *relay,
                        const char *email)
{
    *p = (struct viewer_panels){.ui = ui, .view = view, .actions = actions, .ctx = ctx};
    p->model.tries_left = DS_NUMBER_TRIES;
    p->figures.rtt_ms = p->figures.jitter_ms = -1;
    p->figures.quality = -1;
    viewer_preferences_init(&p->preferences);
    p->cure = VIEWER_PREFERENCE_COUNT;
    ds_edit_init(&p->relay, p->relay_text, sizeof(p->relay_text));
    ds_edit_init(&p->email, p->email_text, sizeof(p->email_text));
    ds_edit_init(&p->password, p->password_text, sizeof(p->password_text));
    ds_edit_init(&p->number, p->number_text, sizeof(p->number_text));
    ds_edit_init(&p->note_edit, p->note_text, sizeof(p->note_text));
    ds_edit_init(&p->name_edit, p->name_text, sizeof(p->name_text));
    p->size = 1;
    p->number.digits_only = true;
    p->number.most = 6;
    ds_edit_set(&p->relay, relay);
    ds_edit_set(&p->email, email);
    ds_talk_init(&p->talk, "");
    p->talk.above_field = viewer_replies_list;
    p->talk.ctx = p;
    ds_edit_init(&p->reply.edit, p->reply.text, sizeof(p->reply.text));
}

void viewer_panels_destroy(struct viewer_panels *p)
{
    ds_edit_wipe(&p->password);
    ds_edit_wipe(&p->number);
    ds_talk_destroy(&p->talk);
}

void viewer_panels_set_model(struct viewer_panels *p, const struct viewer_model *model)
{
    enum viewer_stage before = p->model.stage;
    p->model = *model;
    if (model->stage == VIEWER_READY && before != VIEWER_READY)
        ds_edit_wipe(&p->password);
    if (model->trouble == VIEWER_TROUBLE_PASSWORD && before == VIEWER_SIGNING_IN &&
        model->stage == VIEWER_SIGNED_OUT)
        ds_edit_wipe(&p->password);
    if (model->stage == VIEWER_NUMBER && before == VIEWER_VERIFYING) {
        ds_edit_wipe(&p->number);
        p->number_again = true;
    }
    if (model->stage == VIEWER_ACTIVE && before != VIEWER_ACTIVE) {
        p->toolbar_shown = !p->no_toolbar;
        p->toolbar_called = false;
        p->toolbar_until = ds_clock_now() + TOOLBAR_FIRST;
    }
    if (model->stage != VIEWER_NUMBER && model->stage != VIEWER_VERIFYING)
        ds_edit_wipe(&p->number);
    if (!viewer_model_in_session(model))
        p->confirm_end = p->confirm_quits = false;
    if (model->stage != VIEWER_ACTIVE) {
        p->draws = false;
        p->complete = p->overview_called = false;
        p->overview_until = 0;
        p->overview_place = (struct ds_rect){0};
    }
}

void viewer_panel_wake(struct viewer_panels *p, ds_tick when)
{
    if (p->deadline == 0 || when < p->deadline)
        p->deadline = when;
}

/* ---- parts that pages share ---- */

struct ds_box viewer_panel_header(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box window = ds_ui_window(ui);
    struct ds_box bar = ds_box_top(&window, HEADER, 0);
    ds_ui_panel(ui, bar, DS_COLOR_RAISED, 0);
    ds_ui_line(ui, (struct ds_box){bar.x, bar.y + bar.height - 1, bar.width, 1});
    struct ds_box row = ds_box_pad(bar, DS_SPACE_4, DS_SPACE_2);
    bool may_leave = !viewer_model_in_session(&p->model);
    if (may_leave) {
        double width = ds_ui_button_width(ui, DS_TR("Sign out"), DS_ICON_NONE);
        struct ds_box at = ds_box_right(&row, width, DS_SPACE_3);
        if (ds_ui_button(ui, ID_SIGN_OUT, at, DS_TR("Sign out"), DS_UI_QUIET))
            p->actions->order(p->ctx, VIEWER_ORDER_SIGN_OUT);
    } else {
        viewer_strip_header(p, &row);
    }
    viewer_preferences_button(p, &row);
    double name = ds_ui_text_width(ui, p->model.rep, DS_TYPE_NORMAL, 0) + 2;
    if (name > row.width / 2)
        name = row.width / 2;
    ds_ui_label(ui, ds_box_right(&row, name, DS_SPACE_3), p->model.rep, DS_TYPE_NORMAL,
                DS_COLOR_TEXT, DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    const char *org = p->model.org[0] ? p->model.org : p->model.host;
    ds_ui_label(ui, row, org, DS_TYPE_LARGE, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    return window;
}

void viewer_panel_count(struct viewer_panels *p)
{
    if (p->model.away_until > p->now) /* a moment after the count has changed */
        viewer_panel_wake(p, p->now + (p->model.away_until - p->now) % DS_SECOND + DS_MS);
}

static void preferences_corner(struct viewer_panels *p)
{
    struct ds_box window = ds_box_pad(ds_ui_window(p->ui), DS_SPACE_1, DS_SPACE_2);
    struct ds_box row = ds_box_top(&window, ds_ui_target(p->ui), 0);
    viewer_preferences_button(p, &row);
}

struct ds_box viewer_panel_column(struct viewer_panels *p, double width, double height)
{
    struct ds_box below = ds_ui_window(p->ui);
    if (p->model.rep[0])
        below = viewer_panel_header(p);
    else
        preferences_corner(p);
    ds_box_bottom(&below, viewer_strip_height(p), 0);
    below = ds_box_pad(below, DS_SPACE_4, DS_SPACE_4);
    if (width > below.width)
        width = below.width;
    struct ds_box column = ds_box_middle(below, width, height);
    if (height < below.height) /* the eye looks for the middle a little above it */
        column.y = below.y + (below.height - height) * 0.42;
    else
        column.y = below.y;
    column.height = below.y + below.height - column.y;
    return column;
}

double viewer_panel_notice_height(struct viewer_panels *p, double width, const char *title,
                                  const char *const *lines)
{
    double inner = width - 2 * DS_SPACE_3 - 20 - DS_SPACE_2;
    double height = 2 * DS_SPACE_3 +
                    ds_ui_text_height(p->ui, title, DS_TYPE_NORMAL, DS_UI_BOLD | DS_UI_WRAP, inner);
    for (; lines && *lines; lines++)
        height += DS_SPACE_1 + ds_ui_text_height(p->ui, *lines, DS_TYPE_NORMAL, DS_UI_WRAP, inner);
    return height;
}

void viewer_panel_notice(struct viewer_panels *p, struct ds_box *box, enum ds_icon icon,
                         enum ds_color color, const char *title, const char *const *lines)
{
    struct ds_ui *ui = p->ui;
    double height = viewer_panel_notice_height(p, box->width, title, lines);
    struct ds_box frame = ds_box_top(box, height, DS_SPACE_4);
    ds_ui_panel(ui, frame, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box inside = ds_box_pad(frame, DS_SPACE_3, DS_SPACE_3);
    struct ds_box mark = ds_box_left(&inside, 20, DS_SPACE_2);
    mark.height = 20;
    ds_ui_icon(ui, mark, icon, color);
    bool more = lines && *lines;
    ds_ui_paragraph(ui, &inside, title, DS_TYPE_NORMAL, color, DS_UI_BOLD, more ? DS_SPACE_1 : 0);
    for (; lines && *lines; lines++)
        ds_ui_paragraph(ui, &inside, *lines, DS_TYPE_NORMAL, DS_COLOR_TEXT, 0, DS_SPACE_1);
}

/* ---- which page ---- */

static enum viewer_page page_of(const struct viewer_model *model)
{
    if (viewer_model_is_away(model) && model->stage != VIEWER_ACTIVE)
        return VIEWER_PAGE_AWAY;
    switch (model->stage) {
    case VIEWER_SIGNED_OUT:
        return VIEWER_PAGE_SIGN_IN;
    case VIEWER_CONNECTING:
    case VIEWER_SIGNING_IN:
        return VIEWER_PAGE_CONNECTING;
    case VIEWER_READY:
    case VIEWER_OPENING:
        return VIEWER_PAGE_HOME;
    case VIEWER_WAITING:
        return VIEWER_PAGE_CODE;
    case VIEWER_NUMBER:
    case VIEWER_VERIFYING:
        return VIEWER_PAGE_NUMBER;
    case VIEWER_ASKING:
        return VIEWER_PAGE_ASKING;
    case VIEWER_ACTIVE:
        return VIEWER_PAGE_SESSION;
    case VIEWER_ENDED:
        break;
    }
    return VIEWER_PAGE_ENDED;
}

static void confirm_end(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box in;
    ds_ui_modal_begin(ui, ID_CONFIRM + 1000, 400, 180, DS_TR("End this session?"), ID_KEEP, &in);
    ds_ui_paragraph(ui, &in,
                    DS_TR("The customer's screen is closed for you. To go on, the customer needs a "
                          "new code."),
                    DS_TYPE_NORMAL, DS_COLOR_TEXT, 0, DS_SPACE_4);
    struct ds_box row = ds_box_bottom(&in, ds_ui_target(ui), 0);
    double end = ds_ui_button_width(ui, DS_TR("End session"), DS_ICON_NONE);
    double keep = ds_ui_button_width(ui, DS_TR("Go on"), DS_ICON_NONE);
    struct ds_box end_at = ds_box_right(&row, end, DS_SPACE_2);
    struct ds_box keep_at = ds_box_right(&row, keep, 0);
    bool stay = ds_ui_button(ui, ID_KEEP, keep_at, DS_TR("Go on"), DS_UI_PLAIN);
    bool leave = ds_ui_button(ui, ID_CONFIRM, end_at, DS_TR("End session"), DS_UI_DANGER);
    if (ds_ui_escape(ui))
        stay = true;
    ds_ui_modal_end(ui);
    if (leave) {
        p->actions->order(p->ctx, VIEWER_ORDER_END);
        if (p->confirm_quits)
            p->actions->quit(p->ctx);
    }
    if (leave || stay)
        p->confirm_end = p->confirm_quits = false;
}

void viewer_panels_build(struct viewer_panels *p)
{
    static void (*const pages[])(struct viewer_panels *) = {
        [VIEWER_PAGE_SIGN_IN] = viewer_sign_in_page,
        [VIEWER_PAGE_CONNECTING] = viewer_connecting_page,
        [VIEWER_PAGE_HOME] = viewer_home_page,
        [VIEWER_PAGE_CODE] = viewer_code_page,
        [VIEWER_PAGE_NUMBER] = viewer_number_page,
        [VIEWER_PAGE_ASKING] = viewer_asking_page,
        [VIEWER_PAGE_SESSION] = viewer_session_page,
        [VIEWER_PAGE_ENDED] = viewer_ended_page,
        [VIEWER_PAGE_AWAY] = viewer_away_page,
    };
    p->now = ds_clock_now();
    p->deadline = 0;
    p->page = page_of(&p->model);
    pages[p->page](p);
    viewer_strip(p);
    if (p->confirm_end)
        confirm_end(p);
    else
        viewer_strip_dialogs(p);
    viewer_preferences_window(p);
}

void viewer_panels_close(struct viewer_panels *p)
{
    if (viewer_model_in_session(&p->model) && p->model.stage > VIEWER_WAITING) {
        p->confirm_end = p->confirm_quits = true;
        return;
    }
    p->actions->quit(p->ctx);
}

void viewer_panels_toolbar(struct viewer_panels *p, bool called)
{
    if (p->no_toolbar || p->model.stage != VIEWER_ACTIVE)
        return;
    p->toolbar_called = called;
    p->toolbar_has_keys = false;
    p->toolbar_shown = called;
    p->toolbar_until = 0;
    if (called)
        ds_ui_focus(p->ui, ID_CONTROL);
}

static bool at_toolbar_edge(const struct viewer_panels *p, double x, double y)
{
    if (y >= (p->fullscreen ? TOOLBAR_EDGE : TOOLBAR_EDGE_WINDOW))
        return false;
    return p->view->scroll_y == 0 || (x >= p->toolbar_left && x < p->toolbar_right);
}

static bool is_over_toolbar(const struct viewer_panels *p, double x, double y)
{
    return p->toolbar_shown && x >= p->toolbar_left && x < p->toolbar_right &&
           y < VIEWER_TOOLBAR_HEIGHT * ds_ui_theme(p->ui)->scale;
}

void viewer_panels_pointer(struct viewer_panels *p, double x, double y, bool pressed)
{
    if (p->no_toolbar || p->model.stage != VIEWER_ACTIVE || p->toolbar_called)
        return;
    bool edge = (at_toolbar_edge(p, x, y) && !pressed) || is_over_toolbar(p, x, y);
    ds_tick now = ds_clock_now();
    if (!edge)
        p->toolbar_from = 0;
    else if (p->toolbar_from == 0 && !p->toolbar_shown)
        p->toolbar_from = now + TOOLBAR_DWELL;
    if (edge && p->toolbar_shown)
        p->toolbar_until = 0;
    else if (p->toolbar_shown && p->toolbar_until == 0)
        p->toolbar_until = now + TOOLBAR_LINGERS;
}

void viewer_panels_toolbar_due(struct viewer_panels *p)
{
    if (p->toolbar_from == 0)
        return;
    if (p->now < p->toolbar_from) {
        viewer_panel_wake(p, p->toolbar_from);
        return;
    }
    p->toolbar_shown = true;
    p->toolbar_from = p->toolbar_until = 0;
}
