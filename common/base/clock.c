/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

ds_tick ds_clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (ds_tick)t.tv_sec * DS_SECOND + (ds_tick)t.tv_nsec / 1000;
}

static pthread_once_t scale_once = PTHREAD_ONCE_INIT;
static unsigned scale = 1;

static void read_scale(void)
{
    const char *text = getenv("DESKSIDE_TIME_SCALE");
    char *end;
    if (!text || !*text)
        return;
    unsigned long value = strtoul(text, &end, 10);
    if (*end == '\0' && value >= 1 && value <= 1000)
        scale = (unsigned)value;
}

unsigned ds_clock_scale(void)
{
    pthread_once(&scale_once, read_scale);
    return scale;
}

uint64_t ds_clock_scaled_ms(uint64_t duration_ms)
{
    return duration_ms / ds_clock_scale();
}

uint64_t ds_clock_scaled_ms_floor(uint64_t duration_ms, uint64_t floor_ms)
{
    uint64_t scaled = ds_clock_scaled_ms(duration_ms);
    if (scaled >= floor_ms)
        return scaled;
    return duration_ms < floor_ms ? duration_ms : floor_ms;
}
