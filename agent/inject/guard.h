/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides for every input message whether it may reach the customer's display. Nothing but state
 * and times: no display, no clock. What it lets through is the only input that is ever injected.
 *
 * The customer's own hand always wins: whatever it does holds the rep's input back until it has
 * rested for AGENT_GUARD_HOLD, and Esc Esc takes everything back. */
#ifndef AGENT_INJECT_GUARD_H
#define AGENT_INJECT_GUARD_H

#include "common/base/clock.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stdint.h>

#define AGENT_GUARD_HOLD (2 * DS_SECOND) /* DESIGN section 3 */
#define AGENT_GUARD_ESCAPE (500 * DS_MS) /* between the two presses of Esc Esc */

enum agent_guard_verdict {
    AGENT_GUARD_PASS,    /* inject it */
    AGENT_GUARD_LATE,    /* of another connection, repeated or out of order */
    AGENT_GUARD_REFUSED, /* no right, not active, paused, or no such message */
    AGENT_GUARD_HELD,    /* the customer's own hand is at work */
    AGENT_GUARD_WINDOW,  /* a question is open, or it would reach a window of the agent */
    AGENT_GUARD_VERDICTS,
};

/* What the caller has to do; an or of these. */
enum agent_guard_action {
    AGENT_GUARD_RELEASE = 1, /* let go of every key and button that was injected */
    AGENT_GUARD_HOLD_BEGAN = 2,
    AGENT_GUARD_HOLD_ENDED = 4,
    AGENT_GUARD_TAKE_BACK = 8, /* Esc Esc */
};

/* What the customer's own hand did. */
enum agent_own_input {
    AGENT_OWN_MOTION,      /* moved, clicked, turned, touched; a key was released */
    AGENT_OWN_KEY,         /* pressed another key */
    AGENT_OWN_ESCAPE_DOWN, /* not by auto-repeat */
    AGENT_OWN_ESCAPE_UP,
};

/* False: a question is open, or the place belongs to a window of the agent. is_key: it would go
 * where the keyboard's focus is, x and y mean nothing. */
typedef bool agent_guard_may_reach(void *ctx, bool is_key, uint32_t x, uint32_t y);

struct agent_guard {
    agent_guard_may_reach *may_reach; /* x, y: of the picture */
    void *ctx;                        /* borrowed */
    bool allowed;                     /* right granted, session active, not paused */
    uint32_t epoch, sequence;         /* of the last message taken in order */
    uint8_t buttons;                  /* injected as pressed */
    uint16_t x, y;                    /* last injected position */
    bool held;
    ds_tick held_until;
    bool escape_down;     /* the first Esc has not been released yet */
    ds_tick escape_since; /* of the first Esc; 0: none */
    uint64_t counts[AGENT_GUARD_VERDICTS];
};

/* epoch: connection count of the session; other epochs are discarded. */
void agent_guard_init(struct agent_guard *guard, uint32_t epoch, agent_guard_may_reach *may_reach,
                      void *ctx);

/* Everything was released by somebody else. */
void agent_guard_let_go(struct agent_guard *guard);

/* A new connection of the session: sequences begin anew. Returns actions. */
unsigned agent_guard_set_epoch(struct agent_guard *guard, uint32_t epoch);

/* The right to control is granted, the session active and not paused. Looking and pointing inject
 * nothing and are not this. Returns actions. */
unsigned agent_guard_allow(struct agent_guard *guard, bool allowed);

/* Decides, and counts the verdict. *out gets what to inject when the verdict is PASS: the message,
 * or, when the pointer has moved over a window of the agent with a button down, the release of that
 * button where the pointer was last allowed. */
enum agent_guard_verdict agent_guard_check(struct agent_guard *guard, const struct ds_input *input,
                                           struct ds_input *out);

/* The customer's own hand did something. Returns actions. */
unsigned agent_guard_own(struct agent_guard *guard, enum agent_own_input what, ds_tick now);

/* When agent_guard_tick is due; 0: never. */
ds_tick agent_guard_deadline(const struct agent_guard *guard);
unsigned agent_guard_tick(struct agent_guard *guard, ds_tick now);

#endif
