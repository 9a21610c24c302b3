/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the log leaves the process: a thread of its own writes it to standard error, so that a
 * reader of the log who is slow, or gone, never holds a loop up. What does not fit into the pipe
 * between (64 KiB) is dropped. */
#ifndef RELAY_OBSERVE_OUTLET_H
#define RELAY_OBSERVE_OUTLET_H

#include <pthread.h>
#include <stdbool.h>

struct relay_outlet {
    pthread_t thread;
    int from; /* of the pipe, the thread's */
    int to;   /* the real standard error */
    bool is_open;
};

/* DS_EIO: everything is as it was. */
int relay_outlet_open(struct relay_outlet *outlet);
/* Standard error is what it was before; waits at most a second for what is in the pipe. */
void relay_outlet_close(struct relay_outlet *outlet);

#endif
