/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the relay is doing, in words for its administrator. Main loop. */
#ifndef RELAY_OBSERVE_STATUS_H
#define RELAY_OBSERVE_STATUS_H

#include "relay/desk/desk.h"

#include <jansson.h>

/* Replies as of desk/admin.h; NULL when memory is short. */
json_t *relay_status(struct relay_desk *desk);
json_t *relay_status_sessions(struct relay_desk *desk);

#endif
