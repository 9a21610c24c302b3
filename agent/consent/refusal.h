/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a "no" holds: nobody is asked the same again right after it, and each further one holds
 * twice as long. One for each thing that can be asked. Pure: the time is handed in. */
#ifndef AGENT_CONSENT_REFUSAL_H
#define AGENT_CONSENT_REFUSAL_H

#include "common/base/clock.h"

#include <stdint.h>

/* A question stays before the customer for a minute (AGENT_QUESTION_MS): half of it to themselves
 * after the first no, five times as much when somebody keeps on asking. */
#define AGENT_REFUSAL_FIRST_MS 30000
#define AGENT_REFUSAL_MOST_MS 300000

struct agent_refusal {
    unsigned count; /* since the last yes */
    ds_tick until;  /* 0: may be asked */
};

/* The customer said no, or nothing in time. */
void agent_refusal_add(struct agent_refusal *refusal, ds_tick now);
/* The customer said yes: the next no is a first one. */
void agent_refusal_forget(struct agent_refusal *refusal);
/* Seconds until it may be asked again, begun ones count whole; 0: now. */
uint16_t agent_refusal_wait_s(const struct agent_refusal *refusal, ds_tick now);

#endif
