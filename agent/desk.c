/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/desk.h"

#include "agent/shown.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/service/notes.h"
#include "common/ui/text.h"

#include <stdio.h>

static void end_by_mistake(struct agent *a)
{
    agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
              DS_TR("The other program sent something that makes no sense."), AGENT_EXIT_INTERNAL);
}

static bool may(const struct agent *a, enum ds_right right)
{
    return a->session.phase == AGENT_PHASE_ACTIVE && a->session.paused == AGENT_PAUSE_NONE &&
           agent_rights_has(&a->session.rights, right);
}

/* ---- clipboard ---- */

static int send_clipboard(void *ctx, const uint8_t *bytes, size_t len)
{
    struct agent *a = ctx;
    int error =
        a->tunnel ? ds_tunnel_send(a->tunnel, DS_CHANNEL_CLIPBOARD, bytes, len) : DS_ECLOSED;
    if (!error)
        agent_line_pump(a);
    return error;
}

static const char *direction(bool from_here)
{
    return from_here ? "to-rep" : "to-customer";
}

static void on_offered(void *ctx, bool from_here, unsigned formats)
{
    struct agent *a = ctx;
    ds_event_clipboard_offered(a->automation, direction(from_here), formats);
}

static void on_moved(void *ctx, bool from_here, enum ds_clip_format format, size_t len)
{
    struct agent *a = ctx;
    ds_event_clipboard(a->automation, direction(from_here), format, len);
}

static void on_too_long(void *ctx, bool from_here, size_t most)
{
    struct agent *a = ctx;
    char text[128];
    snprintf(text, sizeof(text), "What was copied is too long to be shared: at most %zu KB",
             most / 1024);
    ds_event_error(a->automation, DS_EVENT_CLIPBOARD_TOO_LONG, text, "");
    agent_show_toast(a->show, from_here ? DS_TR("What you copied is too long to be shared.")
                                        : DS_TR("What was copied is too long to be shared."));
}

static void on_missed(void *ctx)
{
    struct agent *a = ctx;
    ds_event_error(a->automation, DS_EVENT_CLIPBOARD_MISSED,
                   "What the rep had copied could not be pasted", "");
    agent_show_toast(a->show, DS_TR("What was copied there cannot be pasted any more."));
}

/* The windows show this side's switches alone. */
static void on_switched(void *ctx)
{
    (void)ctx;
}

static const struct ds_desk_clipboard_events clipboard_events = {
    .send = send_clipboard,
    .on_offered = on_offered,
    .on_moved = on_moved,
    .on_too_long = on_too_long,
    .on_missed = on_missed,
    .on_switched = on_switched,
};

void agent_desk_clipboard(struct agent *a, const uint8_t *bytes, size_t len)
{
    agent_desk_follow(a); /* with the rights of this moment */
    if (!a->clipboard)
        return; /* before the session is active nothing is answered */
    int error = ds_desk_clipboard_feed(a->clipboard, bytes, len);
    if (error && error != DS_ECLOSED)
        end_by_mistake(a);
}

bool agent_desk_switch(struct agent *a, uint8_t which, bool on)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE || !a->clipboard)
        return false;
    uint8_t now = ds_desk_clipboard_switches(a->clipboard);
    ds_desk_clipboard_switch(a->clipboard, (uint8_t)(on ? now | which : now & ~which));
    a->session.clipboard = ds_desk_clipboard_switches(a->clipboard);
    agent_changed(a);
    return true;
}

/* ---- drawings ---- */

static int send_note(void *ctx, const uint8_t *bytes, size_t len)
{
    struct agent *a = ctx;
    int error = a->tunnel ? ds_tunnel_send(a->tunnel, DS_CHANNEL_NOTES, bytes, len) : DS_ECLOSED;
    if (!error)
        agent_line_pump(a);
    return error;
}

static void tell_hand(struct agent *a)
{
    struct ds_buf message;
    bool draws = a->session.hand != 0;
    unsigned own = a->session.own_drawings;
    if (a->told_hand == (draws ? ~own : own) || !(a->peer_features & DS_FEATURE_HANDS))
        return;
    a->told_hand = draws ? ~own : own;
    ds_buf_init(&message, 8);
    if (!ds_notes_tell_hand(draws, own, &message))
        send_note(a, ds_buf_peek(&message), message.len);
    ds_buf_destroy(&message);
}

static void on_count(void *ctx, size_t count, size_t own)
{
    struct agent *a = ctx;
    if (a->session.drawings == count && a->session.own_drawings == own)
        return;
    a->session.drawings = (unsigned)count;
    a->session.own_drawings = (unsigned)own;
    ds_event_note(a->automation, count, own);
    tell_hand(a);
    if (a->session.phase == AGENT_PHASE_ACTIVE && !a->is_following)
        agent_changed(a);
}

static uint32_t last_update(void *ctx)
{
    struct agent *a = ctx;
    struct ds_feed_stats stats = {.newest = 0};
    if (a->screen)
        ds_feed_stats(a->screen, &stats);
    return stats.newest;
}

/* While a page of the agent's is before the customer, the layer never comes above anything. */
static bool is_own(void *ctx, uint32_t window)
{
    struct agent *a = ctx;
    return agent_show_is_asking(a->show) || a->session.lost_at != 0 ||
           agent_show_owns_window(a->show, window);
}

static void on_raise(void *ctx)
{
    agent_show_raise(((struct agent *)ctx)->show);
}

static const struct ds_drawings_events drawings_events = {
    .send = send_note,
    .on_count = on_count,
    .last_update = last_update,
    .is_own = is_own,
    .on_raise = on_raise,
};

void agent_desk_note(struct agent *a, const uint8_t *bytes, size_t len)
{
    int error;
    if (agent_shown_note(a, bytes, len, &error)) {
        if (error)
            end_by_mistake(a);
        return;
    }
    agent_desk_follow(a); /* with the rights of this moment */
    if (!a->drawings)
        return; /* before the session is active nothing is drawn */
    error = ds_drawings_feed(a->drawings, bytes, len);
    if (error && error != DS_ECLOSED)
        end_by_mistake(a);
}

void agent_desk_layout(struct agent *a, const struct ds_rcbuf *message)
{
    struct ds_feed_stats stats;
    struct ds_control layout;
    if (!a->drawings || ds_control_decode(message->data, message->len, &layout) ||
        layout.type != DS_CONTROL_LAYOUT)
        return;
    ds_feed_stats(a->screen, &stats);
    ds_drawings_set_area(a->drawings, layout.monitor,
                         (struct ds_rect){stats.x, stats.y, (int)layout.width, (int)layout.height});
}

bool agent_desk_erase(struct agent *a)
{
    return a->drawings && ds_drawings_erase(a->drawings);
}

void agent_desk_laser(struct agent *a, const struct ds_input *input)
{
    agent_desk_follow(a); /* with the rights of this moment */
    if (a->drawings && input->epoch == ds_tunnel_epoch(a->tunnel))
        ds_drawings_laser(a->drawings, input->x, input->y, input->color, input->down);
}

/* ---- the customer's own drawings ---- */

/* A question is before the customer: nothing of the rep's may lie over it. */
static bool is_asked(const struct agent *a)
{
    return agent_rights_asked(&a->session.rights) != DS_RIGHT_COUNT || a->session.resume_asked ||
           agent_show_is_asking(a->show);
}

/* Whether what is marked is shared too is the rep's preference; a command may forbid it here. */
static void open_clipboard(struct agent *a)
{
    a->clipboard = ds_desk_clipboard_open(&a->loop, a->options->display, &clipboard_events, a);
    if (a->clipboard)
        ds_desk_clipboard_switch(a->clipboard,
                                 DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES | DS_CLIPBOARD_PRIMARY);
}

/* Somebody sees what they draw. */
static bool is_watched(const struct agent *a)
{
    return a->drawings && may(a, DS_RIGHT_LOOK);
}

bool agent_desk_draw(struct agent *a, enum ds_note_tool tool)
{
    bool may_begin = is_watched(a) && a->session.lost_at == 0 && !is_asked(a);
    if ((tool != 0 && !may_begin) || tool > DS_NOTE_BOX)
        return false;
    if (tool != 0 && a->session.hand == 0)
        agent_show_toast(a->show, DS_TR("Draw on your screen. Esc when you are done."));
    a->session.hand = (uint8_t)tool;
    agent_changed(a);
    return true;
}

void agent_desk_hand(struct agent *a, const struct agent_show_event *event)
{
    if (a->drawings && a->session.hand != 0)
        ds_drawings_hand(a->drawings, (enum ds_note_tool)a->session.hand, event->hand, event->x,
                         event->y);
}

const char *agent_desk_add(struct agent *a, const struct ds_note *note)
{
    if (!is_watched(a))
        return "nobody sees the screen";
    switch (ds_drawings_add(a->drawings, note)) {
    case DS_OK:
        return NULL;
    case DS_EINVAL:
        return "a drawing needs its points, inside the screen";
    default:
        return "no further drawing can be shown";
    }
}

/* The mode ends by itself where nobody would see what is drawn, or a question needs the hand. */
static void follow_hand(struct agent *a)
{
    if (!is_watched(a) || a->session.lost_at != 0 || is_asked(a))
        a->session.hand = 0;
    if (a->drawings && !may(a, DS_RIGHT_LOOK))
        ds_drawings_clean(a->drawings);
    tell_hand(a);
}

/* ---- both ---- */

void agent_desk_follow(struct agent *a)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE || a->is_following)
        return;
    a->is_following = true; /* what changes by it is shown by the caller */
    if (!a->clipboard)
        open_clipboard(a);
    if (a->clipboard) {
        ds_desk_clipboard_by_offers(a->clipboard, a->peer_features & DS_FEATURE_OFFERS);
        ds_desk_clipboard_allow(a->clipboard, may(a, DS_RIGHT_CLIPBOARD));
        a->session.clipboard = ds_desk_clipboard_switches(a->clipboard);
    }
    if (!a->drawings)
        a->drawings = ds_drawings_open(&a->loop, a->options->display, agent_show_frame(a->show),
                                       &drawings_events, a);
    if (a->drawings)
        ds_drawings_allow(a->drawings, may(a, DS_RIGHT_POINT));
    follow_hand(a);
    a->is_following = false;
}

void agent_desk_uncover(struct agent *a)
{
    if (a->drawings)
        ds_drawings_hide(a->drawings, is_asked(a));
}

void agent_desk_end(struct agent *a)
{
    if (a->clipboard)
        ds_desk_clipboard_end(a->clipboard);
    ds_drawings_close(a->drawings);
    a->drawings = NULL;
    a->session.drawings = a->session.own_drawings = a->session.hand = 0;
}

void agent_desk_close(struct agent *a)
{
    agent_desk_end(a);
    ds_desk_clipboard_close(a->clipboard);
    a->clipboard = NULL;
}
