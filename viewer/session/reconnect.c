/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session across its connections: what the keeper asks of the net thread. */
#include "viewer/session/line_priv.h"

#include "common/base/log.h"

#include <string.h>
#include <time.h>

static struct ds_link *link_of(void *ctx)
{
    return ((struct viewer_line *)ctx)->link;
}

static void dial(void *ctx)
{
    struct viewer_line *line = ctx;
    const struct viewer_model *model = &line->machine.model;
    /* An error: the certificate file can no longer be read, or memory is short. */
    if (viewer_line_dial(line, model->host, line->asked_port))
        ds_keeper_on_down(&line->keeper, "no dial is possible");
}

static void hang_up(void *ctx)
{
    struct viewer_line *line = ctx;
    viewer_line_hang_up(line);
    viewer_machine_on_unlinked(&line->machine);
}

static void cut(void *ctx, enum ds_cut_side side, const char *why)
{
    struct viewer_line *line = ctx;
    const struct viewer_model *model = &line->machine.model;
    if (model->active_at && !line->history.began) /* in its first second */
        ds_history_begin(&line->history, model->active_at);
    ds_history_cut(&line->history, side, why, ds_clock_now(), (int64_t)time(NULL));
    viewer_private_cut(line);
}

static void rejoin(void *ctx, uint32_t round)
{
    struct viewer_line *line = ctx;
    if (!line->tunnel) { /* the customer came while we were away */
        struct ds_message paired = {.type = DS_MESSAGE_PAIRED};
        memcpy(paired.session, line->keeper.line.session, sizeof(paired.session));
        viewer_machine_on_message(&line->machine, &paired, ds_clock_now());
    }
    if (line->tunnel && ds_tunnel_rejoin(line->tunnel, round))
        ds_log_warn("the tunnel did not rejoin");
}

/* Also once a second while something is missing. */
static void changed(void *ctx)
{
    static const enum viewer_away words[] = {
        [DS_LIFELINE_NONE] = VIEWER_HERE,          [DS_LIFELINE_UP] = VIEWER_HERE,
        [DS_LIFELINE_DOWN] = VIEWER_AWAY_DIALLING, [DS_LIFELINE_ASKING] = VIEWER_AWAY_DIALLING,
        [DS_LIFELINE_AWAY] = VIEWER_AWAY_CUSTOMER, [DS_LIFELINE_RESUMING] = VIEWER_AWAY_RESUMING,
    };
    struct viewer_line *line = ctx;
    const struct ds_lifeline *life = &line->keeper.line;
    if (line->quitting && life->state == DS_LIFELINE_NONE)
        viewer_line_left(line);
    if (words[life->state] == VIEWER_HERE)
        ds_history_back(&line->history, ds_clock_now());
    viewer_machine_on_away(&line->machine, words[life->state], life->until);
    uv_async_send(&line->wake); /* the windows hear it, whoever called */
}

static void over(void *ctx)
{
    struct viewer_line *line = ctx;
    viewer_machine_on_lost(&line->machine);
}

static const struct ds_keeper_ops keeper_ops = {
    .link = link_of,
    .dial = dial,
    .hang_up = hang_up,
    .cut = cut,
    .rejoin = rejoin,
    .changed = changed,
    .over = over,
};

void viewer_reconnect_init(struct viewer_line *line)
{
    ds_keeper_init(&line->keeper, &line->loop, &keeper_ops, line);
}

bool viewer_reconnect_message(struct viewer_line *line, const struct ds_message *message)
{
    if (message->type == DS_MESSAGE_SESSION && line->machine.model.stage == VIEWER_OPENING)
        ds_keeper_begin(&line->keeper, message->session, false);
    if (message->type == DS_MESSAGE_PAIRED && line->machine.model.stage == VIEWER_WAITING)
        ds_keeper_begin(&line->keeper, message->session, true);
    if (message->type == DS_MESSAGE_ENDED && !ds_keeper_is_leaving(&line->keeper))
        ds_keeper_end(&line->keeper); /* the relay knows */
    if (message->type == DS_MESSAGE_RESUMED)
        viewer_machine_on_readmitted(&line->machine);
    return ds_keeper_on_message(&line->keeper, message);
}

bool viewer_reconnect_leave(struct viewer_line *line, const char *reason)
{
    return ds_keeper_leave(&line->keeper, reason);
}

void viewer_reconnect_settle(struct viewer_line *line)
{
    if (!viewer_model_in_session(&line->machine.model) && !ds_keeper_is_leaving(&line->keeper) &&
        line->keeper.line.state != DS_LIFELINE_NONE)
        ds_keeper_end(&line->keeper);
}
