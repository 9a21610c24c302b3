/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps one end's session across its connections: carries out what common/tunnel/lifeline.h says,
 * with a timer, the network watch and the link of its owner. Both ends use it alike. One loop owns
 * it; every function and callback belongs to that loop's thread. */
#ifndef DS_NET_KEEPER_H
#define DS_NET_KEEPER_H

#include "common/net/history.h"
#include "common/net/link.h"
#include "common/net/network_watch.h"
#include "common/tunnel/lifeline.h"

#include <uv.h>

/* What the owner does; called from ds_keeper_* and from the loop, never from inside a call of the
 * tunnel. Each may be called when there is nothing to do. */
struct ds_keeper_ops {
    /* The link that there is, or NULL. */
    struct ds_link *(*link)(void *ctx);
    void (*dial)(void *ctx); /* opens one; if that cannot be, ds_keeper_on_down follows */
    void (*hang_up)(void *ctx);
    /* Nothing flows any more: ds_tunnel_cut, keys and buttons up, no picture. why: a few words for
     * diagnostics, valid during the call. */
    void (*cut)(void *ctx, enum ds_cut_side side, const char *why);
    /* ds_tunnel_rejoin. Who was away when the other end came has not heard PAIRED: without a tunnel
     * this makes one first. */
    void (*rejoin)(void *ctx, uint32_t round);
    /* What is to be shown has changed: the state of keeper->line. */
    void (*changed)(void *ctx);
    /* Ten minutes are over, or the relay knows the session no more. The lifeline has ended. */
    void (*over)(void *ctx);
};

struct ds_keeper {
    struct ds_lifeline line; /* to be read by the owner; state, has_peer, disconnects … */
    const struct ds_keeper_ops *ops;
    void *ctx;
    uv_timer_t timer;
    struct ds_network_watch *watch; /* owned; NULL: cannot be had */
    bool cut_due;                   /* the tunnel said on_cut */
    bool is_closed;
    char reason[DS_TEXT_REASON]; /* of the END that is still to be said */
    ds_tick second;              /* the last ds_keeper_second */
    enum ds_lifeline_state logged;
    const char *why; /* of the cut; borrowed during on_down */
};

/* In the owner's memory, until its loop has no handles left. ops: borrowed. */
void ds_keeper_init(struct ds_keeper *keeper, uv_loop_t *loop, const struct ds_keeper_ops *ops,
                    void *ctx);
/* Forgets the session, closes its handles; nothing is called any more. Safe to call twice. */
void ds_keeper_close(struct ds_keeper *keeper);

/* The session is there, as ds_lifeline_begin. */
void ds_keeper_begin(struct ds_keeper *keeper, const char *session, bool has_peer);
/* One of a program that ran before, as ds_lifeline_adopt. */
void ds_keeper_adopt(struct ds_keeper *keeper, const char *session, const char *token,
                     const char *before, ds_tick until);
/* The session is over; hang up or not, as the owner likes. */
void ds_keeper_end(struct ds_keeper *keeper);
/* This end leaves for good; reason: DS_REASON_*. True: the relay cannot be told now; it is dialled
 * to be told, and the owner does not hang up. False: the owner says END by its link, if it has one.
 */
bool ds_keeper_leave(struct ds_keeper *keeper, const char *reason);
/* It is still to be told; `changed` is called when it was, or cannot be. */
bool ds_keeper_is_leaving(const struct ds_keeper *keeper);

/* ---- from the link ---- */

/* on_up. True: it was dialled for the session, RESUME is said, and the owner says nothing. */
bool ds_keeper_on_up(struct ds_keeper *keeper);
/* on_down, before the link is closed; why: its detail. True: the session goes on (or goes on being
 * left), and the link is closed by `hang_up`. False: there is none; the owner deals with it. */
bool ds_keeper_on_down(struct ds_keeper *keeper, const char *why);
/* True: the message was for the session's return alone. */
bool ds_keeper_on_message(struct ds_keeper *keeper, const struct ds_message *message);

/* ---- from the tunnel ---- */

/* on_open and on_resumed. */
void ds_keeper_on_open(struct ds_keeper *keeper);
/* on_cut. Acts from the loop. */
void ds_keeper_on_cut(struct ds_keeper *keeper);

/* Once a second from the owner's own timer: sees that the machine slept (timers of libuv do not
 * count that), and calls `changed` while something is missing. */
void ds_keeper_second(struct ds_keeper *keeper);

#endif
