/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns a name into a few addresses without ever holding up the loop or the end of the program:
 * the system's resolver runs in a detached thread that nobody has to wait for (uv_getaddrinfo
 * cannot be cancelled once it runs, and a program would wait for it at exit). */
#ifndef DS_NET_RESOLVE_H
#define DS_NET_RESOLVE_H

#include "common/net/fault.h"

#include <stddef.h>
#include <sys/socket.h>
#include <uv.h>

/* Two of each family are enough to get around one that is broken; more would make a dial that
 * nobody answers last longer than its 20 s. */
#define DS_RESOLVE_MAX 4

struct ds_resolve;

/* error: 0, or one of getaddrinfo's (gai_strerror). addresses: without a port, in the order of
 * RFC 8305, 4: the families take turns, the one that the system prefers first. Called once, from
 * the loop; may call ds_resolve_close. */
typedef void ds_resolve_fn(void *ctx, int error, const struct sockaddr_storage *addresses,
                           size_t count);

/* host: a name or an address, IPv6 without brackets; copied. NULL when memory, handles or threads
 * are short. */
struct ds_resolve *ds_resolve_open(uv_loop_t *loop, const char *host, ds_resolve_fn *done,
                                   void *ctx);

/* No call comes after this. Accepts NULL. Has to be called after done, too. */
void ds_resolve_close(struct ds_resolve *resolve);

/* What an error of getaddrinfo says: the name does not exist, there is nobody to ask, or neither.
 */
enum ds_fault_kind ds_resolve_fault(int error);

struct addrinfo;
/* The order and bound above, for tests. Returns the count. */
size_t ds_resolve_interleave(const struct addrinfo *list,
                             struct sockaddr_storage out[DS_RESOLVE_MAX]);

/* Sets the port of an IPv4 or IPv6 address. */
void ds_resolve_set_port(struct sockaddr_storage *address, unsigned port);

#endif
