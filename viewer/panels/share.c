/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/share.h"

#include "common/ui/text.h"
#include "common/wire/message.h"
#include "viewer/panels/words.h"

#include <stdio.h>
#include <string.h>

#define CARD 460
#define ROW 40
#define ROWS 6 /* in sight at once */

/* Why the rep's screen cannot be shown; NULL: it can. */
static const char *why_not(const struct viewer_panels *p)
{
    const struct viewer_model *m = &p->model;
    if (ds_message_lists(m->without, DS_FEATURE_NAME_SHARE))
        return DS_TR("Your account does not include this. Ask your manager.");
    if (!m->may_share)
        return DS_TR("The customer’s program is too old for this.");
    return NULL;
}

static void open_choice(struct viewer_panels *p)
{
    if (why_not(p) || p->share_open)
        return;
    p->source_count = p->actions->sources(p->ctx, p->sources, VIEWER_SOURCES_MAX);
    p->source_list = (struct ds_ui_list){.selected = p->source_count > 0 ? 0 : -1, .activated = -1};
    p->share_open = true;
}

void viewer_share_toggle(struct viewer_panels *p)
{
    if (p->model.share != DS_SHARE_NONE)
        p->actions->order(p->ctx, VIEWER_ORDER_SHARE_CUSTOMER);
    else
        open_choice(p);
}

void viewer_share_button(struct viewer_panels *p, struct ds_box *row)
{
    enum { CUSTOMER, MINE, LINE, STOP, COUNT };
    const struct viewer_model *m = &p->model;
    bool is_on = m->share != DS_SHARE_NONE;
    struct ds_ui_item items[COUNT] = {
        [CUSTOMER] = {.label = DS_TR("Show the customer’s screen"),
                      .shortcut = is_on ? viewer_words_chord("W") : NULL,
                      .icon = DS_ICON_EYE,
                      .disabled = m->paused && m->resume_asked,
                      .reason = m->paused && m->resume_asked
                                    ? DS_TR("The customer is asked whether to go on.")
                                    : NULL,
                      .checked = !m->paused},
        [MINE] = {.label = DS_TR("Share my screen…"),
                  .shortcut = is_on ? NULL : viewer_words_chord("W"),
                  .icon = DS_ICON_SHARE,
                  .disabled = why_not(p) != NULL,
                  .reason = why_not(p),
                  .checked = is_on},
        [STOP] = {.label = DS_TR("Stop showing my screen"),
                  .icon = DS_ICON_CLOSE,
                  .disabled = !is_on},
    };
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    int chosen = ds_ui_menu_button(p->ui, ID_SHARE, at, DS_ICON_SHARE, NULL,
                                   DS_UI_QUIET | (is_on ? DS_UI_ON : 0), items, COUNT);
    ds_ui_tip(p->ui, DS_TR("Screen sharing: whose screen is shown"));
    if (chosen == CUSTOMER && m->paused)
        p->actions->order(p->ctx, VIEWER_ORDER_SHARE_CUSTOMER);
    else if (chosen == MINE)
        open_choice(p);
    else if (chosen == STOP)
        p->actions->order(p->ctx, VIEWER_ORDER_SHARE_STOP);
}

/* ---- while it is shown ---- */

static double height_of(struct viewer_panels *p, double width, const char *text, enum ds_type type,
                        unsigned flags)
{
    return ds_ui_text_height(p->ui, text, type, DS_UI_WRAP | flags, width);
}

void viewer_share_card(struct viewer_panels *p)
{
    const struct viewer_model *m = &p->model;
    char head[DS_TEXT_REASON + 64];
    snprintf(head, sizeof(head), DS_TR("You are showing: %s"), m->share_name);
    const char *text =
        m->shared == DS_SHARED_HIDDEN
            ? DS_TR("The customer has put the window away. Nothing is sent until they look again.")
            : DS_TR("The customer sees it and can draw on it. You see nothing of their screen.");
    struct ds_box window = ds_ui_window(p->ui);
    double width = window.width - 2 * DS_SPACE_4;
    width = width < CARD ? width : CARD;
    double inner = width - 2 * DS_SPACE_5, button = ds_ui_target(p->ui) + 4;
    const char *back = DS_TR("Show the customer’s screen"), *stop = DS_TR("Stop showing");
    double back_width = ds_ui_button_width(p->ui, back, DS_ICON_EYE);
    double stop_width = ds_ui_button_width(p->ui, stop, DS_ICON_NONE);
    bool is_two = back_width + DS_SPACE_2 + stop_width > inner; /* rows of buttons */
    double height = 2 * DS_SPACE_5 + height_of(p, inner, head, DS_TYPE_TITLE, DS_UI_BOLD) +
                    DS_SPACE_2 + height_of(p, inner, text, DS_TYPE_LARGE, 0) + DS_SPACE_4 + button +
                    (is_two ? button + DS_SPACE_2 : 0);
    struct ds_box box = ds_box_middle(window, width, height);
    ds_ui_panel(p->ui, box, DS_COLOR_SURFACE, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box in = ds_box_pad(box, DS_SPACE_5, DS_SPACE_5);
    ds_ui_paragraph(p->ui, &in, head, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_2);
    ds_ui_paragraph(p->ui, &in, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, DS_SPACE_4);
    struct ds_box row = ds_box_top(&in, button, DS_SPACE_2);
    if (ds_ui_icon_button(p->ui, ID_RESUME, ds_box_left(&row, back_width, DS_SPACE_2), DS_ICON_EYE,
                          back, DS_UI_MAIN))
        p->actions->order(p->ctx, VIEWER_ORDER_SHARE_CUSTOMER);
    if (is_two)
        row = in;
    if (ds_ui_button(p->ui, ID_SHARE_STOP, ds_box_left(&row, stop_width, 0), stop, DS_UI_PLAIN))
        p->actions->order(p->ctx, VIEWER_ORDER_SHARE_STOP);
}

/* ---- what to show ---- */

static void source_row(struct viewer_panels *p, const struct viewer_source *source,
                       struct ds_box row)
{
    char size[32];
    row = ds_box_pad(row, DS_SPACE_2, 0);
    ds_ui_icon(p->ui, ds_box_middle(ds_box_left(&row, 20, DS_SPACE_2), 20, 20),
               source->window ? DS_ICON_BOX : DS_ICON_MONITOR, DS_COLOR_TEXT);
    snprintf(size, sizeof(size), "%u × %u", source->width, source->height);
    double wide = ds_ui_text_width(p->ui, size, DS_TYPE_NORMAL, DS_UI_TABULAR) + 1;
    ds_ui_label(p->ui, ds_box_right(&row, wide, DS_SPACE_2), size, DS_TYPE_NORMAL, DS_COLOR_MUTED,
                DS_UI_TABULAR | DS_UI_MIDDLE);
    ds_ui_label(p->ui, row, source->name, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

static bool choose(struct viewer_panels *p, struct ds_box box)
{
    struct ds_box row;
    ds_ui_list_begin(p->ui, ID_SHARE_LIST, box, (int)p->source_count, ROW, &p->source_list);
    for (int i; (i = ds_ui_list_next(p->ui, &p->source_list, &row)) >= 0;)
        source_row(p, &p->sources[i], row);
    ds_ui_list_end(p->ui, &p->source_list);
    return p->source_list.activated >= 0;
}

void viewer_share_choice(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box in;
    if (p->model.stage != VIEWER_ACTIVE || viewer_model_is_away(&p->model))
        p->share_open = false;
    if (!p->share_open)
        return;
    const char *text = DS_TR("The customer sees it at once, and their own screen is paused.");
    double width = 480, most = ds_ui_width(ui) - 2 * DS_SPACE_4;
    width = width < most ? width : most;
    size_t rows = p->source_count < ROWS ? p->source_count : ROWS;
    double list = ROW * (double)(rows > 0 ? rows : 1);
    double words = height_of(p, width - 2 * DS_SPACE_5, text, DS_TYPE_NORMAL, 0);
    double height = 120 + words + DS_SPACE_3 + list + DS_SPACE_4 + ds_ui_target(ui);
    double room = ds_ui_height(ui) - 2 * DS_SPACE_2;
    ds_ui_modal_begin(ui, ID_SHARE_LIST + 1000, width, height < room ? height : room,
                      DS_TR("What do you want to show?"), ID_SHARE_LIST, &in);
    ds_ui_paragraph(ui, &in, text, DS_TYPE_NORMAL, DS_COLOR_TEXT, 0, DS_SPACE_3);
    struct ds_box row = ds_box_bottom(&in, ds_ui_target(ui), DS_SPACE_4);
    double go = ds_ui_button_width(ui, DS_TR("Show it"), DS_ICON_NONE);
    double no = ds_ui_button_width(ui, DS_TR("Cancel"), DS_ICON_NONE);
    bool is_chosen = choose(p, in) && p->source_list.selected >= 0;
    is_chosen |= ds_ui_button(ui, ID_SHARE_GO, ds_box_right(&row, go, DS_SPACE_2), DS_TR("Show it"),
                              DS_UI_MAIN | (p->source_list.selected < 0 ? DS_UI_DISABLED : 0));
    bool is_over =
        ds_ui_button(ui, ID_SHARE_CANCEL, ds_box_right(&row, no, 0), DS_TR("Cancel"), DS_UI_PLAIN);
    is_over |= ds_ui_escape(ui);
    ds_ui_modal_end(ui);
    if (is_chosen && (size_t)p->source_list.selected < p->source_count)
        p->actions->share(p->ctx, &p->sources[p->source_list.selected]);
    if (is_chosen || is_over)
        p->share_open = false;
}

/* ---- how it ended ---- */

void viewer_share_tell(struct viewer_panels *p)
{
    static const struct {
        const char *reason, *words;
    } table[] = {
        {"customer", DS_TR_LATER("The customer closed the window with your screen.")},
        {"source-closed", DS_TR_LATER("The window you showed is closed.")},
        {"restart", DS_TR_LATER("Your screen is no longer shown: the computer restarts.")},
        {"failed", DS_TR_LATER("That cannot be shown.")},
    };
    const struct viewer_model *m = &p->model;
    if (m->share_ends == p->share_ends)
        return;
    p->share_ends = m->share_ends;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].reason, m->share_reason) == 0)
            ds_ui_toast(p->ui, ds_tr(table[i].words), DS_COLOR_WARN);
}
