/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMPONENT 256
#define DEEPEST 200

/* Component by component, for kernels (and sandboxes) without openat2. */
static int open_slowly(int folder, const char *path, int flags, mode_t mode)
{
    char part[COMPONENT];
    int at = folder;
    for (;;) {
        size_t len = strcspn(path, "/");
        bool is_last = path[len] == '\0';
        if (len == 0 || len >= sizeof(part) || (len <= 2 && strncmp(path, "..", len) == 0)) {
            errno = EXDEV;
            len = 0;
        }
        memcpy(part, path, len);
        part[len] = '\0';
        int next = len == 0  ? -1
                   : is_last ? openat(at, part, flags | O_NOFOLLOW, mode)
                             : openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        if (at != folder)
            close(at);
        errno = error;
        if (next < 0 || is_last)
            return next;
        at = next;
        path += len + 1;
    }
}

int ds_beneath_open(int folder, const char *path, int flags, mode_t mode)
{
    struct open_how how = {.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
                           .mode = flags & O_CREAT ? mode : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return open_slowly(folder, path, flags | O_CLOEXEC, mode);
    return fd;
}

/* The folder that the last component is in: `folder` itself, or one to be closed. */
static int open_parent(int folder, const char *path, const char **name)
{
    char above[4097];
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!slash)
        return folder;
    size_t len = (size_t)(slash - path);
    if (len >= sizeof(above)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(above, path, len);
    above[len] = '\0';
    return ds_beneath_open(folder, above, O_PATH | O_DIRECTORY, 0);
}

static void close_parent(int parent, int folder)
{
    int error = errno;
    if (parent >= 0 && parent != folder)
        close(parent);
    errno = error;
}

int ds_beneath_folder(int folder, const char *path)
{
    const char *name;
    int fd = -1, parent = open_parent(folder, path, &name);
    if (parent >= 0 && (mkdirat(parent, name, 0700) == 0 || errno == EEXIST))
        fd = ds_beneath_open(parent, name, O_RDONLY | O_DIRECTORY, 0);
    close_parent(parent, folder);
    return fd;
}

int ds_beneath_unlink(int folder, const char *path)
{
    const char *name;
    int parent = open_parent(folder, path, &name);
    int result = parent >= 0 ? unlinkat(parent, name, 0) : -1;
    close_parent(parent, folder);
    return result;
}

static int remove_in(int folder, const char *name, unsigned depth)
{
    int fd = depth < DEEPEST ? openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                             : -1;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return unlinkat(folder, name, 0);
    }
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (entry->d_type == DT_DIR || unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            remove_in(dirfd(dir), entry->d_name, depth + 1);
    }
    closedir(dir);
    return unlinkat(folder, name, AT_REMOVEDIR);
}

int ds_beneath_remove(int folder, const char *name)
{
    return remove_in(folder, name, 0);
}
