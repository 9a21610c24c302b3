/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/resolve.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/wire/limits.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Shared by the loop and the thread; the last of them frees it. */
struct work {
    pthread_mutex_t lock;
    struct ds_resolve *owner; /* guarded by lock; NULL: nobody wants the answer any more */
    unsigned refs;            /* guarded by lock */
    char *host;               /* owned; set before the thread starts */
    struct addrinfo *list;    /* owned; written by the thread before it wakes the owner */
    int error;
};

struct ds_resolve {
    uv_async_t async;
    struct work *work;
    ds_resolve_fn *done;
    void *ctx;
};

static void unref(struct work *work)
{
    pthread_mutex_lock(&work->lock);
    bool last = --work->refs == 0;
    pthread_mutex_unlock(&work->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&work->lock);
    if (work->list)
        freeaddrinfo(work->list);
    free(work->host);
    free(work);
}

static int look_up(struct work *work, int flags)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    return getaddrinfo(work->host, NULL, &hints, &work->list);
}

static void *run(void *arg)
{
    struct work *work = arg;
    int error = look_up(work, 0);
    pthread_mutex_lock(&work->lock);
    work->error = error;
    if (work->owner)
        uv_async_send(&work->owner->async);
    pthread_mutex_unlock(&work->lock);
    unref(work);
    return NULL;
}

static void copy_in(struct sockaddr_storage *to, const struct addrinfo *from)
{
    memset(to, 0, sizeof(*to));
    memcpy(to, from->ai_addr, from->ai_addrlen < sizeof(*to) ? from->ai_addrlen : sizeof(*to));
}

/* The next one from `at` whose family is, or is not, `family`. */
static const struct addrinfo *find(const struct addrinfo *at, int family, bool same)
{
    while (at && ((at->ai_family != AF_INET && at->ai_family != AF_INET6) ||
                  (at->ai_family == family) != same))
        at = at->ai_next;
    return at;
}

size_t ds_resolve_interleave(const struct addrinfo *list,
                             struct sockaddr_storage out[DS_RESOLVE_MAX])
{
    int family = list ? list->ai_family : AF_INET;
    const struct addrinfo *one = find(list, family, true), *two = find(list, family, false);
    size_t count = 0;
    while (count < DS_RESOLVE_MAX && (one || two)) {
        if (one) {
            copy_in(&out[count++], one);
            one = find(one->ai_next, family, true);
        }
        if (two && count < DS_RESOLVE_MAX) {
            copy_in(&out[count++], two);
            two = find(two->ai_next, family, false);
        }
    }
    return count;
}

enum ds_fault_kind ds_resolve_fault(int error)
{
    if (error == EAI_AGAIN)
        return DS_FAULT_OFFLINE;
    if (error == EAI_NONAME || error == EAI_NODATA)
        return DS_FAULT_NO_NAME;
    return DS_FAULT_SILENT;
}

void ds_resolve_set_port(struct sockaddr_storage *address, unsigned port)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

static void on_async(uv_async_t *async)
{
    struct ds_resolve *resolve = async->data;
    struct sockaddr_storage addresses[DS_RESOLVE_MAX];
    pthread_mutex_lock(&resolve->work->lock);
    int error = resolve->work->error;
    pthread_mutex_unlock(&resolve->work->lock);
    size_t count = error ? 0 : ds_resolve_interleave(resolve->work->list, addresses);
    if (!error && count == 0)
        error = EAI_NONAME;
    resolve->done(resolve->ctx, error, addresses, count);
}

/* Signals belong to the loop's thread. */
static int start_thread(struct work *work)
{
    pthread_t thread;
    pthread_attr_t attr;
    sigset_t all, old;
    if (pthread_attr_init(&attr))
        return DS_ENOMEM;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&thread, &attr, run, work);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    return failed ? DS_ENOMEM : DS_OK;
}

static struct work *work_new(const char *host, struct ds_resolve *owner)
{
    struct work *work = calloc(1, sizeof(*work));
    char *copy = work ? ds_strdup_bounded(host, DS_TEXT_HOST) : NULL;
    if (!copy || pthread_mutex_init(&work->lock, NULL)) {
        free(copy);
        free(work);
        return NULL;
    }
    work->host = copy;
    work->owner = owner;
    work->refs = 1;
    return work;
}

struct ds_resolve *ds_resolve_open(uv_loop_t *loop, const char *host, ds_resolve_fn *done,
                                   void *ctx)
{
    struct ds_resolve *resolve = calloc(1, sizeof(*resolve));
    struct work *work = resolve ? work_new(host, resolve) : NULL;
    if (!work || uv_async_init(loop, &resolve->async, on_async)) {
        if (work)
            unref(work);
        free(resolve);
        return NULL;
    }
    resolve->async.data = resolve;
    resolve->work = work;
    resolve->done = done;
    resolve->ctx = ctx;
    if (look_up(work, AI_NUMERICHOST) == 0) {
        uv_async_send(&resolve->async);
        return resolve;
    }
    work->refs = 2;
    if (start_thread(work)) {
        work->refs = 1;
        ds_resolve_close(resolve);
        return NULL;
    }
    return resolve;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void ds_resolve_close(struct ds_resolve *resolve)
{
    if (!resolve)
        return;
    pthread_mutex_lock(&resolve->work->lock);
    resolve->work->owner = NULL;
    pthread_mutex_unlock(&resolve->work->lock);
    unref(resolve->work);
    uv_close((uv_handle_t *)&resolve->async, on_closed);
}
