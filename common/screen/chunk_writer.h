/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns a plan into chunks: operations and pixels go to their streams; when the next operation
 * would make a chunk too large, the streams are flushed, packed and handed out. */
#ifndef DS_SCREEN_CHUNK_WRITER_H
#define DS_SCREEN_CHUNK_WRITER_H

#include "common/screen/drawn.h"
#include "common/screen/encoder.h"
#include "common/screen/jpeg.h"
#include "common/screen/pack.h"
#include "common/screen/plan.h"

struct ds_chunk_writer {
    bool zlib;
    struct ds_packer *history[DS_STREAMS_WITH_HISTORY]; /* owned */
    struct ds_packer *planes;                           /* owned */
    struct ds_drawn *drawn;                             /* owned; made when first needed */
    uint8_t *scratch;                                   /* owned: what one DRAWN can take */
    struct ds_jpeg_encoder *jpeg;                       /* owned; made when first needed */
    uint32_t jpeg_level;                                /* of the tables the decoder has */
    bool jpeg_arithmetic;                               /* both ends can */
    uint8_t *raw[DS_STREAM_COUNT]; /* owned: what is not packed yet, DS_CHUNK_RAW_MAX each */
    size_t len[DS_STREAM_COUNT];
    size_t total;       /* sum of len */
    uint64_t work;      /* pixels that the decoder writes for what is not packed yet */
    uint64_t coded;     /* of them, those that take it long */
    uint8_t *out;       /* owned: DS_SCREEN_CHUNK_MAX */
    int32_t at_x, at_y; /* top right corner of the operation before */
    /* of the update being written */
    ds_encoder_emit *emit;
    void *ctx;
    bool first;
    size_t bytes;
    uint64_t jpeg_bytes, jpeg_pixels; /* of the JPEG operations among them */
};

/* What operations refer to. */
struct ds_chunk_source {
    const uint32_t *colours; /* of the plan */
    const struct ds_image *image;
    const uint8_t *plane; /* indices, rows of image->width bytes */
    uint32_t jpeg_level;  /* in ds_jpeg_levels */
    const uint8_t *video; /* of the VIDEO operation */
    size_t video_len;
};

/* Zeroed before. DS_ENOMEM. */
int ds_chunk_writer_init(struct ds_chunk_writer *writer, bool zlib);
void ds_chunk_writer_destroy(struct ds_chunk_writer *writer); /* accepts a zeroed struct */
/* All streams start anew: before a key update. */
void ds_chunk_writer_reset(struct ds_chunk_writer *writer);

/* Writes every operation and hands out all chunks of the update but the last. A JPEG operation that
 * comes out too large is written as PHOTO and changed so in the plan, which is why that is not
 * const. Errors: emit's, DS_ENOMEM; the streams are then broken. */
int ds_chunk_writer_update(struct ds_chunk_writer *writer, struct ds_plan *plan,
                           const struct ds_chunk_source *source, ds_encoder_emit *emit, void *ctx);
/* Hands out the last one; *bytes: the lengths of all together. */
int ds_chunk_writer_finish(struct ds_chunk_writer *writer, size_t *bytes);

/* ---- for write_ops.c ---- */

/* Starts a new chunk unless n more bytes fit this one. n: at most DS_CHUNK_RAW_MAX. */
int ds_chunk_writer_room(struct ds_chunk_writer *writer, size_t n);

/* Where the next n bytes of a stream go; there is room for them. They count as written. */
static inline uint8_t *ds_chunk_writer_take(struct ds_chunk_writer *w, enum ds_stream s, size_t n)
{
    uint8_t *at = w->raw[s] + w->len[s];
    w->len[s] += n;
    w->total += n;
    return at;
}

/* Appends one operation with its pixels. */
int ds_write_op(struct ds_chunk_writer *writer, struct ds_op *op,
                const struct ds_chunk_source *source);

#endif
