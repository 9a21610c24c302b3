/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/route.h"

#include "common/wire/limits.h"

#include <string.h>

struct door {
    unsigned port;
    enum ds_carrier carrier;
};

const char *ds_carrier_name(enum ds_carrier carrier)
{
    static const char *const names[] = {"tls", "wss", "ws"};
    return carrier < DS_CARRIERS ? names[carrier] : "unknown";
}

/* Doors of one kind behind each other: the two addresses that come first at every door, then the
 * others. So one broken family or one closed port costs one step of the race each. */
static size_t add(struct ds_route *out, size_t count, size_t addresses, const struct door *doors,
                  size_t door_count)
{
    for (unsigned low = 0; low < addresses; low += 2) {
        for (size_t d = 0; d < door_count; d++) {
            for (unsigned a = low; a < addresses && a < low + 2; a++)
                out[count++] = (struct ds_route){a, doors[d].port, doors[d].carrier};
        }
    }
    return count;
}

/* Moves the ways through one door to the front, without changing the order otherwise. */
static void prefer(struct ds_route *routes, size_t count, const struct ds_route *first)
{
    size_t front = 0;
    for (size_t i = 0; i < count; i++) {
        struct ds_route route = routes[i];
        if (route.port != first->port || route.carrier != first->carrier)
            continue;
        memmove(routes + front + 1, routes + front, (i - front) * sizeof(*routes));
        routes[front++] = route;
    }
}

size_t ds_route_plan(struct ds_route out[DS_ROUTES_MAX], size_t addresses, unsigned port,
                     bool through_proxy, const struct ds_route *first)
{
    static const struct door legs[] = {
        {DS_DEFAULT_PORT, DS_CARRIER_TLS}, {443, DS_CARRIER_TLS}, {80, DS_CARRIER_TLS}};
    static const struct door proxied[] = {
        {443, DS_CARRIER_TLS}, {DS_DEFAULT_PORT, DS_CARRIER_TLS}, {80, DS_CARRIER_TLS}};
    static const struct door webs[] = {
        {443, DS_CARRIER_WSS}, {80, DS_CARRIER_WS}, {DS_DEFAULT_PORT, DS_CARRIER_WSS}};
    struct door one[3] = {{port, DS_CARRIER_TLS}};
    size_t ones = 1, count;
    if (addresses > DS_RESOLVE_MAX)
        addresses = DS_RESOLVE_MAX;
    if (port == 0) {
        count = add(out, 0, addresses, through_proxy ? proxied : legs, 3);
        count = add(out, count, addresses, webs, 3);
    } else {
        count = add(out, 0, addresses, one, ones);
        ones = 0;
        if (port != 80)
            one[ones++] = (struct door){port, DS_CARRIER_WSS};
        if (port != 443)
            one[ones++] = (struct door){port, DS_CARRIER_WS};
        count = add(out, count, addresses, one, ones);
    }
    if (first)
        prefer(out, count, first);
    return count;
}
