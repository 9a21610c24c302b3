/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const struct relay_address *address)
{
    return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

struct relay_address relay_address_of(const struct sockaddr *from)
{
    struct relay_address out = {{0}};
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, from, sizeof(in6));
        memcpy(out.bytes, &in6.sin6_addr, 16);
    } else if (from->sa_family == AF_INET) {
        struct sockaddr_in in4;
        memcpy(&in4, from, sizeof(in4));
        memcpy(out.bytes, mapped, sizeof(mapped));
        memcpy(out.bytes + 12, &in4.sin_addr, 4);
    }
    return out;
}

bool relay_address_parse(const char *text, struct relay_address *out)
{
    char copy[64];
    text += strspn(text, " \t[");
    size_t n = strcspn(text, " \t]");
    if (n == 0 || n >= sizeof(copy))
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    struct in_addr v4;
    if (inet_pton(AF_INET, copy, &v4) == 1) {
        memcpy(out->bytes, mapped, sizeof(mapped));
        memcpy(out->bytes + 12, &v4, 4);
        return true;
    }
    return inet_pton(AF_INET6, copy, out->bytes) == 1;
}

void relay_address_text(const struct relay_address *address, char out[RELAY_ADDRESS_TEXT])
{
    if (is_v4(address))
        inet_ntop(AF_INET, address->bytes + 12, out, RELAY_ADDRESS_TEXT);
    else
        inet_ntop(AF_INET6, address->bytes, out, RELAY_ADDRESS_TEXT);
}

struct relay_address relay_address_holder(const struct relay_address *address)
{
    struct relay_address out = *address;
    if (!is_v4(address))
        memset(out.bytes + 8, 0, 8);
    return out;
}

struct relay_address relay_address_net(const struct relay_address *address)
{
    struct relay_address out = *address;
    if (is_v4(address))
        out.bytes[15] = 0;
    else
        memset(out.bytes + 6, 0, 10);
    return out;
}
