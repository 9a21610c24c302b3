/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/settings.h"

#include "common/base/log.h"
#include "common/net/address.h"
#include "viewer/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool viewer_settings_config_folder(char *out, size_t size)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int n = -1;
    if (base && base[0] == '/')
        n = snprintf(out, size, "%s", base);
    else if (home && home[0] == '/')
        n = snprintf(out, size, "%s/.config", home);
    return n > 0 && (size_t)n < size;
}

static bool folder_path(char *out, size_t size)
{
    static const char below[] = "/deskside";
    if (!viewer_settings_config_folder(out, size) || strlen(out) + sizeof(below) > size)
        return false;
    memcpy(out + strlen(out), below, sizeof(below));
    return true;
}

static void read_relay(struct viewer_settings *settings, const char *value)
{
    char host[DS_TEXT_HOST];
    unsigned port;
    if (strlen(value) < sizeof(settings->relay) &&
        ds_address_parse(value, host, sizeof(host), &port))
        memcpy(settings->relay, value, strlen(value) + 1);
}

static void read_email(struct viewer_settings *settings, const char *value)
{
    char email[DS_TEXT_EMAIL];
    if (viewer_email_clean(value, email))
        memcpy(settings->email, email, sizeof(settings->email));
}

static void keep(struct viewer_settings *settings, const char *line)
{
    size_t used = strlen(settings->kept);
    if (line[0] && used + strlen(line) + 2 <= sizeof(settings->kept))
        snprintf(settings->kept + used, sizeof(settings->kept) - used, "%s\n", line);
}

static void read_line(struct viewer_settings *settings, const char *line)
{
    char name[64] = "";
    const char *equals = strchr(line, '=');
    if (equals && (size_t)(equals - line) < sizeof(name))
        memcpy(name, line, (size_t)(equals - line));
    enum viewer_preference which = viewer_preference_by_name(name);
    if (strcmp(name, "relay") == 0)
        read_relay(settings, equals + 1);
    else if (strcmp(name, "email") == 0)
        read_email(settings, equals + 1);
    else if (which == VIEWER_PREFERENCE_COUNT)
        keep(settings, line);
    else if (viewer_preference_value(which, equals + 1) >= 0)
        settings->preferences.values[which] = (uint8_t)viewer_preference_value(which, equals + 1);
}

void viewer_settings_load(struct viewer_settings *settings)
{
    char folder[512], path[600], line[1024];
    *settings = (struct viewer_settings){.relay = ""};
    viewer_preferences_init(&settings->preferences);
    if (!folder_path(folder, sizeof(folder)))
        return;
    snprintf(path, sizeof(path), "%s/viewer.conf", folder);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\r\n")] = '\0';
        read_line(settings, line);
    }
    fclose(file);
}

static void make_folder(char *folder)
{
    char *slash = strrchr(folder, '/');
    *slash = '\0';
    mkdir(folder, 0700);
    *slash = '/';
    mkdir(folder, 0700);
}

bool viewer_settings_path(const char *name, char *out, size_t size)
{
    char folder[512];
    if (!folder_path(folder, sizeof(folder)))
        return false;
    make_folder(folder);
    int n = snprintf(out, size, "%s/%s", folder, name);
    return n > 0 && (size_t)n < size;
}

static bool write_file(const char *path, const struct viewer_settings *settings)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    fprintf(file, "relay=%s\nemail=%s\n", settings->relay, settings->email);
    for (int i = 0; i < VIEWER_PREFERENCE_COUNT; i++) {
        enum viewer_preference which = (enum viewer_preference)i;
        fprintf(file, "%s=%s\n", viewer_preference_info(which)->name,
                viewer_preference_choice(&settings->preferences, which));
    }
    fputs(settings->kept, file);
    bool fine = !ferror(file);
    return fclose(file) == 0 && fine;
}

void viewer_settings_save(const struct viewer_settings *settings)
{
    char folder[512], path[600], part[600];
    if (!folder_path(folder, sizeof(folder)))
        return;
    make_folder(folder);
    snprintf(path, sizeof(path), "%s/viewer.conf", folder);
    snprintf(part, sizeof(part), "%s/viewer.conf.part", folder);
    if (!write_file(part, settings) || rename(part, path) != 0) {
        unlink(part);
        ds_log_info("settings could not be kept: %s", strerror(errno));
    }
}
