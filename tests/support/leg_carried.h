/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The WebSocket under a test's leg. */
#ifndef TESTS_SUPPORT_LEG_CARRIED_H
#define TESTS_SUPPORT_LEG_CARRIED_H

#include "tests/support/leg.h"

/* GET /leg with an upgrade; extra: further header lines, each with CR LF, or NULL. False: the
 * answer was not 101. */
bool test_leg_upgrade(struct test_leg *leg, const char *extra);
/* What TLS writes leaves in masked binary messages, what comes in them TLS reads. */
BIO *test_leg_carried_bio(struct test_leg *leg);

#endif
