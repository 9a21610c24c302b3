/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/automation/event.h"

#include "common/automation/automation.h"

/* Built field by field: json_pack alone is 11 KB of the agent. A field that cannot be made (memory,
 * or a text that is not UTF-8) is left out; without an event nothing happens. */
static json_t *event_new(const char *name)
{
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string(name));
    return event;
}

static void put_text(json_t *event, const char *key, const char *value)
{
    json_object_set_new(event, key, json_string(value));
}

static void put_number(json_t *event, const char *key, uint64_t value)
{
    json_object_set_new(event, key, json_integer((json_int_t)value));
}

static void put_real(json_t *event, const char *key, double value)
{
    json_object_set_new(event, key, json_real(value));
}

static void put_bool(json_t *event, const char *key, bool value)
{
    json_object_set_new(event, key, json_boolean(value));
}

/* The whole of an event with one text. */
static void post_text(struct ds_automation *a, const char *name, const char *key, const char *value)
{
    json_t *event = event_new(name);
    put_text(event, key, value);
    ds_automation_post(a, event, false);
}

void ds_event_connected(struct ds_automation *a, unsigned port, const char *transport,
                        const char *relay)
{
    json_t *event = event_new("connected");
    put_number(event, "port", port);
    put_text(event, "transport", transport);
    put_text(event, "relay", relay);
    ds_automation_post(a, event, false);
}

void ds_event_state(struct ds_automation *a, const char *state, int left_s, const char *reason)
{
    json_t *event = event_new("state");
    put_text(event, "state", state);
    if (left_s >= 0)
        put_number(event, "left_s", (uint64_t)left_s);
    if (reason)
        put_text(event, "reason", reason);
    ds_automation_post(a, event, false);
}

static json_t *right_new(enum ds_right right, bool granted)
{
    json_t *event = event_new("right");
    put_text(event, "right", ds_right_name(right));
    put_bool(event, "granted", granted);
    return event;
}

void ds_event_right(struct ds_automation *a, enum ds_right right, bool granted)
{
    ds_automation_post(a, right_new(right, granted), false);
}

void ds_event_refused(struct ds_automation *a, enum ds_right right, unsigned wait_s)
{
    json_t *event = right_new(right, false);
    if (wait_s > 0)
        put_number(event, "wait_s", wait_s);
    ds_automation_post(a, event, false);
}

void ds_event_held(struct ds_automation *a, bool on)
{
    json_t *event = event_new("held");
    put_bool(event, "on", on);
    ds_automation_post(a, event, false);
}

void ds_event_restart(struct ds_automation *a, enum ds_restart restart, int left_s,
                      const char *reason)
{
    static const char *const states[] = {"none", "asked", "now"};
    json_t *event = event_new("restart");
    put_text(event, "state", states[restart]);
    if (left_s >= 0)
        put_number(event, "left_s", (uint64_t)left_s);
    if (reason[0])
        put_text(event, "reason", reason);
    ds_automation_post(a, event, false);
}

void ds_event_security_number(struct ds_automation *a, const char *number)
{
    post_text(a, "security-number", "number", number);
}

void ds_event_code(struct ds_automation *a, const char *code)
{
    post_text(a, "code", "code", code);
}

void ds_event_picture(struct ds_automation *a, uint32_t width, uint32_t height)
{
    json_t *event = event_new("picture");
    put_number(event, "width", width);
    put_number(event, "height", height);
    ds_automation_post(a, event, false);
}

void ds_event_clipboard_offered(struct ds_automation *a, const char *direction, unsigned formats)
{
    json_t *event = event_new("clipboard"), *list = json_array();
    for (unsigned format = 0; format < DS_CLIP_FORMATS; format++)
        if (formats & 1u << format)
            json_array_append_new(list, json_string(ds_clip_format_name(format)));
    put_text(event, "direction", direction);
    put_text(event, "state", "offered");
    json_object_set_new(event, "formats", list);
    ds_automation_post(a, event, false);
}

void ds_event_clipboard(struct ds_automation *a, const char *direction, enum ds_clip_format format,
                        size_t bytes)
{
    json_t *event = event_new("clipboard");
    put_text(event, "direction", direction);
    put_text(event, "state", "done");
    put_text(event, "format", ds_clip_format_name(format));
    put_number(event, "bytes", bytes);
    ds_automation_post(a, event, false);
}

void ds_event_screenshot(struct ds_automation *a, const char *path, uint32_t width, uint32_t height)
{
    json_t *event = event_new("screenshot");
    put_text(event, "path", path);
    put_number(event, "width", width);
    put_number(event, "height", height);
    ds_automation_post(a, event, false);
}

void ds_event_note(struct ds_automation *a, size_t count, size_t own)
{
    json_t *event = event_new("note");
    put_number(event, "count", count);
    put_number(event, "customer", own);
    ds_automation_post(a, event, false);
}

void ds_event_customer_note(struct ds_automation *a, size_t count)
{
    json_t *event = event_new("note");
    put_number(event, "count", count);
    put_text(event, "from", "customer");
    ds_automation_post(a, event, false);
}

void ds_event_share(struct ds_automation *a, const char *state, uint32_t width, uint32_t height,
                    const char *reason)
{
    json_t *event = event_new("share");
    put_text(event, "state", state);
    if (width > 0) {
        put_number(event, "width", width);
        put_number(event, "height", height);
    }
    if (reason)
        put_text(event, "reason", reason);
    ds_automation_post(a, event, false);
}

void ds_event_stats(struct ds_automation *a, const struct ds_event_stats *stats)
{
    json_t *event = event_new("stats"), *disconnects = json_object();
    put_real(event, "fps", stats->fps);
    put_number(event, "bytes_in", stats->bytes_in);
    put_number(event, "bytes_out", stats->bytes_out);
    put_number(event, "updates", stats->updates);
    put_number(event, "port", stats->port);
    put_text(event, "transport", stats->transport);
    put_number(event, "connected_s", stats->connected_s);
    put_number(event, "session_s", stats->session_s);
    put_number(event, "up_s", stats->up_s);
    put_number(event, "progress", stats->progress);
    if (stats->rtt_ms >= 0)
        put_real(event, "rtt_ms", stats->rtt_ms);
    if (stats->rtt_min_ms > 0)
        put_real(event, "rtt_min_ms", stats->rtt_min_ms);
    if (stats->bandwidth_bps > 0)
        put_number(event, "bandwidth_bps", stats->bandwidth_bps);
    if (stats->jitter_ms >= 0)
        put_real(event, "jitter_ms", stats->jitter_ms);
    if (stats->quality >= 0)
        put_number(event, "quality", (uint64_t)stats->quality);
    if (stats->stage)
        put_text(event, "stage", stats->stage);
    put_number(disconnects, "self", stats->disconnects.self);
    put_number(disconnects, "relay", stats->disconnects.relay);
    put_number(disconnects, "peer", stats->disconnects.peer);
    json_object_set_new(event, "disconnects", disconnects);
    ds_automation_post(a, event, true);
}

void ds_event_error(struct ds_automation *a, const char *code, const char *message, const char *tag)
{
    json_t *event = event_new("error");
    put_text(event, "code", code);
    put_text(event, "message", message);
    if (tag && *tag)
        put_text(event, "tag", tag);
    ds_automation_post(a, event, false);
}

void ds_event_done(struct ds_automation *a, const char *tag)
{
    if (*tag)
        post_text(a, "done", "tag", tag);
}

void ds_event_file(struct ds_automation *a, const struct ds_event_file *file, bool is_progress)
{
    json_t *event = event_new("file");
    put_number(event, "id", file->id);
    put_text(event, "name", file->name);
    put_text(event, "direction", file->to_customer ? "to-customer" : "to-rep");
    put_text(event, "state", file->state);
    put_number(event, "bytes", file->bytes);
    put_number(event, "size", file->size);
    if (file->kept > 0)
        put_number(event, "kept", file->kept);
    if (file->files > 0) {
        put_number(event, "files", file->files);
        put_number(event, "files_done", file->files_done);
        put_number(event, "skipped", file->skipped);
    }
    if (file->rate_bps > 0)
        put_number(event, "rate_bps", file->rate_bps);
    if (file->rate_bps > 0 && file->left_s >= 0)
        put_number(event, "left_s", (uint64_t)file->left_s);
    if (file->sha256)
        put_text(event, "sha256", file->sha256);
    if (file->error && *file->error)
        put_text(event, "error", file->error);
    ds_automation_post(a, event, is_progress);
}

void ds_event_chat(struct ds_automation *a, const char *id, const char *from, const char *text)
{
    json_t *event = event_new("chat");
    put_text(event, "id", id);
    put_text(event, "from", from);
    put_text(event, "text", text);
    ds_automation_post(a, event, false);
}

void ds_event_typing(struct ds_automation *a, const char *from, bool on)
{
    json_t *event = event_new("typing");
    put_text(event, "from", from);
    put_bool(event, "on", on);
    ds_automation_post(a, event, false);
}

void ds_event_seen(struct ds_automation *a, const char *from, const char *id)
{
    json_t *event = event_new("seen");
    put_text(event, "from", from);
    put_text(event, "id", id);
    ds_automation_post(a, event, false);
}
