/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session across its connections: what the keeper asks of the agent. The cut stops picture and
 * input at once; consent, rights and open questions stay as they are until the rep is back. */
#include "agent/shown.h"
#include "agent/wiring.h"
#include "common/automation/event.h"
#include "common/base/log.h"

#include <time.h>

static struct ds_link *link_of(void *ctx)
{
    return ((struct agent *)ctx)->link;
}

static void dial(void *ctx)
{
    struct agent *a = ctx;
    if (agent_line_dial(a)) /* the certificate file can no longer be read, or memory is short */
        ds_keeper_on_down(&a->keeper, "no dial is possible");
}

static void hang_up(void *ctx)
{
    struct agent *a = ctx;
    ds_link_close(a->link);
    a->link = NULL;
    a->up_since = 0;
}

static void cut(void *ctx, enum ds_cut_side side, const char *why)
{
    struct agent *a = ctx;
    if (a->session.phase == AGENT_PHASE_ENDED)
        return;
    if (!a->history.began) /* in its first second */
        ds_history_begin(&a->history, a->paired_since);
    ds_history_cut(&a->history, side, why, ds_clock_now(), (int64_t)time(NULL));
    agent_session_lost(&a->session, ds_clock_now());
    a->session.lost_until = a->keeper.line.until;
    agent_changed(a); /* keys and buttons are up, nothing is captured */
    if (a->tunnel)
        ds_tunnel_cut(a->tunnel);
    ds_courier_cut(a->courier);
    agent_shown_cut(a);
    agent_line_pump(a); /* the picture thread learns that its queue is empty */
}

static void rejoin(void *ctx, uint32_t round)
{
    struct agent *a = ctx;
    if (a->tunnel && ds_tunnel_rejoin(a->tunnel, round))
        ds_log_warn("the tunnel did not rejoin");
    agent_line_pump(a);
}

/* Also once a second while something is missing. */
static void changed(void *ctx)
{
    struct agent *a = ctx;
    ds_tick now = ds_clock_now();
    if (agent_restart_is_now(a))
        return;
    if (a->session.phase == AGENT_PHASE_ENDED) {
        if (!ds_keeper_is_leaving(&a->keeper))
            agent_left(a);
        return;
    }
    if (ds_lifeline_is_lost(&a->keeper.line)) {
        agent_session_lost(&a->session, now);
    } else if (a->session.lost_at != 0) {
        ds_history_back(&a->history, now);
        a->question_until = agent_session_back(&a->session, a->question_until, now);
    }
    a->session.lost_until = a->keeper.line.until;
    agent_changed(a);
}

static void over(void *ctx)
{
    agent_end(ctx, AGENT_ENDING_LOST, DS_REASON_LOST, NULL, AGENT_EXIT_CUT_OFF);
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

void agent_reconnect_init(struct agent *a)
{
    ds_keeper_init(&a->keeper, &a->loop, &keeper_ops, a);
}

void agent_reconnect_resumed(struct agent *a)
{
    if (a->control) /* what the rep's side still had on its way is of another connection now */
        agent_control_set_epoch(a->control, ds_tunnel_epoch(a->tunnel));
    ds_keeper_on_open(&a->keeper);
    ds_courier_up(a->courier, ds_tunnel_epoch(a->tunnel));
}
