/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/observe/outlet.h"

#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static void write_all(int to, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(to, bytes, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return; /* nobody reads any more */
        bytes += wrote;
        n -= (size_t)wrote;
    }
}

static void *run(void *ctx)
{
    struct relay_outlet *outlet = ctx;
    char bytes[4096];
    ssize_t n;
    pthread_setname_np(pthread_self(), "log");
    while ((n = read(outlet->from, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0)
            write_all(outlet->to, bytes, (size_t)n);
    }
    return NULL;
}

int relay_outlet_open(struct relay_outlet *outlet)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return DS_EIO;
    outlet->from = ends[0];
    outlet->to = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    fcntl(ends[1], F_SETFL, O_NONBLOCK); /* the writing end only */
    if (outlet->to < 0 || pthread_create(&outlet->thread, NULL, run, outlet)) {
        close(ends[0]);
        close(ends[1]);
        if (outlet->to >= 0)
            close(outlet->to);
        return DS_EIO;
    }
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    outlet->is_open = true;
    return DS_OK;
}

void relay_outlet_close(struct relay_outlet *outlet)
{
    struct timespec until;
    if (!outlet->is_open)
        return;
    outlet->is_open = false;
    /* The last writing end goes, so the thread reads to the end and stops. */
    dup2(outlet->to, STDERR_FILENO);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (pthread_timedjoin_np(outlet->thread, NULL, &until) == 0) {
        close(outlet->from);
        close(outlet->to);
    } else { /* nobody reads the log: it is not worth waiting for */
        pthread_detach(outlet->thread);
    }
}
