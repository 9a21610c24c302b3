/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user-dirs.dirs has lines XDG_DOWNLOAD_DIR="$HOME/Downloads", or with an absolute path. */
#include "common/ui/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *key, *usual; /* below the home folder, where no setting says otherwise */
} places[DS_PLACE_COUNT] = {[DS_PLACE_DESKTOP] = {"XDG_DESKTOP_DIR=\"", "Desktop"},
                            [DS_PLACE_DOCUMENTS] = {"XDG_DOCUMENTS_DIR=\"", "Documents"},
                            [DS_PLACE_DOWNLOADS] = {"XDG_DOWNLOAD_DIR=\"", "Downloads"}};

static bool is_folder(const char *path)
{
    struct stat is;
    return path[0] == '/' && stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

static bool join(char *out, size_t size, const char *home, const char *name)
{
    int n = snprintf(out, size, "%s%s", home, name);
    return n > 0 && (size_t)n < size && is_folder(out);
}

/* The value of one line; false when it is not that one. */
static bool read_line(const char *line, const char *key, const char *home, char *out, size_t size)
{
    char value[4096];
    size_t len = 0;
    if (strncmp(line, key, strlen(key)) != 0)
        return false;
    for (const char *at = line + strlen(key); *at && *at != '"' && *at != '\n';) {
        if (*at == '\\' && at[1])
            at++;
        if (len < sizeof(value) - 1)
            value[len++] = *at;
        at++;
    }
    value[len] = '\0';
    bool is_below = strncmp(value, "$HOME/", 6) == 0;
    return join(out, size, is_below ? home : "", value + (is_below ? 5 : 0));
}

static bool read_setting(const char *key, const char *home, char *out, size_t size)
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
        is_found = read_line(line, key, home, out, size);
    if (file)
        fclose(file);
    return is_found;
}

bool ds_place_get(enum ds_place place, char *out, size_t size)
{
    char below[32];
    const char *home = getenv("HOME");
    if (!home || !is_folder(home))
        return false;
    if (place == DS_PLACE_HOME)
        return join(out, size, home, "");
    snprintf(below, sizeof(below), "/%s", places[place].usual);
    return read_setting(places[place].key, home, out, size) || join(out, size, home, below);
}
