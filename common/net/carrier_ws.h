/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client side of WebSocket (RFC 6455) as a filter: the leg's bytes as binary messages, whose
 * borders mean nothing. Proved by tests/unit/carrier_ws.c. */
#ifndef DS_NET_CARRIER_WS_H
#define DS_NET_CARRIER_WS_H

#include "common/net/filter.h"

#define DS_WS_PATH "/leg"
#define DS_WS_KEY 25    /* 16 random bytes in base64, with the NUL */
#define DS_WS_ACCEPT 29 /* a SHA-1 in base64, with the NUL */

/* host, port: for the Host field, which leaves the port out where it is default_port. NULL: memory
 * or no randomness. An answer that is not our WebSocket is DS_FAULT_FOREIGN. */
struct ds_filter *ds_carrier_ws_new(const char *host, unsigned port, unsigned default_port);

/* Sec-WebSocket-Accept for a key. */
void ds_ws_accept(const char *key, char out[DS_WS_ACCEPT]);

#endif
