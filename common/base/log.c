/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *program_name = "deskside";
static atomic_int log_level = DS_LOG_INFO;
static const char *const level_names[] = {"error", "warn", "info", "debug", "trace"};

void ds_log_init(const char *program, enum ds_log_level level)
{
    program_name = program;
    atomic_store(&log_level, (int)level);
    const char *wanted = getenv("DESKSIDE_LOG");
    for (int i = 0; wanted && i <= DS_LOG_TRACE; i++) {
        if (strcmp(wanted, level_names[i]) == 0)
            atomic_store(&log_level, i);
    }
}

/* Replaces control characters, so that one message is one line whatever a stranger put in it. */
static void escape_controls(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

bool ds_log_is_shown(enum ds_log_level level)
{
    return (int)level <= atomic_load_explicit(&log_level, memory_order_relaxed);
}

void ds_log(enum ds_log_level level, const char *format, ...)
{
    if (!ds_log_is_shown(level))
        return;
    char line[1024];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &utc);
    n += (size_t)snprintf(line + n, sizeof(line) - n, ".%03ldZ %s %s: ", now.tv_nsec / 1000000,
                          level_names[level], program_name);
    va_list args;
    va_start(args, format);
    vsnprintf(line + n, sizeof(line) - n - 1, format, args);
    va_end(args);
    escape_controls(line + n);
    n = strlen(line);
    line[n++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written; /* a log that cannot be written has nowhere to complain */
}

int ds_log_allowed(struct ds_log_limit *limit, unsigned per_minute, ds_tick now)
{
    if (limit->since == 0 || now - limit->since >= 60 * DS_SECOND) {
        if (limit->dropped > 0)
            ds_log_warn("log lines dropped count=%lu", limit->dropped);
        *limit = (struct ds_log_limit){.since = now};
    }
    if (limit->in_window >= per_minute) {
        limit->dropped++;
        return 0;
    }
    limit->in_window++;
    return 1;
}
