/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/clipboard.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/service/clipboard.h"
#include "common/x11/clipboard.h"

#include <stdlib.h>

struct ds_desk_clipboard {
    struct ds_clipboard rules;
    const struct ds_desk_clipboard_events *events; /* borrowed */
    void *ctx;
    uv_loop_t *loop;
    const char *display;          /* borrowed */
    struct ds_x11_clipboard *x11; /* owned; NULL until the first right */
    struct ds_buf scratch;        /* one outgoing message */
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned handles; /* not closed yet; the last one frees */
    bool has_failed;  /* the display cannot share, or is gone */
};

static int send_waiting(struct ds_desk_clipboard *c)
{
    int error = DS_OK;
    while (!error && ds_clipboard_drain(&c->rules, &c->scratch)) {
        error = c->events->send(c->ctx, ds_buf_peek(&c->scratch), c->scratch.len);
        ds_buf_wipe(&c->scratch);
        ds_buf_init(&c->scratch, DS_CLIPBOARD_MAX + 16);
    }
    return error;
}

/* ---- the display ---- */

static void on_text(void *ctx, const char *text, size_t len)
{
    struct ds_desk_clipboard *c = ctx;
    int error = ds_clipboard_copied(&c->rules, text, len);
    if (error)
        ds_log_debug("a copied text stays here error=%s", ds_error_name(error));
    if (send_waiting(c))
        ds_log_warn("a copied text could not be sent");
}

static void on_too_long(void *ctx)
{
    struct ds_desk_clipboard *c = ctx;
    if (c->rules.allowed)
        c->events->on_too_long(c->ctx);
}

static const struct ds_x11_clipboard_events x11_events = {
    .on_text = on_text,
    .on_too_long = on_too_long,
};

static void on_timer(uv_timer_t *timer);

static void turn(struct ds_desk_clipboard *c)
{
    ds_tick now = ds_clock_now();
    if (!c->x11 || c->has_failed)
        return;
    if (ds_x11_clipboard_poll(c->x11, now)) {
        ds_log_warn("the clipboard's display is gone");
        c->has_failed = true;
        ds_clipboard_allow(&c->rules, false);
        uv_poll_stop(&c->poll);
        uv_timer_stop(&c->timer);
        return;
    }
    ds_tick next = ds_x11_clipboard_deadline(c->x11);
    if (next == 0)
        uv_timer_stop(&c->timer);
    else
        uv_timer_start(&c->timer, on_timer, next > now ? (next - now) / DS_MS + 1 : 1, 0);
}

static void on_timer(uv_timer_t *timer)
{
    turn(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    turn(poll->data);
}

static bool open_display(struct ds_desk_clipboard *c)
{
    char message[256] = "";
    if (c->x11)
        return !c->has_failed;
    if (c->has_failed)
        return false;
    c->x11 = ds_x11_clipboard_open(c->display, DS_CLIPBOARD_MAX, &x11_events, c, message,
                                   sizeof(message));
    if (!c->x11 || uv_poll_init(c->loop, &c->poll, ds_x11_clipboard_fd(c->x11))) {
        ds_log_warn("no clipboard: %s", message);
        c->has_failed = true;
        return false;
    }
    c->poll.data = c;
    c->handles++;
    uv_poll_start(&c->poll, UV_READABLE, on_readable);
    return true;
}

/* ---- for the end ---- */

void ds_desk_clipboard_allow(struct ds_desk_clipboard *c, bool allowed)
{
    if (allowed == c->rules.allowed || (allowed && !open_display(c)))
        return;
    ds_clipboard_allow(&c->rules, allowed);
    if (!c->x11)
        return;
    ds_x11_clipboard_watch(c->x11, allowed);
    turn(c);
}

int ds_desk_clipboard_feed(struct ds_desk_clipboard *c, const uint8_t *bytes, size_t len)
{
    struct ds_clipboard_news news;
    int error = ds_clipboard_feed(&c->rules, bytes, len, &news);
    if (error)
        return error;
    switch (news.type) {
    case DS_CLIPBOARD_NEWS_PUT:
        if (ds_x11_clipboard_put(c->x11, news.text, news.len)) {
            turn(c);
            c->events->on_moved(c->ctx, false, news.len);
        }
        break;
    case DS_CLIPBOARD_NEWS_DELIVERED:
        c->events->on_moved(c->ctx, true, news.len);
        break;
    case DS_CLIPBOARD_NEWS_REFUSED:
        ds_log_info("a clipboard text was not taken bytes=%zu", news.len);
        break;
    case DS_CLIPBOARD_NEWS_NONE:
        break;
    }
    return send_waiting(c);
}

/* ---- life ---- */

struct ds_desk_clipboard *ds_desk_clipboard_open(uv_loop_t *loop, const char *display,
                                                 const struct ds_desk_clipboard_events *events,
                                                 void *ctx)
{
    struct ds_desk_clipboard *c = calloc(1, sizeof(*c));
    if (!c || uv_timer_init(loop, &c->timer)) {
        free(c);
        return NULL;
    }
    ds_clipboard_init(&c->rules);
    ds_buf_init(&c->scratch, DS_CLIPBOARD_MAX + 16);
    c->events = events;
    c->ctx = ctx;
    c->loop = loop;
    c->display = display;
    c->timer.data = c;
    c->handles = 1;
    return c;
}

static void on_closed(uv_handle_t *handle)
{
    struct ds_desk_clipboard *c = handle->data;
    if (--c->handles > 0)
        return;
    ds_x11_clipboard_close(c->x11);
    ds_clipboard_destroy(&c->rules);
    ds_buf_wipe(&c->scratch);
    free(c);
}

void ds_desk_clipboard_close(struct ds_desk_clipboard *c)
{
    if (!c)
        return;
    bool has_poll = c->handles > 1;
    uv_close((uv_handle_t *)&c->timer, on_closed);
    if (has_poll)
        uv_close((uv_handle_t *)&c->poll, on_closed);
}

struct ds_clipboard_place ds_desk_clipboard_leave(const struct ds_desk_clipboard *c)
{
    static const struct ds_clipboard_place fresh = {.is_answered = true};
    return c ? ds_clipboard_leave(&c->rules) : fresh;
}

void ds_desk_clipboard_return(struct ds_desk_clipboard *c, const struct ds_clipboard_place *place)
{
    ds_clipboard_return(&c->rules, place);
    if (send_waiting(c)) /* the answer that was still to be given */
        ds_log_warn("the clipboard's answer could not be sent");
}
