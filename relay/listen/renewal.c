/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/renewal.h"

#include "common/base/error.h"

#include <stdint.h>

static int count_index = -1; /* of each connection's count, main thread only until there are some */

static void on_message(int is_ours, int version, int type, const void *bytes, size_t n, SSL *ssl,
                       void *ctx)
{
    const uint8_t *message = bytes;
    (void)version;
    (void)ctx;
    if (is_ours || type != SSL3_RT_HANDSHAKE || n == 0 || message[0] != SSL3_MT_KEY_UPDATE)
        return;
    uintptr_t count = (uintptr_t)SSL_get_ex_data(ssl, count_index) + 1;
    SSL_set_ex_data(ssl, count_index, (void *)count);
    if (count > RELAY_RENEWALS_MAX)
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

int relay_renewal_bound(SSL_CTX *tls)
{
    if (count_index < 0)
        count_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    if (count_index < 0)
        return DS_ENOMEM;
    SSL_CTX_set_msg_callback(tls, on_message);
    return DS_OK;
}
