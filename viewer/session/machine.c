/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/machine.h"

#include "common/base/error.h"
#include "common/base/text.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

/* How long after its end a code is given up without the relay's word. */
#define CODE_GRACE (10 * DS_SECOND)

void viewer_machine_init(struct viewer_machine *m, const struct viewer_machine_ops *ops, void *ctx)
{
    *m = (struct viewer_machine){.ops = ops, .ctx = ctx, .program = ""};
}

static void forget_secrets(struct viewer_machine *m)
{
    OPENSSL_cleanse(m->password, sizeof(m->password));
    OPENSSL_cleanse(m->early_number, sizeof(m->early_number));
}

void viewer_machine_destroy(struct viewer_machine *m)
{
    forget_secrets(m);
}

static void set_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

/* Forgets everything of a session, keeps the connection to the relay. */
static void clear_session(struct viewer_model *model)
{
    memset(model->code, 0, sizeof(model->code));
    memset(model->rights, 0, sizeof(model->rights));
    memset(&model->layout, 0, sizeof(model->layout));
    model->code_until = 0;
    model->tries_left = DS_NUMBER_TRIES;
    model->paused = model->paused_by_rep = model->resume_asked = model->held = false;
    model->has_layout = false;
}

static void set_trouble(struct viewer_machine *m, enum viewer_trouble trouble, const char *detail)
{
    m->model.trouble = trouble;
    ds_text_for_display(m->model.detail, sizeof(m->model.detail), detail ? detail : "");
}

static void drop_link(struct viewer_machine *m)
{
    m->ops->hang_up(m->ctx);
    m->link_up = m->signed_in = false;
    m->model.connected_at = 0;
    m->model.rep[0] = '\0';
}

/* ---- the end of a session ---- */

static int exit_code_of(const char *reason)
{
    static const struct {
        const char *reason;
        int code;
    } codes[] = {
        {DS_REASON_CLOSED, VIEWER_EXIT_OK},         {DS_REASON_ADMIN, VIEWER_EXIT_OK},
        {DS_REASON_REFUSED, VIEWER_EXIT_REFUSED},   {DS_REASON_WRONG_NUMBER, VIEWER_EXIT_REFUSED},
        {DS_REASON_EXPIRED, VIEWER_EXIT_REFUSED},   {DS_REASON_DISABLED, VIEWER_EXIT_REFUSED},
        {DS_REASON_LOST, VIEWER_EXIT_CUT_OFF},      {DS_REASON_SHUTDOWN, VIEWER_EXIT_CUT_OFF},
        {DS_REASON_PROTOCOL, VIEWER_EXIT_INTERNAL},
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(reason, codes[i].reason) == 0)
            return codes[i].code;
    return VIEWER_EXIT_OK;
}

static void end_session(struct viewer_machine *m, const char *by, const char *reason)
{
    struct viewer_model *model = &m->model;
    if (!viewer_model_in_session(model))
        return;
    m->ops->tunnel_close(m->ctx);
    clear_session(model);
    OPENSSL_cleanse(m->early_number, sizeof(m->early_number));
    model->stage = VIEWER_ENDED;
    ds_text_for_display(model->by, sizeof(model->by), by);
    ds_text_for_display(model->reason, sizeof(model->reason), reason);
    model->exit_code = exit_code_of(reason);
}

static int send_end(struct viewer_machine *m, const char *reason)
{
    struct ds_message message = {.type = DS_MESSAGE_END};
    set_text(message.reason, sizeof(message.reason), reason);
    return m->ops->send(m->ctx, &message);
}

static int send_control(struct viewer_machine *m, const struct ds_control *control)
{
    return m->ops->control(m->ctx, control);
}

/* We leave: the customer hears it inside the seal, the relay beside it. */
static void leave_session(struct viewer_machine *m, const char *reason)
{
    if (m->model.stage >= VIEWER_ASKING) {
        struct ds_control control = {.type = DS_CONTROL_END};
        set_text(control.reason, sizeof(control.reason), reason);
        send_control(m, &control);
    }
    m->ops->tunnel_close(m->ctx); /* which sends its last words first */
    send_end(m, reason);
    end_session(m, DS_BY_REP, reason);
}

/* ---- wishes ---- */

int viewer_machine_sign_in(struct viewer_machine *m, const char *host, unsigned port,
                           const char *email, const char *password)
{
    struct viewer_model *model = &m->model;
    bool idle = model->stage == VIEWER_SIGNED_OUT || model->stage == VIEWER_ENDED;
    if (!idle || strlen(email) >= sizeof(m->email) || strlen(password) >= sizeof(m->password))
        return DS_EINVAL;
    drop_link(m);
    set_text(m->email, sizeof(m->email), email);
    set_text(m->password, sizeof(m->password), password);
    set_text(model->host, sizeof(model->host), host);
    set_trouble(m, VIEWER_TROUBLE_NONE, NULL);
    model->exit_code = VIEWER_EXIT_OK;
    model->stage = VIEWER_CONNECTING;
    model->dial_percent = 0;
    model->dial_stage[0] = '\0';
    if (m->ops->dial(m->ctx, host, port) != DS_OK) {
        forget_secrets(m);
        set_trouble(m, VIEWER_TROUBLE_CA_FILE, NULL);
        model->exit_code = VIEWER_EXIT_RELAY;
        model->stage = VIEWER_SIGNED_OUT;
    }
    return DS_OK;
}

int viewer_machine_sign_out(struct viewer_machine *m)
{
    if (viewer_model_in_session(&m->model))
        return DS_EINVAL;
    drop_link(m);
    forget_secrets(m);
    set_trouble(m, VIEWER_TROUBLE_NONE, NULL);
    m->model.stage = VIEWER_SIGNED_OUT;
    return DS_OK;
}

int viewer_machine_new_session(struct viewer_machine *m)
{
    struct viewer_model *model = &m->model;
    if (!m->signed_in || (model->stage != VIEWER_READY && model->stage != VIEWER_ENDED))
        return DS_EINVAL;
    clear_session(model);
    set_trouble(m, VIEWER_TROUBLE_NONE, NULL);
    model->exit_code = VIEWER_EXIT_OK;
    model->active_at = 0;
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
        set_text(m->early_number, sizeof(m->early_number), number);
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
    return send_control(m, &control);
}

int viewer_machine_release(struct viewer_machine *m, enum ds_right right)
{
    if (m->model.stage != VIEWER_ACTIVE || right >= DS_RIGHT_COUNT)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_RELEASE, .right = (uint8_t)right};
    int error = send_control(m, &control);
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
    return m->model.paused ? DS_OK : send_control(m, &control);
}

int viewer_machine_resume(struct viewer_machine *m)
{
    if (m->model.stage != VIEWER_ACTIVE)
        return DS_EINVAL;
    if (!m->model.paused)
        return DS_OK;
    struct ds_control control = {.type = DS_CONTROL_RESUME};
    int error = send_control(m, &control);
    if (error == DS_OK)
        m->model.resume_asked = true;
    return error;
}

int viewer_machine_monitor(struct viewer_machine *m, uint8_t monitor)
{
    const struct viewer_model *model = &m->model;
    if (model->stage != VIEWER_ACTIVE || !model->has_layout)
        return DS_EINVAL;
    if (monitor != 0xff && monitor >= model->layout.monitor_count)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_MONITOR, .monitor = monitor};
    return send_control(m, &control);
}

int viewer_machine_visible(struct viewer_machine *m, bool visible)
{
    if (m->model.stage != VIEWER_ACTIVE && m->model.stage != VIEWER_ASKING)
        return DS_EINVAL;
    struct ds_control control = {.type = DS_CONTROL_VISIBLE, .on = visible};
    return send_control(m, &control);
}

int viewer_machine_end(struct viewer_machine *m)
{
    if (m->model.stage == VIEWER_OPENING) {
        send_end(m, DS_REASON_CLOSED);
        return viewer_machine_sign_out(m);
    }
    if (!viewer_model_in_session(&m->model))
        return DS_EINVAL;
    leave_session(m, DS_REASON_CLOSED);
    return DS_OK;
}

/* ---- the link ---- */

void viewer_machine_on_progress(struct viewer_machine *m, const char *stage, unsigned percent)
{
    if (m->model.stage != VIEWER_CONNECTING)
        return;
    set_text(m->model.dial_stage, sizeof(m->model.dial_stage), stage ? stage : "");
    m->model.dial_percent = percent > 100 ? 100 : percent;
}

void viewer_machine_on_up(struct viewer_machine *m, const struct ds_link_info *info, ds_tick now)
{
    struct viewer_model *model = &m->model;
    m->link_up = true;
    model->port = info->port;
    set_text(model->host, sizeof(model->host), info->host);
    model->websocket = info->transport == DS_TRANSPORT_WS;
    model->proxy = info->through_proxy;
    model->connected_at = now;
    ds_text_for_display(model->org, sizeof(model->org), info->org);
    struct ds_message message = {.type = DS_MESSAGE_SIGN_IN};
    set_text(message.email, sizeof(message.email), m->email);
    set_text(message.password, sizeof(message.password), m->password);
    forget_secrets(m);
    m->ops->send(m->ctx, &message);
    ds_message_wipe(&message);
    model->stage = VIEWER_SIGNING_IN;
}

static void on_signed_in(struct viewer_machine *m, const struct ds_message *message)
{
    if (m->model.stage != VIEWER_SIGNING_IN)
        return;
    m->signed_in = true;
    ds_text_for_display(m->model.rep, sizeof(m->model.rep), message->name);
    m->model.stage = VIEWER_READY;
    if (m->new_session) {
        m->new_session = false;
        viewer_machine_new_session(m);
    }
}

static void on_session(struct viewer_machine *m, const struct ds_message *message, ds_tick now)
{
    if (m->model.stage != VIEWER_OPENING)
        return;
    set_text(m->model.code, sizeof(m->model.code), message->join_code);
    m->model.code_until = now + message->expires_s * DS_SECOND;
    m->model.stage = VIEWER_WAITING;
}

static bool read_session_id(const char *hex, uint8_t out[DS_SESSION_ID])
{
    for (size_t i = 0; i < DS_SESSION_ID; i++) {
        unsigned byte = 0;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (uint8_t)byte;
    }
    return true;
}

static void on_paired(struct viewer_machine *m, const struct ds_message *message)
{
    uint8_t session[DS_SESSION_ID];
    if (m->model.stage != VIEWER_WAITING)
        return;
    memset(m->model.code, 0, sizeof(m->model.code));
    if (!read_session_id(message->session, session) ||
        m->ops->tunnel_open(m->ctx, session) != DS_OK) {
        leave_session(m, DS_REASON_PROTOCOL);
        return;
    }
    m->model.tries_left = DS_NUMBER_TRIES;
    m->model.stage = VIEWER_NUMBER;
    if (m->early_number[0]) {
        viewer_machine_number(m, m->early_number);
        OPENSSL_cleanse(m->early_number, sizeof(m->early_number));
    }
}

static enum viewer_trouble trouble_of(const char *error)
{
    static const struct {
        const char *error;
        enum viewer_trouble trouble;
    } table[] = {
        {DS_REFUSAL_PASSWORD, VIEWER_TROUBLE_PASSWORD},
        {DS_REFUSAL_NOT_ACTIVATED, VIEWER_TROUBLE_NOT_ACTIVATED},
        {DS_REFUSAL_TOO_MANY, VIEWER_TROUBLE_TOO_MANY},
        {DS_REFUSAL_VERSION, VIEWER_TROUBLE_VERSION},
        {DS_REFUSAL_BUSY, VIEWER_TROUBLE_BUSY},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(error, table[i].error) == 0)
            return table[i].trouble;
    return VIEWER_TROUBLE_PROTOCOL;
}

static void on_refusal(struct viewer_machine *m, const struct ds_message *message)
{
    enum viewer_trouble trouble = trouble_of(message->error);
    bool credentials = trouble == VIEWER_TROUBLE_PASSWORD || trouble == VIEWER_TROUBLE_TOO_MANY ||
                       trouble == VIEWER_TROUBLE_NOT_ACTIVATED;
    switch (m->model.stage) {
    case VIEWER_SIGNING_IN:
        drop_link(m);
        m->model.stage = VIEWER_SIGNED_OUT;
        break;
    case VIEWER_OPENING:
        m->model.stage = VIEWER_READY;
        break;
    default:
        return; /* what it concerns is over, or ENDED follows */
    }
    set_trouble(m, trouble, message->message);
    m->model.exit_code = credentials ? VIEWER_EXIT_REFUSED : VIEWER_EXIT_RELAY;
}

void viewer_machine_on_message(struct viewer_machine *m, const struct ds_message *message,
                               ds_tick now)
{
    switch (message->type) {
    case DS_MESSAGE_SIGNED_IN:
        on_signed_in(m, message);
        break;
    case DS_MESSAGE_SESSION:
        on_session(m, message, now);
        break;
    case DS_MESSAGE_PAIRED:
        on_paired(m, message);
        break;
    case DS_MESSAGE_ENDED:
        end_session(m, message->by, message->reason);
        break;
    case DS_MESSAGE_ERROR:
        on_refusal(m, message);
        break;
    default: /* nothing that a relay says to a viewer, or of a later version */
        break;
    }
}

static enum viewer_trouble trouble_of_link(enum ds_link_failure why)
{
    switch (why) {
    case DS_LINK_UNTRUSTED:
        return VIEWER_TROUBLE_UNTRUSTED;
    case DS_LINK_PROXY:
        return VIEWER_TROUBLE_PROXY;
    case DS_LINK_VERSION:
        return VIEWER_TROUBLE_VERSION;
    case DS_LINK_LOST:
        return VIEWER_TROUBLE_LOST;
    case DS_LINK_PROTOCOL:
        return VIEWER_TROUBLE_PROTOCOL;
    case DS_LINK_UNREACHABLE:
        break;
    }
    return VIEWER_TROUBLE_UNREACHABLE;
}

void viewer_machine_on_down(struct viewer_machine *m, enum ds_link_failure why, const char *detail)
{
    struct viewer_model *model = &m->model;
    drop_link(m);
    forget_secrets(m);
    if (model->stage == VIEWER_ENDED || model->stage == VIEWER_SIGNED_OUT)
        return;
    set_trouble(m, trouble_of_link(why), detail);
    if (viewer_model_in_session(model)) {
        end_session(m, DS_BY_RELAY, DS_REASON_LOST);
    } else {
        model->stage = VIEWER_SIGNED_OUT;
        model->exit_code = VIEWER_EXIT_RELAY;
    }
}

/* ---- the tunnel ---- */

void viewer_machine_on_open(struct viewer_machine *m)
{
    if (m->model.stage != VIEWER_VERIFYING && m->model.stage != VIEWER_NUMBER)
        return;
    m->model.stage = VIEWER_ASKING;
    struct ds_control hello = {
        .type = DS_CONTROL_HELLO, .version = DS_PROTOCOL_VERSION, .features = m->features};
    set_text(hello.program, sizeof(hello.program), m->program);
    send_control(m, &hello);
}

void viewer_machine_on_wrong_number(struct viewer_machine *m, unsigned left)
{
    if (m->model.stage != VIEWER_VERIFYING && m->model.stage != VIEWER_NUMBER)
        return;
    m->model.tries_left = left < DS_NUMBER_TRIES ? left : DS_NUMBER_TRIES - 1;
    if (left == 0)
        leave_session(m, DS_REASON_WRONG_NUMBER);
    else
        m->model.stage = VIEWER_NUMBER;
}

void viewer_machine_on_broken(struct viewer_machine *m)
{
    if (viewer_model_in_session(&m->model))
        leave_session(m, DS_REASON_PROTOCOL);
}

static void on_right(struct viewer_machine *m, const struct ds_control *control, ds_tick now)
{
    struct viewer_model *model = &m->model;
    model->rights[control->right] = control->state;
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
        break;
    case DS_CONTROL_HELD:
        model->held = control->on;
        break;
    case DS_CONTROL_END:
        send_end(m, control->reason[0] ? control->reason : DS_REASON_CLOSED);
        end_session(m, DS_BY_CUSTOMER, control->reason[0] ? control->reason : DS_REASON_CLOSED);
        break;
    default: /* HELLO tells nothing that is needed; others are of a later version */
        break;
    }
}

void viewer_machine_tick(struct viewer_machine *m, ds_tick now)
{
    if (m->model.stage == VIEWER_WAITING && now > m->model.code_until + CODE_GRACE)
        leave_session(m, DS_REASON_EXPIRED);
}

const char *viewer_model_state(const struct viewer_model *model)
{
    switch (model->stage) {
    case VIEWER_WAITING:
        return "waiting";
    case VIEWER_NUMBER:
    case VIEWER_VERIFYING:
        return "verifying";
    case VIEWER_ASKING:
        return "asking";
    case VIEWER_ACTIVE:
        return model->paused ? "paused" : "active";
    case VIEWER_ENDED:
        return "ended";
    default:
        return NULL;
    }
}
