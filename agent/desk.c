/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/desk.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/ui/text.h"

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

static void on_moved(void *ctx, bool from_here, size_t len)
{
    struct agent *a = ctx;
    ds_event_clipboard(a->automation, from_here ? "to-rep" : "to-customer", len);
}

static void on_too_long(void *ctx)
{
    struct agent *a = ctx;
    ds_event_error(a->automation, DS_EVENT_CLIPBOARD_TOO_LONG,
                   "What was copied is too long to be shared: at most 256 KB of text", "");
    agent_show_toast(a->show, DS_TR("What you copied is too long to be shared."));
}

static const struct ds_desk_clipboard_events clipboard_events = {
    .send = send_clipboard,
    .on_moved = on_moved,
    .on_too_long = on_too_long,
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

/* ---- both ---- */

void agent_desk_follow(struct agent *a)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE)
        return;
    if (!a->clipboard)
        a->clipboard = ds_desk_clipboard_open(&a->loop, a->options->display, &clipboard_events, a);
    if (a->clipboard)
        ds_desk_clipboard_allow(a->clipboard, may(a, DS_RIGHT_CLIPBOARD));
}

void agent_desk_close(struct agent *a)
{
    ds_desk_clipboard_close(a->clipboard);
    a->clipboard = NULL;
}
