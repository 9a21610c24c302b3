/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The relay's certificate: making a self-signed one, and the TLS settings of legs. */
#ifndef RELAY_LISTEN_CERTIFICATE_H
#define RELAY_LISTEN_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stddef.h>

/* Writes a new EC P-256 key (0600) and a self-signed certificate for host (a name or an address),
 * good for ten years. The files must not exist. DS_EIO: message holds one plain sentence. */
int relay_certificate_make(const char *host, const char *cert_path, const char *key_path,
                           char *message, size_t size);

/* TLS 1.3, ALPN deskside/1, no tickets, small idle memory. NULL: message. */
SSL_CTX *relay_certificate_leg_tls(const char *cert_path, const char *key_path, char *message,
                                   size_t size);

#endif
