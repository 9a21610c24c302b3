/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat and files beside the picture. */
#include "viewer/panels/panels.h"
#include "viewer/panels/strip.h"

#include "common/ui/text.h"

#include <math.h>
#include <stdio.h>

static bool is_shown(const struct viewer_panels *p)
{
    return p->talk_open && p->model.stage == VIEWER_ACTIVE && !p->no_toolbar;
}

void viewer_panels_toggle_talk(struct viewer_panels *p)
{
    p->talk_open = !p->talk_open;
    p->talk_keys = p->talk_focus_due = p->talk_open;
}

void viewer_panels_line(struct viewer_panels *p, const struct ds_chat_line *line)
{
    ds_talk_put_line(&p->talk, line);
    p->talk_open |= !line->is_ours;
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
    p->talk.may_send = is_allowed && !p->view_only;
    p->talk.can_ask = !is_allowed && !p->view_only;
    p->talk.refusals = p->model.refusals[DS_RIGHT_FILES];
}

int viewer_panels_side(const struct viewer_panels *p)
{
    return is_shown(p) ? (int)ceil(VIEWER_TALK_WIDTH * ds_ui_theme(p->ui)->scale) : 0;
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
    ds_talk_seen(&p->talk);
    struct ds_box box = ds_box_right(&window, VIEWER_TALK_WIDTH, 0);
    ds_ui_panel(ui, box, DS_COLOR_RAISED, DS_UI_BORDER);
    if (p->talk_focus_due)
        ds_talk_focus(ui);
    p->talk_focus_due = false;
    if (ds_talk_build(ui, &p->talk, box, true, &wish)) {
        if (wish.did == DS_TALK_CLOSE)
            p->talk_open = p->talk_keys = false;
        else if (wish.did == DS_TALK_ASK)
            p->actions->right(p->ctx, VIEWER_ORDER_REQUEST, DS_RIGHT_FILES);
        else
            p->actions->talk(p->ctx, &wish);
    }
    if (p->talk_keys && ds_ui_escape(ui)) /* back to the customer's screen */
        p->talk_keys = false;
}
