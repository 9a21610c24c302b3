/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private line to the customer: sealed messages in and out. */
#include "viewer/session/line_priv.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "viewer/session/desk.h"
#include "viewer/share/share.h"

#include <stdio.h>

static void on_open(void *ctx)
{
    struct viewer_line *line = ctx;
    viewer_input_queue_init(&line->input, ds_tunnel_epoch(line->tunnel));
    viewer_machine_on_open(&line->machine);
    ds_keeper_on_open(&line->keeper);
    ds_courier_up(line->courier, ds_tunnel_epoch(line->tunnel));
}

static void on_resumed(void *ctx)
{
    struct viewer_line *line = ctx;
    viewer_input_queue_init(&line->input, ds_tunnel_epoch(line->tunnel));
    ds_keeper_on_open(&line->keeper);
    ds_courier_up(line->courier, ds_tunnel_epoch(line->tunnel));
}

static void on_cut(void *ctx, const char *reason)
{
    struct viewer_line *line = ctx;
    ds_log_warn("the private line did not come back reason=\"%s\"", reason);
    ds_keeper_on_cut(&line->keeper);
}

static void on_wrong_number(void *ctx, unsigned left)
{
    struct viewer_line *line = ctx;
    viewer_machine_on_wrong_number(&line->machine, left);
}

static void on_closed(void *ctx, int error, const char *reason)
{
    struct viewer_line *line = ctx;
    ds_log_warn("the private line broke error=%s reason=\"%s\"", ds_error_name(error), reason);
    viewer_machine_on_broken(&line->machine);
}

static int on_control(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    struct ds_control control;
    bool was_paused = line->machine.model.paused;
    if (ds_control_decode(bytes, len, &control) != DS_OK)
        return DS_EPROTO;
    if (control.type == DS_CONTROL_LAYOUT)
        line->await_picture = true;
    viewer_machine_on_control(&line->machine, &control, ds_clock_now());
    if (control.type == DS_CONTROL_SHARED)
        viewer_share_control(line, &control);
    if (was_paused && !line->machine.model.paused)
        line->await_picture = true;
    return DS_OK;
}

static int on_cursor(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    struct ds_cursor_message message;
    if (ds_cursor_message_decode(bytes, len, &message) != DS_OK)
        return DS_EPROTO;
    if (message.type == 0)
        return DS_OK;
    if (message.type == DS_CURSOR_SHAPE && viewer_notice_shapes() >= VIEWER_SHAPES_WAIT)
        return DS_OK; /* lost: see letters.h */
    struct viewer_notice *notice = viewer_shape_notice(&message);
    if (!notice)
        return DS_EPROTO;
    viewer_line_notice(line, notice);
    return DS_OK;
}

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct viewer_line *line = ctx;
    int taken = ds_courier_message(line->courier, channel, bytes, len);
    int error = taken < 0 ? taken : DS_OK;
    switch (taken != 0 ? DS_CHANNEL_COUNT : channel) {
    case DS_CHANNEL_CONTROL:
        error = on_control(line, bytes, len);
        break;
    case DS_CHANNEL_CURSOR:
        error = on_cursor(line, bytes, len);
        break;
    case DS_CHANNEL_SCREEN:
        if (line->machine.model.stage == VIEWER_ACTIVE && !viewer_share_screen(line, bytes, len))
            error = ds_decode_chunk(&line->decode, bytes, len);
        break;
    case DS_CHANNEL_NOTES:
        if (!viewer_share_note(line, bytes, len, &error))
            error = viewer_desk_note(line, bytes, len);
        break;
    case DS_CHANNEL_CLIPBOARD:
        error = viewer_desk_clipboard(line, bytes, len);
        break;
    default: /* channels of a later version */
        break;
    }
    if (error) {
        ds_log_warn("a sealed message makes no sense channel=%d error=%s", (int)channel,
                    ds_error_name(error));
        viewer_machine_on_broken(&line->machine);
    }
}

static const struct ds_tunnel_events tunnel_events = {
    .on_open = on_open,
    .on_resumed = on_resumed,
    .on_cut = on_cut,
    .on_wrong_number = on_wrong_number,
    .on_message = on_message,
    .on_closed = on_closed,
};

int viewer_private_open(struct viewer_line *line, const uint8_t session[DS_SESSION_ID])
{
    viewer_private_close(line);
    struct ds_tunnel_config config = {
        .role = DS_TUNNEL_VIEWER, .host = line->machine.model.host, .epoch = 1};
    for (size_t i = 0; i < DS_SESSION_ID; i++) {
        config.session[i] = session[i];
        snprintf(line->session + 2 * i, 3, "%02x", session[i]);
    }
    ds_history_init(&line->history);
    line->tunnel = ds_tunnel_new(&config, &tunnel_events, line);
    viewer_input_queue_init(&line->input, config.epoch);
    ds_courier_bind(line->courier, line->tunnel);
    line->machine.peer_features = 0;
    line->shown = line->shown_before = 0;
    line->await_picture = true;
    return line->tunnel ? DS_OK : DS_ENOMEM;
}

/* False: nothing was sent. */
static bool send_payload(struct viewer_line *line, struct ds_tunnel *tunnel)
{
    if (!line->link || ds_link_data_room(line->link) == 0)
        return false;
    int n = ds_tunnel_drain(tunnel, line->payload, sizeof(line->payload), ds_clock_now());
    return n > 0 && line->link && ds_link_send_data(line->link, line->payload, (size_t)n) == DS_OK;
}

void viewer_private_close(struct viewer_line *line)
{
    struct ds_tunnel *tunnel = line->tunnel;
    if (!tunnel)
        return;
    line->tunnel = NULL; /* its last events find nothing to close */
    ds_courier_end(line->courier);
    ds_courier_bind(line->courier, NULL);
    while (send_payload(line, tunnel))
        ;
    viewer_input_queue_clear(&line->input);
    ds_tunnel_destroy(line->doomed);
    line->doomed = tunnel;
    line->held = false;
    ds_decode_resize(&line->decode, 0, 0);
}

void viewer_private_cut(struct viewer_line *line)
{
    if (!line->tunnel)
        return;
    ds_tunnel_cut(line->tunnel);
    ds_courier_cut(line->courier);
    viewer_input_queue_clear(&line->input);
    ds_decode_drop(&line->decode);
    if (line->held)
        ds_tunnel_hold(line->tunnel, DS_CHANNEL_SCREEN, false);
    line->held = false;
    line->await_picture = false; /* LAYOUT comes first, and then it is owed */
}

void viewer_private_feed(struct viewer_line *line, const uint8_t *payload, size_t len)
{
    if (line->tunnel)
        ds_tunnel_feed(line->tunnel, payload, len, ds_clock_now());
}

static void next_input(struct viewer_line *line)
{
    struct ds_input input;
    if (ds_tunnel_state(line->tunnel) != DS_TUNNEL_OPEN ||
        ds_tunnel_queued(line->tunnel, DS_CHANNEL_INPUT) > 0 ||
        !viewer_input_queue_take(&line->input, &input))
        return;
    ds_buf_clear(&line->scratch);
    int error = ds_input_encode(&line->scratch, &input);
    if (error == DS_OK)
        error = ds_tunnel_send(line->tunnel, DS_CHANNEL_INPUT, ds_buf_peek(&line->scratch),
                               line->scratch.len);
    if (error)
        ds_log_warn("input could not be sent error=%s", ds_error_name(error));
}

void viewer_private_pump(struct viewer_line *line)
{
    bool sent = true;
    while (line->tunnel && sent) {
        ds_courier_settle(line->courier);
        next_input(line);
        sent = send_payload(line, line->tunnel);
    }
    viewer_share_pumped(line);
}

void viewer_private_hold(struct viewer_line *line)
{
    if (!line->tunnel)
        return;
    size_t waiting = ds_decode_waiting(&line->decode);
    bool hold = line->held ? waiting > DS_DECODE_LOW : waiting > DS_DECODE_HIGH;
    if (hold != line->held)
        ds_tunnel_hold(line->tunnel, DS_CHANNEL_SCREEN, hold);
    line->held = hold;
}

int viewer_private_control(struct viewer_line *line, const struct ds_control *control)
{
    if (!line->tunnel)
        return DS_ECLOSED;
    ds_buf_clear(&line->scratch);
    int error = ds_control_encode(&line->scratch, control);
    if (error == DS_OK)
        error = ds_tunnel_send(line->tunnel, DS_CHANNEL_CONTROL, ds_buf_peek(&line->scratch),
                               line->scratch.len);
    return error;
}

void viewer_private_input(struct viewer_line *line, const struct ds_input *input)
{
    if (line->config.view_only || !viewer_model_has(&line->machine.model, DS_RIGHT_CONTROL))
        return;
    viewer_input_queue_push(&line->input, input);
}

void viewer_private_shown(struct viewer_line *line, const struct ds_ack *acks, size_t count)
{
    if (!line->tunnel || ds_tunnel_state(line->tunnel) != DS_TUNNEL_OPEN)
        return;
    for (size_t i = 0; i < count; i++) {
        struct ds_screen_message message = {
            .type = DS_SCREEN_ACK, .id = acks[i].id, .decode_us = acks[i].decode_us};
        ds_buf_clear(&line->scratch);
        if (ds_screen_message_encode(&line->scratch, &message) == DS_OK)
            ds_tunnel_send(line->tunnel, DS_CHANNEL_SCREEN, ds_buf_peek(&line->scratch),
                           line->scratch.len);
        line->decode_us += acks[i].decode_us;
        line->acked++;
        line->shown++;
    }
}
