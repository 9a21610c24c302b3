/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/share/share.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/desk/drawings.h"
#include "common/picture/feed.h"
#include "common/ui/text.h"
#include "common/x11/capture_window.h"
#include "viewer/share/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the agent may be sent: pictures, as far as it decodes them. */
#define PICTURE_FEATURES                                                                           \
    (DS_FEATURE_ZSTD | DS_FEATURE_JPEG | DS_FEATURE_H264 | DS_FEATURE_JPEG_ARITHMETIC |            \
     DS_FEATURE_DRAWN)

struct viewer_share {
    struct viewer_line *line;
    struct viewer_source source;
    double scale;
    struct ds_feed *feed;         /* owned; NULL: nothing is shown */
    struct viewer_live *live;     /* owned, with the feed; NULL: no display for it */
    struct ds_drawings *drawings; /* owned: the customer's, in the whole session */
    bool is_fresh;                /* the next SHARE was asked for */
    bool is_flowing;              /* the feed has been told to capture */
};

/* ---- the customer's drawings ---- */

static int send_note(void *ctx, const uint8_t *bytes, size_t len)
{
    struct viewer_share *s = ctx;
    return s->line->tunnel ? ds_tunnel_send(s->line->tunnel, DS_CHANNEL_NOTES, bytes, len)
                           : DS_ECLOSED;
}

static void on_count(void *ctx, size_t count, size_t own)
{
    struct viewer_share *s = ctx;
    (void)own;
    if (s->line->machine.model.share_notes != count)
        ds_event_customer_note(s->line->automation, count);
    s->line->machine.model.share_notes = (uint32_t)count;
}

static uint32_t last_update(void *ctx)
{
    struct viewer_share *s = ctx;
    struct ds_feed_stats stats = {.newest = 0};
    if (s->feed)
        ds_feed_stats(s->feed, &stats);
    return stats.newest;
}

static bool is_own(void *ctx, uint32_t window)
{
    return viewer_live_owns(((struct viewer_share *)ctx)->live, window);
}

static const struct ds_drawings_events drawings_events = {
    .send = send_note,
    .on_count = on_count,
    .last_update = last_update,
    .is_own = is_own,
};

bool viewer_share_note(struct viewer_line *line, const uint8_t *bytes, size_t len, int *error)
{
    struct viewer_share *s = line->share;
    *error = DS_OK;
    if (len == 0 || bytes[0] < DS_NOTE_DRAW || bytes[0] > DS_NOTE_ERASE)
        return false;
    if (s && s->drawings)
        *error = ds_drawings_feed(s->drawings, bytes, len);
    /* What comes when nothing is shown is late: also that of a program which a restart ended, whose
     * numbers count no more. */
    if (*error == DS_ECLOSED || !s || !s->feed)
        *error = DS_OK;
    return true;
}

/* ---- the end of it ---- */

static void end(struct viewer_share *s, const char *reason)
{
    struct viewer_model *model = &s->line->machine.model;
    if (!s->feed)
        return;
    ds_feed_stop(s->feed);
    s->feed = NULL;
    viewer_live_close(s->live);
    s->live = NULL;
    s->is_flowing = false;
    if (s->drawings)
        ds_drawings_allow(s->drawings, false);
    model->share = DS_SHARE_NONE;
    model->shared = DS_SHARED_CLOSED;
    model->share_ends++;
    snprintf(model->share_reason, sizeof(model->share_reason), "%s", reason);
    ds_event_share(s->line->automation, "stopped", 0, 0, reason);
}

static void say_end(struct viewer_share *s)
{
    struct ds_control control = {.type = DS_CONTROL_SHARE};
    viewer_private_control(s->line, &control);
}

int viewer_share_stop(struct viewer_line *line)
{
    struct viewer_share *s = line->share;
    if (!s || !s->feed)
        return DS_EINVAL;
    say_end(s);
    end(s, "rep");
    return DS_OK;
}

int viewer_share_customer(struct viewer_line *line)
{
    viewer_share_stop(line);
    return viewer_machine_resume(&line->machine);
}

/* ---- its beginning ---- */

static void wake(void *ctx)
{
    struct viewer_share *s = ctx;
    uv_async_send(&s->line->wake);
}

static void on_stop(void *ctx)
{
    struct viewer_share *s = ctx;
    viewer_share_stop(s->line);
    wake(s);
}

/* What lies on the rep's screen where the customer draws. */
static void set_area(struct viewer_share *s, struct ds_rect area)
{
    if (s->drawings)
        ds_drawings_set_area(s->drawings, 0xff, area);
}

static void on_moved(void *ctx, struct ds_rect area)
{
    set_area(ctx, area);
}

static const struct viewer_live_events live_events = {.on_stop = on_stop, .on_moved = on_moved};

static struct viewer_share *share_of(struct viewer_line *line)
{
    if (!line->share && (line->share = calloc(1, sizeof(*line->share))))
        line->share->line = line;
    return line->share;
}

static int may_share(const struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    if (ds_message_lists(model->without, DS_FEATURE_NAME_SHARE))
        return DS_EAUTH;
    if (model->stage != VIEWER_ACTIVE || model->away != VIEWER_HERE ||
        model->restart == DS_RESTART_NOW)
        return DS_EINVAL;
    return model->may_share ? DS_OK : DS_EUNSUPPORTED;
}

static int open_feed(struct viewer_share *s, const struct viewer_source *source)
{
    char message[DS_TEXT_MESSAGE] = "";
    struct ds_feed_config config = {
        .features = s->line->machine.peer_features & PICTURE_FEATURES,
        .tiles = s->line->machine.peer_tiles,
        .aim = source->window ? ds_capture_watch_window : NULL,
        .window = source->window,
    };
    s->feed = ds_feed_start(&config, wake, s, message, sizeof(message));
    if (!s->feed) {
        ds_log_warn("nothing to show: %s", message);
        return DS_ENOTFOUND;
    }
    ds_feed_select(s->feed, source->window ? 0xff : source->monitor);
    return DS_OK;
}

int viewer_share_begin(struct viewer_line *line, const struct viewer_source *source, double scale)
{
    struct viewer_model *model = &line->machine.model;
    struct viewer_share *s;
    int error = may_share(line);
    if (error)
        return error;
    if (!(s = share_of(line)))
        return DS_ENOMEM;
    end(s, "other"); /* one replaces the other */
    error = open_feed(s, source);
    if (error)
        return error;
    s->source = *source;
    s->scale = scale;
    s->is_fresh = true;
    if (!s->drawings)
        s->drawings = ds_drawings_open(&line->loop, NULL, 0, &drawings_events, s);
    if (s->drawings)
        ds_drawings_allow(s->drawings, true);
    model->share = source->window ? DS_SHARE_WINDOW : DS_SHARE_SCREEN;
    model->shared = DS_SHARED_SHOWN;
    snprintf(model->share_name, sizeof(model->share_name), "%s", source->name);
    /* Never both ways: the agent will say so too, but nothing more is sent to it from here on. */
    model->paused = true;
    model->paused_by_rep = true;
    model->held = false;
    viewer_input_queue_clear(&line->input);
    ds_event_share(line->automation, "started", source->width, source->height, NULL);
    return DS_OK;
}

int viewer_share_command(struct viewer_line *line, const struct ds_command *c)
{
    struct viewer_source source;
    switch (c->share) {
    case DS_COMMAND_SHARE_MINE: {
        int error = may_share(line);
        if (error)
            return error;
        if (!viewer_source_find(NULL, c->window, c->monitor < 0 ? 0xff : (uint8_t)c->monitor,
                                &source))
            return DS_ENOTFOUND;
        return viewer_share_begin(line, &source, 1);
    }
    case DS_COMMAND_SHARE_OTHER:
        return viewer_share_customer(line);
    case DS_COMMAND_SHARE_STOP:
        return viewer_share_stop(line);
    default:
        return DS_EUNSUPPORTED;
    }
}

/* ---- to the agent ---- */

static const char *words(const struct viewer_share *s)
{
    switch (s->line->machine.model.shared) {
    case DS_SHARED_HIDDEN:
        return DS_TR("The customer has put your screen away");
    default:
        return s->source.window ? DS_TR("The customer sees this window")
                                : DS_TR("The customer sees this screen");
    }
}

/* A LAYOUT of the feed is a SHARE for the agent. */
static int tell_layout(struct viewer_share *s, const struct ds_rcbuf *message)
{
    struct ds_control layout;
    struct ds_feed_stats stats;
    if (ds_control_decode(message->data, message->len, &layout))
        return DS_EPROTO;
    struct ds_control control = {.type = DS_CONTROL_SHARE,
                                 .share = s->line->machine.model.share,
                                 .fresh = s->is_fresh,
                                 .width = layout.width,
                                 .height = layout.height};
    memcpy(control.name, s->source.name, sizeof(control.name));
    s->is_fresh = false;
    ds_feed_stats(s->feed, &stats);
    struct ds_rect area = {stats.x, stats.y, (int32_t)stats.width, (int32_t)stats.height};
    if (!s->live)
        s->live =
            viewer_live_open(&s->line->loop, s->source.window, area, s->scale, &live_events, s);
    if (s->live) {
        viewer_live_place(s->live, area);
        viewer_live_say(s->live, words(s));
    }
    set_area(s, area);
    return viewer_private_control(s->line, &control);
}

static int send_item(struct viewer_share *s, const struct ds_feed_item *item)
{
    if (item->channel == DS_CHANNEL_CONTROL)
        return tell_layout(s, item->message);
    int error = ds_tunnel_send_buf(s->line->tunnel, item->channel, item->message);
    return item->channel == DS_CHANNEL_CURSOR || error == DS_ECLOSED ? DS_OK : error;
}

static void send_items(struct viewer_share *s)
{
    struct ds_feed_item item;
    while (s->feed && s->line->tunnel && ds_feed_take(s->feed, &item)) {
        int error = item.channel == 0 ? DS_ECLOSED : send_item(s, &item);
        bool is_gone = item.channel == 0;
        ds_rcbuf_unref(item.message);
        if (error) {
            ds_log_info("nothing is shown any more error=%s", ds_error_name(error));
            say_end(s);
            end(s, is_gone ? "source-closed" : "failed");
        }
    }
}

void viewer_share_pumped(struct viewer_line *line)
{
    if (line->share && line->share->feed && line->tunnel)
        ds_feed_set_queued(line->share->feed, ds_tunnel_queued(line->tunnel, DS_CHANNEL_SCREEN));
}

/* ---- from the agent ---- */

void viewer_share_control(struct viewer_line *line, const struct ds_control *control)
{
    struct viewer_share *s = line->share;
    struct viewer_model *model = &line->machine.model;
    if (!s || !s->feed || (control->shared == DS_SHARED_CLOSED && s->is_fresh))
        return; /* an answer to what was before */
    if (control->shared == DS_SHARED_CLOSED) {
        end(s, "customer");
        return;
    }
    if (model->shared != control->shared)
        ds_event_share(line->automation, control->shared == DS_SHARED_SHOWN ? "shown" : "hidden", 0,
                       0, NULL);
    model->shared = control->shared;
    ds_feed_set_visible(s->feed, control->shared == DS_SHARED_SHOWN);
    if (s->live)
        viewer_live_say(s->live, words(s));
}

bool viewer_share_screen(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    struct ds_screen_message m;
    if (len == 0 || bytes[0] != DS_SCREEN_ACK)
        return false;
    if (line->share && line->share->feed && !ds_screen_message_decode(bytes, len, &m))
        ds_feed_ack(line->share->feed, m.id, m.decode_us);
    return true;
}

/* ---- with the session ---- */

static void close_drawings(struct viewer_share *s)
{
    ds_drawings_close(s->drawings);
    s->drawings = NULL;
    s->line->machine.model.share_notes = 0;
}

void viewer_share_follow(struct viewer_line *line)
{
    struct viewer_share *s = line->share;
    struct viewer_model *model = &line->machine.model;
    model->may_share =
        model->stage == VIEWER_ACTIVE && (line->machine.peer_features & DS_FEATURE_SHARE) != 0;
    if (!s)
        return;
    if (model->stage != VIEWER_ACTIVE) {
        end(s, "ended");
        close_drawings(s); /* the numbers of the next session begin anew */
        return;
    }
    if (model->restart == DS_RESTART_NOW) { /* the program that comes back knows of nothing */
        end(s, "restart");
        close_drawings(s);
    }
    if (!s->feed)
        return;
    if (!model->paused) { /* the customer's screen is shown again */
        say_end(s);
        end(s, "resumed");
        return;
    }
    bool flows = model->away == VIEWER_HERE;
    if (flows != s->is_flowing)
        ds_feed_set_shared(s->feed, flows);
    s->is_flowing = flows;
    send_items(s);
}

void viewer_share_close(struct viewer_line *line)
{
    struct viewer_share *s = line->share;
    if (!s)
        return;
    end(s, "ended");
    close_drawings(s);
    free(s);
    line->share = NULL;
}
