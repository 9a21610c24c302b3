/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/clipboard.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/service/offers.h"
#include "common/x11/clipboard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Without a chunk from the other side: programs that paste wait about as long for theirs, and a cut
 * line may come back meanwhile. */
#define TAKE_PATIENCE (10 * DS_SECOND)
/* Without a grant from the other side. */
#define GIVE_PATIENCE (60 * DS_SECOND)

struct ds_desk_clipboard {
    bool is_by_offers;
    struct ds_offers offers;
    struct ds_clipboard texts;                     /* where the peer knows no offers */
    bool reads_text;                               /* for texts, not for offers */
    struct ds_buf text;                            /* what was read of it */
    const struct ds_desk_clipboard_events *events; /* borrowed */
    void *ctx;
    uv_loop_t *loop;
    const char *display;            /* borrowed */
    struct ds_x11_clipboard *x11;   /* owned; NULL until it is needed */
    struct ds_buf scratch;          /* one outgoing message */
    ds_tick take_until, give_until; /* 0: nothing is under way */
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned handles; /* not closed yet; the last one frees */
    bool is_turning;  /* inside turn(), which goes on until nothing is due */
    bool has_failed;  /* the display cannot share, or is gone */
};

/* ---- sending ---- */

static bool drain(struct ds_desk_clipboard *c, struct ds_offers_given *given)
{
    *given = (struct ds_offers_given){.is_given = false};
    return c->is_by_offers ? ds_offers_drain(&c->offers, &c->scratch, given)
                           : ds_clipboard_drain(&c->texts, &c->scratch);
}

static int send_waiting(struct ds_desk_clipboard *c)
{
    struct ds_offers_given given;
    int error = DS_OK;
    while (!error && drain(c, &given)) {
        error = c->events->send(c->ctx, ds_buf_peek(&c->scratch), c->scratch.len);
        explicit_bzero(c->scratch.data, c->scratch.cap);
        ds_buf_clear(&c->scratch);
        if (!error && given.is_given)
            c->events->on_moved(c->ctx, true, given.format, given.len);
    }
    if (c->x11 && !c->reads_text)
        ds_x11_clipboard_pause_reading(c->x11, ds_offers_is_full(&c->offers), ds_clock_now());
    c->give_until = c->offers.give.is_on ? ds_clock_now() + GIVE_PATIENCE : 0;
    if (!c->offers.take.is_on || c->take_until == 0)
        c->take_until = c->offers.take.is_on ? ds_clock_now() + TAKE_PATIENCE : 0;
    return error;
}

static void send_or_warn(struct ds_desk_clipboard *c)
{
    int error = send_waiting(c);
    if (error && error != DS_ECLOSED)
        ds_log_warn("the clipboard could not send error=%s", ds_error_name(error));
}

/* ---- the display: what programs here copy ---- */

static bool may_go(const struct ds_desk_clipboard *c)
{
    return c->is_by_offers ? ds_offers_gives(&c->offers, DS_CLIP_CLIPBOARD)
                           : c->texts.allowed && (c->offers.own & DS_CLIPBOARD_GIVES);
}

static void on_copied(void *ctx, enum ds_clip_selection selection, unsigned formats)
{
    struct ds_desk_clipboard *c = ctx;
    if (c->is_by_offers) {
        if (!ds_offers_gives(&c->offers, selection))
            return;
        ds_offers_copied(&c->offers, selection, formats);
        if (formats && selection == DS_CLIP_CLIPBOARD)
            c->events->on_offered(c->ctx, true, formats);
        send_or_warn(c);
    } else if (may_go(c) && (formats & 1u << DS_CLIP_TEXT)) {
        ds_buf_clear(&c->text);
        c->reads_text = true;
        ds_x11_clipboard_read(c->x11, selection, DS_CLIP_TEXT, ds_clock_now());
    }
}

static void stop_reading(struct ds_desk_clipboard *c)
{
    ds_x11_clipboard_stop_reading(c->x11);
    ds_buf_wipe(&c->text);
    ds_buf_init(&c->text, DS_CLIPBOARD_MAX);
    c->reads_text = false;
}

static void on_piece(void *ctx, const uint8_t *bytes, size_t len)
{
    struct ds_desk_clipboard *c = ctx;
    int error = c->reads_text ? ds_buf_append(&c->text, bytes, len)
                              : ds_offers_supply(&c->offers, bytes, len);
    if (error == DS_ELIMIT)
        c->events->on_too_long(c->ctx, true, c->reads_text ? DS_CLIPBOARD_MAX : DS_CLIP_MAX);
    if (error)
        stop_reading(c);
    send_or_warn(c);
}

static void on_read(void *ctx, bool is_whole)
{
    struct ds_desk_clipboard *c = ctx;
    if (c->reads_text && is_whole && may_go(c)) {
        int error =
            ds_clipboard_copied(&c->texts, (const char *)ds_buf_peek(&c->text), c->text.len);
        if (error)
            ds_log_debug("a copied text stays here error=%s", ds_error_name(error));
    } else if (!c->reads_text && is_whole) {
        ds_offers_supply_end(&c->offers);
    } else if (!c->reads_text) {
        ds_log_info("a program does not give what it offers for pasting");
        ds_offers_supply_failed(&c->offers, DS_CLIPBOARD_GONE);
    }
    stop_reading(c);
    send_or_warn(c);
}

/* ---- the display: what programs here paste ---- */

static void on_lost(void *ctx, enum ds_clip_selection selection)
{
    struct ds_desk_clipboard *c = ctx;
    ds_offers_cover(&c->offers, selection);
}

static void on_wanted(void *ctx, enum ds_clip_selection selection, enum ds_clip_format format)
{
    struct ds_desk_clipboard *c = ctx;
    if (!c->is_by_offers || !ds_offers_want(&c->offers, selection, format))
        ds_x11_clipboard_fail(c->x11, selection, format);
    send_or_warn(c);
}

static const struct ds_x11_clipboard_events x11_events = {
    .on_copied = on_copied,
    .on_lost = on_lost,
    .on_wanted = on_wanted,
    .on_piece = on_piece,
    .on_read = on_read,
};

static void on_timer(uv_timer_t *timer);

static void miss(struct ds_desk_clipboard *c, enum ds_clip_selection selection,
                 enum ds_clip_format format)
{
    ds_log_info("what the other side offered does not come format=%s", ds_clip_format_name(format));
    ds_x11_clipboard_fail(c->x11, selection, format);
    c->events->on_missed(c->ctx);
}

static void give_up(struct ds_desk_clipboard *c, ds_tick now)
{
    enum ds_clip_selection selection;
    enum ds_clip_format format;
    if (c->take_until && c->take_until <= now) {
        c->take_until = 0;
        if (ds_offers_cancel(&c->offers, &selection, &format))
            miss(c, selection, format);
        send_or_warn(c);
    }
    if (c->give_until && c->give_until <= now) {
        stop_reading(c);
        ds_offers_supply_failed(&c->offers, DS_CLIPBOARD_GONE);
        send_or_warn(c);
    }
}

static void turn(struct ds_desk_clipboard *c)
{
    ds_tick now = ds_clock_now();
    if (!c->x11 || c->has_failed || c->is_turning)
        return;
    c->is_turning = true; /* what is done in here is followed before poll returns */
    give_up(c, now);
    int error = ds_x11_clipboard_poll(c->x11, now);
    c->is_turning = false;
    if (error) {
        ds_log_warn("the clipboard's display is gone");
        c->has_failed = true;
        ds_clipboard_allow(&c->texts, false);
        ds_offers_allow(&c->offers, false);
        uv_poll_stop(&c->poll);
        uv_timer_stop(&c->timer);
        return;
    }
    ds_tick next = ds_tick_sooner(ds_x11_clipboard_deadline(c->x11),
                                  ds_tick_sooner(c->take_until, c->give_until));
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

static void begin_rules(struct ds_desk_clipboard *c)
{
    uint32_t seed = 0;
    uint8_t switches = c->offers.own;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint32_t)ds_clock_now();
    ds_offers_destroy(&c->offers);
    ds_offers_init(&c->offers, c->x11 ? ds_x11_clipboard_place(c->x11) : 0, seed);
    if (switches)
        ds_offers_switch(&c->offers, switches);
}

static bool open_display(struct ds_desk_clipboard *c)
{
    char message[256] = "";
    if (c->x11)
        return !c->has_failed;
    if (c->has_failed)
        return false;
    c->x11 = ds_x11_clipboard_open(c->display, &x11_events, c, message, sizeof(message));
    if (!c->x11 || uv_poll_init(c->loop, &c->poll, ds_x11_clipboard_fd(c->x11))) {
        ds_log_warn("no clipboard: %s", message);
        c->has_failed = true;
        return false;
    }
    c->offers.place = ds_x11_clipboard_place(c->x11);
    c->poll.data = c;
    c->handles++;
    uv_poll_start(&c->poll, UV_READABLE, on_readable);
    return true;
}

/* ---- rights and switches ---- */

/* The display follows what may go and come. */
static void follow(struct ds_desk_clipboard *c)
{
    if (!c->x11 || c->has_failed)
        return;
    for (unsigned i = 0; i < DS_CLIP_SELECTIONS; i++) {
        bool gives =
            c->is_by_offers ? ds_offers_gives(&c->offers, i) : i == DS_CLIP_CLIPBOARD && may_go(c);
        bool takes = c->is_by_offers && ds_offers_takes(&c->offers, i);
        if (i == DS_CLIP_CLIPBOARD || gives || takes || (c->offers.own & DS_CLIPBOARD_PRIMARY))
            ds_x11_clipboard_watch(c->x11, i, gives);
        if (c->is_by_offers && !takes)
            ds_x11_clipboard_release(c->x11, i);
    }
    if (!c->offers.give.is_on && !c->reads_text)
        ds_x11_clipboard_stop_reading(c->x11);
    if (c->reads_text && !may_go(c))
        stop_reading(c);
    turn(c);
}

void ds_desk_clipboard_by_offers(struct ds_desk_clipboard *c, bool by_offers)
{
    if (by_offers == c->is_by_offers)
        return;
    c->is_by_offers = by_offers;
    send_or_warn(c); /* the switches */
    follow(c);
}

void ds_desk_clipboard_allow(struct ds_desk_clipboard *c, bool allowed)
{
    if (allowed == c->offers.allowed || (allowed && !open_display(c)))
        return;
    ds_offers_allow(&c->offers, allowed);
    ds_clipboard_allow(&c->texts, allowed);
    if (c->is_by_offers)
        send_or_warn(c);
    follow(c);
}

void ds_desk_clipboard_switch(struct ds_desk_clipboard *c, uint8_t switches)
{
    if (switches == c->offers.own)
        return;
    ds_offers_switch(&c->offers, switches);
    if (c->is_by_offers)
        send_or_warn(c);
    follow(c);
}

uint8_t ds_desk_clipboard_switches(const struct ds_desk_clipboard *c)
{
    return c->offers.own;
}

uint8_t ds_desk_clipboard_other_switches(const struct ds_desk_clipboard *c)
{
    return c->offers.other;
}

void ds_desk_clipboard_end(struct ds_desk_clipboard *c)
{
    ds_offers_allow(&c->offers, false);
    ds_clipboard_allow(&c->texts, false);
    follow(c);
    begin_rules(c);
    ds_clipboard_destroy(&c->texts);
    ds_clipboard_init(&c->texts);
    c->take_until = c->give_until = 0;
}

int ds_desk_clipboard_put(struct ds_desk_clipboard *c, enum ds_clip_format format,
                          const void *bytes, size_t len)
{
    if (!open_display(c))
        return DS_EIO;
    bool is_put = ds_x11_clipboard_put(c->x11, format, bytes, len);
    ds_offers_cover(&c->offers, DS_CLIP_CLIPBOARD);
    turn(c);
    return is_put ? DS_OK : DS_EINVAL;
}

/* ---- messages ---- */

static void on_content(struct ds_desk_clipboard *c, const struct ds_offers_news *news)
{
    ds_tick now = ds_clock_now();
    c->take_until = now + TAKE_PATIENCE;
    if (!ds_x11_clipboard_fill(c->x11, news->selection, news->format, news->bytes, news->len,
                               news->is_last, now)) {
        enum ds_clip_selection selection;
        enum ds_clip_format format;
        ds_log_info("a clipboard content is not what it was said to be");
        if (!news->is_last)
            ds_offers_cancel(&c->offers, &selection, &format);
        c->events->on_missed(c->ctx);
    } else if (news->is_last) {
        c->events->on_moved(c->ctx, false, news->format, news->total);
    }
}

static void on_news(struct ds_desk_clipboard *c, const struct ds_offers_news *news)
{
    switch (news->type) {
    case DS_OFFERS_NEWS_OFFER:
        if (news->formats) {
            ds_x11_clipboard_offer(c->x11, news->selection, news->formats);
            if (news->selection == DS_CLIP_CLIPBOARD)
                c->events->on_offered(c->ctx, false, news->formats);
        } else {
            ds_x11_clipboard_release(c->x11, news->selection);
        }
        break;
    case DS_OFFERS_NEWS_GIVE:
        ds_log_debug("the other side pastes format=%s", ds_clip_format_name(news->format));
        ds_x11_clipboard_read(c->x11, news->selection, news->format, ds_clock_now());
        break;
    case DS_OFFERS_NEWS_STOP:
        ds_x11_clipboard_stop_reading(c->x11);
        break;
    case DS_OFFERS_NEWS_CONTENT:
        on_content(c, news);
        break;
    case DS_OFFERS_NEWS_FAILED:
        if (news->why == DS_CLIPBOARD_TOO_LONG)
            c->events->on_too_long(c->ctx, false, DS_CLIP_MAX);
        miss(c, news->selection, news->format);
        break;
    case DS_OFFERS_NEWS_SWITCHED:
        c->events->on_switched(c->ctx);
        follow(c);
        break;
    case DS_OFFERS_NEWS_NONE:
        break;
    }
}

static int feed_offers(struct ds_desk_clipboard *c, const uint8_t *bytes, size_t len)
{
    struct ds_offers_news news;
    int error = ds_offers_feed(&c->offers, bytes, len, &news);
    if (error)
        return error;
    /* without a display nothing was ever allowed, offered or wanted */
    if (c->x11 && !c->has_failed)
        on_news(c, &news);
    error = send_waiting(c);
    turn(c);
    return error;
}

static int feed_texts(struct ds_desk_clipboard *c, const uint8_t *bytes, size_t len)
{
    struct ds_clipboard_news news;
    bool takes = c->texts.allowed && (c->offers.own & DS_CLIPBOARD_TAKES);
    int error = ds_clipboard_feed(&c->texts, bytes, len, &news);
    if (error)
        return error;
    switch (news.type) {
    case DS_CLIPBOARD_NEWS_PUT:
        if (takes && ds_x11_clipboard_put(c->x11, DS_CLIP_TEXT, news.text, news.len)) {
            turn(c);
            c->events->on_moved(c->ctx, false, DS_CLIP_TEXT, news.len);
        }
        break;
    case DS_CLIPBOARD_NEWS_DELIVERED:
        c->events->on_moved(c->ctx, true, DS_CLIP_TEXT, news.len);
        break;
    case DS_CLIPBOARD_NEWS_REFUSED:
        ds_log_info("a clipboard text was not taken bytes=%zu", news.len);
        break;
    case DS_CLIPBOARD_NEWS_NONE:
        break;
    }
    return send_waiting(c);
}

int ds_desk_clipboard_feed(struct ds_desk_clipboard *c, const uint8_t *bytes, size_t len)
{
    return c->is_by_offers ? feed_offers(c, bytes, len) : feed_texts(c, bytes, len);
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
    begin_rules(c);
    ds_clipboard_init(&c->texts);
    ds_buf_init(&c->text, DS_CLIPBOARD_MAX);
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
    ds_clipboard_destroy(&c->texts);
    ds_offers_destroy(&c->offers);
    ds_buf_wipe(&c->text);
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
    return c ? ds_clipboard_leave(&c->texts) : fresh;
}

void ds_desk_clipboard_return(struct ds_desk_clipboard *c, const struct ds_clipboard_place *place)
{
    ds_clipboard_return(&c->texts, place);
    send_or_warn(c); /* the answer that was still to be given */
}
