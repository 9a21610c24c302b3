/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How viewer and agent find each other: new session, join code, end. */
#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/desk/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- new session: its audit line first, since a store that is away stops new sessions ---- */

struct opening {
    struct relay_job job;
    struct relay_desk *desk;
    uint64_t leg;
    int error;
    struct relay_audit_line line;
};

static void run_opening(struct relay_job *job, struct relay_store *store)
{
    struct opening *o = (struct opening *)job;
    o->error = relay_audit_append(store, &o->line, true);
}

static void give_code(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    struct ds_message message = {.type = DS_MESSAGE_SESSION};
    ds_tick life = ds_clock_scaled_ms(desk->conf->code_life_s * 1000ull) * DS_MS;
    struct relay_session *session =
        relay_sessions_open(&desk->sessions, ds_clock_now(), life, message.join_code);
    if (!session) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
        return;
    }
    memcpy(session->email, leg->email, sizeof(session->email));
    memcpy(session->name, leg->name, sizeof(session->name));
    relay_desk_seat(session, leg);
    desk->sessions_total++;
    memcpy(message.session, session->id, sizeof(message.session));
    message.expires_s = (unsigned)(life / DS_SECOND);
    relay_desk_send(desk, leg, &message, true, false);
    ds_message_wipe(&message);
    relay_desk_save(desk, session);
}

static void done_opening(struct relay_job *job)
{
    struct opening *o = (struct opening *)job;
    struct relay_desk *desk = o->desk;
    struct relay_desk_leg *leg = relay_desk_find(desk, o->leg);
    if (leg && !desk->is_stopping) {
        leg->is_asking = false;
        if (o->error)
            relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY,
                              "The relay cannot open sessions at the moment. Try again later.");
        else if (!leg->email[0])
            relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "Sign in first.");
        else
            give_code(desk, leg);
    }
    free(o);
}

void relay_desk_new_session(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    if (!leg->is_viewer || !leg->email[0]) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "Sign in first.");
        return;
    }
    if (leg->is_asking || (leg->session && leg->session->state != RELAY_SESSION_WAITING)) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "End the session that is running first.");
        return;
    }
    if (leg->session) /* a fresh code for the one that nobody joined */
        relay_desk_end(desk, leg->session, DS_BY_REP, DS_REASON_CLOSED, false, false);
    struct opening *o = ds_alloc_array(1, sizeof(*o));
    if (o) {
        char from[RELAY_ADDRESS_TEXT];
        relay_address_text(&leg->from, from);
        *o = (struct opening){.desk = desk, .leg = leg->id};
        o->job.run = run_opening;
        o->job.done = done_opening;
        snprintf(o->line.what, sizeof(o->line.what), "session-opened");
        snprintf(o->line.who, sizeof(o->line.who), "%s", leg->email);
        snprintf(o->line.detail, sizeof(o->line.detail), "address=%s", from);
    }
    leg->is_asking = o != NULL;
    if (!o || relay_clerk_push(desk->clerk, &o->job)) {
        leg->is_asking = false;
        free(o);
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
    }
}

/* ---- join ---- */

struct join_try {
    uv_timer_t timer;
    struct relay_desk *desk;
    uint64_t leg;
    char code[DS_TEXT_CODE];
};

static void join(struct relay_desk *desk, struct relay_desk_leg *agent,
                 struct relay_session *session)
{
    char from[RELAY_ADDRESS_TEXT], detail[RELAY_AUDIT_DETAIL];
    relay_desk_seat(session, agent);
    relay_desk_meet(desk, session);
    relay_desk_save(desk, session);
    relay_address_text(&agent->from, from);
    snprintf(detail, sizeof(detail), "address=%s", from);
    relay_clerk_audit(desk->clerk, "session-paired", session->email, session->id, detail);
    ds_log_info("session paired session=%s viewer=%llu agent=%llu", session->id,
                (unsigned long long)session->end[RELAY_VIEWER].leg, (unsigned long long)agent->id);
}

/* Seconds until the leg's address and its network may try another code. */
static unsigned code_wait_s(struct relay_desk *desk, const struct relay_desk_leg *leg, ds_tick now)
{
    struct relay_address holder = relay_address_holder(&leg->from);
    struct relay_address net = relay_address_net(&leg->from);
    uint8_t key[17] = {'n'};
    memcpy(key + 1, net.bytes, 16);
    unsigned wait = relay_tries_wait_s(&desk->codes, holder.bytes, sizeof(holder.bytes),
                                       desk->conf->wrong_codes_per_address, now);
    unsigned net_wait =
        relay_tries_wait_s(&desk->codes, key, sizeof(key), desk->conf->wrong_codes_per_net, now);
    return net_wait > wait ? net_wait : wait;
}

static void try_code(struct relay_desk *desk, struct relay_desk_leg *leg, const char *code)
{
    ds_tick now = ds_clock_now();
    /* Those held back at the same time may have used the bound up since this one was let in. */
    unsigned wait = code_wait_s(desk, leg, now);
    if (wait > 0) {
        relay_desk_refuse_tries(desk, leg, wait);
        return;
    }
    struct relay_session *session = relay_sessions_join(&desk->sessions, code, now);
    if (session) {
        join(desk, leg, session);
        return;
    }
    struct relay_address holder = relay_address_holder(&leg->from);
    struct relay_address net = relay_address_net(&leg->from);
    relay_tries_note(&desk->codes, holder.bytes, sizeof(holder.bytes), now);
    uint8_t key[17] = {'n'};
    memcpy(key + 1, net.bytes, 16);
    relay_tries_note(&desk->codes, key, sizeof(key), now);
    relay_tries_note_day(&desk->codes, now);
    relay_desk_refuse(desk, leg, DS_REFUSAL_CODE,
                      "This code is not valid. Check the nine digits, or ask your representative "
                      "for a new code.");
}

static void on_join_freed(uv_handle_t *handle)
{
    struct join_try *join = handle->data;
    explicit_bzero(join->code, sizeof(join->code));
    free(join);
}

static void on_held_back(uv_timer_t *timer)
{
    struct join_try *join = timer->data;
    struct relay_desk_leg *leg = relay_desk_find(join->desk, join->leg);
    join->desk->waits--;
    if (leg && !join->desk->is_stopping) {
        leg->is_asking = false;
        try_code(join->desk, leg, join->code);
    }
    uv_close((uv_handle_t *)timer, on_join_freed);
}

/* Above the day's budget every answer, right or wrong, comes later. */
static void hold_back(struct relay_desk *desk, struct relay_desk_leg *leg, const char *code,
                      unsigned delay_ms)
{
    struct join_try *join = ds_alloc_array(1, sizeof(*join));
    if (!join) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
        return;
    }
    join->desk = desk;
    join->leg = leg->id;
    memcpy(join->code, code, sizeof(join->code));
    join->timer.data = join;
    leg->is_asking = true;
    desk->waits++;
    uv_timer_init(desk->loop, &join->timer);
    uv_timer_start(&join->timer, on_held_back, delay_ms, 0);
}

void relay_desk_join(struct relay_desk *desk, struct relay_desk_leg *leg,
                     const struct ds_message *message)
{
    if (leg->is_viewer || leg->session || leg->is_asking) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "This program cannot join now.");
        return;
    }
    ds_tick now = ds_clock_now();
    unsigned wait = code_wait_s(desk, leg, now);
    if (wait > 0) {
        relay_desk_refuse_tries(desk, leg, wait);
        return;
    }
    unsigned delay_ms = relay_tries_delay_ms(&desk->codes, desk->conf->wrong_codes_per_day, now);
    if (delay_ms > 0)
        hold_back(desk, leg, message->join_code, delay_ms);
    else
        try_code(desk, leg, message->join_code);
}

/* ---- end ---- */

static void leave(struct relay_desk *desk, uint64_t id, const struct ds_message *ended)
{
    struct relay_desk_leg *leg = id ? relay_desk_find(desk, id) : NULL;
    if (!leg)
        return;
    leg->session = NULL;
    if (!leg->email[0])
        relay_desk_make_guest(desk, leg);
    if (ended)
        relay_desk_send(desk, leg, ended, false, false);
}

void relay_desk_end(struct relay_desk *desk, struct relay_session *session, const char *by,
                    const char *reason, bool tell_viewer, bool tell_agent)
{
    static const char *const states[] = {"waiting", "paired", "ended"};
    struct ds_message ended = {.type = DS_MESSAGE_ENDED};
    char detail[RELAY_AUDIT_DETAIL];
    ds_tick now = ds_clock_now();
    snprintf(ended.by, sizeof(ended.by), "%s", by);
    snprintf(ended.reason, sizeof(ended.reason), "%s", reason);
    struct relay_desk_leg *viewer = relay_desk_find(desk, session->end[RELAY_VIEWER].leg);
    if (viewer && session->is_joined) {
        struct relay_order *order = relay_order_new(RELAY_ORDER_PART, viewer->id);
        if (order)
            relay_desk_order(desk, viewer, order);
    }
    leave(desk, session->end[RELAY_VIEWER].leg, tell_viewer ? &ended : NULL);
    leave(desk, session->end[RELAY_AGENT].leg, tell_agent ? &ended : NULL);
    snprintf(detail, sizeof(detail), "by=%s reason=%s was=%s seconds=%llu", by, reason,
             states[session->state],
             (unsigned long long)(session->paired ? (now - session->paired) / DS_SECOND : 0));
    relay_clerk_audit(desk->clerk, "session-ended", session->email, session->id, detail);
    ds_log_info("session ended session=%s %s", session->id, detail);
    session->is_joined = false;
    relay_sessions_end(&desk->sessions, session, by, reason, now + desk->cutoff);
    relay_desk_save(desk, session);
}

unsigned relay_desk_end_account(struct relay_desk *desk, const char *email)
{
    unsigned ended = 0;
    relay_tickets_drop(&desk->tickets, email);
    for (struct relay_session *session = desk->sessions.first, *next; session; session = next) {
        next = session->next;
        if (strcmp(session->email, email) != 0)
            continue;
        relay_desk_end(desk, session, DS_BY_RELAY, DS_REASON_DISABLED, true, true);
        ended++;
    }
    struct ds_message message = {.type = DS_MESSAGE_ERROR,
                                 .error = DS_REFUSAL_NOT_ACTIVATED,
                                 .message = "Account not activated. Ask your manager to activate "
                                            "it."};
    for (size_t i = 0; i < RELAY_DESK_SLOTS; i++) {
        for (struct relay_desk_leg *leg = desk->slots[i]; leg; leg = leg->next) {
            if (strcmp(leg->email, email) == 0 && !leg->is_leaving)
                relay_desk_send(desk, leg, &message, false, true);
        }
    }
    return ended;
}

void relay_desk_expire(struct relay_desk *desk, ds_tick now)
{
    for (struct relay_session *session = desk->sessions.first, *next; session; session = next) {
        next = session->next;
        ds_tick until = relay_session_until(session);
        if (until != 0 && now >= until)
            relay_desk_end(desk, session, DS_BY_RELAY, DS_REASON_LOST, true, true);
        else if (session->state == RELAY_SESSION_WAITING && now >= session->expires)
            relay_desk_end(desk, session, DS_BY_RELAY, DS_REASON_EXPIRED, true, false);
    }
    struct relay_session *old;
    while ((old = relay_sessions_outdated(&desk->sessions, now)) != NULL &&
           relay_desk_forget(desk, old)) {
    }
}
