/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/remove.h"

#include "common/net/remember.h"
#include "common/ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where packages and administrators put programs: not a person's, even when that person is root. */
static bool is_of_the_system(const char *path)
{
    static const char *const folders[] = {"/usr/",  "/bin/", "/sbin/", "/lib", "/opt/",
                                          "/snap/", "/nix/", "/gnu/",  "/app/"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (strncmp(path, folders[i], strlen(folders[i])) == 0)
            return true;
    return false;
}

static bool can_change_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n == 0 || n >= sizeof(folder))
        return false; /* in / itself: nobody's own place */
    memcpy(folder, path, n);
    folder[n] = '\0';
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0;
}

enum agent_removal agent_remove_look(const char *self, char *path, size_t size)
{
    char found[PATH_MAX];
    struct stat running, there;
    ssize_t n = readlink(self, found, sizeof(found) - 1);
    if (n <= 0 || (size_t)n >= sizeof(found) - 1 || (size_t)n >= size)
        return AGENT_REMOVAL_NONE;
    found[n] = '\0';
    if (stat(self, &running) || lstat(found, &there) || !S_ISREG(there.st_mode) ||
        running.st_dev != there.st_dev || running.st_ino != there.st_ino)
        return AGENT_REMOVAL_NONE;
    if (is_of_the_system(found) || there.st_uid != geteuid() || !can_change_folder_of(found))
        return AGENT_REMOVAL_NOT_YOURS;
    memcpy(path, found, (size_t)n + 1);
    return AGENT_REMOVAL_POSSIBLE;
}

static void add(char *text, size_t size, const char *sentence)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? " " : "", sentence);
}

bool agent_remove_do(const char *self, char *text, size_t size)
{
    char path[DS_TEXT_MESSAGE], sentence[DS_TEXT_MESSAGE + 64];
    text[0] = '\0';
    if (agent_remove_look(self, path, sizeof(path)) != AGENT_REMOVAL_POSSIBLE) {
        add(text, size, DS_TR("The program is not where it was, so nothing was removed."));
        return false;
    }
    if (unlink(path)) {
        snprintf(sentence, sizeof(sentence), DS_TR("%s could not be removed: %s."), path,
                 strerror(errno));
        add(text, size, sentence);
        return false;
    }
    snprintf(sentence, sizeof(sentence), DS_TR("Removed: %s."), path);
    add(text, size, sentence);
    switch (ds_remember_forget()) {
    case DS_REMEMBER_FORGOTTEN:
        add(text, size, DS_TR("What it remembered about connections is removed, too."));
        break;
    case DS_REMEMBER_KEPT:
        add(text, size, DS_TR("What it remembered about connections could not be removed."));
        break;
    case DS_REMEMBER_NOTHING:
        break;
    }
    return true;
}
