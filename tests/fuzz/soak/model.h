/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chunk taken apart: its operations with their fields, and the unpacked bytes of its other
 * streams. It can be put together again, also when it makes no sense. */
#ifndef TESTS_SOAK_MODEL_H
#define TESTS_SOAK_MODEL_H

#include "common/screen/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOAK_FIELDS 7
#define SOAK_OPS 1024 /* more than a chunk of a small picture has */
#define SOAK_STREAM DS_CHUNK_RAW_MAX

/* A chunk as the encoder made it, its streams unpacked. */
struct soak_chunk {
    uint8_t *streams[DS_STREAM_COUNT]; /* owned */
    size_t len[DS_STREAM_COUNT];
};

struct soak_op {
    uint8_t code;
    uint8_t count; /* of fields */
    uint32_t fields[SOAK_FIELDS];
    uint16_t colours; /* PALETTE: how many follow */
    uint8_t colour[DS_PALETTE_COLOURS * 3];
};

struct soak_model {
    struct soak_op ops[SOAK_OPS];
    size_t op_count;
    uint8_t *streams[DS_STREAM_COUNT]; /* owned: SOAK_STREAM bytes each; that of OPS is for
                                          soak_model_write */
    size_t len[DS_STREAM_COUNT];
};

/* Ends the program when there is no memory. */
void soak_model_init(struct soak_model *model);
void soak_model_destroy(struct soak_model *model);
void soak_model_clear(struct soak_model *model);

/* The fields of an operation: 'n' a number of 7 bits a byte, 'b' a byte; NULL: no such code. */
const char *soak_op_layout(uint8_t code);

/* Takes a chunk apart. False: its operations are not what this model knows. */
bool soak_model_read(struct soak_model *model, const struct soak_chunk *chunk);
/* Appends an operation with its fields; returns it, or NULL when the model is full. */
struct soak_op *soak_model_add(struct soak_model *model, uint8_t code, const uint32_t *fields);
/* Writes the operations into the stream OPS, as many as fit. */
void soak_model_write(struct soak_model *model);
/* Makes the other streams as long as the operations want (as far as there is room): what is missing
 * is repeated from what is there. */
void soak_model_repair(struct soak_model *model);

#endif
