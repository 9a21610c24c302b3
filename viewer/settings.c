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

static bool folder_path(char *out, size_t size)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int n = -1;
    if (base && base[0] == '/')
        n = snprintf(out, size, "%s/deskside", base);
    else if (home && home[0] == '/')
        n = snprintf(out, size, "%s/.config/deskside", home);
    return n > 0 && (size_t)n < size;
}

void viewer_settings_load(struct viewer_settings *settings)
{
    char folder[512], path[600], line[600];
    *settings = (struct viewer_settings){0};
    if (!folder_path(folder, sizeof(folder)))
        return;
    snprintf(path, sizeof(path), "%s/viewer.conf", folder);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fgets(line, sizeof(line), file)) {
        char host[DS_TEXT_HOST], email[DS_TEXT_EMAIL];
        unsigned port;
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, "relay=", 6) == 0 && strlen(line + 6) < sizeof(settings->relay) &&
            ds_address_parse(line + 6, host, sizeof(host), &port))
            memcpy(settings->relay, line + 6, strlen(line + 6) + 1);
        else if (strncmp(line, "email=", 6) == 0 && viewer_email_clean(line + 6, email))
            memcpy(settings->email, email, sizeof(settings->email));
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
    bool fine = fprintf(file, "relay=%s\nemail=%s\n", settings->relay, settings->email) > 0;
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
