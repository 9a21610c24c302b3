/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the connection, once a second: to the windows, to the automation and to the
 * history that "save diagnostics" writes. */
#include "viewer/session/line_priv.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/ui/document.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DIAGNOSTICS_MAX (1u << 20)

static enum ds_stage stage_of(const struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    if (!line->link || model->stage == VIEWER_SIGNED_OUT)
        return DS_STAGE_NONE;
    if (!model->connected_at)
        return ds_stage_of(model->dial_percent);
    if (!line->tunnel)
        return DS_STAGE_WELCOME;
    switch (ds_tunnel_state(line->tunnel)) {
    case DS_TUNNEL_OPEN:
        return DS_STAGE_VERIFIED;
    case DS_TUNNEL_CUT:
    case DS_TUNNEL_CLOSED:
        return DS_STAGE_WELCOME;
    default:
        return DS_STAGE_PAIRED;
    }
}

static void measure(struct viewer_line *line, ds_tick now, struct viewer_figures *f)
{
    uint64_t in = line->in_before, out = line->out_before;
    *f = (struct viewer_figures){.rtt_ms = -1, .rtt_min_ms = -1, .jitter_ms = -1, .quality = -1};
    if (line->link) {
        ds_link_bytes(line->link, &in, &out);
        f->rtt_ms = ds_link_rtt_ms(line->link);
        f->rtt_min_ms = ds_link_rtt_min_ms(line->link);
        f->jitter_ms = ds_link_jitter_ms(line->link);
        f->quality = ds_link_quality(line->link);
    }
    f->stage = stage_of(line);
    f->bandwidth_bps = viewer_rate_bps(&line->rate);
    f->fps = (double)(line->shown - line->shown_before);
    f->bytes_in = in;
    f->bytes_out = out;
    f->in_rate = in - line->in_before;
    f->out_rate = out - line->out_before;
    f->updates = line->shown;
    f->decode_ms = line->acked ? (double)line->decode_us / 1000.0 / (double)line->acked : 0;
    f->session_s = ds_history_session_s(&line->history, now);
    f->up_s = ds_history_up_s(&line->history, now);
    memcpy(f->disconnects, line->history.disconnects, sizeof(f->disconnects));
    line->shown_before = line->shown;
    line->in_before = in;
    line->out_before = out;
    line->decode_us = line->acked = 0;
}

static void tell_event(struct viewer_line *line, const struct viewer_figures *f, ds_tick now)
{
    const struct viewer_model *model = &line->machine.model;
    struct ds_event_stats stats = {
        .rtt_ms = f->rtt_ms,
        .rtt_min_ms = f->rtt_min_ms,
        .jitter_ms = f->jitter_ms,
        .quality = f->quality,
        .stage = ds_stage_name(f->stage),
        .progress = ds_stage_percent(f->stage),
        .bandwidth_bps = f->bandwidth_bps,
        .fps = f->fps,
        .bytes_in = f->bytes_in,
        .bytes_out = f->bytes_out,
        .updates = f->updates,
        .port = model->port,
        .transport = model->websocket ? "ws" : "tls",
        .connected_s = model->connected_at ? (now - model->connected_at) / DS_SECOND : 0,
        .session_s = f->session_s,
        .up_s = f->up_s,
        .disconnects = {f->disconnects[DS_CUT_SELF], f->disconnects[DS_CUT_RELAY],
                        f->disconnects[DS_CUT_PEER]},
    };
    ds_event_stats(line->automation, &stats);
}

void viewer_report_second(struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    ds_tick now = ds_clock_now();
    struct viewer_figures figures;
    if (model->active_at && !line->history.began)
        ds_history_begin(&line->history, model->active_at);
    if (!line->link && !viewer_model_in_session(model)) {
        line->in_before = line->out_before = 0;
        return;
    }
    viewer_report_away(line);
    measure(line, now, &figures);
    ds_history_add(&line->history, &(struct ds_history_second){.at = now,
                                                               .stage = figures.stage,
                                                               .quality = figures.quality,
                                                               .rtt_ms = figures.rtt_ms,
                                                               .jitter_ms = figures.jitter_ms,
                                                               .fps = figures.fps,
                                                               .bytes_in = figures.in_rate,
                                                               .bytes_out = figures.out_rate});
    tell_event(line, &figures, now);
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_FIGURES);
    if (notice) {
        notice->of.figures = figures;
        viewer_line_notice(line, notice);
    }
}

int viewer_report_diagnostics(struct viewer_line *line, const char *path, char *saved, size_t size)
{
    const struct viewer_model *model = &line->machine.model;
    struct ds_history_head head = {.program = "deskside-viewer",
                                   .version = DESKSIDE_VERSION,
                                   .relay = model->host,
                                   .port = model->port,
                                   .transport = model->websocket ? "WebSocket" : "TLS",
                                   .through_proxy = model->proxy,
                                   .session = line->session,
                                   .wall_s = (int64_t)time(NULL)};
    struct ds_buf text;
    ds_buf_init(&text, DIAGNOSTICS_MAX);
    int error = ds_history_write(&line->history, &head, ds_clock_now(), &text);
    const char *bytes = (const char *)ds_buf_peek(&text);
    if (!error && path) {
        error = ds_document_save_as(path, bytes, text.len);
        snprintf(saved, size, "%s", path);
    } else if (!error) {
        error = ds_document_save(NULL, "Deskside diagnostics", bytes, text.len, saved, size);
    }
    ds_buf_destroy(&text);
    return error;
}
