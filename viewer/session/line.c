/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The net thread's life: its loop, the orders of the windows, the link. */
#include "viewer/session/line.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/hangup.h"
#include "common/base/log.h"
#include "common/base/turn.h"
#include "common/screen/decoder.h"
#include "viewer/session/desk.h"
#include "viewer/session/line_priv.h"
#include "viewer/share/share.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "deskside-viewer " DESKSIDE_VERSION
#define SECOND_MS 1000
/* With --commands a program exits within 1 s of `ended`. */
#define LEAVING_MS 800

/* ---- telling the windows ---- */

bool viewer_line_notice(struct viewer_line *line, struct viewer_notice *notice)
{
    if (!notice)
        return false;
    if (ds_mailbox_push(line->config.notices, &notice->letter) == DS_OK)
        return true;
    notice->letter.destroy(&notice->letter);
    return false;
}

static void tell_quit(struct viewer_line *line)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_QUIT);
    if (line->quit_told || !notice) {
        if (notice)
            notice->letter.destroy(&notice->letter);
        return;
    }
    notice->of.code = line->machine.model.exit_code;
    line->quit_told = viewer_line_notice(line, notice); /* else again, when something happens */
}

/* A script has nothing more to do here: the session is over, or could not begin. */
static bool is_done(const struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    if (!ds_automation_has_commands(line->automation))
        return false;
    return model->stage == VIEWER_ENDED ||
           (line->config.unattended && model->trouble != VIEWER_TROUBLE_NONE);
}

/* After anything happened: send what waits, tell what changed. Never inside a tunnel's call. */
static void settle(struct viewer_line *line)
{
    ds_tunnel_destroy(line->doomed);
    line->doomed = NULL;
    viewer_talk_settle(line);
    viewer_share_follow(line);
    viewer_private_hold(line);
    viewer_private_pump(line);
    ds_tunnel_destroy(line->doomed);
    line->doomed = NULL;
    viewer_reconnect_settle(line);
    viewer_desk_follow(line);
    viewer_drop_follow(line);
    viewer_report_model(line);
    if (is_done(line))
        tell_quit(line);
}

/* ---- the link ---- */

static void on_progress(void *ctx, const char *stage, unsigned percent)
{
    struct viewer_line *line = ctx;
    viewer_machine_on_progress(&line->machine, stage, percent);
    settle(line);
}

static void on_up(void *ctx, const struct ds_link_info *info)
{
    struct viewer_line *line = ctx;
    if (line->keeper.line.state == DS_LIFELINE_DOWN) {
        viewer_machine_on_relinked(&line->machine, info, ds_clock_now());
        ds_keeper_on_up(&line->keeper);
    } else {
        viewer_machine_on_up(&line->machine, info, ds_clock_now());
    }
    settle(line);
}

static void on_message(void *ctx, const struct ds_message *message)
{
    struct viewer_line *line = ctx;
    ds_parley_message(&line->parley, message);
    line->keeper.line.chat_seen = ds_parley_seen(&line->parley);
    if (!viewer_reconnect_message(line, message))
        viewer_machine_on_message(&line->machine, message, ds_clock_now());
    settle(line);
}

static void on_data(void *ctx, const uint8_t *payload, size_t len)
{
    struct viewer_line *line = ctx;
    viewer_rate_feed(&line->rate, len, ds_clock_now());
    viewer_private_feed(line, payload, len);
    settle(line);
}

static void on_room(void *ctx)
{
    settle(ctx);
}

static void on_down(void *ctx, enum ds_link_failure why, const char *detail)
{
    struct viewer_line *line = ctx;
    ds_log_info("no connection to the relay: %s", detail ? detail : "");
    ds_parley_down(&line->parley);
    if (!ds_keeper_on_down(&line->keeper, detail))
        viewer_machine_on_down(&line->machine, why, detail);
    settle(line);
}

static const struct ds_link_events link_events = {
    .on_progress = on_progress,
    .on_up = on_up,
    .on_message = on_message,
    .on_data = on_data,
    .on_room = on_room,
    .on_down = on_down,
};

/* ---- what the machine asks for ---- */

static void decode_broken(void *ctx, int error);

void viewer_line_hang_up(struct viewer_line *line)
{
    ds_link_close(line->link);
    line->link = NULL;
    line->in_before = line->out_before = 0;
    line->rate = (struct viewer_rate){0};
}

static void hang_up(void *ctx)
{
    viewer_line_hang_up(ctx);
}

int viewer_line_dial(struct viewer_line *line, const char *host, unsigned port)
{
    struct ds_link_config config = {.host = host,
                                    .port = port,
                                    .ca_file = line->config.ca_file,
                                    .role = "viewer",
                                    .program = PROGRAM};
    int error = DS_OK;
    viewer_line_hang_up(line);
    line->asked_port = port;
    line->link = ds_link_open(&line->loop, &config, &link_events, line, &error);
    return line->link ? DS_OK : error ? error : DS_ENOMEM;
}

static int dial(void *ctx, const char *host, unsigned port)
{
    struct viewer_line *line = ctx;
    ds_keeper_end(&line->keeper); /* whatever of a session before was still to be told */
    return viewer_line_dial(line, host, port);
}

static int send_message(void *ctx, const struct ds_message *message)
{
    struct viewer_line *line = ctx;
    if (message->type == DS_MESSAGE_END && viewer_reconnect_leave(line, message->reason))
        return DS_OK;
    return line->link ? ds_link_send(line->link, message) : DS_ECLOSED;
}

static int tunnel_open(void *ctx, const uint8_t session[DS_SESSION_ID])
{
    return viewer_private_open(ctx, session);
}

static int tunnel_number(void *ctx, const char *number)
{
    struct viewer_line *line = ctx;
    return line->tunnel ? ds_tunnel_set_number(line->tunnel, number) : DS_EINVAL;
}

static void tunnel_close(void *ctx)
{
    viewer_private_close(ctx);
}

static int control(void *ctx, const struct ds_control *message)
{
    return viewer_private_control(ctx, message);
}

static void picture_size(void *ctx, uint32_t width, uint32_t height)
{
    struct viewer_line *line = ctx;
    int error = ds_decode_resize(&line->decode, width, height);
    if (error)
        decode_broken(line, error);
}

static const struct viewer_machine_ops machine_ops = {
    .dial = dial,
    .hang_up = hang_up,
    .send = send_message,
    .tunnel_open = tunnel_open,
    .tunnel_number = tunnel_number,
    .tunnel_close = tunnel_close,
    .control = control,
    .picture_size = picture_size,
    .ticket = viewer_another_ticket,
};

/* ---- orders ---- */

static void order_shown(struct viewer_line *line, const struct viewer_order *order)
{
    viewer_private_shown(line, order->of.shown.acks, order->of.shown.count);
    if (order->of.shown.complete && order->of.shown.count > 0)
        viewer_report_picture(line, order->of.shown.width, order->of.shown.height);
}

static void order_share(struct viewer_line *line, const struct viewer_order *order)
{
    if (viewer_share_begin(line, &order->of.share.source, order->of.share.scale) == DS_OK)
        return;
    struct viewer_model *model = &line->machine.model; /* as one that ended at once */
    model->share_ends++;
    snprintf(model->share_reason, sizeof(model->share_reason), "failed");
}

static void order_diagnostics(struct viewer_line *line)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_SAVED);
    if (!notice)
        return;
    if (viewer_report_diagnostics(line, NULL, notice->of.text, sizeof(notice->of.text)))
        notice->of.text[0] = '\0';
    viewer_line_notice(line, notice);
}

static void run_order(struct viewer_line *line, const struct viewer_order *order)
{
    struct viewer_machine *m = &line->machine;
    switch ((enum viewer_order_kind)order->letter.kind) {
    case VIEWER_ORDER_SIGN_IN:
        if (order->of.sign_in.ticket[0])
            viewer_machine_use_ticket(m, order->of.sign_in.host, order->of.sign_in.port,
                                      order->of.sign_in.email, order->of.sign_in.ticket);
        else
            viewer_machine_sign_in(m, order->of.sign_in.host, order->of.sign_in.port,
                                   order->of.sign_in.email, order->of.sign_in.password);
        break;
    case VIEWER_ORDER_WANT_TICKET:
        if (viewer_another_want(line, ""))
            viewer_another_ticket(line, NULL, "");
        break;
    case VIEWER_ORDER_SIGN_OUT:
        viewer_machine_sign_out(m);
        break;
    case VIEWER_ORDER_NEW_SESSION:
        viewer_machine_new_session(m);
        break;
    case VIEWER_ORDER_NUMBER:
        viewer_machine_number(m, order->of.number);
        break;
    case VIEWER_ORDER_REQUEST:
        viewer_machine_request(m, order->of.right);
        break;
    case VIEWER_ORDER_RELEASE:
        viewer_machine_release(m, order->of.right);
        break;
    case VIEWER_ORDER_RESTART:
        viewer_machine_restart(m);
        break;
    case VIEWER_ORDER_PAUSE:
        viewer_machine_pause(m);
        break;
    case VIEWER_ORDER_RESUME:
        viewer_machine_resume(m);
        break;
    case VIEWER_ORDER_MONITOR:
        viewer_machine_monitor(m, order->of.monitor);
        break;
    case VIEWER_ORDER_VISIBLE:
        viewer_machine_visible(m, order->of.on);
        break;
    case VIEWER_ORDER_INPUT:
        viewer_private_input(line, &order->of.input);
        break;
    case VIEWER_ORDER_NOTE:
        if (order->of.note)
            viewer_desk_draw_note(line, order->of.note);
        break;
    case VIEWER_ORDER_LASER:
        viewer_desk_laser(line, &order->of.input);
        break;
    case VIEWER_ORDER_UNDO_NOTE:
        viewer_desk_undo_note(line);
        break;
    case VIEWER_ORDER_TO_CUSTOMER:
    case VIEWER_ORDER_TO_REP:
    case VIEWER_ORDER_PRIMARY:
        viewer_desk_toggle(line, (enum viewer_order_kind)order->letter.kind);
        break;
    case VIEWER_ORDER_ERASE_NOTES:
        viewer_desk_erase_notes(line);
        break;
    case VIEWER_ORDER_SHARE:
        order_share(line, order);
        break;
    case VIEWER_ORDER_SHARE_STOP:
        viewer_share_stop(line);
        break;
    case VIEWER_ORDER_SHARE_CUSTOMER:
        viewer_share_customer(line);
        break;
    case VIEWER_ORDER_SHOWN:
        order_shown(line, order);
        break;
    case VIEWER_ORDER_SAY:
    case VIEWER_ORDER_TYPING:
    case VIEWER_ORDER_SAW:
    case VIEWER_ORDER_SEND_FILE:
    case VIEWER_ORDER_SAVE_FILE:
    case VIEWER_ORDER_REFUSE_FILE:
    case VIEWER_ORDER_CANCEL_FILE:
    case VIEWER_ORDER_PAUSE_FILE:
    case VIEWER_ORDER_GO_ON_FILE:
        viewer_talk_order(line, order);
        break;
    case VIEWER_ORDER_END:
        viewer_machine_end(m);
        break;
    case VIEWER_ORDER_QUIT:
        line->quitting = true;
        break;
    case VIEWER_ORDER_DIAGNOSTICS:
        order_diagnostics(line);
        break;
    case VIEWER_ORDER_SCREENSHOT:
        viewer_shot_order(line);
        break;
    case VIEWER_ORDER_BROKEN:
        ds_log_warn("the picture is broken error=%s", ds_error_name(order->of.error));
        viewer_machine_on_broken(m);
        break;
    }
}

static void close_all(struct viewer_line *line)
{
    if (uv_is_closing((uv_handle_t *)&line->wake))
        return;
    viewer_desk_close(line);
    viewer_drop_close(line);
    viewer_share_close(line);
    hang_up(line);
    viewer_talk_close(line);
    uv_close((uv_handle_t *)&line->wake, NULL);
    uv_close((uv_handle_t *)&line->leaving, NULL);
    ds_keeper_close(&line->keeper);
    uv_close((uv_handle_t *)&line->second, NULL);
    uv_close((uv_handle_t *)&line->interrupted, NULL);
    uv_close((uv_handle_t *)&line->terminated, NULL);
    uv_close((uv_handle_t *)&line->hung_up, NULL);
}

static void on_leaving(uv_timer_t *timer)
{
    close_all(timer->data);
}

void viewer_line_left(struct viewer_line *line)
{
    if (uv_is_active((uv_handle_t *)&line->leaving)) /* not from here: the caller goes on */
        uv_timer_start(&line->leaving, on_leaving, 0, 0);
}

/* Ends the session; where the relay cannot hear it now, it is dialled for a moment. */
static void quit(struct viewer_line *line)
{
    viewer_machine_end(&line->machine);
    settle(line);
    if (ds_keeper_is_leaving(&line->keeper))
        uv_timer_start(&line->leaving, on_leaving, LEAVING_MS, 0);
    else
        close_all(line);
}

static void on_wake(uv_async_t *handle)
{
    struct viewer_line *line = handle->data;
    struct ds_letter *letter = ds_mailbox_take_all(&line->orders);
    while (letter) {
        struct ds_letter *next = letter->next;
        if (!line->quitting)
            run_order(line, (struct viewer_order *)letter);
        letter->destroy(letter);
        letter = next;
    }
    struct ds_command *command = line->automation ? ds_automation_take(line->automation) : NULL;
    while (command) {
        struct ds_command *next = (struct ds_command *)command->letter.next;
        if (!line->quitting)
            viewer_command_run(line, command);
        command->letter.destroy(&command->letter);
        command = next;
    }
    settle(line);
    if (line->quitting && !uv_is_closing((uv_handle_t *)handle) &&
        !uv_is_active((uv_handle_t *)&line->leaving))
        quit(line);
}

static void on_second(uv_timer_t *timer)
{
    struct viewer_line *line = timer->data;
    ds_keeper_second(&line->keeper);
    viewer_machine_tick(&line->machine, ds_clock_now());
    ds_parley_tick(&line->parley);
    viewer_report_second(line);
    settle(line);
}

void viewer_line_quit(struct viewer_line *line)
{
    viewer_machine_end(&line->machine);
    tell_quit(line);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct viewer_line *line = handle->data;
    ds_log_info("asked to end signal=%d", number);
    viewer_line_quit(line);
    settle(line);
}

/* ---- life ---- */

static void wake_loop(void *ctx)
{
    struct viewer_line *line = ctx;
    uv_async_send(&line->wake);
}

static void decode_fresh(void *ctx)
{
    struct viewer_line *line = ctx;
    line->config.on_fresh(line->config.ctx);
}

static void decode_room(void *ctx)
{
    wake_loop(ctx);
}

static void decode_broken(void *ctx, int error)
{
    struct viewer_line *line = ctx;
    struct viewer_order *order = viewer_order_new(VIEWER_ORDER_BROKEN);
    if (order)
        order->of.error = error;
    viewer_line_order(line, order);
}

static const struct ds_decode_events decode_events = {
    .open = ds_decoder_new,
    .on_fresh = decode_fresh,
    .on_room = decode_room,
    .on_broken = decode_broken,
};

static void *run(void *ctx)
{
    struct viewer_line *line = ctx;
    pthread_setname_np(pthread_self(), "net");
    ds_turn_short();
    uv_run(&line->loop, UV_RUN_DEFAULT);
    atomic_store(&line->has_left, true);
    line->config.on_fresh(line->config.ctx);
    return NULL;
}

static int init_loop(struct viewer_line *line)
{
    if (uv_loop_init(&line->loop) != 0)
        return DS_EIO;
    uv_async_init(&line->loop, &line->wake, on_wake);
    uv_timer_init(&line->loop, &line->second);
    uv_timer_init(&line->loop, &line->leaving);
    uv_signal_init(&line->loop, &line->interrupted);
    uv_signal_init(&line->loop, &line->terminated);
    uv_signal_init(&line->loop, &line->hung_up);
    line->wake.data = line->second.data = line->leaving.data = line;
    line->interrupted.data = line->terminated.data = line->hung_up.data = line;
    viewer_reconnect_init(line);
    uv_timer_start(&line->second, on_second, SECOND_MS, SECOND_MS);
    uv_signal_start(&line->interrupted, on_signal, SIGINT);
    uv_signal_start(&line->terminated, on_signal, SIGTERM);
    if (ds_hangup_ends())
        uv_signal_start(&line->hung_up, on_signal, SIGHUP);
    return DS_OK;
}

static void init_machine(struct viewer_line *line)
{
    viewer_machine_init(&line->machine, &machine_ops, line);
    line->machine.new_session = line->config.new_session;
    line->machine.features = ds_decoder_features() | VIEWER_DESK_FEATURES | DS_FEATURE_FILES |
                             DS_FEATURE_FOLDERS | DS_FEATURE_RESTART | VIEWER_SHARE_FEATURES;
    line->machine.tiles = ds_decode_tiles_here();
    line->machine.program = PROGRAM;
    line->machine.model.tries_left = DS_NUMBER_TRIES;
    line->told = line->machine.model;
}

static void free_loop(struct viewer_line *line)
{
    uv_close((uv_handle_t *)&line->wake, NULL);
    uv_close((uv_handle_t *)&line->leaving, NULL);
    ds_keeper_close(&line->keeper);
    uv_close((uv_handle_t *)&line->second, NULL);
    uv_close((uv_handle_t *)&line->interrupted, NULL);
    uv_close((uv_handle_t *)&line->terminated, NULL);
    uv_close((uv_handle_t *)&line->hung_up, NULL);
    uv_run(&line->loop, UV_RUN_DEFAULT);
    uv_loop_close(&line->loop);
}

int viewer_line_start(struct viewer_line **out, const struct viewer_line_config *config)
{
    struct viewer_line *line = calloc(1, sizeof(*line));
    if (!line)
        return DS_ENOMEM;
    line->config = *config;
    ds_buf_init(&line->scratch, DS_MUX_MESSAGE_MAX);
    init_machine(line);
    ds_history_init(&line->history);
    int error = init_loop(line);
    if (error)
        goto free_line;
    error = ds_mailbox_init(&line->orders, VIEWER_LETTERS_MAX, wake_loop, line);
    if (error)
        goto close_loop;
    if (config->automation) {
        error = DS_ENOMEM;
        line->automation =
            ds_automation_branch(config->automation, config->number, wake_loop, line);
        if (!line->automation)
            goto free_orders;
    }
    error = viewer_talk_open(line);
    if (error == DS_OK)
        error = ds_decode_start(&line->decode, config->backing, line->machine.tiles, &decode_events,
                                line);
    if (error)
        goto close_automation;
    if (pthread_create(&line->thread, NULL, run, line) != 0) {
        error = DS_ENOMEM;
        goto stop_decode;
    }
    ds_event_done(line->automation, config->tag ? config->tag : "");
    *out = line;
    return DS_OK;
stop_decode:
    ds_decode_stop(&line->decode);
close_automation:
    viewer_talk_close(line);
    ds_automation_close(line->automation);
free_orders:
    ds_mailbox_destroy(&line->orders);
close_loop:
    free_loop(line);
free_line:
    free(line);
    return error;
}

bool viewer_line_order(struct viewer_line *line, struct viewer_order *order)
{
    if (!order)
        return false;
    if (ds_mailbox_push(&line->orders, &order->letter) == DS_OK)
        return true;
    order->letter.destroy(&order->letter);
    return false;
}

void viewer_line_leave(struct viewer_line *line)
{
    if (line->is_asked_to_leave)
        return;
    line->is_asked_to_leave = true;
    struct viewer_order *order = viewer_order_new(VIEWER_ORDER_QUIT);
    while (!viewer_line_order(line, order))
        order = viewer_order_new(VIEWER_ORDER_QUIT);
}

bool viewer_line_has_left(const struct viewer_line *line)
{
    return atomic_load(&line->has_left);
}

void viewer_line_stop(struct viewer_line *line)
{
    if (!line)
        return;
    viewer_line_leave(line);
    pthread_join(line->thread, NULL);
    uv_loop_close(&line->loop);
    ds_decode_stop(&line->decode);
    ds_tunnel_destroy(line->tunnel);
    ds_tunnel_destroy(line->doomed);
    ds_automation_close(line->automation);
    ds_mailbox_destroy(&line->orders);
    viewer_machine_destroy(&line->machine);
    ds_buf_wipe(&line->scratch);
    free(line);
}
