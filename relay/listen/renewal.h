/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds how often the other side of a TLS 1.3 connection may renew its keys. SSL_read takes any
 * number of such records of 27 bytes before it returns, at 10 microseconds each: at the rate of a
 * line one stranger would hold a loop for as long as he likes. Ours never renew a leg's keys, and
 * browsers do so after gigabytes. */
#ifndef RELAY_LISTEN_RENEWAL_H
#define RELAY_LISTEN_RENEWAL_H

#include <openssl/ssl.h>

#define RELAY_RENEWALS_MAX 64 /* of one connection */

/* For every connection of tls: SSL_read says that the stream has ended once there were more. Before
 * the first connection; takes the message callback of tls. DS_ENOMEM. */
int relay_renewal_bound(SSL_CTX *tls);

#endif
