/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/restart/place.h"

#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

bool agent_place_program(const char *link, char *out, size_t size)
{
    char found[PATH_MAX];
    struct stat running, there;
    ssize_t n = readlink(link, found, sizeof(found) - 1);
    if (n <= 0 || (size_t)n >= sizeof(found) - 1 || (size_t)n >= size)
        return false;
    found[n] = '\0';
    if (stat(link, &running) || lstat(found, &there) || !S_ISREG(there.st_mode) ||
        running.st_dev != there.st_dev || running.st_ino != there.st_ino)
        return false;
    memcpy(out, found, (size_t)n + 1);
    return true;
}

bool agent_place_stays(const char *path)
{
    static const char *const emptied[] = {"/tmp/", "/run/", "/var/run/", "/dev/", "/proc/"};
    struct statfs system;
    for (size_t i = 0; i < sizeof(emptied) / sizeof(emptied[0]); i++)
        if (strncmp(path, emptied[i], strlen(emptied[i])) == 0)
            return false;
    return statfs(path, &system) == 0 && system.f_type != TMPFS_MAGIC &&
           system.f_type != RAMFS_MAGIC;
}
