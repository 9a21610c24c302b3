/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quality of a connection as one number, 0 to 100, from the heartbeats of the last minute:
 *
 *     100 - delay - jitter - late
 *
 *     delay   one point for each 6 ms of round trip above 50 ms, at most 50
 *     jitter  one point for each 3 ms above 10 ms by which round trips differ (mean), at most 25
 *     late    five points for each heartbeat of the last twelve (a minute) whose answer took more
 *             than a second, or has been missing for longer
 *
 * Below 50 the connection is felt: at 350 ms a keystroke takes as long as a spoken syllable
 * (RTT of 350 ms alone gives 50). No connection is 0. Pure. Proved by tests/unit/quality.c. */
#ifndef DS_NET_QUALITY_H
#define DS_NET_QUALITY_H

/* rtt_ms: smoothed round trip, < 0: not known. jitter_ms: its mean deviation. late: heartbeats of
 * the last twelve. Returns -1 while nothing is known. */
int ds_quality(double rtt_ms, double jitter_ms, unsigned late);

/* Below this the person is advised to test the connection (F98). */
#define DS_QUALITY_ADVICE 50
#define DS_QUALITY_BEATS 12
#define DS_QUALITY_LATE_MS 1000

#endif
