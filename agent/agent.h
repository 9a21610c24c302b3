/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's whole life: one session from the code to the record. Runs its own loop. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/options.h"

struct agent_traces; /* agent/inject/traces.h */

/* Exit codes of DESIGN section 7. */
enum agent_exit {
    AGENT_EXIT_ENDED = 0,
    AGENT_EXIT_USAGE = 1,
    AGENT_EXIT_UNREACHABLE = 2,
    AGENT_EXIT_REFUSED = 3,
    AGENT_EXIT_CUT_OFF = 4,
    AGENT_EXIT_INTERNAL = 5,
};

/* Runs until the session is over and returns the exit code. Sentences go to the windows, events and
 * standard error. traces: told what injection leaves on the display, or NULL. */
int agent_run(const struct agent_options *options, struct agent_traces *traces);

#endif
