/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are received: a part file in the chosen folder, found again by a later session, which
 * gets its name when all of it has been verified. Names are single components, opened beneath the
 * folder without following links; nothing is overwritten, nothing can be executed. */
#include "common/courier/disk_tree.h"
#include "common/service/file_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PARTS 8 /* files of one name and size that come at the same time */

enum ds_file_fault ds_disk_fault(int number)
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
    return file->folder >= 0 ? DS_FILE_OK : path ? ds_disk_fault(errno) : DS_FILE_NO_MEMORY;
}

static void name_of_part(struct ds_disk_file *file, const char *name, unsigned number)
{
    char text[DS_FILE_NAME + 64];
    uint8_t hash[32] = {0};
    unsigned len = 0;
    int n = snprintf(text, sizeof(text), "%s\n%llu\n%u%s", name, (unsigned long long)file->size,
                     number, file->target ? "\nfolder" : "");
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
        int error = file->target ? ds_tree_state_open(file, file->target) : open_part(file, is);
        if (error != EWOULDBLOCK)
            return error ? ds_disk_fault(error) : DS_FILE_OK;
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

/* Whether what is still to come of it fits; else the job tells. */
static bool has_space(const struct ds_disk_file *file, uint64_t there, struct ds_file_job *job)
{
    struct statvfs fs;
    uint64_t all = file->target ? job->room : file->size;
    uint64_t needed = all > there ? all - there : 0;
    if (fstatvfs(file->folder, &fs) != 0 || fs.f_frsize == 0)
        return true; /* it will be seen */
    if (needed / fs.f_frsize < fs.f_bavail || needed == 0)
        return true;
    ds_disk_tell_space(file, needed, job);
    return false;
}

void ds_disk_tell_space(const struct ds_disk_file *file, uint64_t needed, struct ds_file_job *job)
{
    struct statvfs fs;
    job->needed = needed;
    job->room = fstatvfs(file->folder, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

static enum ds_file_fault go_on(struct ds_disk_file *file, struct ds_file_job *job,
                                const struct stat *is, const atomic_bool *stop)
{
    if (file->target)
        return ds_tree_open_target(file, job, stop);
    uint64_t there = usable(is, file->size);
    enum ds_file_fault fault = ds_disk_sum(file, there, stop);
    if (fault == DS_FILE_OK && ftruncate(file->fd, (off_t)there) != 0)
        fault = ds_disk_fault(errno);
    if (fault == DS_FILE_OK) {
        job->offset = file->durable = there;
        ds_disk_sum_get(file, job->hash);
    }
    return fault;
}

enum ds_file_fault ds_disk_open_target(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop)
{
    struct stat is = {0};
    file->size = job->size;
    file->exists = job->exists;
    file->is_single = true;
    file->has_mtime = job->has_mtime;
    file->mtime = (struct timespec){.tv_sec = job->mtime_s, .tv_nsec = (long)job->mtime_ns};
    if (job->is_folder && !(file->target = ds_tree_target_new()))
        return DS_FILE_NO_MEMORY;
    enum ds_file_fault fault = split(file, job);
    if (fault == DS_FILE_OK)
        fault = ds_disk_choose(file);
    if (fault == DS_FILE_OK)
        fault = find_part(file, job->name, &is);
    if (fault == DS_FILE_OK)
        fault = go_on(file, job, &is, stop);
    if (fault == DS_FILE_OK && !has_space(file, job->offset, job)) {
        if (job->offset == 0)
            ds_disk_discard(file);
        fault = DS_FILE_NO_SPACE;
    }
    if (fault == DS_FILE_NO_SPACE && job->needed == 0)
        ds_disk_tell_space(file, file->target ? job->room : file->size, job);
    if (fault != DS_FILE_OK)
        return fault;
    free(job->path);
    job->path = ds_disk_path(file);
    return DS_FILE_OK;
}

/* ---- what comes ---- */

static bool is_zero(const uint8_t *bytes, size_t len)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

enum ds_file_fault ds_disk_put(int fd, uint64_t offset, const uint8_t *bytes, size_t *len)
{
    size_t done = 0, want = *len;
    if (want >= 4096 && is_zero(bytes, want))
        return ftruncate(fd, (off_t)(offset + want)) == 0 ? DS_FILE_OK : ds_disk_fault(errno);
    enum ds_file_fault fault = DS_FILE_OK;
    while (fault == DS_FILE_OK && done < want) {
        ssize_t n = pwrite(fd, bytes + done, want - done, (off_t)(offset + done));
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            fault = n == 0 ? DS_FILE_NO_SPACE : ds_disk_fault(errno);
    }
    *len = done;
    return fault;
}

enum ds_file_fault ds_disk_write(struct ds_disk_file *file, struct ds_file_job *job)
{
    enum ds_file_fault fault = job->bytes ? DS_FILE_OK : DS_FILE_NO_MEMORY;
    if (fault == DS_FILE_OK && job->offset != file->summed) { /* 0: what is there was not wanted */
        fault = ftruncate(file->fd, (off_t)job->offset) == 0 ? ds_disk_sum_begin(file)
                                                             : ds_disk_fault(errno);
        file->durable = 0;
    }
    if (fault != DS_FILE_OK)
        return fault;
    size_t len = job->len;
    fault = ds_disk_put(file->fd, job->offset, job->bytes->data, &len);
    EVP_DigestUpdate(file->sum, job->bytes->data, len);
    file->summed += len;
    if (fault == DS_FILE_NO_SPACE)
        ds_disk_tell_space(file, file->size - file->summed, job);
    if (fault == DS_FILE_OK && file->summed - file->durable >= DS_DISK_DURABLE_EVERY) {
        if (fdatasync(file->fd) != 0)
            return ds_disk_fault(errno);
        file->durable = file->summed;
    }
    return fault;
}

enum ds_file_fault ds_disk_sync(struct ds_disk_file *file, struct ds_file_job *job)
{
    if (fdatasync(file->fd) != 0)
        return ds_disk_fault(errno);
    job->offset = file->durable = file->summed;
    return DS_FILE_OK;
}

enum ds_file_fault ds_disk_keep(struct ds_disk_file *file, struct ds_file_job *job)
{
    uint8_t hash[DS_FILE_HASH] = {0};
    ds_disk_sum_get(file, hash);
    if (file->summed != file->size || memcmp(hash, job->hash, sizeof(hash)) != 0)
        return DS_FILE_DAMAGED;
    if (file->has_mtime) /* best effort: a file system may not have them */
        futimens(file->fd, (struct timespec[2]){{.tv_nsec = UTIME_OMIT}, file->mtime});
    if (fsync(file->fd) != 0)
        return ds_disk_fault(errno);
    enum ds_file_fault fault = ds_disk_place(file, file->folder, file->part, file->name);
    if (fault != DS_FILE_OK)
        return fault;
    fsync(file->folder); /* best effort: the content is durable under one name or the other */
    job->path = ds_disk_path(file);
    return DS_FILE_OK;
}

void ds_disk_discard(struct ds_disk_file *file)
{
    if (file->folder < 0 || file->part[0] == '\0')
        return;
    if (file->target)
        ds_tree_discard(file);
    else if (file->fd >= 0)
        unlinkat(file->folder, file->part, 0);
}
