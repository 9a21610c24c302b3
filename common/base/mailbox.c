/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/mailbox.h"

#include "common/base/error.h"

#include <stdbool.h>

int ds_mailbox_init(struct ds_mailbox *box, size_t max, void (*wake)(void *ctx), void *ctx)
{
    *box = (struct ds_mailbox){.max = max, .wake = wake, .ctx = ctx};
    box->last = &box->first;
    return pthread_mutex_init(&box->lock, NULL) ? DS_ENOMEM : DS_OK;
}

void ds_mailbox_destroy(struct ds_mailbox *box)
{
    if (!box->last)
        return;
    struct ds_letter *letter = ds_mailbox_take_all(box);
    while (letter) {
        struct ds_letter *next = letter->next;
        letter->destroy(letter);
        letter = next;
    }
    pthread_mutex_destroy(&box->lock);
    *box = (struct ds_mailbox){0};
}

int ds_mailbox_push(struct ds_mailbox *box, struct ds_letter *letter)
{
    letter->next = NULL;
    pthread_mutex_lock(&box->lock);
    if (box->count >= box->max) {
        pthread_mutex_unlock(&box->lock);
        return DS_ELIMIT;
    }
    bool was_empty = box->count == 0;
    *box->last = letter;
    box->last = &letter->next;
    box->count++;
    pthread_mutex_unlock(&box->lock);
    if (was_empty && box->wake)
        box->wake(box->ctx);
    return DS_OK;
}

struct ds_letter *ds_mailbox_take_all(struct ds_mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    struct ds_letter *all = box->first;
    box->first = NULL;
    box->last = &box->first;
    box->count = 0;
    pthread_mutex_unlock(&box->lock);
    return all;
}
