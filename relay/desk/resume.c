/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the legs of a session come, go and come back: PROTOCOL section 2, "Back after a cut". */
#include "common/base/error.h"
#include "relay/desk/desk.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

static enum relay_side side_of(const struct relay_desk_leg *leg)
{
    return leg->is_viewer ? RELAY_VIEWER : RELAY_AGENT;
}

static enum relay_side other_side(enum relay_side side)
{
    return side == RELAY_VIEWER ? RELAY_AGENT : RELAY_VIEWER;
}

static struct relay_desk_leg *leg_of(struct relay_desk *desk, const struct relay_session *session,
                                     enum relay_side side)
{
    uint64_t id = session->end[side].leg;
    return id ? relay_desk_find(desk, id) : NULL;
}

void relay_desk_seat(struct relay_session *session, struct relay_desk_leg *leg)
{
    struct relay_session_end *end = &session->end[side_of(leg)];
    end->leg = leg->id;
    end->is_wanting = true;
    session->is_joined = false;
    leg->session = session;
    leg->guest_until = 0;
    leg->chat_told = 0;
}

/* ---- both here ---- */

static void make_paired(struct relay_desk *desk, struct relay_session *session,
                        struct relay_desk_leg *leg, struct ds_message *message)
{
    message->type = DS_MESSAGE_PAIRED;
    memcpy(message->session, session->id, sizeof(message->session));
    snprintf(message->org, sizeof(message->org), "%s", desk->conf->org);
    if (!leg->is_viewer)
        memcpy(message->name, session->name, sizeof(message->name));
    session->end[side_of(leg)].is_told = true;
}

/* The answer to a join. */
static void tell_paired(struct relay_desk *desk, struct relay_session *session,
                        struct relay_desk_leg *agent)
{
    struct ds_message message = {0};
    make_paired(desk, session, agent, &message);
    relay_desk_send(desk, agent, &message, true, false);
}

static void tell_away(struct relay_desk *desk, struct relay_session *session,
                      struct relay_desk_leg *leg)
{
    struct ds_message message = {.type = DS_MESSAGE_PEER_AWAY};
    message.left_s = relay_session_left_s(session, desk->cutoff, ds_clock_now());
    relay_desk_send(desk, leg, &message, false, false);
}

/* Without the memory for an order the leg cannot be used; its end comes back with another. */
static void give_up(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    ds_log_error("legs cannot be joined leg=%llu", (unsigned long long)leg->id);
    relay_desk_send(desk, leg, NULL, false, true);
}

/* A frame for when the legs are joined; round: 0 for the first time. */
static struct ds_rcbuf *joined_frame(struct relay_desk *desk, struct relay_session *session,
                                     struct relay_desk_leg *leg, unsigned round)
{
    struct ds_message message = {.type = DS_MESSAGE_REJOINED, .round = round};
    if (round == 0)
        make_paired(desk, session, leg, &message);
    return relay_desk_frame(&message);
}

static void join_legs(struct relay_desk *desk, struct relay_session *session,
                      struct relay_desk_leg *viewer, struct relay_desk_leg *agent)
{
    bool is_agent_told = session->end[RELAY_AGENT].is_told;
    bool is_new_to_viewer = !session->end[RELAY_VIEWER].is_told;
    bool is_again = is_agent_told || !is_new_to_viewer;
    if (is_again && is_new_to_viewer) {
        struct ds_message message = {0};
        make_paired(desk, session, viewer, &message);
        relay_desk_send(desk, viewer, &message, false, false);
    }
    unsigned round = is_again ? session->round + 1 : 0;
    struct relay_order *order = relay_order_new(RELAY_ORDER_PAIR, viewer->id);
    if (order) {
        order->other = agent->id;
        order->bytes = joined_frame(desk, session, viewer, round);
        order->other_bytes = joined_frame(desk, session, agent, round);
    }
    if (!order || !order->bytes || !order->other_bytes) {
        if (order)
            order->letter.destroy(&order->letter);
        give_up(desk, agent);
        return;
    }
    relay_desk_order(desk, viewer, order);
    if (!is_agent_told)
        relay_desk_send(desk, agent, NULL, true, false); /* its join is answered */
    session->round = round;
    session->is_joined = true;
    if (!is_agent_told || is_new_to_viewer)
        relay_desk_save(desk, session);
    if (is_again)
        ds_log_info("session rejoined session=%s round=%u viewer=%llu agent=%llu", session->id,
                    round, (unsigned long long)viewer->id, (unsigned long long)agent->id);
}

static void bring_together(struct relay_desk *desk, struct relay_desk_leg *viewer,
                           struct relay_desk_leg *agent)
{
    struct relay_order *order = relay_order_new(RELAY_ORDER_MOVE, agent->id);
    if (!order) {
        give_up(desk, agent);
        return;
    }
    order->to = viewer->worker;
    relay_worker_order(&desk->workers[agent->worker], order);
    agent->worker = viewer->worker;
    agent->is_moving = true;
}

void relay_desk_meet(struct relay_desk *desk, struct relay_session *session)
{
    struct relay_desk_leg *viewer = leg_of(desk, session, RELAY_VIEWER);
    struct relay_desk_leg *agent = leg_of(desk, session, RELAY_AGENT);
    if (session->is_joined || !agent)
        return;
    if (!viewer) {
        if (!session->end[RELAY_AGENT].is_told) {
            tell_paired(desk, session, agent);
            tell_away(desk, session, agent);
        }
        return;
    }
    if (viewer->is_moving || agent->is_moving) /* its arrival brings us here again */
        return;
    if (viewer->worker == agent->worker)
        join_legs(desk, session, viewer, agent);
    else
        bring_together(desk, viewer, agent);
}

/* ---- gone ---- */

void relay_desk_away(struct relay_desk *desk, struct relay_desk_leg *leg, ds_tick heard)
{
    struct relay_session *session = leg->session;
    enum relay_side side = side_of(leg);
    struct relay_session_end *end = &session->end[side];
    leg->session = NULL;
    end->leg = 0;
    end->is_wanting = false;
    end->until = heard + desk->cutoff;
    session->is_joined = false;
    if (desk->is_stopping) /* everybody is; the store knows when this process was alive */
        return;
    struct relay_desk_leg *other = leg_of(desk, session, other_side(side));
    if (other && !session->end[other_side(side)].is_told && session->state == RELAY_SESSION_PAIRED)
        tell_paired(desk, session, other);
    if (other)
        tell_away(desk, session, other);
    ds_log_info("session waits for an end session=%s away=%s left_s=%u", session->id,
                side == RELAY_VIEWER ? DS_BY_REP : DS_BY_CUSTOMER,
                relay_session_left_s(session, desk->cutoff, ds_clock_now()));
    relay_desk_save(desk, session);
}

/* ---- back ---- */

/* A leg that came when all places were taken gets that of the one it replaces, which may be dead
 * without anybody knowing; else one that has become free. */
static bool take_place(struct relay_desk *desk, struct relay_desk_leg *leg,
                       struct relay_desk_leg *old)
{
    if (leg->late_until == 0)
        return true;
    bool is_passed_on = old && old->class == RELAY_GATE_LEG;
    if (is_passed_on)
        relay_gate_leave(&desk->listener->gate, RELAY_GATE_LEG, &old->from);
    if (!relay_gate_enter(&desk->listener->gate, RELAY_GATE_LEG, &leg->from)) {
        if (is_passed_on) /* too many from the new one's address */
            ds_check(relay_gate_enter(&desk->listener->gate, RELAY_GATE_LEG, &old->from));
        return false;
    }
    if (is_passed_on)
        old->class = RELAY_GATE_CLASSES;
    relay_listener_leave(desk->listener, leg->class, &leg->from);
    leg->class = RELAY_GATE_LEG;
    leg->late_until = 0;
    return true;
}

/* The newest leg of an end wins. */
static void replace(struct relay_desk *desk, struct relay_desk_leg *old)
{
    struct ds_message message = {.type = DS_MESSAGE_ERROR, .error = DS_REFUSAL_SESSION};
    snprintf(message.message, sizeof(message.message),
             "This session goes on over a newer connection of this program.");
    ds_log_info("leg is replaced leg=%llu", (unsigned long long)old->id);
    old->session = NULL;
    relay_desk_send(desk, old, &message, false, true);
}

static void come_back(struct relay_desk *desk, struct relay_desk_leg *leg,
                      struct relay_session *session, unsigned chat_seen)
{
    enum relay_side side = side_of(leg);
    struct relay_desk_leg *old = leg_of(desk, session, side);
    struct ds_message message = {.type = DS_MESSAGE_RESUMED};
    if (!take_place(desk, leg, old)) {
        relay_desk_dismiss_a_guest(desk, true);
        relay_desk_refuse_full(desk, leg);
        return;
    }
    if (old)
        replace(desk, old);
    relay_desk_seat(session, leg);
    leg->chat_told = chat_seen < session->chat ? chat_seen : session->chat;
    if (leg->is_viewer) {
        memcpy(leg->email, session->email, sizeof(leg->email));
        memcpy(leg->name, session->name, sizeof(leg->name));
    } else {
        session->end[side].is_told = true; /* its first token came behind that */
    }
    message.present = session->end[other_side(side)].leg != 0;
    message.left_s = relay_session_left_s(session, desk->cutoff, ds_clock_now());
    relay_desk_send(desk, leg, &message, true, false);
    ds_log_info("session resumed session=%s by=%s leg=%llu", session->id,
                side == RELAY_VIEWER ? DS_BY_REP : DS_BY_CUSTOMER, (unsigned long long)leg->id);
    relay_desk_save(desk, session);
    relay_desk_meet(desk, session);
    relay_desk_tell_chat(desk, leg);
    relay_desk_tell_seen(desk, leg);
}

static void tell_ended(struct relay_desk *desk, struct relay_desk_leg *leg,
                       const struct relay_session *session)
{
    struct ds_message message = {.type = DS_MESSAGE_ENDED};
    snprintf(message.by, sizeof(message.by), "%s", session->by);
    snprintf(message.reason, sizeof(message.reason), "%s", session->reason);
    relay_desk_send(desk, leg, &message, true, false);
}

/* Keys of the tries table. */
static void make_keys(const struct relay_desk_leg *leg, uint8_t address[17], uint8_t net[17])
{
    struct relay_address holder = relay_address_holder(&leg->from);
    struct relay_address range = relay_address_net(&leg->from);
    address[0] = 'a';
    memcpy(address + 1, holder.bytes, 16);
    net[0] = 'n';
    memcpy(net + 1, range.bytes, 16);
}

/* One answer for wrong, unknown and forgotten alike. Who is right is let in before tries are
 * counted: 128 bits are not guessed, so nobody can be locked out from behind the same address. */
static void refuse_wrong(struct relay_desk *desk, struct relay_desk_leg *leg, ds_tick now)
{
    uint8_t address[17], net[17];
    make_keys(leg, address, net);
    unsigned wait = relay_tries_wait_s(&desk->tokens, address, sizeof(address),
                                       desk->conf->wrong_tokens_per_address, now);
    unsigned net_wait =
        relay_tries_wait_s(&desk->tokens, net, sizeof(net), desk->conf->wrong_tokens_per_net, now);
    if (net_wait > wait)
        wait = net_wait;
    if (wait > 0) {
        relay_desk_refuse_tries(desk, leg, wait);
        relay_desk_send(desk, leg, NULL, false, true);
        return;
    }
    relay_tries_note(&desk->tokens, address, sizeof(address), now);
    relay_tries_note(&desk->tokens, net, sizeof(net), now);
    relay_desk_refuse(desk, leg, DS_REFUSAL_SESSION,
                      "The session is over, or it is not known here any more.");
}

void relay_desk_resume(struct relay_desk *desk, struct relay_desk_leg *leg,
                       const struct ds_message *message)
{
    struct relay_token_hash hash;
    ds_tick now = ds_clock_now();
    if (leg->session || leg->email[0] || leg->is_asking) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL,
                          "This program cannot return to a session now.");
        return;
    }
    if (relay_token_hash(message->token, &hash)) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
        return;
    }
    struct relay_session *session = relay_sessions_find(&desk->sessions, message->session);
    if (!relay_tokens_use(session ? &session->end[side_of(leg)].tokens : NULL, &hash)) {
        refuse_wrong(desk, leg, now);
        return;
    }
    ds_tick until = session->state == RELAY_SESSION_ENDED ? 0 : relay_session_until(session);
    if (until != 0 && now >= until)
        relay_desk_end(desk, session, DS_BY_RELAY, DS_REASON_LOST, true, true);
    if (session->state == RELAY_SESSION_ENDED)
        tell_ended(desk, leg, session);
    else
        come_back(desk, leg, session, message->chat_seen);
}
