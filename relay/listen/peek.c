/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/peek.h"

#include "common/base/cursor.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <string.h>

#define EXTENSION_ALPN 16

static bool offers_deskside(struct ds_cursor *extension)
{
    size_t list = ds_cursor_u16(extension);
    const uint8_t *bytes = ds_cursor_bytes(extension, list);
    if (!bytes)
        return false;
    struct ds_cursor names = ds_cursor_of(bytes, list);
    while (ds_cursor_left(&names) > 0 && !names.error) {
        size_t len = ds_cursor_u8(&names);
        const uint8_t *name = ds_cursor_bytes(&names, len);
        if (name && len == strlen(DS_ALPN) && memcmp(name, DS_ALPN, len) == 0)
            return true;
    }
    return false;
}

/* hello: the handshake message as far as it is in the first record. A hello that goes on in a
 * second record is not one of ours (an end's hello has about 300 bytes), so it is HTTPS. */
static bool is_leg(struct ds_cursor hello)
{
    ds_cursor_bytes(&hello, 2 + 32);                /* version, random */
    ds_cursor_bytes(&hello, ds_cursor_u8(&hello));  /* session id */
    ds_cursor_bytes(&hello, ds_cursor_u16(&hello)); /* cipher suites */
    ds_cursor_bytes(&hello, ds_cursor_u8(&hello));  /* compression */
    size_t all = ds_cursor_u16(&hello);
    const uint8_t *bytes = ds_cursor_bytes(&hello, all);
    if (!bytes)
        return false;
    struct ds_cursor extensions = ds_cursor_of(bytes, all);
    while (ds_cursor_left(&extensions) >= 4) {
        unsigned type = ds_cursor_u16(&extensions);
        size_t len = ds_cursor_u16(&extensions);
        const uint8_t *body = ds_cursor_bytes(&extensions, len);
        if (!body)
            return false;
        struct ds_cursor extension = ds_cursor_of(body, len);
        if (type == EXTENSION_ALPN)
            return offers_deskside(&extension);
    }
    return false;
}

static enum relay_peek peek_tls(const uint8_t *bytes, size_t n, size_t *need)
{
    if (n > 1 && bytes[1] != 3)
        return RELAY_PEEK_JUNK;
    if (n < 5) {
        *need = 5;
        return RELAY_PEEK_MORE;
    }
    size_t len = (size_t)bytes[3] << 8 | bytes[4];
    if (len < 4 || len > RELAY_PEEK_MAX - 5)
        return RELAY_PEEK_JUNK;
    if (n > 5 && bytes[5] != 1) /* client_hello */
        return RELAY_PEEK_JUNK;
    if (n < 5 + len) {
        *need = 5 + len;
        return RELAY_PEEK_MORE;
    }
    size_t message = ds_get_u24(bytes + 6);
    if (message > len - 4)
        return RELAY_PEEK_HTTPS;
    return is_leg(ds_cursor_of(bytes + 9, message)) ? RELAY_PEEK_LEG : RELAY_PEEK_HTTPS;
}

static enum relay_peek peek_http(const uint8_t *bytes, size_t n, size_t *need)
{
    static const char *const methods[] = {"GET ",     "HEAD ",    "POST ",  "PUT ",  "DELETE ",
                                          "OPTIONS ", "CONNECT ", "TRACE ", "PATCH "};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        size_t len = strlen(methods[i]);
        if (memcmp(bytes, methods[i], n < len ? n : len) != 0)
            continue;
        if (n >= len)
            return RELAY_PEEK_HTTP;
        *need = n + 1; /* several methods may still fit */
        return RELAY_PEEK_MORE;
    }
    return RELAY_PEEK_JUNK;
}

enum relay_peek relay_peek(const uint8_t *bytes, size_t n, size_t *need)
{
    if (n == 0) {
        *need = 1;
        return RELAY_PEEK_MORE;
    }
    return bytes[0] == 0x16 ? peek_tls(bytes, n, need) : peek_http(bytes, n, need);
}
