/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/easing.h"

void ds_easing_init(struct ds_easing *e)
{
    *e = (struct ds_easing){.limit = DS_MUX_WINDOW};
}

bool ds_easing_may(const struct ds_easing *e)
{
    return !e->is_fine || e->sent + DS_MUX_RECORD_MAX <= e->granted + e->limit;
}

void ds_easing_sent(struct ds_easing *e, size_t n, ds_tick now)
{
    e->sent += n;
    if (e->count == DS_EASING_MARKS)
        return;
    unsigned last = (e->first + e->count++) % DS_EASING_MARKS;
    e->marks[last].sent = e->sent;
    e->marks[last].granted = e->granted;
    e->marks[last].at = now;
}

/* The best of the last ones: a sender that had nothing to send is not a slow line. */
static uint64_t best_rate(const struct ds_easing *e)
{
    uint64_t best = 0;
    for (unsigned i = 0; i < DS_EASING_RATES; i++)
        if (e->rates[i] > best)
            best = e->rates[i];
    return best;
}

void ds_easing_granted(struct ds_easing *e, uint32_t n, ds_tick now)
{
    int newest = -1;
    if (n > e->sent - e->granted)
        n = (uint32_t)(e->sent - e->granted); /* a window that grows is not an answer */
    e->granted += n;
    e->is_fine = e->is_fine || (n > 0 && n < DS_MUX_WINDOW / 2);
    for (; e->count > 0 && e->marks[e->first].sent <= e->granted; e->count--) {
        newest = (int)e->first;
        e->first = (e->first + 1) % DS_EASING_MARKS;
    }
    if (newest < 0)
        return;
    ds_tick took = now > e->marks[newest].at ? now - e->marks[newest].at : 1;
    e->rates[e->turn++ % DS_EASING_RATES] =
        (e->granted - e->marks[newest].granted) * DS_SECOND / took;
    if (e->round_trip == 0 || took < e->round_trip)
        e->round_trip = took;
    /* And a step, which has arrived and waits for its grant. */
    uint64_t limit = best_rate(e) * (e->round_trip + DS_EASING_QUEUE) / DS_SECOND + DS_EASING_STEP;
    e->limit = limit < DS_EASING_LEAST ? DS_EASING_LEAST
               : limit > DS_MUX_WINDOW ? DS_MUX_WINDOW
                                       : (uint32_t)limit;
}
