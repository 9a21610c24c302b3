/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/ask.h"

#include "relay/desk/admin.h"
#include "relay/desk/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_S 30

/* The running relay's socket; -1 with errno. */
static int dial(const char *dir)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_sec = ANSWER_S};
    int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/control.sock", dir);
    if (n < 0 || (size_t)n >= sizeof(at.sun_path)) {
        errno = ENOENT; /* too long for a socket, so there is none */
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (connect(fd, (struct sockaddr *)&at, sizeof(at))) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static json_t *converse(int fd, const json_t *request)
{
    char *text = json_dumps(request, JSON_COMPACT);
    FILE *file = fdopen(fd, "r+");
    json_t *reply = NULL;
    if (text && file && fprintf(file, "%s\n", text) > 0 && fflush(file) == 0) {
        char *line = NULL;
        size_t size = 0;
        ssize_t n = getline(&line, &size, file);
        if (n > 0)
            reply = json_loadb(line, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
        free(line);
    }
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
    if (file)
        fclose(file);
    else
        close(fd);
    return reply ? reply
                 : relay_admin_reply(RELAY_EXIT_UNREACHABLE, "The running relay does not answer.");
}

static json_t *without_relay(const char *dir, const json_t *request)
{
    const char *command = json_string_value(json_object_get(request, "command"));
    char message[512];
    if (strcmp(command, "session-list") == 0)
        return relay_admin_reply(RELAY_EXIT_OK, "There are no sessions: the relay is not running.");
    if (strcmp(command, "session-end") == 0)
        return relay_admin_reply(RELAY_EXIT_REFUSED,
                                 "There is no such session: the relay is not running.");
    struct relay_store *store = relay_store_open(dir, false, message, sizeof(message));
    if (!store)
        return relay_admin_reply(RELAY_EXIT_INTERNAL, "%s", message);
    json_t *reply = strcmp(command, "status") == 0
                        ? relay_admin_reply(RELAY_EXIT_OK, "The relay is not running.")
                        : relay_admin_run(store, request);
    relay_store_close(store);
    return reply;
}

json_t *relay_ask(const char *dir, json_t *request)
{
    json_t *reply;
    if (!request)
        return NULL;
    int fd = dial(dir);
    if (fd >= 0)
        reply = converse(fd, request);
    else if (errno == ENOENT || errno == ECONNREFUSED)
        reply = without_relay(dir, request);
    else
        reply = relay_admin_reply(RELAY_EXIT_UNREACHABLE,
                                  "The relay in %s cannot be asked: %s. Use the account it runs "
                                  "under, or root.",
                                  dir, strerror(errno));
    json_decref(request);
    return reply;
}

static const char *read_password(int fd, char *out, size_t size)
{
    size_t n = 0;
    ssize_t got;
    while (n < size && (got = read(fd, out + n, size - n)) > 0)
        n += (size_t)got;
    if (n == size)
        return "The password is too long: it may have at most 1024 bytes.";
    out[n] = '\0';
    if (n > 0 && out[n - 1] == '\n')
        out[--n] = '\0';
    if (strlen(out) != n || strchr(out, '\n'))
        return "The password file must hold one line.";
    return NULL;
}

static const char *type_password(char *out, size_t size)
{
    struct termios before, quiet;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &before)) {
        if (fd >= 0)
            close(fd);
        return "There is no terminal to ask for the password; use --password-file.";
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fd, TCSAFLUSH, &quiet);
    dprintf(fd, "Password (at least 12 characters): ");
    ssize_t n = read(fd, out, size - 1);
    tcsetattr(fd, TCSAFLUSH, &before);
    dprintf(fd, "\n");
    close(fd);
    if (n <= 0)
        return "No password was typed.";
    out[n] = '\0';
    out[strcspn(out, "\n")] = '\0';
    return NULL;
}

const char *relay_ask_password(const char *file, char *out, size_t size)
{
    if (!file)
        return type_password(out, size);
    int fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return "The password file cannot be read.";
    const char *problem = read_password(fd, out, size);
    close(fd);
    return problem;
}
