/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the decoder, shared by decoder.c (chunks) and read_ops.c (operations). */
#ifndef DS_SCREEN_DECODER_STATE_H
#define DS_SCREEN_DECODER_STATE_H

#include "common/base/cursor.h"
#include "common/screen/decoder.h"
#include "common/screen/drawn.h"
#include "common/screen/format.h"
#include "common/screen/jpeg.h"
#include "common/screen/pack.h"
#include "common/screen/video_decode.h"

/* The functions of video_decode.h and drawn.h, for a decoder that knows them; a program whose
 * decoders do not is built without them. */
struct ds_decoder_player {
    bool (*available)(void);
    struct ds_video_decoder *(*open)(uint32_t width, uint32_t height);
    void (*destroy)(struct ds_video_decoder *decoder);
    int (*decode)(struct ds_video_decoder *decoder, const uint8_t *bytes, size_t len);
    int (*show)(const struct ds_video_decoder *decoder, uint32_t x, uint32_t y,
                struct ds_image *image, struct ds_rect rect);
    struct ds_drawn *(*open_drawn)(void);
    void (*reset_drawn)(struct ds_drawn *drawn);
    void (*forget_drawn)(struct ds_drawn *drawn);
    int (*decode_drawn)(struct ds_drawn *drawn, const uint8_t *bytes, size_t len,
                        struct ds_image *image, struct ds_rect rect);
};

struct ds_decoder_table {
    uint32_t count;
    uint32_t colours[DS_PALETTE_COLOURS]; /* those above count are black */
};

/* A remembered tile. */
struct ds_decoder_tile {
    int32_t width, height; /* 0: empty */
    uint32_t *pixels;      /* owned: rows of width pixels; room for a whole tile */
};

struct ds_decoder {
    uint32_t width, height;
    bool broken;                                          /* until the next key */
    bool zlib;                                            /* of this stream, since its key */
    struct ds_unpacker *history[DS_STREAMS_WITH_HISTORY]; /* owned; made when first needed */
    struct ds_unpacker *planes;                           /* owned, likewise */
    struct ds_drawn *drawn;                               /* owned, likewise */
    struct ds_jpeg_decoder *jpeg;                         /* owned, likewise */
    const struct ds_decoder_player *player;               /* static; NULL: a small decoder */
    struct ds_video_decoder *video;                       /* owned: of the stream that runs */
    struct ds_rect video_rect;                            /* of its pictures */
    uint8_t *scratch; /* owned: the unpacked streams of a chunk, DS_CHUNK_RAW_MAX */
    struct ds_decoder_table tables[DS_PALETTES];
    uint32_t slots; /* of the next, those that may be used */
    struct ds_decoder_tile tiles[DS_CACHE_SLOTS];
};

/* The streams of one chunk while its operations run. */
struct ds_chunk_reader {
    struct ds_cursor streams[DS_STREAM_COUNT];
    struct ds_image *image;
    struct ds_region *changed;
    uint64_t work;      /* pixels that may still be written */
    uint64_t coded;     /* pixels that may still be decoded from JPEG, H.264 and DRAWN */
    int32_t at_x, at_y; /* top right corner of the operation before */
};

/* Runs all operations. DS_EPROTO, DS_ENOMEM. */
int ds_read_ops(struct ds_decoder *decoder, struct ds_chunk_reader *reader);

/* A number of 7 bits a byte, low bits first, at most 5 bytes and 32 bits; 0 and the cursor's error
 * when it is not one. */
uint32_t ds_read_number(struct ds_cursor *cursor);

#endif
