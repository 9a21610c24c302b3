/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the loop's time a viewer's input may take: a bucket of time that fills with time.
 * Every key and character costs round trips to the display on the agent's only loop; without a
 * bound a hostile viewer keeps the loop busy for minutes, and with it the customer's Pause, End
 * and Esc Esc, and the heartbeat. */
#ifndef AGENT_INJECT_ALLOWANCE_H
#define AGENT_INJECT_ALLOWANCE_H

#include "common/base/clock.h"

#include <stdbool.h>

/* Half of the time, and a quarter of a second at once: thousands of movements or keys a second
 * (20 us and 100 us each), which no hand makes; what comes together after a stall of the line fits
 * the bucket. */
#define AGENT_ALLOWANCE_SHARE 2
#define AGENT_ALLOWANCE_MAX (250 * DS_MS)

struct agent_allowance {
    ds_tick filled; /* until when it has been filled */
    ds_tick left, debt;
};

/* Begins full. */
void agent_allowance_init(struct agent_allowance *allowance, ds_tick now);
/* False: too much for now. */
bool agent_allowance_has(struct agent_allowance *allowance, ds_tick now);
/* What an input took; may be more than there was. */
void agent_allowance_spend(struct agent_allowance *allowance, ds_tick elapsed);

#endif
