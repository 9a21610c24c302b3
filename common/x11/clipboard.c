/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/clipboard_priv.h"

#include "common/base/error.h"
#include "common/x11/xfixes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- events ---- */

static void on_owner(struct ds_x11_clipboard *c, const xcb_xfixes_selection_notify_event_t *event,
                     ds_tick now)
{
    struct ds_x11_board *b = event->selection == c->boards[0].atom ? &c->boards[0] : &c->boards[1];
    if (event->selection != b->atom)
        return;
    if (event->owner == b->owner) {
        b->puts -= b->puts > 0;
        b->serve.since = event->selection_timestamp;
        return;
    }
    if (b->puts > 0)
        return; /* ours comes after it */
    bool was_ours = b->is_ours;
    b->is_ours = false;
    ds_x11_look_end(c, b);
    if (was_ours)
        c->events->on_lost(c->ctx, (enum ds_clip_selection)(b - c->boards));
    if (!b->is_watched)
        return;
    if (event->owner == XCB_WINDOW_NONE)
        ds_x11_look_tell(c, b, 0);
    else
        ds_x11_look_begin(c, b, event->timestamp, now);
}

static void on_property(struct ds_x11_clipboard *c, const xcb_property_notify_event_t *event,
                        ds_tick now)
{
    ds_x11_look_property(c, event);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        if (event->state == XCB_PROPERTY_DELETE)
            ds_selection_serve_deleted(&c->boards[i].serve, event, now);
}

static void on_request(struct ds_x11_clipboard *c, const xcb_selection_request_event_t *event,
                       ds_tick now)
{
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        if (c->boards[i].atom == event->selection && c->boards[i].owner == event->owner)
            ds_selection_serve_request(&c->boards[i].serve, event, now);
}

static void on_event(struct ds_x11_clipboard *c, const xcb_generic_event_t *event, ds_tick now)
{
    uint8_t type = event->response_type & 0x7f; /* the top bit: sent by a program */
    if (type == c->first_event + XCB_XFIXES_SELECTION_NOTIFY && !(event->response_type & 0x80))
        on_owner(c, (const xcb_xfixes_selection_notify_event_t *)event, now);
    else if (type == XCB_SELECTION_NOTIFY)
        ds_x11_look_answer(c, (const xcb_selection_notify_event_t *)event, now);
    else if (type == XCB_PROPERTY_NOTIFY)
        on_property(c, (const xcb_property_notify_event_t *)event, now);
    else if (type == XCB_SELECTION_REQUEST)
        on_request(c, (const xcb_selection_request_event_t *)event, now);
}

static bool take_event(struct ds_x11_clipboard *c, ds_tick now)
{
    xcb_generic_event_t *event = xcb_poll_for_event(c->display.conn);
    if (!event)
        return false;
    on_event(c, event, now);
    free(event);
    return true;
}

/* Asks for what programs have begun to wait for. */
static bool tell_wanted(struct ds_x11_clipboard *c, unsigned selection)
{
    struct ds_selection_serve *serve = &c->boards[selection].serve;
    unsigned wanted = serve->wanted;
    serve->wanted = 0;
    for (unsigned format = 0; format < DS_CLIP_FORMATS; format++)
        if (wanted & 1u << format)
            c->events->on_wanted(c->ctx, selection, format);
    return wanted != 0;
}

static bool take_replies(struct ds_x11_clipboard *c, ds_tick now)
{
    bool is_busy = ds_x11_look_poll(c, now);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        is_busy = ds_selection_serve_poll(&c->boards[i].serve, now) || is_busy;
        is_busy = tell_wanted(c, i) || is_busy;
    }
    return is_busy;
}

int ds_x11_clipboard_poll(struct ds_x11_clipboard *c, ds_tick now)
{
    bool is_busy = true;
    ds_x11_look_tick(c, now);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        ds_selection_serve_tick(&c->boards[i].serve, now);
    /* Sending reads what comes into xcb's queue, where no descriptor tells of it: until everything
     * is sent and the queue was empty after that. */
    while (is_busy) {
        xcb_flush(c->display.conn);
        is_busy = false;
        while (take_event(c, now) || take_replies(c, now))
            is_busy = true;
    }
    return ds_display_is_gone(&c->display) ? DS_ECLOSED : DS_OK;
}

ds_tick ds_x11_clipboard_deadline(const struct ds_x11_clipboard *c)
{
    ds_tick next = ds_x11_look_deadline(c);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        for (size_t k = 0; k < DS_SELECTION_TRANSFERS; k++)
            if (c->boards[i].serve.transfers[k].content)
                next = ds_tick_sooner(next, c->boards[i].serve.transfers[k].until);
    return next;
}

int ds_x11_clipboard_fd(const struct ds_x11_clipboard *c)
{
    return xcb_get_file_descriptor(c->display.conn);
}

uint64_t ds_x11_clipboard_place(const struct ds_x11_clipboard *c)
{
    return c->place;
}

/* ---- owning ---- */

static void use(struct ds_x11_clipboard *c, struct ds_x11_board *b)
{
    if (b->owner)
        return;
    b->owner = ds_selection_window(&c->display);
    ds_xfixes_select_selection(c->display.conn, b->owner, b->atom);
}

void ds_x11_clipboard_watch(struct ds_x11_clipboard *c, enum ds_clip_selection selection, bool on)
{
    struct ds_x11_board *b = &c->boards[selection];
    b->is_watched = on;
    if (on)
        use(c, b);
    else
        ds_x11_look_end(c, b);
}

void ds_x11_clipboard_offer(struct ds_x11_clipboard *c, enum ds_clip_selection selection,
                            unsigned formats)
{
    struct ds_x11_board *b = &c->boards[selection];
    use(c, b);
    ds_x11_look_end(c, b); /* what was there is over */
    ds_selection_serve_offer(&b->serve, formats);
    xcb_set_selection_owner(c->display.conn, b->owner, b->atom, XCB_CURRENT_TIME);
    b->is_ours = true;
    b->puts++;
}

bool ds_x11_clipboard_put(struct ds_x11_clipboard *c, enum ds_clip_format format, const void *bytes,
                          size_t len)
{
    ds_x11_clipboard_offer(c, DS_CLIP_CLIPBOARD, 1u << format);
    if (ds_selection_serve_fill(&c->boards[DS_CLIP_CLIPBOARD].serve, format, bytes, len, true, 0))
        return true;
    ds_x11_clipboard_release(c, DS_CLIP_CLIPBOARD);
    return false;
}

bool ds_x11_clipboard_fill(struct ds_x11_clipboard *c, enum ds_clip_selection selection,
                           enum ds_clip_format format, const uint8_t *bytes, size_t len,
                           bool is_last, ds_tick now)
{
    return ds_selection_serve_fill(&c->boards[selection].serve, format, bytes, len, is_last, now);
}

void ds_x11_clipboard_fail(struct ds_x11_clipboard *c, enum ds_clip_selection selection,
                           enum ds_clip_format format)
{
    ds_selection_serve_fail(&c->boards[selection].serve, format);
}

void ds_x11_clipboard_release(struct ds_x11_clipboard *c, enum ds_clip_selection selection)
{
    struct ds_x11_board *b = &c->boards[selection];
    if (ds_selection_serve_keep(&b->serve) || !b->is_ours)
        return;
    b->is_ours = false;
    xcb_set_selection_owner(c->display.conn, XCB_WINDOW_NONE, b->atom, b->serve.since);
}

/* ---- life ---- */

static uint64_t read_place(struct ds_x11_clipboard *c)
{
    uint64_t place = 0;
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        c->display.conn,
        xcb_get_property(c->display.conn, 0, c->display.screen->root, c->atoms.place,
                         XCB_ATOM_CARDINAL, 0, sizeof(place) / 4),
        NULL);
    if (reply && reply->format == 8 && reply->value_len == sizeof(place))
        memcpy(&place, reply + 1, sizeof(place));
    free(reply);
    return place;
}

/* The display's number; makes one when there is none. */
static uint64_t find_place(struct ds_x11_clipboard *c)
{
    uint64_t place = read_place(c), made;
    if (place != 0 || getrandom(&made, sizeof(made), 0) != (ssize_t)sizeof(made))
        return place;
    /* when two make one at once, the first counts */
    xcb_change_property(c->display.conn, XCB_PROP_MODE_APPEND, c->display.screen->root,
                        c->atoms.place, XCB_ATOM_CARDINAL, 8, sizeof(made), &made);
    return read_place(c);
}

static bool prepare(struct ds_x11_clipboard *c)
{
    const xcb_query_extension_reply_t *data = ds_display_extension(&c->display, &ds_xfixes_id);
    if (!data || ds_xfixes_use(c->display.conn, 2) < 1 ||
        !ds_selection_atoms_get(&c->atoms, c->display.conn))
        return false;
    c->first_event = data->first_event;
    c->boards[DS_CLIP_CLIPBOARD].atom = c->atoms.clipboard;
    c->boards[DS_CLIP_PRIMARY].atom = XCB_ATOM_PRIMARY;
    c->read.display = &c->display;
    c->read.atoms = &c->atoms;
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        struct ds_x11_board *b = &c->boards[i];
        b->look.display = &c->display;
        b->look.atoms = &c->atoms;
        b->serve.conn = c->display.conn;
        b->serve.atoms = &c->atoms;
    }
    c->place = find_place(c);
    xcb_flush(c->display.conn);
    return true;
}

struct ds_x11_clipboard *ds_x11_clipboard_open(const char *display,
                                               const struct ds_x11_clipboard_events *events,
                                               void *ctx, char *message, size_t size)
{
    struct ds_x11_clipboard *c = calloc(1, sizeof(*c));
    if (!c) {
        snprintf(message, size, "There is not enough memory.");
        return NULL;
    }
    c->events = events;
    c->ctx = ctx;
    if (ds_display_open(&c->display, display, message, size)) {
        free(c);
        return NULL;
    }
    if (!prepare(c)) {
        snprintf(message, size, "This X display cannot share its clipboard.");
        ds_display_close(&c->display);
        free(c);
        return NULL;
    }
    return c;
}

void ds_x11_clipboard_close(struct ds_x11_clipboard *c)
{
    if (!c)
        return;
    ds_x11_look_stop(c);
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++)
        ds_selection_serve_clear(&c->boards[i].serve);
    ds_display_close(&c->display);
    free(c);
}
