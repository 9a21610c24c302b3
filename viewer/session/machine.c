/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/machine_priv.h"

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

void viewer_machine_forget_secrets(struct viewer_machine *m)
{
    OPENSSL_cleanse(m->password, sizeof(m->password));
    OPENSSL_cleanse(m->ticket, sizeof(m->ticket));
    OPENSSL_cleanse(m->early_number, sizeof(m->early_number));
}

void viewer_machine_destroy(struct viewer_machine *m)
{
    viewer_machine_forget_secrets(m);
}

void viewer_machine_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

/* Forgets everything of a session, keeps the connection to the relay. */
void viewer_machine_clear_session(struct viewer_model *model)
{
    memset(model->code, 0, sizeof(model->code));
    memset(model->rights, 0, sizeof(model->rights));
    memset(&model->layout, 0, sizeof(model->layout));
    model->code_until = 0;
    model->tries_left = DS_NUMBER_TRIES;
    model->paused = model->paused_by_rep = model->resume_asked = model->held = false;
    model->resume_allowed = false;
    model->restart = DS_RESTART_NONE;
    model->has_layout = false;
    model->notes = 0;
    model->away = VIEWER_HERE;
    model->away_until = 0;
    model->resumed = false;
}

void viewer_machine_trouble(struct viewer_machine *m, enum viewer_trouble trouble,
                            const char *detail)
{
    m->model.trouble = trouble;
    ds_text_for_display(m->model.detail, sizeof(m->model.detail), detail ? detail : "");
}

void viewer_machine_no_ticket(struct viewer_machine *m, const char *refusal)
{
    char text[DS_TEXT_MESSAGE];
    if (!m->wants_ticket)
        return;
    m->wants_ticket = false;
    ds_text_for_display(text, sizeof(text), refusal);
    m->ops->ticket(m->ctx, NULL, text);
}

void viewer_machine_drop_link(struct viewer_machine *m)
{
    m->ops->hang_up(m->ctx);
    viewer_machine_no_ticket(m, "");
    m->link_up = m->signed_in = m->model.may_begin = false;
    m->model.connected_at = 0;
    m->model.rep[0] = m->model.without[0] = '\0';
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

void viewer_machine_end_session(struct viewer_machine *m, const char *by, const char *reason)
{
    struct viewer_model *model = &m->model;
    if (!viewer_model_in_session(model))
        return;
    m->ops->tunnel_close(m->ctx);
    viewer_machine_clear_session(model);
    OPENSSL_cleanse(m->early_number, sizeof(m->early_number));
    model->stage = VIEWER_ENDED;
    ds_text_for_display(model->by, sizeof(model->by), by);
    ds_text_for_display(model->reason, sizeof(model->reason), reason);
    model->exit_code = exit_code_of(reason);
}

int viewer_machine_send_end(struct viewer_machine *m, const char *reason)
{
    struct ds_message message = {.type = DS_MESSAGE_END};
    viewer_machine_text(message.reason, sizeof(message.reason), reason);
    return m->ops->send(m->ctx, &message);
}

int viewer_machine_control(struct viewer_machine *m, const struct ds_control *control)
{
    return m->ops->control(m->ctx, control);
}

/* We leave: the customer hears it inside the seal, the relay beside it. */
void viewer_machine_leave(struct viewer_machine *m, const char *reason)
{
    if (m->model.stage >= VIEWER_ASKING) {
        struct ds_control control = {.type = DS_CONTROL_END};
        viewer_machine_text(control.reason, sizeof(control.reason), reason);
        viewer_machine_control(m, &control);
    }
    m->ops->tunnel_close(m->ctx); /* which sends its last words first */
    viewer_machine_send_end(m, reason);
    viewer_machine_end_session(m, DS_BY_REP, reason);
}

/* ---- the link ---- */

void viewer_machine_on_progress(struct viewer_machine *m, const char *stage, unsigned percent)
{
    if (m->model.stage != VIEWER_CONNECTING)
        return;
    viewer_machine_text(m->model.dial_stage, sizeof(m->model.dial_stage), stage ? stage : "");
    m->model.dial_percent = percent > 100 ? 100 : percent;
}

static void take_info(struct viewer_machine *m, const struct ds_link_info *info, ds_tick now)
{
    struct viewer_model *model = &m->model;
    m->link_up = true;
    model->port = info->port;
    viewer_machine_text(model->host, sizeof(model->host), info->host);
    model->websocket = info->transport == DS_TRANSPORT_WS;
    model->proxy = info->through_proxy;
    model->connected_at = now;
    ds_text_for_display(model->org, sizeof(model->org), info->org);
}

void viewer_machine_on_up(struct viewer_machine *m, const struct ds_link_info *info, ds_tick now)
{
    struct viewer_model *model = &m->model;
    take_info(m, info, now);
    struct ds_message message = {.type = m->ticket[0] ? DS_MESSAGE_USE_TICKET : DS_MESSAGE_SIGN_IN};
    viewer_machine_text(message.email, sizeof(message.email), m->email);
    viewer_machine_text(message.password, sizeof(message.password), m->password);
    viewer_machine_text(message.ticket, sizeof(message.ticket), m->ticket);
    viewer_machine_forget_secrets(m);
    m->ops->send(m->ctx, &message);
    ds_message_wipe(&message);
    model->stage = VIEWER_SIGNING_IN;
}

static void on_signed_in(struct viewer_machine *m, const struct ds_message *message)
{
    if (m->model.stage != VIEWER_SIGNING_IN)
        return;
    m->signed_in = m->model.may_begin = true;
    ds_text_for_display(m->model.rep, sizeof(m->model.rep), message->name);
    viewer_machine_text(m->model.without, sizeof(m->model.without), message->without);
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
    viewer_machine_text(m->model.code, sizeof(m->model.code), message->join_code);
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
        viewer_machine_leave(m, DS_REASON_PROTOCOL);
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
        {DS_REFUSAL_TICKET, VIEWER_TROUBLE_TICKET},
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
                       trouble == VIEWER_TROUBLE_NOT_ACTIVATED || trouble == VIEWER_TROUBLE_TICKET;
    switch (m->model.stage) {
    case VIEWER_SIGNING_IN:
        viewer_machine_drop_link(m);
        m->model.stage = VIEWER_SIGNED_OUT;
        break;
    case VIEWER_OPENING:
        m->model.stage = VIEWER_READY;
        break;
    default:
        viewer_machine_no_ticket(m, message->message);
        return; /* what it concerns is over, or ENDED follows */
    }
    viewer_machine_trouble(m, trouble, message->message);
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
        viewer_machine_end_session(m, message->by, message->reason);
        break;
    case DS_MESSAGE_ERROR:
        on_refusal(m, message);
        break;
    case DS_MESSAGE_TICKET:
        if (m->wants_ticket)
            m->ops->ticket(m->ctx, message->ticket, NULL);
        m->wants_ticket = false;
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
    case DS_LINK_OFFLINE: /* the words for that ask to check the connection first */
    case DS_LINK_NO_NAME:
    case DS_LINK_UNREACHABLE:
    case DS_LINK_FAILURES:
        break;
    }
    return VIEWER_TROUBLE_UNREACHABLE;
}

void viewer_machine_on_down(struct viewer_machine *m, enum ds_link_failure why, const char *detail)
{
    struct viewer_model *model = &m->model;
    viewer_machine_drop_link(m);
    viewer_machine_forget_secrets(m);
    if (model->stage == VIEWER_ENDED || model->stage == VIEWER_SIGNED_OUT)
        return;
    viewer_machine_trouble(m, trouble_of_link(why), detail);
    if (viewer_model_in_session(model)) {
        viewer_machine_end_session(m, DS_BY_RELAY, DS_REASON_LOST);
    } else {
        model->stage = VIEWER_SIGNED_OUT;
        model->exit_code = VIEWER_EXIT_RELAY;
    }
}

/* ---- the session across its connections ---- */

void viewer_machine_on_relinked(struct viewer_machine *m, const struct ds_link_info *info,
                                ds_tick now)
{
    take_info(m, info, now);
}

void viewer_machine_on_readmitted(struct viewer_machine *m)
{
    m->signed_in = m->model.may_begin = true;
}

void viewer_machine_on_unlinked(struct viewer_machine *m)
{
    viewer_machine_no_ticket(m, "");
    m->link_up = m->signed_in = m->model.may_begin = false;
    m->model.connected_at = 0;
}

void viewer_machine_on_away(struct viewer_machine *m, enum viewer_away away, ds_tick until)
{
    struct viewer_model *model = &m->model;
    if (!viewer_model_in_session(model))
        return;
    model->resumed = model->resumed || (model->away != VIEWER_HERE && away == VIEWER_HERE);
    model->away = away;
    model->away_until = away == VIEWER_HERE ? 0 : until;
}

void viewer_machine_on_lost(struct viewer_machine *m)
{
    viewer_machine_end_session(m, DS_BY_RELAY, DS_REASON_LOST);
    viewer_machine_drop_link(m);
}

void viewer_machine_tick(struct viewer_machine *m, ds_tick now)
{
    if (m->model.stage == VIEWER_WAITING && m->model.away == VIEWER_HERE &&
        now > m->model.code_until + CODE_GRACE)
        viewer_machine_leave(m, DS_REASON_EXPIRED);
}

const char *viewer_model_state(const struct viewer_model *model)
{
    if (viewer_model_is_away(model))
        return "reconnecting";
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
