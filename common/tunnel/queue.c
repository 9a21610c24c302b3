/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/queue.h"

#include "common/base/error.h"

#include <stdlib.h>

void ds_queue_init(struct ds_queue *queue, bool is_ledger)
{
    *queue = (struct ds_queue){.is_ledger = is_ledger};
    queue->last = &queue->first;
}

static void drop_first(struct ds_queue *queue)
{
    struct ds_queue_item *item = queue->first;
    queue->first = item->next;
    if (!queue->first)
        queue->last = &queue->first;
    queue->messages--;
    ds_rcbuf_unref(item->buf);
    free(item);
}

void ds_queue_destroy(struct ds_queue *queue)
{
    while (queue->first)
        drop_first(queue);
    *queue = (struct ds_queue){0};
}

int ds_queue_push(struct ds_queue *queue, struct ds_rcbuf *buf)
{
    struct ds_queue_item *item = malloc(sizeof(*item));
    if (!item)
        return DS_ENOMEM;
    *item = (struct ds_queue_item){.buf = ds_rcbuf_ref(buf)};
    *queue->last = item;
    queue->last = &item->next;
    if (!queue->turn)
        queue->turn = item;
    queue->messages++;
    queue->waiting_bytes += buf->len;
    if (queue->is_ledger)
        queue->kept_bytes += buf->len;
    return DS_OK;
}

void ds_queue_advance(struct ds_queue *queue, size_t n)
{
    struct ds_queue_item *item = queue->turn;
    queue->waiting_bytes -= n;
    queue->sent_of_turn += n;
    if (queue->sent_of_turn < item->buf->len)
        return;
    queue->sent_of_turn = 0;
    queue->turn = item->next;
    if (!queue->is_ledger)
        drop_first(queue);
    else if (queue->sent < queue->begun)
        queue->sent = queue->begun;
}

void ds_queue_release(struct ds_queue *queue, uint64_t number)
{
    ds_check(queue->is_ledger && number >= queue->acked && number <= queue->sent);
    for (; queue->acked < number; queue->acked++) {
        size_t len = queue->first->buf->len;
        queue->kept_bytes -= len;
        /* After a cut the peer may have what this connection has not sent yet. */
        if (queue->first == queue->turn) {
            queue->turn = queue->first->next;
            queue->waiting_bytes -= len;
            queue->begun++;
        }
        drop_first(queue);
    }
}

void ds_queue_cut(struct ds_queue *queue)
{
    queue->sent_of_turn = 0;
    if (queue->is_ledger) {
        queue->turn = queue->first;
        queue->waiting_bytes = queue->kept_bytes;
        queue->begun = queue->acked;
        return;
    }
    while (queue->first)
        drop_first(queue);
    queue->turn = NULL;
    queue->waiting_bytes = 0;
}
