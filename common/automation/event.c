/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/automation/event.h"

#include "common/automation/automation.h"

void ds_event_connected(struct ds_automation *a, unsigned port, const char *transport,
                        const char *relay)
{
    ds_automation_post(a,
                       json_pack("{s:s, s:i, s:s, s:s}", "event", "connected", "port", (int)port,
                                 "transport", transport, "relay", relay),
                       false);
}

void ds_event_state(struct ds_automation *a, const char *state, int left_s, const char *reason)
{
    json_t *event = json_pack("{s:s, s:s}", "event", "state", "state", state);
    if (event && left_s >= 0)
        json_object_set_new(event, "left_s", json_integer(left_s));
    if (event && reason)
        json_object_set_new(event, "reason", json_string(reason));
    ds_automation_post(a, event, false);
}

void ds_event_right(struct ds_automation *a, enum ds_right right, bool granted)
{
    ds_automation_post(a,
                       json_pack("{s:s, s:s, s:b}", "event", "right", "right", ds_right_name(right),
                                 "granted", (int)granted),
                       false);
}

void ds_event_refused(struct ds_automation *a, enum ds_right right, unsigned wait_s)
{
    json_t *event =
        json_pack("{s:s, s:s, s:b}", "event", "right", "right", ds_right_name(right), "granted", 0);
    if (event && wait_s > 0)
        json_object_set_new(event, "wait_s", json_integer(wait_s));
    ds_automation_post(a, event, false);
}

void ds_event_held(struct ds_automation *a, bool on)
{
    ds_automation_post(a, json_pack("{s:s, s:b}", "event", "held", "on", (int)on), false);
}

void ds_event_restart(struct ds_automation *a, enum ds_restart restart, int left_s,
                      const char *reason)
{
    static const char *const states[] = {"none", "asked", "now"};
    json_t *event = json_pack("{s:s, s:s}", "event", "restart", "state", states[restart]);
    if (event && left_s >= 0)
        json_object_set_new(event, "left_s", json_integer(left_s));
    if (event && reason[0])
        json_object_set_new(event, "reason", json_string(reason));
    ds_automation_post(a, event, false);
}

void ds_event_security_number(struct ds_automation *a, const char *number)
{
    ds_automation_post(a, json_pack("{s:s, s:s}", "event", "security-number", "number", number),
                       false);
}

void ds_event_code(struct ds_automation *a, const char *code)
{
    ds_automation_post(a, json_pack("{s:s, s:s}", "event", "code", "code", code), false);
}

void ds_event_picture(struct ds_automation *a, uint32_t width, uint32_t height)
{
    ds_automation_post(a,
                       json_pack("{s:s, s:I, s:I}", "event", "picture", "width", (json_int_t)width,
                                 "height", (json_int_t)height),
                       false);
}

void ds_event_clipboard(struct ds_automation *a, const char *direction, size_t bytes)
{
    ds_automation_post(a,
                       json_pack("{s:s, s:s, s:I}", "event", "clipboard", "direction", direction,
                                 "bytes", (json_int_t)bytes),
                       false);
}

void ds_event_note(struct ds_automation *a, size_t count)
{
    ds_automation_post(a, json_pack("{s:s, s:I}", "event", "note", "count", (json_int_t)count),
                       false);
}

void ds_event_stats(struct ds_automation *a, const struct ds_event_stats *stats)
{
    json_t *event =
        json_pack("{s:s, s:f, s:I, s:I, s:I, s:i, s:s, s:I, s:I, s:I, s:i}", "event", "stats",
                  "fps", stats->fps, "bytes_in", (json_int_t)stats->bytes_in, "bytes_out",
                  (json_int_t)stats->bytes_out, "updates", (json_int_t)stats->updates, "port",
                  (int)stats->port, "transport", stats->transport, "connected_s",
                  (json_int_t)stats->connected_s, "session_s", (json_int_t)stats->session_s, "up_s",
                  (json_int_t)stats->up_s, "progress", (int)stats->progress);
    if (event && stats->rtt_ms >= 0)
        json_object_set_new(event, "rtt_ms", json_real(stats->rtt_ms));
    if (event && stats->rtt_min_ms > 0)
        json_object_set_new(event, "rtt_min_ms", json_real(stats->rtt_min_ms));
    if (event && stats->bandwidth_bps > 0)
        json_object_set_new(event, "bandwidth_bps", json_integer((json_int_t)stats->bandwidth_bps));
    if (event && stats->jitter_ms >= 0)
        json_object_set_new(event, "jitter_ms", json_real(stats->jitter_ms));
    if (event && stats->quality >= 0)
        json_object_set_new(event, "quality", json_integer(stats->quality));
    if (event && stats->stage)
        json_object_set_new(event, "stage", json_string(stats->stage));
    if (event)
        json_object_set_new(event, "disconnects",
                            json_pack("{s:i, s:i, s:i}", "self", (int)stats->disconnects.self,
                                      "relay", (int)stats->disconnects.relay, "peer",
                                      (int)stats->disconnects.peer));
    ds_automation_post(a, event, true);
}

void ds_event_error(struct ds_automation *a, const char *code, const char *message, const char *tag)
{
    json_t *event =
        json_pack("{s:s, s:s, s:s}", "event", "error", "code", code, "message", message);
    if (event && tag && *tag)
        json_object_set_new(event, "tag", json_string(tag));
    ds_automation_post(a, event, false);
}

void ds_event_done(struct ds_automation *a, const char *tag)
{
    if (*tag)
        ds_automation_post(a, json_pack("{s:s, s:s}", "event", "done", "tag", tag), false);
}

void ds_event_file(struct ds_automation *a, const struct ds_event_file *file, bool is_progress)
{
    json_t *event = json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I}", "event", "file", "id",
                              (json_int_t)file->id, "name", file->name, "direction",
                              file->to_customer ? "to-customer" : "to-rep", "state", file->state,
                              "bytes", (json_int_t)file->bytes, "size", (json_int_t)file->size);
    if (event && file->sha256)
        json_object_set_new(event, "sha256", json_string(file->sha256));
    if (event && file->error && *file->error)
        json_object_set_new(event, "error", json_string(file->error));
    ds_automation_post(a, event, is_progress);
}

void ds_event_chat(struct ds_automation *a, const char *id, const char *from, const char *text)
{
    ds_automation_post(
        a, json_pack("{s:s, s:s, s:s, s:s}", "event", "chat", "id", id, "from", from, "text", text),
        false);
}
