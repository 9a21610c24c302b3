/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/allowance.h"

void agent_allowance_init(struct agent_allowance *allowance, ds_tick now)
{
    *allowance = (struct agent_allowance){.filled = now, .left = AGENT_ALLOWANCE_MAX};
}

static void fill(struct agent_allowance *a, ds_tick now)
{
    ds_tick more = now > a->filled ? (now - a->filled) / AGENT_ALLOWANCE_SHARE : 0;
    ds_tick paid = more < a->debt ? more : a->debt;
    a->filled += more * AGENT_ALLOWANCE_SHARE;
    a->debt -= paid;
    more -= paid;
    a->left = more > AGENT_ALLOWANCE_MAX - a->left ? AGENT_ALLOWANCE_MAX : a->left + more;
}

bool agent_allowance_has(struct agent_allowance *a, ds_tick now)
{
    fill(a, now);
    return a->left > 0;
}

void agent_allowance_spend(struct agent_allowance *a, ds_tick elapsed)
{
    a->debt += elapsed > a->left ? elapsed - a->left : 0;
    a->left -= elapsed < a->left ? elapsed : a->left;
}
