/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat: a message is in the store before anybody hears of it. Each leg is told in order and is told
 * more only when it has taken what it was told; what it has missed is read from the store. So a leg
 * that comes back, one that is slow and one that is there are the same case. */
#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/wire/frame.h"
#include "relay/desk/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* On their way into the store for one session: two ends with what each may have under way. */
#define WAITING_MAX 64
/* Frames that are sent to a leg at a time; with one more, the longest, well below what a leg may
 * leave standing (RELAY_LEG_WORDS_MAX). */
#define PAGE_MAX 16384
#define MINUTE (60 * DS_SECOND)

static struct relay_order *chat_order(struct relay_desk_leg *leg, const struct ds_buf *frames)
{
    struct ds_rcbuf *bytes = ds_rcbuf_new(frames->len);
    struct relay_order *order = bytes ? relay_order_new(RELAY_ORDER_SEND, leg->id) : NULL;
    if (!order) {
        ds_rcbuf_unref(bytes);
        return NULL;
    }
    memcpy(bytes->data, ds_buf_peek(frames), frames->len);
    order->bytes = bytes;
    return order;
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Seconds since it was stored; 0: not known, or the clock was set back. */
static unsigned age_s(const struct relay_chat *chat)
{
    int64_t age = chat->at_ms > 0 ? (wall_ms() - chat->at_ms) / 1000 : 0;
    return age < 0 ? 0 : age > INT32_MAX ? INT32_MAX : (unsigned)age;
}

static int put_frame(struct ds_buf *frames, const struct relay_chat *chat)
{
    struct ds_message message = {
        .type = DS_MESSAGE_CHAT, .number = chat->number, .age_s = age_s(chat)};
    memcpy(message.id, chat->id, sizeof(message.id));
    memcpy(message.from, chat->from, sizeof(message.from));
    memcpy(message.text, chat->text, sizeof(message.text));
    struct ds_rcbuf *frame = relay_desk_frame(&message);
    int error = frame ? ds_buf_append(frames, frame->data, frame->len) : DS_ENOMEM;
    ds_rcbuf_unref(frame);
    return error;
}

/* Sends frames, the last of them message `last`, and waits until they are written. */
static void tell(struct relay_desk *desk, struct relay_desk_leg *leg, const struct ds_buf *frames,
                 unsigned last)
{
    struct relay_order *order = chat_order(leg, frames);
    if (!order)
        return;
    order->tells = true;
    leg->chat_told = last;
    leg->is_chat_under_way = true;
    relay_desk_order(desk, leg, order);
}

/* ---- what a leg has missed ---- */

struct paging {
    struct relay_job job;
    struct relay_desk *desk;
    uint64_t leg;
    char session[DS_TEXT_SESSION];
    unsigned after, last;
    struct ds_buf frames;
};

static void free_paging(struct ds_letter *letter)
{
    struct paging *paging = (struct paging *)letter;
    ds_buf_destroy(&paging->frames);
    free(paging);
}

static int take_one(void *ctx, const struct relay_chat *chat)
{
    struct paging *paging = ctx;
    if (paging->frames.len >= PAGE_MAX)
        return DS_ELIMIT;
    int error = put_frame(&paging->frames, chat);
    if (!error)
        paging->last = chat->number;
    return error;
}

static void read_page(struct relay_job *job, struct relay_store *store)
{
    struct paging *paging = (struct paging *)job;
    store->ops->chat_each(store, paging->session, paging->after, take_one, paging);
}

static void page_read(struct relay_job *job)
{
    struct paging *paging = (struct paging *)job;
    struct relay_desk *desk = paging->desk;
    struct relay_desk_leg *leg = relay_desk_find(desk, paging->leg);
    if (leg && !desk->is_stopping) {
        leg->is_chat_under_way = false;
        bool is_same = leg->session && strcmp(leg->session->id, paging->session) == 0;
        if (is_same && paging->frames.len > 0)
            tell(desk, leg, &paging->frames, paging->last);
        else if (!is_same)
            relay_desk_tell_chat(desk, leg);
        /* else the store could not be read: the sweep asks again */
    }
    free_paging(&job->letter);
}

void relay_desk_tell_chat(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    if (!leg->session || leg->is_chat_under_way || leg->chat_told >= leg->session->chat)
        return;
    struct paging *paging = ds_alloc_array(1, sizeof(*paging));
    if (!paging)
        return;
    paging->job.letter.destroy = free_paging;
    paging->job.run = read_page;
    paging->job.done = page_read;
    paging->desk = desk;
    paging->leg = leg->id;
    memcpy(paging->session, leg->session->id, sizeof(paging->session));
    paging->after = leg->chat_told;
    ds_buf_init(&paging->frames, 1u << 20);
    if (relay_clerk_push(desk->clerk, &paging->job))
        free_paging(&paging->job.letter);
    else
        leg->is_chat_under_way = true;
}

void relay_desk_chat_written(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    leg->is_chat_under_way = false;
    relay_desk_tell_chat(desk, leg);
}

/* ---- what is said ---- */

struct saying {
    struct relay_job job;
    struct relay_desk *desk;
    uint64_t leg;
    char session[DS_TEXT_SESSION];
    unsigned max;
    int error; /* of the last try */
    bool is_new;
    struct relay_chat chat;
};

static int write_said(struct relay_job *job, struct relay_store *store)
{
    struct saying *s = (struct saying *)job;
    s->chat.at_ms = wall_ms();
    s->error = store->ops->chat_add(store, s->session, &s->chat, s->max, &s->is_new);
    return s->error;
}

static void answered(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    struct relay_order *order = relay_order_new(RELAY_ORDER_SEND, leg->id);
    if (!order)
        return;
    order->answers = RELAY_ANSWERS_SAY;
    relay_desk_order(desk, leg, order);
}

/* A leg that has everything before it is told at once, without the store. */
static void tell_new(struct relay_desk *desk, struct relay_session *session, enum relay_side side,
                     const struct relay_chat *chat, const struct ds_buf *frame)
{
    uint64_t id = session->end[side].leg;
    struct relay_desk_leg *leg = id ? relay_desk_find(desk, id) : NULL;
    if (!leg)
        return;
    if (!leg->is_chat_under_way && leg->chat_told + 1 == chat->number)
        tell(desk, leg, frame, chat->number);
    else
        relay_desk_tell_chat(desk, leg);
}

/* Said before: the receipt was lost. What the leg has not been told yet comes in its turn. */
static void tell_again(struct relay_desk *desk, struct relay_desk_leg *leg,
                       const struct relay_chat *chat, const struct ds_buf *frame)
{
    if (chat->number > leg->chat_told) {
        relay_desk_tell_chat(desk, leg);
        return;
    }
    struct relay_order *order = chat_order(leg, frame);
    if (order)
        relay_desk_order(desk, leg, order);
}

static void tell_said(struct saying *s, struct relay_session *session, struct relay_desk_leg *leg)
{
    struct ds_buf frame;
    ds_buf_init(&frame, DS_FRAME_HEADER + DS_FRAME_CONTROL_MAX);
    if (s->is_new)
        session->chat = s->chat.number;
    if (put_frame(&frame, &s->chat) == DS_OK) {
        if (s->is_new) {
            tell_new(s->desk, session, RELAY_VIEWER, &s->chat, &frame);
            tell_new(s->desk, session, RELAY_AGENT, &s->chat, &frame);
        } else if (leg && leg->session == session) {
            tell_again(s->desk, leg, &s->chat, &frame);
        }
    }
    ds_buf_destroy(&frame);
}

static void refuse_full(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    struct ds_message message = {
        .type = DS_MESSAGE_ERROR,
        .error = DS_REFUSAL_CHAT,
        .message = "This conversation has become too long. What was said last was not sent."};
    relay_desk_send(desk, leg, &message, false, false);
}

static void said(struct relay_job *job)
{
    struct saying *s = (struct saying *)job;
    struct relay_session *session = relay_sessions_find(&s->desk->sessions, s->session);
    struct relay_desk_leg *leg = relay_desk_find(s->desk, s->leg);
    if (session)
        session->chat_waiting--;
    if (session && !s->desk->is_stopping) {
        if (!s->error)
            tell_said(s, session, leg);
        else if (leg && s->error == DS_ELIMIT)
            refuse_full(s->desk, leg);
    }
    if (leg && !s->desk->is_stopping)
        answered(s->desk, leg);
    free(s);
}

/* A minute's allowance at once, then one after the other. */
static bool is_allowed(const struct relay_desk *desk, struct relay_session_end *end, ds_tick now)
{
    ds_tick each = MINUTE / desk->conf->chat_per_minute;
    ds_tick from = end->chat_paid > now ? end->chat_paid : now;
    if (from + each > now + MINUTE)
        return false;
    end->chat_paid = from + each;
    return true;
}

void relay_desk_say(struct relay_desk *desk, struct relay_desk_leg *leg,
                    const struct ds_message *message)
{
    struct relay_session *session = leg->session;
    enum relay_side side = leg->is_viewer ? RELAY_VIEWER : RELAY_AGENT;
    /* Not now: it is said again in 15 s, or after it is known that the session has ended. */
    bool is_taken = session && session->state == RELAY_SESSION_PAIRED &&
                    session->chat_waiting < WAITING_MAX &&
                    is_allowed(desk, &session->end[side], ds_clock_now());
    struct saying *s = is_taken ? ds_alloc_array(1, sizeof(*s)) : NULL;
    if (s) {
        s->job.write = write_said;
        s->job.done = said;
        s->desk = desk;
        s->leg = leg->id;
        s->max = desk->conf->chat_max;
        memcpy(s->session, session->id, sizeof(s->session));
        memcpy(s->chat.id, message->id, sizeof(s->chat.id));
        snprintf(s->chat.from, sizeof(s->chat.from), "%s",
                 leg->is_viewer ? DS_BY_REP : DS_BY_CUSTOMER);
        snprintf(s->chat.text, sizeof(s->chat.text), "%s", message->text);
        if (relay_clerk_push(desk->clerk, &s->job) == DS_OK) {
            session->chat_waiting++;
            return;
        }
        free(s);
    }
    answered(desk, leg);
}
