/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/restart/command.h"

#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_actions(posix_spawn_file_actions_t *actions)
{
    int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    for (int fd = 1; !error && fd <= 2; fd++)
        error = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_WRONLY, 0);
    return error ? error : posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

/* As a login shell's child finds it: we ignore SIGPIPE, and the loop's thread may block signals. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    error = error ? error : posix_spawnattr_setpgroup(attributes, 0);
    error = error ? error : posix_spawnattr_setsigmask(attributes, &none);
    return error ? error : posix_spawnattr_setsigdefault(attributes, &all);
}

int agent_command_start(struct agent_command *command, const char *text)
{
    char shell[] = "/bin/sh", option[] = "-c";
    char *const argv[] = {shell, option, (char *)(uintptr_t)text, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = 0;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) {
        errno = error;
        return DS_EIO;
    }
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = set_actions(&actions);
        error = error ? error : set_attributes(&attributes);
        error = error ? error : posix_spawn(&pid, shell, &actions, &attributes, argv, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        errno = error;
        return DS_EIO;
    }
    command->pid = pid;
    return DS_OK;
}

enum agent_command_state agent_command_look(struct agent_command *command, int *code)
{
    int status;
    if (command->pid == 0)
        return AGENT_COMMAND_NONE;
    pid_t ended = waitpid(command->pid, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return AGENT_COMMAND_RUNNING;
    command->pid = 0;
    *code = ended < 0 ? 127 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return *code == 0 ? AGENT_COMMAND_DONE : AGENT_COMMAND_FAILED;
}

void agent_command_stop(struct agent_command *command)
{
    if (command->pid == 0)
        return;
    kill(-command->pid, SIGKILL);
    while (waitpid(command->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    command->pid = 0;
}
