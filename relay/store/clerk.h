/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread that touches the store while the relay serves. It does jobs in the order they were
 * handed in; the main loop learns of each when it is done. */
#ifndef RELAY_STORE_CLERK_H
#define RELAY_STORE_CLERK_H

#include "common/base/mailbox.h"
#include "relay/store/audit.h"

#include <pthread.h>
#include <semaphore.h>
#include <uv.h>

/* Embedded as the first member of a job. */
struct relay_job {
    struct ds_letter letter;
    void (*run)(struct relay_job *job, struct relay_store *store); /* clerk's thread */
    void (*done)(struct relay_job *job);                           /* main loop; frees the job */
};

struct relay_clerk {
    pthread_t thread;
    struct relay_store *store; /* owned once started */
    struct ds_mailbox jobs, finished;
    sem_t work;
    uv_async_t async;
    bool is_started;
};

/* Takes the store. DS_EIO, DS_ENOMEM. */
int relay_clerk_start(struct relay_clerk *clerk, uv_loop_t *loop, struct relay_store *store);
/* Ends after the jobs handed in before; their done functions run. Closes the store. */
void relay_clerk_stop(struct relay_clerk *clerk);
/* DS_ELIMIT: too many wait; the job is still the caller's. */
int relay_clerk_push(struct relay_clerk *clerk, struct relay_job *job);

/* Writes an audit line, without an answer. Never blocks; a line that cannot be written is logged.
 */
void relay_clerk_audit(struct relay_clerk *clerk, const char *what, const char *who,
                       const char *session, const char *detail);

#endif
