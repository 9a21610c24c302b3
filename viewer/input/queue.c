/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/queue.h"

#include "common/base/log.h"

void viewer_input_queue_init(struct viewer_input_queue *queue, uint32_t epoch)
{
    queue->first = queue->count = 0;
    queue->epoch = epoch;
    queue->sequence = 0;
}

static struct ds_input *item(struct viewer_input_queue *queue, size_t i)
{
    return &queue->items[(queue->first + i) % VIEWER_INPUT_MAX];
}

void viewer_input_queue_push(struct viewer_input_queue *queue, const struct ds_input *input)
{
    struct ds_input *last = queue->count > 0 ? item(queue, queue->count - 1) : NULL;
    bool is_movement = input->type == DS_INPUT_POINTER || input->type == DS_INPUT_LASER;
    if (last && is_movement && last->type == input->type && last->buttons == input->buttons &&
        last->down == input->down) {
        *last = *input;
        return;
    }
    if (queue->count == VIEWER_INPUT_MAX) {
        ds_log_warn("input waited too long and was released waiting=%zu", queue->count);
        queue->count = 0;
        *item(queue, queue->count++) = (struct ds_input){.type = DS_INPUT_RELEASE};
    }
    *item(queue, queue->count++) = *input;
}

bool viewer_input_queue_take(struct viewer_input_queue *queue, struct ds_input *out)
{
    if (queue->count == 0)
        return false;
    *out = *item(queue, 0);
    queue->first = (queue->first + 1) % VIEWER_INPUT_MAX;
    queue->count--;
    out->epoch = queue->epoch;
    out->sequence = ++queue->sequence;
    return true;
}

void viewer_input_queue_clear(struct viewer_input_queue *queue)
{
    queue->count = 0;
}
