/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From signed in to the customer's yes, and what is said after the end. */
#include "viewer/panels/panels.h"
#include "viewer/panels/words.h"

#include "common/ui/text.h"
#include "common/wire/message.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 440

static void title(struct viewer_panels *p, struct ds_box *column, const char *text)
{
    ds_ui_paragraph(p->ui, column, text, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_3);
}

static void say(struct viewer_panels *p, struct ds_box *column, const char *text, double gap)
{
    ds_ui_paragraph(p->ui, column, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, gap);
}

static bool button(struct viewer_panels *p, struct ds_box *row, ds_ui_id id, enum ds_icon icon,
                   const char *label, unsigned flags)
{
    double width = ds_ui_button_width(p->ui, label, icon);
    struct ds_box at = ds_box_left(row, width, DS_SPACE_2);
    if (icon == DS_ICON_NONE)
        return ds_ui_button(p->ui, id, at, label, flags);
    return ds_ui_icon_button(p->ui, id, at, icon, label, flags);
}

static struct ds_box buttons(struct viewer_panels *p, struct ds_box *column)
{
    return ds_box_top(column, ds_ui_target(p->ui) + 4, DS_SPACE_3);
}

void viewer_home_page(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    ds_ui_page(ui, VIEWER_PAGE_HOME, ID_NEW_SESSION);
    bool opening = p->model.stage == VIEWER_OPENING;
    struct ds_box column = viewer_panel_column(p, COLUMN, 190);
    title(p, &column, DS_TR("Help a customer"));
    say(p, &column,
        DS_TR("A new session gives you a code of nine digits. Read it to the customer, who types "
              "it into the Deskside helper."),
        DS_SPACE_5);
    if (p->model.trouble != VIEWER_TROUBLE_NONE) {
        const char *const *lines;
        const char *what = viewer_words_trouble(&p->model, &lines);
        viewer_panel_notice(p, &column, DS_ICON_WARNING, DS_COLOR_BAD, what, lines);
    }
    struct ds_box row = buttons(p, &column);
    if (button(p, &row, ID_NEW_SESSION, DS_ICON_NONE,
               opening ? DS_TR("Getting a code…") : DS_TR("New session"),
               DS_UI_MAIN | (opening ? DS_UI_DISABLED : 0)))
        p->actions->order(p->ctx, VIEWER_ORDER_NEW_SESSION);
}

void viewer_code_page(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    ds_ui_page(ui, VIEWER_PAGE_CODE, ID_COPY);
    struct ds_box column = viewer_panel_column(p, COLUMN, 330);
    title(p, &column, DS_TR("Read this code to the customer"));
    say(p, &column, DS_TR("It only brings the two of you together. It opens nothing by itself."),
        DS_SPACE_5);
    struct ds_box card = ds_box_top(&column, 96, DS_SPACE_4);
    ds_ui_panel(ui, card, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    ds_ui_number(ui, card, p->model.code, true);
    unsigned long left = p->model.code_until > p->now
                             ? (unsigned long)((p->model.code_until - p->now) / DS_SECOND)
                             : 0;
    char count[16], words[96];
    ds_text_countdown(count, sizeof(count), left);
    snprintf(words, sizeof(words), DS_TR("Good for %s, and for one customer."), count);
    ds_ui_paragraph(ui, &column, words, DS_TYPE_NORMAL, left < 60 ? DS_COLOR_WARN : DS_COLOR_MUTED,
                    DS_UI_TABULAR, DS_SPACE_4);
    viewer_panel_wake(p, p->now + DS_SECOND - (p->now - p->model.code_until) % DS_SECOND);
    struct ds_box row = buttons(p, &column);
    bool copied = p->now < p->copied_until;
    if (copied)
        viewer_panel_wake(p, p->copied_until);
    bool copy = button(p, &row, ID_COPY, copied ? DS_ICON_CHECK : DS_ICON_COPY,
                       copied ? DS_TR("Copied") : DS_TR("Copy the code"), DS_UI_MAIN);
    if (copy || ds_ui_shortcut(ui, 'c', DS_UI_CTRL)) {
        p->actions->copy(p->ctx, p->model.code);
        p->copied_until = p->now + 2 * DS_SECOND;
        viewer_panel_wake(p, p->now);
    }
    bool cancel = button(p, &row, ID_CANCEL, DS_ICON_NONE, DS_TR("Cancel"), DS_UI_PLAIN);
    if (cancel || ds_ui_escape(ui))
        p->actions->order(p->ctx, VIEWER_ORDER_END);
    ds_ui_paragraph(ui, &column, DS_TR("This page goes on by itself when the customer is there."),
                    DS_TYPE_NORMAL, DS_COLOR_MUTED, 0, 0);
}

static void wrong_number(struct viewer_panels *p, struct ds_box *column)
{
    char words[160];
    snprintf(words, sizeof(words),
             DS_TRN("That number was wrong. %u try left, then the session ends.",
                    "That number was wrong. %u tries left, then the session ends.",
                    p->model.tries_left),
             p->model.tries_left);
    viewer_panel_notice(p, column, DS_ICON_WARNING, DS_COLOR_BAD, words, NULL);
}

void viewer_number_page(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    ds_ui_page(ui, VIEWER_PAGE_NUMBER, ID_NUMBER);
    bool verifying = p->model.stage == VIEWER_VERIFYING;
    if (p->number_again)
        ds_ui_focus(ui, ID_NUMBER);
    p->number_again = false;
    bool wrong = p->model.tries_left < DS_NUMBER_TRIES && !verifying;
    struct ds_box column = viewer_panel_column(p, COLUMN, wrong ? 330 : 270);
    title(p, &column, DS_TR("The customer is there"));
    say(p, &column,
        DS_TR("The customer sees a security number of six digits. Ask for it and type it here. "
              "Nobody else knows it, not even the relay."),
        DS_SPACE_5);
    if (wrong)
        wrong_number(p, &column);
    struct ds_box at = ds_box_top(&column, 64, DS_SPACE_4);
    struct ds_ui_field how = {.number = true,
                              .bad = wrong && p->number.len == 0,
                              .flags = verifying ? DS_UI_DISABLED : 0};
    unsigned typed = ds_ui_text_field(ui, ID_NUMBER, at, &p->number, &how);
    bool whole = p->number.len == 6;
    struct ds_box row = buttons(p, &column);
    unsigned flags = DS_UI_MAIN | DS_UI_DEFAULT | (whole && !verifying ? 0 : DS_UI_DISABLED);
    bool connect = button(p, &row, ID_CONNECT, DS_ICON_LOCK,
                          verifying ? DS_TR("Checking…") : DS_TR("Connect"), flags);
    if ((connect || (typed & DS_UI_FIELD_ENTER)) && whole && !verifying)
        p->actions->number(p->ctx, p->number_text);
    if (button(p, &row, ID_END, DS_ICON_NONE, DS_TR("End session"), DS_UI_PLAIN))
        p->confirm_end = true;
}

void viewer_asking_page(struct viewer_panels *p)
{
    ds_ui_page(p->ui, VIEWER_PAGE_ASKING, 0);
    struct ds_box column = viewer_panel_column(p, COLUMN, 220);
    title(p, &column, DS_TR("Waiting for the customer's yes"));
    say(p, &column,
        DS_TR("The line is private between the two of you. The customer now chooses what you may "
              "see and do."),
        DS_SPACE_5);
    struct ds_box row = buttons(p, &column);
    if (button(p, &row, ID_END, DS_ICON_NONE, DS_TR("End session"), DS_UI_PLAIN))
        p->confirm_end = true;
}

void viewer_away_page(struct viewer_panels *p)
{
    ds_ui_page(p->ui, VIEWER_PAGE_AWAY, 0);
    struct ds_box column = viewer_panel_column(p, COLUMN, 200);
    ds_ui_paragraph(p->ui, &column, viewer_words_left(&p->model, p->now), DS_TYPE_TITLE,
                    DS_COLOR_TEXT, DS_UI_BOLD | DS_UI_TABULAR, DS_SPACE_3);
    say(p, &column, viewer_words_away(&p->model), DS_SPACE_5);
    viewer_panel_count(p);
    struct ds_box row = buttons(p, &column);
    if (button(p, &row, ID_END, DS_ICON_NONE, DS_TR("End now"), DS_UI_PLAIN))
        p->confirm_end = true;
}

void viewer_ended_page(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    bool is_lost = strcmp(p->model.reason, DS_REASON_LOST) == 0;
    bool again = p->model.may_begin || is_lost; /* then after signing in */
    ds_ui_page(ui, VIEWER_PAGE_ENDED, again ? ID_NEW_SESSION : ID_SIGN_IN);
    struct ds_box column = viewer_panel_column(p, COLUMN, 190);
    title(p, &column, is_lost ? DS_TR("Connection lost") : DS_TR("Session ended"));
    say(p, &column, viewer_words_ended(&p->model), DS_SPACE_5);
    struct ds_box row = buttons(p, &column);
    if (again && button(p, &row, ID_NEW_SESSION, DS_ICON_NONE, DS_TR("New session"), DS_UI_MAIN))
        p->actions->order(p->ctx, VIEWER_ORDER_NEW_SESSION);
    if (!again && button(p, &row, ID_SIGN_IN, DS_ICON_NONE, DS_TR("Sign in again"), DS_UI_MAIN))
        p->actions->order(p->ctx, VIEWER_ORDER_SIGN_OUT);
    if (button(p, &row, ID_CLOSE, DS_ICON_NONE, DS_TR("Close"), DS_UI_PLAIN))
        p->actions->quit(p->ctx);
    viewer_talk_panel(p); /* with what was not delivered, if there is any */
}
