/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells when this machine's network changes: an address, a default route or an interface came or
 * went (rtnetlink(7)). So a line that rests on a vanished address need not wait for its silence,
 * and one that failed is dialled again as soon as it can work. Proved by
 * tests/unit/network_watch.c and tests/system/network_change.c. */
#ifndef DS_NET_NETWORK_WATCH_H
#define DS_NET_NETWORK_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

struct ds_network_watch;

/* From the loop; both may close the watch. */
struct ds_network_watch_events {
    /* This machine no longer has the address (AF_INET or AF_INET6, port 0). */
    void (*on_address_gone)(void *ctx, const struct sockaddr *address);
    /* Anything changed; once for all that came together, after on_address_gone. */
    void (*on_change)(void *ctx);
};

/* events: borrowed until close. NULL: the system does not let us watch; everything else works
 * without. */
struct ds_network_watch *
ds_network_watch_open(uv_loop_t *loop, const struct ds_network_watch_events *events, void *ctx);

/* No event comes after this call. Frees itself when the loop has run. Accepts NULL. */
void ds_network_watch_close(struct ds_network_watch *watch);

/* What one datagram of the kernel says; calls on_address_gone for each address in it. True: it is a
 * change. Pure, for tests. */
bool ds_network_watch_read(const void *bytes, size_t len,
                           const struct ds_network_watch_events *events, void *ctx);

#endif
