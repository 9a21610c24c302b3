/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/restart/folder.h"

#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool agent_folder_of(enum agent_folder which, const char *name, char *out, size_t size)
{
    static const char *const variables[] = {"XDG_STATE_HOME", "XDG_CONFIG_HOME"};
    static const char *const homes[] = {"/.local/state", "/.config"};
    const char *base = getenv(variables[which]), *below = "";
    if (!base || base[0] != '/') { /* relative ones count as not set */
        base = getenv("HOME");
        below = homes[which];
    }
    if (!base || base[0] != '/')
        return false;
    int n = snprintf(out, size, "%s%s%s", base, below, name);
    return n > 0 && (size_t)n < size;
}

/* Cuts the last part off; false when only the root is left. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return false;
    *slash = '\0';
    return true;
}

static bool copy(const char *file, char path[PATH_MAX])
{
    size_t n = strlen(file);
    if (n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, file, n + 1);
    return true;
}

int agent_folder_make(const char *file, unsigned *made)
{
    char path[PATH_MAX];
    unsigned count = 0;
    if (!copy(file, path))
        return DS_EIO;
    for (char *at = path + 1; *at; at++) {
        if (*at != '/' || at[-1] == '/')
            continue;
        *at = '\0';
        if (mkdir(path, 0700) == 0) {
            count++;
        } else if (errno != EEXIST) {
            agent_folder_leave(file, count);
            return DS_EIO;
        }
        *at = '/';
    }
    if (made)
        *made = count;
    return DS_OK;
}

int agent_folder_sync(const char *file)
{
    char path[PATH_MAX];
    if (!copy(file, path) || !go_up(path))
        return DS_EIO;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return DS_EIO;
    int error = fsync(fd) && errno != EINVAL ? DS_EIO : DS_OK; /* some file systems cannot */
    close(fd);
    return error;
}

void agent_folder_leave(const char *file, unsigned count)
{
    char path[PATH_MAX];
    if (!copy(file, path))
        return;
    for (unsigned i = 0; i < count && go_up(path); i++)
        if (rmdir(path))
            return;
}
