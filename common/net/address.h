/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HOST[:PORT] as people type it. */
#ifndef DS_NET_ADDRESS_H
#define DS_NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Splits "name", "name:8200", "192.0.2.1:443", "[2001:db8::1]:8200" or "2001:db8::1" into the host,
 * without brackets and in lower case, and the port (0 when none is given). False: empty, too long
 * for size, or not of that form. */
bool ds_address_parse(const char *text, char *host, size_t size, unsigned *port);

/* The one form of a host in which both ends bind the seal to it: lower case, without a final dot,
 * addresses in their shortest form. host: a name or an address, IPv6 without brackets. False:
 * empty, too long for size, or with characters that no host has. */
bool ds_address_normalize(const char *host, char *out, size_t size);

#endif
