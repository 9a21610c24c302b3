/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands above the picture while a session is active. */
#include "viewer/panels/desk.h"
#include "viewer/panels/draw.h"
#include "viewer/panels/keys.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/rights.h"
#include "viewer/panels/share.h"
#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <stdio.h>

#define CARD 420

static double card_width(const struct viewer_panels *p)
{
    double width = viewer_panels_area(p).width - 2 * DS_SPACE_4;
    return width < CARD ? width : CARD;
}

/* A card in the middle of what the figures and the panel with chat and files leave; *in gets its
 * inside. */
static void card(struct viewer_panels *p, double height, struct ds_box *in)
{
    struct ds_box free = viewer_panels_area(p);
    double figures = VIEWER_FIGURES_WIDTH + DS_SPACE_4;
    if (p->figures_open && !p->no_toolbar) {
        if (free.width - figures >= CARD + 2 * DS_SPACE_4)
            free.width -= figures;
        else if (free.height - p->figures_height - DS_SPACE_4 >= height)
            free.height -= p->figures_height + DS_SPACE_4;
    }
    struct ds_box box = ds_box_middle(free, card_width(p), height);
    ds_ui_panel(p->ui, box, DS_COLOR_SURFACE, DS_UI_ROUND | DS_UI_BORDER);
    *in = ds_box_pad(box, DS_SPACE_5, DS_SPACE_5);
}

static double text_height(struct viewer_panels *p, const char *text, enum ds_type type,
                          unsigned flags)
{
    return ds_ui_text_height(p->ui, text, type, DS_UI_WRAP | flags, card_width(p) - 2 * DS_SPACE_5);
}

static void paused_card(struct viewer_panels *p)
{
    const struct viewer_model *m = &p->model;
    char head[DS_TEXT_NAME + 64];
    if (m->paused_by_rep)
        snprintf(head, sizeof(head), DS_TR("Paused by %s"), m->rep);
    else
        snprintf(head, sizeof(head), "%s", DS_TR("Paused by the customer"));
    const char *text = m->resume_asked ? DS_TR("The customer is asked whether to go on.")
                       : m->resume_allowed
                           ? DS_TR("You can go on at any time: the customer need not be asked.")
                           : DS_TR("You see nothing new and control nothing until it goes on.");
    double height = 2 * DS_SPACE_5 + text_height(p, head, DS_TYPE_TITLE, DS_UI_BOLD) + DS_SPACE_2 +
                    text_height(p, text, DS_TYPE_LARGE, 0) + DS_SPACE_4 + ds_ui_target(p->ui) + 4;
    struct ds_box in;
    card(p, height, &in);
    ds_ui_paragraph(p->ui, &in, head, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_2);
    ds_ui_paragraph(p->ui, &in, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, DS_SPACE_4);
    const char *label = viewer_words_resume(m);
    struct ds_box row = ds_box_top(&in, ds_ui_target(p->ui) + 4, 0);
    double width = ds_ui_button_width(p->ui, label, DS_ICON_RESUME);
    if (ds_ui_icon_button(p->ui, ID_RESUME, ds_box_left(&row, width, 0), DS_ICON_RESUME, label,
                          DS_UI_MAIN | (m->resume_asked ? DS_UI_DISABLED : 0)))
        p->actions->order(p->ctx, VIEWER_ORDER_RESUME);
}

/* The last picture stays below, dark. */
static void away_card(struct viewer_panels *p)
{
    const char *head = viewer_words_left(&p->model, p->now);
    const char *text = viewer_words_away(&p->model);
    double height = 2 * DS_SPACE_5 +
                    text_height(p, head, DS_TYPE_TITLE, DS_UI_BOLD | DS_UI_TABULAR) + DS_SPACE_2 +
                    text_height(p, text, DS_TYPE_LARGE, 0) + DS_SPACE_4 + ds_ui_target(p->ui) + 4;
    struct ds_box in;
    card(p, height, &in);
    ds_ui_paragraph(p->ui, &in, head, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD | DS_UI_TABULAR,
                    DS_SPACE_2);
    ds_ui_paragraph(p->ui, &in, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, DS_SPACE_4);
    viewer_panel_count(p);
    struct ds_box row = ds_box_top(&in, ds_ui_target(p->ui) + 4, 0);
    double width = ds_ui_button_width(p->ui, DS_TR("End now"), DS_ICON_NONE);
    /* Asked, for a key that was meant for the customer's machine may press it. */
    if (ds_ui_button(p->ui, ID_END, ds_box_left(&row, width, 0), DS_TR("End now"), DS_UI_PLAIN))
        p->confirm_end = true;
}

/* Everything else may still be allowed; the picture is not. */
static void blind_card(struct viewer_panels *p)
{
    bool is_asked = p->model.rights[DS_RIGHT_LOOK] == DS_RIGHT_ASKED;
    const char *head = DS_TR("The customer does not show the screen");
    const char *text = is_asked ? DS_TR("The customer is asked whether to show it.")
                                : DS_TR("You see nothing until they allow it again.");
    const char *label = DS_TR("Ask to see the screen");
    double height = 2 * DS_SPACE_5 + text_height(p, head, DS_TYPE_TITLE, DS_UI_BOLD) + DS_SPACE_2 +
                    text_height(p, text, DS_TYPE_LARGE, 0) + DS_SPACE_4 + ds_ui_target(p->ui) + 4;
    struct ds_box in;
    card(p, height, &in);
    ds_ui_paragraph(p->ui, &in, head, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_2);
    ds_ui_paragraph(p->ui, &in, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, DS_SPACE_4);
    struct ds_box row = ds_box_top(&in, ds_ui_target(p->ui) + 4, 0);
    double width = ds_ui_button_width(p->ui, label, DS_ICON_EYE);
    if (ds_ui_icon_button(p->ui, ID_LOOK, ds_box_left(&row, width, 0), DS_ICON_EYE, label,
                          DS_UI_MAIN | (is_asked ? DS_UI_DISABLED : 0)))
        p->actions->right(p->ctx, VIEWER_ORDER_REQUEST, DS_RIGHT_LOOK);
}

static void coming_card(struct viewer_panels *p)
{
    const char *text = p->model.resumed ? DS_TR("Connected again. The picture is on its way…")
                                        : DS_TR("The customer agreed. The picture is on its way…");
    struct ds_box in;
    card(p, 2 * DS_SPACE_5 + text_height(p, text, DS_TYPE_LARGE, 0), &in);
    ds_ui_paragraph(p->ui, &in, text, DS_TYPE_LARGE, DS_COLOR_TEXT, DS_UI_CENTER, 0);
}

/* What the figures and the overview leave of the bottom, from the window's top on. */
static struct ds_box free_bottom(const struct viewer_panels *p)
{
    struct ds_box free = viewer_panels_area(p);
    double s = ds_ui_theme(p->ui)->scale;
    double overview = (p->overview_place.width) / s;
    overview += overview > 0 ? DS_SPACE_4 : 0;
    if (p->overview_left)
        ds_box_left(&free, overview, 0);
    double right = p->overview_left ? 0 : overview;
    if (p->figures_open && right < VIEWER_FIGURES_WIDTH + DS_SPACE_4)
        right = VIEWER_FIGURES_WIDTH + DS_SPACE_4;
    ds_box_right(&free, right, 0);
    return free;
}

/* One chip at the bottom middle, for what passes by itself. */
static void passing(struct viewer_panels *p)
{
    enum ds_icon icon = DS_ICON_PERSON;
    const char *words = NULL;
    enum ds_color color = DS_COLOR_SEEN;
    if (p->model.held) {
        words = DS_TR("The customer has control for a moment");
    } else if (p->model.rights[DS_RIGHT_CONTROL] == DS_RIGHT_ASKED) {
        icon = DS_ICON_POINTER;
        words = DS_TR("The customer is asked for control");
        color = DS_COLOR_PAUSED;
    } else if (p->model.restart == DS_RESTART_ASKED) {
        icon = DS_ICON_RESTART;
        words = DS_TR("The customer is asked whether to restart");
        color = DS_COLOR_PAUSED;
    } else if (viewer_preferences_is_on(&p->preferences, VIEWER_PREFERENCE_SHORTCUTS) &&
               viewer_view_can_scroll(p->view) && viewer_model_has(&p->model, DS_RIGHT_CONTROL)) {
        icon = DS_ICON_KEYBOARD;
        words = DS_TR("Arrow keys scroll here");
        color = DS_COLOR_ACCENT;
    }
    if (!words && (words = viewer_desk_passing(p, &icon)))
        color = DS_COLOR_PAUSED;
    if (!words)
        return;
    struct ds_box free = free_bottom(p);
    double width = ds_ui_text_width(p->ui, words, DS_TYPE_SMALL, DS_UI_BOLD) + 36;
    if (free.width < width + 2 * DS_SPACE_2) { /* above both: a state is never half said */
        double overview = p->overview_place.height / ds_ui_theme(p->ui)->scale;
        double figures = p->figures_open ? p->figures_height : 0;
        free = viewer_panels_area(p);
        free.height -= (overview > figures ? overview : figures) + DS_SPACE_4;
    }
    ds_ui_chip(p->ui, free.x + (free.width - width) / 2, free.height - 24 - DS_SPACE_4, icon, words,
               color);
}

/* wait_s 0: nothing holds, or the customer's program is of an older version. */
static void toast_no(struct viewer_panels *p, const char *no, const char *later, unsigned wait_s)
{
    char text[256], wait[16];
    ds_text_countdown(wait, sizeof(wait), wait_s);
    snprintf(text, sizeof(text), wait_s > 0 ? later : no, wait);
    ds_ui_toast(p->ui, text, DS_COLOR_WARN);
}

/* Each refusal is told, also one that came at once because the last still holds. */
static void tell_refusal(struct viewer_panels *p)
{
    const struct viewer_model *m = &p->model;
    uint8_t now = m->rights[DS_RIGHT_CONTROL];
    if (m->refusals[DS_RIGHT_CONTROL] != p->refusals && now == DS_RIGHT_REFUSED)
        toast_no(p, DS_TR("The customer did not give control."),
                 DS_TR("The customer did not give control. You can ask again in %s."),
                 m->wait_s[DS_RIGHT_CONTROL]);
    else if (now == DS_RIGHT_NONE && p->control_state == DS_RIGHT_GRANTED)
        ds_ui_toast(p->ui, DS_TR("Control is back with the customer."), DS_COLOR_SEEN);
    if (m->resume_refusals != p->resume_refusals && m->paused)
        toast_no(p, "", DS_TR("The customer wants to stay paused. You can ask again in %s."),
                 m->resume_wait_s);
    if (m->restart_ends != p->restart_ends)
        ds_ui_toast(p->ui, viewer_words_restart(m),
                    m->restart_reason[0] ? DS_COLOR_WARN : DS_COLOR_GOOD);
    p->restart_ends = m->restart_ends;
    p->refusals = m->refusals[DS_RIGHT_CONTROL];
    p->resume_refusals = m->resume_refusals;
    p->control_state = now;
}

static void build_page(struct viewer_panels *p)
{
    if (viewer_model_is_away(&p->model) || p->model.restart == DS_RESTART_NOW) {
        away_card(p);
        if (p->figures_open && !p->no_toolbar)
            viewer_figures_panel(p);
        viewer_talk_panel(p);
        return;
    }
    viewer_share_tell(p);
    if (p->model.share != DS_SHARE_NONE)
        viewer_share_card(p);
    else if (p->model.paused) /* the picture alone would not say why it is dark */
        paused_card(p);
    else if (viewer_rights_is_blind(p))
        blind_card(p);
    viewer_draw_writing(p);
    if (p->no_toolbar)
        return;
    if (!p->model.paused && !p->complete && !viewer_rights_is_blind(p))
        coming_card(p);
    viewer_scrolling(p);
    viewer_draw_palette(p);
    tell_refusal(p);
    viewer_desk_tell(p);
    passing(p);
    viewer_keys_cure(p);
    if (p->figures_open)
        viewer_figures_panel(p);
    viewer_talk_panel(p);
    viewer_toolbar_measure(p);
    viewer_panels_toolbar_due(p);
    if (p->toolbar_shown)
        viewer_toolbar(p);
    viewer_share_choice(p);
}

void viewer_session_page(struct viewer_panels *p)
{
    ds_ui_page(p->ui, VIEWER_PAGE_SESSION, 0);
    ds_ui_ground_none(p->ui);
    build_page(p);
    ds_talk_cue(p->ui, &p->talk, ds_ui_window(p->ui));
}
