/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat and files beside the picture. */
#include "viewer/panels/panels.h"
#include "viewer/panels/strip.h"

#include "common/ui/text.h"

#include <math.h>
#include <stdio.h>

static bool is_beside_picture(const struct viewer_panels *p)
{
    return p->talk_open && p->model.stage == VIEWER_ACTIVE && !p->no_toolbar;
}

/* After the session it stays for what was written and not delivered. */
static bool is_shown(const struct viewer_panels *p)
{
    return is_beside_picture(p) || (p->model.stage == VIEWER_ENDED && !p->no_toolbar &&
                                    !p->rest_closed && ds_talk_has_rest(&p->talk));
}

void viewer_panels_toggle_talk(struct viewer_panels *p)
{
    p->talk_open = !p->talk_open;
    p->talk_closed = !p->talk_open;
    p->talk_keys = p->talk_focus_due = p->talk_open;
}

void viewer_panels_line(struct viewer_panels *p, const struct ds_chat_line *line)
{
    ds_talk_put_line(&p->talk, line);
    p->talk_open |= !line->is_ours && !p->talk_closed;
    if (!line->is_ours && p->talk_closed && p->model.stage == VIEWER_ACTIVE)
        ds_ui_toast(p->ui, DS_TR("New message from the customer"), DS_COLOR_ACCENT);
}

void viewer_panels_file(struct viewer_panels *p, const struct ds_file *file)
{
    ds_talk_put_file(&p->talk, file);
    p->talk_open |= !file->is_ours && file->state == DS_FILE_STATE_OFFERED;
}

void viewer_panels_drop(struct viewer_panels *p, const char *list, size_t len)
{
    ds_talk_drop(&p->talk, list, len);
    p->talk_open = true;
}

/* What the panel may do, whether it is seen or not. */
static void follow(struct viewer_panels *p)
{
    bool is_allowed = viewer_model_has(&p->model, DS_RIGHT_FILES);
    snprintf(p->talk.other, sizeof(p->talk.other), "%s", DS_TR("Customer"));
    snprintf(p->talk.org, sizeof(p->talk.org), "%s", p->model.org);
    p->talk.drop_words = DS_TR("Drop here to send to the customer");
    p->talk.may_send = is_allowed && !p->view_only;
    p->talk.can_ask = !is_allowed && !p->view_only;
    p->talk.refusals = p->model.refusals[DS_RIGHT_FILES];
}

int viewer_panels_side(const struct viewer_panels *p)
{
    return is_beside_picture(p) ? (int)ceil(VIEWER_TALK_WIDTH * ds_ui_theme(p->ui)->scale) : 0;
}

static void close_panel(struct viewer_panels *p)
{
    p->talk_open = p->talk_keys = false;
    p->talk_closed = true;
    p->rest_closed = p->talk.is_over;
}

void viewer_talk_panel(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct ds_box window = ds_ui_window(ui);
    ds_box_bottom(&window, viewer_strip_height(p), 0);
    struct ds_talk_wish wish;
    follow(p);
    if (!is_shown(p)) {
        p->talk_keys = false;
        if (ds_talk_take_outbox(&p->talk, &wish))
            p->actions->talk(p->ctx, &wish);
        return;
    }
    p->talk.is_over = p->model.stage == VIEWER_ENDED;
    unsigned number;
    if (p->in_front && ds_talk_seen(&p->talk, &number))
        p->actions->talk(p->ctx, &(struct ds_talk_wish){.did = DS_TALK_SAW, .id = number});
    struct ds_box box = ds_box_right(&window, VIEWER_TALK_WIDTH, 0);
    ds_ui_panel(ui, box, DS_COLOR_RAISED, DS_UI_BORDER);
    if (p->talk_focus_due)
        ds_talk_focus(ui);
    p->talk_focus_due = false;
    if (ds_talk_build(ui, &p->talk, box, true, &wish)) {
        if (wish.did == DS_TALK_CLOSE)
            close_panel(p);
        else if (wish.did == DS_TALK_ASK)
            p->actions->right(p->ctx, VIEWER_ORDER_REQUEST, DS_RIGHT_FILES);
        else
            p->actions->talk(p->ctx, &wish);
    }
    if (p->talk_keys && ds_ui_escape(ui)) /* back to the customer's screen */
        p->talk_keys = false;
}
