/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/pictures.h"

#include "common/base/error.h"
#include "viewer/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY "XDG_PICTURES_DIR=\""
#define NAMES_MAX 100 /* of one second, that are tried */

static bool is_folder(const char *path)
{
    struct stat is;
    return path[0] == '/' && stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

/* The value of one line; false when it is not that one. */
static bool read_line(char *line, const char *home, char *out, size_t size)
{
    if (strncmp(line, KEY, strlen(KEY)) != 0)
        return false;
    char *value = line + strlen(KEY);
    value[strcspn(value, "\"\n")] = '\0';
    bool is_below_home = strncmp(value, "$HOME", 5) == 0;
    int n = snprintf(out, size, "%s%s", is_below_home ? home : "", value + (is_below_home ? 5 : 0));
    return n > 0 && (size_t)n < size;
}

static bool read_setting(const char *home, char *out, size_t size)
{
    char folder[512], path[600], line[4200];
    bool is_found = false;
    if (!viewer_settings_config_folder(folder, sizeof(folder)))
        return false;
    snprintf(path, sizeof(path), "%s/user-dirs.dirs", folder);
    FILE *file = fopen(path, "re");
    while (file && !is_found && fgets(line, sizeof(line), file))
        is_found = read_line(line, home, out, size);
    if (file)
        fclose(file);
    return is_found && is_folder(out);
}

bool viewer_pictures_folder(char *out, size_t size)
{
    const char *home = getenv("HOME");
    if (!home || !is_folder(home))
        return false;
    if (read_setting(home, out, size))
        return true;
    int n = snprintf(out, size, "%s/Pictures", home);
    if (n > 0 && (size_t)n < size && is_folder(out))
        return true;
    n = snprintf(out, size, "%s", home);
    return n > 0 && (size_t)n < size;
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* What could not be written whole is taken away again. */
static int write_new(const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return DS_EIO;
    bool fine = write_all(fd, bytes, len);
    int error = errno;
    if (close(fd) != 0 && fine) {
        fine = false;
        error = errno;
    }
    if (fine)
        return DS_OK;
    unlink(path);
    errno = error;
    return DS_EIO;
}

int viewer_picture_save(const char *path, const uint8_t *bytes, size_t len, char *saved,
                        size_t size)
{
    char folder[512], when[32] = "";
    time_t now = time(NULL);
    struct tm local;
    int n, error = DS_EIO;
    if (path) {
        n = snprintf(saved, size, "%s", path);
        if (n >= 0 && (size_t)n < size)
            return write_new(path, bytes, len);
        errno = ENAMETOOLONG;
        return DS_EIO;
    }
    if (!viewer_pictures_folder(folder, sizeof(folder))) {
        errno = ENOENT;
        return DS_EIO;
    }
    if (localtime_r(&now, &local))
        strftime(when, sizeof(when), "%Y-%m-%d %H-%M-%S", &local);
    errno = EEXIST;
    for (unsigned i = 1; i <= NAMES_MAX && error && errno == EEXIST; i++) {
        char again[16] = "";
        if (i > 1)
            snprintf(again, sizeof(again), " (%u)", i);
        n = snprintf(saved, size, "%s/Deskside %s%s.png", folder, when, again);
        if (n < 0 || (size_t)n >= size)
            return DS_EIO;
        error = write_new(saved, bytes, len);
    }
    return error;
}
