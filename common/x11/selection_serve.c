/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/selection_serve.h"

#include "common/base/error.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

/* Bytes in one piece, and of a content that is given whole: far below what any display takes in one
 * request. */
#define PIECE 32768u
#define PATIENCE (10 * DS_SECOND)
/* A transfer that waits for us: above the time after which the fetch itself is given up. */
#define HUNGER (60 * DS_SECOND)

/* ---- transfers ---- */

static void end_transfer(struct ds_selection_serve *s, struct ds_selection_transfer *t)
{
    const uint32_t nothing = 0;
    if (!t->content)
        return;
    ds_selection_content_unref(t->content);
    xcb_window_t window = t->window;
    *t = (struct ds_selection_transfer){0};
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++)
        if (s->transfers[i].content && s->transfers[i].window == window)
            return;
    xcb_change_window_attributes(s->conn, window, XCB_CW_EVENT_MASK, &nothing);
}

/* Takes a reference of its own. */
static bool begin_transfer(struct ds_selection_serve *s, const struct ds_selection_request *r,
                           xcb_atom_t type, struct ds_selection_content *content, ds_tick now)
{
    struct ds_selection_transfer *t = s->transfers;
    while (t < s->transfers + DS_SELECTION_TRANSFERS && t->content)
        t++;
    if (t == s->transfers + DS_SELECTION_TRANSFERS)
        return false;
    *t = (struct ds_selection_transfer){.content = ds_selection_content_ref(content),
                                        .window = r->window,
                                        .property = r->property,
                                        .type = type,
                                        .until = now + PATIENCE};
    const uint32_t deletions = XCB_EVENT_MASK_PROPERTY_CHANGE;
    const uint32_t size = (uint32_t)content->bytes.len; /* at least that much */
    xcb_change_window_attributes(s->conn, r->window, XCB_CW_EVENT_MASK, &deletions);
    xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, r->window, r->property, s->atoms->incr, 32,
                        1, &size);
    return true;
}

static void next_piece(struct ds_selection_serve *s, struct ds_selection_transfer *t, ds_tick now)
{
    const struct ds_selection_content *content = t->content;
    size_t left = content->bytes.len - t->at, n = left < PIECE ? left : PIECE;
    t->is_hungry = n == 0 && !content->is_whole && !content->has_failed;
    t->until = now + (t->is_hungry ? HUNGER : PATIENCE);
    if (t->is_hungry)
        return;
    xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, t->window, t->property, t->type, 8,
                        (uint32_t)n, ds_buf_peek(&content->bytes) + t->at);
    t->at += n;
    if (n == 0) /* an empty piece says that it was all */
        end_transfer(s, t);
}

static void feed_hungry(struct ds_selection_serve *s, const struct ds_selection_content *content,
                        ds_tick now)
{
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++)
        if (s->transfers[i].content == content && s->transfers[i].is_hungry)
            next_piece(s, &s->transfers[i], now);
}

void ds_selection_serve_deleted(struct ds_selection_serve *s,
                                const xcb_property_notify_event_t *event, ds_tick now)
{
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++) {
        struct ds_selection_transfer *t = &s->transfers[i];
        if (t->content && !t->is_hungry && t->window == event->window &&
            t->property == event->atom) {
            next_piece(s, t, now);
            return;
        }
    }
}

ds_tick ds_selection_serve_tick(struct ds_selection_serve *s, ds_tick now)
{
    ds_tick next = 0;
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++) {
        struct ds_selection_transfer *t = &s->transfers[i];
        if (t->content && t->until <= now)
            end_transfer(s, t);
        if (t->content && (next == 0 || t->until < next))
            next = t->until;
    }
    return next;
}

/* ---- answers ---- */

static void notify(struct ds_selection_serve *s, const struct ds_selection_request *r,
                   bool is_given)
{
    const union {
        xcb_selection_notify_event_t event;
        char bytes[32]; /* every event has as many */
    } reply = {.event = {.response_type = XCB_SELECTION_NOTIFY,
                         .time = r->time,
                         .requestor = r->window,
                         .selection = r->selection,
                         .target = r->target,
                         .property = is_given ? r->property : XCB_ATOM_NONE}};
    xcb_send_event(s->conn, 0, r->window, XCB_EVENT_MASK_NO_EVENT, reply.bytes);
}

/* A part of a MULTIPLE is answered; after the last one the whole is. What could not be had is
 * marked in the list. */
static void close_pair(struct ds_selection_serve *s, struct ds_selection_job *job)
{
    if (--job->open > 0)
        return;
    xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, job->request.window, job->request.property,
                        s->atoms->pair, 32, 2 * job->count, job->pairs);
    notify(s, &job->request, true);
    job->request.window = 0;
}

static void answer(struct ds_selection_serve *s, const struct ds_selection_request *r,
                   bool is_given)
{
    if (r->job < 0) {
        notify(s, r, is_given);
        return;
    }
    struct ds_selection_job *job = &s->jobs[r->job];
    if (!is_given)
        job->pairs[2 * r->pair + 1] = XCB_ATOM_NONE;
    close_pair(s, job);
}

/* ---- contents ---- */

static bool is_text(const struct ds_selection_serve *s, xcb_atom_t target)
{
    return target == s->atoms->utf8 || target == s->atoms->plain_utf8 || target == s->atoms->text ||
           target == XCB_ATOM_STRING;
}

/* DS_CLIP_FORMATS: not one of ours. */
static enum ds_clip_format format_of(const struct ds_selection_serve *s, xcb_atom_t target)
{
    if (is_text(s, target))
        return DS_CLIP_TEXT;
    return target == s->atoms->html  ? DS_CLIP_HTML
           : target == s->atoms->png ? DS_CLIP_PNG
                                     : DS_CLIP_FORMATS;
}

/* Whether enough is here to begin. STRING is made of the whole. */
static bool is_ready(const struct ds_selection_content *content, xcb_atom_t target)
{
    return content &&
           (content->is_whole || (target != XCB_ATOM_STRING && content->bytes.len > PIECE));
}

static bool give(struct ds_selection_serve *s, const struct ds_selection_request *r,
                 struct ds_selection_content *content, ds_tick now)
{
    bool is_given = true;
    xcb_atom_t type = r->target == s->atoms->text ? s->atoms->utf8 : r->target;
    struct ds_selection_content *bytes = type == XCB_ATOM_STRING
                                             ? ds_selection_content_latin1(content)
                                             : ds_selection_content_ref(content);
    if (!bytes)
        return false;
    if (!bytes->is_whole || bytes->bytes.len > PIECE)
        is_given = begin_transfer(s, r, type, bytes, now);
    else
        xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, r->window, r->property, type, 8,
                            (uint32_t)bytes->bytes.len, ds_buf_peek(&bytes->bytes));
    ds_selection_content_unref(bytes);
    return is_given;
}

/* Answers now, or keeps the request until the content has come. */
static void give_or_wait(struct ds_selection_serve *s, const struct ds_selection_request *r,
                         ds_tick now)
{
    enum ds_clip_format format = format_of(s, r->target);
    if (format == DS_CLIP_FORMATS || !(s->formats & 1u << format)) {
        answer(s, r, false);
        return;
    }
    if (is_ready(s->contents[format], r->target)) {
        answer(s, r, give(s, r, s->contents[format], now));
        return;
    }
    struct ds_selection_request *wait = s->waits;
    while (wait < s->waits + DS_SELECTION_WAITS && wait->window)
        wait++;
    if (wait == s->waits + DS_SELECTION_WAITS) {
        answer(s, r, false);
        return;
    }
    *wait = *r;
    if (!s->contents[format])
        s->wanted |= 1u << format;
}

static void refuse_waits(struct ds_selection_serve *s, enum ds_clip_format format)
{
    for (size_t i = 0; i < DS_SELECTION_WAITS; i++) {
        struct ds_selection_request r = s->waits[i];
        if (!r.window || format_of(s, r.target) != format)
            continue;
        s->waits[i].window = 0;
        answer(s, &r, false);
    }
}

static void drop_content(struct ds_selection_serve *s, enum ds_clip_format format)
{
    ds_selection_content_unref(s->contents[format]);
    s->contents[format] = NULL;
}

void ds_selection_serve_fail(struct ds_selection_serve *s, enum ds_clip_format format)
{
    struct ds_selection_content *content = s->contents[format];
    s->wanted &= ~(1u << format);
    refuse_waits(s, format);
    if (!content || content->is_whole)
        return;
    content->has_failed = true;
    feed_hungry(s, content, 0);
    drop_content(s, format);
}

/* UTF-8 without NUL, or a picture by its first bytes. */
static bool is_as_said(const struct ds_selection_content *content, enum ds_clip_format format)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const uint8_t *bytes = ds_buf_peek(&content->bytes);
    size_t len = content->bytes.len;
    if (format == DS_CLIP_PNG)
        return len >= sizeof(png) && memcmp(bytes, png, sizeof(png)) == 0;
    return !memchr(bytes, '\0', len) && ds_text_is_utf8((const char *)bytes, len);
}

bool ds_selection_serve_fill(struct ds_selection_serve *s, enum ds_clip_format format,
                             const uint8_t *bytes, size_t len, bool is_last, ds_tick now)
{
    if (!s->contents[format])
        s->contents[format] = ds_selection_content_new(DS_CLIP_MAX);
    struct ds_selection_content *content = s->contents[format];
    if (!content || content->is_whole || ds_buf_append(&content->bytes, bytes, len) ||
        (is_last && !is_as_said(content, format))) {
        ds_selection_serve_fail(s, format);
        return false;
    }
    content->is_whole = is_last;
    for (size_t i = 0; i < DS_SELECTION_WAITS; i++) {
        struct ds_selection_request r = s->waits[i];
        if (!r.window || format_of(s, r.target) != format || !is_ready(content, r.target))
            continue;
        s->waits[i].window = 0;
        answer(s, &r, give(s, &r, content, now));
    }
    feed_hungry(s, content, now);
    return true;
}

void ds_selection_serve_offer(struct ds_selection_serve *s, unsigned formats)
{
    for (unsigned format = 0; format < DS_CLIP_FORMATS; format++) {
        ds_selection_serve_fail(s, format);
        drop_content(s, format);
    }
    s->formats = formats;
}

unsigned ds_selection_serve_keep(struct ds_selection_serve *s)
{
    for (unsigned format = 0; format < DS_CLIP_FORMATS; format++) {
        ds_selection_serve_fail(s, format);
        if (!s->contents[format])
            s->formats &= ~(1u << format);
    }
    return s->formats;
}

void ds_selection_serve_clear(struct ds_selection_serve *s)
{
    ds_selection_serve_offer(s, 0);
    for (size_t i = 0; i < DS_SELECTION_TRANSFERS; i++)
        end_transfer(s, &s->transfers[i]);
    for (size_t i = 0; i < DS_SELECTION_JOBS; i++) {
        if (s->jobs[i].request.window && s->jobs[i].asked)
            xcb_discard_reply(s->conn, s->jobs[i].asked);
        s->jobs[i].request.window = 0;
    }
}

/* ---- requests ---- */

static void give_targets(struct ds_selection_serve *s, const struct ds_selection_request *r)
{
    const struct ds_selection_atoms *atoms = s->atoms;
    uint32_t list[12] = {atoms->targets, atoms->timestamp, atoms->multiple, atoms->marker};
    uint32_t count = 4;
    if (s->formats & 1u << DS_CLIP_TEXT) {
        list[count++] = atoms->utf8;
        list[count++] = atoms->plain_utf8;
        list[count++] = XCB_ATOM_STRING;
        list[count++] = atoms->text;
    }
    if (s->formats & 1u << DS_CLIP_HTML)
        list[count++] = atoms->html;
    if (s->formats & 1u << DS_CLIP_PNG)
        list[count++] = atoms->png;
    xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, r->window, r->property, XCB_ATOM_ATOM, 32,
                        count, list);
}

static void begin_job(struct ds_selection_serve *s, const struct ds_selection_request *r)
{
    struct ds_selection_job *job = s->jobs;
    while (job < s->jobs + DS_SELECTION_JOBS && job->request.window)
        job++;
    if (job == s->jobs + DS_SELECTION_JOBS) {
        answer(s, r, false);
        return;
    }
    *job = (struct ds_selection_job){.request = *r};
    job->asked = xcb_get_property(s->conn, 0, r->window, r->property, XCB_GET_PROPERTY_TYPE_ANY, 0,
                                  2 * DS_SELECTION_PAIRS)
                     .sequence;
}

static void take_request(struct ds_selection_serve *s, const struct ds_selection_request *r,
                         ds_tick now)
{
    if (r->target == s->atoms->targets) {
        give_targets(s, r);
        answer(s, r, true);
    } else if (r->target == s->atoms->timestamp) {
        xcb_change_property(s->conn, XCB_PROP_MODE_REPLACE, r->window, r->property,
                            XCB_ATOM_INTEGER, 32, 1, &s->since);
        answer(s, r, true);
    } else if (r->target == s->atoms->multiple && r->job < 0) {
        begin_job(s, r);
    } else {
        give_or_wait(s, r, now);
    }
}

void ds_selection_serve_request(struct ds_selection_serve *s,
                                const xcb_selection_request_event_t *event, ds_tick now)
{
    const struct ds_selection_request r = {.window = event->requestor,
                                           .time = event->time,
                                           .selection = event->selection,
                                           .target = event->target,
                                           .property =
                                               event->property ? event->property : event->target,
                                           .job = -1};
    /* of the time before the selection was ours (times wrap round) */
    if (r.time != XCB_CURRENT_TIME && s->since != 0 && (int32_t)(r.time - s->since) < 0)
        answer(s, &r, false);
    else
        take_request(s, &r, now);
}

static void start_job(struct ds_selection_serve *s, struct ds_selection_job *job,
                      const xcb_get_property_reply_t *reply, ds_tick now)
{
    size_t words = reply && reply->format == 32 ? reply->value_len : 0;
    if (words < 2 || reply->bytes_after > 0 || words > 2 * DS_SELECTION_PAIRS) {
        notify(s, &job->request, false);
        job->request.window = 0;
        return;
    }
    job->count = (unsigned)(words / 2);
    job->open = job->count + 1; /* this loop keeps it open */
    memcpy(job->pairs, reply + 1, 8 * (size_t)job->count);
    for (unsigned i = 0; i < job->count; i++) {
        struct ds_selection_request r = job->request;
        r.target = job->pairs[2 * i];
        r.property = job->pairs[2 * i + 1];
        r.job = (int)(job - s->jobs);
        r.pair = (int)i;
        if (r.property == XCB_ATOM_NONE)
            answer(s, &r, false);
        else
            take_request(s, &r, now);
    }
    close_pair(s, job);
}

bool ds_selection_serve_poll(struct ds_selection_serve *s, ds_tick now)
{
    bool has_come = false;
    for (size_t i = 0; i < DS_SELECTION_JOBS; i++) {
        struct ds_selection_job *job = &s->jobs[i];
        void *reply = NULL;
        xcb_generic_error_t *error = NULL;
        if (!job->request.window || !job->asked ||
            !xcb_poll_for_reply(s->conn, job->asked, &reply, &error))
            continue;
        job->asked = 0;
        start_job(s, job, reply, now);
        free(error);
        free(reply);
        has_come = true;
    }
    return has_come;
}
