/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/appearance.h"

#include "viewer/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "Adwaita-dark", "Adwaita:dark", "Yaru-dark" */
static bool is_dark_name(const char *name)
{
    static const char dark[] = "dark";
    size_t n = strlen(name), d = sizeof(dark) - 1;
    return n > d && strcasecmp(name + n - d, dark) == 0 &&
           (name[n - d - 1] == '-' || name[n - d - 1] == ':');
}

/* The value of a line "key = value"; NULL: another key. */
static const char *value_of(char *line, const char *key)
{
    size_t n = strlen(key);
    if (strncmp(line, key, n) != 0)
        return NULL;
    char *at = line + n + strspn(line + n, " \t");
    if (*at != '=')
        return NULL;
    at += 1 + strspn(at + 1, " \t");
    at[strcspn(at, " \t\r\n")] = '\0';
    return at;
}

/* False: there is no such file, or it says nothing about it. */
static bool read_gtk(const char *folder, const char *version, bool *dark)
{
    char path[600], line[512];
    bool is_said = false;
    snprintf(path, sizeof(path), "%s/%s/settings.ini", folder, version);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    *dark = false;
    while (fgets(line, sizeof(line), file)) {
        const char *prefers = value_of(line, "gtk-application-prefer-dark-theme");
        const char *theme = value_of(line, "gtk-theme-name");
        is_said = is_said || prefers || theme;
        if (prefers && (strcmp(prefers, "1") == 0 || strcasecmp(prefers, "true") == 0))
            *dark = true;
        if (theme && is_dark_name(theme))
            *dark = true;
    }
    fclose(file);
    return is_said;
}

bool viewer_appearance_is_desktop_dark(void)
{
    char folder[512];
    bool dark = false;
    const char *theme = getenv("GTK_THEME");
    if (theme && theme[0])
        return is_dark_name(theme);
    if (viewer_settings_config_folder(folder, sizeof(folder)) &&
        !read_gtk(folder, "gtk-4.0", &dark))
        read_gtk(folder, "gtk-3.0", &dark);
    return dark;
}

struct ds_theme viewer_appearance_theme(const struct viewer_preferences *preferences,
                                        double desktop_scale)
{
    unsigned look = preferences->values[VIEWER_PREFERENCE_THEME];
    bool dark =
        look == VIEWER_LOOK_SYSTEM ? viewer_appearance_is_desktop_dark() : look == VIEWER_LOOK_DARK;
    struct ds_theme theme = ds_theme_default(dark, DS_TARGET_REP);
    theme.scale = ds_theme_scale(viewer_preferences_scale(preferences, desktop_scale));
    return theme;
}
