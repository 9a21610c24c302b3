/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread that touches the store while the relay serves. It does jobs in the order they were
 * handed in; the main loop learns of each when it is done.
 *
 * Two kinds: a question (`run`) is done once, whatever comes of it. A change (`write`) is done
 * together with others in one transaction and tried again until it is in the store: a disk that is
 * full or a database that is held costs time, never a change. Changes keep their order; questions
 * that come while changes wait are not held up by them. Proved by tests/unit/relay_clerk.c. */
#ifndef RELAY_STORE_CLERK_H
#define RELAY_STORE_CLERK_H

#include "common/base/mailbox.h"
#include "relay/store/audit.h"

#include <pthread.h>
#include <semaphore.h>
#include <uv.h>

/* Embedded as the first member of a job. */
struct relay_job {
    struct ds_letter letter; /* destroy: free, unless it was set before the push */
    void (*run)(struct relay_job *job, struct relay_store *store); /* clerk's thread; or NULL */
    /* Instead of run, inside a transaction, perhaps several times. DS_EIO: all of it is tried
     * again; another error: it can never be done, and is not tried again. */
    int (*write)(struct relay_job *job, struct relay_store *store);
    void (*done)(struct relay_job *job); /* main loop; frees the job */
};

struct relay_clerk {
    pthread_t thread;
    struct relay_store *store; /* owned once started */
    struct ds_mailbox jobs, finished;
    sem_t work;
    uv_async_t async;
    bool is_started;
    /* Clerk's thread: */
    struct relay_job *waiting, **last; /* owned; changes that are not in the store yet */
    size_t waiting_count;
    size_t batch;     /* changes to put into the next transaction */
    ds_tick again_at; /* of what failed; 0: at once */
    ds_tick life_at;  /* of the next sign of life */
    bool is_away;     /* the last transaction failed */
    /* Main loop: */
    size_t lines, lines_max; /* audit lines on their way, and how many there may be */
    uint64_t lines_missing;  /* more than that came; one line will say so */
};

/* Takes the store. lines_max: audit lines that may wait in memory, at least 2. DS_EIO, DS_ENOMEM.
 */
int relay_clerk_start(struct relay_clerk *clerk, uv_loop_t *loop, struct relay_store *store,
                      size_t lines_max);
/* Ends after the jobs handed in before; their done functions run, but those of changes that could
 * not be written within two seconds, which are dropped. Closes the store. */
void relay_clerk_stop(struct relay_clerk *clerk);
/* DS_ELIMIT: too many wait; the job is still the caller's. */
int relay_clerk_push(struct relay_clerk *clerk, struct relay_job *job);

/* Writes an audit line, with the time of the call. Never blocks. Above lines_max that wait lines
 * are dropped, and as soon as there is room again one line says how many ("audit-missing"). Main
 * loop. */
void relay_clerk_audit(struct relay_clerk *clerk, const char *what, const char *who,
                       const char *session, const char *detail);

#endif
