/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/clerk.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define JOBS_MAX 16384

static void destroy_job(struct ds_letter *letter)
{
    free(letter);
}

static void *run(void *ctx)
{
    struct relay_clerk *clerk = ctx;
    pthread_setname_np(pthread_self(), "clerk");
    for (;;) {
        while (sem_wait(&clerk->work) && errno == EINTR) {
        }
        struct ds_letter *letter = ds_mailbox_take_all(&clerk->jobs);
        while (letter) {
            struct ds_letter *next = letter->next;
            struct relay_job *job = (struct relay_job *)letter;
            bool is_end = job->run == NULL;
            if (is_end) {
                free(job);
                return NULL;
            }
            job->run(job, clerk->store);
            /* As large as the jobs' box and emptied by every turn of the main loop; a job that does
             * not fit waits. */
            while (ds_mailbox_push(&clerk->finished, &job->letter))
                uv_sleep(1);
            letter = next;
        }
    }
}

static void wake_clerk(void *ctx)
{
    struct relay_clerk *clerk = ctx;
    sem_post(&clerk->work);
}

static void wake_main(void *ctx)
{
    struct relay_clerk *clerk = ctx;
    uv_async_send(&clerk->async);
}

static void on_finished(uv_async_t *async)
{
    struct relay_clerk *clerk = async->data;
    struct ds_letter *letter = ds_mailbox_take_all(&clerk->finished);
    while (letter) {
        struct ds_letter *next = letter->next;
        struct relay_job *job = (struct relay_job *)letter;
        job->done(job);
        letter = next;
    }
}

int relay_clerk_start(struct relay_clerk *clerk, uv_loop_t *loop, struct relay_store *store)
{
    clerk->store = store;
    if (sem_init(&clerk->work, 0, 0))
        return DS_EIO;
    if (ds_mailbox_init(&clerk->jobs, JOBS_MAX, wake_clerk, clerk) ||
        ds_mailbox_init(&clerk->finished, JOBS_MAX, wake_main, clerk))
        return DS_ENOMEM;
    clerk->async.data = clerk;
    uv_async_init(loop, &clerk->async, on_finished);
    if (pthread_create(&clerk->thread, NULL, run, clerk)) {
        uv_close((uv_handle_t *)&clerk->async, NULL);
        return DS_EIO;
    }
    clerk->is_started = true;
    return DS_OK;
}

void relay_clerk_stop(struct relay_clerk *clerk)
{
    if (!clerk->is_started)
        return;
    struct relay_job *end = ds_alloc_array(1, sizeof(*end));
    ds_check(end);
    atomic_store(&clerk->store->is_hurried, true); /* or each job that waits would wait its turn */
    end->letter.destroy = destroy_job;
    while (ds_mailbox_push(&clerk->jobs, &end->letter))
        uv_sleep(1);
    pthread_join(clerk->thread, NULL);
    on_finished(&clerk->async);
    uv_close((uv_handle_t *)&clerk->async, NULL);
    ds_mailbox_destroy(&clerk->jobs);
    ds_mailbox_destroy(&clerk->finished);
    sem_destroy(&clerk->work);
    relay_store_close(clerk->store);
    clerk->is_started = false;
}

int relay_clerk_push(struct relay_clerk *clerk, struct relay_job *job)
{
    job->letter.destroy = destroy_job;
    return ds_mailbox_push(&clerk->jobs, &job->letter);
}

struct audit_job {
    struct relay_job job;
    struct relay_audit_line line;
};

static void run_audit(struct relay_job *job, struct relay_store *store)
{
    struct audit_job *audit = (struct audit_job *)job;
    if (relay_audit_append(store, &audit->line, true))
        ds_log_error("audit line lost what=%s", audit->line.what);
}

static void done_audit(struct relay_job *job)
{
    free(job);
}

void relay_clerk_audit(struct relay_clerk *clerk, const char *what, const char *who,
                       const char *session, const char *detail)
{
    struct audit_job *audit = ds_alloc_array(1, sizeof(*audit));
    if (!audit) {
        ds_log_error("audit line lost what=%s", what);
        return;
    }
    audit->job.run = run_audit;
    audit->job.done = done_audit;
    snprintf(audit->line.what, sizeof(audit->line.what), "%s", what);
    snprintf(audit->line.who, sizeof(audit->line.who), "%s", who ? who : "");
    snprintf(audit->line.session, sizeof(audit->line.session), "%s", session ? session : "");
    snprintf(audit->line.detail, sizeof(audit->line.detail), "%s", detail ? detail : "");
    if (relay_clerk_push(clerk, &audit->job)) {
        ds_log_error("audit line lost what=%s", what);
        free(audit);
    }
}
