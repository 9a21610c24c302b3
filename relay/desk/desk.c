/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/desk.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/wire/frame.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOTS RELAY_DESK_SLOTS
#define REPORTS_MAX 1048576 /* of all legs together; a leg has few under way */
#define SWEEP_MS 1000
#define TRIES_KEYS 65536
#define TRIM_AFTER_MS 5000
#define MOVING_MIN_MS 250
#define MOVING_MAX_MS 8000

struct relay_desk_leg *relay_desk_find(struct relay_desk *desk, uint64_t id)
{
    struct relay_desk_leg *leg = desk->slots[id % SLOTS];
    while (leg && leg->id != id)
        leg = leg->next;
    return leg;
}

struct ds_rcbuf *relay_desk_frame(const struct ds_message *message)
{
    struct ds_buf json;
    ds_buf_init(&json, DS_FRAME_CONTROL_MAX);
    struct ds_rcbuf *frame = NULL;
    if (ds_message_encode(&json, message) == DS_OK)
        frame = ds_rcbuf_new(DS_FRAME_HEADER + json.len);
    if (frame) {
        ds_frame_header(frame->data, DS_FRAME_CONTROL, json.len);
        memcpy(frame->data + DS_FRAME_HEADER, ds_buf_peek(&json), json.len);
    }
    ds_buf_wipe(&json);
    return frame;
}

void relay_desk_order(struct relay_desk *desk, struct relay_desk_leg *leg,
                      struct relay_order *order)
{
    if (!leg->is_moving) {
        relay_worker_order(&desk->workers[leg->worker], order);
        return;
    }
    struct relay_order **at = &leg->deferred;
    while (*at)
        at = (struct relay_order **)&(*at)->letter.next;
    order->letter.next = NULL;
    *at = order;
}

void relay_desk_send(struct relay_desk *desk, struct relay_desk_leg *leg,
                     const struct ds_message *message, bool answers, bool last)
{
    struct relay_order *order = relay_order_new(RELAY_ORDER_SEND, leg->id);
    struct ds_rcbuf *frame = order && message ? relay_desk_frame(message) : NULL;
    if (!order || (message && !frame)) {
        ds_log_error("message cannot be sent leg=%llu", (unsigned long long)leg->id);
        if (order)
            order->letter.destroy(&order->letter);
        return;
    }
    order->bytes = frame;
    order->answers = answers ? RELAY_ANSWERS_QUESTION : RELAY_ANSWERS_NOTHING;
    order->last = last;
    leg->is_leaving = leg->is_leaving || last;
    relay_desk_order(desk, leg, order);
}

void relay_desk_refuse(struct relay_desk *desk, struct relay_desk_leg *leg, const char *error,
                       const char *text)
{
    struct ds_message message = {.type = DS_MESSAGE_ERROR};
    snprintf(message.error, sizeof(message.error), "%s", error);
    snprintf(message.message, sizeof(message.message), "%s", text);
    relay_desk_send(desk, leg, &message, true, false);
}

void relay_desk_refuse_tries(struct relay_desk *desk, struct relay_desk_leg *leg, unsigned wait_s)
{
    char text[128];
    unsigned minutes = (wait_s + 59) / 60;
    snprintf(text, sizeof(text), "Too many tries. Try again in %u minute%s.", minutes,
             minutes == 1 ? "" : "s");
    relay_desk_refuse(desk, leg, DS_REFUSAL_TOO_MANY, text);
}

void relay_desk_make_guest(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    leg->guest_until = ds_clock_now() + desk->conf->guest_s * DS_SECOND;
}

void relay_desk_take(struct relay_desk *desk, int fd, const struct relay_address *from)
{
    struct relay_desk_leg *leg = ds_alloc_array(1, sizeof(*leg));
    struct relay_order *order = relay_order_new(RELAY_ORDER_TAKE, desk->last_id + 1);
    if (!leg || !order || desk->is_stopping) {
        free(leg);
        if (order)
            order->letter.destroy(&order->letter);
        close(fd);
        relay_listener_leave(desk->listener, RELAY_GATE_STRANGER, from);
        return;
    }
    leg->id = ++desk->last_id;
    desk->took_at = leg->taken = ds_clock_now();
    leg->worker = (unsigned)(leg->id % desk->worker_count);
    leg->from = *from;
    leg->class = RELAY_GATE_STRANGER;
    leg->next = desk->slots[leg->id % SLOTS];
    desk->slots[leg->id % SLOTS] = leg;
    desk->leg_count++;
    order->fd = fd;
    relay_worker_order(&desk->workers[leg->worker], order);
}

void relay_desk_make_room(struct relay_desk *desk, ds_tick since)
{
    for (size_t i = 0; i < RELAY_DESK_SLOTS; i++) {
        for (struct relay_desk_leg *leg = desk->slots[i]; leg; leg = leg->next) {
            if (leg->class == RELAY_GATE_STRANGER && leg->taken <= since && !leg->is_leaving)
                relay_desk_send(desk, leg, NULL, false, true);
        }
    }
}

static void forget(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    struct relay_desk_leg **at = &desk->slots[leg->id % SLOTS];
    while (*at != leg)
        at = &(*at)->next;
    *at = leg->next;
    desk->leg_count--;
    while (leg->deferred) {
        struct ds_letter *letter = &leg->deferred->letter;
        leg->deferred = (struct relay_order *)letter->next;
        letter->destroy(letter);
    }
    free(leg);
}

static void on_gone(struct relay_desk *desk, struct relay_desk_leg *leg, const char *why,
                    ds_tick heard)
{
    if (leg->class == RELAY_GATE_LEG || ds_log_allowed(&desk->log_limit, 60, ds_clock_now())) {
        char from[RELAY_ADDRESS_TEXT];
        relay_address_text(&leg->from, from);
        ds_log_info("leg closed why=\"%s\" leg=%llu address=%s", why, (unsigned long long)leg->id,
                    from);
    }
    if (leg->session)
        relay_desk_away(desk, leg, heard);
    if (leg->class != RELAY_GATE_CLASSES)
        relay_listener_leave(desk->listener, leg->class, &leg->from);
    forget(desk, leg);
}

static void dismiss(struct relay_desk *desk, struct relay_desk_leg *guest, const char *text)
{
    struct ds_message message = {.type = DS_MESSAGE_ERROR, .error = DS_REFUSAL_BUSY};
    snprintf(message.message, sizeof(message.message), "%s", text);
    relay_desk_send(desk, guest, &message, false, true);
}

static bool is_guest(const struct relay_desk_leg *leg)
{
    return leg->guest_until != 0 && !leg->is_leaving && leg->class == RELAY_GATE_LEG;
}

void relay_desk_dismiss_a_guest(struct relay_desk *desk, bool at_once)
{
    struct relay_desk_leg *oldest = NULL;
    unsigned all_s = desk->conf->guest_s, crowded_s = desk->conf->crowded_guest_s;
    unsigned long left_s = all_s > crowded_s ? all_s - crowded_s : 0;
    ds_tick soon = ds_clock_now() + (at_once ? all_s : left_s) * DS_SECOND;
    for (size_t i = 0; i < SLOTS; i++) {
        for (struct relay_desk_leg *leg = desk->slots[i]; leg; leg = leg->next) {
            if (is_guest(leg) && (!oldest || leg->guest_until < oldest->guest_until))
                oldest = leg;
        }
    }
    if (oldest && oldest->guest_until < soon)
        dismiss(desk, oldest,
                "The relay is full, and nothing happened here. Connect again when you are ready.");
}

void relay_desk_refuse_full(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    struct ds_message full = {.type = DS_MESSAGE_ERROR,
                              .error = DS_REFUSAL_BUSY,
                              .message = "The relay is full. Try again in a minute."};
    relay_desk_send(desk, leg, &full, false, true);
}

static void on_hello(struct relay_desk *desk, struct relay_desk_leg *leg,
                     const struct ds_message *message)
{
    char from[RELAY_ADDRESS_TEXT], program[DS_TEXT_NAME];
    leg->is_viewer = strcmp(message->role, "viewer") == 0;
    if (!relay_gate_enter(&desk->listener->gate, RELAY_GATE_LEG, &leg->from)) {
        if (relay_gate_is_full(&desk->listener->gate, RELAY_GATE_LEG))
            relay_desk_dismiss_a_guest(desk, false);
        /* It may be an end whose place is still held by its own dead connection: let it say so. */
        leg->late_until = ds_clock_now() + desk->conf->crowded_ms * DS_MS;
        return;
    }
    relay_listener_leave(desk->listener, leg->class, &leg->from);
    leg->class = RELAY_GATE_LEG;
    relay_desk_make_guest(desk, leg);
    relay_address_text(&leg->from, from);
    ds_text_for_display(program, sizeof(program), message->program);
    ds_log_info("leg said hello role=%s program=\"%s\" leg=%llu address=%s", message->role, program,
                (unsigned long long)leg->id, from);
}

static void on_note(struct relay_desk *desk, struct relay_desk_leg *leg,
                    const struct ds_message *message)
{
    char detail[RELAY_AUDIT_DETAIL];
    struct relay_session *session = leg->session;
    if (!session || leg->is_viewer || session->state != RELAY_SESSION_PAIRED)
        return;
    if (message->type == DS_MESSAGE_VERIFIED) {
        session->is_verified = true;
        relay_desk_save(desk, session);
        snprintf(detail, sizeof(detail), "proof=%s", message->audit);
        relay_clerk_audit(desk->clerk, "verified", session->email, session->id, detail);
    } else {
        snprintf(detail, sizeof(detail), "tries=%u", message->tries);
        relay_clerk_audit(desk->clerk, "wrong-number", session->email, session->id, detail);
    }
}

static void on_end(struct relay_desk *desk, struct relay_desk_leg *leg,
                   const struct ds_message *message)
{
    struct relay_session *session = leg->session;
    relay_desk_send(desk, leg, NULL, true, false);
    if (!session)
        return;
    char reason[DS_TEXT_REASON];
    ds_text_for_display(reason, sizeof(reason), message->reason);
    relay_desk_end(desk, session, leg->is_viewer ? DS_BY_REP : DS_BY_CUSTOMER, reason,
                   !leg->is_viewer, leg->is_viewer);
}

static void on_message(struct relay_desk *desk, struct relay_desk_leg *leg,
                       const struct ds_message *message)
{
    if (leg->is_leaving)
        return;
    if (leg->late_until != 0 && message->type != DS_MESSAGE_RESUME) {
        relay_desk_refuse_full(desk, leg);
        return;
    }
    switch (message->type) {
    case DS_MESSAGE_SIGN_IN:
        relay_desk_sign_in(desk, leg, message);
        break;
    case DS_MESSAGE_WANT_TICKET:
        relay_desk_want_ticket(desk, leg);
        break;
    case DS_MESSAGE_USE_TICKET:
        relay_desk_use_ticket(desk, leg, message);
        break;
    case DS_MESSAGE_NEW_SESSION:
        relay_desk_new_session(desk, leg);
        break;
    case DS_MESSAGE_JOIN:
        relay_desk_join(desk, leg, message);
        break;
    case DS_MESSAGE_SAY:
        relay_desk_say(desk, leg, message);
        break;
    case DS_MESSAGE_TYPING:
    case DS_MESSAGE_SEEN:
        relay_desk_presence(desk, leg, message);
        break;
    case DS_MESSAGE_RESUME:
        relay_desk_resume(desk, leg, message);
        break;
    case DS_MESSAGE_VERIFIED:
    case DS_MESSAGE_WRONG_NUMBER:
        on_note(desk, leg, message);
        break;
    case DS_MESSAGE_END:
        on_end(desk, leg, message);
        break;
    default:
        break;
    }
}

static void on_arrived(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    leg->is_moving = false;
    if (leg->session)
        relay_desk_meet(desk, leg->session);
    while (leg->deferred) {
        struct relay_order *order = leg->deferred;
        leg->deferred = (struct relay_order *)order->letter.next;
        relay_worker_order(&desk->workers[leg->worker], order);
    }
}

static void on_report(struct relay_desk *desk, struct relay_report *report)
{
    struct relay_desk_leg *leg = relay_desk_find(desk, report->leg);
    if (report->letter.kind == RELAY_REPORT_STOPPED) {
        if (++desk->workers_stopped == desk->worker_count && desk->on_stopped)
            desk->on_stopped(desk->ctx);
        return;
    }
    if (!leg)
        return;
    switch ((enum relay_report_kind)report->letter.kind) {
    case RELAY_REPORT_HELLO:
        on_hello(desk, leg, report->message);
        break;
    case RELAY_REPORT_MESSAGE:
        on_message(desk, leg, report->message);
        break;
    case RELAY_REPORT_ARRIVED:
        on_arrived(desk, leg);
        break;
    case RELAY_REPORT_WRITTEN:
        relay_desk_chat_written(desk, leg);
        break;
    case RELAY_REPORT_GONE:
        on_gone(desk, leg, report->why, report->heard);
        break;
    default:
        break;
    }
}

static void on_async(uv_async_t *async)
{
    struct relay_desk *desk = async->data;
    struct ds_letter *letter = ds_mailbox_take_all(&desk->reports);
    while (letter) {
        struct ds_letter *next = letter->next;
        on_report(desk, (struct relay_report *)letter);
        letter->destroy(letter);
        letter = next;
    }
}

static void trim_memory(struct relay_job *job, struct relay_store *store)
{
    (void)job;
    (void)store;
    malloc_trim(0);
}

static void free_job(struct relay_job *job)
{
    free(job);
}

/* Handshakes leave holes between what stays: a sixth of a quiet pair's memory. When nobody came for
 * a while the holes go back to the system; on the clerk's thread, since it may take long. */
static void give_memory_back(struct relay_desk *desk, ds_tick now)
{
    if (desk->trimmed_id == desk->last_id || now - desk->took_at < TRIM_AFTER_MS * DS_MS)
        return;
    struct relay_job *job = ds_alloc_array(1, sizeof(*job));
    desk->trimmed_id = desk->last_id;
    if (!job)
        return;
    job->run = trim_memory;
    job->done = free_job;
    if (relay_clerk_push(desk->clerk, job))
        free(job);
}

static void on_sweep(uv_timer_t *timer)
{
    struct relay_desk *desk = timer->data;
    ds_tick now = ds_clock_now();
    relay_desk_expire(desk, now);
    relay_desk_save_rest(desk);
    give_memory_back(desk, now);
    for (size_t i = 0; i < SLOTS && desk->leg_count > 0; i++) {
        for (struct relay_desk_leg *leg = desk->slots[i]; leg; leg = leg->next) {
            relay_desk_tell_chat(desk, leg);
            if (leg->late_until != 0 && now >= leg->late_until && !leg->is_leaving)
                relay_desk_refuse_full(desk, leg);
            if (is_guest(leg) && now >= leg->guest_until)
                dismiss(desk, leg,
                        "Nothing happened for a long time. Connect again when you are ready.");
        }
    }
}

static void wake(void *ctx)
{
    uv_async_send(ctx);
}

int relay_desk_init(struct relay_desk *desk, uv_loop_t *loop, const struct relay_conf *conf,
                    const uint8_t *audit_key)
{
    *desk = (struct relay_desk){.loop = loop, .conf = conf, .started = ds_clock_now()};
    relay_tickets_init(&desk->tickets);
    desk->slots = ds_alloc_array(SLOTS, sizeof(desk->slots[0]));
    if (!desk->slots || relay_tries_init(&desk->codes, TRIES_KEYS) ||
        relay_tries_init(&desk->passwords, TRIES_KEYS) ||
        relay_tries_init(&desk->tokens, TRIES_KEYS))
        return DS_ENOMEM;
    desk->cutoff = ds_clock_scaled_ms(DS_CUTOFF_MS) * DS_MS;
    int error = relay_sessions_init(&desk->sessions, audit_key);
    if (!error)
        error = ds_mailbox_init(&desk->reports, REPORTS_MAX, wake, &desk->async);
    if (error)
        return error;
    uint64_t every = ds_clock_scaled_ms_floor(SWEEP_MS, 50);
    desk->async.data = desk->sweep.data = desk;
    uv_async_init(loop, &desk->async, on_async);
    uv_timer_init(loop, &desk->sweep);
    uv_timer_start(&desk->sweep, on_sweep, every, every);
    return DS_OK;
}

/* Half a millisecond a leg is what a handshake costs on one core; at most what ends wait anyway. */
static void tell_to_move(struct relay_desk *desk)
{
    unsigned delay = desk->leg_count * 2;
    struct ds_message moving = {.type = DS_MESSAGE_MOVING};
    moving.delay_ms = delay < MOVING_MIN_MS   ? MOVING_MIN_MS
                      : delay > MOVING_MAX_MS ? MOVING_MAX_MS
                                              : delay;
    for (size_t i = 0; i < SLOTS; i++) {
        for (struct relay_desk_leg *leg = desk->slots[i]; leg; leg = leg->next) {
            if (leg->class == RELAY_GATE_LEG && !leg->is_leaving)
                relay_desk_send(desk, leg, &moving, false, false);
        }
    }
}

void relay_desk_stop(struct relay_desk *desk, void (*on_stopped)(void *ctx), void *ctx)
{
    desk->is_stopping = true;
    desk->on_stopped = on_stopped;
    desk->ctx = ctx;
    tell_to_move(desk);
    relay_desk_save_rest(desk);
    for (unsigned i = 0; i < desk->worker_count; i++) {
        struct relay_order *order = relay_order_new(RELAY_ORDER_STOP, 0);
        ds_check(order);
        relay_worker_order(&desk->workers[i], order);
    }
}

void relay_desk_destroy(struct relay_desk *desk)
{
    for (size_t i = 0; i < SLOTS && desk->slots; i++) {
        while (desk->slots[i])
            forget(desk, desk->slots[i]);
    }
    free(desk->slots);
    relay_sessions_destroy(&desk->sessions);
    relay_tries_destroy(&desk->codes);
    relay_tries_destroy(&desk->passwords);
    relay_tries_destroy(&desk->tokens);
    relay_tickets_destroy(&desk->tickets);
    uv_close((uv_handle_t *)&desk->async, NULL);
    uv_close((uv_handle_t *)&desk->sweep, NULL);
    ds_mailbox_destroy(&desk->reports);
}
