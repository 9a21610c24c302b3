/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each frame of a leg means: DATA goes to the peer unread, PING is answered, control goes to
 * the desk. */
#ifndef RELAY_MEET_SPLICE_H
#define RELAY_MEET_SPLICE_H

#include "common/wire/frame.h"

struct relay_leg;

/* NULL, or why the leg has to be closed (static). DATA is queued at the peer; the caller writes it.
 */
const char *relay_splice_frame(struct relay_leg *leg, const struct ds_frame *frame);

#endif
