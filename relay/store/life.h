/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a relay was last alive, so that the one after it knows how long everybody has been away. In
 * one boot CLOCK_BOOTTIME tells; the wall clock is asked only when the boot id has changed.
 * Proved by tests/unit/relay_life.c. */
#ifndef RELAY_STORE_LIFE_H
#define RELAY_STORE_LIFE_H

#include "common/base/clock.h"

#include <stdint.h>

#define RELAY_BOOT_ID 40

/* How often it is written; before DESKSIDE_TIME_SCALE. An end that was there is taken to be away
 * since the last one: at most this and a heartbeat too early, of the ten seconds that SEAL allows.
 */
#define RELAY_LIFE_MS 2000
#define RELAY_LIFE_FLOOR_MS 50

struct relay_life {
    char boot[RELAY_BOOT_ID]; /* "" when the system does not tell: no two are the same then */
    ds_tick tick;
    int64_t wall_ms; /* of the same moment */
};

void relay_life_now(struct relay_life *now);

/* Microseconds from now until `then`, a tick of the boot in which `last` was written; negative: it
 * is over. A wall clock that was set back does not prolong anything beyond what was left at last.
 */
int64_t relay_life_left(const struct relay_life *last, const struct relay_life *now, ds_tick then);

#endif
