/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only way into another thread: a bounded queue of owned letters. Wake-ups coalesce, so the
 * reader takes all. */
#ifndef DS_BASE_MAILBOX_H
#define DS_BASE_MAILBOX_H

#include <pthread.h>
#include <stddef.h>

/* Embedded as the first member of the sender's message; what was pushed is no longer the sender's.
 */
struct ds_letter {
    struct ds_letter *next;
    int kind; /* the receiver's enum */
    void (*destroy)(struct ds_letter
                        *); /* frees the letter; also used for what is left when the mailbox ends */
};

struct ds_mailbox {
    pthread_mutex_t lock;
    struct ds_letter *first, **last; /* guarded by lock */
    size_t count, max;               /* guarded by lock */
    void (*wake)(void *ctx);         /* called without the lock, from the sender's thread */
    void *ctx;
};

/* max: letters at most. wake: called when the mailbox stops being empty (uv_async_send, a write to
 * an eventfd, ...). */
int ds_mailbox_init(struct ds_mailbox *box, size_t max, void (*wake)(void *ctx), void *ctx);

/* Destroys the letters still inside. No thread may use the box any more. */
void ds_mailbox_destroy(struct ds_mailbox *box);

/* Any thread. DS_ELIMIT when full: the letter is still the caller's. */
int ds_mailbox_push(struct ds_mailbox *box, struct ds_letter *letter);

/* The reader's thread: everything, oldest first, linked by next; NULL when empty. */
struct ds_letter *ds_mailbox_take_all(struct ds_mailbox *box);

#endif
