/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that received files get: nothing is overwritten unless the person here said so. */
#include "common/courier/disk_priv.h"
#include "common/service/file_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRIES 1000 /* "name (2)" to "name (1000)" */

static bool is_taken(int folder, const char *name)
{
    struct stat is;
    return fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

static bool is_folder(int folder, const char *name)
{
    struct stat is;
    return fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(is.st_mode);
}

char *ds_disk_path(const struct ds_disk_file *file)
{
    size_t len = strlen(file->folder_path);
    const char *slash = len > 0 && file->folder_path[len - 1] == '/' ? "" : "/";
    char *path = NULL;
    return asprintf(&path, "%s%s%s", file->folder_path, slash, file->name) < 0 ? NULL : path;
}

/* A file does not take the place of a folder, nor the other way round. */
static bool may_replace(int folder, const char *name, bool is_folder_coming)
{
    return is_folder(folder, name) == is_folder_coming;
}

enum ds_file_fault ds_disk_choose(struct ds_disk_file *file)
{
    char first[DS_FILE_NAME];
    memcpy(first, file->name, sizeof(first));
    if (!is_taken(file->folder, file->name))
        return DS_FILE_OK;
    if (file->exists == DS_FILE_EXISTS_REPLACE)
        return may_replace(file->folder, file->name, file->target != NULL) ? DS_FILE_OK
                                                                           : DS_FILE_EXISTING;
    if (file->exists != DS_FILE_EXISTS_KEEP_BOTH)
        return DS_FILE_EXISTING;
    for (unsigned i = 2; i <= TRIES && is_taken(file->folder, file->name); i++)
        ds_file_name_number(file->name, first, i);
    return is_taken(file->folder, file->name) ? DS_FILE_EXISTING : DS_FILE_OK;
}

/* For file systems that cannot rename without replacing: an empty one of ours takes the name first.
 */
static int rename_slowly(int from_folder, const char *from, int folder, const char *name)
{
    if (is_folder(from_folder, from)) {
        if (mkdirat(folder, name, 0700) != 0)
            return errno;
    } else {
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
            return errno;
        close(fd);
    }
    return renameat(from_folder, from, folder, name) == 0 ? 0 : errno;
}

static int rename_new(int from_folder, const char *from, int folder, const char *name)
{
    if (renameat2(from_folder, from, folder, name, RENAME_NOREPLACE) == 0)
        return 0;
    return errno == EINVAL || errno == ENOSYS ? rename_slowly(from_folder, from, folder, name)
                                              : errno;
}

/* name: the one that was free. */
static int rename_numbered(int from_folder, const char *from, int folder, char name[DS_FILE_NAME])
{
    char first[DS_FILE_NAME];
    memcpy(first, name, sizeof(first));
    int error = rename_new(from_folder, from, folder, name);
    for (unsigned i = 2; error == EEXIST && i <= TRIES; i++) {
        ds_file_name_number(name, first, i);
        error = rename_new(from_folder, from, folder, name);
    }
    return error;
}

/* A file goes at once. A folder is never deleted for somebody: it changes places, and stays beside
 * the new one under a number. */
static int rename_over(int from_folder, const char *from, int folder, const char *name)
{
    char aside[DS_FILE_NAME];
    if (!is_folder(from_folder, from))
        return renameat(from_folder, from, folder, name) == 0 ? 0 : errno;
    if (renameat2(from_folder, from, folder, name, RENAME_EXCHANGE) != 0)
        return errno == EINVAL || errno == ENOSYS ? EEXIST : errno;
    snprintf(aside, sizeof(aside), "%s", name);
    return rename_numbered(from_folder, from, folder, aside);
}

enum ds_file_fault ds_disk_place(const struct ds_disk_file *file, int folder, const char *from,
                                 char name[DS_FILE_NAME])
{
    /* Of several the person could not be asked about each name. */
    bool is_numbered = file->exists == DS_FILE_EXISTS_KEEP_BOTH ||
                       (file->exists == DS_FILE_EXISTS_ASK && !file->is_single);
    int error = is_numbered ? rename_numbered(folder, from, file->folder, name)
                            : rename_new(folder, from, file->folder, name);
    if (error == EEXIST && file->exists == DS_FILE_EXISTS_REPLACE &&
        may_replace(file->folder, name, is_folder(folder, from)))
        error = rename_over(folder, from, file->folder, name);
    if (error == EEXIST && file->exists == DS_FILE_EXISTS_SKIP && !file->is_single)
        error = 0; /* left out */
    return error ? ds_disk_fault(error) : DS_FILE_OK;
}
