/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/desk.h"

#include "common/automation/event.h"
#include "common/base/error.h"

/* ---- clipboard ---- */

static int send_clipboard(void *ctx, const uint8_t *bytes, size_t len)
{
    struct viewer_line *line = ctx;
    if (!line->tunnel)
        return DS_ECLOSED;
    int error = ds_tunnel_send(line->tunnel, DS_CHANNEL_CLIPBOARD, bytes, len);
    if (!error)
        viewer_private_pump(line);
    return error;
}

static void on_moved(void *ctx, bool from_here, size_t len)
{
    struct viewer_line *line = ctx;
    ds_event_clipboard(line->automation, from_here ? "to-customer" : "to-rep", len);
}

static void on_too_long(void *ctx)
{
    struct viewer_line *line = ctx;
    ds_event_error(line->automation, DS_EVENT_CLIPBOARD_TOO_LONG,
                   "What was copied is too long to be shared: at most 256 KB of text", "");
    line->machine.model.clipboard_too_long++;
    viewer_report_model(line);
}

static const struct ds_desk_clipboard_events clipboard_events = {
    .send = send_clipboard,
    .on_moved = on_moved,
    .on_too_long = on_too_long,
};

int viewer_desk_clipboard(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    viewer_desk_follow(line);
    if (!line->clipboard)
        return DS_OK;
    int error = ds_desk_clipboard_feed(line->clipboard, bytes, len);
    return error == DS_ECLOSED ? DS_OK : error;
}

/* ---- both ---- */

/* A clipboard belongs to one session: its serial numbers begin with it. */
void viewer_desk_follow(struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    if (model->stage != VIEWER_ACTIVE) {
        viewer_desk_close(line);
        return;
    }
    if (!line->clipboard)
        line->clipboard = ds_desk_clipboard_open(&line->loop, NULL, &clipboard_events, line);
    if (line->clipboard)
        ds_desk_clipboard_allow(line->clipboard, viewer_model_has(model, DS_RIGHT_CLIPBOARD) &&
                                                     !model->paused && !line->config.view_only);
}

void viewer_desk_close(struct viewer_line *line)
{
    ds_desk_clipboard_close(line->clipboard);
    line->clipboard = NULL;
}
