/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/browse.h"

#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec: only what a signal handler may call. tell: where a failure is written. */
static _Noreturn void become(const char *address, int tell)
{
    char program[] = "xdg-open";
    char *const argv[] = {program, (char *)(uintptr_t)address, NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    tell = dup2(tell, 3);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    close_range(4, ~0u, 0);
    execvp(program, argv);
    (void)!write(tell, "!", 1);
    _exit(127);
}

int ds_browse(const char *address)
{
    int ends[2];
    char failed;
    if (pipe2(ends, O_CLOEXEC))
        return DS_EIO;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        pid_t own = fork();
        if (own == 0)
            become(address, ends[1]);
        _exit(own < 0);
    }
    close(ends[1]);
    int status = 1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    ssize_t n;
    while ((n = read(ends[0], &failed, 1)) < 0 && errno == EINTR)
        continue;
    close(ends[0]);
    return child > 0 && status == 0 && n == 0 ? DS_OK : DS_EIO;
}
