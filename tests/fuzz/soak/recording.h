/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the real encoder sent of a made-up desktop, chunk by chunk, taken apart. */
#ifndef TESTS_SOAK_RECORDING_H
#define TESTS_SOAK_RECORDING_H

#include "model.h"

struct soak_kind {
    const char *name;
    uint32_t width, height;
    uint32_t features;
    bool video;    /* a lasting video plays */
    uint32_t runs; /* of 100,000 mutations, how many begin with this one */
};

struct soak_recording {
    struct soak_kind kind;
    struct soak_chunk *chunks; /* owned */
    size_t count, cap;
    struct soak_model primer; /* fills tables, tiles and contexts: the first chunk after a key */
    uint32_t codes;           /* bit n: operation n occurs */
};

/* Ends the program when the encoder's own stream is not understood. */
void soak_record(struct soak_recording *recording, const struct soak_kind *kind, uint64_t seed);
void soak_recording_destroy(struct soak_recording *recording);

#endif
