/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/document.h"

#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAMES_MAX = 100 };

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* XDG_DOCUMENTS_DIR as user-dirs.dirs says it, else the home folder. */
static void find_folder(char *out, size_t size)
{
    const char *home = getenv("HOME");
    const char *config = getenv("XDG_CONFIG_HOME");
    char path[512], row[512];
    home = home && *home ? home : "/tmp";
    snprintf(out, size, "%s", home);
    if (config && *config)
        snprintf(path, sizeof path, "%s/user-dirs.dirs", config);
    else
        snprintf(path, sizeof path, "%s/.config/user-dirs.dirs", home);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    static const char key[] = "XDG_DOCUMENTS_DIR=\"";
    while (fgets(row, sizeof row, file)) {
        if (strncmp(row, key, sizeof key - 1) != 0)
            continue;
        char *value = row + sizeof key - 1;
        value[strcspn(value, "\"\n")] = '\0';
        if (strncmp(value, "$HOME/", 6) == 0)
            snprintf(path, sizeof path, "%s/%s", home, value + 6);
        else
            snprintf(path, sizeof path, "%s", value);
        if (path[0] == '/' && is_folder(path))
            snprintf(out, size, "%s", path);
    }
    fclose(file);
}

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
        find_folder(found, sizeof found);
        folder = found;
    }
    return finish(create(folder, name, path, size), path, text, n);
}

int ds_document_save_as(const char *path, const char *text, size_t n)
{
    return finish(open_new(path), path, text, n);
}
