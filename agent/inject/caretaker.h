/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small process beside the agent that puts the customer's display back when the agent dies of
 * something it cannot answer to (SIGKILL, a crash): lifts the keys and buttons that are injected as
 * pressed, empties the keycodes that are lent and puts auto-repeat on again. It waits for the end
 * of a pipe whose other end only the agent has, learns what there is from memory that both share,
 * and ends in any case. It does nothing while the agent lives, hanging or not. Proved by
 * tests/system/agent_killed.c. */
#ifndef AGENT_INJECT_CARETAKER_H
#define AGENT_INJECT_CARETAKER_H

#include "agent/inject/traces.h"

#include <sys/types.h>

struct agent_caretaker {
    pid_t pid;                   /* 0: there is none */
    int pipe;                    /* closed by the agent's end, whatever that is */
    struct agent_traces *traces; /* shared; for agent_control_open. NULL: nobody watches */
};

/* Forks: call it before there are threads, connections and secrets. display: NULL for $DISPLAY;
 * borrowed until agent_caretaker_end. Without memory or processes there is none: *caretaker says
 * so, and the agent goes on. */
void agent_caretaker_start(struct agent_caretaker *caretaker, const char *display);

/* The agent ends in order. Waits for the caretaker, which has nothing to do when the injector was
 * closed. */
void agent_caretaker_end(struct agent_caretaker *caretaker);

#endif
