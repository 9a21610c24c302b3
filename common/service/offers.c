/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/offers.h"

#include "common/base/error.h"

#include <string.h>

/* ---- what is under way ---- */

static void end_give(struct ds_offers *o)
{
    ds_buf_wipe(&o->give.bytes);
    o->give.is_on = false;
}

/* Says that a fetch comes to nothing. One at a time waits: a side has one fetch at a time. */
static void refuse(struct ds_offers *o, uint32_t fetch, enum ds_clipboard_why why)
{
    o->failed = fetch;
    o->why = (uint8_t)why;
}

static void end_take(struct ds_offers *o)
{
    if (!o->take.is_on)
        return;
    if (!o->fetch_waits) { /* else it was never asked for */
        o->cancel_waits = true;
        o->cancelled = o->take.fetch;
    }
    o->take.is_on = o->fetch_waits = o->grant_waits = false;
}

static uint32_t next_number(uint32_t *last)
{
    if (++*last == 0)
        ++*last;
    return *last;
}

/* ---- rights and switches ---- */

static bool is_open(const struct ds_offers *o, enum ds_clip_selection selection, uint8_t own,
                    uint8_t other)
{
    bool is_shared = selection == DS_CLIP_CLIPBOARD || (o->own & o->other & DS_CLIPBOARD_PRIMARY);
    return o->allowed && is_shared && (o->own & own) && (o->other & other);
}

bool ds_offers_gives(const struct ds_offers *o, enum ds_clip_selection selection)
{
    return is_open(o, selection, DS_CLIPBOARD_GIVES, DS_CLIPBOARD_TAKES);
}

bool ds_offers_takes(const struct ds_offers *o, enum ds_clip_selection selection)
{
    return is_open(o, selection, DS_CLIPBOARD_TAKES, DS_CLIPBOARD_GIVES);
}

/* Forgets what may not go or come any more. */
static void settle(struct ds_offers *o)
{
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        if (!ds_offers_gives(o, i)) {
            o->mine[i] = (struct ds_offers_board){0};
            if (o->give.is_on && o->give.selection == i) {
                refuse(o, o->give.fetch, DS_CLIPBOARD_REFUSED);
                end_give(o);
            }
        }
        if (!ds_offers_takes(o, i)) {
            o->theirs[i].serial = 0;
            o->wanted[i] = 0;
            if (o->take.selection == i)
                end_take(o);
        }
    }
}

void ds_offers_init(struct ds_offers *o, uint64_t place, uint32_t seed)
{
    *o = (struct ds_offers){.place = place,
                            .own = DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES,
                            .other = DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES,
                            .last_serial = seed,
                            .last_fetch = seed};
}

void ds_offers_destroy(struct ds_offers *o)
{
    end_give(o);
}

void ds_offers_allow(struct ds_offers *o, bool allowed)
{
    o->allowed = allowed;
    settle(o);
}

void ds_offers_switch(struct ds_offers *o, uint8_t switches)
{
    if (switches == o->own)
        return;
    o->own = switches;
    o->switch_waits = true;
    settle(o);
}

/* ---- what this side's programs do ---- */

void ds_offers_copied(struct ds_offers *o, enum ds_clip_selection selection, unsigned formats)
{
    struct ds_offers_board *mine = &o->mine[selection];
    if (!ds_offers_gives(o, selection) || (formats == 0 && mine->serial == 0))
        return;
    *mine = (struct ds_offers_board){
        .serial = next_number(&o->last_serial), .formats = formats, .waits = true};
}

static void fetch_next(struct ds_offers *o)
{
    if (o->take.is_on)
        return;
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        for (unsigned format = 0; format < DS_CLIP_FORMATS; format++) {
            if (!(o->wanted[i] & 1u << format))
                continue;
            o->wanted[i] &= ~(1u << format);
            o->take = (struct ds_offers_take){.is_on = true,
                                              .fetch = next_number(&o->last_fetch),
                                              .selection = i,
                                              .format = format,
                                              .granted = DS_CLIPBOARD_WINDOW};
            o->fetch_waits = true;
            return;
        }
    }
}

bool ds_offers_want(struct ds_offers *o, enum ds_clip_selection selection,
                    enum ds_clip_format format)
{
    const struct ds_offers_board *theirs = &o->theirs[selection];
    if (!ds_offers_takes(o, selection) || !theirs->serial || !(theirs->formats & 1u << format))
        return false;
    if (!o->take.is_on || o->take.selection != selection || o->take.format != format)
        o->wanted[selection] |= 1u << format;
    fetch_next(o);
    return true;
}

void ds_offers_cover(struct ds_offers *o, enum ds_clip_selection selection)
{
    /* a program may still wait for what it asked before; the serial stays for that */
    if (!o->wanted[selection] && !(o->take.is_on && o->take.selection == selection))
        o->theirs[selection].serial = 0;
}

bool ds_offers_cancel(struct ds_offers *o, enum ds_clip_selection *selection,
                      enum ds_clip_format *format)
{
    if (!o->take.is_on)
        return false;
    *selection = o->take.selection;
    *format = o->take.format;
    end_take(o);
    fetch_next(o);
    return true;
}

/* ---- the content that this side gives ---- */

int ds_offers_supply(struct ds_offers *o, const uint8_t *bytes, size_t len)
{
    struct ds_offers_give *give = &o->give;
    if (!give->is_on || give->is_whole)
        return DS_ECLOSED;
    bool is_too_long = len > DS_CLIP_MAX - give->sent - give->bytes.len;
    int error = is_too_long ? DS_ELIMIT : ds_buf_append(&give->bytes, bytes, len);
    if (error) {
        refuse(o, give->fetch, is_too_long ? DS_CLIPBOARD_TOO_LONG : DS_CLIPBOARD_GONE);
        end_give(o);
    }
    return error;
}

void ds_offers_supply_end(struct ds_offers *o)
{
    o->give.is_whole = true;
}

void ds_offers_supply_failed(struct ds_offers *o, enum ds_clipboard_why why)
{
    if (!o->give.is_on)
        return;
    refuse(o, o->give.fetch, why);
    end_give(o);
}

bool ds_offers_is_full(const struct ds_offers *o)
{
    return o->give.is_on && o->give.bytes.len >= DS_OFFERS_AHEAD;
}

/* ---- messages out ---- */

static bool next_chunk(struct ds_offers *o, struct ds_clipboard_message *m,
                       struct ds_offers_given *given)
{
    struct ds_offers_give *give = &o->give;
    if (!give->is_on)
        return false;
    size_t room = give->granted - give->sent, n = give->bytes.len < room ? give->bytes.len : room;
    n = n < DS_CLIPBOARD_CHUNK_MAX ? n : DS_CLIPBOARD_CHUNK_MAX;
    bool is_last = give->is_whole && n == give->bytes.len;
    if (!is_last && n == 0)
        return false;
    *m = (struct ds_clipboard_message){.type = DS_CLIPBOARD_CHUNK,
                                       .fetch = give->fetch,
                                       .taken = is_last,
                                       .text = (const char *)ds_buf_peek(&give->bytes),
                                       .len = n};
    *given = (struct ds_offers_given){
        .is_given = is_last, .format = give->format, .len = give->sent + n};
    return true;
}

static bool next_offer(struct ds_offers *o, struct ds_clipboard_message *m)
{
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        if (!o->mine[i].waits || o->unheard)
            continue;
        *m = (struct ds_clipboard_message){.type = DS_CLIPBOARD_OFFER,
                                           .serial = o->mine[i].serial,
                                           .place = o->place,
                                           .selection = (uint8_t)i,
                                           .formats = (uint16_t)o->mine[i].formats};
        return true;
    }
    return false;
}

static bool next_heard(struct ds_offers *o, struct ds_clipboard_message *m)
{
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        if (!o->theirs[i].waits)
            continue;
        *m = (struct ds_clipboard_message){.type = DS_CLIPBOARD_HEARD,
                                           .serial = o->heard_serials[i],
                                           .taken = o->theirs[i].taken,
                                           .selection = (uint8_t)i};
        return true;
    }
    return false;
}

/* The first thing that waits to be said. */
static bool next_message(struct ds_offers *o, struct ds_clipboard_message *m,
                         struct ds_offers_given *given)
{
    *m = (struct ds_clipboard_message){.type = 0};
    if (o->switch_waits) {
        m->type = DS_CLIPBOARD_SWITCH;
        m->switches = o->own;
    } else if (next_heard(o, m)) {
    } else if (o->cancel_waits) {
        m->type = DS_CLIPBOARD_CANCEL;
        m->fetch = o->cancelled;
    } else if (o->why) {
        m->type = DS_CLIPBOARD_FAILED;
        m->fetch = o->failed;
        m->why = o->why;
    } else if (o->fetch_waits) {
        m->type = DS_CLIPBOARD_FETCH;
        m->fetch = o->take.fetch;
        m->serial = o->theirs[o->take.selection].serial;
        m->format = (uint8_t)o->take.format;
    } else if (o->grant_waits) {
        m->type = DS_CLIPBOARD_GRANT;
        m->fetch = o->take.fetch;
        m->up_to = o->take.granted;
    } else if (!next_offer(o, m)) {
        return next_chunk(o, m, given);
    }
    return true;
}

static void take_as_sent(struct ds_offers *o, const struct ds_clipboard_message *m)
{
    switch (m->type) {
    case DS_CLIPBOARD_SWITCH:
        o->switch_waits = false;
        break;
    case DS_CLIPBOARD_HEARD:
        o->theirs[m->selection].waits = false;
        break;
    case DS_CLIPBOARD_CANCEL:
        o->cancel_waits = false;
        break;
    case DS_CLIPBOARD_FAILED:
        o->why = 0;
        break;
    case DS_CLIPBOARD_FETCH:
        o->fetch_waits = false;
        break;
    case DS_CLIPBOARD_GRANT:
        o->grant_waits = false;
        break;
    case DS_CLIPBOARD_OFFER:
        o->mine[m->selection].waits = false;
        o->unheard = m->serial;
        break;
    default: /* CHUNK */
        o->give.sent += (uint32_t)m->len;
        ds_buf_consume(&o->give.bytes, m->len);
        if (m->taken)
            end_give(o);
        break;
    }
}

bool ds_offers_drain(struct ds_offers *o, struct ds_buf *out, struct ds_offers_given *given)
{
    struct ds_clipboard_message m;
    *given = (struct ds_offers_given){.is_given = false};
    if (!next_message(o, &m, given) || ds_clipboard_message_encode(out, &m)) {
        given->is_given = false;
        return false;
    }
    take_as_sent(o, &m);
    return true;
}

/* ---- messages in ---- */

static int take_offer(struct ds_offers *o, const struct ds_clipboard_message *m,
                      struct ds_offers_news *news)
{
    struct ds_offers_board *theirs = &o->theirs[m->selection];
    if (theirs->waits || m->serial == 0)
        return DS_EPROTO; /* the HEARD of the one before has not gone */
    bool is_here = m->place != 0 && m->place == o->place;
    bool is_taken = ds_offers_takes(o, m->selection) && !is_here;
    *theirs = (struct ds_offers_board){.waits = true, .taken = is_taken};
    o->heard_serials[m->selection] = m->serial;
    o->wanted[m->selection] = 0;
    if (o->take.selection == m->selection)
        end_take(o);
    if (is_taken) {
        theirs->serial = m->serial;
        theirs->formats = m->formats;
        news->type = DS_OFFERS_NEWS_OFFER;
        news->selection = m->selection;
        news->formats = m->formats;
    }
    fetch_next(o);
    return DS_OK;
}

static void take_fetch(struct ds_offers *o, const struct ds_clipboard_message *m,
                       struct ds_offers_news *news)
{
    bool was_on = o->give.is_on;
    end_give(o); /* a side has one fetch at a time: this one */
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        const struct ds_offers_board *mine = &o->mine[i];
        if (!ds_offers_gives(o, i) || mine->serial == 0 || mine->serial != m->serial ||
            m->format >= DS_CLIP_FORMATS || !(mine->formats & 1u << m->format))
            continue;
        o->give = (struct ds_offers_give){.is_on = true,
                                          .fetch = m->fetch,
                                          .selection = i,
                                          .format = m->format,
                                          .granted = DS_CLIPBOARD_WINDOW};
        ds_buf_init(&o->give.bytes, DS_CLIP_MAX);
        news->type = DS_OFFERS_NEWS_GIVE;
        news->selection = i;
        news->format = m->format;
        return;
    }
    refuse(o, m->fetch, o->allowed ? DS_CLIPBOARD_GONE : DS_CLIPBOARD_REFUSED);
    news->type = was_on ? DS_OFFERS_NEWS_STOP : DS_OFFERS_NEWS_NONE;
}

/* What is wanted does not come. */
static void fail_take(struct ds_offers *o, uint8_t why, struct ds_offers_news *news)
{
    news->type = DS_OFFERS_NEWS_FAILED;
    news->selection = o->take.selection;
    news->format = o->take.format;
    news->why = why;
    o->take.is_on = o->grant_waits = o->fetch_waits = false;
    fetch_next(o);
}

static int take_chunk(struct ds_offers *o, const struct ds_clipboard_message *m,
                      struct ds_offers_news *news)
{
    struct ds_offers_take *take = &o->take;
    if (!take->is_on || o->fetch_waits || take->fetch != m->fetch)
        return DS_OK; /* was cancelled */
    if (m->len > take->granted - take->received)
        return DS_EPROTO;
    if (m->len > DS_CLIP_MAX - take->received) {
        o->cancel_waits = true;
        o->cancelled = take->fetch;
        fail_take(o, DS_CLIPBOARD_TOO_LONG, news);
        return DS_OK;
    }
    take->received += (uint32_t)m->len;
    *news = (struct ds_offers_news){.type = DS_OFFERS_NEWS_CONTENT,
                                    .selection = take->selection,
                                    .format = take->format,
                                    .bytes = (const uint8_t *)m->text,
                                    .len = m->len,
                                    .total = take->received,
                                    .is_last = m->taken};
    if (m->taken) {
        take->is_on = o->grant_waits = false;
        fetch_next(o);
    } else if (take->granted - take->received <= DS_CLIPBOARD_WINDOW / 2) {
        take->granted = take->received + DS_CLIPBOARD_WINDOW;
        o->grant_waits = true;
    }
    return DS_OK;
}

static int take_grant(struct ds_offers *o, const struct ds_clipboard_message *m)
{
    struct ds_offers_give *give = &o->give;
    if (!give->is_on || give->fetch != m->fetch)
        return DS_OK; /* is over */
    /* nobody has received more than was sent */
    if (m->up_to < give->granted || m->up_to - give->sent > DS_CLIPBOARD_WINDOW)
        return DS_EPROTO;
    give->granted = m->up_to;
    return DS_OK;
}

static int take_heard(struct ds_offers *o, const struct ds_clipboard_message *m)
{
    /* one for the process before this one is let pass */
    if (m->serial == o->unheard)
        o->unheard = 0;
    return DS_OK;
}

int ds_offers_feed(struct ds_offers *o, const uint8_t *bytes, size_t len,
                   struct ds_offers_news *news)
{
    struct ds_clipboard_message m;
    *news = (struct ds_offers_news){.type = DS_OFFERS_NEWS_NONE};
    int error = ds_clipboard_message_decode(bytes, len, &m);
    if (error)
        return error;
    switch (m.type) {
    case DS_CLIPBOARD_OFFER:
        return take_offer(o, &m, news);
    case DS_CLIPBOARD_HEARD:
        return take_heard(o, &m);
    case DS_CLIPBOARD_FETCH:
        take_fetch(o, &m, news);
        return DS_OK;
    case DS_CLIPBOARD_CHUNK:
        return take_chunk(o, &m, news);
    case DS_CLIPBOARD_GRANT:
        return take_grant(o, &m);
    case DS_CLIPBOARD_FAILED:
        if (o->take.is_on && !o->fetch_waits && o->take.fetch == m.fetch)
            fail_take(o, m.why, news);
        return DS_OK;
    case DS_CLIPBOARD_CANCEL:
        if (o->give.is_on && o->give.fetch == m.fetch) {
            end_give(o);
            news->type = DS_OFFERS_NEWS_STOP;
        }
        return DS_OK;
    case DS_CLIPBOARD_SWITCH:
        o->other = m.switches;
        settle(o);
        news->type = DS_OFFERS_NEWS_SWITCHED;
        return DS_OK;
    default:
        return DS_OK; /* the older way, or of a newer version */
    }
}
