/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed, told to the windows (whole model) and to the automation (events). */
#include "viewer/session/line_priv.h"

#include "common/automation/event.h"
#include "common/base/log.h"

#include <string.h>

static const char *const trouble_codes[VIEWER_TROUBLE_COUNT] = {
    [VIEWER_TROUBLE_PASSWORD] = DS_REFUSAL_PASSWORD,
    [VIEWER_TROUBLE_NOT_ACTIVATED] = DS_REFUSAL_NOT_ACTIVATED,
    [VIEWER_TROUBLE_TOO_MANY] = DS_REFUSAL_TOO_MANY,
    [VIEWER_TROUBLE_UNREACHABLE] = "cannot-connect",
    [VIEWER_TROUBLE_UNTRUSTED] = "untrusted-relay",
    [VIEWER_TROUBLE_PROXY] = "proxy",
    [VIEWER_TROUBLE_VERSION] = DS_REFUSAL_VERSION,
    [VIEWER_TROUBLE_LOST] = "connection-lost",
    [VIEWER_TROUBLE_BUSY] = DS_REFUSAL_BUSY,
    [VIEWER_TROUBLE_PROTOCOL] = "protocol",
    [VIEWER_TROUBLE_TICKET] = DS_REFUSAL_TICKET,
    [VIEWER_TROUBLE_CA_FILE] = "ca-file",
};

static const char *const trouble_messages[VIEWER_TROUBLE_COUNT] = {
    [VIEWER_TROUBLE_PASSWORD] = "Invalid password",
    [VIEWER_TROUBLE_NOT_ACTIVATED] = "Account not activated",
    [VIEWER_TROUBLE_TOO_MANY] = "Too many tries",
    [VIEWER_TROUBLE_UNREACHABLE] = "Cannot connect to server",
    [VIEWER_TROUBLE_UNTRUSTED] = "The relay cannot be trusted",
    [VIEWER_TROUBLE_PROXY] = "The proxy refused the connection",
    [VIEWER_TROUBLE_VERSION] = "The relay speaks another version",
    [VIEWER_TROUBLE_LOST] = "The connection to the relay was lost",
    [VIEWER_TROUBLE_BUSY] = "The relay is busy",
    [VIEWER_TROUBLE_PROTOCOL] = "The relay broke the protocol",
    [VIEWER_TROUBLE_TICKET] = "The ticket was not accepted",
    [VIEWER_TROUBLE_CA_FILE] = "The certificate file cannot be read",
};

static void report_rights(struct viewer_line *line, const struct viewer_model *now)
{
    for (int r = 0; r < DS_RIGHT_COUNT; r++) {
        bool had = line->told.rights[r] == DS_RIGHT_GRANTED;
        bool has = now->rights[r] == DS_RIGHT_GRANTED;
        if (now->refusals[r] != line->told.refusals[r] && !has)
            ds_event_refused(line->automation, (enum ds_right)r, now->wait_s[r]);
        else if (had != has)
            ds_event_right(line->automation, (enum ds_right)r, has);
    }
}

/* How often a state event tells what is left while the line is cut. */
#define LEFT_EVERY (10 * DS_SECOND)

/* What the state is good for still, seconds; -1: it has no end. */
static int left_of(const struct viewer_model *now, ds_tick at)
{
    ds_tick until = viewer_model_is_away(now)      ? now->away_until
                    : now->stage == VIEWER_WAITING ? now->code_until
                                                   : 0;
    if (until == 0)
        return -1;
    return until > at ? (int)((until - at + DS_SECOND - 1) / DS_SECOND) : 0;
}

void viewer_report_away(struct viewer_line *line)
{
    const struct viewer_model *now = &line->machine.model;
    ds_tick at = ds_clock_now();
    if (!viewer_model_is_away(now) || at < line->away_told + LEFT_EVERY)
        return;
    line->away_told = at;
    ds_event_state(line->automation, viewer_model_state(now), left_of(now, at), NULL);
}

static void report_events(struct viewer_line *line, const struct viewer_model *now)
{
    const struct viewer_model *before = &line->told;
    if (now->connected_at && !before->connected_at)
        ds_event_connected(line->automation, now->port, now->websocket ? "ws" : "tls", now->host);
    if (now->code[0] && strcmp(now->code, before->code) != 0)
        ds_event_code(line->automation, now->code);
    if (now->trouble != before->trouble && now->trouble != VIEWER_TROUBLE_NONE) {
        ds_event_error(line->automation, trouble_codes[now->trouble],
                       trouble_messages[now->trouble], "");
        ds_log_warn("%s detail=\"%s\"", trouble_messages[now->trouble], now->detail);
    }
    if (now->stage == VIEWER_NUMBER && now->tries_left < before->tries_left)
        ds_event_error(line->automation, DS_REASON_WRONG_NUMBER, "The number was wrong", "");
    if (now->stage >= VIEWER_ASKING && now->stage <= VIEWER_ACTIVE)
        report_rights(line, now);
    if (now->held != before->held && now->stage == VIEWER_ACTIVE)
        ds_event_held(line->automation, now->held);
    if (viewer_model_in_session(now) &&
        (before->restart != now->restart || before->restart_ends != now->restart_ends))
        ds_event_restart(line->automation, (enum ds_restart)now->restart, -1,
                         now->restart == DS_RESTART_NONE ? now->restart_reason : "");
    const char *state = viewer_model_state(now), *state_before = viewer_model_state(before);
    if (state && (!state_before || strcmp(state, state_before) != 0)) {
        int left_s = left_of(now, ds_clock_now());
        line->away_told = ds_clock_now();
        ds_event_state(line->automation, state, left_s,
                       now->stage == VIEWER_ENDED ? now->reason : NULL);
        ds_log_info("session changed from=%s to=%s%s%s", state_before ? state_before : "none",
                    state, now->stage == VIEWER_ENDED ? " reason=" : "",
                    now->stage == VIEWER_ENDED ? now->reason : "");
    }
}

void viewer_report_model(struct viewer_line *line)
{
    const struct viewer_model *now = &line->machine.model;
    if (memcmp(now, &line->told, sizeof(*now)) != 0) {
        report_events(line, now);
        memcpy(&line->told, now, sizeof(*now)); /* padding too: it is compared */
        line->model_due = true;
    }
    if (!line->model_due)
        return;
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_MODEL);
    if (notice)
        notice->of.model = *now;
    line->model_due = !viewer_line_notice(line, notice); /* else again in a second at the latest */
}

void viewer_report_picture(struct viewer_line *line, uint32_t width, uint32_t height)
{
    const struct viewer_model *model = &line->machine.model;
    if (!line->await_picture || model->stage != VIEWER_ACTIVE || model->paused ||
        model->away != VIEWER_HERE)
        return;
    if (model->layout.width != width || model->layout.height != height)
        return; /* of a size that is over */
    line->await_picture = false;
    ds_event_picture(line->automation, width, height);
}
