/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line a message on standard error: time, level, program, text, key=value last. Any thread.
 * Never pass keys, codes, passwords, clipboard, chat, key strokes or file content. Control
 * characters in the text are escaped. */
#ifndef DS_BASE_LOG_H
#define DS_BASE_LOG_H

#include "common/base/clock.h"

#include <stdbool.h>

enum ds_log_level {
    DS_LOG_ERROR, /* someone must act */
    DS_LOG_WARN,  /* odd but handled */
    DS_LOG_INFO,  /* life events */
    DS_LOG_DEBUG,
    DS_LOG_TRACE,
};

/* program: static name put in each line. Level from DESKSIDE_LOG (error|warn|info|debug|trace),
 * else `level`. */
void ds_log_init(const char *program, enum ds_log_level level);

/* Whether lines of this level are written: for what costs something to put together. Any thread. */
bool ds_log_is_shown(enum ds_log_level level);

void ds_log(enum ds_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ds_log_error(...) ds_log(DS_LOG_ERROR, __VA_ARGS__)
#define ds_log_warn(...) ds_log(DS_LOG_WARN, __VA_ARGS__)
#define ds_log_info(...) ds_log(DS_LOG_INFO, __VA_ARGS__)
#define ds_log_debug(...) ds_log(DS_LOG_DEBUG, __VA_ARGS__)

/* Token bucket for lines that a stranger can cause. Not thread-safe: one per thread or loop. */
struct ds_log_limit {
    ds_tick since;
    unsigned in_window;
    unsigned long dropped;
};

/* True when another line may be written: at most per_minute of them. */
int ds_log_allowed(struct ds_log_limit *limit, unsigned per_minute, ds_tick now);

#endif
