/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/presence.h"

void ds_presence_up(struct ds_presence *p, bool is_up)
{
    p->is_up = is_up;
    p->seen_said = 0; /* it may have been lost; the relay takes it twice */
    p->seen_said_at = 0;
    p->typing_until = is_up ? p->typing_until : 0;
}

bool ds_presence_typed(struct ds_presence *p, ds_tick now)
{
    if (!p->is_up || (p->typing_said != 0 && now < p->typing_said + DS_PRESENCE_TYPING_EACH))
        return false;
    p->typing_said = now;
    return true;
}

void ds_presence_sent(struct ds_presence *p)
{
    p->typing_said = 0;
}

void ds_presence_saw(struct ds_presence *p, unsigned number)
{
    if (number > p->seen)
        p->seen = number;
}

unsigned ds_presence_due(struct ds_presence *p, ds_tick now)
{
    bool is_early = p->seen_said_at != 0 && now < p->seen_said_at + DS_PRESENCE_SEEN_EACH;
    if (!p->is_up || p->seen == p->seen_said || is_early)
        return 0;
    p->seen_said = p->seen;
    p->seen_said_at = now;
    return p->seen;
}

bool ds_presence_other_types(struct ds_presence *p, ds_tick now)
{
    bool is_new = p->typing_until == 0;
    p->typing_until = now + DS_PRESENCE_TYPING_LASTS;
    return is_new;
}

bool ds_presence_other_saw(struct ds_presence *p, unsigned number)
{
    bool is_new = number > p->other_seen;
    p->other_seen = is_new ? number : p->other_seen;
    return is_new;
}

bool ds_presence_other_rests(struct ds_presence *p)
{
    bool was = p->typing_until != 0;
    p->typing_until = 0;
    return was;
}

bool ds_presence_tick(struct ds_presence *p, ds_tick now)
{
    return p->typing_until != 0 && now >= p->typing_until && ds_presence_other_rests(p);
}
