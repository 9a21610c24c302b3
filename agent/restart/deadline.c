/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/restart/deadline.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* "" when there is none of the kernel's form. */
static void read_boot_id(char out[AGENT_BOOT_ID])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, AGENT_BOOT_ID - 1) : -1;
    if (fd >= 0)
        close(fd);
    out[n == AGENT_BOOT_ID - 1 ? n : 0] = '\0';
}

void agent_moment_now(struct agent_moment *now)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    now->boot = ds_clock_now();
    now->wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000;
    read_boot_id(now->boot_id);
}

struct agent_deadline agent_deadline_of(const struct agent_moment *now, uint32_t left_ms)
{
    struct agent_deadline deadline = {.at = *now, .whole_ms = left_ms};
    deadline.at.boot += left_ms * DS_MS;
    deadline.at.wall_ms += left_ms;
    return deadline;
}

uint32_t agent_deadline_left_ms(const struct agent_deadline *d, const struct agent_moment *now)
{
    bool is_same_boot = now->boot_id[0] && strcmp(now->boot_id, d->at.boot_id) == 0;
    int64_t left;
    if (is_same_boot)
        left = d->at.boot > now->boot ? (int64_t)((d->at.boot - now->boot) / DS_MS) : 0;
    else if (now->wall_ms >= d->at.wall_ms)
        left = 0;
    else /* a clock may say anything: no difference may overflow */
        left = now->wall_ms < d->at.wall_ms - (int64_t)d->whole_ms ? (int64_t)d->whole_ms
                                                                   : d->at.wall_ms - now->wall_ms;
    return left > d->whole_ms ? d->whole_ms : (uint32_t)left;
}
