/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One listening socket for IPv6 and IPv4. */
#ifndef RELAY_LISTEN_PORT_H
#define RELAY_LISTEN_PORT_H

#include <stddef.h>

/* port: 0 for the system's choice. Returns a non-blocking descriptor and the port in *chosen, or a
 * negative error with a message that names the port and what to do. conf: path of relay.conf, for
 * that message. */
int relay_port_open(unsigned port, const char *conf, unsigned *chosen, char *message, size_t size);

#endif
