/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection is, from the bytes it has sent so far; they are looked at, not consumed. Pure.
 * Proved by tests/unit/relay_peek.c and tests/fuzz/fuzz_peek.c. */
#ifndef RELAY_LISTEN_PEEK_H
#define RELAY_LISTEN_PEEK_H

#include <stddef.h>
#include <stdint.h>

enum relay_peek {
    RELAY_PEEK_MORE,  /* *need bytes must be there before it can be said */
    RELAY_PEEK_LEG,   /* TLS ClientHello that offers deskside/1 */
    RELAY_PEEK_HTTPS, /* any other ClientHello */
    RELAY_PEEK_HTTP,  /* begins with a method of HTTP/1 */
    RELAY_PEEK_JUNK,
};

/* One TLS record: header and at most 2^14 bytes (RFC 8446, 5.1). */
#define RELAY_PEEK_MAX (5 + 16384)

/* need: with MORE the count of bytes from the beginning, n < *need <= RELAY_PEEK_MAX. */
enum relay_peek relay_peek(const uint8_t *bytes, size_t n, size_t *need);

#endif
