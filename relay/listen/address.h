/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a connection comes from: an IPv6 address, IPv4 as ::ffff:a.b.c.d. */
#ifndef RELAY_LISTEN_ADDRESS_H
#define RELAY_LISTEN_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define RELAY_ADDRESS_TEXT 46

struct relay_address {
    uint8_t bytes[16];
};

/* :: for families other than IPv4 and IPv6. */
struct relay_address relay_address_of(const struct sockaddr *from);
/* Dotted or colon text, brackets and spaces around it allowed; false when it is none. */
bool relay_address_parse(const char *text, struct relay_address *out);
/* Dotted for IPv4. */
void relay_address_text(const struct relay_address *address, char out[RELAY_ADDRESS_TEXT]);
/* One customer: IPv4 as it is, IPv6 cut to its /64. */
struct relay_address relay_address_holder(const struct relay_address *address);
/* One network: IPv4 /24, IPv6 /48. */
struct relay_address relay_address_net(const struct relay_address *address);

#endif
