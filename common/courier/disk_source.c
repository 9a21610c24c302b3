/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are sent. */
#include "common/courier/disk_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum ds_file_fault open_tree(struct ds_disk_file *file, struct ds_file_job *job,
                                    const atomic_bool *stop)
{
    file->source = ds_tree_source_new();
    return file->source ? ds_tree_scan(file->source, job, stop) : DS_FILE_NO_MEMORY;
}

enum ds_file_fault ds_disk_open_source(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop)
{
    if (job->path[0] != '\0' && job->path[strlen(job->path) + 1] != '\0')
        return open_tree(file, job, stop);
    /* Not blocking: a pipe without a writer would hold up every other file. */
    file->fd = open(job->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file->fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? DS_FILE_NOT_FOUND : DS_FILE_NO_READING;
    if (fstat(file->fd, &file->was) != 0)
        return DS_FILE_NO_READING;
    if (S_ISDIR(file->was.st_mode))
        return open_tree(file, job, stop);
    if (!S_ISREG(file->was.st_mode) || file->was.st_size < 0 ||
        file->was.st_size > DS_FILE_SIZE_MAX)
        return DS_FILE_NOT_A_FILE;
    job->size = (uint64_t)file->was.st_size;
    job->files = 1;
    job->mtime_s = file->was.st_mtim.tv_sec;
    job->mtime_ns = (uint32_t)file->was.st_mtim.tv_nsec;
    job->has_mtime = ds_tree_is_time(job->mtime_s, job->mtime_ns);
    return ds_disk_sum_begin(file);
}

enum ds_file_fault ds_disk_prefix(struct ds_disk_file *file, struct ds_file_job *job,
                                  const atomic_bool *stop)
{
    uint8_t hash[DS_FILE_HASH];
    enum ds_file_fault fault = ds_disk_sum(file, job->offset, stop);
    if (fault != DS_FILE_OK)
        return fault;
    ds_disk_sum_get(file, hash);
    job->is_same = job->is_trusted || memcmp(hash, job->hash, sizeof(hash)) == 0;
    return job->is_same ? DS_FILE_OK : ds_disk_sum_begin(file);
}

enum ds_file_fault ds_disk_read(struct ds_disk_file *file, struct ds_file_job *job)
{
    size_t got = 0;
    job->bytes = ds_rcbuf_new(DS_FILE_DATA_HEADER + job->len);
    if (!job->bytes)
        return DS_FILE_NO_MEMORY;
    uint8_t *to = job->bytes->data + DS_FILE_DATA_HEADER;
    while (got < job->len) {
        ssize_t n = pread(file->fd, to + got, job->len - got, (off_t)(job->offset + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? DS_FILE_CHANGED : DS_FILE_NO_READING;
        got += (size_t)n;
    }
    if (job->offset <= file->summed && job->offset + got > file->summed) {
        size_t known = (size_t)(file->summed - job->offset); /* read again after a cut */
        EVP_DigestUpdate(file->sum, to + known, got - known);
        file->summed = job->offset + got;
    }
    return DS_FILE_OK;
}

enum ds_file_fault ds_disk_source_sum(struct ds_disk_file *file, struct ds_file_job *job)
{
    struct stat is;
    if (fstat(file->fd, &is) != 0)
        return DS_FILE_NO_READING;
    if (is.st_size != file->was.st_size || is.st_mtim.tv_sec != file->was.st_mtim.tv_sec ||
        is.st_mtim.tv_nsec != file->was.st_mtim.tv_nsec ||
        file->summed != (uint64_t)file->was.st_size)
        return DS_FILE_CHANGED;
    ds_disk_sum_get(file, job->hash);
    return DS_FILE_OK;
}
