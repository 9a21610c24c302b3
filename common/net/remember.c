/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/remember.h"

#include "common/base/log.h"
#include "common/wire/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES (DS_TEXT_HOST + 40)
#define FILE_MAX_BYTES (DS_REMEMBER_MAX * LINE_MAX_BYTES)

struct memory {
    struct way {
        char host[DS_TEXT_HOST];
        unsigned asked;
        bool proxy;
        struct ds_route route;
    } ways[DS_REMEMBER_MAX];
    size_t count;
};

/* Path of the folder, and of what stands in it. False: there is none, or it is too long. */
static bool path_of(char *out, size_t size, const char *name)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n;
    if (state && state[0] == '/')
        n = snprintf(out, size, "%s/deskside%s", state, name);
    else if (home && home[0] == '/')
        n = snprintf(out, size, "%s/.local/state/deskside%s", home, name);
    else
        return false;
    return n > 0 && (size_t)n < size;
}

/* One line; false for anything that we would not have written. */
static bool parse(char *line, struct way *out)
{
    static const char *const form[2] = {"direct", "proxy"};
    char host[LINE_MAX_BYTES], proxy[8], carrier[8];
    int end = 0;
    memset(out, 0, sizeof(*out));
    if (strlen(line) >= sizeof(host) ||
        sscanf(line, "%s %5u %7s %5u %7s%n", host, &out->asked, proxy, &out->route.port, carrier,
               &end) != 5 ||
        line[end] || strlen(host) >= sizeof(out->host))
        return false;
    memcpy(out->host, host, strlen(host) + 1);
    out->proxy = strcmp(proxy, form[1]) == 0;
    while (out->route.carrier < DS_CARRIERS &&
           strcmp(carrier, ds_carrier_name(out->route.carrier)) != 0)
        out->route.carrier++;
    return strcmp(proxy, form[out->proxy]) == 0 && out->route.carrier < DS_CARRIERS &&
           out->asked <= UINT16_MAX && out->route.port >= 1 && out->route.port <= UINT16_MAX;
}

static void load(struct memory *memory)
{
    char path[PATH_MAX], text[FILE_MAX_BYTES + 1], *rest = NULL;
    memory->count = 0;
    int fd = path_of(path, sizeof(path), "/ways")
                 ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
                 : -1;
    if (fd < 0)
        return;
    struct stat info;
    ssize_t n = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? read(fd, text, FILE_MAX_BYTES) : 0;
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    for (char *line = strtok_r(text, "\n", &rest); line && memory->count < DS_REMEMBER_MAX;
         line = strtok_r(NULL, "\n", &rest))
        memory->count += parse(line, &memory->ways[memory->count]);
}

/* mkdir -p, for us alone. */
static bool make_folder(char *path)
{
    for (char *at = path + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        int failed = mkdir(path, 0700) && errno != EEXIST;
        *at = '/';
        if (failed)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* Whole or not at all; without waiting for the disk, since it is only an advice. */
static bool save(const struct memory *memory)
{
    char path[PATH_MAX], part[PATH_MAX];
    if (!path_of(path, sizeof(path), "") || !make_folder(path) ||
        !path_of(part, sizeof(part), "/ways.XXXXXX") || !path_of(path, sizeof(path), "/ways"))
        return false;
    int fd = mkstemp(part);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file) {
        if (fd >= 0) {
            close(fd);
            unlink(part);
        }
        return false;
    }
    for (size_t i = 0; i < memory->count; i++) {
        const struct way *way = &memory->ways[i];
        fprintf(file, "%s %u %s %u %s\n", way->host, way->asked, way->proxy ? "proxy" : "direct",
                way->route.port, ds_carrier_name(way->route.carrier));
    }
    bool ok = !ferror(file);
    ok = fclose(file) == 0 && ok && rename(part, path) == 0;
    if (!ok)
        unlink(part);
    return ok;
}

static bool is_for(const struct way *way, const char *host, unsigned asked, bool proxy)
{
    return way->asked == asked && way->proxy == proxy && strcmp(way->host, host) == 0;
}

bool ds_remember_get(const char *host, unsigned asked, bool through_proxy, struct ds_route *out)
{
    struct memory memory;
    load(&memory);
    for (size_t i = 0; i < memory.count; i++) {
        if (!is_for(&memory.ways[i], host, asked, through_proxy))
            continue;
        out->port = memory.ways[i].route.port;
        out->carrier = memory.ways[i].route.carrier;
        return true;
    }
    return false;
}

void ds_remember_put(const char *host, unsigned asked, bool through_proxy,
                     const struct ds_route *way)
{
    struct memory memory, next = {.count = 1};
    if (strlen(host) >= sizeof(next.ways[0].host) || strpbrk(host, " \t\n"))
        return;
    load(&memory);
    struct way *first = &next.ways[0];
    memcpy(first->host, host, strlen(host) + 1);
    first->asked = asked;
    first->proxy = through_proxy;
    first->route = *way;
    if (memory.count > 0 && is_for(&memory.ways[0], host, asked, through_proxy) &&
        memory.ways[0].route.port == way->port && memory.ways[0].route.carrier == way->carrier)
        return;
    for (size_t i = 0; i < memory.count && next.count < DS_REMEMBER_MAX; i++) {
        if (!is_for(&memory.ways[i], host, asked, through_proxy))
            next.ways[next.count++] = memory.ways[i];
    }
    if (!save(&next))
        ds_log_debug("Way to the relay not remembered");
}

enum ds_remember_end ds_remember_forget(void)
{
    char path[PATH_MAX];
    if (!path_of(path, sizeof(path), "/ways"))
        return DS_REMEMBER_NOTHING;
    bool is_gone = unlink(path) == 0;
    if (!is_gone && (errno == ENOENT || errno == ENOTDIR))
        return DS_REMEMBER_NOTHING;
    if (!is_gone)
        return DS_REMEMBER_KEPT;
    if (path_of(path, sizeof(path), ""))
        rmdir(path); /* others' settings keep it */
    return DS_REMEMBER_FORGOTTEN;
}
