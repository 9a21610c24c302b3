/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/life.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

static void read_boot(char boot[RELAY_BOOT_ID])
{
    memset(boot, 0, RELAY_BOOT_ID);
    int fd = open(BOOT_ID_PATH, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, boot, RELAY_BOOT_ID - 1) : 0;
    boot[n > 0 ? strcspn(boot, "\n") : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

void relay_life_now(struct relay_life *now)
{
    struct timespec wall;
    read_boot(now->boot);
    now->tick = ds_clock_now();
    clock_gettime(CLOCK_REALTIME, &wall);
    now->wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000;
}

int64_t relay_life_left(const struct relay_life *last, const struct relay_life *now, ds_tick then)
{
    if (now->boot[0] && strcmp(last->boot, now->boot) == 0)
        return (int64_t)then - (int64_t)now->tick;
    int64_t gone_ms = now->wall_ms - last->wall_ms;
    if (gone_ms < 0)
        gone_ms = 0;
    return (int64_t)then - (int64_t)last->tick - gone_ms * 1000;
}
