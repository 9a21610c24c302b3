/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/consent/refusal.h"

void agent_refusal_add(struct agent_refusal *r, ds_tick now)
{
    uint64_t hold_ms = AGENT_REFUSAL_FIRST_MS;
    for (unsigned i = 0; i < r->count && hold_ms < AGENT_REFUSAL_MOST_MS; i++)
        hold_ms *= 2;
    if (hold_ms > AGENT_REFUSAL_MOST_MS)
        hold_ms = AGENT_REFUSAL_MOST_MS;
    r->count++;
    r->until = now + ds_clock_scaled_ms(hold_ms) * DS_MS;
}

void agent_refusal_forget(struct agent_refusal *r)
{
    *r = (struct agent_refusal){.count = 0};
}

uint16_t agent_refusal_wait_s(const struct agent_refusal *r, ds_tick now)
{
    return now < r->until ? (uint16_t)((r->until - now + DS_SECOND - 1) / DS_SECOND) : 0;
}
