// SPDX-License-Identifier: GPL-3.0-or-later
// What of libuv the helper never uses stays out of it: libuv closes every kind of handle from one
// place, and that alone would link its UDP, child processes, file watching, file access and worker
// threads in, 55 KB of the helper's 544 KiB. The helper opens no such handle (its files and its
// restart command are its own work), so none of these is ever reached but the clean-up at the end,
// which has nothing to do. Weak, so that a libuv that does need its own takes its own.
#include <stdlib.h>

#define NEVER(name)                                                                                \
    __attribute__((weak)) void name(void);                                                         \
    void name(void)                                                                                \
    {                                                                                              \
        abort();                                                                                   \
    }
#define NOTHING_TO_DO(name)                                                                        \
    __attribute__((weak)) void name(void);                                                         \
    void name(void)                                                                                \
    {                                                                                              \
    }

NEVER(uv_udp_getpeername)
NEVER(uv_udp_open)
NEVER(uv__udp_disconnect)
NEVER(uv__udp_try_send)
NEVER(uv__udp_init_ex)
NEVER(uv__udp_connect)
NEVER(uv__udp_bind)
NEVER(uv__udp_send)
NEVER(uv__udp_recv_start)
NEVER(uv__udp_recv_stop)
NEVER(uv__udp_finish_close)
NEVER(uv__udp_close)
NEVER(uv__fs_event_close)
NEVER(uv__inotify_fork)
NEVER(uv__fs_poll_close)
NEVER(uv__process_close)
NEVER(uv__work_done)
NOTHING_TO_DO(uv__threadpool_cleanup)
NOTHING_TO_DO(uv__process_title_cleanup)
