/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heartbeat of a leg: when to ask for a sign of life, when to call the other side dead, and how
 * long a round trip takes. Pure: the caller brings the time. Proved by tests/unit/pulse.c. */
#ifndef DS_NET_PULSE_H
#define DS_NET_PULSE_H

#include "common/base/clock.h"
#include "common/net/quality.h"

#include <stdbool.h>
#include <stdint.h>

/* Where there is reason to doubt the line, a sign of life has so long (or a beat, if that is less):
 * more than the round trip of any line that can be worked over. */
#define DS_PULSE_PATIENCE (3 * DS_SECOND)

enum ds_pulse_verdict { DS_PULSE_WAIT, DS_PULSE_PING, DS_PULSE_DEAD };

struct ds_pulse {
    ds_tick beat, dead; /* interval of PINGs; silence after which the line is dead */
    ds_tick heard;      /* last byte from the other side */
    ds_tick next_ping;  /* when the next PING is due */
    ds_tick checked;    /* last ds_pulse_check */
    double rtt_ms;      /* smoothed with 1/8, as RFC 6298; -1 before the first */
    double rtt_min_ms;  /* the smallest one so far: the way without queues; -1 before the first */
    double jitter_ms;   /* mean deviation of the round trips, smoothed with 1/4, as RFC 6298 */
    struct {
        uint64_t stamp; /* of the PING, 0: none yet */
        bool is_answered, is_late;
    } beats[DS_QUALITY_BEATS]; /* the last ones, as a ring */
    unsigned next_beat;
};

void ds_pulse_init(struct ds_pulse *pulse, uint64_t beat_ms, uint64_t dead_ms, ds_tick now);

/* Changes the times, as WELCOME says. Values that make no sense are brought within 100 ms to 60 s,
 * and dead to at least two beats. */
void ds_pulse_set(struct ds_pulse *pulse, uint64_t beat_ms, uint64_t dead_ms, ds_tick now);

/* Bytes came. */
void ds_pulse_hear(struct ds_pulse *pulse, ds_tick now);

/* A PONG with the stamp of a PING of ours (the tick at which it was sent). A stamp that cannot be
 * ours is ignored. */
void ds_pulse_pong(struct ds_pulse *pulse, uint64_t stamp, ds_tick now);

/* quality.h; -1 while nothing is known. */
int ds_pulse_quality(const struct ds_pulse *pulse, ds_tick now);

/* What is due. PING: send one stamped now. A check that itself comes more than a beat late (the
 * machine slept, the program was stopped) never says DEAD: what came meanwhile is still unread; it
 * hurries, as ds_pulse_hurry. */
enum ds_pulse_verdict ds_pulse_check(struct ds_pulse *pulse, ds_tick now);

/* The machine woke up, or its network changed: the next check says PING, and the line is dead when
 * nothing has come within DS_PULSE_PATIENCE. */
void ds_pulse_hurry(struct ds_pulse *pulse, ds_tick now);

/* Microseconds from now until the next check; at least 1 ms. */
ds_tick ds_pulse_wait(const struct ds_pulse *pulse, ds_tick now);

#endif
