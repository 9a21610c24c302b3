/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's life and loop; wiring only. */
#include "agent/desk.h"
#include "agent/remove.h"
#include "agent/shown.h"
#include "agent/wiring.h"
#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/hangup.h"
#include "common/base/log.h"
#include "common/base/turn.h"
#include "common/ui/text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often a state event tells what is left while the line is cut. */
#define LEFT_EVERY (10 * DS_SECOND)

/* What telling the relay of the end may take, when the line has to be found first: with --commands
 * a program exits within 1 s of `ended`. */
#define LEAVING_MS 800

/* ---- what follows from a change ---- */

static void tell_state(struct agent *a)
{
    const char *state = agent_session_state(&a->session);
    ds_tick now = ds_clock_now();
    bool is_lost = a->session.lost_at != 0;
    bool is_again = is_lost && now >= a->told_at + LEFT_EVERY; /* the count goes on */
    if (a->told_state && strcmp(a->told_state, state) == 0 && !is_again)
        return;
    a->told_state = state;
    a->told_at = now;
    if (a->session.phase != AGENT_PHASE_ENDED) /* ENDED is told with its reason by agent_end */
        ds_event_state(a->automation, state,
                       is_lost ? (int)agent_session_left_s(&a->session, now) : -1, NULL);
}

static void follow_rights(struct agent *a)
{
    if (a->screen)
        ds_feed_set_shared(a->screen, agent_session_is_seen(&a->session));
    if (a->control)
        agent_control_allow(a->control, agent_session_is_controlled(&a->session));
    agent_desk_follow(a);
    ds_courier_peer(a->courier, a->peer_features);
    agent_talk_follow(a);
    ds_courier_allow(a->courier, a->session.phase != AGENT_PHASE_ENDED &&
                                     (a->peer_features & DS_FEATURE_FILES) != 0 &&
                                     agent_rights_has(&a->session.rights, DS_RIGHT_FILES));
}

void agent_changed(struct agent *a)
{
    struct agent_view view;
    ds_tick now = ds_clock_now();
    agent_session_count(&a->session, now);
    agent_shown_follow(a); /* first: it ends before this screen is seen again */
    follow_rights(a);
    tell_state(a);
    agent_session_view(&a->session, now, &view);
    agent_talk_view(a, &view);
    agent_shown_view(a, &view);
    view.connection = a->connection;
    a->shown_controlling = view.is_controlling;
    if (a->show)
        agent_show_set(a->show, &view);
    agent_desk_uncover(a);
}

/* ---- picture and input ---- */

static void follow_area(struct agent *a)
{
    struct ds_feed_stats stats;
    ds_feed_stats(a->screen, &stats);
    if (a->control)
        agent_control_set_area(a->control, stats.x, stats.y, stats.width, stats.height);
}

/* Messages of the screen thread go into the tunnel; encode-late keeps them few, so that the queue
 * takes them all. */
static void take_screen_items(struct agent *a)
{
    struct ds_feed_item item;
    while (a->screen && ds_feed_take(a->screen, &item)) {
        if (item.channel == 0) {
            if (agent_restart_go(a))
                break;
            agent_end(a, AGENT_ENDING_FAULT, DS_REASON_CLOSED,
                      DS_TR("The screen cannot be shown any more."), AGENT_EXIT_INTERNAL);
            break;
        }
        if (item.channel == DS_CHANNEL_CONTROL) {
            follow_area(a);
            agent_desk_layout(a, item.message);
        }
        int error = ds_tunnel_send_buf(a->tunnel, item.channel, item.message);
        ds_rcbuf_unref(item.message);
        if (error && error != DS_ECLOSED && item.channel != DS_CHANNEL_CURSOR) {
            ds_log_error("picture not sent channel=%d error=%s", (int)item.channel,
                         ds_error_name(error));
            agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
                      DS_TR("The screen cannot be shown any more."), AGENT_EXIT_INTERNAL);
            break;
        }
    }
}

static void on_wake(uv_async_t *handle)
{
    struct agent *a = handle->data;
    if (a->is_closing)
        return;
    if (a->session.phase != AGENT_PHASE_ENDED)
        take_screen_items(a);
    if (a->session.phase != AGENT_PHASE_ENDED)
        agent_shown_turn(a);
    agent_line_pump(a);
    agent_customer_commands(a);
    agent_talk_settle(a);
}

static void wake(void *ctx)
{
    uv_async_send(&((struct agent *)ctx)->wake);
}

static void on_held(void *ctx, bool held)
{
    struct agent *a = ctx;
    a->session.is_held = held;
    agent_line_send_control(a, &(struct ds_control){.type = DS_CONTROL_HELD, .on = held});
    ds_event_held(a->automation, held);
    agent_changed(a);
}

static void on_escape(void *ctx)
{
    struct agent *a = ctx;
    if (!agent_rights_has(&a->session.rights, DS_RIGHT_CONTROL))
        return;
    agent_customer_revoke(a, DS_RIGHT_CONTROL);
    agent_show_toast(a->show, DS_TR("You have control again."));
}

static bool may_inject(void *ctx, bool is_key, int x, int y)
{
    struct agent *a = ctx;
    if (agent_show_is_asking(a->show) || a->session.hand != 0) /* they draw: it would be theirs */
        return false;
    return is_key ? !agent_show_has_keyboard(a->show) : !agent_show_covers(a->show, x, y);
}

static const struct agent_control_events control_events = {
    .on_held = on_held,
    .on_escape = on_escape,
    .may_inject = may_inject,
};

bool agent_start_picture(struct agent *a)
{
    char message[DS_TEXT_MESSAGE] = "";
    struct ds_feed_config config = {
        .display = a->options->display, .features = a->peer_features, .tiles = a->peer_tiles};
    a->screen = ds_feed_start(&config, wake, a, message, sizeof(message));
    if (a->screen)
        a->control =
            agent_control_open(&a->loop, a->options->display, a->traces, ds_tunnel_epoch(a->tunnel),
                               &control_events, a, message, sizeof(message));
    if (!a->screen || !a->control) {
        agent_end(a, AGENT_ENDING_FAULT, DS_REASON_CLOSED, message, AGENT_EXIT_INTERNAL);
        return false;
    }
    follow_area(a);
    return true;
}

void agent_activate(struct agent *a)
{
    if (a->session.phase != AGENT_PHASE_CONSENT)
        return;
    agent_session_count(&a->session, ds_clock_now());
    a->session.phase = AGENT_PHASE_ACTIVE;
    a->question_until = 0;
    if (!agent_start_picture(a))
        return;
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if (agent_rights_has(&a->session.rights, (enum ds_right)i)) {
            agent_line_send_right(a, (enum ds_right)i);
            ds_event_right(a->automation, (enum ds_right)i, true);
        }
    }
    agent_changed(a);
}
/* ---- once a second ---- */

static void time_out_question(struct agent *a)
{
    if (a->question_until == 0 || a->session.lost_at != 0 || ds_clock_now() < a->question_until)
        return;
    a->question_until = 0;
    enum ds_right asked = agent_rights_asked(&a->session.rights);
    if (a->session.phase == AGENT_PHASE_CONSENT) {
        agent_end(a, AGENT_ENDING_REFUSED, DS_REASON_REFUSED, NULL, AGENT_EXIT_REFUSED);
    } else if (asked != DS_RIGHT_COUNT) {
        agent_customer_answer(a, asked, false);
    } else {
        agent_customer_stay_paused(a);
    }
}

static void on_second(uv_timer_t *timer)
{
    struct agent *a = timer->data;
    struct agent_view view;
    ds_keeper_second(&a->keeper);
    ds_parley_tick(&a->parley);
    if (a->is_closing)
        return;
    agent_restart_step(a);
    time_out_question(a);
    agent_figures_second(a);
    agent_session_view(&a->session, ds_clock_now(), &view);
    if (view.is_controlling != a->shown_controlling || agent_show_has_figures(a->show))
        agent_changed(a);
}

/* ---- the end ---- */

static const char *reason_of(enum agent_ending ending)
{
    switch (ending) {
    case AGENT_ENDING_BY_CUSTOMER:
        return "ended by the customer";
    case AGENT_ENDING_BY_REP:
        return "ended by the representative";
    case AGENT_ENDING_REFUSED:
        return "refused by the customer";
    case AGENT_ENDING_WRONG_NUMBER:
        return "three wrong security numbers";
    case AGENT_ENDING_LOST:
        return "the connection was lost";
    case AGENT_ENDING_EXPIRED:
        return "the code is no longer valid";
    case AGENT_ENDING_SHUTDOWN:
        return "ended by the relay";
    default:
        return "something went wrong";
    }
}

bool agent_leaves_by_itself(const struct agent *a)
{
    return a->session.rights.by_policy || ds_automation_has_commands(a->automation);
}

static void on_leaving(uv_timer_t *timer)
{
    agent_close(timer->data);
}

static uint64_t leaving_ms(const struct agent *a)
{
    return ds_keeper_is_leaving(&a->keeper) ? LEAVING_MS : 0;
}

void agent_end(struct agent *a, enum agent_ending ending, const char *reason, const char *problem,
               int exit_code)
{
    if (a->session.phase == AGENT_PHASE_ENDED)
        return;
    agent_restart_cancel(a);
    agent_session_count(&a->session, ds_clock_now());
    a->session.phase = AGENT_PHASE_ENDED;
    a->session.lost_at = 0;
    a->session.ending = ending;
    a->session.is_held = false;
    a->session.removal =
        agent_remove_look(AGENT_REMOVE_SELF, a->session.own_file, sizeof(a->session.own_file));
    a->question_until = 0;
    a->exit_code = exit_code;
    snprintf(a->session.problem, sizeof(a->session.problem), "%s", problem ? problem : "");
    agent_control_close(a->control); /* keys and buttons are up before anything else */
    a->control = NULL;
    agent_desk_end(a);
    ds_feed_stop(a->screen);
    a->screen = NULL;
    ds_courier_end(a->courier);
    agent_line_leave(a, reason);
    agent_shown_close(a);
    if (problem && *problem)
        ds_event_error(a->automation, "ended", problem, "");
    ds_event_state(a->automation, "ended", -1, reason_of(ending));
    agent_changed(a);
    if (agent_leaves_by_itself(a)) {
        fprintf(stderr, "deskside-agent: session over: %s\n",
                problem && *problem ? problem : reason_of(ending));
        uv_timer_start(&a->leaving, on_leaving, leaving_ms(a), 0);
    }
}

void agent_left(struct agent *a)
{
    if (uv_is_active((uv_handle_t *)&a->leaving))
        uv_timer_start(&a->leaving, on_leaving, 0, 0);
}

void agent_give_up(struct agent *a, const char *code, const char *sentence, int exit_code)
{
    if (sentence) {
        ds_event_error(a->automation, code, sentence, "");
        fprintf(stderr, "deskside-agent: %s\n", sentence);
    }
    a->exit_code = exit_code;
    a->session.phase = AGENT_PHASE_ENDED;
    ds_event_state(a->automation, "ended", -1,
                   sentence ? sentence : reason_of(AGENT_ENDING_BY_CUSTOMER));
    ds_link_close(a->link);
    a->link = NULL;
    uv_timer_start(&a->leaving, on_leaving, 0,
                   0); /* callers may stand inside a callback of what is closed */
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void agent_close(struct agent *a)
{
    if (a->is_closing)
        return;
    a->is_closing = true;
    agent_control_close(a->control);
    a->control = NULL;
    agent_desk_close(a);
    agent_shown_close(a);
    ds_feed_stop(a->screen);
    a->screen = NULL;
    ds_keeper_close(&a->keeper);
    ds_link_close(a->link);
    a->link = NULL;
    close_handle((uv_handle_t *)&a->second);
    close_handle((uv_handle_t *)&a->leaving);
    close_handle((uv_handle_t *)&a->terminate);
    close_handle((uv_handle_t *)&a->interrupt);
    close_handle((uv_handle_t *)&a->hangup);
    /* The show may be what called: it goes, with the wake handle, when the loop has come back to
     * agent_run. */
    uv_stop(&a->loop);
}

/* ---- life ---- */

static void on_signal(uv_signal_t *handle, int number)
{
    struct agent *a = handle->data;
    (void)number;
    if (agent_restart_go(a))
        return;
    if (a->session.phase == AGENT_PHASE_ENDED || a->session.phase <= AGENT_PHASE_CONNECTING)
        agent_close(a);
    else
        agent_end(a, AGENT_ENDING_BY_CUSTOMER, DS_REASON_CLOSED, NULL, AGENT_EXIT_ENDED);
    if (!a->is_closing)
        uv_timer_start(&a->leaving, on_leaving, leaving_ms(a), 0);
}

static void start_handles(struct agent *a)
{
    uv_async_init(&a->loop, &a->wake, on_wake);
    uv_timer_init(&a->loop, &a->second);
    uv_timer_init(&a->loop, &a->leaving);
    uv_signal_init(&a->loop, &a->terminate);
    uv_signal_init(&a->loop, &a->interrupt);
    uv_signal_init(&a->loop, &a->hangup);
    a->wake.data = a->second.data = a->leaving.data = a->terminate.data = a;
    a->interrupt.data = a->hangup.data = a;
    agent_reconnect_init(a);
    uv_timer_start(&a->second, on_second, 1000, 1000);
    uv_signal_start(&a->terminate, on_signal, SIGTERM);
    uv_signal_start(&a->interrupt, on_signal, SIGINT);
    if (ds_hangup_ends())
        uv_signal_start(&a->hangup, on_signal, SIGHUP);
}

/* Runs the loop until the session is over and every handle is closed. */
static void run_loop(struct agent *a)
{
    ds_turn_short();
    uv_run(&a->loop, UV_RUN_DEFAULT);
    agent_talk_close(a);
    ds_automation_close(a->automation);
    a->automation = NULL;
    agent_show_close(a->show);
    a->show = NULL;
    close_handle((uv_handle_t *)&a->wake);
    uv_run(&a->loop,
           UV_RUN_DEFAULT); /* what closes in its own time; a link flushes for at most a second */
}

int agent_run(const struct agent_options *options, struct agent_traces *traces)
{
    char message[DS_TEXT_MESSAGE] = "";
    struct agent *a = calloc(1, sizeof(*a));
    int error = DS_OK;
    if (!a || uv_loop_init(&a->loop)) {
        free(a);
        return AGENT_EXIT_INTERNAL;
    }
    a->options = options;
    a->traces = traces;
    a->monitor = 0xff;
    agent_session_init(&a->session, options->accept, options->code);
    snprintf(a->session.host, sizeof(a->session.host), "%s", options->host);
    start_handles(a);
    if (options->events_fd >= 0 || options->commands_fd >= 0)
        a->automation =
            ds_automation_open(options->events_fd, options->commands_fd, wake, a, &error);
    agent_talk_open(a);
    if (error) {
        fputs("deskside-agent: the descriptors of --events and --commands must be open\n", stderr);
        a->exit_code = AGENT_EXIT_USAGE;
        agent_close(a);
    } else if (!(a->show = agent_show_open(&a->loop, options->display, agent_customer_event, a,
                                           message, sizeof(message)))) {
        agent_give_up(a, "display", message, AGENT_EXIT_INTERNAL);
    } else {
        agent_talk_begin(a);
        if (options->accept)
            fprintf(stderr, "deskside-agent: by this command you agree beforehand to: %s\n",
                    options->accept);
        if (options->resume_file) {
            agent_restart_come_back(a);
        } else {
            agent_restart_clear();
            agent_line_open(a);
        }
        agent_changed(a);
    }
    run_loop(a);
    int exit_code = a->exit_code;
    ds_tunnel_destroy(a->tunnel);
    uv_loop_close(&a->loop);
    explicit_bzero(a, sizeof(*a));
    free(a);
    return exit_code;
}
