/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Link credit of one leg: how many bytes of DATA payload it may still send, and when it gets more.
 * Granted plus queued for the other leg never exceeds the window. The window begins at
 * DS_LINK_CREDIT_MIN; it doubles up to DS_LINK_CREDIT_MAX when the leg has used up its credit while
 * the other one had taken everything (so credit was the bound, not the other leg), and returns to
 * the minimum when the other leg leaves more than half a window standing. Arithmetic only.
 *
 * Credit a leg holds stays with it from one session to the next: pairing only tops it up, so that
 * both ends count the same whatever was in flight. Proved by tests/unit/relay_credit.c. */
#ifndef RELAY_MEET_CREDIT_H
#define RELAY_MEET_CREDIT_H

#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct relay_credit {
    uint32_t window;  /* bytes, DS_LINK_CREDIT_MIN..DS_LINK_CREDIT_MAX */
    uint32_t granted; /* bytes the leg may still send */
    bool was_dry;     /* granted fell below a full frame since the last grant */
};

static inline void relay_credit_init(struct relay_credit *credit)
{
    *credit = (struct relay_credit){.window = DS_LINK_CREDIT_MIN};
}

/* The leg sent len bytes of payload; false when that was more than it had. */
static inline bool relay_credit_spend(struct relay_credit *credit, size_t len)
{
    if (len > credit->granted)
        return false;
    credit->granted -= (uint32_t)len;
    if (credit->granted < DS_FRAME_DATA_MAX)
        credit->was_dry = true;
    return true;
}

/* Bytes to grant now, already counted as granted; 0 when it is not worth a frame. queued: bytes
 * that wait for the other leg. */
static inline uint32_t relay_credit_grant(struct relay_credit *credit, size_t queued)
{
    if (queued > credit->window / 2) {
        credit->window = DS_LINK_CREDIT_MIN;
        credit->was_dry = false;
    } else if (credit->was_dry && queued == 0 && credit->window < DS_LINK_CREDIT_MAX) {
        credit->window *= 2;
        credit->was_dry = false;
    }
    size_t held = credit->granted + queued;
    if (held >= credit->window)
        return 0;
    uint32_t more = credit->window - (uint32_t)held;
    if (more < credit->window / 2 && credit->granted >= DS_FRAME_DATA_MAX)
        return 0;
    if (more < DS_FRAME_DATA_MAX)
        return 0;
    credit->granted += more;
    return more;
}

#endif
