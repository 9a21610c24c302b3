/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other programs have copied: looked at, compared with what they may only have taken over, and
 * read. */
#include "common/x11/clipboard_priv.h"

#include <string.h>

static void leave(struct ds_x11_clipboard *c, struct ds_selection_ask *ask)
{
    if (!ask->window || (ask->read.step != DS_SELECTION_INCR && ask->at == 0)) {
        ds_selection_ask_stop(ask);
        return;
    }
    ds_selection_ask_stop(&c->leaving);
    c->leaving = *ask;
    c->drained = 0;
    ask->window = 0;
    ask->asked = 0;
    ask->read = (struct ds_selection_read){.step = DS_SELECTION_OVER};
    ds_selection_ask_pause(&c->leaving, false, ds_clock_now());
}

static void begin_read(struct ds_x11_clipboard *c, ds_tick now)
{
    const struct ds_x11_board *b = &c->boards[c->read_selection];
    c->read_waits = c->leaving.window != 0;
    if (!c->read_waits)
        ds_selection_ask_fetch(&c->read, b->atom, b->time, c->read_format, b->best[c->read_format],
                               now);
}

static void end_leaving(struct ds_x11_clipboard *c, ds_tick now)
{
    ds_selection_ask_stop(&c->leaving);
    if (c->read_waits)
        begin_read(c, now);
}

static void drain(struct ds_x11_clipboard *c, enum ds_selection_act act, ds_tick now)
{
    c->drained += c->leaving.read.piece.len;
    ds_buf_clear(&c->leaving.read.piece);
    if (act != DS_SELECTION_WAIT || c->drained > DS_CLIP_MAX)
        end_leaving(c, now);
}

/* ---- what other programs have copied ---- */

void ds_x11_look_end(struct ds_x11_clipboard *c, struct ds_x11_board *b)
{
    leave(c, &b->look);
    ds_selection_content_unref(b->echo);
    b->echo = NULL;
}

void ds_x11_look_tell(struct ds_x11_clipboard *c, struct ds_x11_board *b, unsigned formats)
{
    ds_x11_look_end(c, b);
    b->formats = formats;
    c->events->on_copied(c->ctx, (enum ds_clip_selection)(b - c->boards), formats);
}

/* A clipboard manager takes over what it has pasted; that is no news. Looks whether it is the same.
 * False: nothing is to be compared. */
static bool compare(struct ds_x11_board *b, ds_tick now)
{
    for (unsigned format = 0; format < DS_CLIP_FORMATS; format++) {
        struct ds_selection_content *content = b->serve.contents[format];
        if (!content || !content->is_whole || !(b->formats & 1u << format))
            continue;
        b->echo = ds_selection_content_ref(content);
        b->compared = 0;
        ds_selection_ask_fetch(&b->look, b->atom, b->time, format, b->best[format], now);
        return true;
    }
    return false;
}

static void go_on_comparing(struct ds_x11_clipboard *c, struct ds_x11_board *b,
                            enum ds_selection_act act)
{
    struct ds_buf *piece = &b->look.read.piece;
    const struct ds_buf *echo = &b->echo->bytes;
    bool is_same = act != DS_SELECTION_NOTHING && piece->len <= echo->len - b->compared &&
                   memcmp(ds_buf_peek(piece), ds_buf_peek(echo) + b->compared, piece->len) == 0;
    b->compared += piece->len;
    ds_buf_clear(piece);
    if (!is_same || (act == DS_SELECTION_DONE && b->compared < echo->len))
        ds_x11_look_tell(c, b, b->formats);
    else if (act == DS_SELECTION_DONE)
        ds_x11_look_end(c, b);
}

static void on_look(struct ds_x11_clipboard *c, struct ds_x11_board *b, enum ds_selection_act act,
                    ds_tick now)
{
    if (b->echo) {
        go_on_comparing(c, b, act);
        return;
    }
    if (act == DS_SELECTION_WAIT)
        return;
    if (act == DS_SELECTION_NOTHING) {
        ds_x11_look_tell(c, b, 0);
        return;
    }
    b->formats = b->look.read.formats;
    memcpy(b->best, b->look.read.best, sizeof(b->best));
    if (!compare(b, now))
        ds_x11_look_tell(c, b, b->formats);
}

/* ---- reading ---- */

static void on_read(struct ds_x11_clipboard *c, enum ds_selection_act act)
{
    struct ds_buf *piece = &c->read.read.piece;
    xcb_window_t window = c->read.window;
    if (act != DS_SELECTION_NOTHING && piece->len > 0)
        c->events->on_piece(c->ctx, ds_buf_peek(piece), piece->len);
    if (c->read.window != window)
        return; /* stopped, or another read has begun */
    ds_buf_clear(piece);
    if (act == DS_SELECTION_WAIT)
        return;
    ds_selection_ask_stop(&c->read);
    c->events->on_read(c->ctx, act == DS_SELECTION_DONE);
}

void ds_x11_clipboard_read(struct ds_x11_clipboard *c, enum ds_clip_selection selection,
                           enum ds_clip_format format, ds_tick now)
{
    leave(c, &c->read);
    c->read_selection = selection;
    c->read_format = format;
    begin_read(c, now);
}

void ds_x11_clipboard_stop_reading(struct ds_x11_clipboard *c)
{
    leave(c, &c->read);
    c->read_waits = false;
}

void ds_x11_clipboard_pause_reading(struct ds_x11_clipboard *c, bool paused, ds_tick now)
{
    ds_selection_ask_pause(&c->read, paused, now);
}

/* ---- for all that is asked ---- */

void ds_x11_look_begin(struct ds_x11_clipboard *c, struct ds_x11_board *b, xcb_timestamp_t time,
                       ds_tick now)
{
    (void)c;
    b->time = time;
    ds_selection_ask_look(&b->look, b->atom, time, now);
}

void ds_x11_look_answer(struct ds_x11_clipboard *c, const xcb_selection_notify_event_t *event,
                        ds_tick now)
{
    if (event->requestor == c->read.window) {
        on_read(c, ds_selection_ask_answer(&c->read, event, now));
        return;
    }
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        struct ds_x11_board *b = &c->boards[i];
        if (b->look.window && event->requestor == b->look.window)
            on_look(c, b, ds_selection_ask_answer(&b->look, event, now), now);
    }
}

void ds_x11_look_property(struct ds_x11_clipboard *c, const xcb_property_notify_event_t *event)
{
    ds_selection_ask_property(&c->read, event);
    ds_selection_ask_property(&c->leaving, event);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        ds_selection_ask_property(&c->boards[i].look, event);
}

bool ds_x11_look_poll(struct ds_x11_clipboard *c, ds_tick now)
{
    enum ds_selection_act act;
    bool is_busy = false;
    if (ds_selection_ask_poll(&c->read, &act, now)) {
        on_read(c, act);
        is_busy = true;
    }
    if (ds_selection_ask_poll(&c->leaving, &act, now)) {
        drain(c, act, now);
        is_busy = true;
    }
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        struct ds_x11_board *b = &c->boards[i];
        if (ds_selection_ask_poll(&b->look, &act, now)) {
            on_look(c, b, act, now);
            is_busy = true;
        }
    }
    return is_busy;
}

void ds_x11_look_tick(struct ds_x11_clipboard *c, ds_tick now)
{
    ds_tick until = ds_selection_ask_deadline(&c->read);
    if (until && until <= now)
        on_read(c, DS_SELECTION_NOTHING);
    until = ds_selection_ask_deadline(&c->leaving);
    if (until && until <= now)
        end_leaving(c, now);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        until = ds_selection_ask_deadline(&c->boards[i].look);
        if (until && until <= now)
            on_look(c, &c->boards[i], DS_SELECTION_NOTHING, now);
    }
}

ds_tick ds_x11_look_deadline(const struct ds_x11_clipboard *c)
{
    ds_tick next =
        ds_tick_sooner(ds_selection_ask_deadline(&c->read), ds_selection_ask_deadline(&c->leaving));
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        next = ds_tick_sooner(next, ds_selection_ask_deadline(&c->boards[i].look));
    return next;
}

void ds_x11_look_stop(struct ds_x11_clipboard *c)
{
    ds_selection_ask_stop(&c->read);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        ds_x11_look_end(c, &c->boards[i]);
    ds_selection_ask_stop(&c->leaving);
}
