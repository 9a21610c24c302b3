/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flow control of one channel in one direction: bytes that the receiver allows the sender. The
 * receiver grants again when half of the window is used, as OpenSSH's channel_check_window does, so
 * that a grant is on its way before the sender stands still; of files already after a smaller step.
 * Only arithmetic. */
#ifndef DS_TUNNEL_CREDIT_H
#define DS_TUNNEL_CREDIT_H

#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most credit that a sender lets itself be given: a peer that grants more has lost count. Sixteen
 * first windows, so that windows may grow without a new protocol version. */
#define DS_CREDIT_MAX (16u * DS_MUX_WINDOW)

/* The receiver's side. */
struct ds_credit {
    uint32_t left;   /* bytes the peer may still send */
    uint32_t window; /* bytes, what left is brought back to */
    uint32_t step;   /* bytes that are used before it is */
    bool is_held;    /* the reader is behind: nothing is granted */
};

static inline void ds_credit_init(struct ds_credit *credit)
{
    *credit = (struct ds_credit){
        .left = DS_MUX_WINDOW, .window = DS_MUX_WINDOW, .step = DS_MUX_WINDOW / 2};
}

/* n bytes arrived. false: the peer sent more than it was allowed. */
static inline bool ds_credit_take(struct ds_credit *credit, size_t n)
{
    if (n > credit->left)
        return false;
    credit->left -= (uint32_t)n;
    return true;
}

/* What should be granted now: 0 while less than the step is used, or while held. */
static inline uint32_t ds_credit_due(const struct ds_credit *credit)
{
    if (credit->is_held || credit->window - credit->left < credit->step)
        return 0;
    return credit->window - credit->left;
}

/* The grant was sent. */
static inline void ds_credit_grant(struct ds_credit *credit, uint32_t n)
{
    credit->left += n;
}

/* The sender's side: adds a grant to *left. false: nothing granted, or above DS_CREDIT_MAX. */
static inline bool ds_credit_add(uint32_t *left, uint32_t n)
{
    if (n == 0 || n > DS_CREDIT_MAX || *left > DS_CREDIT_MAX - n)
        return false;
    *left += n;
    return true;
}

#endif
