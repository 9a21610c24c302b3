/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a file may be under way: as much as the line takes in one round trip and a few
 * milliseconds more, so that what is more urgent does not find a queue before it on a slow line.
 * The line's rate and its shortest round trip are read from the receiver's grants of credit, as BBR
 * does from acknowledgements. Only arithmetic; a time is handed in. Proved by tests/unit/easing.c.
 */
#ifndef DS_TUNNEL_EASING_H
#define DS_TUNNEL_EASING_H

#include "common/base/clock.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes after which a receiver grants the credit of FILES again: at 50 Mbit/s that is 3 ms of the
 * line, where half of the window at once would be 21. */
#define DS_EASING_STEP 16384u
/* Never less under way: the receiver's step has to fit, or it would never grant. */
#define DS_EASING_LEAST (DS_EASING_STEP + 2 * DS_MUX_RECORD_MAX)
/* What may wait at the narrowest place. */
#define DS_EASING_QUEUE (5 * DS_MS)
#define DS_EASING_MARKS 64
#define DS_EASING_RATES 16 /* grants whose best rate counts: a quarter of a mebibyte */

struct ds_easing {
    uint64_t sent, granted; /* bytes of this connection */
    struct {
        uint64_t sent, granted; /* as they were behind this record */
        ds_tick at;
    } marks[DS_EASING_MARKS]; /* of what is under way, oldest first from `first` on */
    unsigned first, count;
    uint64_t rates[DS_EASING_RATES]; /* bytes a second */
    unsigned turn;
    ds_tick round_trip; /* the shortest one; 0: none yet */
    bool is_fine;       /* the receiver grants in small steps; an older one needs half a window */
    uint32_t limit;     /* bytes under way */
};

void ds_easing_init(struct ds_easing *easing);
/* Whether another record may go. */
bool ds_easing_may(const struct ds_easing *easing);
/* n bytes of payload went out. */
void ds_easing_sent(struct ds_easing *easing, size_t n, ds_tick now);
/* The receiver granted n bytes, so it has taken as many. */
void ds_easing_granted(struct ds_easing *easing, uint32_t n, ds_tick now);

#endif
