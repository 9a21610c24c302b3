/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remote control on the customer's display: joins guard, injection and the watch on the customer's
 * own hand. Loop thread only; the own hand's connection is watched with uv_poll. */
#ifndef AGENT_INJECT_CONTROL_H
#define AGENT_INJECT_CONTROL_H

#include "agent/inject/traces.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct agent_control;

struct agent_control_events {
    /* The customer's own hand took control for now (true), or two seconds passed without it
     * (false). */
    void (*on_held)(void *ctx, bool held);
    /* Esc Esc by the customer's own hand: take everything back. */
    void (*on_escape)(void *ctx);
    /* Asked for every input: may it reach the display? False while a question is open, or when the
     * pointer (x, y of the root window) or the keyboard is over a window of the agent. is_key: it
     * would go to the keyboard's window. */
    bool (*may_inject)(void *ctx, bool is_key, int x, int y);
};

/* display: NULL for $DISPLAY. traces: as agent_inject_open. Starts with nothing allowed. NULL on
 * failure: message gets a plain sentence. */
struct agent_control *agent_control_open(uv_loop_t *loop, const char *display,
                                         struct agent_traces *traces, uint32_t epoch,
                                         const struct agent_control_events *events, void *ctx,
                                         char *message, size_t size);
/* Releases every key and button, gives back borrowed key codes, closes. Accepts NULL. Handles end
 * on the loop. */
void agent_control_close(struct agent_control *control);

/* A new connection of the session: input of the one before is dropped, and what is down let go. */
void agent_control_set_epoch(struct agent_control *control, uint32_t epoch);

/* The right is granted and the session active. Turning it off releases every key and button at
 * once. */
void agent_control_allow(struct agent_control *control, bool allowed);

/* Where the picture lies on the root window and its size, for coordinates. */
void agent_control_set_area(struct agent_control *control, int32_t x, int32_t y, uint32_t width,
                            uint32_t height);

/* One decoded input message. True when something was injected; false when the guard dropped it, or
 * when there is more than hands can make (allowance.h); both are counted. */
bool agent_control_input(struct agent_control *control, const struct ds_input *input);

struct agent_control_counts {
    uint64_t injected, late, not_allowed, held, own_window, flooded;
};
void agent_control_counts(const struct agent_control *control, struct agent_control_counts *counts);

#endif
