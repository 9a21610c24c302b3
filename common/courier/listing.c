/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/listing.h"

#include "common/base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* The owner's and the thread's: whoever leaves last frees it. */
struct ds_lister {
    pthread_mutex_t lock;
    bool is_done, is_left;      /* guarded by lock: by the thread, by the owner */
    struct ds_listing *listing; /* owned; the thread's until is_done */
    void (*wake)(void *ctx);    /* called with the lock: nobody is left to wake afterwards */
    void *ctx;
    char *path; /* owned */
};

void ds_listing_free(struct ds_listing *listing)
{
    if (!listing)
        return;
    for (size_t i = 0; i < listing->count; i++)
        free(listing->entries[i].name);
    free(listing->entries);
    free(listing);
}

static void free_lister(struct ds_lister *lister)
{
    ds_listing_free(lister->listing);
    pthread_mutex_destroy(&lister->lock);
    free(lister->path);
    free(lister);
}

/* ---- the thread ---- */

static int compare(const void *a, const void *b)
{
    const struct ds_listing_entry *x = a, *y = b;
    if (x->is_folder != y->is_folder)
        return x->is_folder ? -1 : 1;
    int order = strcasecmp(x->name, y->name);
    return order ? order : strcmp(x->name, y->name);
}

static bool add(struct ds_listing *listing, int folder, const char *name)
{
    struct stat is;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || fstatat(folder, name, &is, 0) != 0 ||
        (!S_ISREG(is.st_mode) && !S_ISDIR(is.st_mode)))
        return true;
    listing->is_cut = listing->count == DS_LISTING_MAX;
    if (listing->is_cut)
        return false;
    size_t count = listing->count;
    if ((count & (count - 1)) == 0) { /* a power of two: it is full */
        struct ds_listing_entry *more =
            ds_realloc_array(listing->entries, count ? 2 * count : 1, sizeof(*more));
        if (!more)
            return false;
        listing->entries = more;
    }
    struct ds_listing_entry entry = {.name = strdup(name),
                                     .size = (uint64_t)is.st_size,
                                     .changed_s = is.st_mtime,
                                     .is_folder = S_ISDIR(is.st_mode)};
    if (!entry.name)
        return false;
    listing->entries[listing->count++] = entry;
    return true;
}

static void read_folder(struct ds_listing *listing, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (!folder) {
        listing->error = errno;
        if (fd >= 0)
            close(fd);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(folder)) && add(listing, fd, entry->d_name))
        continue;
    closedir(folder);
    if (listing->count > 0)
        qsort(listing->entries, listing->count, sizeof(listing->entries[0]), compare);
}

static void *run(void *argument)
{
    struct ds_lister *lister = argument;
    read_folder(lister->listing, lister->path);
    pthread_mutex_lock(&lister->lock);
    bool is_left = lister->is_left;
    lister->is_done = true;
    if (!is_left)
        lister->wake(lister->ctx);
    pthread_mutex_unlock(&lister->lock);
    if (is_left)
        free_lister(lister);
    return NULL;
}

/* ---- the owner ---- */

static bool start_thread(struct ds_lister *lister)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all); /* signals are the loop's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, &attributes, run, lister);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

struct ds_lister *ds_lister_start(const char *path, void (*wake)(void *ctx), void *ctx)
{
    struct ds_lister *lister = calloc(1, sizeof(*lister));
    if (!lister || pthread_mutex_init(&lister->lock, NULL) != 0) {
        free(lister);
        return NULL;
    }
    lister->wake = wake;
    lister->ctx = ctx;
    lister->path = strdup(path);
    lister->listing = calloc(1, sizeof(*lister->listing));
    if (lister->path && lister->listing && start_thread(lister))
        return lister;
    free_lister(lister);
    return NULL;
}

struct ds_listing *ds_lister_take(struct ds_lister *lister)
{
    pthread_mutex_lock(&lister->lock);
    bool is_done = lister->is_done;
    pthread_mutex_unlock(&lister->lock);
    if (!is_done)
        return NULL;
    struct ds_listing *listing = lister->listing;
    lister->listing = NULL;
    free_lister(lister);
    return listing;
}

void ds_lister_stop(struct ds_lister *lister)
{
    if (!lister)
        return;
    pthread_mutex_lock(&lister->lock);
    bool is_done = lister->is_done;
    lister->is_left = true;
    pthread_mutex_unlock(&lister->lock);
    if (is_done)
        free_lister(lister);
}
