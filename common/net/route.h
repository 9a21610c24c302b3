/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to the relay that a dial tries, in their order: which address, port and carrier. Pure.
 * Proved by tests/unit/route.c. */
#ifndef DS_NET_ROUTE_H
#define DS_NET_ROUTE_H

#include "common/net/resolve.h"

#include <stdbool.h>
#include <stddef.h>

enum ds_carrier {
    DS_CARRIER_TLS, /* the leg's TLS on TCP */
    DS_CARRIER_WSS, /* in WebSocket in TLS */
    DS_CARRIER_WS,  /* in WebSocket */
    DS_CARRIERS
};

struct ds_route {
    unsigned address; /* index; of the proxy's addresses when there is a proxy */
    unsigned port;    /* of the relay */
    enum ds_carrier carrier;
};

#define DS_ROUTES_MAX (DS_RESOLVE_MAX * 6)

/* "tls", "wss", "ws"; static. */
const char *ds_carrier_name(enum ds_carrier carrier);

/* addresses: 1..DS_RESOLVE_MAX. port: 0 for 8200, 443 and 80 (through a proxy 443 first, which is
 * what proxies allow), else that one alone. first: a way that worked before, tried before the
 * others when it is one of them; may be NULL. Returns the count, every plain leg before every
 * WebSocket, each way once. */
size_t ds_route_plan(struct ds_route out[DS_ROUTES_MAX], size_t addresses, unsigned port,
                     bool through_proxy, const struct ds_route *first);

#endif
