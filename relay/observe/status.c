/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/observe/status.h"

#include "common/base/buf.h"
#include "relay/desk/admin.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_MAX (4u << 20)

static void put(struct ds_buf *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct ds_buf *text, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n > 0)
        ds_buf_append(text, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

static json_t *reply_with(struct ds_buf *text)
{
    json_t *reply =
        json_pack("{s:i,s:s%}", "code", RELAY_EXIT_OK, "text", ds_buf_peek(text), text->len);
    ds_buf_destroy(text);
    return reply;
}

json_t *relay_status(struct relay_desk *desk)
{
    const unsigned *total = desk->listener->gate.total;
    unsigned long long bytes = 0;
    struct ds_buf text;
    ds_buf_init(&text, TEXT_MAX);
    for (unsigned i = 0; i < desk->worker_count; i++)
        bytes += atomic_load(&desk->workers[i].bytes_passed);
    put(&text, "Running: deskside-relay " DESKSIDE_VERSION " for %s, since %llu s.\nPorts:",
        desk->conf->host, (unsigned long long)((ds_clock_now() - desk->started) / DS_SECOND));
    for (unsigned i = 0; i < desk->listener->port_count; i++)
        put(&text, " %u", desk->listener->ports[i].number);
    put(&text,
        ".\nSessions: %zu running, %zu waiting for a customer, %llu since the start.\n"
        "Connections: %u agents and viewers, %u strangers, %u web, %u waiting for a place.\n"
        "Passed on: %llu bytes.",
        desk->sessions.paired, desk->sessions.count - desk->sessions.paired,
        (unsigned long long)desk->sessions_total, total[RELAY_GATE_LEG], total[RELAY_GATE_STRANGER],
        total[RELAY_GATE_WEB], total[RELAY_GATE_WAITING], bytes);
    return reply_with(&text);
}

/* ", customer away, 512 s left" and so on. */
static void put_away(struct ds_buf *text, const struct relay_desk *desk,
                     const struct relay_session *s, ds_tick now)
{
    bool is_rep = s->end[RELAY_VIEWER].leg == 0;
    bool is_customer = s->end[RELAY_AGENT].leg == 0 && s->state == RELAY_SESSION_PAIRED;
    if (is_rep || is_customer)
        put(text, "\t%s away, %u s left",
            is_rep && is_customer ? "both"
            : is_rep              ? "rep"
                                  : "customer",
            relay_session_left_s(s, desk->cutoff, now));
}

json_t *relay_status_sessions(struct relay_desk *desk)
{
    struct ds_buf text;
    ds_buf_init(&text, TEXT_MAX);
    ds_tick now = ds_clock_now();
    for (struct relay_session *s = desk->sessions.first; s; s = s->next) {
        put(&text, "%s%s\t%s\t%s\t%llu s%s", text.len ? "\n" : "", s->id,
            s->state == RELAY_SESSION_PAIRED ? "running" : "waiting", s->email,
            (unsigned long long)((now - (s->paired ? s->paired : s->opened)) / DS_SECOND),
            s->is_verified ? "\tverified" : "");
        put_away(&text, desk, s, now);
    }
    if (text.len == 0)
        put(&text, "There are no sessions.");
    return reply_with(&text);
}
