/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/clerk.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define JOBS_MAX 16384
/* What the main loop has not heard of yet. Changes wait at the clerk and can be many more than its
 * box holds, all done at once; each is bounded where it is made. */
#define FINISHED_MAX 1048576
/* Changes in one transaction: an fsync for all of them, and a few milliseconds of work. */
#define BATCH_MAX 256
#define AGAIN_MS 250       /* after a transaction failed */
#define LAST_TRIES_MS 2000 /* at the end */
#define LAST_EACH_MS 50

static void destroy_job(struct ds_letter *letter)
{
    free(letter);
}

static void finish_job(struct relay_clerk *clerk, struct relay_job *job)
{
    while (ds_mailbox_push(&clerk->finished, &job->letter))
        uv_sleep(1);
}

/* ---- changes ---- */

static void wait_in_line(struct relay_clerk *clerk, struct relay_job *job)
{
    job->letter.next = NULL;
    *clerk->last = job;
    clerk->last = (struct relay_job **)&job->letter.next;
    clerk->waiting_count++;
}

static void first_finished(struct relay_clerk *clerk)
{
    struct relay_job *job = clerk->waiting;
    clerk->waiting = (struct relay_job *)job->letter.next;
    if (!clerk->waiting)
        clerk->last = &clerk->waiting;
    clerk->waiting_count--;
    finish_job(clerk, job);
}

/* One transaction with at most n of the changes that wait; *done: how many those were. */
static int write_some(struct relay_clerk *clerk, size_t n, size_t *done)
{
    struct relay_store *store = clerk->store;
    int error = store->ops->begin(store);
    *done = 0;
    for (struct relay_job *job = clerk->waiting; job && !error && *done < n; ++*done) {
        error = job->write(job, store);
        if (error != DS_EIO)
            error = DS_OK;
        job = (struct relay_job *)job->letter.next;
    }
    if (!error)
        error = store->ops->commit(store);
    if (error)
        store->ops->rollback(store);
    return error;
}

static void note_away(struct relay_clerk *clerk, bool is_away)
{
    if (is_away && !clerk->is_away)
        ds_log_error("the store takes no changes; they wait changes=%zu", clerk->waiting_count);
    if (!is_away && clerk->is_away)
        ds_log_info("the store takes changes again");
    clerk->is_away = is_away;
}

static void write_waiting(struct relay_clerk *clerk)
{
    while (clerk->waiting && ds_clock_now() >= clerk->again_at) {
        size_t done;
        if (write_some(clerk, clerk->batch, &done)) {
            /* Fewer at a time: the last pages of a disk may still have room for some. */
            clerk->batch = done > 1 ? (done + 1) / 2 : 1;
            clerk->again_at = ds_clock_now() + AGAIN_MS * DS_MS;
            note_away(clerk, true);
            break;
        }
        note_away(clerk, false);
        clerk->again_at = 0;
        clerk->batch = clerk->batch * 2 < BATCH_MAX ? clerk->batch * 2 : BATCH_MAX;
        while (done-- > 0)
            first_finished(clerk);
    }
    clerk->store->is_behind = clerk->waiting != NULL;
}

/* What is still there when the relay ends. */
static void write_last(struct relay_clerk *clerk)
{
    ds_tick end = ds_clock_now() + LAST_TRIES_MS * DS_MS;
    for (;;) {
        clerk->again_at = 0;
        write_waiting(clerk);
        if (!clerk->waiting || ds_clock_now() >= end)
            break;
        uv_sleep(LAST_EACH_MS);
    }
    if (clerk->waiting)
        ds_log_error("the relay ends without a store: changes are lost changes=%zu",
                     clerk->waiting_count);
    while (clerk->waiting) {
        struct ds_letter *letter = &clerk->waiting->letter;
        clerk->waiting = (struct relay_job *)letter->next;
        letter->destroy(letter);
    }
}

/* ---- the thread ---- */

static void say_alive(struct relay_clerk *clerk)
{
    struct relay_life now;
    relay_life_now(&now);
    clerk->life_at =
        now.tick + ds_clock_scaled_ms_floor(RELAY_LIFE_MS, RELAY_LIFE_FLOOR_MS) * DS_MS;
    if (!clerk->is_away) /* else it would wait for what is known not to come */
        clerk->store->ops->life_put(clerk->store, &now);
}

static void wait_for_work(struct relay_clerk *clerk)
{
    ds_tick now = ds_clock_now(), until = clerk->life_at;
    if (clerk->waiting && clerk->again_at < until)
        until = clerk->again_at;
    ds_tick wait = until > now ? until - now : 0;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(wait / DS_SECOND);
    at.tv_nsec += (long)(wait % DS_SECOND) * 1000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    while (sem_clockwait(&clerk->work, CLOCK_MONOTONIC, &at) && errno == EINTR) {
    }
}

/* True when it was the last one. */
static bool take_job(struct relay_clerk *clerk, struct relay_job *job)
{
    if (job->write) {
        wait_in_line(clerk, job);
        return false;
    }
    /* What waits comes first, but nobody is held up by a store that is known to be away. */
    clerk->store->is_hasty = clerk->is_away;
    if (clerk->is_away)
        clerk->again_at = 0;
    write_waiting(clerk);
    clerk->store->is_hasty = false;
    if (!job->run) {
        free(job);
        return true;
    }
    job->run(job, clerk->store);
    finish_job(clerk, job);
    return false;
}

static void *run(void *ctx)
{
    struct relay_clerk *clerk = ctx;
    bool is_last = false;
    pthread_setname_np(pthread_self(), "clerk");
    while (!is_last) {
        wait_for_work(clerk);
        struct ds_letter *letter = ds_mailbox_take_all(&clerk->jobs);
        while (letter) {
            struct ds_letter *next = letter->next;
            is_last = take_job(clerk, (struct relay_job *)letter) || is_last;
            letter = next;
        }
        write_waiting(clerk);
        if (ds_clock_now() >= clerk->life_at)
            say_alive(clerk);
    }
    write_last(clerk);
    say_alive(clerk);
    return NULL;
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

int relay_clerk_start(struct relay_clerk *clerk, uv_loop_t *loop, struct relay_store *store,
                      size_t lines_max)
{
    clerk->store = store;
    clerk->last = &clerk->waiting;
    clerk->batch = BATCH_MAX;
    clerk->lines_max = lines_max;
    if (sem_init(&clerk->work, 0, 0))
        return DS_EIO;
    if (ds_mailbox_init(&clerk->jobs, JOBS_MAX, wake_clerk, clerk) ||
        ds_mailbox_init(&clerk->finished, FINISHED_MAX, wake_main, clerk))
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
    if (!job->letter.destroy)
        job->letter.destroy = destroy_job;
    return ds_mailbox_push(&clerk->jobs, &job->letter);
}

/* ---- the audit log ---- */

struct audit_job {
    struct relay_job job;
    struct relay_clerk *clerk;
    struct relay_audit_line line;
};

static int write_line(struct relay_job *job, struct relay_store *store)
{
    return relay_audit_append(store, &((struct audit_job *)job)->line, false);
}

static void missing_line(struct relay_clerk *clerk);

static void done_line(struct relay_job *job)
{
    struct relay_clerk *clerk = ((struct audit_job *)job)->clerk;
    clerk->lines--;
    free(job);
    missing_line(clerk);
}

static bool push_line(struct relay_clerk *clerk, const char *what, const char *who,
                      const char *session, const char *detail)
{
    struct timespec now;
    struct audit_job *audit =
        clerk->lines < clerk->lines_max ? ds_alloc_array(1, sizeof(*audit)) : NULL;
    if (!audit)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    audit->clerk = clerk;
    audit->job.write = write_line;
    audit->job.done = done_line;
    audit->line.at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    snprintf(audit->line.what, sizeof(audit->line.what), "%s", what);
    snprintf(audit->line.who, sizeof(audit->line.who), "%s", who ? who : "");
    snprintf(audit->line.session, sizeof(audit->line.session), "%s", session ? session : "");
    snprintf(audit->line.detail, sizeof(audit->line.detail), "%s", detail ? detail : "");
    if (relay_clerk_push(clerk, &audit->job)) {
        free(audit);
        return false;
    }
    clerk->lines++;
    return true;
}

/* In the place of those that are missing: before any later one. */
static void missing_line(struct relay_clerk *clerk)
{
    char detail[64];
    if (clerk->lines_missing == 0 || clerk->lines > clerk->lines_max / 2)
        return;
    snprintf(detail, sizeof(detail), "lines=%llu", (unsigned long long)clerk->lines_missing);
    if (push_line(clerk, "audit-missing", "", "", detail))
        clerk->lines_missing = 0;
}

void relay_clerk_audit(struct relay_clerk *clerk, const char *what, const char *who,
                       const char *session, const char *detail)
{
    missing_line(clerk);
    if (clerk->lines_missing > 0 || !push_line(clerk, what, who, session, detail)) {
        if (clerk->lines_missing++ == 0)
            ds_log_error("audit lines are lost what=%s", what);
    }
}
