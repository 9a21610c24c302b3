/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/chunk_writer.h"

#include "common/base/error.h"
#include "common/screen/med.h"

#include <string.h>

/* The longest operation without its pixels or colours: code, table, rectangle, vector. */
#define OP_MAX 48
/* Tables of a JPEG quality are some 550 bytes. */
#define TABLES_MAX 2048
/* Widest piece of a photograph that is written at once: three planes of a tile's height. */
#define PHOTO_PIECE 640

/* The bytes of an operation while it is put together. */
struct op_bytes {
    uint8_t at[OP_MAX];
    size_t len;
};

static void put_u8(struct op_bytes *b, uint32_t v)
{
    b->at[b->len++] = (uint8_t)v;
}

static void put_number(struct op_bytes *b, uint32_t v)
{
    for (; v >= 0x80; v >>= 7)
        put_u8(b, v | 0x80);
    put_u8(b, v);
}

static void put_signed(struct op_bytes *b, int32_t v)
{
    put_number(b, (uint32_t)v << 1 ^ (uint32_t)(v < 0 ? -1 : 0));
}

static void put_colour(struct op_bytes *b, uint32_t colour)
{
    put_u8(b, colour);
    put_u8(b, colour >> 8);
    put_u8(b, colour >> 16);
}

static struct op_bytes begin(enum ds_op_code code)
{
    struct op_bytes b = {.len = 0};
    put_u8(&b, code);
    return b;
}

/* Position from the top right corner of the operation before: neighbours then look alike. */
static void put_rect(struct ds_chunk_writer *w, struct op_bytes *b, struct ds_rect r)
{
    put_signed(b, r.x - w->at_x);
    put_signed(b, r.y - w->at_y);
    put_number(b, (uint32_t)r.width);
    put_number(b, (uint32_t)r.height);
    w->at_x = r.x + r.width;
    w->at_y = r.y;
}

static void finish(struct ds_chunk_writer *w, const struct op_bytes *b)
{
    memcpy(ds_chunk_writer_take(w, DS_STREAM_OPS, b->len), b->at, b->len);
}

static int write_small(struct ds_chunk_writer *w, const struct ds_op *op)
{
    int error = ds_chunk_writer_room(w, OP_MAX);
    if (error)
        return error;
    struct op_bytes b;
    if (op->kind == DS_OP_KIND_COPY) {
        b = begin(DS_OP_COPY);
        put_rect(w, &b, op->rect);
        put_signed(&b, op->move.dx);
        put_signed(&b, op->move.dy);
    } else if (op->kind == DS_OP_KIND_SHOW) {
        b = begin(DS_OP_SHOW);
        put_rect(w, &b, op->rect);
    } else if (op->kind == DS_OP_KIND_FILL) {
        b = begin(DS_OP_FILL);
        put_rect(w, &b, op->rect);
        put_colour(&b, op->colour);
    } else if (op->kind == DS_OP_KIND_RESTORE) {
        b = begin(DS_OP_RESTORE);
        put_rect(w, &b, op->rect);
        put_number(&b, op->tiles.slot);
    } else {
        b = begin(op->kind == DS_OP_KIND_STORE ? DS_OP_STORE : DS_OP_LOAD);
        put_number(&b, op->tiles.first);
        put_number(&b, op->tiles.count);
        put_number(&b, op->tiles.slot);
    }
    finish(w, &b);
    return 0;
}

static int write_palette(struct ds_chunk_writer *w, const struct ds_op *op,
                         const struct ds_chunk_source *source)
{
    uint32_t count = op->palette.count;
    int error = ds_chunk_writer_room(w, OP_MAX + (size_t)count * 3);
    if (error)
        return error;
    struct op_bytes b = begin(DS_OP_PALETTE);
    put_u8(&b, (uint32_t)op->table | (op->palette.reset ? 0x80u : 0));
    put_u8(&b, count - 1);
    finish(w, &b);
    for (uint32_t i = 0; i < count; i++) {
        struct op_bytes c = {.len = 0};
        put_colour(&c, source->colours[op->palette.first + i]);
        finish(w, &c);
    }
    return 0;
}

static int write_index(struct ds_chunk_writer *w, const struct ds_op *op,
                       const struct ds_chunk_source *source)
{
    size_t width = (size_t)op->rect.width, height = (size_t)op->rect.height;
    int error = ds_chunk_writer_room(w, OP_MAX + width * height);
    if (error)
        return error;
    struct op_bytes b = begin(DS_OP_INDEX);
    put_rect(w, &b, op->rect);
    put_u8(&b, op->table);
    finish(w, &b);
    size_t stride = source->image->width;
    const uint8_t *from = source->plane + (size_t)op->rect.y * stride + (size_t)op->rect.x;
    uint8_t *out = ds_chunk_writer_take(w, DS_STREAM_INDEX, width * height);
    for (size_t y = 0; y < height; y++, out += width, from += stride)
        memcpy(out, from, width);
    return 0;
}

static int write_colour(struct ds_chunk_writer *w, const struct ds_op *op,
                        const struct ds_chunk_source *source)
{
    size_t n = (size_t)op->rect.width * (size_t)op->rect.height * 3;
    int error = ds_chunk_writer_room(w, OP_MAX + n);
    if (error)
        return error;
    struct op_bytes b = begin(DS_OP_COLOUR);
    put_rect(w, &b, op->rect);
    finish(w, &b);
    uint8_t *out = ds_chunk_writer_take(w, DS_STREAM_COLOUR, n);
    for (int32_t y = op->rect.y; y < op->rect.y + op->rect.height; y++) {
        const uint32_t *row = ds_image_row(source->image, (uint32_t)y) + op->rect.x;
        for (int32_t x = 0; x < op->rect.width; x++, out += 3) {
            out[0] = (uint8_t)row[x];
            out[1] = (uint8_t)(row[x] >> 8);
            out[2] = (uint8_t)(row[x] >> 16);
        }
    }
    return 0;
}

static int write_photo_piece(struct ds_chunk_writer *w, struct ds_rect rect,
                             const struct ds_chunk_source *source)
{
    size_t n = (size_t)rect.width * (size_t)rect.height;
    int error = ds_chunk_writer_room(w, OP_MAX + n * 3);
    if (error)
        return error;
    struct op_bytes b = begin(DS_OP_PHOTO);
    put_rect(w, &b, rect);
    finish(w, &b);
    uint8_t *green = ds_chunk_writer_take(w, DS_STREAM_GREEN, n);
    uint8_t *red = ds_chunk_writer_take(w, DS_STREAM_RED, n);
    uint8_t *blue = ds_chunk_writer_take(w, DS_STREAM_BLUE, n);
    ds_med_predict(source->image, rect, green, red, blue);
    return 0;
}

static int write_photo(struct ds_chunk_writer *w, const struct ds_op *op,
                       const struct ds_chunk_source *source)
{
    const struct ds_rect *r = &op->rect;
    for (int32_t y = 0; y < r->height; y += DS_TILE) {
        for (int32_t x = 0; x < r->width; x += PHOTO_PIECE) {
            struct ds_rect piece = {r->x + x, r->y + y, PHOTO_PIECE, DS_TILE};
            int error = write_photo_piece(w, ds_rect_intersect(piece, *r), source);
            if (error)
                return error;
        }
    }
    return 0;
}

/* Tables of the quality before the first picture that uses them. */
static int prepare_jpeg(struct ds_chunk_writer *w, uint32_t level)
{
    if (w->jpeg_level == level)
        return 0;
    if (!w->jpeg && !(w->jpeg = ds_jpeg_encoder_new()))
        return DS_ENOMEM;
    const struct ds_jpeg_level *l = &ds_jpeg_levels[level];
    int error = ds_jpeg_encoder_set(w->jpeg, l->quality, l->full_colour,
                                    l->arithmetic && w->jpeg_arithmetic);
    if (!error)
        error = ds_chunk_writer_room(w, OP_MAX + TABLES_MAX);
    if (error)
        return error;
    uint8_t *out = w->raw[DS_STREAM_JPEG] + w->len[DS_STREAM_JPEG];
    int n = ds_jpeg_encode_tables(w->jpeg, out, TABLES_MAX);
    if (n < 0)
        return n;
    ds_chunk_writer_take(w, DS_STREAM_JPEG, (size_t)n);
    struct op_bytes b = begin(DS_OP_JPEG_TABLES);
    put_number(&b, (uint32_t)n);
    finish(w, &b);
    w->jpeg_level = level;
    return 0;
}

static int write_jpeg(struct ds_chunk_writer *w, struct ds_op *op,
                      const struct ds_chunk_source *source)
{
    int error = prepare_jpeg(w, source->jpeg_level);
    if (error)
        return error;
    /* Usually far below a byte a pixel. What does not fit is sent exactly. */
    size_t most = (size_t)op->rect.width * (size_t)op->rect.height;
    most = most < DS_CHUNK_RAW_MAX - OP_MAX ? most : DS_CHUNK_RAW_MAX - OP_MAX;
    error = ds_chunk_writer_room(w, OP_MAX + most);
    if (error)
        return error;
    uint8_t *out = w->raw[DS_STREAM_JPEG] + w->len[DS_STREAM_JPEG];
    int n = ds_jpeg_encode(w->jpeg, source->image, op->rect, out, most);
    if (n == DS_ELIMIT) {
        op->kind = DS_OP_KIND_PHOTO;
        return write_photo(w, op, source);
    }
    if (n < 0)
        return n;
    ds_chunk_writer_take(w, DS_STREAM_JPEG, (size_t)n);
    w->jpeg_bytes += (uint64_t)n;
    w->jpeg_pixels += (uint64_t)op->rect.width * (uint64_t)op->rect.height;
    struct op_bytes b = begin(DS_OP_JPEG);
    put_rect(w, &b, op->rect);
    put_number(&b, (uint32_t)n);
    finish(w, &b);
    return 0;
}

static int write_video(struct ds_chunk_writer *w, const struct ds_op *op,
                       const struct ds_chunk_source *source)
{
    int error = ds_chunk_writer_room(w, OP_MAX + source->video_len);
    if (error)
        return error;
    memcpy(ds_chunk_writer_take(w, DS_STREAM_JPEG, source->video_len), source->video,
           source->video_len);
    struct op_bytes b = begin(DS_OP_VIDEO);
    put_rect(w, &b, op->rect);
    put_u8(&b, op->begins);
    put_number(&b, (uint32_t)source->video_len);
    finish(w, &b);
    return 0;
}

int ds_write_op(struct ds_chunk_writer *w, struct ds_op *op, const struct ds_chunk_source *source)
{
    switch (op->kind) {
    case DS_OP_KIND_NOTHING:
        return 0;
    case DS_OP_KIND_COPY:
    case DS_OP_KIND_STORE:
    case DS_OP_KIND_LOAD:
    case DS_OP_KIND_RESTORE:
    case DS_OP_KIND_FILL:
    case DS_OP_KIND_SHOW:
        return write_small(w, op);
    case DS_OP_KIND_PALETTE:
        return write_palette(w, op, source);
    case DS_OP_KIND_INDEX:
        return write_index(w, op, source);
    case DS_OP_KIND_COLOUR:
        return write_colour(w, op, source);
    case DS_OP_KIND_PHOTO:
        return write_photo(w, op, source);
    case DS_OP_KIND_JPEG:
        return write_jpeg(w, op, source);
    case DS_OP_KIND_VIDEO:
        return write_video(w, op, source);
    default:
        ds_check(false); /* an operation was left undecided */
        return DS_EINVAL;
    }
}
