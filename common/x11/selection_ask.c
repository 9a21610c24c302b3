/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/selection_ask.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

/* Without a sign of life of the program that copied; it may be busy, or gone. */
#define PATIENCE (5 * DS_SECOND)

xcb_window_t ds_selection_window(const struct ds_display *display)
{
    const uint32_t values[] = {XCB_EVENT_MASK_PROPERTY_CHANGE};
    xcb_window_t window = xcb_generate_id(display->conn);
    xcb_create_window(display->conn, XCB_COPY_FROM_PARENT, window, display->screen->root, -1, -1, 1,
                      1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK,
                      values);
    return window;
}

void ds_selection_ask_stop(struct ds_selection_ask *a)
{
    if (!a->window)
        return;
    if (a->asked)
        xcb_discard_reply(a->display->conn, a->asked);
    a->asked = 0;
    xcb_destroy_window(a->display->conn, a->window); /* and the property with it */
    a->window = 0;
    ds_selection_end(&a->read);
}

static void ask_property(struct ds_selection_ask *a)
{
    a->is_due = a->is_paused;
    if (a->is_paused)
        return;
    if (a->at == 0)
        a->has_new_value = false;
    /* it is deleted with its last part */
    a->asked = xcb_get_property(a->display->conn, 1, a->window, a->atoms->read,
                                XCB_GET_PROPERTY_TYPE_ANY, a->at, DS_SELECTION_PART / 4)
                   .sequence;
}

/* CONVERT is carried out, the rest is for the caller. */
static enum ds_selection_act follow(struct ds_selection_ask *a, enum ds_selection_act act,
                                    ds_tick now)
{
    a->until = now + PATIENCE;
    if (act != DS_SELECTION_CONVERT)
        return act;
    xcb_convert_selection(a->display->conn, a->window, a->selection, a->read.target, a->atoms->read,
                          a->time);
    return DS_SELECTION_WAIT;
}

static void begin(struct ds_selection_ask *a, xcb_atom_t selection, xcb_timestamp_t time)
{
    ds_selection_ask_stop(a);
    a->window = ds_selection_window(a->display);
    a->selection = selection;
    a->time = time;
    a->at = 0;
    a->has_new_value = a->is_paused = a->is_due = false;
}

void ds_selection_ask_look(struct ds_selection_ask *a, xcb_atom_t selection, xcb_timestamp_t time,
                           ds_tick now)
{
    begin(a, selection, time);
    follow(a, ds_selection_look(&a->read, a->atoms), now);
}

void ds_selection_ask_fetch(struct ds_selection_ask *a, xcb_atom_t selection, xcb_timestamp_t time,
                            enum ds_clip_format format, xcb_atom_t target, ds_tick now)
{
    begin(a, selection, time);
    follow(a, ds_selection_fetch(&a->read, a->atoms, format, target), now);
}

enum ds_selection_act ds_selection_ask_answer(struct ds_selection_ask *a,
                                              const xcb_selection_notify_event_t *event,
                                              ds_tick now)
{
    if (!a->window || event->requestor != a->window || event->target != a->read.target ||
        a->asked || a->at > 0 || a->read.step == DS_SELECTION_INCR)
        return DS_SELECTION_WAIT;
    if (event->property == XCB_ATOM_NONE)
        return follow(a, ds_selection_refused(&a->read), now);
    if (event->property == a->atoms->read)
        ask_property(a);
    return DS_SELECTION_WAIT;
}

void ds_selection_ask_property(struct ds_selection_ask *a, const xcb_property_notify_event_t *event)
{
    if (!a->window || event->window != a->window || event->atom != a->atoms->read ||
        event->state != XCB_PROPERTY_NEW_VALUE)
        return;
    a->has_new_value = true;
    if (a->read.step == DS_SELECTION_INCR && !a->asked && !a->is_due)
        ask_property(a);
}

static enum ds_selection_act take_value(struct ds_selection_ask *a,
                                        const xcb_get_property_reply_t *reply, ds_tick now)
{
    struct ds_selection_value value = {.type = XCB_ATOM_NONE, .is_rest = a->at > 0};
    if (reply) {
        size_t room = (size_t)reply->length * 4;
        value = (struct ds_selection_value){.type = reply->type,
                                            .format = reply->format,
                                            .bytes = reply + 1,
                                            .len = (size_t)reply->value_len * (reply->format / 8u),
                                            .has_more = reply->bytes_after > 0,
                                            .is_rest = a->at > 0};
        value.len = value.len < room ? value.len : room;
    }
    enum ds_selection_step before = a->read.step;
    enum ds_selection_act act = follow(a, ds_selection_take(&a->read, &value), now);
    if (value.has_more && act == DS_SELECTION_WAIT && a->read.step == before &&
        (before == DS_SELECTION_CONTENT || before == DS_SELECTION_INCR)) {
        a->at += (uint32_t)(value.len / 4); /* a part that is not the last has whole words */
        ask_property(a);
        return act;
    }
    a->at = 0;
    if (value.has_more) /* nobody wants the rest */
        xcb_delete_property(a->display->conn, a->window, a->atoms->read);
    if (act == DS_SELECTION_WAIT && a->read.step == DS_SELECTION_INCR && a->has_new_value)
        ask_property(a);
    return act;
}

bool ds_selection_ask_poll(struct ds_selection_ask *a, enum ds_selection_act *act, ds_tick now)
{
    void *reply = NULL;
    xcb_generic_error_t *error = NULL;
    if (!a->window || !a->asked || !xcb_poll_for_reply(a->display->conn, a->asked, &reply, &error))
        return false;
    a->asked = 0;
    free(error);
    *act = take_value(a, reply, now);
    if (reply)
        explicit_bzero(reply, sizeof(xcb_get_property_reply_t) +
                                  (size_t)((xcb_get_property_reply_t *)reply)->length * 4);
    free(reply);
    return true;
}

void ds_selection_ask_pause(struct ds_selection_ask *a, bool paused, ds_tick now)
{
    if (!a->window || paused == a->is_paused)
        return;
    a->is_paused = paused;
    a->until = now + PATIENCE;
    if (!paused && a->is_due)
        ask_property(a);
}

ds_tick ds_selection_ask_deadline(const struct ds_selection_ask *a)
{
    return a->window && !a->is_paused ? a->until : 0;
}
