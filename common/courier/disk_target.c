/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are received: a part file in the chosen folder, found again by a later session, which
 * gets its name when all of it has been verified. Names are single components, opened beneath the
 * folder without following links; nothing is overwritten, nothing can be executed. */
#include "common/courier/disk_priv.h"
#include "common/service/file_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TRIES 1000 /* "name (2)" to "name (1000)" */
#define PARTS 8    /* files of one name and size that come at the same time */

static enum ds_file_fault fault_of(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: /* larger than this file system, or a limit, lets a file be */
        return DS_FILE_NO_SPACE;
    case EEXIST:
        return DS_FILE_EXISTING;
    case ENOENT:
    case ENOTDIR:
        return DS_FILE_NO_FOLDER;
    default:
        return DS_FILE_NO_WRITING;
    }
}

/* ---- where it goes ---- */

static bool is_taken(int folder, const char *name)
{
    struct stat is;
    return fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* The path is a folder that exists, or one component behind one. The person here chose it, so links
 * in it are theirs. */
static enum ds_file_fault split(struct ds_disk_file *file, const struct ds_file_job *job)
{
    struct stat is;
    char *path = strdup(job->path);
    if (!path)
        return DS_FILE_NO_MEMORY;
    if (stat(path, &is) == 0 && S_ISDIR(is.st_mode)) {
        memcpy(file->name, job->name, sizeof(file->name));
    } else {
        const char *name = ds_file_name_of(path);
        size_t len = strlen(name), head = (size_t)(name - path);
        if (len == 0 || len >= sizeof(file->name) || strcmp(name, ".") == 0 ||
            strcmp(name, "..") == 0) {
            free(path);
            return DS_FILE_NO_FOLDER;
        }
        memcpy(file->name, name, len + 1);
        path[head > 1 ? head - 1 : head] = '\0';
        if (head == 0) {
            free(path);
            path = strdup(".");
        }
    }
    file->folder_path = path;
    file->folder = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    return file->folder >= 0 ? DS_FILE_OK : path ? fault_of(errno) : DS_FILE_NO_MEMORY;
}

static void name_of_part(struct ds_disk_file *file, const char *name, unsigned number)
{
    char text[DS_FILE_NAME + 64];
    uint8_t hash[32] = {0};
    unsigned len = 0;
    int n =
        snprintf(text, sizeof(text), "%s\n%llu\n%u", name, (unsigned long long)file->size, number);
    EVP_Digest(text, (size_t)n, hash, &len, EVP_sha256(), NULL);
    n = snprintf(file->part, sizeof(file->part), ".deskside-");
    for (unsigned i = 0; i < 16; i++)
        n += snprintf(file->part + n, sizeof(file->part) - (size_t)n, "%02x", hash[i]);
    snprintf(file->part + n, sizeof(file->part) - (size_t)n, ".part");
}

/* Opened, ours alone, a plain file: else the next name is tried (EWOULDBLOCK). */
static int open_part(struct ds_disk_file *file, struct stat *is)
{
    file->fd = openat(file->folder, file->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file->fd < 0)
        return errno == ELOOP || errno == EISDIR ? EWOULDBLOCK : errno;
    if (fstat(file->fd, is) == 0 && S_ISREG(is->st_mode) && is->st_nlink == 1 &&
        is->st_uid == geteuid() && flock(file->fd, LOCK_EX | LOCK_NB) == 0)
        return fchmod(file->fd, 0600) == 0 ? 0 : errno;
    close(file->fd);
    file->fd = -1;
    return EWOULDBLOCK;
}

static enum ds_file_fault find_part(struct ds_disk_file *file, const char *name, struct stat *is)
{
    for (unsigned i = 0; i < PARTS; i++) {
        name_of_part(file, name, i);
        int error = open_part(file, is);
        if (error != EWOULDBLOCK)
            return error ? fault_of(error) : DS_FILE_OK;
    }
    return DS_FILE_NO_WRITING;
}

/* At least one byte is left to come, so that the first one that comes tells where the sender
 * began. */
static uint64_t usable(const struct stat *is, uint64_t size)
{
    uint64_t there = is->st_size > 0 ? (uint64_t)is->st_size : 0;
    if (there > size)
        return 0;
    return there == size && size > 0 ? size - 1 : there;
}

static bool has_space(const struct ds_disk_file *file, uint64_t there)
{
    struct statvfs fs;
    if (fstatvfs(file->folder, &fs) != 0 || fs.f_frsize == 0)
        return true; /* it will be seen */
    return (file->size - there) / fs.f_frsize < fs.f_bavail || file->size == there;
}

static void drop_part(struct ds_disk_file *file)
{
    unlinkat(file->folder, file->part, 0);
}

/* Where it is going to be; owned by the caller. */
static char *full_path(const struct ds_disk_file *file)
{
    size_t len = strlen(file->folder_path);
    const char *slash = len > 0 && file->folder_path[len - 1] == '/' ? "" : "/";
    char *path = NULL;
    return asprintf(&path, "%s%s%s", file->folder_path, slash, file->name) < 0 ? NULL : path;
}

static enum ds_file_fault choose_name(struct ds_disk_file *file)
{
    char first[DS_FILE_NAME];
    memcpy(first, file->name, sizeof(first));
    for (unsigned i = 2; is_taken(file->folder, file->name); i++) {
        if (!file->is_numbered || i > TRIES)
            return DS_FILE_EXISTING;
        ds_file_name_number(file->name, first, i);
    }
    return DS_FILE_OK;
}

enum ds_file_fault ds_disk_open_target(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop)
{
    struct stat is = {0};
    file->size = job->size;
    file->is_numbered = job->is_numbered;
    enum ds_file_fault fault = split(file, job);
    if (fault == DS_FILE_OK)
        fault = choose_name(file);
    if (fault == DS_FILE_OK)
        fault = find_part(file, job->name, &is);
    if (fault != DS_FILE_OK)
        return fault;
    uint64_t there = usable(&is, file->size);
    if (!has_space(file, there)) {
        if (is.st_size == 0)
            drop_part(file);
        return DS_FILE_NO_SPACE;
    }
    fault = ds_disk_sum(file, there, stop);
    if (fault == DS_FILE_OK && ftruncate(file->fd, (off_t)there) != 0)
        fault = fault_of(errno);
    if (fault != DS_FILE_OK)
        return fault;
    job->offset = file->durable = there;
    ds_disk_sum_get(file, job->hash);
    free(job->path);
    job->path = full_path(file);
    return DS_FILE_OK;
}

/* ---- what comes ---- */

enum ds_file_fault ds_disk_write(struct ds_disk_file *file, struct ds_file_job *job)
{
    enum ds_file_fault fault = job->bytes ? DS_FILE_OK : DS_FILE_NO_MEMORY;
    if (fault == DS_FILE_OK && job->offset != file->summed) { /* 0: what is there was not wanted */
        fault = ftruncate(file->fd, (off_t)job->offset) == 0 ? ds_disk_sum_begin(file)
                                                             : fault_of(errno);
        file->durable = 0;
    }
    for (size_t done = 0; fault == DS_FILE_OK && done < job->len;) {
        ssize_t n =
            pwrite(file->fd, job->bytes->data + done, job->len - done, (off_t)(job->offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? DS_FILE_NO_SPACE : fault_of(errno);
        EVP_DigestUpdate(file->sum, job->bytes->data + done, (size_t)n);
        file->summed += (uint64_t)n;
        done += (size_t)n;
    }
    if (fault == DS_FILE_OK && file->summed - file->durable >= DS_DISK_DURABLE_EVERY) {
        if (fdatasync(file->fd) != 0)
            return fault_of(errno);
        file->durable = file->summed;
    }
    return fault;
}

enum ds_file_fault ds_disk_sync(struct ds_disk_file *file, struct ds_file_job *job)
{
    if (fdatasync(file->fd) != 0)
        return fault_of(errno);
    job->offset = file->durable = file->summed;
    return DS_FILE_OK;
}

/* ---- its name ---- */

/* For file systems that cannot rename without replacing: an empty file of ours takes the name
 * first. */
static int rename_slowly(const struct ds_disk_file *file)
{
    int fd = openat(file->folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0600);
    if (fd < 0)
        return errno;
    close(fd);
    return renameat(file->folder, file->part, file->folder, file->name) == 0 ? 0 : errno;
}

static int rename_new(const struct ds_disk_file *file)
{
    if (renameat2(file->folder, file->part, file->folder, file->name, RENAME_NOREPLACE) == 0)
        return 0;
    return errno == EINVAL || errno == ENOSYS ? rename_slowly(file) : errno;
}

enum ds_file_fault ds_disk_keep(struct ds_disk_file *file, struct ds_file_job *job)
{
    uint8_t hash[DS_FILE_HASH] = {0};
    char first[DS_FILE_NAME];
    ds_disk_sum_get(file, hash);
    if (file->summed != file->size || memcmp(hash, job->hash, sizeof(hash)) != 0)
        return DS_FILE_DAMAGED;
    if (fsync(file->fd) != 0)
        return fault_of(errno);
    memcpy(first, file->name, sizeof(first));
    int error = rename_new(file);
    for (unsigned i = 2; error == EEXIST && file->is_numbered && i <= TRIES; i++) {
        ds_file_name_number(file->name, first, i);
        error = rename_new(file);
    }
    if (error)
        return fault_of(error);
    fsync(file->folder); /* best effort: the content is durable under one name or the other */
    job->path = full_path(file);
    return DS_FILE_OK;
}

void ds_disk_discard(struct ds_disk_file *file)
{
    if (file->folder >= 0 && file->part[0] != '\0' && file->fd >= 0)
        drop_part(file);
}
