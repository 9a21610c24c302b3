/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/shown.h"

#include "agent/share/canvas.h"
#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/picture/decode.h"
#include "common/screen/decoder.h"
#include "common/service/notes.h"
#include "common/ui/text.h"

#include <stdlib.h>
#include <string.h>

/* A rep may change their mind; one who begins without end would keep the customer's computer busy:
 * one each second, and five at once (the generic cell rate algorithm). */
#define BEGIN_EVERY DS_SECOND
#define BEGIN_BURST 5

struct agent_shown {
    struct agent *agent;
    bool is_on;
    struct ds_control share; /* the last SHARE that was taken */
    struct ds_backing backing;
    struct ds_decode decode;
    struct agent_canvas *canvas; /* owned, while on */
    bool held;                   /* the SCREEN channel, until the decoder has caught up */
    atomic_bool is_broken;
    struct ds_notes notes; /* of the customer, in the whole session */
    enum ds_note_tool tool;
    bool is_exact, is_full;
    ds_tick next;          /* when another beginning would be due at an even pace */
    struct ds_buf scratch; /* one outgoing message */
};

uint32_t agent_shown_features(void)
{
    return DS_FEATURE_SHARE | ds_decoder_small_features();
}

bool agent_shown_is_on(const struct agent *a)
{
    return a->shown && a->shown->is_on;
}

/* ---- to the rep ---- */

static void tell(struct agent *a, enum ds_shared shared)
{
    agent_line_send_control(
        a, &(struct ds_control){.type = DS_CONTROL_SHARED, .shared = (uint8_t)shared});
}

static void on_presented(void *ctx, const struct ds_ack *acks, size_t count, bool complete)
{
    struct agent_shown *s = ctx;
    struct agent *a = s->agent;
    for (size_t i = 0; i < count && a->session.lost_at == 0; i++) {
        struct ds_screen_message ack = {
            .type = DS_SCREEN_ACK, .id = acks[i].id, .decode_us = acks[i].decode_us};
        ds_buf_clear(&s->scratch);
        if (!ds_screen_message_encode(&s->scratch, &ack))
            ds_tunnel_send(a->tunnel, DS_CHANNEL_SCREEN, ds_buf_peek(&s->scratch), s->scratch.len);
    }
    if (complete)
        ds_event_share(a->automation, "picture", s->share.width, s->share.height, NULL);
    agent_line_pump(a);
}

static void on_seen(void *ctx, bool seen)
{
    struct agent_shown *s = ctx;
    tell(s->agent, seen ? DS_SHARED_SHOWN : DS_SHARED_HIDDEN);
}

static void on_twice(void *ctx)
{
    struct agent_shown *s = ctx;
    s->is_full = !s->is_full;
    agent_changed(s->agent);
}

/* ---- drawings ---- */

/* What the list has said. */
static int send_note(struct agent_shown *s)
{
    struct agent *a = s->agent;
    int error =
        ds_tunnel_send(a->tunnel, DS_CHANNEL_NOTES, ds_buf_peek(&s->scratch), s->scratch.len);
    if (error)
        ds_log_warn("a drawing was not sent error=%s", ds_error_name(error));
    ds_event_customer_note(a->automation, s->notes.count);
    agent_line_pump(a);
    return error;
}

static int draw_note(struct agent_shown *s, const struct ds_note *note)
{
    struct ds_note own = *note;
    own.monitor = 0xff;
    own.width = (uint16_t)s->share.width;
    own.height = (uint16_t)s->share.height;
    ds_buf_clear(&s->scratch);
    int error = ds_notes_draw(&s->notes, &own, &s->scratch);
    if (error)
        return error;
    agent_canvas_echo(s->canvas, s->notes.list[s->notes.count - 1]);
    return send_note(s);
}

static void on_draw(void *ctx, const struct ds_note *note)
{
    struct agent_shown *s = ctx;
    if (draw_note(s, note) == DS_ELIMIT)
        agent_show_toast(s->agent->show, DS_TR("There are as many drawings as there may be."));
    agent_changed(s->agent);
}

static int undo_note(struct agent_shown *s)
{
    uint32_t id;
    ds_buf_clear(&s->scratch);
    int error = ds_notes_undo(&s->notes, &s->scratch, &id);
    if (error)
        return error;
    agent_canvas_note_gone(s->canvas, id, false);
    return send_note(s);
}

static int erase_notes(struct agent_shown *s)
{
    ds_buf_clear(&s->scratch);
    int error = ds_notes_erase(&s->notes, &s->scratch);
    if (error)
        return error;
    agent_canvas_note_gone(s->canvas, s->notes.newest, true);
    return send_note(s);
}

bool agent_shown_note(struct agent *a, const uint8_t *bytes, size_t len, int *error)
{
    struct agent_shown *s = a->shown;
    struct ds_notes_news news;
    *error = DS_OK;
    if (len == 0 || (bytes[0] != DS_NOTE_SHOWN && bytes[0] != DS_NOTE_GONE))
        return false;
    if (!s)
        return true; /* nothing was ever drawn */
    *error = ds_notes_hear(&s->notes, bytes, len, &news);
    if (*error || !s->canvas)
        return true;
    if (news.type == DS_NOTES_NEWS_SHOWN)
        agent_canvas_note_shown(s->canvas, news.id, news.update);
    else if (news.type == DS_NOTES_NEWS_REMOVED)
        agent_canvas_note_gone(s->canvas, news.id, news.all);
    if (news.type == DS_NOTES_NEWS_REMOVED)
        ds_event_customer_note(a->automation, s->notes.count);
    agent_changed(a);
    return true;
}

static const struct agent_canvas_events canvas_events = {
    .on_presented = on_presented,
    .on_seen = on_seen,
    .on_draw = on_draw,
    .on_twice = on_twice,
};

/* ---- the decoder ---- */

static void wake(void *ctx)
{
    struct agent_shown *s = ctx;
    uv_async_send(&s->agent->wake);
}

static void on_broken(void *ctx, int error)
{
    struct agent_shown *s = ctx;
    (void)error;
    atomic_store(&s->is_broken, true);
    wake(s);
}

static const struct ds_decode_events decode_events = {
    .open = ds_decoder_new_small,
    .on_fresh = wake,
    .on_room = wake,
    .on_broken = on_broken,
};

static void hold(struct agent_shown *s)
{
    size_t waiting = ds_decode_waiting(&s->decode);
    bool is_behind = s->held ? waiting > DS_DECODE_LOW : waiting > DS_DECODE_HIGH;
    if (is_behind != s->held)
        ds_tunnel_hold(s->agent->tunnel, DS_CHANNEL_SCREEN, is_behind);
    s->held = is_behind;
}

void agent_shown_turn(struct agent *a)
{
    struct agent_shown *s = a->shown;
    if (!s || !s->is_on)
        return;
    if (atomic_load(&s->is_broken)) {
        agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
                  DS_TR("The other program sent something that makes no sense."),
                  AGENT_EXIT_INTERNAL);
        return;
    }
    hold(s);
    agent_canvas_fresh(s->canvas);
}

int agent_shown_chunk(struct agent *a, const uint8_t *bytes, size_t len)
{
    struct agent_shown *s = a->shown;
    if (!s)
        return DS_EPROTO; /* nothing was ever to be shown */
    if (!s->is_on)
        return DS_OK; /* late */
    int error = ds_decode_chunk(&s->decode, bytes, len);
    hold(s);
    return error == DS_ENOMEM ? DS_EPROTO : error;
}

int agent_shown_cursor(struct agent *a, const uint8_t *bytes, size_t len)
{
    struct ds_cursor_message m;
    int error = ds_cursor_message_decode(bytes, len, &m);
    if (error || !agent_shown_is_on(a) || m.type == 0)
        return error;
    return agent_canvas_cursor(a->shown->canvas, &m);
}

/* ---- life ---- */

static struct agent_shown *shown_new(struct agent *a)
{
    struct agent_shown *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->agent = a;
    ds_notes_init(&s->notes);
    ds_buf_init(&s->scratch, DS_MUX_MESSAGE_MAX);
    return s;
}

static bool begin(struct agent_shown *s)
{
    struct agent *a = s->agent;
    ds_tick now = ds_clock_now();
    s->next = s->next > now ? s->next : now;
    if (s->next > now + (BEGIN_BURST - 1) * BEGIN_EVERY)
        return false;
    s->next += BEGIN_EVERY;
    atomic_store(&s->is_broken, false);
    s->held = false;
    if (ds_backing_init(&s->backing))
        return false;
    if (ds_decode_start(&s->decode, &s->backing, ds_decode_tiles_here(), &decode_events, s)) {
        ds_backing_destroy(&s->backing);
        return false;
    }
    s->canvas = agent_canvas_open(&a->loop, a->options->display, agent_show_shared(a->show),
                                  &s->backing, &canvas_events, s);
    if (!s->canvas) {
        ds_decode_stop(&s->decode);
        ds_backing_destroy(&s->backing);
        return false;
    }
    s->is_on = true;
    s->is_exact = s->is_full = false;
    s->tool = 0;
    return true;
}

static void end(struct agent_shown *s, const char *reason)
{
    struct agent *a = s->agent;
    if (!s->is_on)
        return;
    s->is_on = false;
    agent_canvas_close(s->canvas);
    s->canvas = NULL;
    ds_decode_stop(&s->decode);
    ds_backing_destroy(&s->backing);
    if (s->held && a->tunnel)
        ds_tunnel_hold(a->tunnel, DS_CHANNEL_SCREEN, false);
    s->held = false;
    ds_event_share(a->automation, "stopped", 0, 0, reason);
}

static void set_share(struct agent_shown *s, const struct ds_control *control)
{
    s->share = *control;
    if (ds_decode_resize(&s->decode, control->width, control->height))
        atomic_store(&s->is_broken, true);
}

static void begin_or_go_on(struct agent *a, const struct ds_control *control)
{
    bool is_new = !agent_shown_is_on(a);
    if (!a->shown)
        a->shown = shown_new(a);
    if (!a->shown || a->session.phase != AGENT_PHASE_ACTIVE || (is_new && !control->fresh) ||
        (is_new && !begin(a->shown))) {
        tell(a, DS_SHARED_CLOSED);
        return;
    }
    set_share(a->shown, control);
    if (control->fresh)
        ds_event_share(a->automation, "started", control->width, control->height, NULL);
    /* Never both ways: nobody sees or controls this screen meanwhile. */
    agent_customer_pause(a, AGENT_PAUSE_BY_REP);
    agent_changed(a);
    agent_canvas_fresh(a->shown->canvas);
}

void agent_shown_control(struct agent *a, const struct ds_control *control)
{
    if (control->share != DS_SHARE_NONE) {
        begin_or_go_on(a, control);
    } else if (agent_shown_is_on(a)) {
        end(a->shown, "rep");
        agent_changed(a);
    }
}

/* On this side. */
static void close_shown(struct agent *a, const char *reason)
{
    end(a->shown, reason);
    tell(a, DS_SHARED_CLOSED);
}

void agent_shown_follow(struct agent *a)
{
    struct agent_shown *s = a->shown;
    if (!s || !s->is_on)
        return;
    if (a->session.phase != AGENT_PHASE_ACTIVE) {
        end(s, "ended");
        return;
    }
    if (a->session.paused == AGENT_PAUSE_NONE) {
        close_shown(a, "resumed");
        return;
    }
    int top = s->is_full ? 0 : agent_show_shared_top(a->show);
    agent_canvas_margins(s->canvas, top, s->is_full ? 0 : AGENT_SHARED_EDGE);
    agent_canvas_exact(s->canvas, s->is_exact);
    agent_canvas_tool(s->canvas, s->tool);
}

void agent_shown_view(const struct agent *a, struct agent_view *view)
{
    const struct agent_shown *s = a->shown;
    view->shown = (struct agent_shown_view){0};
    if (!s || !s->is_on)
        return;
    view->shown = (struct agent_shown_view){.is_on = true,
                                            .width = s->share.width,
                                            .height = s->share.height,
                                            .tool = s->tool,
                                            .is_exact = s->is_exact,
                                            .is_full = s->is_full,
                                            .drawings = (unsigned)s->notes.count};
    memcpy(view->shown.name, s->share.name, sizeof(view->shown.name));
}

void agent_shown_cut(struct agent *a)
{
    struct agent_shown *s = a->shown;
    if (!s || !s->is_on)
        return;
    ds_decode_drop(&s->decode);
    s->held = false; /* with the connection */
}

void agent_shown_close(struct agent *a)
{
    struct agent_shown *s = a->shown;
    if (!s)
        return;
    end(s, "ended");
    ds_notes_destroy(&s->notes);
    ds_buf_destroy(&s->scratch);
    free(s);
    a->shown = NULL;
}

/* ---- the customer ---- */

void agent_shown_event(struct agent *a, const struct agent_show_event *event)
{
    struct agent_shown *s = a->shown;
    if (!s || !s->is_on)
        return;
    switch (event->did) {
    case AGENT_SHARED_CLOSE:
        close_shown(a, "customer");
        break;
    case AGENT_SHARED_TOOL:
        s->tool = s->tool == event->tool ? 0 : event->tool;
        break;
    case AGENT_SHARED_UNDO:
        undo_note(s);
        break;
    case AGENT_SHARED_ERASE:
        erase_notes(s);
        break;
    case AGENT_SHARED_EXACT:
        s->is_exact = !s->is_exact;
        break;
    case AGENT_SHARED_FULL:
        s->is_full = !s->is_full;
        break;
    }
    agent_changed(a);
}

const char *agent_shown_command(struct agent *a, const struct ds_command *c)
{
    struct agent_shown *s = a->shown;
    if (!s || !s->is_on)
        return "nothing is shown";
    int error = DS_OK;
    switch (c->type) {
    case DS_COMMAND_SHARE:
        if (c->share != DS_COMMAND_SHARE_CLOSE && c->share != DS_COMMAND_SHARE_FULL)
            return "only the representative can begin it";
        if (c->share == DS_COMMAND_SHARE_CLOSE)
            close_shown(a, "customer");
        else
            s->is_full = !s->is_full;
        break;
    case DS_COMMAND_SCALE:
        s->is_exact = !c->fit;
        break;
    case DS_COMMAND_NOTE:
        error = draw_note(s, &c->note);
        break;
    case DS_COMMAND_UNDO_NOTE:
        error = undo_note(s);
        break;
    default:
        error = erase_notes(s);
        break;
    }
    agent_changed(a);
    return error == DS_ENOTFOUND ? "there are no drawings"
           : error               ? "that drawing is not possible"
                                 : NULL;
}
