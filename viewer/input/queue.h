/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, pointer and laser on their way to the customer's machine. Movement waits for nobody: as
 * long as it has not left, the newest position replaces the one before. Presses and releases are
 * kept in order; when VIEWER_INPUT_MAX of them wait the line has long been stuck, and one RELEASE
 * takes the place of everything, since keys that arrive late do harm. Pure. Proved by
 * tests/unit/viewer_input.c. One thread. */
#ifndef VIEWER_INPUT_QUEUE_H
#define VIEWER_INPUT_QUEUE_H

#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>

#define VIEWER_INPUT_MAX 256 /* about ten seconds of fast typing */

struct viewer_input_queue {
    struct ds_input items[VIEWER_INPUT_MAX];
    size_t first, count;
    uint32_t epoch, sequence; /* of the last one taken */
};

void viewer_input_queue_init(struct viewer_input_queue *queue, uint32_t epoch);
/* epoch and sequence of input are ignored. */
void viewer_input_queue_push(struct viewer_input_queue *queue, const struct ds_input *input);
/* Moves the oldest out with its epoch and sequence. False when empty. */
bool viewer_input_queue_take(struct viewer_input_queue *queue, struct ds_input *out);
void viewer_input_queue_clear(struct viewer_input_queue *queue);

#endif
