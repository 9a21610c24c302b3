/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/restart/resume_file.h"

#include "agent/restart/folder.h"
#include "agent/restart/saved.h"
#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool part_of(const char *path, char *out, size_t size)
{
    int n = snprintf(out, size, "%s.new", path);
    return n > 0 && (size_t)n < size;
}

bool agent_resume_file_path(char *out, size_t size)
{
    return agent_folder_of(AGENT_FOLDER_STATE, "/deskside/resume", out, size);
}

/* ---- writing ---- */

static bool write_all(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

static int write_part(const char *part, const uint8_t *bytes, size_t n)
{
    if (unlink(part) && errno != ENOENT)
        return DS_EIO;
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return DS_EIO;
    /* The disk may say only when it is closed that it has no room. */
    bool is_written = fchmod(fd, 0600) == 0 && write_all(fd, bytes, n) && fsync(fd) == 0;
    int why = errno;
    is_written = close(fd) == 0 && is_written;
    errno = is_written ? 0 : why;
    return is_written ? DS_OK : DS_EIO;
}

int agent_resume_file_write(const char *path, const uint8_t *bytes, size_t n)
{
    char part[PATH_MAX];
    if (!part_of(path, part, sizeof(part)) || agent_folder_make(path, NULL))
        return DS_EIO;
    if (write_part(part, bytes, n) == DS_OK && rename(part, path) == 0 &&
        agent_folder_sync(path) == DS_OK)
        return DS_OK;
    int why = errno;
    unlink(part);
    agent_folder_leave(path, 1); /* not when the one before is in it */
    errno = why;
    return DS_EIO;
}

/* ---- taking ---- */

static bool is_ours(const struct stat *info)
{
    return S_ISREG(info->st_mode) && info->st_uid == geteuid() && (info->st_mode & 077) == 0 &&
           info->st_nlink == 1;
}

static int read_all(int fd, size_t n, struct ds_buf *out)
{
    uint8_t *room;
    int error = ds_buf_reserve(out, n + 1, &room);
    size_t got = 0;
    ssize_t more = 1;
    while (!error && more > 0 && got <= n) {
        more = read(fd, room + got, n + 1 - got);
        if (more < 0 && errno == EINTR)
            more = 1;
        else if (more > 0)
            got += (size_t)more;
    }
    if (error)
        return error;
    if (more < 0 || got != n) /* it changes: not what we wrote */
        return DS_EIO;
    ds_buf_commit(out, got);
    return DS_OK;
}

/* The lock lets one taker look and delete at a time; the others then find no name. */
static int take(int fd, const char *path, struct ds_buf *out)
{
    struct stat info;
    if (flock(fd, LOCK_EX) || fstat(fd, &info))
        return DS_EIO;
    if (info.st_nlink == 0)
        return DS_ENOTFOUND;
    if (!is_ours(&info))
        return DS_EAUTH;
    if (info.st_size <= 0 || info.st_size > (off_t)AGENT_SAVED_MAX)
        return DS_ELIMIT;
    if (unlink(path) || fstat(fd, &info))
        return DS_EIO;
    if (info.st_nlink != 0) /* another file had the name by now */
        return DS_EAUTH;
    return read_all(fd, (size_t)info.st_size, out);
}

int agent_resume_file_take(const char *path, struct ds_buf *out)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int error;
    if (fd >= 0) {
        error = take(fd, path, out);
        close(fd);
    } else {
        error = errno == ENOENT || errno == ENOTDIR ? DS_ENOTFOUND
                : errno == ELOOP                    ? DS_EAUTH
                                                    : DS_EIO;
    }
    agent_resume_file_clear(path);
    return error;
}

bool agent_resume_file_clear(const char *path)
{
    char part[PATH_MAX];
    bool is_gone = unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR;
    if (part_of(path, part, sizeof(part)))
        is_gone &= unlink(part) == 0 || errno == ENOENT || errno == ENOTDIR;
    agent_folder_leave(path, 1);
    return is_gone;
}
