/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/splice.h"

#include "common/base/error.h"
#include "relay/meet/leg.h"

#include <string.h>

/* Messages of one leg that may be at the desk at once; an end asks one thing at a time. */
#define ASKED_MAX 8
/* Chat messages of one leg that may wait for the store at once: PROTOCOL section 2, twice. */
#define SAID_MAX 32
/* verified and wrong-number of one pairing: three tries, and one proof for each of a few fresh
 * handshakes. */
#define NOTES_MAX 16
/* typing and seen of one leg: two in three seconds for long, sixteen at once. */
#define PRESENCE_EACH (750 * DS_MS)
#define PRESENCE_AHEAD (12 * DS_SECOND)

static const char *splice_data(struct relay_leg *leg, const struct ds_frame *frame)
{
    if (leg->state != RELAY_LEG_OPEN || !relay_credit_spend(&leg->credit, frame->len))
        return "more DATA than its credit";
    /* Without a peer: sent before the leg heard that the session ended. */
    if (!leg->peer)
        return NULL;
    atomic_fetch_add_explicit(&leg->worker->bytes_passed, frame->len, memory_order_relaxed);
    if (ds_frame_append(&leg->peer->out, DS_FRAME_DATA, frame->payload, frame->len) == DS_OK)
        return NULL;
    return "its peer's queue is full";
}

/* A refusal in words, and the end of the leg once it is written. */
static void refuse(struct relay_leg *leg, const char *error, const char *text)
{
    struct ds_message message = {.type = DS_MESSAGE_ERROR};
    struct ds_buf json, frame;
    ds_buf_init(&json, DS_FRAME_CONTROL_MAX);
    ds_buf_init(&frame, DS_FRAME_HEADER + DS_FRAME_CONTROL_MAX);
    strncpy(message.error, error, sizeof(message.error) - 1);
    strncpy(message.message, text, sizeof(message.message) - 1);
    if (ds_message_encode(&json, &message) == DS_OK)
        ds_frame_append(&frame, DS_FRAME_CONTROL, ds_buf_peek(&json), json.len);
    relay_leg_send(leg, ds_buf_peek(&frame), frame.len, true);
    ds_buf_destroy(&json);
    ds_buf_destroy(&frame);
}

static void splice_hello(struct relay_leg *leg, const struct ds_message *message)
{
    const struct ds_rcbuf *welcome = leg->worker->common->welcome;
    if (message->version != DS_PROTOCOL_VERSION) {
        refuse(leg, DS_REFUSAL_VERSION,
               "This program and the relay do not speak the same version. Get the newest program "
               "from the relay's page.");
        return;
    }
    leg->state = RELAY_LEG_OPEN;
    leg->deadline = 0;
    relay_worker_report(leg->worker, RELAY_REPORT_HELLO, leg->id, message, NULL);
    relay_leg_send(leg, welcome->data, welcome->len, false);
}

/* An end says at most one `typing` in 3 s and one `seen` a second; a moment's hurry is forgiven,
 * and what is above that is nobody's loss: the next one says it all. */
static bool is_allowed(struct relay_leg *leg, ds_tick now)
{
    ds_tick from = leg->presence_paid > now ? leg->presence_paid : now;
    if (from > now + PRESENCE_AHEAD)
        return false;
    leg->presence_paid = from + PRESENCE_EACH;
    return true;
}

static const char *splice_control(struct relay_leg *leg, const struct ds_frame *frame)
{
    struct ds_message message;
    if (ds_message_decode(frame->payload, frame->len, &message)) {
        refuse(leg, DS_REFUSAL_PROTOCOL, "The relay does not understand this message.");
        return NULL;
    }
    bool is_hello = message.type == DS_MESSAGE_HELLO;
    if (message.type == DS_MESSAGE_UNKNOWN) {
        /* of a newer version */
    } else if (is_hello != (leg->state == RELAY_LEG_HELLO) || !ds_message_is_ends(message.type)) {
        refuse(leg, DS_REFUSAL_PROTOCOL, "This message does not belong here.");
    } else if (is_hello) {
        splice_hello(leg, &message);
    } else if (message.type == DS_MESSAGE_VERIFIED || message.type == DS_MESSAGE_WRONG_NUMBER) {
        if (leg->notes++ < NOTES_MAX)
            relay_worker_report(leg->worker, RELAY_REPORT_MESSAGE, leg->id, &message, NULL);
    } else if (message.type == DS_MESSAGE_SAY) {
        if (leg->said++ < SAID_MAX)
            relay_worker_report(leg->worker, RELAY_REPORT_MESSAGE, leg->id, &message, NULL);
        else
            refuse(leg, DS_REFUSAL_PROTOCOL, "Too many messages without waiting for an answer.");
    } else if (message.type == DS_MESSAGE_TYPING || message.type == DS_MESSAGE_SEEN) {
        if (is_allowed(leg, ds_clock_now()))
            relay_worker_report(leg->worker, RELAY_REPORT_MESSAGE, leg->id, &message, NULL);
    } else if (leg->asked >= ASKED_MAX) {
        refuse(leg, DS_REFUSAL_PROTOCOL, "Too many messages without waiting for an answer.");
    } else {
        leg->asked++;
        relay_worker_report(leg->worker, RELAY_REPORT_MESSAGE, leg->id, &message, NULL);
    }
    ds_message_wipe(&message);
    return NULL;
}

const char *relay_splice_frame(struct relay_leg *leg, const struct ds_frame *frame)
{
    switch (frame->type) {
    case DS_FRAME_DATA:
        return splice_data(leg, frame);
    case DS_FRAME_CONTROL:
        return splice_control(leg, frame);
    case DS_FRAME_PING:
        if (leg->words >= RELAY_LEG_PONGS_MAX)
            return NULL;
        leg->words += DS_FRAME_HEADER + frame->len;
        return ds_frame_append(&leg->out, DS_FRAME_PONG, frame->payload, frame->len)
                   ? "its queue is full"
                   : NULL;
    case DS_FRAME_CREDIT:
        return "only the relay grants credit";
    default:
        return NULL;
    }
}
