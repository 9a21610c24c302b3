/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/chunk_writer.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

/* Operations repeat within an update and the next, seldom later: 128 KiB. */
#define OPS_WINDOW_LOG 17
/* JPEG and DRAWN take their time: what is ready travels meanwhile (10 ms of a 10 Mbit/s line). */
#define CODED_ENOUGH 12288u

int ds_chunk_writer_init(struct ds_chunk_writer *w, bool zlib)
{
    w->zlib = zlib;
    w->jpeg_level = DS_JPEG_LEVELS;
    w->out = malloc(DS_SCREEN_CHUNK_MAX);
    w->scratch = malloc(DS_DRAWN_BYTES_MAX);
    bool ok = w->out && w->scratch;
    for (int s = 0; s < DS_STREAM_COUNT; s++)
        ok = (w->raw[s] = malloc(DS_CHUNK_RAW_MAX)) && ok;
    for (int s = 0; s < DS_STREAMS_WITH_HISTORY; s++)
        ok = (w->history[s] =
                  ds_packer_new(zlib, s == DS_STREAM_OPS ? OPS_WINDOW_LOG : DS_WINDOW_LOG)) &&
             ok;
    ok = (w->planes = ds_packer_new(zlib, 0)) && ok;
    if (ok)
        return 0;
    ds_chunk_writer_destroy(w);
    return DS_ENOMEM;
}

void ds_chunk_writer_destroy(struct ds_chunk_writer *w)
{
    for (int s = 0; s < DS_STREAMS_WITH_HISTORY; s++)
        ds_packer_destroy(w->history[s]);
    for (int s = 0; s < DS_STREAM_COUNT; s++)
        free(w->raw[s]);
    ds_packer_destroy(w->planes);
    ds_drawn_destroy(w->drawn);
    ds_jpeg_encoder_destroy(w->jpeg);
    free(w->scratch);
    free(w->out);
    *w = (struct ds_chunk_writer){0};
}

static void clear(struct ds_chunk_writer *w)
{
    memset(w->len, 0, sizeof(w->len));
    w->total = 0;
    w->work = w->coded = 0;
    w->at_x = w->at_y = 0;
}

void ds_chunk_writer_reset(struct ds_chunk_writer *w)
{
    for (int s = 0; s < DS_STREAMS_WITH_HISTORY; s++)
        ds_packer_reset(w->history[s]);
    if (w->drawn)
        ds_drawn_reset(w->drawn);
    w->jpeg_level = DS_JPEG_LEVELS;
    clear(w);
}

static size_t put_length(uint8_t *out, size_t n)
{
    size_t len = 0;
    for (; n >= 0x80; n >>= 7)
        out[len++] = (uint8_t)(n | 0x80);
    out[len++] = (uint8_t)n;
    return len;
}

/* Packs one stream to the end of the chunk. */
static int64_t pack_stream(struct ds_chunk_writer *w, int s, uint8_t *out, size_t size)
{
    if (s == DS_STREAM_JPEG) {
        memcpy(out, w->raw[s], w->len[s]);
        return (int64_t)w->len[s];
    }
    struct ds_packer *packer = s < DS_STREAMS_WITH_HISTORY ? w->history[s] : w->planes;
    return ds_packer_pack(packer, w->raw[s], w->len[s], out, size);
}

/* The chunk's bytes after the room for the message header, packed streams first gathered behind
 * the largest possible head. Returns their start in w->out, or a negative error. */
static int64_t build(struct ds_chunk_writer *w, size_t *start)
{
    uint8_t head[DS_CHUNK_HEADER_MAX] = {w->zlib ? DS_CHUNK_ZLIB : 0};
    size_t head_len = 1, at = DS_SCREEN_HEADER + DS_CHUNK_HEADER_MAX;
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        if (w->len[s] == 0)
            continue;
        int64_t n = pack_stream(w, s, w->out + at, DS_SCREEN_CHUNK_MAX - at);
        if (n < 0)
            return n;
        head[0] |= (uint8_t)(1u << s);
        head_len += put_length(head + head_len, w->len[s]);
        if (s != DS_STREAM_JPEG)
            head_len += put_length(head + head_len, (size_t)n);
        at += (size_t)n;
    }
    *start = DS_CHUNK_HEADER_MAX - head_len;
    memcpy(w->out + DS_SCREEN_HEADER + *start, head, head_len);
    return (int64_t)(at - *start);
}

static int flush(struct ds_chunk_writer *w, bool last)
{
    size_t start;
    int64_t len = build(w, &start);
    if (len < 0)
        return (int)len;
    struct ds_rcbuf *buf = ds_rcbuf_new((size_t)len);
    if (!buf)
        return DS_ENOMEM;
    memset(buf->data, 0, DS_SCREEN_HEADER);
    memcpy(buf->data + DS_SCREEN_HEADER, w->out + DS_SCREEN_HEADER + start,
           (size_t)len - DS_SCREEN_HEADER);
    w->bytes += (size_t)len;
    clear(w);
    int error = w->emit(w->ctx, buf, w->first, last);
    w->first = false;
    return error;
}

int ds_chunk_writer_room(struct ds_chunk_writer *w, size_t n)
{
    ds_check(n <= DS_CHUNK_RAW_MAX);
    bool full = w->total + n > DS_CHUNK_RAW_MAX || w->len[DS_STREAM_JPEG] > CODED_ENOUGH;
    return full ? flush(w, false) : 0;
}

static uint64_t area_of(uint32_t width, uint32_t height)
{
    return (uint64_t)width * height;
}

static uint64_t coded_of(const struct ds_op *op)
{
    bool coded =
        op->kind == DS_OP_KIND_DRAWN || op->kind == DS_OP_KIND_JPEG || op->kind == DS_OP_KIND_VIDEO;
    return coded ? area_of((uint32_t)op->rect.width, (uint32_t)op->rect.height) : 0;
}

/* Pixels that the decoder takes from ds_chunk_work for an operation, or a few more. */
static uint64_t work_of(const struct ds_op *op, const struct ds_image *image)
{
    uint64_t all = area_of(image->width, image->height), tiles;
    switch (op->kind) {
    case DS_OP_KIND_NOTHING:
    case DS_OP_KIND_PALETTE:
        return 0;
    case DS_OP_KIND_STORE:
    case DS_OP_KIND_LOAD:
        tiles = area_of(op->tiles.count, DS_TILE * DS_TILE);
        return tiles < all ? tiles : all;
    default:
        return area_of((uint32_t)op->rect.width, (uint32_t)op->rect.height);
    }
}

/* Writes an operation, in a new chunk when the decoder would not do as much for this one: copies
 * may overlap, a few dozen of them nearly as large as the picture. */
static int write_op(struct ds_chunk_writer *w, struct ds_op *op,
                    const struct ds_chunk_source *source)
{
    const struct ds_image *image = source->image;
    uint64_t work = work_of(op, image), coded = coded_of(op);
    uint64_t most = ds_chunk_work(area_of(image->width, image->height));
    bool full = w->work + work > most || w->coded + coded > DS_CHUNK_CODED_MAX;
    int error = w->work > 0 && full ? flush(w, false) : 0;
    if (!error)
        error = ds_write_op(w, op, source);
    w->work += work;
    w->coded += coded;
    return error;
}

int ds_chunk_writer_update(struct ds_chunk_writer *w, struct ds_plan *plan,
                           const struct ds_chunk_source *source, ds_encoder_emit *emit, void *ctx)
{
    w->emit = emit;
    w->ctx = ctx;
    w->first = true;
    w->bytes = 0;
    w->jpeg_bytes = w->jpeg_pixels = 0;
    for (size_t i = 0; i < plan->count; i++) {
        int error = write_op(w, &plan->ops[i], source);
        if (error)
            return error;
    }
    return 0;
}

int ds_chunk_writer_finish(struct ds_chunk_writer *w, size_t *bytes)
{
    int error = flush(w, true);
    *bytes = w->bytes;
    return error;
}
