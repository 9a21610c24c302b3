/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts wrong tries by key in a sliding hour, and all of them in a day. Bounded: when the table is
 * full, the key whose last try is oldest is forgotten. The time is handed in. One thread.
 * Proved by tests/unit/relay_tries.c. */
#ifndef RELAY_MEET_TRIES_H
#define RELAY_MEET_TRIES_H

#include "common/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RELAY_TRIES_EACH_MAX 32 /* largest bound a key can have */
#define RELAY_TRIES_KEY 32      /* bytes; shorter keys are padded with zeros */

struct relay_tries {
    struct relay_tries_entry **slots; /* owned */
    struct relay_tries_entry *oldest, *newest;
    size_t count, max;
    ds_tick day_began;
    unsigned long today;
};

/* max: keys at most. DS_ENOMEM. */
int relay_tries_init(struct relay_tries *tries, size_t max);
void relay_tries_destroy(struct relay_tries *tries);

/* Seconds until the key may try again; 0 when it has fewer than bound wrong tries in the last hour.
 * bound: 1..RELAY_TRIES_EACH_MAX. */
unsigned relay_tries_wait_s(const struct relay_tries *tries, const void *key, size_t len,
                            unsigned bound, ds_tick now);
/* One more wrong try of the key. Without memory it is only counted in the day. */
void relay_tries_note(struct relay_tries *tries, const void *key, size_t len, ds_tick now);
/* Counts for the day's budget; once for each wrong try, whatever number of keys was noted. */
void relay_tries_note_day(struct relay_tries *tries, ds_tick now);
/* How long an answer has to be held back: 0 while the day's count is within the budget, then 250 ms
 * more for each tenth of the budget above it, at most 5 s. */
unsigned relay_tries_delay_ms(struct relay_tries *tries, unsigned per_day, ds_tick now);

#endif
