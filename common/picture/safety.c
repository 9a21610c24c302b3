/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/safety.h"

void ds_safety_begin(struct ds_safety *safety, ds_tick now)
{
    *safety = (struct ds_safety){.due = now + DS_SAFETY_USED, .pause = DS_SAFETY_USED};
}

void ds_safety_use(struct ds_safety *safety, ds_tick now)
{
    safety->is_used = true;
    if (safety->due > now + DS_SAFETY_USED)
        safety->due = now + DS_SAFETY_USED;
}

void ds_safety_looked(struct ds_safety *safety, bool missed, ds_tick now)
{
    if (missed)
        safety->pause = DS_SAFETY_MISSED;
    else if (safety->is_used || safety->pause < DS_SAFETY_USED)
        safety->pause = DS_SAFETY_USED;
    else if (safety->pause < DS_SAFETY_REST)
        safety->pause *= 2;
    safety->is_used = false;
    safety->due = now + safety->pause;
}
