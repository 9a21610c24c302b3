/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long an end waits before it dials again: at most 0.25 s, doubled with each try to 8 s, and of
 * that a random part ("full jitter"; M. Brooker, "Exponential backoff and jitter", 2015, shows that
 * it brings many ends back with the fewest tries). Only arithmetic. Proved by
 * tests/unit/lifeline.c. */
#ifndef DS_TUNNEL_BACKOFF_H
#define DS_TUNNEL_BACKOFF_H

#include "common/base/clock.h"

#include <stdint.h>

#define DS_BACKOFF_FIRST (250 * DS_MS)
#define DS_BACKOFF_MOST (8 * DS_SECOND)
/* A line that stood for so long was a good one: the next wait is short again. A line that always
 * falls then is dialled every two seconds at most; with 10 s, cuts that come every few seconds (a
 * train, a bad antenna) were felt for 7 s (tests/bench/resume.c). */
#define DS_BACKOFF_STABLE (2 * DS_SECOND)

struct ds_backoff {
    ds_tick bound;    /* of the next wait */
    ds_tick up_since; /* 0: there is no line */
};

static inline void ds_backoff_init(struct ds_backoff *backoff)
{
    *backoff = (struct ds_backoff){.bound = DS_BACKOFF_FIRST};
}

/* The line stands. */
static inline void ds_backoff_up(struct ds_backoff *backoff, ds_tick now)
{
    if (backoff->up_since == 0)
        backoff->up_since = now;
}

/* It fell. */
static inline void ds_backoff_down(struct ds_backoff *backoff, ds_tick now)
{
    if (backoff->up_since != 0 && now >= backoff->up_since + DS_BACKOFF_STABLE)
        backoff->bound = DS_BACKOFF_FIRST;
    backoff->up_since = 0;
}

/* How long to wait now, 0..most (and the bound); the next bound is twice as long. random: any. */
static inline ds_tick ds_backoff_wait(struct ds_backoff *backoff, ds_tick most, uint64_t random)
{
    ds_tick bound = backoff->bound < most ? backoff->bound : most;
    backoff->bound = backoff->bound < DS_BACKOFF_MOST / 2 ? 2 * backoff->bound : DS_BACKOFF_MOST;
    return random % (bound + 1);
}

#endif
