/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/document.h"

#include "common/base/error.h"
#include "common/ui/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAMES_MAX = 100 };

static int open_new(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* A new file that nobody else had; -1 with errno. */
static int create(const char *folder, const char *name, char *path, size_t size)
{
    char day[32] = "";
    time_t now = time(NULL);
    struct tm local;
    if (localtime_r(&now, &local))
        strftime(day, sizeof day, "%Y-%m-%d %H.%M", &local);
    for (unsigned i = 1; i <= NAMES_MAX; i++) {
        char number[16] = "";
        if (i > 1)
            snprintf(number, sizeof number, " (%u)", i);
        int n = snprintf(path, size, "%s/%s %s%s.txt", folder, name, day, number);
        if (n < 0 || (size_t)n >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open_new(path);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static bool write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, text, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        text += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

/* Takes fd. */
static int finish(int fd, const char *path, const char *text, size_t n)
{
    if (fd < 0)
        return DS_EIO;
    bool is_whole = write_all(fd, text, n);
    int error = errno;
    if (close(fd) != 0 && is_whole) {
        is_whole = false;
        error = errno;
    }
    if (is_whole)
        return DS_OK;
    unlink(path);
    errno = error;
    return DS_EIO;
}

int ds_document_save(const char *folder, const char *name, const char *text, size_t n, char *path,
                     size_t size)
{
    char found[512];
    if (!folder) {
        if (!ds_place_get(DS_PLACE_DOCUMENTS, found, sizeof found) &&
            !ds_place_get(DS_PLACE_HOME, found, sizeof found))
            snprintf(found, sizeof found, "/tmp");
        folder = found;
    }
    return finish(create(folder, name, path, size), path, text, n);
}

int ds_document_save_as(const char *path, const char *text, size_t n)
{
    return finish(open_new(path), path, text, n);
}
