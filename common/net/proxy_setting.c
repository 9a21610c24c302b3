/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/proxy_setting.h"

#include "common/base/error.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Decimal 1..65535 of exactly n digits' length; 0 when it is not. */
static unsigned parse_port(const char *text, size_t n)
{
    unsigned port = 0;
    if (n == 0 || n > 5)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    return port <= UINT16_MAX ? port : 0;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoding; false: broken, a NUL or a line end, or too long. */
static bool decode(const char *text, size_t n, char *out, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)text[i];
        if (c == '%') {
            int high = i + 2 < n ? hex(text[i + 1]) : -1;
            int low = high >= 0 ? hex(text[i + 2]) : -1;
            if (low < 0)
                return false;
            c = high * 16 + low;
            i += 2;
        }
        if (c == 0 || c == '\r' || c == '\n' || at + 1 >= size)
            return false;
        out[at++] = (char)c;
    }
    out[at] = '\0';
    return true;
}

/* "host", "host:port", "[v6]", "[v6]:port", or a bare v6. *port is left when there is none. */
static bool split_host(const char *text, size_t n, char *host, size_t size, unsigned *port)
{
    const char *end = text + n, *host_end = end, *colon = NULL;
    if (n > 0 && text[0] == '[') {
        text++;
        host_end = memchr(text, ']', (size_t)(end - text));
        if (!host_end || (host_end + 1 < end && host_end[1] != ':'))
            return false;
        colon = host_end + 1 < end ? host_end + 1 : NULL;
    } else {
        colon = memchr(text, ':', n);
        if (colon && memchr(colon + 1, ':', (size_t)(end - colon - 1)))
            colon = NULL; /* more than one: an address */
        host_end = colon ? colon : end;
    }
    size_t len = (size_t)(host_end - text);
    if (len == 0 || len >= size)
        return false;
    if (colon) {
        *port = parse_port(colon + 1, (size_t)(end - colon - 1));
        if (*port == 0)
            return false;
    }
    memcpy(host, text, len);
    host[len] = '\0';
    return true;
}

int ds_proxy_setting_parse(const char *url, struct ds_proxy_setting *out)
{
    struct ds_proxy_setting setting = {.port = 80};
    const char *scheme = strstr(url, "://");
    if (scheme) {
        size_t n = (size_t)(scheme - url);
        setting.tls = n == 5 && strncasecmp(url, "https", 5) == 0;
        if (!setting.tls && (n != 4 || strncasecmp(url, "http", 4) != 0))
            return DS_EUNSUPPORTED;
        setting.port = setting.tls ? 443 : 80;
        url = scheme + 3;
    }
    size_t n = strcspn(url, "/?#");
    const char *at = memrchr(url, '@', n);
    int error = DS_OK;
    if (at && !decode(url, (size_t)(at - url), setting.userinfo, sizeof(setting.userinfo)))
        error = DS_EINVAL;
    const char *host = at ? at + 1 : url;
    if (!error && !split_host(host, n - (size_t)(host - url), setting.host, sizeof(setting.host),
                              &setting.port))
        error = DS_EINVAL;
    if (!error && strpbrk(setting.host, " \t\r\n"))
        error = DS_EINVAL;
    if (!error)
        *out = setting;
    explicit_bzero(&setting, sizeof(setting));
    return error;
}

/* Whether two addresses are equal in their first bits. */
static bool same_network(const char *network, unsigned long bits, const char *host)
{
    uint8_t a[16], b[16];
    int family = strchr(network, ':') ? AF_INET6 : AF_INET;
    unsigned long whole = family == AF_INET6 ? 128 : 32;
    if (inet_pton(family, network, a) != 1 || inet_pton(family, host, b) != 1)
        return false;
    if (bits > whole)
        bits = whole;
    if (memcmp(a, b, bits / 8) != 0)
        return false;
    unsigned mask = bits % 8 ? 0xffu << (8 - bits % 8) & 0xffu : 0;
    return mask == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

static bool exempts(const char *entry, size_t n, const char *host, unsigned port)
{
    char name[DS_TEXT_HOST];
    unsigned only = 0;
    if (n == 1 && *entry == '*')
        return true;
    if (!split_host(entry, n, name, sizeof(name), &only) || (only && port && only != port))
        return false;
    char *slash = strchr(name, '/');
    if (slash)
        *slash = '\0';
    if (same_network(name, slash ? strtoul(slash + 1, NULL, 10) : 128, host))
        return true;
    const char *suffix = strncmp(name, "*.", 2) == 0 ? name + 2 : *name == '.' ? name + 1 : name;
    size_t suffix_len = strlen(suffix), host_len = strlen(host);
    return suffix_len > 0 && suffix_len <= host_len &&
           strcasecmp(host + host_len - suffix_len, suffix) == 0 &&
           (suffix_len == host_len || host[host_len - suffix_len - 1] == '.');
}

bool ds_proxy_setting_exempts(const char *list, const char *host, unsigned port)
{
    static const char separators[] = ", \t";
    for (list += strspn(list, separators); *list; list += strspn(list, separators)) {
        size_t n = strcspn(list, separators);
        if (exempts(list, n, host, port))
            return true;
        list += n;
    }
    return false;
}

static const char *first_set(const char *const *names)
{
    for (; *names; names++) {
        const char *value = getenv(*names);
        if (value && *value)
            return value;
    }
    return NULL;
}

int ds_proxy_setting_get(const char *host, unsigned port, struct ds_proxy_setting *out)
{
    /* HTTP_PROXY in capitals can be set by a stranger in a CGI program; nobody reads it. */
    static const char *const proxies[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", NULL};
    static const char *const exceptions[] = {"no_proxy", "NO_PROXY", NULL};
    memset(out, 0, sizeof(*out));
    const char *url = first_set(proxies), *except = first_set(exceptions);
    if (!url || (except && ds_proxy_setting_exempts(except, host, port)))
        return DS_OK;
    return ds_proxy_setting_parse(url, out);
}
