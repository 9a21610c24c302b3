/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The leg's TLS as a filter (TLS 1.3, ALPN deskside/1, certificate and name checked), and the
 * outer TLS of a wss or https-proxy carrier, which only has to look like the web. OpenSSL over
 * memory BIOs. Proved by tests/unit/leg_tls.c. */
#ifndef DS_NET_LEG_TLS_H
#define DS_NET_LEG_TLS_H

#include "common/net/filter.h"

#include <openssl/types.h>

enum ds_tls_use {
    DS_TLS_LEG,   /* trusts ca_file alone, or the system's store when there is none */
    DS_TLS_OUTER, /* trusts both: a carrier may end at a gateway of the network; TLS 1.2 will do */
};

/* Settings for many connections of one loop; free with SSL_CTX_free. NULL: *error is DS_EIO for a
 * ca_file that cannot be read or holds no certificate, else DS_ENOMEM. */
SSL_CTX *ds_leg_tls_context(enum ds_tls_use use, const char *ca_file, int *error);

/* One connection. host: the name or address that the certificate must bear; use: as for context.
 * A certificate, name or ALPN that is wrong is DS_FAULT_UNTRUSTED, bytes that are not TLS are
 * DS_FAULT_FOREIGN. NULL: memory, or a host that is neither. */
struct ds_filter *ds_leg_tls_new(SSL_CTX *context, enum ds_tls_use use, const char *host);

#endif
