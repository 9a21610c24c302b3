/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damage done to a chunk that was taken apart, from a seed. */
#ifndef TESTS_SOAK_MUTATE_H
#define TESTS_SOAK_MUTATE_H

#include "model.h"

struct soak_dice {
    uint64_t state;
};

/* A number below n (n at least 1). */
uint32_t soak_draw(struct soak_dice *dice, uint32_t n);

/* One change, or up to five, to operations, their order and fields, and to the bytes of streams;
 * often the streams are then made as long as the operations say, so that those after a change are
 * reached. */
void soak_mutate(struct soak_model *model, struct soak_dice *dice);

#endif
