/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

static bool parse_port(const char *text, unsigned *port)
{
    unsigned value = 0;
    if (*text == '\0' || strlen(text) > 5)
        return false;
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        value = value * 10 + (unsigned)(*text - '0');
    }
    *port = value;
    return value >= 1 && value <= 65535;
}

static bool is_ipv6(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET6, host, &address) == 1;
}

/* Letters, digits, dots, hyphens and underscores: a name or an IPv4 address. */
static bool is_name(const char *host)
{
    if (*host == '\0' || *host == '-' || *host == '.')
        return false;
    for (; *host; host++) {
        if (!isalnum((unsigned char)*host) && !strchr("-._", *host))
            return false;
    }
    return true;
}

bool ds_address_parse(const char *text, char *host, size_t size, unsigned *port)
{
    const char *start = text, *end, *port_text = NULL;
    if (*text == '[') {
        start = text + 1;
        end = strchr(start, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            return false;
        port_text = end[1] == ':' ? end + 2 : NULL;
    } else {
        const char *colon = strchr(text, ':');
        bool is_one_colon = colon && !strchr(colon + 1, ':');
        end = is_one_colon ? colon : text + strlen(text);
        port_text = is_one_colon ? colon + 1 : NULL;
    }
    size_t n = (size_t)(end - start);
    unsigned number = 0;
    if (n == 0 || n >= size || (port_text && !parse_port(port_text, &number)))
        return false;
    for (size_t i = 0; i < n; i++)
        host[i] = (char)tolower((unsigned char)start[i]);
    host[n] = '\0';
    if (*text == '[' || strchr(host, ':') ? !is_ipv6(host) : !is_name(host))
        return false;
    *port = number;
    return true;
}

bool ds_address_normalize(const char *host, char *out, size_t size)
{
    uint8_t address[16];
    size_t n = strlen(host);
    if (n > 1 && host[n - 1] == '.')
        n--;
    if (n == 0 || n >= size)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)host[i];
        if (c <= ' ' || c == 127 || strchr("/@[]", c))
            return false;
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : (char)c;
    }
    out[n] = '\0';
    int family = strchr(out, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, out, address) == 1)
        return inet_ntop(family, address, out, (socklen_t)size) != NULL;
    return true;
}
