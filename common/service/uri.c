/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/uri.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands behind the host, or NULL: not on this machine. */
static const char *behind_host(const char *at, const char *end, const char *host)
{
    static const char here[] = "localhost";
    size_t len = 0;
    while (at + len < end && at[len] != '/')
        len++;
    bool is_here = len == 0 || (len == sizeof(here) - 1 && strncasecmp(at, here, len) == 0) ||
                   (host && len == strlen(host) && strncasecmp(at, host, len) == 0);
    return is_here ? at + len : NULL;
}

/* Undoes %XX. False: not a path, too long, or with a NUL inside. */
static bool decode(const char *at, const char *end, char path[DS_URI_PATH])
{
    size_t n = 0;
    if (at == end || *at != '/')
        return false;
    while (at < end) {
        int byte = (unsigned char)*at++;
        if (byte == '%' && end - at >= 2 && digit(at[0]) >= 0 && digit(at[1]) >= 0) {
            byte = digit(at[0]) * 16 + digit(at[1]);
            at += 2;
        }
        if (byte == 0 || n + 1 == DS_URI_PATH)
            return false;
        path[n++] = (char)byte;
    }
    path[n] = '\0';
    return true;
}

static bool copy(const char *at, const char *end, char path[DS_URI_PATH])
{
    size_t len = (size_t)(end - at);
    if (*at != '/' || len >= DS_URI_PATH || memchr(at, 0, len))
        return false;
    memcpy(path, at, len);
    path[len] = '\0';
    return true;
}

static bool one(const char *at, const char *end, const char *host, char path[DS_URI_PATH])
{
    if (end - at < 6 || strncasecmp(at, "file:", 5) != 0)
        return copy(at, end, path);
    at += 5;
    if (end - at >= 2 && at[0] == '/' && at[1] == '/')
        at = behind_host(at + 2, end, host);
    return at && decode(at, end, path);
}

enum ds_uri ds_uri_next(const char **at, const char *end, const char *host, char path[DS_URI_PATH])
{
    while (*at < end) {
        const char *from = *at, *to = from;
        while (to < end && *to != '\n' && *to != '\r')
            to++;
        *at = to < end ? to + 1 : to;
        if (to == from || *from == '#' || (to - from == 1 && *from == '\0'))
            continue;
        if (to > from && to == end && to[-1] == '\0') /* some programs send the end along */
            to--;
        return one(from, to, host, path) ? DS_URI_FILE : DS_URI_OTHER;
    }
    return DS_URI_END;
}
