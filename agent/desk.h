/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rep and customer share beside the screen: the clipboard. Enforces the
 * customer's rights on every message, both ways. Loop thread only. */
#ifndef AGENT_DESK_H
#define AGENT_DESK_H

#include "agent/wiring.h"

/* HELLO features for it. */
#define AGENT_DESK_FEATURES DS_FEATURE_CLIPBOARD

/* Rights, pause or phase changed. */
void agent_desk_follow(struct agent *agent);
/* A message of the channel CLIPBOARD. */
void agent_desk_clipboard(struct agent *agent, const uint8_t *bytes, size_t len);
/* The session is over. */
void agent_desk_close(struct agent *agent);

#endif
