/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the connection: events, the page that shows them, and the history that "save
 * diagnostics" writes. */
#include "agent/wiring.h"
#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/ui/document.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DIAGNOSTICS_MAX (1u << 20)

static enum ds_stage stage_of(const struct agent *a)
{
    if (!a->link)
        return DS_STAGE_NONE;
    if (a->up_since == 0)
        return ds_stage_of(a->session.percent);
    if (!a->tunnel)
        return DS_STAGE_WELCOME;
    switch (ds_tunnel_state(a->tunnel)) {
    case DS_TUNNEL_OPEN:
        return DS_STAGE_VERIFIED;
    case DS_TUNNEL_CUT:
    case DS_TUNNEL_CLOSED:
        return DS_STAGE_WELCOME;
    default:
        return DS_STAGE_PAIRED;
    }
}

static void follow_connection(struct agent *a, ds_tick now)
{
    struct agent_connection *c = &a->connection;
    *c = (struct agent_connection){.stage = stage_of(a),
                                   .quality = a->link ? ds_link_quality(a->link) : -1,
                                   .rtt_ms = a->link ? ds_link_rtt_ms(a->link) : -1,
                                   .port = a->port,
                                   .is_websocket = a->transport && strcmp(a->transport, "ws") == 0,
                                   .is_proxied = a->through_proxy,
                                   .session_s = ds_history_session_s(&a->history, now),
                                   .up_s = ds_history_up_s(&a->history, now)};
    memcpy(c->disconnects, a->history.disconnects, sizeof(c->disconnects));
}

void agent_figures_second(struct agent *a)
{
    ds_tick now = ds_clock_now();
    struct ds_event_stats stats = {.transport = a->transport ? a->transport : "tls"};
    if (a->paired_since && !a->history.began)
        ds_history_begin(&a->history, a->paired_since);
    follow_connection(a, now);
    if (!a->link && !a->history.began)
        return;
    const struct agent_connection *c = &a->connection;
    if (a->link)
        ds_link_bytes(a->link, &stats.bytes_in, &stats.bytes_out);
    stats.rtt_ms = c->rtt_ms;
    stats.rtt_min_ms = a->link ? ds_link_rtt_min_ms(a->link) : -1;
    stats.jitter_ms = a->link ? ds_link_jitter_ms(a->link) : -1;
    stats.quality = c->quality;
    stats.stage = ds_stage_name(c->stage);
    stats.progress = ds_stage_percent(c->stage);
    stats.port = a->port;
    stats.connected_s = a->up_since ? (now - a->up_since) / DS_SECOND : 0;
    stats.session_s = c->session_s;
    stats.up_s = c->up_s;
    stats.disconnects.self = c->disconnects[DS_CUT_SELF];
    stats.disconnects.relay = c->disconnects[DS_CUT_RELAY];
    stats.disconnects.peer = c->disconnects[DS_CUT_PEER];
    if (a->screen) {
        struct ds_feed_stats screen;
        ds_feed_stats(a->screen, &screen);
        stats.updates = screen.updates;
        stats.fps = (double)(screen.updates - a->last_updates);
        a->last_updates = screen.updates;
    }
    bool is_same_line = stats.bytes_in >= a->last_in && stats.bytes_out >= a->last_out;
    ds_history_add(&a->history,
                   &(struct ds_history_second){
                       .at = now,
                       .stage = c->stage,
                       .quality = c->quality,
                       .rtt_ms = c->rtt_ms,
                       .jitter_ms = stats.jitter_ms,
                       .fps = stats.fps,
                       .bytes_in = stats.bytes_in - (is_same_line ? a->last_in : 0),
                       .bytes_out = stats.bytes_out - (is_same_line ? a->last_out : 0)});
    a->last_in = stats.bytes_in;
    a->last_out = stats.bytes_out;
    if (a->up_since)
        ds_event_stats(a->automation, &stats);
}

int agent_figures_save(struct agent *a, const char *path, char *saved, size_t size)
{
    struct ds_history_head head = {.program = "deskside-agent",
                                   .version = DESKSIDE_VERSION,
                                   .relay = a->session.host,
                                   .port = a->port,
                                   .transport = a->connection.is_websocket ? "WebSocket" : "TLS",
                                   .through_proxy = a->through_proxy,
                                   .session = a->session.id,
                                   .wall_s = (int64_t)time(NULL)};
    struct ds_buf text;
    ds_buf_init(&text, DIAGNOSTICS_MAX);
    int error = ds_history_write(&a->history, &head, ds_clock_now(), &text);
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
