/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/clipboard.h"

#include "common/base/error.h"
#include "common/x11/display.h"
#include "common/x11/kin.h"
#include "common/x11/selection_read.h"
#include "common/x11/selection_serve.h"
#include "common/x11/span.h"
#include "common/x11/xfixes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

/* Without a sign of life of the program that copied; it may be busy, or gone. */
#define PATIENCE (5 * DS_SECOND)

enum atom {
    ATOM_CLIPBOARD,
    ATOM_TARGETS,
    ATOM_TIMESTAMP,
    ATOM_UTF8,
    ATOM_PLAIN_UTF8,
    ATOM_TEXT,
    ATOM_INCR,
    ATOM_HINT,
    ATOM_READ, /* the property on our window that owners write to */
    ATOM_COUNT,
};

static const char *const atom_names[ATOM_COUNT] = {
    [ATOM_CLIPBOARD] = "CLIPBOARD",
    [ATOM_TARGETS] = "TARGETS",
    [ATOM_TIMESTAMP] = "TIMESTAMP",
    [ATOM_UTF8] = "UTF8_STRING",
    [ATOM_PLAIN_UTF8] = "text/plain;charset=utf-8",
    [ATOM_TEXT] = "TEXT",
    [ATOM_INCR] = "INCR",
    [ATOM_HINT] = "x-kde-passwordManagerHint",
    [ATOM_READ] = "DESKSIDE_CLIPBOARD",
};

struct ds_x11_clipboard {
    struct ds_display display;
    const struct ds_x11_clipboard_events *events; /* borrowed */
    void *ctx;
    size_t most;
    xcb_atom_t atoms[ATOM_COUNT];
    uint8_t first_event; /* of XFixes */
    bool is_watching;

    xcb_window_t owner; /* our window that owns the selection */
    unsigned puts;      /* asked of the display and not yet told of by it */
    struct ds_selection_serve serve;

    /* What is being read: from a window of its own each time, so that late answers of the owner
     * before reach nothing. */
    xcb_window_t reader; /* 0: nothing is read */
    struct ds_selection_read read;
    xcb_timestamp_t read_time;
    unsigned asked;     /* sequence of the property that is being fetched, 0: none */
    bool has_new_value; /* the property was set meanwhile */
    ds_tick read_until;
};

/* ---- reading ---- */

static void stop_reading(struct ds_x11_clipboard *c)
{
    if (!c->reader)
        return;
    if (c->asked)
        xcb_discard_reply(c->display.conn, c->asked);
    c->asked = 0;
    xcb_destroy_window(c->display.conn, c->reader); /* and the property with it */
    c->reader = 0;
    ds_selection_end(&c->read);
}

static xcb_window_t make_window(struct ds_x11_clipboard *c)
{
    const uint32_t values[] = {XCB_EVENT_MASK_PROPERTY_CHANGE};
    xcb_window_t window = xcb_generate_id(c->display.conn);
    xcb_create_window(c->display.conn, XCB_COPY_FROM_PARENT, window, c->display.screen->root, -1,
                      -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
                      XCB_CW_EVENT_MASK, values);
    return window;
}

static void ask_property(struct ds_x11_clipboard *c)
{
    /* One word more than is wanted shows that it is too much; STRING needs no more than that. */
    uint32_t words = (uint32_t)(c->most / 4 + 2);
    c->has_new_value = false;
    c->asked = xcb_get_property(c->display.conn, 1, c->reader, c->atoms[ATOM_READ],
                                XCB_GET_PROPERTY_TYPE_ANY, 0, words)
                   .sequence;
}

static void follow(struct ds_x11_clipboard *c, enum ds_selection_act act, ds_tick now)
{
    switch (act) {
    case DS_SELECTION_CONVERT:
        xcb_convert_selection(c->display.conn, c->reader, c->atoms[ATOM_CLIPBOARD], c->read.target,
                              c->atoms[ATOM_READ], c->read_time);
        c->read_until = now + PATIENCE;
        return;
    case DS_SELECTION_WAIT:
        c->read_until = now + PATIENCE;
        if (c->has_new_value && c->read.step == DS_SELECTION_INCR)
            ask_property(c);
        return;
    case DS_SELECTION_DONE:
        c->events->on_text(c->ctx, (const char *)ds_buf_peek(&c->read.text), c->read.text.len);
        break;
    case DS_SELECTION_TOO_LONG:
        c->events->on_too_long(c->ctx);
        break;
    case DS_SELECTION_NOTHING:
        break;
    }
    stop_reading(c);
}

static void start_reading(struct ds_x11_clipboard *c, xcb_timestamp_t time, ds_tick now)
{
    const struct ds_selection_atoms atoms = {.targets = c->atoms[ATOM_TARGETS],
                                             .utf8 = c->atoms[ATOM_UTF8],
                                             .plain_utf8 = c->atoms[ATOM_PLAIN_UTF8],
                                             .string = XCB_ATOM_STRING,
                                             .incr = c->atoms[ATOM_INCR],
                                             .hint = c->atoms[ATOM_HINT]};
    stop_reading(c);
    c->reader = make_window(c);
    c->read_time = time;
    c->has_new_value = false;
    follow(c, ds_selection_begin(&c->read, &atoms, c->most), now);
}

static void take_value(struct ds_x11_clipboard *c, const xcb_get_property_reply_t *reply,
                       ds_tick now)
{
    struct ds_selection_value value = {.type = XCB_ATOM_NONE};
    if (reply) {
        size_t room = (size_t)reply->length * 4;
        value = (struct ds_selection_value){.type = reply->type,
                                            .format = reply->format,
                                            .bytes = reply + 1,
                                            .len = (size_t)reply->value_len * (reply->format / 8u),
                                            .has_more = reply->bytes_after > 0};
        value.len = value.len < room ? value.len : room;
    }
    /* A property that was not read to its end is not deleted by reading. */
    if (value.has_more)
        xcb_delete_property(c->display.conn, c->reader, c->atoms[ATOM_READ]);
    follow(c, ds_selection_take(&c->read, &value), now);
}

/* True when the answer to the question for the property was there. */
static bool take_reply(struct ds_x11_clipboard *c, ds_tick now)
{
    void *reply = NULL;
    xcb_generic_error_t *error = NULL;
    if (!c->asked || !xcb_poll_for_reply(c->display.conn, c->asked, &reply, &error))
        return false;
    c->asked = 0;
    free(error);
    take_value(c, reply, now);
    if (reply)
        explicit_bzero(reply, sizeof(xcb_get_property_reply_t) +
                                  (size_t)((xcb_get_property_reply_t *)reply)->length * 4);
    free(reply);
    return true;
}

/* ---- events ---- */

static void on_owner(struct ds_x11_clipboard *c, const xcb_xfixes_selection_notify_event_t *event,
                     ds_tick now)
{
    if (event->owner == c->owner) {
        c->puts -= c->puts > 0;
        c->serve.since = event->selection_timestamp;
        return;
    }
    if (c->puts > 0)
        return; /* ours comes after it */
    ds_selection_serve_set(&c->serve, NULL);
    stop_reading(c);
    /* what another session of this program owns is of another customer */
    if (c->is_watching && event->owner != XCB_WINDOW_NONE && !ds_x11_kin_has(event->owner))
        start_reading(c, event->timestamp, now);
}

static void on_answer(struct ds_x11_clipboard *c, const xcb_selection_notify_event_t *event,
                      ds_tick now)
{
    if (!c->reader || event->requestor != c->reader || event->target != c->read.target ||
        c->asked || c->read.step == DS_SELECTION_INCR)
        return;
    if (event->property == XCB_ATOM_NONE)
        follow(c, ds_selection_refused(&c->read), now);
    else if (event->property == c->atoms[ATOM_READ])
        ask_property(c);
}

static void on_property(struct ds_x11_clipboard *c, const xcb_property_notify_event_t *event,
                        ds_tick now)
{
    if (c->reader && event->window == c->reader) {
        if (event->atom != c->atoms[ATOM_READ] || event->state != XCB_PROPERTY_NEW_VALUE)
            return;
        c->has_new_value = true;
        if (c->read.step == DS_SELECTION_INCR && !c->asked)
            ask_property(c);
    } else if (event->state == XCB_PROPERTY_DELETE) {
        ds_selection_serve_deleted(&c->serve, event, now);
    }
}

static void on_event(struct ds_x11_clipboard *c, const xcb_generic_event_t *event, ds_tick now)
{
    uint8_t type = event->response_type & 0x7f; /* the top bit: sent by a program */
    if (type == c->first_event + XCB_XFIXES_SELECTION_NOTIFY && !(event->response_type & 0x80))
        on_owner(c, (const xcb_xfixes_selection_notify_event_t *)event, now);
    else if (type == XCB_SELECTION_NOTIFY)
        on_answer(c, (const xcb_selection_notify_event_t *)event, now);
    else if (type == XCB_PROPERTY_NOTIFY)
        on_property(c, (const xcb_property_notify_event_t *)event, now);
    else if (type == XCB_SELECTION_REQUEST)
        ds_selection_serve_request(&c->serve, (const xcb_selection_request_event_t *)event, now);
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

int ds_x11_clipboard_poll(struct ds_x11_clipboard *c, ds_tick now)
{
    bool is_busy = true;
    if (c->reader && c->read_until <= now)
        stop_reading(c);
    ds_selection_serve_tick(&c->serve, now);
    /* Sending reads what comes into xcb's queue, where no descriptor tells of it: until everything
     * is sent and the queue was empty after that. */
    while (is_busy) {
        xcb_flush(c->display.conn);
        is_busy = false;
        while (take_event(c, now) || take_reply(c, now))
            is_busy = true;
    }
    return ds_display_is_gone(&c->display) ? DS_ECLOSED : DS_OK;
}

ds_tick ds_x11_clipboard_deadline(const struct ds_x11_clipboard *c)
{
    ds_tick next = c->reader ? c->read_until : 0;
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++) {
        const struct ds_selection_transfer *t = &c->serve.transfers[i];
        if (t->bytes && (next == 0 || t->until < next))
            next = t->until;
    }
    return next;
}

int ds_x11_clipboard_fd(const struct ds_x11_clipboard *c)
{
    return xcb_get_file_descriptor(c->display.conn);
}

void ds_x11_clipboard_watch(struct ds_x11_clipboard *c, bool on)
{
    c->is_watching = on;
    if (!on)
        stop_reading(c);
}

bool ds_x11_clipboard_put(struct ds_x11_clipboard *c, const char *text, size_t len)
{
    struct ds_rcbuf *content = ds_rcbuf_new(len);
    if (!content)
        return false;
    memcpy(content->data, text, len);
    stop_reading(c); /* what was there is over */
    ds_selection_serve_set(&c->serve, content);
    xcb_set_selection_owner(c->display.conn, c->owner, c->atoms[ATOM_CLIPBOARD], XCB_CURRENT_TIME);
    c->puts++;
    return true;
}

/* ---- life ---- */

static bool intern(struct ds_x11_clipboard *c)
{
    xcb_intern_atom_cookie_t asked[ATOM_COUNT];
    bool has_all = true;
    for (int i = 0; i < ATOM_COUNT; i++)
        asked[i] =
            xcb_intern_atom(c->display.conn, 0, (uint16_t)strlen(atom_names[i]), atom_names[i]);
    for (int i = 0; i < ATOM_COUNT; i++) {
        xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(c->display.conn, asked[i], NULL);
        c->atoms[i] = reply ? reply->atom : XCB_ATOM_NONE;
        has_all = has_all && c->atoms[i] != XCB_ATOM_NONE;
        free(reply);
    }
    return has_all;
}

static bool prepare(struct ds_x11_clipboard *c)
{
    const xcb_query_extension_reply_t *data = ds_display_extension(&c->display, &ds_xfixes_id);
    if (!data || ds_xfixes_use(c->display.conn, 2) < 1 || !intern(c))
        return false;
    c->first_event = data->first_event;
    c->owner = make_window(c);
    ds_x11_kin_add(c->owner);
    c->serve = (struct ds_selection_serve){.conn = c->display.conn,
                                           .targets = c->atoms[ATOM_TARGETS],
                                           .timestamp = c->atoms[ATOM_TIMESTAMP],
                                           .utf8 = c->atoms[ATOM_UTF8],
                                           .plain_utf8 = c->atoms[ATOM_PLAIN_UTF8],
                                           .text = c->atoms[ATOM_TEXT],
                                           .incr = c->atoms[ATOM_INCR]};
    ds_xfixes_select_selection(c->display.conn, c->owner, c->atoms[ATOM_CLIPBOARD]);
    xcb_flush(c->display.conn);
    return true;
}

struct ds_x11_clipboard *ds_x11_clipboard_open(const char *display, size_t most,
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
    c->most = most;
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
    stop_reading(c);
    ds_x11_kin_remove(c->owner);
    ds_selection_serve_clear(&c->serve);
    ds_display_close(&c->display);
    free(c);
}
