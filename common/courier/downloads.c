/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop's download folder, as xdg-user-dirs keeps it: a line
 * XDG_DOWNLOAD_DIR="$HOME/Downloads" (or an absolute path) in user-dirs.dirs. */
#include "common/courier/courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEY "XDG_DOWNLOAD_DIR=\""

static bool is_folder(const char *path)
{
    struct stat is;
    return path[0] == '/' && stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

/* Takes the value of one line; false when it is not that one. */
static bool read_line(const char *line, const char *home, char *out, size_t size)
{
    char value[4096];
    if (strncmp(line, KEY, strlen(KEY)) != 0)
        return false;
    const char *from = line + strlen(KEY);
    size_t len = 0;
    while (*from && *from != '"' && *from != '\n' && len < sizeof(value) - 1) {
        if (*from == '\\' && from[1])
            from++;
        value[len++] = *from++;
    }
    value[len] = '\0';
    bool is_below_home = strncmp(value, "$HOME", 5) == 0;
    int n = snprintf(out, size, "%s%s", is_below_home ? home : "", value + (is_below_home ? 5 : 0));
    return n > 0 && (size_t)n < size;
}

static bool read_setting(const char *home, char *out, size_t size)
{
    char path[4096], line[4200];
    const char *config = getenv("XDG_CONFIG_HOME");
    if (config && config[0] == '/')
        snprintf(path, sizeof(path), "%s/user-dirs.dirs", config);
    else
        snprintf(path, sizeof(path), "%s/.config/user-dirs.dirs", home);
    FILE *file = fopen(path, "re");
    bool is_found = false;
    while (file && !is_found && fgets(line, sizeof(line), file))
        is_found = read_line(line, home, out, size);
    if (file)
        fclose(file);
    return is_found && is_folder(out);
}

bool ds_courier_downloads(char *out, size_t size)
{
    const char *home = getenv("HOME");
    if (!home || !is_folder(home))
        return false;
    if (read_setting(home, out, size))
        return true;
    int n = snprintf(out, size, "%s/Downloads", home);
    if (n > 0 && (size_t)n < size && is_folder(out))
        return true;
    n = snprintf(out, size, "%s", home);
    return n > 0 && (size_t)n < size;
}
