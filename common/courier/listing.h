/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a folder, read by a thread of its own, so that no window waits for a disk or a
 * network. Proved by tests/unit/chooser.c. */
#ifndef DS_COURIER_LISTING_H
#define DS_COURIER_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_LISTING_MAX 20000u /* entries; a person finds nothing among more */

struct ds_listing_entry {
    char *name; /* bytes as they are on the disk; the listing's */
    uint64_t size;
    int64_t changed_s; /* Unix time */
    bool is_folder;    /* or a link to one */
    bool is_marked;    /* the reader's own */
};

/* Folders first, each part by name without regard to case. Only files and folders. */
struct ds_listing {
    struct ds_listing_entry *entries;
    size_t count;
    bool is_cut; /* there are more than DS_LISTING_MAX */
    int error;   /* errno of opening it: ENOTDIR is a file; then there are no entries */
};

struct ds_lister;

/* Begins to read. wake(ctx) is called once, from the thread, when it is done, and never after
 * ds_lister_stop. NULL: memory or threads are short. */
struct ds_lister *ds_lister_start(const char *path, void (*wake)(void *ctx), void *ctx);
/* The listing, the caller's, and the end of the lister; NULL: not yet. */
struct ds_listing *ds_lister_take(struct ds_lister *lister);
/* Nobody wants to know any more; waits for nothing. Accepts NULL. */
void ds_lister_stop(struct ds_lister *lister);

/* Accepts NULL. */
void ds_listing_free(struct ds_listing *listing);

#endif
