/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/restart/entry.h"

#include "agent/restart/folder.h"
#include "common/base/error.h"
#include "common/ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ours is the only program that reads this key; it is the last line. */
#define MADE "X-Deskside-Folders="
enum { MADE_MOST = 9 };

bool agent_entry_path(char *out, size_t size)
{
    return agent_folder_of(AGENT_FOLDER_CONFIG, "/autostart/deskside-resume.desktop", out, size);
}

/* ---- the text ---- */

static int add(struct ds_buf *out, const char *text)
{
    return ds_buf_append(out, text, strlen(text));
}

/* An argument of Exec, in quotes. Quoting puts a backslash before " ` $ and \; a percent sign is
 * doubled; and since the value is a string of the file, each backslash is then doubled as well. */
static int add_argument(struct ds_buf *out, const char *word)
{
    int error = add(out, "\"");
    for (; !error && *word; word++) {
        unsigned char c = (unsigned char)*word;
        char one[2] = {(char)c, '\0'};
        if (c < 0x20 || c == 0x7f)
            return DS_EINVAL;
        if (c == '\\')
            error = add(out, "\\\\\\\\");
        else if (c == '"' || c == '`' || c == '$')
            error = add(out, "\\\\");
        if (!error && c != '\\')
            error = add(out, c == '%' ? "%%" : one);
    }
    return error ? error : add(out, "\"");
}

int agent_entry_text(const char *program, const char *file, unsigned made, struct ds_buf *out)
{
    char last[2] = {(char)('0' + (made < MADE_MOST ? made : MADE_MOST)), '\0'};
    if (program[0] != '/' || file[0] != '/' || strchr(program, '='))
        return DS_EINVAL; /* the specification has no way to name such a program */
    int error = add(out, "[Desktop Entry]\nType=Application\nName=Deskside\nComment=");
    error = error ? error : add(out, DS_TR("Brings a support session back after a restart."));
    error = error ? error : add(out, "\nExec=");
    error = error ? error : add_argument(out, program);
    error = error ? error : add(out, " --resume-file ");
    error = error ? error : add_argument(out, file);
    error =
        error ? error : add(out, "\nTerminal=false\nNoDisplay=true\nStartupNotify=false\n" MADE);
    error = error ? error : add(out, last);
    return error ? error : add(out, "\n");
}

/* ---- the file ---- */

/* Whole and on the disk, or not there. */
static int write_file(const char *path, const struct ds_buf *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return DS_EIO;
    ssize_t n = write(fd, ds_buf_peek(text), text->len);
    if (n >= 0 && (size_t)n < text->len)
        errno = ENOSPC;
    bool is_written = n == (ssize_t)text->len && fsync(fd) == 0;
    int why = errno;
    is_written = close(fd) == 0 && is_written && agent_folder_sync(path) == DS_OK;
    errno = is_written ? 0 : why;
    return is_written ? DS_OK : DS_EIO;
}

int agent_entry_write(const char *path, const char *program, const char *file)
{
    struct ds_buf text;
    unsigned made = 0;
    agent_entry_remove(path);
    if (agent_folder_make(path, &made))
        return DS_EIO;
    ds_buf_init(&text, AGENT_ENTRY_MAX);
    int error = agent_entry_text(program, file, made, &text);
    if (!error)
        error = write_file(path, &text);
    int why = errno;
    if (error) {
        unlink(path);
        agent_folder_leave(path, made);
    }
    ds_buf_destroy(&text);
    errno = why;
    return error;
}

/* What the entry itself says; one that is damaged says nothing. */
static unsigned read_made(const char *path)
{
    char end[sizeof(MADE) + 2] = "";
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    off_t size = lseek(fd, 0, SEEK_END), n = (off_t)sizeof(MADE) + 1;
    ssize_t got = size >= n ? pread(fd, end, (size_t)n, size - n) : 0;
    close(fd);
    char digit = end[sizeof(MADE) - 1];
    bool is_said = got == n && strncmp(end, MADE, sizeof(MADE) - 1) == 0 && digit >= '0' &&
                   digit <= '9' && end[sizeof(MADE)] == '\n';
    return is_said ? (unsigned)(digit - '0') : 0;
}

bool agent_entry_remove(const char *path)
{
    unsigned made = read_made(path);
    bool is_gone = unlink(path) == 0;
    if (is_gone)
        agent_folder_leave(path, made);
    return is_gone || errno == ENOENT || errno == ENOTDIR;
}
