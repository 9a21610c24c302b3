/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP CONNECT (RFC 9110, 9.3.6) as a filter: asks a proxy for a way to the relay, then passes
 * bytes through as they are. Proved by tests/unit/carrier_proxy.c. */
#ifndef DS_NET_CARRIER_PROXY_H
#define DS_NET_CARRIER_PROXY_H

#include "common/net/filter.h"

/* host, port: the relay's, IPv6 without brackets. userinfo: "name:password" for Basic, NULL for
 * none; copied and wiped on destroy. NULL: memory. A proxy that says it cannot reach the relay
 * (5xx) is DS_FAULT_BEHIND, any other refusal DS_FAULT_PROXY, an answer that is not HTTP
 * DS_FAULT_PROXY. */
struct ds_filter *ds_carrier_proxy_new(const char *host, unsigned port, const char *userinfo);

#endif
