/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rep or a script may want, stage by stage. */
#include "viewer/session/machine_priv.h"

#include "common/base/error.h"

#include <string.h>

static int dial(struct viewer_machine *m, const char *host, unsigned port, const char *email,
                const char *password, const char *ticket)
{
    struct viewer_model *model = &m->model;
    bool idle = model->stage == VIEWER_SIGNED_OUT || model->stage == VIEWER_ENDED;
    if (!idle || strlen(email) >= sizeof(m->email) || strlen(password) >= sizeof(m->password))
        return DS_EINVAL;
    viewer_machine_drop_link(m);
    viewer_machine_text(m->email, sizeof(m->email), email);
    viewer_machine_text(m->password, sizeof(m->password), password);
    viewer_machine_text(m->ticket, sizeof(m->ticket), ticket);
    viewer_machine_text(model->host, sizeof(model->host), host);
    viewer_machine_trouble(m, VIEWER_TROUBLE_NONE, NULL);
    model->exit_code = VIEWER_EXIT_OK;
    model->stage = VIEWER_CONNECTING;
    model->dial_percent = 0;
    model->dial_stage[0] = '\0';
    if (m->ops->dial(m->ctx, host, port) != DS_OK) {
        viewer_machine_forget_secrets(m);
        viewer_machine_trouble(m, VIEWER_TROUBLE_CA_FILE, NULL);
        model->exit_code = VIEWER_EXIT_RELAY;
        model->stage = VIEWER_SIGNED_OUT;
    }
    return DS_OK;
}

int viewer_machine_sign_in(struct viewer_machine *m, const char *host, unsigned port,
                           const char *email, const char *password)
{
    return dial(m, host, port, email, password, "");
}

int viewer_machine_use_ticket(struct viewer_machine *m, const char *host, unsigned port,
                              const char *email, const char *ticket)
{
    return dial(m, host, port, email, "", ticket);
}

int viewer_machine_want_ticket(struct viewer_machine *m)
{
    struct ds_message message = {.type = DS_MESSAGE_WANT_TICKET};
    if (!m->signed_in || m->model.stage == VIEWER_OPENING)
        return DS_EINVAL;
    if (m->wants_ticket) /* what comes is the answer to both */
        return DS_OK;
    m->wants_ticket = m->ops->send(m->ctx, &message) == DS_OK;
    return m->wants_ticket ? DS_OK : DS_EINVAL;
}

int viewer_machine_sign_out(struct viewer_machine *m)
{
    if (viewer_model_in_session(&m->model))
        return DS_EINVAL;
    viewer_machine_drop_link(m);
    viewer_machine_forget_secrets(m);
    viewer_machine_trouble(m, VIEWER_TROUBLE_NONE, NULL);
    m->model.stage = VIEWER_SIGNED_OUT;
    return DS_OK;
}

int viewer_machine_new_session(struct viewer_machine *m)
{
    struct viewer_model *model = &m->model;
    if (!m->signed_in && model->stage == VIEWER_ENDED) { /* as soon as signed in again */
        m->new_session = true;
        return viewer_machine_sign_out(m);
    }
    if (!m->signed_in || (model->stage != VIEWER_READY && model->stage != VIEWER_ENDED))
        return DS_EINVAL;
    viewer_machine_clear_session(model);
    viewer_machine_trouble(m, VIEWER_TROUBLE_NONE, NULL);
    model->exit_code = VIEWER_EXIT_OK;
    model->active_at = 0;
    model->customer[0] = '\0';
    struct ds_message message = {.type = DS_MESSAGE_NEW_SESSION};
    int error = m->ops->send(m->ctx, &message);
    if (error == DS_OK)
        model->stage = VIEWER_OPENING;
    return error;
}

static bool is_number(const char *number)
{
    return strlen(number) == DS_TEXT_NUMBER - 1 &&
           strspn(number, "0123456789") == DS_TEXT_NUMBER - 1;
}

int viewer_machine_number(struct viewer_machine *m, const char *number)
{
    if (m->model.stage == VIEWER_WAITING && is_number(number)) {
        viewer_machine_text(m->early_number, sizeof(m->early_number), number);
        return DS_OK;
    }
    if (m->model.stage != VIEWER_NUMBER)
        return DS_EINVAL;
    int error = m->ops->tunnel_number(m->ctx, number);
    if (error == DS_OK && m->model.stage == VIEWER_NUMBER)
        m->model.stage = VIEWER_VERIFYING;
    return error;
}

int viewer_machine_request(struct viewer_machine *m, enum ds_right right)
{
    if (m->model.stage != VIEWER_ACTIVE || right >= DS_RIGHT_COUNT)
        return DS_EINVAL;
    if (m->model.rights[right] == DS_RIGHT_GRANTED || m->model.rights[right] == DS_RIGHT_ASKED)
        return DS_OK;
    struct ds_control control = {.type = DS_CONTROL_REQUEST, .right = (uint8_t)right};
    return viewer_machine_control(m, &control);
}

int viewer_machine_release(struct viewer_machine *m, enum ds_right right)
{
    if (m->model.stage != VIEWER_ACTIVE || right >= DS_RIGHT_COUNT)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_RELEASE, .right = (uint8_t)right};
    int error = viewer_machine_control(m, &control);
    if (error == DS_OK)
        m->model.rights[right] =
            DS_RIGHT_NONE; /* no more input from here, whatever is on its way */
    return error;
}

int viewer_machine_pause(struct viewer_machine *m)
{
    if (m->model.stage != VIEWER_ACTIVE)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_PAUSE};
    return m->model.paused ? DS_OK : viewer_machine_control(m, &control);
}

int viewer_machine_resume(struct viewer_machine *m)
{
    if (m->model.stage != VIEWER_ACTIVE)
        return DS_EINVAL;
    if (!m->model.paused)
        return DS_OK;
    struct ds_control control = {.type = DS_CONTROL_RESUME};
    int error = viewer_machine_control(m, &control);
    if (error == DS_OK)
        m->model.resume_asked = !m->model.resume_allowed;
    return error;
}

int viewer_machine_restart(struct viewer_machine *m)
{
    if (m->model.stage != VIEWER_ACTIVE)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_RESTART};
    return m->model.restart != DS_RESTART_NONE ? DS_OK : viewer_machine_control(m, &control);
}

int viewer_machine_monitor(struct viewer_machine *m, uint8_t monitor)
{
    const struct viewer_model *model = &m->model;
    if (model->stage != VIEWER_ACTIVE || !model->has_layout)
        return DS_EINVAL;
    if (monitor != 0xff && monitor >= model->layout.monitor_count)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_MONITOR, .monitor = monitor};
    return viewer_machine_control(m, &control);
}

int viewer_machine_visible(struct viewer_machine *m, bool visible)
{
    if (m->model.stage != VIEWER_ACTIVE && m->model.stage != VIEWER_ASKING)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_VISIBLE, .on = visible};
    return viewer_machine_control(m, &control);
}

int viewer_machine_end(struct viewer_machine *m)
{
    if (m->model.stage == VIEWER_OPENING) {
        viewer_machine_send_end(m, DS_REASON_CLOSED);
        return viewer_machine_sign_out(m);
    }
    if (!viewer_model_in_session(&m->model))
        return DS_EINVAL;
    viewer_machine_leave(m, DS_REASON_CLOSED);
    return DS_OK;
}
