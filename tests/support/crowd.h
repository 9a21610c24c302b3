/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many ends of sessions at once that come back to a relay with their tokens, as SEAL asks of ends:
 * back-off 0.25 s to 8 s with full jitter. One thread with non-blocking sockets for all of them, so
 * that the relay is what is measured. */
#ifndef TESTS_SUPPORT_CROWD_H
#define TESTS_SUPPORT_CROWD_H

#include "common/base/clock.h"
#include "tests/support/leg.h"

#include <stdatomic.h>

struct test_crowd_end {
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    char from[16]; /* source address */
    bool is_viewer;
    /* the crowd's own: */
    int state, fd;
    SSL *ssl;
    struct ds_buf in;
    ds_tick at; /* of the next dial, or when this one is given up */
    unsigned tries;
    ds_tick back_at; /* REJOINED came; 0: not yet */
};

struct test_crowd {
    struct test_crowd_end *ends; /* borrowed */
    size_t count;
    atomic_uint port; /* where the relay is now */
    unsigned dials, refusals;
    char last_refusal[DS_TEXT_MESSAGE];
    size_t back;
};

/* Takes over what a leg knows. */
void test_crowd_join(struct test_crowd_end *end, const struct test_leg *leg, const char *from,
                     bool is_viewer);
/* Until everybody is back and has a new token, or the time is over. The legs stay open and are not
 * read further. */
void test_crowd_run(struct test_crowd *crowd, ds_tick until);
void test_crowd_close(struct test_crowd *crowd);

#endif
