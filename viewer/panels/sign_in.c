/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in, and the wait for the relay. */
#include "viewer/options.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/words.h"

#include "common/net/address.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 380
#define BESIDE 270 /* what is wrong, beside the form */
#define LABEL 20
#define COMPLAINT 18

static void submit(struct viewer_panels *p)
{
    char host[DS_TEXT_HOST], email[DS_TEXT_EMAIL];
    unsigned port = 0;
    p->relay_bad = !ds_address_parse(p->relay_text, host, sizeof(host), &port);
    p->email_bad = !viewer_email_clean(p->email_text, email);
    if (!p->email_bad)
        ds_edit_set(&p->email, email);
    p->password_missing = !p->relay_bad && !p->email_bad && p->password_text[0] == '\0';
    if (p->relay_bad)
        ds_ui_focus(p->ui, ID_RELAY);
    else if (p->email_bad)
        ds_ui_focus(p->ui, ID_EMAIL);
    else if (p->password_missing)
        ds_ui_focus(p->ui, ID_PASSWORD);
    else
        p->actions->sign_in(p->ctx, host, port, email, p->password_text);
}

static double complaint_height(bool shown)
{
    return shown ? COMPLAINT + DS_SPACE_1 : 0;
}

/* Label, field and, when it is wrong, what is wrong. True: Enter. */
static bool field(struct viewer_panels *p, struct ds_box *column, ds_ui_id id, const char *label,
                  struct ds_edit *edit, const struct ds_ui_field *how, bool *bad,
                  const char *complaint)
{
    struct ds_ui *ui = p->ui;
    ds_ui_label(ui, ds_box_top(column, LABEL, DS_SPACE_1), label, DS_TYPE_NORMAL, DS_COLOR_TEXT, 0);
    struct ds_box at = ds_box_top(column, ds_ui_target(ui) + 4, DS_SPACE_1);
    unsigned result = ds_ui_text_field(ui, id, at, edit, how);
    if (result & DS_UI_FIELD_CHANGED)
        *bad = false;
    else if (*bad)
        ds_ui_label(ui, ds_box_top(column, COMPLAINT, DS_SPACE_1), complaint, DS_TYPE_SMALL,
                    DS_COLOR_BAD, 0);
    ds_box_top(column, DS_SPACE_3, 0);
    return result & DS_UI_FIELD_ENTER;
}

static double title_height(struct viewer_panels *p, double width)
{
    return ds_ui_text_height(p->ui, DS_TR("Sign in to help customers"), DS_TYPE_TITLE,
                             DS_UI_BOLD | DS_UI_WRAP, width);
}

static double form_height(struct viewer_panels *p, double width, double notice)
{
    double each = LABEL + DS_SPACE_1 + ds_ui_target(p->ui) + 4 + DS_SPACE_1 + DS_SPACE_3;
    return title_height(p, width) + DS_SPACE_1 + LABEL + DS_SPACE_5 + notice +
           (p->relay_given ? 2 : 3) * each + complaint_height(p->relay_bad) +
           complaint_height(p->email_bad) + complaint_height(p->password_missing) + DS_SPACE_2 +
           ds_ui_target(p->ui) + 4;
}

static void form(struct viewer_panels *p, struct ds_box *column)
{
    bool enter = false;
    if (!p->relay_given) {
        struct ds_ui_field how = {.hint = "relay.example.com", .bad = p->relay_bad};
        enter |= field(p, column, ID_RELAY, DS_TR("Relay"), &p->relay, &how, &p->relay_bad,
                       DS_TR("Write the name of your desk's relay."));
    }
    struct ds_ui_field email = {.hint = "name@example.com", .bad = p->email_bad};
    enter |= field(p, column, ID_EMAIL, DS_TR("E-mail"), &p->email, &email, &p->email_bad,
                   DS_TR("Write an e-mail address, such as name@example.com."));
    struct ds_ui_field password = {.password = true, .bad = p->password_missing};
    enter |= field(p, column, ID_PASSWORD, DS_TR("Password"), &p->password, &password,
                   &p->password_missing, DS_TR("Write your password."));
    ds_box_top(column, DS_SPACE_2, 0);
    struct ds_box at = ds_box_top(column, ds_ui_target(p->ui) + 4, 0);
    if (ds_ui_button(p->ui, ID_SIGN_IN, at, DS_TR("Sign in"), DS_UI_MAIN | DS_UI_DEFAULT) || enter)
        submit(p);
}

/* Title, relay and form; what is wrong between them unless it stands elsewhere. */
static void sign_in_column(struct viewer_panels *p, struct ds_box *column, const char *trouble,
                           const char *const *lines)
{
    struct ds_ui *ui = p->ui;
    ds_ui_paragraph(ui, column, DS_TR("Sign in to help customers"), DS_TYPE_TITLE, DS_COLOR_TEXT,
                    DS_UI_BOLD, DS_SPACE_1);
    char at[DS_TEXT_HOST + 32] = "Deskside";
    if (p->relay_given)
        snprintf(at, sizeof(at), "Deskside · %s", p->relay_text);
    ds_ui_label(ui, ds_box_top(column, LABEL, DS_SPACE_5), at, DS_TYPE_NORMAL, DS_COLOR_MUTED,
                DS_UI_ELLIPSIS);
    if (trouble)
        viewer_panel_notice(p, column, DS_ICON_WARNING, DS_COLOR_BAD, trouble, lines);
    form(p, column);
}

void viewer_sign_in_page(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    ds_ui_id first = p->relay_text[0] == '\0'   ? ID_RELAY
                     : p->email_text[0] == '\0' ? ID_EMAIL
                                                : ID_PASSWORD;
    ds_ui_page(ui, VIEWER_PAGE_SIGN_IN, first);
    const char *const *lines = NULL;
    const char *trouble = NULL;
    double notice = 0, room = ds_ui_width(ui) - 2 * DS_SPACE_4;
    double width = COLUMN < room ? COLUMN : room;
    if (p->model.trouble != VIEWER_TROUBLE_NONE) {
        trouble = viewer_words_trouble(&p->model, &lines);
        notice = viewer_panel_notice_height(p, width, trouble, lines) + DS_SPACE_4;
    }
    double height = form_height(p, width, notice);
    bool beside = trouble && height > ds_ui_height(ui) - 2 * DS_SPACE_4 && room >= BESIDE + 300;
    if (!beside) {
        struct ds_box column = viewer_panel_column(p, COLUMN, height);
        sign_in_column(p, &column, trouble, lines);
        return;
    }
    width = room - BESIDE - DS_SPACE_4 < COLUMN ? room - BESIDE - DS_SPACE_4 : COLUMN;
    struct ds_box column = viewer_panel_column(p, BESIDE + DS_SPACE_4 + width, /* a low window */
                                               form_height(p, width, 0));
    struct ds_box left = ds_box_left(&column, BESIDE, DS_SPACE_4);
    viewer_panel_notice(p, &left, DS_ICON_WARNING, DS_COLOR_BAD, trouble, lines);
    sign_in_column(p, &column, NULL, NULL);
}

void viewer_connecting_page(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    ds_ui_page(ui, VIEWER_PAGE_CONNECTING, ID_CANCEL);
    struct ds_box column = viewer_panel_column(p, COLUMN, 160);
    bool signing_in = p->model.stage == VIEWER_SIGNING_IN;
    ds_ui_label(ui, ds_box_top(&column, 28, DS_SPACE_4),
                signing_in ? DS_TR("Signing in…") : DS_TR("Connecting to the relay…"),
                DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD);
    double done = signing_in ? 1.0 : p->model.dial_percent / 100.0;
    ds_ui_progress(ui, ds_box_top(&column, 6, DS_SPACE_3), done, DS_COLOR_ACCENT);
    const char *stage = signing_in ? p->model.host : viewer_words_dialling(&p->model);
    ds_ui_label(ui, ds_box_top(&column, LABEL, DS_SPACE_5), stage, DS_TYPE_NORMAL, DS_COLOR_MUTED,
                DS_UI_ELLIPSIS);
    double width = ds_ui_button_width(ui, DS_TR("Cancel"), DS_ICON_NONE);
    struct ds_box row = ds_box_top(&column, ds_ui_target(ui), 0);
    bool cancel =
        ds_ui_button(ui, ID_CANCEL, ds_box_left(&row, width, 0), DS_TR("Cancel"), DS_UI_PLAIN);
    if (cancel || ds_ui_escape(ui))
        p->actions->order(p->ctx, VIEWER_ORDER_SIGN_OUT);
}
