/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec: nothing that takes a lock. */
static void become(const char *program, const char *argument)
{
    const char *const argv[] = {program, argument, NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2 && null >= 0; fd++)
        dup2(null, fd);
    closefrom(3);
    execvp(program, (char *const *)argv);
    _exit(127);
}

bool ds_launch(const char *program, const char *argument)
{
    int status = 0;
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        pid_t grandchild = fork(); /* init waits for it, so that we need not */
        if (grandchild == 0)
            become(program, argument);
        _exit(grandchild < 0);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool ds_launch_folder_of(const char *path)
{
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    bool is_started = false;
    if (slash) {
        slash[slash == folder] = '\0';
        is_started = ds_launch("xdg-open", folder);
    }
    free(folder);
    return is_started;
}
