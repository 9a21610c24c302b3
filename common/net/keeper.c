/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/keeper.h"

#include "common/base/log.h"

#include <assert.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

/* A second that took so much longer: the machine slept, or the program was stopped. */
#define JUMP (3 * DS_SECOND)

static void on_timer(uv_timer_t *timer);

static void log_state(struct ds_keeper *k)
{
    if (k->logged == k->line.state)
        return;
    ds_log_info("session line from=%s to=%s", ds_lifeline_state_name(k->logged),
                ds_lifeline_state_name(k->line.state));
    k->logged = k->line.state;
}

static void arm(struct ds_keeper *k)
{
    ds_tick now = ds_clock_now(), at = ds_lifeline_deadline(&k->line);
    if (k->is_closed)
        return;
    if (k->cut_due)
        uv_timer_start(&k->timer, on_timer, 0, 0);
    else if (at == 0)
        uv_timer_stop(&k->timer);
    else
        uv_timer_start(&k->timer, on_timer, at > now ? (at - now + DS_MS - 1) / DS_MS : 0, 0);
}

static void say_resume(struct ds_keeper *k)
{
    struct ds_message m;
    struct ds_link *link = k->ops->link(k->ctx);
    ds_lifeline_resume(&k->line, &m);
    if (!link || ds_link_send(link, &m))
        ds_log_warn("resume could not be said"); /* its answer will be missed */
    ds_message_wipe(&m);
}

static void say_end(struct ds_keeper *k)
{
    struct ds_message m = {.type = DS_MESSAGE_END};
    struct ds_link *link = k->ops->link(k->ctx);
    memcpy(m.reason, k->reason, sizeof(m.reason));
    if (link)
        ds_link_send(link, &m);
}

static_assert((int)DS_LIFELINE_SELF == (int)DS_CUT_SELF &&
                  (int)DS_LIFELINE_RELAY == (int)DS_CUT_RELAY &&
                  (int)DS_LIFELINE_PEER == (int)DS_CUT_PEER,
              "the sides are the same ones");

static const char *words_of(enum ds_lifeline_side side)
{
    return side == DS_LIFELINE_PEER    ? "the other end is away"
           : side == DS_LIFELINE_RELAY ? "the relay asked to dial again"
                                       : "the resume came to nothing";
}

/* The owner may end the session in any of these. */
static void act(struct ds_keeper *k, unsigned what)
{
    log_state(k);
    if (what & DS_LIFELINE_CUT)
        k->ops->cut(k->ctx, (enum ds_cut_side)k->line.side,
                    k->why ? k->why : words_of(k->line.side));
    if (what & DS_LIFELINE_END)
        say_end(k);
    if (what & DS_LIFELINE_HANG_UP)
        k->ops->hang_up(k->ctx);
    if (what & DS_LIFELINE_DIAL)
        k->ops->dial(k->ctx);
    if (what & DS_LIFELINE_RESUME)
        say_resume(k);
    if (what & DS_LIFELINE_REJOIN)
        k->ops->rejoin(k->ctx, k->line.round);
    if (what & DS_LIFELINE_OVER)
        k->ops->over(k->ctx);
    else if (what & DS_LIFELINE_TELL)
        k->ops->changed(k->ctx);
    arm(k);
}

static void on_timer(uv_timer_t *timer)
{
    struct ds_keeper *k = timer->data;
    unsigned what = 0;
    if (k->cut_due) {
        k->cut_due = false;
        what = ds_lifeline_on_cut(&k->line, ds_clock_now());
    } else {
        what = ds_lifeline_tick(&k->line, ds_clock_now());
    }
    act(k, what);
}

/* ---- the network ---- */

static void on_address_gone(void *ctx, const struct sockaddr *address)
{
    struct ds_keeper *k = ctx;
    struct ds_link *link = k->ops->link(k->ctx);
    if (link)
        ds_link_address_gone(link, address);
}

static void on_change(void *ctx)
{
    struct ds_keeper *k = ctx;
    struct ds_link *link = k->ops->link(k->ctx);
    if (link)
        ds_link_hurry(link);
    act(k, ds_lifeline_on_network(&k->line, ds_clock_now()));
}

static const struct ds_network_watch_events watch_events = {
    .on_address_gone = on_address_gone,
    .on_change = on_change,
};

/* ---- life ---- */

void ds_keeper_init(struct ds_keeper *k, uv_loop_t *loop, const struct ds_keeper_ops *ops,
                    void *ctx)
{
    uint64_t seed = ds_clock_now();
    if (RAND_bytes((unsigned char *)&seed, sizeof(seed)) != 1)
        ds_log_warn("no randomness for the waits between dials");
    *k = (struct ds_keeper){.ops = ops, .ctx = ctx};
    ds_lifeline_init(&k->line, seed, ds_clock_scaled_ms(DS_CUTOFF_MS));
    uv_timer_init(loop, &k->timer); /* cannot fail */
    k->timer.data = k;
    k->watch = ds_network_watch_open(loop, &watch_events, k);
}

void ds_keeper_close(struct ds_keeper *k)
{
    if (k->is_closed || !k->ops)
        return;
    k->is_closed = true;
    ds_lifeline_end(&k->line);
    ds_network_watch_close(k->watch);
    k->watch = NULL;
    uv_close((uv_handle_t *)&k->timer, NULL);
}

void ds_keeper_begin(struct ds_keeper *k, const char *session, bool has_peer)
{
    ds_lifeline_begin(&k->line, session, has_peer, ds_clock_now());
    act(k, 0);
}

void ds_keeper_adopt(struct ds_keeper *k, const char *session, const char *token,
                     const char *before, ds_tick until)
{
    ds_lifeline_adopt(&k->line, session, token, before, until, ds_clock_now());
    act(k, DS_LIFELINE_TELL);
}

void ds_keeper_end(struct ds_keeper *k)
{
    ds_lifeline_end(&k->line);
    act(k, 0);
}

bool ds_keeper_leave(struct ds_keeper *k, const char *reason)
{
    snprintf(k->reason, sizeof(k->reason), "%s", reason);
    act(k, ds_lifeline_leave(&k->line, ds_clock_now()));
    return k->line.leaving;
}

bool ds_keeper_is_leaving(const struct ds_keeper *k)
{
    return k->line.leaving;
}

/* ---- the link ---- */

bool ds_keeper_on_up(struct ds_keeper *k)
{
    unsigned what = ds_lifeline_on_up(&k->line, ds_clock_now());
    act(k, what);
    return (what & DS_LIFELINE_RESUME) != 0;
}

bool ds_keeper_on_down(struct ds_keeper *k, const char *why)
{
    struct ds_link *link = k->ops->link(k->ctx);
    if (k->line.state == DS_LIFELINE_NONE)
        return false;
    enum ds_lifeline_side side =
        link && ds_link_was_closed(link) ? DS_LIFELINE_RELAY : DS_LIFELINE_SELF;
    k->why = why;
    act(k, ds_lifeline_on_down(&k->line, side, link ? ds_link_heard(link) : 0, ds_clock_now()));
    k->why = NULL;
    return true;
}

bool ds_keeper_on_message(struct ds_keeper *k, const struct ds_message *message)
{
    bool mine;
    unsigned what = ds_lifeline_on_message(&k->line, message, ds_clock_now(), &mine);
    act(k, what);
    return mine;
}

/* ---- the tunnel ---- */

void ds_keeper_on_open(struct ds_keeper *k)
{
    act(k, ds_lifeline_on_open(&k->line));
}

void ds_keeper_on_cut(struct ds_keeper *k)
{
    k->cut_due = true;
    arm(k);
}

/* ---- time ---- */

void ds_keeper_second(struct ds_keeper *k)
{
    ds_tick now = ds_clock_now(), before = k->second;
    struct ds_link *link = k->ops->link(k->ctx);
    k->second = now;
    if (before != 0 && now > before + JUMP) {
        ds_log_info("the machine slept or the program was stopped seconds=%u",
                    (unsigned)((now - before) / DS_SECOND));
        if (link)
            ds_link_hurry(link);
    }
    unsigned what = ds_lifeline_tick(&k->line, now);
    act(k, what);
    if (what == 0 && ds_lifeline_is_lost(&k->line))
        k->ops->changed(k->ctx);
}
