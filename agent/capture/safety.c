/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/capture/safety.h"

void agent_safety_begin(struct agent_safety *safety, ds_tick now)
{
    *safety = (struct agent_safety){.due = now + AGENT_SAFETY_USED, .pause = AGENT_SAFETY_USED};
}

void agent_safety_use(struct agent_safety *safety, ds_tick now)
{
    safety->is_used = true;
    if (safety->due > now + AGENT_SAFETY_USED)
        safety->due = now + AGENT_SAFETY_USED;
}

void agent_safety_looked(struct agent_safety *safety, bool missed, ds_tick now)
{
    if (missed)
        safety->pause = AGENT_SAFETY_MISSED;
    else if (safety->is_used || safety->pause < AGENT_SAFETY_USED)
        safety->pause = AGENT_SAFETY_USED;
    else if (safety->pause < AGENT_SAFETY_REST)
        safety->pause *= 2;
    safety->is_used = false;
    safety->due = now + safety->pause;
}
