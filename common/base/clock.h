/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time that goes on while the machine sleeps (CLOCK_BOOTTIME), and the tests' scale for
 * minutes-long time-outs. Layers below net never read the clock: a ds_tick is handed to them. */
#ifndef DS_BASE_CLOCK_H
#define DS_BASE_CLOCK_H

#include <stdint.h>

typedef uint64_t ds_tick; /* microseconds since boot, suspend included */

#define DS_MS ((ds_tick)1000)
#define DS_SECOND ((ds_tick)1000000)

ds_tick ds_clock_now(void);

/* DESKSIDE_TIME_SCALE from the environment: 1..1000, 1 when unset or nonsense. Read once. */
unsigned ds_clock_scale(void);

/* duration_ms divided by the scale; for cutoff, code life, consent and alert time-outs and key age
 * only. */
uint64_t ds_clock_scaled_ms(uint64_t duration_ms);

/* The same with a floor, for heartbeat (250) and dead-after (2000). */
uint64_t ds_clock_scaled_ms_floor(uint64_t duration_ms, uint64_t floor_ms);

/* The sooner of two deadlines; 0: there is none. */
static inline ds_tick ds_tick_sooner(ds_tick a, ds_tick b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

#endif
