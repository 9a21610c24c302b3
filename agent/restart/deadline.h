/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a session is over that has to outlive a restart of the computer, by the clock rules of
 * PROTOCOL.md section 2: the time since boot within one boot, the wall clock only when the boot has
 * changed. Pure, but for agent_moment_now. Proved by tests/unit/agent_restart.c. */
#ifndef AGENT_RESTART_DEADLINE_H
#define AGENT_RESTART_DEADLINE_H

#include "common/base/clock.h"

#include <stdint.h>

#define AGENT_BOOT_ID 37 /* as the kernel writes it, with the NUL */

/* One moment by both clocks. */
struct agent_moment {
    ds_tick boot;                /* since boot, sleep included */
    int64_t wall_ms;             /* Unix time */
    char boot_id[AGENT_BOOT_ID]; /* "": not known */
};

struct agent_deadline {
    struct agent_moment at; /* when it is over */
    uint32_t whole_ms;      /* how long it was at first */
};

/* The moment that is now. */
void agent_moment_now(struct agent_moment *now);

/* left_ms from now on. */
struct agent_deadline agent_deadline_of(const struct agent_moment *now, uint32_t left_ms);

/* Milliseconds that are left, 0: it is over. A wall clock that was set back (or a computer without
 * one) leaves at most the whole time: the relay, whose clock went on, then decides. */
uint32_t agent_deadline_left_ms(const struct agent_deadline *deadline,
                                const struct agent_moment *now);

#endif
