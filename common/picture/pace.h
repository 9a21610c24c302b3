/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the next update may be encoded: learns the line from acknowledgements and keeps no more on
 * it than it can hold, so that a slow line shows the newest state and never a backlog. Times go in;
 * no clock, no I/O.
 *
 * The rate is measured as in BBR (Cardwell and others, ACM Queue 14, 2016): bytes acknowledged
 * between two moments a round trip apart, so that acknowledgements which come in bunches do not
 * make a line look fast. After a pause, which BBR leaves out, the way there and back is taken off:
 * updates of a desktop come one at a time. */
#ifndef DS_PICTURE_PACE_H
#define DS_PICTURE_PACE_H

#include "common/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_PACE_UPDATES 64 /* in flight at most; 1 s of 60 updates */

/* Assumed until an update has been held up by the line: 10 Mbit/s, and 100 where answers come as
 * soon as they do in one building. */
#define DS_PACE_FIRST_RATE 1250000u
#define DS_PACE_NEAR_RATE 12500000u
#define DS_PACE_NEAR (4 * DS_MS)
/* Above the smallest round trip: what may wait somewhere on the line (CODEC.md, back-pressure). */
#define DS_PACE_SLACK (20 * DS_MS)
/* No viewer shows more than 60 updates a second, so that many are made on average; but two parts of
 * one change (a letter and the caret behind it) often come a moment apart, and the second need not
 * wait: so many may follow each other at once. (The generic cell rate algorithm; with a plain
 * spacing, typing over a line of 25 ms was 15 ms later.) */
#define DS_PACE_SPACING (16 * DS_MS)
#define DS_PACE_BURST 3
/* Lossless bytes that would occupy the line longer than this go out lossy first, and lossy ones are
 * made to fit it, since they are followed by finer ones at once: a full-screen photograph over 10
 * Mbit/s is then seen, coarsely, in less than 0.1 s. */
#define DS_PACE_LOSSY_AFTER (20 * DS_MS)

struct ds_pace {
    struct ds_pace_update {
        uint32_t id;
        size_t bytes;
        ds_tick sent, ready;    /* the first of its bytes, the last of them */
        uint64_t delivered;     /* of pace, when it was sent */
        ds_tick since;          /* then, or when the line ceased to be empty */
        bool from_empty;        /* since is that */
    } updates[DS_PACE_UPDATES]; /* oldest first */
    size_t count;
    size_t bytes;       /* sum over updates */
    uint64_t rate;      /* bytes a second, never 0 */
    bool is_measured;   /* rate was seen, not assumed */
    bool has_answer;    /* to whatever update */
    bool is_near;       /* an answer came within DS_PACE_NEAR */
    bool knows_trip;    /* from an update so small that its bytes took no time */
    ds_tick trip[2];    /* smallest round trip of this window and of the one before; 0: none */
    ds_tick window;     /* when this window began */
    uint64_t delivered; /* bytes that were acknowledged */
    ds_tick since;      /* when the last of them were, or when the line ceased to be empty */
    bool from_empty;    /* since is that */
    ds_tick next;       /* when the next update would be due at an even 60 a second */
};

void ds_pace_init(struct ds_pace *pace);

/* Forgets what is in flight (its acknowledgements will not come, or mean nothing), keeps what is
 * known of the line. */
void ds_pace_forget(struct ds_pace *pace);

/* Update id with that many bytes is on its way: the first of them since now, the last since ready,
 * for encoding takes time of its own. Only after ds_pace_may_send. */
void ds_pace_sent(struct ds_pace *pace, uint32_t id, size_t bytes, ds_tick now, ds_tick ready);

/* Everything up to id is presented; decode_us: what decoding id took there. False: no such update
 * is in flight (late, repeated or invented), nothing changed. */
bool ds_pace_ack(struct ds_pace *pace, uint32_t id, uint32_t decode_us, ds_tick now);

/* Whether another update may be encoded now, as far as the line is concerned. */
bool ds_pace_may_send(const struct ds_pace *pace);

/* Not before this time, as far as the rate of updates is concerned. */
ds_tick ds_pace_not_before(const struct ds_pace *pace);

/* Smallest round trip lately; 0 before the first acknowledgement. */
ds_tick ds_pace_round_trip(const struct ds_pace *pace);

/* Bytes that the line carries in that time. */
size_t ds_pace_line(const struct ds_pace *pace, ds_tick duration);

#endif
