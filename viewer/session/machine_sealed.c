/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the customer's side says inside the seal. */
#include "viewer/session/machine_priv.h"

#include "common/base/text.h"

void viewer_machine_on_open(struct viewer_machine *m)
{
    if (m->model.stage != VIEWER_VERIFYING && m->model.stage != VIEWER_NUMBER)
        return;
    m->model.stage = VIEWER_ASKING;
    struct ds_control hello = {.type = DS_CONTROL_HELLO,
                               .version = DS_PROTOCOL_VERSION,
                               .features = m->features,
                               .tiles = m->tiles};
    viewer_machine_text(hello.program, sizeof(hello.program), m->program);
    viewer_machine_control(m, &hello);
}

void viewer_machine_on_wrong_number(struct viewer_machine *m, unsigned left)
{
    if (m->model.stage != VIEWER_VERIFYING && m->model.stage != VIEWER_NUMBER)
        return;
    m->model.tries_left = left < DS_NUMBER_TRIES ? left : DS_NUMBER_TRIES - 1;
    if (left == 0)
        viewer_machine_leave(m, DS_REASON_WRONG_NUMBER);
    else
        m->model.stage = VIEWER_NUMBER;
}

void viewer_machine_on_broken(struct viewer_machine *m)
{
    if (viewer_model_in_session(&m->model))
        viewer_machine_leave(m, DS_REASON_PROTOCOL);
}

static void on_right(struct viewer_machine *m, const struct ds_control *control, ds_tick now)
{
    struct viewer_model *model = &m->model;
    model->rights[control->right] = control->state;
    if (control->state == DS_RIGHT_REFUSED) {
        model->refusals[control->right]++;
        model->wait_s[control->right] = control->wait_s;
    }
    if (control->right == DS_RIGHT_LOOK && control->state == DS_RIGHT_GRANTED &&
        model->stage == VIEWER_ASKING) {
        model->stage = VIEWER_ACTIVE;
        model->active_at = now;
    }
    if (control->right == DS_RIGHT_CONTROL && control->state != DS_RIGHT_GRANTED)
        model->held = false;
}

static void on_layout(struct viewer_machine *m, const struct ds_control *control)
{
    struct viewer_model *model = &m->model;
    model->layout = *control;
    for (unsigned i = 0; i < control->monitor_count; i++)
        ds_text_for_display(model->layout.monitors[i].name, sizeof(model->layout.monitors[i].name),
                            control->monitors[i].name);
    model->has_layout = true;
    m->ops->picture_size(m->ctx, control->width, control->height);
}

static void on_restarting(struct viewer_machine *m, const struct ds_control *control)
{
    struct viewer_model *model = &m->model;
    model->restart = control->restart;
    if (control->restart != DS_RESTART_NONE)
        return;
    model->restart_ends++;
    ds_text_for_display(model->restart_reason, sizeof(model->restart_reason), control->reason);
}

void viewer_machine_on_control(struct viewer_machine *m, const struct ds_control *control,
                               ds_tick now)
{
    struct viewer_model *model = &m->model;
    if (model->stage != VIEWER_ASKING && model->stage != VIEWER_ACTIVE)
        return;
    switch (control->type) {
    case DS_CONTROL_RIGHT:
        on_right(m, control, now);
        break;
    case DS_CONTROL_LAYOUT:
        on_layout(m, control);
        break;
    case DS_CONTROL_PAUSED:
        model->paused = control->on;
        model->paused_by_rep = control->on && control->by_rep;
        model->resume_asked = false;
        model->resume_allowed = control->on && control->allowed;
        if (control->on && control->wait_s > 0) {
            model->resume_refusals++;
            model->resume_wait_s = control->wait_s;
        }
        break;
    case DS_CONTROL_RESTARTING:
        on_restarting(m, control);
        break;
    case DS_CONTROL_HELD:
        model->held = control->on;
        break;
    case DS_CONTROL_END:
        if (viewer_machine_send_end(m, control->reason[0] ? control->reason : DS_REASON_CLOSED))
            viewer_machine_send_end(m, DS_REASON_CLOSED); /* a reason that no message can carry */
        viewer_machine_end_session(m, DS_BY_CUSTOMER,
                                   control->reason[0] ? control->reason : DS_REASON_CLOSED);
        break;
    case DS_CONTROL_HELLO:
        m->peer_features = control->features;
        m->peer_tiles = control->tiles;
        ds_text_for_display(model->customer, sizeof(model->customer), control->who);
        break;
    default: /* of a later version */
        break;
    }
}
