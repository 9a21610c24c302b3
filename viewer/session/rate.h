/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast the line to the rep is, seen from its end. The agent fills DATA frames as long as it has
 * more to send than the line takes, so a run of full ones arrives as fast as the slowest part of
 * the way lets it:
 *
 *     sample = bytes of the run after its first frame * 8 / time from its first frame to its last
 *     estimate = the median of the last VIEWER_RATE_SAMPLES samples
 *
 * A frame that is not full ends its run, and what comes alone measures nothing. The median leaves
 * out runs that waited for the agent's processor (too slow) and those that had gathered in the
 * kernel (too fast). It is what the picture gets, below what the wire could do. Pure. Proved by
 * tests/unit/viewer_rate.c. */
#ifndef VIEWER_SESSION_RATE_H
#define VIEWER_SESSION_RATE_H

#include "common/base/clock.h"

#include <stddef.h>
#include <stdint.h>

#define VIEWER_RATE_SAMPLES 9
/* A frame of at least this many bytes is full; seen: 16,380 of a session's. */
#define VIEWER_RATE_FULL 12288
/* Bytes of the shortest run that is measured, and where a longer one is cut. */
#define VIEWER_RATE_LEAST (48 * 1024)
#define VIEWER_RATE_MOST (512 * 1024)
/* A longer silence has another cause: at 131 kbit/s a full frame takes this long. */
#define VIEWER_RATE_PAUSE DS_SECOND

struct viewer_rate {
    ds_tick began, last;                   /* of the run; began 0: none */
    uint64_t bytes;                        /* after its first frame */
    uint64_t samples[VIEWER_RATE_SAMPLES]; /* bits a second, newest at (taken - 1) modulo */
    size_t taken;
};

/* A DATA frame of so many bytes has come. */
void viewer_rate_feed(struct viewer_rate *rate, size_t bytes, ds_tick now);
/* Bits a second; 0: nothing was measured yet. */
uint64_t viewer_rate_bps(const struct viewer_rate *rate);

#endif
