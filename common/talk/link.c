/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/talk/link.h"

#include "common/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Bytes of "http://" or "https://" at the beginning; 0: neither. */
static size_t scheme(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 ? 7 : strncasecmp(text, "https://", 8) == 0 ? 8 : 0;
}

/* What ends an address although it is no blank of ASCII: blanks of other scripts, what cannot be
 * seen, and quotation marks. */
static bool is_end(uint32_t c)
{
    static const uint16_t ranges[][2] = {
        {0x80, 0xa0},     {0xab, 0xad},     {0xbb, 0xbb},     {0x34f, 0x34f},   {0x61c, 0x61c},
        {0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x206f},
        {0x3000, 0x301f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xff00, 0xffff}};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return c <= ' ' || c == 0x7f || c > 0xffff || (c < 0x80 && strchr("<>\"{}|\\^`", (int)c));
}

static size_t body(const char *link)
{
    const char *p = link, *end = link + strlen(link);
    while (p < end) {
        const char *before = p;
        uint32_t c = ds_text_next(&p, end);
        if (c == 0 || is_end(c))
            return (size_t)(before - link);
    }
    return (size_t)(p - link);
}

/* The host with its port ends at n, and is one. */
static bool has_host(const char *host, size_t len, size_t *n)
{
    size_t at = 0, dots = 0;
    for (; at < len && (is_alnum(host[at]) || host[at] == '.' || host[at] == '-'); at++)
        dots += host[at] == '.' && host[at + 1] == '.';
    if (at == 0 || dots > 0 || host[0] == '.' || host[0] == '-' || !is_alnum(host[at - 1]))
        return false;
    if (at < len && host[at] == ':') {
        size_t digits = strspn(host + at + 1, "0123456789");
        if (digits == 0 || digits > 5)
            return false;
        at += 1 + digits;
    }
    *n = at;
    return at == len || strchr("/?#", host[at]);
}

/* A sentence's own marks behind an address, and a bracket that was opened before it. */
static size_t trimmed(const char *link, size_t len)
{
    while (len > 0) {
        char last = link[len - 1];
        int depth = 0;
        char open = last == ')' ? '(' : last == ']' ? '[' : 0;
        for (size_t i = 0; open && i < len; i++)
            depth += link[i] == open ? 1 : link[i] == last ? -1 : 0;
        if (!strchr(".,;:!?'*_~", last) && depth >= 0)
            break;
        len--;
    }
    return len;
}

/* Bytes of it when it is opened. */
static size_t plain_len(const char *link, size_t n)
{
    size_t len = n;
    for (size_t i = 0; i < n; i++)
        len += (unsigned char)link[i] < 0x80 ? 0 : 2;
    return len;
}

bool ds_link_next(const char *text, size_t from, size_t *start, size_t *end)
{
    size_t len = strlen(text);
    for (size_t at = from; at < len; at++) {
        size_t before, host = (text[at] | 32) == 'h' ? scheme(text + at) : 0;
        if (host == 0 || (at > 0 && is_alnum(text[at - 1])))
            continue;
        size_t n = trimmed(text + at, body(text + at));
        if (n <= host || plain_len(text + at, n) > DS_LINK_MAX ||
            !has_host(text + at + host, n - host, &before))
            continue;
        *start = at;
        *end = at + n;
        return true;
    }
    return false;
}

void ds_link_plain(char *out, const char *link, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        bool is_ascii = (unsigned char)link[i] < 0x80;
        if (used + (is_ascii ? 1 : 3) > DS_LINK_MAX)
            break;
        if (is_ascii)
            out[used++] = link[i];
        else
            used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned char)link[i]);
    }
    out[used] = '\0';
}
